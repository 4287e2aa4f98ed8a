/*
 * Fix whatever can be fixed: what parsed parses still, what is offered as safe is done after one
 * run, a second run changes nothing, the edits make the text that came out, and comments that
 * ignore findings break no document.
 */
#include "fuzz.h"

static hj_slice bytes_of(const hj_source *source)
{
	return hj_slice_of(source->data, source->size);
}

static void check_edits(const hj_source *before, const hj_fixed *fixed)
{
	hj_text text;
	hj_text_init(&text, NULL);
	FUZZ_CHECK(hj_edits_apply(fixed->edits.items, fixed->edits.count, bytes_of(before),
			   &text) == HJ_OK,
		"edits");
	FUZZ_CHECK(hj_slice_equal(hj_text_slice(&text), bytes_of(fixed->source)),
		"the edits make another text");
	FUZZ_CHECK(fixed->applied || fixed->edits.count == 0, "edits without a fix");
	hj_text_free(&text);
}

static void fix(const hj_document *document, bool unsafe)
{
	hj_fix_options options = {.unsafe = unsafe};
	hj_fixed fixed, again;
	FUZZ_CHECK(hj_fix(document, &options, NULL, &fixed) == HJ_OK, "fix");
	if (!hj_document_error(document))
		FUZZ_CHECK(!hj_document_error(fixed.document), "it parsed before");
	check_edits(hj_document_source(document), &fixed);
	FUZZ_CHECK(hj_fix(fixed.document, &options, NULL, &again) == HJ_OK, "fix again");
	if (fixed.refused == 0 && fixed.applied < 50)
		FUZZ_CHECK(again.applied == 0, "a second run applies %zu more", again.applied);
	hj_fixed_free(&again);
	hj_fixed_free(&fixed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hj_source *source = fuzz_source((const char *)data, size);
	hj_document *document = fuzz_parse(source, 0);
	hj_findings findings;
	hj_edits edits;
	fix(document, false);
	fix(document, true);
	hj_findings_init(&findings, NULL);
	hj_edits_init(&edits, NULL);
	FUZZ_CHECK(hj_lint(document, NULL, &findings) == HJ_OK, "lint");
	hj_status status = hj_suppress_edits(document, &findings, &edits);
	FUZZ_CHECK(status == (hj_document_error(document) ? HJ_SYNTAX : HJ_OK), "comments");
	if (!status) {
		hj_text text;
		hj_text_init(&text, NULL);
		FUZZ_CHECK(
			hj_edits_apply(edits.items, edits.count, bytes_of(source), &text) == HJ_OK,
			"comments do not fit");
		hj_source *commented = fuzz_source(text.data, text.size);
		hj_document *parsed = fuzz_parse(commented, 0);
		FUZZ_CHECK(!hj_document_error(parsed), "comments break the document");
		hj_document_free(parsed);
		hj_source_free(commented);
		hj_text_free(&text);
	}
	hj_edits_free(&edits);
	hj_findings_free(&findings);
	hj_document_free(document);
	hj_source_free(source);
	return 0;
}
