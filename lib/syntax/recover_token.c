#include "base/utf8.h"
#include "syntax/gap.h"
#include "syntax/recover.h"
#include "syntax/scan.h"

#include <stdio.h>
#include <strings.h>

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

bool hj__word_byte(char byte)
{
	unsigned char c = (unsigned char)byte;
	if (c <= ' ' || c == 0x7F)
		return false;
	return !strchr(",:[]{}\"'`#", byte);
}

const char *hj__line_end(const hj__recovery *r, const char *at)
{
	const char *feed = memchr(at, '\n', (size_t)(r->end - at));
	const char *stop = feed ? feed : r->end;
	return stop > at && stop[-1] == '\r' ? stop - 1 : stop;
}

char hj__peek(const hj__recovery *r, const char *at)
{
	at = hj_gap_end(at, r->end);
	return at < r->end ? *at : '\0';
}

/* A run of Unicode white space that is none to JSON, or of invisible characters. */
static const char *stray_space_end(const char *at, const char *end, uint32_t *first)
{
	const char *start = at;
	while (at < end && ((unsigned char)*at >= 0x80 || *at == '\v' || *at == '\f')) {
		uint32_t code;
		int size = hj_utf8_decode(at, end, &code);
		if (size == 0 ||
			(!hj_unicode_space(code) && code != 0x200B && code != 0x200C &&
				code != 0x200D && code != 0x2060 && code != 0x180E &&
				code != 0xFEFF))
			break;
		if (at == start)
			*first = code;
		at += size;
	}
	return at;
}

static void read_stray_space(hj__recovery *r, const char *stop, uint32_t code)
{
	hj_span span = hj__span(r, r->at, stop);
	if (code == 0xFEFF && r->at == r->data) {
		/* More invisible characters may follow; the mark alone is three bytes. */
		stop = r->at + 3;
		span = hj__span(r, r->at, stop);
		hj_finding *finding = HJ__REPORT(
			r, HJ_S_BYTE_ORDER_MARK, span, "the file begins with a byte order mark");
		hj_finding_help(hj__list(r), finding, "save it as UTF-8 without a byte order mark");
		hj_finding_edit(hj__list(r), finding, span, HJ_SLICE(""));
		if (finding)
			finding->safe = true;
	} else {
		bool wide = hj_unicode_space(code);
		char message[80];
		snprintf(message, sizeof message, "%s (U+%04X) is not white space in JSON",
			code == 0xA0   ? "a no-break space"
				: wide ? "a special space"
				       : "an invisible character",
			(unsigned)code);
		hj_finding *finding = hj__fold_report(r, HJ_S_STRAY_SPACE, span, message,
			wide ? "replace it with an ordinary space" : "delete it");
		hj_finding_edit(hj__list(r), finding, span, wide ? HJ_SLICE(" ") : HJ_SLICE(""));
	}
	hj__put_junk(r, span.start, span.end);
	r->at = stop;
}

/* A comment that is written with #, as in YAML and shells. Consecutive lines are one finding. */
static void read_hash(hj__recovery *r)
{
	const char *stop = hj__line_end(r, r->at);
	hj_finding *finding = hj__fold_report(r, HJ_S_HASH_COMMENT, hj__span(r, r->at, stop),
		"a comment begins with \"//\", not with \"#\"", "write \"//\" instead of \"#\"");
	const char *marks = r->at;
	while (marks < stop && *marks == '#')
		marks++;
	hj_finding_edit(hj__list(r), finding, hj__span(r, r->at, marks), HJ_SLICE("//"));
	if (stop == r->end)
		hj_finding_edit(hj__list(r), finding, hj__span(r, stop, stop), HJ_SLICE("\n"));
	hj__put_junk(r, hj__offset(r, r->at), hj__offset(r, stop));
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
	return at + 7 == r->end || is_blank(at[7]) || at[7] == '\n' || at[7] == '\r';
}

/* Ours is parsed; from "=======" (or diff3's "|||||||") to ">>>>>>>" all is skipped. */
static void read_marker(hj__recovery *r)
{
	const char *stop = hj__line_end(r, r->at);
	hj_span line = hj__span(r, r->at, stop);
	hj_finding *finding = NULL;
	if (*r->at != '<' && r->conflict != HJ__NONE)
		finding = &hj__list(r)->items[r->conflict];
	if (!finding) {
		finding = HJ__REPORT(r, HJ_S_MERGE_CONFLICT, line, "an unresolved merge conflict");
		hj_finding_help(hj__list(r), finding,
			"keep one side, or both, and delete the marker lines");
		if (finding)
			r->conflict = (uint32_t)(hj__list(r)->count - 1);
	} else {
		hj_finding_relate(hj__list(r), finding, line,
			*r->at == '='           ? "the other side begins here"
				: *r->at == '|' ? "the common ancestor begins here"
						: "the conflict ends here");
	}
	if (*r->at == '>')
		r->conflict = HJ__NONE;
	if ((*r->at == '=' || *r->at == '|') && !r->no_conflict_end) {
		const char *at = stop, *theirs = NULL;
		while ((at = memmem(at, (size_t)(r->end - at), "\n>>>>>>>", 8))) {
			if (at_marker(r, ++at))
				break;
		}
		if (at) {
			if (*r->at == '|') {
				theirs = memmem(stop, (size_t)(at - stop), "\n=======", 8);
				if (theirs)
					hj_finding_relate(hj__list(r), finding,
						hj__span(
							r, theirs + 1, hj__line_end(r, theirs + 1)),
						"the other side begins here");
			}
			stop = hj__line_end(r, at);
			hj_finding_relate(hj__list(r), finding, hj__span(r, at, stop),
				"the conflict ends here");
			r->conflict = HJ__NONE;
		} else {
			r->no_conflict_end = true;
		}
	}
	hj__put_junk(r, line.start, hj__offset(r, stop));
	r->soft = true;
	r->at = stop;
}

static void read_nul(hj__recovery *r)
{
	const char *stop = r->at;
	while (stop < r->end && *stop == '\0')
		stop++;
	hj_finding *finding = hj__fold_report(
		r, HJ_S_NUL_BYTE, hj__span(r, r->at, stop), "a NUL byte is not text", "delete it");
	hj_finding_edit(hj__list(r), finding, hj__span(r, r->at, stop), HJ_SLICE(""));
	if (finding)
		finding->safe = false;
	hj__put_junk(r, hj__offset(r, r->at), hj__offset(r, stop));
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
		hj_finding_edit(
			hj__list(r), finding, (hj_span){span.end, span.end}, HJ_SLICE("\n"));
		if (finding)
			finding->safe = true;
	} else {
		hj_finding *finding = HJ__REPORT(r, HJ_S_UNTERMINATED_COMMENT,
			(hj_span){span.start, span.start + 2}, "this comment has no end");
		hj_finding_help(hj__list(r), finding, "write \"*/\" where it ends");
		r->comment_open = true;
	}
	hj__put_junk(r, span.start, span.end);
	r->at = r->end;
}

static void count_breaks(hj__recovery *r, const char *at, const char *end)
{
	while (r->breaks < 2 && (at = memchr(at, '\n', (size_t)(end - at)))) {
		r->breaks++;
		at++;
	}
}

void hj__read_gap(hj__recovery *r)
{
	r->breaks = 0;
	r->comment = false;
	while (r->at < r->end) {
		r->at = hj_scan_space(r->at, &r->breaks);
		if (r->at >= r->end)
			break;
		const char *at = r->at;
		uint32_t code = 0;
		const char *stop = stray_space_end(at, r->end, &code);
		if (stop > at) {
			read_stray_space(r, stop, code);
		} else if (*at == '#') {
			read_hash(r);
		} else if (*at == '\0') {
			read_nul(r);
		} else if (at_marker(r, at)) {
			read_marker(r);
		} else if (*at == '/' && (at[1] == '/' || at[1] == '*')) {
			stop = at[1] == '/' ? memchr(at, '\n', (size_t)(r->end - at))
				: r->end - at < 4
				? NULL
				: memmem(at + 2, (size_t)(r->end - at - 2), "*/", 2);
			if (!stop) {
				read_open_comment(r);
				return;
			}
			stop += at[1] == '/' ? 0 : 2;
			if (!hj_utf8_valid((hj_slice){at, (size_t)(stop - at)})) {
				hj_finding *finding = HJ__REPORT(r, HJ_S_COMMENT_NOT_UTF8,
					hj__span(r, at, stop), "the comment is not valid UTF-8");
				hj_finding_help(hj__list(r), finding,
					"save the file as UTF-8, or delete the comment");
			}
			r->comment = true;
			count_breaks(r, at, stop);
			r->at = stop;
		} else {
			break;
		}
	}
}

/* The end of `open`…`close` on one line, brackets of the same kind inside counted. */
static const char *enclosed(const char *at, const char *end, char open, char close)
{
	int depth = 0;
	for (const char *stop = at; stop < end && stop - at < HJ__LOOK_AHEAD && *stop != '\n';
		stop++) {
		if (*stop == open)
			depth++;
		else if (*stop == close && --depth == 0)
			return stop + 1;
	}
	return NULL;
}

const char *hj__template_end(const char *at, const char *end)
{
	if (end - at < 3)
		return NULL;
	if (*at == '$' && at[1] == '{')
		return enclosed(at + 1, end, '{', '}');
	if (*at == '$' && at[1] == '(')
		return enclosed(at + 1, end, '(', ')');
	if (*at == '<' && at[1] != '<' && at[1] != '=')
		return enclosed(at, end, '<', '>');
	if (*at == '%' && hj_byte_is(at[1], HJ_BYTE_LITERAL)) {
		const char *stop = at + 1;
		while (stop < end && stop - at < 64 &&
			(hj_byte_is(*stop, HJ_BYTE_LITERAL) || *stop == '_'))
			stop++;
		return stop < end && *stop == '%' ? stop + 1 : NULL;
	}
	if (*at != '{')
		return NULL;
	if (at[1] == '%' || at[1] == '#')
		return enclosed(at, end, '{', '}');
	if (at[1] != '{')
		return NULL;
	/* Two braces are a template unless what follows could be an object in an object. */
	const char *inner = at + 2;
	while (inner < end && is_blank(*inner))
		inner++;
	if (inner == end || *inner == '\n' || *inner == '\r' || strchr("{}[]\"'/", *inner))
		return NULL;
	const char *stop = enclosed(at, end, '{', '}');
	return stop && stop[-2] == '}' ? stop : NULL;
}

/* tag:a and the like: a colon inside a name that somebody forgot to quote. */
static bool has_prefix(const char *start, const char *colon)
{
	static const char *const prefixes[] = {
		"tag", "group", "autogroup", "host", "ipset", "posture", "svc", "node", "user"};
	size_t size = (size_t)(colon - start);
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (strlen(prefixes[i]) == size && memcmp(start, prefixes[i], size) == 0)
			return true;
	return false;
}

static bool is_comment(const char *at)
{
	return *at == '/' && (at[1] == '/' || at[1] == '*');
}

/* Where the word at `at` ends. Templates count as bytes of it, and *template says so. */
static const char *word_end(hj__recovery *r, const char *at, bool name, bool *template)
{
	const char *start = at;
	while (at < r->end) {
		/* Within a word `<` is a comparison or an arrow. */
		const char *stop = *at == '<' && at > start ? NULL : hj__template_end(at, r->end);
		uint32_t code;
		if (stop) {
			*template = true;
			at = stop;
		} else if (*at == ':' && at > start) {
			bool joins = hj__word_byte(at[1]) || at[1] == ':';
			if (!joins || (name && !has_prefix(start, at)))
				break;
			at++;
			if (is_comment(at))
				at += 2; /* http:// */
		} else if ((*at == '\'' || *at == '#') && at > start) {
			at++;
		} else if (!hj__word_byte(*at) || is_comment(at) || (*at == '=' && name) ||
			(*at == ';' && at > start)) {
			break;
		} else if ((unsigned char)*at >= 0x80) {
			if (stray_space_end(at, r->end, &code) > at)
				break;
			int size = hj_utf8_decode(at, r->end, &code);
			at += size ? size : 1;
		} else {
			at++;
		}
	}
	return at;
}

static const char *digits_end(const char *at)
{
	while (hj_byte_is(*at, HJ_BYTE_DIGIT))
		at++;
	return at;
}

static const char *number_end(const char *at)
{
	at += *at == '-';
	if (!hj_byte_is(*at, HJ_BYTE_DIGIT))
		return NULL;
	at = *at == '0' ? at + 1 : digits_end(at);
	if (*at == '.') {
		if (!hj_byte_is(at[1], HJ_BYTE_DIGIT))
			return NULL;
		at = digits_end(at + 1);
	}
	if (*at == 'e' || *at == 'E') {
		at++;
		at += *at == '+' || *at == '-';
		if (!hj_byte_is(*at, HJ_BYTE_DIGIT))
			return NULL;
		at = digits_end(at);
	}
	return at;
}

static bool equals(const char *start, const char *end, const char *text)
{
	return strlen(text) == (size_t)(end - start) &&
		memcmp(start, text, (size_t)(end - start)) == 0;
}

static bool equals_folded(const char *start, const char *end, const char *text)
{
	return strlen(text) == (size_t)(end - start) &&
		strncasecmp(start, text, (size_t)(end - start)) == 0;
}

/*
 * Something between a number and a word: is it meant as a number? If so writes how JSON spells it
 * to `out` (empty: it cannot be spelt) and says what is wrong with it.
 */
static const char *number_fault(const char *start, const char *end, char *out, size_t room)
{
	enum { LONGEST = 60 };
	const char *at = start;
	size_t size = 0;
	out[0] = '\0';
	if (end - start > LONGEST || room < LONGEST + 8)
		return NULL;
	bool plus = *at == '+', minus = *at == '-';
	at += plus || minus;
	if (equals_folded(at, end, "nan") || equals_folded(at, end, "infinity") ||
		equals_folded(at, end, "inf"))
		return "JSON has no NaN and no infinity";
	if (minus)
		out[size++] = '-';
	if (*at == '0' && (at[1] == 'x' || at[1] == 'X' || at[1] == 'o' || at[1] == 'b')) {
		unsigned base = at[1] == 'o' ? 8 : at[1] == 'b' ? 2 : 16;
		uint64_t value = 0;
		for (at += 2; at < end; at++) {
			char c = *at;
			unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0')
				: c >= 'a' && c <= 'f'        ? (unsigned)(c - 'a') + 10
				: c >= 'A' && c <= 'F'        ? (unsigned)(c - 'A') + 10
							      : 99;
			if (digit >= base)
				return NULL;
			if (value > (UINT64_MAX >> 4) - 1) {
				out[0] = '\0';
				return "JSON has decimal numbers only";
			}
			value = value * base + digit;
		}
		snprintf(out + size, room - size, "%llu", (unsigned long long)value);
		return "JSON has decimal numbers only";
	}
	const char *fault = plus ? "a number does not begin with \"+\"" : NULL;
	unsigned dots = 0, digits = 0;
	if (*at == '.') {
		fault = "a number begins with a digit";
		out[size++] = '0';
	} else if (*at == '0' && (hj_byte_is(at[1], HJ_BYTE_DIGIT) || at[1] == '_')) {
		fault = "a number does not begin with 0";
		while (*at == '0' && (hj_byte_is(at[1], HJ_BYTE_DIGIT) || at[1] == '_'))
			at += 1 + (at[1] == '_');
	}
	for (; at < end; at++) {
		if (hj_byte_is(*at, HJ_BYTE_DIGIT)) {
			digits++;
			out[size++] = *at;
		} else if (*at == '_' && digits) {
			fault = fault ? fault : "a number has no \"_\" in it";
		} else if (*at == '.' && dots++ == 0) {
			if (at + 1 < end && hj_byte_is(at[1], HJ_BYTE_DIGIT)) {
				out[size++] = '.';
			} else {
				fault = fault ? fault : "digits are missing after the point";
			}
		} else if ((*at == 'e' || *at == 'E') && digits) {
			out[size++] = *at;
			if (at + 1 < end && (at[1] == '+' || at[1] == '-'))
				out[size++] = *++at;
			if (at + 1 == end) {
				out[0] = '\0';
				return "the exponent of the number is missing";
			}
			for (const char *rest = at + 1; rest < end; rest++)
				if (!hj_byte_is(*rest, HJ_BYTE_DIGIT))
					return NULL;
		} else {
			return NULL;
		}
	}
	if (digits == 0)
		return NULL;
	out[size] = '\0';
	return fault ? fault : "this is not a number";
}

/* Quotes around [start, end), as edits of a fix. */
static void quote_edits(hj__recovery *r, hj_finding *finding, const char *start, const char *end)
{
	if (memchr(start, '\\', (size_t)(end - start)))
		return;
	hj_finding_edit(hj__list(r), finding, hj__span(r, start, start), HJ_SLICE("\""));
	hj_finding_edit(hj__list(r), finding, hj__span(r, end, end), HJ_SLICE("\""));
}

static void report_word(hj__recovery *r, const char *start, const char *end)
{
	static const struct {
		const char *word, *meant;
		bool safe;
	} known[] = {
		{"true", "true", true},
		{"false", "false", true},
		{"null", "null", true},
		{"none", "null", true},
		{"nil", "null", true},
		{"undefined", "null", false},
		{"yes", "true", false},
		{"no", "false", false},
	};
	hj_slice shown = hj__shown(start, end);
	hj_span span = hj__span(r, start, end);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!equals_folded(start, end, known[i].word))
			continue;
		hj_finding *finding = HJ__REPORT(
			r, HJ_S_BARE_WORD, span, "%.*s is no value of JSON", HJ_SLICE_ARGS(shown));
		hj_finding_help(hj__list(r), finding, "write %s", known[i].meant);
		hj_finding_edit(hj__list(r), finding, span, hj_slice_str(known[i].meant));
		if (finding)
			finding->safe = known[i].safe;
		return;
	}
	char spelt[80];
	const char *fault = number_fault(start, end, spelt, sizeof spelt);
	if (fault) {
		hj_finding *finding = HJ__REPORT(
			r, HJ_S_BAD_NUMBER, span, "%.*s: %s", HJ_SLICE_ARGS(shown), fault);
		if (spelt[0]) {
			hj_finding_help(hj__list(r), finding, "write %s", spelt);
			hj_finding_edit(hj__list(r), finding, span, hj_slice_str(spelt));
			if (finding)
				finding->safe = true;
		} else {
			hj_finding_help(hj__list(r), finding, "write a decimal number or null");
		}
		return;
	}
	uint32_t code;
	int size = hj_utf8_decode(start, end, &code);
	bool text = *start == '$' || *start == '_' || *start == '*' || *start == '@' ||
		*start == '~' || *start == '.' || hj_byte_is(*start, HJ_BYTE_LITERAL) ||
		(code >= 0xC0 && size > 0);
	if (!text) {
		hj_finding *finding = size == 0
			? HJ__REPORT(r, HJ_S_UNEXPECTED_CHARACTER, span,
				  "the byte 0x%02x does not belong here", (unsigned char)*start)
			: hj_unicode_printable(code)
			? HJ__REPORT(r, HJ_S_UNEXPECTED_CHARACTER, span,
				  "%.*s does not belong here", HJ_SLICE_ARGS(shown))
			: HJ__REPORT(r, HJ_S_UNEXPECTED_CHARACTER, span,
				  "the character U+%04X does not belong here", (unsigned)code);
		hj_finding_help(hj__list(r), finding, "delete it, or put it in a string");
		if (r->state == HJ__AFTER)
			hj_finding_edit(hj__list(r), finding, span, HJ_SLICE(""));
		return;
	}
	hj_finding *finding = HJ__REPORT(
		r, HJ_S_BARE_WORD, span, "the text %.*s has no quotes", HJ_SLICE_ARGS(shown));
	hj_finding_help(hj__list(r), finding, "write it in quotes: \"%.*s\"", HJ_SLICE_ARGS(shown));
	quote_edits(r, finding, start, end);
}

static void report_template(hj__recovery *r, const char *start, const char *end)
{
	hj_slice shown = hj__shown(start, end);
	hj_finding *finding = HJ__REPORT(r, HJ_S_TEMPLATE, hj__span(r, start, end),
		"the placeholder %.*s was not filled in", HJ_SLICE_ARGS(shown));
	hj_finding_help(hj__list(r), finding,
		"put the value in its place; a template is checked after it was filled in");
}

/* before, shown and after in one; shown is short, see hj__shown. */
static void compose(char out[100], const char *before, hj_slice shown, const char *after)
{
	size_t size = strlen(before);
	memcpy(out, before, size);
	memcpy(out + size, shown.data, shown.size);
	strcpy(out + size + shown.size, after);
}

static void report_name(hj__recovery *r, const char *start, const char *end, bool literal)
{
	hj_slice shown = hj__shown(start, end);
	char help[100];
	if (literal) {
		hj_finding *finding = HJ__REPORT(r, HJ_S_NAME_NOT_STRING, hj__span(r, start, end),
			"a name is a string in quotes, not %.*s", HJ_SLICE_ARGS(shown));
		hj_finding_help(hj__list(r), finding, "write \"%.*s\"", HJ_SLICE_ARGS(shown));
		quote_edits(r, finding, start, end);
		return;
	}
	char message[100];
	compose(message, "the name ", shown, " has no quotes");
	compose(help, "write names in quotes: \"", shown, "\"");
	hj_finding *finding =
		hj__fold_report(r, HJ_S_UNQUOTED_NAME, hj__span(r, start, end), message, help);
	quote_edits(r, finding, start, end);
}

/* The word ends with a quote: the one before it was forgotten. */
static bool closing_quote(const hj__recovery *r, const char *quote)
{
	if (quote >= r->end || *quote != '"')
		return false;
	const char *at = quote + 1;
	while (at < r->end && is_blank(*at))
		at++;
	return at == r->end || strchr(",:]}\r\n", *at) || is_comment(at);
}

hj__token hj__read_word(hj__recovery *r)
{
	const char *start = r->at;
	bool name = hj__at_name(r), template = false;
	const char *end = word_end(r, start, name, &template);
	if (end == start)
		end++; /* a byte that can start nothing */
	uint32_t kind = equals(start, end, "true") ? HJ_TRUE
		: equals(start, end, "false")      ? HJ_FALSE
		: equals(start, end, "null")       ? HJ_NULL
		: number_end(start) == end         ? HJ_NUMBER
						   : HJ_ERROR;
	if (kind == HJ_ERROR) {
		/* More words on this line belong to it. */
		for (const char *next = end;;) {
			while (next < r->end && is_blank(*next))
				next++;
			if (next == end || next >= r->end || is_comment(next) ||
				(name && *next == '=') || *next == '|')
				break;
			const char *stop = word_end(r, next, name, &template);
			if (stop == next)
				break;
			next = end = stop;
		}
	}
	r->at = end;
	hj__token token = {hj__offset(r, start), hj__offset(r, end), kind};
	if (closing_quote(r, end) && !template) {
		hj_slice shown = hj__shown(start, end);
		hj_finding *finding = HJ__REPORT(r, HJ_S_MISSING_QUOTE, hj__span(r, start, end + 1),
			"the opening quote of %.*s\" is missing", HJ_SLICE_ARGS(shown));
		hj_finding_help(hj__list(r), finding, "write a quote before it");
		hj_finding_edit(hj__list(r), finding, hj__span(r, start, start), HJ_SLICE("\""));
		r->at = end + 1;
		return (hj__token){token.start, token.end + 1, HJ_ERROR};
	}
	if (template)
		report_template(r, start, end);
	else if (name && hj__peek(r, end) == ':' &&
		(kind != HJ_ERROR || hj_byte_is(*start, HJ_BYTE_DIGIT)))
		report_name(r, start, end, true);
	else if (name && (hj__peek(r, end) == ':' || hj__peek(r, end) == '='))
		report_name(r, start, end, false);
	else if (name && kind != HJ_ERROR && !r->value_missing) {
		hj_slice shown = hj__shown(start, end);
		hj_finding *finding = HJ__REPORT(r, HJ_S_NAME_NOT_STRING, hj__span(r, start, end),
			"expected a name in quotes, found %.*s", HJ_SLICE_ARGS(shown));
		hj_finding_help(hj__list(r), finding,
			"an object holds names and values; a list is written with [ and ]");
	} else if (kind == HJ_ERROR)
		report_word(r, start, end);
	if (name)
		token.bits = HJ_ERROR;
	return token;
}
