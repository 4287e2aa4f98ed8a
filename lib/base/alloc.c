#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

void *hj_resize(const hj_allocator *allocator, void *block, size_t old_size, size_t new_size)
{
	if (allocator)
		return allocator->resize(allocator->context, block, old_size, new_size);
	return realloc(block, new_size);
}

void *hj_alloc(const hj_allocator *allocator, size_t size)
{
	return hj_resize(allocator, NULL, 0, size ? size : 1);
}

void hj_free(const hj_allocator *allocator, void *block, size_t size)
{
	if (!block)
		return;
	if (allocator)
		allocator->resize(allocator->context, block, size ? size : 1, 0);
	else
		free(block);
}

hj_status hj_grow(const hj_allocator *allocator, void *block_pointer, size_t *capacity,
	size_t needed, size_t item_size)
{
	if (needed <= *capacity)
		return HJ_OK;
	size_t count = *capacity + *capacity / 2;
	if (count < needed)
		count = needed;
	if (count < 8)
		count = 8;
	size_t bytes;
	if (!hj_multiply(count, item_size, &bytes))
		return HJ_NO_MEMORY;
	/* block_pointer is the address of a pointer of the caller's own type. */
	void *block;
	memcpy(&block, block_pointer, sizeof block);
	block = hj_resize(allocator, block, *capacity * item_size, bytes);
	if (!block)
		return HJ_NO_MEMORY;
	memcpy(block_pointer, &block, sizeof block);
	*capacity = count;
	return HJ_OK;
}
