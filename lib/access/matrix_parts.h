/*
 * What the files matrix*.c share: a matrix in the making.
 *
 *     axes ─→ items, and the terms that cover each column          matrix_axes.c
 *     row  ─→ rules that have it ─→ their permits ─→ columns       matrix_rows.c
 *     what meets in a cell ─→ sets of services                     matrix.c
 *
 * Shared inside the folder.
 */
#ifndef HJ_ACCESS_MATRIX_PARTS_H
#define HJ_ACCESS_MATRIX_PARTS_H

#include "access/access_parts.h"
#include "access/matrix.h"

/* How many of an item's subjects something covers. */
typedef struct hj__tally {
	uint32_t item; /* whose tally this is, from 1 */
	uint32_t sure, maybe;
	uint32_t seen; /* the subject that was counted last, from 1 */
	hj_truth truth;
} hj__tally;
/* True when it is the first of the item. Truths come by subject, the best of each counts. */
bool hj__tally_add(hj__tally *tally, uint32_t item, uint32_t subject, hj_truth truth);
/* HJ_PARTLY_ bits of what covers part of `count` subjects; 0: all of them. */
unsigned hj__tally_why(const hj__tally *tally, uint32_t count);

/* A term that covers a subject, from 1, of the item at hand. */
typedef struct hj__touch {
	uint32_t subject, term;
	hj_truth truth;
} hj__touch;

/* A column that a term covers. */
typedef struct hj__cover_of {
	uint32_t column;
	unsigned why; /* HJ_PARTLY_ bits */
} hj__cover_of;

/* Where a permit leads, close together. */
typedef struct hj__lead {
	uint32_t term;
	uint32_t set; /* of services; 0: none that are wanted */
	bool via, self;
} hj__lead;

/*
 * A permit that leads from the row at hand to a column. There are tens of millions, so they are small: a
 * document of 4 GiB has no 2^27 permits.
 */
typedef struct hj__meeting {
	uint32_t rank;
	unsigned set : 27, why : 5;
} hj__meeting;

enum { HJ__SET = (1 << 27) - 1, HJ__WHY = (1 << 5) - 1 };

/* A set that a cell has in part: does it add to what is for all? */
typedef struct hj__part {
	uint32_t stamp;
	bool adds;
} hj__part;

typedef struct hj__matrix {
	hj_reach *reach;
	const hj_matrix_options *options;
	hj_matrix *out;
	const char **what; /* is wrong with a row or column */
	const hj_allocator *allocator;
	hj_arena arena; /* lives as long as the making */
	hj_status status;
	/* An item of an axis at hand. */
	hj_subjects subjects;
	hj__end from, to;
	hj__tally *terms;  /* of each term */
	uint32_t *touched; /* terms with a tally of the item */
	uint32_t touched_count;
	hj__touch *touches; /* by subject */
	size_t touch_count, touch_capacity;
	/* The columns of each term, and those with devices of each user. */
	hj__cover_of *covers;
	uint32_t *first_cover; /* of each term, and behind the last */
	uint32_t *owned, *first_owned;
	uint32_t *single;  /* of each column: the user that it is, or HJ_NONE */
	hj_subject *stand; /* the subjects of all columns, one after the other */
	size_t stand_count, stand_capacity;
	size_t *first_stand;              /* of each column, and behind the last */
	uint32_t first_part, second_part; /* how many rules change places to be in order */
	/* The row at hand. */
	hj__tally *rules;
	uint32_t *ranks, rule_count; /* of the rules with a tally of the row */
	uint32_t *condition;         /* of each rule: the number of its posture's words; 0: none */
	const hj_words **conditions; /* of each number */
	uint8_t *met;                /* of each number: 1 + hj_truth; 0: not asked */
	uint32_t met_by;             /* of this subject, from 1 */
	uint32_t *doubtful; /* of each rule: the item some of which may not meet its posture */
	uint32_t condition_count;
	hj__meeting *meetings; /* by rank */
	uint32_t *places;      /* of each meeting: its column */
	size_t meeting_count, meeting_capacity, place_capacity;
	hj__meeting *sorted; /* by column, then rank */
	size_t sorted_capacity;
	size_t *meets;                   /* of each column: how many; then where they end */
	uint32_t *columns, column_count; /* with meetings */
	/* Sets. */
	hj__lead *leads; /* of each permit */
	uint32_t stamp;  /* of the cell at hand */
	uint32_t *whole; /* of each set of a permit: the cell that has it for all */
	hj__part *parts; /* and the one that has it in part */
	hj_map set_of, union_of;
	hj_text key;
	uint32_t *numbers; /* of sets, in the making of a key */
	size_t number_count, number_capacity;
} hj__matrix;

static inline bool hj__matrix_fail(hj__matrix *matrix)
{
	matrix->status = HJ_NO_MEMORY;
	return false;
}
/*
 * Rules are numbered as reach has them, grants first; their ranks are in the order of the document. The
 * one from the other, either way.
 */
uint32_t hj__rank_of(const hj__matrix *matrix, uint32_t rule);
uint32_t hj__rule_at(const hj__matrix *matrix, uint32_t rank);
/* Cleared room in the arena; NULL and the status when memory is out. */
void *hj__matrix_room(hj__matrix *matrix, size_t count, size_t size);

/* -- matrix_axes.c --------------------------------------------------------------------------------- */

/* The items of both axes. */
void hj__axes_make(hj__matrix *matrix);
/* The subjects of an item; false: it stands for nothing, or for everything ("*"). */
bool hj__axis_subjects(hj__matrix *matrix, const hj_axis_item *item, bool destination);
/*
 * Tallies the terms of the end's index that cover an item; id: a number, from 1, that no other item of
 * either axis has. The item's subjects are left in matrix->subjects, none for "*" and autogroup:self.
 */
void hj__axis_cover(hj__matrix *matrix, const hj_axis_item *item, uint32_t id, hj__end *end);
/* "*" and autogroups: wide, and what is not for all of them is left out. */
bool hj__axis_is_wide(const hj_axis_item *item);

/* -- matrix_columns.c ------------------------------------------------------------------------------ */

/* What covers each column. */
void hj__columns_cover(hj__matrix *matrix);

/* -- matrix_rows.c --------------------------------------------------------------------------------- */

/* The meetings of a row. */
void hj__row_meet(hj__matrix *matrix, uint32_t row);

#endif
