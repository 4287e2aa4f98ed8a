/*
 * Edits: the one form in which a document changes.
 *
 * An edit replaces the bytes of a span by a text; an empty span inserts, an empty text deletes. A
 * list of edits refers to one source, in ascending order and without overlap (two insertions at one
 * point are allowed and keep their order). Bytes that no edit touches cannot change.
 */
#ifndef HJ_SYNTAX_EDIT_H
#define HJ_SYNTAX_EDIT_H

#include "base/arena.h"
#include "syntax/source.h"

typedef struct hj_edit {
	hj_span span;
	hj_slice text;
} hj_edit;

typedef struct hj_edits {
	hj_edit *items;
	size_t count;
	size_t capacity;  /* items of room */
	hj_arena arena;   /* owns the texts */
	hj_status status; /* sticky: HJ_NO_MEMORY, HJ_INVALID (out of order) */
} hj_edits;

HJ_API void hj_edits_init(hj_edits *edits, const hj_allocator *allocator);
HJ_API void hj_edits_free(hj_edits *edits);
/* Adds an edit after the ones that are there; the text is copied. See status for failure. */
HJ_API void hj_edits_add(hj_edits *edits, hj_span span, hj_slice text);

/* Appends the source's bytes with the edits applied. HJ_INVALID: unordered or out of range. */
HJ_API hj_status hj_edits_apply(const hj_edit *edits, size_t count, hj_slice source, hj_text *out);

/*
 * The edits that turn `before` into `after`, line by line (common lines at both ends are kept, and
 * as many between as a bounded comparison finds). For texts that did not come from edits.
 */
HJ_API hj_status hj_edits_between(hj_slice before, hj_slice after, hj_edits *out);

/*
 * Appends a unified diff of the change, three lines of context, "--- OLD" and "+++ NEW" before the
 * first hunk; nothing when nothing changes. patch(1) and `git apply` take it, a missing final
 * line feed is marked.
 */
HJ_API hj_status hj_edits_diff(const hj_edit *edits, size_t count, hj_slice source,
	const char *old_name, const char *new_name, hj_text *out);

#endif
