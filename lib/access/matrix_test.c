/*
 * The matrix against its plain twin, on random tailnets: every subject of a row with every one of a
 * column, every rule, every source and destination of it.
 */
#include "access/matrix_parts.h"
#include "testdata/support/tailnet.h"

#include <criterion/criterion.h>

enum { TAILNETS = 60 };

/* -- the plain twin -------------------------------------------------------------------------------- */

static bool is_place(const hj_subject *subject)
{
	return subject->kind == HJ_SUBJECT_RANGE || subject->kind == HJ_SUBJECT_SERVICE;
}

/* Does a term cover a subject? That an unknown device may have an address says nothing. */
static hj_truth covers(hj_reach *reach, uint32_t term, const hj_subject *subject, bool destination)
{
	hj__party party;
	memset(&party, 0, sizeof party);
	hj__party_init(reach, &party);
	hj__party_set(reach, &party, subject, NULL);
	hj_truth truth = hj__cover(reach, &party, term, destination, false).truth;
	hj__party_free(reach, &party);
	if (truth == HJ_MAYBE && is_place(subject) != hj__term_is_place(reach, term))
		return HJ_NO;
	return truth;
}

static hj_truth has_source(hj_reach *reach, const hj_permit *permit, const hj_subject *subject)
{
	hj_truth best = HJ_NO;
	if (!permit->src)
		return covers(reach, reach->all, subject, false);
	for (uint32_t i = 0; i < permit->src->count; i++) {
		hj_truth truth = covers(reach, permit->src->items[i].term, subject, false);
		best = truth > best ? truth : best;
	}
	return best;
}

static hj_truth meets(hj_reach *reach, const hj_permit *permit, const hj_subject *subject)
{
	hj_origin origin = {.subject = *subject};
	hj_truth best = permit->posture->count ? HJ_NO : HJ_YES;
	for (uint32_t i = 0; i < permit->posture->count; i++) {
		hj_truth truth;
		hj_slice name = hj_trim(permit->posture->items[i].text);
		cr_assert_eq(hj_posture_holds(reach, name, &origin, &truth), HJ_OK);
		best = truth > best ? truth : best;
	}
	return best;
}

static hj_truth routed(hj_reach *reach, uint32_t permit, const hj_subject *subject)
{
	if (reach->permits[permit].via->count == 0)
		return HJ_YES;
	hj__party party;
	memset(&party, 0, sizeof party);
	hj__party_init(reach, &party);
	hj__party_set(reach, &party, subject, NULL);
	hj_truth truth = hj__routed(reach, permit, &party, false);
	hj__party_free(reach, &party);
	return truth;
}

static bool is_self(const hj_reach *reach, uint32_t term)
{
	const hj_selector *selector = hj__selector(reach, term);
	return selector->kind == HJ_SELECT_AUTOGROUP && selector->autogroup == HJ_AUTOGROUP_SELF;
}

static hj_truth least(hj_truth a, hj_truth b)
{
	return a < b ? a : b;
}

static hj_truth judge(hj_reach *reach, uint32_t at, const hj_subject *from, const hj_subject *to)
{
	const hj_permit *permit = &reach->permits[at];
	uint32_t term = hj__permit_term(reach, permit);
	uint32_t one = hj__user_of(reach, from), other = hj__user_of(reach, to);
	hj_truth truth = least(has_source(reach, permit, from), meets(reach, permit, from));
	if (is_self(reach, term))
		return one != HJ_NONE && one == other ? truth : HJ_NO;
	return least(truth, least(covers(reach, term, to, true), routed(reach, at, to)));
}

struct cell {
	hj_services all, partly;
};

/* Is somebody of a row out of a permit's sources, or something of a column out of its reach? */
static bool lacks_some(
	hj_reach *reach, uint32_t at, const hj_subjects *rows, const hj_subjects *columns)
{
	const hj_permit *permit = &reach->permits[at];
	for (uint32_t i = 0; rows && i < rows->count; i++)
		if (!least(has_source(reach, permit, &rows->items[i]),
			    meets(reach, permit, &rows->items[i])))
			return true;
	for (uint32_t i = 0; columns && i < columns->count; i++)
		if (!covers(reach, hj__permit_term(reach, permit), &columns->items[i], true) ||
			!routed(reach, at, &columns->items[i]))
			return true;
	return false;
}

/* What one permit adds to a cell. */
static void add(struct cell *cell, hj_reach *reach, uint32_t at, const hj_subjects *rows,
	const hj_subjects *columns)
{
	const hj_permit *permit = &reach->permits[at];
	bool all = true, any = false;
	for (uint32_t i = 0; i < rows->count; i++)
		for (uint32_t k = 0; k < columns->count; k++) {
			hj_truth truth = judge(reach, at, &rows->items[i], &columns->items[k]);
			all = all && truth == HJ_YES;
			any = any || truth != HJ_NO;
		}
	if (any)
		cr_assert_eq(hj_services_add(all ? &cell->all : &cell->partly, permit->services,
				     permit->service_count),
			HJ_OK);
}

/* -- comparing ------------------------------------------------------------------------------------- */

static hj_subjects subjects_of(hj_reach *reach, const hj_axis_item *item, bool destination)
{
	hj_subjects out = {0};
	const char *what;
	if (item->kind == HJ_AXIS_DEVICE) {
		const hj_inventory *inventory = reach->world->inventory;
		hj__subjects_add(reach, &out,
			(hj_subject){.kind = HJ_SUBJECT_DEVICE,
				.index = hj_inventory_device(inventory, item->name),
				.name = item->name});
		return out;
	}
	cr_assert_eq(hj_expand(reach, item->name, destination, &out, &what), HJ_OK);
	return out;
}

static void expect_text(const hj_matrix *matrix, uint32_t set, const hj_services *want,
	const struct tailnet *tailnet, const char *what, const hj_matrix_cell *cell)
{
	hj_text text;
	hj_text_init(&text, NULL);
	hj_services_append(&text, want);
	hj_slice row = matrix->rows[cell->row].name, column = matrix->columns[cell->column].name;
	cr_assert(hj_slice_equal(hj_text_slice(&text), matrix->texts[set]),
		"%s of %.*s to %.*s: \"%.*s\", not \"%.*s\"\n%s\n%s", what, (int)row.size, row.data,
		(int)column.size, column.data, (int)matrix->texts[set].size,
		matrix->texts[set].data, (int)text.size, text.size ? text.data : "",
		tailnet->texts[0].data, tailnet->texts[1].data);
	hj_text_free(&text);
}

/* What is beyond the services for all, as whole sets of permits. */
static void judge_cell(struct tailnet *tailnet, const hj_matrix *matrix, uint32_t row,
	uint32_t column, const hj_subjects *rows, const hj_subjects *columns)
{
	static const hj_matrix_cell nothing;
	hj_reach *reach = tailnet->reach;
	struct cell want = {{0}, {0}};
	bool wide_row = matrix->rows[row].kind == HJ_AXIS_AUTOGROUP;
	bool wide_column = matrix->columns[column].kind == HJ_AXIS_AUTOGROUP;
	for (uint32_t i = 0; i < reach->permit_count; i++)
		if (reach->permits[i].service_count &&
			/* Everybody's own devices are autogroup:self's. */
			!((wide_row || wide_column) &&
				is_self(reach, hj__permit_term(reach, &reach->permits[i]))) &&
			!lacks_some(reach, i, wide_row ? rows : NULL, wide_column ? columns : NULL))
			add(&want, reach, i, rows, columns);
	const hj_matrix_cell *found = hj_matrix_at(matrix, row, column);
	hj_matrix_cell cell = found ? *found : nothing;
	cell.row = row;
	cell.column = column;
	expect_text(matrix, cell.services, &want.all, tailnet, "services", &cell);
	/* Sets that go beyond are kept whole: compare both together. */
	cr_assert_eq(hj_services_unite(&want.partly, &want.all), HJ_OK);
	hj_services both;
	hj_services_init(&both, NULL);
	cr_assert_eq(hj_services_unite(&both, &matrix->sets[cell.services]), HJ_OK);
	cr_assert_eq(hj_services_unite(&both, &matrix->sets[cell.partly]), HJ_OK);
	if (!hj_services_equal(&both, &want.partly))
		expect_text(matrix, cell.partly, &want.partly, tailnet, "services in part", &cell);
	cr_assert_eq(cell.partly != 0, cell.why != 0);
	cr_assert_eq(cell.services || cell.partly, cell.rule_count > 0);
	hj_services_free(&both);
	hj_services_free(&want.all);
	hj_services_free(&want.partly);
}

/* Whose subjects are too many, or none, has no plain twin. */
static bool is_special(const hj_axis_item *item)
{
	return hj_slice_equal(item->name, HJ_SLICE("*")) ||
		hj_slice_equal(item->name, HJ_SLICE("autogroup:danger-all")) ||
		hj_slice_equal(item->name, HJ_SLICE("autogroup:self"));
}

static void judge_matrix(struct tailnet *tailnet, const hj_matrix *matrix, uint64_t seed)
{
	for (uint32_t row = 0; row < matrix->row_count; row++) {
		if (is_special(&matrix->rows[row]) || (row + seed) % 3)
			continue;
		hj_subjects rows = subjects_of(tailnet->reach, &matrix->rows[row], false);
		for (uint32_t column = 0; column < matrix->column_count; column++) {
			if (is_special(&matrix->columns[column]))
				continue;
			hj_subjects columns =
				subjects_of(tailnet->reach, &matrix->columns[column], true);
			judge_cell(tailnet, matrix, row, column, &rows, &columns);
			hj_subjects_free(&columns);
		}
		hj_subjects_free(&rows);
	}
}

Test(matrix, agrees_with_its_twin)
{
	size_t cells = 0, partly = 0;
	for (uint64_t seed = 1; seed <= TAILNETS; seed++) {
		struct tailnet tailnet;
		tailnet_random(&tailnet, seed);
		hj_matrix_options options = {.rows = (1U << HJ_AXIS_KINDS) - 1};
		options.columns = options.rows;
		hj_matrix matrix;
		const char *what;
		cr_assert_eq(hj_matrix_make(tailnet.reach, &options, NULL, &matrix, &what), HJ_OK);
		judge_matrix(&tailnet, &matrix, seed);
		cells += matrix.cell_count;
		for (size_t i = 0; i < matrix.cell_count; i++)
			partly += matrix.cells[i].partly != 0;
		hj_matrix_free(&matrix);
		tailnet_close(&tailnet);
	}
	/* The tailnets are such that something hangs on what is compared. */
	cr_expect_gt(cells, 1000);
	cr_expect_gt(partly, cells / 20);
	cr_expect_lt(partly, cells / 2);
}
