/*
 * A judgement leaves out what cannot refuse: for every example of every rule the answer is the one that all
 * findings add up to.
 */
#include "lint/judge.h"

#include "policy/accept.h"

#include <criterion/criterion.h>

static void check(const hj_rule *rule, const char *text)
{
	hj_source *source;
	hj_document *document;
	cr_assert_eq(hj_source_copy(NULL, "policy", hj_slice_str(text), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	if (!hj_document_error(document)) {
		hj_judgement judgement;
		hj_findings all;
		hj_findings_init(&all, NULL);
		cr_assert_eq(
			hj_judge(document, NULL, (hj_slice){NULL, 0}, NULL, &judgement), HJ_OK);
		hj_lint_options options = {
			.fragment = HJ_FRAGMENT_NO, .untested = true, .unsuppressed = true};
		cr_assert_eq(hj_lint(document, &options, &all), HJ_OK);
		hj_answer answer = hj_answer_of(&all);
		/* Tests may fail besides. */
		bool failed = judgement.assertions.failed > 0;
		unsigned want = answer.status == 200 && failed ? 400 : answer.status;
		cr_expect_eq(judgement.status, want, "%s %s: %u, not %u: %s", rule->code,
			rule->name, judgement.status, want, text);
		if (answer.status != 200 && answer.message.size)
			cr_expect(hj_slice_equal(judgement.message, answer.message),
				"%s: %.*s, not %.*s", rule->name, (int)judgement.message.size,
				judgement.message.data, (int)answer.message.size,
				answer.message.data);
		hj_findings_free(&all);
		hj_judgement_free(&judgement);
	}
	hj_document_free(document);
	hj_source_free(source);
}

Test(judge, agrees_with_all_findings_together)
{
	size_t refused = 0;
	for (size_t i = 0; i < hj_rule_count(); i++) {
		const hj_rule *rule = hj_rule_at(i);
		if (rule->bad)
			check(rule, rule->bad);
		if (rule->good)
			check(rule, rule->good);
		refused += rule->bad && rule->severity == HJ_ERROR_LEVEL;
	}
	cr_expect_gt(refused, 50);
}
