#include "base/suggest.h"

void hj_suggest_begin(hj_suggest *suggest, hj_slice wrong)
{
	*suggest = (hj_suggest){.wrong = wrong};
	if (wrong.size == 0 || wrong.size > HJ_SUGGEST_LENGTH)
		return;
	/* Three letters allow one mistake, six allow two; a shorter word only another case. */
	suggest->limit = (unsigned)(wrong.size / 3);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/*
 * Edit distance with swaps of neighbours (optimal string alignment), three rows at a time. Returns
 * more than `limit` as soon as no cell of a row is within it.
 */
static unsigned distance_of(hj_slice a, hj_slice b, unsigned limit)
{
	unsigned rows[3][HJ_SUGGEST_LENGTH + 1];
	unsigned *before = rows[0], *above = rows[1], *row = rows[2];
	for (unsigned j = 0; j <= b.size; j++)
		above[j] = j;
	for (unsigned i = 1; i <= a.size; i++) {
		unsigned best = row[0] = i;
		char x = hj_fold(a.data[i - 1]);
		for (unsigned j = 1; j <= b.size; j++) {
			char y = hj_fold(b.data[j - 1]);
			unsigned cost = above[j - 1] + (x != y);
			cost = least(cost, least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && x == hj_fold(b.data[j - 2]) &&
				hj_fold(a.data[i - 2]) == y)
				cost = least(cost, before[j - 2] + 1);
			row[j] = cost;
			best = least(best, cost);
		}
		if (best > limit)
			return limit + 1;
		unsigned *spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[b.size];
}

bool hj_suggest_offer(hj_suggest *suggest, hj_slice name)
{
	hj_slice wrong = suggest->wrong;
	if (wrong.size == 0 || wrong.size > HJ_SUGGEST_LENGTH || name.size == 0 ||
		name.size > HJ_SUGGEST_LENGTH)
		return false;
	unsigned limit = suggest->limit;
	if (suggest->best.size) {
		if (suggest->distance == 0)
			return false;
		limit = least(limit, suggest->distance - 1);
	}
	size_t apart = wrong.size > name.size ? wrong.size - name.size : name.size - wrong.size;
	if (apart > limit)
		return false;
	unsigned distance = distance_of(wrong, name, limit);
	if (distance > limit)
		return false;
	suggest->best = name;
	suggest->distance = distance;
	return true;
}
