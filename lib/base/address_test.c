#include "base/address.h"

#include "testdata/support/failing.h"

#include <criterion/criterion.h>

#define SIZE(array) (sizeof(array) / sizeof *(array))

static hj_address address(const char *text)
{
	hj_address out = {0};
	cr_assert(hj_address_parse(hj_slice_str(text), &out), "%s", text);
	return out;
}

static hj_range range(const char *first, const char *last)
{
	return (hj_range){address(first), address(last)};
}

static void expect_text(const char *input, hj_text *got, const char *want)
{
	cr_expect_str_eq(hj_text_string(got), want, "%s: %s", input, hj_text_string(got));
	hj_text_free(got);
}

Test(address, reads_and_writes)
{
	static const char *const cases[][2] = {
		/* NULL: no address */
		{"0.0.0.0", "0.0.0.0"},
		{"255.255.255.255", "255.255.255.255"},
		{"100.64.0.1", "100.64.0.1"},
		{"256.1.1.1", NULL},
		{"1.2.3", NULL},
		{"1.2.3.4.5", NULL},
		{"1.2.3.", NULL},
		{".1.2.3", NULL},
		{"1..2.3", NULL},
		{"01.2.3.4", NULL},
		{"1.2.3.00", NULL},
		{"1.2.3.4 ", NULL},
		{" 1.2.3.4", NULL},
		{"1.2.3.4x", NULL},
		{"1.2.3.-4", NULL},
		{"0x1.2.3.4", NULL},
		{"16909060", NULL},
		{"", NULL},
		{".", NULL},
		{":", NULL},
		{"::", "::"},
		{":::", NULL},
		{"::1", "::1"},
		{"1::", "1::"},
		{":1", NULL},
		{"1:", NULL},
		{"fd7a:115c:a1e0::0010", "fd7a:115c:a1e0::10"},
		{"FD7A:115C:A1E0:0:0:0:0:1", "fd7a:115c:a1e0::1"},
		{"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
		{"1:2:3:4:5:6:7", NULL},
		{"1:2:3:4:5:6:7:8:9", NULL},
		{"1:2:3:4:5:6:7:8:", NULL},
		{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
		{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
		{"1::3:4:5:6:7:8", "1:0:3:4:5:6:7:8"},
		{"1:2:3:4:5:6:7:8::", NULL},
		{"::1:2:3:4:5:6:7:8", NULL},
		{"1::2::3", NULL},
		{"00001::", NULL},
		{"g::", NULL},
		{"::1%eth0", NULL},
		{"[::1]", NULL},
		{"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
		{"1:0:0:2:3:0:0:4", "1::2:3:0:0:4"},
		{"0:0:1:0:0:0:0:0", "0:0:1::"},
		{"1:0:2:0:3:0:4:0", "1:0:2:0:3:0:4:0"},
		{"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
		{"::ffff:c000:201", "::ffff:192.0.2.1"},
		{"::192.0.2.1", "::c000:201"},
		{"64:ff9b::192.0.2.1", "64:ff9b::c000:201"},
		{"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
		{"1:2:3:4:5:1.2.3.4", NULL},
		{"1:2:3:4:5:6:7:1.2.3.4", NULL},
		{"::1:2:3:4:5:1.2.3.4", "0:1:2:3:4:5:102:304"},
		{"::1:2:3:4:5:6:1.2.3.4", NULL},
		{"::1.2.3.04", NULL},
		{"::1.2.3", NULL},
		{"::1.2.3.4:5", NULL},
		{"1.2.3.4::", NULL},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		hj_address got;
		bool ok = hj_address_parse(hj_slice_str(cases[i][0]), &got);
		cr_expect_eq(ok, cases[i][1] != NULL, "%s", cases[i][0]);
		if (!ok || !cases[i][1])
			continue;
		hj_text text;
		hj_text_init(&text, NULL);
		hj_address_append(&text, got);
		expect_text(cases[i][0], &text, cases[i][1]);
	}
	hj_address got;
	cr_expect_not(hj_address_parse((hj_slice){0}, &got));
}

Test(address, prefixes)
{
	static const struct {
		const char *text, *masked, *last; /* NULL: no prefix */
	} cases[] = {
		{"10.0.0.0/8", "10.0.0.0/8", "10.255.255.255"},
		{"10.1.2.3/8", "10.0.0.0/8", "10.255.255.255"},
		{"0.0.0.0/0", "0.0.0.0/0", "255.255.255.255"},
		{"1.2.3.4/32", "1.2.3.4/32", "1.2.3.4"},
		{"1.2.3.4/31", "1.2.3.4/31", "1.2.3.5"},
		{"::/0", "::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
		{"fd7a:115c:a1e0::1/48", "fd7a:115c:a1e0::/48",
			"fd7a:115c:a1e0:ffff:ffff:ffff:ffff:ffff"},
		{"2001:db8::ff/64", "2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff"},
		{"2001:db8::ff/65", "2001:db8::/65", "2001:db8::7fff:ffff:ffff:ffff"},
		{"2001:db8::ff/128", "2001:db8::ff/128", "2001:db8::ff"},
		{"10.0.0.0/33", NULL, NULL},
		{"::/129", NULL, NULL},
		{"::/999", NULL, NULL},
		{"::/0064", NULL, NULL},
		{"10.0.0.0/08", NULL, NULL},
		{"10.0.0.0/00", NULL, NULL},
		{"10.0.0.0/", NULL, NULL},
		{"10.0.0.0/+8", NULL, NULL},
		{"10.0.0.0/8 ", NULL, NULL},
		{"10.0.0.0/8/8", NULL, NULL},
		{"10.0.0/8", NULL, NULL},
		{"/8", NULL, NULL},
		{"10.0.0.0", NULL, NULL},
		{"", NULL, NULL},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		hj_prefix got;
		bool ok = hj_prefix_parse(hj_slice_str(cases[i].text), &got), changed = true;
		cr_expect_eq(ok, cases[i].masked != NULL, "%s", cases[i].text);
		if (!ok || !cases[i].masked)
			continue;
		hj_prefix masked = hj_prefix_masked(got, &changed);
		cr_expect_eq(
			changed, strcmp(cases[i].text, cases[i].masked) != 0, "%s", cases[i].text);
		hj_text text;
		hj_text_init(&text, NULL);
		hj_prefix_append(&text, masked);
		expect_text(cases[i].text, &text, cases[i].masked);
		hj_range whole = hj_prefix_range(got);
		hj_address_append(&text, whole.last);
		expect_text(cases[i].text, &text, cases[i].last);
		hj_prefix again;
		cr_expect(hj_range_prefix(whole, &again), "%s", cases[i].text);
		cr_expect_eq(again.bits, got.bits, "%s", cases[i].text);
	}
}

Test(address, order_and_neighbours)
{
	cr_expect_eq(hj_address_compare(address("255.255.255.255"), address("::")), -1);
	cr_expect_eq(hj_address_compare(address("1:0:0:1::"), address("1:0:0:0:ffff::")), 1);
	cr_expect_eq(hj_address_compare(address("1.2.3.4"), address("1.2.3.4")), 0);
	static const char *const pairs[][2] = {
		{"1.2.3.255", "1.2.4.0"},
		{"::ffff:ffff:ffff:ffff", "0:0:0:1::"},
		{"::", "::1"},
	};
	for (size_t i = 0; i < SIZE(pairs); i++) {
		hj_address at = address(pairs[i][0]);
		cr_expect(hj_address_next(&at), "%s", pairs[i][0]);
		cr_expect_eq(hj_address_compare(at, address(pairs[i][1])), 0, "%s", pairs[i][0]);
		cr_expect(hj_address_previous(&at), "%s", pairs[i][1]);
		cr_expect_eq(hj_address_compare(at, address(pairs[i][0])), 0, "%s", pairs[i][1]);
	}
	hj_address last = address("255.255.255.255"), first = address("::");
	cr_expect_not(hj_address_next(&last));
	cr_expect_not(hj_address_previous(&first));
	last = address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	cr_expect_not(hj_address_next(&last));
	first = address("0.0.0.0");
	cr_expect_not(hj_address_previous(&first));
}

Test(address, ranges_in_short)
{
	static const char *const cases[][3] = {
		{"10.33.0.100", "10.33.0.100", "10.33.0.100"},
		{"10.0.0.0", "10.255.255.255", "10.0.0.0/8"},
		{"0.0.0.0", "255.255.255.255", "0.0.0.0/0"},
		{"11.0.0.0", "100.63.255.255", "11.0.0.0-100.63.255.255"},
		{"10.0.0.1", "10.0.0.2", "10.0.0.1-10.0.0.2"},
		{"2000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2000::/3"},
		{"fd7a:115c:a1e0::", "fd7a:115c:a1e0:ffff:ffff:ffff:ffff:ffff",
			"fd7a:115c:a1e0::/48"},
		{"::1", "0:0:0:1::", "::1-0:0:0:1::"},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		hj_text text;
		hj_text_init(&text, NULL);
		hj_range_append(&text, range(cases[i][0], cases[i][1]));
		expect_text(cases[i][0], &text, cases[i][2]);
	}
	hj_prefix prefix;
	cr_expect_not(hj_range_prefix(range("0.0.0.1", "::1"), &prefix));
	cr_expect_not(hj_range_valid(range("0.0.0.1", "::1")));
	cr_expect_not(hj_range_valid(range("0.0.0.2", "0.0.0.1")));
}

/* -- sets --------------------------------------------------------------------------------------- */

Test(range_set, internet)
{
	/* Control plane, 3.4. */
	static const char *const less[] = {
		"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"};
	static const char want[] = "0.0.0.0-9.255.255.255 11.0.0.0-100.63.255.255 "
				   "100.128.0.0-169.253.255.255 169.255.0.0-172.15.255.255 "
				   "172.32.0.0-192.167.255.255 192.169.0.0-255.255.255.255 "
				   "2000::/3 ";
	hj_range_set set;
	hj_range_set_init(&set, NULL);
	hj_prefix prefix;
	cr_assert(hj_prefix_parse(HJ_SLICE("2000::/3"), &prefix));
	cr_assert_eq(hj_range_set_add(&set, hj_prefix_range(prefix)), HJ_OK);
	cr_assert_eq(hj_range_set_add(&set, range("0.0.0.0", "255.255.255.255")), HJ_OK);
	for (size_t i = 0; i < SIZE(less); i++) {
		cr_assert(hj_prefix_parse(hj_slice_str(less[i]), &prefix));
		cr_assert_eq(hj_range_set_remove(&set, hj_prefix_range(prefix)), HJ_OK);
		cr_expect_not(hj_range_set_overlaps(&set, hj_prefix_range(prefix)));
	}
	hj_text text;
	hj_text_init(&text, NULL);
	for (size_t i = 0; i < set.count; i++) {
		hj_range_append(&text, set.items[i]);
		hj_text_byte(&text, ' ');
	}
	expect_text("internet", &text, want);
	hj_range_set_free(&set);
}

Test(range_set, families_do_not_touch)
{
	hj_range_set set;
	hj_range_set_init(&set, NULL);
	hj_range all[] = {range("::", "::1"), range("255.255.255.0", "255.255.255.255")};
	cr_assert_eq(hj_range_set_add_all(&set, all, 2), HJ_OK);
	cr_expect_eq(set.count, 2);
	cr_assert_eq(hj_range_set_add(&set, range("::2", "::2")), HJ_OK);
	cr_expect_eq(set.count, 2);
	cr_expect_eq(hj_range_set_add(&set, range("::2", "::1")), HJ_INVALID);
	cr_expect_eq(hj_range_set_remove(&set, range("0.0.0.0", "::1")), HJ_INVALID);
	cr_expect_eq(hj_range_set_add_all(&set, NULL, 0), HJ_OK);
	cr_expect_eq(set.count, 2);
	hj_range_set_free(&set);
}

enum { SMALL = 64 }; /* addresses of the world that the bitmap knows */

static uint32_t state = 1;
static unsigned roll(unsigned below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 16) % below;
}

/* Worlds at the edges: the first addresses, across the halves of IPv6, the last ones. */
static hj_address nth(int world, unsigned n)
{
	switch (world) {
	case 0: return (hj_address){.low = n};
	case 1: return (hj_address){.low = 0xFFFFFFFF - (SMALL - 1) + n};
	case 2: return (hj_address){.high = n >= 32, .low = (uint64_t)n - 32, .v6 = true};
	default:
		return (hj_address){
			.high = UINT64_MAX, .low = UINT64_MAX - (SMALL - 1) + n, .v6 = true};
	}
}

static uint64_t bits_of(unsigned first, unsigned last)
{
	uint64_t bits = 0;
	for (unsigned i = first; i <= last; i++)
		bits |= UINT64_C(1) << i;
	return bits;
}

static void compare(const hj_range_set *set, int world, uint64_t bits, size_t step)
{
	size_t runs = 0;
	for (unsigned i = 0; i < SMALL; i++)
		runs += bits >> i & 1 && !(i > 0 && bits >> (i - 1) & 1);
	cr_assert_eq(set->count, runs, "step %zu: %zu items for %zu runs", step, set->count, runs);
	for (unsigned first = 0; first < SMALL; first++) {
		unsigned last = first + roll(SMALL - first);
		uint64_t asked = bits_of(first, last);
		hj_range of = {nth(world, first), nth(world, last)};
		cr_assert_eq(hj_range_set_contains(set, of), (bits & asked) == asked,
			"step %zu, %u-%u of %016llx", step, first, last, (unsigned long long)bits);
		cr_assert_eq(hj_range_set_overlaps(set, of), (bits & asked) != 0,
			"step %zu, %u-%u of %016llx", step, first, last, (unsigned long long)bits);
	}
}

Test(range_set, agrees_with_a_bitmap)
{
	for (int world = 0; world < 4; world++) {
		hj_range_set set;
		hj_range_set_init(&set, NULL);
		uint64_t bits = 0;
		for (size_t step = 0; step < 3000; step++) {
			hj_range ranges[5];
			size_t count = 0;
			unsigned act = roll(8);
			for (size_t want = act == 0 ? 1 + roll(5) : 1; count < want; count++) {
				unsigned first = roll(SMALL);
				unsigned last = first + roll(SMALL - first < 9 ? SMALL - first : 9);
				ranges[count] = (hj_range){nth(world, first), nth(world, last)};
				if (act > 4)
					bits &= ~bits_of(first, last);
				else
					bits |= bits_of(first, last);
			}
			hj_status status = act == 0 ? hj_range_set_add_all(&set, ranges, count)
				: act > 4           ? hj_range_set_remove(&set, ranges[0])
						    : hj_range_set_add(&set, ranges[0]);
			cr_assert_eq(status, HJ_OK);
			compare(&set, world, bits, step);
		}
		hj_range_set_free(&set);
	}
}

static hj_status make(const hj_allocator *allocator)
{
	hj_range_set set;
	hj_range_set_init(&set, allocator);
	hj_status status = hj_range_set_add(&set, range("0.0.0.0", "0.0.255.255"));
	for (unsigned i = 0; !status && i < 40; i++) {
		size_t before = set.count;
		hj_address at = {.low = 2 * i + 1};
		status = hj_range_set_remove(&set, (hj_range){at, at});
		if (status)
			cr_expect_eq(set.count, before);
	}
	hj_range more[60];
	for (unsigned i = 0; i < SIZE(more); i++)
		more[i].first = more[i].last = (hj_address){.low = 1000000 - 2 * i};
	if (!status) {
		status = hj_range_set_add_all(&set, more, SIZE(more));
		cr_expect_eq(set.count, status ? 41 : 101);
	}
	hj_range_set_free(&set);
	return status;
}

Test(range_set, survives_without_memory)
{
	for (size_t n = 0;; n++) {
		failing_state failing = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&failing);
		hj_status status = make(&allocator);
		cr_assert_eq(failing.blocks, 0);
		cr_assert_eq(failing.bytes, 0);
		if (!failing.failed)
			break;
		cr_assert_eq(status, HJ_NO_MEMORY);
	}
}
