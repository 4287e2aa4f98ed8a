/*
 * Intervals: which ranges are around an address? A balanced tree, laid out as a sorted array whose
 * middle is the root, where every node knows how far its subtree reaches.
 */
#include "engine/reach_parts.h"

#include <stdlib.h>

static int by_first(const void *a, const void *b)
{
	const hj__interval *one = a, *other = b;
	int order = hj_address_compare(one->range.first, other->range.first);
	return order ? order : one->term < other->term ? -1 : one->term > other->term;
}

static hj_address farther(hj_address a, hj_address b)
{
	return hj_address_compare(a, b) < 0 ? b : a;
}

/* Subtrees before their roots. The depth is that of a halved 64-bit number, so 64 frames do. */
static void measure(hj__interval *items, size_t count)
{
	struct {
		size_t from, to;
		unsigned done;
	} stack[66];
	unsigned depth = 0;
	stack[depth].from = 0;
	stack[depth].to = count;
	stack[depth++].done = 0;
	while (depth) {
		size_t from = stack[depth - 1].from, to = stack[depth - 1].to;
		size_t middle = from + (to - from) / 2;
		if (from == to) {
			depth--;
		} else if (stack[depth - 1].done < 2) {
			bool right = stack[depth - 1].done++;
			stack[depth].from = right ? middle + 1 : from;
			stack[depth].to = right ? to : middle;
			stack[depth++].done = 0;
		} else {
			hj_address reach = items[middle].range.last;
			if (from < middle)
				reach = farther(reach, items[from + (middle - from) / 2].reach);
			if (middle + 1 < to)
				reach = farther(
					reach, items[middle + 1 + (to - middle - 1) / 2].reach);
			items[middle].reach = reach;
			depth--;
		}
	}
}

void hj__intervals_sort(hj__intervals *intervals)
{
	if (intervals->count)
		qsort(intervals->items, intervals->count, sizeof *intervals->items, by_first);
	measure(intervals->items, intervals->count);
}

void hj__stab_begin(hj__stab *stab, const hj__intervals *intervals, hj_address address)
{
	stab->intervals = intervals;
	stab->address = address;
	stab->stack[0][0] = 0;
	stab->stack[0][1] = intervals->count;
	stab->depth = 1;
}

bool hj__stab_next(hj__stab *stab, uint32_t *term)
{
	while (stab->depth) {
		size_t *top = stab->stack[--stab->depth], from = top[0], to = top[1];
		size_t middle = from + (to - from) / 2;
		const hj__interval *item = &stab->intervals->items[middle];
		if (from == to || hj_address_compare(item->reach, stab->address) < 0)
			continue;
		stab->stack[stab->depth][0] = from;
		stab->stack[stab->depth++][1] = middle;
		if (hj_address_compare(item->range.first, stab->address) > 0)
			continue;
		stab->stack[stab->depth][0] = middle + 1;
		stab->stack[stab->depth++][1] = to;
		*term = item->term;
		if (hj_address_compare(item->range.last, stab->address) >= 0)
			return true;
	}
	return false;
}
