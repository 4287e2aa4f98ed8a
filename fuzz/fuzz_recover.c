/*
 * The tolerant parser against the strict one: the same nodes and no finding for a good document, at
 * least one finding and well-formed nodes for a broken one.
 */
#include "syntax/internal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_good(hj_document *document)
{
	uint32_t count = document->count, depth = document->depth;
	hj_node *nodes = malloc(count * sizeof *nodes);
	if (!nodes)
		abort();
	memcpy(nodes, document->nodes, count * sizeof *nodes);
	if (hj__recover(document))
		abort();
	if (document->findings.count || document->count != count || document->depth != depth)
		abort();
	if (memcmp(nodes, document->nodes, count * sizeof *nodes) != 0)
		abort();
	free(nodes);
}

/* Every span lies in the source, every fix can be applied. */
static void check_findings(const hj_document *document)
{
	const hj_findings *findings = hj_document_findings(document);
	uint32_t size = document->source->size;
	if (findings->count == 0)
		abort();
	for (size_t i = 0; i < findings->count; i++) {
		const hj_finding *finding = &findings->items[i];
		if (finding->span.start > finding->span.end || finding->span.end > size)
			abort();
		if (finding->message.size == 0)
			abort();
		for (size_t k = 0; k < finding->related_count; k++)
			if (finding->related[k].span.start > finding->related[k].span.end ||
				finding->related[k].span.end > size)
				abort();
		hj_text mended;
		hj_text_init(&mended, NULL);
		if (hj_edits_apply(finding->edits, finding->edit_count,
			    hj_slice_of(document->source->data, size), &mended))
			abort();
		hj_text_free(&mended);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hj_source *source;
	hj_document *document;
	if (hj_source_copy(NULL, NULL, hj_slice_of((const char *)data, size), &source))
		abort();
	if (hj_parse(source, 0, &document))
		abort();
	if (hj_document_error(document))
		check_findings(document);
	else
		check_good(document);
	if (hj_document_check(document))
		abort();
	hj_document_free(document);
	hj_source_free(source);
	return 0;
}
