/*
 * Policies with tests in the recordings: the service's answer and ours, with what only the tailnet
 * knows and without it. Without, an answer may be that it depends, and must not be a wrong one.
 */
#include "engine/tests.h"
#include "lint/lint.h"

#include "testdata/support/scenario.h"

#include <criterion/criterion.h>

/* What we would answer: 200 or not, our message, and how many assertions hang on facts. */
typedef struct verdict {
	hj_findings findings;
	hj_answer answer;
	size_t depending;
} verdict;

static void judge(const struct scenario *one, bool known, verdict *out)
{
	hj_policy policy;
	hj_inventory inventory;
	hj_findings ignored;
	hj_world world;
	hj_reach *reach;
	hj_assertions assertions;
	hj_slice tailnet = known ? one->tailnet : HJ_SLICE("");
	hj_lint_options options = {
		.tailnet = one->tailnet, .fragment = HJ_FRAGMENT_NO, .untested = true};
	hj_findings_init(&out->findings, NULL);
	hj_findings_init(&ignored, NULL);
	cr_assert_eq(hj_policy_bind(one->policy, NULL, &policy), HJ_OK);
	if (known)
		cr_assert_eq(hj_inventory_bind(one->inventory, NULL, &ignored, &inventory), HJ_OK);
	cr_assert_eq(
		hj_world_build(&policy, known ? &inventory : NULL, tailnet, NULL, &world), HJ_OK);
	cr_assert_eq(hj_reach_build(&world, NULL, NULL, &reach), HJ_OK);
	cr_assert_eq(hj_assertions_run(reach, &policy, NULL, NULL, &assertions), HJ_OK);
	cr_assert_eq(hj_lint(one->policy, &options, &out->findings), HJ_OK);
	cr_assert_eq(hj_assertions_find(&assertions, &policy, true, &out->findings), HJ_OK);
	out->answer = hj_answer_of(&out->findings);
	out->depending = assertions.depending;
	hj_assertions_free(&assertions);
	hj_reach_free(reach);
	hj_world_free(&world);
	if (known)
		hj_inventory_free(&inventory);
	hj_findings_free(&ignored);
	hj_policy_free(&policy);
}

static bool has_tests(const struct scenario *one)
{
	const golden_file file = {.document = one->policy};
	return golden_find(&file, 0, "tests") || golden_find(&file, 0, "sshTests");
}

static void compare(const char *title, bool known)
{
	struct scenarios all;
	unsigned total;
	size_t depend = 0;
	if (!scenarios_begin(&all, title))
		cr_skip_test("HUJSON_SHARED is not set");
	while (scenarios_next(&all)) {
		const struct scenario *one = &all.one;
		verdict ours;
		if (!has_tests(one) || !one->inventory)
			continue;
		judge(one, known, &ours);
		bool open = ours.answer.status == 200 && ours.depending;
		bool same = ours.answer.status == one->code &&
			hj_slice_equal(ours.answer.message, one->message);
		depend += open;
		scenarios_judge(&all, same || (open && !known), "got %u %.*s, want %u %.*s",
			ours.answer.status, HJ_SLICE_ARGS(ours.answer.message), one->code,
			HJ_SLICE_ARGS(one->message));
		if (known)
			cr_expect_eq(ours.depending, 0, "%s", one->id);
		hj_findings_free(&ours.findings);
	}
	cr_expect(scenarios_end(&all, &total), "%s: not all are identical", title);
	if (!getenv("CONFORMANCE_DATA")) {
		cr_expect_eq(total, 57);
		cr_expect_eq(depend, known ? 0 : 3);
	}
}

Test(conformance, answers_when_tests_are_run)
{
	compare("tests", true);
}

Test(conformance, tests_without_an_inventory_are_not_answered_wrongly)
{
	compare("tests without inventory", false);
}
