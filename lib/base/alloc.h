/*
 * The one door to memory.
 *
 * An allocator is one function and a context, as in Lua: it allocates, resizes and frees. Wherever
 * a function takes a `const hj_allocator *`, NULL means the C library's malloc family. The
 * allocator must outlive everything made with it. Tests use the hook to fail each allocation in
 * turn.
 */
#ifndef HJ_BASE_ALLOC_H
#define HJ_BASE_ALLOC_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct hj_allocator {
	/*
	 * block == NULL: allocate new_size bytes. new_size == 0: free block, return NULL. Otherwise
	 * resize as realloc does. Returns NULL when it cannot; block is then untouched. old_size is
	 * the size that the block was last given (bytes), 0 for NULL. Alignment as malloc's.
	 */
	void *(*resize)(void *context, void *block, size_t old_size, size_t new_size);
	void *context;
} hj_allocator;

/* size bytes, not cleared, or NULL. size 0 is treated as 1. */
HJ_API void *hj_alloc(const hj_allocator *allocator, size_t size);

/* As the hook's resize with new_size > 0: NULL leaves the block as it was. */
HJ_API void *hj_resize(
	const hj_allocator *allocator, void *block, size_t old_size, size_t new_size);

/* Gives a block of `size` bytes back. NULL is allowed. */
HJ_API void hj_free(const hj_allocator *allocator, void *block, size_t size);

/*
 * Makes room for `needed` items of `item_size` bytes in *block, which has room for *capacity.
 * Grows by half at least, so that appending is linear; both outputs change only on success.
 * HJ_NO_MEMORY also when the size does not fit size_t.
 */
HJ_API hj_status hj_grow(const hj_allocator *allocator, void *block_pointer, size_t *capacity,
	size_t needed, size_t item_size);

/* Checked sums, for every size that comes from input. False: it overflowed, *out is undefined. */
static inline bool hj_add(size_t a, size_t b, size_t *out)
{
	return !__builtin_add_overflow(a, b, out);
}
static inline bool hj_multiply(size_t a, size_t b, size_t *out)
{
	return !__builtin_mul_overflow(a, b, out);
}

#endif
