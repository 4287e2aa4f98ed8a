/*
 * A JSON Pointer taken apart, segment by segment, with the reference's sentences for what is wrong.
 *
 * Shared by the two trees that pointers are looked up in: documents and the patcher's overlay.
 */
#ifndef HJ_SYNTAX_POINTER_WALK_H
#define HJ_SYNTAX_POINTER_WALK_H

#include "base/text.h"

typedef struct hj__walk {
	hj_slice pointer; /* borrowed */
	size_t used;      /* bytes of it behind us */
	hj_slice segment; /* the current one, unescaped; good until the next step */
	hj_text scratch;  /* holds the segment when it had escapes */
	hj_text name;     /* the name compared last, when it had escapes */
} hj__walk;

void hj__walk_init(hj__walk *walk, hj_slice pointer, const hj_allocator *allocator);
void hj__walk_free(hj__walk *walk);

static inline bool hj__walk_done(const hj__walk *walk)
{
	return walk->used == walk->pointer.size;
}

/*
 * Goes on to the next segment; there must be one. `container`: is the value reached so far one?
 * HJ_INVALID: the sentence is appended to `why` (may be NULL).
 */
hj_status hj__walk_next(hj__walk *walk, bool container, hj_text *why);

/*
 * The current segment as an array index; "-" gives HJ__PAST_THE_END. Compare with the number of
 * elements: any index may be past it. HJ_INVALID as above.
 */
#define HJ__PAST_THE_END UINT64_MAX
hj_status hj__walk_index(const hj__walk *walk, uint64_t *index, hj_text *why);

/*
 * Does a name, given as its token, equal the current segment? A name without backslash is compared
 * as raw bytes. HJ_NO_MEMORY or HJ_OK.
 */
hj_status hj__walk_names(hj__walk *walk, hj_slice token, bool *equal);

/* Appends "value not found" to `why` (may be NULL), returns HJ_NOT_FOUND. */
hj_status hj__not_found(hj_text *why);

#endif
