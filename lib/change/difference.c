/*
 * Two worlds → what differs. The steps are listed in difference_parts.h.
 */
#include "change/difference_words.h"

#include <stdlib.h>

const char *hj_plane_name(hj_plane plane)
{
	static const char *const names[] = {
		"network", "app", "ssh", "tag-owner", "approver", "attribute"};
	return names[plane];
}

/* -- scenes --------------------------------------------------------------------------------------- */

static void scene_init(hj__scene *scene, hj_world *old_world, hj_world *new_world, unsigned planes,
	const hj_allocator *allocator)
{
	const hj_inventory *inventory = old_world->inventory;
	*scene = (hj__scene){.allocator = allocator,
		.planes = planes ? planes : HJ_ALL_PLANES,
		.has_users = inventory && inventory->has_users,
		.has_devices = inventory && inventory->has_devices};
	scene->sides[HJ_OLD].world = old_world;
	scene->sides[HJ_NEW].world = new_world;
	hj_arena_init(&scene->arena, allocator);
	hj_map *maps[] = {&scene->users, &scene->tags, &scene->groups, &scene->domains,
		&scene->services, &scene->templates};
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		hj_map_init(maps[i], allocator);
	hj__sets_init(scene, &scene->extents);
	hj__sets_init(scene, &scene->sets);
	hj__json_init(scene);
	hj__conditions_find(scene);
	if (!scene->status)
		hj__atoms_find(scene);
	if (!scene->status)
		hj__cells_find(scene);
	if (!scene->status)
		hj__extents_find(scene);
}

static void scene_free(hj__scene *scene)
{
	hj_map *maps[] = {&scene->users, &scene->tags, &scene->groups, &scene->domains,
		&scene->services, &scene->templates};
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		hj_map_free(maps[i]);
	hj_free(scene->allocator, scene->atoms, scene->atom_capacity * sizeof *scene->atoms);
	hj__sets_free(scene, &scene->extents);
	hj__sets_free(scene, &scene->sets);
	hj__list_free(scene, &scene->list);
	hj__json_free(scene);
	hj__conditions_free(scene);
	hj_arena_free(&scene->arena);
}

/* -- relations ------------------------------------------------------------------------------------ */

struct stage {
	hj__scene scene;
	hj__relation relations[HJ_PLANE_COUNT];
};

static bool wants(const hj__scene *scene, hj_plane plane)
{
	return scene->planes & 1u << plane;
}

static void read_rules(struct stage *on)
{
	hj__scene *scene = &on->scene;
	hj__relation *network = &on->relations[HJ_PLANE_NETWORK];
	hj__relation *apps = &on->relations[HJ_PLANE_APP];
	if (wants(scene, HJ_PLANE_NETWORK) || wants(scene, HJ_PLANE_APP))
		hj__network_rules(wants(scene, HJ_PLANE_NETWORK) ? network : NULL,
			wants(scene, HJ_PLANE_APP) ? apps : NULL);
	static void (*const readers[])(hj__relation *) = {
		[HJ_PLANE_SSH] = hj__ssh_rules,
		[HJ_PLANE_TAG_OWNER] = hj__owner_rules,
		[HJ_PLANE_APPROVER] = hj__approver_rules,
		[HJ_PLANE_ATTRIBUTE] = hj__attribute_rules,
	};
	for (int plane = HJ_PLANE_SSH; plane < HJ_PLANE_COUNT && !scene->status; plane++)
		if (wants(scene, (hj_plane)plane))
			readers[plane](&on->relations[plane]);
}

/* Pieces of all planes. any: one is enough. True: something differs. */
static bool compare(struct stage *on, bool any)
{
	hj__scene *scene = &on->scene;
	bool found = false;
	size_t candidates = 0;
	for (int i = 0; i < HJ_PLANE_COUNT && !scene->status; i++) {
		hj__shapes_find(&on->relations[i]);
		candidates += on->relations[i].shape_count;
	}
	if (candidates && !scene->status)
		hj__classes_find(scene);
	for (int i = 0; i < HJ_PLANE_COUNT && !scene->status && !(any && found); i++) {
		hj__relation *relation = &on->relations[i];
		relation->any = any;
		if (relation->shape_count)
			hj__groups_judge(relation);
		found = found || relation->found;
	}
	return found;
}

static void stage_init(struct stage *on, hj_world *old_world, hj_world *new_world, unsigned planes,
	const hj_allocator *allocator)
{
	scene_init(&on->scene, old_world, new_world, planes, allocator);
	for (int i = 0; i < HJ_PLANE_COUNT; i++)
		hj__relation_init(&on->relations[i], &on->scene, (hj_plane)i);
	if (!on->scene.status)
		read_rules(on);
}

static void stage_free(struct stage *on)
{
	for (int i = 0; i < HJ_PLANE_COUNT; i++)
		hj__relation_free(&on->relations[i]);
	scene_free(&on->scene);
}

hj_status hj_difference_equal(hj_world *old_world, hj_world *new_world, unsigned planes,
	const hj_allocator *allocator, bool *equal)
{
	struct stage *on = hj_alloc(allocator, sizeof *on);
	if (!on)
		return HJ_NO_MEMORY;
	stage_init(on, old_world, new_world, planes, allocator);
	*equal = !compare(on, true);
	hj_status status = on->scene.status;
	stage_free(on);
	hj_free(allocator, on, sizeof *on);
	return status;
}

/* -- which pieces, in which order ----------------------------------------------------------------- */

struct chosen {
	const hj__relation *relation;
	const hj__piece *piece;
	uint32_t place; /* of the first rule that allows it */
};

static int compare_numbers(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int by_place(const void *a, const void *b)
{
	const struct chosen *one = a, *other = b;
	int order = compare_numbers(other->piece->side, one->piece->side);
	if (order == 0)
		order = compare_numbers(one->relation->plane, other->relation->plane);
	if (order == 0)
		order = compare_numbers(one->place, other->place);
	if (order == 0)
		order = compare_numbers(one->piece->from, other->piece->from);
	if (order == 0)
		order = compare_numbers(one->piece->to, other->piece->to);
	if (order == 0)
		order = compare_numbers(one->piece->content, other->piece->content);
	return order ? order : compare_numbers(one->piece->condition, other->piece->condition);
}

static uint32_t place_of(const hj__relation *relation, const hj__piece *piece)
{
	hj_ids shapes = relation->lists.items[piece->shapes];
	uint32_t place = UINT32_MAX;
	for (uint32_t i = 0; i < shapes.count; i++) {
		const hj__shape *shape = &relation->shapes[shapes.items[i]];
		bool own = shape->side == piece->side;
		uint32_t first = own ? shape->first : shape->other;
		uint32_t count = own ? shape->count : shape->other_count;
		for (uint32_t j = first; j < first + count; j++)
			if (relation->sides[piece->side].items[j].node < place)
				place = relation->sides[piece->side].items[j].node;
	}
	return place;
}

/* All pieces in order; counts them. */
static struct chosen *choose(struct stage *on, hj_difference *out, size_t *count)
{
	size_t total = 0;
	for (int i = 0; i < HJ_PLANE_COUNT; i++)
		total += on->relations[i].piece_count;
	struct chosen *chosen = hj__scene_room(&on->scene, total, sizeof *chosen);
	*count = 0;
	for (int i = 0; i < HJ_PLANE_COUNT && chosen; i++)
		for (size_t j = 0; j < on->relations[i].piece_count; j++) {
			const hj__piece *piece = &on->relations[i].pieces[j];
			chosen[(*count)++] = (struct chosen){
				&on->relations[i], piece, place_of(&on->relations[i], piece)};
			out->by_plane[i][piece->side]++;
			if (piece->side == HJ_NEW)
				out->gained++;
			else
				out->lost++;
		}
	if (*count)
		qsort(chosen, *count, sizeof *chosen, by_place);
	return chosen;
}

static void describe(struct stage *on, uint32_t most, hj_difference *out)
{
	hj__scene *scene = &on->scene;
	size_t count;
	const struct chosen *chosen = choose(on, out, &count);
	/* Those that were gained come first; neither kind crowds out the other. */
	uint32_t half = most / 2, gained = out->gained, lost = out->lost;
	if (gained > most - half)
		gained = lost < half && most - lost < gained ? most - lost
			: lost < half                        ? gained
							     : most - half;
	if (lost > most - gained)
		lost = most - gained;
	hj__words words;
	hj__words_init(&words, scene);
	size_t bytes = ((size_t)gained + lost + 1) * sizeof *out->changes;
	out->changes = scene->status ? NULL : hj_arena_alloc(&out->arena, bytes);
	if (!out->changes)
		scene->status = HJ_NO_MEMORY;
	for (size_t i = 0; i < count && !scene->status; i++) {
		bool is_gained = chosen[i].piece->side == HJ_NEW;
		if (is_gained ? i >= gained : i - out->gained >= lost)
			continue;
		hj__change_describe(&words, chosen[i].relation, chosen[i].piece, &out->arena,
			&out->changes[out->count++]);
	}
	out->left_out = out->gained + out->lost - out->count;
	hj__words_free(&words);
}

static hj_stance stance_of(const hj_world *world, const hj__relation *network, unsigned side)
{
	const hj_policy *policy = world->policy;
	if (!policy->acls.node && !policy->grants.node)
		return HJ_STANCE_ALL;
	return network->sides[side].count ? HJ_STANCE_RULES : HJ_STANCE_NOTHING;
}

hj_status hj_difference_find(hj_world *old_world, hj_world *new_world,
	const hj_difference_options *options, const hj_allocator *allocator, hj_difference *out)
{
	struct stage *on = hj_alloc(allocator, sizeof *on);
	uint32_t most = options && options->max_changes ? options->max_changes : 1000;
	*out = (hj_difference){0};
	hj_arena_init(&out->arena, allocator);
	if (!on)
		return HJ_NO_MEMORY;
	stage_init(on, old_world, new_world, options ? options->planes : 0, allocator);
	if (compare(on, false)) {
		for (int i = 0; i < HJ_PLANE_COUNT && !on->scene.status; i++)
			hj__pieces_join(&on->relations[i]);
		if (!on->scene.status)
			describe(on, most, out);
	}
	out->stance[HJ_OLD] = stance_of(old_world, &on->relations[HJ_PLANE_NETWORK], HJ_OLD);
	out->stance[HJ_NEW] = stance_of(new_world, &on->relations[HJ_PLANE_NETWORK], HJ_NEW);
	hj_status status = on->scene.status;
	stage_free(on);
	hj_free(allocator, on, sizeof *on);
	if (status)
		hj_difference_free(out);
	return status;
}

void hj_difference_free(hj_difference *difference)
{
	hj_arena_free(&difference->arena);
	*difference = (hj_difference){.arena.allocator = difference->arena.allocator};
}
