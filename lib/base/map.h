/*
 * A map from byte strings to numbers: open addressing, insertion only. Keys are borrowed: they must
 * outlive the map. Seeded per map from its address, and the hash mixes every byte, so that a
 * hostile document cannot make look-ups slow by choosing names.
 */
#ifndef HJ_BASE_MAP_H
#define HJ_BASE_MAP_H

#include "base/text.h"

typedef struct hj_map_entry {
	hj_slice key;   /* borrowed */
	uint64_t hash;  /* 0: the slot is free */
	uint32_t value; /* the caller's */
} hj_map_entry;

typedef struct hj_map {
	hj_map_entry *entries; /* NULL while empty */
	size_t capacity;       /* slots, a power of two */
	size_t count;          /* keys */
	uint64_t seed;
	const hj_allocator *allocator;
} hj_map;

HJ_API void hj_map_init(hj_map *map, const hj_allocator *allocator);
HJ_API void hj_map_free(hj_map *map);
/* Forgets all keys; costs no more than putting them did, whatever was in the map before them. */
HJ_API void hj_map_clear(hj_map *map);
/* Room for as many keys, so that the map need not grow while they are put. */
HJ_API hj_status hj_map_reserve(hj_map *map, size_t count);
/* The value of a key, or NULL. The pointer is good until the next hj_map_put. */
HJ_API uint32_t *hj_map_get(const hj_map *map, hj_slice key);
/*
 * Puts (key, value) unless the key is there. *found (may be NULL) points to the value in the map,
 * old or new; *was_there (may be NULL) tells which.
 */
HJ_API hj_status hj_map_put(
	hj_map *map, hj_slice key, uint32_t value, uint32_t **found, bool *was_there);

#endif
