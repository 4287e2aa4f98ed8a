#include "base/utf8.h"
#include "syntax/gap.h"
#include "syntax/recover.h"
#include "syntax/scan.h"

#include <stdio.h>

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Bytes of the escape at a backslash when it is valid, else 0. */
static unsigned escape_size(const char *at)
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

/* The fix of a bad escape at `at`: replaces `*size` bytes by `out`. */
static void mend_escape(const char *at, const char *end, char out[8], uint32_t *size)
{
	*size = 2;
	if (at[1] == '\'' || at[1] == '`' || at[1] == '\n') {
		snprintf(out, 8, "%s", at[1] == '\n' ? "\\n" : at[1] == '`' ? "`" : "'");
	} else if (at[1] == 'x' && hj_byte_is(at[2], HJ_BYTE_HEX) &&
		hj_byte_is(at[3], HJ_BYTE_HEX) && end - at >= 4) {
		snprintf(out, 8, "\\u00%c%c", at[2], at[3]);
		*size = 4;
	} else {
		/* A backslash that means itself: regular expressions, paths of Windows. */
		snprintf(out, 8, "\\\\");
		*size = 1;
	}
}

/* Reports the first thing that is wrong inside a string, and mends all that is. */
static void report_content(hj__recovery *r, const char *start, const char *end)
{
	hj_finding *finding = NULL;
	uint32_t edits = 0;
	for (const char *at = start + 1; (at = hj_scan_string(at)) < end - 1;) {
		unsigned size = *at == '\\' ? escape_size(at) : 0;
		if (size || *at == '"') {
			at += size ? size : 1;
			continue;
		}
		char out[8] = "";
		uint32_t length = 1;
		bool control = *at != '\\';
		if (control) {
			unsigned char c = (unsigned char)*at;
			snprintf(out, sizeof out,
				c == '\t'           ? "\\t"
					: c == '\n' ? "\\n"
					: c == '\r' ? "\\r"
						    : "\\u%04x",
				(unsigned)c);
		} else {
			mend_escape(at, end - 1, out, &length);
		}
		if (!finding && edits == 0) {
			hj_span span = hj__span(r, at, at + (control ? 1 : 2));
			if (span.end >= hj__offset(r, end))
				span.end = hj__offset(r, end) - 1;
			if (control) {
				unsigned char c = (unsigned char)*at;
				finding = HJ__REPORT(r, HJ_S_CONTROL_CHARACTER, span,
					c == '\t' ? "a tab in a string is written \\t"
						: c == '\n'
						? "a line break in a string is written \\n"
						: "a control character in a string is "
						  "written \\u%04x",
					(unsigned)c);
				hj_finding_help(hj__list(r), finding, "write %s instead", out);
				if (finding)
					finding->safe = true;
			} else {
				hj_slice shown = hj__shown(at, r->data + span.end);
				finding = HJ__REPORT(r, HJ_S_BAD_ESCAPE, span,
					"%.*s is no escape that JSON knows", HJ_SLICE_ARGS(shown));
				hj_finding_help(hj__list(r), finding,
					length == 1 ? "write \\\\ for a backslash" : "write %s",
					out);
			}
		}
		if (edits++ < HJ__MOST_PLACES && at + length <= end - 1)
			hj_finding_edit(hj__list(r), finding, hj__span(r, at, at + length),
				hj_slice_str(out));
		at += length;
		/* Past the byte that a lone backslash stands before. */
		if (!control && length == 1 && at < end - 1 && *at != '\n' && *at != '"' &&
			(unsigned char)*at >= ' ')
			at++;
	}
}

/* Is what follows a line's end more likely the document than more of a string? */
static bool document_goes_on(const hj__recovery *r, const char *at, bool *lone_quote)
{
	*lone_quote = false;
	while (at < r->end && hj_byte_is(*at, HJ_BYTE_SPACE))
		at++;
	if (at == r->end)
		return true;
	if (*at == '"') {
		const char *next = at + 1;
		while (next < r->end && is_blank(*next))
			next++;
		*lone_quote = next == r->end || strchr(",:]}\r\n", *next) != NULL;
		return !*lone_quote;
	}
	return strchr("{}[]#'", *at) || (*at == '/' && (at[1] == '/' || at[1] == '*'));
}

/* Does a bracket at the end of an unclosed string close something? Walks the open containers. */
static bool closes(hj__recovery *r, uint32_t *open, char bracket)
{
	if (*open == HJ__NONE)
		return false;
	hj_kind kind = hj_node_kind(hj__node(r, *open));
	if (bracket != (kind == HJ_OBJECT ? '}' : ']'))
		return false;
	*open = hj__node(r, *open)->next;
	return true;
}

/* The closing quote is missing: where in [start, line) does it belong? */
static const char *quote_place(hj__recovery *r, const char *start, const char *line, bool name)
{
	const char *end = line;
	/* Not in a comment at the line's end. */
	for (const char *at = start + 1; at + 1 < line && at - start < HJ__LOOK_AHEAD; at++)
		if (is_blank(at[-1]) && *at == '/' && (at[1] == '/' || at[1] == '*')) {
			end = at;
			break;
		}
	while (end > start + 1 && is_blank(end[-1]))
		end--;
	if (name) {
		/* Before the last colon that a value could follow. */
		const char *first = end - start > HJ__LOOK_AHEAD ? end - HJ__LOOK_AHEAD : start + 1;
		for (const char *at = end; at-- > first;)
			if (*at == ':' &&
				(at + 1 == end || is_blank(at[1]) || strchr("[{", at[1]))) {
				while (at > start + 1 && is_blank(at[-1]))
					at--;
				return at;
			}
	}
	uint32_t open = r->open;
	const char *cut = end;
	while (cut > start + 1) {
		char byte = cut[-1];
		if (byte == ',' || is_blank(byte) || closes(r, &open, byte))
			cut--;
		else if ((byte == '[' || byte == '{') && cut == end)
			break;
		else
			break;
	}
	return cut;
}

static hj__token token_of(hj__recovery *r, const char *start, const char *end, uint32_t bits)
{
	r->at = end;
	return (hj__token){hj__offset(r, start), hj__offset(r, end), bits};
}

/* A string whose closing quote is not on its line. */
static hj__token read_unclosed(hj__recovery *r, const char *start, const char *line)
{
	bool name = hj__at_name(r);
	if (line > start + 1 && line[-1] == '\r')
		line--;
	/* Closed by a typographic quote? */
	for (const char *at = start + 1; at + 2 < line && at - start < HJ__LOOK_AHEAD; at++)
		if (memcmp(at, "\xE2\x80\x9D", 3) == 0 || memcmp(at, "\xE2\x80\x9C", 3) == 0) {
			hj_finding *finding =
				HJ__REPORT(r, HJ_S_SMART_QUOTES, hj__span(r, at, at + 3),
					"the string ends with a typographic quote");
			hj_finding_help(hj__list(r), finding, "write \" instead");
			hj_finding_edit(
				hj__list(r), finding, hj__span(r, at, at + 3), HJ_SLICE("\""));
			return token_of(r, start, at + 3, HJ_ERROR);
		}
	const char *end = quote_place(r, start, line, name);
	if (line == r->end && (end == line || end == start + 1)) {
		r->cut = true;
		hj_finding *finding = HJ__REPORT(r, HJ_S_UNTERMINATED_STRING,
			hj__span(r, start, line), "the file ends inside this string");
		hj_finding_help(hj__list(r), finding,
			"write the closing quote, and what is missing after it");
		return token_of(r, start, line, HJ_ERROR);
	}
	hj_slice shown = hj__shown(start, end);
	hj_finding *finding = HJ__REPORT(r, HJ_S_MISSING_QUOTE, hj__span(r, start, end),
		"the closing quote of %.*s is missing", HJ_SLICE_ARGS(shown));
	hj_finding_help(hj__list(r), finding, "write a quote after it");
	hj_finding_edit(hj__list(r), finding, hj__span(r, end, end), HJ_SLICE("\""));
	return token_of(r, start, end, HJ_ERROR);
}

/*
 * The string [start, close] ends on its line, but text comes right after it: `"a, "b"` or
 * `"key: ["value"]`. Then the quote at `close` opens the next string, and the closing one belongs
 * before the comma or colon. Returns false when it is not so.
 */
static bool read_stolen_quote(
	hj__recovery *r, const char *start, const char *close, hj__token *token)
{
	const char *at = close;
	while (at > start + 1 && (is_blank(at[-1]) || at[-1] == '[' || at[-1] == '{'))
		at--;
	if (at == start + 1 || (at[-1] != ':' && at[-1] != ','))
		return false;
	if (at[-1] == ':' && !hj__at_name(r))
		return false;
	const char *mark = --at;
	/* A name ends at its colon, whatever follows: `"a: 1, "b"`. */
	for (const char *colon = start + 2;
		hj__at_name(r) && colon < at && colon - start < HJ__LOOK_AHEAD; colon++)
		if (*colon == ':' && is_blank(colon[1])) {
			mark = at = colon;
			break;
		}
	while (at > start + 1 && *mark == ':' && at[-1] == ':')
		at--;
	while (at > start + 1 && is_blank(at[-1]))
		at--;
	if (at == start + 1)
		return false;
	hj_slice shown = hj__shown(start, at);
	hj_finding *finding = HJ__REPORT(r, HJ_S_MISSING_QUOTE, hj__span(r, start, at),
		"the closing quote of %.*s is missing", HJ_SLICE_ARGS(shown));
	hj_finding_help(hj__list(r), finding, "write a quote after it");
	/* Of two colons the first was meant to be the quote. */
	bool twice = *at == ':' && at[1] == ':';
	hj_finding_edit(hj__list(r), finding, hj__span(r, at, at + twice), HJ_SLICE("\""));
	*token = token_of(r, start, twice ? mark : at, HJ_ERROR);
	return true;
}

/* `"say "hi" now"`: quotes in a string. Or a template with quotes in it, `"${a["b"]}"`. */
static bool read_inner_quotes(
	hj__recovery *r, const char *start, const char *close, hj__token *token)
{
	const char *line = close + 1;
	while (line < r->end && *line != '\n' && line - close < HJ__LOOK_AHEAD)
		line++;
	for (const char *at = start + 1; at < close && close - start < HJ__LOOK_AHEAD; at++) {
		if (*at != '$' && *at != '{' && *at != '<')
			continue;
		const char *stop = hj__template_end(at, r->end);
		if (!stop && at[0] == '{' && at[1] == '{') {
			stop = memmem(at, (size_t)(line - at), "}}", 2);
			stop = stop ? stop + 2 : NULL;
		}
		if (!stop || stop <= close)
			continue;
		const char *quote = memchr(stop, '"', (size_t)(line > stop ? line - stop : 0));
		if (!quote)
			continue;
		hj_slice shown = hj__shown(at, stop);
		hj_finding *finding = HJ__REPORT(r, HJ_S_TEMPLATE, hj__span(r, at, stop),
			"the placeholder %.*s was not filled in", HJ_SLICE_ARGS(shown));
		hj_finding_help(hj__list(r), finding,
			"put the value in its place; a template is checked after it was filled in");
		*token = token_of(r, start, quote + 1, HJ_ERROR);
		return true;
	}
	for (const char *at = close + 1; at < line && *at != ','; at++) {
		if (*at != '"')
			continue;
		const char *next = at + 1;
		while (next < line && is_blank(*next))
			next++;
		if (next < r->end && !strchr(",:]}\r\n", *next))
			continue;
		hj_finding *finding = HJ__REPORT(r, HJ_S_UNESCAPED_QUOTE,
			hj__span(r, close, close + 1), "a quote inside a string needs a backslash");
		hj_finding_help(hj__list(r), finding, "write \\\" for it");
		for (const char *quote = close; quote < at; quote++)
			if (*quote == '"' && quote[-1] != '\\')
				hj_finding_edit(hj__list(r), finding, hj__span(r, quote, quote),
					HJ_SLICE("\\"));
		*token = token_of(r, start, at + 1, HJ_ERROR);
		return true;
	}
	return false;
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
			return read_unclosed(r, start, line ? line : r->end);
		}
		if (*at == '"')
			break;
		if (*at == '\\') {
			unsigned size = escape_size(at);
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
				return read_unclosed(r, start, line);
			}
		}
		at++;
	}
	const char *close = at;
	hj__token token;
	if (!line && close + 1 < r->end && hj__word_byte(close[1]) && !strchr(";=/", close[1]) &&
		(read_stolen_quote(r, start, close, &token) ||
			read_inner_quotes(r, start, close, &token)))
		return token;
	if (bad)
		report_content(r, start, close + 1);
	return token_of(r, start, close + 1,
		bad               ? (uint32_t)HJ_ERROR
			: escaped ? (uint32_t)HJ_STRING | HJ_ESCAPED
				  : (uint32_t)HJ_STRING);
}

/* Bytes of a typographic quote, 0 for anything else. */
static unsigned smart_quote(const char *at)
{
	if (memcmp(at, "\xE2\x80", 2) == 0 && (unsigned char)at[2] >= 0x98 &&
		(unsigned char)at[2] <= 0x9F)
		return 3;
	return memcmp(at, "\xC2\xAB", 2) == 0 || memcmp(at, "\xC2\xBB", 2) == 0 ? 2 : 0;
}

hj__token hj__read_quoted(hj__recovery *r)
{
	const char *start = r->at;
	unsigned smart = smart_quote(start), size = smart ? smart : 1;
	char quote = *start;
	hj__token none = {0, 0, HJ_ERROR};
	if (!smart && quote != '\'' && quote != '`')
		return none;
	const char *at = start + size;
	unsigned close = 0;
	bool plain = true; /* nothing inside needs a change of its own */
	for (; at < r->end && *at != '\n'; at++) {
		if (smart ? (close = smart_quote(at)) != 0 || (close = *at == '"') != 0
			  : (close = *at == quote) != 0)
			break;
		if (*at == '\\') {
			plain = plain && escape_size(at) != 0;
			at += at + 1 < r->end && at[1] != '\n';
		} else if (*at == '"' || (unsigned char)*at < ' ') {
			plain = false;
		}
	}
	if (!close)
		return none;
	const char *end = at + close;
	hj_span span = hj__span(r, start, end);
	hj_finding *finding;
	if (smart)
		finding = hj__fold_report(r, HJ_S_SMART_QUOTES, span,
			"the string is in typographic quotes", "write \" for both of them");
	else if (quote == '`')
		finding = hj__fold_report(r, HJ_S_BACKTICK, span, "the string is in backticks",
			"write double quotes instead");
	else
		finding = hj__fold_report(r, HJ_S_SINGLE_QUOTES, span,
			"the string is in single quotes", "write double quotes instead");
	hj_findings *list = hj__list(r);
	hj_finding_edit(list, finding, hj__span(r, start, start + size), HJ_SLICE("\""));
	if (!plain) {
		unsigned edits = 0;
		for (const char *in = start + size; in < at && edits < HJ__MOST_PLACES; in++) {
			if (*in == '"') {
				hj_finding_edit(list, finding, hj__span(r, in, in), HJ_SLICE("\\"));
				edits++;
			} else if (*in == '\\' && in[1] == quote) {
				hj_finding_edit(
					list, finding, hj__span(r, in, in + 1), HJ_SLICE(""));
				edits++;
				in++;
			} else if (*in == '\\') {
				in++;
			}
		}
	}
	hj_finding_edit(list, finding, hj__span(r, at, end), HJ_SLICE("\""));
	return token_of(r, start, end, HJ_ERROR);
}
