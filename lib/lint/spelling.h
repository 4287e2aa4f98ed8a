/*
 * Rules about names that references find on their way: a name that is undefined only as written.
 */
#ifndef HJ_LINT_SPELLING_H
#define HJ_LINT_SPELLING_H

#include "policy/schema.h"
#include "syntax/rule.h"

/* The rule for a name that is defined in other letter case. */
const hj_rule *hj__case_rule(void);
/* The rule for a bare word that is defined with the prefix of a kind. */
const hj_rule *hj__prefix_rule(hj_name_kind kind);

#endif
