/*
 * Differences that are too wide to be looked at pair by pair: what differs is exact all the same, only how
 * narrowly it is described is not.
 */
#include "testdata/support/compared.h"
#include "testdata/support/failing.h"
#include "testdata/support/json.h"

#include <criterion/criterion.h>

/* Rule i is for those users whose scattered bits have it, each rule for a port of its own. */
static bool has_user(unsigned rule, unsigned user)
{
	uint64_t mixed = (rule * UINT64_C(1000003) + user + 1) * UINT64_C(0x9E3779B97F4A7C15);
	return mixed >> 63;
}

/*
 * A policy of rules for about half of the users each; by_login: with the members in place of groups.
 * without: a rule that has lost the last of its users, or more than there are.
 */
static hj_document *scattered(unsigned rules, unsigned users, bool by_login, unsigned without)
{
	hj_text groups, acls;
	hj_source *source;
	hj_document *document;
	hj_text_init(&groups, NULL);
	hj_text_init(&acls, NULL);
	for (unsigned i = 0; i < rules; i++) {
		unsigned last = users;
		while (i == without && !has_user(i, --last)) {
		}
		hj_text_printf(&groups, "\"group:g%u\": [", i);
		hj_text_str(&acls, "{\"action\": \"accept\", \"src\": [");
		for (unsigned k = 0; k < users; k++)
			if (has_user(i, k) && k != last)
				hj_text_printf(
					by_login ? &acls : &groups, "\"u%u@example.com\",", k);
		hj_text_str(&groups, "],");
		if (!by_login)
			hj_text_printf(&acls, "\"group:g%u\"", i);
		hj_text_printf(&acls, "], \"dst\": [\"tag:web:%u\"]},", 1000 + i);
	}
	hj_text all;
	hj_text_init(&all, NULL);
	hj_text_str(&all, "{\"groups\": {");
	hj_text_append(&all, hj_text_slice(&groups));
	hj_text_str(&all, "}, \"acls\": [");
	hj_text_append(&all, hj_text_slice(&acls));
	hj_text_str(&all, "]}");
	hj_text_free(&groups);
	hj_text_free(&acls);
	cr_assert_eq(hj_source_adopt(NULL, &all, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	cr_assert_not(hj_document_error(document));
	return document;
}

Test(difference_wide, many_rules_written_out_are_the_same)
{
	hj_document *groups = scattered(500, 70, false, 500);
	hj_document *logins = scattered(500, 70, true, 500);
	struct compared compared;
	compared_make(&compared, groups, logins, NULL, HJ_SLICE(""));
	cr_expect_eq(compared.difference.gained + compared.difference.lost, 0);
	compared_free(&compared);
	json_free(groups);
	json_free(logins);
}

Test(difference_wide, one_user_less_is_found)
{
	hj_document *groups = scattered(500, 70, false, 500);
	hj_document *logins = scattered(500, 70, true, 77);
	struct compared compared;
	compared_make(&compared, groups, logins, NULL, HJ_SLICE(""));
	cr_assert_eq(compared.difference.gained, 0);
	cr_assert_eq(compared.difference.lost, 1);
	const hj_change *change = &compared.difference.changes[0];
	cr_expect(change->partly);
	cr_assert_eq(change->what.count, 1);
	cr_expect(hj_slice_equal(change->what.items[0], HJ_SLICE("1077")));
	compared_free(&compared);
	cr_expect_eq(compared_check("one less", groups, logins, NULL, HJ_SLICE(""), NULL), 1);
	json_free(groups);
	json_free(logins);
}

/* With few users every pair is judged, and each gain has the port that is gained, without ping. */
Test(difference_wide, many_rules_of_a_few_users_are_exact)
{
	hj_document *groups = scattered(40, 3, false, 40);
	hj_document *logins = scattered(40, 3, true, 11);
	hj_text want;
	hj_text_init(&want, NULL);
	for (unsigned user = 3; user-- > 0;)
		if (has_user(11, user)) {
			hj_text_printf(&want,
				"- u%u@example.com may no longer reach tcp:1011 and udp:1011 on "
				"tag:web\n",
				user);
			break;
		}
	cr_expect_eq(compared_check("few", groups, logins, NULL, HJ_SLICE(""), &want), 1);
	hj_text_free(&want);
	json_free(groups);
	json_free(logins);
}

Test(difference_wide, survives_every_failing_allocation)
{
	hj_document *documents[] = {scattered(18, 3, false, 18), scattered(18, 3, true, 11)};
	hj_policy policies[HJ_SIDES];
	for (int i = 0; i < HJ_SIDES; i++)
		cr_assert_eq(hj_policy_bind(documents[i], NULL, &policies[i]), HJ_OK);
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_world worlds[HJ_SIDES];
		hj_difference difference;
		for (int i = 0; i < HJ_SIDES; i++)
			cr_assert_eq(
				hj_world_build(&policies[i], NULL, HJ_SLICE(""), NULL, &worlds[i]),
				HJ_OK);
		hj_status status = hj_difference_find(
			&worlds[HJ_OLD], &worlds[HJ_NEW], NULL, &allocator, &difference);
		if (!status)
			hj_difference_free(&difference);
		hj_world_free(&worlds[HJ_OLD]);
		hj_world_free(&worlds[HJ_NEW]);
		cr_assert_eq(state.blocks, 0, "allocation %zu leaks", n);
		cr_assert_eq(status, state.failed ? HJ_NO_MEMORY : HJ_OK, "allocation %zu", n);
		if (!state.failed) {
			cr_expect_gt(n, 50);
			break;
		}
	}
	for (int i = 0; i < HJ_SIDES; i++) {
		hj_policy_free(&policies[i]);
		json_free(documents[i]);
	}
}
