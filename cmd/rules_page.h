/*
 * The reference of all rules as one page, made from their rows.
 */
#ifndef HJ_CMD_RULES_PAGE_H
#define HJ_CMD_RULES_PAGE_H

#include "cmd/app.h"
#include "cmd/families.h"

/* Print the page on standard output; return an exit status. */
int rules_page_markdown(struct app *app);
int rules_page_html(struct app *app);

/*
 * Does the finding in the rule's own bad example come with edits? Found out by looking, so that no
 * page says what the rule does not do. False also without memory.
 */
bool rule_fixable(struct app *app, const hj_rule *rule);

#endif
