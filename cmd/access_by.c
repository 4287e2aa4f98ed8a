/*
 * `access matrix`, and `who` and `what` with --by: who stands where, and what is shown of it.
 */
#include "cmd/access_matrix.h"
#include "cmd/report.h"

/* "group,tag" → a mask of kinds. False: it was said what is wrong. */
static bool read_kinds(struct access *access, unsigned *out)
{
	const char *at = options_value(access->arguments, "by");
	*out = 0;
	while (at && *at) {
		size_t size = strcspn(at, ","), kind = 0;
		hj_slice name = hj_slice_of(at, size);
		while (kind < HJ_AXIS_KINDS &&
			!hj_slice_equal(name, hj_slice_str(hj_axis_kind_name((hj_axis_kind)kind))))
			kind++;
		if (kind == HJ_AXIS_KINDS) {
			options_misuse(access->app, access->arguments->command,
				"--by: '%.*s' is none of autogroup, group, user, tag, host, ipset, "
				"service, address, device",
				HJ_SLICE_ARGS(name));
			return false;
		}
		*out |= 1U << kind;
		at += size + (at[size] == ',');
	}
	return true;
}

static int make(
	struct access *access, const hj_matrix_options *options, hj_slice text, hj_matrix *out)
{
	const char *what = NULL;
	hj_status status =
		hj_matrix_make(access->reach, options, access->app->allocator, out, &what);
	return status ? access_complain(access, text, status, what) : EXIT_CLEAN;
}

/* -- the matrix ------------------------------------------------------------------------------------ */

static uint32_t choose(const hj_axis_item *items, uint32_t count, bool all, uint32_t *out)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < count; i++)
		if (all || !items[i].empty)
			out[kept++] = i;
	return kept;
}

static void put_matrix(struct access *access, const struct matrix_view *view)
{
	static const struct {
		const char *format;
		void (*put)(struct access *access, const struct matrix_view *view);
	} formats[] = {
		{"text", matrix_put_table},
		{"csv", matrix_put_csv},
		{"json", matrix_put_json},
		{"html", matrix_put_page},
	};
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (access_wants(access, formats[i].format))
			formats[i].put(access, view);
}

int access_matrix(struct access *access)
{
	hj_matrix_options options = {0};
	hj_matrix matrix;
	if (!read_kinds(access, &options.rows))
		return EXIT_TROUBLE;
	options.columns = options.rows;
	int status = make(access, &options, HJ_SLICE("matrix"), &matrix);
	if (status)
		return status;
	bool all = options_has(access->arguments, "all");
	const hj_allocator *allocator = access->app->allocator;
	size_t rows = matrix.row_count * sizeof(uint32_t);
	size_t columns = matrix.column_count * sizeof(uint32_t);
	struct matrix_view view = {.matrix = &matrix,
		.rows = hj_alloc(allocator, rows),
		.columns = hj_alloc(allocator, columns)};
	if (view.rows && view.columns) {
		view.row_count = choose(matrix.rows, matrix.row_count, all, view.rows);
		view.column_count = choose(matrix.columns, matrix.column_count, all, view.columns);
		put_matrix(access, &view);
	} else {
		access->text.status = HJ_NO_MEMORY;
	}
	hj_free(allocator, view.rows, rows);
	hj_free(allocator, view.columns, columns);
	hj_matrix_free(&matrix);
	return access_pass(access);
}

/* -- one row or column ----------------------------------------------------------------------------- */

static hj_slice name_of(const hj_matrix *matrix, const hj_matrix_cell *cell, bool rows)
{
	return rows ? matrix->rows[cell->row].name : matrix->columns[cell->column].name;
}

static void widen(size_t *width, hj_text *cell)
{
	size_t has = access_width(hj_text_slice(cell));
	*width = has > *width ? has : *width;
	hj_text_clear(cell);
}

static void put_padded(hj_text *out, hj_text *cell, size_t width)
{
	hj_text_append(out, hj_text_slice(cell));
	hj_text_repeat(out, ' ', width + 2 - access_width(hj_text_slice(cell)));
	hj_text_clear(cell);
}

/* The cells of the one row or column, a line each. */
static void put_lines(struct access *access, const hj_matrix *matrix, bool rows)
{
	hj_text *out = &access->text, cell;
	size_t names = 0, services = 0;
	hj_text_init(&cell, access->app->allocator);
	for (size_t i = 0; i < matrix->cell_count; i++) {
		report_safe(&cell, name_of(matrix, &matrix->cells[i], rows));
		widen(&names, &cell);
		matrix_put_cell(&cell, matrix, &matrix->cells[i]);
		widen(&services, &cell);
	}
	for (size_t i = 0; i < matrix->cell_count && !out->status && !cell.status; i++) {
		const hj_matrix_cell *found = &matrix->cells[i];
		unsigned why = found->why;
		report_safe(&cell, name_of(matrix, found, rows));
		put_padded(out, &cell, names);
		matrix_put_cell(&cell, matrix, found);
		put_padded(out, &cell, services);
		matrix_put_lines(access, matrix, found);
		for (const char *reason; (reason = matrix_next_reason(&why));)
			hj_text_printf(out, ", %s", reason);
		hj_text_byte(out, '\n');
		access_pass_on(access);
	}
	if (cell.status)
		out->status = cell.status;
	hj_text_free(&cell);
}

int access_by(struct access *access, const hj_access_target *target, hj_slice text)
{
	hj_matrix_options options = {.column = target};
	hj_matrix matrix;
	unsigned kinds;
	if (!read_kinds(access, &kinds))
		return EXIT_TROUBLE;
	if (target) {
		options.rows = kinds;
	} else {
		options.columns = kinds;
		options.row = text;
	}
	int status = make(access, &options, text, &matrix);
	if (status)
		return status;
	if (access_wants(access, "json")) {
		uint32_t only = 0;
		struct matrix_view view = {&matrix, &only, &only, 1, 1};
		matrix_put_json(access, &view);
	} else {
		put_lines(access, &matrix, target != NULL);
	}
	hj_matrix_free(&matrix);
	return access_pass(access);
}
