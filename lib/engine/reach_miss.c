/*
 * Misses: which permit comes nearest to a blocked flow?
 */
#include "engine/reach_parts.h"

/*
 * How far a miss is from the flow. That "*" has the destination says little, so another port there is
 * farther than a source that is not listed for this very destination.
 */
static unsigned distance(const hj_reach *reach, hj_miss miss)
{
	static const unsigned distances[] = {
		[HJ_MISS_POSTURE] = 0,
		[HJ_MISS_ROUTER] = 1,
		[HJ_MISS_PROTOCOL] = 2,
		[HJ_MISS_PORT] = 3,
		[HJ_MISS_SOURCE] = 4,
		[HJ_MISS_DESTINATION] = 6,
		[HJ_MISS_NOTHING] = 7,
	};
	if (miss.kind != HJ_MISS_PORT && miss.kind != HJ_MISS_PROTOCOL)
		return distances[miss.kind];
	uint32_t term = hj__permit_term(reach, &reach->permits[miss.permit]);
	return hj__selector(reach, term)->kind == HJ_SELECT_ALL ? 5 : distances[miss.kind];
}

typedef struct search {
	hj_reach *reach;
	int protocol, port;
	hj_miss best;
} search;

static void offer(search *run, hj_miss_kind kind, uint32_t permit)
{
	hj_miss miss = {kind, permit};
	unsigned mine = distance(run->reach, miss), best = distance(run->reach, run->best);
	if (mine < best || (mine == best && permit < run->best.permit))
		run->best = miss;
}

/* Source and destination fit: what is wrong then? */
static void offer_fitting(search *run, uint32_t at)
{
	hj_reach *reach = run->reach;
	const hj_permit *permit = &reach->permits[at];
	if (!hj__permit_serves(permit, run->protocol, run->port)) {
		if (permit->service_count)
			offer(run,
				hj__permit_has_port(permit, run->port) ? HJ_MISS_PROTOCOL
								       : HJ_MISS_PORT,
				at);
	} else if (hj__rule_posture(reach, reach->permit_rules[at]) == HJ_NO) {
		offer(run, HJ_MISS_POSTURE, at);
	} else if (hj__routed(reach, at, &reach->to.party, false) == HJ_NO) {
		offer(run, HJ_MISS_ROUTER, at);
	}
}

/* Permits of the source: those of the destination, and the first with the port for another one. */
static void offer_sources(search *run)
{
	hj_reach *reach = run->reach;
	bool found = false;
	hj__sort_marked(reach);
	for (uint32_t i = 0; i < reach->marked_count; i++) {
		const hj__rule *rule = &reach->rules[reach->marked[i]];
		for (uint32_t at = rule->first; at < rule->last; at++) {
			const hj_permit *permit = &reach->permits[at];
			uint32_t term = hj__permit_term(reach, permit);
			if (hj__covered(&reach->to.coverage, term).truth != HJ_NO) {
				offer_fitting(run, at);
			} else if (!found && hj__permit_serves(permit, run->protocol, run->port)) {
				offer(run, HJ_MISS_DESTINATION, at);
				found = true;
			}
		}
	}
}

/* Of each term around the destination, the first permit with the port for another source. */
static void offer_destinations(search *run)
{
	hj_reach *reach = run->reach;
	const hj__coverage *coverage = &reach->to.coverage;
	const hj__index *index = coverage->index;
	for (uint32_t i = 0; i < coverage->count; i++) {
		uint32_t term = coverage->terms[i];
		for (uint32_t j = index->first[term]; j < index->first[term + 1]; j++) {
			uint32_t at = index->owners[j];
			if (hj__rule_truth(reach, reach->permit_rules[at]) != HJ_NO ||
				!hj__permit_serves(&reach->permits[at], run->protocol, run->port))
				continue;
			offer(run, HJ_MISS_SOURCE, at);
			break;
		}
	}
}

hj_status hj_reach_miss(
	hj_reach *reach, const hj_subject *destination, int protocol, int port, hj_miss *out)
{
	search run = {reach, protocol, port, {HJ_MISS_NOTHING, HJ_NONE}};
	*out = run.best;
	if (!reach->from.set)
		return HJ_INVALID;
	hj__party_set(reach, &reach->to.party, destination, &reach->from.party);
	if (!reach->status)
		hj__gather(reach, &reach->to);
	if (!reach->status) {
		offer_sources(&run);
		offer_destinations(&run);
	}
	if (!reach->status)
		*out = run.best;
	return hj__settle(reach);
}
