#include "format/format.h"

#include "format/verify.h"
#include "testdata/support/golden.h"

#include <criterion/criterion.h>

static const struct {
	hj_style style;
	const char *member;
} styles[] = {{HJ_CANONICAL, "fmt"}, {HJ_MINIMIZED, "min"}, {HJ_STANDARD, "std"}};

static hj_document *parse(hj_slice in)
{
	hj_source *source;
	hj_document *document;
	cr_assert_eq(hj_source_copy(NULL, NULL, in, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, HJ_PARSE_FIRST_ERROR, &document), HJ_OK);
	return document;
}

static void drop(hj_document *document)
{
	hj_source *source = hj_document_source(document);
	hj_document_free(document);
	hj_source_free(source);
}

/* All ways to the same text: as a whole, as edits, and "is it so already?". */
static void expect_style(hj_slice in, hj_style style, hj_slice want, const char *name)
{
	hj_format_options options = {.style = style, .limit = UINT64_MAX};
	hj_document *document = parse(in);
	hj_text out, edited;
	hj_edits edits;
	bool same = false;
	hj_text_init(&out, NULL);
	hj_text_init(&edited, NULL);
	hj_edits_init(&edits, NULL);
	cr_expect_eq(hj_format(document, &options, &out), HJ_OK, "%s", name);
	cr_expect(hj_slice_equal(hj_text_slice(&out), want), "%s style %d: got <%.*s>, want <%.*s>",
		name, style, HJ_SLICE_ARGS(hj_text_slice(&out)), HJ_SLICE_ARGS(want));
	cr_expect_eq(hj_format_edits(document, &options, &edits), HJ_OK);
	cr_expect_eq(hj_edits_apply(edits.items, edits.count, in, &edited), HJ_OK, "%s", name);
	cr_expect(hj_slice_equal(hj_text_slice(&edited), want), "%s style %d as edits: <%.*s>",
		name, style, HJ_SLICE_ARGS(hj_text_slice(&edited)));
	cr_expect_eq(hj_format_is(document, &options, &same), HJ_OK);
	cr_expect_eq(same, hj_slice_equal(in, want), "%s style %d: is it so already?", name, style);
	hj_text_free(&out);
	hj_text_free(&edited);
	hj_edits_free(&edits);
	drop(document);
}

/* Every case of a file that formats; fmt2 is the second pass where it differs from the first. */
static unsigned expect_file(const char *folder, const char *path)
{
	golden_file file;
	unsigned count = 0;
	cr_assert(golden_open(&file, folder, path));
	while (golden_next(&file)) {
		hj_slice in = golden_need(&file, "in"), once, twice, want;
		for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
			uint32_t result = golden_find(&file, 0, styles[i].member);
			if (!result || !golden_member_of(&file, result, "out", &want))
				continue;
			count++;
			expect_style(in, styles[i].style, want, golden_name(&file));
		}
		uint32_t first = golden_find(&file, 0, "fmt"),
			 second = golden_find(&file, 0, "fmt2");
		if (!first || !golden_member_of(&file, first, "out", &once))
			continue;
		twice = once;
		if (second)
			golden_member_of(&file, second, "out", &twice);
		expect_style(once, HJ_CANONICAL, twice, golden_name(&file));
		expect_style(twice, HJ_CANONICAL, twice, golden_name(&file));
	}
	golden_close(&file);
	return count;
}

Test(format, own_cases)
{
	cr_expect_gt(expect_file("testdata", "format/cases.jsonl"), 20);
}

Test(format, golden)
{
	static const char *const files[] = {"alignment", "comments", "errors", "examples",
		"expansion", "numbers", "policy", "random", "strings"};
	const char *folder = golden_folder();
	if (!folder)
		cr_skip_test("HUJSON_SHARED is not set");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char name[64];
		snprintf(name, sizeof name, "hujson/%s.jsonl", files[i]);
		cr_expect_gt(expect_file(folder, name), 100, "%s", name);
	}
}

Test(format, json_test_suite)
{
	const char *folder = golden_folder();
	if (!folder)
		cr_skip_test("HUJSON_SHARED is not set");
	golden_file file;
	cr_assert(golden_open(&file, folder, "json-test-suite/index.jsonl"));
	unsigned count = 0;
	while (golden_next(&file)) {
		char path[PATH_MAX];
		hj_text in;
		hj_slice want;
		snprintf(path, sizeof path, "%s/json-test-suite/%.*s", folder,
			HJ_SLICE_ARGS(golden_need(&file, "file")));
		hj_text_init(&in, NULL);
		cr_assert(golden_read(path, &in), "%s", path);
		for (size_t i = 0; i < sizeof styles / sizeof *styles; i++)
			if (golden_member(&file, styles[i].member, &want))
				count++,
					expect_style(
						hj_text_slice(&in), styles[i].style, want, path);
		hj_text_free(&in);
	}
	cr_expect_gt(count, 300);
	golden_close(&file);
}
