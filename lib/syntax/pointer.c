#include "syntax/pointer.h"

#include "syntax/pointer_walk.h"
#include "syntax/string.h"

/* -- walking ------------------------------------------------------------------------------------ */

void hj__walk_init(hj__walk *walk, hj_slice pointer, const hj_allocator *allocator)
{
	*walk = (hj__walk){.pointer = pointer};
	hj_text_init(&walk->scratch, allocator);
	hj_text_init(&walk->name, allocator);
}

void hj__walk_free(hj__walk *walk)
{
	hj_text_free(&walk->scratch);
	hj_text_free(&walk->name);
}

/* A sentence and what it is about. */
static hj_status fail(hj_text *why, hj_status status, const char *sentence, hj_slice about)
{
	if (!why)
		return status;
	hj_text_str(why, sentence);
	hj_text_append(why, about);
	return why->status ? why->status : status;
}

hj_status hj__not_found(hj_text *why)
{
	return fail(why, HJ_NOT_FOUND, "value not found", (hj_slice){0});
}

hj_status hj__walk_next(hj__walk *walk, bool container, hj_text *why)
{
	hj_slice pointer = walk->pointer;
	if (!container)
		return fail(why, HJ_INVALID, "invalid pointer: cannot index into literal at ",
			(hj_slice){pointer.data, walk->used});
	const char *at = pointer.data + walk->used, *end = pointer.data + pointer.size;
	if (*at != '/')
		return fail(why, HJ_INVALID, "invalid pointer: lacks a forward slash prefix",
			(hj_slice){0});
	at++;
	const char *stop = at < end ? memchr(at, '/', (size_t)(end - at)) : NULL;
	stop = stop ? stop : end;
	walk->used = (size_t)(stop - pointer.data);
	walk->segment = (hj_slice){at, (size_t)(stop - at)};
	if (at == stop || !memchr(at, '~', walk->segment.size))
		return HJ_OK;
	/* "~01" is "~1": what a tilde and a zero give is not looked at again. */
	hj_text_clear(&walk->scratch);
	for (; at < stop; at++) {
		char byte = *at;
		if (byte == '~' && at + 1 < stop && (at[1] == '0' || at[1] == '1'))
			byte = *++at == '0' ? '~' : '/';
		hj_text_byte(&walk->scratch, byte);
	}
	walk->segment = hj_text_slice(&walk->scratch);
	return walk->scratch.status;
}

hj_status hj__walk_index(const hj__walk *walk, uint64_t *index, hj_text *why)
{
	hj_slice segment = walk->segment;
	if (hj_slice_equal(segment, HJ_SLICE("-"))) {
		*index = HJ__PAST_THE_END;
		return HJ_OK;
	}
	uint64_t value = 0;
	bool good = segment.size > 0;
	for (size_t i = 0; i < segment.size && good; i++) {
		unsigned digit = (unsigned)(unsigned char)segment.data[i] - '0';
		good = digit <= 9 && !__builtin_mul_overflow(value, UINT64_C(10), &value) &&
			!__builtin_add_overflow(value, (uint64_t)digit, &value);
	}
	/* "01" is accepted and "00" is not: the reference's way. */
	if (!good || (value == 0 && segment.size > 1))
		return fail(why, HJ_INVALID, "invalid array index: ", segment);
	*index = value;
	return HJ_OK;
}

hj_status hj__walk_names(hj__walk *walk, hj_slice token, bool *equal)
{
	hj_slice inner = {token.data + 1, token.size - 2};
	if (inner.size && memchr(inner.data, '\\', inner.size)) {
		hj_text_clear(&walk->name);
		hj_string_decode(token, &walk->name);
		inner = hj_text_slice(&walk->name);
	}
	*equal = !walk->name.status && hj_slice_equal(inner, walk->segment);
	return walk->name.status;
}

/* -- documents ---------------------------------------------------------------------------------- */

/* The value that the current segment names in a container. */
static hj_status step(const hj_document *document, hj__walk *walk, uint32_t container,
	uint32_t *node, hj_text *why)
{
	const hj_node *nodes = hj_document_nodes(document);
	uint32_t end = nodes[container].next;
	if (hj_node_kind(&nodes[container]) == HJ_OBJECT) {
		for (uint32_t i = hj_node_first(container); i < end;
			i = nodes[nodes[i].next].next) {
			hj_slice token = hj_source_slice(
				hj_document_source(document), hj_node_span(&nodes[i]));
			bool equal;
			hj_status status = hj__walk_names(walk, token, &equal);
			if (status)
				return status;
			if (equal) {
				*node = nodes[i].next;
				return HJ_OK;
			}
		}
		return hj__not_found(why);
	}
	uint64_t index;
	hj_status status = hj__walk_index(walk, &index, why);
	if (status)
		return status;
	for (uint32_t i = hj_node_first(container); i < end; i = nodes[i].next) {
		if (index-- == 0) {
			*node = i;
			return HJ_OK;
		}
	}
	return hj__not_found(why);
}

hj_status hj_pointer_find(
	const hj_document *document, hj_slice pointer, uint32_t *node, hj_text *why)
{
	const hj_node *nodes = hj_document_nodes(document);
	hj__walk walk;
	hj__walk_init(&walk, pointer, hj_document_source(document)->allocator);
	hj_status status = HJ_OK;
	uint32_t at = 0;
	while (!status && !hj__walk_done(&walk)) {
		status = hj__walk_next(&walk, hj_node_is_container(&nodes[at]), why);
		if (!status)
			status = step(document, &walk, at, &at, why);
	}
	if (!status)
		*node = at;
	hj__walk_free(&walk);
	return status;
}

static void append_segment(hj_text *out, hj_slice segment)
{
	hj_text_byte(out, '/');
	for (size_t i = 0; i < segment.size; i++) {
		char byte = segment.data[i];
		if (byte == '~')
			hj_text_str(out, "~0");
		else if (byte == '/')
			hj_text_str(out, "~1");
		else
			hj_text_byte(out, byte);
	}
}

static void append_name(const hj_document *document, uint32_t name, hj_text *scratch, hj_text *out)
{
	const hj_node *node = &hj_document_nodes(document)[name];
	hj_slice token = hj_source_slice(hj_document_source(document), hj_node_span(node));
	if (hj_node_kind(node) != HJ_STRING || token.size < 2) {
		append_segment(out, token);
	} else if (node->bits & HJ_ESCAPED) {
		hj_text_clear(scratch);
		hj_string_decode(token, scratch);
		append_segment(out, hj_text_slice(scratch));
	} else {
		append_segment(out, (hj_slice){token.data + 1, token.size - 2});
	}
}

hj_status hj_pointer_of(const hj_document *document, uint32_t node, hj_text *out)
{
	const hj_node *nodes = hj_document_nodes(document);
	if (node >= nodes[0].next)
		return HJ_NOT_FOUND;
	hj_text scratch;
	hj_text_init(&scratch, out->allocator);
	uint32_t at = 0;
	while (at != node && !(nodes[at].bits & HJ_IS_NAME)) {
		bool object = hj_node_kind(&nodes[at]) == HJ_OBJECT;
		uint32_t child = hj_node_first(at), index = 0;
		if (object) {
			while (nodes[nodes[child].next].next <= node)
				child = nodes[nodes[child].next].next;
			append_name(document, child, &scratch, out);
			/* A name's pointer is its value's. */
			at = node < nodes[child].next ? node : nodes[child].next;
		} else {
			for (; nodes[child].next <= node; child = nodes[child].next)
				index++;
			hj_text_printf(out, "/%u", (unsigned)index);
			at = child;
		}
	}
	hj_status status = scratch.status;
	hj_text_free(&scratch);
	return status ? status : out->status;
}
