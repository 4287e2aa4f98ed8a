#include "engine/sweep.h"

#include <stdlib.h>

static int by_first(const void *a, const void *b)
{
	const hj__vote *one = a, *other = b;
	return hj_address_compare(one->range.first, other->range.first);
}

static int by_address(const void *a, const void *b)
{
	const hj_address *one = a, *other = b;
	return hj_address_compare(*one, *other);
}

/* A heap of votes, the latest operation on top. */
static void push(const hj__vote *items, uint32_t *heap, size_t count, uint32_t added)
{
	size_t at = count;
	while (at && items[heap[(at - 1) / 2]].order < items[added].order) {
		heap[at] = heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	heap[at] = added;
}

static void pop(const hj__vote *items, uint32_t *heap, size_t count)
{
	uint32_t moved = heap[count - 1];
	size_t at = 0, child;
	while ((child = 2 * at + 1) < count - 1) {
		if (child + 1 < count - 1 &&
			items[heap[child]].order < items[heap[child + 1]].order)
			child++;
		if (items[heap[child]].order <= items[moved].order)
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moved;
}

/* Appends a range behind the others; what touches becomes one. */
static void extend(hj_range *ranges, uint32_t *count, hj_range range)
{
	if (*count) {
		hj_address after = ranges[*count - 1].last;
		if (hj_address_next(&after) && hj_address_compare(after, range.first) == 0) {
			ranges[*count - 1].last = range.last;
			return;
		}
	}
	ranges[(*count)++] = range;
}

/* Scratch: `places` has room for two a vote, `heap` for one. Room for one range a place in out. */
static uint32_t sweep(hj__votes *votes, hj_address *places, uint32_t *heap, hj_range *out)
{
	hj__vote *items = votes->items;
	size_t place_count = 0, active = 0, next = 0;
	uint32_t count = 0;
	qsort(items, votes->count, sizeof *items, by_first);
	for (size_t i = 0; i < votes->count; i++) {
		hj_address after = items[i].range.last;
		places[place_count++] = items[i].range.first;
		if (hj_address_next(&after))
			places[place_count++] = after;
	}
	qsort(places, place_count, sizeof *places, by_address);
	for (size_t i = 0; i < place_count; i++) {
		if (i && hj_address_compare(places[i - 1], places[i]) == 0)
			continue;
		while (next < votes->count &&
			hj_address_compare(items[next].range.first, places[i]) == 0)
			push(items, heap, active++, (uint32_t)next++);
		while (active && hj_address_compare(items[heap[0]].range.last, places[i]) < 0)
			pop(items, heap, active--);
		if (!active || !items[heap[0]].adds)
			continue;
		hj_range range = {places[i], items[heap[0]].range.last};
		for (size_t j = i + 1; j < place_count; j++) {
			if (hj_address_compare(places[j], places[i]) == 0)
				continue;
			if (places[j].v6 == places[i].v6) {
				range.last = places[j];
				hj_address_previous(&range.last);
			}
			break;
		}
		extend(out, &count, range);
	}
	return count;
}

bool hj__votes_count(hj__votes *votes, hj_arena *arena, const hj_range **ranges, uint32_t *count)
{
	const hj_allocator *allocator = votes->allocator;
	size_t places = votes->count * 2;
	hj_range *out = hj_alloc(allocator, places * sizeof *out);
	hj_address *place = hj_alloc(allocator, places * sizeof *place);
	uint32_t *heap = hj_alloc(allocator, votes->count * sizeof *heap);
	hj_range *kept = NULL;
	if (out && place && heap) {
		*count = sweep(votes, place, heap, out);
		kept = hj_arena_alloc(arena, *count * sizeof *kept);
		if (kept && *count)
			memcpy(kept, out, *count * sizeof *kept);
		*ranges = kept;
	}
	hj_free(allocator, out, places * sizeof *out);
	hj_free(allocator, place, places * sizeof *place);
	hj_free(allocator, heap, votes->count * sizeof *heap);
	return kept;
}

bool hj__votes_add(hj__votes *votes, hj__vote added)
{
	if (votes->count == votes->capacity &&
		hj_grow(votes->allocator, &votes->items, &votes->capacity, votes->count + 1,
			sizeof *votes->items))
		return false;
	votes->items[votes->count++] = added;
	return true;
}

void hj__votes_free(hj__votes *votes)
{
	hj_free(votes->allocator, votes->items, votes->capacity * sizeof *votes->items);
	*votes = (hj__votes){.allocator = votes->allocator};
}
