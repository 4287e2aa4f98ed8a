#include "change/convert_parts.h"

/* -- gaps -------------------------------------------------------------------------------------- */

static bool is_comment(const hj_gap_piece *piece)
{
	return piece->kind == HJ_GAP_LINE || piece->kind == HJ_GAP_BLOCK;
}

static hj_slice between(const char *from, const char *to)
{
	return hj_slice_of(from, (size_t)(to - from));
}

bool hj__gap_comments(hj_slice text)
{
	hj_gap gap = hj__gap_of(text);
	for (hj_gap_piece piece; hj_gap_next(&gap, &piece);)
		if (is_comment(&piece))
			return true;
	return false;
}

hj_slice hj__gap_break(hj_slice text)
{
	size_t at = text.size;
	while (at && memchr(" \t\r\n", text.data[at - 1], 4)) {
		at--;
		if (text.data[at] != '\n')
			continue;
		if (at && text.data[at - 1] == '\r')
			at--;
		return hj_slice_of(text.data + at, text.size - at);
	}
	return HJ_SLICE("");
}

hj_slice hj__gap_content(hj_slice text)
{
	while (text.size && memchr(" \t\r\n", text.data[0], 4)) {
		text.data++;
		text.size--;
	}
	return text;
}

hj_slice hj__gap_bare(hj_slice text)
{
	if (!hj__gap_comments(text))
		return text;
	hj_slice line = hj__gap_break(text);
	if (line.size)
		return line;
	bool blank = text.data[0] == ' ' && text.data[text.size - 1] == ' ';
	return blank ? HJ_SLICE(" ") : HJ_SLICE("");
}

/*
 * A gap that follows a comma or an opening bracket: what stands on the line, if there is a comment, and
 * the rest. On a line that goes on with the next item all is the next item's.
 */
static void split_gap(hj_slice text, hj_slice *first, hj_slice *rest)
{
	hj_gap gap = hj__gap_of(text);
	bool comment = false;
	*first = hj_slice_of(text.data, 0);
	*rest = text;
	for (hj_gap_piece piece; hj_gap_next(&gap, &piece);) {
		if (is_comment(&piece))
			comment = true;
		const char *line = piece.kind == HJ_GAP_SPACE
			? memchr(piece.start, '\n', (size_t)(piece.end - piece.start))
			: NULL;
		if (!line)
			continue;
		if (line > text.data && line[-1] == '\r')
			line--;
		if (comment) {
			/* Not the blanks before the line feed. */
			const char *end = line;
			while (end > piece.start && memchr(" \t", end[-1], 2))
				end--;
			*first = between(text.data, end);
			*rest = between(end, text.data + text.size);
		}
		return;
	}
}

/* -- lists ------------------------------------------------------------------------------------- */

/* Cuts a gap at its comma: what is before it, and what is behind. False: there is none. */
static bool cut_comma(hj_slice text, hj_slice *before, hj_slice *after)
{
	hj_gap gap = hj__gap_of(text);
	for (hj_gap_piece piece; hj_gap_next(&gap, &piece);)
		if (piece.kind == HJ_GAP_MARK) {
			*before = between(text.data, piece.start);
			*after = between(piece.end, text.data + text.size);
			return true;
		}
	*before = hj_slice_of(text.data, 0);
	*after = text;
	return false;
}

/* Moves what a gap holds up to its last comment out of it. */
static void cut_end(hj_slice *text, hj_slice *comments)
{
	hj_gap gap = hj__gap_of(*text);
	const char *end = text->data;
	for (hj_gap_piece piece; hj_gap_next(&gap, &piece);)
		if (is_comment(&piece))
			end = piece.end;
	*comments = between(text->data, end);
	*text = between(end, text->data + text->size);
}

static uint32_t count_items(const hj_node *nodes, uint32_t container, bool object)
{
	uint32_t count = 0, end = nodes[container].next;
	for (uint32_t at = hj_node_first(container); at < end; at = nodes[at].next) {
		if (object)
			at = nodes[at].next;
		count++;
	}
	return count;
}

hj_status hj__list_read(
	const hj_document *document, uint32_t container, hj_arena *arena, hj__list *out)
{
	const hj_node *nodes = hj_document_nodes(document);
	const char *bytes = hj_document_source(document)->data;
	const hj_node *box = &nodes[container];
	bool object = hj_node_kind(box) == HJ_OBJECT;
	*out = (hj__list){.count = count_items(nodes, container, object)};
	out->items = hj_arena_alloc(arena, out->count * sizeof *out->items);
	if (out->count && !out->items)
		return HJ_NO_MEMORY;
	uint32_t at = hj_node_first(container);
	const char *from = bytes + box->start + 1, *close = bytes + box->end - 1;
	hj_slice *line = &out->head, rest;
	if (out->count == 0) {
		split_gap(between(from, close), line, &out->closing);
		return HJ_OK;
	}
	split_gap(between(from, bytes + nodes[at].start), line, &rest);
	for (uint32_t i = 0; i < out->count; i++) {
		hj__list_item *item = &out->items[i];
		*item = (hj__list_item){.value = at, .lead = rest};
		if (object) {
			item->name = at;
			item->value = nodes[at].next;
		}
		if (out->line.size == 0)
			out->line = hj__gap_break(item->lead);
		at = nodes[item->value].next;
		bool last = i + 1 == out->count;
		hj_slice after;
		bool comma = cut_comma(between(bytes + nodes[item->value].end,
					       last ? close : bytes + nodes[at].start),
			&item->trail, &after);
		split_gap(after, &item->behind, &rest);
		if (!last)
			continue;
		out->comma = comma;
		/* Before the bracket on the same line: the item's as well. */
		if (!comma && item->behind.size == 0 && !hj__gap_break(rest).size)
			cut_end(&rest, &item->behind);
	}
	out->closing = rest;
	return HJ_OK;
}

hj_slice hj__list_break(const hj__list *list, uint32_t i)
{
	hj_slice line = hj__gap_break(list->items[i].lead);
	if (line.size == 0)
		line = list->line;
	if (line.size == 0 && list->items[i].behind.size)
		line = hj__gap_break(list->closing);
	return line.size ? line : HJ_SLICE(" ");
}

/* -- writing ----------------------------------------------------------------------------------- */

void hj__writer_init(hj__writer *writer, hj_slice line, const hj_allocator *allocator)
{
	*writer = (hj__writer){.line = line};
	hj_text_init(&writer->text, allocator);
}

static bool begins_line(hj_slice text)
{
	return text.data[0] == '\n' || (text.size > 1 && memcmp(text.data, "\r\n", 2) == 0);
}

void hj__write(hj__writer *writer, hj_slice text)
{
	if (text.size == 0)
		return;
	if (writer->open && !begins_line(text)) {
		hj_text_append(&writer->text, writer->line);
		text = hj__gap_content(text);
	}
	hj_text_append(&writer->text, text);
	writer->open = false;
}

void hj__write_gap(hj__writer *writer, hj_slice text)
{
	if (writer->bare)
		text = hj__gap_bare(text);
	/* Two gaps become one where something was left out: one blank is enough. */
	if (text.size && writer->text.size && text.data[0] == ' ' &&
		writer->text.data[writer->text.size - 1] == ' ')
		text = hj_slice_of(text.data + 1, text.size - 1);
	if (text.size == 0)
		return;
	hj__write(writer, text);
	hj_gap gap = hj__gap_of(text);
	for (hj_gap_piece piece; hj_gap_next(&gap, &piece);)
		writer->open = piece.kind == HJ_GAP_LINE;
}

void hj__write_left(hj__writer *writer, const hj_document *document, const hj__list_item *item)
{
	const hj_node *nodes = hj_document_nodes(document);
	const char *bytes = hj_document_source(document)->data;
	hj_slice inside = {0}, before = {0}, after = {0};
	if (item->name) {
		inside = between(bytes + nodes[item->name].end, bytes + nodes[item->value].start);
		cut_comma(inside, &before, &after); /* the colon */
	}
	const hj_slice gaps[] = {item->lead, before, after, item->trail, item->behind};
	bool any = false;
	for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++)
		any |= hj__gap_comments(gaps[i]);
	if (!any || writer->bare)
		return;
	/* On its own line the first comment takes the item's place. */
	bool placed = hj__gap_break(item->lead).size || hj__gap_comments(item->lead);
	if (placed)
		hj__write_gap(writer, item->lead);
	for (size_t i = 1; i < sizeof gaps / sizeof *gaps; i++) {
		if (!hj__gap_comments(gaps[i]))
			continue;
		hj__write_gap(writer, placed ? hj__gap_content(gaps[i]) : gaps[i]);
		placed = false;
	}
}
