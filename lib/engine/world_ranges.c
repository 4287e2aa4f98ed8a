/*
 * The ranges that terms stand for: addresses, hosts, IP sets, services (policy language 3.4, 8).
 */
#include "engine/world_parts.h"

#include "policy/operation.h"

#include <stdlib.h>

#define V4(a, b, c, d) ((uint64_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))
#define V4_RANGE(from, to)                                                                         \
	{                                                                                          \
		{0, from, false},                                                                  \
		{                                                                                  \
			0, to, false                                                               \
		}                                                                                  \
	}

/* 100.64.0.0/10 without 100.115.92.0/23, and fd7a:115c:a1e0::/48. */
static const hj_range tailnet_ranges[] = {
	V4_RANGE(V4(100, 64, 0, 0), V4(100, 115, 91, 255)),
	V4_RANGE(V4(100, 115, 94, 0), V4(100, 127, 255, 255)),
	{{UINT64_C(0xfd7a115ca1e00000), 0, true}, {UINT64_C(0xfd7a115ca1e0ffff), UINT64_MAX, true}},
};

/* Without 10/8, 100.64/10, 169.254/16, 172.16/12, 192.168/16; and 2000::/3. */
static const hj_range internet_ranges[] = {
	V4_RANGE(V4(0, 0, 0, 0), V4(9, 255, 255, 255)),
	V4_RANGE(V4(11, 0, 0, 0), V4(100, 63, 255, 255)),
	V4_RANGE(V4(100, 128, 0, 0), V4(169, 253, 255, 255)),
	V4_RANGE(V4(169, 255, 0, 0), V4(172, 15, 255, 255)),
	V4_RANGE(V4(172, 32, 0, 0), V4(192, 167, 255, 255)),
	V4_RANGE(V4(192, 169, 0, 0), V4(255, 255, 255, 255)),
	{{UINT64_C(0x2000000000000000), 0, true}, {UINT64_C(0x3fffffffffffffff), UINT64_MAX, true}},
};

enum {
	TAILNET_RANGES = sizeof tailnet_ranges / sizeof *tailnet_ranges,
	INTERNET_RANGES = sizeof internet_ranges / sizeof *internet_ranges
};

const hj_range *hj_tailnet_ranges(uint32_t *count)
{
	*count = TAILNET_RANGES;
	return tailnet_ranges;
}

const hj_range *hj_internet_ranges(uint32_t *count)
{
	*count = INTERNET_RANGES;
	return internet_ranges;
}

bool hj_tailnet_contains(hj_range range)
{
	for (size_t i = 0; i < TAILNET_RANGES; i++)
		if (hj_range_contains(tailnet_ranges[i], range))
			return true;
	return false;
}

bool hj_tailnet_overlaps(hj_range range)
{
	for (size_t i = 0; i < TAILNET_RANGES; i++)
		if (hj_range_overlaps(tailnet_ranges[i], range))
			return true;
	return false;
}

/* -- the last word ------------------------------------------------------------------------------- */

/*
 * Operations run in order, so the last one that covers an address decides on it. A sweep over the
 * addresses where that changes costs n log n, however additions and removals alternate.
 */
typedef struct vote {
	hj_range range;
	uint32_t order;
	bool adds;
} vote;

typedef struct vote_list {
	vote *items;
	size_t count, capacity;
} vote_list;

static int by_first(const void *a, const void *b)
{
	const vote *one = a, *other = b;
	return hj_address_compare(one->range.first, other->range.first);
}

static int by_address(const void *a, const void *b)
{
	const hj_address *one = a, *other = b;
	return hj_address_compare(*one, *other);
}

/* A heap of votes, the latest operation on top. */
static void push(const vote *items, uint32_t *heap, size_t count, uint32_t added)
{
	size_t at = count;
	while (at && items[heap[(at - 1) / 2]].order < items[added].order) {
		heap[at] = heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	heap[at] = added;
}

static void pop(const vote *items, uint32_t *heap, size_t count)
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
static uint32_t sweep(vote_list *votes, hj_address *places, uint32_t *heap, hj_range *out)
{
	vote *items = votes->items;
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

/* The ranges that operations add up to, in the arena. False: memory is out. */
static bool count_votes(hj_arena *arena, vote_list *votes, const hj_range **ranges, uint32_t *count)
{
	const hj_allocator *allocator = arena->allocator;
	size_t places = votes->count * 2;
	hj_range *out = hj_alloc(allocator, places * sizeof *out);
	hj_address *place = hj_alloc(allocator, places * sizeof *place);
	uint32_t *heap = hj_alloc(allocator, votes->count * sizeof *heap);
	hj_range *kept = NULL;
	if (out && place && heap) {
		*count = sweep(votes, place, heap, out);
		kept = hj__room(arena, *count, sizeof *kept);
		if (kept && *count)
			memcpy(kept, out, *count * sizeof *kept);
		*ranges = kept;
	}
	hj_free(allocator, out, places * sizeof *out);
	hj_free(allocator, place, places * sizeof *place);
	hj_free(allocator, heap, votes->count * sizeof *heap);
	return kept;
}

static bool add_vote(const hj_allocator *allocator, vote_list *votes, vote added)
{
	if (votes->count == votes->capacity &&
		hj_grow(allocator, &votes->items, &votes->capacity, votes->count + 1,
			sizeof *votes->items))
		return false;
	votes->items[votes->count++] = added;
	return true;
}

/* -- hosts and IP sets --------------------------------------------------------------------------- */

typedef struct set {
	const hj_range *ranges;
	uint32_t range_count;
	enum { NEW, OPEN, DONE } state;
} set;

typedef struct set_reader {
	hj_world *world;
	const hj_policy *policy;
	hj_map hosts, ipsets; /* by name without prefix → the entry */
	set *host, *ipset;    /* of each entry */
	vote_list votes;      /* of the set at hand */
} set_reader;

/* A range with an owner, alone in the arena. */
static bool one_range(set_reader *sets, hj_range range, const hj_range **ranges, uint32_t *count)
{
	hj_range *kept = hj__room(&sets->world->arena, 1, sizeof *kept);
	if (!kept)
		return false;
	*kept = range;
	*ranges = kept;
	*count = 1;
	return true;
}

static bool read_hosts(set_reader *sets)
{
	const hj_entries *hosts = &sets->policy->hosts;
	sets->host = hj__room(&sets->world->arena, hosts->count, sizeof *sets->host);
	for (uint32_t i = 0; i < hosts->count; i++) {
		if (!sets->host ||
			hj_map_put(&sets->hosts, hj_trim(hosts->items[i].name.text), i, NULL, NULL))
			return false;
		hj_selector value = hj_selector_parse(hosts->items[i].word.text);
		sets->host[i] = (set){0};
		if ((value.kind == HJ_SELECT_ADDRESS || value.kind == HJ_SELECT_PREFIX) &&
			!one_range(sets, value.range, &sets->host[i].ranges,
				&sets->host[i].range_count))
			return false;
	}
	return sets->host;
}

static set *find_set(set_reader *sets, const hj_selector *selector)
{
	bool ipset = selector->kind == HJ_SELECT_IPSET;
	const uint32_t *at = hj_map_get(ipset ? &sets->ipsets : &sets->hosts, selector->name);
	return !at ? NULL : ipset ? &sets->ipset[*at] : &sets->host[*at];
}

/* One operation of a set. A set that is not done is part of a cycle, which adds nothing. */
static bool vote_on(set_reader *sets, const hj_operation *operation, uint32_t order)
{
	const hj_allocator *allocator = sets->world->arena.allocator;
	const hj_selector *target = &operation->selector;
	const hj_range *ranges = &target->range;
	uint32_t count = 0;
	if (!hj_operation_fits(target) || target->kind == HJ_SELECT_TEMPLATE)
		return true;
	if (target->kind == HJ_SELECT_AUTOGROUP) {
		ranges = hj_internet_ranges(&count);
	} else if (target->kind == HJ_SELECT_IPSET || target->kind == HJ_SELECT_HOST_PREFIX) {
		const set *named = find_set(sets, target);
		ranges = named ? named->ranges : NULL;
		count = named ? named->range_count : 0;
	} else {
		count = 1;
	}
	for (uint32_t i = 0; i < count; i++)
		if (!add_vote(
			    allocator, &sets->votes, (vote){ranges[i], order, !operation->removes}))
			return false;
	return true;
}

static bool settle(set_reader *sets, uint32_t at)
{
	const hj_words *words = &sets->policy->ipsets.items[at].words;
	set *done = &sets->ipset[at];
	hj_operation operation;
	sets->votes.count = 0;
	for (uint32_t i = 0; i < words->count; i++)
		if (hj_operation_parse(words->items[i].text, &operation) &&
			!vote_on(sets, &operation, i))
			return false;
	done->state = DONE;
	return sets->votes.count == 0 ||
		count_votes(&sets->world->arena, &sets->votes, &done->ranges, &done->range_count);
}

/* A set whose parts are being settled first. */
typedef struct frame {
	uint32_t ipset, next; /* the operation to look at */
} frame;

/* The next set that an unfinished one needs and that nobody has begun. */
static bool next_needed(set_reader *sets, frame *top, uint32_t *needed)
{
	const hj_words *words = &sets->policy->ipsets.items[top->ipset].words;
	hj_operation operation;
	while (top->next < words->count) {
		if (!hj_operation_parse(words->items[top->next++].text, &operation) ||
			operation.selector.kind != HJ_SELECT_IPSET)
			continue;
		const set *named = find_set(sets, &operation.selector);
		if (named && named->state == NEW) {
			*needed = (uint32_t)(named - sets->ipset);
			return true;
		}
	}
	return false;
}

static bool settle_all(set_reader *sets)
{
	uint32_t total = sets->policy->ipsets.count, needed;
	frame *stack = hj__room(&sets->world->arena, total, sizeof *stack);
	for (uint32_t i = 0, depth; stack && i < total; i++) {
		if (sets->ipset[i].state != NEW)
			continue;
		sets->ipset[i].state = OPEN;
		stack[0] = (frame){i, 0};
		for (depth = 1; depth;) {
			if (next_needed(sets, &stack[depth - 1], &needed)) {
				sets->ipset[needed].state = OPEN;
				stack[depth++] = (frame){needed, 0};
			} else if (!settle(sets, stack[--depth].ipset)) {
				return false;
			}
		}
	}
	return stack;
}

static bool read_ipsets(set_reader *sets)
{
	const hj_entries *ipsets = &sets->policy->ipsets;
	sets->ipset = hj__room(&sets->world->arena, ipsets->count, sizeof *sets->ipset);
	for (uint32_t i = 0; i < ipsets->count; i++) {
		if (!sets->ipset)
			return false;
		sets->ipset[i] = (set){0};
		hj_selector name = hj_selector_parse(ipsets->items[i].name.text);
		if (name.kind == HJ_SELECT_IPSET &&
			hj_map_put(&sets->ipsets, name.name, i, NULL, NULL))
			return false;
	}
	return sets->ipset && settle_all(sets);
}

/* -- terms --------------------------------------------------------------------------------------- */

static bool service_ranges(
	set_reader *sets, const hj_inventory_service *service, hj_meaning *meaning)
{
	sets->votes.count = 0;
	for (uint32_t i = 0; i < service->address_count; i++) {
		hj_range range = {service->addresses[i], service->addresses[i]};
		if (!add_vote(sets->world->arena.allocator, &sets->votes, (vote){range, 0, true}))
			return false;
	}
	return sets->votes.count == 0 ||
		count_votes(
			&sets->world->arena, &sets->votes, &meaning->ranges, &meaning->range_count);
}

static bool mean(set_reader *sets, const hj_selector *term, hj_meaning *meaning)
{
	const set *named;
	switch (term->kind) {
	case HJ_SELECT_ADDRESS:
	case HJ_SELECT_PREFIX:
	case HJ_SELECT_RANGE:
		meaning->ranges = &term->range;
		meaning->range_count = 1;
		return true;
	case HJ_SELECT_AUTOGROUP:
		if (term->autogroup == HJ_AUTOGROUP_INTERNET)
			meaning->ranges = hj_internet_ranges(&meaning->range_count);
		return true;
	case HJ_SELECT_WORD:
	case HJ_SELECT_HOST_PREFIX:
	case HJ_SELECT_IPSET:
		named = find_set(sets, term);
		meaning->defined = named;
		meaning->ranges = named ? named->ranges : NULL;
		meaning->range_count = named ? named->range_count : 0;
		return true;
	case HJ_SELECT_SERVICE:
		return meaning->index == HJ_NONE ||
			service_ranges(sets, &sets->world->services[meaning->index], meaning);
	default: return true;
	}
}

bool hj__world_ranges(hj_world *world)
{
	set_reader sets = {.world = world, .policy = world->policy};
	const hj_allocator *allocator = world->arena.allocator;
	hj_map_init(&sets.hosts, allocator);
	hj_map_init(&sets.ipsets, allocator);
	bool ok = read_hosts(&sets) && read_ipsets(&sets);
	for (uint32_t i = 0; ok && i < world->policy->term_count; i++)
		ok = mean(&sets, &world->policy->terms[i].selector, &world->meanings[i]);
	hj_free(allocator, sets.votes.items, sets.votes.capacity * sizeof *sets.votes.items);
	hj_map_free(&sets.hosts);
	hj_map_free(&sets.ipsets);
	return ok;
}
