/*
 * Words about gaps and writing of comments, for the kind manner (patch_kind.c).
 */
#include "syntax/patch_kind.h"

static hj_gap gap_of(hj_slice text)
{
	return (hj_gap){text.data, text.data ? text.data + text.size : NULL};
}

bool hj__gap_breaks(hj_slice gap)
{
	hj_slice ignored;
	return hj__gap_indent(gap, &ignored);
}

bool hj__gap_has_line_comment(hj_slice gap)
{
	hj_gap rest = gap_of(gap);
	for (hj_gap_piece piece; hj_gap_next(&rest, &piece);) {
		if (piece.kind == HJ_GAP_LINE)
			return true;
	}
	return false;
}

hj_slice hj__gap_body(hj_slice gap)
{
	hj_gap rest = gap_of(gap);
	size_t size = 0;
	for (hj_gap_piece piece; hj_gap_next(&rest, &piece);) {
		if (piece.kind == HJ_GAP_SPACE)
			continue;
		const char *end = piece.end;
		if (piece.kind == HJ_GAP_LINE && end[-1] == '\r')
			end--;
		size = (size_t)(end - gap.data);
	}
	return hj__until(gap, size);
}

size_t hj__gap_line_feeds(hj_slice space)
{
	size_t count = 0;
	for (size_t i = 0; i < space.size; i++)
		count += space.data[i] == '\n';
	return count;
}

size_t hj__gap_same_line(hj_slice gap, size_t *next_line)
{
	hj_gap rest = gap_of(gap);
	size_t comments = 0;
	for (hj_gap_piece piece; hj_gap_next(&rest, &piece);) {
		hj_slice text = {piece.start, (size_t)(piece.end - piece.start)};
		if (piece.kind == HJ_GAP_SPACE && memchr(text.data, '\n', text.size)) {
			*next_line = (size_t)(piece.end - gap.data);
			return comments;
		}
		if (piece.kind != HJ_GAP_SPACE)
			comments = (size_t)(piece.end - gap.data);
	}
	return 0;
}

size_t hj__gap_own_start(hj_slice gap)
{
	size_t at = hj__gap_cut(gap).own, next_line = 0;
	while (at < gap.size && hj__is_space(gap.data[at]))
		at++;
	if (hj__gap_same_line(gap, &next_line) && at < next_line)
		at = next_line;
	return at;
}

hj_slice hj__gap_after_previous(hj_slice gap, size_t at)
{
	if (at && gap.data[at - 1] == '\n')
		at--;
	if (at && gap.data[at - 1] == '\r')
		at--;
	return hj__from(gap, at);
}

/* -- writing ------------------------------------------------------------------------------------ */

void hj__write_line(hj__tree *tree, hj_text *out, hj_slice indent)
{
	hj_text_append(out, tree->newline);
	hj_text_append(out, indent);
}

void hj__write_shifted(hj__tree *tree, hj_text *out, hj_slice text, hj_slice base, hj_slice indent)
{
	const char *at = text.data, *end = text.size ? at + text.size : at;
	for (const char *stop; at < end && (stop = memchr(at, '\n', (size_t)(end - at)));) {
		const char *last = stop > at && stop[-1] == '\r' ? stop - 1 : stop;
		hj_text_append(out, (hj_slice){at, (size_t)(last - at)});
		hj_text_append(out, tree->newline);
		at = stop + 1;
		hj_slice rest = {at, (size_t)(end - at)};
		size_t blank = 0;
		while (blank < rest.size && (at[blank] == ' ' || at[blank] == '\t'))
			blank++;
		/* A line that stands less deep than the first comes as deep as the first. */
		if (hj_slice_starts(rest, base))
			at += base.size;
		else if (hj_slice_starts(base, hj__until(rest, blank)))
			at += blank;
		if (at < end && *at != '\n' && *at != '\r')
			hj_text_append(out, indent);
	}
	hj_text_append(out, (hj_slice){at, (size_t)(end - at)});
}

static void comment(
	hj__tree *tree, hj_text *out, const hj_gap_piece *piece, hj_slice base, hj_slice indent)
{
	hj_slice text = {piece->start, (size_t)(piece->end - piece->start)};
	if (piece->kind == HJ_GAP_LINE && text.data[text.size - 1] == '\r')
		text.size--;
	hj__write_shifted(tree, out, text, base, indent);
}

void hj__write_lead(hj__tree *tree, hj_text *out, hj_slice gap, hj_slice base, hj_slice indent)
{
	hj_gap rest = gap_of(gap);
	bool open = false; /* a comment waits for what follows it */
	for (hj_gap_piece piece; hj_gap_next(&rest, &piece);) {
		hj_slice text = {piece.start, (size_t)(piece.end - piece.start)};
		if (piece.kind == HJ_GAP_SPACE) {
			if (open && memchr(text.data, '\n', text.size)) {
				hj__write_line(tree, out, indent);
				open = false;
			}
			continue;
		}
		if (open)
			hj_text_byte(out, ' ');
		comment(tree, out, &piece, base, indent);
		open = true;
	}
	if (open)
		hj_text_byte(out, ' ');
}

bool hj__write_trail(hj__tree *tree, hj_text *out, hj_slice gap, hj_slice base, hj_slice indent)
{
	hj_gap rest = gap_of(gap);
	bool broken = false, any = false, ends = false;
	for (hj_gap_piece piece; hj_gap_next(&rest, &piece);) {
		hj_slice text = {piece.start, (size_t)(piece.end - piece.start)};
		if (piece.kind == HJ_GAP_SPACE) {
			broken = broken || memchr(text.data, '\n', text.size);
			continue;
		}
		if (any && broken)
			hj__write_line(tree, out, indent);
		else
			hj_text_byte(out, ' ');
		comment(tree, out, &piece, base, indent);
		ends = piece.kind == HJ_GAP_LINE;
		broken = false;
		any = true;
	}
	return ends;
}

hj_status hj__keep(hj__tree *tree, hj_text *text, hj_slice *out)
{
	bool ok = !text->status;
	hj_slice copy = hj_arena_copy(&tree->arena, hj_text_slice(text), &ok);
	hj_status status = text->status ? text->status : ok ? HJ_OK : HJ_NO_MEMORY;
	if (!status)
		*out = copy;
	hj_text_free(text);
	return status;
}
