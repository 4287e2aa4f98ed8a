/*
 * Acceptance against the recordings: for every recorded policy the service's answer and ours. Tests
 * are not run here, so refusals for failing tests are left out unless their form is at fault.
 */
#include "lint/lint.h"
#include "policy/accept.h"

#include "testdata/support/golden.h"

#include <criterion/criterion.h>
#include <dirent.h>

typedef struct tally {
	unsigned scenarios; /* whose answer does not come from tests alone */
	unsigned agree;     /* accepted or refused alike */
	unsigned refused;   /* by the service, with a sentence */
	unsigned identical; /* of them, with the same sentence of ours */
	unsigned by_tests;  /* refused by the service because tests fail */
	unsigned by_form;   /* of them, refused by us for their form */
} tally;

static void scenario_open(golden_file *file, const char *path)
{
	hj_text text;
	hj_text_init(&text, NULL);
	cr_assert(golden_read(path, &text), "%s", path);
	*file = (golden_file){0};
	hj_arena_init(&file->arena, NULL);
	cr_assert_eq(hj_source_adopt(NULL, &text, &file->source), HJ_OK);
	cr_assert_eq(hj_parse(file->source, 0, &file->document), HJ_OK);
	hj_text_free(&text);
}

static void lint_policy(
	const golden_file *file, uint32_t policy, hj_slice tailnet, hj_findings *findings)
{
	hj_source *source;
	hj_document *document;
	hj_span span = hj_node_span(&hj_document_nodes(file->document)[policy]);
	cr_assert_eq(
		hj_source_copy(NULL, NULL, hj_source_slice(file->source, span), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	hj_findings_init(findings, NULL);
	hj_lint_options options = {.tailnet = tailnet};
	cr_assert_eq(hj_lint(document, &options, findings), HJ_OK);
	hj_document_free(document);
	hj_source_free(source);
}

static size_t errors_of(const hj_findings *findings)
{
	size_t count = 0;
	for (size_t i = 0; i < findings->count; i++)
		count += findings->items[i].severity == HJ_ERROR_LEVEL;
	return count;
}

static void compare(const char *path, tally *count)
{
	golden_file file;
	scenario_open(&file, path);
	uint32_t api = golden_find(&file, 0, "api"), policy = golden_find(&file, 0, "policy");
	uint32_t code = golden_find(&file, api, "code");
	const hj_node *nodes = hj_document_nodes(file.document);
	hj_slice tailnet, message = HJ_SLICE("");
	cr_assert(golden_member_of(&file, golden_find(&file, 0, "tailnet"), "name", &tailnet));
	bool accepted = hj_slice_equal(
		hj_source_slice(file.source, hj_node_span(&nodes[code])), HJ_SLICE("200"));
	if (!accepted)
		cr_assert(golden_member_of(&file, api, "message", &message), "%s", path);
	hj_findings findings;
	lint_policy(&file, policy, tailnet, &findings);
	hj_answer answer = hj_answer_of(&findings);
	if (hj_slice_equal(message, HJ_SLICE("test(s) failed"))) {
		count->by_tests++;
		count->by_form += answer.status != 200;
		cr_expect(answer.status == 200 || hj_slice_equal(answer.message, message),
			"%s: %.*s", path, HJ_SLICE_ARGS(answer.message));
	} else {
		bool same = hj_slice_equal(answer.message, message);
		count->scenarios++;
		count->agree += accepted == (answer.status == 200);
		count->refused += !accepted;
		count->identical += !accepted && same;
		cr_expect_eq(accepted, answer.status == 200, "%s: %.*s, not %.*s", path,
			HJ_SLICE_ARGS(answer.message), HJ_SLICE_ARGS(message));
		cr_expect(same, "%s: %.*s, not %.*s", path, HJ_SLICE_ARGS(answer.message),
			HJ_SLICE_ARGS(message));
		if (accepted)
			cr_expect_eq(errors_of(&findings), 0, "%s was accepted", path);
		if (hj_slice_equal(message, HJ_SLICE("internal server error")))
			cr_expect_eq(answer.status, 500);
	}
	hj_findings_free(&findings);
	golden_drop(&file);
}

static void compare_all(const char *folder, tally *count)
{
	DIR *files = opendir(folder);
	cr_assert(files, "%s", folder);
	for (const struct dirent *entry; (entry = readdir(files));) {
		char path[PATH_MAX + 256];
		const char *dot = strrchr(entry->d_name, '.');
		if (!dot || strcmp(dot, ".json") != 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		compare(path, count);
	}
	closedir(files);
}

Test(conformance, the_service_and_we_give_the_same_answers)
{
	static const char *const categories[] = {
		"acl", "grant", "nodeattrs", "policytest", "routes", "ssh", "sshtest"};
	const char *folder = golden_folder();
	if (!folder)
		cr_skip_test("HUJSON_SHARED is not set");
	bool table = getenv("CONFORMANCE_TABLE") != NULL;
	tally total = {0};
	if (table)
		printf("%-12s %9s %6s %8s %10s %9s %8s\n", "category", "scenarios", "agree",
			"refused", "identical", "by tests", "by form");
	for (size_t i = 0; i < sizeof categories / sizeof *categories; i++) {
		char path[PATH_MAX];
		tally count = {0};
		snprintf(path, sizeof path, "%s/control-plane/%s", folder, categories[i]);
		compare_all(path, &count);
		if (table)
			printf("%-12s %9u %6u %8u %10u %9u %8u\n", categories[i], count.scenarios,
				count.agree, count.refused, count.identical, count.by_tests,
				count.by_form);
		total.scenarios += count.scenarios;
		total.agree += count.agree;
		total.refused += count.refused;
		total.identical += count.identical;
		total.by_tests += count.by_tests;
		total.by_form += count.by_form;
	}
	if (table)
		printf("%-12s %9u %6u %8u %10u %9u %8u\n", "all", total.scenarios, total.agree,
			total.refused, total.identical, total.by_tests, total.by_form);
	fflush(stdout);
	cr_expect_gt(total.scenarios, 480);
	cr_expect_eq(total.agree, total.scenarios);
	cr_expect_eq(total.identical, total.refused);
}
