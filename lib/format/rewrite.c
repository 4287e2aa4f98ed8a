#include "format/rewrite.h"

#include "syntax/gap.h"

size_t hj_count_breaks(hj_slice text)
{
	size_t count = 0;
	if (text.size == 0)
		return 0; /* data may be NULL */
	const char *at = text.data, *end = at + text.size;
	for (; at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
		count++;
	return count;
}

/* In place: every `from` pair becomes LF. Returns the new size. */
static size_t replace_pairs(char *data, size_t size, const char from[2])
{
	size_t kept = 0;
	for (size_t i = 0; i < size; i++) {
		if (i + 1 < size && data[i] == from[0] && data[i + 1] == from[1]) {
			data[kept++] = '\n';
			i++;
		} else {
			data[kept++] = data[i];
		}
	}
	return kept;
}

/* CR LF is a line break, then LF CR is one, then any other CR is a blank: three passes. */
static void replace_returns(hj_text *gap)
{
	gap->size = replace_pairs(gap->data, gap->size, "\r\n");
	gap->size = replace_pairs(gap->data, gap->size, "\n\r");
	for (size_t i = 0; i < gap->size; i++)
		if (gap->data[i] == '\r')
			gap->data[i] = ' ';
}

static bool ends_line(const hj_text *out)
{
	return out->size && out->data[out->size - 1] == '\n';
}

static void append_piece(hj_text *out, const hj_gap_piece *piece, size_t depth)
{
	hj_slice bytes = {piece->start, (size_t)(piece->end - piece->start)};
	size_t breaks = hj_count_breaks(bytes);
	if (piece->kind == HJ_GAP_SPACE) {
		hj_text_repeat(out, '\n', breaks < 2 ? breaks : 2);
		return;
	}
	if (ends_line(out))
		hj_text_repeat(out, '\t', depth);
	else
		hj_text_byte(out, ' ');
	if (piece->kind == HJ_GAP_BLOCK && breaks)
		hj_comment_indent(out, bytes, depth);
	else
		hj_text_append(out, hj_trim_end(bytes));
}

static void trim_blank_line_at_top(hj_text *out)
{
	while (out->size >= 2 && out->data[0] == '\n' && out->data[1] == '\n')
		memmove(out->data, out->data + 1, --out->size);
}

static void trim_blank_line_at_bottom(hj_text *out)
{
	while (out->size >= 2 && out->data[out->size - 2] == '\n' && ends_line(out))
		out->size--;
}

static void rewrite(hj_text *out, hj_slice gap, size_t depth, unsigned options)
{
	if ((options & HJ_OPEN_LINE) && hj_count_breaks(gap) == 0)
		hj_text_byte(out, '\n');
	hj_gap pieces = {gap.data, gap.data + gap.size};
	for (hj_gap_piece piece; hj_gap_next(&pieces, &piece);)
		append_piece(out, &piece, depth);
	if ((options & HJ_CLOSE_LINE) && !ends_line(out))
		hj_text_byte(out, '\n');
	if (options & HJ_TRIM_TOP)
		trim_blank_line_at_top(out);
	if (options & HJ_TRIM_BOTTOM)
		trim_blank_line_at_bottom(out);
	if (ends_line(out))
		hj_text_repeat(out, '\t', depth - (options & HJ_OUTDENT ? 1 : 0));
	else if (out->size)
		hj_text_byte(out, ' ');
	else if (options & HJ_PAD)
		hj_text_byte(out, ' ');
}

void hj_gap_rewrite(hj_text *out, hj_slice gap, size_t depth, unsigned options)
{
	hj_text_clear(out);
	if (gap.size == 0 || !memchr(gap.data, '\r', gap.size)) {
		rewrite(out, gap, depth, options);
		return;
	}
	hj_text copy;
	hj_text_init(&copy, out->allocator);
	hj_text_append(&copy, gap);
	if (copy.status) {
		out->status = copy.status;
		return;
	}
	replace_returns(&copy);
	rewrite(out, hj_text_slice(&copy), depth, options);
	hj_text_free(&copy);
}
