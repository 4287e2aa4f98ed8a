#include "engine/tests_parts.h"

#include <stdlib.h>

/* -- one flow -------------------------------------------------------------------------------------- */

static int compare_numbers(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b;
	return (*left > *right) - (*left < *right);
}

static void gather(hj__run *run, const hj_verdict *verdict)
{
	if (hj_grow(run->allocator, &run->by, &run->by_capacity,
		    run->by_count + verdict->permit_count, sizeof *run->by)) {
		run->status = HJ_NO_MEMORY;
		return;
	}
	for (uint32_t i = 0; i < verdict->permit_count; i++)
		run->by[run->by_count++] = verdict->permits[i].permit;
}

static void sort_gathered(hj__run *run)
{
	size_t kept = 0;
	qsort(run->by, run->by_count, sizeof *run->by, compare_numbers);
	for (size_t i = 0; i < run->by_count; i++)
		if (kept == 0 || run->by[kept - 1] != run->by[i])
			run->by[kept++] = run->by[i];
	run->by_count = kept;
}

/* From the current source to whatever the assertion's destination stands for: any of it will do. */
static hj_truth ask(hj__run *run, hj_assertion *assertion, const hj__tally *tally)
{
	hj_truth best = HJ_NO;
	run->by_count = 0;
	for (uint32_t i = 0; i < tally->to.count && !run->status; i++) {
		hj_verdict verdict;
		run->status = hj_reach_to(run->reach, &run->subjects.items[tally->to.first + i],
			assertion->protocol, assertion->port, &verdict);
		if (run->status || verdict.allowed < best || verdict.allowed == HJ_NO)
			continue;
		if (verdict.allowed > best)
			run->by_count = 0;
		best = verdict.allowed;
		gather(run, &verdict);
		if (best == HJ_MAYBE)
			hj__keep_facts(run, assertion, verdict.facts, verdict.fact_count);
		else if (!run->witness)
			break;
	}
	if (tally->to.count > 1 && run->by_count)
		sort_gathered(run);
	return best;
}

static bool is_far(hj__run *run, const hj_assertion *assertion, const hj__tally *tally)
{
	bool near = false;
	for (uint32_t i = 0; i < tally->to.count && !run->status && !near; i++)
		run->status = run->witness->blocked(run->witness->context, assertion,
			&run->subjects.items[tally->to.first + i], &near);
	return !near;
}

static void witness(hj__run *run, hj_assertion *assertion, const hj__tally *tally, hj_truth truth)
{
	if (assertion->want == HJ_WANT_ACCEPT && truth == HJ_YES)
		run->status = run->witness->allowed(
			run->witness->context, assertion, run->by, (uint32_t)run->by_count);
	else if (assertion->want == HJ_WANT_DENY && (!tally->begun || assertion->far))
		assertion->far = truth == HJ_NO && tally->to.count && is_far(run, assertion, tally);
}

/* A deny fails where anything is allowed for certain, another assertion where nothing may be. */
static bool may_fail(hj__run *run, const hj_assertion *assertion, const hj__tally *tally,
	const hj_origin *origin)
{
	bool deny = assertion->want == HJ_WANT_DENY, found = false;
	for (uint32_t i = 0; i < tally->to.count && !run->status && !found; i++)
		run->status = hj_reach_at_least(run->reach, origin,
			&run->subjects.items[tally->to.first + i], assertion->protocol,
			assertion->port, deny ? HJ_YES : HJ_MAYBE, &found);
	return found == deny;
}

static void judge_source(hj__run *run, size_t from, const hj_origin *origin)
{
	for (size_t i = from; i < run->out->count && !run->status; i++) {
		hj_assertion *assertion = &run->out->items[i];
		hj__tally *tally = &run->tallies[i - from];
		if (assertion->malformed || tally->to.template)
			continue;
		if (run->failures && !may_fail(run, assertion, tally, origin)) {
			tally->holds = true;
			continue;
		}
		if (!run->status)
			run->status = hj_reach_from(run->reach, origin);
		hj_truth truth = run->status ? HJ_NO : ask(run, assertion, tally);
		bool accepts = assertion->want == HJ_WANT_ACCEPT;
		if (!run->status && run->witness)
			witness(run, assertion, tally, truth);
		if (run->status || !hj__decides(assertion, tally, truth))
			continue;
		assertion->got = truth == HJ_YES ? HJ_GOT_ACCEPT : HJ_GOT_DROP;
		hj__keep_rules(run, assertion, run->by, (uint32_t)run->by_count);
		if (accepts && truth == HJ_NO && tally->to.count)
			hj__explain_drop(run, assertion, &origin->subject,
				&run->subjects.items[tally->to.first]);
		else if (!accepts && truth == HJ_YES)
			hj__explain_entry(run, assertion, &origin->subject, run->by[0]);
	}
}

/* -- one entry ------------------------------------------------------------------------------------- */

static bool add_list(
	hj__run *run, const hj_test *test, uint32_t index, const hj_words *list, hj_want want)
{
	for (uint32_t i = 0; i < list->count; i++) {
		hj_assertion *assertion = hj__assert(run, false, index, want, list->items[i].node);
		if (!assertion)
			return false;
		assertion->src = test->src;
		assertion->proto = test->proto;
		assertion->dst = list->items[i];
	}
	return true;
}

static bool prepare(hj__run *run, hj_assertion *assertion, hj__tally *tally, int protocol)
{
	hj_hostport parts;
	const char *fault = "a test needs one port behind the host";
	hj_slice text = hj_trim(assertion->dst.text);
	*tally = (hj__tally){0};
	assertion->protocol = protocol;
	assertion->port = -1;
	if (hj_is_template(text)) {
		tally->to.template = true;
		return true;
	}
	bool cut = hj_has_ports(text, &parts);
	if (!cut || !hj__port_of(parts.ports, protocol, &assertion->port, &fault)) {
		hj__malform(run, assertion, assertion->node, text, fault);
		return !run->status;
	}
	tally->to = hj__meaning_of(run, parts.host, HJ__DESTINATION);
	if (tally->to.fault)
		hj__malform(run, assertion, assertion->node, parts.host, tally->to.fault);
	return !run->status;
}

static void malform_all(hj__run *run, size_t from, uint32_t node, hj_slice text, const char *fault)
{
	for (size_t i = from; i < run->out->count; i++)
		hj__malform(run, &run->out->items[i], node, text, fault);
}

/* The protocol: -1 for none. False: it is none that there is. */
static bool protocol_of(hj_slice text, int *protocol)
{
	uint8_t number;
	*protocol = -1;
	if (text.size == 0)
		return true;
	if (!hj_protocol_parse(text, &number))
		return false;
	*protocol = number;
	return true;
}

static void run_test(hj__run *run, uint32_t index)
{
	const hj_test *test = &run->tests->tests.items[index];
	size_t from = run->out->count;
	int protocol;
	if (!add_list(run, test, index, &test->accept, HJ_WANT_ACCEPT) ||
		!add_list(run, test, index, &test->deny, HJ_WANT_DENY))
		return;
	size_t count = run->out->count - from;
	if (count == 0) {
		hj_assertion *nothing = hj__assert(run, false, index, HJ_WANT_NOTHING, test->node);
		if (nothing)
			nothing->src = test->src;
		hj__malform(run, nothing, test->node, (hj_slice){0}, "the test asserts nothing");
		return;
	}
	if (hj_trim(test->src.text).size == 0) {
		malform_all(run, from, test->src.node ? test->src.node : test->node, (hj_slice){0},
			"the test has no source");
		return;
	}
	if (hj_is_template(test->proto.text))
		protocol = -1;
	else if (!protocol_of(hj_trim(test->proto.text), &protocol)) {
		malform_all(
			run, from, test->proto.node, test->proto.text, "there is no such protocol");
		return;
	}
	hj__meant source = hj__meaning_of(run, test->src.text, HJ__SOURCE);
	if (source.fault) {
		malform_all(run, from, test->src.node, test->src.text, source.fault);
		return;
	}
	run->status = run->status ? run->status
				  : hj_grow(run->allocator, &run->tallies, &run->tally_capacity,
					    count, sizeof *run->tallies);
	for (size_t i = 0; i < count && !run->status; i++)
		prepare(run, &run->out->items[from + i], &run->tallies[i], protocol);
	hj__one_of_each(run, test->src.text, &source);
	hj_origin origin = {0};
	hj__attributes_of(run, &test->posture, &origin);
	for (uint32_t i = 0; i < source.count && !run->status; i++) {
		origin.subject = run->subjects.items[source.first + i];
		judge_source(run, from, &origin);
	}
	bool template = source.template || hj_is_template(test->proto.text);
	for (size_t i = 0; i < count && !run->status; i++)
		hj__conclude(run, &run->out->items[from + i], &run->tallies[i], template);
	hj__tell_settled(run, from);
}

void hj__tell_settled(hj__run *run, size_t from)
{
	if (run->witness && !run->status)
		run->witness->settled(
			run->witness->context, run->out->items + from, run->out->count - from);
}

/* -- the run --------------------------------------------------------------------------------------- */

static void note_hosts(hj__run *run)
{
	const hj_entries *hosts = &run->rules->hosts;
	for (uint32_t i = 0; i < hosts->count && !run->status; i++)
		run->status = hj_map_put(&run->hosts, hosts->items[i].name.text, i, NULL, NULL);
}

static void count_results(hj_assertions *out)
{
	for (size_t i = 0; i < out->count; i++) {
		out->passed += out->items[i].pass == HJ_YES;
		out->failed += out->items[i].pass == HJ_NO;
		out->depending += out->items[i].pass == HJ_MAYBE;
	}
}

static void release(hj__run *run)
{
	for (unsigned i = 0; i < HJ__SEATS; i++)
		hj_map_free(&run->meant_of[i]);
	hj_map_free(&run->hosts);
	hj_map_free(&run->told);
	hj_text_free(&run->words);
	hj_subjects_free(&run->subjects);
	hj_free(run->allocator, run->meant, run->meant_capacity * sizeof *run->meant);
	hj_free(run->allocator, run->facts, run->fact_capacity * sizeof *run->facts);
	hj_free(run->allocator, run->tallies, run->tally_capacity * sizeof *run->tallies);
	hj_free(run->allocator, run->by, run->by_capacity * sizeof *run->by);
}

static hj_status run_all(hj_reach *reach, const hj_policy *tests, const hj_witness *witness,
	bool failures, const hj_allocator *allocator, hj_assertions *out)
{
	hj_world *world = hj_reach_world(reach);
	hj__run run = {.reach = reach,
		.world = world,
		.tests = tests,
		.rules = world->policy,
		.lines = hj_document_source(world->policy->document),
		.out = out,
		.witness = witness,
		.failures = failures,
		.allocator = allocator,
		.subjects = {.allocator = allocator}};
	*out = (hj_assertions){.rules_document = world->policy->document};
	hj_arena_init(&out->arena, allocator);
	for (unsigned i = 0; i < HJ__SEATS; i++)
		hj_map_init(&run.meant_of[i], allocator);
	hj_map_init(&run.hosts, allocator);
	hj_map_init(&run.told, allocator);
	hj_text_init(&run.words, allocator);
	note_hosts(&run);
	for (uint32_t i = 0; i < tests->tests.count && !run.status; i++)
		run_test(&run, i);
	for (uint32_t i = 0; i < tests->ssh_tests.count && !run.status; i++)
		hj__run_login(&run, i);
	release(&run);
	count_results(out);
	if (run.status)
		hj_assertions_free(out);
	return run.status;
}

hj_status hj_assertions_run(hj_reach *reach, const hj_policy *tests, const hj_witness *witness,
	const hj_allocator *allocator, hj_assertions *out)
{
	return run_all(reach, tests, witness, false, allocator, out);
}

hj_status hj_assertions_run_failures(
	hj_reach *reach, const hj_policy *tests, const hj_allocator *allocator, hj_assertions *out)
{
	return run_all(reach, tests, NULL, true, allocator, out);
}

void hj_assertions_free(hj_assertions *assertions)
{
	const hj_allocator *allocator = assertions->arena.allocator;
	hj_free(allocator, assertions->items, assertions->capacity * sizeof *assertions->items);
	hj_arena_free(&assertions->arena);
	*assertions = (hj_assertions){0};
}
