/*
 * Maps: keys of all lengths, growth, and room that is made before.
 */
#include "base/arena.h"
#include "base/map.h"
#include "testdata/support/failing.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { MANY = 5000 };

/* Key number i: "", "1", … and longer and longer ones. The map borrows them. */
static hj_slice key_of(hj_arena *arena, unsigned i)
{
	char text[64];
	bool ok = true;
	int size = i ? snprintf(text, sizeof text, "%.*s%u", (int)(i % 40),
			       "a prefix that goes on for forty bytes, no less", i)
		     : 0;
	hj_slice key = hj_arena_copy(arena, hj_slice_of(text, (size_t)size), &ok);
	cr_assert(ok);
	return key;
}

static void fill(hj_map *map, hj_arena *arena, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		bool was_there;
		uint32_t *found;
		cr_assert_eq(hj_map_put(map, key_of(arena, i), i, &found, &was_there), HJ_OK);
		cr_expect_not(was_there);
		cr_expect_eq(*found, i);
	}
}

static void expect_keys(const hj_map *map, hj_arena *arena, unsigned count)
{
	cr_expect_eq(map->count, count);
	for (unsigned i = 0; i < count; i++) {
		const uint32_t *value = hj_map_get(map, key_of(arena, i));
		cr_assert(value, "key %u", i);
		cr_expect_eq(*value, i);
	}
	cr_expect_null(hj_map_get(map, HJ_SLICE("no key")));
}

Test(map, keeps_the_first_value_of_a_key)
{
	hj_map map;
	hj_arena arena;
	uint32_t *found;
	bool was_there;
	hj_map_init(&map, NULL);
	hj_arena_init(&arena, NULL);
	cr_expect_null(hj_map_get(&map, HJ_SLICE("")));
	fill(&map, &arena, MANY);
	expect_keys(&map, &arena, MANY);
	cr_assert_eq(hj_map_put(&map, key_of(&arena, 7), 8, &found, &was_there), HJ_OK);
	cr_expect(was_there);
	cr_expect_eq(*found, 7);
	hj_map_clear(&map);
	cr_expect_eq(map.count, 0);
	cr_expect_null(hj_map_get(&map, key_of(&arena, 7)));
	fill(&map, &arena, 3);
	expect_keys(&map, &arena, 3);
	hj_map_free(&map);
	hj_arena_free(&arena);
}

Test(map, does_not_grow_within_its_reserve)
{
	static const unsigned counts[] = {0, 1, 11, 12, 13, 24, 100, 767, 768, 769, MANY};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		hj_map map;
		hj_arena arena;
		hj_map_init(&map, NULL);
		hj_arena_init(&arena, NULL);
		cr_assert_eq(hj_map_reserve(&map, counts[i]), HJ_OK);
		cr_expect_eq(map.count, 0);
		size_t capacity = map.capacity;
		fill(&map, &arena, counts[i]);
		cr_expect_eq(map.capacity, capacity, "%u keys", counts[i]);
		cr_expect_leq(capacity, counts[i] < 12 ? 16 : 4 * (size_t)counts[i]);
		expect_keys(&map, &arena, counts[i]);
		hj_map_free(&map);
		hj_arena_free(&arena);
	}
}

Test(map, a_reserve_keeps_what_is_there_and_never_shrinks)
{
	hj_map map;
	hj_arena arena;
	hj_map_init(&map, NULL);
	hj_arena_init(&arena, NULL);
	fill(&map, &arena, 100);
	cr_assert_eq(hj_map_reserve(&map, MANY), HJ_OK);
	expect_keys(&map, &arena, 100);
	size_t capacity = map.capacity;
	cr_assert_eq(hj_map_reserve(&map, 1), HJ_OK);
	cr_expect_eq(map.capacity, capacity);
	expect_keys(&map, &arena, 100);
	hj_map_free(&map);
	hj_arena_free(&arena);
}

Test(map, a_reserve_that_fails_leaves_the_map_as_it_was)
{
	hj_map map;
	hj_arena arena;
	failing_state state = {.fail_at = SIZE_MAX};
	hj_allocator allocator = failing_allocator(&state);
	hj_map_init(&map, &allocator);
	hj_arena_init(&arena, NULL);
	fill(&map, &arena, 10);
	size_t capacity = map.capacity;
	cr_expect_eq(hj_map_reserve(&map, SIZE_MAX), HJ_NO_MEMORY);
	cr_expect_eq(hj_map_reserve(&map, SIZE_MAX / sizeof(hj_map_entry)), HJ_NO_MEMORY);
	state.fail_at = state.calls;
	cr_expect_eq(hj_map_reserve(&map, MANY), HJ_NO_MEMORY);
	cr_expect(state.failed);
	cr_expect_eq(map.capacity, capacity);
	expect_keys(&map, &arena, 10);
	hj_map_free(&map);
	cr_expect_eq(state.blocks, 0);
	hj_arena_free(&arena);
}
