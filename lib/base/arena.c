#include "base/arena.h"

struct hj_arena_block {
	hj_arena_block *older;
	size_t size; /* bytes of room, the header included */
	size_t used; /* bytes in use, the header included */
};

enum { FIRST_BLOCK = 1024, LARGEST_STEP = 1 << 18 };

static size_t aligned(size_t size)
{
	const size_t unit = _Alignof(uint64_t);
	return (size + unit - 1) / unit * unit;
}

void hj_arena_init(hj_arena *arena, const hj_allocator *allocator)
{
	*arena = (hj_arena){.allocator = allocator};
}

void hj_arena_free(hj_arena *arena)
{
	while (arena->blocks) {
		hj_arena_block *block = arena->blocks;
		arena->blocks = block->older;
		hj_free(arena->allocator, block, block->size);
	}
}

void *hj_arena_alloc(hj_arena *arena, size_t size)
{
	if (size > SIZE_MAX / 2)
		return NULL;
	size = aligned(size ? size : 1);
	hj_arena_block *block = arena->blocks;
	if (!block || block->size - block->used < size) {
		size_t room = block ? block->size * 2 : FIRST_BLOCK;
		if (room > LARGEST_STEP)
			room = LARGEST_STEP;
		if (room < size + aligned(sizeof *block))
			room = size + aligned(sizeof *block);
		block = hj_alloc(arena->allocator, room);
		if (!block)
			return NULL;
		*block = (hj_arena_block){arena->blocks, room, aligned(sizeof *block)};
		arena->blocks = block;
	}
	char *at = (char *)block + block->used;
	block->used += size;
	return at;
}

hj_slice hj_arena_copy(hj_arena *arena, hj_slice bytes, bool *ok)
{
	char *copy = bytes.size < SIZE_MAX ? hj_arena_alloc(arena, bytes.size + 1) : NULL;
	if (!copy) {
		*ok = false;
		return (hj_slice){0};
	}
	if (bytes.size)
		memcpy(copy, bytes.data, bytes.size);
	copy[bytes.size] = '\0';
	return (hj_slice){copy, bytes.size};
}
