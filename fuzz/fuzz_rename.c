/*
 * Renaming: a name that is new to the document, and back: the document is what it was, apart from
 * letter case and from escapes that are written out. What is left of the old name is nobody's.
 */
#include "fuzz.h"

#include "base/fold.h"
#include "policy/references.h"

enum { MOST_NAMES = 16 };

static hj_status rename_text(hj_slice text, hj_slice from, hj_slice to, hj_text *out)
{
	hj_source *source = fuzz_source(text.data, text.size);
	hj_document *document = fuzz_parse(source, 0);
	hj_edits edits;
	hj_text why;
	hj_edits_init(&edits, NULL);
	hj_text_init(&why, NULL);
	hj_status status = hj_rename(document, from, to, &edits, &why);
	FUZZ_CHECK(status == HJ_OK || (edits.count == 0 && why.size), "failed without a word");
	if (!status)
		FUZZ_CHECK(hj_edits_apply(edits.items, edits.count, text, out) == HJ_OK,
			"the edits do not fit");
	hj_edits_free(&edits);
	hj_text_free(&why);
	hj_document_free(document);
	hj_source_free(source);
	return status;
}

static void there_and_back(hj_slice text, const hj_mention *name)
{
	hj_text fresh, there, back;
	hj_text_init(&fresh, NULL);
	hj_text_init(&there, NULL);
	hj_text_init(&back, NULL);
	hj_text_printf(&fresh, "%sfuzzed-name", hj_name_info_of(name->kind)->prefix);
	/* Some names are none, or theirs is the new one: those are refused. */
	if (rename_text(text, name->name, hj_text_slice(&fresh), &there) == HJ_OK) {
		hj_text nowhere;
		hj_text_init(&nowhere, NULL);
		FUZZ_CHECK(rename_text(hj_text_slice(&there), name->name, hj_text_slice(&fresh),
				   &nowhere) != HJ_OK,
			"the old name is still there");
		hj_text_free(&nowhere);
		if (rename_text(hj_text_slice(&there), hj_text_slice(&fresh), name->name, &back) ==
			HJ_OK)
			FUZZ_CHECK(memchr(text.data, '\\', text.size) ||
					hj_slice_equal_folded(hj_text_slice(&back), text),
				"there and back again is elsewhere");
	}
	hj_text_free(&fresh);
	hj_text_free(&there);
	hj_text_free(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hj_source *source = fuzz_source((const char *)data, size);
	hj_document *document = fuzz_parse(source, 0);
	if (!hj_document_error(document)) {
		hj_policy policy;
		hj_references names;
		FUZZ_CHECK(hj_policy_bind(document, NULL, &policy) == HJ_OK, "no policy");
		FUZZ_CHECK(hj_references_gather(&policy, NULL, &names) == HJ_OK, "no names");
		for (size_t i = 0; i < names.definitions.count && i < MOST_NAMES; i++)
			there_and_back(hj_slice_of(source->data, source->size),
				&names.definitions.items[i]);
		hj_references_free(&names);
		hj_policy_free(&policy);
	}
	hj_document_free(document);
	hj_source_free(source);
	return 0;
}
