#include "cmd/judging.h"

/* Codes from 050 on, and the other letters, are advice. */
static bool is_advice(const hj_rule *rule)
{
	return !strchr("ABEGHINPRT", rule->code[0]) || strcmp(rule->code + 1, "050") >= 0;
}

/* What the service does not mind, however bad it is: a key that stands in the file. */
static bool is_exposure(const hj_rule *rule)
{
	return rule->code[0] == 'X';
}

/* Is a finding about acceptance: a fault, or something of which nobody knows whether it is one? */
static bool concerns(const hj_finding *finding)
{
	return finding->severity == HJ_ERROR_LEVEL || finding->refusal ||
		(finding->severity == HJ_WARNING_LEVEL && !is_advice(finding->rule));
}

hj_status judge(const struct settings *settings, const hj_document *document, hj_findings *findings)
{
	const hj_allocator *allocator = findings->arena.allocator;
	size_t count = hj_rule_count(), kept = 0;
	bool *ignored = hj_alloc(allocator, count * sizeof *ignored);
	if (!ignored)
		return HJ_NO_MEMORY;
	/* Advice would be thrown away; looking for it takes half of the time. */
	for (size_t i = 0; i < count; i++) {
		const hj_rule *rule = hj_rule_at(i);
		ignored[i] = rule->off || is_exposure(rule) ||
			(rule->severity != HJ_ERROR_LEVEL && is_advice(rule));
	}
	/* The service knows no comments that ignore, and sees the whole policy. */
	hj_lint_options options = settings->options;
	options.ignored = ignored;
	options.severities = NULL;
	options.unsuppressed = true;
	options.untested = true;
	if (options.fragment == HJ_FRAGMENT_AUTO)
		options.fragment = HJ_FRAGMENT_NO;
	hj_status status = hj_lint(document, &options, findings);
	for (size_t i = 0; i < findings->count; i++)
		if (concerns(&findings->items[i]))
			findings->items[kept++] = findings->items[i];
	findings->count = kept;
	hj_free(allocator, ignored, count * sizeof *ignored);
	return status;
}

bool judged_bad(const hj_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].severity == HJ_ERROR_LEVEL)
			return true;
	return hj_answer_of(findings).status != 200;
}
