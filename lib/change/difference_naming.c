/*
 * Names: what a side calls the extents, as far as a name means the same on both sides, or just one.
 */
#include "change/difference_words.h"

/* -- names ---------------------------------------------------------------------------------------- */

/* Gives an extent a name unless it has one. */
static void name(hj__words *words, unsigned side, int position, uint32_t extent, hj_slice text)
{
	hj_slice *at = &words->names[side][position][extent];
	if (at->size == 0)
		*at = text;
}

enum reading { NOWHERE, AT_ITS_PLACE, AT_BOTH_ENDS, EVERYWHERE };

/* Where does a selector mean the same? */
static enum reading reading_of(const hj_selector *selector)
{
	switch (selector->kind) {
	case HJ_SELECT_EMPTY:
	case HJ_SELECT_OTHER: return NOWHERE;
	case HJ_SELECT_ALL:
	case HJ_SELECT_TEMPLATE: return AT_ITS_PLACE;
	case HJ_SELECT_AUTOGROUP:
		return selector->autogroup == HJ_AUTOGROUP_SELF ? NOWHERE
			: selector->autogroup == HJ_AUTOGROUP_INTERNET ||
				selector->autogroup == HJ_AUTOGROUP_DANGER_ALL
			? AT_ITS_PLACE
			: EVERYWHERE;
	case HJ_SELECT_ADDRESS:
	case HJ_SELECT_PREFIX:
	case HJ_SELECT_RANGE:
	case HJ_SELECT_WORD:
	case HJ_SELECT_HOST_PREFIX:
	case HJ_SELECT_IPSET:
	case HJ_SELECT_SERVICE: return AT_BOTH_ENDS;
	default: return EVERYWHERE;
	}
}

static bool is_read_at(enum reading reading, int written, int position)
{
	if (written == position || reading < AT_BOTH_ENDS)
		return reading != NOWHERE && written == position;
	if (written == HJ__ROUTED || position == HJ__ROUTED)
		return false;
	return reading == EVERYWHERE || (written != HJ__DEVICES && position != HJ__DEVICES);
}

static bool is_disjoint(hj_ids a, hj_ids b)
{
	for (uint32_t i = 0, j = 0; i < a.count && j < b.count;)
		if (a.items[i] == b.items[j])
			return false;
		else if (a.items[i] < b.items[j])
			i++;
		else
			j++;
	return true;
}

/* A group that has other members altogether on the other side would be taken for that one. */
static bool is_other_group(hj__words *words, unsigned side, uint32_t group)
{
	hj__scene *scene = words->scene;
	hj__side *sides = scene->sides;
	uint32_t other;
	if (hj_world_find(sides[!side].world, &sides[!side].world->group_of,
		    sides[side].world->groups[group].name, &other))
		scene->status = HJ_NO_MEMORY;
	return !scene->status && other != HJ_NONE &&
		is_disjoint(scene->extents.items[sides[side].members[group]],
			scene->extents.items[sides[!side].members[other]]);
}

/* So would a host or IP set with other addresses. */
static bool is_other_range(hj__words *words, unsigned side, uint32_t term, int written)
{
	const hj__side *sides = words->scene->sides;
	const uint32_t *other = hj_map_get(
		&words->terms[!side], sides[side].world->policy->terms[term].selector.text);
	if (!other)
		return false;
	uint32_t here = sides[side].extents[written][term];
	for (int position = 0; position < HJ__POSITIONS; position++)
		if (sides[!side].used[*other] & 1u << position &&
			sides[!side].extents[position][*other] == here)
			return false;
	return true;
}

static bool is_ambiguous(hj__words *words, unsigned side, uint32_t term, int written)
{
	const hj__side *from = &words->scene->sides[side];
	switch (from->world->policy->terms[term].selector.kind) {
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED:
		return is_other_group(words, side, from->world->meanings[term].index);
	case HJ_SELECT_WORD:
	case HJ_SELECT_HOST_PREFIX:
	case HJ_SELECT_IPSET: return is_other_range(words, side, term, written);
	default: return false;
	}
}

static void name_term(hj__words *words, unsigned side, uint32_t term, int position)
{
	const hj__side *from = &words->scene->sides[side];
	const hj_selector *selector = &from->world->policy->terms[term].selector;
	enum reading reading = reading_of(selector);
	for (int written = 0; written < HJ__POSITIONS; written++)
		if (from->used[term] & 1u << written && is_read_at(reading, written, position) &&
			!is_ambiguous(words, side, term, written))
			name(words, side, position, from->extents[written][term], selector->text);
}

static void name_position(hj__words *words, unsigned side, int position)
{
	hj__scene *scene = words->scene;
	const hj__side *from = &scene->sides[side];
	size_t extents = scene->extents.count;
	words->names[side][position] = hj__scene_room(scene, extents, sizeof(hj_slice));
	if (scene->status)
		return;
	memset(words->names[side][position], 0, extents * sizeof(hj_slice));
	name(words, side, position, from->all[position], HJ_SLICE("*"));
	if (position != HJ__ROUTED) {
		name(words, side, position, scene->members, HJ_SLICE("autogroup:member"));
		name(words, side, position, scene->tagged, HJ_SLICE("autogroup:tagged"));
	}
	for (uint32_t i = 1; i < from->world->policy->term_count; i++)
		name_term(words, side, i, position);
	for (uint32_t i = 0; i < from->world->group_count && position != HJ__ROUTED; i++)
		if (!is_other_group(words, side, i))
			name(words, side, position, from->members[i], from->world->groups[i].name);
}

/* Hosts and IP sets by name, to compare them with the other side's. */
static void index_terms(hj__words *words, unsigned side)
{
	const hj__side *from = &words->scene->sides[side];
	const hj_policy *policy = from->world->policy;
	for (uint32_t i = 1; i < policy->term_count; i++) {
		const hj_selector *term = &policy->terms[i].selector;
		bool named = term->kind == HJ_SELECT_WORD || term->kind == HJ_SELECT_IPSET ||
			term->kind == HJ_SELECT_HOST_PREFIX;
		if (named && from->used[i] &&
			hj_map_put(&words->terms[side], term->text, i, NULL, NULL))
			words->scene->status = HJ_NO_MEMORY;
	}
}

void hj__words_init(hj__words *words, hj__scene *scene)
{
	*words = (hj__words){.scene = scene};
	for (int side = 0; side < HJ_SIDES; side++)
		hj_map_init(&words->terms[side], scene->allocator);
	words->touched = hj__scene_room(scene, scene->extents.count, sizeof *words->touched);
	words->inside = hj__scene_room(scene, scene->extents.count, sizeof *words->inside);
	words->wanted = hj__scene_room(scene, scene->class_count, sizeof *words->wanted);
	words->said = hj__scene_room(scene, scene->class_count, sizeof *words->said);
	if (scene->status)
		return;
	memset(words->touched, 0, scene->extents.count * sizeof *words->touched);
	memset(words->wanted, 0, scene->class_count * sizeof *words->wanted);
	memset(words->said, 0, scene->class_count * sizeof *words->said);
	index_terms(words, HJ_OLD);
	index_terms(words, HJ_NEW);
	for (unsigned side = 0; side < HJ_SIDES; side++)
		for (int position = 0; position < HJ__POSITIONS && !scene->status; position++)
			name_position(words, side, position);
}

void hj__words_prefer(hj__words *words, unsigned side, const hj__tuple *tuple)
{
	const hj__side *from = &words->scene->sides[side];
	const hj_term *terms = from->world->policy->terms;
	for (uint32_t i = 0; i <= (tuple->src ? tuple->src->count : 0); i++) {
		uint32_t term = tuple->src && i < tuple->src->count ? tuple->src->items[i].term
								    : tuple->term;
		if (!term || reading_of(&terms[term].selector) == NOWHERE)
			continue;
		for (int position = 0; position < HJ__POSITIONS; position++)
			if (from->used[term] & 1u << position &&
				!is_ambiguous(words, side, term, position))
				words->names[side][position][from->extents[position][term]] =
					terms[term].selector.text;
	}
}

void hj__words_free(hj__words *words)
{
	hj_map_free(&words->terms[HJ_OLD]);
	hj_map_free(&words->terms[HJ_NEW]);
	hj__list_free(words->scene, &words->met);
	hj__list_free(words->scene, &words->rest);
	hj__list_free(words->scene, &words->picks);
}

/* -- lists of names ------------------------------------------------------------------------------- */

void hj__naming_add(hj__scene *scene, hj__naming *names, hj_slice text)
{
	if (names->count >= HJ__MOST_NAMES)
		names->left_out++;
	else if (hj__scene_grow(scene, &names->items, &names->capacity, names->count,
			 sizeof *names->items))
		names->items[names->count++] = text;
}

void hj__naming_free(hj__scene *scene, hj__naming *names)
{
	hj_free(scene->allocator, names->items, names->capacity * sizeof *names->items);
	*names = (hj__naming){0};
}
