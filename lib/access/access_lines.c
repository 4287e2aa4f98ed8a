/*
 * From drafts to the lines that people read.
 */
#include "access/access_parts.h"

#include <stdlib.h>

/* -- order ----------------------------------------------------------------------------------------- */

struct order {
	const hj__drafts *drafts;
	uint32_t draft;
	unsigned from, to; /* ranks of the ends */
};

static unsigned rank_of(const hj__drafts *drafts, uint32_t term)
{
	return term == HJ_NONE ? 0 : hj__term_rank(drafts->reach, term);
}

static int compare_slices(hj_slice a, hj_slice b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size ? memcmp(a.data, b.data, size) : 0;
	return order ? order : (a.size > b.size) - (a.size < b.size);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_width(const void *a, const void *b)
{
	const struct order *one = a, *other = b;
	const hj__draft *first = &one->drafts->items[one->draft];
	const hj__draft *second = &other->drafts->items[other->draft];
	int order = compare_numbers(first->key.kind, second->key.kind);
	order = order ? order : compare_numbers(one->from, other->from);
	order = order ? order : compare_slices(first->key.source, second->key.source);
	order = order ? order : compare_numbers(one->to, other->to);
	order = order ? order : compare_slices(first->key.destination, second->key.destination);
	order = order ? order : compare_slices(first->key.capability, second->key.capability);
	order = order ? order : compare_numbers(first->condition, second->condition);
	return order ? order : compare_numbers(one->draft, other->draft);
}

static int by_node(const void *a, const void *b)
{
	const hj_rule_place *one = a, *other = b;
	return compare_numbers(one->node, other->node);
}

/* -- parts of a line ------------------------------------------------------------------------------- */

static void *room(hj__drafts *drafts, size_t count, size_t size)
{
	size_t bytes;
	void *out = hj_multiply(count, size, &bytes)
		? hj_arena_alloc(&drafts->arena, bytes ? bytes : 1)
		: NULL;
	if (!out)
		drafts->status = HJ_NO_MEMORY;
	return out;
}

static void put_rules(hj__drafts *drafts, const hj__draft *draft, hj_access_line *line)
{
	hj_rule_place *rules = room(drafts, draft->rule_count, sizeof *rules);
	uint32_t count = 0;
	if (!rules)
		return;
	for (uint32_t at = draft->rules; at; at = drafts->rules[at - 1].before)
		rules[count++] = drafts->rules[at - 1].place;
	if (count)
		qsort(rules, count, sizeof *rules, by_node);
	line->rules = rules;
	line->rule_count = count;
}

static void put_accounts(hj__drafts *drafts, const hj__draft *draft, hj_access_line *line)
{
	hj_slice *accounts = room(drafts, draft->account_count, sizeof *accounts);
	uint32_t left = draft->account_count;
	if (!accounts)
		return;
	for (uint32_t at = draft->accounts; at; at = drafts->accounts[at - 1].before)
		accounts[--left] = drafts->accounts[at - 1].text;
	line->accounts = accounts;
	line->account_count = draft->account_count;
}

static hj_slice keep(hj__drafts *drafts, hj_slice text)
{
	bool ok = true;
	hj_slice copy = hj_arena_copy(&drafts->arena, text, &ok);
	if (!ok)
		drafts->status = HJ_NO_MEMORY;
	return copy;
}

static void put_extent(hj__drafts *drafts, const hj__extent *extent, hj_access_line *line)
{
	if (!extent)
		return;
	uint32_t count = extent->sure + extent->maybe;
	line->partly = count < drafts->asked_count;
	line->depends = extent->maybe > 0;
	hj_access_names *parts = &line->parts, *facts = &line->facts;
	for (uint32_t i = 0; line->partly && i < count && i < HJ_ACCESS_NAMES; i++) {
		hj_text_clear(&drafts->key);
		hj_subject_append(&drafts->key, &drafts->asked[extent->first[i]]);
		parts->items[parts->count++] = keep(drafts, hj_text_slice(&drafts->key));
	}
	parts->of_all = line->partly ? count : 0;
	for (uint32_t i = 0; i < extent->fact_count; i++)
		facts->items[facts->count++] =
			keep(drafts, drafts->reach->facts.items[extent->facts[i]].sentence);
	facts->of_all = facts->count;
	if (drafts->key.status)
		drafts->status = HJ_NO_MEMORY;
}

static const hj_words *unless_empty(const hj_words *words)
{
	return words && words->count ? words : NULL;
}

static void put_line(hj__drafts *drafts, hj__draft *draft, hj_access_line *line)
{
	const hj__key *key = &draft->key;
	*line = (hj_access_line){.kind = key->kind,
		.source = key->source,
		.destination = key->destination,
		.services = draft->services,
		.capability = key->capability,
		.check = key->check,
		.closed = draft->closed,
		.posture = unless_empty(key->posture),
		.via = unless_empty(key->via)};
	hj_services_init(&draft->services, draft->services.allocator);
	put_rules(drafts, draft, line);
	put_accounts(drafts, draft, line);
	put_extent(drafts, key->extent, line);
}

/* -- all of them ----------------------------------------------------------------------------------- */

hj_status hj__drafts_finish(hj__drafts *drafts, hj_access_list *out)
{
	const hj_allocator *allocator = drafts->arena.allocator;
	struct order *order = room(drafts, drafts->count, sizeof *order);
	hj_access_line *lines = room(drafts, drafts->count, sizeof *lines);
	uint32_t kept = 0, count = 0;
	for (size_t i = 0; !drafts->status && i < drafts->count; i++) {
		const hj__key *key = &drafts->items[i].key;
		if (!drafts->items[i].dropped)
			order[kept++] = (struct order){drafts, (uint32_t)i,
				rank_of(drafts, key->source_term),
				rank_of(drafts, key->destination_term)};
	}
	if (kept > 1)
		qsort(order, kept, sizeof *order, by_width);
	for (; !drafts->status && count < kept; count++)
		put_line(drafts, &drafts->items[order[count].draft], &lines[count]);
	*out = (hj_access_list){
		.lines = lines, .count = count, .arena = drafts->arena, .allocator = allocator};
	/* The list owns the arena now, whatever came of it. */
	hj_arena_init(&drafts->arena, allocator);
	hj_status status = drafts->status;
	if (status)
		hj_access_list_free(out);
	return status;
}

void hj_access_list_free(hj_access_list *list)
{
	for (uint32_t i = 0; i < list->count; i++)
		hj_services_free(&list->lines[i].services);
	hj_arena_free(&list->arena);
	*list = (hj_access_list){.arena.allocator = list->allocator, .allocator = list->allocator};
}
