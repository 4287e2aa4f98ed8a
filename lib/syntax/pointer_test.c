#include "syntax/pointer.h"

#include "syntax/gap.h"
#include "testdata/support/document.h"
#include "testdata/support/golden.h"

#include <criterion/criterion.h>

Test(pointer, golden)
{
	if (!golden_folder())
		cr_skip_test("HUJSON_SHARED is not set");
	golden_file file;
	cr_assert(golden_open(&file, golden_folder(), "hujson/find.jsonl"));
	while (golden_next(&file)) {
		const char *name = golden_name(&file);
		hj_document *in = document_of(golden_need(&file, "doc"));
		const hj_syntax_error *error = hj_document_error(in);
		hj_slice want;
		uint32_t node = 0;
		hj_text why;
		hj_text_init(&why, NULL);
		hj_status status = HJ_SYNTAX;
		if (error)
			hj_text_append(&why, error->text);
		else
			status = hj_pointer_find(in, golden_need(&file, "pointer"), &node, &why);
		if (golden_member(&file, "err", &want)) {
			cr_expect_neq(status, HJ_OK, "%s", name);
			cr_expect(hj_slice_equal(hj_text_slice(&why), want), "%s: %.*s", name,
				(int)why.size, why.data);
		} else {
			cr_expect_eq(status, HJ_OK, "%s: %.*s", name, (int)why.size, why.data);
			cr_expect_eq(why.size, 0, "%s", name);
			hj_span span = hj_node_span(&hj_document_nodes(in)[node]);
			cr_expect_eq(span.start, golden_number(&file, "start"), "%s", name);
			cr_expect_eq(span.end, golden_number(&file, "end"), "%s", name);
			cr_expect(hj_slice_equal(hj_source_slice(hj_document_source(in), span),
					  golden_need(&file, "out")),
				"%s", name);
		}
		hj_text_free(&why);
		document_free(in);
	}
	golden_close(&file);
}

Test(pointer, sentences)
{
	static const struct {
		const char *document, *pointer, *why;
	} cases[] = {
		{"{\"a\":[0]}", "/a/0", ""},
		{"{\"a\":[0]}", "/a/1", "value not found"},
		{"{\"a\":[0]}", "/a/-", "value not found"},
		{"{\"a\":[0]}", "/a/18446744073709551615", "value not found"},
		{"{\"a\":[0]}", "/a/18446744073709551616",
			"invalid array index: 18446744073709551616"},
		{"{\"a\":[0]}", "/a/", "invalid array index: "},
		{"{\"a\":[0]}", "/a/+1", "invalid array index: +1"},
		{"{\"a\":[0]}", "/a/00", "invalid array index: 00"},
		{"{\"a\":[0,1]}", "/a/000000000000000000000000001", ""},
		{"{\"a\":[0]}", "/a/~01~1", "invalid array index: ~1/"},
		{"{\"a\":[0]}", "a", "invalid pointer: lacks a forward slash prefix"},
		{"7", "a", "invalid pointer: cannot index into literal at "},
		{"[[7]]", "/0/0/1", "invalid pointer: cannot index into literal at /0/0"},
		{"{\"~1\":1}", "/~01", ""},
		{"{\"~\":1}", "/~", ""},
		{"{\"\\u0061\":1}", "/a", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hj_document *in = document_of(hj_slice_str(cases[i].document));
		hj_text why;
		hj_text_init(&why, NULL);
		uint32_t node;
		hj_status status = hj_pointer_find(in, hj_slice_str(cases[i].pointer), &node, &why);
		cr_expect(hj_slice_equal(hj_text_slice(&why), hj_slice_str(cases[i].why)),
			"%s in %s: %.*s", cases[i].pointer, cases[i].document, (int)why.size,
			why.data);
		cr_expect_eq(status == HJ_OK, why.size == 0);
		cr_expect_eq(
			status, hj_pointer_find(in, hj_slice_str(cases[i].pointer), &node, NULL));
		hj_text_free(&why);
		document_free(in);
	}
}

/* Every value of a document without duplicate names is what its pointer finds. */
Test(pointer, there_and_back)
{
	hj_document *in = document_of(
		HJ_SLICE("{ // c\n\"a\": [1, [2, {}], {\"\": 3}], \"b/~\": {\"\\n\": [[]], "
			 "\"\xff\": 4}, \"\\u00e9~1\": null,}"));
	const hj_node *nodes = hj_document_nodes(in);
	for (uint32_t i = 0; i < hj_document_count(in); i++) {
		uint32_t want = nodes[i].bits & HJ_IS_NAME ? nodes[i].next : i, found = UINT32_MAX;
		hj_text text;
		hj_text_init(&text, NULL);
		cr_assert_eq(hj_pointer_of(in, i, &text), HJ_OK);
		cr_expect_eq(hj_pointer_find(in, hj_text_slice(&text), &found, NULL), HJ_OK);
		cr_expect_eq(found, want, "%.*s: node %u, not %u", (int)text.size, text.data, found,
			want);
		hj_text_free(&text);
	}
	hj_text text;
	hj_text_init(&text, NULL);
	cr_expect_eq(hj_pointer_of(in, hj_document_count(in), &text), HJ_NOT_FOUND);
	hj_text_free(&text);
	document_free(in);
}

Test(pointer, a_million_levels_deep, .timeout = 60)
{
	enum { DEPTH = 1000000 };
	hj_text document, pointer, back;
	hj_text_init(&document, NULL);
	hj_text_init(&pointer, NULL);
	hj_text_init(&back, NULL);
	hj_text_repeat(&document, '[', DEPTH);
	hj_text_repeat(&document, ']', DEPTH);
	for (int i = 1; i < DEPTH; i++)
		hj_text_str(&pointer, "/0");
	hj_document *in = document_of(hj_text_slice(&document));
	uint32_t node = 0;
	cr_expect_eq(hj_pointer_find(in, hj_text_slice(&pointer), &node, NULL), HJ_OK);
	cr_expect_eq(node, DEPTH - 1);
	cr_expect_eq(hj_pointer_of(in, node, &back), HJ_OK);
	cr_expect(hj_slice_equal(hj_text_slice(&back), hj_text_slice(&pointer)));
	document_free(in);
	hj_text_free(&document);
	hj_text_free(&pointer);
	hj_text_free(&back);
}
