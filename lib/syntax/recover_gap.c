#include "base/utf8.h"
#include "syntax/gap.h"
#include "syntax/recover.h"
#include "syntax/scan.h"

#include <stdio.h>

char hj__peek(const hj__recovery *r, const char *at)
{
	at = hj_gap_end(at, r->end);
	return at < r->end ? *at : '\0';
}

static const char *line_end(const hj__recovery *r, const char *at)
{
	const char *feed = memchr(at, '\n', (size_t)(r->end - at));
	const char *stop = feed ? feed : r->end;
	return stop > at && stop[-1] == '\r' ? stop - 1 : stop;
}

static bool is_invisible(uint32_t code)
{
	return code == 0x200B || code == 0x200C || code == 0x200D || code == 0x2060 ||
		code == 0x180E || code == 0xFEFF;
}

const char *hj__stray_space_end(const char *at, const char *end, uint32_t *first)
{
	const char *start = at;
	while (at < end && ((unsigned char)*at >= 0x80 || *at == '\v' || *at == '\f')) {
		uint32_t code;
		int size = hj_utf8_decode(at, end, &code);
		if (size == 0 || (!hj_unicode_space(code) && !is_invisible(code)))
			break;
		if (at == start)
			*first = code;
		at += size;
	}
	return at;
}

static void read_byte_order_mark(hj__recovery *r)
{
	hj_span span = hj__span(r, r->at, r->at + 3);
	hj_finding *finding =
		HJ__REPORT(r, HJ_S_BYTE_ORDER_MARK, span, "the file begins with a byte order mark");
	hj_finding_help(hj__list(r), finding, "save it as UTF-8 without a byte order mark");
	hj__edit(r, finding, span, HJ_SLICE(""));
	hj__is_safe(finding);
	hj__put_junk(r, span);
	r->at += 3;
}

static void read_stray_space(hj__recovery *r, const char *stop, uint32_t code)
{
	hj_span span = hj__span(r, r->at, stop);
	bool wide = hj_unicode_space(code);
	char message[80];
	snprintf(message, sizeof message, "%s (U+%04X) is not white space in JSON",
		code == 0xA0   ? "a no-break space"
			: wide ? "a special space"
			       : "an invisible character",
		(unsigned)code);
	hj_finding *finding = hj__fold_report(r, HJ_S_STRAY_SPACE, span, message,
		wide ? "replace it with an ordinary space" : "delete it");
	hj__edit(r, finding, span, wide ? HJ_SLICE(" ") : HJ_SLICE(""));
	hj__put_junk(r, span);
	r->at = stop;
}

/* A comment that is written with #, as in YAML and shells. Consecutive lines are one finding. */
static void read_hash(hj__recovery *r)
{
	const char *stop = line_end(r, r->at);
	hj_finding *finding = hj__fold_report(r, HJ_S_HASH_COMMENT, hj__span(r, r->at, stop),
		"a comment begins with \"//\", not with \"#\"", "write \"//\" instead of \"#\"");
	const char *marks = r->at;
	while (marks < stop && *marks == '#')
		marks++;
	hj__edit(r, finding, hj__span(r, r->at, marks), HJ_SLICE("//"));
	if (stop == r->end)
		hj__edit(r, finding, hj__span(r, stop, stop), HJ_SLICE("\n"));
	hj__put_junk(r, hj__span(r, r->at, stop));
	r->at = stop;
}

/* Seven of <, =, > or | at the start of a line, then a blank or the line's end. */
static bool at_marker(const hj__recovery *r, const char *at)
{
	if ((at > r->data && at[-1] != '\n') || r->end - at < 7 || !strchr("<=>|", *at))
		return false;
	for (int i = 1; i < 7; i++)
		if (at[i] != *at)
			return false;
	return at + 7 == r->end || hj__is_blank(at[7]) || at[7] == '\n' || at[7] == '\r';
}

/* The marker ">>>>>>>" of the conflict that `at` is in, or NULL. */
static const char *conflict_end(hj__recovery *r, const char *at)
{
	if (r->no_conflict_end)
		return NULL;
	while ((at = memmem(at, (size_t)(r->end - at), "\n>>>>>>>", 8)))
		if (at_marker(r, ++at))
			return at;
	r->no_conflict_end = true;
	return NULL;
}

/* Points the finding of the conflict at the marker on this line. */
static void relate_marker(hj__recovery *r, hj_finding *finding, const char *marker)
{
	hj_finding_relate(hj__list(r), finding, hj__span(r, marker, line_end(r, marker)),
		*marker == '='           ? "the other side begins here"
			: *marker == '|' ? "the common ancestor begins here"
					 : "the conflict ends here");
}

/*
 * Ours is parsed; from "=======" (or diff3's "|||||||") to ">>>>>>>" all is skipped. The first
 * marker makes the finding, the others are places of it.
 */
static void read_marker(hj__recovery *r)
{
	const char *start = r->at, *stop = line_end(r, start);
	hj_finding *finding = NULL;
	if (*start != '<' && r->conflict != HJ__NONE) {
		finding = &hj__list(r)->items[r->conflict];
		relate_marker(r, finding, start);
	} else {
		finding = HJ__REPORT(r, HJ_S_MERGE_CONFLICT, hj__span(r, start, stop),
			"an unresolved merge conflict");
		hj_finding_help(hj__list(r), finding,
			"keep one side, or both, and delete the marker lines");
		if (finding)
			r->conflict = (uint32_t)(hj__list(r)->count - 1);
	}
	const char *end = *start == '=' || *start == '|' ? conflict_end(r, stop) : NULL;
	if (end) {
		const char *theirs =
			*start == '|' ? memmem(stop, (size_t)(end - stop), "\n=======", 8) : NULL;
		if (theirs)
			relate_marker(r, finding, theirs + 1);
		relate_marker(r, finding, end);
		stop = line_end(r, end);
	}
	if (end || *start == '>')
		r->conflict = HJ__NONE;
	hj__put_junk(r, hj__span(r, start, stop));
	r->soft = true;
	r->at = stop;
}

static void read_nul(hj__recovery *r)
{
	const char *stop = r->at;
	while (stop < r->end && *stop == '\0')
		stop++;
	hj_span span = hj__span(r, r->at, stop);
	hj_finding *finding =
		hj__fold_report(r, HJ_S_NUL_BYTE, span, "a NUL byte is not text", "delete it");
	hj__edit(r, finding, span, HJ_SLICE(""));
	if (finding)
		finding->safe = false;
	hj__put_junk(r, span);
	r->at = stop;
}

/* A comment without its end takes the rest of the file. */
static void read_open_comment(hj__recovery *r)
{
	hj_span span = hj__span(r, r->at, r->end);
	if (r->at[1] == '/') {
		hj_finding *finding = HJ__REPORT(r, HJ_S_COMMENT_AT_END, span,
			"a comment at the end of the file needs a line feed after it");
		hj_finding_help(hj__list(r), finding, "end the file with a line feed");
		hj__edit(r, finding, hj__point(span.end), HJ_SLICE("\n"));
		hj__is_safe(finding);
	} else {
		hj_finding *finding = HJ__REPORT(r, HJ_S_UNTERMINATED_COMMENT,
			(hj_span){span.start, span.start + 2}, "this comment has no end");
		hj_finding_help(hj__list(r), finding, "write \"*/\" where it ends");
		r->comment_open = true;
	}
	hj__put_junk(r, span);
	r->at = r->end;
}

static void count_breaks(hj__recovery *r, const char *at, const char *end)
{
	while (r->breaks < 2 && (at = memchr(at, '\n', (size_t)(end - at)))) {
		r->breaks++;
		at++;
	}
}

static const char *comment_end(const char *at, const char *end)
{
	if (at[1] == '/')
		return memchr(at, '\n', (size_t)(end - at));
	const char *close = end - at < 4 ? NULL : memmem(at + 2, (size_t)(end - at - 2), "*/", 2);
	return close ? close + 2 : NULL;
}

static void read_comment(hj__recovery *r)
{
	const char *at = r->at, *stop = comment_end(at, r->end);
	if (!stop) {
		read_open_comment(r);
		return;
	}
	if (!hj_utf8_valid((hj_slice){at, (size_t)(stop - at)})) {
		hj_finding *finding = HJ__REPORT(r, HJ_S_COMMENT_NOT_UTF8, hj__span(r, at, stop),
			"the comment is not valid UTF-8");
		hj_finding_help(
			hj__list(r), finding, "save the file as UTF-8, or delete the comment");
	}
	r->comment = true;
	count_breaks(r, at, stop);
	r->at = stop;
}

void hj__read_gap(hj__recovery *r)
{
	r->breaks = 0;
	r->comment = false;
	while (r->at < r->end) {
		r->at = hj_scan_space(r->at, &r->breaks);
		if (r->at >= r->end)
			break;
		uint32_t code = 0;
		const char *stop = hj__stray_space_end(r->at, r->end, &code);
		if (stop > r->at && code == 0xFEFF && r->at == r->data)
			read_byte_order_mark(r);
		else if (stop > r->at)
			read_stray_space(r, stop, code);
		else if (*r->at == '#')
			read_hash(r);
		else if (*r->at == '\0')
			read_nul(r);
		else if (at_marker(r, r->at))
			read_marker(r);
		else if (hj__is_comment(r->at))
			read_comment(r);
		else
			break;
	}
}
