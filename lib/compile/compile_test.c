/*
 * Compiling: cases in testdata/compile, one file a quirk; memory; a large tailnet.
 *
 * A case has a policy, an inventory (for want of it that of tailnet.hujson) and in "want" what devices
 * receive, in order, members too; devices and members that are not there receive nothing.
 */
#include "compile/compile.h"

#include "syntax/inline.h"
#include "testdata/support/failing.h"
#include "testdata/support/json.h"

#include <criterion/criterion.h>
#include <dirent.h>

struct known {
	hj_document *policy_document, *inventory_document;
	hj_policy policy;
	hj_inventory inventory;
	hj_world world;
};

static hj_document *parse(hj_slice text)
{
	hj_source *source;
	hj_document *document;
	cr_assert_eq(hj_source_copy(NULL, NULL, text, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	cr_assert(!hj_document_error(document), "%.*s", HJ_SLICE_ARGS(text));
	return document;
}

static hj_document *read_file(const char *path)
{
	hj_text text;
	hj_text_init(&text, NULL);
	cr_assert(golden_read(path, &text), "%s", path);
	hj_document *document = parse(hj_text_slice(&text));
	hj_text_free(&text);
	return document;
}

static uint32_t find(hj_document *document, uint32_t object, const char *name)
{
	const golden_file file = {.document = document};
	return golden_find(&file, object, name);
}

/* Takes the documents. */
static void know(struct known *known, hj_document *policy, hj_document *inventory)
{
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	*known = (struct known){.policy_document = policy, .inventory_document = inventory};
	cr_assert_eq(hj_policy_bind(policy, NULL, &known->policy), HJ_OK);
	cr_assert_eq(hj_inventory_bind(inventory, NULL, &findings, &known->inventory), HJ_OK);
	for (size_t i = 0; i < findings.count; i++)
		cr_expect_neq(findings.items[i].severity, HJ_ERROR_LEVEL, "%.*s",
			HJ_SLICE_ARGS(findings.items[i].message));
	hj_findings_free(&findings);
	cr_assert_eq(hj_world_build(
			     &known->policy, &known->inventory, (hj_slice){0}, NULL, &known->world),
		HJ_OK);
}

static void forget(struct known *known)
{
	hj_world_free(&known->world);
	hj_inventory_free(&known->inventory);
	hj_policy_free(&known->policy);
	json_free(known->policy_document);
	json_free(known->inventory_document);
}

static void know_case(struct known *known, hj_document *file)
{
	uint32_t inventory = find(file, 0, "inventory");
	know(known, json_copy(file, find(file, 0, "policy")),
		inventory ? json_copy(file, inventory)
			  : read_file("testdata/compile/tailnet.hujson"));
}

/* All devices as one object. */
static hj_status compile_all(hj_world *world, const hj_allocator *allocator, hj_text *out)
{
	hj_compiled *compiled = NULL;
	hj_emit emit;
	hj_text_init(out, allocator);
	hj_emit_init(&emit, out, 2);
	hj_status status = hj_compile(world, allocator, &compiled);
	hj_emit_object(&emit, NULL);
	for (uint32_t i = 0; i < world->device_count && !status; i++)
		status = hj_compiled_emit(compiled, i, &emit);
	hj_emit_end(&emit);
	hj_compiled_free(compiled);
	return status ? status : out->status;
}

/* -- cases ------------------------------------------------------------------------------------------- */

static void check_member(const char *name, const char *member, hj_document *want, uint32_t wanted,
	hj_document *got, uint32_t given)
{
	hj_text expected, text;
	uint32_t value = wanted ? find(want, wanted, member) : 0;
	hj_text_init(&expected, NULL);
	hj_text_init(&text, NULL);
	if (value)
		cr_assert_eq(hj_inline_append(&expected, want, value), HJ_OK);
	else
		hj_text_str(&expected, strcmp(member, "cap_map") == 0 ? "{}" : "[]");
	cr_assert_eq(hj_inline_append(&text, got, find(got, given, member)), HJ_OK);
	cr_expect(hj_slice_equal(hj_text_slice(&expected), hj_text_slice(&text)),
		"%s: %s: want\n%s\ngot\n%s", name, member, hj_text_string(&expected),
		hj_text_string(&text));
	hj_text_free(&expected);
	hj_text_free(&text);
}

static void check_case(const char *path, const char *name)
{
	static const char *const members[] = {"packet_filter_rules", "ssh_rules", "cap_map"};
	hj_document *file = read_file(path);
	struct known known;
	hj_text text;
	know_case(&known, file);
	cr_assert_eq(compile_all(&known.world, NULL, &text), HJ_OK);
	hj_document *got = parse(hj_text_slice(&text));
	uint32_t want = find(file, 0, "want");
	cr_assert(want, "%s", name);
	const hj_node *nodes = hj_document_nodes(got), *wanted = hj_document_nodes(file);
	uint32_t devices = 0;
	for (uint32_t i = 1; i < nodes[0].next; i = nodes[nodes[i].next].next, devices++)
		for (size_t j = 0; j < sizeof members / sizeof *members; j++)
			check_member(name, members[j], file, json_member(file, want, got, i), got,
				nodes[i].next);
	cr_expect_eq(devices, known.inventory.device_count, "%s", name);
	for (uint32_t i = want + 1; i < wanted[want].next; i = wanted[wanted[i].next].next)
		cr_expect(json_member(got, 0, file, i), "%s: no such device", name);
	json_free(got);
	hj_text_free(&text);
	forget(&known);
	json_free(file);
}

static unsigned each_case(void (*check)(const char *path, const char *name))
{
	unsigned count = 0;
	DIR *folder = opendir("testdata/compile");
	cr_assert(folder);
	for (const struct dirent *entry; (entry = readdir(folder));) {
		char path[PATH_MAX];
		if (entry->d_name[0] == '.' || strcmp(entry->d_name, "tailnet.hujson") == 0)
			continue;
		snprintf(path, sizeof path, "testdata/compile/%s", entry->d_name);
		check(path, entry->d_name);
		count++;
	}
	closedir(folder);
	return count;
}

Test(compile, cases)
{
	cr_expect_geq(each_case(check_case), 40);
}

/* -- memory ------------------------------------------------------------------------------------------ */

static void fail_each_allocation(const char *path, const char *name)
{
	hj_document *file = read_file(path);
	struct known known;
	know_case(&known, file);
	for (size_t n = 0;; n++) {
		/* The world makes lists when it is asked, so it is new each time. */
		hj_world world;
		hj_text text;
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		cr_assert_eq(hj_world_build(
				     &known.policy, &known.inventory, (hj_slice){0}, NULL, &world),
			HJ_OK);
		hj_status status = compile_all(&world, &allocator, &text);
		hj_text_free(&text);
		hj_world_free(&world);
		cr_assert_eq(state.blocks, 0, "%s: allocation %zu", name, n);
		cr_expect_eq(
			status, state.failed ? HJ_NO_MEMORY : HJ_OK, "%s: allocation %zu", name, n);
		if (!state.failed)
			break;
	}
	forget(&known);
	json_free(file);
}

Test(compile, out_of_memory_is_an_error_and_leaks_nothing)
{
	each_case(fail_each_allocation);
}

/* The lists of the world are memory too. */
Test(compile, a_world_without_memory_is_an_error)
{
	hj_document *file = read_file("testdata/compile/self.hujson");
	struct known known;
	know_case(&known, file);
	for (size_t n = 0;; n++) {
		hj_world world;
		hj_text text;
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_status status = hj_world_build(
			&known.policy, &known.inventory, (hj_slice){0}, &allocator, &world);
		if (!status) {
			status = compile_all(&world, NULL, &text);
			hj_text_free(&text);
			hj_world_free(&world);
		}
		cr_assert_eq(state.blocks, 0, "allocation %zu", n);
		cr_expect_eq(status, state.failed ? HJ_NO_MEMORY : HJ_OK, "allocation %zu", n);
		if (!state.failed)
			break;
	}
	forget(&known);
	json_free(file);
}

Test(compile, no_inventory_is_no_device)
{
	hj_document *document = parse(HJ_SLICE("{\"acls\": []}"));
	hj_policy policy;
	hj_world world;
	hj_text text;
	cr_assert_eq(hj_policy_bind(document, NULL, &policy), HJ_OK);
	cr_assert_eq(hj_world_build(&policy, NULL, (hj_slice){0}, NULL, &world), HJ_OK);
	cr_expect_eq(compile_all(&world, NULL, &text), HJ_OK);
	cr_expect(hj_slice_equal(hj_text_slice(&text), HJ_SLICE("{}")));
	hj_text_free(&text);
	hj_world_free(&world);
	hj_policy_free(&policy);
	json_free(document);
}

/* -- large --------------------------------------------------------------------------------------------- */

/* Rules × devices would be a thousand million. What is received is a few rules a device. */
Test(compile, many_rules_and_devices_are_not_multiplied, .timeout = 60)
{
	enum { RULES = 20000, DEVICES = 50000, TAGS = 2000, USERS = 10000 };
	hj_text policy, inventory;
	hj_text_init(&policy, NULL);
	hj_text_init(&inventory, NULL);
	hj_text_str(&policy, "{\"tagOwners\": {");
	for (unsigned i = 0; i < TAGS; i++)
		hj_text_printf(&policy, "%s\"tag:t%u\": []", i ? "," : "", i);
	hj_text_str(&policy, "}, \"grants\": [");
	for (unsigned i = 0; i < RULES; i++)
		hj_text_printf(&policy,
			"%s{\"src\": [\"u%u@example.com\"], \"dst\": [\"tag:t%u\", "
			"\"10.%u.%u.0/24\"], "
			"\"ip\": [\"tcp:%u\", \"53\"]}",
			i ? "," : "", i % USERS, i * 7 % TAGS, i % 250, i / 250 % 250,
			i % 60000 + 1);
	hj_text_str(&policy, "]}");
	hj_text_str(&inventory, "{\"devices\": [");
	for (unsigned i = 0; i < DEVICES; i++) {
		hj_text_printf(&inventory,
			"%s{\"name\": \"d%u\", \"addresses\": [\"100.%u.%u.%u\", "
			"\"fd7a:115c:a1e0::%x\"], ",
			i ? "," : "", i, 64 + (i >> 16), i >> 8 & 255, i & 255, i + 1);
		if (i % 2)
			hj_text_printf(&inventory, "\"tags\": [\"tag:t%u\"]}", i / 2 % TAGS);
		else
			hj_text_printf(&inventory, "\"user\": \"u%u@example.com\"}", i / 2 % USERS);
	}
	hj_text_str(&inventory, "]}");
	struct known known;
	know(&known, parse(hj_text_slice(&policy)), parse(hj_text_slice(&inventory)));
	failing_state state = {.fail_at = SIZE_MAX};
	hj_allocator allocator = failing_allocator(&state);
	hj_compiled *compiled;
	hj_text text;
	hj_emit emit;
	hj_text_init(&text, &allocator);
	hj_emit_init(&emit, &text, 0);
	cr_assert_eq(hj_compile(&known.world, &allocator, &compiled), HJ_OK);
	hj_emit_object(&emit, NULL);
	size_t size = 0;
	for (uint32_t i = 0; i < known.world.device_count; i++) {
		cr_assert_eq(hj_compiled_emit(compiled, i, &emit), HJ_OK);
		size += text.size;
		hj_text_clear(&text);
	}
	hj_compiled_free(compiled);
	hj_text_free(&text);
	/* 25,000 tagged devices with ten rules for either protocol. */
	cr_expect_gt(size, 50000000);
	cr_expect_lt(state.peak, 128 << 20, "%zu bytes", state.peak);
	forget(&known);
	hj_text_free(&policy);
	hj_text_free(&inventory);
}
