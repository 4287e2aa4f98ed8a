/*
 * Sources of rules: the union of the texts of what is listed (control plane 2.1, 3.2, 3.5).
 */
#include "compile/filter_parts.h"

#include <stdlib.h>

static uint32_t unique(uint32_t *numbers, size_t count)
{
	uint32_t kept = 0;
	if (count)
		qsort(numbers, count, sizeof *numbers, hj__by_number);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || numbers[i] != numbers[kept - 1])
			numbers[kept++] = numbers[i];
	return kept;
}

static hj_slice as_key(const uint32_t *numbers, size_t count)
{
	return hj_slice_of((const char *)numbers, count * sizeof *numbers);
}

static uint32_t *keep(hj_filter *filter, const uint32_t *numbers, uint32_t count)
{
	uint32_t *kept = hj__room(&filter->arena, count, sizeof *kept);
	if (!kept)
		filter->ok = false;
	else if (count)
		memcpy(kept, numbers, count * sizeof *kept);
	return kept;
}

/* The scratch numbers as sources. */
static uint32_t intern(hj_filter *filter)
{
	if (!filter->ok)
		return 0;
	uint32_t count = unique(filter->numbers, filter->number_count);
	const uint32_t *known = hj_map_get(&filter->by_texts, as_key(filter->numbers, count));
	if (known)
		return *known;
	uint32_t at = (uint32_t)filter->source_count;
	const uint32_t *texts = keep(filter, filter->numbers, count);
	if (!texts ||
		!hj__filter_grow(filter, &filter->sources, &filter->source_capacity,
			filter->source_count + 1, sizeof *filter->sources) ||
		hj_map_put(&filter->by_texts, as_key(texts, count), at, NULL, NULL)) {
		filter->ok = false;
		return 0;
	}
	filter->sources[filter->source_count++] = (hj__sources){.texts = texts, .count = count};
	return at;
}

static void add_device(hj_filter *filter, uint32_t device)
{
	const uint32_t *texts = hj__home_texts(filter->texts, device);
	for (uint32_t i = 0; i < filter->world->inventory->devices[device].address_count; i++)
		hj__filter_number(filter, texts[i]);
}

/* "*": the tailnet, and all approved subnet routes. */
static void add_all(hj_filter *filter, bool tailnet)
{
	const hj__texts *texts = filter->texts;
	uint32_t count;
	hj_tailnet_ranges(&count);
	for (uint32_t i = 0; tailnet && i < count; i++)
		hj__filter_number(filter, texts->number_of[texts->tailnet + i]);
	for (uint32_t i = 0; i < filter->world->route_count; i++)
		hj__filter_number(filter, texts->number_of[texts->routes + i]);
}

/* The addresses of devices in a range of the tailnet, of those that meet a posture. */
static void add_homes(hj_filter *filter, hj_range range, const hj_words *posture)
{
	const hj_world *world = filter->world;
	for (uint32_t at = hj__first_home(world, range); hj__is_home_in(world, at, range); at++)
		if (hj__device_meets(filter->postures, posture, world->parts->homes[at].device))
			hj__filter_number(
				filter, hj__home_text(filter->texts, &world->parts->homes[at]));
}

/* What lies outside the tailnet: of a term's range, or for HJ_NONE of everything. */
static void add_outside(hj_filter *filter, uint32_t term, uint32_t at)
{
	uint32_t count;
	const uint32_t *numbers = hj__outside_texts(filter->texts, term, at, &count);
	for (uint32_t i = 0; i < count; i++)
		hj__filter_number(filter, numbers[i]);
}

/* Outside the tailnet, behind a router, there is no posture that could be asked for. */
static void add_range(hj_filter *filter, uint32_t term, uint32_t at, const hj_words *posture)
{
	hj_range range = filter->world->meanings[term].ranges[at];
	if (!posture || !hj_tailnet_overlaps(range)) {
		hj__filter_number(filter, hj__range_texts(filter->texts, term)[at]);
		return;
	}
	add_homes(filter, range, posture);
	add_outside(filter, term, at);
}

/* Every source there is, addresses outside the tailnet too; a posture is asked of devices. */
static void add_danger(hj_filter *filter, const hj_words *posture)
{
	if (!posture) {
		hj__filter_number(filter, filter->texts->number_of[filter->texts->star]);
		return;
	}
	for (uint32_t i = 0; i < filter->world->device_count; i++)
		if (hj__device_meets(filter->postures, posture, i))
			add_device(filter, i);
	add_outside(filter, HJ_NONE, 0);
}

static void add_term(hj_filter *filter, uint32_t term, const hj_words *posture)
{
	const hj_world *world = filter->world;
	bool all = filter->policy->terms[term].selector.kind == HJ_SELECT_ALL;
	uint32_t count = world->meanings[term].range_count;
	hj_ids devices;
	for (uint32_t i = 0; i < count; i++)
		add_range(filter, term, i, posture);
	if (all)
		add_all(filter, posture == NULL);
	if (count || (all && !posture))
		return;
	if (hj_world_devices(filter->world, term, &devices)) {
		filter->ok = false;
		return;
	}
	for (uint32_t i = 0; i < devices.count; i++)
		if (hj__device_meets(filter->postures, posture, devices.items[i]))
			add_device(filter, devices.items[i]);
}

static bool is_danger(const hj_filter *filter, uint32_t term)
{
	const hj_selector *selector = &filter->policy->terms[term].selector;
	return selector->kind == HJ_SELECT_AUTOGROUP &&
		selector->autogroup == HJ_AUTOGROUP_DANGER_ALL;
}

/* Sorts the scratch numbers from a place on; each once. */
static void settle(hj_filter *filter, size_t from)
{
	if (filter->ok)
		filter->number_count =
			from + unique(filter->numbers + from, filter->number_count - from);
}

static void add_terms(hj_filter *filter, const hj_words *words)
{
	size_t from = filter->number_count;
	for (uint32_t i = 0; words && i < words->count; i++)
		hj__filter_number(filter, words->items[i].term);
	settle(filter, from);
}

/*
 * Terms in the scratch numbers, the first `count` of them, behind these what makes the key whole. The
 * same terms are looked at once, however often they are listed.
 */
static uint32_t sources_of_terms(hj_filter *filter, size_t count, const hj_words *posture)
{
	if (!filter->ok)
		return 0;
	size_t size = filter->number_count;
	const uint32_t *known = hj_map_get(&filter->by_terms, as_key(filter->numbers, size));
	if (known)
		return *known;
	const uint32_t *terms = keep(filter, filter->numbers, (uint32_t)size);
	bool danger = false;
	if (hj__postures_ask(filter->postures, posture))
		filter->ok = false;
	filter->number_count = 0;
	for (size_t i = 0; filter->ok && i < count; i++)
		danger = danger || is_danger(filter, terms[i]);
	/* Nothing else is worth naming beside it. */
	if (filter->ok && danger)
		add_danger(filter, posture);
	for (size_t i = 0; filter->ok && !danger && i < count; i++)
		add_term(filter, terms[i], posture);
	uint32_t at = intern(filter);
	if (filter->ok && hj_map_put(&filter->by_terms, as_key(terms, size), at, NULL, NULL))
		filter->ok = false;
	return at;
}

uint32_t hj__sources_of_words(hj_filter *filter, const hj_words *words, const hj_words *posture)
{
	filter->number_count = 0;
	add_terms(filter, words);
	size_t count = filter->number_count;
	if (posture)
		hj__filter_number(filter, HJ_NONE);
	add_terms(filter, posture);
	return sources_of_terms(filter, count, posture);
}

uint32_t hj__sources_of_term(hj_filter *filter, uint32_t term)
{
	filter->number_count = 0;
	hj__filter_number(filter, term);
	return sources_of_terms(filter, 1, NULL);
}

uint32_t hj__sources_of_all(hj_filter *filter)
{
	filter->number_count = 0;
	add_all(filter, true);
	return intern(filter);
}

uint32_t hj__sources_of_user(hj_filter *filter, uint32_t user, const hj_words *posture)
{
	hj_ids devices = filter->world->users[user].devices;
	if (!posture && filter->own_sources[user] != HJ_NONE)
		return filter->own_sources[user];
	if (hj__postures_ask(filter->postures, posture))
		filter->ok = false;
	filter->number_count = 0;
	for (uint32_t i = 0; filter->ok && i < devices.count; i++)
		if (hj__device_meets(filter->postures, posture, devices.items[i]))
			add_device(filter, devices.items[i]);
	uint32_t at = intern(filter);
	if (!posture)
		filter->own_sources[user] = at;
	return at;
}

hj_slice hj__sources_json(hj_filter *filter, uint32_t sources)
{
	hj__sources *list = &filter->sources[sources];
	if (list->json.size || !filter->ok)
		return list->json;
	hj_text *text = &filter->scratch;
	hj_text_clear(text);
	hj_text_str(text, "{\"SrcIPs\": [");
	for (uint32_t i = 0; i < list->count; i++) {
		hj_text_str(text, i ? ", \"" : "\"");
		hj_text_append(text, filter->texts->items[list->texts[i]]);
		hj_text_byte(text, '"');
	}
	hj_text_str(text, "], ");
	list->json = hj_arena_copy(&filter->arena, hj_text_slice(text), &filter->ok);
	filter->ok = filter->ok && !text->status;
	return list->json;
}
