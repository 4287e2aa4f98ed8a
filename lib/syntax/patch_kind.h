/*
 * What the kind manner asks about gaps, and how it writes text. Shared by the two files of that
 * manner.
 */
#ifndef HJ_SYNTAX_PATCH_KIND_H
#define HJ_SYNTAX_PATCH_KIND_H

#include "syntax/patch_parts.h"

/* Has it an LF that is white space, or a line comment's? */
bool hj__gap_breaks(hj_slice gap);
bool hj__gap_has_line_comment(hj_slice gap);
/* LFs of a text, whatever they are in. */
size_t hj__gap_line_feeds(hj_slice space);

/* The gap up to the end of its last comment, without that comment's LF. */
hj_slice hj__gap_body(hj_slice gap);

/*
 * Where the comments that stand with what comes before the gap, on its line, end; 0 when there are
 * none, or when the gap never leaves that line: then they are nobody's but the next item's.
 * *next_line: after the white space that leaves the line; as it was when it is not left.
 */
size_t hj__gap_same_line(hj_slice gap, size_t *next_line);

/*
 * Where the comments of the item after the gap begin: what the reference says, less those that
 * stand on the line of the item before.
 */
size_t hj__gap_own_start(hj_slice gap);

/* What is left of a gap after the item before has the bytes before `at`; the LF those end in stays. */
hj_slice hj__gap_after_previous(hj_slice gap, size_t at);

/* A line end and indentation. */
void hj__write_line(hj__tree *tree, hj_text *out, hj_slice indent);
/* A text that moves from one indentation to another; its line ends become the document's. */
void hj__write_shifted(hj__tree *tree, hj_text *out, hj_slice text, hj_slice base, hj_slice indent);
/* The comments of a gap before an item, each followed by what leads to the next or to the item. */
void hj__write_lead(hj__tree *tree, hj_text *out, hj_slice gap, hj_slice base, hj_slice indent);
/* The comments of a gap after an item, each preceded by what leads to it. True: the last one needs
   an LF after it. */
bool hj__write_trail(hj__tree *tree, hj_text *out, hj_slice gap, hj_slice base, hj_slice indent);

/* The text becomes a slice of the tree; the text is freed. */
hj_status hj__keep(hj__tree *tree, hj_text *text, hj_slice *out);

#endif
