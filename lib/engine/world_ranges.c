/*
 * The ranges that terms stand for: addresses, hosts, IP sets, services (policy language 3.4, 8).
 */
#include "engine/sweep.h"
#include "engine/world_parts.h"

#include "policy/operation.h"

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
	hj__votes votes;      /* of the set at hand */
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
		if (!hj__votes_add(&sets->votes, (hj__vote){ranges[i], order, !operation->removes}))
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
		hj__votes_count(
			&sets->votes, &sets->world->arena, &done->ranges, &done->range_count);
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
		if (!hj__votes_add(&sets->votes, (hj__vote){range, 0, true}))
			return false;
	}
	return sets->votes.count == 0 ||
		hj__votes_count(
			&sets->votes, &sets->world->arena, &meaning->ranges, &meaning->range_count);
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
	const hj_allocator *allocator = world->arena.allocator;
	set_reader sets = {.world = world, .policy = world->policy, .votes.allocator = allocator};
	hj_map_init(&sets.hosts, allocator);
	hj_map_init(&sets.ipsets, allocator);
	bool ok = read_hosts(&sets) && read_ipsets(&sets);
	for (uint32_t i = 0; ok && i < world->policy->term_count; i++)
		ok = mean(&sets, &world->policy->terms[i].selector, &world->meanings[i]);
	hj__votes_free(&sets.votes);
	hj_map_free(&sets.hosts);
	hj_map_free(&sets.ipsets);
	return ok;
}
