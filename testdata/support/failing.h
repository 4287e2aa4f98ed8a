/*
 * An allocator that fails: for walking through every allocation of a job.
 *
 *     for (size_t n = 0;; n++) {
 *             failing_state state = {.fail_at = n};
 *             hj_allocator allocator = failing_allocator(&state);
 *             hj_status status = job(&allocator);
 *             cr_assert_eq(state.blocks, 0);       // nothing leaks, failed or not
 *             if (!state.failed)
 *                     break;                       // n allocations are all there are
 *             cr_assert_eq(status, HJ_NO_MEMORY);
 *     }
 */
#ifndef TESTDATA_SUPPORT_FAILING_H
#define TESTDATA_SUPPORT_FAILING_H

#include "base/alloc.h"

#include <stdlib.h>

typedef struct failing_state {
	size_t fail_at; /* the allocation, from 0, that fails; SIZE_MAX: none */
	bool for_ever;  /* all later ones fail too */
	size_t calls;   /* allocations and resizes so far */
	size_t blocks;  /* blocks that are out */
	size_t bytes;   /* their sizes, as the caller keeps them */
	size_t peak;    /* most bytes that were out at once */
	bool failed;    /* one was refused */
} failing_state;

static inline void *failing_resize(void *context, void *block, size_t old_size, size_t new_size)
{
	failing_state *state = context;
	if (new_size == 0) {
		state->blocks--;
		state->bytes -= old_size;
		free(block);
		return NULL;
	}
	size_t call = state->calls++;
	if (call == state->fail_at || (state->for_ever && call > state->fail_at)) {
		state->failed = true;
		return NULL;
	}
	void *moved = realloc(block, new_size);
	if (!moved)
		abort();
	state->blocks += !block;
	state->bytes += new_size - old_size;
	if (state->bytes > state->peak)
		state->peak = state->bytes;
	return moved;
}

static inline hj_allocator failing_allocator(failing_state *state)
{
	return (hj_allocator){failing_resize, state};
}

#endif
