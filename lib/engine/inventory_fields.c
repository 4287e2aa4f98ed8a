#include "engine/inventory_parts.h"

hj_slice hj__read_text(hj_reader *read, uint32_t node)
{
	return node ? hj_string_value(read->document, node, &read->out->arena, &read->ok)
		    : HJ_SLICE("");
}

void *hj__read_room(hj_reader *read, size_t count, size_t size)
{
	size_t bytes;
	if (count == 0 || !read->ok)
		return NULL;
	void *items =
		hj_multiply(count, size, &bytes) ? hj_arena_alloc(&read->out->arena, bytes) : NULL;
	read->ok = items != NULL;
	return items;
}

const char *hj__kind_words(hj_kind kind)
{
	switch (kind) {
	case HJ_FALSE: return "false";
	case HJ_TRUE: return "true";
	case HJ_NUMBER: return "a number";
	case HJ_STRING: return "a string";
	case HJ_ARRAY: return "a list";
	case HJ_OBJECT: return "an object";
	default: return "null";
	}
}

static void find_type(hj_reader *read, uint32_t node, hj_slice name, bool element, hj_kind wanted)
{
	/* What is broken was found before. */
	if (hj__read_kind(read, node) != HJ_ERROR)
		HJ_FIND(read, V_TYPE, node, "%s\"%.*s\" should be %s, not %s",
			element ? "an element of " : "", HJ_SLICE_ARGS(name),
			wanted == HJ_TRUE ? "true or false" : hj__kind_words(wanted),
			hj__kind_words(hj__read_kind(read, node)));
}

unsigned hj__read_fields(hj_reader *read, uint32_t object, const hj_read_field *fields,
	size_t count, uint32_t *values)
{
	unsigned wrong = 0;
	memset(values, 0, count * sizeof *values);
	for (uint32_t name = object + 1; name < read->nodes[object].next;) {
		uint32_t value = read->nodes[name].next;
		hj_kind kind = hj__read_kind(read, value);
		hj_slice spelling = hj__read_kind(read, name) == HJ_STRING
			? hj__read_text(read, name)
			: HJ_SLICE("");
		name = read->nodes[value].next;
		for (size_t i = 0; i < count; i++) {
			if (!hj_slice_equal(spelling, fields[i].name))
				continue;
			hj_kind wanted = fields[i].kind;
			if (kind == wanted || (wanted == HJ_TRUE && kind == HJ_FALSE)) {
				values[i] = values[i] ? values[i] : value;
			} else if (kind != HJ_NULL) {
				find_type(read, value, spelling, false, wanted);
				wrong |= 1U << i;
			}
			break;
		}
	}
	return wrong;
}

uint32_t hj__read_count(const hj_reader *read, uint32_t container)
{
	uint32_t count = 0;
	if (container)
		for (uint32_t at = container + 1; at < read->nodes[container].next;
			at = read->nodes[at].next)
			count++;
	return count;
}

uint32_t hj__read_next(
	hj_reader *read, uint32_t array, const hj_read_field *list, hj_kind wanted, uint32_t *at)
{
	if (!array)
		return 0;
	for (*at = *at ? read->nodes[*at].next : array + 1; *at < read->nodes[array].next;
		*at = read->nodes[*at].next) {
		if (hj__read_kind(read, *at) == wanted)
			return *at;
		if (list)
			find_type(read, *at, list->name, true, wanted);
	}
	return 0;
}

/* -- names ------------------------------------------------------------------------------------- */

bool hj__read_claim(hj_reader *read, hj_map *map, hj_slice name, uint32_t *index)
{
	bool was_there = false;
	uint32_t *found = NULL;
	if (hj_map_put(map, name, *index, &found, &was_there))
		read->ok = false;
	else if (was_there)
		*index = *found;
	return read->ok && !was_there;
}

bool hj__read_name(hj_reader *read, hj_map *map, hj_slice name, uint32_t node, const char *noun,
	uint32_t index)
{
	if (hj__read_claim(read, map, name, &index)) {
		read->named[index] = node;
		return true;
	}
	if (!read->ok)
		return false;
	hj_finding *finding = HJ_FIND(read, V_TWICE, node, "the %s \"%.*s\" stands twice", noun,
		HJ_SLICE_ARGS(hj__read_text(read, node)));
	hj_finding_relate(read->findings, finding, hj_node_span(&read->nodes[read->named[index]]),
		"it stands here first");
	return false;
}
