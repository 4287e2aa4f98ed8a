#include "compile/filter_parts.h"

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

/* -- deliveries to each recipient ---------------------------------------------------------------- */

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

static bool sort_by_recipient(hj_filter *filter)
{
	size_t recipients = (size_t)filter->world->device_count + filter->policy->term_count + 1;
	hj__deliveries *from = &filter->deliveries, to = {0};
	size_t *starts = hj__room(&filter->arena, recipients + 2, sizeof *starts);
	if (!starts ||
		hj_grow(filter->arena.allocator, &to.items, &to.capacity, from->count + 1,
			sizeof *to.items))
		return false;
	memset(starts, 0, (recipients + 2) * sizeof *starts);
	for (size_t i = 0; i < from->count; i++)
		starts[from->items[i].recipient + 2]++;
	for (size_t i = 2; i < recipients + 2; i++)
		starts[i] += starts[i - 1];
	for (size_t i = 0; i < from->count; i++)
		to.items[starts[from->items[i].recipient + 1]++] = from->items[i];
	to.count = from->count;
	hj_free(filter->arena.allocator, from->items, from->capacity * sizeof *from->items);
	*from = to;
	filter->starts = starts;
	for (size_t i = 0; i < recipients; i++)
		sort(to.items + starts[i], starts[i + 1] - starts[i]);
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
	uint32_t devices = world->device_count, terms = world->policy->term_count;
	filter->stamps = hj__room(&filter->arena, devices, sizeof *filter->stamps);
	filter->terms_of = hj__room(&filter->arena, devices, sizeof *filter->terms_of);
	filter->receives = hj__room(&filter->arena, terms, sizeof *filter->receives);
	if (!filter->own_sources || !filter->stamps || !filter->terms_of || !filter->receives)
		return false;
	memset(filter->terms_of, 0, devices * sizeof *filter->terms_of);
	memset(filter->receives, 0, terms * sizeof *filter->receives);
	for (uint32_t i = 0; i < world->user_count; i++)
		filter->own_sources[i] = HJ_NONE;
	memset(filter->stamps, 0, devices * sizeof *filter->stamps);
	if (!hj__find_routers(filter))
		return false;
	hj__filter_entries(filter);
	return filter->ok && write_ports(filter) && sort_by_recipient(filter) &&
		hj__deal(&filter->reached, &filter->arena, filter->terms_of, devices,
			sizeof *filter->terms_of);
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
	filter->reached = (hj__pairs){.allocator = allocator, .ok = true};
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
	hj_free(allocator, filter->deliveries.items,
		filter->deliveries.capacity * sizeof *filter->deliveries.items);
	hj__pairs_free(&filter->reached);
	hj_free(allocator, filter->gathered, filter->gathered_capacity * sizeof *filter->gathered);
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

/* Adds what a recipient was handed to what is gathered. */
static size_t gather_from(hj_filter *filter, size_t recipient, size_t count)
{
	size_t from = filter->starts[recipient], more = filter->starts[recipient + 1] - from;
	if (more &&
		hj__filter_grow(filter, &filter->gathered, &filter->gathered_capacity, count + more,
			sizeof *filter->gathered))
		memcpy(filter->gathered + count, filter->deliveries.items + from,
			more * sizeof *filter->gathered);
	return filter->ok ? count + more : 0;
}

/* All that concerns a device, in order: for itself, for what means it, for everybody. */
static size_t gather(hj_filter *filter, uint32_t device)
{
	size_t devices = filter->world->device_count, terms = filter->policy->term_count;
	hj_ids of = filter->terms_of[device];
	size_t count = gather_from(filter, devices + terms, 0);
	count = gather_from(filter, device, count);
	for (uint32_t i = 0; i < of.count; i++)
		count = gather_from(filter, devices + of.items[i], count);
	sort(filter->gathered, count);
	return count;
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

/* Rules of one number. */
typedef struct same_rule {
	const hj__delivery *items;
	size_t count;
} same_rule;

static bool write_ports_rule(hj_filter *filter, uint32_t device, same_rule same)
{
	hj_text *text = &filter->scratch;
	const uint32_t *homes = hj__home_texts(filter->texts, device);
	uint32_t home_count = filter->world->inventory->devices[device].address_count;
	int protocol = filter->rules[same.items->rule].protocol;
	bool any = false;
	hj_text_str(text, "\"DstPorts\": [");
	for (size_t k = 0; k < same.count; k++) {
		const hj__delivery *entry = &same.items[k];
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
	if (protocol >= 0)
		hj_text_printf(text, "], \"IPProto\": [%d]}", protocol);
	else
		hj_text_str(text, "]}");
	return any;
}

/* The device's own addresses that are covered, IPv4 first. */
static bool write_capability_rule(hj_filter *filter, uint32_t device, same_rule same)
{
	hj_text *text = &filter->scratch;
	const hj_device *it = &filter->world->inventory->devices[device];
	const uint32_t *homes = hj__home_texts(filter->texts, device);
	bool any = false;
	hj_text_str(text, "\"CapGrant\": [{\"Dsts\": [");
	for (uint32_t i = 0; i < it->address_count; i++) {
		bool covered = false;
		for (size_t k = 0; k < same.count && !covered; k++)
			covered = same.items[k].text == HJ__OWN || same.items[k].text == homes[i];
		if (!covered)
			continue;
		hj_text_str(text, any ? ", \"" : "\"");
		hj_text_append(text, filter->texts->items[homes[i]]);
		hj_text_str(text, it->addresses[i].v6 ? "/128\"" : "/32\"");
		any = true;
	}
	hj_text_str(text, "], \"CapMap\": ");
	hj_text_append(text, filter->capabilities[filter->rules[same.items->rule].capability]);
	hj_text_str(text, "}]}");
	return any;
}

hj_status hj_filter_emit(hj_filter *filter, uint32_t device, hj_emit *emit)
{
	size_t count = gather(filter, device);
	for (size_t i = 0; i < count && filter->ok;) {
		same_rule same = {filter->gathered + i, 0};
		uint32_t number = same.items->rule;
		while (i < count && filter->gathered[i].rule == number)
			i++, same.count++;
		const hj__rule *rule = &filter->rules[number];
		hj_slice sources = hj__sources_json(filter, rule->sources);
		hj_text_clear(&filter->scratch);
		hj_text_append(&filter->scratch, sources);
		bool any = rule->capability == HJ_NONE
			? write_ports_rule(filter, device, same)
			: write_capability_rule(filter, device, same);
		if (any && !filter->scratch.status)
			hj_emit_raw(emit, NULL, hj_text_slice(&filter->scratch));
		filter->ok = filter->ok && !filter->scratch.status;
	}
	return filter->ok ? emit->out->status : HJ_NO_MEMORY;
}
