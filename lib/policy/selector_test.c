#include "policy/selector.h"

#include <criterion/criterion.h>

#define SIZE(array) (sizeof(array) / sizeof *(array))

Test(selector, kinds)
{
	static const struct {
		const char *text;
		hj_selector_kind kind;
		const char *name;
	} cases[] = {
		{"", HJ_SELECT_EMPTY, ""},
		{" \t\r\n", HJ_SELECT_EMPTY, ""},
		{"*", HJ_SELECT_ALL, ""},
		{" * ", HJ_SELECT_ALL, ""},
		{"alice@example.com", HJ_SELECT_USER, "example.com"},
		{" thor@example.org", HJ_SELECT_USER, "example.org"},
		{"bob@github", HJ_SELECT_USER, "github"},
		{"a+b.c@passkey", HJ_SELECT_USER, "passkey"},
		{"alice@", HJ_SELECT_USER, ""},
		{"@example.com", HJ_SELECT_USER, "example.com"},
		{"*@example.com", HJ_SELECT_USER, "example.com"},
		{"users:a@example.com", HJ_SELECT_USER, "example.com"},
		{"user:*@example.com", HJ_SELECT_DOMAIN, "example.com"},
		{"user:*@", HJ_SELECT_OTHER, "*@"},
		{"user:*", HJ_SELECT_OTHER, "*"},
		{"user:", HJ_SELECT_OTHER, ""},
		{"user:a*@example.com", HJ_SELECT_OTHER, "a*@example.com"},
		{"user:*@a@b", HJ_SELECT_OTHER, "*@a@b"},
		{"localpart:*@example.com", HJ_SELECT_LOCALPART, "example.com"},
		{"localpart:*@*", HJ_SELECT_LOCALPART, "*"},
		{"localpart:*@", HJ_SELECT_OTHER, "*@"},
		{"localpart:foo", HJ_SELECT_OTHER, "foo"},
		{"group:eng", HJ_SELECT_GROUP, "eng"},
		{"Group:Eng", HJ_SELECT_GROUP, "Eng"},
		{"group:", HJ_SELECT_GROUP, ""},
		{"group:security@example.com", HJ_SELECT_SYNCED, "security@example.com"},
		{"group:finance team@example.com", HJ_SELECT_SYNCED, "finance team@example.com"},
		{"tag:server ", HJ_SELECT_TAG, "server"},
		{"TAG:Server", HJ_SELECT_TAG, "Server"},
		{"tag:", HJ_SELECT_TAG, ""},
		{"tag:web-*", HJ_SELECT_TAG, "web-*"},
		{"tag:server:22", HJ_SELECT_TAG, "server:22"},
		{"autogroup:member", HJ_SELECT_AUTOGROUP, "member"},
		{"autogroup:zzz", HJ_SELECT_AUTOGROUP, "zzz"},
		{"ipset:prod", HJ_SELECT_IPSET, "prod"},
		{"posture:latestMac", HJ_SELECT_POSTURE, "latestMac"},
		{"svc:db", HJ_SELECT_SERVICE, "db"},
		{"host:nas", HJ_SELECT_HOST_PREFIX, "nas"},
		{"100.64.0.1", HJ_SELECT_ADDRESS, ""},
		{"fd7a:115c:a1e0::1", HJ_SELECT_ADDRESS, ""},
		{"10.0.0.0/8", HJ_SELECT_PREFIX, ""},
		{"::/0", HJ_SELECT_PREFIX, ""},
		{"10.0.0.1-10.0.0.9", HJ_SELECT_RANGE, ""},
		{"fd00::1-fd00::9", HJ_SELECT_RANGE, ""},
		{"10.0.0.9-10.0.0.1", HJ_SELECT_OTHER, ""},
		{"10.0.0.1-fd00::9", HJ_SELECT_OTHER, ""},
		{"10.0.0.0/33", HJ_SELECT_OTHER, ""},
		{"300.1.1.1", HJ_SELECT_OTHER, ""},
		{"010.1.1.1", HJ_SELECT_OTHER, ""},
		{"[fd7a::1]", HJ_SELECT_OTHER, ""},
		{"fe80::1%eth0", HJ_SELECT_OTHER, ""},
		{"webserver", HJ_SELECT_WORD, "webserver"},
		{" subnet_a ", HJ_SELECT_WORD, "subnet_a"},
		{"db.example.com", HJ_SELECT_WORD, "db.example.com"},
		{"2024", HJ_SELECT_WORD, "2024"},
		{"%bogus%", HJ_SELECT_WORD, "%bogus%"},
		{"web-*", HJ_SELECT_OTHER, ""},
		{"!tag:a", HJ_SELECT_OTHER, ""},
		{"tags:web", HJ_SELECT_OTHER, ""},
		{"https://db:443", HJ_SELECT_OTHER, ""},
		{"${ADMIN}", HJ_SELECT_TEMPLATE, ""},
		{"tag:${env}-web", HJ_SELECT_TEMPLATE, ""},
		{"{{ .User }}", HJ_SELECT_TEMPLATE, ""},
		{"$(user)@example.com", HJ_SELECT_TEMPLATE, ""},
		{"group:%{if x}a%{endif}", HJ_SELECT_TEMPLATE, ""},
		{"<your-user>@example.com", HJ_SELECT_TEMPLATE, ""},
		{"user:*@<domain>", HJ_SELECT_TEMPLATE, ""},
		{"price$", HJ_SELECT_WORD, "price$"},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		hj_selector got = hj_selector_parse(hj_slice_str(cases[i].text));
		cr_expect_eq(got.kind, cases[i].kind, "%s: kind %d", cases[i].text, got.kind);
		cr_expect(hj_slice_equal(got.name, hj_slice_str(cases[i].name)),
			"%s: name \"%.*s\"", cases[i].text, (int)got.name.size,
			got.name.size ? got.name.data : "");
	}
	cr_expect_eq(hj_selector_parse((hj_slice){0}).kind, HJ_SELECT_EMPTY);
	/* The text ends where the slice does. */
	cr_expect_eq(hj_selector_parse(hj_slice_of("10.0.0.1/8", 8)).kind, HJ_SELECT_ADDRESS);
}

Test(selector, addresses)
{
	hj_selector one = hj_selector_parse(HJ_SLICE("fd00::5"));
	cr_expect_eq(one.prefix.bits, 128);
	cr_expect_eq(hj_address_compare(one.range.first, one.range.last), 0);
	hj_selector net = hj_selector_parse(HJ_SLICE("10.1.2.3/8"));
	cr_expect_eq(net.prefix.bits, 8);
	cr_expect_eq(net.prefix.address.low, 0x0A010203, "host bits stay");
	cr_expect_eq(net.range.first.low, 0x0A000000);
	cr_expect_eq(net.range.last.low, 0x0AFFFFFF);
	hj_selector range = hj_selector_parse(HJ_SLICE("1.2.3.4-1.2.3.6"));
	cr_expect_eq(range.range.last.low - range.range.first.low, 2);
}

Test(selector, autogroups)
{
	static const struct {
		const char *name;
		hj_autogroup autogroup;
		bool role;
	} cases[] = {
		{"member", HJ_AUTOGROUP_MEMBER, false},
		{"owner", HJ_AUTOGROUP_OWNER, true},
		{"admin", HJ_AUTOGROUP_ADMIN, true},
		{"it-admin", HJ_AUTOGROUP_IT_ADMIN, true},
		{"network-admin", HJ_AUTOGROUP_NETWORK_ADMIN, true},
		{"billing-admin", HJ_AUTOGROUP_BILLING_ADMIN, true},
		{"auditor", HJ_AUTOGROUP_AUDITOR, true},
		{"tagged", HJ_AUTOGROUP_TAGGED, false},
		{"self", HJ_AUTOGROUP_SELF, false},
		{"internet", HJ_AUTOGROUP_INTERNET, false},
		{"shared", HJ_AUTOGROUP_SHARED, false},
		{"danger-all", HJ_AUTOGROUP_DANGER_ALL, false},
		{"nonroot", HJ_AUTOGROUP_NONROOT, false},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		hj_autogroup got = hj_autogroup_of(hj_slice_str(cases[i].name));
		cr_expect_eq(got, cases[i].autogroup, "%s: %d", cases[i].name, got);
		cr_expect_str_eq(hj_autogroup_name(got), cases[i].name);
		cr_expect_eq(hj_autogroup_is_role(got), cases[i].role, "%s", cases[i].name);
	}
	cr_expect_eq(hj_autogroup_of(HJ_SLICE("Self")), HJ_AUTOGROUP_SELF);
	cr_expect_eq(hj_autogroup_of(HJ_SLICE("admins")), HJ_AUTOGROUP_UNKNOWN);
	cr_expect_eq(hj_autogroup_of((hj_slice){0}), HJ_AUTOGROUP_UNKNOWN);
	cr_expect_null(hj_autogroup_name(HJ_AUTOGROUP_UNKNOWN));
	hj_selector legacy = hj_selector_parse(HJ_SLICE("autogroup:members"));
	cr_expect_eq(legacy.autogroup, HJ_AUTOGROUP_MEMBER);
	cr_expect(legacy.legacy);
	cr_expect_not(hj_selector_parse(HJ_SLICE("autogroup:member")).legacy);
}

static void expect_words(const char *text, const char *want, const char *got)
{
	cr_expect_str_eq(
		got ? got : "fine", want ? want : "fine", "%s: %s", text, got ? got : "fine");
}

Test(selector, faults_of_tags)
{
	static const char *const prefix = "tags must start with 'tag:'";
	static const char *const empty = "tag names must not be empty";
	static const char *const letter = "tag names must start with a letter, after 'tag:'";
	static const char *const letters = "tag names can only contain numbers, letters, or dashes";
	const char *const cases[][2] = {
		{"tag:web", NULL},
		{"tag:Web-1", NULL},
		{"tag:a-", NULL},
		{"web", prefix},
		{"", prefix},
		{"tag", prefix},
		{"tag:", empty},
		{"tag:1st", letter},
		{"tag:-a", letter},
		{"tag:сервер", letter},
		{"tag:web_1", letters},
		{"tag:a:22", letters},
		{"tag:caf\xC3\xA9", letters},
	};
	for (size_t i = 0; i < SIZE(cases); i++)
		expect_words(cases[i][0], cases[i][1], hj_tag_fault(hj_slice_str(cases[i][0])));
}

Test(selector, faults_of_services)
{
	char label[5 + 64] = "svc:";
	memset(label + 4, 'a', 64);
	cr_expect_null(hj_service_fault(hj_slice_of(label, 4 + 63)));
	cr_expect_not_null(hj_service_fault(hj_slice_of(label, 4 + 64)));
	static const char *const cases[][2] = {
		{"svc:db", NULL},
		{"svc:1-db", NULL},
		{"db", "must start with 'svc:'"},
		{"svc:", "must not be empty after the 'svc:' prefix"},
		{"svc:-a", "must start and end with a letter or digit after 'svc:'"},
		{"svc:a-", "must start and end with a letter or digit after 'svc:'"},
		{"svc:a.b", "can only contain letters, digits and dashes after 'svc:'"},
	};
	for (size_t i = 0; i < SIZE(cases); i++)
		expect_words(cases[i][0], cases[i][1], hj_service_fault(hj_slice_str(cases[i][0])));
}
