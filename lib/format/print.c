/*
 * Prints the canonical form (specification, sections 6 and 8.3 to 8.5) in one pass over the nodes.
 *
 * Between two tokens there is a region: perhaps a trail gap, a comma or colon, a lead gap. Without
 * comments its new text follows from the flags of the nodes around it and takes a few stores; with
 * comments the gaps are cut out of the source and rewritten one by one.
 */
#include "format/print.h"

#include "format/layout.h"
#include "format/rewrite.h"
#include "syntax/gap.h"

/* A container that is being printed. */
struct frame {
	uint32_t node;
	uint32_t indent; /* tabs before its brackets' line, d in the specification */
	uint32_t block;  /* alignment: the first name after the current block of rows */
	uint32_t width;  /* alignment: the widest row of the block, bytes up to the value */
};

struct printer {
	const hj_document *document;
	const hj_node *nodes;
	const hj_source *source;
	const unsigned char *marks;
	hj_output *out;
	bool standard;
	struct frame *frames;
	size_t capacity, depth;
	hj_text trail, lead, scratch; /* rewritten gaps, canonical spellings */
};

static hj_slice slice(const struct printer *printer, uint32_t start, uint32_t end)
{
	return hj_source_slice(printer->source, (hj_span){start, end});
}

static inline void put_line_break(hj_output *out, size_t tabs)
{
	if (!hj_output_reserve(out, tabs + 1))
		return;
	/* One store for all but the deepest lines; the slack takes what is too much. */
	memcpy(out->at, "\n\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t", 16);
	if (tabs > 15)
		memset(out->at + 16, '\t', tabs - 15);
	out->at += tabs + 1;
}

static inline void put_byte(hj_output *out, char byte)
{
	if (hj_output_reserve(out, 1))
		*out->at++ = byte;
}

static void put_blanks(hj_output *out, size_t count)
{
	if (count && hj_output_reserve(out, count)) {
		memset(out->at, ' ', count);
		out->at += count;
	}
}

static void put_text(hj_output *out, const hj_text *text)
{
	if (text->status && !out->status)
		out->status = text->status;
	hj_output_bytes(out, hj_text_slice(text));
}

/* A literal, or a bracket's one byte. */
static inline void put_literal(struct printer *printer, uint32_t index)
{
	const hj_node *node = &printer->nodes[index];
	if (!(node->bits & HJ_ESCAPED)) {
		hj_output_token(printer->out, node->start, node->end);
		return;
	}
	hj_slice text = hj_literal_text(printer->document, index, &printer->scratch);
	if (printer->scratch.status && !printer->out->status)
		printer->out->status = printer->scratch.status;
	hj_output_instead(printer->out, node->start, node->end, text);
}

/* ---- the gaps of a member, rewritten into printer->trail and printer->lead ---- */

static void rewrite_trail(struct printer *printer, const hj_node *node, size_t depth)
{
	if (!(node->bits & HJ_TRAIL_COMMENT)) {
		hj_text_clear(&printer->trail); /* white space alone goes away */
		return;
	}
	uint32_t mark = hj_mark_after(printer->document, node->end);
	hj_gap_rewrite(&printer->trail, slice(printer, node->end, mark), depth,
		HJ_TRIM_TOP | HJ_TRIM_BOTTOM);
}

/* `before`: where the token before the gap ends; opening: that is the container's bracket. */
static void rewrite_lead(struct printer *printer, const hj_node *node, uint32_t before,
	bool opening, size_t depth, unsigned options)
{
	uint32_t start = opening ? before : hj_mark_after(printer->document, before) + 1;
	hj_gap_rewrite(&printer->lead, slice(printer, start, node->start), depth, options);
}

static unsigned lead_options(bool expanded, bool opening)
{
	return (expanded ? HJ_OPEN_LINE : 0U) | (opening ? HJ_TRIM_TOP : HJ_PAD);
}

/* Between an opening bracket or a member and the next name or element. */
static inline void put_member_lead(
	struct printer *printer, const struct frame *frame, uint32_t index, const hj_node *previous)
{
	hj_output *out = printer->out;
	const hj_node *node = &printer->nodes[index];
	bool expanded = printer->marks[frame->node] & HJ_EXPANDED;
	if (previous && (previous->bits & HJ_TRAIL_COMMENT)) {
		rewrite_trail(printer, previous, (size_t)frame->indent + 2);
		put_text(out, &printer->trail);
	}
	if (previous)
		put_byte(out, ',');
	if (node->bits & HJ_LEAD_COMMENT) {
		uint32_t before = previous ? previous->end : printer->nodes[frame->node].start + 1;
		rewrite_lead(printer, node, before, !previous, (size_t)frame->indent + 1,
			lead_options(expanded, !previous));
		put_text(out, &printer->lead);
	} else if (expanded) {
		if (previous && (node->bits & HJ_LEAD_BLANK))
			put_byte(out, '\n');
		put_line_break(out, (size_t)frame->indent + 1);
	} else if (previous) {
		put_byte(out, ' ');
	}
}

/* ---- alignment of values (specification, section 8.5) ---- */

/* A member of an object, as alignment sees it. */
struct row {
	bool is_row;
	bool starts_block; /* a blank line or a comment of its own stands before it */
	uint32_t width;    /* bytes of name, trail, colon and lead */
};

static uint32_t narrow(size_t size)
{
	return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

static bool has_break(const hj_text *text)
{
	return text->size && memchr(text->data, '\n', text->size);
}

/*
 * Measures the member whose name is at `index`. previous: the value before it, NULL for the first.
 * Gaps with comments are rewritten just to be measured; the frame is an expanded object's.
 */
static struct row measure_row(
	struct printer *printer, const struct frame *frame, uint32_t index, const hj_node *previous)
{
	const hj_node *name = &printer->nodes[index], *value = name + 1;
	size_t depth = (size_t)frame->indent;
	size_t width = name->end - name->start;
	struct row row = {
		.is_row = !(value->bits & HJ_LEAD_BREAK) &&
			!(printer->marks[index + 1] & HJ_HOLDS_BREAK),
		.starts_block = previous && (name->bits & HJ_LEAD_BLANK),
	};
	if (name->bits & HJ_LEAD_COMMENT) {
		uint32_t before = previous ? previous->end : printer->nodes[frame->node].start + 1;
		rewrite_lead(
			printer, name, before, !previous, depth + 1, lead_options(true, !previous));
		row.starts_block = hj_count_breaks(hj_text_slice(&printer->lead)) > 1;
	}
	if (!row.is_row)
		return row;
	if (name->bits & HJ_ESCAPED)
		width = hj_literal_text(printer->document, index, &printer->scratch).size;
	if (name->bits & HJ_TRAIL_COMMENT) {
		rewrite_trail(printer, name, depth + 2);
		row.is_row = !has_break(&printer->trail);
		width += printer->trail.size;
	}
	if (value->bits & HJ_TRAIL_COMMENT) {
		rewrite_trail(printer, value, depth + 2);
		row.is_row &= !has_break(&printer->trail);
	}
	if (value->bits & HJ_LEAD_COMMENT) {
		rewrite_lead(printer, value, name->end, false, depth + 2,
			HJ_TRIM_TOP | HJ_TRIM_BOTTOM | HJ_PAD);
		width += printer->lead.size;
	} else {
		width += 1;
	}
	row.width = narrow(width + 1);
	return row;
}

/*
 * At a name that no block covers: finds the block that begins with it, its end and its width. A
 * member that is no row makes a block of its own, with width 0.
 */
static void find_block(
	struct printer *printer, struct frame *frame, uint32_t index, const hj_node *previous)
{
	const hj_node *nodes = printer->nodes;
	uint32_t end = nodes[frame->node].next;
	frame->width = 0;
	for (uint32_t first = index; index < end; index = nodes[index + 1].next) {
		struct row row = measure_row(printer, frame, index, previous);
		if (index != first && (!row.is_row || row.starts_block))
			break;
		if (!row.is_row) {
			index = nodes[index + 1].next;
			break;
		}
		if (row.width > frame->width)
			frame->width = row.width;
		previous = &nodes[index + 1];
	}
	frame->block = index;
}

/* Between a name and its value. Returns whether the value stands on a line of its own. */
static bool put_value_lead(struct printer *printer, const struct frame *frame, uint32_t name_index)
{
	hj_output *out = printer->out;
	const hj_node *name = &printer->nodes[name_index], *value = name + 1;
	size_t depth = (size_t)frame->indent + 2;
	size_t width = name->end - name->start + 2;
	bool is_break = false;
	if (name->bits & HJ_ESCAPED)
		width = hj_literal_text(printer->document, name_index, &printer->scratch).size + 2;
	if (name->bits & HJ_TRAIL_COMMENT) {
		rewrite_trail(printer, name, depth);
		put_text(out, &printer->trail);
		is_break = has_break(&printer->trail);
		width += printer->trail.size;
	}
	put_byte(out, ':');
	if (value->bits & HJ_LEAD_COMMENT) {
		rewrite_lead(printer, value, name->end, false, depth,
			HJ_TRIM_TOP | HJ_TRIM_BOTTOM | HJ_PAD);
		put_text(out, &printer->lead);
		is_break |= has_break(&printer->lead);
		width += printer->lead.size - 1;
	} else if (value->bits & HJ_LEAD_BREAK) {
		put_line_break(out, depth);
		is_break = true;
	} else {
		put_byte(out, ' ');
	}
	/* A width above zero says that this member is a row of a block. */
	if (frame->width > width)
		put_blanks(out, frame->width - width);
	return is_break;
}

/* From the last member, or the opening bracket, to the closing bracket, and that bracket. */
static void close_container(struct printer *printer, const struct frame *frame, const hj_node *last)
{
	hj_output *out = printer->out;
	const hj_node *node = &printer->nodes[frame->node];
	bool expanded = printer->marks[frame->node] & HJ_EXPANDED;
	bool comma = last && expanded && !printer->standard;
	size_t depth = (size_t)frame->indent + 1;
	bool trailing = last && (node->bits & HJ_TRAILING_COMMA);
	if ((node->bits & HJ_CLOSING_COMMENT) || (trailing && (last->bits & HJ_TRAIL_COMMENT))) {
		hj_text_clear(&printer->trail);
		if (trailing)
			rewrite_trail(printer, last, depth + 1);
		uint32_t start = last ? last->end : node->start + 1;
		if (trailing)
			start = hj_mark_after(printer->document, start) + 1;
		hj_gap_rewrite(&printer->lead, slice(printer, start, node->end - 1), depth,
			(expanded ? HJ_CLOSE_LINE : 0U) | (last ? 0U : HJ_TRIM_TOP) |
				HJ_TRIM_BOTTOM | HJ_OUTDENT);
		if (!expanded && printer->trail.size && printer->lead.size)
			comma = true; /* comments on both sides hold it in place */
		put_text(out, &printer->trail);
		if (comma)
			put_byte(out, ',');
		put_text(out, &printer->lead);
	} else {
		if (comma)
			put_byte(out, ',');
		if (expanded)
			put_line_break(out, frame->indent);
	}
	hj_output_token(out, node->end - 1, node->end);
}

static hj_status open_container(struct printer *printer, uint32_t index, uint32_t indent)
{
	if (printer->depth == printer->capacity) {
		hj_status status = hj_grow(printer->trail.allocator, &printer->frames,
			&printer->capacity, printer->depth + 1, sizeof *printer->frames);
		if (status)
			return status;
	}
	const hj_node *node = &printer->nodes[index];
	hj_output_token(printer->out, node->start, node->start + 1);
	printer->frames[printer->depth++] = (struct frame){index, indent, index + 1, 0};
	return HJ_OK;
}

/* The root value with everything in it. */
static hj_status print_value(struct printer *printer)
{
	const hj_node *nodes = printer->nodes;
	uint32_t count = hj_document_count(printer->document);
	const hj_node *previous = NULL; /* the sibling before the node at hand */
	for (uint32_t i = 0;;) {
		while (printer->depth &&
			nodes[printer->frames[printer->depth - 1].node].next == i) {
			struct frame *inner = &printer->frames[--printer->depth];
			close_container(printer, inner, previous);
			previous = &nodes[inner->node];
		}
		if (i == count || printer->out->status)
			return printer->out->status;
		uint32_t indent = 0;
		if (printer->depth) {
			struct frame *frame = &printer->frames[printer->depth - 1];
			bool expanded = printer->marks[frame->node] & HJ_EXPANDED;
			put_member_lead(printer, frame, i, previous);
			indent = frame->indent + expanded;
			if (nodes[i].bits & HJ_IS_NAME) {
				if (expanded && i >= frame->block)
					find_block(printer, frame, i, previous);
				put_literal(printer, i);
				indent += put_value_lead(printer, frame, i);
				i++;
			}
		}
		if (hj_node_is_container(&nodes[i])) {
			hj_status status = open_container(printer, i, indent);
			if (status)
				return status;
			previous = NULL;
		} else {
			put_literal(printer, i);
			previous = &nodes[i];
		}
		i++;
	}
}

/* The gap before the root value, without white space at its front. */
static void put_root_lead(struct printer *printer)
{
	const hj_node *root = &printer->nodes[0];
	if (!(root->bits & HJ_LEAD_COMMENT))
		return;
	hj_gap_rewrite(&printer->lead, slice(printer, 0, root->start), 0, 0);
	hj_slice text = hj_text_slice(&printer->lead);
	while (text.size && (*text.data == ' ' || *text.data == '\t' || *text.data == '\n'))
		text.data++, text.size--;
	hj_output_bytes(printer->out, text);
}

/* The gap after the root value, and the final LF. */
static void put_root_trail(struct printer *printer)
{
	const hj_node *root = &printer->nodes[0];
	if (root->bits & HJ_TRAIL_COMMENT) {
		hj_gap_rewrite(
			&printer->lead, slice(printer, root->end, printer->source->size), 0, 0);
		hj_output_bytes(printer->out, hj_trim_end(hj_text_slice(&printer->lead)));
	}
	put_byte(printer->out, '\n');
}

void hj_print_canonical(const hj_document *document, const unsigned char *marks, hj_output *output)
{
	struct printer printer = {
		.document = document,
		.nodes = hj_document_nodes(document),
		.source = hj_document_source(document),
		.marks = marks,
		.out = output,
		.standard = hj_document_standard(document),
	};
	const hj_allocator *allocator = output->allocator;
	hj_text_init(&printer.trail, allocator);
	hj_text_init(&printer.lead, allocator);
	hj_text_init(&printer.scratch, allocator);
	put_root_lead(&printer);
	hj_status status = print_value(&printer);
	put_root_trail(&printer);
	if (!status)
		status = printer.trail.status ? printer.trail.status : printer.lead.status;
	if (status && !output->status)
		output->status = status;
	hj_free(allocator, printer.frames, printer.capacity * sizeof *printer.frames);
	hj_text_free(&printer.trail);
	hj_text_free(&printer.lead);
	hj_text_free(&printer.scratch);
}
