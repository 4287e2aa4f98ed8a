/* Every allocation on the way from bytes to canonical text fails once, and then for ever. */
#include "format/verify.h"
#include "testdata/support/failing.h"

#include <criterion/criterion.h>

static const char *const documents[] = {
	"{\n\"a\": [1, 2], // c\n/* d\n e */\n\"\\u0062\": {\"c\": \"\\u0041\"}, \"x\" /*y*/ : "
	"/*z*/ 1 /*w*/ ,\n}\n",
	"[1, 2\n3 }",
	"// c\r\n[/*\r\n*/1]",
};

static hj_status job(const hj_allocator *allocator, hj_slice in)
{
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_text out, why;
	hj_edits edits;
	bool same;
	hj_verified verdict;
	const hj_format_options options = {.allocator = allocator};
	hj_text_init(&out, allocator);
	hj_text_init(&why, allocator);
	hj_edits_init(&edits, allocator);
	hj_status status = hj_source_copy(allocator, "name", in, &source);
	if (!status)
		status = hj_parse(source, 0, &document);
	if (!status && !hj_document_error(document)) {
		status = hj_format(document, &options, &out);
		if (!status)
			status = hj_format_edits(document, &options, &edits);
		if (!status)
			status = hj_format_is(document, &options, &same);
		if (!status)
			status =
				hj_verify(document, hj_text_slice(&out), allocator, &verdict, &why);
		if (!status && verdict != HJ_VERIFIED)
			status = HJ_INVALID;
	}
	hj_text_free(&out);
	hj_text_free(&why);
	hj_edits_free(&edits);
	hj_document_free(document);
	hj_source_free(source);
	return status;
}

Test(memory, every_allocation_fails_once)
{
	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
		for (int for_ever = 0; for_ever < 2; for_ever++) {
			size_t n = 0;
			for (;; n++) {
				failing_state state = {.fail_at = n, .for_ever = for_ever};
				hj_allocator allocator = failing_allocator(&state);
				hj_status status = job(&allocator, hj_slice_str(documents[i]));
				cr_assert_eq(state.blocks, 0, "document %zu, allocation %zu leaks",
					i, n);
				cr_assert_eq(state.bytes, 0, "document %zu, allocation %zu: sizes",
					i, n);
				if (!state.failed) {
					cr_assert_eq(status, HJ_OK);
					break;
				}
				/* A line index is no more than a convenience: places come without it. */
				cr_assert(status == HJ_NO_MEMORY || status == HJ_OK,
					"document %zu, allocation %zu: status %d", i, n, status);
			}
			cr_assert_gt(n, 3, "the allocator was used");
		}
	}
}
