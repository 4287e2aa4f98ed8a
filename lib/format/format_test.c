#include "format/format.h"

#include "format/verify.h"
#include "testdata/support/document.h"
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

/* Every text that formats is verified, and a damaged one is not. */
static void expect_verified(hj_slice in, hj_slice formatted, bool idempotent, const char *name)
{
	hj_document *document = parse(in);
	hj_verified verdict;
	hj_text why;
	hj_text_init(&why, NULL);
	cr_expect_eq(hj_verify(document, formatted, NULL, &verdict, &why), HJ_OK);
	cr_expect_eq(verdict, idempotent ? HJ_VERIFIED : HJ_VERIFIED_NOT_IDEMPOTENT, "%s: %.*s",
		name, HJ_SLICE_ARGS(hj_text_slice(&why)));
	hj_text_free(&why);
	document_free(document);
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
	document_free(document);
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
		expect_verified(in, once, !second, golden_name(&file));
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
	const char *folder = golden_folder(), *name;
	if (!folder)
		cr_skip_test("HUJSON_SHARED is not set");
	for (size_t i = 0; (name = golden_recorded(i)); i++)
		cr_expect_gt(expect_file(folder, name), 100, "%s", name);
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

/* What formatting must never do, done by hand: verification has to see each. */
Test(format, verify_refuses)
{
	static const struct {
		const char *in, *out, *why;
	} rows[] = {
		{"[1, 2] // c\n", "[1, 2]\n", "a comment is lost"},
		{"[1, 2]\n", "[1, 2] // c\n", "a comment is new"},
		{"[1, /* a b */ 2]", "[1, /* ab */ 2]\n", "line 1, column 5: this comment"},
		{"[1, /*a*/ 2]", "[1 /*a*/ , 2]\n", NULL},
		{"[1, /*a*/ 2]", "[ /*a*/ 1, 2]\n", "line 1, column 5: this comment"},
		{"[[1], /*a*/ 2]", "[[1 /*a*/ ], 2]\n", "line 1, column 7: this comment"},
		{"[1, 2]", "[1, 3]\n", "line 1, column 5: this value changed"},
		{"[1.0]", "[1]\n", "line 1, column 2: this value changed"},
		{"[1, [2]]", "[[1, 2]]\n", "line 1, column 2: this value changed"},
		{"[1, 2]", "[1]\n", "3 values became 2"},
		{"[\"a\"]", "[\"\\u0061\"]\n", "line 1, column 2: this value changed"},
		{"[\"\\u0061\"]", "[\"b\"]\n", "line 1, column 2: this value changed"},
		{"[\n1]", "[\n\t1,\n]\n", "standard JSON became HuJSON"},
		{"[1]", "[1", "the formatted text does not parse"},
		{"[1]", "[ 1]\n", "formatting the formatted text changes it again"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		hj_document *document = parse(hj_slice_str(rows[i].in));
		hj_verified verdict;
		hj_text why;
		hj_text_init(&why, NULL);
		cr_expect_eq(hj_verify(document, hj_slice_str(rows[i].out), NULL, &verdict, &why),
			HJ_OK);
		const char *said = why.size ? hj_text_string(&why) : "";
		if (rows[i].why)
			cr_expect(verdict == HJ_NOT_VERIFIED && strstr(said, rows[i].why),
				"%s to %s: verdict %d, %s", rows[i].in, rows[i].out, verdict, said);
		else
			cr_expect_eq(verdict, HJ_VERIFIED, "%s: %s", rows[i].in, said);
		hj_text_free(&why);
		document_free(document);
	}
}

/* A sink that takes so many bytes and then refuses. */
static hj_status refuse_after(void *left, hj_slice bytes)
{
	size_t *room = left;
	if (bytes.size > *room)
		return HJ_IO;
	*room -= bytes.size;
	return HJ_OK;
}

Test(format, limits_and_refusing_sinks)
{
	hj_text text;
	hj_text_init(&text, NULL);
	hj_text_repeat(&text, '[', 20000);
	hj_text_repeat(&text, ']', 20000);
	hj_document *document = parse(hj_text_slice(&text));
	size_t room = SIZE_MAX;
	cr_expect_eq(hj_format_stream(document, NULL, refuse_after, &room), HJ_OK);
	size_t printed = SIZE_MAX - room;
	hj_format_options options = {.limit = printed};
	room = SIZE_MAX;
	cr_expect_eq(hj_format_stream(document, &options, refuse_after, &room), HJ_OK);
	options.limit = printed - 1;
	cr_expect_eq(hj_format_stream(document, &options, refuse_after, &room), HJ_TOO_LARGE);
	options.limit = 0;
	room = printed / 2;
	cr_expect_eq(hj_format_stream(document, &options, refuse_after, &room), HJ_IO);
	document_free(document);
	hj_text_free(&text);

	hj_text_repeat(&text, '[', 200000);
	hj_text_repeat(&text, ']', 200000);
	document = parse(hj_text_slice(&text));
	room = SIZE_MAX;
	cr_expect_eq(hj_format_stream(document, NULL, refuse_after, &room), HJ_TOO_LARGE,
		"deep nesting passes the default limit");
	document_free(document);
	hj_text_free(&text);
}
