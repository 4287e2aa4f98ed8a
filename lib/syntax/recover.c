/*
 * The tolerant parser's loop, and the end of the file. recover.h tells how the parts work together.
 */
#include "syntax/recover.h"

#include "syntax/scan.h"

/* The file ends without a value. */
static void end_empty(hj__recovery *r)
{
	uint32_t size = r->document->source->size;
	if (hj__said(r) == 0) {
		hj_finding *finding = HJ__REPORT(r, HJ_S_EMPTY_DOCUMENT, hj__point(size),
			size == 0            ? "the file is empty"
				: r->comment ? "there is nothing but comments in the file"
					     : "there is nothing but white space in the file");
		hj_finding_help(hj__list(r), finding, "an empty policy is written {}");
	}
	bool junk = r->junk_start != HJ__NONE;
	hj__push(r, junk ? r->junk_start : size, junk ? r->junk_end : size, HJ_ERROR);
}

/* The file ends between a name and its value. */
static void report_cut_off(hj__recovery *r)
{
	hj_finding *finding = HJ__REPORT(r, HJ_S_CUT_OFF, hj__point(r->token_end),
		"the file ends in the middle of a member");
	hj_finding_help(
		hj__list(r), finding, "a part of the file is missing: look for the whole one");
	hj__relate_opener(r, finding, r->open);
}

/* The file ends where a closing bracket could stand. */
static void report_open_at_end(hj__recovery *r)
{
	char closing[16];
	size_t depth = 0;
	uint32_t open = r->open;
	for (; open != HJ__NONE && depth < sizeof closing; open = hj__node(r, open)->next)
		closing[depth++] = hj_node_kind(hj__node(r, open)) == HJ_OBJECT ? '}' : ']';
	uint32_t levels = r->objects + r->arrays;
	bool comma = r->state == HJ__WANT && r->comma_end > r->token_end;
	hj_span place = hj__point(comma ? r->comma_end : r->token_end);
	hj_finding *finding = levels == 1
		? HJ__REPORT(r, HJ_S_UNCLOSED_BRACKET, place,
			  "the %s is not closed before the file ends",
			  hj__kind_name(hj_node_kind(hj__node(r, r->open))))
		: HJ__REPORT(r, HJ_S_UNCLOSED_BRACKET, place,
			  "%u brackets are not closed before the file ends", levels);
	hj__relate_opener(r, finding, r->open);
	if (r->odd_opener != HJ__NONE && r->odd_opener != hj__node(r, r->open)->start) {
		hj_finding_help(hj__list(r), finding,
			"look between the bracket below and the one that closes it: their "
			"indentation differs");
		hj_finding_relate(hj__list(r), finding, (hj_span){r->odd_opener, r->odd_opener + 1},
			"perhaps this one is not closed");
	} else if (open == HJ__NONE) {
		hj_finding_help(hj__list(r), finding, "write %.*s at the end", (int)depth, closing);
		hj__edit(r, finding, place, hj_slice_of(closing, depth));
	} else {
		hj_finding_help(hj__list(r), finding, "write the missing brackets");
	}
}

static void end_file(hj__recovery *r)
{
	if (r->document->count == 0) {
		end_empty(r);
		return;
	}
	if (r->open == HJ__NONE) {
		/* Nothing but a gap since the root: its trail. */
		if (r->comment && r->last == 0)
			hj__node(r, 0)->bits |= HJ_TRAIL_COMMENT;
		return;
	}
	bool middle = hj__in_member(r), said = r->comment_open || r->cut;
	if (!said && middle && !r->soft)
		report_cut_off(r);
	else if (!said && !(hj__node(r, r->open)->bits & HJ_UNCLOSED))
		report_open_at_end(r);
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

/* No document, or a hostile one: the rest is one piece of junk, and nothing is said about it. */
static void give_up(hj__recovery *r)
{
	hj__put_junk(r, hj__span(r, r->at, r->end));
	r->at = r->end;
	r->comment_open = true;
}

static void read_token(hj__recovery *r)
{
	switch (*r->at) {
	case '{':
		if (hj__template_end(r->at, r->end))
			hj__at_text(r);
		else
			hj__at_opening(r);
		break;
	case '[': hj__at_opening(r); break;
	case '}':
	case ']': hj__at_closing(r); break;
	case ',': hj__at_comma(r); break;
	case ':': hj__at_colon(r); break;
	default: hj__at_text(r); break;
	}
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
		.listing = HJ__NONE,
		.named = HJ__NONE,
		.conflict = HJ__NONE,
		.no_multiline = data,
	};
	document->count = 0;
	document->depth = 0;
	if (!is_wide(&r)) {
		for (hj__read_gap(&r); r.at < r.end; hj__read_gap(&r)) {
			if (r.unreported < HJ__MOST_COUNTED)
				read_token(&r);
			else
				give_up(&r);
		}
		if (!r.status)
			end_file(&r);
	}
	if (r.status)
		return r.status;
	hj__finish_report(&r);
	return document->findings.status;
}
