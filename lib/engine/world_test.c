/*
 * The world: cases in testdata/world, one file a subject; what is large or hostile; memory.
 *
 * A case has a policy, an inventory and a tailnet if it wants, and what is expected: the domain, what
 * terms mean (users, devices and ranges that are not listed are not meant), the approved routes of
 * devices, those of all, and which of these overlap a range.
 */
#include "engine/world.h"

#include "testdata/support/failing.h"
#include "testdata/support/json.h"

#include <criterion/criterion.h>
#include <dirent.h>

struct known {
	hj_document *policy_document, *inventory_document;
	hj_policy policy;
	hj_inventory inventory;
	bool has_inventory;
	hj_world world;
};

/* False: memory was out, and nothing is left. */
static bool know(struct known *known, hj_slice tailnet, const hj_allocator *allocator)
{
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	hj_status status = hj_policy_bind(known->policy_document, NULL, &known->policy);
	cr_assert_eq(status, HJ_OK);
	known->has_inventory = known->inventory_document;
	if (known->has_inventory)
		cr_assert_eq(hj_inventory_bind(
				     known->inventory_document, NULL, &findings, &known->inventory),
			HJ_OK);
	hj_findings_free(&findings);
	status = hj_world_build(&known->policy, known->has_inventory ? &known->inventory : NULL,
		tailnet, allocator, &known->world);
	cr_assert(status == HJ_OK || status == HJ_NO_MEMORY);
	return status == HJ_OK;
}

static void forget(struct known *known, bool built)
{
	if (built)
		hj_world_free(&known->world);
	if (known->has_inventory)
		hj_inventory_free(&known->inventory);
	hj_policy_free(&known->policy);
}

static hj_document *parse(const char *text)
{
	hj_source *source;
	hj_document *document;
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_slice_str(text), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	cr_assert(!hj_document_error(document), "%s", text);
	return document;
}

/* -- cases ------------------------------------------------------------------------------------------- */

/* The strings of a member of an object, each followed by ", ". */
static void write_list(golden_file *file, uint32_t object, const char *name, hj_text *out)
{
	const hj_node *nodes = hj_document_nodes(file->document);
	uint32_t list = golden_find(file, object, name);
	bool ok = true;
	for (uint32_t i = list + 1; list && i < nodes[list].next; i = nodes[i].next) {
		hj_text_append(out, hj_string_value(file->document, i, &file->arena, &ok));
		hj_text_str(out, ", ");
	}
}

static void expect_same(
	const char *name, const char *what, const char *which, hj_text *want, hj_text *got)
{
	cr_expect(hj_slice_equal(hj_text_slice(want), hj_text_slice(got)),
		"%s: %s of %s: want %.*s got %.*s", name, what, which,
		HJ_SLICE_ARGS(hj_text_slice(want)), HJ_SLICE_ARGS(hj_text_slice(got)));
	hj_text_clear(want);
	hj_text_clear(got);
}

static uint32_t term_of(const hj_policy *policy, hj_slice text)
{
	for (uint32_t i = 0; i < policy->term_count; i++)
		if (hj_slice_equal(policy->terms[i].selector.text, text))
			return i;
	cr_assert_fail("no term %.*s", HJ_SLICE_ARGS(text));
	return 0;
}

static void check_term(
	const char *name, struct known *known, golden_file *file, uint32_t text, uint32_t expected)
{
	bool ok = true;
	hj_slice spelled = hj_string_value(file->document, text, &file->arena, &ok);
	const char *which = hj_arena_copy(&file->arena, spelled, &ok).data;
	uint32_t term = term_of(&known->policy, spelled);
	const hj_meaning *meaning = &known->world.meanings[term];
	hj_ids devices, users;
	hj_text want, got;
	hj_text_init(&want, NULL);
	hj_text_init(&got, NULL);
	cr_assert_eq(hj_world_devices(&known->world, term, &devices), HJ_OK);
	cr_assert_eq(hj_world_members(&known->world, term, &users), HJ_OK);
	for (uint32_t i = 0; i < devices.count; i++) {
		hj_text_append(&got, known->inventory.devices[devices.items[i]].name);
		hj_text_str(&got, ", ");
	}
	write_list(file, expected, "devices", &want);
	expect_same(name, "devices", which, &want, &got);
	for (uint32_t i = 0; i < users.count; i++) {
		hj_text_append(&got, known->world.users[users.items[i]].login);
		hj_text_str(&got, ", ");
	}
	write_list(file, expected, "users", &want);
	expect_same(name, "users", which, &want, &got);
	for (uint32_t i = 0; i < meaning->range_count; i++) {
		hj_range_append(&got, meaning->ranges[i]);
		hj_text_str(&got, ", ");
	}
	write_list(file, expected, "ranges", &want);
	expect_same(name, "ranges", which, &want, &got);
	cr_expect_eq(meaning->defined, golden_find(file, expected, "undefined") == 0, "%s: %s",
		name, which);
	/* By identity one by one as by lists; addresses are no identity. */
	for (uint32_t i = 0; i < known->world.device_count && meaning->range_count == 0; i++) {
		bool listed = false;
		for (uint32_t j = 0; j < devices.count; j++)
			listed = listed || devices.items[j] == i;
		cr_expect_eq(
			hj_device_is(&known->world, i, term), listed, "%s: %s: %u", name, which, i);
	}
	hj_text_free(&want);
	hj_text_free(&got);
}

static void check_routes(const char *name, struct known *known, golden_file *file)
{
	const hj_world *world = &known->world;
	const hj_node *nodes = hj_document_nodes(file->document);
	uint32_t routes = golden_find(file, 0, "routes"),
		 overlaps = golden_find(file, 0, "overlaps");
	hj_text want, got;
	hj_text_init(&want, NULL);
	hj_text_init(&got, NULL);
	for (uint32_t i = 0; routes && i < world->device_count; i++) {
		const hj_node_device *device = &world->devices[i];
		bool ok = true;
		const char *which =
			hj_arena_copy(&file->arena, known->inventory.devices[i].name, &ok).data;
		for (uint32_t j = 0; j < device->route_count; j++) {
			hj_prefix_append(&got, device->routes[j]);
			hj_text_str(&got, ", ");
		}
		hj_text_str(&got, device->exits_v4 ? "exit v4, " : "");
		hj_text_str(&got, device->exits_v6 ? "exit v6, " : "");
		write_list(file, routes, which, &want);
		expect_same(name, "routes", which, &want, &got);
	}
	for (uint32_t i = 0; routes && i < world->route_count; i++) {
		hj_prefix_append(&got, world->routes[i].prefix);
		hj_text_str(&got, ", ");
		cr_expect_gt(world->routes[i].devices.count, 0);
	}
	write_list(file, 0, "all", &want);
	expect_same(name, "routes", "all", &want, &got);
	for (uint32_t i = overlaps + 1; overlaps && i < nodes[overlaps].next;) {
		bool ok = true;
		hj_prefix prefix;
		hj_slice text = hj_string_value(file->document, i, &file->arena, &ok);
		const char *which = hj_arena_copy(&file->arena, text, &ok).data;
		cr_assert(hj_prefix_parse(text, &prefix));
		hj_range range = hj_prefix_range(prefix);
		for (uint32_t at = hj_route_first(world, range); at != HJ_NONE;
			at = hj_route_next(world, range, at)) {
			hj_prefix_append(&got, world->routes[at].prefix);
			hj_text_str(&got, ", ");
		}
		write_list(file, overlaps, which, &want);
		expect_same(name, "overlaps", which, &want, &got);
		i = nodes[nodes[i].next].next;
	}
	hj_text_free(&want);
	hj_text_free(&got);
}

static void open_case(golden_file *file, const char *name)
{
	char path[PATH_MAX];
	hj_text text;
	snprintf(path, sizeof path, "testdata/world/%s", name);
	*file = (golden_file){0};
	hj_text_init(&text, NULL);
	hj_arena_init(&file->arena, NULL);
	cr_assert(golden_read(path, &text), "%s", path);
	cr_assert_eq(hj_source_adopt(path, &text, &file->source), HJ_OK);
	cr_assert_eq(hj_parse(file->source, 0, &file->document), HJ_OK);
	cr_assert(!hj_document_error(file->document), "%s", path);
	hj_text_free(&text);
}

static void open_known(struct known *known, const golden_file *file)
{
	uint32_t inventory = golden_find(file, 0, "inventory");
	*known = (struct known){0};
	known->policy_document = json_copy(file->document, golden_find(file, 0, "policy"));
	if (inventory)
		known->inventory_document = json_copy(file->document, inventory);
}

static void close_known(struct known *known)
{
	json_free(known->policy_document);
	json_free(known->inventory_document);
}

static void check_case(const char *name)
{
	golden_file file;
	struct known known;
	hj_slice tailnet = {0}, domain = {0};
	open_case(&file, name);
	open_known(&known, &file);
	golden_member(&file, "tailnet", &tailnet);
	cr_assert(know(&known, tailnet, NULL));
	cr_assert(golden_member(&file, "domain", &domain), "%s", name);
	cr_expect(hj_slice_equal(known.world.domain, domain), "%s: %.*s", name,
		HJ_SLICE_ARGS(known.world.domain));
	const hj_node *nodes = hj_document_nodes(file.document);
	uint32_t terms = golden_find(&file, 0, "terms");
	for (uint32_t i = terms + 1; i < nodes[terms].next; i = nodes[nodes[i].next].next)
		check_term(name, &known, &file, i, nodes[i].next);
	check_routes(name, &known, &file);
	forget(&known, true);
	close_known(&known);
	golden_drop(&file);
}

Test(world, cases)
{
	unsigned count = 0;
	DIR *folder = opendir("testdata/world");
	cr_assert(folder);
	for (const struct dirent *entry; (entry = readdir(folder));)
		if (entry->d_name[0] != '.') {
			check_case(entry->d_name);
			count++;
		}
	closedir(folder);
	cr_expect_geq(count, 4);
}

/* -- names --------------------------------------------------------------------------------------------- */

Test(world, names_are_found_in_any_case_but_for_groups)
{
	golden_file file;
	struct known known;
	open_case(&file, "identities.hujson");
	open_known(&known, &file);
	cr_assert(know(&known, (hj_slice){0}, NULL));
	hj_world *world = &known.world;
	const struct {
		const hj_map *map;
		const char *name;
		uint32_t index;
	} cases[] = {
		{&world->user_of, "ANN@EXAMPLE.COM", 0},
		{&world->user_of, "nobody@example.com", HJ_NONE},
		{&world->tag_of, "tag:WEB", 0},
		{&world->group_of, "group:eng", 0},
		{&world->group_of, "group:ENG", HJ_NONE},
		{&world->service_of, "svc:DB", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t index = 7;
		cr_assert_eq(
			hj_world_find(world, cases[i].map, hj_slice_str(cases[i].name), &index),
			HJ_OK);
		cr_expect_eq(index, cases[i].index, "%s: %u", cases[i].name, index);
	}
	hj_address address;
	cr_assert(hj_address_parse(HJ_SLICE("fd7a:115c:a1e0::1"), &address));
	cr_expect_eq(hj_world_device_at(world, address), 0);
	cr_assert(hj_address_parse(HJ_SLICE("100.64.0.99"), &address));
	cr_expect_eq(hj_world_device_at(world, address), HJ_NONE);
	/* A group is synced when it is named so, or defined nowhere. */
	for (uint32_t i = 0; i < world->group_count; i++)
		cr_expect_eq(world->groups[i].synced,
			world->groups[i].entry == HJ_NONE ||
				memchr(world->groups[i].name.data, '@',
					world->groups[i].name.size) != NULL);
	forget(&known, true);
	close_known(&known);
	golden_drop(&file);
}

Test(world, ranges_of_the_tailnet)
{
	static const struct {
		const char *prefix;
		bool contained, overlapping;
	} cases[] = {
		{"100.64.0.0/10", false, true},
		{"100.64.0.0/11", true, true},
		{"100.115.92.0/23", false, false},
		{"100.115.92.0/22", false, true},
		{"100.127.255.255/32", true, true},
		{"100.128.0.0/32", false, false},
		{"fd7a:115c:a1e0::/48", true, true},
		{"fd7a:115c:a1e1::/48", false, false},
		{"::/0", false, true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hj_prefix prefix;
		cr_assert(hj_prefix_parse(hj_slice_str(cases[i].prefix), &prefix));
		hj_range range = hj_prefix_range(prefix);
		cr_expect_eq(hj_tailnet_contains(range), cases[i].contained, "%s", cases[i].prefix);
		cr_expect_eq(
			hj_tailnet_overlaps(range), cases[i].overlapping, "%s", cases[i].prefix);
	}
}

/* -- large and hostile ----------------------------------------------------------------------------------- */

Test(world, alternating_operations_and_long_cycles_stay_quick, .timeout = 20)
{
	enum { COUNT = 30000 };
	hj_text text;
	struct known known = {0};
	hj_text_init(&text, NULL);
	/* A network with holes, the first at its first address; then a ring of sets. */
	hj_text_str(&text, "{\"ipsets\": {\"ipset:comb\": [\"add 10.0.0.0/8\"");
	for (unsigned i = 0; i < COUNT; i++)
		hj_text_printf(&text, ", \"%s 10.%u.%u.%u\"", i % 2 ? "add" : "remove", i >> 15,
			i >> 7 & 255, (i & 127) * 2);
	hj_text_str(&text, "]");
	for (unsigned i = 0; i < COUNT; i++)
		hj_text_printf(&text, ", \"ipset:r%u\": [\"ipset:r%u\", \"10.0.0.1\"]", i,
			(i + 1) % COUNT);
	hj_text_str(&text, "}, \"acls\": [{\"src\": [\"ipset:comb\", \"ipset:r0\"]}]}");
	known.policy_document = parse(hj_text_string(&text));
	cr_assert(know(&known, (hj_slice){0}, NULL));
	uint32_t comb = term_of(&known.policy, HJ_SLICE("ipset:comb"));
	cr_expect_eq(known.world.meanings[comb].range_count, COUNT / 2);
	uint32_t ring = term_of(&known.policy, HJ_SLICE("ipset:r0"));
	cr_expect_eq(known.world.meanings[ring].range_count, 1);
	forget(&known, true);
	close_known(&known);
	hj_text_free(&text);
}

/* -- memory ------------------------------------------------------------------------------------------------ */

static void fail_each_allocation(const char *name)
{
	golden_file file;
	struct known known;
	open_case(&file, name);
	open_known(&known, &file);
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		bool built = know(&known, (hj_slice){0}, &allocator), good = built;
		for (uint32_t i = 0; good && i < known.policy.term_count; i++) {
			hj_ids ids;
			good = !hj_world_members(&known.world, i, &ids) &&
				!hj_world_devices(&known.world, i, &ids);
		}
		uint32_t index;
		good = good &&
			!hj_world_find(
				&known.world, &known.world.tag_of, HJ_SLICE("tag:WEB"), &index);
		/* A list that could not be made can be made later. */
		state.fail_at = SIZE_MAX;
		for (uint32_t i = 0; built && i < known.policy.term_count; i++) {
			hj_ids ids;
			cr_expect_eq(hj_world_devices(&known.world, i, &ids), HJ_OK);
		}
		forget(&known, built);
		cr_assert_eq(state.blocks, 0, "%s: allocation %zu", name, n);
		cr_expect_eq(good, !state.failed, "%s: allocation %zu", name, n);
		if (!state.failed)
			break;
	}
	close_known(&known);
	golden_drop(&file);
}

Test(world, out_of_memory_is_an_error_and_leaks_nothing)
{
	fail_each_allocation("identities.hujson");
	fail_each_allocation("ipsets.hujson");
	fail_each_allocation("routes.hujson");
}
