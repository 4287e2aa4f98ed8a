/*
 * Did you mean …? The nearest of some names to a misspelt one.
 *
 *     hj_suggest suggest;
 *     hj_suggest_begin(&suggest, HJ_SLICE("tag:wbe"));
 *     hj_suggest_offer(&suggest, HJ_SLICE("tag:web"));   … every name that exists …
 *     if (suggest.best.size) …
 *
 * Nearness counts letters put in, left out, exchanged, or swapped with their neighbour; letter case
 * costs nothing. A name is near when a third of the letters at most is wrong. Of names equally near
 * the first offered wins. Allocates nothing.
 */
#ifndef HJ_BASE_SUGGEST_H
#define HJ_BASE_SUGGEST_H

#include "base/fold.h"

enum { HJ_SUGGEST_LENGTH = 64 }; /* longer names are never near to anything, bytes */

typedef struct hj_suggest {
	hj_slice wrong;    /* borrowed */
	hj_slice best;     /* borrowed from the offers; size 0: none was near */
	unsigned distance; /* of best */
	unsigned limit;    /* farthest that still counts */
} hj_suggest;

void hj_suggest_begin(hj_suggest *suggest, hj_slice wrong);
/* True when the offer is the best so far. */
bool hj_suggest_offer(hj_suggest *suggest, hj_slice name);

#endif
