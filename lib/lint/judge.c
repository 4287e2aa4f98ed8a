#include "lint/judge.h"

#include "policy/accept.h"

static hj_status join(const hj_document *document, const hj_inventory *inventory, hj_slice tailnet,
	const hj_allocator *allocator, hj_judgement *out)
{
	hj_status status = hj_policy_bind(document, allocator, &out->policy);
	out->has_policy = status == HJ_OK;
	if (!status)
		status = hj_world_build(&out->policy, inventory, tailnet, allocator, &out->world);
	out->has_world = status == HJ_OK;
	const hj_assumptions nothing_more = {.rest = HJ_NO};
	if (!status)
		status = hj_reach_build(&out->world, &nothing_more, allocator, &out->reach);
	return status;
}

static const hj_slice tests_failed = {"test(s) failed", 14};

/* Errors of these families alone are ones of the service's; looking for all else takes half of the time. */
static bool may_refuse(const hj_rule *rule)
{
	return rule->severity == HJ_ERROR_LEVEL && strchr("ABEGHINPRT", rule->code[0]);
}

/*
 * What refuses before the tests are run; *refused says whether something does. A test of a wrong form is
 * a test that fails: then they are run all the same, to say who failed.
 */
static hj_status accept(const hj_document *document, hj_judgement *out, bool *refused)
{
	const hj_allocator *allocator = out->findings.arena.allocator;
	size_t count = hj_rule_count();
	bool *ignored = hj_alloc(allocator, count * sizeof *ignored);
	if (!ignored)
		return HJ_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		ignored[i] = !may_refuse(hj_rule_at(i));
	/* The service knows no comments that ignore, and sees the whole policy. The tests are run below. */
	hj_lint_options options = {.ignored = ignored,
		.policy = &out->policy,
		.tailnet = out->world.domain,
		.fragment = HJ_FRAGMENT_NO,
		.untested = true,
		.unsuppressed = true};
	hj_status status = hj_lint(document, &options, &out->findings);
	hj_free(allocator, ignored, count * sizeof *ignored);
	hj_answer answer = hj_answer_of(&out->findings);
	*refused = answer.status != 200 && !hj_slice_equal(answer.message, tests_failed);
	if (answer.status != 200) {
		out->status = answer.status;
		out->message = answer.message.size ? answer.message : answer.finding->message;
	}
	return status;
}

static hj_status run_tests(const hj_allocator *allocator, hj_judgement *out)
{
	hj_status status =
		hj_assertions_run(out->reach, &out->policy, NULL, allocator, &out->assertions);
	out->has_assertions = status == HJ_OK;
	if (!status)
		status = hj_assertions_errors(&out->assertions, &out->errors, &out->error_count);
	if (!status && out->assertions.failed) {
		out->status = 400;
		out->message = tests_failed;
	}
	return status;
}

hj_status hj_judge(const hj_document *document, const hj_inventory *inventory, hj_slice tailnet,
	const hj_allocator *allocator, hj_judgement *out)
{
	*out = (hj_judgement){.status = 200};
	hj_findings_init(&out->findings, allocator);
	const hj_syntax_error *error = hj_document_error(document);
	if (error) {
		out->status = 400;
		out->message = error->text;
		return HJ_OK;
	}
	bool refused = false;
	hj_status status = join(document, inventory, tailnet, allocator, out);
	if (!status)
		status = accept(document, out, &refused);
	if (!status && !refused)
		status = run_tests(allocator, out);
	if (status)
		hj_judgement_free(out);
	return status;
}

void hj_judgement_free(hj_judgement *judgement)
{
	if (judgement->has_assertions)
		hj_assertions_free(&judgement->assertions);
	hj_reach_free(judgement->reach);
	if (judgement->has_world)
		hj_world_free(&judgement->world);
	if (judgement->has_policy)
		hj_policy_free(&judgement->policy);
	hj_findings_free(&judgement->findings);
	*judgement = (hj_judgement){0};
}

hj_status hj_judge_tests(const hj_judgement *judgement, const hj_test_list *list,
	const hj_allocator *allocator, hj_assertions *out)
{
	return hj_assertions_run(judgement->reach, &list->policy, NULL, allocator, out);
}
