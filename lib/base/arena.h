/*
 * An arena: many small allocations, one release. Used for messages, edit texts and whatever else
 * lives exactly as long as its owner.
 */
#ifndef HJ_BASE_ARENA_H
#define HJ_BASE_ARENA_H

#include "base/text.h"

typedef struct hj_arena_block hj_arena_block;

typedef struct hj_arena {
	hj_arena_block *blocks; /* newest first */
	const hj_allocator *allocator;
} hj_arena;

HJ_API void hj_arena_init(hj_arena *arena, const hj_allocator *allocator);
/* Frees everything that came from the arena; it may be used again. */
HJ_API void hj_arena_free(hj_arena *arena);
/*
 * size bytes, aligned for pointers and 64-bit numbers, not cleared; NULL when memory is out. Never
 * moves.
 */
HJ_API void *hj_arena_alloc(hj_arena *arena, size_t size);
/*
 * A copy of the bytes, followed by a NUL that size does not count. When memory is out, *ok becomes
 * false (it is left alone otherwise) and the slice is empty.
 */
HJ_API hj_slice hj_arena_copy(hj_arena *arena, hj_slice bytes, bool *ok);

#endif
