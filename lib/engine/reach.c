/*
 * Questions: who is the source, and may it reach a destination?
 */
#include "engine/reach_parts.h"

#include <stdlib.h>

void *hj__reach_room(hj_reach *reach, size_t count, size_t size)
{
	size_t bytes;
	void *room = hj_multiply(count ? count : 1, size, &bytes)
		? hj_arena_alloc(&reach->arena, bytes)
		: NULL;
	if (!room)
		reach->status = HJ_NO_MEMORY;
	return room;
}

void *hj__reach_zeroes(hj_reach *reach, size_t count, size_t size)
{
	void *room = hj__reach_room(reach, count, size);
	if (room)
		memset(room, 0, (count ? count : 1) * size);
	return room;
}

hj_status hj__settle(hj_reach *reach)
{
	hj_status status = reach->status;
	reach->status = HJ_OK;
	return status;
}

/* -- building ------------------------------------------------------------------------------------- */

/* Do a term's ranges touch the tailnet's, or hold all of one family? */
static uint8_t touches(const hj_meaning *meaning)
{
	uint32_t count, v4 = 0, v6 = 0, v4_wanted = 0, v6_wanted = 0;
	uint8_t flags = 0;
	const hj_range *tailnet = hj_tailnet_ranges(&count);
	for (uint32_t i = 0; i < count; i++) {
		bool held = false;
		for (uint32_t j = 0; j < meaning->range_count; j++) {
			flags |=
				hj_range_overlaps(meaning->ranges[j], tailnet[i]) ? HJ__TOUCHES : 0;
			held = held || hj_range_contains(meaning->ranges[j], tailnet[i]);
		}
		*(tailnet[i].first.v6 ? &v6_wanted : &v4_wanted) += 1;
		*(tailnet[i].first.v6 ? &v6 : &v4) += held;
	}
	return v4 == v4_wanted || v6 == v6_wanted ? flags | HJ__SPANS : flags;
}

static void make_rooms(hj_reach *reach)
{
	size_t rules = reach->rule_count, permits = reach->permit_count;
	reach->rule_truths = hj__reach_room(reach, rules, sizeof *reach->rule_truths);
	reach->rule_postures = hj__reach_room(reach, rules, sizeof *reach->rule_postures);
	reach->rule_rounds = hj__reach_zeroes(reach, rules, sizeof *reach->rule_rounds);
	reach->rule_listed = hj__reach_zeroes(reach, rules, sizeof *reach->rule_listed);
	reach->hits = hj__reach_room(reach, permits, sizeof *reach->hits);
	reach->verdict = hj__reach_room(reach, permits, sizeof *reach->verdict);
	reach->marked = hj__reach_room(reach, rules, sizeof *reach->marked);
	hj__coverage_init(reach, &reach->from.coverage, &reach->sources);
	hj__coverage_init(reach, &reach->to.coverage, &reach->destinations);
	hj__party_init(reach, &reach->from.party);
	hj__party_init(reach, &reach->to.party);
}

static void build(hj_reach *reach)
{
	const hj_world *world = reach->world;
	reach->touches = hj__reach_room(reach, reach->all, sizeof *reach->touches);
	for (uint32_t term = 0; reach->touches && term < reach->all; term++)
		reach->touches[term] = touches(&world->meanings[term]);
	if (!reach->status)
		hj__postures_build(reach);
	if (!reach->status)
		hj__permits_build(reach);
	if (!reach->status)
		make_rooms(reach);
}

hj_status hj_reach_build(hj_world *world, const hj_assumptions *assumptions,
	const hj_allocator *allocator, hj_reach **out)
{
	hj_reach *reach = hj_alloc(allocator, sizeof *reach);
	*out = NULL;
	if (!reach)
		return HJ_NO_MEMORY;
	*reach = (hj_reach){.world = world,
		.allocator = allocator,
		.all = world->policy->term_count,
		.has_users = world->inventory && world->inventory->has_users,
		.has_devices = world->inventory && world->inventory->has_devices};
	hj_arena_init(&reach->arena, allocator);
	hj__facts_init(reach, assumptions);
	build(reach);
	hj_status status = hj__settle(reach);
	if (status)
		hj_reach_free(reach);
	else
		*out = reach;
	return status;
}

void hj_reach_free(hj_reach *reach)
{
	if (!reach)
		return;
	hj__logins_free(reach);
	hj__index_free(reach, &reach->sources);
	hj__index_free(reach, &reach->destinations);
	hj__party_free(reach, &reach->from.party);
	hj__party_free(reach, &reach->to.party);
	hj__facts_free(reach);
	hj_map_free(&reach->posture_of);
	hj__names_free(reach);
	hj_free(reach->allocator, reach->cuts.items,
		reach->cuts.capacity * sizeof *reach->cuts.items);
	hj_arena_free(&reach->arena);
	hj_free(reach->allocator, reach, sizeof *reach);
}

hj_world *hj_reach_world(const hj_reach *reach)
{
	return reach->world;
}

const hj_permit *hj_reach_permits(const hj_reach *reach, uint32_t *count)
{
	*count = reach->permit_count;
	return reach->permits;
}

/* -- sources -------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	return one < other ? -1 : one > other;
}

static void mark_rule(hj_reach *reach, uint32_t rule, hj_truth truth)
{
	if (reach->rule_rounds[rule] != reach->rule_round) {
		reach->rule_rounds[rule] = reach->rule_round;
		reach->rule_truths[rule] = HJ_NO;
		reach->rule_postures[rule] = 0;
		reach->marked[reach->marked_count++] = rule;
		reach->marked_permits += reach->rules[rule].last - reach->rules[rule].first;
	}
	reach->rule_truths[rule] = hj__most(reach->rule_truths[rule], truth);
}

/* The rules that have a term around the current source, each with its best truth. */
static void mark_rules(hj_reach *reach)
{
	const hj__coverage *coverage = &reach->from.coverage;
	const hj__index *index = coverage->index;
	reach->marked_count = 0;
	reach->marked_permits = 0;
	if (++reach->rule_round == 0) {
		reach->rule_round = 1;
		memset(reach->rule_rounds, 0, reach->rule_count * sizeof *reach->rule_rounds);
	}
	for (uint32_t i = 0; i < coverage->count; i++) {
		uint32_t term = coverage->terms[i];
		for (uint32_t at = index->first[term]; at < index->first[term + 1]; at++)
			mark_rule(reach, index->owners[at], coverage->answers[term].truth);
	}
	reach->marked_sorted = false;
}

/* Few ask for their order. */
void hj__sort_marked(hj_reach *reach)
{
	if (!reach->marked_sorted && reach->marked_count > 1)
		qsort(reach->marked, reach->marked_count, sizeof *reach->marked, by_number);
	reach->marked_sorted = true;
}

hj_truth hj__rule_truth(const hj_reach *reach, uint32_t rule)
{
	return reach->rule_rounds[rule] == reach->rule_round ? reach->rule_truths[rule] : HJ_NO;
}

static bool has_attributes(const hj_origin *origin)
{
	return origin->attributes_known || origin->attribute_count;
}

void hj__begin_source(hj_reach *reach, const hj_origin *source)
{
	hj__end *from = &reach->from;
	if (from->begun && hj_subject_equal(&from->party.subject, &source->subject)) {
		/* Only the attributes may be others. */
		bool matters = has_attributes(source) || has_attributes(&reach->origin);
		reach->origin = *source;
		for (uint32_t i = 0; from->set && matters && i < reach->marked_count; i++)
			reach->rule_postures[reach->marked[i]] = 0;
		return;
	}
	from->set = reach->hits_made = false;
	reach->origin = *source;
	hj__party_set(reach, &from->party, &source->subject, NULL);
	if (!reach->status)
		hj__gather_certain(reach, from);
	from->begun = !reach->status;
}

void hj__finish_source(hj_reach *reach)
{
	hj__end *from = &reach->from;
	if (from->set || reach->status)
		return;
	hj__gather_doubtful(reach, from);
	if (!reach->status)
		mark_rules(reach);
	from->set = !reach->status;
	from->begun = from->set;
}

hj_status hj_reach_from(hj_reach *reach, const hj_origin *source)
{
	hj__begin_source(reach, source);
	hj__finish_source(reach);
	return hj__settle(reach);
}

const hj_hit *hj_reach_hits(hj_reach *reach, uint32_t *count)
{
	if (reach->from.set && !reach->hits_made) {
		reach->hit_count = 0;
		hj__sort_marked(reach);
		for (uint32_t i = 0; i < reach->marked_count; i++) {
			const hj__rule *rule = &reach->rules[reach->marked[i]];
			for (uint32_t at = rule->first; at < rule->last; at++)
				reach->hits[reach->hit_count++] =
					(hj_hit){at, reach->rule_truths[reach->marked[i]]};
		}
		reach->hits_made = true;
	}
	*count = reach->hits_made ? reach->hit_count : 0;
	return reach->hits;
}

/* -- verdicts ------------------------------------------------------------------------------------- */

/* Does the current source meet the postures of a rule that has it? */
hj_truth hj__rule_posture(hj_reach *reach, uint32_t rule)
{
	if (!reach->rule_postures[rule])
		reach->rule_postures[rule] = (uint8_t)(1 +
			hj__meets(reach, &reach->from.party, &reach->origin,
				reach->rules[rule].posture, false));
	return (hj_truth)(reach->rule_postures[rule] - 1);
}

typedef struct question {
	hj_reach *reach;
	int protocol, port;
	uint32_t found;
} question;

static void try_permit(question *asked, uint32_t at, hj_truth covered)
{
	hj_reach *reach = asked->reach;
	uint32_t rule = reach->permit_rules[at];
	hj_truth truth = hj__least(hj__rule_truth(reach, rule), covered);
	if (truth == HJ_NO || !hj__permit_serves(&reach->permits[at], asked->protocol, asked->port))
		return;
	truth = hj__least(truth, hj__rule_posture(reach, rule));
	if (truth != HJ_NO)
		truth = hj__least(truth, hj__routed(reach, at, &reach->to.party, false));
	if (truth != HJ_NO)
		reach->verdict[asked->found++] = (hj_hit){at, truth};
}

/* Through the permits of the destination: those of the terms around it. */
static void try_destination(question *asked)
{
	hj_reach *reach = asked->reach;
	const hj__coverage *coverage = &reach->to.coverage;
	const hj__index *index = coverage->index;
	for (uint32_t i = 0; i < coverage->count; i++) {
		uint32_t term = coverage->terms[i];
		for (uint32_t at = index->first[term]; at < index->first[term + 1]; at++)
			try_permit(asked, index->owners[at], coverage->answers[term].truth);
	}
}

/* Through the permits of the source. */
static void try_source(question *asked, bool gathered)
{
	hj_reach *reach = asked->reach;
	for (uint32_t i = 0; i < reach->marked_count; i++) {
		const hj__rule *rule = &reach->rules[reach->marked[i]];
		for (uint32_t at = rule->first; at < rule->last; at++) {
			uint32_t term = hj__permit_term(reach, &reach->permits[at]);
			hj__answer answer = gathered ? hj__covered(&reach->to.coverage, term)
						     : hj__consider(reach, &reach->to, term);
			try_permit(asked, at, answer.truth);
		}
	}
}

/* How many permits the terms around the destination have. */
static size_t count_permits(const hj__coverage *coverage)
{
	size_t count = 0;
	for (uint32_t i = 0; i < coverage->count; i++)
		count += coverage->index->first[coverage->terms[i] + 1] -
			coverage->index->first[coverage->terms[i]];
	return count;
}

/* Through the fewer ones. An address that may be anybody's is near to every name. */
static void try_permits(question *asked)
{
	hj_reach *reach = asked->reach;
	if (reach->to.party.who == HJ__ANYBODY &&
		reach->marked_permits < reach->destinations.identities.count) {
		hj__gather_none(reach, &reach->to);
		try_source(asked, false);
		return;
	}
	hj__gather(reach, &reach->to);
	if (reach->marked_permits < count_permits(&reach->to.coverage))
		try_source(asked, true);
	else
		try_destination(asked);
}

static void list_sources(hj_reach *reach, uint32_t at)
{
	const hj__rule *rule = &reach->rules[at];
	if (reach->rule_truths[at] != HJ_MAYBE || reach->rule_listed[at] == reach->facts.question)
		return;
	reach->rule_listed[at] = reach->facts.question;
	hj__list_words(reach, &reach->from, rule->src, reach->all);
}

static void list_facts(hj_reach *reach, uint32_t at)
{
	const hj_permit *permit = &reach->permits[at];
	uint32_t rule = reach->permit_rules[at];
	list_sources(reach, rule);
	hj__list_term(reach, &reach->to, hj__permit_term(reach, permit));
	if (hj__rule_posture(reach, rule) == HJ_MAYBE)
		hj__meets(reach, &reach->from.party, &reach->origin, permit->posture, true);
	if (permit->via->count)
		hj__routed(reach, at, &reach->to.party, true);
}

static int by_permit(const void *a, const void *b)
{
	const hj_hit *one = a, *other = b;
	return one->permit < other->permit ? -1 : one->permit > other->permit;
}

static bool is_ascending(const hj_hit *hits, uint32_t count)
{
	uint32_t at = 1;
	while (at < count && hits[at - 1].permit < hits[at].permit)
		at++;
	return at >= count;
}

static void conclude(question *asked, hj_verdict *out)
{
	hj_reach *reach = asked->reach;
	uint32_t kept = 0;
	*out = (hj_verdict){.permits = reach->verdict};
	for (uint32_t i = 0; i < asked->found; i++)
		out->allowed = hj__most(out->allowed, reach->verdict[i].truth);
	for (uint32_t i = 0; i < asked->found; i++)
		if (reach->verdict[i].truth == out->allowed)
			reach->verdict[kept++] = reach->verdict[i];
	out->permit_count = kept;
	if (!is_ascending(reach->verdict, kept))
		qsort(reach->verdict, kept, sizeof *reach->verdict, by_permit);
	hj__facts_ask(reach);
	for (uint32_t i = 0; out->allowed == HJ_MAYBE && i < kept && !hj__facts_full(reach); i++)
		list_facts(reach, reach->verdict[i].permit);
	out->facts = reach->facts.listed;
	out->fact_count = (uint32_t)reach->facts.listed_count;
}

hj_status hj_reach_to(
	hj_reach *reach, const hj_subject *destination, int protocol, int port, hj_verdict *out)
{
	question asked = {reach, protocol, port, 0};
	*out = (hj_verdict){0};
	if (!reach->from.set)
		return HJ_INVALID;
	hj__party_set(reach, &reach->to.party, destination, &reach->from.party);
	if (!reach->status)
		try_permits(&asked);
	if (!reach->status)
		conclude(&asked, out);
	if (reach->status)
		*out = (hj_verdict){0};
	return hj__settle(reach);
}

hj_status hj_reach_covers(hj_reach *reach, uint32_t permit, const hj_subject *destination,
	hj_truth *out, hj_slice *fact)
{
	*out = HJ_NO;
	if (fact)
		*fact = HJ_SLICE("");
	if (!reach->from.set)
		return HJ_INVALID;
	hj__party_set(reach, &reach->to.party, destination, &reach->from.party);
	uint32_t term = hj__permit_term(reach, &reach->permits[permit]);
	hj__answer answer = reach->status
		? HJ__NO
		: hj__cover(reach, &reach->to.party, term, true, fact != NULL);
	*out = answer.truth;
	if (fact && answer.truth == HJ_MAYBE && answer.fact != HJ_NONE)
		*fact = reach->facts.items[answer.fact].sentence;
	return hj__settle(reach);
}

hj_status hj_posture_holds(
	hj_reach *reach, hj_slice posture, const hj_origin *source, hj_truth *out)
{
	hj_word word = {.text = posture};
	hj_words words = {.count = 1, .items = &word};
	hj__party_set(reach, &reach->to.party, &source->subject, NULL);
	*out = hj__meets(reach, &reach->to.party, source, &words, false);
	return hj__settle(reach);
}
