/*
 * The rows of a matrix: the rules that have them, and where those lead.
 */
#include "engine/matrix_parts.h"

#include <stdlib.h>

/* -- which rules have the row ---------------------------------------------------------------------- */

/* Rules that have all of the row already are not counted again. */
static void count_owners(hj__matrix *matrix, uint32_t term, uint32_t id, uint32_t subject,
	uint32_t subjects, hj_truth truth)
{
	const hj__index *index = &matrix->reach->sources;
	for (uint32_t at = index->first[term]; at < index->first[term + 1]; at++) {
		hj__tally *tally = &matrix->rules[index->owners[at]];
		if (tally->item == id && tally->sure == subjects)
			continue;
		if (hj__tally_add(tally, id, subject, truth))
			matrix->ranks[matrix->rule_count++] =
				hj__rank_of(matrix, index->owners[at]);
	}
}

/* A term that covers all of the row gives its rules to all of it at once. */
static void count_whole(hj__matrix *matrix, uint32_t id, uint32_t subjects)
{
	const hj__index *index = &matrix->reach->sources;
	for (uint32_t i = 0; i < matrix->touched_count; i++) {
		uint32_t term = matrix->touched[i];
		if (hj__tally_why(&matrix->terms[term], subjects))
			continue;
		count_owners(matrix, term, id, 1, subjects, HJ_YES);
		for (uint32_t at = index->first[term]; at < index->first[term + 1]; at++)
			matrix->rules[index->owners[at]].sure = subjects;
	}
}

/* The others, subject after subject: several terms of a rule may share the row between them. */
static void count_parts(hj__matrix *matrix, uint32_t id, uint32_t subjects)
{
	for (size_t i = 0; i < matrix->touch_count; i++) {
		const hj__touch *touch = &matrix->touches[i];
		if (hj__tally_why(&matrix->terms[touch->term], subjects))
			count_owners(
				matrix, touch->term, id, touch->subject, subjects, touch->truth);
	}
}

/* -- postures -------------------------------------------------------------------------------------- */

enum { NEVER = 0xff }; /* no subject meets it */

/* Does the row meet a posture? HJ_PARTLY_ bits, or NEVER. */
static unsigned judge_posture(hj__matrix *matrix, const hj_words *posture)
{
	static const hj_subject anybody = {.kind = HJ_SUBJECT_MEMBER, .index = HJ_NONE};
	hj_reach *reach = matrix->reach;
	bool all = matrix->subjects.count > 0;
	uint32_t count = all ? matrix->subjects.count : 1, truths[3] = {0};
	for (uint32_t i = 0; i < count && !matrix->status; i++) {
		hj_origin origin = {.subject = all ? matrix->subjects.items[i] : anybody};
		hj__party_set(reach, &matrix->from.party, &origin.subject, NULL);
		truths[hj__meets(reach, &matrix->from.party, &origin, posture, false)]++;
		hj__take_status(reach, &matrix->status);
	}
	if (truths[HJ_NO] == count)
		return NEVER;
	return (truths[HJ_NO] ? (unsigned)HJ_PARTLY_SOME : 0) |
		(truths[HJ_MAYBE] ? (unsigned)HJ_PARTLY_POSTURE : 0);
}

static unsigned posture_of(hj__matrix *matrix, uint32_t rule)
{
	uint32_t number = matrix->condition[rule];
	if (number == 0)
		return 0;
	if (!matrix->met[number])
		matrix->met[number] =
			(uint8_t)(judge_posture(matrix, matrix->conditions[number]) + 1);
	return matrix->met[number] == (uint8_t)(NEVER + 1) ? NEVER : matrix->met[number] - 1U;
}

/* -- where the rules lead -------------------------------------------------------------------------- */

static void meet(hj__matrix *matrix, hj__meeting meeting)
{
	if (matrix->meeting_count == matrix->meeting_capacity &&
		hj_grow(matrix->allocator, &matrix->meetings, &matrix->meeting_capacity,
			matrix->meeting_count + 1, sizeof *matrix->meetings)) {
		hj__matrix_fail(matrix);
		return;
	}
	if (matrix->meets[meeting.column]++ == 0)
		matrix->columns[matrix->column_count++] = meeting.column;
	matrix->meetings[matrix->meeting_count++] = meeting;
}

/* May a permit with "via" lead to a column? Adds to *why what is not known. */
static bool is_routed(hj__matrix *matrix, uint32_t permit, uint32_t column, unsigned *why)
{
	hj_reach *reach = matrix->reach;
	hj_truth truth = HJ_MAYBE;
	if (matrix->subjects_of[column]) {
		hj__party_set(reach, &matrix->to.party, &matrix->sample[column], NULL);
		truth = hj__routed(reach, permit, &matrix->to.party, false);
		hj__take_status(reach, &matrix->status);
	}
	*why |= truth == HJ_MAYBE ? (unsigned)HJ_PARTLY_VIA : 0;
	return truth != HJ_NO;
}

static bool has_rule(hj__matrix *matrix, const hj_subject *subject, uint32_t rule)
{
	hj_reach *reach = matrix->reach;
	const hj_words *src = reach->rules[rule].src;
	hj__party_set(reach, &matrix->from.party, subject, NULL);
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
		uint32_t user = hj__user_of(matrix, subject);
		if (user == HJ_NONE || ((why & HJ_PARTLY_SOME) && !has_rule(matrix, subject, rule)))
			continue;
		for (uint32_t at = matrix->first_owned[user]; at < matrix->first_owned[user + 1];
			at++) {
			meeting.column = matrix->owned[at];
			bool same = count == 1 && matrix->single[meeting.column] == user;
			meeting.why = same ? why : why | HJ_PARTLY_OWN;
			meet(matrix, meeting);
		}
	}
}

static void follow(hj__matrix *matrix, const hj_axis_item *row, uint32_t rank, unsigned why)
{
	const hj_reach *reach = matrix->reach;
	uint32_t rule = hj__rule_at(matrix, rank);
	for (uint32_t i = reach->rules[rule].first; i < reach->rules[rule].last; i++) {
		const hj__lead *lead = &matrix->leads[i];
		if (lead->set == 0)
			continue;
		hj__meeting meeting = {.rank = rank, .set = lead->set};
		for (uint32_t at = matrix->first_cover[lead->term];
			at < matrix->first_cover[lead->term + 1]; at++) {
			meeting.column = matrix->covers[at].column;
			meeting.why = why | matrix->covers[at].why;
			if (!lead->via || is_routed(matrix, i, meeting.column, &meeting.why))
				meet(matrix, meeting);
		}
		meeting.why = why;
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
	memset(matrix->met, 0, matrix->condition_count + 1);
	hj__axis_cover(matrix, item, id, &matrix->from);
	uint32_t subjects = matrix->subjects.count ? matrix->subjects.count : 1;
	count_whole(matrix, id, subjects);
	count_parts(matrix, id, subjects);
	sort_ranks(matrix, id);
	for (uint32_t i = 0; i < matrix->rule_count && !matrix->status; i++) {
		uint32_t rank = matrix->ranks[i], rule = hj__rule_at(matrix, rank);
		unsigned why = hj__tally_why(&matrix->rules[rule], subjects);
		unsigned posture = posture_of(matrix, rule);
		if (posture != NEVER && !(hj__axis_is_wide(item) && (why & HJ_PARTLY_SOME)))
			follow(matrix, item, rank, why | posture);
	}
}
