/*
 * Facts: sentences, each once, with what is assumed of them.
 */
#include "engine/reach_parts.h"

void hj__facts_init(hj_reach *reach, const hj_assumptions *assumptions)
{
	hj__facts *facts = &reach->facts;
	hj_map_init(&facts->ids, reach->allocator);
	hj_text_init(&facts->sentence, reach->allocator);
	facts->assumed = assumptions ? *assumptions : (hj_assumptions){NULL, HJ_MAYBE};
	facts->any_assumed = facts->assumed.facts || facts->assumed.rest != HJ_MAYBE;
}

void hj__facts_free(hj_reach *reach)
{
	hj__facts *facts = &reach->facts;
	hj_map_free(&facts->ids);
	hj_text_free(&facts->sentence);
	hj_free(reach->allocator, facts->items, facts->capacity * sizeof *facts->items);
	hj_free(reach->allocator, facts->listed, facts->listed_capacity * sizeof *facts->listed);
}

hj_text *hj__fact_begin(hj_reach *reach)
{
	hj_text *sentence = &reach->facts.sentence;
	if (sentence->status)
		hj_text_free(sentence);
	hj_text_clear(sentence);
	return sentence;
}

static hj_truth assumed(const hj_assumptions *assumptions, hj_slice sentence)
{
	const uint32_t *said = assumptions->facts ? hj_map_get(assumptions->facts, sentence) : NULL;
	return !said ? assumptions->rest : *said ? HJ_YES : HJ_NO;
}

/* The index of a sentence, which is kept when it is new. */
static uint32_t fact_of(hj_reach *reach, hj_slice sentence)
{
	hj__facts *facts = &reach->facts;
	const uint32_t *found = hj_map_get(&facts->ids, sentence);
	bool ok = true;
	if (found)
		return *found;
	uint32_t at = (uint32_t)facts->count;
	if (facts->count == facts->capacity &&
		hj_grow(reach->allocator, &facts->items, &facts->capacity, facts->count + 1,
			sizeof *facts->items))
		return HJ_NONE;
	hj_slice kept = hj_arena_copy(&reach->arena, sentence, &ok);
	if (!ok || hj_map_put(&facts->ids, kept, at, NULL, NULL))
		return HJ_NONE;
	facts->items[facts->count++] = (hj__fact){kept, assumed(&facts->assumed, kept), 0};
	return at;
}

hj__answer hj__fact_end(hj_reach *reach)
{
	hj_text *sentence = &reach->facts.sentence;
	uint32_t fact = sentence->status ? HJ_NONE : fact_of(reach, hj_text_slice(sentence));
	if (fact == HJ_NONE) {
		reach->status = HJ_NO_MEMORY;
		return HJ__MAYBE;
	}
	return (hj__answer){reach->facts.items[fact].truth, fact};
}

void hj__facts_ask(hj_reach *reach)
{
	hj__facts *facts = &reach->facts;
	facts->listed_count = 0;
	if (++facts->question == 0) {
		facts->question = 1;
		for (size_t i = 0; i < facts->count; i++)
			facts->items[i].question = 0;
		memset(reach->rule_listed, 0, reach->rule_count * sizeof *reach->rule_listed);
	}
}

void hj__facts_list(hj_reach *reach, hj__answer answer)
{
	hj__facts *facts = &reach->facts;
	if (answer.truth != HJ_MAYBE || answer.fact == HJ_NONE || hj__facts_full(reach) ||
		facts->items[answer.fact].question == facts->question)
		return;
	if (facts->listed_count == facts->listed_capacity &&
		hj_grow(reach->allocator, &facts->listed, &facts->listed_capacity,
			facts->listed_count + 1, sizeof *facts->listed)) {
		reach->status = HJ_NO_MEMORY;
		return;
	}
	facts->items[answer.fact].question = facts->question;
	facts->listed[facts->listed_count++] = facts->items[answer.fact].sentence;
}
