#include "engine/filter_parts.h"

#include <stdlib.h>

/* -- shared -------------------------------------------------------------------------------------------- */

bool hj__filter_grow(
	hj_filter *filter, void *block, size_t *capacity, size_t needed, size_t item_size)
{
	if (filter->ok && needed > *capacity &&
		(needed >= HJ_NONE ||
			hj_grow(filter->arena.allocator, block, capacity, needed, item_size)))
		filter->ok = false;
	return filter->ok;
}

void hj__filter_number(hj_filter *filter, uint32_t number)
{
	if (hj__filter_grow(filter, &filter->numbers, &filter->number_capacity,
		    filter->number_count + 1, sizeof *filter->numbers))
		filter->numbers[filter->number_count++] = number;
}

int hj__by_number(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	return one < other ? -1 : one > other;
}

/* -- deliveries to each device ------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
	const hj__delivery *one = a, *other = b;
	if (one->rule != other->rule)
		return one->rule < other->rule ? -1 : 1;
	return one->order < other->order ? -1 : one->order > other->order;
}

/* Only merged rules make an order that is not that of delivery. */
static void sort(hj__delivery *items, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (by_place(&items[i - 1], &items[i]) > 0) {
			qsort(items, count, sizeof *items, by_place);
			return;
		}
}

static bool sort_by_device(hj_filter *filter)
{
	uint32_t devices = filter->world->device_count;
	hj__deliveries *here = &filter->here;
	hj__delivery *sorted = NULL;
	size_t capacity = 0;
	filter->starts = hj__room(&filter->arena, (size_t)devices + 2, sizeof *filter->starts);
	if (!filter->starts ||
		hj_grow(filter->arena.allocator, &sorted, &capacity, here->count + 1,
			sizeof *sorted))
		return false;
	size_t *starts = filter->starts;
	memset(starts, 0, ((size_t)devices + 2) * sizeof *starts);
	for (size_t i = 0; i < here->count; i++)
		starts[here->items[i].device + 2]++;
	for (uint32_t i = 2; i < devices + 2; i++)
		starts[i] += starts[i - 1];
	for (size_t i = 0; i < here->count; i++)
		sorted[starts[here->items[i].device + 1]++] = here->items[i];
	hj_free(filter->arena.allocator, here->items, here->capacity * sizeof *here->items);
	here->items = sorted;
	here->capacity = capacity;
	for (uint32_t i = 0; i < devices; i++)
		sort(sorted + starts[i], starts[i + 1] - starts[i]);
	sort(filter->everywhere.items, filter->everywhere.count);
	return true;
}

/* What stands behind the address of each port range. */
static bool write_ports(hj_filter *filter)
{
	hj_text *text = &filter->scratch;
	filter->port_texts =
		hj__room(&filter->arena, filter->port_count, sizeof *filter->port_texts);
	filter->ok = filter->ok && filter->port_texts;
	for (size_t i = 0; filter->ok && i < filter->port_count; i++) {
		hj_text_clear(text);
		hj_text_printf(text, "\", \"Ports\": {\"First\": %u, \"Last\": %u}}",
			filter->ports[i].first, filter->ports[i].last);
		filter->port_texts[i] =
			hj_arena_copy(&filter->arena, hj_text_slice(text), &filter->ok);
	}
	return filter->ok && !text->status;
}

/* -- the whole --------------------------------------------------------------------------------------------- */

static bool build(hj_filter *filter)
{
	const hj_world *world = filter->world;
	filter->own_sources =
		hj__room(&filter->arena, world->user_count, sizeof *filter->own_sources);
	filter->stamps = hj__room(&filter->arena, world->device_count, sizeof *filter->stamps);
	if (!filter->own_sources || !filter->stamps)
		return false;
	for (uint32_t i = 0; i < world->user_count; i++)
		filter->own_sources[i] = HJ_NONE;
	memset(filter->stamps, 0, world->device_count * sizeof *filter->stamps);
	if (!hj__find_routers(filter))
		return false;
	hj__filter_entries(filter);
	return filter->ok && write_ports(filter) && sort_by_device(filter);
}

hj_status hj_filter_build(hj_world *world, const hj__texts *texts, hj__postures *postures,
	const hj_allocator *allocator, hj_filter **out)
{
	hj_filter *filter = hj_alloc(allocator, sizeof *filter);
	if (!filter)
		return HJ_NO_MEMORY;
	*filter = (hj_filter){.world = world,
		.policy = world->policy,
		.texts = texts,
		.postures = postures,
		.ok = true};
	hj_arena_init(&filter->arena, allocator);
	hj_map_init(&filter->by_terms, allocator);
	hj_map_init(&filter->by_texts, allocator);
	hj_map_init(&filter->merged, allocator);
	hj_text_init(&filter->scratch, allocator);
	if (build(filter)) {
		*out = filter;
		return HJ_OK;
	}
	hj_filter_free(filter);
	return HJ_NO_MEMORY;
}

void hj_filter_free(hj_filter *filter)
{
	if (!filter)
		return;
	const hj_allocator *allocator = filter->arena.allocator;
	hj_free(allocator, filter->sources, filter->source_capacity * sizeof *filter->sources);
	hj_free(allocator, filter->rules, filter->rule_capacity * sizeof *filter->rules);
	hj_free(allocator, filter->capabilities,
		filter->capability_capacity * sizeof *filter->capabilities);
	hj_free(allocator, filter->ports, filter->port_capacity * sizeof *filter->ports);
	hj_free(allocator, filter->port_lists,
		filter->port_list_capacity * sizeof *filter->port_lists);
	hj_free(allocator, filter->everywhere.items,
		filter->everywhere.capacity * sizeof *filter->everywhere.items);
	hj_free(allocator, filter->here.items, filter->here.capacity * sizeof *filter->here.items);
	hj_free(allocator, filter->shadows, filter->shadow_capacity * sizeof *filter->shadows);
	hj_free(allocator, filter->numbers, filter->number_capacity * sizeof *filter->numbers);
	hj_map_free(&filter->by_terms);
	hj_map_free(&filter->by_texts);
	hj_map_free(&filter->merged);
	hj_text_free(&filter->scratch);
	hj_arena_free(&filter->arena);
	hj_free(allocator, filter, sizeof *filter);
}

/* -- writing ------------------------------------------------------------------------------------------------- */

/* Deliveries to a device that are still to be written: its own, and everybody's. */
typedef struct cursor {
	const hj__delivery *own, *own_end, *all, *all_end;
} cursor;

/* The next one of a rule, in order; NULL: the rule is done. */
static const hj__delivery *next_of(cursor *at, uint32_t rule)
{
	bool own = at->own < at->own_end && at->own->rule == rule;
	bool all = at->all < at->all_end && at->all->rule == rule;
	if (own && (!all || at->own->order < at->all->order))
		return at->own++;
	return all ? at->all++ : NULL;
}

/* One address with all its ports, as listed. */
static void write_entries(hj_filter *filter, uint32_t ports, hj_slice address, bool *any)
{
	hj_text *text = &filter->scratch;
	const hj__port_list *list = &filter->port_lists[ports];
	for (uint32_t i = 0; i < list->count; i++) {
		hj_text_append(text, *any ? HJ_SLICE(", {\"IP\": \"") : HJ_SLICE("{\"IP\": \""));
		hj_text_append(text, address);
		hj_text_append(text, filter->port_texts[list->first + i]);
		*any = true;
	}
}

/* As recorded: the last one is no prefix there, though it could be one. */
static const char *const internet_texts[] = {
	"0.0.0.0-9.255.255.255",
	"11.0.0.0-100.63.255.255",
	"100.128.0.0-169.253.255.255",
	"169.255.0.0-172.15.255.255",
	"172.32.0.0-192.167.255.255",
	"192.169.0.0-255.255.255.255",
	"2000::-3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};

static bool write_ports_rule(hj_filter *filter, uint32_t device, uint32_t rule, cursor *at)
{
	hj_text *text = &filter->scratch;
	const uint32_t *homes = hj__home_texts(filter->texts, device);
	uint32_t home_count = filter->world->inventory->devices[device].address_count;
	bool any = false;
	hj_text_str(text, "\"DstPorts\": [");
	for (const hj__delivery *entry; (entry = next_of(at, rule));) {
		if (entry->text == HJ__OWN)
			for (uint32_t i = 0; i < home_count; i++)
				write_entries(
					filter, entry->ports, filter->texts->items[homes[i]], &any);
		else if (entry->text == HJ__INTERNET)
			for (size_t i = 0; i < sizeof internet_texts / sizeof *internet_texts; i++)
				write_entries(filter, entry->ports, hj_slice_str(internet_texts[i]),
					&any);
		else
			write_entries(
				filter, entry->ports, filter->texts->items[entry->text], &any);
	}
	if (filter->rules[rule].protocol >= 0)
		hj_text_printf(text, "], \"IPProto\": [%d]}", filter->rules[rule].protocol);
	else
		hj_text_str(text, "]}");
	return any;
}

/* The device's own addresses that are covered, IPv4 first. */
static bool write_capability_rule(hj_filter *filter, uint32_t device, uint32_t rule, cursor *at)
{
	hj_text *text = &filter->scratch;
	const hj_device *it = &filter->world->inventory->devices[device];
	const uint32_t *homes = hj__home_texts(filter->texts, device);
	const cursor begin = *at;
	bool any = false;
	hj_text_str(text, "\"CapGrant\": [{\"Dsts\": [");
	for (uint32_t i = 0; i < it->address_count; i++) {
		bool covered = false;
		*at = begin;
		for (const hj__delivery *entry; (entry = next_of(at, rule));)
			covered = covered || entry->text == HJ__OWN || entry->text == homes[i];
		if (!covered)
			continue;
		hj_text_str(text, any ? ", \"" : "\"");
		hj_text_append(text, filter->texts->items[homes[i]]);
		hj_text_str(text, it->addresses[i].v6 ? "/128\"" : "/32\"");
		any = true;
	}
	hj_text_str(text, "], \"CapMap\": ");
	hj_text_append(text, filter->capabilities[filter->rules[rule].capability]);
	hj_text_str(text, "}]}");
	while (next_of(at, rule))
		continue;
	return any;
}

hj_status hj_filter_emit(hj_filter *filter, uint32_t device, hj_emit *emit)
{
	/* Not even nothing may be added to NULL. */
	static const hj__delivery none = {0};
	const hj__delivery *here = filter->here.items ? filter->here.items : &none;
	const hj__delivery *everywhere =
		filter->everywhere.items ? filter->everywhere.items : &none;
	cursor at = {here + filter->starts[device], here + filter->starts[device + 1], everywhere,
		everywhere + filter->everywhere.count};
	while (filter->ok && (at.own < at.own_end || at.all < at.all_end)) {
		uint32_t rule = at.own < at.own_end ? at.own->rule : at.all->rule;
		if (at.all < at.all_end && at.all->rule < rule)
			rule = at.all->rule;
		hj_slice sources = hj__sources_json(filter, filter->rules[rule].sources);
		hj_text_clear(&filter->scratch);
		hj_text_append(&filter->scratch, sources);
		bool any = filter->rules[rule].capability == HJ_NONE
			? write_ports_rule(filter, device, rule, &at)
			: write_capability_rule(filter, device, rule, &at);
		if (any && !filter->scratch.status)
			hj_emit_raw(emit, NULL, hj_text_slice(&filter->scratch));
		filter->ok = filter->ok && !filter->scratch.status;
	}
	return filter->ok ? emit->out->status : HJ_NO_MEMORY;
}
