#include "engine/services.h"

#include "testdata/support/failing.h"

#include <criterion/criterion.h>

#define SIZE(array) (sizeof(array) / sizeof *(array))

/* "tcp:22 443" as a set: the items of a grant, parted by blanks. */
static hj_services read_set(const char *text, const hj_allocator *allocator)
{
	hj_services set;
	hj_services_init(&set, allocator);
	hj_service list[16];
	size_t count = 0;
	while (*text) {
		size_t size = strcspn(text, " ");
		hj_ip_item item;
		cr_assert(hj_ip_item_parse(hj_slice_of(text, size), &item, NULL), "%s", text);
		list[count++] = (hj_service){(int16_t)item.protocol, item.ports};
		text += size + strspn(text + size, " ");
	}
	cr_assert_eq(hj_services_add(&set, list, count), HJ_OK);
	return set;
}

static void expect_set(const hj_services *set, const char *want, const char *what)
{
	hj_text got;
	hj_text_init(&got, NULL);
	hj_services_append(&got, set);
	cr_expect_str_eq(hj_text_string(&got), want, "%s", what);
	hj_text_free(&got);
}

Test(services, text)
{
	static const struct {
		const char *items, *text;
	} cases[] = {
		{"", ""},
		{"*", "*"},
		{"443", "443"},
		{"1-65535", "1-65535"},
		{"* 443 tcp:22 icmp:*", "*"},
		{"tcp:443 tcp:22 udp:53", "tcp:22, tcp:443, udp:53"},
		{"tcp:80-90 tcp:91 tcp:85-100 tcp:102", "tcp:80-100, tcp:102"},
		{"22 80", "22, 80"},
		{"tcp:22 udp:22", "tcp:22, udp:22"},
		{"tcp:22 udp:22 icmp:* ipv6-icmp:*", "22"},
		{"tcp:22 udp:53 icmp:* ipv6-icmp:*", "icmp:*, tcp:22, udp:53, ipv6-icmp:*"},
		{"443 tcp:*", "443, tcp:*"},
		{"443 tcp:80 udp:1-65535", "80, 443, udp:1-65535"},
		{"47:* 133:* 200:* sctp:5-6", "gre:*, sctp:5-6, 133:*, 200:*"},
		{"4:* 58:* 1:*", "icmp:*, ipv4:*, ipv6-icmp:*"},
		{"icmp:8", "icmp:*"},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		hj_services set = read_set(cases[i].items, NULL);
		expect_set(&set, cases[i].text, cases[i].items);
		hj_services_free(&set);
	}
}

Test(services, has)
{
	static const struct {
		const char *items;
		int protocol, port;
		bool has;
	} cases[] = {
		{"tcp:22", 6, 22, true},
		{"tcp:22", 6, 23, false},
		{"tcp:22", -1, 22, true},
		{"udp:22", -1, 22, true},
		{"sctp:22", -1, 22, false},
		{"icmp:*", -1, -1, false},
		{"tcp:22", 17, 22, false},
		{"tcp:22", 6, -1, true},
		{"tcp:22", 17, -1, false},
		{"22", 1, 0, true},
		{"22", 58, 9, true},
		{"tcp:22", 1, 0, false},
		{"80-90", 17, 90, true},
		{"80-90", 17, 91, false},
		{"47:*", 47, 5, true},
		{"*", 132, 5, false},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		hj_services set = read_set(cases[i].items, NULL);
		cr_expect_eq(hj_services_has(&set, cases[i].protocol, cases[i].port), cases[i].has,
			"%s has %d:%d", cases[i].items, cases[i].protocol, cases[i].port);
		hj_ip_item item;
		cr_assert(hj_ip_item_parse(hj_slice_str(cases[i].items), &item, NULL));
		hj_service service = {(int16_t)item.protocol, item.ports};
		cr_expect_eq(hj_service_has(service, cases[i].protocol, cases[i].port),
			cases[i].has, "item %s has %d:%d", cases[i].items, cases[i].protocol,
			cases[i].port);
		hj_services_free(&set);
	}
}

/* -- against a plain twin: a table of every protocol and the ports 0 to 15 ------------------------- */

enum { PORTS = 16, ROUNDS = 4000 };
typedef bool table[256][PORTS];

static uint32_t state = 1;
static uint32_t any(uint32_t below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

static hj_service any_service(void)
{
	static const int16_t protocols[] = {-1, 1, 6, 6, 6, 17, 17, 18, 58, 131, 132, 255};
	uint16_t first = (uint16_t)any(PORTS), last = (uint16_t)any(PORTS);
	hj_ports ports = {first < last ? first : last, first < last ? last : first};
	if (any(8) == 0)
		ports = (hj_ports){0, 65535};
	return (hj_service){protocols[any(SIZE(protocols))], ports};
}

static void tick(table twin, uint8_t protocol, hj_ports ports)
{
	bool has_ports = protocol == 6 || protocol == 17 || protocol == 132;
	for (unsigned port = 0; port < PORTS; port++)
		if (!has_ports || (port >= ports.first && port <= ports.last))
			twin[protocol][port] = true;
}

static void fill(hj_services *set, table twin)
{
	hj_services_init(set, NULL);
	memset(twin, 0, sizeof(table));
	hj_service list[6];
	size_t count = any(SIZE(list) + 1);
	for (size_t i = 0; i < count; i++) {
		list[i] = any_service();
		static const uint8_t usual[] = {1, 6, 17, 58};
		for (size_t k = 0; list[i].protocol < 0 && k < SIZE(usual); k++)
			tick(twin, usual[k], list[i].ports);
		if (list[i].protocol >= 0)
			tick(twin, (uint8_t)list[i].protocol, list[i].ports);
	}
	/* Some at once, the rest after them. */
	size_t first = any((uint32_t)count + 1);
	cr_assert_eq(hj_services_add(set, list, first), HJ_OK);
	cr_assert_eq(hj_services_add(set, list + first, count - first), HJ_OK);
}

static void expect_twin(const hj_services *set, table twin, const char *what)
{
	for (unsigned protocol = 0; protocol < 256; protocol++)
		for (unsigned port = 0; port < PORTS; port++)
			cr_assert_eq(hj_services_has(set, (int)protocol, (int)port),
				twin[protocol][port], "%s: %u:%u", what, protocol, port);
	for (size_t i = 1; i < set->count; i++) {
		const hj_service_range *a = &set->items[i - 1], *b = a + 1;
		cr_assert(a->protocol < b->protocol ||
				(a->protocol == b->protocol && a->last + 1 < b->first),
			"%s: %zu and the next touch", what, i - 1);
	}
}

/* The items of a set are the set. */
static void expect_items(const hj_services *set)
{
	hj_services copy;
	hj_services_init(&copy, NULL);
	hj_services_cursor cursor = {0};
	hj_service service;
	while (hj_services_next(set, &cursor, &service))
		cr_assert_eq(hj_services_add(&copy, &service, 1), HJ_OK);
	cr_assert(hj_services_equal(set, &copy));
	hj_services_free(&copy);
}

Test(services, twin)
{
	static table first, second;
	for (unsigned round = 0; round < ROUNDS; round++) {
		hj_services a, b, joined;
		fill(&a, first);
		fill(&b, second);
		expect_twin(&a, first, "add");
		expect_items(&a);
		bool contains = true, overlaps = false, equal = true;
		for (unsigned i = 0; i < 256; i++)
			for (unsigned k = 0; k < PORTS; k++) {
				contains = contains && (first[i][k] || !second[i][k]);
				overlaps = overlaps || (first[i][k] && second[i][k]);
				equal = equal && first[i][k] == second[i][k];
			}
		/* Ports past the table are all there or not at all, and are so in both or matter. */
		hj_services_init(&joined, NULL);
		cr_assert_eq(hj_services_unite(&joined, &a), HJ_OK);
		cr_assert(hj_services_equal(&joined, &a));
		if (hj_services_contain(&a, &b))
			cr_assert(contains);
		cr_assert_eq(hj_services_overlap(&a, &b), overlaps);
		if (hj_services_equal(&a, &b))
			cr_assert(equal);
		cr_assert_eq(hj_services_unite(&joined, &b), HJ_OK);
		cr_assert_eq(hj_services_contain(&a, &b), hj_services_equal(&joined, &a));
		for (unsigned i = 0; i < 256; i++)
			for (unsigned k = 0; k < PORTS; k++)
				first[i][k] |= second[i][k];
		expect_twin(&joined, first, "unite");
		cr_assert_eq(hj_services_subtract(&joined, &b), HJ_OK);
		for (unsigned i = 0; i < 256; i++)
			for (unsigned k = 0; k < PORTS; k++)
				first[i][k] &= !second[i][k];
		expect_twin(&joined, first, "subtract");
		cr_assert_not(hj_services_overlap(&joined, &b));
		/* a ∩ b = a − (a − b) */
		cr_assert_eq(hj_services_intersect(&b, &a), HJ_OK);
		hj_services rest;
		hj_services_init(&rest, NULL);
		cr_assert_eq(hj_services_unite(&rest, &a), HJ_OK);
		cr_assert_eq(hj_services_subtract(&rest, &joined), HJ_OK);
		cr_assert(hj_services_equal(&rest, &b));
		hj_services_free(&rest);
		hj_services_free(&joined);
		hj_services_free(&a);
		hj_services_free(&b);
	}
}

static hj_status job(const hj_allocator *allocator, hj_services *a)
{
	static const hj_service first[] = {{6, {22, 22}}, {-1, {80, 90}}};
	static const hj_service second[] = {{6, {85, 100}}, {17, {53, 53}}};
	hj_services b;
	hj_services_init(&b, allocator);
	hj_status status = hj_services_add(a, first, 2);
	if (!status)
		status = hj_services_add(&b, second, 2);
	if (!status)
		status = hj_services_unite(a, &b);
	if (!status)
		status = hj_services_intersect(&b, a);
	if (!status)
		status = hj_services_subtract(a, &b);
	hj_services_free(&b);
	return status;
}

Test(services, memory)
{
	for (size_t n = 0;; n++) {
		failing_state out = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&out);
		hj_services set;
		hj_services_init(&set, &allocator);
		hj_status status = job(&allocator, &set);
		if (!out.failed)
			expect_set(&set, "80-84, tcp:22, udp:80-90", "job");
		hj_services_free(&set);
		cr_assert_eq(out.blocks, 0);
		if (!out.failed)
			break;
		cr_assert_eq(status, HJ_NO_MEMORY);
	}
}
