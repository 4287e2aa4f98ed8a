/*
 * Lists and sets of numbers, and the memory of a scene.
 */
#include "change/difference_parts.h"

#include <stdlib.h>

void *hj__scene_room(hj__scene *scene, size_t count, size_t size)
{
	size_t bytes;
	void *room = !scene->status && hj_multiply(count ? count : 1, size, &bytes)
		? hj_arena_alloc(&scene->arena, bytes)
		: NULL;
	if (!room)
		scene->status = HJ_NO_MEMORY;
	return room;
}

bool hj__scene_grow(hj__scene *scene, void *items, size_t *capacity, size_t count, size_t size)
{
	if (!scene->status && count >= *capacity &&
		(count >= HJ_NONE - 1 ||
			hj_grow(scene->allocator, items, capacity, count + 1, size)))
		scene->status = HJ_NO_MEMORY;
	return !scene->status;
}

/* -- lists ---------------------------------------------------------------------------------------- */

void hj__list_add(hj__scene *scene, hj__list *list, uint32_t item)
{
	if (hj__scene_grow(scene, &list->items, &list->capacity, list->count, sizeof item))
		list->items[list->count++] = item;
}

void hj__list_add_all(hj__scene *scene, hj__list *list, hj_ids ids)
{
	for (uint32_t i = 0; i < ids.count; i++)
		hj__list_add(scene, list, ids.items[i]);
}

static int by_number(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	return one < other ? -1 : one > other;
}

void hj__list_settle(hj__list *list)
{
	size_t kept = 0, at = 1;
	while (at < list->count && list->items[at - 1] < list->items[at])
		at++;
	if (at >= list->count)
		return;
	qsort(list->items, list->count, sizeof *list->items, by_number);
	for (size_t i = 0; i < list->count; i++)
		if (i == 0 || list->items[i] != list->items[kept - 1])
			list->items[kept++] = list->items[i];
	list->count = kept;
}

void hj__list_free(hj__scene *scene, hj__list *list)
{
	hj_free(scene->allocator, list->items, list->capacity * sizeof *list->items);
	*list = (hj__list){0};
}

/* -- sets ----------------------------------------------------------------------------------------- */

void hj__sets_init(hj__scene *scene, hj__sets *sets)
{
	*sets = (hj__sets){0};
	hj_map_init(&sets->ids, scene->allocator);
}

void hj__sets_free(hj__scene *scene, hj__sets *sets)
{
	hj_map_free(&sets->ids);
	hj_free(scene->allocator, sets->items, sets->capacity * sizeof *sets->items);
}

uint32_t hj__sets_put(hj__scene *scene, hj__sets *sets, const uint32_t *items, size_t count)
{
	hj_slice key = hj_slice_of((const char *)items, count * sizeof *items);
	const uint32_t *found = hj_map_get(&sets->ids, key);
	if (found)
		return *found;
	uint32_t *kept = hj__scene_room(scene, count, sizeof *kept);
	if (!kept ||
		!hj__scene_grow(
			scene, &sets->items, &sets->capacity, sets->count, sizeof *sets->items))
		return HJ_NONE;
	if (count)
		memcpy(kept, items, count * sizeof *kept);
	key.data = (const char *)kept;
	if (hj_map_put(&sets->ids, key, (uint32_t)sets->count, NULL, NULL)) {
		scene->status = HJ_NO_MEMORY;
		return HJ_NONE;
	}
	sets->items[sets->count] = (hj_ids){kept, (uint32_t)count};
	return (uint32_t)sets->count++;
}

bool hj__sets_contain(const hj__sets *sets, uint32_t outer, uint32_t inner)
{
	hj_ids wide = sets->items[outer], narrow = sets->items[inner];
	uint32_t at = 0;
	if (outer == inner)
		return true;
	if (narrow.count > wide.count)
		return false;
	for (uint32_t i = 0; i < narrow.count; i++) {
		while (at < wide.count && wide.items[at] < narrow.items[i])
			at++;
		if (at == wide.count || wide.items[at] != narrow.items[i])
			return false;
	}
	return true;
}
