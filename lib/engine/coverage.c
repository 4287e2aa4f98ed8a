#include "engine/coverage_parts.h"

/* -- what could be lost ------------------------------------------------------------------------------ */

static uint32_t several(uint32_t count)
{
	return count > 1 ? count : 0;
}

static bool count_losses(const hj__survey *survey, size_t *out)
{
	const hj_reach *reach = survey->reach;
	const hj_policy *policy = reach->world->policy;
	bool ok = true;
	*out = policy->ssh.count;
	for (uint32_t i = 0; i < reach->rule_count && ok; i++) {
		const hj__rule *rule = &reach->rules[i];
		uint32_t permits = rule->last - rule->first;
		ok = rule->src == NULL ||
			(hj_add(*out, 1 + several(rule->src->count), out) &&
				hj_add(*out, several(permits), out));
		for (uint32_t k = rule->first; k < rule->last && ok; k++)
			ok = hj_add(*out, several(reach->permits[k].service_count), out);
	}
	return ok && *out < HJ_NONE;
}

static uint32_t add(hj__survey *survey, hj_loss loss)
{
	survey->out->losses[survey->out->loss_count] = loss;
	return survey->out->loss_count++;
}

static uint32_t add_services(
	hj__survey *survey, hj_rule_place place, const hj_permit *permit, uint32_t node)
{
	uint32_t first = survey->out->loss_count;
	if (permit->service_count < 2)
		return HJ_NONE;
	for (uint32_t i = 0; i < permit->service_count && !survey->status; i++) {
		bool ok = true;
		hj_text text;
		hj_text_init(&text, survey->allocator);
		hj_service_append(&text, permit->services[i]);
		hj_slice kept = hj_arena_copy(&survey->out->arena, hj_text_slice(&text), &ok);
		if (!ok || text.status)
			survey->status = HJ_NO_MEMORY;
		hj_text_free(&text);
		add(survey,
			(hj_loss){
				.rule = place, .part = HJ_PART_PORTS, .node = node, .text = kept});
	}
	return first;
}

static void add_permits(hj__survey *survey, const hj__rule *rule, hj_rule_place place)
{
	const hj_reach *reach = survey->reach;
	bool many = rule->last - rule->first > 1;
	for (uint32_t k = rule->first; k < rule->last; k++) {
		const hj_permit *permit = &reach->permits[k];
		hj__places *at = &survey->permits[k];
		*at = (hj__places){HJ_NONE, HJ_NONE};
		if (many)
			at->dst = add(survey,
				(hj_loss){.rule = place,
					.part = HJ_PART_DST,
					.node = permit->dst.node,
					.text = permit->dst.text});
		/* All permits of a grant have the same services. */
		if (permit->kind == HJ_PERMIT_ACL)
			at->ports = add_services(survey, place, permit, permit->dst.node);
		else if (k > rule->first)
			at->ports = survey->permits[rule->first].ports;
		else
			at->ports = add_services(survey, place, permit,
				reach->world->policy->grants.items[permit->rule].ip.node);
	}
}

static void add_rule(hj__survey *survey, uint32_t index, hj_rule_place place)
{
	const hj__rule *rule = &survey->reach->rules[index];
	survey->rules[index] = add(survey, (hj_loss){.rule = place, .node = place.node});
	survey->sources[index] = HJ_NONE;
	for (uint32_t i = 0; rule->src->count > 1 && i < rule->src->count; i++) {
		uint32_t at = add(survey,
			(hj_loss){.rule = place,
				.part = HJ_PART_SRC,
				.node = rule->src->items[i].node,
				.text = rule->src->items[i].text});
		survey->sources[index] = i ? survey->sources[index] : at;
	}
	add_permits(survey, rule, place);
	survey->out->rules++;
}

static void list_losses(hj__survey *survey)
{
	hj_reach *reach = survey->reach;
	const hj_policy *policy = reach->world->policy;
	hj_arena *arena = &survey->out->arena;
	size_t count, bytes;
	if (!count_losses(survey, &count) ||
		!hj_multiply(count ? count : 1, sizeof(hj_loss), &bytes)) {
		survey->status = HJ_NO_MEMORY;
		return;
	}
	survey->out->losses = hj_arena_alloc(arena, bytes);
	survey->permits =
		hj_arena_alloc(arena, (reach->permit_count + 1) * sizeof *survey->permits);
	survey->rules = hj_arena_alloc(arena, (reach->rule_count + 1) * sizeof *survey->rules);
	survey->sources = hj_arena_alloc(arena, (reach->rule_count + 1) * sizeof *survey->sources);
	if (!survey->out->losses || !survey->permits || !survey->rules || !survey->sources) {
		survey->status = HJ_NO_MEMORY;
		return;
	}
	uint32_t grants = policy->grants.count;
	for (uint32_t i = 0; i < policy->acls.count && !survey->status; i++)
		add_rule(survey, grants + i,
			(hj_rule_place){HJ_OF_ACLS, i, policy->acls.items[i].node});
	for (uint32_t i = 0; i < grants && !survey->status; i++)
		add_rule(survey, i, (hj_rule_place){HJ_OF_GRANTS, i, policy->grants.items[i].node});
	survey->ssh = survey->out->loss_count;
	for (uint32_t i = 0; i < policy->ssh.count; i++) {
		hj_rule_place place = {HJ_OF_SSH, i, policy->ssh.items[i].node};
		add(survey, (hj_loss){.rule = place, .node = place.node});
		survey->out->rules++;
	}
}

/* -- what cannot fail -------------------------------------------------------------------------------- */

/* Everything that makes an assertion what it is, so that equal ones have equal keys. */
static void put_key(hj_text *key, const hj_policy *tests, const hj_assertion *assertion)
{
	const hj_slice parts[] = {hj_trim(assertion->src.text), hj_trim(assertion->proto.text),
		hj_trim(assertion->dst.text), hj_trim(assertion->account.text)};
	uint32_t posture = assertion->ssh ? tests->ssh_tests.items[assertion->test].posture.node
					  : tests->tests.items[assertion->test].posture.node;
	hj_text_clear(key);
	hj_text_printf(key, "%d %d", (int)assertion->ssh, (int)assertion->want);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		hj_text_printf(key, " %zu ", parts[i].size);
		hj_text_append(key, parts[i]);
	}
	if (posture)
		hj_text_append(key,
			hj_source_slice(hj_document_source(tests->document),
				hj_node_span(&hj_document_nodes(tests->document)[posture])));
}

static bool is_repeated(hj__survey *survey, hj_map *seen, hj_text *key)
{
	bool known = false, ok = true;
	if (hj_map_get(seen, hj_text_slice(key)))
		return true;
	hj_slice kept = hj_arena_copy(&survey->out->arena, hj_text_slice(key), &ok);
	if (!ok || key->status || hj_map_put(seen, kept, 0, NULL, &known))
		survey->status = HJ_NO_MEMORY;
	return known;
}

static bool needs_no_rule(const hj_assertion *assertion)
{
	return assertion->want == HJ_WANT_ACCEPT && assertion->pass == HJ_YES && !assertion->ssh &&
		assertion->rule_count && assertion->rules[0].section == HJ_OF_NO_RULE;
}

static void list_idle(hj__survey *survey, const hj_policy *tests, const hj_assertions *assertions)
{
	hj_coverage *out = survey->out;
	size_t bytes;
	out->idle = hj_multiply(assertions->count + 1, sizeof *out->idle, &bytes)
		? hj_arena_alloc(&out->arena, bytes)
		: NULL;
	if (!out->idle) {
		survey->status = HJ_NO_MEMORY;
		return;
	}
	hj_map seen;
	hj_text key;
	hj_map_init(&seen, survey->allocator);
	hj_text_init(&key, survey->allocator);
	for (size_t i = 0; i < assertions->count && !survey->status; i++) {
		const hj_assertion *assertion = &assertions->items[i];
		hj_idle idle = {.assertion = (uint32_t)i};
		if (assertion->malformed)
			continue;
		put_key(&key, tests, assertion);
		if (is_repeated(survey, &seen, &key))
			idle.reason = HJ_IDLE_REPEATED;
		else if (needs_no_rule(assertion))
			idle.reason = HJ_IDLE_NO_RULES;
		else if (assertion->far && assertion->pass == HJ_YES)
			idle.reason = HJ_IDLE_FAR;
		else
			continue;
		out->idle[out->idle_count++] = idle;
	}
	hj_text_free(&key);
	hj_map_free(&seen);
}

/* -- the whole --------------------------------------------------------------------------------------- */

hj_status hj_coverage_run(hj_reach *reach, const hj_policy *tests, const hj_allocator *allocator,
	hj_assertions *assertions, hj_coverage *out)
{
	hj__survey survey = {.reach = reach, .out = out, .allocator = allocator};
	const hj_witness witness = {.allowed = hj__note_allowed,
		.blocked = hj__note_blocked,
		.settled = hj__take_notes,
		.context = &survey};
	*out = (hj_coverage){0};
	hj_arena_init(&out->arena, allocator);
	hj_map_init(&survey.ports, allocator);
	hj_text_init(&survey.key, allocator);
	list_losses(&survey);
	if (!survey.status)
		survey.status = hj_assertions_run(reach, tests, &witness, allocator, assertions);
	hj_map_free(&survey.ports);
	hj_text_free(&survey.key);
	hj_free(allocator, survey.notes, survey.note_capacity * sizeof *survey.notes);
	if (survey.status) {
		hj_coverage_free(out);
		return survey.status;
	}
	list_idle(&survey, tests, assertions);
	for (uint32_t i = 0; i < out->loss_count; i++) {
		out->exercised += out->losses[i].exercised;
		out->guarded += out->losses[i].guarded;
	}
	if (survey.status) {
		hj_assertions_free(assertions);
		hj_coverage_free(out);
	}
	return survey.status;
}

void hj_coverage_free(hj_coverage *coverage)
{
	hj_arena_free(&coverage->arena);
	*coverage = (hj_coverage){0};
}
