/*
 * Options of the linter that look for a few rules only, so that new rules change no test data.
 */
#ifndef TESTDATA_SUPPORT_RULES_H
#define TESTDATA_SUPPORT_RULES_H

#include "lint/lint.h"

#include <criterion/criterion.h>

enum { MOST_RULES = 1024 };

/* `wanted`: words as hj_rule_choose takes them, up to NULL. `ignored` is filled and must stay. */
static inline hj_lint_options rules_only(const char *const *wanted, bool ignored[MOST_RULES])
{
	bool chosen[MOST_RULES] = {false};
	cr_assert_leq(hj_rule_count(), MOST_RULES);
	for (size_t i = 0; wanted[i]; i++)
		cr_assert(hj_rule_choose(hj_slice_str(wanted[i]), chosen), "%s", wanted[i]);
	for (size_t i = 0; i < hj_rule_count(); i++)
		ignored[i] = !chosen[i];
	return (hj_lint_options){.ignored = ignored};
}

#endif
