/*
 * Assertions: what is noted of one while its flows are asked for, and what that comes to.
 */
#include "engine/tests_parts.h"

const char *hj_want_text(hj_want want)
{
	static const char *const texts[] = {"", "accept", "check", "deny"};
	return texts[want];
}

const char *hj_got_text(hj_got got)
{
	static const char *const texts[] = {"drop", "accept", "check", "depends"};
	return texts[got];
}

hj_got hj_wanted(hj_want want)
{
	return want == HJ_WANT_ACCEPT   ? HJ_GOT_ACCEPT
		: want == HJ_WANT_CHECK ? HJ_GOT_CHECK
					: HJ_GOT_DROP;
}

void hj_rule_place_append(hj_text *out, hj_rule_place place)
{
	static const char *const sections[] = {"", "acls", "grants", "ssh"};
	if (place.section != HJ_OF_NO_RULE)
		hj_text_printf(out, "%s[%u]", sections[place.section], (unsigned)place.index);
}

/* -- assertions ------------------------------------------------------------------------------------ */

hj_assertion *hj__assert(hj__run *run, bool ssh, uint32_t test, hj_want want, uint32_t node)
{
	hj_assertions *out = run->out;
	if (run->status)
		return NULL;
	if (out->count == out->capacity) {
		run->status = hj_grow(run->allocator, &out->items, &out->capacity, out->count + 1,
			sizeof *out->items);
		if (run->status)
			return NULL;
	}
	hj_assertion *assertion = &out->items[out->count++];
	*assertion = (hj_assertion){
		.ssh = ssh, .test = test, .want = want, .node = node, .pass = HJ_MAYBE};
	return assertion;
}

void hj__malform(
	hj__run *run, hj_assertion *assertion, uint32_t node, hj_slice text, const char *fault)
{
	if (!assertion || assertion->malformed)
		return;
	assertion->malformed = true;
	assertion->fault = node;
	assertion->pass = HJ_NO;
	hj__say_fault(run, assertion, text, fault);
}

/* The same text for the same fact, however many assertions hang on it. */
static hj_slice keep_fact(hj__run *run, hj_slice fact)
{
	bool ok = true;
	const uint32_t *index = hj_map_get(&run->told, fact);
	if (index)
		return run->facts[*index];
	if (hj_grow(run->allocator, &run->facts, &run->fact_capacity, run->fact_count + 1,
		    sizeof *run->facts)) {
		run->status = HJ_NO_MEMORY;
		return fact;
	}
	hj_slice kept = hj_arena_copy(&run->out->arena, fact, &ok);
	if (!ok || hj_map_put(&run->told, kept, (uint32_t)run->fact_count, NULL, NULL)) {
		run->status = HJ_NO_MEMORY;
		return fact;
	}
	return run->facts[run->fact_count++] = kept;
}

void hj__keep_facts(hj__run *run, hj_assertion *assertion, const hj_slice *facts, uint32_t count)
{
	for (uint32_t i = 0; i < count && assertion->fact_count < HJ_FACTS_KEPT; i++) {
		hj_slice fact = keep_fact(run, facts[i]);
		uint32_t have = assertion->fact_count;
		hj_slice *list = assertion->facts;
		bool there = false;
		for (uint32_t k = 0; k < have && !there; k++)
			there = list[k].data == fact.data;
		if (there || run->status)
			continue;
		/* Doubled at every power of two. */
		if ((have & (have - 1)) == 0) {
			list = hj_arena_alloc(
				&run->out->arena, (have ? 2 * have : 1) * sizeof *list);
			if (!list) {
				run->status = HJ_NO_MEMORY;
				return;
			}
			if (have)
				memcpy(list, assertion->facts, have * sizeof *list);
		}
		list[have] = fact;
		assertion->facts = list;
		assertion->fact_count = have + 1;
	}
}

hj_rule_place hj__place_of(const hj__run *run, bool ssh, uint32_t by)
{
	if (ssh)
		return (hj_rule_place){HJ_OF_SSH, by, run->rules->ssh.items[by].node};
	uint32_t count;
	const hj_permit *permit = &hj_reach_permits(run->reach, &count)[by];
	switch (permit->kind) {
	case HJ_PERMIT_ACL: return (hj_rule_place){HJ_OF_ACLS, permit->rule, permit->node};
	case HJ_PERMIT_GRANT: return (hj_rule_place){HJ_OF_GRANTS, permit->rule, permit->node};
	default: return (hj_rule_place){HJ_OF_NO_RULE, 0, 0};
	}
}

void hj__keep_rules(hj__run *run, hj_assertion *assertion, const uint32_t *by, uint32_t count)
{
	hj_rule_place places[HJ_RULES_KEPT];
	uint32_t kept = 0;
	for (uint32_t i = 0; i < count && kept < HJ_RULES_KEPT; i++) {
		hj_rule_place place = hj__place_of(run, assertion->ssh, by[i]);
		/* Permits of a rule follow each other. */
		if (kept && places[kept - 1].section == place.section &&
			places[kept - 1].index == place.index)
			continue;
		places[kept++] = place;
	}
	assertion->rules = NULL;
	assertion->rule_count = kept;
	if (kept == 0)
		return;
	hj_rule_place *copy = hj_arena_alloc(&run->out->arena, kept * sizeof *copy);
	if (!copy) {
		assertion->rule_count = 0;
		run->status = HJ_NO_MEMORY;
		return;
	}
	memcpy(copy, places, kept * sizeof *copy);
	assertion->rules = copy;
}

/* -- what answers come to --------------------------------------------------------------------------- */

bool hj__decides(const hj_assertion *assertion, hj__tally *tally, hj_truth truth)
{
	bool deny = assertion->want == HJ_WANT_DENY;
	if (tally->begun && (deny ? truth <= tally->decided_by : truth >= tally->decided_by))
		return false;
	tally->begun = true;
	tally->decided_by = truth;
	return true;
}

void hj__conclude(hj__run *run, hj_assertion *assertion, const hj__tally *tally, bool template)
{
	static const hj_slice filled = {"placeholders are filled in", 26};
	static const hj_truth opposite[] = {
		[HJ_NO] = HJ_YES, [HJ_MAYBE] = HJ_MAYBE, [HJ_YES] = HJ_NO};
	if (assertion->malformed)
		return;
	hj_truth truth = tally->begun ? tally->decided_by : HJ_NO;
	bool open = template || tally->to.template || truth == HJ_MAYBE;
	if (run->failures && (open || (tally->holds && !tally->begun))) {
		assertion->pass = HJ_YES;
		return;
	}
	if (template || tally->to.template) {
		truth = HJ_MAYBE;
		hj__keep_facts(run, assertion, &filled, 1);
	}
	assertion->pass = assertion->want == HJ_WANT_DENY ? opposite[truth] : truth;
	if (truth == HJ_MAYBE)
		assertion->got = HJ_GOT_DEPENDS;
	else
		assertion->fact_count = 0;
	if (assertion->pass == HJ_NO && assertion->why.size == 0)
		hj__say_fault(run, assertion,
			tally->to.count ? assertion->src.text : assertion->dst.text,
			"nobody is in it");
	else if (assertion->pass == HJ_MAYBE)
		hj__explain_doubt(run, assertion);
}
