/*
 * Addresses as packet filters write them: each text once, numbered in the order of their bytes, so
 * that sorted numbers are sorted texts (control plane 3.1, 3.5).
 *
 * Private to the compiler. Texts are those of the devices' addresses, of the terms' ranges, of the
 * approved routes, of the tailnet, "*", and what of ranges that cross the tailnet's border lies outside.
 */
#ifndef HJ_COMPILE_TEXTS_H
#define HJ_COMPILE_TEXTS_H

#include "engine/world_parts.h"

typedef struct hj__texts {
	const hj_world *world;
	hj_slice *items; /* ascending, each once */
	uint32_t count;
	uint32_t *number_of; /* of everything that has a text, in this order: */
	uint32_t *homes;     /* of each device: the place of its first address in number_of */
	uint32_t *ranges;    /* of each term: the place of its first range */
	uint32_t routes, tailnet, star;
	/* Of each term's range, one after the other, and of everything: the place of the first piece
	   outside the tailnet; then where the last ones end. */
	uint32_t *outside;
	uint32_t range_count; /* of all terms */
	hj_arena arena;
} hj__texts;

/* n log n in what has a text. HJ_NO_MEMORY: there is nothing to free. */
hj_status hj__texts_build(const hj_world *world, const hj_allocator *allocator, hj__texts *out);
void hj__texts_free(hj__texts *texts);

/* The numbers of a device's addresses, of a term's ranges, of the routes, of the tailnet's ranges. */
static inline const uint32_t *hj__home_texts(const hj__texts *texts, uint32_t device)
{
	return texts->number_of + texts->homes[device];
}
/* The number of one address of a device. */
uint32_t hj__home_text(const hj__texts *texts, const hj__home *home);
static inline const uint32_t *hj__range_texts(const hj__texts *texts, uint32_t term)
{
	return texts->number_of + texts->ranges[term];
}
/*
 * The numbers of what lies outside the tailnet: of a term's range that touches it, else none; of everything
 * for term HJ_NONE.
 */
const uint32_t *hj__outside_texts(
	const hj__texts *texts, uint32_t term, uint32_t at, uint32_t *count);

#endif
