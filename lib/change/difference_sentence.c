/*
 * A piece as a change: names, conditions, one sentence, the rules on both sides.
 */
#include "change/difference_words.h"

#include "policy/duration.h"

#include <stdlib.h>

struct telling {
	hj__words *words;
	hj__scene *scene;
	const hj__relation *relation;
	const hj__piece *piece;
	hj_arena *arena; /* of the difference */
	hj_change *out;
};

/* -- texts ---------------------------------------------------------------------------------------- */

static hj_slice keep(struct telling *tell, hj_slice text)
{
	bool ok = true;
	hj_slice kept = hj_arena_copy(tell->arena, text, &ok);
	if (!ok)
		tell->scene->status = HJ_NO_MEMORY;
	return kept;
}

static void *room(struct telling *tell, size_t count, size_t size)
{
	size_t bytes;
	void *out = hj_multiply(count ? count : 1, size, &bytes)
		? hj_arena_alloc(tell->arena, bytes)
		: NULL;
	if (!out)
		tell->scene->status = HJ_NO_MEMORY;
	return out;
}

/* Copies the names; frees the list. */
static hj_names keep_names(struct telling *tell, hj__naming *names)
{
	hj_names out = {.left_out = names->left_out};
	hj_slice *items = room(tell, names->count, sizeof *items);
	out.items = items;
	for (size_t i = 0; i < names->count && !tell->scene->status; i++) {
		items[i] = keep(tell, names->items[i]);
		out.count++;
	}
	hj__naming_free(tell->scene, names);
	return out;
}

static void append_names(hj_text *out, const hj_names *names)
{
	for (uint32_t i = 0; i < names->count; i++) {
		if (i)
			hj_text_str(
				out, i + 1 == names->count && !names->left_out ? " and " : ", ");
		hj_text_append(out, names->items[i]);
	}
	if (names->left_out)
		hj_text_printf(out, " and %u more", names->left_out);
}

/* -- what ----------------------------------------------------------------------------------------- */

/* Port 0 is in "*" alone, and nobody wants to read of it where there is something else to say. */
static void drop_port_zero(hj__scene *scene, hj_services *set)
{
	hj_services zero;
	hj_services_init(&zero, scene->allocator);
	for (size_t i = 0; i < set->count; i++) {
		hj_service service = {set->items[i].protocol, {0, 0}};
		if (set->items[i].first == 0 && set->items[i].last != UINT16_MAX &&
			hj_services_add(&zero, &service, 1))
			scene->status = HJ_NO_MEMORY;
	}
	if (!hj_services_contain(&zero, set) && hj_services_subtract(set, &zero))
		scene->status = HJ_NO_MEMORY;
	hj_services_free(&zero);
}

static void name_services(struct telling *tell, uint32_t content, hj__naming *out)
{
	hj__scene *scene = tell->scene;
	hj_services set;
	hj_services_cursor cursor = {0};
	hj_service service;
	hj_text text;
	hj_services_init(&set, scene->allocator);
	hj_text_init(&text, scene->allocator);
	hj__content_services(tell->relation, content, &set);
	drop_port_zero(scene, &set);
	while (!scene->status && hj_services_next(&set, &cursor, &service)) {
		hj_text_clear(&text);
		hj_service_append(&text, service);
		hj__naming_add(scene, out, keep(tell, hj_text_slice(&text)));
		if (text.status)
			scene->status = HJ_NO_MEMORY;
	}
	hj_text_free(&text);
	hj_services_free(&set);
}

static int by_text(const void *a, const void *b)
{
	const hj_slice *one = a, *other = b;
	size_t size = one->size < other->size ? one->size : other->size;
	int order = size ? memcmp(one->data, other->data, size) : 0;
	return order ? order : one->size < other->size ? -1 : one->size > other->size;
}

static void find_what(struct telling *tell)
{
	const hj__relation *relation = tell->relation;
	const hj__piece *piece = tell->piece;
	hj__naming what = {0}, had = {0};
	if (relation->plane == HJ_PLANE_NETWORK) {
		name_services(tell, piece->content, &what);
		if (piece->had != HJ_NONE)
			name_services(tell, piece->had, &had);
	} else if (piece->ends == HJ__KEYS) {
		hj_ids keys = tell->scene->sets.items[piece->destinations];
		for (uint32_t i = 0; i < keys.count; i++)
			hj__naming_add(tell->scene, &what, relation->keys[keys.items[i]].text);
	} else {
		hj_ids goods = relation->contents.items[piece->content];
		for (uint32_t i = 0; i < goods.count; i++)
			hj__naming_add(tell->scene, &what, relation->goods[goods.items[i]].text);
	}
	if (relation->plane != HJ_PLANE_NETWORK && what.count)
		qsort(what.items, what.count, sizeof *what.items, by_text);
	tell->out->what = keep_names(tell, &what);
	tell->out->had = keep_names(tell, &had);
}

/* -- conditions ----------------------------------------------------------------------------------- */

/* The name of a posture that asks for just this, as the side calls it; empty: none does. */
static hj_slice posture_name(const struct telling *tell, uint32_t posture)
{
	const hj__side *side = &tell->scene->sides[tell->piece->side];
	const hj_entries *entries = &side->world->policy->postures;
	for (uint32_t i = 0; i < entries->count; i++) {
		hj_slice name = hj_trim(entries->items[i].name.text);
		const uint32_t *found = hj_map_get(&side->postures, name);
		if (found && *found == posture)
			return name;
	}
	return HJ_SLICE("");
}

static hj_slice joined(struct telling *tell, const char *before, hj_slice after)
{
	hj_text text;
	hj_text_init(&text, tell->scene->allocator);
	hj_text_str(&text, before);
	hj_text_append(&text, after);
	if (text.status)
		tell->scene->status = HJ_NO_MEMORY;
	hj_slice kept = keep(tell, hj_text_slice(&text));
	hj_text_free(&text);
	return kept;
}

/* The levels of a login on this side and the other. */
static void levels_of(const struct telling *tell, uint64_t *here, uint64_t *there)
{
	hj_ids row = tell->relation->contents.items[tell->piece->had];
	*here = (uint64_t)row.items[0] << 32 | row.items[1];
	*there = (uint64_t)row.items[2] << 32 | row.items[3];
}

/* "without a check", "with a check every 12h", "with a check every time" */
static void append_level(hj_text *out, uint64_t level)
{
	if (level == HJ__UNCHECKED) {
		hj_text_str(out, "without a check");
	} else if (level <= 1) {
		hj_text_str(out, "with a check every time");
	} else {
		hj_text_str(out, "with a check every ");
		hj_duration_append(out, (int64_t)(level - 1));
		/* "12h0m0s" is "12h". */
		while (out->size > 2 && !memcmp(out->data + out->size - 2, "0s", 2) &&
			strchr("hm", out->data[out->size - 3]))
			out->size -= 2;
		if (out->size > 3 && !memcmp(out->data + out->size - 3, "h0m", 3))
			out->size -= 2;
	}
}

static hj_slice level_text(struct telling *tell, uint64_t level)
{
	hj_text text;
	hj_text_init(&text, tell->scene->allocator);
	append_level(&text, level);
	if (text.status)
		tell->scene->status = HJ_NO_MEMORY;
	hj_slice kept = keep(tell, hj_text_slice(&text));
	hj_text_free(&text);
	return kept;
}

static void find_conditions(struct telling *tell)
{
	hj__scene *scene = tell->scene;
	const hj__condition *condition = &scene->conditions[tell->piece->condition];
	hj__naming names = {0};
	if (condition->posture) {
		hj_slice name = posture_name(tell, condition->posture);
		hj_ids texts = scene->postures.items[condition->posture];
		if (name.size)
			hj__naming_add(scene, &names, name);
		for (uint32_t i = 0; i < texts.count && !name.size; i++)
			hj__naming_add(scene, &names,
				scene->text_of[texts.items[i]].by[tell->piece->side]);
	}
	if (condition->via.size)
		hj__naming_add(scene, &names,
			joined(tell, condition->exit ? "via exit nodes with " : "via ",
				condition->via));
	if (tell->relation->plane == HJ_PLANE_SSH) {
		uint64_t here, there;
		levels_of(tell, &here, &there);
		hj__naming_add(scene, &names, level_text(tell, here));
	}
	tell->out->conditions = keep_names(tell, &names);
}

/* -- sentences ------------------------------------------------------------------------------------ */

static void append_all(hj_text *out, const hj_names *names, const hj_names *excepted)
{
	append_names(out, names);
	if (excepted->count) {
		hj_text_str(out, " except ");
		append_names(out, excepted);
	}
}

static void append_destinations(hj_text *out, const hj_change *change)
{
	append_all(out, &change->destinations, &change->excepted_destinations);
}

static void append_condition(const struct telling *tell, hj_text *out)
{
	const hj__scene *scene = tell->scene;
	const hj__condition *condition = &scene->conditions[tell->piece->condition];
	const hj_names *names = &tell->out->conditions;
	uint32_t count = names->count;
	count -= tell->relation->plane == HJ_PLANE_SSH && count;
	count -= condition->via.size && count;
	if (condition->via.size) {
		hj_text_str(out,
			condition->exit ? " through exit nodes with " : " through routers with ");
		hj_text_append(out, condition->via);
	}
	for (uint32_t i = 0; i < count; i++) {
		hj_text_str(out, i ? " and " : " if ");
		hj_text_append(out, names->items[i]);
	}
}

static void append_login(const struct telling *tell, hj_text *out)
{
	const hj_change *change = tell->out;
	uint64_t here, there;
	levels_of(tell, &here, &there);
	append_names(out, &change->what);
	hj_text_str(out, " on ");
	append_destinations(out, change);
	if (change->gained || there) {
		hj_text_byte(out, ' ');
		append_level(out, here);
	}
	append_condition(tell, out);
	if (there) {
		hj_text_str(out, change->gained ? ", before only " : ", now only ");
		append_level(out, there);
	}
}

static const char *verb_of(const hj_change *change)
{
	static const char *const verbs[][2] = {
		[HJ_PLANE_NETWORK] = {" may no longer reach ", " may reach "},
		[HJ_PLANE_APP] = {" may no longer use ", " may use "},
		[HJ_PLANE_SSH] = {" may no longer log in as ", " may log in as "},
		[HJ_PLANE_TAG_OWNER] = {" may no longer give ", " may give "},
		[HJ_PLANE_APPROVER] = {" may no longer have approved: ", " may have approved: "},
		[HJ_PLANE_ATTRIBUTE] = {" loses ", " gets "},
	};
	return verbs[change->plane][change->gained];
}

static void append_sentence(const struct telling *tell, hj_text *out)
{
	const hj_change *change = tell->out;
	append_all(out, &change->sources, &change->excepted);
	hj_text_str(out, verb_of(change));
	switch (change->plane) {
	case HJ_PLANE_SSH: append_login(tell, out); break;
	case HJ_PLANE_TAG_OWNER: append_destinations(out, change); break;
	case HJ_PLANE_APPROVER:
	case HJ_PLANE_ATTRIBUTE: append_names(out, &change->what); break;
	default:
		append_names(out, &change->what);
		if (change->had.count) {
			hj_text_str(out, " beyond ");
			append_names(out, &change->had);
		}
		hj_text_str(out, " on ");
		append_destinations(out, change);
		append_condition(tell, out);
		break;
	}
	if (change->partly)
		hj_text_str(out,
			change->gained ? ", as far as that was not allowed before"
				       : ", as far as that is not allowed otherwise");
}

static void find_sentence(struct telling *tell)
{
	hj_text text;
	hj_text_init(&text, tell->scene->allocator);
	append_sentence(tell, &text);
	if (text.status)
		tell->scene->status = HJ_NO_MEMORY;
	tell->out->sentence = keep(tell, hj_text_slice(&text));
	hj_text_free(&text);
}

/* -- rules ---------------------------------------------------------------------------------------- */

static bool share(hj_ids a, hj_ids b)
{
	for (uint32_t i = 0, j = 0; i < a.count && j < b.count;)
		if (a.items[i] == b.items[j])
			return true;
		else if (a.items[i] < b.items[j])
			i++;
		else
			j++;
	return false;
}

static hj_rule_nodes keep_nodes(struct telling *tell, hj__list *list)
{
	hj_rule_nodes out = {0};
	hj__list_settle(list);
	size_t count = list->count < HJ__MOST_RULES ? list->count : HJ__MOST_RULES;
	uint32_t *items = room(tell, count, sizeof *items);
	if (items && count)
		memcpy(items, list->items, count * sizeof *items);
	out.items = items;
	out.count = (uint32_t)count;
	out.left_out = (uint32_t)(list->count - count);
	hj__list_free(tell->scene, list);
	return out;
}

static void find_rules(struct telling *tell)
{
	const hj__relation *relation = tell->relation;
	hj__scene *scene = tell->scene;
	hj__list rules[HJ_SIDES] = {{0}, {0}};
	hj_ids shapes = relation->lists.items[tell->piece->shapes];
	for (uint32_t i = 0; i < shapes.count; i++) {
		const hj__shape *shape = &relation->shapes[shapes.items[i]];
		hj_ids wanted = relation->sources.items[shape->sources];
		for (uint32_t j = 0; j < shape->count; j++) {
			const hj__tuple *mine =
				&relation->sides[shape->side].items[shape->first + j];
			if (!share(relation->sources.items[mine->sources], wanted))
				continue;
			hj__list_add(scene, &rules[shape->side], mine->node);
			hj__words_prefer(tell->words, shape->side, mine);
		}
		for (uint32_t j = 0; j < shape->other_count; j++)
			hj__list_add(scene, &rules[!shape->side],
				relation->sides[!shape->side].items[shape->other + j].node);
	}
	unsigned far = !tell->piece->side;
	if (rules[far].count == 0 && tell->piece->near)
		hj__list_add(scene, &rules[far], tell->piece->near);
	for (int side = 0; side < HJ_SIDES; side++)
		tell->out->rules[side] = keep_nodes(tell, &rules[side]);
}

/* -- all ------------------------------------------------------------------------------------------ */

static void find_ends(struct telling *tell)
{
	hj__scene *scene = tell->scene;
	const hj__piece *piece = tell->piece;
	hj_plane plane = tell->relation->plane;
	bool routed = scene->conditions[piece->condition].via.size;
	bool flows = plane == HJ_PLANE_NETWORK || plane == HJ_PLANE_APP;
	hj__naming sources = {0}, destinations = {0}, excepted = {0}, excepted_too = {0};
	hj__words_say(tell->words, piece->side, flows ? HJ__SOURCE : HJ__DEVICES,
		scene->sets.items[piece->sources], &sources, &excepted);
	if (piece->ends == HJ__OWN)
		hj__naming_add(scene, &destinations, HJ_SLICE("autogroup:self"));
	else if (piece->ends == HJ__CLASSES)
		hj__words_say(tell->words, piece->side,
			!flows           ? HJ__DEVICES
				: routed ? HJ__ROUTED
					 : HJ__DESTINATION,
			scene->sets.items[piece->destinations], &destinations, &excepted_too);
	tell->out->sources = keep_names(tell, &sources);
	tell->out->excepted = keep_names(tell, &excepted);
	tell->out->destinations = keep_names(tell, &destinations);
	tell->out->excepted_destinations = keep_names(tell, &excepted_too);
}

void hj__change_describe(hj__words *words, const hj__relation *relation, const hj__piece *piece,
	hj_arena *arena, hj_change *out)
{
	struct telling tell = {words, words->scene, relation, piece, arena, out};
	*out = (hj_change){
		.plane = relation->plane, .gained = piece->side == HJ_NEW, .partly = piece->partly};
	find_rules(&tell);
	if (!tell.scene->status)
		find_ends(&tell);
	if (!tell.scene->status)
		find_what(&tell);
	if (tell.scene->status)
		return;
	find_conditions(&tell);
	if (out->plane == HJ_PLANE_TAG_OWNER) {
		out->destinations = out->what;
		out->what = (hj_names){0};
	}
	if (!tell.scene->status)
		find_sentence(&tell);
	hj__witness_find(relation, piece, arena, &out->witness);
}
