#include "base/suggest.h"

#include <criterion/criterion.h>

Test(suggest, finds_the_nearest_name_or_none)
{
	static const struct {
		const char *wrong;
		const char *offers[4];
		const char *want; /* NULL: nothing is near */
	} cases[] = {
		{"acl", {"acls", "ssh", "hosts"}, "acls"},
		{"tagOwner", {"autoApprovers", "tagOwners"}, "tagOwners"},
		{"TAGOWNERS", {"tagOwners"}, "tagOwners"},
		{"tag:wbe", {"tag:db", "tag:web"}, "tag:web"},
		{"grnats", {"grants", "groups"}, "grants"},
		{"hots", {"hosts", "hots2"}, "hosts"},
		{"x", {"y", "xy"}, NULL},
		{"x", {"X"}, "X"},
		{"database", {"web", "cache"}, NULL},
		{"", {"a"}, NULL},
		{"abc", {""}, NULL},
		/* A nearer offer replaces, an equally near one does not. */
		{"abcdef", {"abcdxy", "abcdex", "abcdfe"}, "abcdex"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hj_suggest suggest;
		hj_suggest_begin(&suggest, hj_slice_str(cases[i].wrong));
		for (size_t j = 0; j < 4 && cases[i].offers[j]; j++)
			hj_suggest_offer(&suggest, hj_slice_str(cases[i].offers[j]));
		cr_expect(hj_slice_equal(suggest.best, hj_slice_str(cases[i].want)),
			"%s: got \"%.*s\"", cases[i].wrong, (int)suggest.best.size,
			suggest.best.size ? suggest.best.data : "");
	}
}

Test(suggest, long_names_are_near_to_nothing)
{
	char name[HJ_SUGGEST_LENGTH + 1];
	memset(name, 'a', sizeof name);
	for (size_t size = HJ_SUGGEST_LENGTH; size <= sizeof name; size++) {
		hj_suggest suggest;
		hj_suggest_begin(&suggest, hj_slice_of(name, size));
		hj_suggest_offer(&suggest, hj_slice_of(name, size));
		cr_expect_eq(suggest.best.size, size > HJ_SUGGEST_LENGTH ? 0 : size);
	}
}
