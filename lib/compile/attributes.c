#include "compile/attributes.h"

#include "engine/world_parts.h"
#include "syntax/inline.h"
#include "syntax/string.h"

#include <stdlib.h>

/* What an entry gives to its devices. */
typedef struct gift {
	hj_slice name;
	uint32_t value; /* of "app": a node; 0: null */
	uint32_t rank;  /* of the name among all names; equal names are one */
} gift;

/* Who receives gifts: those from `first` on, `count` of them. */
typedef struct hand_out {
	uint32_t first, count;
} hand_out;

struct hj_attributes {
	hj_world *world;
	hj_arena arena;
	bool ok;
	gift *gifts;
	size_t gift_count, gift_capacity;
	hand_out *hand_outs;
	size_t hand_out_count, hand_out_capacity;
	hj__pairs pairs;    /* device and hand-out, while entries are read */
	hj_ids *of_device;  /* hand-outs, in order */
	hj_ids to_all;      /* those to every device, in order */
	uint32_t *received; /* scratch: gifts of one device */
	size_t received_capacity;
	hj_text name, value; /* scratch */
};

static void add_gift(hj_attributes *attributes, hj_slice name, uint32_t value)
{
	if (!attributes->ok ||
		hj_grow(attributes->arena.allocator, &attributes->gifts, &attributes->gift_capacity,
			attributes->gift_count + 1, sizeof *attributes->gifts))
		attributes->ok = false;
	else
		attributes->gifts[attributes->gift_count++] = (gift){.name = name, .value = value};
}

/* The gifts added since there were `first` are handed out together. */
static uint32_t end_gifts(hj_attributes *attributes, size_t first)
{
	if (!attributes->ok || attributes->gift_count >= HJ_NONE ||
		hj_grow(attributes->arena.allocator, &attributes->hand_outs,
			&attributes->hand_out_capacity, attributes->hand_out_count + 1,
			sizeof *attributes->hand_outs)) {
		attributes->ok = false;
		return 0;
	}
	attributes->hand_outs[attributes->hand_out_count] =
		(hand_out){(uint32_t)first, (uint32_t)(attributes->gift_count - first)};
	return (uint32_t)attributes->hand_out_count++;
}

/* Attributes that bring others with them. HTTPS, which the last one is about, is off (10). */
static void add_attribute(hj_attributes *attributes, hj_slice name)
{
	add_gift(attributes, name, 0);
	if (!hj_slice_equal(name, HJ_SLICE("funnel")))
		return;
	add_gift(attributes,
		HJ_SLICE("https://tailscale.com/cap/funnel-ports?ports=443,8443,10000"), 0);
	add_gift(attributes, HJ_SLICE("https://tailscale.com/cap/warn-funnel-no-https"), 0);
}

/* Room for one of every entry, and of the settings. */
static bool begin_all(hj_attributes *attributes)
{
	size_t most = (size_t)attributes->world->policy->node_attrs.count + 1;
	attributes->to_all.items = hj__room(&attributes->arena, most, sizeof(uint32_t));
	return attributes->to_all.items;
}

static void hand_to_all(hj_attributes *attributes, uint32_t gifts)
{
	attributes->to_all.items[attributes->to_all.count++] = gifts;
}

static bool is_all(const hj_attributes *attributes, const hj_words *target)
{
	const hj_term *terms = attributes->world->policy->terms;
	for (uint32_t i = 0; i < target->count; i++)
		if (terms[target->items[i].term].selector.kind == HJ_SELECT_ALL)
			return true;
	return false;
}

static void hand_to(hj_attributes *attributes, const hj_words *target, uint32_t gifts)
{
	if (!attributes->ok)
		return;
	if (is_all(attributes, target)) {
		hand_to_all(attributes, gifts);
		return;
	}
	for (uint32_t i = 0; i < target->count; i++) {
		hj_ids devices;
		if (hj_world_devices(attributes->world, target->items[i].term, &devices)) {
			attributes->ok = false;
			return;
		}
		for (uint32_t j = 0; j < devices.count; j++)
			hj__pairs_add(&attributes->pairs, devices.items[j], gifts);
	}
}

static void read_entries(hj_attributes *attributes)
{
	const hj_policy *policy = attributes->world->policy;
	if (policy->randomize_client_port.value) {
		add_gift(attributes, HJ_SLICE("randomize-client-port"), 0);
		uint32_t gifts = end_gifts(attributes, 0);
		if (attributes->ok)
			hand_to_all(attributes, gifts);
	}
	for (uint32_t i = 0; i < policy->node_attrs.count && attributes->ok; i++) {
		const hj_node_attr *entry = &policy->node_attrs.items[i];
		size_t first = attributes->gift_count;
		for (uint32_t j = 0; j < entry->attr.count; j++)
			add_attribute(attributes, entry->attr.items[j].text);
		for (uint32_t j = 0; j < entry->app.count; j++)
			add_gift(attributes, entry->app.items[j].name.text,
				entry->app.items[j].value);
		if (attributes->gift_count > first)
			hand_to(attributes, &entry->target, end_gifts(attributes, first));
	}
}

/* -- ranks ----------------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const gift *one = *(gift *const *)a, *other = *(gift *const *)b;
	size_t size = one->name.size < other->name.size ? one->name.size : other->name.size;
	int order = size ? memcmp(one->name.data, other->name.data, size) : 0;
	return order                                ? order
		: one->name.size < other->name.size ? -1
						    : one->name.size > other->name.size;
}

static bool rank(hj_attributes *attributes)
{
	size_t count = attributes->gift_count;
	gift **order = hj__room(&attributes->arena, count, sizeof *order);
	for (size_t i = 0; order && i < count; i++)
		order[i] = &attributes->gifts[i];
	if (!order)
		return false;
	qsort(order, count, sizeof *order, by_name);
	for (size_t i = 0; i < count; i++)
		order[i]->rank = i == 0
			? 0
			: order[i - 1]->rank + !hj_slice_equal(order[i - 1]->name, order[i]->name);
	return true;
}

/* -- the whole --------------------------------------------------------------------------------------- */

static bool build(hj_attributes *attributes)
{
	uint32_t devices = attributes->world->device_count;
	attributes->of_device = hj__room(&attributes->arena, devices, sizeof(hj_ids));
	if (!attributes->of_device || !begin_all(attributes))
		return false;
	memset(attributes->of_device, 0, devices * sizeof(hj_ids));
	read_entries(attributes);
	if (!attributes->ok || !rank(attributes))
		attributes->pairs.ok = false;
	return hj__deal(&attributes->pairs, &attributes->arena, attributes->of_device, devices,
		sizeof(hj_ids));
}

hj_status hj_attributes_build(hj_world *world, const hj_allocator *allocator, hj_attributes **out)
{
	hj_attributes *attributes = hj_alloc(allocator, sizeof *attributes);
	if (!attributes)
		return HJ_NO_MEMORY;
	*attributes = (hj_attributes){.world = world, .ok = true};
	attributes->pairs = (hj__pairs){.allocator = allocator, .ok = true};
	hj_arena_init(&attributes->arena, allocator);
	hj_text_init(&attributes->name, allocator);
	hj_text_init(&attributes->value, allocator);
	if (build(attributes)) {
		*out = attributes;
		return HJ_OK;
	}
	hj_attributes_free(attributes);
	return HJ_NO_MEMORY;
}

void hj_attributes_free(hj_attributes *attributes)
{
	if (!attributes)
		return;
	const hj_allocator *allocator = attributes->arena.allocator;
	hj_free(allocator, attributes->gifts, attributes->gift_capacity * sizeof(gift));
	hj_free(allocator, attributes->hand_outs, attributes->hand_out_capacity * sizeof(hand_out));
	hj_free(allocator, attributes->received,
		attributes->received_capacity * sizeof *attributes->received);
	hj__pairs_free(&attributes->pairs);
	hj_text_free(&attributes->name);
	hj_text_free(&attributes->value);
	hj_arena_free(&attributes->arena);
	hj_free(allocator, attributes, sizeof *attributes);
}

/* -- writing ------------------------------------------------------------------------------------------- */

static int by_rank(const void *a, const void *b, void *gifts)
{
	const gift *all = gifts;
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	if (all[one].rank != all[other].rank)
		return all[one].rank < all[other].rank ? -1 : 1;
	return one < other ? -1 : one > other;
}

static size_t receive_from(hj_attributes *attributes, hj_ids hand_outs, size_t count)
{
	for (uint32_t i = 0; i < hand_outs.count; i++) {
		/* Several targets of an entry may have meant the device. */
		if (i && hand_outs.items[i] == hand_outs.items[i - 1])
			continue;
		hand_out from = attributes->hand_outs[hand_outs.items[i]];
		if (hj_grow(attributes->arena.allocator, &attributes->received,
			    &attributes->received_capacity, count + from.count,
			    sizeof *attributes->received)) {
			attributes->ok = false;
			return 0;
		}
		for (uint32_t j = 0; j < from.count; j++)
			attributes->received[count++] = from.first + j;
	}
	return count;
}

/* The gifts of a device, sorted by name, then as listed. */
static size_t receive(hj_attributes *attributes, uint32_t device)
{
	size_t count = receive_from(attributes, attributes->to_all, 0);
	count = receive_from(attributes, attributes->of_device[device], count);
	if (count)
		qsort_r(attributes->received, count, sizeof *attributes->received, by_rank,
			attributes->gifts);
	return count;
}

/* Appends what a value adds to the list of its name: its elements when it is a list. */
static void add_value(hj_attributes *attributes, uint32_t value)
{
	const hj_document *document = attributes->world->policy->document;
	const hj_node *nodes = hj_document_nodes(document);
	bool list = hj_node_kind(&nodes[value]) == HJ_ARRAY;
	uint32_t end = nodes[value].next;
	for (uint32_t at = list ? value + 1 : value; at < end; at = nodes[at].next) {
		hj_text_str(&attributes->value, attributes->value.size > 1 ? ", " : "");
		if (hj_inline_append(&attributes->value, document, at))
			attributes->ok = false;
	}
}

hj_status hj_attributes_emit(hj_attributes *attributes, uint32_t device, hj_emit *emit)
{
	size_t count = receive(attributes, device);
	for (size_t i = 0; i < count && attributes->ok;) {
		const gift *first = &attributes->gifts[attributes->received[i]];
		bool values = false;
		hj_text_clear(&attributes->name);
		hj_text_append(&attributes->name, first->name);
		hj_text_clear(&attributes->value);
		hj_text_byte(&attributes->value, '[');
		for (; i < count; i++) {
			const gift *next = &attributes->gifts[attributes->received[i]];
			if (next->rank != first->rank)
				break;
			if (!next->value)
				continue;
			values = true;
			add_value(attributes, next->value);
		}
		hj_text_byte(&attributes->value, ']');
		const char *name = hj_text_string(&attributes->name);
		if (!name || attributes->value.status)
			attributes->ok = false;
		else if (values)
			hj_emit_raw(emit, name, hj_text_slice(&attributes->value));
		else
			hj_emit_null(emit, name);
	}
	return attributes->ok ? emit->out->status : HJ_NO_MEMORY;
}
