#include "cmd/excerpt.h"

#include <stdio.h>

enum {
	TAB = 4,
	WIDEST = 100,  /* columns of a line that are shown */
	BEFORE = 40,   /* of them before the mark, when the line has to be cut */
	NEAR = 60,     /* a mark that begins within these needs no cut at the left */
	FAR_BACK = 400 /* bytes before the mark that are looked at, however long the line is */
};

/* One character of a line: its bytes and columns, appended to `out` unless that is NULL. */
static size_t put(hj_text *out, const char *at, const char *end, size_t column, size_t *width)
{
	uint32_t code;
	if (*at >= ' ' && *at <= '~') {
		*width = 1;
		if (out)
			hj_text_byte(out, *at);
		return 1;
	}
	int size = hj_utf8_decode(at, end, &code);
	if (size == 0) {
		*width = 1;
		if (out)
			hj_text_str(out, "\xEF\xBF\xBD");
		return 1;
	}
	if (code == '\t') {
		*width = TAB - column % TAB;
		if (out)
			hj_text_repeat(out, ' ', *width);
	} else if (hj_unicode_printable(code)) {
		*width = (size_t)hj_unicode_width(code);
		if (out)
			hj_text_append(out, hj_slice_of(at, (size_t)size));
	} else {
		char escape[16];
		int length = snprintf(escape, sizeof escape, code > 0xFFFF ? "\\u{%x}" : "\\u%04x",
			(unsigned)code);
		*width = (size_t)length;
		if (out)
			hj_text_str(out, escape);
	}
	return (size_t)size;
}

/* Where to begin showing a line so that the mark at `from` is in sight; its start if possible. */
static size_t window_start(hj_slice line, size_t from)
{
	size_t first = 0;
	if (from > FAR_BACK) {
		first = from - FAR_BACK;
		while (first < from && ((unsigned char)line.data[first] & 0xC0) == 0x80)
			first++;
	}
	const char *end = line.data + line.size;
	size_t column = 0, width;
	for (size_t at = first; at < from; column += width)
		at += put(NULL, line.data + at, end, column, &width);
	if (first == 0 && column <= NEAR)
		return 0;
	size_t skipped = 0;
	while (first < from && column - skipped > BEFORE) {
		first += put(NULL, line.data + first, end, skipped, &width);
		skipped += width;
	}
	return first;
}

static void put_gutter(hj_text *out, const struct excerpt *excerpt, uint32_t number)
{
	hj_text_str(out, excerpt->gutter_color);
	if (number)
		hj_text_printf(out, " %*u |", (int)excerpt->gutter, number);
	else
		hj_text_printf(out, " %*s |", (int)excerpt->gutter, "");
	hj_text_str(out, excerpt->reset);
}

void excerpt_gap(hj_text *out, const struct excerpt *excerpt)
{
	put_gutter(out, excerpt, 0);
	hj_text_byte(out, '\n');
}

void excerpt_line(hj_text *out, const struct excerpt *excerpt, uint32_t number, hj_slice line,
	size_t from, size_t to, hj_slice beside)
{
	bool marked = from <= to;
	if (line.size == 0)
		line.data = "";
	from = from < line.size ? from : line.size;
	to = to < line.size ? to : line.size;
	size_t at = window_start(line, marked ? from : 0), column = 0, width;
	size_t mark_from = 0, mark_to = 0;
	const char *end = line.data + line.size;
	put_gutter(out, excerpt, number);
	if (line.size)
		hj_text_byte(out, ' ');
	if (at > 0) {
		hj_text_str(out, "…");
		column = 1;
	}
	while (at < line.size && column < WIDEST) {
		if (at <= from)
			mark_from = column;
		at += put(out, line.data + at, end, column, &width);
		column += width;
		if (at <= to)
			mark_to = column;
	}
	if (at <= from)
		mark_from = column;
	/* A mark that goes on past the cut goes on under the sign of it. */
	if (at < line.size) {
		hj_text_str(out, "…");
		if (to > at)
			mark_to = column + 1;
	}
	hj_text_byte(out, '\n');
	if (!marked)
		return;
	put_gutter(out, excerpt, 0);
	hj_text_repeat(out, ' ', mark_from + 1);
	hj_text_str(out, excerpt->mark_color);
	hj_text_repeat(out, excerpt->mark, mark_to > mark_from ? mark_to - mark_from : 1);
	if (beside.size) {
		hj_text_byte(out, ' ');
		hj_text_append(out, beside);
	}
	hj_text_str(out, excerpt->reset);
	hj_text_byte(out, '\n');
}

uint32_t excerpt_last_line(hj_source *source, hj_span span)
{
	uint32_t last = span.end > span.start ? span.end - 1 : span.end;
	return hj_source_place(source, last, HJ_BYTES).line;
}

void excerpt_span(hj_text *out, const struct excerpt *excerpt, hj_source *source, hj_span span,
	hj_slice beside)
{
	uint32_t first = hj_source_place(source, span.start, HJ_BYTES).line;
	uint32_t last = excerpt_last_line(source, span);
	hj_span line = hj_source_line(source, first);
	hj_slice text = hj_source_slice(source, line);
	size_t from = span.start - line.start;
	if (first == last) {
		excerpt_line(out, excerpt, first, text, from, span.end - line.start, beside);
		return;
	}
	excerpt_line(out, excerpt, first, text, from, from > text.size ? from : text.size,
		(hj_slice){0});
	if (last - first > 1)
		hj_text_printf(out, "%s %*s%s\n", excerpt->gutter_color, (int)excerpt->gutter + 2,
			"...", excerpt->reset);
	line = hj_source_line(source, last);
	text = hj_source_slice(source, line);
	from = 0;
	while (from < text.size && (text.data[from] == ' ' || text.data[from] == '\t'))
		from++;
	size_t to = span.end - line.start;
	excerpt_line(out, excerpt, last, text, from < to ? from : 0, to, beside);
}
