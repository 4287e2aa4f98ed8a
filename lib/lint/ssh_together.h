/*
 * SSH rules taken together: an account that another rule checks, and destinations to which no
 * network rule leads. Linear but for a bounded number of combinations in each rule.
 */
#ifndef HJ_LINT_SSH_TOGETHER_H
#define HJ_LINT_SSH_TOGETHER_H

#include "lint/internal.h"

/* Finds both rules; the second only when it is wanted. HJ_NO_MEMORY only. */
hj_status hj__check_ssh_together(
	hj_lint_run *run, const hj_rule *overridden, const hj_rule *no_network);

#endif
