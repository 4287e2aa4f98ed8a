#include "syntax/recover.h"

#include "syntax/scan.h"

uint32_t hj__push(hj__recovery *r, uint32_t start, uint32_t end, uint32_t bits)
{
	hj_document *document = r->document;
	if (document->count == document->capacity) {
		/* Doubling, as the strict parser does: the block moves by remapping. */
		size_t needed = document->capacity * 2 + 2;
		r->status = hj_grow(document->allocator, &document->nodes, &document->capacity,
			needed, sizeof *document->nodes);
		if (r->status) {
			r->at = r->end; /* ends every loop */
			return HJ__NONE;
		}
	}
	uint32_t index = document->count++;
	document->nodes[index] = (hj_node){start, end, index + 1, bits};
	return index;
}

static uint32_t lead_bits(const hj__recovery *r)
{
	return (r->breaks ? HJ_LEAD_BREAK : 0U) | (r->breaks > 1 ? HJ_LEAD_BLANK : 0U) |
		(r->comment ? HJ_LEAD_COMMENT : 0U);
}

void hj__put(hj__recovery *r, hj__token token)
{
	bool name = hj__at_name(r);
	uint32_t bits = token.bits | lead_bits(r) | (name ? HJ_IS_NAME : 0U);
	r->last = hj__push(r, token.start, token.end, bits);
	r->token_end = token.end;
	r->state = name ? HJ__COLON : HJ__AFTER;
}

void hj__put_missing_name(hj__recovery *r, uint32_t at)
{
	r->last = hj__push(r, at, at, HJ_ERROR | HJ_IS_NAME);
	r->state = HJ__VALUE;
}

void hj__put_missing_value(hj__recovery *r, uint32_t at)
{
	/* Not before what was skipped since. */
	if (r->last != HJ__NONE && hj__node(r, r->last)->end > at)
		at = hj__node(r, r->last)->end;
	r->last = hj__push(r, at, at, HJ_ERROR);
	r->state = HJ__AFTER;
}

/*
 * The junk before this one if nothing but white space is between: one error node holds both. In an
 * object that is a name, and an empty value follows it. HJ__NONE: there is none.
 */
static uint32_t junk_before(hj__recovery *r, uint32_t start)
{
	hj_document *document = r->document;
	bool pair = hj__in_object(r);
	uint32_t size = pair ? 2 : 1;
	if (document->count <= size || r->last != document->count - 1)
		return HJ__NONE;
	const hj_node *node = hj__node(r, document->count - size);
	const hj_node *value = hj__node(r, document->count - 1);
	bool empty_pair = !pair ||
		(hj_node_kind(value) == HJ_ERROR && value->start == value->end &&
			value->start == node->end && node->bits & HJ_IS_NAME);
	if (hj_node_kind(node) != HJ_ERROR || node->end == node->start || !empty_pair ||
		node->end != r->junk_end || r->junk_start > node->start)
		return HJ__NONE;
	for (uint32_t at = node->end; at < start; at++)
		if (!hj_byte_is(r->data[at], HJ_BYTE_SPACE))
			return HJ__NONE;
	return document->count - size;
}

static void put_junk_member(hj__recovery *r, hj_span span)
{
	hj__state state = r->state;
	if (hj__in_member(r))
		hj__put_missing_value(r, r->token_end > span.start ? span.start : r->token_end);
	r->last = hj__push(r, span.start, span.end, HJ_ERROR | HJ_IS_NAME | lead_bits(r));
	r->state = HJ__VALUE;
	if (state == HJ__WANT || state == HJ__AFTER) {
		hj__put_missing_value(r, span.end);
		r->state = state;
	}
}

void hj__put_junk(hj__recovery *r, hj_span span)
{
	if (r->open == HJ__NONE && r->document->count == 0) {
		/* Before the root: part of no node, so that node 0 is the root. */
		if (r->junk_start == HJ__NONE)
			r->junk_start = span.start;
		r->junk_end = span.end;
		return;
	}
	uint32_t before = junk_before(r, span.start);
	if (before != HJ__NONE) {
		if (before != r->last) {
			hj_node *value = hj__node(r, r->last);
			value->start = value->end = span.end;
		}
		hj__node(r, before)->end = r->junk_end = span.end;
		return;
	}
	if (hj__in_object(r))
		put_junk_member(r, span);
	else
		r->last = hj__push(r, span.start, span.end, HJ_ERROR | lead_bits(r));
	r->junk_start = span.start;
	r->junk_end = span.end;
}

void hj__skip_byte(hj__recovery *r)
{
	hj__put_junk(r, hj__here(r));
	r->soft = true;
	r->at++;
}

void hj__open(hj__recovery *r, hj_kind kind)
{
	hj_document *document = r->document;
	uint32_t start = hj__offset(r, r->at);
	uint32_t index = hj__push(r, start, start + 1, (uint32_t)kind | lead_bits(r));
	if (index == HJ__NONE)
		return;
	hj__node(r, index)->next = r->open;
	r->open = index;
	uint32_t *counter = kind == HJ_OBJECT ? &r->objects : &r->arrays;
	++*counter;
	if (r->objects + r->arrays > document->depth)
		document->depth = r->objects + r->arrays;
	r->at++;
	r->token_end = start + 1;
	r->state = HJ__WANT;
	r->comma = false;
}

static void leave(hj__recovery *r, uint32_t end)
{
	hj_node *node = hj__node(r, r->open);
	uint32_t *counter = hj_node_kind(node) == HJ_OBJECT ? &r->objects : &r->arrays;
	--*counter;
	r->last = r->open;
	if (r->phantom == r->open)
		r->phantom = HJ__NONE;
	if (r->listing == r->open)
		r->listing = HJ__NONE;
	r->open = node->next;
	node->end = end;
	node->next = r->document->count;
	r->state = HJ__AFTER;
	r->comma = false;
}

void hj__close(hj__recovery *r)
{
	hj_node *node = hj__node(r, r->open);
	node->bits &= ~(uint32_t)HJ_UNCLOSED;
	node->bits |= (r->breaks ? HJ_CLOSING_BREAK : 0U) | (r->comment ? HJ_CLOSING_COMMENT : 0U);
	if (r->state == HJ__WANT && r->comma)
		node->bits |= HJ_TRAILING_COMMA;
	r->at++;
	r->token_end = hj__offset(r, r->at);
	leave(r, r->token_end);
}

void hj__close_unclosed(hj__recovery *r)
{
	hj_node *node = hj__node(r, r->open);
	node->bits |= HJ_UNCLOSED;
	/* After the last child, wherever that ends; `last` is it, unless there is none. */
	uint32_t end = node->end;
	if (r->last != HJ__NONE && r->last > r->open)
		end = hj__node(r, r->last)->end;
	leave(r, end);
}
