#include "syntax/recover.h"

#include "syntax/gap.h"

static char closing_of(hj_kind kind)
{
	return kind == HJ_OBJECT ? '}' : ']';
}

/* HJ_ERROR: the innermost container is the root. */
static hj_kind parent_kind(hj__recovery *r)
{
	uint32_t parent = hj__node(r, r->open)->next;
	return parent == HJ__NONE ? HJ_ERROR : hj_node_kind(hj__node(r, parent));
}

void hj__report_unclosed(hj__recovery *r, uint32_t container, uint32_t place, hj_slice closing)
{
	hj_finding *finding = HJ__REPORT(r, HJ_S_UNCLOSED_BRACKET, hj__point(place),
		"the %s is not closed", hj__kind_name(hj_node_kind(hj__node(r, container))));
	hj_finding_help(hj__list(r), finding, "write %.*s here", HJ_SLICE_ARGS(closing));
	hj__relate_opener(r, finding, container);
	hj__edit(r, finding, hj__point(place), closing);
}

bool hj__report_missing_brace(hj__recovery *r, uint32_t place)
{
	if (r->phantom != HJ__NONE || !hj__surplus(r, '}'))
		return false;
	hj_finding *finding = HJ__REPORT(
		r, HJ_S_MISSING_BRACKET, hj__point(place), "the { before this name is missing");
	hj_finding_help(hj__list(r), finding, "write { before it");
	hj__edit(r, finding, hj__point(place), HJ_SLICE("{"));
	r->phantom = r->open;
	return true;
}

/* The [ before the last value is missing, or before the ] that stands where a value should be. */
static void report_missing_bracket(hj__recovery *r)
{
	bool empty = r->state == HJ__VALUE;
	hj_span place = hj__point(empty ? hj__offset(r, r->at) : hj__node(r, r->last)->start);
	hj_finding *finding = HJ__REPORT(r, HJ_S_MISSING_BRACKET, place,
		"the [ before this %s is missing", empty ? "]" : "element");
	hj_finding_help(hj__list(r), finding, "write [ before it");
	if (!empty)
		hj_finding_relate(hj__list(r), finding, hj__here(r), "%s",
			*r->at == ']' ? "this ] closes the array" : "the next element begins here");
	hj__edit(r, finding, place, HJ_SLICE("["));
}

/* Is this the closing bracket of a list whose opening one was forgotten? */
static bool closes_list(hj__recovery *r)
{
	if (*r->at != ']' || r->open == HJ__NONE)
		return false;
	if (r->open == r->listing)
		return true;
	if (!hj__in_object(r) || r->soft || r->last == HJ__NONE || r->last <= r->open ||
		!hj__surplus(r, ']') || hj__lacking(r, '}'))
		return false;
	/* After a container on its name's line the ] is more likely one too many. */
	const hj_node *last = hj__node(r, r->last);
	bool element = hj_node_kind(last) == HJ_STRING ||
		(hj_node_is_container(last) && last->bits & HJ_LEAD_BREAK);
	return r->state == HJ__VALUE ? !r->breaks : r->state != HJ__COLON && element;
}

static void close_list(hj__recovery *r)
{
	bool said = r->open != r->listing;
	if (said)
		report_missing_bracket(r);
	if (hj__in_member(r)) {
		r->soft = r->soft || said;
		hj__end_member(r);
	}
	r->listing = HJ__NONE;
	hj__skip_byte(r);
	r->token_end = hj__offset(r, r->at);
	r->state = HJ__AFTER;
	r->comma = false;
	r->soft = false;
}

/* The closing brace of an object whose opening one was forgotten. */
static void close_phantom(hj__recovery *r)
{
	if (hj__in_member(r))
		hj__end_member(r);
	hj__put_junk(r, hj__here(r));
	r->phantom = HJ__NONE;
	r->token_end = hj__offset(r, ++r->at);
	r->state = HJ__AFTER;
	r->comma = false;
	r->soft = false;
}

/* The bracket would end the document, but more of it follows, and there is a bracket too many. */
static bool ends_too_early(hj__recovery *r)
{
	if (r->objects + r->arrays != 1 || r->soft)
		return false;
	char next = hj__peek(r, r->at + 1);
	return (next == ',' || next == '"') && hj__surplus(r, *r->at);
}

/*
 * A bracket that fits, but by its indentation is that of the container around, and one of its kind
 * is missing: the innermost was not closed.
 */
static bool closes_parent(hj__recovery *r)
{
	return !r->soft && parent_kind(r) == hj_node_kind(hj__node(r, r->open)) &&
		hj__closes_outside(r, r->open) && hj__lacking(r, *r->at);
}

/* At a closing bracket that ends the innermost container, of whatever kind it is. */
static void close_container(hj__recovery *r)
{
	if (hj__in_member(r))
		hj__end_member(r);
	if (ends_too_early(r)) {
		hj_finding *finding = HJ__REPORT(r, HJ_S_UNEXPECTED_BRACKET, hj__here(r),
			"this %c ends the document, but more of it follows", *r->at);
		hj__delete(r, finding, hj__here(r));
		hj__skip_byte(r);
		return;
	}
	if (closes_parent(r)) {
		hj__report_unclosed(
			r, r->open, r->token_end, hj_slice_of(*r->at == '}' ? "}" : "]", 1));
		hj__close_unclosed(r);
	}
	hj__note_indent(r, r->open);
	hj__close(r);
	r->soft = false;
}

/* At a closing bracket that closes nothing. */
static void skip_surplus(hj__recovery *r)
{
	if (r->doubled) {
		r->doubled--;
	} else if (!r->soft) {
		hj_span span = hj__here(r);
		/* The comma after it goes too if there is one before it. */
		bool comma = r->state == HJ__WANT && r->comma && r->at[1] == ',';
		hj_span fix = {span.start, span.end + comma};
		hj_finding *finding = HJ__REPORT(
			r, HJ_S_UNEXPECTED_BRACKET, span, "this %c closes nothing", *r->at);
		hj__delete(r, finding, fix);
		hj_finding_relate(hj__list(r), finding, hj__opener(r, r->open),
			"the %s that is open here",
			hj__kind_name(hj_node_kind(hj__node(r, r->open))));
	}
	hj__skip_byte(r);
}

/* At a bracket of the wrong kind that closes the innermost container. */
static void close_swapped(hj__recovery *r)
{
	hj_kind kind = hj_node_kind(hj__node(r, r->open));
	char wanted = closing_of(kind);
	if (!r->soft) {
		hj_finding *finding = HJ__REPORT(r, HJ_S_MISMATCHED_BRACKET, hj__here(r),
			"the %s is closed with %c", hj__kind_name(kind), *r->at);
		hj_finding_help(hj__list(r), finding, "write %c instead", wanted);
		hj__relate_opener(r, finding, r->open);
		hj__edit(r, finding, hj__here(r), hj_slice_of(&wanted, 1));
	}
	r->soft = true;
	close_container(r);
}

/* At a bracket of an outer container: those inside it were not closed. */
static void close_outer(hj__recovery *r)
{
	char closing[16];
	size_t size = 0;
	hj_kind inner = hj_node_kind(hj__node(r, r->open));
	hj_kind outer = *r->at == '}' ? HJ_OBJECT : HJ_ARRAY;
	uint32_t token_end = r->token_end;
	if (hj__in_member(r)) {
		hj__end_member(r);
		r->soft = true;
	}
	for (uint32_t open = r->open; hj_node_kind(hj__node(r, open)) != outer;
		open = hj__node(r, open)->next)
		if (size < sizeof closing)
			closing[size++] = closing_of(inner);
	if (!r->soft && !(hj__node(r, r->open)->bits & HJ_UNCLOSED))
		hj__report_unclosed(r, r->open, token_end, hj_slice_of(closing, size));
	while (hj_node_kind(hj__node(r, r->open)) != outer)
		hj__close_unclosed(r);
	r->token_end = token_end;
	r->soft = false;
	close_container(r);
}

void hj__at_closing(hj__recovery *r)
{
	if (r->open == HJ__NONE && r->document->count) {
		hj__take_extra(r);
	} else if (r->open == HJ__NONE) {
		if (!r->soft) {
			hj_finding *finding = HJ__REPORT(r, HJ_S_UNEXPECTED_BRACKET, hj__here(r),
				"there is nothing open that this %c could close", *r->at);
			hj__delete(r, finding, hj__here(r));
		}
		hj__skip_byte(r);
	} else if (closes_list(r)) {
		close_list(r);
	} else if (*r->at == '}' && r->open == r->phantom) {
		close_phantom(r);
	} else if ((*r->at == '}') == hj__in_object(r)) {
		close_container(r);
	} else {
		switch (hj__fit_of(r, *r->at)) {
		case HJ__FIT_SURPLUS: skip_surplus(r); break;
		case HJ__FIT_SWAPPED: close_swapped(r); break;
		case HJ__FIT_UNCLOSED: close_outer(r); break;
		}
	}
}

/* The object was not closed, and something that belongs to the container around it follows. */
static void close_innermost(hj__recovery *r)
{
	bool comma = r->state == HJ__WANT && r->comma;
	hj__report_unclosed(r, r->open, r->token_end, comma ? HJ_SLICE("}") : HJ_SLICE("},"));
	hj__close_unclosed(r);
	r->state = HJ__WANT;
	r->comma = true;
}

bool hj__close_before_name(hj__recovery *r)
{
	if (r->soft || !hj__at_name(r) || parent_kind(r) != HJ_OBJECT ||
		!hj__is_outside(r, r->open) || !hj__lacking(r, '}'))
		return false;
	close_innermost(r);
	return true;
}

bool hj__close_before_comma(hj__recovery *r)
{
	char closing = closing_of(hj_node_kind(hj__node(r, r->open)));
	if (r->soft || parent_kind(r) == HJ_ERROR || !hj__lacking(r, closing))
		return false;
	hj__report_unclosed(r, r->open, hj__offset(r, r->at), hj_slice_of(&closing, 1));
	hj__close_unclosed(r);
	return true;
}

/*
 * An object begins where a name should be. If the object it stands in is an element of an array
 * and there are too few closing braces, that object was not closed. True when it is so; it is
 * closed then.
 */
static bool unclosed_before(hj__recovery *r)
{
	if (r->soft || parent_kind(r) != HJ_ARRAY || r->last <= r->open || !hj__lacking(r, '}'))
		return false;
	close_innermost(r);
	return true;
}

/* {{ : the second is one too many. */
static bool skip_doubled(hj__recovery *r)
{
	if (*r->at != '{' || r->token_end != hj__offset(r, r->at) || r->state != HJ__WANT ||
		r->comma)
		return false;
	if (!r->soft) {
		hj_finding *finding = HJ__REPORT(r, HJ_S_UNEXPECTED_BRACKET, hj__here(r),
			"expected a name in quotes, found a second {");
		hj_finding_help(hj__list(r), finding,
			"delete it and the bracket that closes it, or write a name before it");
	}
	hj__skip_byte(r);
	r->token_end = hj__offset(r, r->at);
	r->doubled++;
	return true;
}

/* The last value is the first element of a list, or a list that goes on. */
static void report_list(hj__recovery *r)
{
	const hj_node *value = hj__node(r, r->last);
	if (hj_node_kind(value) != HJ_ARRAY) {
		report_missing_bracket(r);
		return;
	}
	bool inside = value->bits & HJ_TRAILING_COMMA,
	     after = r->state == HJ__WANT && r->comma_end > value->end;
	hj_span bracket = {value->end - 1, value->end};
	hj_finding *finding = HJ__REPORT(r, HJ_S_UNEXPECTED_BRACKET, bracket,
		"this ] ends the array, but more elements follow");
	hj_finding_help(hj__list(r), finding, "delete it");
	hj__edit(r, finding, bracket, inside || after ? HJ_SLICE("") : HJ_SLICE(","));
	if (inside && after)
		hj__edit(r, finding, (hj_span){r->comma_end - 1, r->comma_end}, HJ_SLICE(""));
	hj_finding_relate(hj__list(r), finding, hj__here(r), "the next element begins here");
}

bool hj__take_for_element(hj__recovery *r)
{
	if (!hj__at_name(r))
		return false;
	if (r->listing != r->open) {
		if (r->soft || r->last == HJ__NONE || r->last <= r->open || !hj__surplus(r, ']'))
			return false;
		report_list(r);
		r->listing = r->open;
	}
	hj__put_missing_name(r, hj__offset(r, r->at));
	return true;
}

/* A container begins where a name should be. */
static void supply_name(hj__recovery *r, hj_kind kind)
{
	hj_node *object = hj__node(r, r->open);
	if (!r->soft && !(object->bits & HJ_UNCLOSED)) {
		hj_finding *finding = HJ__REPORT(r, HJ_S_MISSING_NAME, hj__here(r),
			"expected a name in quotes, found an %s", hj__kind_name(kind));
		bool first = r->state == HJ__WANT && !r->comma;
		hj_finding_help(hj__list(r), finding,
			first ? "a list is written with [ and ], an object holds names and values"
			      : "write a name and a colon before it, or close the object before "
				"it begins");
		hj_finding_relate(hj__list(r), finding, hj__opener(r, r->open),
			"the object that it stands in begins here");
		/* If that object is not closed later, this said so. */
		object->bits |= HJ_UNCLOSED;
	}
	hj__put_missing_name(r, hj__offset(r, r->at));
}

void hj__at_opening(hj__recovery *r)
{
	hj_kind kind = *r->at == '{' ? HJ_OBJECT : HJ_ARRAY;
	if (r->open == HJ__NONE && r->document->count) {
		hj__take_extra(r);
		return;
	}
	bool unclosed = kind == HJ_OBJECT && hj__at_name(r) && unclosed_before(r);
	if (!unclosed && r->state == HJ__AFTER && !hj__in_object(r))
		hj__report_missing_comma(r);
	if (r->state == HJ__COLON)
		hj__skip_missing_colon(r);
	if (hj__at_name(r)) {
		if (skip_doubled(r))
			return;
		if (!hj__take_for_element(r))
			supply_name(r, kind);
	}
	hj__open(r, kind);
	r->soft = false;
	r->value_missing = false;
}
