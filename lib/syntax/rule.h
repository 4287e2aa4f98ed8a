/*
 * A rule: one kind of thing that can be found wrong, as one row of its family's table.
 *
 * Everything that is said about a rule comes from its row: the report's id, `hujson rules`,
 * `hujson explain`, the reference pages. A code is never given to another rule.
 */
#ifndef HJ_SYNTAX_RULE_H
#define HJ_SYNTAX_RULE_H

#include "base/text.h"

typedef enum hj_severity {
	HJ_ERROR_LEVEL,   /* the service refuses it, or data is lost */
	HJ_WARNING_LEVEL, /* accepted, and probably not what was meant */
	HJ_INFO_LEVEL,    /* worth knowing */
} hj_severity;

typedef struct hj_rule {
	const char *code; /* family letter and number: "S003", "R001" */
	const char *name; /* kebab case: "missing-comma"; what reports print */
	hj_severity severity;
	const char *summary; /* one line, no full stop */
	const char *why;     /* a paragraph: what goes wrong for whom */
	const char *bad;     /* a whole document that has this finding and no other; may be NULL */
	const char *good;    /* the document mended; NULL only where bad is */
	/* What the examples are judged with: it takes an inventory to find this. NULL: it takes none. */
	const char *inventory;
	const char *fix;     /* how to mend it, one line */
	const char *service; /* the sentence the service would return, or NULL */
	bool off;            /* only found when it is selected: most files would light up */
} hj_rule;

/* "error", "warning" or "info". */
HJ_API const char *hj_severity_text(hj_severity severity);

#endif
