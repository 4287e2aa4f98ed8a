#include "syntax/patch_parts.h"

#include "base/map.h"
#include "base/quote.h"
#include "syntax/string.h"

void hj__operations_init(hj__operations *operations, const hj_allocator *allocator)
{
	*operations = (hj__operations){0};
	hj_arena_init(&operations->arena, allocator);
}

void hj__operations_free(hj__operations *operations)
{
	hj_free(operations->arena.allocator, operations->items,
		operations->capacity * sizeof *operations->items);
	hj_arena_free(&operations->arena);
}

/* -- one operation ------------------------------------------------------------------------------ */

enum { OP = 1, PATH = 2, FROM = 4, VALUE = 8 };

typedef struct patch_reader {
	const hj_document *patch;
	const hj_node *nodes;
	hj_slice source;
	hj__operations *out;
	hj_text *why; /* never NULL */
	hj_map names; /* of the operation being read */
} patch_reader;

static hj_slice between(const patch_reader *reader, uint32_t from, uint32_t to)
{
	return (hj_slice){reader->source.data + from, to - from};
}

static hj_status refuse(patch_reader *reader, const char *sentence, const char *name)
{
	hj_text_printf(reader->why, "hujson: patch operation %zu: ", reader->out->count);
	hj_text_str(reader->why, sentence);
	if (name)
		hj_text_printf(reader->why, " \"%s\"", name);
	return reader->why->status ? reader->why->status : HJ_INVALID;
}

static hj_status refuse_text(patch_reader *reader, const char *sentence, hj_slice text)
{
	hj_status status = refuse(reader, sentence, NULL);
	hj_quote_append(reader->why, text);
	return reader->why->status ? reader->why->status : status;
}

/* Decoded always, so that bytes which are no character become U+FFFD. */
static hj_status decode(patch_reader *reader, uint32_t string, hj_slice *out)
{
	const hj_node *node = &reader->nodes[string];
	hj_text text;
	hj_text_init(&text, reader->out->arena.allocator);
	hj_string_decode(between(reader, node->start, node->end), &text);
	bool ok = !text.status;
	*out = hj_arena_copy(&reader->out->arena, hj_text_slice(&text), &ok);
	hj_text_free(&text);
	return ok ? HJ_OK : HJ_NO_MEMORY;
}

/* The gap before the member's name, and the one after the member (next name's, or closing). */
static void find_comments(
	patch_reader *reader, uint32_t object, uint32_t name, hj__operation *operation)
{
	const hj_node *nodes = reader->nodes;
	const char *data = reader->source.data;
	uint32_t value = nodes[name].next, from = nodes[object].start + 1;
	const char *end = data + nodes[object].end - 1;
	for (uint32_t i = hj_node_first(object); i < name; i = nodes[nodes[i].next].next)
		from = nodes[nodes[i].next].end;
	const char *at = data + from;
	if (from != nodes[object].start + 1)
		at = hj_gap_end(at, end) + 1; /* past the comma */
	hj_slice before = {at, (size_t)(data + nodes[name].start - at)};
	at = data + nodes[value].end;
	const char *stop = hj_gap_end(at, end);
	if (stop < end) {
		at = stop + 1;
		stop = hj_gap_end(at, end);
	}
	hj_slice after = {at, (size_t)(stop - at)};
	operation->leading = hj__trim_front(hj__from(before, hj__gap_cut(before).own));
	operation->trailing = hj__until(after, hj__gap_cut(after).previous);
}

static hj_status read_verb(patch_reader *reader, hj_slice text, hj__operation *operation)
{
	static const char *const verbs[] = {
		[HJ__ADD] = "add",
		[HJ__REMOVE] = "remove",
		[HJ__REPLACE] = "replace",
		[HJ__MOVE] = "move",
		[HJ__COPY] = "copy",
		[HJ__TEST] = "test",
	};
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		if (hj_slice_equal(text, hj_slice_str(verbs[i]))) {
			operation->verb = (hj__verb)i;
			return HJ_OK;
		}
	}
	return refuse_text(reader, "unknown operation ", text);
}

static hj_status read_member(patch_reader *reader, uint32_t object, uint32_t name,
	hj__operation *operation, unsigned *seen)
{
	static const struct {
		const char *name;
		unsigned bit;
	} members[] = {{"op", OP}, {"path", PATH}, {"from", FROM}, {"value", VALUE}};
	uint32_t value = reader->nodes[name].next;
	hj_slice text;
	hj_status status = decode(reader, name, &text);
	bool twice = false;
	if (!status)
		status = hj_map_put(&reader->names, text, 0, NULL, &twice);
	if (status)
		return status;
	if (twice)
		return refuse_text(reader, "duplicate name ", text);
	unsigned bit = 0;
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		if (!hj_slice_equal(text, hj_slice_str(members[i].name)))
			continue;
		bit = members[i].bit;
		if (bit == VALUE || hj_node_kind(&reader->nodes[value]) == HJ_STRING)
			continue;
		hj_text_printf(reader->why,
			"hujson: patch operation %zu: member \"%s\" must be a JSON string",
			reader->out->count, members[i].name);
		return reader->why->status ? reader->why->status : HJ_INVALID;
	}
	*seen |= bit;
	if (bit == VALUE) {
		operation->value = value;
		find_comments(reader, object, name, operation);
	} else if (bit == PATH) {
		status = decode(reader, value, &operation->path);
	} else if (bit == FROM) {
		status = decode(reader, value, &operation->from);
	} else if (bit == OP) {
		status = decode(reader, value, &text);
		if (!status)
			status = read_verb(reader, text, operation);
	}
	return status;
}

static hj_status read_operation(patch_reader *reader, uint32_t object, hj__operation *operation)
{
	const hj_node *nodes = reader->nodes;
	if (hj_node_kind(&nodes[object]) != HJ_OBJECT)
		return refuse(reader, "must be a JSON object", NULL);
	*operation = (hj__operation){.document = reader->patch};
	unsigned seen = 0;
	hj_status status = HJ_OK;
	for (uint32_t i = hj_node_first(object); i < nodes[object].next && !status;
		i = nodes[nodes[i].next].next)
		status = read_member(reader, object, i, operation, &seen);
	/* Clearing costs the map's size, so a big one is not kept for the small ones after it. */
	if (reader->names.capacity > 64)
		hj_map_free(&reader->names);
	else
		hj_map_clear(&reader->names);
	if (status)
		return status;
	hj__verb verb = operation->verb;
	static const char missing[] = "missing required member";
	if (!(seen & OP))
		return refuse(reader, missing, "op");
	if (!(seen & PATH))
		return refuse(reader, missing, "path");
	if (!(seen & FROM) && (verb == HJ__MOVE || verb == HJ__COPY))
		return refuse(reader, missing, "from");
	if (!(seen & VALUE) && (verb == HJ__ADD || verb == HJ__REPLACE || verb == HJ__TEST))
		return refuse(reader, missing, "value");
	return HJ_OK;
}

hj_status hj__operations_read(const hj_document *patch, hj__operations *operations, hj_text *why)
{
	const hj_source *source = hj_document_source(patch);
	const hj_allocator *allocator = operations->arena.allocator;
	patch_reader reader = {patch, hj_document_nodes(patch), {source->data, source->size},
		operations, why, {0}};
	hj_map_init(&reader.names, allocator);
	if (hj_node_kind(&reader.nodes[0]) != HJ_ARRAY) {
		hj_text_str(why, "hujson: patch must be a JSON array");
		return why->status ? why->status : HJ_INVALID;
	}
	hj_status status = HJ_OK;
	for (uint32_t i = 1; i < reader.nodes[0].next && !status; i = reader.nodes[i].next) {
		status = hj_grow(allocator, &operations->items, &operations->capacity,
			operations->count + 1, sizeof *operations->items);
		if (!status)
			status = read_operation(&reader, i, &operations->items[operations->count]);
		if (!status)
			operations->count++;
	}
	hj_map_free(&reader.names);
	return status;
}
