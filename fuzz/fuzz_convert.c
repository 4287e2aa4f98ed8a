/*
 * Conversion: what is converted parses, has every comment once, no acls, and is left alone by a second
 * conversion; that it allows the same is proven by the conversion itself, which must not find that it
 * does not.
 */
#include "fuzz.h"

#include "syntax/gap.h"

/* A sum that does not hang on the order of the comments. */
static uint64_t sum_gap(const char *from, const char *to)
{
	hj_gap gap = {from, to};
	uint64_t sum = 0;
	for (hj_gap_piece piece; hj_gap_next(&gap, &piece);) {
		uint64_t hash = UINT64_C(0xCBF29CE484222325);
		if (piece.kind != HJ_GAP_LINE && piece.kind != HJ_GAP_BLOCK)
			continue;
		/* Blanks at the end of a line may go. */
		while (memchr(" \t\r", piece.end[-1], 3))
			piece.end--;
		for (const char *at = piece.start; at < piece.end; at++)
			hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001B3);
		sum += hash;
	}
	return sum;
}

static uint64_t sum_comments(const hj_document *document)
{
	const hj_source *source = hj_document_source(document);
	const hj_node *nodes = hj_document_nodes(document);
	const char *at = source->data;
	uint64_t sum = 0;
	for (uint32_t i = 0; i < hj_document_count(document); i++) {
		/* Brackets that close stand between nodes, and are marks like commas. */
		sum += sum_gap(at, source->data + nodes[i].start);
		at = source->data +
			(hj_node_is_container(&nodes[i]) ? nodes[i].start + 1 : nodes[i].end);
	}
	return sum + sum_gap(at, source->data + source->size);
}

static void convert(const hj_document *document, hj_conversion *out)
{
	hj_policy policy;
	FUZZ_CHECK(hj_policy_bind(document, NULL, &policy) == HJ_OK, "no policy");
	FUZZ_CHECK(hj_convert_to_grants(&policy, NULL, out) == HJ_OK, "no conversion");
	for (uint32_t i = 0; i < out->difference.count; i++)
		FUZZ_CHECK(false, "%.*s", HJ_SLICE_ARGS(out->difference.changes[i].sentence));
	FUZZ_CHECK(out->result != HJ_CONVERT_DIFFERS, "access differs");
	FUZZ_CHECK(out->result == HJ_CONVERTED || out->edits.count == 0, "edits of nothing");
	hj_policy_free(&policy);
}

static void check_result(const hj_document *document, const hj_edits *edits)
{
	const hj_source *source = hj_document_source(document);
	hj_text text;
	hj_conversion again;
	hj_text_init(&text, NULL);
	FUZZ_CHECK(hj_edits_apply(edits->items, edits->count,
			   hj_slice_of(source->data, source->size), &text) == HJ_OK,
		"the edits do not fit");
	hj_source *converted = fuzz_source(text.data, text.size);
	hj_document *parsed = fuzz_parse(converted, 0);
	FUZZ_CHECK(!hj_document_error(parsed), "the result does not parse");
	FUZZ_CHECK(sum_comments(document) == sum_comments(parsed), "the comments differ:\n%.*s",
		(int)text.size, text.data);
	convert(parsed, &again);
	FUZZ_CHECK(again.result == HJ_CONVERT_NOTHING, "there is still something to convert");
	hj_conversion_free(&again);
	hj_document_free(parsed);
	hj_source_free(converted);
	hj_text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hj_source *source = fuzz_source((const char *)data, size);
	hj_document *document = fuzz_parse(source, HJ_PARSE_FIRST_ERROR);
	if (!hj_document_error(document)) {
		hj_conversion conversion;
		convert(document, &conversion);
		if (conversion.result == HJ_CONVERTED)
			check_result(document, &conversion.edits);
		hj_conversion_free(&conversion);
	}
	hj_document_free(document);
	hj_source_free(source);
	return 0;
}
