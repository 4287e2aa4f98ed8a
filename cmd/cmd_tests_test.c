/*
 * hujson test as a program: what it says of the policies in testdata/tests, in every form, and what a
 * snapshot is worth.
 *
 * A case is NAME.hujson with NAME.json, what `hujson test --coverage --format json` prints; with
 * NAME.inventory.hujson beside it NAME.known.json is the same with that inventory.
 */
#include "cmd/test_report.h"

#include "testdata/support/failing.h"
#include "testdata/support/golden.h"
#include "testdata/support/program.h"

#include <criterion/criterion.h>

static const char folder[] = "testdata/tests";

typedef void (*case_visit)(const char *policy, const char *inventory);

/* Every policy of the folder; inventory is NULL where there is none. */
static unsigned each_case(case_visit visit)
{
	unsigned count = 0;
	DIR *files = opendir(folder);
	cr_assert(files);
	for (const struct dirent *entry; (entry = readdir(files));) {
		char policy[512], inventory[512];
		const char *dot = strchr(entry->d_name, '.');
		if (!dot || strcmp(dot, ".hujson") != 0)
			continue;
		int size = (int)(dot - entry->d_name);
		snprintf(policy, sizeof policy, "%s/%.*s.hujson", folder, size, entry->d_name);
		snprintf(inventory, sizeof inventory, "%s/%.*s.inventory.hujson", folder, size,
			entry->d_name);
		visit(policy, access(inventory, R_OK) ? NULL : inventory);
		count++;
	}
	closedir(files);
	return count;
}

static bool has_failure(const struct program *run)
{
	return strstr(run->out.data, "\"pass\": false") || strstr(run->out.data, "\"pass\": null");
}

static void expect_json(const char *policy, const char *inventory)
{
	char path[512];
	hj_text want;
	struct program run = {0};
	snprintf(path, sizeof path, "%.*s%s", (int)strlen(policy) - 7, policy,
		inventory ? ".known.json" : ".json");
	hj_text_init(&want, NULL);
	program_run(&run, "hujson", "test", "--no-config", "--coverage", "--format", "json", policy,
		inventory ? "--inventory" : NULL, inventory, NULL);
	cr_assert(golden_read(path, &want), "%s", path);
	cr_expect_str_eq(run.out.data, hj_text_string(&want), "%s", path);
	cr_expect_eq(run.err.size, 0, "%s: %s", path, run.err.data);
	cr_expect_eq(run.status, has_failure(&run) ? EXIT_FOUND : EXIT_CLEAN, "%s", path);
	hj_text_free(&want);
	program_free(&run);
}

static void expect_both(const char *policy, const char *inventory)
{
	expect_json(policy, NULL);
	if (inventory)
		expect_json(policy, inventory);
}

Test(test_command, says_of_every_policy_what_its_case_says)
{
	cr_expect_geq(each_case(expect_both), 8);
}

/* -- forms --------------------------------------------------------------------------------------- */

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;
	for (; (text = strstr(text, part)); text += strlen(part))
		count++;
	return count;
}

static void run_as(struct program *run, const char *format, const char *policy)
{
	*run = (struct program){0};
	program_run(run, "hujson", "test", "--no-config", "--format", format, policy, NULL);
}

/* All forms agree about how many assertions there are, and how many do not pass. */
static void expect_same_counts(const char *policy, const char *inventory)
{
	(void)inventory;
	struct program json, text, tap, junit;
	run_as(&json, "json", policy);
	run_as(&text, "text", policy);
	run_as(&tap, "tap", policy);
	run_as(&junit, "junit", policy);
	size_t passed = count_of(json.out.data, "\"pass\": true");
	size_t failed = count_of(json.out.data, "\"pass\": false");
	size_t depend = count_of(json.out.data, "\"pass\": null");
	size_t count = passed + failed + depend;
	cr_expect_gt(count, 0);
	cr_expect_eq(count_of(text.out.data, "\n    pass "), passed, "%s", policy);
	cr_expect_eq(count_of(text.out.data, "\n    FAIL"), failed, "%s", policy);
	cr_expect_eq(count_of(text.out.data, "\n    depends "), depend, "%s", policy);
	cr_expect_eq(count_of(tap.out.data, "\nok "), passed, "%s", policy);
	cr_expect_eq(count_of(tap.out.data, "\nnot ok "), failed + depend, "%s", policy);
	cr_expect_eq(count_of(tap.out.data, "\n  ---\n"), failed + depend, "%s", policy);
	char plan[32];
	snprintf(plan, sizeof plan, "\n1..%zu\n", count);
	cr_expect(strstr(tap.out.data, plan), "%s: %s", policy, plan);
	cr_expect_eq(strncmp(tap.out.data, "TAP version 14\n", 15), 0);
	cr_expect_eq(count_of(junit.out.data, "<testcase "), count, "%s", policy);
	cr_expect_eq(count_of(junit.out.data, "<failure type=\"failed\""), failed, "%s", policy);
	cr_expect_eq(count_of(junit.out.data, "<failure type=\"depends\""), depend, "%s", policy);
	const int want = failed + depend ? EXIT_FOUND : EXIT_CLEAN;
	cr_expect(json.status == want && text.status == want && tap.status == want &&
			junit.status == want,
		"%s", policy);
	program_free(&json);
	program_free(&text);
	program_free(&tap);
	program_free(&junit);
}

Test(test_command, all_forms_count_alike)
{
	cr_expect_gt(each_case(expect_same_counts), 0);
}

Test(test_command, the_table_of_formats_is_the_one_that_help_shows)
{
	char names[] = TEST_FORMATS, *rest = names;
	for (char *name; (name = strsep(&rest, "|"));)
		cr_expect(test_format_find(name), "%s", name);
	cr_expect_null(test_format_find("yaml"));
}

/* -- snapshots ----------------------------------------------------------------------------------- */

static unsigned news; /* snapshots that had something to say */

/* What a snapshot says holds, and a second one has nothing to add. */
static void expect_snapshot_passes(const char *policy, const char *inventory)
{
	hj_text text;
	hj_text_init(&text, NULL);
	cr_assert(golden_read(policy, &text));
	char path[4200], known[4200];
	cr_assert(getcwd(known, sizeof known));
	if (inventory)
		snprintf(known + strlen(known), sizeof known - strlen(known), "/%s", inventory);
	program_folder();
	snprintf(path, sizeof path, "%s/policy.hujson", program_place);
	program_file("policy.hujson", hj_text_slice(&text));
	const char *option = inventory ? "--inventory" : "--no-config";
	const char *value = inventory ? known : NULL;
	struct program before = {0}, write = {0}, after = {0}, again = {0};
	program_run(&before, "hujson", "test", path, "--format", "json", option, value, NULL);
	program_run(&write, "hujson", "test", "--snapshot", "-w", path, option, value, NULL);
	cr_expect_eq(write.status, EXIT_CLEAN, "%s: %s", policy, write.err.data);
	program_run(&after, "hujson", "test", path, "--format", "json", option, value, NULL);
	news += count_of(after.out.data, "\"pass\": true") >
		count_of(before.out.data, "\"pass\": true");
	cr_expect_eq(count_of(after.out.data, "\"pass\": false"),
		count_of(before.out.data, "\"pass\": false"), "%s", policy);
	cr_expect_eq(count_of(after.out.data, "\"pass\": null"),
		count_of(before.out.data, "\"pass\": null"), "%s", policy);
	program_run(&again, "hujson", "test", "--snapshot", "-d", path, option, value, NULL);
	cr_expect_eq(again.out.size, 0, "%s: %s", policy, again.out.data);
	program_free(&before);
	program_free(&write);
	program_free(&after);
	program_free(&again);
	program_leave();
	hj_text_free(&text);
}

Test(test_command, what_a_snapshot_writes_passes)
{
	/* One policy mentions no port: there is nothing to say about it. */
	cr_expect_eq(each_case(expect_snapshot_passes), news + 1);
}

/* -- memory -------------------------------------------------------------------------------------- */

static void fail_each_allocation(const char *const words[], int want)
{
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		struct program run = {.allocator = &allocator};
		program_run(&run, "hujson", words[0], "--no-config", words[1], words[2], words[3],
			words[4], words[5], NULL);
		if (!state.failed)
			cr_expect_eq(run.status, want, "%s", run.err.data);
		program_free(&run);
		cr_assert_eq(state.blocks, 0, "%s %s: allocation %zu", words[0], words[1], n);
		if (!state.failed)
			break;
	}
}

Test(test_command, out_of_memory_ends_in_trouble_and_leaks_nothing, .timeout = 120)
{
	static const char policy[] = "testdata/tests/coverage.hujson";
	static const char *const runs[][6] = {
		{"test", "--coverage", policy},
		{"test", "--format", "json", "--coverage", policy},
		{"test", "--snapshot", policy},
		{"test", "--snapshot", "-d", policy},
	};
	for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
		fail_each_allocation(runs[i], EXIT_CLEAN);
	static const char *const check[6] = {"check", "--format", "json", "--inventory",
		"testdata/tests/addresses.inventory.hujson", "testdata/tests/addresses.hujson"};
	fail_each_allocation(check, EXIT_FOUND);
}
