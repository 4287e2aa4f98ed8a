/*
 * Operations on sets of addresses, run in order: the last one that covers an address decides on it. A
 * sweep over the addresses where that changes costs n log n, however additions and removals
 * alternate.
 *
 * Private to the world.
 */
#ifndef HJ_ENGINE_SWEEP_H
#define HJ_ENGINE_SWEEP_H

#include "base/address.h"
#include "base/arena.h"

typedef struct hj__vote {
	hj_range range;
	uint32_t order; /* of the operation; one may have many ranges */
	bool adds;
} hj__vote;

typedef struct hj__votes {
	hj__vote *items;
	size_t count, capacity;
	const hj_allocator *allocator;
} hj__votes;

/* These are false when memory is out. */
bool hj__votes_add(hj__votes *votes, hj__vote added);
/* What one vote at least adds up to: disjoint ascending ranges in the arena. Sorts the votes. */
bool hj__votes_count(hj__votes *votes, hj_arena *arena, const hj_range **ranges, uint32_t *count);
void hj__votes_free(hj__votes *votes);

#endif
