/*
 * The columns of a matrix: of each term, and of each user's own devices.
 */
#include "access/matrix_parts.h"

#include <stdlib.h>

/* A column under a key: a term, or a user. */
struct use {
	uint32_t key;
	hj__cover_of cover;
};

struct uses {
	hj__matrix *matrix;
	struct use *items;
	size_t count, capacity;
};

static void add_use(struct uses *uses, uint32_t key, hj__cover_of cover)
{
	hj__matrix *matrix = uses->matrix;
	if (matrix->status ||
		hj_grow(matrix->allocator, &uses->items, &uses->capacity, uses->count + 1,
			sizeof *uses->items)) {
		hj__matrix_fail(matrix);
		return;
	}
	uses->items[uses->count++] = (struct use){key, cover};
}

/* Where the uses of each key begin, once they are dealt out; and behind the last. */
static uint32_t *count_uses(const struct uses *uses, size_t keys)
{
	uint32_t *first = hj__matrix_room(uses->matrix, keys + 2, sizeof *first);
	for (size_t i = 0; first && i < uses->count; i++)
		first[uses->items[i].key + 2]++;
	for (size_t i = 0; first && i < keys; i++)
		first[i + 2] += first[i + 1];
	return first;
}

/* Deals moves the beginnings up to where they belong. */
static void deal_covers(hj__matrix *matrix, const struct uses *uses, size_t keys)
{
	uint32_t *first = count_uses(uses, keys);
	matrix->covers = hj__matrix_room(matrix, uses->count, sizeof *matrix->covers);
	matrix->first_cover = first;
	if (matrix->status)
		return;
	for (size_t i = 0; i < uses->count; i++)
		matrix->covers[first[uses->items[i].key + 1]++] = uses->items[i].cover;
}

static void deal_owned(hj__matrix *matrix, const struct uses *uses, size_t keys)
{
	uint32_t *first = count_uses(uses, keys);
	matrix->owned = hj__matrix_room(matrix, uses->count, sizeof *matrix->owned);
	matrix->first_owned = first;
	if (matrix->status)
		return;
	for (size_t i = 0; i < uses->count; i++)
		matrix->owned[first[uses->items[i].key + 1]++] = uses->items[i].cover.column;
}

static void note_subjects(hj__matrix *matrix, uint32_t column, struct uses *owned)
{
	uint32_t count = matrix->subjects.count;
	matrix->single[column] = HJ_NONE;
	if (count == 1)
		matrix->single[column] = hj__user_of(matrix->reach, &matrix->subjects.items[0]);
	if (hj_grow(matrix->allocator, &matrix->stand, &matrix->stand_capacity,
		    matrix->stand_count + count, sizeof *matrix->stand)) {
		hj__matrix_fail(matrix);
		return;
	}
	if (count)
		memcpy(matrix->stand + matrix->stand_count, matrix->subjects.items,
			count * sizeof *matrix->stand);
	matrix->stand_count += count;
	matrix->first_stand[column + 1] = matrix->stand_count;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t user = hj__user_of(matrix->reach, &matrix->subjects.items[i]);
		if (user != HJ_NONE && !hj__axis_is_wide(&matrix->out->columns[column]))
			add_use(owned, user, (hj__cover_of){column, 0});
	}
}

void hj__columns_cover(hj__matrix *matrix)
{
	const hj_reach *reach = matrix->reach;
	const hj_matrix *out = matrix->out;
	struct uses terms = {.matrix = matrix}, owned = {.matrix = matrix};
	matrix->single = hj__matrix_room(matrix, out->column_count, sizeof *matrix->single);
	matrix->first_stand =
		hj__matrix_room(matrix, (size_t)out->column_count + 1, sizeof *matrix->first_stand);
	for (uint32_t i = 0; i < out->column_count && !matrix->status; i++) {
		hj__axis_cover(matrix, &out->columns[i], i + 1, &matrix->to);
		uint32_t count = matrix->subjects.count ? matrix->subjects.count : 1;
		for (uint32_t k = 0; k < matrix->touched_count; k++) {
			uint32_t term = matrix->touched[k];
			unsigned why = hj__tally_why(&matrix->terms[term], count);
			if (!hj__axis_is_wide(&out->columns[i]) || !(why & HJ_PARTLY_SOME))
				add_use(&terms, term, (hj__cover_of){i, why});
		}
		note_subjects(matrix, i, &owned);
	}
	if (!matrix->status)
		deal_covers(matrix, &terms, (size_t)reach->all + 1);
	if (!matrix->status)
		deal_owned(matrix, &owned, reach->world->user_count);
	hj_free(matrix->allocator, terms.items, terms.capacity * sizeof *terms.items);
	hj_free(matrix->allocator, owned.items, owned.capacity * sizeof *owned.items);
}
