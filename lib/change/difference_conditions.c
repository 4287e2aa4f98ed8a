/*
 * Conditions: what has to hold besides, in a normal form (policy language 7, control plane 7.4).
 *
 * A rule names postures, of which one has to hold, and routers, of which one has to be there: these
 * are its alternatives. A posture is a set of conditions, all of which have to hold; one that asks for
 * more is implied by one that asks for less. What a router has to have is a route to the very address,
 * whatever the rule's destination, or else an exit route: for autogroup:internet (control plane 7.4).
 */
#include "change/difference_parts.h"

#include "base/fold.h"
#include "policy/condition.h"

#include <stdlib.h>

/* -- one condition of a posture ------------------------------------------------------------------- */

typedef struct value {
	hj_value_type type;
	hj_slice text;
} value;

static int by_value(const void *a, const void *b)
{
	const value *one = a, *other = b;
	size_t size = one->text.size < other->text.size ? one->text.size : other->text.size;
	int order = size ? memcmp(one->text.data, other->text.data, size) : 0;
	if (order == 0)
		order = one->text.size < other->text.size ? -1 : one->text.size > other->text.size;
	return order ? order : (int)one->type - (int)other->type;
}

static bool is_list(hj_operator operation)
{
	return operation == HJ_IN || operation == HJ_NOT_IN || operation == HJ_EQUAL ||
		operation == HJ_NOT_EQUAL;
}

/* "==" is a list of one, and a bare attribute is "== true". */
static char sign_of(hj_operator operation)
{
	switch (operation) {
	case HJ_IS_TRUE:
	case HJ_EQUAL:
	case HJ_IN: return '=';
	case HJ_NOT_EQUAL:
	case HJ_NOT_IN: return '!';
	case HJ_LESS: return '<';
	case HJ_AT_MOST: return '{';
	case HJ_AT_LEAST: return '}';
	case HJ_MORE: return '>';
	case HJ_IS_SET: return '+';
	case HJ_NOT_SET: return '-';
	}
	return '?';
}

static void append_value(hj_text *out, const value *said)
{
	hj_text_printf(out, " %c%zu:", 'a' + (int)said->type, said->text.size);
	hj_text_append(out, said->text);
}

/* Values in order, each once. */
static void append_values(hj__scene *scene, hj_text *out, const hj_condition *condition)
{
	hj_slice rest = condition->values;
	value *values = NULL, next;
	size_t count = 0, capacity = 0;
	while (hj_condition_value(&rest, &next.type, &next.text) &&
		hj__scene_grow(scene, &values, &capacity, count, sizeof *values))
		values[count++] = next;
	if (count && is_list(condition->operation))
		qsort(values, count, sizeof *values, by_value);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || by_value(&values[i - 1], &values[i]))
			append_value(out, &values[i]);
	hj_free(scene->allocator, values, capacity * sizeof *values);
}

/* Appends the normal form. False: nobody can read it, so it never holds. */
static bool append_normal(hj__scene *scene, hj_text *out, hj_slice text)
{
	static const value truth = {HJ_VALUE_BOOLEAN, {"true", 4}};
	hj_condition condition;
	size_t at;
	const char *what;
	if (!hj_condition_parse(text, &condition, &at, &what)) {
		hj_text_byte(out, '$');
		hj_text_append(out, text);
		return hj_is_template(text);
	}
	hj_text_byte(out, sign_of(condition.operation));
	hj_text_append(out, condition.attribute);
	if (condition.operation == HJ_IS_TRUE)
		append_value(out, &truth);
	else
		append_values(scene, out, &condition);
	return true;
}

/* The number of a text, which is the next one when it is new. */
static uint32_t number_of(hj__scene *scene, unsigned side, hj_slice normal, hj_slice written)
{
	bool ok = true;
	const uint32_t *found = hj_map_get(&scene->texts, normal);
	if (found) {
		if (!scene->text_of[*found].by[side].size)
			scene->text_of[*found].by[side] = written;
		return *found;
	}
	uint32_t number = (uint32_t)scene->text_count;
	hj_slice kept = hj_arena_copy(&scene->arena, normal, &ok);
	if (!ok ||
		!hj__scene_grow(scene, &scene->text_of, &scene->text_capacity, scene->text_count,
			sizeof *scene->text_of) ||
		hj_map_put(&scene->texts, kept, number, NULL, NULL)) {
		scene->status = HJ_NO_MEMORY;
		return 0;
	}
	scene->text_of[scene->text_count] = (hj__written){{{0}}};
	scene->text_of[scene->text_count++].by[side] = written;
	return number;
}

/* A condition's number, or HJ_NONE when it never holds. */
static uint32_t read_condition(hj__scene *scene, unsigned side, hj_slice written)
{
	hj_text normal;
	hj_text_init(&normal, scene->allocator);
	bool readable = append_normal(scene, &normal, written);
	if (normal.status)
		scene->status = HJ_NO_MEMORY;
	uint32_t number = readable && !scene->status
		? number_of(scene, side, hj_text_slice(&normal), written)
		: HJ_NONE;
	hj_text_free(&normal);
	return number;
}

/* -- postures ------------------------------------------------------------------------------------- */

/* Its conditions as a set, or HJ_NONE when it never holds. */
static uint32_t read_posture(hj__scene *scene, unsigned side, const hj_words *words)
{
	hj__list *list = &scene->list;
	bool readable = true;
	for (uint32_t i = 0; i < words->count && readable; i++) {
		uint32_t number = read_condition(scene, side, hj_trim(words->items[i].text));
		readable = number != HJ_NONE;
		if (readable)
			hj__list_add(scene, list, number);
	}
	hj__list_settle(list);
	uint32_t posture = readable
		? hj__sets_put(scene, &scene->postures, list->items, list->count)
		: HJ_NONE;
	list->count = 0;
	return posture;
}

/* The posture of a name, or HJ_NONE when it never holds. */
static uint32_t find_posture(hj__scene *scene, unsigned side, hj_slice name)
{
	const uint32_t *found = hj_map_get(&scene->sides[side].postures, name);
	if (found)
		return *found;
	if (!hj_is_template(name))
		return HJ_NONE;
	uint32_t number = read_condition(scene, side, name);
	return scene->status ? HJ_NONE : hj__sets_put(scene, &scene->postures, &number, 1);
}

static uint32_t add_condition(hj__scene *scene, uint32_t posture, hj_slice via, bool by_exit)
{
	hj_text key;
	bool ok = true, was_there = true;
	uint32_t *found = NULL, at = (uint32_t)scene->condition_count;
	hj_text_init(&key, scene->allocator);
	hj_text_printf(&key, "%u %u ", posture, by_exit);
	hj_text_append(&key, via);
	hj_slice kept = hj_arena_copy(&scene->arena, hj_text_slice(&key), &ok);
	if (key.status || !ok || scene->status ||
		hj_map_put(&scene->condition_of, kept, at, &found, &was_there))
		scene->status = HJ_NO_MEMORY;
	hj_text_free(&key);
	if (scene->status || was_there)
		return scene->status ? 0 : *found;
	if (!hj__scene_grow(scene, &scene->conditions, &scene->condition_capacity,
		    scene->condition_count, sizeof *scene->conditions))
		return 0;
	scene->conditions[scene->condition_count++] = (hj__condition){posture, via, by_exit, at};
	if (posture) {
		uint32_t bare = add_condition(scene, 0, via, by_exit);
		scene->conditions[at].bare = bare;
	}
	return at;
}

void hj__conditions_find(hj__scene *scene)
{
	for (int i = 0; i < HJ_SIDES; i++)
		hj_map_init(&scene->sides[i].postures, scene->allocator);
	hj_map_init(&scene->texts, scene->allocator);
	hj_map_init(&scene->condition_of, scene->allocator);
	hj__sets_init(scene, &scene->postures);
	hj__sets_init(scene, &scene->alternatives);
	hj__sets_put(scene, &scene->postures, NULL, 0);
	add_condition(scene, 0, HJ_SLICE(""), false);
	for (unsigned i = 0; i < HJ_SIDES; i++) {
		hj__side *side = &scene->sides[i];
		const hj_entries *entries = &side->world->policy->postures;
		for (uint32_t j = 0; j < entries->count && !scene->status; j++) {
			hj_slice name = hj_trim(entries->items[j].name.text);
			uint32_t posture = read_posture(scene, i, &entries->items[j].words);
			if (hj_map_put(&side->postures, name, posture, NULL, NULL))
				scene->status = HJ_NO_MEMORY;
		}
	}
}

void hj__conditions_free(hj__scene *scene)
{
	for (int i = 0; i < HJ_SIDES; i++)
		hj_map_free(&scene->sides[i].postures);
	hj_map_free(&scene->texts);
	hj_map_free(&scene->condition_of);
	hj__sets_free(scene, &scene->postures);
	hj__sets_free(scene, &scene->alternatives);
	hj_free(scene->allocator, scene->text_of, scene->text_capacity * sizeof *scene->text_of);
	hj_free(scene->allocator, scene->conditions,
		scene->condition_capacity * sizeof *scene->conditions);
}

/* -- rules ---------------------------------------------------------------------------------------- */

/* One posture, or none, with each router. */
static void add_routers(hj__scene *scene, const hj__side *side, hj__list *out, uint32_t posture,
	const hj_words *via, unsigned by)
{
	bool ok = true;
	if (via->count == 0)
		hj__list_add(scene, out, add_condition(scene, posture, HJ_SLICE(""), false));
	for (uint32_t i = 0; i < via->count && ok; i++) {
		const hj_selector *tag = &side->world->policy->terms[via->items[i].term].selector;
		hj_slice name = tag->kind == HJ_SELECT_TAG
			? hj_slice_folded(tag->text, &scene->arena, &ok)
			: tag->text;
		if (tag->kind != HJ_SELECT_TAG && tag->kind != HJ_SELECT_TEMPLATE)
			continue;
		if (by & HJ__BY_ROUTE)
			hj__list_add(scene, out, add_condition(scene, posture, name, false));
		if (by & HJ__BY_EXIT)
			hj__list_add(scene, out, add_condition(scene, posture, name, true));
	}
	if (!ok)
		scene->status = HJ_NO_MEMORY;
}

uint32_t hj__conditions_of(
	hj__scene *scene, unsigned side, const hj_words *postures, const hj_words *via, unsigned by)
{
	const hj__side *from = &scene->sides[side];
	hj__list list = {0};
	if (postures->count == 0)
		add_routers(scene, from, &list, 0, via, by);
	for (uint32_t i = 0; i < postures->count; i++) {
		uint32_t posture = find_posture(scene, side, hj_trim(postures->items[i].text));
		if (posture != HJ_NONE)
			add_routers(scene, from, &list, posture, via, by);
	}
	hj__list_settle(&list);
	uint32_t out = hj__sets_put(scene, &scene->alternatives, list.items, list.count);
	hj__list_free(scene, &list);
	return out;
}

bool hj__condition_implied(const hj__scene *scene, uint32_t weaker, uint32_t condition)
{
	const hj__condition *a = &scene->conditions[weaker], *b = &scene->conditions[condition];
	return (!a->via.size || (hj_slice_equal(a->via, b->via) && a->exit == b->exit)) &&
		hj__sets_contain(&scene->postures, b->posture, a->posture);
}
