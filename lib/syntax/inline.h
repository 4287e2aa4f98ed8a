/*
 * Values of a document as standard JSON on one line, for answers that quote them.
 */
#ifndef HJ_SYNTAX_INLINE_H
#define HJ_SYNTAX_INLINE_H

#include "syntax/document.h"

/*
 * Appends a value without its comments and trailing commas, `{"a": [1, 2.50]}`: numbers as they are
 * spelled, strings canonically, members in their order. The document must parse. Fails with
 * HJ_NO_MEMORY, or as the text does. No recursion.
 */
hj_status hj_inline_append(hj_text *out, const hj_document *document, uint32_t node);

#endif
