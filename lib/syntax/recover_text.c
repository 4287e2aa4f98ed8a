#include "syntax/recover.h"

#include "syntax/scan.h"

static bool starts_literal(char byte)
{
	return hj_byte_is(byte, HJ_BYTE_LITERAL);
}

/*
 * A string where a value should be. If it begins a line and a colon follows, it is the next name
 * and the value before it is missing.
 */
static void check_for_name(hj__recovery *r)
{
	if (!hj__in_member(r) || !r->breaks)
		return;
	const char *close = hj_scan_string(r->at + 1);
	if (*close != '"' || hj__peek(r, close + 1) != ':')
		return;
	bool brace = r->state == HJ__VALUE && !r->soft &&
		hj__report_missing_brace(r, hj__offset(r, r->at));
	if (!brace)
		hj__report_missing_value(r);
	hj__put_missing_value(r, r->token_end);
	r->soft = true;
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
	bool next = byte == '"' || byte == '\'' || byte == '`' ||
		(starts_literal(byte) && (!hj__in_object(r) || word_is_name(r)));
	if (next)
		hj__report_missing_comma(r);
	return !next;
}

void hj__at_text(hj__recovery *r)
{
	size_t said = hj__said(r);
	bool quoted = *r->at == '"', out = false;
	if (r->open == HJ__NONE && r->document->count) {
		hj__take_extra(r);
		return;
	}
	if (hj__at_wrong_mark(r) || (r->open == HJ__NONE && !quoted && hj__skip_before_root(r)))
		return;
	if (quoted)
		check_for_name(r);
	if (r->state == HJ__COLON) {
		hj__skip_missing_colon(r);
		r->soft = r->soft || (!quoted && !starts_literal(*r->at));
	}
	out = out_of_place(r);
	hj__token token;
	if (quoted) {
		token = hj__read_string(r);
	} else if (hj__read_quoted(r, &token)) {
		out = false;
	} else {
		token = hj__read_word(r);
	}
	if (!hj__at_name(r)) {
		hj__put(r, token);
		r->soft = false;
		return;
	}
	char next = hj__peek(r, r->at);
	/* What may be junk: a line of a template, {{ if … }}, is no name either. */
	bool error = token.bits == HJ_ERROR && !quoted && next != '=';
	if (next != ':' && (out || error)) {
		if (!out && hj__said(r) == said && !r->soft && !r->value_missing)
			HJ__REPORT(r, HJ_S_BARE_WORD, ((hj_span){token.start, token.end}),
				"expected a name in quotes");
		hj__put_junk(r, (hj_span){token.start, token.end});
		r->soft = true;
		r->value_missing = r->value_missing || !out;
		return;
	}
	hj__put(r, token);
	r->soft = hj__said(r) != said && next != ':' && next != '=';
}
