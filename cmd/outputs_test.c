/*
 * Several reports in one run, and what services ask of paths, fingerprints and summaries.
 */
#include "cmd/outputs.h"

#include "testdata/support/failing.h"
#include "testdata/support/golden.h"
#include "testdata/support/program.h"

#include <criterion/criterion.h>

static const char two[] =
	"{\"tagOwners\": {\"tag:a\": []}, \"acls\": [\n"
	"{\"action\": \"accept\", \"src\": [\"tag:b\"], \"dst\": [\"tag:a:*\"]},\n"
	"{\"action\": \"accept\", \"src\": [\"tag:b\"], \"dst\": [\"tag:a:*\"]},\n"
	"]}\n";

static void expect_file(const char *path, const char *part)
{
	hj_text text;
	hj_text_init(&text, NULL);
	cr_assert(golden_read(path, &text), "%s", path);
	cr_expect(strstr(hj_text_string(&text), part), "%s: no %s in %s", path, part, text.data);
	hj_text_free(&text);
}

/* Runs lint with the words of a line over a.hujson. */
static void lint_words(struct program *run, const char *line)
{
	char copy[512], *words[PROGRAM_WORDS + 1] = {NULL};
	int count = 0;
	snprintf(copy, sizeof copy, "hujson lint --select=R %s a.hujson", line);
	for (char *at = copy, *word; (word = strsep(&at, " "));)
		words[count++] = word;
	program_run_words(run, count, words);
}

Test(outputs, every_format_goes_where_its_output_says)
{
	static const struct {
		const char *line, *out; /* out: what begins standard output; "": nothing is there */
		const char *files[4];   /* name, part of what it holds */
	} cases[] = {
		{"--format concise", "a.hujson:2:", {NULL}},
		{"--format concise --format json -o 1", "a.hujson:2:", {"1", "\"files\""}},
		{"--format json -o 1 --format concise", "a.hujson:2:", {"1", "\"files\""}},
		{"--output 1 --format json", "", {"1", "\"files\""}},
		{"--output 1", "", {"1", "error[R002"}},
		{"--output 1 --format json --format concise", "a.hujson:2:", {"1", "\"files\""}},
		{"--format json -o1 --format=sarif --output=2", "",
			{"1", "\"files\"", "2", "\"runs\""}},
		{"--format json -o - --format sarif -o 2", "{\n", {"2", "\"runs\""}},
		{"--format junit -o /dev/null --format concise", "a.hujson:2:", {NULL}},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		program_folder();
		program_file("a.hujson", hj_slice_str(two));
		struct program run = {0};
		lint_words(&run, cases[i].line);
		cr_expect_eq(
			run.status, EXIT_FOUND, "%s: %s", cases[i].line, hj_text_string(&run.err));
		cr_expect(hj_slice_starts(hj_text_slice(&run.out), hj_slice_str(cases[i].out)),
			"%s: %s", cases[i].line, hj_text_string(&run.out));
		cr_expect(cases[i].out[0] || run.out.size == 0, "%s", cases[i].line);
		unsigned files = 1;
		for (size_t k = 0; k < 4 && cases[i].files[k]; k += 2, files++)
			expect_file(cases[i].files[k], cases[i].files[k + 1]);
		cr_expect_eq(program_entries(), files, "%s", cases[i].line);
		program_free(&run);
		program_leave();
	}
}

Test(outputs, two_reports_in_one_place_are_refused)
{
	static const struct {
		const char *line, *part;
	} cases[] = {
		{"--format json --format text", "both go to standard output"},
		{"--format json -o - --format text", "both go to standard output"},
		{"--format json -o 1 --format text -o 1", "both go to 1"},
		{"--format json -o old --format text -o ./old", "both go to ./old"},
		{"--format json -o 1 -o 2", "--output 1 and 2"},
		{"--format json -o 1 --format text -o /no/such/place", "cannot write"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		program_folder();
		program_file("a.hujson", hj_slice_str(two));
		program_file("old", HJ_SLICE("old"));
		struct program run = {0};
		lint_words(&run, cases[i].line);
		cr_expect_eq(run.status, EXIT_TROUBLE, "%s", cases[i].line);
		cr_expect(strstr(hj_text_string(&run.err), cases[i].part), "%s: %s", cases[i].line,
			run.err.data);
		cr_expect_eq(run.out.size, 0);
		cr_expect(program_file_is("old", HJ_SLICE("old")));
		cr_expect_eq(program_entries(), 2, "%s", cases[i].line);
		program_free(&run);
		program_leave();
	}
}

Test(outputs, a_document_is_never_replaced_by_any_of_them)
{
	program_folder();
	program_file("a.hujson", hj_slice_str(two));
	struct program run = {0};
	lint_words(&run, "--format sarif -o 1 --format json -o a.hujson");
	cr_expect_eq(run.status, EXIT_TROUBLE);
	cr_expect(program_file_is("a.hujson", hj_slice_str(two)));
	expect_file("1", "\"executionSuccessful\": false");
	program_free(&run);
	program_leave();
}

Test(outputs, without_memory_all_are_closed)
{
	program_folder();
	program_file("a.hujson", hj_slice_str(two));
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		struct program run = {.allocator = &allocator};
		lint_words(&run, "--format sarif -o 1 --format gitlab -o 2");
		cr_assert_eq(state.blocks, 0, "allocation %zu", n);
		cr_expect(run.status == EXIT_FOUND || run.status == EXIT_TROUBLE);
		program_free(&run);
		if (!state.failed)
			break;
	}
	cr_expect_eq(program_entries(), 3);
	program_leave();
}

/* -- what services ask for --------------------------------------------------------------------- */

Test(outputs, paths_are_relative_and_encoded)
{
	static const struct {
		const char *path, *format, *part;
	} cases[] = {
		{"./a.hujson", "sarif", "\"uri\": \"a.hujson\""},
		{"sub dir/a:b.hujson", "sarif", "\"uri\": \"sub%20dir/a%3Ab.hujson\""},
		{"100%.hujson", "sarif", "\"uri\": \"100%25.hujson\""},
		{"\xC3\xA9?#[x].hujson", "sarif", "\"uri\": \"%C3%A9%3F%23%5Bx%5D.hujson\""},
		{"\xFF.hujson", "sarif", "\"uri\": \"%FF.hujson\""},
		{".//./a.hujson", "gitlab", "\"path\": \"a.hujson\""},
		{"./a.hujson", "rdjson", "\"path\": \"a.hujson\""},
		{"\xFF.hujson", "rdjson", "\"path\": \"\xEF\xBF\xBD.hujson\""},
		{"./a,b:c%.hujson", "github", "file=a%2Cb%3Ac%25.hujson,"},
		{"a&\"<\x01\xFF>'.hujson", "junit",
			" file=\"a&amp;&quot;&lt;\\u0001\xEF\xBF\xBD&gt;&#39;.hujson\""},
		{"a&\"\n.hujson", "checkstyle", "<file name=\"a&amp;&quot;&#10;.hujson\">"},
	};
	unsetenv("GITHUB_STEP_SUMMARY");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		program_folder();
		program_file(cases[i].path, hj_slice_str(two));
		struct program run = {0};
		program_run(&run, "hujson", "lint", "--select=R", "--format", cases[i].format,
			cases[i].path, NULL);
		cr_expect(strstr(hj_text_string(&run.out), cases[i].part), "%s: no %s",
			cases[i].format, cases[i].part);
		program_free(&run);
		program_leave();
	}
	struct program run = {.input = hj_slice_str(two)};
	program_run(&run, "hujson", "lint", "--select=R", "--format", "sarif", "--stdin-filename",
		"/srv/a b.hujson", NULL);
	cr_expect(strstr(hj_text_string(&run.out), "\"uri\": \"file:///srv/a%20b.hujson\"\n"));
	program_free(&run);
}

/* The fingerprints of a report, each with a blank after it. */
static void fingerprints_in(const char *document, hj_text *out)
{
	struct program run = {.input = hj_slice_str(document)};
	program_run(&run, "hujson", "lint", "--select=S,D,R", "--format", "gitlab",
		"--stdin-filename", "p.hujson", NULL);
	hj_text_init(out, NULL);
	for (const char *at = hj_text_string(&run.out); (at = strstr(at, "\"fingerprint\": \""));) {
		at += strlen("\"fingerprint\": \"");
		hj_text_append(out, hj_slice_of(at, 16));
		hj_text_byte(out, ' ');
	}
	cr_assert(hj_text_string(out));
	program_free(&run);
}

Test(outputs, fingerprints_for_gitlab_differ_and_survive_moves)
{
	static const struct {
		const char *before, *after;
		bool same;
	} cases[] = {
		/* Lines and blanks above. */
		{"{\"tagOwners\":{}, \"acls\":[{\"src\":[\"tag:b\"]}]}",
			"// new\n{\n\"tagOwners\":{},\n\n\"acls\": [{\"src\":\n[\"tag:b\"]}]}",
			true},
		/* Another rule before. */
		{"{\"tagOwners\":{}, \"acls\":[{\"src\":[\"tag:b\"]}]}",
			"{\"tagOwners\":{}, \"acls\":[{\"src\":[\"*\"]},{\"src\":[\"tag:b\"]}]}",
			true},
		/* Another name, another place. */
		{"{\"tagOwners\":{}, \"acls\":[{\"src\":[\"tag:b\"]}]}",
			"{\"tagOwners\":{}, \"acls\":[{\"src\":[\"tag:c\"]}]}", false},
		{"{\"tagOwners\":{}, \"acls\":[{\"src\":[\"tag:b\"]}]}",
			"{\"tagOwners\":{}, \"ssh\":[{\"src\":[\"tag:b\"]}]}", false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hj_text before, after;
		fingerprints_in(cases[i].before, &before);
		fingerprints_in(cases[i].after, &after);
		cr_expect(before.size == 17 && after.size == 17, "case %zu", i);
		cr_expect_eq(strcmp(before.data, after.data) == 0, cases[i].same, "case %zu", i);
		hj_text_free(&before);
		hj_text_free(&after);
	}
	/* Repeats, and a document with everything broken. */
	static const char *const many[] = {two, "[[[{,,,{]]\x01 x y \"a\nb\" ''",
		"{\"a\":1,\"a\":1,\"a\":1,\"b\":{\"a\":1,\"a\":1}}"};
	for (size_t i = 0; i < sizeof many / sizeof *many; i++) {
		hj_text all;
		fingerprints_in(many[i], &all);
		cr_expect_gt(all.size, 17);
		for (size_t k = 0; k + 17 < all.size; k += 17) {
			char one[18] = {0};
			memcpy(one, all.data + k, 17);
			cr_expect_null(strstr(all.data + k + 17, one), "document %zu: %s", i, one);
		}
		hj_text_free(&all);
	}
}

Test(outputs, junit_fails_what_fails_the_run)
{
	static const struct {
		const char *level, *part;
	} cases[] = {
		{"info", "tests=\"1\" failures=\"1\""},
		{"error", "tests=\"1\" failures=\"0\""},
	};
	for (size_t i = 0; i < 2; i++) {
		struct program run = {.input = HJ_SLICE("{\"grants\": [{\"src\": [\"tag:b\"]}]}")};
		program_run(&run, "hujson", "lint", "--select=R", "--format", "junit",
			"--fail-level", cases[i].level, NULL);
		cr_expect(strstr(hj_text_string(&run.out), cases[i].part), "%s", run.out.data);
		cr_expect_eq(strstr(run.out.data, "<failure") != NULL, i == 0);
		program_free(&run);
	}
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;
	while ((text = strstr(text, part))) {
		count++;
		text += strlen(part);
	}
	return count;
}

Test(outputs, github_annotates_ten_and_sums_up)
{
	hj_text many, summary;
	hj_text_init(&many, NULL);
	hj_text_str(&many, "{\"tagOwners\": {}, \"acls\": [{\"src\": [\"*\"");
	for (int i = 0; i < 1000; i++)
		hj_text_printf(&many, ", \"tag:b|%d\"", i);
	hj_text_str(&many, "]}]}");
	program_folder();
	program_file("a.hujson", hj_text_slice(&many));
	for (int i = 0; i < 19; i++) {
		char name[32];
		snprintf(name, sizeof name, "d/%d.hujson", i);
		program_file(name, hj_text_slice(&many));
	}
	program_file("sum.md", HJ_SLICE("before\n"));
	setenv("GITHUB_STEP_SUMMARY", "sum.md", 1);
	struct program run = {0};
	lint_words(&run, "--format github d");
	cr_expect_eq(count_of(hj_text_string(&run.out), "::error "), 10);
	cr_expect(strstr(run.out.data,
		"\n20000 errors in 20 files, of which 10 of each severity are annotated\n"));
	hj_text_init(&summary, NULL);
	cr_assert(golden_read("sum.md", &summary));
	cr_expect(hj_slice_starts(hj_text_slice(&summary),
		HJ_SLICE("before\n### hujson: 20000 errors in 20 files\n\n| | Place |")));
	cr_expect_lt(summary.size, 1024 * 1024);
	cr_expect_gt(count_of(hj_text_string(&summary), "\n| error | d/0.hujson:1:"), 900);
	cr_expect(strstr(summary.data, "\"tag:b\\|19\" is not defined"));
	cr_expect(strstr(summary.data, "\nThere are more;"));
	/* A second command of the step finds no room, and adds nothing. */
	size_t size = summary.size;
	hj_text_free(&summary);
	program_free(&run);
	lint_words(&run, "--format github d");
	cr_assert(golden_read("sum.md", &summary));
	cr_expect_eq(summary.size, size);
	program_free(&run);
	/* One that cannot be written is said, and changes nothing else. */
	setenv("GITHUB_STEP_SUMMARY", "/no/such/file", 1);
	lint_words(&run, "--format github d");
	cr_expect_eq(run.status, EXIT_FOUND);
	cr_expect(strstr(hj_text_string(&run.err), "/no/such/file: cannot write"));
	program_free(&run);
	hj_text_free(&summary);
	hj_text_free(&many);
	program_leave();
}

Test(outputs, columns_of_sarif_count_units_of_utf16_on_long_lines_too)
{
	hj_text text;
	hj_text_init(&text, NULL);
	for (int i = 0; i < 9000; i++)
		hj_text_str(&text, i % 3 ? "\xF0\x9F\x98\x80" : i % 2 ? "\xC3\xA9" : "x\xFF");
	hj_source *source;
	cr_assert_eq(hj_source_adopt(NULL, &text, &source), HJ_OK);
	struct app app = {0};
	struct report report;
	report_begin(&report, &app, &app.out, report_format_find("concise"));
	for (uint32_t offset = 0; offset <= source->size; offset += offset % 7 + 1) {
		hj_place got = report_place_in(&report, source, offset, HJ_UTF16);
		hj_place want = hj_source_place(source, offset, HJ_UTF16);
		cr_assert_eq(got.column, want.column, "%u", offset);
	}
	report_end(&report);
	hj_source_free(source);
}
