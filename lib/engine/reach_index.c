/*
 * Indexes: which terms may cover a party? So that a question costs what the party is in, not what the
 * policy has.
 */
#include "engine/reach_parts.h"

#include "base/fold.h"

/* -- building ------------------------------------------------------------------------------------- */

static void add_term(hj_reach *reach, const hj__index *index, hj__terms *terms, uint32_t term)
{
	terms->owners += index->first[term + 1] - index->first[term];
	if (terms->count == terms->capacity &&
		hj_grow(reach->allocator, &terms->items, &terms->capacity, terms->count + 1,
			sizeof *terms->items))
		reach->status = HJ_NO_MEMORY;
	else
		terms->items[terms->count++] = term;
}

static void free_terms(hj_reach *reach, hj__terms *terms)
{
	hj_free(reach->allocator, terms->items, terms->capacity * sizeof *terms->items);
	*terms = (hj__terms){0};
}

static void chain(hj__index *index, uint32_t *head, uint32_t term)
{
	index->next[term] = *head;
	*head = term;
}

static void chain_name(hj_reach *reach, hj__index *index, hj_slice name, uint32_t term)
{
	bool ok = true;
	uint32_t *head = NULL;
	name = hj_slice_folded(name, &reach->arena, &ok);
	if (!ok || hj_map_put(&index->by_name, name, HJ_NONE, &head, NULL))
		reach->status = HJ_NO_MEMORY;
	else
		chain(index, head, term);
}

/* Where a party that the term may cover will look for it. */
static void place(hj_reach *reach, hj__index *index, uint32_t term)
{
	const hj_selector *selector = hj__selector(reach, term);
	if (selector->kind == HJ_SELECT_ALL || selector->kind == HJ_SELECT_TEMPLATE ||
		selector->kind == HJ_SELECT_AUTOGROUP) {
		add_term(reach, index, &index->always, term);
		return;
	}
	const hj_meaning *meaning = &reach->world->meanings[term];
	switch (selector->kind) {
	case HJ_SELECT_USER: chain(index, &index->by_user[meaning->index], term); break;
	case HJ_SELECT_TAG: chain(index, &index->by_tag[meaning->index], term); break;
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED:
		chain(index, &index->by_group[meaning->index], term);
		if (reach->world->groups[meaning->index].synced)
			add_term(reach, index, &index->synced, term);
		break;
	case HJ_SELECT_DOMAIN: chain_name(reach, index, selector->name, term); break;
	case HJ_SELECT_SERVICE:
		if (meaning->index == HJ_NONE)
			chain_name(reach, index, selector->text, term);
		else
			chain(index, &index->by_service[meaning->index], term);
		if (!meaning->range_count)
			add_term(reach, index, &index->services, term);
		return;
	default:
		if (reach->touches[term] & HJ__SPANS)
			add_term(reach, index, &index->spanning, term);
		else if (reach->touches[term])
			add_term(reach, index, &index->tailnet, term);
		return;
	}
	add_term(reach, index, &index->identities, term);
}

static void build_intervals(hj_reach *reach, hj__index *index)
{
	const hj_world *world = reach->world;
	size_t count = 0;
	for (uint32_t term = 0; term < reach->all; term++)
		if (index->first[term] < index->first[term + 1] &&
			!hj_add(count, world->meanings[term].range_count, &count))
			reach->status = HJ_NO_MEMORY;
	hj__intervals *intervals = &index->intervals;
	intervals->items =
		reach->status ? NULL : hj__reach_room(reach, count, sizeof *intervals->items);
	for (uint32_t term = 0; intervals->items && term < reach->all; term++)
		for (uint32_t i = 0; index->first[term] < index->first[term + 1] &&
			i < world->meanings[term].range_count;
			i++)
			intervals->items[intervals->count++] = (hj__interval){
				.range = world->meanings[term].ranges[i], .term = term};
	hj__intervals_sort(intervals);
}

static uint32_t *no_heads(hj_reach *reach, size_t count)
{
	uint32_t *heads = hj__reach_room(reach, count, sizeof *heads);
	if (heads)
		memset(heads, 0xff, count * sizeof *heads); /* HJ_NONE */
	return heads;
}

/* Deals the owners out to their terms, in their order. */
static bool deal(hj_reach *reach, hj__index *index, const hj__use *uses, size_t count)
{
	size_t terms = (size_t)reach->all + 1;
	uint32_t *first = hj__reach_zeroes(reach, terms + 1, sizeof *first);
	index->owners = hj__reach_room(reach, count, sizeof *index->owners);
	index->first = first;
	if (!first || !index->owners)
		return false;
	for (size_t i = 0; i < count; i++)
		first[uses[i].term + 1]++;
	for (size_t term = 0; term < terms; term++)
		first[term + 1] += first[term];
	for (size_t i = count; i > 0; i--)
		index->owners[--first[uses[i - 1].term + 1]] = uses[i - 1].owner;
	/* Each entry has come down to where its term begins: one place too high. */
	for (size_t term = 0; term < terms; term++)
		first[term] = first[term + 1];
	first[terms] = (uint32_t)count;
	return true;
}

void hj__index_build(
	hj_reach *reach, hj__index *index, bool destination, const hj__use *uses, size_t count)
{
	const hj_world *world = reach->world;
	index->destination = destination;
	hj_map_init(&index->by_name, reach->allocator);
	index->by_user = no_heads(reach, world->user_count);
	index->by_group = no_heads(reach, world->group_count);
	index->by_tag = no_heads(reach, world->tag_count);
	index->by_service = no_heads(reach, world->service_count);
	index->next = no_heads(reach, (size_t)reach->all + 1);
	if (reach->status || !deal(reach, index, uses, count))
		return;
	for (uint32_t term = 0; term <= reach->all; term++)
		if (index->first[term] < index->first[term + 1])
			place(reach, index, term);
	build_intervals(reach, index);
}

void hj__index_free(hj_reach *reach, hj__index *index)
{
	hj_map_free(&index->by_name);
	free_terms(reach, &index->always);
	free_terms(reach, &index->services);
	free_terms(reach, &index->synced);
	free_terms(reach, &index->identities);
	free_terms(reach, &index->spanning);
	free_terms(reach, &index->tailnet);
}

void hj__coverage_init(hj_reach *reach, hj__coverage *coverage, hj__index *index)
{
	size_t terms = (size_t)reach->all + 1;
	coverage->index = index;
	coverage->terms = hj__reach_room(reach, terms, sizeof *coverage->terms);
	coverage->answers = hj__reach_room(reach, terms, sizeof *coverage->answers);
	coverage->rounds = hj__reach_zeroes(reach, terms, sizeof *coverage->rounds);
}

/* -- gathering ------------------------------------------------------------------------------------ */

typedef struct gathering {
	hj_reach *reach;
	hj__index *index;
	hj__coverage *coverage;
	const hj__party *party;
} gathering;

static void consider(gathering *run, uint32_t term)
{
	hj__coverage *coverage = run->coverage;
	if (coverage->rounds[term] == coverage->round)
		return;
	coverage->rounds[term] = coverage->round;
	coverage->answers[term] =
		hj__cover(run->reach, run->party, term, run->index->destination, false);
	if (coverage->answers[term].truth != HJ_NO)
		coverage->terms[coverage->count++] = term;
}

/* What is already known to cover the party. */
static void accept(gathering *run, uint32_t term)
{
	hj__coverage *coverage = run->coverage;
	if (coverage->rounds[term] == coverage->round)
		return;
	coverage->rounds[term] = coverage->round;
	coverage->answers[term] = HJ__YES;
	coverage->terms[coverage->count++] = term;
}

static void consider_all(gathering *run, const hj__terms *terms)
{
	for (size_t i = 0; i < terms->count; i++)
		consider(run, terms->items[i]);
}

static void consider_chain(gathering *run, uint32_t term)
{
	for (; term != HJ_NONE; term = run->index->next[term])
		consider(run, term);
}

static void consider_name(gathering *run, hj_slice name)
{
	hj_text *folded = hj__fact_begin(run->reach);
	for (size_t i = 0; i < name.size; i++)
		hj_text_byte(folded, hj_fold(name.data[i]));
	if (folded->status)
		run->reach->status = HJ_NO_MEMORY;
	const uint32_t *head = hj_map_get(&run->index->by_name, hj_text_slice(folded));
	consider_chain(run, head ? *head : HJ_NONE);
}

static void consider_person(gathering *run)
{
	const hj__party *party = run->party;
	const hj_world *world = run->reach->world;
	if (party->user != HJ_NONE) {
		hj_ids groups = world->users[party->user].groups;
		consider_chain(run, run->index->by_user[party->user]);
		for (uint32_t i = 0; i < groups.count; i++)
			consider_chain(run, run->index->by_group[groups.items[i]]);
	}
	if (party->group != HJ_NONE)
		consider_chain(run, run->index->by_group[party->group]);
	if (party->domain.size)
		consider_name(run, party->domain);
}

static void consider_identity(gathering *run)
{
	const hj__party *party = run->party;
	switch (party->who) {
	case HJ__NOBODY:
	case HJ__ANYBODY: break;
	case HJ__PERSON: consider_person(run); break;
	case HJ__TAGGED:
		for (uint32_t i = 0; i < party->tags.count; i++)
			consider_chain(run, run->index->by_tag[party->tags.items[i]]);
		break;
	}
}

static void consider_services(gathering *run)
{
	const hj_subject *subject = &run->party->subject;
	if (subject->kind == HJ_SUBJECT_SERVICE && subject->index == HJ_NONE)
		consider_name(run, subject->name);
	else if (subject->kind == HJ_SUBJECT_SERVICE)
		consider_chain(run, run->index->by_service[subject->index]);
}

static void consider_around(gathering *run, hj_address address)
{
	hj__stab stab;
	uint32_t term;
	hj__stab_begin(&stab, &run->index->intervals, address);
	while (hj__stab_next(&stab, &term))
		consider(run, term);
}

/* The terms around the addresses of a user's or tag's devices, found once. */
static void consider_near(gathering *run, hj_ids **lists, size_t count, uint32_t at)
{
	hj_reach *reach = run->reach;
	const hj_inventory *inventory = reach->world->inventory;
	uint32_t before = run->coverage->count;
	if (!*lists)
		*lists = hj__reach_zeroes(reach, count, sizeof **lists);
	if (!*lists)
		return;
	hj_ids *list = &(*lists)[at];
	for (uint32_t i = 0; list->items && i < list->count; i++)
		accept(run, list->items[i]);
	if (list->items)
		return;
	for (uint32_t i = 0; i < run->party->devices.count; i++) {
		const hj_device *device = &inventory->devices[run->party->devices.items[i]];
		for (uint32_t j = 0; j < device->address_count; j++) {
			hj__stab stab;
			uint32_t term;
			hj__stab_begin(&stab, &run->index->intervals, device->addresses[j]);
			while (hj__stab_next(&stab, &term))
				accept(run, term);
		}
	}
	uint32_t found = run->coverage->count - before;
	uint32_t *items = hj__reach_room(reach, found, sizeof *items);
	if (!items)
		return;
	if (found)
		memcpy(items, run->coverage->terms + before, found * sizeof *items);
	*list = (hj_ids){items, found};
}

static void consider_addresses(gathering *run)
{
	const hj__party *party = run->party;
	const hj_world *world = run->reach->world;
	hj__index *index = run->index;
	for (size_t i = 0; i < party->range_count; i++)
		consider_around(run, party->ranges[i].first);
	if (!party->located)
		consider_all(run, &index->spanning);
	else if (party->subject.kind == HJ_SUBJECT_USER && party->devices.count)
		consider_near(run, &index->near_user, world->user_count, party->subject.index);
	else if (party->subject.kind == HJ_SUBJECT_TAG && party->devices.count)
		consider_near(run, &index->near_tag, world->tag_count, party->subject.index);
}

void hj__gather_none(hj_reach *reach, hj__end *end)
{
	hj__coverage *coverage = &end->coverage;
	coverage->count = 0;
	if (++coverage->round == 0) {
		coverage->round = 1;
		memset(coverage->rounds, 0, ((size_t)reach->all + 1) * sizeof *coverage->rounds);
	}
}

static gathering gathering_of(hj_reach *reach, hj__end *end)
{
	return (gathering){reach, end->coverage.index, &end->coverage, &end->party};
}

hj__answer hj__consider(hj_reach *reach, hj__end *end, uint32_t term)
{
	gathering run = gathering_of(reach, end);
	consider(&run, term);
	return end->coverage.answers[term];
}

void hj__gather_certain(hj_reach *reach, hj__end *end)
{
	gathering run = gathering_of(reach, end);
	hj__gather_none(reach, end);
	consider_all(&run, &run.index->always);
	consider_identity(&run);
	consider_services(&run);
	consider_addresses(&run);
}

hj__doubts hj__doubts_of(const hj__end *end)
{
	const hj__party *party = &end->party;
	const hj_subject *subject = &party->subject;
	const hj__index *index = end->coverage.index;
	hj__doubts doubts = {.count = 0};
	if (party->who == HJ__ANYBODY)
		doubts.lists[doubts.count++] = &index->identities;
	if (party->who == HJ__PERSON && party->named)
		doubts.lists[doubts.count++] = &index->synced;
	if (subject->kind == HJ_SUBJECT_RANGE && hj_tailnet_contains(subject->range))
		doubts.lists[doubts.count++] = &index->services;
	if (!party->located)
		doubts.lists[doubts.count++] = &index->tailnet;
	return doubts;
}

void hj__gather_doubtful(hj_reach *reach, hj__end *end)
{
	gathering run = gathering_of(reach, end);
	hj__doubts doubts = hj__doubts_of(end);
	for (unsigned i = 0; i < doubts.count; i++)
		consider_all(&run, doubts.lists[i]);
}

void hj__gather(hj_reach *reach, hj__end *end)
{
	hj__gather_certain(reach, end);
	hj__gather_doubtful(reach, end);
}

/* -- facts ---------------------------------------------------------------------------------------- */

void hj__list_term(hj_reach *reach, hj__end *end, uint32_t term)
{
	hj__answer *answer = &end->coverage.answers[term];
	if (end->coverage.rounds[term] != end->coverage.round || answer->truth != HJ_MAYBE)
		return;
	if (answer->fact == HJ_NONE)
		*answer =
			hj__cover(reach, &end->party, term, end->coverage.index->destination, true);
	hj__facts_list(reach, *answer);
}

void hj__list_words(hj_reach *reach, hj__end *end, const hj_words *words, uint32_t term)
{
	if (!words)
		hj__list_term(reach, end, term);
	for (uint32_t i = 0; words && i < words->count && !hj__facts_full(reach); i++)
		hj__list_term(reach, end, words->items[i].term);
}
