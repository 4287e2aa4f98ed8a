#include "syntax/recover.h"

#include "syntax/scan.h"

#include <stdio.h>

hj__token hj__token_of(hj__recovery *r, const char *start, const char *end, uint32_t bits)
{
	r->at = end;
	return (hj__token){hj__offset(r, start), hj__offset(r, end), bits};
}

unsigned hj__escape_size(const char *at)
{
	if (hj_byte_is(at[1], HJ_BYTE_ESCAPE))
		return 2;
	if (at[1] != 'u')
		return 0;
	for (int i = 2; i < 6; i++)
		if (!hj_byte_is(at[i], HJ_BYTE_HEX))
			return 0;
	return 6;
}

/* Something that may not stand in a string, and how it is written instead. */
struct flaw {
	const char *at;
	uint32_t size; /* bytes that `text` replaces */
	char text[8];
};

static struct flaw mend_escape(const char *at, const char *end)
{
	struct flaw mend = {.at = at, .size = 2};
	if (at[1] == '\n') {
		snprintf(mend.text, sizeof mend.text, "\\n");
	} else if (at[1] == '\'' || at[1] == '`') {
		mend.text[0] = at[1];
	} else if (at[1] == 'x' && hj_byte_is(at[2], HJ_BYTE_HEX) &&
		hj_byte_is(at[3], HJ_BYTE_HEX) && end - at >= 4) {
		snprintf(mend.text, sizeof mend.text, "\\u00%c%c", at[2], at[3]);
		mend.size = 4;
	} else {
		/* A backslash that means itself: regular expressions, paths of Windows. */
		snprintf(mend.text, sizeof mend.text, "\\\\");
		mend.size = 1;
	}
	return mend;
}

static struct flaw mend_control(const char *at)
{
	struct flaw mend = {.at = at, .size = 1};
	unsigned char c = (unsigned char)*at;
	const char *short_form = c == '\t' ? "\\t" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : NULL;
	if (short_form)
		snprintf(mend.text, sizeof mend.text, "%s", short_form);
	else
		snprintf(mend.text, sizeof mend.text, "\\u%04x", c);
	return mend;
}

static hj_finding *report_flaw(hj__recovery *r, const struct flaw *flaw, const char *end)
{
	hj_finding *finding;
	unsigned char c = (unsigned char)*flaw->at;
	if (c != '\\') {
		finding = HJ__REPORT(r, HJ_S_CONTROL_CHARACTER, hj__span(r, flaw->at, flaw->at + 1),
			"%s in a string is written %s",
			c == '\t'           ? "a tab"
				: c == '\n' ? "a line break"
					    : "a control character",
			flaw->text);
		hj_finding_help(hj__list(r), finding, "write %s instead", flaw->text);
		hj__is_safe(finding);
		return finding;
	}
	const char *stop = flaw->at + 2 < end ? flaw->at + 2 : end;
	hj_slice shown = hj__shown(flaw->at, stop);
	finding = HJ__REPORT(r, HJ_S_BAD_ESCAPE, hj__span(r, flaw->at, stop),
		"%.*s is no escape that JSON knows", HJ_SLICE_ARGS(shown));
	hj_finding_help(hj__list(r), finding,
		flaw->size == 1 ? "write \\\\ for a backslash" : "write %s", flaw->text);
	return finding;
}

/* Reports the first thing that is wrong between the quotes, and mends all that is. */
static void report_content(hj__recovery *r, const char *start, const char *end)
{
	hj_finding *finding = NULL;
	uint32_t edits = 0;
	for (const char *at = start; (at = hj_scan_string(at)) < end;) {
		unsigned good = *at == '"' ? 1 : *at == '\\' ? hj__escape_size(at) : 0;
		if (good) {
			at += good;
			continue;
		}
		struct flaw flaw = *at == '\\' ? mend_escape(at, end) : mend_control(at);
		if (edits == 0)
			finding = report_flaw(r, &flaw, end);
		if (edits++ < HJ__MOST_PLACES && at + flaw.size <= end)
			hj__edit(r, finding, hj__span(r, at, at + flaw.size),
				hj_slice_str(flaw.text));
		at += flaw.size;
		/* Past the byte that a lone backslash stands before. */
		if (flaw.at[0] == '\\' && flaw.size == 1 && at < end && *at != '"' &&
			(unsigned char)*at >= ' ')
			at++;
	}
}

/*
 * A string goes on after its line's end: is what follows more likely the document than more of the
 * string? A quote alone there may be the one that closes the string; *lone_quote says so.
 */
static bool document_goes_on(const hj__recovery *r, const char *at, bool *lone_quote)
{
	*lone_quote = false;
	while (at < r->end && hj_byte_is(*at, HJ_BYTE_SPACE))
		at++;
	if (at == r->end)
		return true;
	if (*at == '"') {
		const char *next = hj__skip_blanks(at + 1, r->end);
		*lone_quote = next == r->end || strchr(",:]}\r\n", *next) != NULL;
		return !*lone_quote;
	}
	return strchr("{}[]#'", *at) || hj__is_comment(at);
}

hj__token hj__read_string(hj__recovery *r)
{
	const char *start = r->at, *at = start + 1, *line = NULL;
	bool escaped = false, bad = false;
	for (;;) {
		at = hj_scan_string(at);
		if (at >= r->end) {
			if (line)
				r->no_multiline = r->end;
			return hj__read_unclosed(r, start, line ? line : r->end);
		}
		if (*at == '"')
			break;
		if (*at == '\\') {
			unsigned size = hj__escape_size(at);
			escaped = true;
			bad = bad || !size;
			at += size ? size : at[1] == '\n' || at + 1 == r->end ? 1 : 2;
			continue;
		}
		bad = true;
		if (*at == '\n') {
			bool lone_quote;
			line = line ? line : at;
			bool ends = document_goes_on(r, at, &lone_quote);
			if (ends || (start < r->no_multiline && !lone_quote)) {
				if (at > r->no_multiline)
					r->no_multiline = at;
				return hj__read_unclosed(r, start, line);
			}
		}
		at++;
	}
	const char *close = at;
	hj__token token;
	if (!line && close + 1 < r->end && hj__word_byte(close[1]) && !strchr(";=/", close[1]) &&
		hj__read_misquoted(r, start, close, &token))
		return token;
	if (bad)
		report_content(r, start + 1, close);
	return hj__token_of(r, start, close + 1,
		bad               ? (uint32_t)HJ_ERROR
			: escaped ? (uint32_t)HJ_STRING | HJ_ESCAPED
				  : (uint32_t)HJ_STRING);
}
