/*
 * Quotation as Go writes it, for sentences that are to equal the service's.
 */
#ifndef HJ_BASE_QUOTE_H
#define HJ_BASE_QUOTE_H

#include "base/text.h"

/* As fmt's %q: in double quotes, short escapes, what does not print as \x, \u or \U. */
void hj_quote_append(hj_text *out, hj_slice text);

#endif
