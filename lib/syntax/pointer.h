/*
 * JSON Pointer (RFC 6901) with the reference implementation's ways (specification, section 10).
 */
#ifndef HJ_SYNTAX_POINTER_H
#define HJ_SYNTAX_POINTER_H

#include "syntax/document.h"

/*
 * Finds the value that a pointer names. HJ_OK: *node is its index. HJ_NOT_FOUND: "value not found".
 * HJ_INVALID: a malformed pointer. For the last two the reference's sentence is appended to `why`
 * (may be NULL): "invalid array index: 01x". The document must parse.
 */
HJ_API hj_status hj_pointer_find(
	const hj_document *document, hj_slice pointer, uint32_t *node, hj_text *why);

/*
 * Appends the pointer of a node ("" for the root); for a name, that of its value. Walks from the
 * root: time is linear in the nodes before it.
 */
HJ_API hj_status hj_pointer_of(const hj_document *document, uint32_t node, hj_text *out);

#endif
