/*
 * Cuts: where any range begins or ends. Between two cuts all addresses are alike.
 */
#include "engine/reach_parts.h"

#include <stdlib.h>

static int by_address(const void *a, const void *b)
{
	return hj_address_compare(*(const hj_address *)a, *(const hj_address *)b);
}

static void add_cut(hj_reach *reach, hj_address address)
{
	hj__cuts *cuts = &reach->cuts;
	if (cuts->count == cuts->capacity &&
		hj_grow(reach->allocator, &cuts->items, &cuts->capacity, cuts->count + 1,
			sizeof *cuts->items))
		reach->status = HJ_NO_MEMORY;
	else
		cuts->items[cuts->count++] = address;
}

static void add_ends(hj_reach *reach, hj_range range)
{
	add_cut(reach, range.first);
	if (hj_address_next(&range.last))
		add_cut(reach, range.last);
}

static void add_addresses(hj_reach *reach, const hj_address *addresses, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		add_ends(reach, (hj_range){addresses[i], addresses[i]});
}

static void make_cuts(hj_reach *reach)
{
	const hj_world *world = reach->world;
	hj__cuts *cuts = &reach->cuts;
	uint32_t count;
	cuts->count = 0;
	const hj_range *tailnet = hj_tailnet_ranges(&count);
	for (uint32_t i = 0; i < count; i++)
		add_ends(reach, tailnet[i]);
	for (uint32_t term = 0; term < reach->all; term++)
		for (uint32_t i = 0; i < world->meanings[term].range_count; i++)
			add_ends(reach, world->meanings[term].ranges[i]);
	for (uint32_t i = 0; i < world->device_count; i++)
		add_addresses(reach, world->inventory->devices[i].addresses,
			world->inventory->devices[i].address_count);
	for (uint32_t i = 0; i < world->service_count; i++)
		add_addresses(
			reach, world->services[i].addresses, world->services[i].address_count);
	for (uint32_t i = 0; i < world->route_count; i++)
		add_ends(reach, hj_prefix_range(world->routes[i].prefix));
	if (reach->status)
		return;
	qsort(cuts->items, cuts->count, sizeof *cuts->items, by_address);
	size_t kept = 0;
	for (size_t i = 0; i < cuts->count; i++)
		if (i == 0 || hj_address_compare(cuts->items[i], cuts->items[kept - 1]) != 0)
			cuts->items[kept++] = cuts->items[i];
	cuts->count = kept;
	cuts->made = true;
}

/* The first cut behind an address. */
static size_t cut_after(const hj__cuts *cuts, hj_address address)
{
	size_t from = 0, to = cuts->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (hj_address_compare(cuts->items[middle], address) <= 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

void hj__cut(hj_reach *reach, hj_range range, hj_subjects *out)
{
	hj__cuts *cuts = &reach->cuts;
	bool one = hj_address_compare(range.first, range.last) == 0;
	if (!one && !cuts->made)
		make_cuts(reach);
	hj_subject part = {.kind = HJ_SUBJECT_RANGE, .index = HJ_NONE, .range = range};
	for (size_t at = one ? cuts->count : cut_after(cuts, range.first); !reach->status &&
		at < cuts->count && hj_address_compare(cuts->items[at], range.last) <= 0;
		at++) {
		part.range.last = cuts->items[at];
		hj_address_previous(&part.range.last);
		hj__subjects_add(reach, out, part);
		part.range.first = cuts->items[at];
	}
	part.range.last = range.last;
	if (!reach->status)
		hj__subjects_add(reach, out, part);
}
