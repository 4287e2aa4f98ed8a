/*
 * Memory for credentials: an allocator that overwrites each block before it gives it back, so that
 * nothing of a token stays in memory that is free.
 */
#ifndef HJ_API_WIPE_H
#define HJ_API_WIPE_H

#include "base/alloc.h"

typedef struct hj_wiping {
	hj_allocator allocator;    /* use this one */
	const hj_allocator *inner; /* where blocks come from; NULL: libc */
} hj_wiping;

/* The structure is the caller's and must outlive every block; it must not move. */
void hj_wiping_init(hj_wiping *wiping, const hj_allocator *inner);

#endif
