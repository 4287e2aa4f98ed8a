/*
 * A gap taken apart: white space and comments, in turn.
 *
 *     hj_gap gap = {from, to};
 *     for (hj_gap_piece piece; hj_gap_next(&gap, &piece);) …
 *
 * Shared inside the library; gaps of a document that parses (every comment is complete). Commas and
 * colons that stand between two gaps come as HJ_GAP_MARK.
 */
#ifndef HJ_SYNTAX_GAP_H
#define HJ_SYNTAX_GAP_H

#include "base/text.h"

typedef struct hj_gap {
	const char *at, *end;
} hj_gap;

typedef enum hj_gap_kind {
	HJ_GAP_SPACE, /* a run of space, tab, LF, CR; after a line comment it begins with that LF */
	HJ_GAP_LINE,  /* a line comment without its LF */
	HJ_GAP_BLOCK, /* a block comment, delimiters included */
	HJ_GAP_MARK,  /* one byte that is none of these: ',' or ':' */
} hj_gap_kind;

typedef struct hj_gap_piece {
	hj_gap_kind kind;
	const char *start, *end;
} hj_gap_piece;

/* The next piece, never empty; false at the end. Never reads at or past gap->end. */
bool hj_gap_next(hj_gap *gap, hj_gap_piece *piece);

/*
 * Where a run of gap bytes that starts at `at` ends: the first byte that is neither white space nor
 * in a complete comment; for an incomplete comment that comment's first byte.
 */
const char *hj_gap_end(const char *at, const char *end);

#endif
