/*
 * The unified diff of a list of edits.
 *
 * Edits say where the change is, so nothing is searched for: each becomes a block of whole lines,
 * blocks that touch become one, and lines that are equal at a block's ends are given back. All
 * counting goes forward from block to block, so the time is linear in the two texts.
 */
#include "syntax/edit.h"

enum { CONTEXT = 3 };

/* Lines that change: bytes and line numbers (from 0) on both sides. */
typedef struct diff_block {
	size_t old_start, old_end, new_start, new_end;
	size_t old_line, old_lines, new_line, new_lines;
} diff_block;

typedef struct diff_blocks {
	diff_block *items;
	size_t count, capacity;
} diff_blocks;

static size_t line_start(hj_slice text, size_t at)
{
	const char *before = at ? memrchr(text.data, '\n', at) : NULL;
	return before ? (size_t)(before + 1 - text.data) : 0;
}

/* After the LF of the line that `at` is in; at a line's first byte that line counts. */
static size_t line_end(hj_slice text, size_t at)
{
	const char *stop = at < text.size ? memchr(text.data + at, '\n', text.size - at) : NULL;
	return stop ? (size_t)(stop + 1 - text.data) : text.size;
}

/* Lines that begin in [from, to). */
static size_t lines_in(hj_slice text, size_t from, size_t to)
{
	size_t count = 0;
	for (; from < to; count++)
		from = line_end(text, from);
	return count;
}

static void trim(diff_block *block, hj_slice old, hj_slice new)
{
	while (block->old_start < block->old_end && block->new_start < block->new_end) {
		size_t a = line_end(old, block->old_start), b = line_end(new, block->new_start);
		if (!hj_slice_equal((hj_slice){old.data + block->old_start, a - block->old_start},
			    (hj_slice){new.data + block->new_start, b - block->new_start}))
			break;
		block->old_start = a;
		block->new_start = b;
	}
	while (block->old_start < block->old_end && block->new_start < block->new_end) {
		size_t a = line_start(old, block->old_end - 1);
		size_t b = line_start(new, block->new_end - 1);
		if (!hj_slice_equal((hj_slice){old.data + a, block->old_end - a},
			    (hj_slice){new.data + b, block->new_end - b}))
			break;
		block->old_end = a;
		block->new_end = b;
	}
}

/* Everything but the line numbers; a block that trims away is dropped. */
static hj_status collect(const hj_edit *edits, size_t count, hj_slice old, hj_slice new,
	diff_blocks *out, const hj_allocator *allocator)
{
	ptrdiff_t shift = 0; /* new offset minus old offset, before the edit */
	for (size_t i = 0; i < count;) {
		diff_block next = {0};
		next.old_start = line_start(old, edits[i].span.start);
		next.new_start = (size_t)((ptrdiff_t)next.old_start + shift);
		do {
			hj_span span = edits[i].span;
			next.old_end = line_end(old, span.end);
			shift += (ptrdiff_t)edits[i].text.size - (ptrdiff_t)(span.end - span.start);
			i++;
		} while (i < count && edits[i].span.start <= next.old_end);
		next.new_end = (size_t)((ptrdiff_t)next.old_end + shift);
		trim(&next, old, new);
		if (next.old_start == next.old_end && next.new_start == next.new_end)
			continue;
		if (hj_grow(allocator, &out->items, &out->capacity, out->count + 1,
			    sizeof *out->items))
			return HJ_NO_MEMORY;
		out->items[out->count++] = next;
	}
	return HJ_OK;
}

static void count_lines(diff_blocks *blocks, hj_slice old, hj_slice new)
{
	size_t at = 0, old_line = 0, new_line = 0;
	for (size_t i = 0; i < blocks->count; i++) {
		diff_block *block = &blocks->items[i];
		size_t between = lines_in(old, at, block->old_start);
		block->old_line = old_line + between;
		block->new_line = new_line + between;
		block->old_lines = lines_in(old, block->old_start, block->old_end);
		block->new_lines = lines_in(new, block->new_start, block->new_end);
		old_line = block->old_line + block->old_lines;
		new_line = block->new_line + block->new_lines;
		at = block->old_end;
	}
}

static void print_lines(hj_text *out, char mark, hj_slice text, size_t from, size_t to)
{
	while (from < to) {
		size_t stop = line_end(text, from);
		hj_text_byte(out, mark);
		hj_text_append(out, (hj_slice){text.data + from, stop - from});
		if (text.data[stop - 1] != '\n')
			hj_text_str(out, "\n\\ No newline at end of file\n");
		from = stop;
	}
}

static void print_range(hj_text *out, char mark, size_t line, size_t lines)
{
	/* A range without lines is named by the line before it. */
	hj_text_printf(out, " %c%zu", mark, lines ? line + 1 : line);
	if (lines != 1)
		hj_text_printf(out, ",%zu", lines);
}

/* Blocks first … last, which share their context. */
static void print_hunk(
	hj_text *out, const diff_block *first, const diff_block *last, hj_slice old, hj_slice new)
{
	size_t from = first->old_start, before = 0, to = last->old_end, after = 0;
	for (; before < CONTEXT && from > 0; before++)
		from = line_start(old, from - 1);
	for (; after < CONTEXT && to < old.size; after++)
		to = line_end(old, to);
	hj_text_str(out, "@@");
	print_range(out, '-', first->old_line - before,
		before + (last->old_line + last->old_lines - first->old_line) + after);
	print_range(out, '+', first->new_line - before,
		before + (last->new_line + last->new_lines - first->new_line) + after);
	hj_text_str(out, " @@\n");
	size_t at = from;
	for (const diff_block *block = first; block <= last; block++) {
		print_lines(out, ' ', old, at, block->old_start);
		print_lines(out, '-', old, block->old_start, block->old_end);
		print_lines(out, '+', new, block->new_start, block->new_end);
		at = block->old_end;
	}
	print_lines(out, ' ', old, at, to);
}

/* A file name as git writes it: quoted when it must be, a tab after one with blanks. */
static void print_name(hj_text *out, const char *mark, const char *name)
{
	hj_slice bytes = hj_slice_str(name);
	bool quote = false, blank = false;
	for (size_t i = 0; i < bytes.size; i++) {
		unsigned char byte = (unsigned char)bytes.data[i];
		quote = quote || byte < 0x20 || byte == 0x7F || byte == '"' || byte == '\\';
		blank = blank || byte == ' ';
	}
	hj_text_str(out, mark);
	if (quote) {
		hj_text_byte(out, '"');
		for (size_t i = 0; i < bytes.size; i++) {
			unsigned char byte = (unsigned char)bytes.data[i];
			if (byte == '"' || byte == '\\')
				hj_text_printf(out, "\\%c", byte);
			else if (byte < 0x20 || byte == 0x7F)
				hj_text_printf(out, "\\%03o", byte);
			else
				hj_text_byte(out, (char)byte);
		}
		hj_text_byte(out, '"');
	} else {
		hj_text_append(out, bytes);
	}
	hj_text_str(out, blank ? "\t\n" : "\n");
}

hj_status hj_edits_diff(const hj_edit *edits, size_t count, hj_slice source, const char *old_name,
	const char *new_name, hj_text *out)
{
	const hj_allocator *allocator = out->allocator;
	hj_text changed;
	hj_text_init(&changed, allocator);
	diff_blocks blocks = {0};
	hj_status status = hj_edits_apply(edits, count, source, &changed);
	hj_slice new = hj_text_slice(&changed);
	if (!status)
		status = collect(edits, count, source, new, &blocks, allocator);
	if (!status && blocks.count) {
		count_lines(&blocks, source, new);
		print_name(out, "--- ", old_name);
		print_name(out, "+++ ", new_name);
		for (size_t i = 0, j; i < blocks.count; i = j + 1) {
			const diff_block *items = blocks.items;
			for (j = i; j + 1 < blocks.count; j++) {
				size_t end = items[j].old_line + items[j].old_lines;
				if (items[j + 1].old_line - end > 2 * CONTEXT)
					break;
			}
			print_hunk(out, &items[i], &items[j], source, new);
		}
	}
	hj_free(allocator, blocks.items, blocks.capacity * sizeof *blocks.items);
	hj_text_free(&changed);
	return status ? status : out->status;
}
