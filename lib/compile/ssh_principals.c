#include "compile/ssh_parts.h"

#include <stdlib.h>

/* -- scratch ------------------------------------------------------------------------------------------- */

void hj__ssh_push(hj_ssh_filter *filter, uint32_t number)
{
	if (filter->ok && filter->number_count == filter->number_capacity &&
		hj_grow(filter->arena.allocator, &filter->numbers, &filter->number_capacity,
			filter->number_count + 1, sizeof *filter->numbers))
		filter->ok = false;
	if (filter->ok)
		filter->numbers[filter->number_count++] = number;
}

static int by_number(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	return one < other ? -1 : one > other;
}

static void sort_from(hj_ssh_filter *filter, size_t from)
{
	size_t count = filter->number_count - from;
	if (filter->ok && count)
		qsort(filter->numbers + from, count, sizeof *filter->numbers, by_number);
}

uint32_t *hj__ssh_keep(hj_ssh_filter *filter)
{
	uint32_t *kept = hj__room(&filter->arena, filter->number_count, sizeof *kept);
	filter->ok = filter->ok && kept;
	if (!filter->ok)
		return NULL;
	if (filter->number_count)
		memcpy(kept, filter->numbers, filter->number_count * sizeof *kept);
	return kept;
}

hj_ids hj__ssh_keep_ids(hj_ssh_filter *filter)
{
	sort_from(filter, 0);
	uint32_t *items = hj__ssh_keep(filter);
	hj_ids ids = {.items = items};
	for (size_t i = 0; items && i < filter->number_count; i++)
		if (i == 0 || items[i] != items[ids.count - 1])
			items[ids.count++] = items[i];
	return ids;
}

hj_ids hj__ssh_devices(hj_ssh_filter *filter, uint32_t term)
{
	hj_ids devices = {0};
	if (filter->ok && hj_world_devices(filter->world, term, &devices))
		filter->ok = false;
	return devices;
}

bool hj__ssh_is(const hj_ssh_filter *filter, uint32_t term, hj_autogroup autogroup)
{
	const hj_selector *selector = &filter->world->policy->terms[term].selector;
	return selector->kind == HJ_SELECT_AUTOGROUP && selector->autogroup == autogroup;
}

bool hj__ssh_first_time(hj_ssh_filter *filter, uint32_t device)
{
	if (filter->stamps[device] == filter->stamp)
		return false;
	filter->stamps[device] = filter->stamp;
	return true;
}

void hj__ssh_new_stamp(hj_ssh_filter *filter)
{
	if (++filter->stamp)
		return;
	memset(filter->stamps, 0, filter->world->device_count * sizeof *filter->stamps);
	filter->stamp = 1;
}

/* -- principals ---------------------------------------------------------------------------------------- */

static void push_device(hj_ssh_filter *filter, uint32_t device)
{
	const uint32_t *texts = hj__home_texts(filter->texts, device);
	for (uint32_t i = 0; i < filter->world->inventory->devices[device].address_count; i++)
		hj__ssh_push(filter, texts[i]);
}

/* The scratch numbers as principals. */
static uint32_t add_principals(hj_ssh_filter *filter)
{
	sort_from(filter, 0);
	const uint32_t *texts = hj__ssh_keep(filter);
	if (!texts ||
		hj_grow(filter->arena.allocator, &filter->principals, &filter->principals_capacity,
			filter->principals_count + 1, sizeof *filter->principals)) {
		filter->ok = false;
		return 0;
	}
	filter->principals[filter->principals_count] =
		(hj__principals){.texts = texts, .count = (uint32_t)filter->number_count};
	return (uint32_t)filter->principals_count++;
}

static void push_terms(hj_ssh_filter *filter, const hj_words *words)
{
	size_t from = filter->number_count;
	for (uint32_t i = 0; words && i < words->count; i++)
		hj__ssh_push(filter, words->items[i].term);
	sort_from(filter, from);
}

/* Each device once, but by autogroup:tagged once for each tag of it [ssh-b6]. */
static void push_devices_of(
	hj_ssh_filter *filter, const uint32_t *terms, size_t count, const hj_words *posture)
{
	bool by_tag = false;
	for (size_t i = 0; i < count; i++)
		by_tag = by_tag || hj__ssh_is(filter, terms[i], HJ_AUTOGROUP_TAGGED);
	hj__ssh_new_stamp(filter);
	for (size_t i = 0; i < count; i++) {
		hj_ids devices = hj__ssh_devices(filter, terms[i]);
		for (uint32_t j = 0; j < devices.count && filter->ok; j++) {
			uint32_t device = devices.items[j];
			uint32_t tags = filter->world->devices[device].tags.count;
			if (!hj__device_meets(filter->postures, posture, device) ||
				!hj__ssh_first_time(filter, device))
				continue;
			for (uint32_t times = by_tag && tags ? tags : 1; times--;)
				push_device(filter, device);
		}
	}
}

uint32_t hj__principals_of(hj_ssh_filter *filter, const hj_words *sources, const hj_words *posture)
{
	filter->number_count = 0;
	push_terms(filter, sources);
	size_t count = filter->number_count;
	if (posture)
		hj__ssh_push(filter, HJ_NONE);
	push_terms(filter, posture);
	const uint32_t *terms = hj__ssh_keep(filter);
	if (!terms)
		return 0;
	hj_slice key =
		hj_slice_of((const char *)terms, filter->number_count * sizeof *filter->numbers);
	const uint32_t *known = hj_map_get(&filter->by_terms, key);
	if (known)
		return *known;
	filter->number_count = 0;
	push_devices_of(filter, terms, count, posture);
	uint32_t at = add_principals(filter);
	if (filter->ok && hj_map_put(&filter->by_terms, key, at, NULL, NULL))
		filter->ok = false;
	return at;
}

uint32_t hj__principals_of_devices(hj_ssh_filter *filter, hj_ids devices)
{
	filter->number_count = 0;
	for (uint32_t i = 0; i < devices.count; i++)
		push_device(filter, devices.items[i]);
	return add_principals(filter);
}

uint32_t hj__principals_of_user(hj_ssh_filter *filter, uint32_t user, const hj_words *posture)
{
	hj_ids devices = filter->world->users[user].devices;
	if (!posture && filter->of_users[user] != HJ_NONE)
		return filter->of_users[user];
	filter->number_count = 0;
	for (uint32_t i = 0; i < devices.count; i++)
		if (hj__device_meets(filter->postures, posture, devices.items[i]))
			push_device(filter, devices.items[i]);
	uint32_t at = add_principals(filter);
	if (!posture)
		filter->of_users[user] = at;
	return at;
}

uint32_t hj__principals_of_device(hj_ssh_filter *filter, uint32_t device)
{
	if (filter->of_devices[device] == HJ_NONE)
		filter->of_devices[device] =
			hj__principals_of_devices(filter, (hj_ids){&device, 1});
	return filter->of_devices[device];
}

hj_slice hj__principals_json(hj_ssh_filter *filter, uint32_t principals)
{
	hj__principals *list = &filter->principals[principals];
	hj_text *text = &filter->scratch;
	if (list->json.size)
		return list->json;
	hj_text_clear(text);
	hj_text_str(text, "{\"principals\": [");
	for (uint32_t i = 0; i < list->count; i++) {
		hj_text_str(text, i ? ", {\"nodeIP\": \"" : "{\"nodeIP\": \"");
		hj_text_append(text, filter->texts->items[list->texts[i]]);
		hj_text_str(text, "\"}");
	}
	hj_text_str(text, "], \"sshUsers\": ");
	return list->json = hj__ssh_keep_text(filter);
}
