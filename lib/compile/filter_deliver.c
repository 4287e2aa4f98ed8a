/*
 * Who receives a destination (control plane 5.6, 7.2, 7.4): reduction, turned round, so that a rule
 * looks for its devices and not every device at every rule.
 */
#include "compile/filter_parts.h"

#include <stdlib.h>

/* -- rules ----------------------------------------------------------------------------------------- */

static uint32_t add_rule(hj_filter *filter, hj__rule rule)
{
	if (!hj__filter_grow(filter, &filter->rules, &filter->rule_capacity, filter->rule_count + 1,
		    sizeof *filter->rules))
		return 0;
	filter->rules[filter->rule_count] = rule;
	return (uint32_t)filter->rule_count++;
}

/* The rule of sources and a protocol: a later one is merged into the first. */
static uint32_t merged_rule(hj_filter *filter, uint32_t sources, int protocol)
{
	struct key {
		uint32_t sources;
		int protocol;
	} key = {sources, protocol}, *kept;
	hj_slice bytes = hj_slice_of((const char *)&key, sizeof key);
	const uint32_t *known = hj_map_get(&filter->merged, bytes);
	if (known)
		return *known;
	uint32_t rule = add_rule(filter,
		(hj__rule){.sources = sources, .protocol = protocol, .capability = HJ_NONE});
	kept = filter->ok ? hj__room(&filter->arena, 1, sizeof *kept) : NULL;
	if (kept)
		*kept = key;
	if (!kept ||
		hj_map_put(&filter->merged, hj_slice_of((const char *)kept, sizeof key), rule, NULL,
			NULL))
		filter->ok = false;
	return rule;
}

/* Only a rule that has a destination is a rule. */
static uint32_t rule_of(hj_filter *filter, hj__handing *handing)
{
	if (!handing->via)
		return merged_rule(filter, handing->sources, handing->protocol);
	if (handing->via_rule == HJ_NONE)
		handing->via_rule = add_rule(filter,
			(hj__rule){.sources = handing->sources,
				.protocol = handing->protocol,
				.capability = HJ_NONE});
	return handing->via_rule;
}

/* -- recipients ------------------------------------------------------------------------------------ */

static void deliver(
	hj_filter *filter, uint32_t recipient, uint32_t rule, uint32_t text, uint32_t ports)
{
	hj__deliveries *to = &filter->deliveries;
	if (hj__filter_grow(filter, &to->items, &to->capacity, to->count + 1, sizeof *to->items)) {
		uint32_t order = (uint32_t)to->count;
		to->items[to->count++] = (hj__delivery){recipient, rule, order, text, ports};
	}
}

static uint32_t everybody(const hj_filter *filter)
{
	return filter->world->device_count + filter->policy->term_count;
}

/* All devices that a term means, as one recipient. */
static uint32_t recipient_of(hj_filter *filter, uint32_t term, hj_ids devices)
{
	if (!filter->receives[term])
		for (uint32_t i = 0; i < devices.count; i++)
			hj__pairs_add(&filter->reached, devices.items[i], term);
	filter->receives[term] = true;
	filter->ok = filter->ok && filter->reached.ok;
	return filter->world->device_count + term;
}

/* Is this the first time since the stamp changed that a device is met? */
static bool first_time(hj_filter *filter, uint32_t device)
{
	if (filter->stamps[device] == filter->stamp)
		return false;
	filter->stamps[device] = filter->stamp;
	return true;
}

static void new_stamp(hj_filter *filter)
{
	if (++filter->stamp)
		return;
	memset(filter->stamps, 0, filter->world->device_count * sizeof *filter->stamps);
	filter->stamp = 1;
}

/* -- whose address, whose route ---------------------------------------------------------------------- */

static int by_device(const void *a, const void *b)
{
	const hj__shadow *one = a, *other = b;
	return one->device < other->device ? -1 : one->device > other->device;
}

/* Addresses of others in the routes of routers. */
static bool find_shadows(hj_filter *filter)
{
	const hj_world *world = filter->world;
	for (uint32_t i = 0; i < world->route_count; i++) {
		hj_range range = hj_prefix_range(world->routes[i].prefix);
		hj_ids routers = world->routes[i].devices;
		for (uint32_t at = hj__first_home(world, range); hj__is_home_in(world, at, range);
			at++) {
			const hj__home *home = &world->parts->homes[at];
			for (uint32_t j = 0; j < routers.count; j++) {
				if (routers.items[j] == home->device)
					continue;
				if (!hj__filter_grow(filter, &filter->shadows,
					    &filter->shadow_capacity, filter->shadow_count + 1,
					    sizeof *filter->shadows))
					return false;
				filter->shadows[filter->shadow_count++] = (hj__shadow){home->device,
					routers.items[j], hj__home_text(filter->texts, home)};
			}
		}
	}
	if (filter->shadow_count)
		qsort(filter->shadows, filter->shadow_count, sizeof *filter->shadows, by_device);
	return true;
}

bool hj__find_routers(hj_filter *filter)
{
	const hj_world *world = filter->world;
	size_t count = world->device_count;
	filter->exits.items = hj__room(&filter->arena, count, sizeof(uint32_t));
	filter->routers.items = hj__room(&filter->arena, count, sizeof(uint32_t));
	if (!filter->exits.items || !filter->routers.items)
		return false;
	for (uint32_t i = 0; i < world->device_count; i++) {
		const hj_node_device *device = &world->devices[i];
		if (device->exits_v4 || device->exits_v6)
			filter->exits.items[filter->exits.count++] = i;
		if (device->route_count)
			filter->routers.items[filter->routers.count++] = i;
	}
	return find_shadows(filter);
}

/* -- ports -------------------------------------------------------------------------------------------- */

static void hand_to_routers_of(hj_filter *filter, uint32_t device, uint32_t rule, uint32_t ports)
{
	size_t from = 0, to = filter->shadow_count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (filter->shadows[middle].device < device)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < filter->shadow_count && filter->shadows[from].device == device; from++)
		deliver(filter, filter->shadows[from].router, rule, filter->shadows[from].text,
			ports);
}

static void hand_to_devices(hj_filter *filter, hj__handing *handing, uint32_t term)
{
	hj_ids devices;
	if (hj_world_devices(filter->world, term, &devices)) {
		filter->ok = false;
		return;
	}
	if (devices.count == 0)
		return;
	uint32_t rule = rule_of(filter, handing);
	deliver(filter, recipient_of(filter, term, devices), rule, HJ__OWN, handing->ports);
	for (uint32_t i = 0; filter->shadow_count && i < devices.count && filter->ok; i++)
		hand_to_routers_of(filter, devices.items[i], rule, handing->ports);
}

static bool is_router_via(const hj_world *world, uint32_t device, const hj_words *via)
{
	for (uint32_t i = 0; i < via->count; i++)
		if (hj_device_is(world, device, via->items[i].term))
			return true;
	return false;
}

/* A range goes to those who have an address or an approved route there; with via to routers only. */
static void hand_range(hj_filter *filter, hj__handing *handing, hj_range range, uint32_t text)
{
	const hj_world *world = filter->world;
	uint32_t rule = rule_of(filter, handing);
	new_stamp(filter);
	for (uint32_t at = hj__first_home(world, range);
		!handing->via && hj__is_home_in(world, at, range); at++)
		if (first_time(filter, world->parts->homes[at].device))
			deliver(filter, world->parts->homes[at].device, rule, text, handing->ports);
	for (uint32_t at = hj_route_first(world, range); at != HJ_NONE && filter->ok;
		at = hj_route_next(world, range, at)) {
		hj_ids routers = world->routes[at].devices;
		for (uint32_t i = 0; i < routers.count; i++) {
			if (handing->via && !is_router_via(world, routers.items[i], handing->via))
				continue;
			if (first_time(filter, routers.items[i]))
				deliver(filter, routers.items[i], rule, text, handing->ports);
		}
	}
}

/* To devices with approved exit routes, or to all routers. */
static void hand_to_some(hj_filter *filter, hj__handing *handing, uint32_t text, hj_ids devices)
{
	uint32_t rule = rule_of(filter, handing);
	for (uint32_t i = 0; i < devices.count && filter->ok; i++)
		if (!handing->via || is_router_via(filter->world, devices.items[i], handing->via))
			deliver(filter, devices.items[i], rule, text, handing->ports);
}

void hj__hand_everywhere(hj_filter *filter, hj__handing *handing)
{
	deliver(filter, everybody(filter), rule_of(filter, handing),
		filter->texts->number_of[filter->texts->star], handing->ports);
}

void hj__hand_ports(hj_filter *filter, hj__handing *handing, uint32_t term)
{
	const hj_selector *selector = &filter->policy->terms[term].selector;
	const hj_meaning *meaning = &filter->world->meanings[term];
	uint32_t star = filter->texts->number_of[filter->texts->star];
	if (selector->kind == HJ_SELECT_ALL && handing->via)
		hand_to_some(filter, handing, star, filter->routers);
	else if (selector->kind == HJ_SELECT_ALL)
		hj__hand_everywhere(filter, handing);
	else if (selector->kind == HJ_SELECT_AUTOGROUP &&
		selector->autogroup == HJ_AUTOGROUP_INTERNET)
		hand_to_some(filter, handing, HJ__INTERNET, filter->exits);
	else if (meaning->range_count)
		for (uint32_t i = 0; i < meaning->range_count && filter->ok; i++)
			hand_range(filter, handing, meaning->ranges[i],
				hj__range_texts(filter->texts, term)[i]);
	else if (!handing->via)
		hand_to_devices(filter, handing, term);
}

void hj__hand_self(
	hj_filter *filter, const hj__handing *handing, uint32_t user, const hj_words *posture)
{
	hj_ids devices = filter->world->users[user].devices;
	uint32_t sources = hj__sources_of_user(filter, user, posture);
	if (!filter->ok || filter->sources[sources].count == 0)
		return;
	uint32_t rule = merged_rule(filter, sources, handing->protocol);
	for (uint32_t i = 0; i < devices.count && filter->ok; i++)
		deliver(filter, devices.items[i], rule, HJ__OWN, handing->ports);
}

/* -- capabilities --------------------------------------------------------------------------------------- */

/* The addresses in a term's ranges, of devices that meet the posture. */
static void hand_addresses(
	hj_filter *filter, const hj__granting *granting, uint32_t rule, const hj_meaning *meaning)
{
	const hj_world *world = filter->world;
	for (uint32_t i = 0; i < meaning->range_count && filter->ok; i++) {
		hj_range range = meaning->ranges[i];
		for (uint32_t at = hj__first_home(world, range); hj__is_home_in(world, at, range);
			at++) {
			const hj__home *home = &world->parts->homes[at];
			if (hj__device_meets(filter->postures, granting->posture, home->device))
				deliver(filter, home->device, rule,
					hj__home_text(filter->texts, home), 0);
		}
	}
}

/* An address that several terms cover is written once. */
static void hand_term(hj_filter *filter, const hj__granting *granting, uint32_t rule, uint32_t term)
{
	const hj_meaning *meaning = &filter->world->meanings[term];
	hj_ids devices;
	if (meaning->range_count) {
		hand_addresses(filter, granting, rule, meaning);
		return;
	}
	if (hj_world_devices(filter->world, term, &devices)) {
		filter->ok = false;
		return;
	}
	if (!granting->posture)
		deliver(filter, recipient_of(filter, term, devices), rule, HJ__OWN, 0);
	for (uint32_t i = 0; granting->posture && i < devices.count && filter->ok; i++)
		if (hj__device_meets(filter->postures, granting->posture, devices.items[i]))
			deliver(filter, devices.items[i], rule, HJ__OWN, 0);
}

static bool means_all(const hj_filter *filter, const hj__granting *granting)
{
	for (uint32_t i = 0; i < granting->count; i++)
		if (filter->policy->terms[granting->words[i].term].selector.kind == HJ_SELECT_ALL)
			return true;
	return false;
}

void hj__hand_capability(hj_filter *filter, const hj__granting *granting)
{
	uint32_t rule = add_rule(filter,
		(hj__rule){.sources = granting->sources,
			.protocol = -1,
			.capability = granting->capability});
	if (hj__postures_ask(filter->postures, granting->posture))
		filter->ok = false;
	if (filter->ok && !granting->posture && means_all(filter, granting)) {
		deliver(filter, everybody(filter), rule, HJ__OWN, 0);
		return;
	}
	for (uint32_t i = 0; i < granting->count && filter->ok; i++)
		hand_term(filter, granting, rule, granting->words[i].term);
}

void hj__hand_self_capability(hj_filter *filter, uint32_t capability, uint32_t user,
	const hj_words *sources, const hj_words *destinations)
{
	hj_ids devices = filter->world->users[user].devices;
	uint32_t rule = add_rule(filter,
		(hj__rule){.sources = hj__sources_of_user(filter, user, sources),
			.protocol = -1,
			.capability = capability});
	if (hj__postures_ask(filter->postures, destinations))
		filter->ok = false;
	for (uint32_t i = 0; i < devices.count && filter->ok; i++)
		if (hj__device_meets(filter->postures, destinations, devices.items[i]))
			deliver(filter, devices.items[i], rule, HJ__OWN, 0);
}
