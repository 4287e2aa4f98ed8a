/*
 * Reports by their data: testdata/report/CASE.hujson is reported as CASE.text, CASE.json and so on,
 * and CASE.color is the text with colours. Then what the data does not show.
 *
 * UPDATE=1 in the environment writes the data anew: read what git says of it.
 */
#include "cmd/excerpt.h"
#include "cmd/outputs.h"

#include "testdata/support/golden.h"
#include "testdata/support/program.h"

#include <criterion/criterion.h>

/* Leaves out what changes with every rule and release: SARIF's table of rules, places in it. */
static void strip_rules(hj_text *out)
{
	hj_text kept;
	hj_text_init(&kept, NULL);
	bool inside = false;
	for (const char *at = hj_text_string(out), *end; *at; at = end) {
		end = strchr(at, '\n');
		end = end ? end + 1 : at + strlen(at);
		hj_slice line = hj_slice_of(at, (size_t)(end - at));
		inside = inside && !hj_slice_equal(line, HJ_SLICE("          ]\n"));
		if (!inside && !memmem(at, line.size, "\"ruleIndex\"", 11) &&
			!memmem(at, line.size, "\"semanticVersion\"", 17))
			hj_text_append(&kept, line);
		inside = inside || hj_slice_equal(line, HJ_SLICE("          \"rules\": [\n"));
	}
	hj_text_free(out);
	*out = kept;
}

static void update(const char *path, hj_slice bytes)
{
	FILE *stream = fopen(path, "wb");
	cr_assert(stream && fwrite(bytes.data, 1, bytes.size, stream) == bytes.size);
	fclose(stream);
}

static void check_report(const char *name, hj_slice document, const char *format)
{
	char path[512];
	snprintf(path, sizeof path, "testdata/report/%s.%s", name, format);
	hj_text want;
	hj_text_init(&want, NULL);
	bool colored = strcmp(format, "color") == 0;
	if (access(path, F_OK) != 0 && colored)
		return;
	struct program run = {.input = document};
	/* Families by name: a new one changes no data. */
	program_run(&run, "hujson", "lint", "--select", "S,D001,P001,R", "--format",
		colored ? "text" : format, "--color", colored ? "always" : "never",
		"--stdin-filename", "policy.hujson", "-", NULL);
	if (strcmp(format, "sarif") == 0)
		strip_rules(&run.out);
	if (getenv("UPDATE"))
		update(path, hj_text_slice(&run.out));
	cr_assert(golden_read(path, &want), "%s", path);
	cr_expect_str_eq(hj_text_string(&run.out), hj_text_string(&want), "%s", path);
	cr_expect_eq(run.err.size, 0, "%s: %s", path, hj_text_string(&run.err));
	program_free(&run);
	hj_text_free(&want);
}

Test(report, formats_are_as_recorded)
{
	static const char *const names[] = {
		"broken", "clean", "escapes", "long-lines", "places", "references"};
	static const char *const formats[] = {"text", "concise", "json", "jsonl", "sarif", "github",
		"gitlab", "junit", "rdjson", "checkstyle", "color"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[512];
		hj_text document;
		hj_text_init(&document, NULL);
		snprintf(path, sizeof path, "testdata/report/%s.hujson", names[i]);
		cr_assert(golden_read(path, &document), "%s", path);
		unsetenv("GITHUB_STEP_SUMMARY");
		for (size_t k = 0; k < sizeof formats / sizeof *formats; k++)
			check_report(names[i], hj_text_slice(&document), formats[k]);
		hj_text_free(&document);
	}
}

Test(report, every_format_is_offered)
{
	size_t count;
	const struct report_format *const *formats = report_formats(&count);
	for (size_t i = 0; i < count; i++) {
		struct program run = {.input = HJ_SLICE("{\"a\": 1, \"a\": 2}")};
		cr_expect_eq(report_format_find(formats[i]->name), formats[i]);
		cr_expect(formats[i]->summary && formats[i]->file);
		cr_expect(strstr("|" OUTPUTS_FORMATS "|", formats[i]->name));
		program_run(&run, "hujson", "lint", "--format", formats[i]->name, NULL);
		cr_expect_eq(run.status, EXIT_FOUND, "%s", formats[i]->name);
		cr_expect_gt(run.out.size, 0, "%s", formats[i]->name);
		program_free(&run);
	}
	cr_expect_null(report_format_find("no-such-format"));
}

Test(report, lines_are_shown_so_that_marks_line_up)
{
	static const struct {
		const char *name, *source;
		size_t size; /* 0: of the string */
		hj_span span;
		const char *beside, *want;
	} cases[] = {
		{"plain", "one two", 0, {4, 7}, "",
			" 1 | one two\n"
			"   |     ^^^\n"},
		{"a point", "one two", 0, {3, 3}, "",
			" 1 | one two\n"
			"   |    ^\n"},
		{"the end", "one", 0, {3, 3}, "here",
			" 1 | one\n"
			"   |    ^ here\n"},
		{"an empty line", "a\n\nb", 0, {2, 2}, "",
			" 2 |\n"
			"   | ^\n"},
		{"an empty source", "", 0, {0, 0}, "",
			" 1 |\n"
			"   | ^\n"},
		{"tabs", "\ta\tb", 0, {3, 4}, "",
			" 1 |     a   b\n"
			"   |         ^\n"},
		{"a tab itself", "ab\tc", 0, {2, 3}, "",
			" 1 | ab  c\n"
			"   |   ^^\n"},
		{"wide and combining", "\xE6\x97\xA5 e\xCC\x81 x", 0, {8, 9}, "",
			" 1 | \xE6\x97\xA5 e\xCC\x81 x\n"
			"   |      ^\n"},
		{"a wide character", "a\xE6\x97\xA5g", 0, {1, 4}, "",
			" 1 | a\xE6\x97\xA5g\n"
			"   |  ^^\n"},
		{"controls", "a\x1B[1m\x7F\xC2\x85z", 0, {8, 9}, "",
			" 1 | a\\u001b[1m\\u007f\\u0085z\n"
			"   |                       ^\n"},
		{"a NUL", "a\0z", 3, {1, 2}, "",
			" 1 | a\\u0000z\n"
			"   |  ^^^^^^\n"},
		{"odd spaces and directions", "\xC2\xA0\xE2\x80\xAE\xF3\xA0\x80\x81x", 0, {9, 10},
			"",
			" 1 | \\u00a0\\u202e\\u{e0001}x\n"
			"   |                      ^\n"},
		{"no UTF-8", "\xFF\xE6\x97x", 0, {3, 4}, "",
			" 1 | \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx\n"
			"   |    ^\n"},
		{"CR LF", "a\r\nbc\r\nd", 0, {3, 5}, "",
			" 2 | bc\n"
			"   | ^^\n"},
		{"a line break", "ab\ncd", 0, {2, 3}, "",
			" 1 | ab\n"
			"   |   ^\n"},
		{"two lines", "  ab\n  cd", 0, {3, 8}, "both",
			" 1 |   ab\n"
			"   |    ^\n"
			" 2 |   cd\n"
			"   |   ^ both\n"},
		{"many lines", "ab\nc\nd\n\tef", 0, {0, 10}, "",
			" 1 | ab\n"
			"   | ^^\n"
			" ...\n"
			" 4 |     ef\n"
			"   |     ^^\n"},
	};
	static const struct excerpt excerpt = {1, '^', "", "", ""};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hj_source *source;
		hj_slice text = hj_slice_str(cases[i].source);
		if (cases[i].size)
			text.size = cases[i].size;
		cr_assert_eq(hj_source_copy(NULL, NULL, text, &source), HJ_OK);
		hj_text out;
		hj_text_init(&out, NULL);
		excerpt_span(&out, &excerpt, source, cases[i].span, hj_slice_str(cases[i].beside));
		cr_expect_str_eq(hj_text_string(&out), cases[i].want, "%s", cases[i].name);
		hj_text_free(&out);
		hj_source_free(source);
	}
}

/* Columns of a line that is shown, its gutter included. */
static size_t columns(const char *line)
{
	size_t count = 0;
	const char *end = line + strcspn(line, "\n");
	while (line < end) {
		uint32_t code;
		line += hj_utf8_decode(line, end, &code);
		count += (size_t)hj_unicode_width(code);
	}
	return count;
}

Test(report, long_lines_are_cut_around_the_mark)
{
	static const struct excerpt excerpt = {1, '^', "", "", ""};
	enum { LONG = 1 << 20 };
	static const char *const fillers[] = {
		"x", "\t", "\xE6\x97\xA5", "\xFF", "\x01", "\xCC\x81"};
	for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++) {
		hj_text line;
		hj_text_init(&line, NULL);
		while (line.size < LONG)
			hj_text_str(&line, fillers[i]);
		uint32_t from = (uint32_t)line.size;
		hj_text_str(&line, "MARK");
		while (line.size < 2 * LONG)
			hj_text_str(&line, fillers[i]);
		hj_source *source;
		uint32_t spans[][2] = {{from, from + 4}, {from, (uint32_t)line.size}, {0, from},
			{(uint32_t)line.size, (uint32_t)line.size}};
		cr_assert_eq(hj_source_adopt(NULL, &line, &source), HJ_OK);
		for (size_t k = 0; k < 4; k++) {
			hj_text out;
			hj_text_init(&out, NULL);
			excerpt_span(&out, &excerpt, source, (hj_span){spans[k][0], spans[k][1]},
				(hj_slice){0});
			const char *shown = hj_text_string(&out), *mark = strchr(shown, '\n') + 1;
			/* Combining marks have no width to cut by, but the bytes before are few. */
			if (i < 5)
				cr_expect_lt(columns(shown), 120, "filler %zu: %s", i, shown);
			cr_expect_lt(columns(mark), 120, "filler %zu: %s", i, mark);
			if (k == 0)
				cr_expect(strstr(shown, "MARK"), "filler %zu: %s", i, shown);
			hj_text_free(&out);
		}
		hj_source_free(source);
	}
}

Test(report, columns_are_counted_as_the_source_counts_them)
{
	hj_text text;
	hj_text_init(&text, NULL);
	static const char *const pieces[] = {"abc", "\xC3\xA9", "\xE6\x97\xA5", "\xF0\x9F\x98\x80",
		"\xFF", "\xE6\x97", "\x80\x80\x80", "\r"};
	uint32_t random = 1;
	for (int i = 0; i < 20000; i++) {
		random = random * 1103515245 + 12345;
		hj_text_str(&text, pieces[random >> 16 & 7]);
		if (i == 100 || i == 9000)
			hj_text_str(&text, "\n");
	}
	hj_source *source;
	cr_assert_eq(hj_source_adopt(NULL, &text, &source), HJ_OK);
	struct app app = {0};
	struct report report;
	report_begin(&report, &app, &app.out, report_format_find("concise"));
	for (uint32_t offset = 0; offset <= source->size; offset += offset % 7 + 1) {
		hj_place got = report_place(&report, source, offset);
		hj_place want = hj_source_place(source, offset, HJ_CODE_POINTS);
		cr_assert(got.line == want.line && got.column == want.column,
			"%u: %u:%u, not %u:%u", offset, got.line, got.column, want.line,
			want.column);
	}
	report_end(&report);
	hj_source_free(source);
}

Test(report, annotations_come_errors_first_over_all_files)
{
	program_folder();
	program_file("a,b.hujson",
		HJ_SLICE("{\"acls\": [{\"src\": [\"tag:x\"], \"action\": \"accept\", "
			 "\"dst\": [\"10.0.0.1:22\"]}]}"));
	program_file("c.hujson", HJ_SLICE("{\"a\": 1, \"a\": [\n]}"));
	struct program run = {0};
	program_run(&run, "hujson", "lint", "--format", "github", ".", NULL);
	cr_expect_str_eq(hj_text_string(&run.out),
		"::error file=c.hujson,line=1,endLine=1,col=10,endColumn=13,title=D001 "
		"duplicate-name::the name \"a\" stands twice in this object%0Ahelp: merge the two "
		"values under one name, or rename one of them\n"
		"::notice file=a%2Cb.hujson,line=1,endLine=1,col=21,endColumn=26,title=R006 "
		"missing-section::\"tag:x\" is used, and there is no \"tagOwners\" to define it%0A"
		"help: add \"tagOwners\", unless it comes from another file\n"
		"1 error, 1 info in 2 files\n");
	program_free(&run);
	program_leave();
}

Test(report, text_counts_and_is_quiet_on_a_clean_file)
{
	static const struct {
		const char *one, *two, *want;
	} cases[] = {
		{"{}", NULL, ""},
		{"{}", "[]", "no findings in 2 files\n"},
		{"{}", "{\"a\":1,\"a\":2,\"a\":3}", "2 errors in 1 of 2 files\n"},
		{"{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}", "2 errors in 2 files\n"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		program_folder();
		program_file("1.hujson", hj_slice_str(cases[i].one));
		if (cases[i].two)
			program_file("2.hujson", hj_slice_str(cases[i].two));
		struct program run = {0};
		program_run(&run, "hujson", "lint", ".", NULL);
		const char *out = hj_text_string(&run.out);
		size_t size = strlen(out), tail = strlen(cases[i].want);
		cr_expect(size >= tail && strcmp(out + size - tail, cases[i].want) == 0, "%s", out);
		cr_expect(tail || size == 0, "%s", out);
		program_free(&run);
		program_leave();
	}
}
