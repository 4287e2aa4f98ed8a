/*
 * Guards by their data: testdata/guard/cases.jsonl.
 */
#include "change/guard.h"

#include "testdata/support/failing.h"
#include "testdata/support/golden.h"

#include <criterion/criterion.h>

/* One side: a document and what is made of it. */
typedef struct side {
	hj_source *source;
	hj_document *document;
	hj_policy policy;
	hj_world world;
	bool bound, built;
} side;

static hj_status parse(const hj_allocator *allocator, hj_slice text, side *out)
{
	hj_status status = hj_source_copy(allocator, NULL, text, &out->source);
	if (!status)
		status = hj_parse(out->source, 0, &out->document);
	if (!status)
		cr_assert_null(hj_document_error(out->document));
	return status;
}

static hj_status open_side(
	const hj_allocator *allocator, hj_slice text, const hj_inventory *inventory, side *out)
{
	hj_slice tailnet = {0};
	hj_status status = parse(allocator, text, out);
	if (!status)
		status = hj_policy_bind(out->document, allocator, &out->policy);
	out->bound = !status;
	if (!status)
		status = hj_world_build(&out->policy, inventory, tailnet, allocator, &out->world);
	out->built = out->bound && !status;
	return status;
}

static void close_side(side *of)
{
	if (of->built)
		hj_world_free(&of->world);
	if (of->bound)
		hj_policy_free(&of->policy);
	hj_document_free(of->document);
	hj_source_free(of->source);
}

/* What is asked, and the alarms as "kind: sentence" lines. */
typedef struct question {
	hj_slice old_text, new_text, inventory; /* inventory: size 0: none */
	uint64_t max_gained;
} question;

static hj_status ask(
	const hj_allocator *allocator, const question *asked, hj_text *lines, uint64_t *pairs)
{
	side sides[HJ_SIDES] = {0}, known = {0};
	hj_inventory inventory;
	hj_findings findings;
	hj_difference difference;
	hj_guards guards;
	bool has_inventory = false;
	hj_findings_init(&findings, allocator);
	hj_status status = HJ_OK;
	if (asked->inventory.size) {
		status = parse(allocator, asked->inventory, &known);
		if (!status)
			status =
				hj_inventory_bind(known.document, allocator, &findings, &inventory);
		has_inventory = !status;
	}
	const hj_inventory *both = has_inventory ? &inventory : NULL;
	if (!status)
		status = open_side(allocator, asked->old_text, both, &sides[HJ_OLD]);
	if (!status)
		status = open_side(allocator, asked->new_text, both, &sides[HJ_NEW]);
	if (!status)
		status = hj_difference_find(
			&sides[HJ_OLD].world, &sides[HJ_NEW].world, NULL, allocator, &difference);
	if (!status) {
		status = hj_guard_check(&sides[HJ_OLD].world, &sides[HJ_NEW].world, &difference,
			asked->max_gained, allocator, &guards);
		hj_difference_free(&difference);
	}
	if (!status) {
		for (uint32_t i = 0; i < guards.count; i++)
			hj_text_printf(lines, "%s: %.*s\n", hj_guard_name(guards.alarms[i].kind),
				HJ_SLICE_ARGS(guards.alarms[i].sentence));
		*pairs = guards.gained_pairs;
		hj_guards_free(&guards);
	}
	close_side(&sides[HJ_OLD]);
	close_side(&sides[HJ_NEW]);
	if (has_inventory)
		hj_inventory_free(&inventory);
	close_side(&known);
	hj_findings_free(&findings);
	return status;
}

Test(guard, alarms_are_as_they_should_be)
{
	golden_file file;
	unsigned count = 0;
	cr_assert(golden_open(&file, "testdata/guard", "cases.jsonl"));
	while (golden_next(&file)) {
		const char *id = golden_name(&file);
		uint32_t most = golden_number(&file, "max"), pairs = golden_number(&file, "pairs");
		question asked = {.old_text = golden_need(&file, "old"),
			.new_text = golden_need(&file, "new"),
			.max_gained = most == UINT32_MAX ? UINT64_MAX : most};
		golden_member(&file, "inventory", &asked.inventory);
		hj_text want, got;
		uint64_t counted;
		bool ok = true;
		hj_text_init(&want, NULL);
		hj_text_init(&got, NULL);
		uint32_t list = golden_find(&file, 0, "alarms");
		const hj_node *nodes = hj_document_nodes(file.document);
		for (uint32_t at = hj_node_first(list); at < nodes[list].next;
			at = nodes[at].next) {
			hj_text_append(&want, hj_string_value(file.document, at, &file.arena, &ok));
			hj_text_byte(&want, '\n');
		}
		cr_assert_eq(ask(NULL, &asked, &got, &counted), HJ_OK, "%s", id);
		cr_expect(hj_slice_equal(hj_text_slice(&want), hj_text_slice(&got)), "%s:\n%s", id,
			hj_text_string(&got));
		if (pairs != UINT32_MAX)
			cr_expect_eq(
				counted, pairs, "%s: %llu pairs", id, (unsigned long long)counted);
		hj_text_free(&want);
		hj_text_free(&got);
		count++;
	}
	golden_close(&file);
	cr_expect_gt(count, 30);
}

Test(guard, out_of_memory_fails_and_leaks_nothing)
{
	static const question asked = {
		.old_text = HJ_SLICE("{\"tagOwners\": {\"tag:a\": [], \"tag:b\": []}, "
				     "\"grants\": [{\"src\": [\"autogroup:admin\", \"b@x.com\"], "
				     "\"dst\": [\"tag:a\", \"100.64.0.1\"], \"ip\": [\"1\"]}]}"),
		.new_text = HJ_SLICE("{\"tagOwners\": {\"tag:a\": [], \"tag:b\": []}, "
				     "\"grants\": [{\"src\": [\"c@x.com\"], "
				     "\"dst\": [\"tag:b\"], \"ip\": [\"1\"]}]}"),
		.inventory = HJ_SLICE("{\"users\": [{\"loginName\": \"a@x.com\", \"role\": "
				      "\"admin\"}], \"devices\": [{\"name\": \"d\", "
				      "\"addresses\": [\"100.64.0.1\"], \"user\": \"a@x.com\"}]}"),
	};
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_text lines;
		uint64_t pairs;
		hj_text_init(&lines, NULL);
		hj_status status = ask(&allocator, &asked, &lines, &pairs);
		cr_assert_eq(state.blocks, 0, "%zu", n);
		if (!state.failed)
			cr_expect_str_eq(hj_text_string(&lines),
				"admin: a@x.com, who is an autogroup:admin, may reach nothing any "
				"more\n"
				"stranded: nobody may reach tag:a any more\n"
				"stranded: nobody may reach d any more\n"
				"radius: 1 pairs of a source and a destination gain access, and 0 "
				"may\n");
		hj_text_free(&lines);
		if (!state.failed)
			break;
		cr_assert_eq(status, HJ_NO_MEMORY, "%zu", n);
	}
}
