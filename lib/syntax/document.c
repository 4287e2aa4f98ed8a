#include "syntax/document.h"

#include "syntax/gap.h"
#include "syntax/parse.h"

/* A document of one error node, for where nothing better is known. */
static hj_status fill_with_error(hj_document *document)
{
	hj_status status = hj_grow(document->allocator, &document->nodes, &document->capacity, 1,
		sizeof *document->nodes);
	if (status)
		return status;
	document->nodes[0] = (hj_node){0, document->source->size, 1, HJ_ERROR};
	document->count = 1;
	document->depth = 0;
	document->standard = false;
	return HJ_OK;
}

hj_status hj_parse(hj_source *source, unsigned options, hj_document **out)
{
	hj_document *document = hj_alloc(source->allocator, sizeof *document);
	if (!document)
		return HJ_NO_MEMORY;
	*document = (hj_document){.source = source, .allocator = source->allocator};
	hj_findings_init(&document->findings, source->allocator);
	hj_text_init(&document->error_text, source->allocator);
	/* Real policies have a node every 20 bytes. Memory that is never touched costs nothing, so
	   the guess is generous. */
	hj_status status = hj_grow(source->allocator, &document->nodes, &document->capacity,
		source->size / 12 + 16, sizeof *document->nodes);
	if (!status)
		status = hj__parse_strict(document);
	if (!status && document->broken)
		status = options & HJ_PARSE_FIRST_ERROR ? fill_with_error(document)
							: hj__recover(document);
	if (!status)
		status = document->findings.status;
	if (status) {
		hj_document_free(document);
		return status;
	}
	*out = document;
	return HJ_OK;
}

void hj_document_free(hj_document *document)
{
	if (!document)
		return;
	const hj_allocator *allocator = document->allocator;
	hj_free(allocator, document->nodes, document->capacity * sizeof *document->nodes);
	hj_findings_free(&document->findings);
	hj_text_free(&document->error_text);
	hj_free(allocator, document, sizeof *document);
}

hj_source *hj_document_source(const hj_document *document)
{
	return document->source;
}

const hj_node *hj_document_nodes(const hj_document *document)
{
	return document->nodes;
}

uint32_t hj_document_count(const hj_document *document)
{
	return document->count;
}

uint32_t hj_document_depth(const hj_document *document)
{
	return document->depth;
}

bool hj_document_standard(const hj_document *document)
{
	return document->standard;
}

const hj_syntax_error *hj_document_error(const hj_document *document)
{
	return document->broken ? &document->error : NULL;
}

const hj_findings *hj_document_findings(const hj_document *document)
{
	return &document->findings;
}

/* Nothing but white space, complete comments, commas and colons? */
static bool is_gap(const hj_source *source, uint32_t start, uint32_t end)
{
	const char *at = source->data + start, *stop = source->data + end;
	while ((at = hj_gap_end(at, stop)) < stop) {
		if (*at != ',' && *at != ':')
			return false;
		at++;
	}
	return true;
}

/*
 * A pass in document order. `inner` walks up by the ends of containers, which the array itself
 * holds: the container around node i is found by keeping the open ones as a chain of indices.
 */
const char *hj_document_check(const hj_document *document)
{
	const hj_source *source = document->source;
	const hj_node *nodes = document->nodes;
	uint32_t count = document->count;
	if (count == 0)
		return "a document has at least one node";
	size_t capacity = 0, depth = 0;
	uint32_t *open = NULL;
	const char *wrong = NULL;
	uint32_t at = 0; /* the first byte not accounted for */
	bool want_name = false;
	for (uint32_t i = 0; i <= count && !wrong; i++) {
		/* Close what ends before node i. */
		while (depth && nodes[open[depth - 1]].next <= i) {
			const hj_node *inner = &nodes[open[--depth]];
			uint32_t last = inner->end - !(inner->bits & HJ_UNCLOSED);
			if (inner->next != i)
				wrong = "a container's next is past its content";
			else if (last < at || !is_gap(source, at, last))
				wrong = "a closing gap holds something else";
			else if (hj_node_kind(inner) == HJ_OBJECT && !want_name)
				wrong = "a name without a value";
			at = inner->end;
			want_name = !(inner->bits & HJ_IS_NAME) && depth &&
				hj_node_kind(&nodes[open[depth - 1]]) == HJ_OBJECT;
		}
		if (wrong || i == count)
			break;
		const hj_node *node = &nodes[i];
		if (node->start < at || node->end < node->start || node->end > source->size)
			wrong = "a node is out of order";
		else if ((i || !document->broken) && !is_gap(source, at, node->start))
			wrong = "a gap holds something else";
		else if (node->next <= i || node->next > count)
			wrong = "a node's next does not go on";
		else if (!hj_node_is_container(node) && node->next != i + 1)
			wrong = "a literal's next is not the next node";
		else if (depth && hj_node_kind(&nodes[open[depth - 1]]) == HJ_OBJECT &&
			want_name != ((node->bits & HJ_IS_NAME) != 0))
			wrong = "names and values do not alternate";
		else if (!depth && i && hj_node_kind(node) != HJ_ERROR)
			wrong = "only error nodes may follow the root";
		if (wrong)
			break;
		if (hj_node_is_container(node)) {
			if (hj_grow(document->allocator, &open, &capacity, depth + 1, sizeof *open))
				break; /* no memory, no verdict */
			open[depth++] = i;
			at = node->start + 1;
			want_name = hj_node_kind(node) == HJ_OBJECT;
		} else {
			at = node->end;
			want_name = !want_name && depth &&
				hj_node_kind(&nodes[open[depth - 1]]) == HJ_OBJECT;
		}
	}
	if (!wrong && at <= source->size && !is_gap(source, at, source->size))
		wrong = "the end of the source is in no node";
	hj_free(document->allocator, open, capacity * sizeof *open);
	return wrong;
}
