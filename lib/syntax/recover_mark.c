#include "syntax/recover.h"

#include "syntax/scan.h"

/* The words for a place: in a member's or an element's row. */
static const char *part_name(hj__recovery *r)
{
	return hj__in_object(r) ? "member" : "element";
}

/* The quote and the comma were forgotten together: one mistake. */
static bool joins_missing_quote(hj__recovery *r)
{
	hj_finding *quote = hj__said_last(r, HJ_S_MISSING_QUOTE);
	if (!quote || quote->span.end != r->token_end)
		return false;
	hj_finding_help(hj__list(r), quote, "write a quote and a comma after it");
	hj__edit(r, quote, hj__point(r->token_end), HJ_SLICE(","));
	return true;
}

void hj__report_missing_comma(hj__recovery *r)
{
	if (r->soft || joins_missing_quote(r))
		return;
	hj_span place = hj__point(r->token_end);
	hj_finding *finding = HJ__REPORT(
		r, HJ_S_MISSING_COMMA, place, "expected a comma between the %ss", part_name(r));
	const char *before = r->data + r->token_end, *start = before;
	if (r->last != HJ__NONE)
		start = r->data + hj__node(r, r->last)->start;
	hj_slice shown = hj__shown(start, before);
	if (shown.size && shown.data + shown.size == before)
		hj_finding_help(
			hj__list(r), finding, "add a comma after %.*s", HJ_SLICE_ARGS(shown));
	else
		hj_finding_help(hj__list(r), finding, "add a comma after this %s", part_name(r));
	hj_finding_relate(
		hj__list(r), finding, hj__here(r), "the next %s begins here", part_name(r));
	hj__edit(r, finding, place, HJ_SLICE(","));
	hj__is_safe(finding);
}

void hj__report_missing_value(hj__recovery *r)
{
	if (r->soft || r->value_missing || (r->comment_open && r->at == r->end))
		return;
	hj_finding *finding;
	if (r->state == HJ__COLON) {
		hj_span name = r->last != HJ__NONE ? hj_node_span(hj__node(r, r->last))
						   : hj__point(r->token_end);
		hj_slice shown = hj__shown(r->data + name.start, r->data + name.end);
		finding = HJ__REPORT(r, HJ_S_MISSING_VALUE, name, "the name %.*s has no value",
			HJ_SLICE_ARGS(shown));
		hj_finding_help(hj__list(r), finding,
			r->at < r->end && (*r->at == ',' || *r->at == '}')
				? "write a colon and a value after it; a list is written with [ "
				  "and ]"
				: "write a colon and a value after it");
	} else {
		finding = HJ__REPORT(r, HJ_S_MISSING_VALUE, hj__point(r->token_end),
			"expected a value after the colon");
		hj_finding_help(hj__list(r), finding, "write a value, or null if there is none");
	}
}

void hj__end_member(hj__recovery *r)
{
	hj__report_missing_value(r);
	hj__put_missing_value(r, r->token_end);
}

void hj__report_extra_comma(hj__recovery *r)
{
	hj_span span = hj__here(r);
	if (r->soft) {
		/* More of a row: the fix deletes them all. */
		hj_finding *row = hj__said_last(r, HJ_S_EXTRA_COMMA);
		if (row && row->edit_count < HJ__MOST_PLACES)
			hj__edit(r, row, span, HJ_SLICE(""));
		return;
	}
	hj_finding *finding = HJ__REPORT(r, HJ_S_EXTRA_COMMA, span,
		r->open == HJ__NONE ? "a comma after the end of the document"
			: r->comma  ? "two commas in a row"
				    : "a comma before the first %s",
		part_name(r));
	hj__delete(r, finding, span);
	hj__is_safe(finding);
	r->soft = true; /* once for a row of them */
}

/* A comma or colon stands before the root. */
static void skip_mark_before_root(hj__recovery *r, hj__syntax_rule rule, const char *name)
{
	if (!r->soft) {
		hj_finding *finding =
			HJ__REPORT(r, rule, hj__here(r), "a %s before the document", name);
		hj__delete(r, finding, hj__here(r));
	}
	hj__skip_byte(r);
}

static void keep_trail_comment(hj__recovery *r)
{
	if (r->comment && r->last != HJ__NONE)
		hj__node(r, r->last)->bits |= HJ_TRAIL_COMMENT;
}

/* A comma, or what stands for one, is here: moves past it. */
static void take_comma(hj__recovery *r, size_t size)
{
	r->at += size;
	r->comma_end = hj__offset(r, r->at);
	r->state = HJ__WANT;
	r->comma = true;
}

void hj__at_comma(hj__recovery *r)
{
	if (r->open == HJ__NONE) {
		if (r->document->count)
			hj__take_extra(r);
		else
			skip_mark_before_root(r, HJ_S_EXTRA_COMMA, "comma");
		return;
	}
	bool soft = false;
	if (r->state == HJ__WANT && !hj__close_before_comma(r)) {
		hj__report_extra_comma(r);
		soft = true;
	} else if (r->state == HJ__AFTER) {
		keep_trail_comment(r);
	} else {
		hj__report_missing_value(r);
		r->value_missing = r->state == HJ__COLON;
		hj__put_missing_value(r, r->token_end);
	}
	take_comma(r, 1);
	r->soft = soft;
}

/*
 * The array, whose last element `name` is, was not closed: closes it and makes the element a name
 * of the object around it.
 */
static void close_array(hj__recovery *r, uint32_t array, uint32_t name)
{
	/* The end of the element before: that of the last node that reaches so far. */
	uint32_t end = hj__node(r, array)->start + 1, token_end = r->token_end;
	for (uint32_t i = array + 1; i < name; i = hj__node(r, i)->next)
		end = hj__node(r, i)->end;
	hj__report_unclosed(r, array, end, HJ_SLICE("]"));
	hj_node copy = *hj__node(r, name);
	r->document->count--;
	r->last = HJ__NONE;
	hj__close_unclosed(r);
	hj__node(r, array)->end = end;
	r->last = hj__push(r, copy.start, copy.end, copy.bits | HJ_IS_NAME);
	r->token_end = token_end;
	r->state = HJ__VALUE;
	r->at++;
	r->soft = false;
}

/*
 * In an array, a string and then a colon. If the string begins a line and the array is in an
 * object, the array was not closed and the string is a name of that object; else the array should
 * be an object.
 */
static void name_in_array(hj__recovery *r)
{
	uint32_t array = r->open, name = r->last;
	const hj_node *node = hj__node(r, name);
	uint32_t parent = hj__node(r, array)->next;
	bool outer = parent != HJ__NONE && hj_node_kind(hj__node(r, parent)) == HJ_OBJECT;
	if (r->phantom == array || (!r->soft && hj__report_missing_brace(r, node->start))) {
		r->comma = false;
	} else if (outer && name > array + 1 &&
		(node->bits & HJ_LEAD_BREAK || (!r->soft && hj__lacking(r, ']')))) {
		close_array(r, array, name);
		return;
	} else if (!r->soft && r->named != array) {
		hj_finding *finding =
			HJ__REPORT(r, HJ_S_NAME_IN_ARRAY, hj__here(r), "an array has no names");
		hj_finding_help(hj__list(r), finding,
			"write { and } around names and values, or a comma instead of the colon");
		hj__relate_opener(r, finding, array);
		r->named = array;
	}
	r->at++;
	r->state = HJ__WANT;
	r->soft = true;
}

/* A colon where a comma should be. */
static void colon_for_comma(hj__recovery *r)
{
	hj_finding *finding = HJ__REPORT(
		r, HJ_S_EXTRA_COLON, hj__here(r), "a colon after a value, where a comma should be");
	hj_finding_help(hj__list(r), finding, "write a comma instead");
	hj__edit(r, finding, hj__here(r), HJ_SLICE(","));
	hj__is_safe(finding);
	take_comma(r, 1);
}

static void colon_without_name(hj__recovery *r)
{
	if (!r->soft) {
		hj_finding *finding = HJ__REPORT(
			r, HJ_S_MISSING_NAME, hj__here(r), "expected a name before the colon");
		hj_finding_help(hj__list(r), finding, "write a name in quotes");
	}
	hj__put_missing_name(r, hj__offset(r, r->at));
	r->token_end = hj__offset(r, ++r->at);
}

static void skip_extra_colon(hj__recovery *r)
{
	if (!r->soft) {
		hj_finding *finding =
			HJ__REPORT(r, HJ_S_EXTRA_COLON, hj__here(r), "a colon too many");
		hj__delete(r, finding, hj__here(r));
		if (r->state == HJ__VALUE)
			hj__is_safe(finding);
	}
	r->soft = true;
	r->at++;
}

void hj__at_colon(hj__recovery *r)
{
	bool object = hj__in_object(r);
	if (r->open == HJ__NONE && r->document->count) {
		hj__take_extra(r);
	} else if (r->open == HJ__NONE) {
		skip_mark_before_root(r, HJ_S_EXTRA_COLON, "colon");
	} else if (r->state == HJ__COLON) {
		keep_trail_comment(r);
		r->state = HJ__VALUE;
		r->token_end = hj__offset(r, ++r->at);
		r->value_missing = false;
		r->soft = false;
	} else if (r->state == HJ__WANT && object) {
		colon_without_name(r);
	} else if (r->state == HJ__AFTER && object && !r->soft) {
		colon_for_comma(r);
	} else if (r->state == HJ__AFTER && !object && r->last != HJ__NONE && r->last > r->open &&
		hj_node_kind(hj__node(r, r->last)) == HJ_STRING) {
		name_in_array(r);
	} else {
		skip_extra_colon(r);
	}
}

void hj__skip_missing_colon(hj__recovery *r)
{
	if (!r->soft && !r->value_missing) {
		hj_span place = hj__point(r->token_end);
		hj_finding *finding =
			HJ__REPORT(r, HJ_S_MISSING_COLON, place, "expected a colon after the name");
		hj_finding_help(hj__list(r), finding, "write a colon between name and value");
		hj_finding_relate(hj__list(r), finding, hj__here(r), "the value begins here");
		hj__edit(r, finding, place, HJ_SLICE(":"));
		hj__is_safe(finding);
	}
	r->state = HJ__VALUE;
}

/* `=`, `=>`, `;` or a lone `.`: its size if it may stand for a colon or comma, else 0. */
static size_t wrong_mark(const char *at, bool colon, bool comma)
{
	switch (*at) {
	case '=': return !colon ? 0 : at[1] == '>' ? 2 : 1;
	case ';': return colon || comma;
	case '.': return comma && hj_byte_is(at[1], HJ_BYTE_SPACE);
	default: return 0;
	}
}

bool hj__at_wrong_mark(hj__recovery *r)
{
	const char *at = r->at;
	bool colon = r->state == HJ__COLON, comma = r->state == HJ__AFTER && r->open != HJ__NONE;
	size_t size = wrong_mark(at, colon, comma);
	if (!size)
		return false;
	hj_span span = hj__span(r, at, at + size);
	const char *wanted = colon ? "colon" : "comma";
	hj_finding *finding = *at == '='
		? HJ__REPORT(r, HJ_S_EQUALS_SIGN, span,
			  "expected a colon between name and value, found %.*s", (int)size, at)
		: *at == ';'
		? HJ__REPORT(r, HJ_S_SEMICOLON, span, "expected a %s, found a semicolon", wanted)
		: HJ__REPORT(r, HJ_S_UNEXPECTED_CHARACTER, span, "expected a comma, found a point");
	hj_finding_help(hj__list(r), finding, "write a %s instead", wanted);
	hj__edit(r, finding, span, colon ? HJ_SLICE(":") : HJ_SLICE(","));
	hj__is_safe(finding);
	r->at += size;
	hj__put_junk(r, span);
	r->soft = comma; /* a trailing semicolon, or one with a comma */
	if (comma)
		take_comma(r, 0);
	return true;
}
