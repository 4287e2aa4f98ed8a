#include "syntax/patch_parts.h"

static hj_gap gap_of(hj_slice text)
{
	return (hj_gap){text.data, text.data ? text.data + text.size : NULL};
}

static size_t breaks(const char *at, const char *end)
{
	size_t count = 0;
	for (; at < end; at++)
		count += *at == '\n';
	return count;
}

bool hj__gap_has_comment(hj_slice gap)
{
	return gap.size && memchr(gap.data, '/', gap.size);
}

bool hj__gap_indent(hj_slice gap, hj_slice *indent)
{
	if (gap.size == 0 || !memchr(gap.data, '\n', gap.size))
		return false;
	hj_gap rest = gap_of(gap);
	const char *line = NULL, *end = NULL;
	for (hj_gap_piece piece; hj_gap_next(&rest, &piece);) {
		size_t size = (size_t)(piece.end - piece.start);
		const char *last =
			piece.kind == HJ_GAP_SPACE ? memrchr(piece.start, '\n', size) : NULL;
		if (last) {
			line = last + 1;
			end = piece.end;
		}
	}
	if (!line)
		return false;
	const char *stop = line;
	while (stop < end && (*stop == ' ' || *stop == '\t'))
		stop++;
	*indent = (hj_slice){line, (size_t)(stop - line)};
	return true;
}

/* Without a blank line: only what ends the line of the item before belongs to that item. */
static size_t same_line(hj_slice gap)
{
	hj_gap rest = gap_of(gap);
	hj_gap_piece piece;
	const char *end = gap.data;
	if (!hj_gap_next(&rest, &piece))
		return 0;
	if (piece.kind == HJ_GAP_SPACE) {
		end = piece.end;
		if (!hj_gap_next(&rest, &piece))
			piece.kind = HJ_GAP_SPACE;
	}
	if (piece.kind == HJ_GAP_LINE)
		end = piece.end + 1; /* its LF is its own */
	else if (piece.kind == HJ_GAP_BLOCK)
		end = piece.end;
	bool whole = end > gap.data && end[-1] == '\n' && breaks(gap.data, end) == 1;
	return whole ? (size_t)(end - gap.data) : 0;
}

hj__cut hj__gap_cut(hj_slice gap)
{
	hj__cut cut = {0};
	bool divided = false, after_line = false;
	hj_gap rest = gap_of(gap);
	for (hj_gap_piece piece; hj_gap_next(&rest, &piece);) {
		if (piece.kind == HJ_GAP_SPACE && breaks(piece.start, piece.end) >= 2) {
			/* A line comment's own LF is counted, and stays with the comment. */
			size_t at = (size_t)(piece.start - gap.data) + after_line;
			cut.previous = divided ? cut.previous : at;
			cut.own = at;
			divided = true;
		}
		after_line = piece.kind == HJ_GAP_LINE;
	}
	if (!divided)
		cut.previous = cut.own = same_line(gap);
	return cut;
}
