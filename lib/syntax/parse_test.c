#include "syntax/error.h"
#include "syntax/parse.h"
#include "syntax/scan.h"
#include "testdata/support/golden.h"

#include <criterion/criterion.h>
#include <pthread.h>

/* The first error of a text as the reference has it; "" when it parses. */
static hj_slice error_of(hj_slice in)
{
	static char text[1 << 16];
	hj_source *source;
	hj_document *document;
	cr_assert_eq(hj_source_copy(NULL, NULL, in, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, HJ_PARSE_FIRST_ERROR, &document), HJ_OK);
	const hj_syntax_error *error = hj_document_error(document);
	size_t size = error ? error->text.size : 0;
	cr_assert_lt(size, sizeof text);
	if (size)
		memcpy(text, error->text.data, size);
	if (!error)
		cr_expect_null(hj_document_check(document), "%.*s: %s", HJ_SLICE_ARGS(in),
			hj_document_check(document));
	hj_document_free(document);
	hj_source_free(source);
	return hj_slice_of(text, size);
}

static void expect_errors(const char *folder, const char *name)
{
	golden_file file;
	cr_assert(golden_open(&file, folder, name));
	while (golden_next(&file)) {
		hj_slice in = golden_need(&file, "in"), want = HJ_SLICE("");
		uint32_t result = golden_find(&file, 0, "fmt");
		if (!golden_member_of(&file, result, "err", &want))
			want = HJ_SLICE("");
		hj_slice got = error_of(in);
		cr_expect(hj_slice_equal(got, want), "%s line %u: got %.*s, want %.*s", name,
			file.number, HJ_SLICE_ARGS(got), HJ_SLICE_ARGS(want));
	}
	golden_close(&file);
}

Test(parse, own_errors)
{
	golden_file file;
	cr_assert(golden_open(&file, "testdata", "parse/errors.jsonl"));
	while (golden_next(&file)) {
		hj_slice want = golden_need(&file, "error");
		hj_slice got = error_of(golden_need(&file, "in"));
		cr_expect(hj_slice_equal(got, want), "line %u: got %.*s, want %.*s", file.number,
			HJ_SLICE_ARGS(got), HJ_SLICE_ARGS(want));
	}
	golden_close(&file);
}

Test(parse, golden_errors)
{
	const char *folder = golden_folder(), *name;
	if (!folder)
		cr_skip_test("HUJSON_SHARED is not set");
	for (size_t i = 0; (name = golden_recorded(i)); i++)
		expect_errors(folder, name);
}

Test(parse, json_test_suite)
{
	const char *folder = golden_folder();
	if (!folder)
		cr_skip_test("HUJSON_SHARED is not set");
	golden_file file;
	cr_assert(golden_open(&file, folder, "json-test-suite/index.jsonl"));
	unsigned count = 0;
	for (; golden_next(&file); count++) {
		hj_slice name = golden_need(&file, "file"), want;
		char path[PATH_MAX];
		snprintf(path, sizeof path, "%s/json-test-suite/%.*s", folder, HJ_SLICE_ARGS(name));
		hj_text in;
		hj_text_init(&in, NULL);
		cr_assert(golden_read(path, &in), "%s", path);
		if (!golden_member(&file, "err", &want))
			want = HJ_SLICE("");
		hj_slice got = error_of(hj_text_slice(&in));
		cr_expect(hj_slice_equal(got, want), "%s: got %.*s, want %.*s", path,
			HJ_SLICE_ARGS(got), HJ_SLICE_ARGS(want));
		hj_text_free(&in);
	}
	cr_expect_gt(count, 300);
	golden_close(&file);
}

Test(parse, nodes)
{
	static const char text[] = "{ \"a\" : [1, 2 /*c*/,\n\n],\n\"b\": {}, }\n";
	static const hj_node want[] = {
		{0, 35, 7, HJ_OBJECT | HJ_TRAILING_COMMA},
		{2, 5, 2, HJ_STRING | HJ_IS_NAME},
		{8, 23, 5, HJ_ARRAY | HJ_TRAILING_COMMA | HJ_CLOSING_BREAK},
		{9, 10, 4, HJ_NUMBER},
		{12, 13, 5, HJ_NUMBER | HJ_TRAIL_COMMENT},
		{25, 28, 6, HJ_STRING | HJ_IS_NAME | HJ_LEAD_BREAK},
		{30, 32, 7, HJ_OBJECT},
	};
	hj_source *source;
	hj_document *document;
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_slice_str(text), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	cr_assert_eq(hj_document_count(document), sizeof want / sizeof *want);
	const hj_node *nodes = hj_document_nodes(document);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		cr_expect_eq(memcmp(&nodes[i], &want[i], sizeof *want), 0,
			"node %zu: %u-%u next %u bits %x", i, nodes[i].start, nodes[i].end,
			nodes[i].next, nodes[i].bits);
	cr_expect_eq(hj_document_depth(document), 2);
	cr_expect_not(hj_document_standard(document));
	hj_document_free(document);
	hj_source_free(source);
}

/* A million brackets, on whatever stack the thread has. */
static void *nest(void *brackets)
{
	enum { DEPTH = 1000000 };
	const char *pair = brackets;
	hj_text text;
	hj_text_init(&text, NULL);
	hj_text_repeat(&text, pair[0], DEPTH);
	hj_text_repeat(&text, pair[1], DEPTH);
	hj_source *source;
	hj_document *document;
	if (hj_source_adopt(NULL, &text, &source) || hj_parse(source, 0, &document))
		return NULL;
	bool good = !hj_document_error(document) && hj_document_depth(document) == DEPTH &&
		!hj_document_check(document);
	hj_document_free(document);
	hj_source_free(source);
	return good ? brackets : NULL;
}

Test(parse, a_million_brackets_on_a_small_stack)
{
	pthread_attr_t attributes;
	pthread_t thread;
	void *result;
	pthread_attr_init(&attributes);
	cr_assert_eq(pthread_attr_setstacksize(&attributes, 256 * 1024), 0);
	char brackets[] = "[]";
	cr_assert_eq(pthread_create(&thread, &attributes, nest, brackets), 0);
	pthread_join(thread, &result);
	pthread_attr_destroy(&attributes);
	cr_expect_eq(result, brackets);
}

/* The clever scanners and their plain twins, over every position of random bytes. */
Test(scan, twins_agree)
{
	enum { SIZE = 4096 };
	static const char alphabet[] = "    \t\t\n\n\r\"\\aaaaaaaaaaaaaaaa\x01\x7f\x80\xff";
	static char bytes[SIZE + HJ_SOURCE_PADDING];
	uint32_t random = 1;
	for (int round = 0; round < 200; round++) {
		for (int i = 0; i < SIZE; i++) {
			random = random * 1664525 + 1013904223;
			unsigned pick = (random >> 16) % (sizeof alphabet - 1);
			/* Long runs of one byte in every second round. */
			bytes[i] = round % 2 && i && random >> 28 ? bytes[i - 1] : alphabet[pick];
		}
		for (int i = 0; i <= SIZE; i++) {
			unsigned clever = 0, plain = 0;
			cr_assert_eq(hj_scan_string(bytes + i), hj_scan_string_plain(bytes + i));
			cr_assert_eq(hj_scan_space(bytes + i, &clever),
				hj_scan_space_plain(bytes + i, &plain));
			cr_assert((clever > 1) == (plain > 1) && !clever == !plain);
		}
	}
}

Test(source, places)
{
	static const char text[] = "a\tb\r\n\xC3\xA9\xF0\x9D\x84\x9Ez\n\xFFq";
	static const struct {
		uint32_t offset;
		hj_place bytes, points, utf16;
	} rows[] = {
		{0, {1, 1}, {1, 1}, {1, 1}},
		{3, {1, 4}, {1, 4}, {1, 4}},
		{5, {2, 1}, {2, 1}, {2, 1}},
		{7, {2, 3}, {2, 2}, {2, 2}},
		{11, {2, 7}, {2, 3}, {2, 4}},
		{12, {2, 8}, {2, 4}, {2, 5}},
		{13, {3, 1}, {3, 1}, {3, 1}},
		{14, {3, 2}, {3, 2}, {3, 2}},
		{15, {3, 3}, {3, 3}, {3, 3}},
	};
	hj_source *source;
	cr_assert_eq(hj_source_copy(NULL, "name", hj_slice_str(text), &source), HJ_OK);
	cr_expect_str_eq(source->name, "name");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const hj_place want[] = {rows[i].bytes, rows[i].points, rows[i].utf16};
		for (int unit = HJ_BYTES; unit <= HJ_UTF16; unit++) {
			hj_place place = hj_source_place(source, rows[i].offset, (hj_unit)unit);
			cr_expect(
				place.line == want[unit].line && place.column == want[unit].column,
				"offset %u unit %d: %u:%u", rows[i].offset, unit, place.line,
				place.column);
			cr_expect_eq(hj_source_offset(source, want[unit], (hj_unit)unit),
				rows[i].offset, "offset %u unit %d back", rows[i].offset, unit);
		}
	}
	cr_expect_eq(hj_source_line_count(source), 3);
	hj_span line = hj_source_line(source, 1);
	cr_expect(line.start == 0 && line.end == 3, "a CR before the LF is no part of the line");
	cr_expect_eq(hj_source_place(source, 9, HJ_CODE_POINTS).column, 2,
		"an offset inside a character is its start");
	hj_source_free(source);
}
