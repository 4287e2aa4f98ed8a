#include "cmd/judging.h"

/* Is a finding about acceptance: a fault, or something of which nobody knows whether it is one? */
static bool concerns(const hj_finding *finding)
{
	const char *code = finding->rule->code;
	if (finding->severity == HJ_ERROR_LEVEL || finding->refusal)
		return true;
	/* Codes from 050 on, and the other letters, are advice. */
	return finding->severity == HJ_WARNING_LEVEL && strchr("ABEGHINPRT", code[0]) &&
		strcmp(code + 1, "050") < 0;
}

hj_status judge(const struct settings *settings, const hj_document *document, hj_findings *findings)
{
	/* The service knows no comments that ignore, and sees the whole policy. */
	hj_lint_options options = settings->options;
	options.ignored = NULL;
	options.severities = NULL;
	options.unsuppressed = true;
	options.untested = true;
	if (options.fragment == HJ_FRAGMENT_AUTO)
		options.fragment = HJ_FRAGMENT_NO;
	hj_status status = hj_lint(document, &options, findings);
	size_t kept = 0;
	for (size_t i = 0; i < findings->count; i++)
		if (concerns(&findings->items[i]))
			findings->items[kept++] = findings->items[i];
	findings->count = kept;
	return status;
}

bool judged_bad(const hj_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].severity == HJ_ERROR_LEVEL)
			return true;
	return hj_answer_of(findings).status != 200;
}
