#include "base/fold.h"
#include "base/number.h"
#include "engine/inventory_parts.h"
#include "engine/world.h"

#include <stddef.h>
#include <stdlib.h>

/* -- devices ------------------------------------------------------------------------------------- */

enum {
	DEVICE_NAME,
	DEVICE_HOSTNAME,
	DEVICE_ADDRESSES,
	DEVICE_USER,
	DEVICE_TAGS,
	DEVICE_ADVERTISED,
	DEVICE_ENABLED,
	DEVICE_ATTRIBUTES,
	DEVICE_EXTERNAL,
	DEVICE_FIELDS,
};
static const hj_read_field device_fields[DEVICE_FIELDS] = {
	[DEVICE_NAME] = HJ_FIELD("name", HJ_STRING),
	[DEVICE_HOSTNAME] = HJ_FIELD("hostname", HJ_STRING),
	[DEVICE_ADDRESSES] = HJ_FIELD("addresses", HJ_ARRAY),
	[DEVICE_USER] = HJ_FIELD("user", HJ_STRING),
	[DEVICE_TAGS] = HJ_FIELD("tags", HJ_ARRAY),
	[DEVICE_ADVERTISED] = HJ_FIELD("advertisedRoutes", HJ_ARRAY),
	[DEVICE_ENABLED] = HJ_FIELD("enabledRoutes", HJ_ARRAY),
	[DEVICE_ATTRIBUTES] = HJ_FIELD("attributes", HJ_OBJECT),
	[DEVICE_EXTERNAL] = HJ_FIELD("isExternal", HJ_TRUE),
};

/* Of an address: its numbers and its family, without what pads it. */
static hj_slice key_of(const hj_address *address)
{
	_Static_assert(offsetof(hj_address, v6) == sizeof address->high + sizeof address->low,
		"the parts of an address lie side by side");
	return hj_slice_of((const char *)address, offsetof(hj_address, v6) + sizeof address->v6);
}

/* Is an address in a list one that its owner may have? entry: the owner's node. */
static bool read_address(hj_reader *read, uint32_t entry, uint32_t node, hj_address *out)
{
	hj_slice text = hj__read_text(read, node);
	if (!hj_address_parse(text, out)) {
		HJ_FIND(read, V_ADDRESS, node, "\"%.*s\" is no address", HJ_SLICE_ARGS(text));
		return false;
	}
	if (!hj_tailnet_contains((hj_range){*out, *out})) {
		HJ_FIND(read, V_FOREIGN, node, "no device of a tailnet has the address %.*s",
			HJ_SLICE_ARGS(text));
		return false;
	}
	uint32_t owner = node;
	if (hj__read_claim(read, &read->addresses, key_of(out), &owner))
		return true;
	bool own = owner > entry && owner < read->nodes[entry].next;
	if (own || !read->ok)
		return false;
	hj_finding *finding =
		HJ_FIND(read, V_TAKEN, node, "the address %.*s is taken", HJ_SLICE_ARGS(text));
	hj_finding_relate(read->findings, finding, hj_node_span(&read->nodes[owner]),
		"it was given away here");
	return false;
}

/* IPv4 first: two turns, since the place of each tells other entries about it. */
static hj_address *read_addresses(
	hj_reader *read, uint32_t entry, uint32_t array, const hj_read_field *list, uint32_t *count)
{
	*count = 0;
	hj_address *items = hj__read_room(read, hj__read_count(read, array), sizeof *items);
	for (int v6 = 0; v6 < 2 && items; v6++)
		for (uint32_t at = 0, node;
			(node = hj__read_next(read, array, v6 ? NULL : list, HJ_STRING, &at));) {
			hj_slice text = hj__read_text(read, node);
			bool colon = text.size && memchr(text.data, ':', text.size);
			if (colon == v6 && read_address(read, entry, node, &items[*count]))
				++*count;
		}
	return items;
}

/* Each tag once, in lower case. */
static hj_word *read_tags(
	hj_reader *read, uint32_t array, const hj_read_field *list, uint32_t *count)
{
	hj_map seen;
	*count = 0;
	hj_word *items = hj__read_room(read, hj__read_count(read, array), sizeof *items);
	hj_map_init(&seen, read->allocator);
	for (uint32_t at = 0, node;
		items && (node = hj__read_next(read, array, list, HJ_STRING, &at));) {
		uint32_t index = *count;
		hj_word word = {.node = node, .text = hj__read_text(read, node)};
		word.text = hj_slice_folded(word.text, &read->out->arena, &read->ok);
		const char *fault = hj_tag_fault(word.text);
		if (fault)
			HJ_FIND(read, V_TAG, node, "\"%.*s\" is no tag: %s",
				HJ_SLICE_ARGS(word.text), fault);
		else if (hj__read_claim(read, &seen, word.text, &index))
			items[(*count)++] = word;
	}
	hj_map_free(&seen);
	return items;
}

/* A route as bytes that are equal when routes are. */
static hj_slice route_key(hj_reader *read, hj_prefix route)
{
	char bytes[sizeof route.address + 1];
	hj_slice key = key_of(&route.address);
	memcpy(bytes, key.data, key.size);
	bytes[key.size] = (char)route.bits;
	return hj_arena_copy(&read->out->arena, hj_slice_of(bytes, key.size + 1), &read->ok);
}

static void keep_route(hj_reader *read, hj_prefix route, uint32_t node)
{
	if (route.bits == 0)
		return; /* an exit route, which overlaps all by design */
	if (hj_grow(read->allocator, &read->routes, &read->route_capacity, read->route_count + 1,
		    sizeof *read->routes))
		read->ok = false;
	else
		read->routes[read->route_count++] =
			(hj_written_route){route, read->out->device_count, node};
}

/*
 * A list of routes, each once, and in `seen`. Those enabled without being in `advertised` (NULL: it is
 * not known which are) are left out.
 */
static hj_prefix *read_routes(hj_reader *read, uint32_t array, const hj_read_field *list,
	hj_map *seen, const hj_map *advertised, uint32_t *count)
{
	*count = 0;
	hj_prefix *items = hj__read_room(read, hj__read_count(read, array), sizeof *items);
	bool enabled = list == &device_fields[DEVICE_ENABLED];
	for (uint32_t at = 0, node;
		items && (node = hj__read_next(read, array, list, HJ_STRING, &at));) {
		hj_slice text = hj__read_text(read, node);
		hj_prefix route;
		uint32_t index = *count;
		if (!hj_prefix_parse(text, &route)) {
			HJ_FIND(read, V_ADDRESS, node, "\"%.*s\" is no route", HJ_SLICE_ARGS(text));
			continue;
		}
		route = hj_prefix_masked(route, NULL);
		hj_slice key = route_key(read, route);
		if (!read->ok || !hj__read_claim(read, seen, key, &index))
			continue;
		if (advertised && !hj_map_get(advertised, key)) {
			HJ_FIND(read, V_IDLE_ROUTE, node,
				"the route %.*s is enabled, not advertised", HJ_SLICE_ARGS(text));
			continue;
		}
		items[(*count)++] = route;
		if (enabled)
			keep_route(read, route, node);
	}
	return items;
}

static void read_both_routes(hj_reader *read, const uint32_t *at, hj_device *device)
{
	hj_map advertised, enabled;
	hj_map_init(&advertised, read->allocator);
	hj_map_init(&enabled, read->allocator);
	device->advertised = read_routes(read, at[DEVICE_ADVERTISED],
		&device_fields[DEVICE_ADVERTISED], &advertised, NULL, &device->advertised_count);
	device->enabled = read_routes(read, at[DEVICE_ENABLED], &device_fields[DEVICE_ENABLED],
		&enabled, at[DEVICE_ADVERTISED] ? &advertised : NULL, &device->enabled_count);
	/* Who writes by hand writes them once. */
	if (!at[DEVICE_ADVERTISED]) {
		device->advertised = device->enabled;
		device->advertised_count = device->enabled_count;
	}
	hj_map_free(&advertised);
	hj_map_free(&enabled);
}

/* The user of an untagged device. */
static uint32_t owner_of(hj_reader *read, uint32_t device, uint32_t node, bool external)
{
	hj_inventory *out = read->out;
	hj_slice login = hj__read_text(read, node);
	uint32_t index = out->user_count;
	if (login.size == 0) {
		if (!external)
			HJ_FIND(read, V_NOBODY, device, "a device with neither a user nor a tag");
		return HJ_NONE;
	}
	hj_slice folded = hj_slice_folded(login, &out->arena, &read->ok);
	const uint32_t *found = hj_map_get(&read->logins, folded);
	if (found)
		return *found;
	/* The list of users has no room for more. */
	if (out->has_users) {
		if (!external)
			HJ_FIND(read, V_STRANGER, node, "\"%.*s\" is not in \"users\"",
				HJ_SLICE_ARGS(login));
		return HJ_NONE;
	}
	if (external || !hj__read_claim(read, &read->logins, folded, &index))
		return HJ_NONE;
	out->users[out->user_count++] = (hj_inventory_user){.node = node, .login = login};
	return index;
}

static int compare_attributes(const void *a, const void *b)
{
	const hj_device_attribute *left = a, *right = b;
	size_t size = left->name.size < right->name.size ? left->name.size : right->name.size;
	int order = size ? memcmp(left->name.data, right->name.data, size) : 0;
	if (!order)
		order = (left->name.size > right->name.size) - (left->name.size < right->name.size);
	return order ? order : (left->node > right->node) - (left->node < right->node);
}

/* False: null, or found to be of another type. */
static bool read_attribute(hj_reader *read, uint32_t name, hj_device_attribute *out)
{
	uint32_t value = read->nodes[name].next;
	hj_kind kind = hj__read_kind(read, value);
	*out = (hj_device_attribute){.node = value, .name = hj__read_text(read, name)};
	switch (kind) {
	case HJ_STRING:
		out->type = HJ_FACT_TEXT;
		out->text = hj__read_text(read, value);
		return true;
	case HJ_NUMBER:
		out->type = HJ_FACT_NUMBER;
		out->text = hj_source_slice(
			hj_document_source(read->document), hj_node_span(&read->nodes[value]));
		return hj_number_parse(out->text, &out->number);
	case HJ_TRUE:
	case HJ_FALSE:
		out->type = HJ_FACT_BOOLEAN;
		out->truth = kind == HJ_TRUE;
		return true;
	case HJ_NULL:
	case HJ_ERROR: return false;
	default:
		HJ_FIND(read, V_TYPE, value,
			"the attribute \"%.*s\" should be a string, a number, true or false, not "
			"%s",
			HJ_SLICE_ARGS(out->name), hj__kind_words(kind));
		return false;
	}
}

/* Sorted by name; of a name that stands twice the first counts. */
static void read_attributes(hj_reader *read, uint32_t object, hj_device *device)
{
	hj_device_attribute *items = hj__read_room(
				    read, hj__read_count(read, object) / 2, sizeof *items),
			    *last = NULL;
	size_t count = 0;
	for (uint32_t name = object + 1; items && name < read->nodes[object].next;
		name = read->nodes[read->nodes[name].next].next)
		count += hj__read_kind(read, name) == HJ_STRING &&
			read_attribute(read, name, &items[count]);
	if (count)
		qsort(items, count, sizeof *items, compare_attributes);
	device->attributes = items;
	for (size_t i = 0; i < count; i++)
		if (!last || !hj_slice_equal(last->name, items[i].name)) {
			last = &items[device->attribute_count++];
			*last = items[i];
		}
}

void hj__read_device(hj_reader *read, uint32_t node)
{
	hj_inventory *out = read->out;
	uint32_t at[DEVICE_FIELDS];
	unsigned wrong = hj__read_fields(read, node, device_fields, DEVICE_FIELDS, at);
	hj_device device = {
		.node = node, .name = hj__read_text(read, at[DEVICE_NAME]), .user = HJ_NONE};
	size_t field_at = device.name.size ? DEVICE_NAME : DEVICE_HOSTNAME;
	device.name = hj__read_text(read, at[field_at]);
	if (device.name.size == 0) {
		if (!(wrong & 1U << DEVICE_NAME))
			HJ_FIND(read, V_UNNAMED, node, "a device without \"name\"");
		return;
	}
	if (!hj__read_name(
		    read, &out->names, device.name, at[field_at], "device", out->device_count))
		return;
	device.external =
		at[DEVICE_EXTERNAL] && hj__read_kind(read, at[DEVICE_EXTERNAL]) == HJ_TRUE;
	device.addresses = read_addresses(read, node, at[DEVICE_ADDRESSES],
		&device_fields[DEVICE_ADDRESSES], &device.address_count);
	device.tags =
		read_tags(read, at[DEVICE_TAGS], &device_fields[DEVICE_TAGS], &device.tag_count);
	read_both_routes(read, at, &device);
	/* One whose tags were all left out is still nobody's. */
	if (hj__read_count(read, at[DEVICE_TAGS]) == 0 && !(wrong & 1U << DEVICE_TAGS) &&
		!(wrong & 1U << DEVICE_USER))
		device.user = owner_of(read, node, at[DEVICE_USER], device.external);
	if (at[DEVICE_ATTRIBUTES])
		read_attributes(read, at[DEVICE_ATTRIBUTES], &device);
	out->devices[out->device_count++] = device;
}

/* -- services ------------------------------------------------------------------------------------ */

enum { SERVICE_NAME, SERVICE_ADDRESSES, SERVICE_TAGS, SERVICE_FIELDS };
static const hj_read_field service_fields[SERVICE_FIELDS] = {
	[SERVICE_NAME] = HJ_FIELD("name", HJ_STRING),
	[SERVICE_ADDRESSES] = HJ_FIELD("addrs", HJ_ARRAY),
	[SERVICE_TAGS] = HJ_FIELD("tags", HJ_ARRAY),
};

void hj__read_service(hj_reader *read, uint32_t node)
{
	hj_inventory *out = read->out;
	uint32_t at[SERVICE_FIELDS];
	unsigned wrong = hj__read_fields(read, node, service_fields, SERVICE_FIELDS, at);
	hj_inventory_service service = {
		.node = node, .name = hj__read_text(read, at[SERVICE_NAME])};
	const char *fault = service.name.size ? hj_service_fault(service.name) : NULL;
	if (service.name.size == 0) {
		if (!(wrong & 1U << SERVICE_NAME))
			HJ_FIND(read, V_UNNAMED, node, "a service without \"name\"");
	} else if (fault) {
		HJ_FIND(read, V_SERVICE, at[SERVICE_NAME], "\"%.*s\" is no service: %s",
			HJ_SLICE_ARGS(service.name), fault);
	} else if (hj__read_name(read, &read->services, service.name, at[SERVICE_NAME], "service",
			   out->service_count)) {
		service.addresses = read_addresses(read, node, at[SERVICE_ADDRESSES],
			&service_fields[SERVICE_ADDRESSES], &service.address_count);
		service.tags = read_tags(
			read, at[SERVICE_TAGS], &service_fields[SERVICE_TAGS], &service.tag_count);
		out->services[out->service_count++] = service;
	}
}
