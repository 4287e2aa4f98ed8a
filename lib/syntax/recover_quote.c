#include "syntax/recover.h"

#include "syntax/scan.h"

/* Do the brackets of [at, end) close what is open, from the innermost outwards? */
static bool closes_open(hj__recovery *r, const char *at, const char *end)
{
	uint32_t open = r->open;
	for (; at < end; at++) {
		if (*at != '}' && *at != ']')
			continue;
		if (open == HJ__NONE ||
			(*at == '}') != (hj_node_kind(hj__node(r, open)) == HJ_OBJECT))
			return false;
		open = hj__node(r, open)->next;
	}
	return true;
}

/* A string that ends here and not where it seems to: its closing quote was forgotten. */
static hj_finding *report_missing_quote(hj__recovery *r, const char *start, const char *end)
{
	hj_slice shown = hj__shown(start, end);
	hj_finding *finding = HJ__REPORT(r, HJ_S_MISSING_QUOTE, hj__span(r, start, end),
		"the closing quote of %.*s is missing", HJ_SLICE_ARGS(shown));
	hj_finding_help(hj__list(r), finding, "write a quote after it");
	return finding;
}

/* Where the text of a line ends before blanks and the comment after it. */
static const char *text_end(const char *start, const char *line)
{
	const char *end = line;
	for (const char *at = start + 1; at + 1 < line && at - start < HJ__LOOK_AHEAD; at++)
		if (hj__is_blank(at[-1]) && hj__is_comment(at)) {
			end = at;
			break;
		}
	while (end > start + 1 && hj__is_blank(end[-1]))
		end--;
	return end;
}

/* The last colon of [start, end) that a value could follow, blanks before it left out; or NULL. */
static const char *name_end(const char *start, const char *end)
{
	const char *first = end - start > HJ__LOOK_AHEAD ? end - HJ__LOOK_AHEAD : start + 1;
	for (const char *at = end; at-- > first;)
		if (*at == ':' && (at + 1 == end || hj__is_blank(at[1]) || strchr("[{", at[1]))) {
			while (at > start + 1 && hj__is_blank(at[-1]))
				at--;
			return at;
		}
	return NULL;
}

/* The text [start, end) of a string without the brackets and commas at its end that are none of it. */
static const char *before_brackets(hj__recovery *r, const char *start, const char *end)
{
	enum { MOST = 16 };
	const char *first = end;
	while (first > start + 1 && end - first < MOST &&
		(hj__is_blank(first[-1]) || (first[-1] && strchr(",}]", first[-1]))))
		first--;
	while (!closes_open(r, first, end))
		first++;
	while (first > start + 1 && (first[-1] == ',' || hj__is_blank(first[-1])))
		first--;
	return first;
}

/* The closing quote is missing: where in [start, line) does it belong? */
static const char *quote_place(hj__recovery *r, const char *start, const char *line)
{
	const char *end = text_end(start, line);
	const char *name = hj__at_name(r) ? name_end(start, end) : NULL;
	return name ? name : before_brackets(r, start, end);
}

/* A typographic quote that may close the string, on its line; or NULL. */
static const char *curved_quote(const char *start, const char *line)
{
	for (const char *at = start + 1; at + 2 < line && at - start < HJ__LOOK_AHEAD; at++)
		if (memcmp(at, "\xE2\x80\x9D", 3) == 0 || memcmp(at, "\xE2\x80\x9C", 3) == 0)
			return at;
	return NULL;
}

hj__token hj__read_unclosed(hj__recovery *r, const char *start, const char *line)
{
	if (line > start + 1 && line[-1] == '\r')
		line--;
	const char *curved = curved_quote(start, line);
	if (curved) {
		hj_span span = hj__span(r, curved, curved + 3);
		hj_finding *finding = HJ__REPORT(
			r, HJ_S_SMART_QUOTES, span, "the string ends with a typographic quote");
		hj_finding_help(hj__list(r), finding, "write \" instead");
		hj__edit(r, finding, span, HJ_SLICE("\""));
		return hj__token_of(r, start, curved + 3, HJ_ERROR);
	}
	const char *end = quote_place(r, start, line);
	if (line == r->end && (end == line || end == start + 1)) {
		r->cut = true;
		hj_finding *finding = HJ__REPORT(r, HJ_S_UNTERMINATED_STRING,
			hj__span(r, start, line), "the file ends inside this string");
		hj_finding_help(hj__list(r), finding,
			"write the closing quote, and what is missing after it");
		return hj__token_of(r, start, line, HJ_ERROR);
	}
	hj__edit(r, report_missing_quote(r, start, end), hj__span(r, end, end), HJ_SLICE("\""));
	return hj__token_of(r, start, end, HJ_ERROR);
}

/*
 * `"a, "b"` or `"key: ["value"]`: the quote at `close` opens the next string, and the closing one
 * belongs before the comma or colon.
 */
static bool read_stolen_quote(
	hj__recovery *r, const char *start, const char *close, hj__token *token)
{
	const char *at = close;
	while (at > start + 1 && (hj__is_blank(at[-1]) || at[-1] == '[' || at[-1] == '{'))
		at--;
	if (at == start + 1 || (at[-1] != ':' && at[-1] != ','))
		return false;
	if (at[-1] == ':' && !hj__at_name(r))
		return false;
	const char *mark = --at;
	/* A name ends at its colon, whatever follows: `"a: 1, "b"`. */
	for (const char *colon = start + 2;
		hj__at_name(r) && colon < at && colon - start < HJ__LOOK_AHEAD; colon++)
		if (*colon == ':' && hj__is_blank(colon[1])) {
			mark = at = colon;
			break;
		}
	while (at > start + 1 && *mark == ':' && at[-1] == ':')
		at--;
	while (at > start + 1 && hj__is_blank(at[-1]))
		at--;
	if (*mark == ',')
		at = before_brackets(r, start, at);
	if (at == start + 1)
		return false;
	/* Of two colons the first was meant to be the quote. */
	bool twice = *at == ':' && at[1] == ':';
	hj__edit(
		r, report_missing_quote(r, start, at), hj__span(r, at, at + twice), HJ_SLICE("\""));
	*token = hj__token_of(r, start, twice ? mark : at, HJ_ERROR);
	return true;
}

/* `"${a["b"]}"`: a template in a string, with quotes in it. */
static bool read_quoted_template(
	hj__recovery *r, const char *start, const char *close, const char *line, hj__token *token)
{
	for (const char *at = start + 1; at < close && close - start < HJ__LOOK_AHEAD; at++) {
		if (*at != '$' && *at != '{' && *at != '<')
			continue;
		const char *stop = hj__template_end(at, r->end);
		if (!stop && at[0] == '{' && at[1] == '{') {
			stop = memmem(at, (size_t)(line - at), "}}", 2);
			stop = stop ? stop + 2 : NULL;
		}
		const char *quote = stop && stop > close && stop < line
			? memchr(stop, '"', (size_t)(line - stop))
			: NULL;
		if (!quote)
			continue;
		hj__report_template(r, at, stop);
		*token = hj__token_of(r, start, quote + 1, HJ_ERROR);
		return true;
	}
	return false;
}

/* `"say "hi" now"`: quotes that need a backslash. */
static bool read_inner_quotes(
	hj__recovery *r, const char *start, const char *close, const char *line, hj__token *token)
{
	for (const char *at = close + 1; at < line && *at != ','; at++) {
		if (*at != '"')
			continue;
		const char *next = hj__skip_blanks(at + 1, line);
		if (next < r->end && !strchr(",:]}\r\n", *next))
			continue;
		hj_finding *finding = HJ__REPORT(r, HJ_S_UNESCAPED_QUOTE,
			hj__span(r, close, close + 1), "a quote inside a string needs a backslash");
		hj_finding_help(hj__list(r), finding, "write \\\" for it");
		for (const char *quote = close; quote < at; quote++)
			if (*quote == '"' && quote[-1] != '\\')
				hj__edit(r, finding, hj__span(r, quote, quote), HJ_SLICE("\\"));
		*token = hj__token_of(r, start, at + 1, HJ_ERROR);
		return true;
	}
	return false;
}

bool hj__read_misquoted(hj__recovery *r, const char *start, const char *close, hj__token *token)
{
	const char *line = close + 1;
	while (line < r->end && *line != '\n' && line - close < HJ__LOOK_AHEAD)
		line++;
	return read_stolen_quote(r, start, close, token) ||
		read_quoted_template(r, start, close, line, token) ||
		read_inner_quotes(r, start, close, line, token);
}

/* Bytes of a typographic quote, 0 for anything else. */
static unsigned smart_quote(const char *at)
{
	if (memcmp(at, "\xE2\x80", 2) == 0 && (unsigned char)at[2] >= 0x98 &&
		(unsigned char)at[2] <= 0x9F)
		return 3;
	return memcmp(at, "\xC2\xAB", 2) == 0 || memcmp(at, "\xC2\xBB", 2) == 0 ? 2 : 0;
}

/*
 * The quote that closes the string whose text starts at `at`, its size in *size; NULL if there is
 * none on the line. A string that began with a typographic quote may end with a plain one.
 */
static const char *other_quote(const hj__recovery *r, const char *at, char quote, unsigned *size)
{
	for (; at < r->end && *at != '\n'; at++) {
		*size = quote ? *at == quote : *at == '"' ? 1 : smart_quote(at);
		if (*size)
			return at;
		if (*at == '\\')
			at += at + 1 < r->end && at[1] != '\n';
	}
	return NULL;
}

/* The edits of what is between other quotes: " needs a backslash, \' needs none. */
static void edit_content(
	hj__recovery *r, hj_finding *finding, const char *at, const char *end, char quote)
{
	unsigned edits = 0;
	for (; at < end && edits < HJ__MOST_PLACES; at++) {
		if (*at == '"') {
			hj__edit(r, finding, hj__span(r, at, at), HJ_SLICE("\\"));
			edits++;
		} else if (*at == '\\') {
			if (at[1] == quote) {
				hj__edit(r, finding, hj__span(r, at, at + 1), HJ_SLICE(""));
				edits++;
			}
			at++;
		}
	}
}

bool hj__read_quoted(hj__recovery *r, hj__token *token)
{
	const char *start = r->at;
	unsigned smart = smart_quote(start), size;
	if (!smart && *start != '\'' && *start != '`')
		return false;
	const char *text = start + (smart ? smart : 1);
	const char *close = other_quote(r, text, smart ? '\0' : *start, &size);
	if (!close)
		return false;
	const char *end = close + size;
	hj_span span = hj__span(r, start, end);
	hj_finding *finding = smart
		? hj__fold_report(r, HJ_S_SMART_QUOTES, span, "the string is in typographic quotes",
			  "write \" for both of them")
		: *start == '`'
		? hj__fold_report(r, HJ_S_BACKTICK, span, "the string is in backticks",
			  "write double quotes instead")
		: hj__fold_report(r, HJ_S_SINGLE_QUOTES, span, "the string is in single quotes",
			  "write double quotes instead");
	hj__edit(r, finding, hj__span(r, start, text), HJ_SLICE("\""));
	edit_content(r, finding, text, close, *start);
	hj__edit(r, finding, hj__span(r, close, end), HJ_SLICE("\""));
	*token = hj__token_of(r, start, end, HJ_ERROR);
	return true;
}
