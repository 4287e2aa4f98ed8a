#include "access/matrix_parts.h"

#include <stdlib.h>

void *hj__matrix_room(hj__matrix *matrix, size_t count, size_t size)
{
	size_t bytes;
	void *room = hj_multiply(count ? count : 1, size, &bytes)
		? hj_arena_alloc(&matrix->arena, bytes)
		: NULL;
	if (room)
		memset(room, 0, bytes);
	else
		hj__matrix_fail(matrix);
	return room;
}

/* -- sets of services ------------------------------------------------------------------------------ */

/* The number of a set; takes the set over, which becomes empty. */
static uint32_t intern(hj__matrix *matrix, hj_services *set)
{
	hj_matrix *out = matrix->out;
	bool ok = true;
	hj_text_clear(&matrix->key);
	hj_services_append(&matrix->key, set);
	hj_slice text = hj_text_slice(&matrix->key);
	if (matrix->key.status || matrix->status) {
		hj__matrix_fail(matrix);
		return 0;
	}
	const uint32_t *known = hj_map_get(&matrix->set_of, text);
	if (known)
		return *known;
	uint32_t number = (uint32_t)out->set_count;
	text = hj_arena_copy(&out->arena, text, &ok);
	if (!ok || hj_map_put(&matrix->set_of, text, number, NULL, NULL) ||
		hj_grow(matrix->allocator, &out->sets, &out->set_capacity, number + 1U,
			sizeof *out->sets) ||
		hj_grow(matrix->allocator, &out->texts, &out->text_capacity, number + 1U,
			sizeof *out->texts)) {
		hj__matrix_fail(matrix);
		return 0;
	}
	out->sets[out->set_count++] = *set;
	out->texts[number] = text;
	hj_services_init(set, matrix->allocator);
	return number;
}

/* Does a permit allow something in the network, with the port that is asked for? */
static bool is_wanted(const hj__matrix *matrix, const hj_permit *permit)
{
	const hj_access_target *column = matrix->options->column;
	bool any = !column || (column->protocol < 0 && column->port < 0);
	return permit->service_count &&
		(any || hj__permit_serves(permit, column->protocol, column->port));
}

static hj__lead lead_of(const hj__matrix *matrix, const hj_permit *permit)
{
	uint32_t term = hj__permit_term(matrix->reach, permit);
	const hj_selector *to = hj__selector(matrix->reach, term);
	bool autogroup = to->kind == HJ_SELECT_AUTOGROUP;
	return (hj__lead){.term = term,
		.via = permit->via->count > 0,
		.self = autogroup && to->autogroup == HJ_AUTOGROUP_SELF};
}

static void make_leads(hj__matrix *matrix)
{
	const hj_reach *reach = matrix->reach;
	const hj_service *last = NULL;
	hj_services set;
	matrix->leads = hj__matrix_room(matrix, reach->permit_count, sizeof *matrix->leads);
	hj_services_init(&set, matrix->allocator);
	intern(matrix, &set); /* the empty set is the first */
	for (uint32_t i = 0; i < reach->permit_count && !matrix->status; i++) {
		const hj_permit *permit = &reach->permits[i];
		hj__lead *lead = &matrix->leads[i];
		*lead = lead_of(matrix, permit);
		/* The permits of a grant share their services. */
		if (i && permit->services == last) {
			lead->set = lead[-1].set;
			continue;
		}
		last = permit->services;
		hj_services_clear(&set);
		if (is_wanted(matrix, permit) &&
			hj_services_add(&set, permit->services, permit->service_count))
			hj__matrix_fail(matrix);
		else
			lead->set = intern(matrix, &set);
	}
	hj_services_free(&set);
	matrix->whole = hj__matrix_room(matrix, matrix->out->set_count, sizeof *matrix->whole);
	matrix->parts = hj__matrix_room(matrix, matrix->out->set_count, sizeof *matrix->parts);
}

/* Adds a number to those at hand, which stay few and sorted: cells have few different sets. */
static void add_number(hj__matrix *matrix, uint32_t number)
{
	size_t at = matrix->number_count;
	if (matrix->status ||
		hj_grow(matrix->allocator, &matrix->numbers, &matrix->number_capacity, at + 1,
			sizeof *matrix->numbers)) {
		hj__matrix_fail(matrix);
		return;
	}
	for (; at && matrix->numbers[at - 1] > number; at--)
		matrix->numbers[at] = matrix->numbers[at - 1];
	matrix->numbers[at] = number;
	matrix->number_count++;
}

/* The union of the sets at hand; the same lists come again and again. */
static uint32_t unite(hj__matrix *matrix)
{
	const uint32_t *numbers = matrix->numbers;
	size_t count = matrix->number_count;
	matrix->number_count = 0;
	if (matrix->status || count < 2)
		return matrix->status || count == 0 ? 0 : numbers[0];
	hj_slice key = hj_slice_of((const char *)numbers, count * sizeof *numbers);
	const uint32_t *known = hj_map_get(&matrix->union_of, key);
	if (known)
		return *known;
	hj_services set;
	bool ok = true;
	hj_services_init(&set, matrix->allocator);
	for (size_t i = 0; i < count && ok; i++)
		ok = !hj_services_unite(&set, &matrix->out->sets[numbers[i]]);
	key = hj_arena_copy(&matrix->arena, key, &ok);
	if (!ok)
		hj__matrix_fail(matrix);
	uint32_t number = intern(matrix, &set);
	hj_services_free(&set);
	if (!matrix->status && hj_map_put(&matrix->union_of, key, number, NULL, NULL))
		hj__matrix_fail(matrix);
	return number;
}

/* -- cells ----------------------------------------------------------------------------------------- */

/* What goes beyond what is for all; each set of the permits once. */
static uint32_t sum_parts(
	hj__matrix *matrix, uint32_t services, const hj__meeting *meetings, size_t count)
{
	const hj_services *sets = matrix->out->sets;
	for (size_t i = 0; i < count && !matrix->status; i++) {
		hj__part *part = &matrix->parts[meetings[i].set];
		if (!meetings[i].why || part->stamp == matrix->stamp)
			continue;
		part->stamp = matrix->stamp;
		part->adds = !hj_services_contain(&sets[services], &sets[meetings[i].set]);
		if (part->adds)
			add_number(matrix, meetings[i].set);
	}
	return unite(matrix);
}

/* True: something is not for all. */
static bool sum_up(
	hj__matrix *matrix, hj_matrix_cell *cell, const hj__meeting *meetings, size_t count)
{
	uint32_t stamp = ++matrix->stamp;
	bool parts = false;
	for (size_t i = 0; i < count; i++) {
		uint32_t *whole = &matrix->whole[meetings[i].set];
		if (meetings[i].why) {
			parts = true;
		} else if (*whole != stamp) {
			*whole = stamp;
			add_number(matrix, meetings[i].set);
		}
	}
	cell->services = unite(matrix);
	if (parts)
		cell->partly = sum_parts(matrix, cell->services, meetings, count);
	return parts;
}

/* The rules of the meetings that add something, each once; they come in order. */
static void add_rules(hj__matrix *matrix, hj_matrix_cell *cell, const hj__meeting *meetings,
	size_t count, bool parts)
{
	hj_matrix *out = matrix->out;
	size_t first = out->rule_count, at = first;
	if (first + count > out->rule_capacity &&
		hj_grow(matrix->allocator, &out->rules, &out->rule_capacity, first + count,
			sizeof *out->rules)) {
		hj__matrix_fail(matrix);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (parts && meetings[i].why) {
			if (!matrix->parts[meetings[i].set].adds)
				continue;
			cell->why |= meetings[i].why;
		}
		if (at == first || out->rules[at - 1] != meetings[i].rank)
			out->rules[at++] = meetings[i].rank;
	}
	out->rule_count = at;
	cell->first_rule = first;
	cell->rule_count = (uint32_t)(at - first);
}

uint32_t hj__rank_of(const hj__matrix *matrix, uint32_t rule)
{
	return rule < matrix->first_part ? rule + matrix->second_part : rule - matrix->first_part;
}

uint32_t hj__rule_at(const hj__matrix *matrix, uint32_t rank)
{
	return rank < matrix->second_part ? rank + matrix->first_part : rank - matrix->second_part;
}

static void make_places(hj__matrix *matrix)
{
	const hj_reach *reach = matrix->reach;
	size_t bytes = reach->rule_count * sizeof *matrix->out->places;
	hj_rule_place *places = hj_arena_alloc(&matrix->out->arena, bytes + 1);
	if (!places) {
		hj__matrix_fail(matrix);
		return;
	}
	memset(places, 0, bytes);
	matrix->out->places = places;
	/* Where the grants stand behind the acls, they change places. */
	const hj_policy *policy = reach->world->policy;
	bool turned = policy->acls.node < policy->grants.node;
	matrix->first_part = turned ? policy->grants.count : 0;
	matrix->second_part = reach->rule_count - policy->grants.count;
	if (!turned)
		matrix->second_part = reach->rule_count;
	for (uint32_t i = 0; i < reach->permit_count; i++) {
		uint32_t rule = hj__permit_rule(reach, &reach->permits[i]);
		places[hj__rank_of(matrix, rule)] = hj__permit_place(&reach->permits[i]);
	}
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	return (one > other) - (one < other);
}

/* The columns with meetings, ascending: looked for where there are many, else sorted. */
static void sort_columns(hj__matrix *matrix)
{
	uint32_t all = matrix->out->column_count, count = matrix->column_count;
	if (count < all / 16) {
		if (count > 1)
			qsort(matrix->columns, count, sizeof *matrix->columns, compare_numbers);
		return;
	}
	count = 0;
	for (uint32_t column = 0; column < all; column++)
		if (matrix->meets[column])
			matrix->columns[count++] = column;
}

/* Deals the meetings out to their columns. */
static void sort_meetings(hj__matrix *matrix)
{
	size_t end = 0;
	if (hj_grow(matrix->allocator, &matrix->sorted, &matrix->sorted_capacity,
		    matrix->meeting_count, sizeof *matrix->sorted)) {
		hj__matrix_fail(matrix);
		return;
	}
	sort_columns(matrix);
	for (uint32_t i = 0; i < matrix->column_count; i++) {
		size_t count = matrix->meets[matrix->columns[i]];
		matrix->meets[matrix->columns[i]] = end;
		end += count;
	}
	for (size_t i = 0; i < matrix->meeting_count; i++)
		matrix->sorted[matrix->meets[matrix->places[i]]++] = matrix->meetings[i];
}

static void close_row(hj__matrix *matrix, uint32_t row)
{
	hj_matrix *out = matrix->out;
	size_t from = 0;
	sort_meetings(matrix);
	for (uint32_t i = 0; i < matrix->column_count && !matrix->status; i++) {
		uint32_t column = matrix->columns[i];
		size_t count = matrix->meets[column] - from;
		hj_matrix_cell cell = {.row = row, .column = column};
		bool parts = sum_up(matrix, &cell, matrix->sorted + from, count);
		add_rules(matrix, &cell, matrix->sorted + from, count, parts);
		from += count;
		matrix->meets[column] = 0;
		if (matrix->status ||
			hj_grow(matrix->allocator, &out->cells, &out->cell_capacity,
				out->cell_count + 1, sizeof *out->cells)) {
			hj__matrix_fail(matrix);
			return;
		}
		out->cells[out->cell_count++] = cell;
		out->rows[row].empty = false;
		out->columns[column].empty = false;
	}
}

/* -- the whole ------------------------------------------------------------------------------------- */

/* Rules whose postures have the same words share a number. */
static void number_conditions(hj__matrix *matrix)
{
	const hj_reach *reach = matrix->reach;
	hj_map numbers;
	hj_map_init(&numbers, matrix->allocator);
	matrix->condition = hj__matrix_room(matrix, reach->rule_count, sizeof *matrix->condition);
	matrix->conditions =
		hj__matrix_room(matrix, (size_t)reach->rule_count + 1, sizeof *matrix->conditions);
	matrix->met = hj__matrix_room(matrix, (size_t)reach->rule_count + 1, 1);
	for (uint32_t i = 0; i < reach->rule_count && !matrix->status; i++) {
		const hj_words *posture = reach->rules[i].posture;
		uint32_t *number = NULL;
		bool was_there = true, ok = true;
		if (posture->count == 0)
			continue;
		hj_text_clear(&matrix->key);
		for (uint32_t k = 0; k < posture->count; k++) {
			hj_slice text = hj_trim(posture->items[k].text);
			hj_text_printf(&matrix->key, "%zu:", text.size);
			hj_text_append(&matrix->key, text);
		}
		hj_slice key = hj_arena_copy(&matrix->arena, hj_text_slice(&matrix->key), &ok);
		if (!ok || matrix->key.status ||
			hj_map_put(
				&numbers, key, matrix->condition_count + 1, &number, &was_there)) {
			hj__matrix_fail(matrix);
			break;
		}
		matrix->condition_count += !was_there;
		matrix->condition[i] = *number;
		matrix->conditions[*number] = posture;
	}
	hj_map_free(&numbers);
}

static void make_rooms(hj__matrix *matrix)
{
	hj_reach *reach = matrix->reach;
	size_t terms = (size_t)reach->all + 1, columns = matrix->out->column_count;
	hj__party_init(reach, &matrix->from.party);
	hj__party_init(reach, &matrix->to.party);
	hj__coverage_init(reach, &matrix->from.coverage, &reach->sources);
	hj__coverage_init(reach, &matrix->to.coverage, &reach->destinations);
	hj__take_status(reach, &matrix->status);
	matrix->terms = hj__matrix_room(matrix, terms, sizeof *matrix->terms);
	matrix->touched = hj__matrix_room(matrix, terms, sizeof *matrix->touched);
	matrix->rules = hj__matrix_room(matrix, reach->rule_count, sizeof *matrix->rules);
	matrix->doubtful = hj__matrix_room(matrix, reach->rule_count, sizeof *matrix->doubtful);
	matrix->ranks = hj__matrix_room(matrix, reach->rule_count, sizeof *matrix->ranks);
	matrix->meets = hj__matrix_room(matrix, columns, sizeof *matrix->meets);
	matrix->columns = hj__matrix_room(matrix, columns, sizeof *matrix->columns);
}

static void make(hj__matrix *matrix)
{
	hj__axes_make(matrix);
	if (!matrix->status)
		make_rooms(matrix);
	if (!matrix->status)
		make_places(matrix);
	if (!matrix->status)
		make_leads(matrix);
	if (!matrix->status)
		number_conditions(matrix);
	if (!matrix->status)
		hj__columns_cover(matrix);
	for (uint32_t row = 0; row < matrix->out->row_count && !matrix->status; row++) {
		hj__row_meet(matrix, row);
		if (!matrix->status)
			close_row(matrix, row);
	}
}

hj_status hj_matrix_make(hj_reach *reach, const hj_matrix_options *options,
	const hj_allocator *allocator, hj_matrix *out, const char **what)
{
	static const hj_matrix_options usual;
	hj__matrix matrix = {.reach = reach, .out = out, .allocator = allocator, .what = what};
	matrix.options = options ? options : &usual;
	*out = (hj_matrix){.allocator = allocator};
	hj_arena_init(&out->arena, allocator);
	hj_arena_init(&matrix.arena, allocator);
	matrix.subjects.allocator = allocator;
	hj_map_init(&matrix.set_of, allocator);
	hj_map_init(&matrix.union_of, allocator);
	hj_text_init(&matrix.key, allocator);
	make(&matrix);
	hj__party_free(reach, &matrix.from.party);
	hj__party_free(reach, &matrix.to.party);
	hj_subjects_free(&matrix.subjects);
	hj_map_free(&matrix.set_of);
	hj_map_free(&matrix.union_of);
	hj_text_free(&matrix.key);
	hj_free(allocator, matrix.numbers, matrix.number_capacity * sizeof *matrix.numbers);
	hj_free(allocator, matrix.touches, matrix.touch_capacity * sizeof *matrix.touches);
	hj_free(allocator, matrix.places, matrix.place_capacity * sizeof *matrix.places);
	hj_free(allocator, matrix.meetings, matrix.meeting_capacity * sizeof *matrix.meetings);
	hj_free(allocator, matrix.stand, matrix.stand_capacity * sizeof *matrix.stand);
	hj_free(allocator, matrix.sorted, matrix.sorted_capacity * sizeof *matrix.sorted);
	hj_arena_free(&matrix.arena);
	if (matrix.status)
		hj_matrix_free(out);
	return matrix.status;
}

void hj_matrix_free(hj_matrix *matrix)
{
	const hj_allocator *allocator = matrix->allocator;
	for (size_t i = 0; i < matrix->set_count; i++)
		hj_services_free(&matrix->sets[i]);
	hj_free(allocator, matrix->sets, matrix->set_capacity * sizeof *matrix->sets);
	hj_free(allocator, matrix->texts, matrix->text_capacity * sizeof *matrix->texts);
	hj_free(allocator, matrix->cells, matrix->cell_capacity * sizeof *matrix->cells);
	hj_free(allocator, matrix->rules, matrix->rule_capacity * sizeof *matrix->rules);
	hj_arena_free(&matrix->arena);
	*matrix = (hj_matrix){.allocator = allocator};
}

const hj_matrix_cell *hj_matrix_at(const hj_matrix *matrix, uint32_t row, uint32_t column)
{
	size_t from = 0, to = matrix->cell_count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const hj_matrix_cell *cell = &matrix->cells[middle];
		if (cell->row == row && cell->column == column)
			return cell;
		if (cell->row < row || (cell->row == row && cell->column < column))
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}
