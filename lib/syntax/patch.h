/*
 * JSON Patch (RFC 6902) and single edits by pointer, with comments kept.
 *
 * See patch.c for who owns a comment and what moves with what.
 */
#ifndef HJ_SYNTAX_PATCH_H
#define HJ_SYNTAX_PATCH_H

#include "syntax/document.h"
#include "syntax/edit.h"

typedef enum hj_patch_mode {
	HJ_PATCH_KIND,      /* ours: keeps more comments, indents what it inserts */
	HJ_PATCH_REFERENCE, /* the reference implementation's bytes exactly (specification 11) */
} hj_patch_mode;

/*
 * Applies a patch document to a document: the edits that do it are added to `edits` (which is
 * empty). On a patch that cannot be applied: HJ_INVALID, the reference's sentence ("hujson: patch
 * operation 0: value not found") is appended to `why`, no edits. HJ_SYNTAX when one of the two does
 * not parse: the sentence is the document's error, or else the patch's. An empty list of operations
 * gives no edits. Working memory comes from the allocator of `edits`. After HJ_NO_MEMORY `edits` is
 * good for hj_edits_free only.
 */
HJ_API hj_status hj_patch_apply(const hj_document *document, const hj_document *patch,
	hj_patch_mode mode, hj_edits *edits, hj_text *why);

typedef enum hj_verb {
	HJ_ADD,    /* "add": into an array before an index or at "-", into an object anew or over */
	HJ_SET,    /* "replace" when the pointer names something, "add" otherwise */
	HJ_REMOVE, /* "remove"; value is ignored and may be NULL */
} hj_verb;

/*
 * One operation at a pointer, with a value given as its own document: comments before and after it
 * come with it. As above, but sentences have nothing before them: "value not found".
 */
HJ_API hj_status hj_patch_one(const hj_document *document, hj_verb verb, hj_slice pointer,
	const hj_document *value, hj_patch_mode mode, hj_edits *edits, hj_text *why);

#endif
