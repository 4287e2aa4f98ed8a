#include "engine/coverage_parts.h"

/* -- what is noticed --------------------------------------------------------------------------------- */

static void add_note(hj__survey *survey, const hj_assertion *assertion, uint32_t loss, bool guards)
{
	if (loss == HJ_NONE || survey->status)
		return;
	if (survey->note_count == survey->note_capacity)
		survey->status = hj_grow(survey->allocator, &survey->notes, &survey->note_capacity,
			survey->note_count + 1, sizeof *survey->notes);
	if (!survey->status)
		survey->notes[survey->note_count++] = (hj__note){assertion, loss, guards};
}

void hj__take_notes(void *context, const hj_assertion *assertions, size_t count)
{
	hj__survey *survey = context;
	(void)assertions;
	(void)count;
	for (size_t i = 0; i < survey->note_count; i++) {
		const hj__note *one = &survey->notes[i];
		hj_loss *loss = &survey->out->losses[one->loss];
		if (one->assertion->pass != HJ_YES)
			continue;
		loss->guarded = loss->guarded || one->guards;
		loss->exercised = loss->exercised || !one->guards;
	}
	survey->note_count = 0;
}

/* The only source of a rule that covers the current one. */
static void guard_source(hj__survey *survey, const hj_assertion *assertion, uint32_t index)
{
	const hj_reach *reach = survey->reach;
	const hj_words *src = reach->rules[index].src;
	uint32_t found = HJ_NONE;
	if (survey->sources[index] == HJ_NONE)
		return;
	for (uint32_t i = 0; i < src->count; i++) {
		if (hj__covered(&reach->from.coverage, src->items[i].term).truth != HJ_YES)
			continue;
		if (found != HJ_NONE)
			return;
		found = i;
	}
	if (found != HJ_NONE)
		add_note(survey, assertion, survey->sources[index] + found, true);
}

/* The only service of a permit that serves. */
static void guard_service(
	hj__survey *survey, const hj_assertion *assertion, const hj_permit *permit, uint32_t first)
{
	uint32_t found = HJ_NONE;
	hj_permit one = *permit;
	one.service_count = 1;
	for (uint32_t i = 0; i < permit->service_count; i++) {
		one.services = permit->services + i;
		if (!hj__permit_serves(&one, assertion->protocol, assertion->port))
			continue;
		if (found != HJ_NONE)
			return;
		found = i;
	}
	if (first != HJ_NONE && found != HJ_NONE)
		add_note(survey, assertion, first + found, true);
}

static void note_login(
	hj__survey *survey, const hj_assertion *assertion, const uint32_t *by, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		add_note(survey, assertion, survey->ssh + by[i], false);
	if (count == 1)
		add_note(survey, assertion, survey->ssh + by[0], true);
}

/* All permits are of one rule: it is guarded, and what of it all of them need. */
static void note_alone(hj__survey *survey, const hj_assertion *assertion, uint32_t rule,
	const uint32_t *by, uint32_t count)
{
	const hj_permit *permit = &survey->reach->permits[by[0]];
	const hj__places *at = &survey->permits[by[0]];
	add_note(survey, assertion, survey->rules[rule], true);
	guard_source(survey, assertion, rule);
	if (count == 1)
		add_note(survey, assertion, at->dst, true);
	if (count == 1 || permit->kind == HJ_PERMIT_GRANT)
		guard_service(survey, assertion, permit, at->ports);
}

hj_status hj__note_allowed(
	void *context, const hj_assertion *assertion, const uint32_t *by, uint32_t count)
{
	hj__survey *survey = context;
	const hj_reach *reach = survey->reach;
	uint32_t rule = HJ_NONE;
	bool alone = true;
	if (assertion->ssh) {
		note_login(survey, assertion, by, count);
		return survey->status;
	}
	for (uint32_t i = 0; i < count; i++) {
		const hj_permit *permit = &reach->permits[by[i]];
		if (permit->kind == HJ_PERMIT_ALL)
			return HJ_OK;
		uint32_t now = hj__permit_rule(reach, permit);
		if (now != rule)
			add_note(survey, assertion, survey->rules[now], false);
		alone = alone && (rule == HJ_NONE || rule == now);
		rule = now;
	}
	if (alone && rule != HJ_NONE)
		note_alone(survey, assertion, rule, by, count);
	return survey->status;
}

/* -- what comes near -------------------------------------------------------------------------------- */

/*
 * Does some permit have the port, whatever its source, for where the destination is? Not one to
 * autogroup:self, which hangs on the source.
 */
static bool has_port(const hj_reach *reach, const hj_assertion *assertion)
{
	const hj__coverage *coverage = &reach->to.coverage;
	const hj__index *index = coverage->index;
	for (uint32_t i = 0; i < coverage->count; i++) {
		uint32_t term = coverage->terms[i];
		if (coverage->answers[term].truth == HJ_NO ||
			hj__selector(reach, term)->autogroup == HJ_AUTOGROUP_SELF)
			continue;
		for (uint32_t at = index->first[term]; at < index->first[term + 1]; at++)
			if (hj__permit_serves(&reach->permits[index->owners[at]],
				    assertion->protocol, assertion->port))
				return true;
	}
	return false;
}

/* The same, looked up: many sources are kept from the same destinations. */
static bool has_port_known(
	hj__survey *survey, const hj_assertion *assertion, const hj_subject *destination)
{
	bool there, ok = true;
	uint32_t *known;
	hj_text *key = &survey->key;
	hj_text_clear(key);
	hj_text_printf(key, "%d %u %d ", (int)destination->kind, (unsigned)destination->index,
		assertion->protocol);
	hj_text_append(key, hj_trim(assertion->dst.text));
	const uint32_t *before = hj_map_get(&survey->ports, hj_text_slice(key));
	if (before)
		return *before;
	bool has = has_port(survey->reach, assertion);
	hj_slice kept = hj_arena_copy(&survey->out->arena, hj_text_slice(key), &ok);
	if (!ok || key->status || hj_map_put(&survey->ports, kept, has, &known, &there))
		survey->status = HJ_NO_MEMORY;
	return has;
}

/* Two of three fit: the source, the destination, the port. */
hj_status hj__note_blocked(
	void *context, const hj_assertion *assertion, const hj_subject *destination, bool *near)
{
	hj__survey *survey = context;
	hj_reach *reach = survey->reach;
	*near = false;
	hj__party_set(reach, &reach->to.party, destination, &reach->from.party);
	if (!reach->status)
		hj__gather(reach, &reach->to);
	for (uint32_t i = 0; i < reach->marked_count && !reach->status && !*near; i++) {
		const hj__rule *rule = &reach->rules[reach->marked[i]];
		for (uint32_t at = rule->first; at < rule->last && !*near; at++)
			*near = hj__permit_serves(&reach->permits[at], assertion->protocol,
					assertion->port) ||
				hj__covered(&reach->to.coverage,
					hj__permit_term(reach, &reach->permits[at]))
						.truth != HJ_NO;
	}
	hj_status status = hj__settle(reach);
	if (!status && !*near)
		*near = has_port_known(survey, assertion, destination);
	return status ? status : survey->status;
}
