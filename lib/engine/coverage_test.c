/*
 * Coverage against a plain twin: what the tests notice when a rule or a part of it is really taken
 * out, and everything run again.
 */
#include "engine/coverage.h"
#include "syntax/patch.h"
#include "syntax/pointer.h"

#include "testdata/support/golden.h"

#include <criterion/criterion.h>
#include <dirent.h>

struct run {
	hj_source *source;
	hj_document *document;
	hj_policy policy;
	hj_world world;
	hj_reach *reach;
	hj_assertions assertions;
	hj_coverage coverage;
};

static void begin(struct run *run, hj_slice text)
{
	cr_assert_eq(hj_source_copy(NULL, NULL, text, &run->source), HJ_OK);
	cr_assert_eq(hj_parse(run->source, 0, &run->document), HJ_OK);
	cr_assert(!hj_document_error(run->document), "%.*s", HJ_SLICE_ARGS(text));
	cr_assert_eq(hj_policy_bind(run->document, NULL, &run->policy), HJ_OK);
	cr_assert_eq(hj_world_build(&run->policy, NULL, (hj_slice){0}, NULL, &run->world), HJ_OK);
	cr_assert_eq(hj_reach_build(&run->world, NULL, NULL, &run->reach), HJ_OK);
	cr_assert_eq(
		hj_coverage_run(run->reach, &run->policy, NULL, &run->assertions, &run->coverage),
		HJ_OK);
}

static void end(struct run *run)
{
	hj_coverage_free(&run->coverage);
	hj_assertions_free(&run->assertions);
	hj_reach_free(run->reach);
	hj_world_free(&run->world);
	hj_policy_free(&run->policy);
	hj_document_free(run->document);
	hj_source_free(run->source);
}

/* The number of a loss of ports among those of its string or list. */
static uint32_t number_of(const hj_coverage *coverage, uint32_t loss)
{
	uint32_t first = loss;
	while (first > 0 && coverage->losses[first - 1].part == HJ_PART_PORTS &&
		coverage->losses[first - 1].node == coverage->losses[loss].node)
		first--;
	return loss - first;
}

/* Ports of an acl stand in its destination: the string without the one with this number. */
static void cut_ports(hj_slice text, uint32_t number, hj_text *out)
{
	hj_hostport parts;
	cr_assert(hj_has_ports(text, &parts));
	hj_text_append(out, hj_slice_of(text.data, (size_t)(parts.ports.data - text.data)));
	bool first = true;
	for (uint32_t i = 0; parts.ports.size; i++) {
		const char *comma = memchr(parts.ports.data, ',', parts.ports.size);
		size_t size = comma ? (size_t)(comma - parts.ports.data) : parts.ports.size;
		if (i != number) {
			hj_text_str(out, first ? "" : ",");
			hj_text_append(out, hj_slice_of(parts.ports.data, size));
			first = false;
		}
		size += comma != NULL;
		parts.ports = hj_slice_of(parts.ports.data + size, parts.ports.size - size);
	}
}

/* The policy without what is lost. */
static void lose(const struct run *run, uint32_t index, hj_text *out)
{
	const hj_loss *loss = &run->coverage.losses[index];
	const hj_node *nodes = hj_document_nodes(run->document);
	hj_slice before = hj_slice_of(run->source->data, run->source->size);
	hj_edits edits;
	hj_text pointer, spelt;
	hj_edits_init(&edits, NULL);
	hj_text_init(&pointer, NULL);
	hj_text_init(&spelt, NULL);
	if (loss->part == HJ_PART_PORTS && loss->rule.section == HJ_OF_ACLS) {
		hj_span span = hj_node_span(&nodes[loss->node]);
		span.start++, span.end--;
		cut_ports(hj_source_slice(run->source, span), number_of(&run->coverage, index),
			&spelt);
		hj_edits_add(&edits, span, hj_text_slice(&spelt));
	} else {
		cr_assert_eq(hj_pointer_of(run->document, loss->node, &pointer), HJ_OK);
		if (loss->part == HJ_PART_PORTS)
			hj_text_printf(&pointer, "/%u", (unsigned)number_of(&run->coverage, index));
		cr_assert_eq(hj_patch_one(run->document, HJ_REMOVE, hj_text_slice(&pointer), NULL,
				     HJ_PATCH_KIND, &edits, NULL),
			HJ_OK);
	}
	cr_assert_eq(hj_edits_apply(edits.items, edits.count, before, out), HJ_OK);
	hj_edits_free(&edits);
	hj_text_free(&pointer);
	hj_text_free(&spelt);
}

/* Does an assertion that held no longer hold? */
static bool is_noticed(const struct run *run, hj_slice text)
{
	struct run without;
	bool noticed = false;
	begin(&without, text);
	cr_assert_eq(without.assertions.count, run->assertions.count);
	for (size_t i = 0; i < run->assertions.count; i++)
		noticed = noticed ||
			(run->assertions.items[i].pass == HJ_YES &&
				without.assertions.items[i].pass != HJ_YES);
	end(&without);
	return noticed;
}

static unsigned compare(hj_slice text, const char *name)
{
	struct run run;
	uint32_t guarded = 0;
	begin(&run, text);
	for (uint32_t i = 0; i < run.coverage.loss_count; i++) {
		const hj_loss *loss = &run.coverage.losses[i];
		hj_text without;
		hj_text_init(&without, NULL);
		lose(&run, i, &without);
		bool noticed = is_noticed(&run, hj_text_slice(&without));
		cr_expect_eq(loss->guarded, noticed, "%s: loss %u, part %d, %.*s: %d", name, i,
			(int)loss->part, HJ_SLICE_ARGS(loss->text), noticed);
		guarded += noticed;
		hj_text_free(&without);
	}
	cr_expect_eq(run.coverage.guarded, guarded, "%s", name);
	unsigned count = run.coverage.loss_count;
	end(&run);
	return count;
}

Test(coverage, a_loss_is_guarded_when_tests_notice_it)
{
	static const char *const names[] = {"coverage", "protocols", "nothing", "postures"};
	unsigned losses = 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[256];
		hj_text text;
		hj_text_init(&text, NULL);
		snprintf(path, sizeof path, "testdata/tests/%s.hujson", names[i]);
		cr_assert(golden_read(path, &text), "%s", path);
		losses += compare(hj_text_slice(&text), names[i]);
		hj_text_free(&text);
	}
	cr_expect_gt(losses, 30);
}

/* -- random policies ------------------------------------------------------------------------------ */

static uint32_t random_state = 1;

static unsigned pick(unsigned count)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % count;
}

static void write_source(hj_text *out)
{
	static const char *const texts[] = {"a@example.com", "b@example.com", "group:all",
		"group:some", "tag:a", "tag:b", "*", "autogroup:tagged"};
	hj_text_printf(out, "\"%s\"", texts[pick(sizeof texts / sizeof *texts)]);
}

static void write_list(hj_text *out, const char *name, bool ports)
{
	static const char *const hosts[] = {"tag:a", "tag:b", "host", "*", "a@example.com"};
	hj_text_printf(out, "\"%s\": [", name);
	for (unsigned i = 0, count = 1 + pick(3); i < count; i++) {
		hj_text_str(out, i ? ", " : "");
		if (strcmp(name, "src") == 0) {
			write_source(out);
			continue;
		}
		hj_text_printf(out, "\"%s", hosts[pick(sizeof hosts / sizeof *hosts)]);
		for (unsigned k = 0, more = ports ? 1 + pick(2) : 0; k < more; k++)
			hj_text_printf(out, "%c%u", k ? ',' : ':', 1 + pick(3));
		hj_text_byte(out, '"');
	}
	hj_text_str(out, "]");
}

static void write_policy(hj_text *out)
{
	static const char *const froms[] = {"a@example.com", "b@example.com", "c@example.com",
		"group:all", "group:some", "tag:a", "tag:b"};
	static const char *const hosts[] = {"tag:a", "tag:b", "host", "a@example.com"};
	hj_text_clear(out);
	hj_text_str(out,
		"{\"groups\": {\"group:all\": [\"a@example.com\", \"b@example.com\", "
		"\"c@example.com\", \"d@example.com\", \"e@example.com\", \"f@example.com\"], "
		"\"group:some\": [\"a@example.com\", \"c@example.com\"]},\n"
		"\"tagOwners\": {\"tag:a\": [], \"tag:b\": []}, \"hosts\": {\"host\": "
		"\"10.1.2.3\"},\n\"acls\": [\n");
	for (unsigned i = 0, count = 1 + pick(4); i < count; i++) {
		hj_text_str(out, "{\"action\": \"accept\", ");
		write_list(out, "src", false);
		hj_text_str(out, ", ");
		write_list(out, "dst", true);
		hj_text_str(out, "},\n");
	}
	hj_text_str(out, "],\n\"grants\": [\n");
	for (unsigned i = 0, count = pick(3); i < count; i++) {
		hj_text_str(out, "{");
		write_list(out, "src", false);
		hj_text_str(out, ", ");
		write_list(out, "dst", false);
		unsigned one = 1 + pick(3), other = 1 + pick(3);
		hj_text_printf(out, ", \"ip\": [\"%u\", \"tcp:%u\"]},\n", one, other);
	}
	hj_text_str(out, "],\n\"tests\": [\n");
	for (unsigned i = 0; i < 6; i++) {
		const char *from = froms[pick(sizeof froms / sizeof *froms)];
		const char *want = pick(4) ? "accept" : "deny";
		const char *host = hosts[pick(sizeof hosts / sizeof *hosts)];
		hj_text_printf(out, "{\"src\": \"%s\", \"%s\": [\"%s:%u\"]},\n", from, want, host,
			1 + pick(3));
	}
	hj_text_str(out, "]}");
}

Test(coverage, random_policies_agree_with_the_twin, .timeout = 60)
{
	hj_text text;
	hj_text_init(&text, NULL);
	for (unsigned i = 0; i < 500; i++) {
		char name[32];
		random_state = i + 1;
		write_policy(&text);
		snprintf(name, sizeof name, "policy %u", i);
		compare(hj_text_slice(&text), name);
	}
	hj_text_free(&text);
}
