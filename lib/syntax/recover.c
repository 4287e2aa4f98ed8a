/*
 * The tolerant parser. It is one loop: pass a gap, look at a byte, do what the state says. Nothing
 * recurses; an open container keeps the index of the one around it in `next`.
 *
 * The aim is one finding for one mistake. After something was skipped the parser is `soft`: it does
 * not complain that a comma or a value is missing, because what was skipped stood there.
 */
#include "syntax/recover.h"

#include "syntax/gap.h"
#include "syntax/scan.h"

static const char *kind_name(hj_kind kind)
{
	return kind == HJ_OBJECT ? "object" : "array";
}

static hj_span point(uint32_t at)
{
	return (hj_span){at, at};
}

static hj_span opener(hj__recovery *r, uint32_t container)
{
	uint32_t start = hj__node(r, container)->start;
	return (hj_span){start, start + 1};
}

/* The words for a place: in a member's or an element's row. */
static const char *part_name(hj__recovery *r)
{
	return hj__in_object(r) ? "member" : "element";
}

static void report_missing_comma(hj__recovery *r)
{
	if (r->soft)
		return;
	hj_findings *list = hj__list(r);
	if (list->count && list->items[list->count - 1].rule == hj__rule(HJ_S_MISSING_QUOTE) &&
		list->items[list->count - 1].span.end == r->token_end) {
		/* The quote and the comma were forgotten together: one mistake. */
		hj_finding *quote = &list->items[list->count - 1];
		hj_finding_help(list, quote, "write a quote and a comma after it");
		hj_finding_edit(list, quote, point(r->token_end), HJ_SLICE(","));
		return;
	}
	hj_finding *finding = HJ__REPORT(r, HJ_S_MISSING_COMMA, point(r->token_end),
		"expected a comma between the %ss", part_name(r));
	const char *before = r->data + r->token_end, *start = before;
	if (r->last != HJ__NONE)
		start = r->data + hj__node(r, r->last)->start;
	hj_slice shown = hj__shown(start, before);
	if (shown.size && shown.data + shown.size == before)
		hj_finding_help(
			hj__list(r), finding, "add a comma after %.*s", HJ_SLICE_ARGS(shown));
	else
		hj_finding_help(hj__list(r), finding, "add a comma after this %s", part_name(r));
	uint32_t next = hj__offset(r, r->at);
	hj_finding_relate(hj__list(r), finding, (hj_span){next, next + 1},
		"the next %s begins here", part_name(r));
	hj_finding_edit(hj__list(r), finding, point(r->token_end), HJ_SLICE(","));
	if (finding)
		finding->safe = true;
}

static void report_missing_value(hj__recovery *r)
{
	if (r->soft || r->value_missing || (r->comment_open && r->at == r->end))
		return;
	uint32_t name = r->last;
	hj_span span = r->state == HJ__COLON && name != HJ__NONE ? hj_node_span(hj__node(r, name))
								 : point(r->token_end);
	hj_slice shown = {0};
	if (r->state == HJ__COLON)
		shown = hj__shown(r->data + span.start, r->data + span.end);
	hj_finding *finding = shown.size
		? HJ__REPORT(r, HJ_S_MISSING_VALUE, span, "the name %.*s has no value",
			  HJ_SLICE_ARGS(shown))
		: HJ__REPORT(r, HJ_S_MISSING_VALUE, span, "expected a value after the colon");
	hj_finding_help(hj__list(r), finding,
		r->state == HJ__COLON ? "write a colon and a value after it"
				      : "write a value, or null if there is none");
}

/* What is left when the root is complete: one error node up to the end. */
static void take_rest(hj__recovery *r, const char *from)
{
	const char *end = r->end;
	while (end > from && hj_byte_is(end[-1], HJ_BYTE_SPACE))
		end--;
	/* Up to the very end if a line comment without its line feed is there: no gap could hold it. */
	hj__push(r, hj__offset(r, from), hj__offset(r, end), HJ_ERROR);
	r->last = HJ__NONE;
	r->at = end;
}

static void report_extra_comma(hj__recovery *r, const char *comma)
{
	hj_findings *list = hj__list(r);
	if (r->soft) {
		/* More of a row: the fix deletes them all. */
		hj_finding *before = list->count ? &list->items[list->count - 1] : NULL;
		if (before && before->rule == hj__rule(HJ_S_EXTRA_COMMA) &&
			before->edit_count < HJ__MOST_PLACES)
			hj_finding_edit(list, before, hj__span(r, comma, comma + 1), HJ_SLICE(""));
		return;
	}
	hj_finding *finding = HJ__REPORT(r, HJ_S_EXTRA_COMMA, hj__span(r, comma, comma + 1),
		r->open == HJ__NONE ? "a comma after the end of the document"
			: r->comma  ? "two commas in a row"
				    : "a comma before the first %s",
		part_name(r));
	hj_finding_help(hj__list(r), finding, "delete it");
	hj_finding_edit(hj__list(r), finding, hj__span(r, comma, comma + 1), HJ_SLICE(""));
	if (finding)
		finding->safe = true;
	r->soft = true; /* once for a row of them */
}

/* Something stands after the root. */
static void take_extra(hj__recovery *r)
{
	const char *start = r->at, *at = start;
	hj_findings *list = hj__list(r);
	const char *after = hj_gap_end(start + 1, r->end);
	if (*start == ',' && after == r->end) {
		report_extra_comma(r, start);
		r->at++;
		return;
	}
	if (*start == '}' || *start == ']') {
		if (r->doubled) {
			r->doubled--;
			hj__put_junk(r, hj__offset(r, start), hj__offset(r, start + 1));
			r->at++;
			return;
		}
		if (!r->soft) {
			hj_finding *finding = HJ__REPORT(r, HJ_S_UNEXPECTED_BRACKET,
				hj__span(r, start, start + 1),
				"there is nothing open that this %c could close", *start);
			hj_finding_help(list, finding, "delete it, or look for a missing %c",
				*start == '}' ? '{' : '[');
			hj_finding_edit(list, finding, hj__span(r, start, start + 1), HJ_SLICE(""));
		}
		r->soft = true;
		if (after < r->end && *after != ',' && *after != '}' && *after != ']') {
			take_rest(r, start);
		} else {
			hj__put_junk(r, hj__offset(r, start), hj__offset(r, start + 1));
			r->at++;
		}
		return;
	}
	if (!r->soft || *start != ',') {
		hj_kind root = hj_node_kind(hj__node(r, 0));
		bool member = *start == ':' && root != HJ_OBJECT && root != HJ_ARRAY;
		hj_finding *finding = HJ__REPORT(r, HJ_S_EXTRA_CONTENT, hj__span(r, at, at + 1),
			member ? "a document that has names needs { and } around it"
			       : "there is more text after the end of the document");
		hj_finding_help(list, finding,
			member ? "write { before the first name and } after the last value"
			       : "a document holds one value: delete the rest, or join it in one");
		hj_finding_relate(
			list, finding, hj_node_span(hj__node(r, 0)), "the document is this value");
	}
	take_rest(r, start);
}

/*
 * Names stand where an object should begin, and there is a closing brace to spare: the opening one
 * was forgotten. Its members are taken for the container's own up to that brace.
 */
static bool report_missing_brace(hj__recovery *r, uint32_t place)
{
	if (r->phantom != HJ__NONE || !hj__surplus(r, '}'))
		return false;
	hj_finding *finding = HJ__REPORT(
		r, HJ_S_MISSING_BRACKET, point(place), "the { before this name is missing");
	hj_finding_help(hj__list(r), finding, "write { before it");
	hj_finding_edit(hj__list(r), finding, point(place), HJ_SLICE("{"));
	r->phantom = r->open;
	return true;
}

/* The closing brace of such an object. */
static void close_phantom(hj__recovery *r)
{
	if (r->state == HJ__COLON || r->state == HJ__VALUE) {
		report_missing_value(r);
		hj__put_missing_value(r, r->token_end);
	}
	hj__put_junk(r, hj__offset(r, r->at), hj__offset(r, r->at + 1));
	r->phantom = HJ__NONE;
	r->token_end = hj__offset(r, ++r->at);
	r->state = HJ__AFTER;
	r->comma = false;
	r->soft = false;
}

/* At a closing bracket that fits the innermost container. */
static void close_container(hj__recovery *r)
{
	char bracket = *r->at;
	if (r->state == HJ__COLON || r->state == HJ__VALUE) {
		report_missing_value(r);
		hj__put_missing_value(r, r->token_end);
	}
	/* The end of the document, with more of it to come and a bracket too many? */
	if (r->objects + r->arrays == 1 && !r->soft) {
		const char *next = hj_gap_end(r->at + 1, r->end);
		if (next < r->end && (*next == ',' || *next == '"') && hj__surplus(r, bracket)) {
			hj_span span = hj__span(r, r->at, r->at + 1);
			hj_finding *finding = HJ__REPORT(r, HJ_S_UNEXPECTED_BRACKET, span,
				"this %c ends the document, but more of it follows", bracket);
			hj_finding_help(hj__list(r), finding, "delete it");
			hj_finding_edit(hj__list(r), finding, span, HJ_SLICE(""));
			hj__put_junk(r, span.start, span.end);
			r->soft = true;
			r->at++;
			return;
		}
	}
	hj__note_indent(r, r->open);
	hj__close(r);
	r->soft = false;
}

static void report_unclosed(hj__recovery *r, uint32_t container, hj_slice closing)
{
	const char *name = kind_name(hj_node_kind(hj__node(r, container)));
	hj_finding *finding = HJ__REPORT(
		r, HJ_S_UNCLOSED_BRACKET, point(r->token_end), "the %s is not closed", name);
	hj_finding_help(hj__list(r), finding, "write %.*s here", HJ_SLICE_ARGS(closing));
	hj_finding_relate(hj__list(r), finding, opener(r, container), "the %s begins here", name);
	hj_finding_edit(hj__list(r), finding, point(r->token_end), closing);
}

/* At a closing bracket of the other kind than the innermost container's. */
static void close_mismatch(hj__recovery *r)
{
	char bracket = *r->at;
	hj_span span = hj__span(r, r->at, r->at + 1);
	hj_kind inner = hj_node_kind(hj__node(r, r->open));
	char wanted = inner == HJ_OBJECT ? '}' : ']';
	switch (hj__fit_of(r, bracket)) {
	case HJ__FIT_SURPLUS:
		if (r->doubled) {
			r->doubled--;
		} else if (!r->soft) {
			hj_finding *finding = HJ__REPORT(r, HJ_S_UNEXPECTED_BRACKET, span,
				"this %c closes nothing", bracket);
			hj_finding_help(hj__list(r), finding, "delete it");
			hj_finding_relate(hj__list(r), finding, opener(r, r->open),
				"the %s that is open here", kind_name(inner));
			hj_finding_edit(hj__list(r), finding, span, HJ_SLICE(""));
		}
		hj__put_junk(r, span.start, span.end);
		r->soft = true;
		r->at++;
		return;
	case HJ__FIT_SWAPPED: {
		hj_finding *finding = NULL;
		if (!r->soft)
			finding = HJ__REPORT(r, HJ_S_MISMATCHED_BRACKET, span,
				"the %s is closed with %c", kind_name(inner), bracket);
		hj_finding_help(hj__list(r), finding, "write %c instead", wanted);
		hj_finding_relate(hj__list(r), finding, opener(r, r->open), "the %s begins here",
			kind_name(inner));
		hj_finding_edit(hj__list(r), finding, span, hj_slice_of(&wanted, 1));
		r->soft = true;
		close_container(r);
		return;
	}
	case HJ__FIT_UNCLOSED: {
		/* Close all up to the container that the bracket fits. */
		char closing[16];
		size_t size = 0;
		uint32_t first = r->open;
		hj_kind outer = bracket == '}' ? HJ_OBJECT : HJ_ARRAY;
		uint32_t token_end = r->token_end;
		if (r->state == HJ__COLON || r->state == HJ__VALUE) {
			report_missing_value(r);
			r->soft = true;
			hj__put_missing_value(r, r->token_end);
		}
		for (uint32_t open = r->open; hj_node_kind(hj__node(r, open)) != outer;
			open = hj__node(r, open)->next)
			if (size < sizeof closing)
				closing[size++] = wanted;
		if (!r->soft && !(hj__node(r, first)->bits & HJ_UNCLOSED))
			report_unclosed(r, first, hj_slice_of(closing, size));
		while (hj_node_kind(hj__node(r, r->open)) != outer)
			hj__close_unclosed(r);
		r->token_end = token_end;
		r->soft = false;
		close_container(r);
		return;
	}
	}
}

static void at_closing(hj__recovery *r)
{
	if (r->open == HJ__NONE) {
		if (r->document->count) {
			take_extra(r);
			return;
		}
		hj_span span = hj__span(r, r->at, r->at + 1);
		if (!r->soft) {
			hj_finding *finding = HJ__REPORT(r, HJ_S_UNEXPECTED_BRACKET, span,
				"there is nothing open that this %c could close", *r->at);
			hj_finding_help(hj__list(r), finding, "delete it");
			hj_finding_edit(hj__list(r), finding, span, HJ_SLICE(""));
		}
		hj__put_junk(r, span.start, span.end);
		r->soft = true;
		r->at++;
		return;
	}
	if (*r->at == '}' && r->open == r->phantom)
		close_phantom(r);
	else if ((*r->at == '}') == hj__in_object(r))
		close_container(r);
	else
		close_mismatch(r);
}

static void at_comma(hj__recovery *r)
{
	if (r->open == HJ__NONE) {
		if (r->document->count) {
			take_extra(r);
			return;
		}
		if (!r->soft) {
			hj_span span = hj__span(r, r->at, r->at + 1);
			hj_finding *finding = HJ__REPORT(
				r, HJ_S_EXTRA_COMMA, span, "a comma before the document");
			hj_finding_help(hj__list(r), finding, "delete it");
			hj_finding_edit(hj__list(r), finding, span, HJ_SLICE(""));
		}
		hj__put_junk(r, hj__offset(r, r->at), hj__offset(r, r->at + 1));
		r->soft = true;
		r->at++;
		return;
	}
	bool soft = false;
	switch (r->state) {
	case HJ__WANT:
		report_extra_comma(r, r->at);
		soft = true;
		break;
	case HJ__COLON:
	case HJ__VALUE:
		report_missing_value(r);
		r->value_missing = r->state == HJ__COLON;
		hj__put_missing_value(r, r->token_end);
		break;
	case HJ__AFTER:
		if (r->comment && r->last != HJ__NONE)
			hj__node(r, r->last)->bits |= HJ_TRAIL_COMMENT;
		break;
	}
	r->comma_at = hj__offset(r, r->at);
	r->at++;
	r->state = HJ__WANT;
	r->comma = true;
	r->soft = soft;
}

/*
 * In an array, a string and then a colon. If the string begins a line and the array is in an
 * object, the array was not closed and the string is a name of that object; else the array should
 * be an object.
 */
static void name_in_array(hj__recovery *r)
{
	uint32_t array = r->open, name = r->last;
	hj_node *node = hj__node(r, name);
	uint32_t parent = hj__node(r, array)->next;
	bool outer = parent != HJ__NONE && hj_node_kind(hj__node(r, parent)) == HJ_OBJECT;
	if (r->phantom == array || (!r->soft && report_missing_brace(r, node->start))) {
		r->at++;
		r->state = HJ__WANT;
		r->comma = false;
		r->soft = true;
		return;
	}
	if (outer && name > array + 1 && node->bits & HJ_LEAD_BREAK &&
		!hj_node_is_container(node)) {
		/* The end of the element before: that of the last node that reaches so far. */
		uint32_t end = hj__node(r, array)->start + 1;
		for (uint32_t i = array + 1; i < name; i = hj__node(r, i)->next)
			end = hj__node(r, i)->end;
		uint32_t token_end = r->token_end;
		r->token_end = end;
		report_unclosed(r, array, HJ_SLICE("]"));
		hj_node copy = *node;
		r->document->count--;
		r->last = HJ__NONE;
		hj__close_unclosed(r);
		hj__node(r, array)->end = end;
		r->last = hj__push(r, copy.start, copy.end, copy.bits | HJ_IS_NAME);
		r->token_end = token_end;
		r->state = HJ__VALUE;
		r->at++;
		r->soft = false;
		return;
	}
	if (!r->soft && !r->value_missing) {
		hj_finding *finding = HJ__REPORT(r, HJ_S_NAME_IN_ARRAY,
			hj__span(r, r->at, r->at + 1), "an array has no names");
		hj_finding_help(hj__list(r), finding,
			"write { and } around names and values, or a comma instead of the colon");
		hj_finding_relate(hj__list(r), finding, opener(r, array), "the array begins here");
		r->value_missing = true;
	}
	r->at++;
	r->state = HJ__WANT;
	r->soft = true;
}

static void at_colon(hj__recovery *r)
{
	hj_span span = hj__span(r, r->at, r->at + 1);
	if (r->open == HJ__NONE) {
		if (r->document->count) {
			take_extra(r);
			return;
		}
		if (!r->soft) {
			hj_finding *finding = HJ__REPORT(
				r, HJ_S_EXTRA_COLON, span, "a colon before the document");
			hj_finding_help(hj__list(r), finding, "delete it");
			hj_finding_edit(hj__list(r), finding, span, HJ_SLICE(""));
		}
		hj__put_junk(r, span.start, span.end);
		r->soft = true;
		r->at++;
		return;
	}
	bool object = hj__in_object(r);
	switch (r->state) {
	case HJ__COLON:
		if (r->comment && r->last != HJ__NONE)
			hj__node(r, r->last)->bits |= HJ_TRAIL_COMMENT;
		r->state = HJ__VALUE;
		r->token_end = span.end;
		r->value_missing = false;
		r->soft = false;
		r->at++;
		return;
	case HJ__WANT:
		if (object) {
			if (!r->soft) {
				hj_finding *finding = HJ__REPORT(r, HJ_S_MISSING_NAME, span,
					"expected a name before the colon");
				hj_finding_help(hj__list(r), finding, "write a name in quotes");
			}
			hj__put_missing_name(r, span.start);
			r->token_end = span.end;
			r->at++;
			return;
		}
		break;
	case HJ__AFTER:
		if (!object && r->last != HJ__NONE && r->last > r->open &&
			hj_node_kind(hj__node(r, r->last)) == HJ_STRING) {
			name_in_array(r);
			return;
		}
		if (object && !r->soft) {
			hj_finding *finding = HJ__REPORT(r, HJ_S_EXTRA_COLON, span,
				"a colon after a value, where a comma should be");
			hj_finding_help(hj__list(r), finding, "write a comma instead");
			hj_finding_edit(hj__list(r), finding, span, HJ_SLICE(","));
			if (finding)
				finding->safe = true;
			r->state = HJ__WANT;
			r->comma = true;
			r->at++;
			return;
		}
		break;
	case HJ__VALUE: break;
	}
	if (!r->soft) {
		hj_finding *finding = HJ__REPORT(r, HJ_S_EXTRA_COLON, span, "a colon too many");
		hj_finding_help(hj__list(r), finding, "delete it");
		hj_finding_edit(hj__list(r), finding, span, HJ_SLICE(""));
		if (finding)
			finding->safe = r->state == HJ__VALUE;
	}
	r->soft = true;
	r->at++;
}

/* A name, and then a value without a colon between. */
static void report_missing_colon(hj__recovery *r)
{
	if (!r->soft && !r->value_missing) {
		hj_finding *finding = HJ__REPORT(r, HJ_S_MISSING_COLON, point(r->token_end),
			"expected a colon after the name");
		hj_finding_help(hj__list(r), finding, "write a colon between name and value");
		uint32_t next = hj__offset(r, r->at);
		hj_finding_relate(
			hj__list(r), finding, (hj_span){next, next + 1}, "the value begins here");
		hj_finding_edit(hj__list(r), finding, point(r->token_end), HJ_SLICE(":"));
		if (finding)
			finding->safe = true;
	}
	r->state = HJ__VALUE;
}

/*
 * An object begins where a name should be. If the object it stands in is an element of an array
 * and there are too few closing braces, that object was not closed. True when it is so; it is
 * closed then.
 */
static bool unclosed_before(hj__recovery *r)
{
	uint32_t parent = hj__node(r, r->open)->next;
	if (r->soft || parent == HJ__NONE || hj_node_kind(hj__node(r, parent)) != HJ_ARRAY ||
		r->last <= r->open || !hj__lacking(r, '}'))
		return false;
	bool comma = r->state == HJ__WANT && r->comma;
	report_unclosed(r, r->open, comma ? HJ_SLICE("}") : HJ_SLICE("},"));
	hj__close_unclosed(r);
	r->state = HJ__WANT;
	r->comma = true;
	return true;
}

static void at_opening(hj__recovery *r)
{
	hj_kind kind = *r->at == '{' ? HJ_OBJECT : HJ_ARRAY;
	bool object = hj__in_object(r);
	hj_span span = hj__span(r, r->at, r->at + 1);
	if (r->open == HJ__NONE && r->document->count) {
		take_extra(r);
		return;
	}
	if (object && hj__at_name(r) && kind == HJ_OBJECT && unclosed_before(r))
		object = false;
	if (r->state == HJ__AFTER && !object)
		report_missing_comma(r);
	if (r->state == HJ__COLON)
		report_missing_colon(r);
	if (hj__at_name(r)) {
		/* {{ : the second is one too many. */
		if (kind == HJ_OBJECT && r->token_end == span.start && r->state == HJ__WANT &&
			!r->comma) {
			if (!r->soft) {
				hj_finding *finding = HJ__REPORT(r, HJ_S_UNEXPECTED_BRACKET, span,
					"expected a name in quotes, found a second {");
				hj_finding_help(hj__list(r), finding,
					"delete it and the bracket that closes it, or write a name "
					"before it");
			}
			hj__put_junk(r, span.start, span.end);
			r->token_end = span.end;
			r->doubled++;
			r->soft = true;
			r->at++;
			return;
		}
		if (!r->soft && !(hj__node(r, r->open)->bits & HJ_UNCLOSED)) {
			hj_finding *finding = HJ__REPORT(r, HJ_S_MISSING_NAME, span,
				"expected a name in quotes, found an %s", kind_name(kind));
			hj_finding_help(hj__list(r), finding,
				"write a name and a colon before it, or close the object before "
				"it begins");
			hj_finding_relate(hj__list(r), finding, opener(r, r->open),
				"the object that it stands in begins here");
			/* If that object is not closed later, this said so. */
			hj__node(r, r->open)->bits |= HJ_UNCLOSED;
		}
		hj__put_missing_name(r, span.start);
	}
	hj__open(r, kind);
	r->soft = false;
	r->value_missing = false;
}

static bool starts_literal(char byte)
{
	return hj_byte_is(byte, HJ_BYTE_LITERAL);
}

/* `=`, `=>` or `;` where a colon or comma should be. True when it was that. */
static bool at_wrong_mark(hj__recovery *r)
{
	const char *at = r->at;
	bool colon = r->state == HJ__COLON, comma = r->state == HJ__AFTER && r->open != HJ__NONE;
	size_t size = *at == '=' && at[1] == '>' ? 2 : 1;
	if (*at == '=' ? !colon : *at == ';' ? !colon && !comma : true)
		return false;
	hj_span span = hj__span(r, at, at + size);
	hj_finding *finding = *at == '='
		? HJ__REPORT(r, HJ_S_EQUALS_SIGN, span,
			  "expected a colon between name and value, found %.*s", (int)size, at)
		: HJ__REPORT(r, HJ_S_SEMICOLON, span, "expected a %s, found a semicolon",
			  colon ? "colon" : "comma");
	hj_finding_help(hj__list(r), finding, "write a %s instead", colon ? "colon" : "comma");
	hj_finding_edit(hj__list(r), finding, span, colon ? HJ_SLICE(":") : HJ_SLICE(","));
	if (finding)
		finding->safe = true;
	r->at += size;
	hj__put_junk(r, span.start, span.end);
	r->soft = false;
	if (comma) {
		r->state = HJ__WANT;
		r->comma = true;
		r->soft = true; /* a trailing semicolon, or one with a comma */
	}
	return true;
}

/* Text before the root that is not the root. True when it was that. */
static bool before_root(hj__recovery *r, const char *start, hj__token token)
{
	if (r->open != HJ__NONE || r->document->count)
		return false;
	const char *next = hj_gap_end(r->at, r->end);
	if (next >= r->end || !strchr("{[", *next))
		return false;
	hj_slice shown = hj__shown(start, r->at);
	hj_span span = {token.start, token.end};
	hj_finding *finding = HJ__REPORT(r, HJ_S_EXTRA_CONTENT, span,
		"unexpected %.*s before the document", HJ_SLICE_ARGS(shown));
	hj_finding_help(hj__list(r), finding, "delete it");
	hj_finding_edit(hj__list(r), finding, span, HJ_SLICE(""));
	hj__put_junk(r, token.start, token.end);
	return true;
}

/* A string, number, word, or bytes that are none of these. */
static void at_text(hj__recovery *r)
{
	const char *start = r->at;
	hj_findings *list = hj__list(r);
	size_t said = list->count;
	uint32_t unsaid = r->unreported;
	if (r->open == HJ__NONE && r->document->count) {
		take_extra(r);
		return;
	}
	if (at_wrong_mark(r))
		return;
	if (r->open == HJ__NONE && *start != '"') {
		/* One word or mark and then the document: nothing is reported about the word. */
		const char *end = start + 1;
		while (end < r->end && end - start < HJ__LOOK_AHEAD && hj__word_byte(*end) &&
			!(*end == '/' && (end[1] == '/' || end[1] == '*')))
			end++;
		r->at = end;
		if (before_root(r, start, (hj__token){hj__offset(r, start), hj__offset(r, end), 0}))
			return;
		r->at = start;
	}
	bool quoted = *start == '"';
	bool object = hj__in_object(r);
	/* A name on a line of its own where a value should be: the value is missing. */
	if (quoted && (r->state == HJ__COLON || r->state == HJ__VALUE) && r->breaks) {
		const char *close = hj_scan_string(start + 1);
		if (*close == '"' && hj__peek(r, close + 1) == ':') {
			if (r->state != HJ__VALUE || r->soft ||
				!report_missing_brace(r, hj__offset(r, start)))
				report_missing_value(r);
			hj__put_missing_value(r, r->token_end);
			r->soft = true;
		}
	}
	if (r->state == HJ__COLON) {
		report_missing_colon(r);
		if (!quoted && !starts_literal(*start))
			r->soft = true;
	}
	hj__state state = r->state;
	bool junk = false;
	if (state == HJ__AFTER && (quoted || starts_literal(*start))) {
		/* A word after a value is text out of place, unless it is a name. */
		if (quoted || !object) {
			report_missing_comma(r);
		} else {
			const char *end = start;
			while (end < r->end && end - start < HJ__LOOK_AHEAD &&
				hj__word_byte(*end) && *end != '=')
				end++;
			char next = hj__peek(r, end);
			if (next == ':' || next == '=' || next == '"')
				report_missing_comma(r);
			else
				junk = true;
		}
	} else if (state == HJ__AFTER) {
		junk = !hj__word_byte(*start) ? *start != '\'' && *start != '`' : true;
		if (!junk)
			report_missing_comma(r);
	}
	hj__token token;
	if (quoted) {
		token = hj__read_string(r);
	} else {
		token = hj__read_quoted(r);
		if (token.start == token.end) {
			r->at = start;
			token = hj__read_word(r);
		} else {
			junk = false;
		}
	}
	bool name = hj__at_name(r);
	if (name && junk && hj__peek(r, r->at) != ':') {
		hj__put_junk(r, token.start, token.end);
		r->soft = true;
		return;
	}
	/* A line of a template, {{ if … }}, is no name. */
	if (name && hj_node_kind(&(hj_node){.bits = token.bits}) == HJ_ERROR && !quoted &&
		hj__peek(r, r->at) != ':' && hj__peek(r, r->at) != '=') {
		if (list->count == said && r->unreported == unsaid && !r->soft && !r->value_missing)
			HJ__REPORT(r, HJ_S_BARE_WORD, ((hj_span){token.start, token.end}),
				"expected a name in quotes");
		hj__put_junk(r, token.start, token.end);
		r->soft = true;
		r->value_missing = true;
		return;
	}
	hj__put(r, token);
	r->soft = false;
	if (name && list->count != said)
		r->soft = hj__peek(r, r->at) != ':' && hj__peek(r, r->at) != '=';
}

/* The file ends. */
static void at_end(hj__recovery *r)
{
	hj_document *document = r->document;
	hj_findings *list = hj__list(r);
	uint32_t size = document->source->size;
	if (document->count == 0) {
		bool junk = r->junk_start != HJ__NONE;
		if (list->count == 0) {
			hj_finding *finding = HJ__REPORT(r, HJ_S_EMPTY_DOCUMENT, point(size),
				size == 0 ? "the file is empty"
					: r->comment
					? "there is nothing but comments in the file"
					: "there is nothing but white space in the file");
			hj_finding_help(list, finding, "an empty policy is written {}");
		}
		hj__push(r, junk ? r->junk_start : size, junk ? r->junk_end : size, HJ_ERROR);
		return;
	}
	if (r->open == HJ__NONE) {
		/* Nothing but a gap since the root: its trail. */
		if (r->comment && r->last == 0)
			hj__node(r, 0)->bits |= HJ_TRAIL_COMMENT;
		return;
	}
	bool middle = r->state == HJ__COLON || r->state == HJ__VALUE;
	uint32_t first = r->open, open = r->open;
	if (r->comment_open || r->cut) {
		/* That was said. */
	} else if (middle && !r->soft) {
		hj_finding *finding = HJ__REPORT(r, HJ_S_CUT_OFF, point(r->token_end),
			"the file ends in the middle of a member");
		hj_finding_help(
			list, finding, "a part of the file is missing: look for the whole one");
		hj_finding_relate(list, finding, opener(r, open), "the object begins here");
	} else if (!(hj__node(r, first)->bits & HJ_UNCLOSED)) {
		char closing[16];
		size_t depth = 0;
		for (; open != HJ__NONE && depth < sizeof closing; open = hj__node(r, open)->next)
			closing[depth++] = hj_node_kind(hj__node(r, open)) == HJ_OBJECT ? '}' : ']';
		const char *name = kind_name(hj_node_kind(hj__node(r, first)));
		uint32_t levels = r->objects + r->arrays;
		hj_finding *finding = levels == 1
			? HJ__REPORT(r, HJ_S_UNCLOSED_BRACKET, point(r->token_end),
				  "the %s is not closed before the file ends", name)
			: HJ__REPORT(r, HJ_S_UNCLOSED_BRACKET, point(r->token_end),
				  "%u brackets are not closed before the file ends", levels);
		hj_finding_relate(list, finding, opener(r, first), "the %s begins here", name);
		if (r->odd_opener != HJ__NONE && r->odd_opener != hj__node(r, first)->start) {
			hj_finding_help(list, finding,
				"look between the bracket below and the one that closes it: "
				"their indentation differs");
			hj_finding_relate(list, finding,
				(hj_span){r->odd_opener, r->odd_opener + 1},
				"perhaps this one is not closed");
		} else if (open == HJ__NONE) {
			hj_finding_help(
				list, finding, "write %.*s at the end", (int)depth, closing);
			hj_finding_edit(
				list, finding, point(r->token_end), hj_slice_of(closing, depth));
		} else {
			hj_finding_help(list, finding, "write the missing brackets");
		}
	}
	if (middle)
		hj__put_missing_value(r, r->token_end);
	while (r->open != HJ__NONE && !r->status)
		hj__close_unclosed(r);
}

/* Text in UTF-16 or another coding than UTF-8. True when it is that; then all is one error node. */
static bool is_wide(hj__recovery *r)
{
	const unsigned char *data = (const unsigned char *)r->data;
	size_t size = r->document->source->size;
	bool mark = size >= 2 &&
		((data[0] == 0xFF && data[1] == 0xFE) || (data[0] == 0xFE && data[1] == 0xFF));
	bool zeros = size >= 4 &&
		((!data[0] && data[1] && !data[2] && data[3]) ||
			(data[0] && !data[1] && data[2] && !data[3]));
	if (!mark && !zeros)
		return false;
	hj_finding *finding = HJ__REPORT(r, HJ_S_NOT_UTF8_TEXT, ((hj_span){0, mark ? 2U : 1U}),
		"the file is in UTF-16, not in UTF-8");
	hj_finding_help(hj__list(r), finding, "save it as UTF-8");
	hj__push(r, 0, (uint32_t)size, HJ_ERROR);
	return true;
}

hj_status hj__recover(hj_document *document)
{
	const char *data = document->source->data;
	hj__recovery r = {
		.document = document,
		.data = data,
		.at = data,
		.end = data + document->source->size,
		.open = HJ__NONE,
		.last = HJ__NONE,
		.junk_start = HJ__NONE,
		.odd_opener = HJ__NONE,
		.phantom = HJ__NONE,
		.conflict = HJ__NONE,
		.no_multiline = data,
	};
	document->count = 0;
	document->depth = 0;
	if (!is_wide(&r)) {
		for (hj__read_gap(&r); r.at < r.end; hj__read_gap(&r)) {
			if (r.unreported == HJ__MOST_COUNTED) {
				/* No document, or a hostile one. */
				hj__put_junk(&r, hj__offset(&r, r.at), document->source->size);
				r.at = r.end;
				r.comment_open = true;
				break;
			}
			switch (*r.at) {
			case '{':
				if (hj__template_end(r.at, r.end))
					at_text(&r);
				else
					at_opening(&r);
				break;
			case '[': at_opening(&r); break;
			case '}':
			case ']': at_closing(&r); break;
			case ',': at_comma(&r); break;
			case ':': at_colon(&r); break;
			default: at_text(&r); break;
			}
		}
		if (!r.status)
			at_end(&r);
	}
	if (r.status)
		return r.status;
	hj__finish_report(&r);
	return document->findings.status;
}
