/*
 * Classes: atoms that every extent treats alike, so that what is to be done grows with the rules and
 * not with the people.
 */
#include "change/difference_parts.h"

typedef struct splitter {
	hj__scene *scene;
	uint32_t *size;   /* of each class */
	uint32_t *inside; /* how many of them the extent at hand has */
	uint32_t *to;     /* the class that those move to */
	uint32_t *met;    /* classes that it meets */
} splitter;

/* Parts what an extent has of each class from what it has not. */
static void split(splitter *split, hj_ids extent)
{
	hj__scene *scene = split->scene;
	uint32_t met = 0;
	for (uint32_t i = 0; i < extent.count; i++) {
		uint32_t class = scene->class_of[extent.items[i]];
		if (split->inside[class]++ == 0)
			split->met[met++] = class;
	}
	for (uint32_t i = 0; i < met; i++) {
		uint32_t class = split->met[i];
		split->to[class] = class;
		if (split->inside[class] < split->size[class]) {
			split->to[class] = scene->class_count;
			split->size[class] -= split->inside[class];
			split->size[scene->class_count] = split->inside[class];
			split->inside[scene->class_count++] = 0;
		}
		split->inside[class] = 0;
	}
	for (uint32_t i = 0; i < extent.count; i++) {
		uint32_t *class = &scene->class_of[extent.items[i]];
		*class = split->to[*class];
	}
}

static void split_all(hj__scene *scene)
{
	size_t count = scene->atom_count;
	splitter all = {.scene = scene,
		.size = hj__scene_room(scene, count, sizeof *all.size),
		.inside = hj__scene_room(scene, count, sizeof *all.inside),
		.to = hj__scene_room(scene, count, sizeof *all.to),
		.met = hj__scene_room(scene, count, sizeof *all.met)};
	scene->class_of = hj__scene_room(scene, count, sizeof *scene->class_of);
	if (scene->status || count == 0)
		return;
	memset(scene->class_of, 0, count * sizeof *scene->class_of);
	scene->class_count = 1;
	all.size[0] = (uint32_t)count;
	all.inside[0] = 0;
	for (size_t i = 0; i < scene->extents.count; i++)
		split(&all, scene->extents.items[i]);
}

/* Rows of a table in one block, from how long each is. */
static hj_ids *rows(hj__scene *scene, const uint32_t *lengths, size_t count)
{
	size_t total = 0;
	for (size_t i = 0; i < count; i++)
		total += lengths[i];
	hj_ids *out = hj__scene_room(scene, count, sizeof *out);
	uint32_t *block = hj__scene_room(scene, total, sizeof *block);
	for (size_t i = 0; i < count && !scene->status; i++) {
		out[i] = (hj_ids){block, 0};
		block += lengths[i];
	}
	return out;
}

static void push(hj_ids *row, uint32_t item)
{
	row->items[row->count++] = item;
}

/* The atoms of each class. */
static void find_members(hj__scene *scene, uint32_t *lengths)
{
	memset(lengths, 0, scene->class_count * sizeof *lengths);
	for (uint32_t i = 0; i < scene->atom_count; i++)
		lengths[scene->class_of[i]]++;
	scene->classes = rows(scene, lengths, scene->class_count);
	for (uint32_t i = 0; i < scene->atom_count && !scene->status; i++)
		push(&scene->classes[scene->class_of[i]], i);
}

/* The classes of each extent, and the extents of each class. */
static void find_covered(hj__scene *scene, uint32_t *lengths)
{
	size_t count = scene->extents.count;
	uint32_t *seen = hj__scene_room(scene, scene->class_count, sizeof *seen);
	scene->covered = hj__scene_room(scene, count, sizeof *scene->covered);
	if (scene->status)
		return;
	memset(lengths, 0, scene->class_count * sizeof *lengths);
	memset(seen, 0, scene->class_count * sizeof *seen);
	for (uint32_t i = 0; i < count && !scene->status; i++) {
		hj_ids extent = scene->extents.items[i];
		hj__list *list = &scene->list;
		for (uint32_t j = 0; j < extent.count; j++) {
			uint32_t class = scene->class_of[extent.items[j]];
			if (seen[class] == i + 1)
				continue;
			seen[class] = i + 1;
			lengths[class]++;
			hj__list_add(scene, list, class);
		}
		hj__list_settle(list);
		uint32_t *kept = hj__scene_room(scene, list->count, sizeof *kept);
		if (kept && list->count)
			memcpy(kept, list->items, list->count * sizeof *kept);
		scene->covered[i] = (hj_ids){kept, (uint32_t)list->count};
		list->count = 0;
	}
	scene->extents_of = rows(scene, lengths, scene->class_count);
	for (uint32_t i = 0; i < count && !scene->status; i++)
		for (uint32_t j = 0; j < scene->covered[i].count; j++)
			push(&scene->extents_of[scene->covered[i].items[j]], i);
}

void hj__classes_find(hj__scene *scene)
{
	if (!scene->status)
		split_all(scene);
	uint32_t *lengths = hj__scene_room(scene, scene->class_count, sizeof *lengths);
	if (!scene->status)
		find_members(scene, lengths);
	if (!scene->status)
		find_covered(scene, lengths);
	scene->set_of = hj__scene_room(scene, scene->extents.count, sizeof *scene->set_of);
	for (size_t i = 0; i < scene->extents.count && !scene->status; i++)
		scene->set_of[i] = HJ_NONE;
}

uint32_t hj__class_set(hj__scene *scene, uint32_t extent)
{
	hj_ids classes = scene->covered[extent];
	if (scene->set_of[extent] == HJ_NONE)
		scene->set_of[extent] =
			hj__sets_put(scene, &scene->sets, classes.items, classes.count);
	return scene->set_of[extent];
}
