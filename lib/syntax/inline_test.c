/*
 * Values on one line.
 */
#include "syntax/inline.h"

#include "testdata/support/failing.h"

#include <criterion/criterion.h>

static hj_status render(const char *text, const hj_allocator *allocator, hj_text *out)
{
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_text_init(out, allocator);
	hj_status status = hj_source_copy(allocator, NULL, hj_slice_str(text), &source);
	if (!status)
		status = hj_parse(source, 0, &document);
	if (!status)
		status = hj_inline_append(out, document, 0);
	hj_document_free(document);
	hj_source_free(source);
	return status;
}

Test(inline, values_on_one_line)
{
	static const char *const cases[][2] = {
		{"1", "1"},
		{" /* a */ true // b\n", "true"},
		{"[]", "[]"},
		{"{ }", "{}"},
		{"[1,2.50,\n-0,1e9,]", "[1, 2.50, -0, 1e9]"},
		{"{\"a\":[{},[],[[1]]],\"b\":{\"c\":null,},}",
			"{\"a\": [{}, [], [[1]]], \"b\": {\"c\": null}}"},
		{"[\"\\u0041\\/\\u0007\", \"\xff\"]", "[\"A/\\u0007\", \"\xef\xbf\xbd\"]"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hj_text out;
		cr_assert_eq(render(cases[i][0], NULL, &out), HJ_OK);
		cr_expect(hj_slice_equal(hj_text_slice(&out), hj_slice_str(cases[i][1])),
			"%s: %.*s", cases[i][0], HJ_SLICE_ARGS(hj_text_slice(&out)));
		hj_text_free(&out);
	}
}

Test(inline, a_million_brackets_cost_no_stack)
{
	enum { DEPTH = 1000000 };
	char *text = malloc(2 * DEPTH + 1);
	memset(text, '[', DEPTH);
	memset(text + DEPTH, ']', DEPTH);
	text[2 * DEPTH] = '\0';
	hj_text out;
	cr_expect_eq(render(text, NULL, &out), HJ_OK);
	cr_expect(hj_slice_equal(hj_text_slice(&out), hj_slice_of(text, 2 * DEPTH)));
	hj_text_free(&out);
	free(text);
}

Test(inline, out_of_memory_is_an_error_and_leaks_nothing)
{
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_text out;
		hj_status status = render("{\"a\": [{\"b\": [\"\\n\"]}]}", &allocator, &out);
		hj_text_free(&out);
		cr_assert_eq(state.blocks, 0);
		if (!state.failed)
			break;
		cr_expect_eq(status, HJ_NO_MEMORY);
	}
}
