/*
 * What devices received in the recordings, and what compiling gives them: packet filters and SSH rules
 * exactly, and of capability maps what the policy adds (control plane 10, 16).
 */
#include "compile/compile.h"

#include "testdata/support/scenario.h"

#include <criterion/criterion.h>

/* The scenario's devices, compiled, as a document. */
static hj_document *compile_scenario(const struct scenario *one)
{
	hj_policy policy;
	hj_inventory inventory;
	hj_findings findings;
	hj_world world;
	hj_compiled *compiled;
	hj_text text;
	hj_emit emit;
	hj_source *source;
	hj_document *document;
	hj_findings_init(&findings, NULL);
	cr_assert_eq(hj_policy_bind(one->policy, NULL, &policy), HJ_OK);
	cr_assert_eq(hj_inventory_bind(one->inventory, NULL, &findings, &inventory), HJ_OK);
	cr_assert_eq(hj_world_build(&policy, &inventory, (hj_slice){0}, NULL, &world), HJ_OK, "%s",
		one->id);
	cr_assert_eq(hj_compile(&world, NULL, &compiled), HJ_OK);
	hj_text_init(&text, NULL);
	hj_emit_init(&emit, &text, 2);
	hj_emit_object(&emit, NULL);
	for (uint32_t i = 0; i < world.device_count; i++)
		cr_assert_eq(hj_compiled_emit(compiled, i, &emit), HJ_OK);
	hj_emit_end(&emit);
	cr_assert_eq(hj_source_adopt(NULL, &text, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	cr_assert(!hj_document_error(document), "%s", one->id);
	hj_compiled_free(compiled);
	hj_world_free(&world);
	hj_inventory_free(&inventory);
	hj_findings_free(&findings);
	hj_policy_free(&policy);
	hj_text_free(&text);
	return document;
}

static hj_slice text_of(const hj_document *document, uint32_t node)
{
	return hj_source_slice(
		hj_document_source(document), hj_node_span(&hj_document_nodes(document)[node]));
}

static uint32_t find(hj_document *document, uint32_t object, const char *name)
{
	const golden_file file = {.document = document};
	return golden_find(&file, object, name);
}

typedef bool (*comparison)(
	const hj_document *want, uint32_t wanted, const hj_document *got, uint32_t given);

static bool lists_same(
	const hj_document *want, uint32_t wanted, const hj_document *got, uint32_t given)
{
	return json_same(want, wanted, got, given);
}

/* What the state of the tailnet gives, with or without a policy. */
static bool is_state(const hj_document *document, uint32_t name)
{
	static const char *const names[] = {"https://tailscale.com/cap/file-sharing",
		"https://tailscale.com/cap/ssh", "https://tailscale.com/cap/tailnet-lock",
		"https://tailscale.com/cap/is-admin", "https://tailscale.com/cap/is-owner",
		"probe-udp-lifetime", "ssh-behavior-v1", "ssh-env-vars", "store-appc-routes",
		"tailnet-display-name", "default-auto-update"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (hj_string_equals(document, name, hj_slice_str(names[i])))
			return true;
	return false;
}

/* Nothing that the recording lacks, and all of it that is not state. */
static bool maps_same(
	const hj_document *want, uint32_t wanted, const hj_document *got, uint32_t given)
{
	const hj_node *one = hj_document_nodes(want), *other = hj_document_nodes(got);
	for (uint32_t i = given + 1; i < other[given].next;) {
		uint32_t partner = json_member(want, wanted, got, i);
		if (!partner || !json_same(want, partner, got, other[i].next))
			return false;
		i = other[other[i].next].next;
	}
	for (uint32_t i = wanted + 1; i < one[wanted].next; i = one[one[i].next].next)
		if (!is_state(want, i) && !json_member(got, given, want, i))
			return false;
	return true;
}

static void compare_member(const char *title, const char *member, comparison same)
{
	struct scenarios all;
	unsigned total;
	if (!scenarios_begin(&all, title))
		cr_skip_test("HUJSON_SHARED is not set");
	while (scenarios_next(&all)) {
		const struct scenario *one = &all.one;
		if (one->code != 200 || !one->want || !one->inventory)
			continue;
		const hj_document *want = one->file.document;
		const hj_node *nodes = hj_document_nodes(want);
		hj_document *got = compile_scenario(one);
		bool good = true;
		for (uint32_t name = one->want + 1; good && name < nodes[one->want].next;) {
			uint32_t wanted = golden_find(&one->file, nodes[name].next, member);
			uint32_t device = json_member(got, 0, want, name);
			uint32_t given = device ? find(got, device, member) : 0;
			good = given && wanted && same(want, wanted, got, given);
			if (!good)
				scenarios_judge(&all, false, "%.*s: got %.*s, want %.*s",
					HJ_SLICE_ARGS(text_of(want, name)),
					HJ_SLICE_ARGS(
						given ? text_of(got, given) : HJ_SLICE("nothing")),
					HJ_SLICE_ARGS(wanted ? text_of(want, wanted)
							     : HJ_SLICE("nothing")));
			name = nodes[nodes[name].next].next;
		}
		if (good)
			scenarios_judge(&all, true, " ");
		json_free(got);
	}
	cr_expect(scenarios_end(&all, &total), "%s: not all are identical", title);
	if (!getenv("CONFORMANCE_DATA"))
		cr_expect_eq(total, 440);
}

Test(conformance, packet_filters)
{
	compare_member("packet filters", "packet_filter_rules", lists_same);
}

Test(conformance, ssh_rules)
{
	compare_member("SSH rules", "ssh_rules", lists_same);
}

Test(conformance, capability_maps)
{
	compare_member("capability maps", "cap_map", maps_same);
}
