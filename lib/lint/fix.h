/*
 * Fixing: the edits that findings carry, applied together, and proven not to make things worse.
 *
 * In each round the fixes that do not touch one another are applied, in the order of the findings,
 * each with all its edits or not at all; then the result is parsed and linted again. A document
 * that parsed has to parse still, and no rule may have more findings at error level than before; a
 * document that did not has to have fewer syntax errors. Fixes that fail this are found by halving
 * and left out. Rounds go on until no fix is left, since one may uncover others.
 *
 * Safe fixes come first, and are proven to be safe: what a policy allows is compared before and after
 * (change/difference.h), in all planes, and a fix that would change it is left out, with unsafe fixes
 * or without. Nothing can be proven of a document that did not parse.
 *
 * Layout: a document that was canonical is so again afterwards, which can only change what the
 * edits touched and its alignment; in any other every byte stays that no edit touched.
 */
#ifndef HJ_LINT_FIX_H
#define HJ_LINT_FIX_H

#include "lint/lint.h"

typedef struct hj_fix_options {
	bool unsafe;                 /* fixes that say that they may change access, too */
	const hj_lint_options *lint; /* what is looked for; NULL: the usual */
	/*
	 * Asked before a result is taken, may refuse it: its fixes are then tried in parts. Both
	 * documents may be broken. NULL: nobody is asked.
	 */
	bool (*allows)(void *context, const hj_document *before, const hj_document *after);
	void *context;
} hj_fix_options;

typedef struct hj_fixed {
	hj_source *source;     /* the text as it is now; nameless */
	hj_document *document; /* of it */
	hj_findings findings;  /* what remains, in it */
	hj_edits edits;        /* from the text as it was */
	size_t applied;        /* fixes; 0: the text is as it was */
	size_t refused;        /* fixes that would have made something worse */
} hj_fixed;

/* HJ_NO_MEMORY only, with nothing to free; options may be NULL. Otherwise free with hj_fixed_free. */
HJ_API hj_status hj_fix(const hj_document *document, const hj_fix_options *options,
	const hj_allocator *allocator, hj_fixed *out);
HJ_API void hj_fixed_free(hj_fixed *fixed);

#endif
