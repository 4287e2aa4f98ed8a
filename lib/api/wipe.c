#include "api/wipe.h"

#include <string.h>

/* Never in place: what a block leaves behind when it moves would stay. */
static void *resize(void *context, void *block, size_t old_size, size_t new_size)
{
	const hj_wiping *wiping = context;
	void *moved = new_size ? hj_alloc(wiping->inner, new_size) : NULL;
	if (new_size && !moved)
		return NULL;
	if (block) {
		if (moved)
			memcpy(moved, block, old_size < new_size ? old_size : new_size);
		explicit_bzero(block, old_size);
		hj_free(wiping->inner, block, old_size);
	}
	return moved;
}

void hj_wiping_init(hj_wiping *wiping, const hj_allocator *inner)
{
	wiping->allocator = (hj_allocator){.resize = resize, .context = wiping};
	wiping->inner = inner;
}
