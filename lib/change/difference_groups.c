/*
 * Groups: the candidates of one destination, held against the rules of the other side that touch it.
 */
#include "change/difference_groups.h"

static uint32_t size_of(const hj__group *group, uint32_t extent)
{
	return group->scene->covered[extent].count;
}

/* -- what matters --------------------------------------------------------------------------------- */

static void mark(hj__group *group, uint32_t extent)
{
	if (group->marked[extent] == group->stamp)
		return;
	group->marked[extent] = group->stamp;
	group->heads[HJ_OLD][extent] = group->heads[HJ_NEW][extent] = HJ_NONE;
	hj__list_add(group->scene, &group->relevant, extent);
}

static void mark_candidates(hj__group *group)
{
	for (size_t i = 0; i < group->shape_count; i++) {
		const hj__shape *shape = &group->shapes[i];
		hj_ids extents = group->relation->sources.items[shape->sources];
		for (uint32_t j = 0; j < extents.count; j++) {
			uint32_t extent = extents.items[j];
			mark(group, extent);
			group->candidate[extent] = group->stamp;
			if (group->base == HJ_NONE ||
				size_of(group, extent) > size_of(group, group->base))
				group->base = extent;
		}
		if (group->scene->conditions[shape->condition].posture)
			group->postures = true;
	}
}

static void add_target(hj__group *group, uint32_t extent)
{
	if (!group->is_target[extent])
		return;
	if (group->target[extent] != group->stamp) {
		group->target[extent] = group->stamp;
		group->common[extent] = 0;
		hj__list_add(group->scene, &group->targets, extent);
	}
	group->common[extent]++;
}

static void add_targets_around(hj__group *group, hj_ids classes)
{
	for (uint32_t i = 0; i < classes.count; i++) {
		hj_ids extents = group->scene->extents_of[classes.items[i]];
		for (uint32_t j = 0; j < extents.count; j++)
			add_target(group, extents.items[j]);
	}
}

/* Destinations that have something in common with the group's. */
static void find_targets(hj__group *group)
{
	hj__relation *relation = group->relation;
	if (group->dst & HJ__KEY) {
		for (uint32_t key = group->dst & ~HJ__KEY; key != HJ_NONE;
			key = relation->keys[key].wider)
			hj__list_add(group->scene, &group->targets, key | HJ__KEY);
	} else if (group->dst == HJ__SELF) {
		/* Somebody's own devices are a destination of ordinary rules too. */
		hj__list_add(group->scene, &group->targets, HJ__SELF);
		for (size_t i = 0; i < group->shape_count; i++) {
			hj_ids extents = relation->sources.items[group->shapes[i].sources];
			for (uint32_t j = 0; j < extents.count; j++)
				add_targets_around(group, group->scene->covered[extents.items[j]]);
		}
	} else {
		add_targets_around(group, group->scene->covered[group->dst]);
	}
}

static void add_entry(hj__group *group, unsigned side, uint32_t extent, uint32_t tuple)
{
	hj__entries *entries = &group->entries[side];
	mark(group, extent);
	if (!hj__scene_grow(group->scene, &entries->items, &entries->capacity, entries->count,
		    sizeof *entries->items))
		return;
	entries->items[entries->count] = (hj__entry){tuple, group->heads[side][extent]};
	group->heads[side][extent] = (uint32_t)entries->count++;
}

/* The tuples of a side that touch the destination, by the extents of their sources. */
static void add_entries(hj__group *group, unsigned side)
{
	const hj__relation *relation = group->relation;
	const hj__tuples *tuples = &relation->sides[side];
	for (size_t i = 0; i < group->targets.count; i++) {
		size_t first, count = hj__tuples_of(tuples, group->targets.items[i], &first);
		group->tuple_count += count;
		for (size_t at = first; at < first + count; at++) {
			const hj__tuple *tuple = &tuples->items[at];
			hj_ids extents = relation->sources.items[tuple->sources];
			for (uint32_t j = 0; j < extents.count; j++)
				add_entry(group, side, extents.items[j], (uint32_t)at);
			if (group->scene->conditions[tuple->condition].posture)
				group->postures = true;
		}
	}
}

/* Logins are judged by both sides, everything else by the one that has not the candidate. */
static void find_entries(hj__group *group)
{
	bool wanted[HJ_SIDES] = {false, false};
	for (size_t i = 0; i < group->shape_count; i++)
		wanted[!group->shapes[i].side] = true;
	for (unsigned side = 0; side < HJ_SIDES; side++)
		if (wanted[side] || group->relation->plane == HJ_PLANE_SSH)
			add_entries(group, side);
	if (group->postures)
		mark(group, group->scene->no_posture);
}

/* -- one group ------------------------------------------------------------------------------------ */

static void begin(hj__group *group, const hj__shape *shapes, size_t count)
{
	group->stamp++;
	group->shapes = shapes;
	group->shape_count = count;
	group->dst = shapes->dst;
	group->base = HJ_NONE;
	group->postures = false;
	group->work = group->tuple_count = 0;
	group->relevant.count = group->targets.count = group->records.count = 0;
	group->sources.count = group->sources.pool.count = 0;
	group->destinations.count = group->destinations.pool.count = 0;
	group->entries[HJ_OLD].count = group->entries[HJ_NEW].count = 0;
}

static void judge_group(hj__group *group)
{
	mark_candidates(group);
	find_targets(group);
	find_entries(group);
	if (!group->scene->status)
		hj__locals_find(group);
	if (!group->scene->status)
		hj__records_settle(group, hj__pairs_judge(group));
}

/* -- all groups ----------------------------------------------------------------------------------- */

static uint32_t *numbers(hj__scene *scene, size_t count, int byte)
{
	uint32_t *out = hj__scene_room(scene, count, sizeof *out);
	if (out)
		memset(out, byte, count * sizeof *out);
	return out;
}

static void find_is_target(hj__group *group)
{
	for (int side = 0; side < HJ_SIDES; side++)
		for (size_t i = 0; i < group->relation->sides[side].count; i++) {
			uint32_t dst = group->relation->sides[side].items[i].dst;
			if (!(dst & HJ__KEY) && dst != HJ__SELF)
				group->is_target[dst] |= (uint8_t)(1 << side);
		}
}

static void make_rooms(hj__group *group)
{
	hj__scene *scene = group->scene;
	size_t extents = scene->extents.count;
	group->marked = numbers(scene, extents, 0);
	group->candidate = numbers(scene, extents, 0);
	group->target = numbers(scene, extents, 0);
	group->common = numbers(scene, extents, 0);
	group->around = numbers(scene, extents, 0);
	group->superset_of = numbers(scene, extents, 0xff);
	group->is_superset = hj__scene_room(scene, extents, 1);
	group->is_target = hj__scene_room(scene, extents, 1);
	group->seen = numbers(scene, scene->class_count, 0);
	group->place_of = numbers(scene, scene->class_count, 0);
	/* There may be one local class that is no class's: the rest. */
	group->chosen = numbers(scene, (size_t)scene->class_count + 1, 0);
	for (int side = 0; side < HJ_SIDES; side++) {
		group->heads[side] = numbers(scene, extents, 0xff);
		group->hit[side] = numbers(scene, group->relation->sides[side].count, 0);
	}
	hj__sets_init(scene, &group->signatures);
	if (scene->status)
		return;
	memset(group->is_target, 0, extents);
	find_is_target(group);
}

static void free_rooms(hj__group *group)
{
	hj__scene *scene = group->scene;
	const hj_allocator *allocator = scene->allocator;
	for (int side = 0; side < HJ_SIDES; side++) {
		hj_free(allocator, group->entries[side].items,
			group->entries[side].capacity * sizeof *group->entries[side].items);
		hj__list_free(scene, &group->hits[side]);
		hj__list_free(scene, &group->everywhere[side]);
		hj__list_free(scene, &group->at_pair[side]);
	}
	hj__locals *locals[] = {&group->sources, &group->destinations};
	for (int i = 0; i < 2; i++) {
		hj_free(allocator, locals[i]->items,
			locals[i]->capacity * sizeof *locals[i]->items);
		hj__list_free(scene, &locals[i]->pool);
	}
	hj__allowances *allowed[] = {&group->allowed, &group->allowed_everywhere};
	for (int i = 0; i < 2; i++) {
		hj__allowances_clear(allowed[i]);
		hj_free(allocator, allowed[i]->items,
			allowed[i]->capacity * sizeof *allowed[i]->items);
	}
	hj__list_free(scene, &group->relevant);
	hj__list_free(scene, &group->targets);
	hj__list_free(scene, &group->local_of);
	hj__sets_free(scene, &group->signatures);
	hj_free(allocator, group->rulings.items,
		group->rulings.capacity * sizeof *group->rulings.items);
	hj_free(allocator, group->records.items,
		group->records.capacity * sizeof *group->records.items);
}

void hj__groups_judge(hj__relation *relation)
{
	hj__scene *scene = relation->scene;
	hj__group group = {.relation = relation, .scene = scene};
	make_rooms(&group);
	for (size_t i = 0; i < relation->shape_count; i++)
		group.group_count +=
			i == 0 || relation->shapes[i].dst != relation->shapes[i - 1].dst;
	for (size_t i = 0, end; i < relation->shape_count && !scene->status; i = end) {
		const hj__shape *first = &relation->shapes[i];
		for (end = i;
			end < relation->shape_count && relation->shapes[end].dst == first->dst;)
			end++;
		begin(&group, first, end - i);
		judge_group(&group);
		if (relation->any && relation->found)
			break;
	}
	free_rooms(&group);
}
