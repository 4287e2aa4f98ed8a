/*
 * The rows of a matrix: the rules that have them, and where those lead.
 */
#include "access/matrix_parts.h"

#include <stdlib.h>

/* -- postures -------------------------------------------------------------------------------------- */

/* Does a subject of the row, from 1, meet the posture of a rule? Asked once for each. */
static hj_truth meets(hj__matrix *matrix, uint32_t rule, uint32_t subject)
{
	static const hj_subject anybody = {.kind = HJ_SUBJECT_MEMBER, .index = HJ_NONE};
	hj_reach *reach = matrix->reach;
	uint32_t number = matrix->condition[rule];
	if (number == 0)
		return HJ_YES;
	if (matrix->met_by != subject) {
		memset(matrix->met, 0, (size_t)matrix->condition_count + 1);
		matrix->met_by = subject;
	}
	if (!matrix->met[number]) {
		hj_origin origin = {.subject = matrix->subjects.count
				? matrix->subjects.items[subject - 1]
				: anybody};
		hj__party_set(reach, &matrix->from.party, &origin.subject, NULL);
		hj_truth truth = hj__meets(
			reach, &matrix->from.party, &origin, matrix->conditions[number], false);
		matrix->met[number] = (uint8_t)(1 + truth);
		hj__take_status(reach, &matrix->status);
	}
	return (hj_truth)(matrix->met[number] - 1);
}

/* -- which rules have the row ---------------------------------------------------------------------- */

/* How a term's rules are counted. */
enum counting {
	EVERY,      /* each of them */
	PLAIN,      /* those without a posture, for all of the row at once */
	CONDITIONAL /* those with one */
};

/* A subject is in a rule as far as `truth` says. */
static void count_rule(
	hj__matrix *matrix, uint32_t rule, uint32_t id, uint32_t subject, hj_truth truth)
{
	hj_truth met = meets(matrix, rule, subject);
	if (met == HJ_NO)
		return;
	if (met == HJ_MAYBE)
		matrix->doubtful[rule] = id;
	if (hj__tally_add(&matrix->rules[rule], id, subject, truth))
		matrix->ranks[matrix->rule_count++] = hj__rank_of(matrix, rule);
}

static void count_owners(hj__matrix *matrix, uint32_t id, const hj__touch *touch, uint32_t subjects,
	enum counting counting)
{
	const hj__index *index = &matrix->reach->sources;
	for (uint32_t at = index->first[touch->term]; at < index->first[touch->term + 1]; at++) {
		uint32_t rule = index->owners[at];
		hj__tally *tally = &matrix->rules[rule];
		bool conditional = matrix->condition[rule] != 0;
		/* Rules that have all of the row already are not counted again. */
		if ((tally->item == id && tally->sure == subjects) ||
			(counting != EVERY && conditional != (counting == CONDITIONAL)))
			continue;
		count_rule(matrix, rule, id, touch->subject, touch->truth);
		if (counting == PLAIN)
			tally->sure = subjects;
	}
}

/* A term that covers all of the row gives its rules to all of it at once. */
static void count_whole(hj__matrix *matrix, uint32_t id, uint32_t subjects)
{
	for (uint32_t i = 0; i < matrix->touched_count; i++) {
		hj__touch touch = {1, matrix->touched[i], HJ_YES};
		if (!hj__tally_why(&matrix->terms[touch.term], subjects))
			count_owners(matrix, id, &touch, subjects, PLAIN);
	}
}

/* The others, subject after subject: several terms of a rule may share the row between them. */
static void count_parts(hj__matrix *matrix, uint32_t id, uint32_t subjects)
{
	for (size_t i = 0; i < matrix->touch_count && !matrix->status; i++) {
		const hj__touch *touch = &matrix->touches[i];
		bool whole = !hj__tally_why(&matrix->terms[touch->term], subjects);
		if (!whole || matrix->condition_count)
			count_owners(matrix, id, touch, subjects, whole ? CONDITIONAL : EVERY);
	}
}

/* -- where the rules lead -------------------------------------------------------------------------- */

/* Room for some more meetings, so that they can be added without looking. */
static bool make_room(hj__matrix *matrix, size_t more)
{
	size_t count = matrix->meeting_count + more;
	if (count <= matrix->meeting_capacity && count <= matrix->place_capacity)
		return true;
	if (hj_grow(matrix->allocator, &matrix->meetings, &matrix->meeting_capacity, count,
		    sizeof *matrix->meetings) ||
		hj_grow(matrix->allocator, &matrix->places, &matrix->place_capacity, count,
			sizeof *matrix->places))
		return hj__matrix_fail(matrix);
	return true;
}

static inline void meet(hj__matrix *matrix, uint32_t column, hj__meeting meeting)
{
	if (matrix->meets[column]++ == 0)
		matrix->columns[matrix->column_count++] = column;
	matrix->places[matrix->meeting_count] = column;
	matrix->meetings[matrix->meeting_count++] = meeting;
}

/* May a permit with "via" lead to a column? Adds to *why what is not for all, or not known. */
static bool is_routed(hj__matrix *matrix, uint32_t permit, uint32_t column, unsigned *why)
{
	hj_reach *reach = matrix->reach;
	size_t first = matrix->first_stand[column], last = matrix->first_stand[column + 1];
	size_t truths[3] = {0};
	for (size_t i = first; i < last && !matrix->status; i++) {
		hj__party_set(reach, &matrix->to.party, &matrix->stand[i], NULL);
		truths[hj__routed(reach, permit, &matrix->to.party, false)]++;
		hj__take_status(reach, &matrix->status);
	}
	/* "*" has no subjects here, and nobody knows. */
	*why |= (truths[HJ_NO] ? (unsigned)HJ_PARTLY_SOME : 0) |
		(truths[HJ_MAYBE] || first == last ? (unsigned)HJ_PARTLY_VIA : 0);
	if (truths[HJ_NO] && hj__axis_is_wide(&matrix->out->columns[column]))
		return false;
	return truths[HJ_NO] < last - first || first == last;
}

/* Is a subject of the row, from 1, one that a rule has? */
static bool has_rule(hj__matrix *matrix, uint32_t subject, uint32_t rule)
{
	hj_reach *reach = matrix->reach;
	const hj_words *src = reach->rules[rule].src;
	if (meets(matrix, rule, subject) == HJ_NO)
		return false;
	hj__party_set(reach, &matrix->from.party, &matrix->subjects.items[subject - 1], NULL);
	hj__gather(reach, &matrix->from);
	bool found = !src;
	for (uint32_t i = 0; src && i < src->count && !found; i++)
		found = hj__covered(&matrix->from.coverage, src->items[i].term).truth != HJ_NO;
	return hj__take_status(reach, &matrix->status) && found;
}

/* autogroup:self: each user of the row reaches the columns that have devices of that user. */
static void meet_own(hj__matrix *matrix, uint32_t rule, hj__meeting meeting)
{
	uint32_t count = matrix->subjects.count;
	unsigned why = meeting.why;
	for (uint32_t i = 0; i < count && !matrix->status; i++) {
		const hj_subject *subject = &matrix->subjects.items[i];
		uint32_t user = hj__user_of(matrix->reach, subject);
		if (user == HJ_NONE || ((why & HJ_PARTLY_SOME) && !has_rule(matrix, i + 1, rule)))
			continue;
		uint32_t at = matrix->first_owned[user], end = matrix->first_owned[user + 1];
		if (!make_room(matrix, end - at))
			return;
		for (; at < end; at++) {
			uint32_t column = matrix->owned[at];
			bool same = count == 1 && matrix->single[column] == user;
			meeting.why = (same ? why : why | HJ_PARTLY_OWN) & HJ__WHY;
			meet(matrix, column, meeting);
		}
	}
}

/* Where a permit leads, with routers to be asked about or without. */
static void follow_lead(hj__matrix *matrix, uint32_t permit, hj__meeting meeting)
{
	const hj__lead *lead = &matrix->leads[permit];
	uint32_t at = matrix->first_cover[lead->term], end = matrix->first_cover[lead->term + 1];
	unsigned why = meeting.why;
	if (!make_room(matrix, end - at))
		return;
	for (; at < end; at++) {
		unsigned of_column = matrix->covers[at].why;
		uint32_t column = matrix->covers[at].column;
		if (lead->via && !is_routed(matrix, permit, column, &of_column))
			continue;
		meeting.why = (why | of_column) & HJ__WHY;
		meet(matrix, column, meeting);
	}
}

static void follow(hj__matrix *matrix, const hj_axis_item *row, uint32_t rank, unsigned why)
{
	const hj_reach *reach = matrix->reach;
	uint32_t rule = hj__rule_at(matrix, rank);
	for (uint32_t i = reach->rules[rule].first; i < reach->rules[rule].last; i++) {
		const hj__lead *lead = &matrix->leads[i];
		hj__meeting meeting = {
			.rank = rank, .set = lead->set & HJ__SET, .why = why & HJ__WHY};
		if (lead->set == 0)
			continue;
		follow_lead(matrix, i, meeting);
		if (lead->self && !hj__axis_is_wide(row))
			meet_own(matrix, rule, meeting);
	}
}

static int by_number(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	return (one > other) - (one < other);
}

/* The rules that have the row, by rank: looked for where there are many, else sorted. */
static void sort_ranks(hj__matrix *matrix, uint32_t id)
{
	uint32_t all = matrix->reach->rule_count, count = matrix->rule_count;
	if (count < all / 16) {
		if (count > 1)
			qsort(matrix->ranks, count, sizeof *matrix->ranks, by_number);
		return;
	}
	count = 0;
	for (uint32_t rank = 0; rank < all; rank++)
		if (matrix->rules[hj__rule_at(matrix, rank)].item == id)
			matrix->ranks[count++] = rank;
}

void hj__row_meet(hj__matrix *matrix, uint32_t row)
{
	const hj_axis_item *item = &matrix->out->rows[row];
	uint32_t id = matrix->out->column_count + row + 1;
	matrix->rule_count = 0;
	matrix->meeting_count = 0;
	matrix->column_count = 0;
	matrix->met_by = 0;
	hj__axis_cover(matrix, item, id, &matrix->from);
	uint32_t subjects = matrix->subjects.count ? matrix->subjects.count : 1;
	count_whole(matrix, id, subjects);
	count_parts(matrix, id, subjects);
	sort_ranks(matrix, id);
	for (uint32_t i = 0; i < matrix->rule_count && !matrix->status; i++) {
		uint32_t rank = matrix->ranks[i], rule = hj__rule_at(matrix, rank);
		unsigned why = hj__tally_why(&matrix->rules[rule], subjects);
		if (matrix->doubtful[rule] == id)
			why |= HJ_PARTLY_POSTURE;
		if (!hj__axis_is_wide(item) || !(why & HJ_PARTLY_SOME))
			follow(matrix, item, rank, why);
	}
}
