/*
 * hujson lint, rules and explain as programs: statuses, lists of rules, where the report goes.
 */
#include "testdata/support/failing.h"
#include "testdata/support/golden.h"
#include "testdata/support/program.h"

#include <criterion/criterion.h>

/* An error, a warning and an information. */
static const char three[] =
	"{\"tagOwners\": {\"tag:a\": [\"group:x\"]}, \"acls\": [{\"src\": [\"tag:b\"], "
	"\"action\": \"accept\", \"dst\": [\"10.0.0.1:22\"]}]}";
static const char info[] =
	"{\"grants\": [{\"src\": [\"tag:b\"], \"dst\": [\"10.0.0.1\"], \"ip\": [\"22\"]}]}";
static const char clean[] = "{\"tagOwners\": {\"tag:a\": []}}";

Test(lint_command, statuses_follow_the_fail_level)
{
	static const struct {
		const char *document, *level;
		int status;
	} cases[] = {
		{clean, "info", EXIT_CLEAN},
		{info, NULL, EXIT_CLEAN},
		{info, "info", EXIT_FOUND},
		{info, "error", EXIT_CLEAN},
		{three, NULL, EXIT_FOUND},
		{three, "error", EXIT_FOUND},
		{"{", "error", EXIT_FOUND},
		{"", NULL, EXIT_FOUND},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct program run = {.input = hj_slice_str(cases[i].document)};
		const char *level = cases[i].level;
		program_run(
			&run, "hujson", "lint", "-", level ? "--fail-level" : NULL, level, NULL);
		cr_expect_eq(run.status, cases[i].status, "%s at %s: %d", cases[i].document,
			level ? level : "no level", run.status);
		cr_expect_eq(run.err.size, 0);
		program_free(&run);
	}
}

Test(lint_command, warnings_alone_fail_unless_errors_are_asked_for)
{
	static const char *const levels[] = {"warning", "error"};
	for (int i = 0; i < 2; i++) {
		struct program run = {.input = hj_slice_str(three)};
		program_run(&run, "hujson", "lint", "--ignore=undefined-tag", "--fail-level",
			levels[i], NULL);
		cr_expect_eq(run.status, i == 0 ? EXIT_FOUND : EXIT_CLEAN);
		cr_expect_gt(run.out.size, 0);
		program_free(&run);
	}
}

Test(lint_command, rules_are_selected_and_ignored_by_name_code_and_family)
{
	static const struct {
		const char *option, *list;
		unsigned found; /* of two */
	} cases[] = {
		{"--select", "undefined-tag", 1},
		{"--select", "R002", 1},
		{"--select", "r002,missing-section", 2},
		{"--select", "R", 2},
		{"--select", "R00", 2},
		{"--select", "S,D", 0},
		{"--ignore", "undefined-tag", 1},
		{"--ignore", "R", 0},
		{"--ignore", "D", 2},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct program run = {.input = hj_slice_str(three)};
		program_run(&run, "hujson", "lint", "--format", "concise", cases[i].option,
			cases[i].list, NULL);
		unsigned lines = 0;
		for (size_t k = 0; k < run.out.size; k++)
			lines += run.out.data[k] == '\n';
		cr_expect_eq(lines, cases[i].found, "%s %s: %s", cases[i].option, cases[i].list,
			hj_text_string(&run.out));
		cr_expect_eq(run.status, lines ? EXIT_FOUND : EXIT_CLEAN);
		program_free(&run);
	}
}

Test(lint_command, select_and_ignore_meet)
{
	struct program run = {.input = hj_slice_str(three)};
	program_run(&run, "hujson", "lint", "--select", "R", "--select", "S", "--ignore", "R006",
		"--format", "concise", NULL);
	cr_expect_str_eq(hj_text_string(&run.out),
		"<standard input>:1:58: error: \"tag:b\" is not defined in \"tagOwners\" "
		"[undefined-tag]\n");
	program_free(&run);
}

Test(lint_command, wrong_use_is_said_with_the_nearest_rule)
{
	static const struct {
		const char *words[3], *part;
	} cases[] = {
		{{"lint", "--select", "undefined-tga"}, "'undefined-tag'"},
		{{"lint", "--ignore", "R,zzzzzzzz"}, "'zzzzzzzz'"},
		{{"lint", "--ignore", ""}, "''"},
		{{"lint", "--select", "R,,S"}, "''"},
		{{"lint", "--select", "undefined"}, "'undefined'"},
		{{"lint", "--format", "xml"}, "xml"},
		{{"lint", "--fail-level", "never"}, "never"},
		{{"explain", "undefined-hots", NULL}, "'undefined-host'"},
		{{"explain", NULL, NULL}, "which rule"},
		{{"rules", "R002", NULL}, "explain R002"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct program run = {0};
		program_run(&run, "hujson", cases[i].words[0], cases[i].words[1], cases[i].words[2],
			NULL);
		cr_expect_eq(run.status, EXIT_TROUBLE, "%s", cases[i].part);
		cr_expect_eq(run.out.size, 0, "%s", cases[i].part);
		cr_expect(strstr(hj_text_string(&run.err), cases[i].part), "%s: %s", cases[i].part,
			hj_text_string(&run.err));
		program_free(&run);
	}
}

Test(lint_command, unreadable_files_do_not_hide_the_others)
{
	program_folder();
	program_file("a.hujson", hj_slice_str(three));
	struct program run = {0};
	program_run(&run, "hujson", "lint", "--format", "concise", "gone.hujson", "a.hujson", NULL);
	cr_expect_eq(run.status, EXIT_TROUBLE);
	cr_expect(strstr(hj_text_string(&run.out), "a.hujson:1:58"));
	cr_expect(strstr(hj_text_string(&run.err), "gone.hujson"));
	program_free(&run);
	program_leave();
}

Test(lint_command, the_report_goes_to_a_file)
{
	program_folder();
	program_file("a.hujson", hj_slice_str(info));
	program_file("old.txt", HJ_SLICE("old"));
	static const char *const paths[] = {"new.txt", "old.txt"};
	for (int i = 0; i < 2; i++) {
		struct program run = {0};
		program_run(&run, "hujson", "lint", "--format=github", "--output", paths[i],
			"a.hujson", NULL);
		cr_expect_eq(run.status, EXIT_CLEAN, "%s", hj_text_string(&run.err));
		cr_expect_eq(run.out.size + run.err.size, 0);
		hj_text text;
		hj_text_init(&text, NULL);
		cr_assert(golden_read(paths[i], &text));
		cr_expect(
			strstr(hj_text_string(&text), "::notice file=a.hujson,"), "%s", text.data);
		hj_text_free(&text);
		program_free(&run);
	}
	cr_expect_eq(program_entries(), 3);
	program_leave();
}

Test(lint_command, a_report_never_takes_a_documents_place)
{
	program_folder();
	program_file("a.hujson", hj_slice_str(three));
	cr_assert_eq(symlink("a.hujson", "link.txt"), 0);
	static const char *const paths[] = {"a.hujson", "./a.hujson", "link.txt"};
	for (size_t i = 0; i < 3; i++) {
		struct program run = {0};
		program_run(&run, "hujson", "lint", "-o", paths[i], "a.hujson", NULL);
		cr_expect_eq(run.status, EXIT_TROUBLE);
		cr_expect(program_file_is("a.hujson", hj_slice_str(three)), "%s", paths[i]);
		program_free(&run);
	}
	cr_expect_eq(program_entries(), 2);
	program_leave();
}

Test(lint_command, an_output_that_cannot_be_written_is_trouble)
{
	static const char *const paths[] = {"/dev/full", "/no/such/folder/report", "."};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct program run = {.input = hj_slice_str(three)};
		program_run(&run, "hujson", "lint", "--output", paths[i], NULL);
		cr_expect_eq(run.status, EXIT_TROUBLE, "%s", paths[i]);
		cr_expect_gt(run.err.size, 0, "%s", paths[i]);
		program_free(&run);
	}
}

/* The JSON of a run parses, and members are where scripts look for them. */
Test(lint_command, json_has_the_shape_that_scripts_rely_on)
{
	struct program run = {.input = HJ_SLICE("{\"acl\": [], \"ssh\": [] \xFF}")};
	program_run(&run, "hujson", "lint", "--format", "json", "--stdin-filename", "x\xFF.hujson",
		"-", NULL);
	golden_file file = {0};
	hj_arena_init(&file.arena, NULL);
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_text_slice(&run.out), &file.source), HJ_OK);
	cr_assert_eq(hj_parse(file.source, 0, &file.document), HJ_OK);
	cr_assert_null(hj_document_error(file.document));
	cr_expect(hj_document_standard(file.document));
	cr_expect(hj_utf8_valid(hj_text_slice(&run.out)));
	uint32_t first = golden_find(&file, 0, "files") + 1;
	hj_slice path, error;
	cr_assert(golden_member_of(&file, first, "path", &path));
	cr_expect(hj_slice_equal(path, HJ_SLICE("x\xEF\xBF\xBD.hujson")));
	cr_assert(golden_member_of(&file, first, "reference_error", &error));
	cr_expect(hj_slice_starts(error, HJ_SLICE("hujson: line 1, column ")));
	uint32_t findings = golden_find(&file, first, "findings");
	const hj_node *nodes = hj_document_nodes(file.document);
	for (uint32_t i = findings + 1; i < nodes[findings].next; i = nodes[i].next) {
		static const char *const members[] = {"rule", "code", "severity", "message", "help",
			"start", "end", "related", "fix"};
		for (size_t k = 0; k < sizeof members / sizeof *members; k++)
			cr_expect_gt(golden_find(&file, i, members[k]), 0, "%s", members[k]);
		uint32_t start = golden_find(&file, i, "start");
		cr_expect(golden_find(&file, start, "offset") &&
			golden_find(&file, start, "line") && golden_find(&file, start, "column"));
	}
	cr_expect_gt(golden_find(&file, 0, "summary"), 0);
	golden_drop(&file);
	program_free(&run);
}

Test(rules_command, every_rule_is_listed_and_explained)
{
	struct program list = {0}, json = {0};
	program_run(&list, "hujson", "rules", NULL);
	program_run(&json, "hujson", "rules", "--format", "json", NULL);
	cr_expect_eq(list.status + json.status, EXIT_CLEAN);
	for (size_t i = 0; i < hj_rule_count(); i++) {
		const hj_rule *rule = hj_rule_at(i);
		cr_expect(strstr(hj_text_string(&list.out), rule->code));
		cr_expect(strstr(hj_text_string(&list.out), rule->name));
		cr_expect(strstr(hj_text_string(&json.out), rule->name));
		struct program page = {0};
		program_run(&page, "hujson", "explain", rule->name, NULL);
		cr_expect_eq(page.status, EXIT_CLEAN);
		cr_expect(strstr(hj_text_string(&page.out), rule->code), "%s", rule->name);
		cr_expect_eq(strstr(hj_text_string(&page.out), "\nBad\n") != NULL,
			rule->bad != NULL, "%s", rule->name);
		program_free(&page);
	}
	hj_source *source;
	hj_document *document;
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_text_slice(&json.out), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	cr_expect_null(hj_document_error(document));
	hj_document_free(document);
	hj_source_free(source);
	program_free(&list);
	program_free(&json);
}

Test(rules_command, several_rules_are_explained_in_the_order_of_codes)
{
	struct program run = {0};
	program_run(&run, "hujson", "explain", "R002", "duplicate-name", "r002", NULL);
	const char *out = hj_text_string(&run.out);
	const char *first = strstr(out, "D001"), *second = strstr(out, "R002");
	cr_expect(first && second && first < second);
	cr_expect_null(strstr(out, "R001"));
	program_free(&run);
}

Test(lint_command, out_of_memory_ends_in_trouble_and_leaks_nothing)
{
	static const char *const formats[] = {"text", "concise", "json", "jsonl", "sarif", "github",
		"gitlab", "junit", "rdjson", "checkstyle"};
	setenv("GITHUB_STEP_SUMMARY", "/dev/null", 1);
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		for (size_t n = 0;; n++) {
			failing_state state = {.fail_at = n};
			hj_allocator allocator = failing_allocator(&state);
			struct program run = {
				.input = hj_slice_str(three), .allocator = &allocator};
			program_run(&run, "hujson", "lint", "--format", formats[i], NULL);
			cr_assert_eq(state.blocks, 0, "%s, allocation %zu", formats[i], n);
			cr_expect(run.status == EXIT_FOUND || run.status == EXIT_TROUBLE,
				"%s, allocation %zu: %d", formats[i], n, run.status);
			bool failed = state.failed;
			if (!failed)
				cr_expect_eq(run.status, EXIT_FOUND);
			program_free(&run);
			if (!failed)
				break;
		}
}

#define KEY "k7xq2npdcntrl-zr8lm4tbw1cy6ekj"

/* A key is shown by no report: not where its line is, not as the name that it is no name of. */
Test(lint_command, keys_are_not_shown)
{
	static const char *const documents[] = {
		"{\"hosts\": {\"a\": 1}, // tskey-auth-" KEY "\n\"hosts\": {}}\n",
		"{\"hosts\": {\"a\": \"10.0.0.1\"}, \"acls\": [{\"action\": \"accept\", "
		"\"src\": [\"tskey-api-" KEY "\", \"group:tskey-auth-" KEY "\"], "
		"\"dst\": [\"tag:tskey-auth-" KEY ":22\", \"Tag:tskey-auth-" KEY ":22\"]}]}\n",
	};
	static const char *const commands[] = {"lint", "check"};
	static const char *const formats[] = {"text", "concise", "json", "jsonl", "sarif", "github",
		"gitlab", "junit", "rdjson", "checkstyle"};
	for (size_t i = 0; i < 4 * sizeof formats / sizeof *formats; i++) {
		const char *format = formats[i / 4];
		struct program run = {.input = hj_slice_str(documents[i / 2 % 2])};
		program_run(&run, "hujson", commands[i % 2], "--format", format, NULL);
		cr_expect_eq(run.status, EXIT_FOUND);
		cr_expect_gt(run.out.size, 0);
		cr_expect_null(
			strstr(hj_text_string(&run.out), KEY), "%s: %s", format, run.out.data);
		program_free(&run);
	}
}
