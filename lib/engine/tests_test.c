/*
 * Running tests: the API's words for what fails, lists without a policy, memory, and how the work
 * grows. What each form and rule comes to is said by data (cmd/cmd_tests_test.c, testdata/tests).
 */
#include "engine/coverage.h"
#include "engine/snapshot.h"

#include "testdata/support/failing.h"
#include "testdata/support/golden.h"

#include <criterion/criterion.h>
#include <time.h>

/* A policy joined with nothing, and its tests run. */
struct run {
	hj_source *source;
	hj_document *document;
	hj_policy policy;
	hj_world world;
	hj_reach *reach;
	hj_assertions assertions;
};

static void begin(struct run *run, hj_slice text)
{
	cr_assert_eq(hj_source_copy(NULL, NULL, text, &run->source), HJ_OK);
	cr_assert_eq(hj_parse(run->source, 0, &run->document), HJ_OK);
	cr_assert(!hj_document_error(run->document), "%.*s", HJ_SLICE_ARGS(text));
	cr_assert_eq(hj_policy_bind(run->document, NULL, &run->policy), HJ_OK);
	cr_assert_eq(hj_world_build(&run->policy, NULL, (hj_slice){0}, NULL, &run->world), HJ_OK);
	cr_assert_eq(hj_reach_build(&run->world, NULL, NULL, &run->reach), HJ_OK);
	cr_assert_eq(
		hj_assertions_run(run->reach, &run->policy, NULL, NULL, &run->assertions), HJ_OK);
}

static void end(struct run *run)
{
	hj_assertions_free(&run->assertions);
	hj_reach_free(run->reach);
	hj_world_free(&run->world);
	hj_policy_free(&run->policy);
	hj_document_free(run->document);
	hj_source_free(run->source);
}

/* -- failures alone ------------------------------------------------------------------------------- */

/* What fails is the same, with the same reasons; the rest is said to pass. */
static void compare_failures(struct run *run, size_t *failed, size_t *depending)
{
	hj_assertions brief;
	cr_assert_eq(hj_assertions_run_failures(run->reach, &run->policy, NULL, &brief), HJ_OK);
	cr_assert_eq(brief.count, run->assertions.count);
	cr_expect_eq(brief.failed, run->assertions.failed);
	cr_expect_eq(brief.depending, 0);
	for (size_t i = 0; i < brief.count; i++) {
		const hj_assertion *one = &brief.items[i], *full = &run->assertions.items[i];
		cr_expect_eq(one->node, full->node);
		cr_expect_eq(one->pass == HJ_NO, full->pass == HJ_NO, "assertion %zu", i);
		if (full->pass != HJ_NO)
			continue;
		cr_expect(hj_slice_equal(one->why, full->why), "%.*s, not %.*s",
			HJ_SLICE_ARGS(one->why), HJ_SLICE_ARGS(full->why));
		cr_expect_eq(one->why_node, full->why_node);
		cr_expect_eq(one->got, full->got);
		cr_expect_eq(one->rule_count, full->rule_count);
	}
	*failed += brief.failed;
	*depending += run->assertions.depending;
	hj_assertions_free(&brief);
}

Test(tests, failures_can_be_had_alone)
{
	static const char *const names[] = {"addresses", "coverage", "forms", "groups", "logins",
		"nothing", "postures", "protocols"};
	size_t failed = 0, depending = 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[256];
		struct run run;
		hj_text text;
		snprintf(path, sizeof path, "testdata/tests/%s.hujson", names[i]);
		hj_text_init(&text, NULL);
		cr_assert(golden_read(path, &text), "%s", path);
		begin(&run, hj_text_slice(&text));
		compare_failures(&run, &failed, &depending);
		end(&run);
		hj_text_free(&text);
	}
	cr_expect_gt(failed, 20);
	cr_expect_gt(depending, 10, "%zu", depending);
}

/* -- the API's words ------------------------------------------------------------------------------ */

static const char lab[] =
	"{'groups': {'group:ops': ['ada@example.com', 'lin@example.com']},\n"
	"'tagOwners': {'tag:db': ['group:ops']}, 'hosts': {'vault': '100.64.10.2'},\n"
	"'acls': [{'action': 'accept', 'src': ['group:ops'], 'dst': ['tag:db:5432']},\n"
	"{'action': 'accept', 'src': ['autogroup:member'], 'dst': ['vault:443']}],\n";

/* Appends JSON in which quotes are written as apostrophes. */
static void add(hj_text *out, const char *json)
{
	for (; *json; json++)
		hj_text_byte(out, *json == '\'' ? '"' : *json);
}

static void show_errors(hj_assertions *assertions, hj_text *out)
{
	const hj_test_errors *rows;
	uint32_t count;
	cr_assert_eq(hj_assertions_errors(assertions, &rows, &count), HJ_OK);
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t k = 0; k < rows[i].count; k++)
			hj_text_printf(out, "%s%.*s: %.*s\n", k ? "  " : "",
				HJ_SLICE_ARGS(rows[i].user), HJ_SLICE_ARGS(rows[i].errors[k]));
}

Test(tests, errors_are_those_of_the_api)
{
	static const struct {
		const char *tests, *errors;
	} cases[] = {
		{"'tests': [{'src': 'ada@example.com', 'accept': ['tag:db:5432'], 'deny': "
		 "['vault:22']}]}",
			""},
		/* tailnet API, A.17 */
		{"'tests': [{'src': 'ada@example.com', 'accept': ['tag:db:5432'], 'deny': "
		 "['vault:443']}]}",
			"ada@example.com: address \"vault:443\": want: Drop, got: Accept\n"},
		/* by source, in the order of their first failures */
		{"'tests': [{'src': 'tag:db', 'accept': ['vault:1']}, {'src': 'ada@example.com', "
		 "'accept': ['vault:2']}, {'src': 'tag:db', 'accept': ['vault:443', 'vault:3']}]}",
			"tag:db: address \"vault:1\": want: Accept, got: Drop\n"
			"  tag:db: address \"vault:443\": want: Accept, got: Drop\n"
			"  tag:db: address \"vault:3\": want: Accept, got: Drop\n"
			"ada@example.com: address \"vault:2\": want: Accept, got: Drop\n"},
		{"'tests': [{'accept': ['vault:443']}, {'src': 'tag:db'}]}",
			": address \"vault:443\": want: Accept, got: Drop\n"
			"tag:db: the test asserts nothing\n"},
		{"'sshTests': [{'src': 'tag:db', 'dst': ['tag:db'], 'check': ['root']}]}",
			"tag:db: address \"tag:db\" (user \"root\"): want: Check, got: Drop\n"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run run;
		hj_text text, got;
		hj_text_init(&text, NULL);
		hj_text_init(&got, NULL);
		add(&text, lab);
		add(&text, cases[i].tests);
		begin(&run, hj_text_slice(&text));
		show_errors(&run.assertions, &got);
		cr_expect_str_eq(hj_text_string(&got), cases[i].errors);
		end(&run);
		hj_text_free(&text);
		hj_text_free(&got);
	}
}

/* -- lists ---------------------------------------------------------------------------------------- */

Test(tests, a_list_runs_against_another_policy)
{
	static const struct {
		const char *body;
		hj_status status;
		const char *says; /* of the reference, or the errors */
	} cases[] = {
		/* tailnet API, A.19 */
		{"[{'src': 'ada@example.com', 'accept': ['tag:db:5432']}, {'user': "
		 "'lin@example.com', 'allow': ['vault:443']}]",
			HJ_OK, ""},
		{"// a comment before\n[{'src': 'tag:db', 'accept': ['vault:443']},] // and "
		 "after\n",
			HJ_OK, "tag:db: address \"vault:443\": want: Accept, got: Drop\n"},
		{"[]", HJ_OK, ""},
		{"{'tests': []}", HJ_INVALID, ""},
		{"[{]", HJ_SYNTAX,
			"hujson: line 1, column 3: invalid character ']' at start of value"},
		{"[], 'acls': []", HJ_SYNTAX,
			"hujson: line 1, column 3: invalid character ',' after top-level value"},
	};
	struct run run;
	hj_text text;
	hj_text_init(&text, NULL);
	add(&text, lab);
	add(&text, "}");
	begin(&run, hj_text_slice(&text));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hj_test_list list;
		hj_text body, got;
		hj_text_init(&body, NULL);
		hj_text_init(&got, NULL);
		add(&body, cases[i].body);
		hj_status status = hj_test_list_read(hj_text_slice(&body), NULL, &list, &got);
		cr_expect_eq(status, cases[i].status, "%s", cases[i].body);
		if (!status) {
			hj_assertions assertions;
			cr_assert_eq(
				hj_assertions_run(run.reach, &list.policy, NULL, NULL, &assertions),
				HJ_OK);
			show_errors(&assertions, &got);
			hj_assertions_free(&assertions);
			hj_test_list_free(&list);
		}
		cr_expect_str_eq(hj_text_string(&got), cases[i].says, "%s", cases[i].body);
		hj_text_free(&body);
		hj_text_free(&got);
	}
	end(&run);
	hj_text_free(&text);
}

Test(tests, a_list_out_of_memory_leaves_nothing)
{
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_test_list list;
		hj_text why;
		hj_text_init(&why, &allocator);
		hj_status status = hj_test_list_read(
			HJ_SLICE("[{\"src\": \"tag:a\", \"deny\": [\"tag:b:1\"]}]"), &allocator,
			&list, &why);
		if (!status)
			hj_test_list_free(&list);
		hj_text_free(&why);
		cr_assert_eq(state.blocks, 0, "allocation %zu", n);
		if (!state.failed)
			break;
		cr_expect_eq(status, HJ_NO_MEMORY, "allocation %zu", n);
	}
}

/* -- memory --------------------------------------------------------------------------------------- */

static hj_status run_everything(const hj_document *document, const hj_allocator *allocator)
{
	hj_policy policy;
	hj_world world;
	hj_reach *reach;
	hj_assertions assertions;
	hj_coverage coverage;
	hj_snapshot taken;
	hj_text text;
	hj_findings findings;
	cr_assert_eq(hj_policy_bind(document, NULL, &policy), HJ_OK);
	cr_assert_eq(hj_world_build(&policy, NULL, (hj_slice){0}, NULL, &world), HJ_OK);
	hj_text_init(&text, allocator);
	hj_findings_init(&findings, allocator);
	hj_status status = hj_reach_build(&world, NULL, allocator, &reach);
	if (!status) {
		status = hj_assertions_run_failures(reach, &policy, allocator, &assertions);
		if (!status)
			hj_assertions_free(&assertions);
		if (!status)
			status = hj_coverage_run(reach, &policy, allocator, &assertions, &coverage);
		if (!status) {
			const hj_test_errors *rows;
			uint32_t count;
			status = hj_assertions_find(&assertions, &policy, true, &findings);
			if (!status)
				status = hj_assertions_errors(&assertions, &rows, &count);
			hj_assertions_free(&assertions);
			hj_coverage_free(&coverage);
		}
		if (!status)
			status = hj_snapshot_append(reach, 0, true, allocator, &text, &taken);
		hj_reach_free(reach);
	}
	hj_findings_free(&findings);
	hj_text_free(&text);
	hj_world_free(&world);
	hj_policy_free(&policy);
	return status;
}

Test(tests, out_of_memory_is_said_and_nothing_leaks, .timeout = 120)
{
	static const char *const names[] = {"groups", "logins", "postures", "coverage", "forms"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[256];
		hj_text text;
		hj_source *source;
		hj_document *document;
		snprintf(path, sizeof path, "testdata/tests/%s.hujson", names[i]);
		hj_text_init(&text, NULL);
		cr_assert(golden_read(path, &text), "%s", path);
		cr_assert_eq(hj_source_adopt(NULL, &text, &source), HJ_OK);
		cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
		for (size_t n = 0;; n++) {
			failing_state state = {.fail_at = n};
			hj_allocator allocator = failing_allocator(&state);
			hj_status status = run_everything(document, &allocator);
			cr_assert_eq(state.blocks, 0, "%s: allocation %zu", names[i], n);
			cr_expect_eq(status, state.failed ? HJ_NO_MEMORY : HJ_OK,
				"%s: allocation %zu", names[i], n);
			if (!state.failed)
				break;
		}
		hj_document_free(document);
		hj_source_free(source);
	}
}

/* -- how the work grows --------------------------------------------------------------------------- */

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Time for the tests alone; every one of them has to come out as wanted. */
static double time_tests(hj_text *text, size_t count)
{
	struct run run;
	begin(&run, hj_text_slice(text));
	hj_assertions_free(&run.assertions);
	double start = seconds();
	cr_assert_eq(hj_assertions_run(run.reach, &run.policy, NULL, NULL, &run.assertions), HJ_OK);
	cr_expect_eq(run.assertions.count, count);
	cr_expect_eq(run.assertions.passed, count);
	hj_assertions_free(&run.assertions);
	cr_assert_eq(
		hj_assertions_run_failures(run.reach, &run.policy, NULL, &run.assertions), HJ_OK);
	double time = seconds() - start;
	cr_expect_eq(run.assertions.passed, count);
	end(&run);
	hj_text_clear(text);
	return time;
}

/* A rule for each of so many users and ports, and tests of them, half of them denies. */
static void write_pairs(hj_text *out, unsigned rules, unsigned tests)
{
	hj_text_str(out, "{\"tagOwners\": {\"tag:web\": []}, \"acls\": [");
	for (unsigned i = 0; i < rules; i++)
		hj_text_printf(out,
			"{\"action\": \"accept\", \"src\": [\"u%u@example.com\"], \"dst\": "
			"[\"tag:web:%u\"]},\n",
			i, 1 + i % 65000);
	hj_text_str(out, "], \"tests\": [");
	for (unsigned i = 0; i < tests; i++)
		hj_text_printf(out,
			"{\"src\": \"u%u@example.com\", \"accept\": [\"tag:web:%u\"], \"deny\": "
			"[\"tag:web:65535\"]},\n",
			i % rules, 1 + i % rules % 65000);
	hj_text_str(out, "]}");
}

/* One group of so many members, asked for again and again. */
static void write_group(hj_text *out, unsigned members, unsigned tests)
{
	hj_text_str(out, "{\"tagOwners\": {\"tag:web\": []}, \"groups\": {\"group:all\": [");
	for (unsigned i = 0; i < members; i++)
		hj_text_printf(out, "\"u%u@example.com\",\n", i);
	hj_text_str(out,
		"]}, \"acls\": [{\"action\": \"accept\", \"src\": [\"group:all\"], \"dst\": "
		"[\"tag:web:1-60000\"]}], \"tests\": [");
	for (unsigned i = 0; i < tests; i++)
		hj_text_printf(out,
			"{\"src\": \"group:all\", \"accept\": [\"tag:web:%u\"], \"deny\": "
			"[\"tag:web:%u\"]},\n",
			1 + i % 60000, 60001 + i % 5000);
	hj_text_str(out, "]}");
}

/* Four times the work takes about four times as long: 16 would be square. */
static void expect_growth(void (*write)(hj_text *, unsigned, unsigned), unsigned size)
{
	hj_text text;
	hj_text_init(&text, NULL);
	double least = 1e9, most = 1e9;
	for (unsigned i = 0; i < 3; i++) {
		write(&text, size, size);
		double small = time_tests(&text, 2 * (size_t)size);
		write(&text, 4 * size, 4 * size);
		double large = time_tests(&text, 8 * (size_t)size);
		least = small < least ? small : least;
		most = large < most ? large : most;
	}
	cr_expect_lt(most, 10 * least + 0.05, "%g s, then %g s", least, most);
	hj_text_free(&text);
}

Test(tests, work_is_linear_in_tests_and_rules, .timeout = 60)
{
	expect_growth(write_pairs, 1000);
	expect_growth(write_group, 500);
}
