#include "syntax/gap.h"

static bool is_space(char byte)
{
	return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

/* The end of the comment that starts at `at` (LF of a line comment excluded), NULL: no end. */
static const char *comment_end(const char *at, const char *end)
{
	if (at[1] == '/')
		return memchr(at, '\n', (size_t)(end - at));
	const char *close = at + 2 < end ? memmem(at + 2, (size_t)(end - at - 2), "*/", 2) : NULL;
	return close ? close + 2 : NULL;
}

static bool is_comment(const char *at, const char *end)
{
	return end - at >= 2 && at[0] == '/' && (at[1] == '/' || at[1] == '*');
}

bool hj_gap_next(hj_gap *gap, hj_gap_piece *piece)
{
	const char *at = gap->at, *end = gap->end;
	if (at == end)
		return false;
	piece->start = at;
	if (is_space(*at)) {
		piece->kind = HJ_GAP_SPACE;
		while (at < end && is_space(*at))
			at++;
	} else if (is_comment(at, end)) {
		piece->kind = at[1] == '/' ? HJ_GAP_LINE : HJ_GAP_BLOCK;
		const char *stop = comment_end(at, end);
		at = stop ? stop : end;
	} else {
		piece->kind = HJ_GAP_MARK;
		at++;
	}
	piece->end = gap->at = at;
	return true;
}

const char *hj_gap_end(const char *at, const char *end)
{
	while (at < end) {
		if (is_space(*at)) {
			at++;
		} else if (is_comment(at, end)) {
			const char *stop = comment_end(at, end);
			if (!stop)
				return at;
			at = stop;
		} else {
			break;
		}
	}
	return at;
}
