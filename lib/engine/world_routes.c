/*
 * Approved routes (control plane 4), and the devices' addresses.
 */
#include "engine/world_parts.h"

#include <stdlib.h>

/* -- addresses ----------------------------------------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
	const hj__home *one = a, *other = b;
	return hj_address_compare(one->address, other->address);
}

bool hj__world_homes(hj_world *world)
{
	struct hj__world_parts *parts = world->parts;
	size_t count = 0;
	for (uint32_t i = 0; i < world->device_count; i++)
		count += world->inventory->devices[i].address_count;
	parts->homes =
		count < HJ_NONE ? hj__room(&world->arena, count, sizeof *parts->homes) : NULL;
	if (!parts->homes)
		return false;
	for (uint32_t i = 0; i < world->device_count; i++) {
		const hj_device *device = &world->inventory->devices[i];
		for (uint32_t j = 0; j < device->address_count; j++)
			parts->homes[parts->home_count++] = (hj__home){device->addresses[j], i};
	}
	qsort(parts->homes, parts->home_count, sizeof *parts->homes, by_address);
	return true;
}

uint32_t hj_world_device_at(const hj_world *world, hj_address address)
{
	const struct hj__world_parts *parts = world->parts;
	hj__home wanted = {.address = address};
	const hj__home *found =
		bsearch(&wanted, parts->homes, parts->home_count, sizeof *parts->homes, by_address);
	return found ? found->device : HJ_NONE;
}

uint32_t hj__first_home(const hj_world *world, hj_range range)
{
	const struct hj__world_parts *parts = world->parts;
	uint32_t from = 0, to = parts->home_count;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (hj_address_compare(parts->homes[middle].address, range.first) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

bool hj__is_home_in(const hj_world *world, uint32_t home, hj_range range)
{
	const struct hj__world_parts *parts = world->parts;
	return home < parts->home_count &&
		hj_address_compare(parts->homes[home].address, range.last) <= 0;
}

/* -- nested prefixes ----------------------------------------------------------------------------- */

/*
 * Prefixes are nested or apart, so sorted by address, wide before narrow, each can say which one is
 * next around it: what contains an address is then a chain.
 */
typedef struct nested {
	hj_prefix prefix;
	uint32_t wider;
	uint32_t owner; /* what it is the prefix of */
} nested;

static int compare_prefixes(hj_prefix a, hj_prefix b)
{
	int order = hj_address_compare(a.address, b.address);
	return order ? order : (int)a.bits - (int)b.bits;
}

static int by_prefix(const void *a, const void *b)
{
	const nested *one = a, *other = b;
	int order = compare_prefixes(one->prefix, other->prefix);
	return order ? order : one->owner < other->owner ? -1 : one->owner > other->owner;
}

static bool contains(hj_prefix outer, hj_prefix inner)
{
	return hj_range_contains(hj_prefix_range(outer), hj_prefix_range(inner));
}

static void nest(nested *items, uint32_t count)
{
	qsort(items, count, sizeof *items, by_prefix);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = i ? i - 1 : HJ_NONE;
		while (at != HJ_NONE && !contains(items[at].prefix, items[i].prefix))
			at = items[at].wider;
		items[i].wider = at;
	}
}

/* -- approval ------------------------------------------------------------------------------------ */

typedef struct route_keys {
	const hj_world *world;
	const hj_entries *entries; /* of autoApprovers.routes */
	nested *items;
	uint32_t count;
} route_keys;

static bool read_keys(hj_world *world, route_keys *out)
{
	const hj_entries *entries = &world->policy->auto_approvers.routes;
	*out = (route_keys){.world = world, .entries = entries};
	out->items = hj__room(&world->arena, entries->count, sizeof *out->items);
	if (!out->items)
		return false;
	for (uint32_t i = 0; i < entries->count; i++) {
		hj_selector key = hj_selector_parse(entries->items[i].name.text);
		if (key.kind == HJ_SELECT_PREFIX || key.kind == HJ_SELECT_ADDRESS)
			out->items[out->count++] =
				(nested){.prefix = hj_prefix_masked(key.prefix, NULL), .owner = i};
	}
	nest(out->items, out->count);
	return true;
}

/* "*" approves nothing: whether it may stand there is documented nowhere. */
static bool approves(const hj_world *world, const hj_words *approvers, uint32_t device)
{
	for (uint32_t i = 0; i < approvers->count; i++) {
		uint32_t term = approvers->items[i].term;
		if (world->policy->terms[term].selector.kind != HJ_SELECT_ALL &&
			hj_device_is(world, device, term))
			return true;
	}
	return false;
}

/* Is a route that is only advertised approved by somebody? */
static bool is_approved(const route_keys *keys, hj_prefix route, uint32_t device)
{
	const hj_world *world = keys->world;
	if (route.bits == 0)
		return approves(world, &world->policy->auto_approvers.exit_node, device);
	uint32_t from = 0, to = keys->count;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (compare_prefixes(keys->items[middle].prefix, route) <= 0)
			from = middle + 1;
		else
			to = middle;
	}
	for (uint32_t at = from ? from - 1 : HJ_NONE; at != HJ_NONE; at = keys->items[at].wider) {
		const nested *key = &keys->items[at];
		if (contains(key->prefix, route) &&
			approves(world, &keys->entries->items[key->owner].words, device))
			return true;
	}
	return false;
}

static int by_route(const void *a, const void *b)
{
	const hj_prefix *one = a, *other = b;
	return compare_prefixes(*one, *other);
}

static void add_route(hj_node_device *node, hj_prefix route)
{
	if (route.bits)
		node->routes[node->route_count++] = route;
	else if (route.address.v6)
		node->exits_v6 = true;
	else
		node->exits_v4 = true;
}

/* What is enabled is approved, whoever did it; of the rest, what the approvers say. */
static bool approve(hj_world *world, const route_keys *keys, uint32_t at)
{
	const hj_device *device = &world->inventory->devices[at];
	hj_node_device *node = &world->devices[at];
	size_t room = (size_t)device->enabled_count + device->advertised_count;
	if (room == 0)
		return true;
	node->routes = hj__room(&world->arena, room, sizeof *node->routes);
	if (!node->routes)
		return false;
	for (uint32_t i = 0; i < device->enabled_count; i++)
		add_route(node, device->enabled[i]);
	for (uint32_t i = 0; i < device->advertised_count; i++)
		if (is_approved(keys, device->advertised[i], at))
			add_route(node, device->advertised[i]);
	qsort(node->routes, node->route_count, sizeof *node->routes, by_route);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < node->route_count; i++)
		if (i == 0 || compare_prefixes(node->routes[kept - 1], node->routes[i]))
			node->routes[kept++] = node->routes[i];
	node->route_count = kept;
	return true;
}

/* -- all routes ---------------------------------------------------------------------------------- */

static bool gather(hj_world *world)
{
	size_t count = 0;
	for (uint32_t i = 0; i < world->device_count; i++)
		count += world->devices[i].route_count;
	nested *items = count < HJ_NONE ? hj__room(&world->arena, count, sizeof *items) : NULL;
	world->routes = hj__room(&world->arena, count, sizeof *world->routes);
	uint32_t *devices = hj__room(&world->arena, count, sizeof *devices);
	if (!items || !world->routes || !devices)
		return false;
	count = 0;
	for (uint32_t i = 0; i < world->device_count; i++)
		for (uint32_t j = 0; j < world->devices[i].route_count; j++)
			items[count++] =
				(nested){.prefix = world->devices[i].routes[j], .owner = i};
	qsort(items, count, sizeof *items, by_prefix);
	for (size_t i = 0; i < count; i++) {
		hj_route *last = world->routes + world->route_count - 1;
		if (i == 0 || compare_prefixes(last->prefix, items[i].prefix)) {
			last = &world->routes[world->route_count++];
			*last = (hj_route){.prefix = items[i].prefix, .devices.items = &devices[i]};
		}
		devices[i] = items[i].owner;
		last->devices.count++;
	}
	for (uint32_t i = 0; i < world->route_count; i++) {
		uint32_t at = i ? i - 1 : HJ_NONE;
		while (at != HJ_NONE &&
			!contains(world->routes[at].prefix, world->routes[i].prefix))
			at = world->routes[at].wider;
		world->routes[i].wider = at;
	}
	return true;
}

bool hj__world_routes(hj_world *world)
{
	route_keys keys;
	bool ok = read_keys(world, &keys);
	for (uint32_t i = 0; ok && i < world->device_count; i++)
		ok = approve(world, &keys, i);
	return ok && gather(world);
}

/* -- routes that overlap a range ----------------------------------------------------------------- */

/* How many routes begin at an address or before it. */
static uint32_t beginning_until(const hj_world *world, hj_address address)
{
	uint32_t from = 0, to = world->route_count;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (hj_address_compare(world->routes[middle].prefix.address, address) <= 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* The route at hand or the next one around it that contains the range's first address; when none
   does, the first that begins behind that. */
static uint32_t around_or_inside(const hj_world *world, hj_range range, uint32_t at)
{
	hj_range first = {range.first, range.first};
	for (; at != HJ_NONE; at = world->routes[at].wider)
		if (hj_range_contains(hj_prefix_range(world->routes[at].prefix), first))
			return at;
	at = beginning_until(world, range.first);
	return at < world->route_count &&
			hj_address_compare(world->routes[at].prefix.address, range.last) <= 0
		? at
		: HJ_NONE;
}

uint32_t hj_route_first(const hj_world *world, hj_range range)
{
	uint32_t before = beginning_until(world, range.first);
	return around_or_inside(world, range, before ? before - 1 : HJ_NONE);
}

uint32_t hj_route_next(const hj_world *world, hj_range range, uint32_t at)
{
	if (hj_address_compare(world->routes[at].prefix.address, range.first) <= 0)
		return around_or_inside(world, range, world->routes[at].wider);
	at++;
	return at < world->route_count &&
			hj_address_compare(world->routes[at].prefix.address, range.last) <= 0
		? at
		: HJ_NONE;
}
