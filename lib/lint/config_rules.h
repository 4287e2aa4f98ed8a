/*
 * Rules about the configuration itself: findings in .hujsonrc, none of them in a policy.
 */
#ifndef HJ_LINT_CONFIG_RULES_H
#define HJ_LINT_CONFIG_RULES_H

#include "syntax/rule.h"

#include <stddef.h>

enum { HJ_K_UNKNOWN_SETTING, HJ_K_BAD_SETTING, HJ_K_BAD_PATTERN, HJ_K_CONFIG_RULES };
const hj_rule *hj__config_rules(size_t *count);

#endif
