/*
 * Proof that formatting changed nothing but layout.
 */
#ifndef HJ_FORMAT_VERIFY_H
#define HJ_FORMAT_VERIFY_H

#include "format/format.h"

typedef enum hj_verified {
	HJ_VERIFIED,
	/* Verified but for the second pass, which differs in the one way that the reference's own
	   formatter does (specification, section 13); a third pass changes nothing. */
	HJ_VERIFIED_NOT_IDEMPOTENT,
	HJ_NOT_VERIFIED,
} hj_verified;

/*
 * Compares a document with its canonical text: the text parses, has the same tokens (strings by
 * meaning, all else by spelling) and the same comments (but for white space at line ends and
 * indentation) in the same order, is standard JSON if the document was, and formatting it again
 * changes nothing. When not verified, a sentence that says what differs is appended to `why`.
 */
HJ_API hj_status hj_verify(const hj_document *document, hj_slice formatted,
	const hj_allocator *allocator, hj_verified *verdict, hj_text *why);

#endif
