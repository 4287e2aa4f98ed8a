/*
 * Comparing JSON in tests: values of two documents, and what differs first.
 */
#ifndef TESTDATA_SUPPORT_JSON_H
#define TESTDATA_SUPPORT_JSON_H

#include "testdata/support/golden.h"

/* The value of a member of an object, by what its name means; 0: there is none. */
static inline uint32_t json_member(
	const hj_document *document, uint32_t object, const hj_document *names, uint32_t name)
{
	const hj_node *nodes = hj_document_nodes(document);
	hj_arena arena;
	bool ok = true;
	hj_arena_init(&arena, NULL);
	hj_slice wanted = hj_string_value(names, name, &arena, &ok);
	uint32_t found = 0;
	for (uint32_t i = object + 1; !found && i < nodes[object].next;) {
		uint32_t value = nodes[i].next;
		if (hj_string_equals(document, i, wanted))
			found = value;
		i = nodes[value].next;
	}
	hj_arena_free(&arena);
	return found;
}

static inline uint32_t json_count(const hj_document *document, uint32_t container)
{
	const hj_node *nodes = hj_document_nodes(document);
	uint32_t count = 0;
	for (uint32_t i = container + 1; i < nodes[container].next; i = nodes[i].next)
		count++;
	return count;
}

/*
 * Lists alike in order, objects whatever theirs, texts by meaning, numbers as spelled. For data that
 * is not hostile: it recurses.
 */
static inline bool json_same(const hj_document *a, uint32_t at, const hj_document *b, uint32_t bt)
{
	const hj_node *one = hj_document_nodes(a), *other = hj_document_nodes(b);
	hj_kind kind = hj_node_kind(&one[at]);
	if (kind != hj_node_kind(&other[bt]))
		return false;
	if (kind == HJ_STRING) {
		hj_arena arena;
		bool ok = true;
		hj_arena_init(&arena, NULL);
		bool same = hj_string_equals(b, bt, hj_string_value(a, at, &arena, &ok));
		hj_arena_free(&arena);
		return same;
	}
	if (kind != HJ_ARRAY && kind != HJ_OBJECT)
		return hj_slice_equal(
			hj_source_slice(hj_document_source(a), hj_node_span(&one[at])),
			hj_source_slice(hj_document_source(b), hj_node_span(&other[bt])));
	if (json_count(a, at) != json_count(b, bt))
		return false;
	uint32_t i = at + 1, j = bt + 1;
	while (i < one[at].next) {
		uint32_t value = i, partner = j;
		if (kind == HJ_OBJECT) {
			value = one[i].next;
			partner = json_member(b, bt, a, i);
			if (!partner)
				return false;
		} else {
			j = other[j].next;
		}
		if (!json_same(a, value, b, partner))
			return false;
		i = one[value].next;
	}
	return true;
}

/* A part of a document as a document of its own. Free it with json_free. */
static inline hj_document *json_copy(const hj_document *document, uint32_t node)
{
	hj_source *source = NULL;
	hj_document *copy = NULL;
	hj_slice text = hj_source_slice(
		hj_document_source(document), hj_node_span(&hj_document_nodes(document)[node]));
	if (hj_source_copy(NULL, NULL, text, &source) || hj_parse(source, 0, &copy))
		golden_die(NULL, "out of memory");
	return copy;
}

static inline void json_free(hj_document *document)
{
	hj_source *source = document ? hj_document_source(document) : NULL;
	hj_document_free(document);
	hj_source_free(source);
}

#endif
