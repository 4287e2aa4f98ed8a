/*
 * The linter: a document → findings, by the rules of one registry.
 */
#ifndef HJ_LINT_LINT_H
#define HJ_LINT_LINT_H

#include "syntax/document.h"
#include "syntax/finding.h"

/*
 * The registry: every rule of every family, ordered by code. A rule is one row in its family's
 * table (syntax/syntax_rules.c, lint/…_rules.c).
 */
HJ_API size_t hj_rule_count(void);
HJ_API const hj_rule *hj_rule_at(size_t index);
/* By code ("R001", in any case) or by name ("undefined-tag"); NULL when there is none. */
HJ_API const hj_rule *hj_rule_find(hj_slice code_or_name);

typedef struct hj_lint_options {
	/* One byte a rule, by index in the registry: true leaves its findings out. NULL: those that
	   are off unless selected. */
	const bool *ignored;
	/* The tailnet's domain, or a login whose last part it is; size 0: not known, and what hangs
	   on it is not judged. */
	hj_slice tailnet;
} hj_lint_options;

/*
 * Adds what the rules find, syntax findings first, then sorted by place. Rules that need a policy
 * are silent on a document without a known section; rules that need a good document are silent on
 * a broken one's broken parts. options may be NULL. HJ_NO_MEMORY only.
 */
HJ_API hj_status hj_lint(
	const hj_document *document, const hj_lint_options *options, hj_findings *findings);

#endif
