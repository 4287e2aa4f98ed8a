/*
 * Layout: which containers are expanded, a line per member, and which stay on one line
 * (specification, section 8.2). Decided bottom-up in one pass over the nodes; the source is looked
 * at only where there are comments or escapes.
 */
#ifndef HJ_FORMAT_LAYOUT_H
#define HJ_FORMAT_LAYOUT_H

#include "syntax/document.h"

enum {
	HJ_EXPANDED = 1,    /* the container prints a line per member */
	HJ_HOLDS_BREAK = 2, /* some gap before or after a name or value inside will have an LF */
};

/*
 * Fills marks, one byte a node of a document that parses (those of literals are 0). HJ_NO_MEMORY
 * only: working memory is a few bytes a level of nesting.
 */
hj_status hj_layout(
	const hj_document *document, const hj_allocator *allocator, unsigned char *marks);

/* A string's canonical spelling when it has escapes, else its own bytes. */
hj_slice hj_literal_text(const hj_document *document, uint32_t node, hj_text *scratch);

/* Where the gap after a token ends and the mark, a comma or colon, stands. */
uint32_t hj_mark_after(const hj_document *document, uint32_t end);

#endif
