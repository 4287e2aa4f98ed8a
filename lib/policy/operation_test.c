#include "policy/operation.h"

#include <criterion/criterion.h>

#define SIZE(array) (sizeof(array) / sizeof *(array))

Test(operation, forms)
{
	static const struct {
		const char *text;
		const char *target; /* NULL: no operation */
		bool removes, bare;
		hj_selector_kind kind;
		bool fits;
	} cases[] = {
		{"10.0.0.0/8", "10.0.0.0/8", false, true, HJ_SELECT_PREFIX, true},
		{" 10.0.0.1 ", "10.0.0.1", false, true, HJ_SELECT_ADDRESS, true},
		{"fd00::/8", "fd00::/8", false, true, HJ_SELECT_PREFIX, true},
		{"add 10.0.0.0/8", "10.0.0.0/8", false, false, HJ_SELECT_PREFIX, true},
		{"add\t 10.0.0.0/8", "10.0.0.0/8", false, false, HJ_SELECT_PREFIX, true},
		{"remove host:printer", "host:printer", true, false, HJ_SELECT_HOST_PREFIX, true},
		{"remove 203.0.113.9-203.0.113.12", "203.0.113.9-203.0.113.12", true, false,
			HJ_SELECT_RANGE, true},
		{"remove ipset:partner", "ipset:partner", true, false, HJ_SELECT_IPSET, true},
		{"add autogroup:internet", "autogroup:internet", false, false, HJ_SELECT_AUTOGROUP,
			true},
		{"add autogroup:member", "autogroup:member", false, false, HJ_SELECT_AUTOGROUP,
			false},
		{"add tag:a", "tag:a", false, false, HJ_SELECT_TAG, false},
		{"add nas", "nas", false, false, HJ_SELECT_WORD, false},
		{"nas", "nas", false, true, HJ_SELECT_WORD, false},
		{"address", "address", false, true, HJ_SELECT_WORD, false},
		{"remove *", "*", true, false, HJ_SELECT_ALL, false},
		{"remove add", "add", true, false, HJ_SELECT_WORD, false},
		{"remove 10.0.0.9-10.0.0.1", "10.0.0.9-10.0.0.1", true, false, HJ_SELECT_OTHER,
			false},
		{"add ${NET}", "${NET}", false, false, HJ_SELECT_TEMPLATE, true},
		{"{{ .Net }}", "{{ .Net }}", false, true, HJ_SELECT_TEMPLATE, true},
		{"", NULL, false, false, HJ_SELECT_EMPTY, false},
		{"  ", NULL, false, false, HJ_SELECT_EMPTY, false},
		{"add", NULL, false, false, HJ_SELECT_EMPTY, false},
		{"remove ", NULL, false, false, HJ_SELECT_EMPTY, false},
		{"sub 10.0.0.0/8", NULL, false, false, HJ_SELECT_EMPTY, false},
		{"Add 10.0.0.0/8", NULL, false, false, HJ_SELECT_EMPTY, false},
		{"10.0.0.1 - 10.0.0.9", NULL, false, false, HJ_SELECT_EMPTY, false},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		hj_operation got = {0};
		bool ok = hj_operation_parse(hj_slice_str(cases[i].text), &got);
		cr_expect_eq(ok, cases[i].target != NULL, "\"%s\"", cases[i].text);
		cr_expect(hj_slice_equal(got.target, hj_slice_str(cases[i].target)),
			"\"%s\": target \"%.*s\"", cases[i].text, (int)got.target.size,
			ok ? got.target.data : "");
		cr_expect_eq(got.removes, cases[i].removes, "\"%s\"", cases[i].text);
		cr_expect_eq(got.bare, cases[i].bare, "\"%s\"", cases[i].text);
		cr_expect_eq(got.selector.kind, cases[i].kind, "\"%s\": kind %d", cases[i].text,
			got.selector.kind);
		cr_expect_eq(
			hj_operation_fits(&got.selector), cases[i].fits, "\"%s\"", cases[i].text);
	}
	hj_operation got;
	cr_expect_not(hj_operation_parse((hj_slice){0}, &got));
}
