/*
 * What the files of syntax/ share with each other and show nobody else.
 */
#ifndef HJ_SYNTAX_INTERNAL_H
#define HJ_SYNTAX_INTERNAL_H

#include "syntax/document.h"
#include "syntax/syntax_rules.h"

struct hj_document {
	hj_source *source;
	hj_node *nodes;
	size_t capacity; /* of nodes, items */
	uint32_t count;
	uint32_t depth;
	bool standard;
	bool broken; /* error is set */
	hj_syntax_error error;
	hj_findings findings;
	hj_text error_text; /* owns error.text */
	const hj_allocator *allocator;
};

/*
 * recover.c: parses a document that the strict parser refused, from the start and tolerantly.
 * Fills nodes, count, depth (replacing what is there) and findings: at least one. On a document
 * without errors it makes the same nodes, bit for bit, as the strict parser and no finding; fuzzing
 * holds the two against each other. HJ_NO_MEMORY only.
 */
hj_status hj__recover(hj_document *document);

#endif
