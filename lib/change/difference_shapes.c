/*
 * Shapes: tuples that differ in their sources alone. What both sides say in the same words drops out
 * here, so that the rest costs what was changed and not what there is.
 */
#include "change/difference_parts.h"

#include <stdlib.h>

static int compare(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

/* Without the sources and the rule. */
static int compare_shapes(const hj__tuple *a, const hj__tuple *b)
{
	int order = compare(a->dst, b->dst);
	if (order == 0)
		order = compare(a->good, b->good);
	return order ? order : compare(a->condition, b->condition);
}

static int by_tuple(const void *a, const void *b)
{
	const hj__tuple *one = a, *other = b;
	int order = compare_shapes(one, other);
	if (order == 0)
		order = compare(one->sources, other->sources);
	return order ? order : compare(one->node, other->node);
}

size_t hj__tuples_of(const hj__tuples *tuples, uint32_t dst, size_t *first)
{
	size_t from = 0, to = tuples->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (tuples->items[middle].dst < dst)
			from = middle + 1;
		else
			to = middle;
	}
	*first = from;
	while (to < tuples->count && tuples->items[to].dst == dst)
		to++;
	return to - from;
}

/* Tuples of one shape. */
typedef struct run {
	const hj__tuple *items;
	uint32_t first, count;
} run;

static run run_at(const hj__tuples *tuples, size_t first)
{
	run out = {tuples->items + first, (uint32_t)first, 0};
	while (first + out.count < tuples->count &&
		compare_shapes(out.items, out.items + out.count) == 0)
		out.count++;
	return out;
}

/* Do they name the same sources? */
static bool same_sources(const run *a, const run *b)
{
	uint32_t i = 0, j = 0;
	while (i < a->count && j < b->count) {
		uint32_t one = a->items[i].sources, other = b->items[j].sources;
		if (one != other)
			return false;
		while (i < a->count && a->items[i].sources == one)
			i++;
		while (j < b->count && b->items[j].sources == one)
			j++;
	}
	return i == a->count && j == b->count;
}

typedef struct finder {
	hj__relation *relation;
	uint32_t *seen[HJ_SIDES]; /* of each extent: the shape that has it on a side */
	uint32_t shape;
} finder;

static void mark(finder *find, unsigned side, const run *from)
{
	const hj__sets *sources = &find->relation->sources;
	for (uint32_t i = 0; i < from->count; i++) {
		hj_ids extents = sources->items[from->items[i].sources];
		for (uint32_t j = 0; j < extents.count; j++)
			find->seen[side][extents.items[j]] = find->shape;
	}
}

/* The extents of a side that the other has not: a candidate when there are any. */
static void add_shape(finder *find, unsigned side, const run *from, const run *other)
{
	hj__relation *relation = find->relation;
	hj__scene *scene = relation->scene;
	hj__list *list = &scene->list;
	for (uint32_t i = 0; i < from->count; i++) {
		hj_ids extents = relation->sources.items[from->items[i].sources];
		for (uint32_t j = 0; j < extents.count; j++)
			if (find->seen[!side][extents.items[j]] != find->shape &&
				scene->extents.items[extents.items[j]].count)
				hj__list_add(scene, list, extents.items[j]);
	}
	hj__list_settle(list);
	if (list->count &&
		hj__scene_grow(scene, &relation->shapes, &relation->shape_capacity,
			relation->shape_count, sizeof *relation->shapes))
		relation->shapes[relation->shape_count++] = (hj__shape){
			.dst = from->items->dst,
			.good = from->items->good,
			.condition = from->items->condition,
			.side = side,
			.sources =
				hj__sets_put(scene, &relation->sources, list->items, list->count),
			.first = from->first,
			.count = from->count,
			.other = other->first,
			.other_count = other->count,
		};
	list->count = 0;
}

static void find_shapes(finder *find)
{
	const hj__tuples *sides = find->relation->sides;
	size_t at[HJ_SIDES] = {0, 0};
	while ((at[0] < sides[0].count || at[1] < sides[1].count) &&
		!find->relation->scene->status) {
		run runs[HJ_SIDES] = {{0}, {0}};
		int order = at[0] == sides[0].count ? 1
			: at[1] == sides[1].count
			? -1
			: compare_shapes(sides[0].items + at[0], sides[1].items + at[1]);
		if (order <= 0)
			runs[0] = run_at(&sides[0], at[0]);
		if (order >= 0)
			runs[1] = run_at(&sides[1], at[1]);
		at[0] += runs[0].count;
		at[1] += runs[1].count;
		if (same_sources(&runs[0], &runs[1]))
			continue;
		find->shape++;
		mark(find, 0, &runs[0]);
		mark(find, 1, &runs[1]);
		if (runs[0].count)
			add_shape(find, 0, &runs[0], &runs[1]);
		if (runs[1].count)
			add_shape(find, 1, &runs[1], &runs[0]);
	}
}

void hj__shapes_find(hj__relation *relation)
{
	hj__scene *scene = relation->scene;
	size_t extents = scene->extents.count;
	finder find = {.relation = relation};
	for (int i = 0; i < HJ_SIDES; i++) {
		hj__tuples *tuples = &relation->sides[i];
		if (tuples->count)
			qsort(tuples->items, tuples->count, sizeof *tuples->items, by_tuple);
		find.seen[i] = hj__scene_room(scene, extents, sizeof **find.seen);
		if (find.seen[i])
			memset(find.seen[i], 0, extents * sizeof **find.seen);
	}
	if (!scene->status)
		find_shapes(&find);
}
