#include "policy/ports.h"

#include <criterion/criterion.h>

#define SIZE(array) (sizeof(array) / sizeof *(array))

static void expect_text(const char *what, const char *input, hj_slice got, const char *want)
{
	cr_expect(hj_slice_equal(got, hj_slice_str(want)), "%s of %s: \"%.*s\"", what, input,
		(int)got.size, got.size ? got.data : "");
}

#define RANGE(text, why) "port range \"" text "\": " why
#define FIRST            "invalid first integer"
#define ZERO             "first port must be >0, or use '*' for wildcard"

Test(ports, lists)
{
	static const struct {
		const char *text;
		const char *fault; /* after the items */
		hj_ports items[4];
	} cases[] = {
		{"*", "", {{0, 65535}}},
		{"443", "", {{443, 443}}},
		{"80-443", "", {{80, 443}}},
		{"1-65535", "", {{1, 65535}}},
		{"00080", "", {{80, 80}}},
		{"22,80,443", "", {{22, 22}, {80, 80}, {443, 443}}},
		{"80,8000-8100", "", {{80, 80}, {8000, 8100}}},
		{"", "invalid port list: \"\"", {{0}}},
		{"22,", "invalid port list: \"\"", {{22, 22}}},
		{"ssh", RANGE("ssh", FIRST), {{0}}},
		{"SSH", RANGE("ssh", FIRST), {{0}}},
		{"self", RANGE("self", FIRST), {{0}}},
		{"22,http", RANGE("http", FIRST), {{22, 22}}},
		{"22, 80", "", {{22, 22}, {80, 80}}},
		{"22, http", RANGE(" http", FIRST), {{22, 22}}},
		{"80-x", RANGE("80-x", "invalid last integer"), {{0}}},
		{"80-", RANGE("80-", "invalid last integer"), {{0}}},
		{"80-65536", RANGE("80-65536", "invalid last integer"), {{0}}},
		{"1-2-3", RANGE("1-2-3", "too many dashes(-)"), {{0}}},
		{"--", RANGE("--", "too many dashes(-)"), {{0}}},
		{"-1", RANGE("-1", FIRST), {{0}}},
		{"-", RANGE("-", FIRST), {{0}}},
		{"+80", RANGE("+80", FIRST), {{0}}},
		{"0", RANGE("0", ZERO), {{0}}},
		{"0-65535", RANGE("0-65535", ZERO), {{0}}},
		{"65536", RANGE("65536", FIRST), {{0}}},
		{"99999999999999999999", RANGE("99999999999999999999", FIRST), {{0}}},
		{"443-80", RANGE("443-80", "first port must be >= last port"), {{0}}},
		{"A\\U\xF3\xA0\x80\x81", RANGE("a\\\\u\\U000e0001", FIRST), {{0}}},
		{"a\"\t\xFF", RANGE("a\\\"\\t\\xff", FIRST), {{0}}},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		hj_text fault;
		hj_text_init(&fault, NULL);
		hj_slice rest = hj_slice_str(cases[i].text);
		hj_ports got;
		size_t count = 0;
		for (; hj_ports_next(&rest, &got, &fault); count++) {
			cr_assert_lt(count, 3);
			cr_expect_eq(got.first, cases[i].items[count].first, "%s", cases[i].text);
			cr_expect_eq(got.last, cases[i].items[count].last, "%s", cases[i].text);
		}
		cr_expect_eq(cases[i].items[count].last, 0, "%s: %zu items", cases[i].text, count);
		expect_text("fault", cases[i].text, hj_text_slice(&fault), cases[i].fault);
		cr_expect_eq(rest.data != NULL, fault.size > 0, "%s", cases[i].text);
		hj_text_free(&fault);
	}
	hj_ports ports;
	cr_expect_not(hj_ports_parse(HJ_SLICE("22,80"), &ports, NULL));
	cr_expect_not(hj_ports_parse((hj_slice){0}, &ports, NULL));
}

Test(ports, one_port_is_no_range)
{
	static const char *const others[] = {
		"22-22", "22-23", "*", "22,80", "0", "65536", "-1", "ssh", ""};
	uint16_t port = 0;
	cr_expect(hj_port_parse(HJ_SLICE("65535"), &port));
	cr_expect_eq(port, 65535);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		cr_expect_not(hj_port_parse(hj_slice_str(others[i]), &port), "%s", others[i]);
	cr_expect_not(hj_port_parse((hj_slice){0}, &port));
}

Test(ports, host_and_ports)
{
	static const struct {
		const char *text, *host, *ports, *fault;
		bool bracketed;
	} cases[] = {
		{"tag:server:22", "tag:server", "22", NULL, false},
		{"web:*", "web", "*", NULL, false},
		{"autogroup:self", "autogroup", "self", NULL, false},
		{"web:", "web", "", NULL, false},
		{":80", "", "80", NULL, false},
		{":", "", "", NULL, false},
		{"[fd7a:115c:a1e0::10]:22", "fd7a:115c:a1e0::10", "22", NULL, true},
		{"[web]:80", "web", "80", NULL, true},
		{"[]:80", "", "80", NULL, true},
		{"]:80", "]", "80", NULL, false},
		{"[:80", "[", "80", NULL, false},
		{"fd00:1::/64:443", "fd00:1::/64", "443", NULL, false},
		{"fd7a::1:22", "fd7a::1", "22", NULL, false},
		{"a,b:80", "a,b", "80", "host cannot contain a comma (\",\")", false},
		{"a:22,80", "a", "22,80", NULL, false},
		{"100.64.0.1", "100.64.0.1", "", "hostport must contain a colon (\":\")", false},
		{"", "", "", "hostport must contain a colon (\":\")", false},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		const char *text = cases[i].text;
		hj_hostport got;
		bool split = hj_hostport_split(hj_slice_str(text), &got);
		cr_expect_eq(split, strchr(text, ':') != NULL, "%s", text);
		expect_text("host", text, got.host, cases[i].host);
		expect_text("ports", text, got.ports, cases[i].ports);
		cr_expect_eq(got.bracketed, cases[i].bracketed, "%s", text);
		cr_expect_eq(got.ports.data != NULL, split, "%s: an empty list is a list", text);
		expect_text("fault", text, hj_slice_str(hj_hostport_fault(hj_slice_str(text))),
			cases[i].fault);
	}
}

Test(ports, protocols)
{
	static const struct {
		const char *text;
		int number; /* -1: none */
		bool ports;
		const char *name; /* of the row, NULL: there is none */
	} cases[] = {
		{"tcp", 6, true, "tcp"},
		{"TCP", 6, true, "tcp"},
		{"udp", 17, true, "udp"},
		{"sctp", 132, true, "sctp"},
		{"icmp", 1, false, "icmp"},
		{"icmpv4", 1, false, "icmpv4"},
		{"1", 1, false, "icmp"},
		{"ip-in-ip", 4, false, "ip-in-ip"},
		{"4", 4, false, "ipv4"},
		{"ipv6-icmp", 58, false, "ipv6-icmp"},
		{"icmpv6", 58, false, "icmpv6"},
		{"tsmp", 99, false, "tsmp"},
		{"0", 0, false, NULL},
		{"255", 255, false, NULL},
		{"06", 6, true, "tcp"},
		{"256", -1, false, NULL},
		{"99999999999", -1, false, NULL},
		{"fc", -1, false, "fc"},
		{"", -1, false, NULL},
		{"*", -1, false, NULL},
		{"tcp ", -1, false, NULL},
		{"http", -1, false, NULL},
		{"-1", -1, false, NULL},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		uint8_t number = 0;
		hj_slice text = hj_slice_str(cases[i].text);
		bool ok = hj_protocol_parse(text, &number);
		cr_expect_eq(ok ? number : -1, cases[i].number, "\"%s\"", cases[i].text);
		cr_expect_eq(ok && hj_protocol_has_ports(number), cases[i].ports, "\"%s\"",
			cases[i].text);
		const hj_protocol *row = hj_protocol_named(text);
		expect_text(
			"row", cases[i].text, hj_slice_str(row ? row->name : NULL), cases[i].name);
	}
	cr_expect_not(hj_protocol_named(HJ_SLICE("icmpv6"))->documented);
	size_t count;
	const hj_protocol *all = hj_protocols(&count);
	for (size_t i = 0; i < count; i++)
		cr_expect_eq(
			hj_protocol_named(hj_slice_str(all[i].name)), &all[i], "%s", all[i].name);
}

#define UNKNOWN(name) "proto name \"" name "\" not known; use protocol number 0-255"

Test(ports, items_of_grants)
{
	static const struct {
		const char *text;
		int protocol;
		hj_ports ports;
		const char *fault; /* NULL: it is right */
	} cases[] = {
		{"*", -1, {0, 65535}, NULL},
		{"443", -1, {443, 443}, NULL},
		{"80-443", -1, {80, 443}, NULL},
		{"47", -1, {47, 47}, NULL},
		{"tcp:443", 6, {443, 443}, NULL},
		{"TCP:443", 6, {443, 443}, NULL},
		{"udp:80-90", 17, {80, 90}, NULL},
		{"icmp:*", 1, {0, 65535}, NULL},
		{"47:*", 47, {0, 65535}, NULL},
		{"0:*", 0, {0, 65535}, NULL},
		{"*:443", -1, {443, 443}, NULL},
		{"*:*", -1, {0, 65535}, NULL},
		{"icmp:8", 1, {8, 8}, NULL},
		{"icmp", 0, {0}, RANGE("icmp", FIRST)},
		{"tcp:0", 0, {0}, RANGE("0", ZERO)},
		{"tcp:22,80", 0, {0}, RANGE("22,80", FIRST)},
		{"", 0, {0}, "empty string"},
		{":80", 0, {0}, "empty protocol"},
		{"tcp:", 0, {0}, "invalid port list: \"\""},
		{"foo:80", 0, {0}, UNKNOWN("foo")},
		{"Foo:80", 0, {0}, UNKNOWN("foo")},
		{"tcp:80:90", 0, {0}, UNKNOWN("tcp:80")},
		{"256:80", 0, {0}, UNKNOWN("256")},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		const char *text = cases[i].text;
		hj_text fault;
		hj_text_init(&fault, NULL);
		hj_ip_item got = {0};
		bool ok = hj_ip_item_parse(hj_slice_str(text), &got, &fault);
		cr_expect_eq(ok, !cases[i].fault, "%s", text);
		cr_expect_eq(hj_ip_item_parse(hj_slice_str(text), &got, NULL), ok, "%s", text);
		cr_expect_eq(got.protocol, cases[i].protocol, "%s: %d", text, got.protocol);
		cr_expect_eq(got.ports.first, cases[i].ports.first, "%s", text);
		cr_expect_eq(got.ports.last, cases[i].ports.last, "%s", text);
		cr_expect_eq(got.all_ports, ok && got.ports.first == 0, "%s", text);
		expect_text("fault", text, hj_text_slice(&fault), cases[i].fault);
		hj_text_free(&fault);
	}
}
