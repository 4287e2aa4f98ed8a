/*
 * Acceptance against the recordings: for every recorded policy the service's answer and ours.
 */
#include "lint/lint.h"
#include "policy/accept.h"

#include "testdata/support/scenario.h"

#include <criterion/criterion.h>

static void lint_policy(const struct scenario *one, hj_findings *findings)
{
	hj_findings_init(findings, NULL);
	hj_lint_options options = {.tailnet = one->tailnet};
	cr_assert_eq(hj_lint(one->policy, &options, findings), HJ_OK);
}

static size_t errors_of(const hj_findings *findings)
{
	size_t count = 0;
	for (size_t i = 0; i < findings->count; i++)
		count += findings->items[i].severity == HJ_ERROR_LEVEL;
	return count;
}

/* A policy whose tests fail may be refused for that, and for nothing else. */
Test(conformance, acceptance)
{
	struct scenarios all;
	unsigned total;
	if (!scenarios_begin(&all, "acceptance"))
		cr_skip_test("HUJSON_SHARED is not set");
	while (scenarios_next(&all)) {
		hj_findings findings;
		lint_policy(&all.one, &findings);
		hj_answer answer = hj_answer_of(&findings);
		bool same = answer.status == all.one.code;
		if (all.one.tests_failed)
			same = answer.status == 200 ||
				hj_slice_equal(answer.message, all.one.message);
		else if (all.one.code == 200)
			same = same && errors_of(&findings) == 0;
		scenarios_judge(&all, same, "got %u %.*s, want %u %.*s", answer.status,
			HJ_SLICE_ARGS(answer.message), all.one.code,
			HJ_SLICE_ARGS(all.one.message));
		hj_findings_free(&findings);
	}
	cr_expect(scenarios_end(&all, &total), "acceptance: not all are identical");
	if (!getenv("CONFORMANCE_DATA"))
		cr_expect_eq(total, 539);
}

Test(conformance, messages)
{
	struct scenarios all;
	unsigned total;
	if (!scenarios_begin(&all, "messages"))
		cr_skip_test("HUJSON_SHARED is not set");
	while (scenarios_next(&all)) {
		hj_findings findings;
		if (all.one.code == 200 || all.one.tests_failed)
			continue;
		lint_policy(&all.one, &findings);
		hj_answer answer = hj_answer_of(&findings);
		scenarios_judge(&all, hj_slice_equal(answer.message, all.one.message),
			"got %.*s, want %.*s", HJ_SLICE_ARGS(answer.message),
			HJ_SLICE_ARGS(all.one.message));
		hj_findings_free(&findings);
	}
	cr_expect(scenarios_end(&all, &total), "messages: not all are identical");
	if (!getenv("CONFORMANCE_DATA"))
		cr_expect_eq(total, 64);
}
