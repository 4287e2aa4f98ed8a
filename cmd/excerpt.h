/*
 * A line of source as people see it, with a mark under part of it.
 *
 *      4 |   "src": ["tag:wbe"],
 *        |              ^^^^^^^ the text beside the mark
 *
 * Tabs are blanks up to the next multiple of four columns; wide and combining characters are
 * counted as terminals show them, so marks line up; what a terminal might obey, or a reader not
 * see, is shown escaped, and bytes that are not UTF-8 as U+FFFD. A long line is cut around the
 * mark.
 */
#ifndef HJ_CMD_EXCERPT_H
#define HJ_CMD_EXCERPT_H

#include "hujson.h"

struct excerpt {
	unsigned gutter; /* digits of the widest line number */
	char mark;       /* '^' */
	/* Escape sequences, each "" without colours: of the gutter, of the mark, and their end. */
	const char *gutter_color, *mark_color, *reset;
};

/*
 * One line without its end. The mark spans [from, to) in bytes of the line, at least one column;
 * from > to: no mark. `beside` may be empty.
 */
void excerpt_line(hj_text *out, const struct excerpt *excerpt, uint32_t number, hj_slice line,
	size_t from, size_t to, hj_slice beside);

/* A span of a source: its line, or the first and the last of several. */
void excerpt_span(hj_text *out, const struct excerpt *excerpt, hj_source *source, hj_span span,
	hj_slice beside);

/* An empty line of the gutter: "   |". */
void excerpt_gap(hj_text *out, const struct excerpt *excerpt);

/* The last line that a span touches; an end at a line's beginning belongs to the line before. */
uint32_t excerpt_last_line(hj_source *source, hj_span span);

#endif
