#include "format/layout.h"

#include "format/rewrite.h"
#include "syntax/gap.h"
#include "syntax/string.h"

/*
 * Lengths are compared with 80 and nothing else, so they saturate far above it.
 */
enum { LINE_MAX_MEASURE = 80, LENGTH_CAP = 0xFFFF };

/* What a piece of text adds to a line: lengths of its first and last line, and are they two? */
struct measure {
	uint16_t first, last;
	bool multi;
};

/* A container that is being measured. */
struct frame {
	uint32_t node;
	uint16_t current; /* length of the line that is growing */
	uint16_t first;   /* length of the first finished line; valid if multi */
	uint16_t lead;    /* `first` of the gap before the first name or element */
	bool multi;       /* a line was finished */
	bool expanded;    /* reason enough was seen */
	bool holds;       /* HJ_HOLDS_BREAK */
	bool last_trail;  /* the last value's trail gap has an LF */
};

static uint16_t capped(size_t length)
{
	return length < LENGTH_CAP ? (uint16_t)length : LENGTH_CAP;
}

static void add_length(struct frame *frame, size_t length)
{
	frame->current = capped(frame->current + length);
}

static void finish_line(struct frame *frame)
{
	if (frame->current > LINE_MAX_MEASURE)
		frame->expanded = true;
	if (!frame->multi)
		frame->first = frame->current;
	frame->multi = true;
}

static void add(struct frame *frame, struct measure measure)
{
	add_length(frame, measure.first);
	if (measure.multi) {
		finish_line(frame);
		frame->current = measure.last;
	}
}

/* approx() of the specification: the length of a gap, or of a part of one, without line breaks. */
static size_t approximate(hj_slice gap)
{
	const char *at = gap.data, *end = at + gap.size;
	size_t length = 0;
	while (at < end) {
		if (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n') {
			at++;
			continue;
		}
		if (end - at < 2 || at[0] != '/' || (at[1] != '/' && at[1] != '*'))
			break;
		const char *close =
			at[1] == '*' ? memmem(at + 2, (size_t)(end - at - 2), "*/", 2) : NULL;
		if (!close)
			return length + 1 + (size_t)(end - at);
		length += 1 + (size_t)(close + 2 - at);
		at = close + 2;
	}
	return length ? length + 1 : 0;
}

static struct measure measure_gap(hj_slice gap)
{
	const char *feed = gap.size ? memchr(gap.data, '\n', gap.size) : NULL;
	if (!feed) {
		uint16_t length = capped(approximate(gap));
		return (struct measure){length, length, false};
	}
	const char *last = (const char *)memrchr(gap.data, '\n', gap.size) + 1;
	return (struct measure){
		capped(approximate(hj_slice_of(gap.data, (size_t)(feed - gap.data)))),
		capped(approximate(hj_slice_of(last, (size_t)(gap.data + gap.size - last)))), true};
}

uint32_t hj_mark_after(const hj_document *document, uint32_t end)
{
	const hj_source *source = hj_document_source(document);
	return (uint32_t)(hj_gap_end(source->data + end, source->data + source->size) -
		source->data);
}

hj_slice hj_literal_text(const hj_document *document, uint32_t node, hj_text *scratch)
{
	const hj_node *literal = &hj_document_nodes(document)[node];
	hj_slice token = hj_source_slice(hj_document_source(document), hj_node_span(literal));
	if (!(literal->bits & HJ_ESCAPED))
		return token;
	hj_text decoded;
	hj_text_init(&decoded, scratch->allocator);
	hj_string_decode(token, &decoded);
	hj_text_clear(scratch);
	if (decoded.status)
		scratch->status = decoded.status;
	else
		hj_string_encode(hj_text_slice(&decoded), scratch);
	hj_text_free(&decoded);
	return hj_text_slice(scratch);
}

struct layout {
	const hj_document *document;
	const hj_node *nodes;
	const hj_source *source;
	unsigned char *marks;
	struct frame *frames;
	size_t capacity, depth;
	hj_text scratch;
};

/* The gap before node i, whose previous token (a sibling, or the opening bracket) ends at `end`. */
static struct measure measure_lead(
	const struct layout *layout, const hj_node *node, uint32_t end, bool opening)
{
	if (!(node->bits & HJ_LEAD_COMMENT))
		return (struct measure){0, 0, (node->bits & HJ_LEAD_BREAK) != 0};
	uint32_t start = opening ? end : hj_mark_after(layout->document, end) + 1;
	return measure_gap(hj_source_slice(layout->source, (hj_span){start, node->start}));
}

/* The gap after a name or value, and the two bytes for the mark and the blank after it. */
static void add_trail(const struct layout *layout, struct frame *frame, const hj_node *node)
{
	bool is_break = false;
	if (node->bits & HJ_TRAIL_COMMENT) {
		uint32_t mark = hj_mark_after(layout->document, node->end);
		struct measure gap =
			measure_gap(hj_source_slice(layout->source, (hj_span){node->end, mark}));
		add(frame, gap);
		is_break = gap.multi;
	}
	frame->last_trail = is_break && !(node->bits & HJ_IS_NAME);
	frame->holds |= is_break;
	add_length(frame, 2);
}

/* Decides a container that is complete, and gives its measure. */
static struct measure close_frame(struct layout *layout, struct frame *frame)
{
	const hj_node *node = &layout->nodes[frame->node];
	bool empty = node->next == frame->node + 1;
	/* A closing gap of white space alone goes away when there is nothing in the container. */
	if ((node->bits & HJ_CLOSING_BREAK) && (!empty || (node->bits & HJ_CLOSING_COMMENT)))
		frame->expanded = true;
	if ((node->bits & HJ_TRAILING_COMMA) && frame->last_trail)
		frame->expanded = true;
	add_length(frame, 1);
	struct measure measure = {frame->current, frame->current, frame->multi};
	if (frame->multi)
		measure.first = frame->first;
	finish_line(frame);
	if (empty && (node->bits & HJ_CLOSING_COMMENT))
		frame->lead = measure_gap(
			hj_source_slice(layout->source, (hj_span){node->start + 1, node->end - 1}))
				      .first;
	if (frame->expanded) {
		measure = (struct measure){capped(1 + (size_t)frame->lead), 1, true};
		frame->holds |= !empty;
	}
	layout->marks[frame->node] = (unsigned char)((frame->expanded ? HJ_EXPANDED : 0) |
		(frame->holds ? HJ_HOLDS_BREAK : 0));
	return measure;
}

static hj_status open_frame(struct layout *layout, uint32_t node)
{
	hj_status status = HJ_OK;
	if (layout->depth == layout->capacity)
		status = hj_grow(layout->scratch.allocator, &layout->frames, &layout->capacity,
			layout->depth + 1, sizeof *layout->frames);
	if (!status)
		layout->frames[layout->depth++] = (struct frame){.node = node, .current = 1};
	return status;
}

static hj_status measure_all(struct layout *layout)
{
	/* What makes a literal anything but its own bytes and a mark. */
	enum { SPECIAL = HJ_LEAD_COMMENT | HJ_TRAIL_COMMENT | HJ_ESCAPED };
	const hj_node *nodes = layout->nodes;
	uint32_t count = hj_document_count(layout->document);
	struct frame *frame = NULL; /* the innermost open container */
	uint32_t close_at = count;  /* where it ends */
	uint32_t before = 0;        /* end of the token before the node at hand */
	for (uint32_t i = 0;; i++) {
		while (i == close_at && frame) {
			struct measure measure = close_frame(layout, frame);
			const hj_node *node = &nodes[frame->node];
			bool holds = frame->holds;
			before = node->end;
			close_at = count;
			layout->depth--;
			frame = layout->depth ? frame - 1 : NULL;
			if (frame) {
				close_at = nodes[frame->node].next;
				frame->holds |= holds;
				add(frame, measure);
				add_trail(layout, frame, node);
			}
		}
		if (i == count)
			return layout->scratch.status;
		const hj_node *node = &nodes[i];
		bool container = hj_node_is_container(node);
		if (frame && frame->expanded && !container && !(node->bits & SPECIAL)) {
			/* Lines of a container that is expanded anyway need no measuring. */
			before = node->end;
			frame->last_trail = false;
			continue;
		}
		if (frame) {
			bool opening = i == frame->node + 1;
			struct measure lead = measure_lead(layout, node, before, opening);
			if (opening)
				frame->lead = lead.first;
			add(frame, lead);
			/* An LF before a name or an element expands; one after a colon does not. */
			frame->expanded |= lead.multi && !(nodes[i - 1].bits & HJ_IS_NAME);
			frame->holds |= lead.multi;
		}
		if (container) {
			hj_status status = open_frame(layout, i);
			if (status)
				return status;
			frame = &layout->frames[layout->depth - 1];
			close_at = node->next;
			before = node->start + 1;
			continue;
		}
		before = node->end;
		if (frame) {
			size_t size = node->end - node->start;
			if (node->bits & HJ_ESCAPED)
				size = hj_literal_text(layout->document, i, &layout->scratch).size;
			add_length(frame, size);
			add_trail(layout, frame, node);
		}
	}
}

hj_status hj_layout(
	const hj_document *document, const hj_allocator *allocator, unsigned char *marks)
{
	struct layout layout = {
		.document = document,
		.nodes = hj_document_nodes(document),
		.source = hj_document_source(document),
		.marks = marks,
	};
	hj_text_init(&layout.scratch, allocator);
	memset(marks, 0, hj_document_count(document));
	hj_status status = measure_all(&layout);
	hj_free(allocator, layout.frames, layout.capacity * sizeof *layout.frames);
	hj_text_free(&layout.scratch);
	return status;
}
