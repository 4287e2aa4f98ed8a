/*
 * The matrix on paper: as a table for terminals, CSV, JSON, and a page for browsers.
 */
#ifndef HJ_CMD_ACCESS_MATRIX_H
#define HJ_CMD_ACCESS_MATRIX_H

#include "cmd/access.h"

/* A matrix, and what of it is shown: rows and columns by their numbers. */
struct matrix_view {
	const hj_matrix *matrix;
	uint32_t *rows, *columns;
	uint32_t row_count, column_count;
};

/* Each appends to access->text, and passes it on as it grows. */
void matrix_put_table(struct access *access, const struct matrix_view *view);
void matrix_put_csv(struct access *access, const struct matrix_view *view);
void matrix_put_json(struct access *access, const struct matrix_view *view);
void matrix_put_page(struct access *access, const struct matrix_view *view);

/* The cell at shown row i and column k, or NULL; asked in their order, with a cursor that is 0 first. */
const hj_matrix_cell *matrix_cell(
	const struct matrix_view *view, uint32_t i, uint32_t k, size_t *cursor);
/* "22, 443 (8080)": what is for all, then in brackets what is not. */
void matrix_put_cell(hj_text *out, const hj_matrix *matrix, const hj_matrix_cell *cell);
/* "line 7", "lines 7, 12 and 8 more" */
void matrix_put_lines(struct access *access, const hj_matrix *matrix, const hj_matrix_cell *cell);
/* The next reason of HJ_PARTLY_ bits: its words, and it is taken off the bits; NULL: no more. */
const char *matrix_next_reason(unsigned *why);

#endif
