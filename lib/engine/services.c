#include "engine/services.h"

#include <stdlib.h>

enum { ICMP = 1, TCP = 6, UDP = 17, ICMPV6 = 58, LAST_PORT = 65535 };

/* What a rule without a protocol allows (policy language 5.3). */
static const uint8_t usual[] = {ICMP, TCP, UDP, ICMPV6};
enum { USUAL = sizeof usual };

void hj_services_init(hj_services *set, const hj_allocator *allocator)
{
	*set = (hj_services){.allocator = allocator};
}

void hj_services_free(hj_services *set)
{
	hj_free(set->allocator, set->items, set->capacity * sizeof *set->items);
	hj_services_init(set, set->allocator);
}

void hj_services_clear(hj_services *set)
{
	set->count = 0;
}

/* -- sweeps ------------------------------------------------------------------------------------ */

/*
 * Protocols and ports lie on one line, 65536 places a protocol; intervals are half-open there. What
 * belongs to different protocols never becomes one interval.
 */
static uint32_t start_of(const hj_service_range *range)
{
	return (uint32_t)range->protocol << 16 | range->first;
}

static uint32_t end_of(const hj_service_range *range)
{
	return ((uint32_t)range->protocol << 16 | range->last) + 1;
}

static void push(hj_services *out, uint32_t start, uint32_t end)
{
	hj_service_range *last = out->count ? &out->items[out->count - 1] : NULL;
	if (last && end_of(last) == start && (start & LAST_PORT))
		last->last = (uint16_t)(end - 1);
	else
		out->items[out->count++] = (hj_service_range){
			(uint8_t)(start >> 16), (uint16_t)start, (uint16_t)(end - 1)};
}

/*
 * The first interval from `at` on that ends behind a place; count when there is none. In steps that double,
 * so that a short list meets a long one in few.
 */
static size_t find_from(const hj_services *set, size_t at, uint32_t place)
{
	size_t step = 1, high = at;
	while (high < set->count && end_of(&set->items[high]) <= place) {
		at = high + 1;
		high += step;
		step *= 2;
	}
	high = high < set->count ? high : set->count;
	while (at < high) {
		size_t middle = at + (high - at) / 2;
		if (end_of(&set->items[middle]) <= place)
			at = middle + 1;
		else
			high = middle;
	}
	return at;
}

/* Walks one list along the line. */
struct walk {
	const hj_service_range *items;
	size_t count;
};

/* Is the place inside an interval? *next becomes the nearest place after it where that changes. */
static bool inside(struct walk *walk, uint32_t place, uint32_t *next)
{
	while (walk->count && end_of(walk->items) <= place) {
		walk->items++;
		walk->count--;
	}
	if (!walk->count)
		return false;
	bool in = start_of(walk->items) <= place;
	uint32_t change = in ? end_of(walk->items) : start_of(walk->items);
	if (change < *next)
		*next = change;
	return in;
}

/* keep[in the set][in the other] */
static hj_status combine(hj_services *set, const hj_services *other, const bool keep[2][2])
{
	hj_services out = {.allocator = set->allocator};
	if (hj_grow(out.allocator, &out.items, &out.capacity, set->count + other->count,
		    sizeof *out.items))
		return HJ_NO_MEMORY;
	struct walk a = {set->items, set->count}, b = {other->items, other->count};
	for (uint32_t place = 0, next; place != UINT32_MAX; place = next) {
		next = UINT32_MAX;
		bool in_a = inside(&a, place, &next), in_b = inside(&b, place, &next);
		if (keep[in_a][in_b])
			push(&out, place, next);
	}
	hj_services_free(set);
	*set = out;
	return HJ_OK;
}

hj_status hj_services_unite(hj_services *set, const hj_services *other)
{
	static const bool keep[2][2] = {{false, true}, {true, true}};
	return hj_services_contain(set, other) ? HJ_OK : combine(set, other, keep);
}

/* Cuts what is in the other out of each interval: the other may be large, what there is to cut few. */
hj_status hj_services_subtract(hj_services *set, const hj_services *other)
{
	hj_services out = {.allocator = set->allocator};
	size_t at = 0;
	if (!hj_services_overlap(set, other))
		return HJ_OK;
	for (size_t i = 0; i < set->count; i++) {
		uint32_t start = start_of(&set->items[i]), end = end_of(&set->items[i]);
		for (at = find_from(other, at, start); start < end; at++) {
			const hj_service_range *cut = at < other->count ? &other->items[at] : NULL;
			uint32_t until = cut && start_of(cut) < end ? start_of(cut) : end;
			if (start < until &&
				hj_grow(out.allocator, &out.items, &out.capacity, out.count + 1,
					sizeof *out.items)) {
				hj_services_free(&out);
				return HJ_NO_MEMORY;
			}
			if (start < until)
				push(&out, start, until);
			if (until == end || end_of(cut) > end)
				break;
			start = end_of(cut);
		}
	}
	hj_services_free(set);
	*set = out;
	return HJ_OK;
}

hj_status hj_services_intersect(hj_services *set, const hj_services *other)
{
	static const bool keep[2][2] = {{false, false}, {false, true}};
	return hj_services_contain(other, set) ? HJ_OK : combine(set, other, keep);
}

/* -- adding what rules say --------------------------------------------------------------------- */

static hj_service_range range_of(uint8_t protocol, hj_ports ports)
{
	if (!hj_protocol_has_ports(protocol))
		ports = (hj_ports){0, LAST_PORT};
	return (hj_service_range){protocol, ports.first, ports.last};
}

static int compare(const void *a, const void *b)
{
	uint32_t first = start_of(a), second = start_of(b);
	return (first > second) - (first < second);
}

/* Sorts, and makes one of those that overlap or touch. */
static void settle(hj_services *set)
{
	if (set->count == 0)
		return;
	qsort(set->items, set->count, sizeof *set->items, compare);
	size_t count = set->count;
	set->count = 0;
	for (size_t i = 0; i < count; i++) {
		hj_service_range range = set->items[i];
		hj_service_range *last = set->count ? &set->items[set->count - 1] : NULL;
		if (!last || last->protocol != range.protocol ||
			(uint32_t)last->last + 1 < range.first)
			set->items[set->count++] = range;
		else if (last->last < range.last)
			last->last = range.last;
	}
}

hj_status hj_services_add(hj_services *set, const hj_service *services, size_t count)
{
	hj_services added = {.allocator = set->allocator};
	size_t most;
	if (!hj_multiply(count, USUAL, &most) ||
		hj_grow(added.allocator, &added.items, &added.capacity, most, sizeof *added.items))
		return HJ_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		int16_t protocol = services[i].protocol;
		for (size_t k = 0; protocol < 0 && k < USUAL; k++)
			added.items[added.count++] = range_of(usual[k], services[i].ports);
		if (protocol >= 0)
			added.items[added.count++] = range_of((uint8_t)protocol, services[i].ports);
	}
	settle(&added);
	hj_status status = hj_services_unite(set, &added);
	hj_services_free(&added);
	return status;
}

/* -- questions --------------------------------------------------------------------------------- */

bool hj_services_equal(const hj_services *a, const hj_services *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (start_of(&a->items[i]) != start_of(&b->items[i]) ||
			a->items[i].last != b->items[i].last)
			return false;
	return true;
}

bool hj_services_contain(const hj_services *outer, const hj_services *inner)
{
	size_t at = 0;
	for (size_t i = 0; i < inner->count; i++) {
		const hj_service_range *range = &inner->items[i];
		at = find_from(outer, at, start_of(range));
		if (at == outer->count || start_of(&outer->items[at]) > start_of(range) ||
			end_of(&outer->items[at]) < end_of(range))
			return false;
	}
	return true;
}

bool hj_services_overlap(const hj_services *a, const hj_services *b)
{
	for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
		if (end_of(&a->items[i]) <= start_of(&b->items[j]))
			i = find_from(a, i, start_of(&b->items[j]));
		else if (end_of(&b->items[j]) <= start_of(&a->items[i]))
			j = find_from(b, j, start_of(&a->items[i]));
		else
			return true;
	}
	return false;
}

static bool has(const hj_services *set, uint8_t protocol, int port)
{
	hj_ports ports = {port < 0 ? 0 : (uint16_t)port, port < 0 ? LAST_PORT : (uint16_t)port};
	hj_service_range asked = range_of(protocol, ports);
	size_t at = find_from(set, 0, start_of(&asked));
	return at < set->count && start_of(&set->items[at]) < end_of(&asked);
}

bool hj_services_has(const hj_services *set, int protocol, int port)
{
	if (protocol >= 0)
		return has(set, (uint8_t)protocol, port);
	return has(set, TCP, port) || has(set, UDP, port);
}

bool hj_service_has(hj_service service, int protocol, int port)
{
	hj_service_range items[USUAL];
	hj_services set = {.items = items};
	for (size_t i = 0; service.protocol < 0 && i < USUAL; i++)
		items[set.count++] = range_of(usual[i], service.ports);
	if (service.protocol >= 0)
		items[set.count++] = range_of((uint8_t)service.protocol, service.ports);
	return hj_services_has(&set, protocol, port);
}

/* -- items and text ---------------------------------------------------------------------------- */

static size_t first_of(const hj_services *set, uint8_t protocol)
{
	return find_from(set, 0, (uint32_t)protocol << 16);
}

static bool is_of(const hj_services *set, size_t at, uint8_t protocol)
{
	return at < set->count && set->items[at].protocol == protocol;
}

/* The next ports that TCP and UDP share. */
static bool next_common(const hj_services *set, hj_services_cursor *cursor, hj_ports *out)
{
	while (is_of(set, cursor->tcp, TCP) && is_of(set, cursor->udp, UDP)) {
		const hj_service_range *tcp = &set->items[cursor->tcp];
		const hj_service_range *udp = &set->items[cursor->udp];
		out->first = tcp->first > udp->first ? tcp->first : udp->first;
		out->last = tcp->last < udp->last ? tcp->last : udp->last;
		if (tcp->last == out->last)
			cursor->tcp++;
		if (udp->last == out->last)
			cursor->udp++;
		if (out->first <= out->last)
			return true;
	}
	return false;
}

/* Has the common part said all of an interval? */
static bool is_said(const hj_services *set, const hj_service_range *range)
{
	if (range->protocol == ICMP || range->protocol == ICMPV6)
		return true;
	if (range->protocol != TCP && range->protocol != UDP)
		return false;
	uint8_t other = range->protocol == TCP ? UDP : TCP;
	hj_service_range twin = {other, range->first, range->last};
	size_t at = find_from(set, 0, start_of(&twin));
	return is_of(set, at, other) && start_of(&set->items[at]) <= start_of(&twin) &&
		end_of(&set->items[at]) >= end_of(&twin);
}

bool hj_services_next(const hj_services *set, hj_services_cursor *cursor, hj_service *out)
{
	if (!cursor->begun) {
		cursor->begun = true;
		cursor->tcp = first_of(set, TCP);
		cursor->udp = first_of(set, UDP);
		hj_services_cursor ahead = *cursor;
		hj_ports ports;
		cursor->common = has(set, ICMP, -1) && has(set, ICMPV6, -1) &&
			next_common(set, &ahead, &ports);
	}
	if (cursor->common && next_common(set, cursor, &out->ports)) {
		out->protocol = -1;
		return true;
	}
	while (cursor->at < set->count) {
		const hj_service_range *range = &set->items[cursor->at++];
		if (cursor->common && is_said(set, range))
			continue;
		*out = (hj_service){range->protocol, {range->first, range->last}};
		return true;
	}
	return false;
}

static const char *name_of(int protocol)
{
	size_t count;
	const hj_protocol *protocols = hj_protocols(&count);
	for (size_t i = 0; i < count; i++)
		if (protocols[i].number == protocol && protocols[i].known)
			return protocols[i].name;
	return NULL;
}

void hj_service_append(hj_text *out, hj_service service)
{
	hj_ports ports = service.ports;
	const char *name = name_of(service.protocol);
	if (name)
		hj_text_printf(out, "%s:", name);
	else if (service.protocol >= 0)
		hj_text_printf(out, "%d:", service.protocol);
	if (ports.first == 0 && ports.last == LAST_PORT)
		hj_text_byte(out, '*');
	else if (ports.first == ports.last)
		hj_text_printf(out, "%u", ports.first);
	else
		hj_text_printf(out, "%u-%u", ports.first, ports.last);
}

void hj_services_append(hj_text *out, const hj_services *set)
{
	hj_services_cursor cursor = {0};
	hj_service service;
	for (bool later = false; hj_services_next(set, &cursor, &service); later = true) {
		if (later)
			hj_text_str(out, ", ");
		hj_service_append(out, service);
	}
}
