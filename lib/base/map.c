#include "base/map.h"

void hj_map_init(hj_map *map, const hj_allocator *allocator)
{
	*map = (hj_map){.allocator = allocator};
	map->seed = (uint64_t)(uintptr_t)map * UINT64_C(0x9E3779B97F4A7C15);
}

void hj_map_free(hj_map *map)
{
	hj_free(map->allocator, map->entries, map->capacity * sizeof *map->entries);
	hj_map_init(map, map->allocator);
}

void hj_map_clear(hj_map *map)
{
	/* What was once huge is not cleared over and over for a few keys. */
	if (map->capacity / 16 > map->count)
		hj_map_free(map);
	else if (map->count)
		memset(map->entries, 0, map->capacity * sizeof *map->entries);
	map->count = 0;
}

static uint64_t fold_in(uint64_t hash, uint64_t word)
{
	__extension__ unsigned __int128 wide =
		(unsigned __int128)(hash ^ word ^ UINT64_C(0x9FB21C651E98DF25)) *
		UINT64_C(0xD6E8FEB86659FD93);
	return (uint64_t)wide ^ (uint64_t)(wide >> 64);
}

/* Eight bytes a step, multiply and fold: enough mixing for short names, and quick. */
static uint64_t hash_of(uint64_t seed, hj_slice key)
{
	uint64_t hash = seed ^ (key.size * UINT64_C(0xA24BAED4963EE407));
	const char *at = key.data;
	size_t left = key.size;
	uint64_t word;
	for (; left >= sizeof word; left -= sizeof word, at += sizeof word) {
		memcpy(&word, at, sizeof word);
		hash = fold_in(hash, word);
	}
	/* The rest, bytes in any order as long as it is always the same. */
	word = 0;
	if (left >= 4) {
		uint32_t low, high;
		memcpy(&low, at, sizeof low);
		memcpy(&high, at + left - sizeof high, sizeof high);
		word = (uint64_t)high << 32 | low;
	} else if (left) {
		word = (uint64_t)(unsigned char)at[0] << 16 |
			(uint64_t)(unsigned char)at[left / 2] << 8 | (unsigned char)at[left - 1];
	}
	if (left)
		hash = fold_in(hash, word);
	hash ^= hash >> 29;
	return hash ? hash : 1;
}

static hj_map_entry *slot_of(const hj_map *map, uint64_t hash, hj_slice key)
{
	size_t mask = map->capacity - 1;
	for (size_t at = (size_t)hash & mask;; at = (at + 1) & mask) {
		hj_map_entry *entry = &map->entries[at];
		if (entry->hash == 0 || (entry->hash == hash && hj_slice_equal(entry->key, key)))
			return entry;
	}
}

static hj_status widen(hj_map *map, size_t capacity)
{
	size_t bytes;
	if (!hj_multiply(capacity, sizeof(hj_map_entry), &bytes))
		return HJ_NO_MEMORY;
	hj_map wider = *map;
	wider.entries = hj_alloc(map->allocator, bytes);
	if (!wider.entries)
		return HJ_NO_MEMORY;
	memset(wider.entries, 0, bytes);
	wider.capacity = capacity;
	for (size_t i = 0; i < map->capacity; i++) {
		const hj_map_entry *entry = &map->entries[i];
		if (entry->hash)
			*slot_of(&wider, entry->hash, entry->key) = *entry;
	}
	hj_free(map->allocator, map->entries, map->capacity * sizeof *map->entries);
	*map = wider;
	return HJ_OK;
}

hj_status hj_map_reserve(hj_map *map, size_t count)
{
	size_t capacity = 16;
	while (capacity / 4 * 3 <= count && capacity <= SIZE_MAX / 2)
		capacity *= 2;
	return capacity > map->capacity ? widen(map, capacity) : HJ_OK;
}

uint32_t *hj_map_get(const hj_map *map, hj_slice key)
{
	if (map->count == 0)
		return NULL;
	hj_map_entry *entry = slot_of(map, hash_of(map->seed, key), key);
	return entry->hash ? &entry->value : NULL;
}

hj_status hj_map_put(hj_map *map, hj_slice key, uint32_t value, uint32_t **found, bool *was_there)
{
	/* At most three slots of four in use. */
	if (map->count >= map->capacity / 4 * 3) {
		hj_status status = widen(map, map->capacity ? map->capacity * 2 : 16);
		if (status)
			return status;
	}
	uint64_t hash = hash_of(map->seed, key);
	hj_map_entry *entry = slot_of(map, hash, key);
	if (was_there)
		*was_there = entry->hash != 0;
	if (entry->hash == 0) {
		*entry = (hj_map_entry){key, hash, value};
		map->count++;
	}
	if (found)
		*found = &entry->value;
	return HJ_OK;
}
