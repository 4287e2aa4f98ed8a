/*
 * A gap, rewritten: the one procedure that does all layout of gaps with comments in them
 * (specification, section 7). Gaps without comments never come here: their new text follows from
 * the flags of the nodes alone.
 */
#ifndef HJ_FORMAT_REWRITE_H
#define HJ_FORMAT_REWRITE_H

#include "base/text.h"

/* Options of hj_gap_rewrite, to be or-ed. */
enum {
	HJ_OPEN_LINE = 1,   /* begin with an LF if the gap has none */
	HJ_CLOSE_LINE = 2,  /* end with an LF */
	HJ_TRIM_TOP = 4,    /* no blank line at the start */
	HJ_TRIM_BOTTOM = 8, /* no blank line at the end */
	HJ_OUTDENT = 16,    /* one tab less after the last LF */
	HJ_PAD = 32,        /* at least one blank */
};

/*
 * Replaces `out` by the rewritten gap; `depth` is the indentation in tabs. Failures are the text's.
 * Block comments are laid out by hj_comment_indent.
 */
void hj_gap_rewrite(hj_text *out, hj_slice gap, size_t depth, unsigned options);

/*
 * Appends a block comment of more than one line with its common indentation replaced by `depth`
 * tabs (specification, section 7.2). No CR is left in it.
 */
void hj_comment_indent(hj_text *out, hj_slice comment, size_t depth);

/* The text without Unicode white space at its end. The text is valid UTF-8. */
hj_slice hj_trim_end(hj_slice text);

/* Number of LFs. */
size_t hj_count_breaks(hj_slice text);

#endif
