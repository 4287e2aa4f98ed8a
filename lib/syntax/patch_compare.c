/*
 * Are two values the same JSON? A worklist of pairs, in no particular order, since one pair that
 * differs settles it; objects are matched by name through a map.
 */
#include "syntax/patch_parts.h"

#include "base/map.h"
#include "base/utf8.h"
#include "syntax/string.h"

#include <math.h>
#include <stdlib.h>

enum { DEEPEST = 10000 };

typedef struct pair {
	uint32_t a,
		b; /* b == 0 while an object's member has no partner: a root is never a member */
} pair;

typedef struct value_comparison {
	const hj_document *a, *b;
	pair *pairs;
	size_t count, capacity;
	hj_arena arena; /* decoded names of the objects at hand */
	const hj_allocator *allocator;
	bool same;
} value_comparison;

static hj_slice token(const hj_document *document, uint32_t node)
{
	return hj_source_slice(
		hj_document_source(document), hj_node_span(&hj_document_nodes(document)[node]));
}

/* As a double; infinite when it is out of range. */
static hj_status number_of(hj_slice digits, const hj_allocator *allocator, double *out)
{
	char small[64], *copy = small;
	if (digits.size >= sizeof small && !(copy = hj_alloc(allocator, digits.size + 1)))
		return HJ_NO_MEMORY;
	memcpy(copy, digits.data, digits.size);
	copy[digits.size] = '\0';
	*out = strtod(copy, NULL);
	if (copy != small)
		hj_free(allocator, copy, digits.size + 1);
	return HJ_OK;
}

/* Is a value one that nothing equals? */
static hj_status check(
	const hj_document *document, uint32_t root, const hj_allocator *allocator, bool *good)
{
	const hj_node *nodes = hj_document_nodes(document);
	*good = hj_node_kind(&nodes[root]) != HJ_NULL;
	bool measure = hj_document_depth(document) > DEEPEST;
	uint32_t *ends =
		NULL; /* of the containers around the node: only where it may be too deep */
	size_t depth = 0;
	if (measure && !(ends = hj_alloc(allocator, DEEPEST * sizeof *ends)))
		return HJ_NO_MEMORY;
	hj_status status = HJ_OK;
	for (uint32_t i = root; i < nodes[root].next && *good && !status; i++) {
		if (hj_node_kind(&nodes[i]) == HJ_NUMBER) {
			double number = 0;
			status = number_of(token(document, i), allocator, &number);
			*good = !isinf(number);
		} else if (measure && hj_node_is_container(&nodes[i])) {
			while (depth && ends[depth - 1] <= i)
				depth--;
			if (depth == DEEPEST)
				*good = false;
			else
				ends[depth++] = nodes[i].next;
		}
	}
	hj_free(allocator, ends, DEEPEST * sizeof *ends);
	return status;
}

static hj_status push(value_comparison *comparison, uint32_t a, uint32_t b)
{
	hj_status status = hj_grow(comparison->allocator, &comparison->pairs, &comparison->capacity,
		comparison->count + 1, sizeof *comparison->pairs);
	if (!status)
		comparison->pairs[comparison->count++] = (pair){a, b};
	return status;
}

/* What a string means, with U+FFFD for bytes that are no character. */
static hj_status meaning(
	value_comparison *comparison, const hj_document *document, uint32_t node, hj_slice *out)
{
	hj_slice raw = token(document, node);
	hj_slice inner = {raw.data + 1, raw.size - 2};
	if (!(hj_document_nodes(document)[node].bits & HJ_ESCAPED) && hj_utf8_valid(inner)) {
		*out = inner;
		return HJ_OK;
	}
	hj_text text;
	hj_text_init(&text, comparison->allocator);
	hj_string_decode(raw, &text);
	bool ok = !text.status;
	*out = hj_arena_copy(&comparison->arena, hj_text_slice(&text), &ok);
	hj_text_free(&text);
	return ok ? HJ_OK : HJ_NO_MEMORY;
}

static hj_status compare_strings(value_comparison *comparison, pair at)
{
	hj_slice a, b;
	hj_status status = meaning(comparison, comparison->a, at.a, &a);
	if (!status)
		status = meaning(comparison, comparison->b, at.b, &b);
	if (!status)
		comparison->same = hj_slice_equal(a, b);
	hj_arena_free(&comparison->arena);
	return status;
}

static hj_status compare_numbers(value_comparison *comparison, pair at)
{
	double a = 0, b = 0;
	hj_status status = number_of(token(comparison->a, at.a), comparison->allocator, &a);
	if (!status)
		status = number_of(token(comparison->b, at.b), comparison->allocator, &b);
	/* Neither is NaN; -0 equals 0. */
	comparison->same = a <= b && a >= b;
	return status;
}

static hj_status compare_arrays(value_comparison *comparison, pair at)
{
	const hj_node *a = hj_document_nodes(comparison->a), *b = hj_document_nodes(comparison->b);
	uint32_t i = hj_node_first(at.a), j = hj_node_first(at.b);
	hj_status status = HJ_OK;
	for (; i < a[at.a].next && j < b[at.b].next && !status; i = a[i].next, j = b[j].next)
		status = push(comparison, i, j);
	comparison->same = i >= a[at.a].next && j >= b[at.b].next;
	return status;
}

/* Of members with one name the last counts, on both sides. */
static hj_status compare_objects(value_comparison *comparison, pair at)
{
	const hj_node *a = hj_document_nodes(comparison->a), *b = hj_document_nodes(comparison->b);
	size_t base = comparison->count;
	hj_map names;
	hj_map_init(&names, comparison->allocator);
	hj_status status = HJ_OK;
	hj_slice name;
	for (uint32_t i = hj_node_first(at.a), value; i < a[at.a].next && !status;
		i = a[value].next) {
		value = a[i].next;
		uint32_t *found = NULL;
		bool twice = false;
		status = meaning(comparison, comparison->a, i, &name);
		if (!status)
			status = hj_map_put(
				&names, name, (uint32_t)(comparison->count - base), &found, &twice);
		if (!status && twice)
			comparison->pairs[base + *found].a = value;
		else if (!status)
			status = push(comparison, value, 0);
	}
	for (uint32_t i = hj_node_first(at.b); i < b[at.b].next && !status && comparison->same;
		i = b[b[i].next].next) {
		status = meaning(comparison, comparison->b, i, &name);
		const uint32_t *found = status ? NULL : hj_map_get(&names, name);
		comparison->same = found != NULL;
		if (found)
			comparison->pairs[base + *found].b = b[i].next;
	}
	for (size_t i = base; i < comparison->count && !status; i++)
		comparison->same = comparison->same && comparison->pairs[i].b != 0;
	hj_map_free(&names);
	hj_arena_free(&comparison->arena);
	return status;
}

static hj_status compare(value_comparison *comparison, pair at)
{
	hj_kind kind = hj_node_kind(&hj_document_nodes(comparison->a)[at.a]);
	comparison->same = kind == hj_node_kind(&hj_document_nodes(comparison->b)[at.b]);
	if (!comparison->same)
		return HJ_OK;
	switch (kind) {
	case HJ_STRING: return compare_strings(comparison, at);
	case HJ_NUMBER: return compare_numbers(comparison, at);
	case HJ_ARRAY: return compare_arrays(comparison, at);
	case HJ_OBJECT: return compare_objects(comparison, at);
	default: return HJ_OK;
	}
}

hj_status hj__same_json(const hj_document *a, uint32_t a_node, const hj_document *b,
	uint32_t b_node, const hj_allocator *allocator, bool *same)
{
	value_comparison comparison = {.a = a, .b = b, .allocator = allocator, .same = true};
	hj_arena_init(&comparison.arena, allocator);
	hj_status status = push(&comparison, a_node, b_node);
	while (!status && comparison.same && comparison.count)
		status = compare(&comparison, comparison.pairs[--comparison.count]);
	hj_free(allocator, comparison.pairs, comparison.capacity * sizeof *comparison.pairs);
	hj_arena_free(&comparison.arena);
	*same = comparison.same;
	return status;
}

hj_status hj__same_value(const hj_document *a, uint32_t a_node, const hj_document *b,
	uint32_t b_node, const hj_allocator *allocator, bool *same)
{
	hj_status status = check(a, a_node, allocator, same);
	if (!status && *same)
		status = check(b, b_node, allocator, same);
	if (!status && *same)
		status = hj__same_json(a, a_node, b, b_node, allocator, same);
	return status;
}
