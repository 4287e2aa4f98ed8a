/*
 * The strict parser: one pass, the reference's grammar and its first error.
 */
#ifndef HJ_SYNTAX_PARSE_H
#define HJ_SYNTAX_PARSE_H

#include "syntax/internal.h"

/*
 * Fills nodes, count, depth and standard of a document whose source is set; or, at the first
 * error, sets the error and leaves the nodes up to there (to be replaced). HJ_NO_MEMORY only.
 */
hj_status hj__parse_strict(hj_document *document);

#endif
