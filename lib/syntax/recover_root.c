#include "syntax/recover.h"

#include "syntax/gap.h"
#include "syntax/scan.h"

/* Is this line a code fence of Markdown? Copying an example brings it along. */
static bool at_fence(const hj__recovery *r)
{
	return memcmp(r->at, "```", 3) == 0 && (r->at == r->data || r->at[-1] == '\n');
}

static const char *fence_end(const hj__recovery *r)
{
	const char *end = memchr(r->at, '\n', (size_t)(r->end - r->at));
	return end ? end : r->end;
}

static void skip_fence(hj__recovery *r)
{
	hj_span span = hj__span(r, r->at, fence_end(r));
	hj_finding *finding = hj__fold_report(r, HJ_S_EXTRA_CONTENT, span,
		"a code fence of Markdown is no part of the document", "delete it");
	hj__edit(r, finding, span, HJ_SLICE(""));
	hj__put_junk(r, span);
	r->at = fence_end(r);
}

bool hj__skip_before_root(hj__recovery *r)
{
	if (at_fence(r)) {
		skip_fence(r);
		return true;
	}
	const char *start = r->at, *end = start + 1;
	while (end < r->end && end - start < HJ__LOOK_AHEAD && hj__word_byte(*end) &&
		!hj__is_comment(end))
		end++;
	char next = hj__peek(r, end);
	if (next != '{' && next != '[')
		return false;
	hj_slice shown = hj__shown(start, end);
	hj_span span = hj__span(r, start, end);
	hj_finding *finding = HJ__REPORT(r, HJ_S_EXTRA_CONTENT, span,
		"unexpected %.*s before the document", HJ_SLICE_ARGS(shown));
	hj__delete(r, finding, span);
	hj__put_junk(r, span);
	r->at = end;
	return true;
}

/* What is left when the root is complete: one error node up to the end. */
static void take_rest(hj__recovery *r)
{
	/* Up to the very end if a line comment without its line feed is there: no gap could hold it. */
	const char *end = r->end;
	while (end > r->at && hj_byte_is(end[-1], HJ_BYTE_SPACE))
		end--;
	hj__push(r, hj__offset(r, r->at), hj__offset(r, end), HJ_ERROR);
	r->last = HJ__NONE;
	r->at = end;
}

static void take_extra_bracket(hj__recovery *r)
{
	if (r->doubled) {
		r->doubled--;
		hj__put_junk(r, hj__here(r));
		r->at++;
		return;
	}
	if (!r->soft) {
		hj_finding *finding = HJ__REPORT(r, HJ_S_UNEXPECTED_BRACKET, hj__here(r),
			"there is nothing open that this %c could close", *r->at);
		hj_finding_help(hj__list(r), finding, "delete it, or look for a missing %c",
			*r->at == '}' ? '{' : '[');
		hj__edit(r, finding, hj__here(r), HJ_SLICE(""));
	}
	r->soft = true;
	char next = hj__peek(r, r->at + 1);
	if (next && next != ',' && next != '}' && next != ']')
		take_rest(r);
	else
		hj__skip_byte(r);
}

void hj__take_extra(hj__recovery *r)
{
	char byte = *r->at;
	if (byte == ',' && hj_gap_end(r->at + 1, r->end) == r->end) {
		hj__report_extra_comma(r);
		r->at++;
		return;
	}
	if (at_fence(r) && hj_gap_end(fence_end(r), r->end) == r->end) {
		skip_fence(r);
		return;
	}
	if (byte == '}' || byte == ']') {
		take_extra_bracket(r);
		return;
	}
	if (!r->soft || byte != ',') {
		bool member = byte == ':' && !hj_node_is_container(hj__node(r, 0));
		hj_finding *finding = HJ__REPORT(r, HJ_S_EXTRA_CONTENT, hj__here(r),
			member ? "a document that has names needs { and } around it"
			       : "there is more text after the end of the document");
		hj_finding_help(hj__list(r), finding,
			member ? "write { before the first name and } after the last value"
			       : "a document holds one value: delete the rest, or join it in one");
		hj_finding_relate(hj__list(r), finding, hj_node_span(hj__node(r, 0)),
			"the document is this value");
	}
	take_rest(r);
}
