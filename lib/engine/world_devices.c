/*
 * Who is meant by a term: devices and users (control plane 2.1, policy language 13.2).
 */
#include "engine/world_parts.h"

#include <stdlib.h>

/* -- one user, one device ------------------------------------------------------------------------ */

bool hj_user_is(const hj_world *world, uint32_t user, hj_autogroup autogroup)
{
	const hj_user *who = &world->users[user];
	bool known = who->listed || !world->inventory || !world->inventory->has_users;
	switch (autogroup) {
	case HJ_AUTOGROUP_MEMBER: return known && !who->shared;
	case HJ_AUTOGROUP_SHARED: return who->shared;
	case HJ_AUTOGROUP_ADMIN:
		return !who->shared &&
			(who->role == HJ_AUTOGROUP_ADMIN || who->role == HJ_AUTOGROUP_OWNER);
	default: return !who->shared && hj_autogroup_is_role(autogroup) && who->role == autogroup;
	}
}

static bool has_id(hj_ids list, uint32_t id)
{
	uint32_t from = 0, to = list.count;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (list.items[middle] < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from < list.count && list.items[from] == id;
}

static bool in_autogroup(const hj_world *world, uint32_t device, hj_autogroup autogroup)
{
	const hj_node_device *node = &world->devices[device];
	switch (autogroup) {
	case HJ_AUTOGROUP_TAGGED: return node->tags.count > 0;
	case HJ_AUTOGROUP_DANGER_ALL: return true;
	case HJ_AUTOGROUP_SHARED:
		return node->user != HJ_NONE && hj_user_is(world, node->user, autogroup);
	default:
		return node->user != HJ_NONE && !world->inventory->devices[device].external &&
			hj_user_is(world, node->user, autogroup);
	}
}

bool hj_device_is(const hj_world *world, uint32_t device, uint32_t term)
{
	const hj_selector *selector = &world->policy->terms[term].selector;
	const hj_node_device *node = &world->devices[device];
	uint32_t index = world->meanings[term].index;
	switch (selector->kind) {
	case HJ_SELECT_ALL: return true;
	case HJ_SELECT_USER: return node->user == index;
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED:
		return node->user != HJ_NONE && has_id(world->users[node->user].groups, index);
	case HJ_SELECT_DOMAIN:
		return node->user != HJ_NONE &&
			hj_slice_equal(world->users[node->user].domain, selector->name);
	case HJ_SELECT_TAG: return has_id(node->tags, index);
	case HJ_SELECT_AUTOGROUP: return in_autogroup(world, device, selector->autogroup);
	default: return false;
	}
}

/* -- lists --------------------------------------------------------------------------------------- */

/* A list in the making; many terms share one by pointing to it. */
typedef struct id_list {
	uint32_t *items;
	size_t count, capacity;
	const hj_allocator *allocator;
	bool ok;
} id_list;

static void append(id_list *list, uint32_t id)
{
	if (!list->ok)
		return;
	if (list->count == list->capacity &&
		hj_grow(list->allocator, &list->items, &list->capacity, list->count + 1,
			sizeof *list->items))
		list->ok = false;
	else
		list->items[list->count++] = id;
}

static void append_all(id_list *list, hj_ids ids)
{
	for (uint32_t i = 0; i < ids.count; i++)
		append(list, ids.items[i]);
}

static int by_id(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	return one < other ? -1 : one > other;
}

/* Sorts a list and puts it into the world's arena. */
static hj_status finish(hj_world *world, id_list *list, hj_ids *out)
{
	uint32_t *items = list->ok ? hj__room(&world->arena, list->count, sizeof *items) : NULL;
	*out = (hj_ids){.items = items};
	if (items && list->count) {
		qsort(list->items, list->count, sizeof *items, by_id);
		for (size_t i = 0; i < list->count; i++)
			if (i == 0 || list->items[i] != list->items[i - 1])
				items[out->count++] = list->items[i];
	}
	hj_free(list->allocator, list->items, list->capacity * sizeof *list->items);
	return items ? HJ_OK : HJ_NO_MEMORY;
}

static bool has_users(const hj_selector *selector)
{
	return selector->kind == HJ_SELECT_GROUP || selector->kind == HJ_SELECT_SYNCED ||
		selector->kind == HJ_SELECT_DOMAIN;
}

static void append_members(const hj_world *world, uint32_t term, id_list *list)
{
	const hj_selector *selector = &world->policy->terms[term].selector;
	const struct hj__world_parts *parts = world->parts;
	bool everybody = selector->kind == HJ_SELECT_ALL;
	if (selector->kind == HJ_SELECT_GROUP || selector->kind == HJ_SELECT_SYNCED) {
		append_all(list, world->groups[world->meanings[term].index].members);
	} else if (selector->kind == HJ_SELECT_DOMAIN) {
		const uint32_t *first = hj_map_get(&parts->domains, selector->name);
		for (uint32_t i = first ? *first : HJ_NONE; i != HJ_NONE;
			i = parts->next_in_domain[i])
			append(list, i);
	} else if (selector->kind == HJ_SELECT_USER) {
		append(list, world->meanings[term].index);
	} else if (everybody || selector->kind == HJ_SELECT_AUTOGROUP) {
		everybody = everybody || selector->autogroup == HJ_AUTOGROUP_DANGER_ALL;
		for (uint32_t i = 0; i < world->user_count; i++)
			if (everybody || hj_user_is(world, i, selector->autogroup))
				append(list, i);
	}
}

/* Devices with an address in a term's ranges. */
static void append_residents(const hj_world *world, uint32_t term, id_list *list)
{
	const hj_meaning *meaning = &world->meanings[term];
	for (uint32_t i = 0; i < meaning->range_count; i++) {
		hj_range range = meaning->ranges[i];
		for (uint32_t at = hj__first_home(world, range); hj__is_home_in(world, at, range);
			at++)
			append(list, world->parts->homes[at].device);
	}
}

static hj_status make_devices(hj_world *world, uint32_t term, hj_ids *out)
{
	const hj_selector *selector = &world->policy->terms[term].selector;
	const hj_meaning *meaning = &world->meanings[term];
	id_list list = {.allocator = world->arena.allocator, .ok = true};
	if (selector->kind == HJ_SELECT_USER || selector->kind == HJ_SELECT_TAG) {
		*out = selector->kind == HJ_SELECT_USER ? world->users[meaning->index].devices
							: world->tags[meaning->index].devices;
		return HJ_OK;
	}
	if (has_users(selector)) {
		hj_ids members;
		hj_status status = hj_world_members(world, term, &members);
		for (uint32_t i = 0; !status && i < members.count; i++)
			append_all(&list, world->users[members.items[i]].devices);
		list.ok = list.ok && !status;
	} else if (selector->kind == HJ_SELECT_ALL || selector->kind == HJ_SELECT_AUTOGROUP) {
		for (uint32_t i = 0; i < world->device_count; i++)
			if (hj_device_is(world, i, term))
				append(&list, i);
	} else {
		append_residents(world, term, &list);
	}
	return finish(world, &list, out);
}

/* The lists of a term, made when nobody has asked yet. */
static hj_status lists_of(hj_world *world, uint32_t term, hj__lists **out)
{
	struct hj__world_parts *parts = world->parts;
	if (!parts->lists) {
		uint32_t count = world->policy->term_count;
		parts->lists = hj__room(&world->arena, count, sizeof *parts->lists);
		if (!parts->lists)
			return HJ_NO_MEMORY;
		memset(parts->lists, 0, count * sizeof *parts->lists);
	}
	*out = &parts->lists[term];
	return HJ_OK;
}

hj_status hj_world_devices(hj_world *world, uint32_t term, hj_ids *out)
{
	hj__lists *lists;
	hj_status status = lists_of(world, term, &lists);
	if (!status && !(lists->made & HJ__DEVICES)) {
		status = make_devices(world, term, &lists->devices);
		lists->made |= status ? 0 : HJ__DEVICES;
	}
	*out = status ? (hj_ids){0} : lists->devices;
	return status;
}

hj_status hj_world_members(hj_world *world, uint32_t term, hj_ids *out)
{
	hj__lists *lists;
	hj_status status = lists_of(world, term, &lists);
	if (!status && !(lists->made & HJ__MEMBERS)) {
		id_list list = {.allocator = world->arena.allocator, .ok = true};
		append_members(world, term, &list);
		status = finish(world, &list, &lists->members);
		lists->made |= status ? 0 : HJ__MEMBERS;
	}
	*out = status ? (hj_ids){0} : lists->members;
	return status;
}
