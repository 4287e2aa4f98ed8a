/*
 * A flow that is allowed at least so far: the answer to hj_reach_to without its reasons. Permits are
 * looked at one by one, through the end that has fewer of them, until one is enough.
 */
#include "engine/reach_parts.h"

enum { FEW_SOURCES = 64 }; /* of a rule: they are asked one by one */

typedef struct search {
	hj_reach *reach;
	int protocol, port;
	hj_truth least;
	bool doubts; /* is what hangs on whose device an address is worth a look? */
	bool enough;
} search;

/* How many owners have the terms around an end? */
static size_t weigh(const search *run, const hj__end *end)
{
	const hj__coverage *coverage = &end->coverage;
	const hj__index *index = coverage->index;
	size_t weight = 0;
	for (uint32_t i = 0; i < coverage->count; i++)
		weight += index->first[coverage->terms[i] + 1] - index->first[coverage->terms[i]];
	hj__doubts doubts = hj__doubts_of(end);
	for (unsigned i = 0; run->doubts && i < doubts.count; i++)
		weight += doubts.lists[i]->owners;
	return weight;
}

/* Is a permit enough whose ends are covered so far? */
static void try_permit(search *run, const hj_permit *permit, hj_truth covered)
{
	hj_reach *reach = run->reach;
	const hj__party *from = &reach->from.party, *to = &reach->to.party;
	if (covered >= run->least)
		covered = hj__least(
			covered, hj__meets(reach, from, &reach->origin, permit->posture, false));
	if (covered >= run->least)
		covered = hj__least(
			covered, hj__routed(reach, (uint32_t)(permit - reach->permits), to, false));
	run->enough = covered >= run->least;
}

/* Has a rule the source? */
static hj_truth source_truth(hj_reach *reach, uint32_t at)
{
	const hj_words *src = reach->rules[at].src;
	hj_truth truth = HJ_NO;
	if (!src || src->count > FEW_SOURCES)
		hj__finish_source(reach);
	if (reach->from.set)
		return hj__rule_truth(reach, at);
	for (uint32_t i = 0; i < src->count && truth != HJ_YES; i++)
		truth = hj__most(
			truth, hj__consider(reach, &reach->from, src->items[i].term).truth);
	return truth;
}

/* The permits of a term that covers the destination. */
static void try_destination(search *run, uint32_t term, hj_truth covered)
{
	hj_reach *reach = run->reach;
	const hj__index *index = &reach->destinations;
	if (covered < run->least)
		return;
	for (uint32_t i = index->first[term]; i < index->first[term + 1] && !run->enough; i++) {
		uint32_t at = index->owners[i];
		const hj_permit *permit = &reach->permits[at];
		if (hj__permit_serves(permit, run->protocol, run->port))
			try_permit(run, permit,
				hj__least(covered, source_truth(reach, reach->permit_rules[at])));
	}
}

/* The permits of the rules of a term that covers the source. */
static void try_source(search *run, uint32_t term, hj_truth covered)
{
	hj_reach *reach = run->reach;
	const hj__index *index = &reach->sources;
	if (covered < run->least)
		return;
	for (uint32_t i = index->first[term]; i < index->first[term + 1] && !run->enough; i++) {
		const hj__rule *rule = &reach->rules[index->owners[i]];
		for (uint32_t at = rule->first; at < rule->last && !run->enough; at++) {
			const hj_permit *permit = &reach->permits[at];
			if (!hj__permit_serves(permit, run->protocol, run->port))
				continue;
			hj__answer to =
				hj__consider(reach, &reach->to, hj__permit_term(reach, permit));
			try_permit(run, permit, hj__least(covered, to.truth));
		}
	}
}

/* The terms of an end: those that cover it for certain, then the others. */
static void try_terms(
	search *run, hj__end *end, void (*try)(search *run, uint32_t term, hj_truth covered))
{
	hj_reach *reach = run->reach;
	hj__coverage *coverage = &end->coverage;
	hj__doubts doubts = hj__doubts_of(end);
	for (uint32_t i = 0; i < coverage->count && !run->enough; i++)
		try(run, coverage->terms[i], coverage->answers[coverage->terms[i]].truth);
	for (unsigned k = 0; run->doubts && k < doubts.count; k++)
		for (size_t i = 0; i < doubts.lists[k]->count && !run->enough; i++) {
			uint32_t term = doubts.lists[k]->items[i];
			try(run, term, hj__consider(reach, end, term).truth);
		}
}

hj_status hj_reach_at_least(hj_reach *reach, const hj_origin *source, const hj_subject *destination,
	int protocol, int port, hj_truth least, bool *out)
{
	search run = {reach, protocol, port, least, false, least == HJ_NO};
	/* What hangs on a fact is never certain, unless facts are assumed. */
	run.doubts = least != HJ_YES || reach->facts.any_assumed;
	hj__begin_source(reach, source);
	if (!reach->status)
		hj__party_set(reach, &reach->to.party, destination, &reach->from.party);
	if (!reach->status)
		hj__gather_certain(reach, &reach->to);
	if (reach->status)
		*out = false;
	else if (weigh(&run, &reach->to) <= weigh(&run, &reach->from))
		try_terms(&run, &reach->to, try_destination);
	else
		try_terms(&run, &reach->from, try_source);
	*out = run.enough && !reach->status;
	return hj__settle(reach);
}
