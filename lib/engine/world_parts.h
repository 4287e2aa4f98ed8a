/*
 * What the files world*.c share: how a world is put together, in this order: names (world.c), ranges
 * (world_ranges.c), routes (world_routes.c), and lists made when asked for (world_devices.c).
 *
 * Shared inside the folder. Functions of type bool say whether there was memory.
 */
#ifndef HJ_ENGINE_WORLD_PARTS_H
#define HJ_ENGINE_WORLD_PARTS_H

#include "engine/world.h"

/* An address of a device. */
typedef struct hj__home {
	hj_address address;
	uint32_t device;
} hj__home;

enum { HJ__DEVICES = 1, HJ__MEMBERS = 2 }; /* bits of hj__lists.made */

/* What a term stands for, made when first asked for. */
typedef struct hj__lists {
	unsigned made;
	hj_ids devices, members;
} hj__lists;

struct hj__world_parts {
	hj__home *homes; /* by address */
	uint32_t home_count;
	hj__lists *lists;         /* of each term */
	hj_map domains;           /* → the first user of it */
	uint32_t *next_in_domain; /* of each user: the next one of its domain, or HJ_NONE */
};

/* Items of rows, in the order in which they come: row and item, one pair after the other. */
typedef struct hj__pairs {
	uint32_t (*items)[2];
	size_t count, capacity;
	const hj_allocator *allocator;
	bool ok;
} hj__pairs;
void hj__pairs_add(hj__pairs *pairs, uint32_t row, uint32_t item);
void hj__pairs_free(hj__pairs *pairs);
/*
 * Deals the items out to their rows: rows structures, `stride` bytes apart, of which `first` is the
 * list in the first. The lists are in the arena. Frees the pairs.
 */
bool hj__deal(hj__pairs *pairs, hj_arena *arena, hj_ids *first, uint32_t rows, size_t stride);

/* The first address of a device in a range; those that follow are beside it until one is outside. */
uint32_t hj__first_home(const hj_world *world, hj_range range);
bool hj__is_home_in(const hj_world *world, uint32_t home, hj_range range);

/* Room for items in the arena; of at least one, so NULL means that memory is out. */
void *hj__room(hj_arena *arena, size_t count, size_t size);

/* The ranges of every term; names must be there. */
bool hj__world_ranges(hj_world *world);
/* Addresses, approved routes, and all routes; ranges must be there. */
bool hj__world_homes(hj_world *world);
bool hj__world_routes(hj_world *world);

#endif
