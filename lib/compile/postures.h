/*
 * Which devices meet what a rule asks of their posture, by the inventory's attributes (policy
 * language 7). What is not known counts as not met: an attribute that the inventory lacks is not set.
 *
 * Private to the compiler.
 */
#ifndef HJ_COMPILE_POSTURES_H
#define HJ_COMPILE_POSTURES_H

#include "engine/reach.h"

typedef struct hj__postures {
	hj_world *world;
	const hj_allocator *allocator;
	hj_reach *reach;  /* made when a rule first asks */
	uint64_t **meets; /* of each term that is a posture: a bit a device; NULL: not asked yet */
	hj_arena arena;
} hj__postures;

void hj__postures_begin(hj__postures *postures, hj_world *world, const hj_allocator *allocator);
void hj__postures_end(hj__postures *postures);

/* What an entry asks for: its own list, or else the default's. NULL: nothing. */
const hj_words *hj__posture_of(const hj__postures *postures, const hj_words *own);
/* Gets ready for questions about a list; NULL is allowed. HJ_NO_MEMORY only. */
hj_status hj__postures_ask(hj__postures *postures, const hj_words *asked);
/* Does a device meet one of a list that was asked for? True for NULL. */
bool hj__device_meets(const hj__postures *postures, const hj_words *asked, uint32_t device);

#endif
