/*
 * The matrix as a page: one file, no script, nothing from elsewhere.
 */
#include "cmd/access_matrix.h"
#include "cmd/escape.h"

static const char head[] =
	"<!DOCTYPE html>\n"
	"<html lang=\"en\">\n"
	"<head>\n"
	"<meta charset=\"utf-8\"/>\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	"style-src 'unsafe-inline'\"/>\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	"<meta name=\"color-scheme\" content=\"light dark\"/>\n"
	"<meta name=\"generator\" content=\"hujson " HJ_VERSION "\"/>\n"
	"<title>Who reaches what</title>\n"
	"<style>\n"
	":root { --back: #fff; --ink: #1c1f23; --faint: #6a737d; --line: #d7dbe0; --head: "
	"#f2f4f6;\n"
	"  --all: #d9f2df; --part: #fdf0c8; --wide: #f9d7d3; }\n"
	"@media (prefers-color-scheme: dark) {\n"
	"  :root { --back: #16181b; --ink: #e6e8eb; --faint: #98a1ab; --line: #353a40;\n"
	"    --head: #22262a; --all: #1d4429; --part: #4d4013; --wide: #5b2722; }\n"
	"}\n"
	"* { box-sizing: border-box; }\n"
	"body { margin: 0; padding: 1rem; background: var(--back); color: var(--ink);\n"
	"  font: 14px/1.4 system-ui, sans-serif; }\n"
	"h1 { font-size: 1.25rem; margin: 0 0 .25rem; }\n"
	"p { margin: 0 0 .75rem; color: var(--faint); max-width: 60rem; }\n"
	".key { display: inline-block; padding: 0 .4rem; color: var(--ink); }\n"
	".box { overflow: auto; max-height: calc(100vh - 9rem); border: 1px solid var(--line); }\n"
	".box:focus { outline: 2px solid Highlight; }\n"
	"table { border-collapse: separate; border-spacing: 0; }\n"
	"th, td { padding: .25rem .5rem; border: 0 solid var(--line); border-width: 0 1px 1px 0;\n"
	"  text-align: left; vertical-align: top; white-space: nowrap; }\n"
	"th { background: var(--head); font-weight: 600; position: sticky; z-index: 1; }\n"
	"thead th { top: 0; vertical-align: bottom; }\n"
	"tbody th { left: 0; }\n"
	"thead th:first-child { left: 0; z-index: 2; }\n"
	"td { font-family: ui-monospace, monospace; font-size: 13px; }\n"
	"td span { display: block; max-width: 22rem; white-space: normal; }\n"
	"small { display: block; font: 11px/1.3 system-ui, sans-serif; color: var(--faint); }\n"
	".all { background: var(--all); }\n"
	".part { background: var(--part); }\n"
	".wide { background: var(--wide); }\n"
	"tr:hover td:not(.all):not(.part):not(.wide) { background: var(--head); }\n"
	"@page { size: landscape; margin: 1cm; }\n"
	"@media print {\n"
	"  body { padding: 0; }\n"
	"  .box { overflow: visible; max-height: none; border: 0; }\n"
	"  table { width: 100%; border-left: 1px solid var(--line); }\n"
	"  thead { display: table-header-group; }\n"
	"  tr { break-inside: avoid; }\n"
	"  th, td { position: static; padding: 2px 3px; font-size: 8px; white-space: normal;\n"
	"    overflow-wrap: anywhere; print-color-adjust: exact; -webkit-print-color-adjust: "
	"exact; }\n"
	"  small { font-size: 6px; }\n"
	"}\n"
	"</style>\n"
	"</head>\n"
	"<body>\n";

/* How a cell is coloured: all ports of everything, something for all, something for some. */
static const char *class_of(const hj_matrix *matrix, const hj_matrix_cell *cell)
{
	if (hj_slice_equal(matrix->texts[cell->services], HJ_SLICE("*")))
		return "wide";
	return cell->services ? "all" : "part";
}

static void put_cell(struct access *access, const hj_matrix *matrix, const hj_matrix_cell *cell)
{
	hj_text *out = &access->text;
	if (!cell) {
		hj_text_str(out, "<td></td>\n");
		return;
	}
	unsigned why = cell->why;
	hj_text_printf(out, "<td class=\"%s\"><span>", class_of(matrix, cell));
	matrix_put_cell(out, matrix, cell);
	hj_text_str(out, "</span><small>");
	matrix_put_lines(access, matrix, cell);
	for (const char *reason; (reason = matrix_next_reason(&why));)
		hj_text_printf(out, "<br/>%s", reason);
	hj_text_str(out, "</small></td>\n");
}

static void put_head(struct access *access, const struct matrix_view *view)
{
	hj_text *out = &access->text;
	const hj_matrix *matrix = view->matrix;
	hj_text_str(out, head);
	hj_text_str(out, "<h1 id=\"title\">Who reaches what: ");
	escape_xml(out, hj_slice_str(access->opened.input.path));
	hj_text_str(out,
		"</h1>\n<p>Rows may reach columns on these ports. <b class=\"key wide\">*</b> all "
		"ports, <b class=\"key all\">22</b> for all of them, <b class=\"key "
		"part\">(22)</b> "
		"not for all of them, or under a condition. A port alone is TCP, UDP and ping.");
	uint32_t rows = matrix->row_count - view->row_count;
	uint32_t columns = matrix->column_count - view->column_count;
	if (rows || columns)
		hj_text_printf(out, " Not shown, for they have nothing: %u rows, %u columns.",
			(unsigned)rows, (unsigned)columns);
	hj_text_str(out,
		"</p>\n<div class=\"box\" tabindex=\"0\" role=\"region\" aria-label=\"Access "
		"matrix\">\n<table aria-labelledby=\"title\">\n<thead>\n<tr><th "
		"scope=\"col\">source</th>\n");
	for (uint32_t k = 0; k < view->column_count; k++) {
		hj_text_str(out, "<th scope=\"col\">");
		escape_xml(out, matrix->columns[view->columns[k]].name);
		hj_text_str(out, "</th>\n");
	}
	hj_text_str(out, "</tr>\n</thead>\n<tbody>\n");
}

void matrix_put_page(struct access *access, const struct matrix_view *view)
{
	hj_text *out = &access->text;
	size_t cursor = 0;
	put_head(access, view);
	for (uint32_t i = 0; i < view->row_count; i++) {
		hj_text_str(out, "<tr><th scope=\"row\">");
		escape_xml(out, view->matrix->rows[view->rows[i]].name);
		hj_text_str(out, "</th>\n");
		for (uint32_t k = 0; k < view->column_count; k++)
			put_cell(access, view->matrix, matrix_cell(view, i, k, &cursor));
		hj_text_str(out, "</tr>\n");
		access_pass_on(access);
	}
	hj_text_str(out, "</tbody>\n</table>\n</div>\n</body>\n</html>\n");
}
