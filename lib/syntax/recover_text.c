#include "syntax/recover.h"

#include "syntax/scan.h"

static bool starts_literal(char byte)
{
	return hj_byte_is(byte, HJ_BYTE_LITERAL);
}

/* A name and its colon: a string, or a word that begins a line. */
static bool is_name(const hj__recovery *r, bool quoted)
{
	const char *end = r->at;
	if (quoted) {
		end = hj_scan_string(r->at + 1);
		return *end == '"' && hj__peek(r, end + 1) == ':';
	}
	while (end < r->end && end - r->at < HJ__LOOK_AHEAD && hj__word_byte(*end))
		end++;
	return r->breaks && starts_literal(*r->at) && *end == ':' &&
		(hj_byte_is(end[1], HJ_BYTE_SPACE) || (end[1] && strchr("[{\"", end[1])));
}

/*
 * Text where a value should be. If a colon follows, it is a name: the first of an object whose
 * brace was forgotten; or, on a line of its own, the next one, and the value before is missing.
 */
static void check_for_name(hj__recovery *r, bool quoted)
{
	if (!hj__in_member(r) || !is_name(r, quoted))
		return;
	bool brace = r->state == HJ__VALUE && !r->soft &&
		hj__report_missing_brace(r, hj__offset(r, r->at));
	if (!brace && !r->breaks)
		return;
	if (!brace)
		hj__report_missing_value(r);
	hj__put_missing_value(r, r->token_end);
	r->soft = true;
}

/* A string where a name should be: does a comma or ] follow, as after an element? */
static bool is_element(const hj__recovery *r)
{
	const char *close = hj_scan_string(r->at + 1);
	char next = *close == '"' ? hj__peek(r, close + 1) : '\0';
	return next == ',' || next == ']';
}

/* Is the word at `at` a name, though it has no quotes, or lacks one? */
static bool word_is_name(const hj__recovery *r)
{
	const char *end = r->at;
	while (end < r->end && end - r->at < HJ__LOOK_AHEAD && hj__word_byte(*end) && *end != '=')
		end++;
	char next = hj__peek(r, end);
	return next == ':' || next == '=' || next == '"';
}

/*
 * Text comes right after a value. It is out of place (true) unless it may be the next element or
 * name, with the comma before it missing.
 */
static bool out_of_place(hj__recovery *r)
{
	char byte = *r->at;
	if (r->state != HJ__AFTER)
		return false;
	bool lone = strchr("+-.", byte) && hj_byte_is(r->at[1], HJ_BYTE_SPACE);
	bool next = byte == '"' || byte == '\'' || byte == '`' ||
		(!lone && starts_literal(byte) && (!hj__in_object(r) || word_is_name(r)));
	if (next)
		hj__report_missing_comma(r);
	return !next;
}

/* Puts what was read; `said` is how much was said before, `plain` before the reading alone. */
static void put_text(hj__recovery *r, hj__token token, bool out, size_t said, size_t plain)
{
	hj_span span = {token.start, token.end};
	bool bad = token.bits == HJ_ERROR, name = hj__at_name(r);
	char next = hj__peek(r, r->at);
	if (!name) {
		if (out && bad && hj__in_array(r)) {
			hj__put_junk(r, span);
			r->soft = true;
			return;
		}
		hj__put(r, token);
		r->soft = false;
	} else if (next != ':' && (out || (bad && r->data[span.start] != '"' && next != '='))) {
		/* A line of a template, {{ if … }}, is no name. */
		if (!out && hj__said(r) == said && !r->soft && !r->value_missing)
			HJ__REPORT(r, HJ_S_BARE_WORD, span, "expected a name in quotes");
		hj__put_junk(r, span);
		r->soft = true;
		r->value_missing = r->value_missing || !out;
	} else {
		/* What is missing after a name that was hard to read was perhaps taken with it. */
		hj__put(r, token);
		r->soft = hj__said(r) != plain && next != ':' && next != '=';
	}
}

void hj__at_text(hj__recovery *r)
{
	size_t said = hj__said(r);
	bool quoted = *r->at == '"';
	if (r->open == HJ__NONE && r->document->count) {
		hj__take_extra(r);
		return;
	}
	if (hj__at_wrong_mark(r) || (r->open == HJ__NONE && !quoted && hj__skip_before_root(r)))
		return;
	check_for_name(r, quoted);
	if (quoted) {
		while (hj__close_before_name(r))
			;
		if (is_element(r))
			hj__take_for_element(r);
	}
	if (r->state == HJ__COLON) {
		hj__skip_missing_colon(r);
		r->soft = r->soft || (!quoted && !starts_literal(*r->at));
	}
	bool out = out_of_place(r);
	size_t plain = hj__said(r);
	hj__token token;
	if (quoted)
		token = hj__read_string(r);
	else if (hj__read_quoted(r, &token))
		out = false;
	else
		token = hj__read_word(r);
	put_text(r, token, out, said, plain);
}
