#include "api/json.h"

#include "syntax/pointer.h"
#include "syntax/string.h"

hj_status hj_json_read(hj_json *json, hj_slice text, const hj_allocator *allocator)
{
	*json = (hj_json){0};
	hj_arena_init(&json->arena, allocator);
	hj_status status = hj_source_copy(allocator, "response", text, &json->source);
	if (!status)
		status = hj_parse(json->source, 0, &json->document);
	if (!status && hj_document_error(json->document)) {
		hj_document_free(json->document);
		json->document = NULL;
		status = HJ_SYNTAX;
	}
	return status == HJ_TOO_LARGE ? HJ_SYNTAX : status;
}

void hj_json_free(hj_json *json)
{
	hj_document_free(json->document);
	hj_source_free(json->source);
	hj_arena_free(&json->arena);
	*json = (hj_json){0};
}

uint32_t hj_json_find(const hj_json *json, const char *pointer)
{
	uint32_t node;
	if (!json->document ||
		hj_pointer_find(json->document, hj_slice_str(pointer), &node, NULL) != HJ_OK)
		return HJ_JSON_NOTHING;
	return node;
}

hj_kind hj_json_kind(const hj_json *json, uint32_t node)
{
	if (node == HJ_JSON_NOTHING || !json->document)
		return HJ_ERROR;
	return hj_node_kind(&hj_document_nodes(json->document)[node]);
}

uint32_t hj_json_member(const hj_json *json, uint32_t object, const char *name)
{
	if (hj_json_kind(json, object) != HJ_OBJECT)
		return HJ_JSON_NOTHING;
	const hj_node *nodes = hj_document_nodes(json->document);
	hj_arena arena; /* for names with escapes, which none of ours has */
	hj_arena_init(&arena, json->arena.allocator);
	uint32_t found = HJ_JSON_NOTHING;
	bool ok = true;
	for (uint32_t at = hj_node_first(object);
		at < nodes[object].next && found == HJ_JSON_NOTHING;
		at = nodes[nodes[at].next].next)
		if (hj_slice_equal(
			    hj_string_value(json->document, at, &arena, &ok), hj_slice_str(name)))
			found = nodes[at].next;
	hj_arena_free(&arena);
	return found;
}

uint32_t hj_json_next(const hj_json *json, uint32_t array, uint32_t before)
{
	if (hj_json_kind(json, array) != HJ_ARRAY)
		return HJ_JSON_NOTHING;
	const hj_node *nodes = hj_document_nodes(json->document);
	uint32_t at = before ? nodes[before].next : hj_node_first(array);
	return at < nodes[array].next ? at : HJ_JSON_NOTHING;
}

hj_slice hj_json_string(hj_json *json, uint32_t node)
{
	bool ok = true;
	if (hj_json_kind(json, node) != HJ_STRING)
		return (hj_slice){NULL, 0};
	hj_slice value = hj_string_value(json->document, node, &json->arena, &ok);
	json->failed |= !ok;
	return ok ? value : (hj_slice){NULL, 0};
}

bool hj_json_integer(const hj_json *json, uint32_t node, int64_t *out)
{
	if (hj_json_kind(json, node) != HJ_NUMBER)
		return false;
	const hj_node *at = &hj_document_nodes(json->document)[node];
	hj_slice text = hj_source_slice(hj_document_source(json->document), hj_node_span(at));
	bool negative = text.data[0] == '-';
	int64_t value = 0;
	for (size_t i = negative; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9' || value > (INT64_MAX - 9) / 10)
			return false;
		value = value * 10 + (text.data[i] - '0');
	}
	*out = negative ? -value : value;
	return true;
}
