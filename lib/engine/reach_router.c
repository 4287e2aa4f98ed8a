/*
 * Routers: with "via" a permit holds for what is behind devices that have one of its tags (control
 * plane 7.4). Another router of a wider destination never gets the rule, so the address in question
 * has to be in an approved route of theirs [via-grant-v47]. That such permits count at all in a
 * question, and never for destinations that are devices, is a proposal (control plane 17.7, 17.17).
 */
#include "engine/reach_parts.h"

static bool has_tag(hj_ids tags, uint32_t tag)
{
	for (uint32_t i = 0; i < tags.count; i++)
		if (tags.items[i] == tag)
			return true;
	return false;
}

/* Does a device with the tag have an approved route that overlaps the range? */
static bool has_route(const hj_world *world, uint32_t tag, hj_range range)
{
	for (uint32_t at = hj_route_first(world, range); at != HJ_NONE;
		at = hj_route_next(world, range, at))
		for (uint32_t i = 0; i < world->routes[at].devices.count; i++)
			if (has_tag(world->devices[world->routes[at].devices.items[i]].tags, tag))
				return true;
	return false;
}

static bool has_exit(const hj_world *world, uint32_t tag, bool v6)
{
	hj_ids devices = world->tags[tag].devices;
	for (uint32_t i = 0; i < devices.count; i++) {
		const hj_node_device *node = &world->devices[devices.items[i]];
		if (v6 ? node->exits_v6 : node->exits_v4)
			return true;
	}
	return false;
}

/* By the inventory. Exit nodes serve "*" and autogroup:internet. */
static bool routes(const hj_reach *reach, uint32_t term, uint32_t tag, hj_range asked)
{
	const hj_selector *selector = hj__selector(reach, term);
	if (selector->kind == HJ_SELECT_AUTOGROUP)
		return has_exit(reach->world, tag, asked.first.v6);
	return has_route(reach->world, tag, asked) ||
		(selector->kind == HJ_SELECT_ALL && has_exit(reach->world, tag, asked.first.v6));
}

static hj__answer route(hj_reach *reach, const hj_permit *permit, const hj_word *via,
	const hj__party *party, bool name)
{
	const hj_selector *tag = hj__selector(reach, via->term);
	uint32_t term = hj__permit_term(reach, permit);
	hj_range asked = party->subject.range;
	if (tag->kind != HJ_SELECT_TAG && tag->kind != HJ_SELECT_TEMPLATE)
		return HJ__NO;
	if (reach->has_devices && tag->kind == HJ_SELECT_TAG)
		return routes(reach, term, reach->world->meanings[via->term].index, asked) ? HJ__YES
											   : HJ__NO;
	if (!hj__facts_wanted(reach, name))
		return HJ__MAYBE;
	hj_text *sentence = hj__fact_begin(reach);
	hj_text_str(sentence, "a device with ");
	hj_text_append(sentence,
		tag->kind == HJ_SELECT_TAG
			? reach->world->tags[reach->world->meanings[via->term].index].name
			: tag->text);
	hj_text_str(sentence, " routes ");
	if (hj__selector(reach, term)->kind == HJ_SELECT_ALL)
		hj_range_append(sentence, asked);
	else
		hj__ranges_append(sentence, reach, term);
	return hj__fact_end(reach);
}

hj_truth hj__routed(hj_reach *reach, uint32_t at, const hj__party *party, bool list)
{
	const hj_permit *permit = &reach->permits[at];
	hj_truth truth = permit->via->count ? HJ_NO : HJ_YES;
	if (permit->via->count &&
		(party->subject.kind != HJ_SUBJECT_RANGE || party->who != HJ__NOBODY))
		return HJ_NO;
	for (uint32_t i = 0; i < permit->via->count && truth != HJ_YES; i++) {
		hj__answer answer = route(reach, permit, &permit->via->items[i], party, list);
		if (list)
			hj__facts_list(reach, answer);
		truth = hj__most(truth, answer.truth);
	}
	return truth;
}
