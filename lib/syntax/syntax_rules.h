/*
 * The rules of the syntax family, and how the parser names them. The table is ordered by code.
 */
#ifndef HJ_SYNTAX_SYNTAX_RULES_H
#define HJ_SYNTAX_SYNTAX_RULES_H

#include "syntax/rule.h"

HJ_API const hj_rule *hj_syntax_rules(size_t *count);

#endif
