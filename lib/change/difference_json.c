/*
 * JSON values as numbers: equal values have equal numbers, whatever the order of members. The value of
 * a node is made from those of its children, so the nodes are gone through backwards and nothing
 * recurses.
 */
#include "change/difference_parts.h"

#include "syntax/string.h"

#include <stdlib.h>

void hj__json_init(hj__scene *scene)
{
	hj_map_init(&scene->scalars, scene->allocator);
	hj__sets_init(scene, &scene->values);
}

void hj__json_free(hj__scene *scene)
{
	hj_map_free(&scene->scalars);
	hj__sets_free(scene, &scene->values);
}

/* A string as its text, anything else as it is spelled. */
static uint32_t scalar(hj__scene *scene, const hj_document *document, uint32_t node)
{
	const hj_node *at = &hj_document_nodes(document)[node];
	bool ok = true, was_there;
	uint32_t *found;
	hj_text text;
	hj_text_init(&text, scene->allocator);
	hj_text_byte(&text, (char)('a' + (int)hj_node_kind(at)));
	if (hj_node_kind(at) == HJ_STRING)
		hj_text_append(&text, hj_string_value(document, node, &scene->arena, &ok));
	else
		hj_text_append(
			&text, hj_source_slice(hj_document_source(document), hj_node_span(at)));
	hj_slice kept = hj_arena_copy(&scene->arena, hj_text_slice(&text), &ok);
	if (text.status || !ok || scene->status ||
		hj_map_put(
			&scene->scalars, kept, (uint32_t)scene->scalars.count, &found, &was_there))
		scene->status = HJ_NO_MEMORY;
	hj_text_free(&text);
	if (scene->status)
		return HJ_NONE;
	uint32_t row[] = {0, *found};
	return hj__sets_put(scene, &scene->values, row, 2);
}

typedef struct member {
	uint32_t name, value;
} member;

static int by_member(const void *a, const void *b)
{
	const member *one = a, *other = b;
	if (one->name != other->name)
		return one->name < other->name ? -1 : 1;
	return one->value < other->value ? -1 : one->value > other->value;
}

/* known: of each node of the value, from `first` on. */
static uint32_t container(hj__scene *scene, const hj_node *nodes, uint32_t node,
	const uint32_t *known, uint32_t first)
{
	hj__list row = {0};
	bool object = hj_node_kind(&nodes[node]) == HJ_OBJECT;
	hj__list_add(scene, &row, object ? 2 : 1);
	for (uint32_t at = hj_node_first(node); at < nodes[node].next; at = nodes[at].next)
		hj__list_add(scene, &row, known[at - first]);
	if (object && row.count > 3)
		qsort(row.items + 1, row.count / 2, sizeof(member), by_member);
	uint32_t value = hj__sets_put(scene, &scene->values, row.items, row.count);
	hj__list_free(scene, &row);
	return value;
}

uint32_t hj__json_value(hj__scene *scene, const hj_document *document, uint32_t node)
{
	const hj_node *nodes = hj_document_nodes(document);
	uint32_t end = nodes[node].next, value = HJ_NONE;
	uint32_t *known =
		scene->status ? NULL : hj_alloc(scene->allocator, (end - node) * sizeof *known);
	if (!known) {
		scene->status = HJ_NO_MEMORY;
		return HJ_NONE;
	}
	for (uint32_t at = end; at-- > node && !scene->status;)
		known[at - node] = hj_node_is_container(&nodes[at])
			? container(scene, nodes, at, known, node)
			: scalar(scene, document, at);
	if (!scene->status)
		value = known[0];
	hj_free(scene->allocator, known, (end - node) * sizeof *known);
	return value;
}
