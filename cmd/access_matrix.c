/*
 * `access matrix`: what is shown, and the forms without layout.
 */
#include "cmd/access_matrix.h"
#include "cmd/report.h"

/* -- cells ----------------------------------------------------------------------------------------- */

const hj_matrix_cell *matrix_cell(
	const struct matrix_view *view, uint32_t i, uint32_t k, size_t *cursor)
{
	const hj_matrix *matrix = view->matrix;
	uint32_t row = view->rows[i], column = view->columns[k];
	while (*cursor < matrix->cell_count) {
		const hj_matrix_cell *cell = &matrix->cells[*cursor];
		if (cell->row == row && cell->column == column)
			return cell;
		if (cell->row > row || (cell->row == row && cell->column > column))
			return NULL;
		++*cursor;
	}
	return NULL;
}

void matrix_put_cell(hj_text *out, const hj_matrix *matrix, const hj_matrix_cell *cell)
{
	hj_slice all = matrix->texts[cell->services], partly = matrix->texts[cell->partly];
	hj_text_append(out, all);
	if (partly.size) {
		hj_text_str(out, all.size ? " (" : "(");
		hj_text_append(out, partly);
		hj_text_byte(out, ')');
	}
}

static const struct reason {
	unsigned bit;
	const char *name, *text;
} reasons[] = {
	{HJ_PARTLY_SOME, "some", "only some of them"},
	{HJ_PARTLY_OWN, "own", "only their own devices"},
	{HJ_PARTLY_POSTURE, "posture", "a posture has to be met"},
	{HJ_PARTLY_VIA, "via", "through certain routers"},
	{HJ_PARTLY_FACT, "fact", "it hangs on facts that are not known"},
};
enum { REASONS = sizeof reasons / sizeof *reasons };

static const struct reason *next_reason(unsigned *why)
{
	for (size_t i = 0; i < REASONS; i++)
		if (*why & reasons[i].bit) {
			*why &= ~reasons[i].bit;
			return &reasons[i];
		}
	return NULL;
}

const char *matrix_next_reason(unsigned *why)
{
	const struct reason *reason = next_reason(why);
	return reason ? reason->text : NULL;
}

void matrix_put_lines(struct access *access, const hj_matrix *matrix, const hj_matrix_cell *cell)
{
	hj_rule_place first[ACCESS_LINES];
	uint32_t count = 0;
	for (; count < cell->rule_count && count < ACCESS_LINES; count++)
		first[count] = matrix->places[matrix->rules[cell->first_rule + count]];
	access_lines_append(access, first, count, cell->rule_count, &access->text);
}

/* -- CSV (RFC 4180) -------------------------------------------------------------------------------- */

static void put_field(hj_text *out, hj_slice text)
{
	hj_text_byte(out, '"');
	/* Spreadsheets take what begins so for a formula. */
	if (text.size && memchr("=+-@\t\r", text.data[0], 6))
		hj_text_byte(out, '\'');
	for (const char *quote; text.size && (quote = memchr(text.data, '"', text.size));) {
		size_t size = (size_t)(quote - text.data) + 1;
		hj_text_append(out, hj_slice_of(text.data, size));
		hj_text_byte(out, '"');
		text = hj_slice_of(text.data + size, text.size - size);
	}
	hj_text_append(out, text);
	hj_text_byte(out, '"');
}

void matrix_put_csv(struct access *access, const struct matrix_view *view)
{
	hj_text *out = &access->text, cell;
	size_t cursor = 0;
	hj_text_init(&cell, access->app->allocator);
	put_field(out, HJ_SLICE("source"));
	for (uint32_t k = 0; k < view->column_count; k++) {
		hj_text_byte(out, ',');
		put_field(out, view->matrix->columns[view->columns[k]].name);
	}
	hj_text_str(out, "\r\n");
	for (uint32_t i = 0; i < view->row_count; i++) {
		put_field(out, view->matrix->rows[view->rows[i]].name);
		for (uint32_t k = 0; k < view->column_count; k++) {
			const hj_matrix_cell *found = matrix_cell(view, i, k, &cursor);
			hj_text_clear(&cell);
			if (found)
				matrix_put_cell(&cell, view->matrix, found);
			hj_text_byte(out, ',');
			put_field(out, hj_text_slice(&cell));
		}
		hj_text_str(out, "\r\n");
		access_pass_on(access);
	}
	if (cell.status)
		out->status = cell.status;
	hj_text_free(&cell);
}

/* -- JSON ------------------------------------------------------------------------------------------ */

static void emit_axis(struct access *access, const char *name, const hj_axis_item *items,
	const uint32_t *shown, uint32_t count)
{
	hj_emit *emit = &access->emit;
	hj_emit_array(emit, name);
	for (uint32_t i = 0; i < count; i++) {
		const hj_axis_item *item = &items[shown[i]];
		hj_emit_object(emit, NULL);
		hj_emit_string(emit, "kind", hj_slice_str(hj_axis_kind_name(item->kind)));
		hj_emit_string(emit, "name", item->name);
		hj_emit_end(emit);
	}
	hj_emit_end(emit);
}

static void emit_cell(struct access *access, const hj_matrix *matrix, const hj_matrix_cell *cell)
{
	hj_emit *emit = &access->emit;
	unsigned why = cell->why;
	hj_emit_object(emit, NULL);
	unsigned indent = emit->indent;
	emit->indent = 0;
	hj_emit_string(emit, "source", matrix->rows[cell->row].name);
	hj_emit_string(emit, "destination", matrix->columns[cell->column].name);
	access_emit_services(access, "services", &matrix->sets[cell->services]);
	access_emit_services(access, "partly", &matrix->sets[cell->partly]);
	hj_emit_array(emit, "because");
	for (const struct reason *reason; (reason = next_reason(&why));)
		hj_emit_string(emit, NULL, hj_slice_str(reason->name));
	hj_emit_end(emit);
	hj_emit_array(emit, "lines");
	for (uint32_t i = 0; i < cell->rule_count; i++) {
		const hj_rule_place *rule = &matrix->places[matrix->rules[cell->first_rule + i]];
		if (rule->section != HJ_OF_NO_RULE)
			hj_emit_number(emit, NULL, access_line(access, rule->node));
	}
	hj_emit_end(emit);
	hj_emit_end(emit);
	emit->indent = indent;
}

void matrix_put_json(struct access *access, const struct matrix_view *view)
{
	const hj_matrix *matrix = view->matrix;
	hj_emit *emit = &access->emit;
	hj_emit_object(emit, NULL);
	emit_axis(access, "rows", matrix->rows, view->rows, view->row_count);
	emit_axis(access, "columns", matrix->columns, view->columns, view->column_count);
	hj_emit_array(emit, "cells");
	for (size_t i = 0; i < matrix->cell_count; i++) {
		/* A cell a line: there may be millions. */
		emit_cell(access, matrix, &matrix->cells[i]);
		access_pass_on(access);
	}
	hj_emit_end(emit);
	hj_emit_end(emit);
	hj_text_byte(&access->text, '\n');
}

/* -- the table ------------------------------------------------------------------------------------- */

static void put_padded(hj_text *out, hj_slice cell, size_t width)
{
	size_t has = access_width(cell);
	hj_text_append(out, cell);
	hj_text_repeat(out, ' ', has < width ? width - has : 0);
}

struct table {
	struct access *access;
	const struct matrix_view *view;
	size_t *widths; /* of each column */
	size_t first;   /* of the names of rows */
	hj_text cell;
};

static hj_slice name_cell(struct table *table, hj_slice name)
{
	hj_text_clear(&table->cell);
	report_safe(&table->cell, name);
	return hj_text_slice(&table->cell);
}

static hj_slice service_cell(struct table *table, uint32_t i, uint32_t k, size_t *cursor)
{
	const hj_matrix *matrix = table->view->matrix;
	const hj_matrix_cell *cell = matrix_cell(table->view, i, k, cursor);
	hj_text_clear(&table->cell);
	if (!cell)
		return HJ_SLICE("-");
	matrix_put_cell(&table->cell, matrix, cell);
	return hj_text_slice(&table->cell);
}

static void widen(size_t *width, hj_slice cell)
{
	size_t has = access_width(cell);
	*width = has > *width ? has : *width;
}

static void measure(struct table *table)
{
	const struct matrix_view *view = table->view;
	const hj_matrix *matrix = view->matrix;
	size_t cursor = 0;
	for (uint32_t k = 0; k < view->column_count; k++) {
		table->widths[k] = 0;
		widen(&table->widths[k], name_cell(table, matrix->columns[view->columns[k]].name));
	}
	for (uint32_t i = 0; i < view->row_count; i++) {
		widen(&table->first, name_cell(table, matrix->rows[view->rows[i]].name));
		for (uint32_t k = 0; k < view->column_count; k++)
			widen(&table->widths[k], service_cell(table, i, k, &cursor));
	}
}

static void put_rows(struct table *table)
{
	const struct matrix_view *view = table->view;
	const hj_matrix *matrix = view->matrix;
	hj_text *out = &table->access->text;
	size_t cursor = 0;
	hj_text_repeat(out, ' ', table->first);
	for (uint32_t k = 0; k < view->column_count; k++) {
		bool last = k + 1 == view->column_count;
		hj_text_str(out, "  ");
		put_padded(out, name_cell(table, matrix->columns[view->columns[k]].name),
			last ? 0 : table->widths[k]);
	}
	hj_text_byte(out, '\n');
	for (uint32_t i = 0; i < view->row_count; i++) {
		put_padded(out, name_cell(table, matrix->rows[view->rows[i]].name), table->first);
		for (uint32_t k = 0; k < view->column_count; k++) {
			bool last = k + 1 == view->column_count;
			hj_text_str(out, "  ");
			put_padded(out, service_cell(table, i, k, &cursor),
				last ? 0 : table->widths[k]);
		}
		hj_text_byte(out, '\n');
		access_pass_on(table->access);
	}
}

/* What brackets mean, if there are any, and what is left out. */
static void put_notes(struct table *table)
{
	const struct matrix_view *view = table->view;
	const hj_matrix *matrix = view->matrix;
	hj_text *out = &table->access->text;
	bool partly = false;
	for (size_t i = 0; i < matrix->cell_count && !partly; i++)
		partly = matrix->cells[i].partly != 0;
	uint32_t rows = matrix->row_count - view->row_count;
	uint32_t columns = matrix->column_count - view->column_count;
	if (partly)
		hj_text_str(out, "\n(…) not for all of them, or under a condition\n");
	if (rows || columns)
		hj_text_printf(out, "%snot shown, for they have nothing: %u rows, %u columns\n",
			partly ? "" : "\n", (unsigned)rows, (unsigned)columns);
}

void matrix_put_table(struct access *access, const struct matrix_view *view)
{
	struct table table = {.access = access, .view = view};
	size_t bytes = view->column_count * sizeof *table.widths;
	table.widths = hj_alloc(access->app->allocator, bytes);
	hj_text_init(&table.cell, access->app->allocator);
	if (!table.widths) {
		access->text.status = HJ_NO_MEMORY;
		return;
	}
	measure(&table);
	if (view->row_count)
		put_rows(&table);
	else
		hj_text_str(&access->text, "nothing is allowed\n");
	put_notes(&table);
	if (table.cell.status)
		access->text.status = table.cell.status;
	hj_text_free(&table.cell);
	hj_free(access->app->allocator, table.widths, bytes);
}
