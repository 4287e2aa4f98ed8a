/*
 * The files of testdata/diff: lists of cases. A case is two policies and what differs:
 *
 *     {"about": "why", "old": {…}, "new": {…}, "inventory": {…}, "tailnet": "example.com",
 *      "want": ["+ SENTENCE", "- SENTENCE"]}
 *
 * Every case is compared in both directions, and the engine is asked about every witness.
 */
#include "testdata/support/compared.h"
#include "testdata/support/failing.h"
#include "testdata/support/golden.h"
#include "testdata/support/json.h"

#include <criterion/criterion.h>
#include <dirent.h>

static void check_case(const char *file, hj_document *cases, uint32_t node)
{
	const hj_node *nodes = hj_document_nodes(cases);
	uint32_t about = compared_member(cases, node, "about"),
		 with = compared_member(cases, node, "inventory");
	uint32_t tailnet = compared_member(cases, node, "tailnet"),
		 want = compared_member(cases, node, "want");
	hj_text where, lines, domain;
	hj_text_init(&where, NULL);
	hj_text_init(&lines, NULL);
	hj_text_init(&domain, NULL);
	hj_text_printf(&where, "%s: ", file);
	hj_string_decode(
		hj_source_slice(hj_document_source(cases), hj_node_span(&nodes[about])), &where);
	for (uint32_t i = hj_node_first(want); i < nodes[want].next; i = nodes[i].next) {
		hj_string_decode(
			hj_source_slice(hj_document_source(cases), hj_node_span(&nodes[i])),
			&lines);
		hj_text_byte(&lines, '\n');
	}
	if (tailnet)
		hj_string_decode(
			hj_source_slice(hj_document_source(cases), hj_node_span(&nodes[tailnet])),
			&domain);
	hj_document *old_policy = json_copy(cases, compared_member(cases, node, "old"));
	hj_document *new_policy = json_copy(cases, compared_member(cases, node, "new"));
	hj_document *known = with ? json_copy(cases, with) : NULL;
	hj_inventory inventory;
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	if (known)
		cr_assert_eq(hj_inventory_bind(known, NULL, &findings, &inventory), HJ_OK);
	cr_expect_eq(findings.count, 0, "%s: the inventory has findings", hj_text_string(&where));
	compared_check(hj_text_string(&where), old_policy, new_policy, known ? &inventory : NULL,
		hj_text_slice(&domain), &lines);
	if (known)
		hj_inventory_free(&inventory);
	hj_findings_free(&findings);
	json_free(known);
	json_free(old_policy);
	json_free(new_policy);
	hj_text_free(&where);
	hj_text_free(&lines);
	hj_text_free(&domain);
}

static int is_case_file(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');
	return dot && strcmp(dot, ".hujson") == 0;
}

Test(difference, cases)
{
	struct dirent **entries;
	int count = scandir("testdata/diff", &entries, is_case_file, alphasort);
	cr_assert_gt(count, 0, "no cases");
	for (int i = 0; i < count; i++) {
		char path[PATH_MAX];
		snprintf(path, sizeof path, "testdata/diff/%s", entries[i]->d_name);
		hj_document *cases = compared_load(path);
		cr_assert_not(hj_document_error(cases), "%s does not parse", path);
		const hj_node *nodes = hj_document_nodes(cases);
		for (uint32_t at = hj_node_first(0); at < nodes[0].next; at = nodes[at].next)
			check_case(entries[i]->d_name, cases, at);
		json_free(cases);
		free(entries[i]);
	}
	free(entries);
}

/* -- memory ------------------------------------------------------------------------------------------- */

static const char old_text[] =
	"{\"groups\": {\"group:eng\": [\"alice@example.com\", \"bob@example.com\"]},"
	" \"hosts\": {\"db\": \"10.0.0.5\"}, \"ipsets\": {\"ipset:x\": [\"10.9.0.0/16\"]},"
	" \"postures\": {\"posture:mac\": [\"node:os == 'macos'\"]},"
	" \"tagOwners\": {\"tag:a\": []},"
	" \"acls\": [{\"action\": \"accept\", \"src\": [\"group:eng\"], \"dst\": [\"tag:a:22\"]},"
	"  {\"action\": \"accept\", \"src\": [\"autogroup:member\"], \"dst\": "
	"[\"autogroup:self:*\"]}],"
	" \"ssh\": [{\"action\": \"accept\", \"src\": [\"group:eng\"], \"dst\": [\"tag:a\"],"
	"  \"users\": [\"root\"]}]}";
static const char new_text[] =
	"{\"groups\": {\"group:eng\": [\"alice@example.com\", \"carol@example.com\"]},"
	" \"hosts\": {\"db\": \"10.0.0.6\"}, \"ipsets\": {\"ipset:x\": [\"10.9.0.0/17\"]},"
	" \"postures\": {\"posture:mac\": [\"node:os == 'macos'\", \"node:tsAutoUpdate\"]},"
	" \"tagOwners\": {\"tag:a\": [\"group:eng\"], \"tag:b\": [\"tag:a\"]},"
	" \"grants\": [{\"src\": [\"group:eng\"], \"dst\": [\"tag:a\"], \"ip\": [\"*\"],"
	"   \"app\": {\"example.com/cap/x\": [{\"a\": [1, \"b\"]}]}},"
	"  {\"src\": [\"*\"], \"dst\": [\"db\", \"ipset:x\"], \"ip\": [\"tcp:1-9\"],"
	"   \"srcPosture\": [\"posture:mac\"], \"via\": [\"tag:b\"]},"
	"  {\"src\": [\"user:*@example.com\"], \"dst\": [\"100.64.0.1\"], \"ip\": [\"1\"]}],"
	" \"ssh\": [{\"action\": \"check\", \"src\": [\"group:eng\"], \"dst\": [\"tag:a\"],"
	"  \"users\": [\"root\", \"localpart:*@example.com\"]}],"
	" \"nodeAttrs\": [{\"target\": [\"*\"], \"attr\": [\"funnel\"]}],"
	" \"autoApprovers\": {\"routes\": {\"10.0.0.0/8\": [\"tag:b\"]}, \"exitNode\": "
	"[\"tag:b\"]}}";

static hj_document *parse(const char *text)
{
	hj_source *source;
	hj_document *document;
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_slice_str(text), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	cr_assert_not(hj_document_error(document));
	return document;
}

/* One run with a failing allocator; worlds are made without it. */
static hj_status run_failing(
	hj_policy *policies, const hj_inventory *inventory, failing_state *state, bool *equal)
{
	hj_allocator allocator = failing_allocator(state);
	hj_world worlds[HJ_SIDES];
	hj_difference difference;
	for (int i = 0; i < HJ_SIDES; i++)
		cr_assert_eq(
			hj_world_build(&policies[i], inventory, HJ_SLICE(""), NULL, &worlds[i]),
			HJ_OK);
	hj_status status = equal
		? hj_difference_equal(&worlds[HJ_OLD], &worlds[HJ_NEW], 0, &allocator, equal)
		: hj_difference_find(
			  &worlds[HJ_OLD], &worlds[HJ_NEW], NULL, &allocator, &difference);
	if (!equal && !status) {
		cr_expect_gt(difference.gained, 8);
		cr_expect_gt(difference.lost, 2);
		hj_difference_free(&difference);
	}
	hj_world_free(&worlds[HJ_OLD]);
	hj_world_free(&worlds[HJ_NEW]);
	return status;
}

Test(difference, survives_every_failing_allocation)
{
	hj_document *documents[] = {parse(old_text), parse(new_text),
		parse("{\"users\": [{\"loginName\": \"alice@example.com\"}],"
		      " \"devices\": [{\"name\": \"one\", \"addresses\": [\"100.64.0.1\"],"
		      "  \"tags\": [\"tag:a\"]}, {\"name\": \"two\", \"addresses\": "
		      "[\"100.64.0.2\"],"
		      "  \"user\": \"alice@example.com\"}]}")};
	hj_policy policies[HJ_SIDES];
	hj_inventory inventory;
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	cr_assert_eq(hj_policy_bind(documents[0], NULL, &policies[0]), HJ_OK);
	cr_assert_eq(hj_policy_bind(documents[1], NULL, &policies[1]), HJ_OK);
	cr_assert_eq(hj_inventory_bind(documents[2], NULL, &findings, &inventory), HJ_OK);
	cr_assert_eq(findings.count, 0);
	for (int round = 0; round < 4; round++)
		for (size_t n = 0;; n++) {
			bool equal = true;
			failing_state state = {.fail_at = n, .for_ever = round & 1};
			hj_status status = run_failing(policies, round & 1 ? &inventory : NULL,
				&state, round & 2 ? &equal : NULL);
			cr_assert_eq(state.blocks, 0, "allocation %zu leaks", n);
			if (!state.failed) {
				cr_assert_eq(status, HJ_OK);
				cr_expect_gt(n, 50);
				cr_expect_eq(equal, !(round & 2));
				break;
			}
			cr_assert_eq(status, HJ_NO_MEMORY, "allocation %zu", n);
		}
	hj_inventory_free(&inventory);
	hj_policy_free(&policies[0]);
	hj_policy_free(&policies[1]);
	hj_findings_free(&findings);
	for (int i = 0; i < 3; i++)
		json_free(documents[i]);
}

Test(difference, says_how_many_were_left_out)
{
	hj_text texts[2];
	hj_document *documents[2];
	hj_policy policies[2];
	hj_world worlds[2];
	hj_difference difference;
	for (int side = 0; side < 2; side++) {
		hj_text_init(&texts[side], NULL);
		hj_text_str(&texts[side], "{\"grants\": [");
		for (unsigned i = 0; i < 50; i++)
			hj_text_printf(&texts[side],
				"{\"src\": [\"tag:s%u\"], \"dst\": [\"tag:d%u\"], \"ip\": "
				"[\"%u\"]},",
				i, i, i + (side ? 100 : 1));
		hj_text_str(&texts[side], "]}");
		documents[side] = parse(hj_text_string(&texts[side]));
		hj_text_free(&texts[side]);
		cr_assert_eq(hj_policy_bind(documents[side], NULL, &policies[side]), HJ_OK);
		cr_assert_eq(
			hj_world_build(&policies[side], NULL, HJ_SLICE(""), NULL, &worlds[side]),
			HJ_OK);
	}
	static const struct {
		unsigned max, gained, lost;
	} limits[] = {{0, 50, 50}, {100, 50, 50}, {99, 50, 49}, {10, 5, 5}, {1, 1, 0}};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		hj_difference_options options = {
			.planes = 1u << HJ_PLANE_NETWORK, .max_changes = limits[i].max};
		unsigned gained = 0, lost = 0;
		cr_assert_eq(
			hj_difference_find(&worlds[0], &worlds[1], &options, NULL, &difference),
			HJ_OK);
		for (uint32_t j = 0; j < difference.count; j++)
			*(difference.changes[j].gained ? &gained : &lost) += 1;
		cr_expect_eq(difference.gained, 50);
		cr_expect_eq(difference.lost, 50);
		cr_expect_eq(difference.by_plane[HJ_PLANE_NETWORK][1], 50);
		cr_expect_eq(gained, limits[i].gained);
		cr_expect_eq(lost, limits[i].lost);
		cr_expect_eq(difference.left_out, 100 - gained - lost);
		hj_difference_free(&difference);
	}
	for (int side = 0; side < 2; side++) {
		hj_world_free(&worlds[side]);
		hj_policy_free(&policies[side]);
		json_free(documents[side]);
	}
}
