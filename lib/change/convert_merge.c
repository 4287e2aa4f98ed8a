#include "change/convert_parts.h"

#include "syntax/patch.h"
#include "syntax/string.h"

/* Everything that is moved, as it is put together. */
typedef struct merger {
	hj__convert *run;
	const hj__section *from, *to;
	hj__writer text;
	hj_slice line;     /* between two rules */
	hj_slice *removed; /* comments */
	size_t removed_count, removed_room;
} merger;

static uint32_t offset_of(const merger *merge, const char *at)
{
	return (uint32_t)(at - hj_document_source(merge->run->document)->data);
}

/* The gap without the white space at its end. */
static hj_slice without_end(hj_slice text)
{
	hj_gap gap = hj__gap_of(text);
	size_t size = text.size;
	for (hj_gap_piece piece; hj_gap_next(&gap, &piece);)
		size = piece.kind == HJ_GAP_SPACE ? (size_t)(piece.start - text.data)
						  : (size_t)(piece.end - text.data);
	return hj_slice_of(text.data, size);
}

/* Does a gap end with a line comment? */
static bool ends_open(hj_slice text)
{
	hj_gap gap = hj__gap_of(text);
	bool open = false;
	for (hj_gap_piece piece; hj_gap_next(&gap, &piece);)
		open = piece.kind == HJ_GAP_LINE;
	return open;
}

/* -- comments around the section ---------------------------------------------------------------- */

/* The next comment of a gap; false: there is none. */
static bool next_comment(hj_gap *gap, hj_slice *out)
{
	for (hj_gap_piece piece; gap->at && hj_gap_next(gap, &piece);)
		if (piece.kind == HJ_GAP_LINE || piece.kind == HJ_GAP_BLOCK) {
			*out = hj_slice_of(piece.start, (size_t)(piece.end - piece.start));
			return true;
		}
	return false;
}

/* The comments between two offsets that go; those that stay are the next ones of `stays`. */
static hj_status note_removed(merger *merge, uint32_t from, uint32_t to, hj_gap *stays)
{
	const char *bytes = hj_document_source(merge->run->document)->data;
	hj_gap gap = {bytes + from, bytes + to}, ahead = *stays;
	for (hj_slice comment, kept; next_comment(&gap, &comment); ahead = *stays) {
		if (next_comment(&ahead, &kept) && hj_slice_equal(comment, kept)) {
			*stays = ahead;
			continue;
		}
		if (hj_grow(merge->run->allocator, &merge->removed, &merge->removed_room,
			    merge->removed_count + 1, sizeof *merge->removed))
			return HJ_NO_MEMORY;
		merge->removed[merge->removed_count++] = comment;
	}
	return HJ_OK;
}

/*
 * The comments that go away with the section: those around it that are its own. `removal` makes one gap
 * of the two around it; what is not in that is gone.
 */
static hj_status find_removed(merger *merge, const hj_edits *removal)
{
	const hj_node *nodes = merge->run->nodes;
	const hj_source *source = hj_document_source(merge->run->document);
	uint32_t name = merge->from->name, value = merge->from->value, next = nodes[value].next;
	uint32_t from = nodes[0].start + 1, to = nodes[0].end - 1;
	for (uint32_t at = hj_node_first(0); at < name; at = nodes[nodes[at].next].next)
		from = nodes[nodes[at].next].end;
	if (next < nodes[0].next)
		to = nodes[next].start;
	hj_text after;
	hj_text_init(&after, merge->run->allocator);
	hj_status status = hj_edits_apply(
		removal->items, removal->count, hj_slice_of(source->data, source->size), &after);
	if (!status) {
		hj_gap stays = {after.data + from, after.data + after.size - (source->size - to)};
		status = note_removed(merge, from, nodes[name].start, &stays);
		if (!status)
			status = note_removed(merge, nodes[name].end, nodes[value].start, &stays);
		if (!status)
			status = note_removed(merge, nodes[value].end, to, &stays);
	}
	hj_text_free(&after);
	return status;
}

/* The size of the line feed that a break begins with; 0: it is none. */
static size_t first_line(hj_slice line)
{
	return line.data[0] == '\n' ? 1 : line.data[0] == '\r' ? 2 : 0;
}

/* The comments of the section before its value, or those behind. */
static void put_comments(merger *merge, bool behind)
{
	uint32_t value = merge->run->nodes[merge->from->value].start;
	for (size_t i = 0; i < merge->removed_count; i++) {
		if ((offset_of(merge, merge->removed[i].data) > value) != behind)
			continue;
		/* A blank line between the grants that are there and what begins a section. */
		if (merge->text.text.size == 0 && merge->to->list.count)
			hj__write(&merge->text,
				hj_slice_of(merge->line.data, first_line(merge->line)));
		hj__write(&merge->text, merge->line);
		hj__write_gap(&merge->text, merge->removed[i]);
	}
}

static hj_status remove_section(merger *merge, hj_edits *removal)
{
	hj__convert *run = merge->run;
	hj_text pointer, why;
	bool ok = true;
	hj_slice name = hj_string_value(run->document, merge->from->name, &run->arena, &ok);
	hj_text_init(&pointer, run->allocator);
	hj_text_init(&why, run->allocator);
	/* A name that means "acls" has nothing in it that a pointer escapes. */
	hj_text_byte(&pointer, '/');
	hj_text_append(&pointer, name);
	hj_status status = ok ? pointer.status : HJ_NO_MEMORY;
	if (!status)
		status = hj_patch_one(run->document, HJ_REMOVE, hj_text_slice(&pointer), NULL,
			HJ_PATCH_KIND, removal, &why);
	hj_text_free(&pointer);
	hj_text_free(&why);
	return status;
}

/* -- the rules --------------------------------------------------------------------------------- */

/* Bytes of the source with edits applied. */
static void append_edited(
	hj_text *out, const hj_source *source, uint32_t from, uint32_t to, const hj_edits *edits)
{
	for (size_t i = 0; i < edits->count; i++) {
		const hj_edit *edit = &edits->items[i];
		hj_text_append(out, hj_source_slice(source, (hj_span){from, edit->span.start}));
		hj_text_append(out, edit->text);
		from = edit->span.end;
	}
	hj_text_append(out, hj_source_slice(source, (hj_span){from, to}));
}

static void put_rules(merger *merge, const hj_edits *rewritten)
{
	const hj__list *list = &merge->from->list;
	const hj_source *source = hj_document_source(merge->run->document);
	hj__writer *to = &merge->text;
	if (hj__gap_comments(list->head)) {
		hj__write(to, merge->line);
		hj__write_gap(to, hj__gap_content(list->head));
	}
	hj_slice closing = without_end(list->closing);
	hj_slice first = list->count ? list->items[0].lead : closing;
	if (list->count == 0 && closing.size == 0)
		return;
	if (hj__gap_break(first).size == 0 && (list->count || !hj__gap_comments(first))) {
		first = hj__gap_content(first);
		hj__write(to, merge->line);
	}
	hj_text rules;
	hj_text_init(&rules, to->text.allocator);
	append_edited(&rules, source, offset_of(merge, first.data),
		offset_of(merge, closing.data + closing.size), rewritten);
	hj__write(to, hj_text_slice(&rules));
	if (rules.status)
		to->text.status = rules.status;
	hj_text_free(&rules);
	to->open = ends_open(
		closing.size || !list->count ? closing : list->items[list->count - 1].behind);
}

/* Between the last grant that is there and the bracket. */
static void add_insertion(merger *merge, hj_edits *edits)
{
	const hj__list *there = &merge->to->list;
	hj_slice stays = without_end(there->closing);
	uint32_t at = offset_of(merge, stays.data + stays.size);
	hj_slice rest = hj_slice_of(stays.data + stays.size, there->closing.size - stays.size);
	hj__writer *text = &merge->text;
	bool lines = text->text.size && memchr(text->text.data, '\n', text->text.size);
	if (!hj__gap_break(rest).size && (lines || text->open)) {
		hj_slice line = hj__gap_break(merge->from->list.closing);
		text->open = false;
		hj__write(text, line.size ? line : HJ_SLICE("\n"));
	}
	if (there->count && !there->comma && merge->from->list.count) {
		uint32_t end = merge->run->nodes[there->items[there->count - 1].value].end;
		hj_edits_add(edits, (hj_span){end, end}, HJ_SLICE(","));
	}
	if (text->text.size)
		hj_edits_add(edits, (hj_span){at, at}, hj_text_slice(&text->text));
}

static void add_all(hj_edits *edits, const hj_edits *more)
{
	for (size_t i = 0; i < more->count; i++)
		hj_edits_add(edits, more->items[i].span, more->items[i].text);
}

hj_status hj__section_merge(hj__convert *run, const hj__section *from, const hj__section *to,
	const hj_edits *rewritten, hj_edits *edits)
{
	merger merge = {.run = run, .from = from, .to = to};
	merge.line =
		to->list.count ? hj__list_break(&to->list, to->list.count - 1) : from->list.line;
	if (!hj__gap_break(merge.line).size && from->list.line.size)
		merge.line = from->list.line;
	if (merge.line.size == 0)
		merge.line = HJ_SLICE(" ");
	hj_edits removal;
	hj_edits_init(&removal, run->allocator);
	hj__writer_init(&merge.text, hj__gap_break(merge.line).size ? merge.line : HJ_SLICE("\n"),
		run->allocator);
	/* The text comes behind the last comment that is there. */
	hj_slice stays = without_end(to->list.closing);
	merge.text.open = ends_open(
		stays.size || !to->list.count ? stays : to->list.items[to->list.count - 1].behind);
	hj_status status = remove_section(&merge, &removal);
	if (!status)
		status = find_removed(&merge, &removal);
	if (!status) {
		put_comments(&merge, false);
		put_rules(&merge, rewritten);
		put_comments(&merge, true);
		if (to->value > from->value)
			add_all(edits, &removal);
		add_insertion(&merge, edits);
		if (to->value < from->value)
			add_all(edits, &removal);
		status = merge.text.text.status ? merge.text.text.status : edits->status;
	}
	hj_free(run->allocator, merge.removed, merge.removed_room * sizeof *merge.removed);
	hj_text_free(&merge.text.text);
	hj_edits_free(&removal);
	return status;
}
