#include "base/utf8.h"
#include "syntax/recover.h"
#include "syntax/scan.h"

#include <strings.h>

bool hj__word_byte(char byte)
{
	unsigned char c = (unsigned char)byte;
	if (c <= ' ' || c == 0x7F)
		return false;
	return !strchr(",:[]{}\"'`#", byte);
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
			if (hj__is_comment(at))
				at += 2; /* http:// */
		} else if ((*at == '\'' || *at == '#') && at > start) {
			at++;
		} else if (!hj__word_byte(*at) || hj__is_comment(at) || (*at == '=' && name) ||
			(*at == ';' && at > start)) {
			break;
		} else if ((unsigned char)*at >= 0x80) {
			if (hj__stray_space_end(at, r->end, &code) > at)
				break;
			int size = hj_utf8_decode(at, r->end, &code);
			at += size ? size : 1;
		} else {
			at++;
		}
	}
	return at;
}

static bool equals(const char *start, const char *end, const char *text)
{
	return strlen(text) == (size_t)(end - start) &&
		memcmp(start, text, (size_t)(end - start)) == 0;
}

bool hj__equals_folded(const char *start, const char *end, const char *text)
{
	return strlen(text) == (size_t)(end - start) &&
		strncasecmp(start, text, (size_t)(end - start)) == 0;
}

/* before, shown and after in one; shown is short, see hj__shown. */
static void compose(char out[100], const char *before, hj_slice shown, const char *after)
{
	size_t size = strlen(before);
	memcpy(out, before, size);
	memcpy(out + size, shown.data, shown.size);
	memcpy(out + size + shown.size, after, strlen(after) + 1);
}

/* Quotes around [start, end), as edits of a fix. */
static void quote_edits(hj__recovery *r, hj_finding *finding, const char *start, const char *end)
{
	if (memchr(start, '\\', (size_t)(end - start)))
		return;
	hj__edit(r, finding, hj__span(r, start, start), HJ_SLICE("\""));
	hj__edit(r, finding, hj__span(r, end, end), HJ_SLICE("\""));
}

/* The constants of JSON in other capitals, and those of other languages. */
static bool report_constant(hj__recovery *r, const char *start, const char *end)
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
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!hj__equals_folded(start, end, known[i].word))
			continue;
		hj_slice shown = hj__shown(start, end);
		hj_span span = hj__span(r, start, end);
		hj_finding *finding = HJ__REPORT(
			r, HJ_S_BARE_WORD, span, "%.*s is no value of JSON", HJ_SLICE_ARGS(shown));
		hj_finding_help(hj__list(r), finding, "write %s", known[i].meant);
		hj__edit(r, finding, span, hj_slice_str(known[i].meant));
		if (known[i].safe)
			hj__is_safe(finding);
		return true;
	}
	return false;
}

static bool report_number(hj__recovery *r, const char *start, const char *end)
{
	char spelt[HJ__NUMBER_ROOM];
	const char *fault = hj__number_fault(start, end, spelt);
	if (!fault)
		return false;
	hj_slice shown = hj__shown(start, end);
	hj_span span = hj__span(r, start, end);
	hj_finding *finding =
		HJ__REPORT(r, HJ_S_BAD_NUMBER, span, "%.*s: %s", HJ_SLICE_ARGS(shown), fault);
	if (spelt[0]) {
		hj_finding_help(hj__list(r), finding, "write %s", spelt);
		hj__edit(r, finding, span, hj_slice_str(spelt));
		hj__is_safe(finding);
	} else {
		hj_finding_help(hj__list(r), finding, "write a decimal number or null");
	}
	return true;
}

/* Could this be a text that lacks its quotes? Or is it a mark that means nothing? */
static bool is_text(const char *start, const char *end)
{
	uint32_t code;
	int size = hj_utf8_decode(start, end, &code);
	if (end - start == 1 && strchr("+-.", *start))
		return false;
	return hj_byte_is(*start, HJ_BYTE_LITERAL) || (*start && strchr("$_*@~", *start)) ||
		(size > 0 && code >= 0xC0);
}

static void report_character(hj__recovery *r, const char *start, const char *end)
{
	hj_slice shown = hj__shown(start, end);
	hj_span span = hj__span(r, start, end);
	uint32_t code;
	int size = hj_utf8_decode(start, end, &code);
	hj_finding *finding = size == 0
		? HJ__REPORT(r, HJ_S_UNEXPECTED_CHARACTER, span,
			  "the byte 0x%02x does not belong here", (unsigned char)*start)
		: hj_unicode_printable(code)
		? HJ__REPORT(r, HJ_S_UNEXPECTED_CHARACTER, span, "%.*s does not belong here",
			  HJ_SLICE_ARGS(shown))
		: HJ__REPORT(r, HJ_S_UNEXPECTED_CHARACTER, span,
			  "the character U+%04X does not belong here", (unsigned)code);
	hj_finding_help(hj__list(r), finding, "delete it, or put it in a string");
	if (r->state == HJ__AFTER || hj__at_name(r))
		hj__edit(r, finding, span, HJ_SLICE(""));
}

static bool begins_with(const char *start, const char *end, const char *prefix)
{
	size_t size = strlen(prefix);
	return (size_t)(end - start) >= size && memcmp(start, prefix, size) == 0;
}

/* Marks of other languages: dashes before the items of a list, comments, an ellipsis. */
static bool report_habit(hj__recovery *r, const char *start, const char *end)
{
	hj_span span = hj__span(r, start, end);
	if (begins_with(start, end, "- ")) {
		hj_finding *finding = hj__fold_report(r, HJ_S_BARE_WORD, span,
			"a list is not written with dashes", "write [\"a\", \"b\"]");
		if (finding)
			finding->safe = false;
		return true;
	}
	bool left_out = equals(start, end, "...") || equals(start, end, "\xE2\x80\xA6");
	bool comment = begins_with(start, end, "-- ") || begins_with(start, end, "/ ") ||
		begins_with(start, end, "<!--");
	if (!left_out && !comment)
		return false;
	hj_slice shown = hj__shown(start, end);
	hj_finding *finding = HJ__REPORT(r, HJ_S_UNEXPECTED_CHARACTER, span,
		"%.*s does not belong here", HJ_SLICE_ARGS(shown));
	hj_finding_help(hj__list(r), finding,
		left_out ? "write what was left out, or delete it"
			 : "a comment is written // to the end of the line, or /* to */");
	return true;
}

static void report_word(hj__recovery *r, const char *start, const char *end)
{
	if (report_constant(r, start, end) || report_number(r, start, end) ||
		report_habit(r, start, end))
		return;
	if (!is_text(start, end)) {
		report_character(r, start, end);
		return;
	}
	hj_slice shown = hj__shown(start, end);
	hj_finding *finding = HJ__REPORT(r, HJ_S_BARE_WORD, hj__span(r, start, end),
		"the text %.*s has no quotes", HJ_SLICE_ARGS(shown));
	hj_finding_help(hj__list(r), finding, "write it in quotes: \"%.*s\"", HJ_SLICE_ARGS(shown));
	quote_edits(r, finding, start, end);
}

/* A name that is a number, true, false or null. */
static void report_literal_name(hj__recovery *r, const char *start, const char *end)
{
	hj_slice shown = hj__shown(start, end);
	hj_finding *finding = HJ__REPORT(r, HJ_S_NAME_NOT_STRING, hj__span(r, start, end),
		"a name is a string in quotes, not %.*s", HJ_SLICE_ARGS(shown));
	hj_finding_help(hj__list(r), finding, "write \"%.*s\"", HJ_SLICE_ARGS(shown));
	quote_edits(r, finding, start, end);
}

static void report_bare_name(hj__recovery *r, const char *start, const char *end)
{
	hj_slice shown = hj__shown(start, end);
	char message[100], help[100];
	compose(message, "the name ", shown, " has no quotes");
	compose(help, "write names in quotes: \"", shown, "\"");
	hj_finding *finding =
		hj__fold_report(r, HJ_S_UNQUOTED_NAME, hj__span(r, start, end), message, help);
	quote_edits(r, finding, start, end);
}

/* A number, true, false or null where a name should be, and no colon after it. */
static void report_value_for_name(hj__recovery *r, const char *start, const char *end)
{
	hj_slice shown = hj__shown(start, end);
	char message[100];
	compose(message, "expected a name in quotes, found ", shown, "");
	hj_finding *finding = hj__fold_report(r, HJ_S_NAME_NOT_STRING, hj__span(r, start, end),
		message, "an object holds names and values; a list is written with [ and ]");
	if (finding)
		finding->safe = false;
}

static void report_missing_opening_quote(hj__recovery *r, const char *start, const char *end)
{
	hj_slice shown = hj__shown(start, end);
	hj_finding *finding = HJ__REPORT(r, HJ_S_MISSING_QUOTE, hj__span(r, start, end + 1),
		"the opening quote of %.*s\" is missing", HJ_SLICE_ARGS(shown));
	hj_finding_help(hj__list(r), finding, "write a quote before it");
	hj__edit(r, finding, hj__span(r, start, start), HJ_SLICE("\""));
}

/* The word ends with a quote: the one before it was forgotten. */
static bool closing_quote(const hj__recovery *r, const char *quote)
{
	if (quote >= r->end || *quote != '"')
		return false;
	const char *at = hj__skip_blanks(quote + 1, r->end);
	return at == r->end || strchr(",:]}\r\n", *at) || hj__is_comment(at);
}

/* More words on the line of one that ends at `end` belong to it. */
static const char *words_end(hj__recovery *r, const char *end, bool name, bool *template)
{
	for (;;) {
		const char *next = hj__skip_blanks(end, r->end);
		if (next == end || next >= r->end || hj__is_comment(next) ||
			(name && *next == '=') || *next == '|')
			return end;
		const char *stop = word_end(r, next, name, template);
		if (stop == next)
			return end;
		end = stop;
	}
}

static uint32_t literal_kind(const char *start, const char *end)
{
	return equals(start, end, "true")      ? HJ_TRUE
		: equals(start, end, "false")  ? HJ_FALSE
		: equals(start, end, "null")   ? HJ_NULL
		: hj__number_end(start) == end ? HJ_NUMBER
					       : HJ_ERROR;
}

hj__token hj__read_word(hj__recovery *r)
{
	const char *start = r->at;
	bool name = hj__at_name(r), template = false;
	const char *end = word_end(r, start, name, &template);
	if (end == start)
		end++; /* a byte that can start nothing */
	uint32_t kind = literal_kind(start, end);
	if (kind == HJ_ERROR)
		end = words_end(r, end, name, &template);
	if (closing_quote(r, end) && !template) {
		report_missing_opening_quote(r, start, end);
		return hj__token_of(r, start, end + 1, HJ_ERROR);
	}
	char next = hj__peek(r, end);
	bool literal = kind != HJ_ERROR;
	r->at = end;
	if (template)
		hj__report_template(r, start, end);
	else if (name && next == ':' && (literal || hj_byte_is(*start, HJ_BYTE_DIGIT)))
		report_literal_name(r, start, end);
	else if (name && (next == ':' || next == '='))
		report_bare_name(r, start, end);
	else if (name && literal && !r->value_missing)
		report_value_for_name(r, start, end);
	else if (!literal)
		report_word(r, start, end);
	return hj__token_of(r, start, end, name ? (uint32_t)HJ_ERROR : kind);
}
