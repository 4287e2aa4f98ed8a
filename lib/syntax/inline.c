#include "syntax/inline.h"

#include "syntax/string.h"

static void append_string(hj_text *out, hj_slice token, hj_text *scratch)
{
	hj_text_clear(scratch);
	hj_string_decode(token, scratch);
	hj_string_encode(hj_text_slice(scratch), out);
}

hj_status hj_inline_append(hj_text *out, const hj_document *document, uint32_t node)
{
	const hj_node *nodes = hj_document_nodes(document);
	const hj_source *source = hj_document_source(document);
	uint32_t *open = NULL; /* containers that are not closed yet */
	size_t depth = 0, capacity = 0;
	hj_status status = HJ_OK;
	hj_text scratch;
	hj_text_init(&scratch, out->allocator);
	for (uint32_t at = node, end = nodes[node].next; at < end && !status; at++) {
		hj_slice token = hj_source_slice(source, hj_node_span(&nodes[at]));
		bool container = hj_node_is_container(&nodes[at]);
		if (container)
			hj_text_byte(out, token.data[0]);
		else if (hj_node_kind(&nodes[at]) == HJ_STRING)
			append_string(out, token, &scratch);
		else
			hj_text_append(out, token);
		if (container && nodes[at].next > at + 1) {
			status = hj_grow(out->allocator, &open, &capacity, depth + 1, sizeof *open);
			if (!status)
				open[depth++] = at;
			continue;
		}
		if (container)
			hj_text_byte(out, token.data[0] == '{' ? '}' : ']');
		while (depth && nodes[open[depth - 1]].next == at + 1)
			hj_text_byte(
				out, hj_node_kind(&nodes[open[--depth]]) == HJ_OBJECT ? '}' : ']');
		if (depth)
			hj_text_str(out, nodes[at].bits & HJ_IS_NAME ? ": " : ", ");
	}
	hj_free(out->allocator, open, capacity * sizeof *open);
	status = status ? status : scratch.status ? scratch.status : out->status;
	hj_text_free(&scratch);
	return status;
}
