#include "syntax/edit.h"

void hj_edits_init(hj_edits *edits, const hj_allocator *allocator)
{
	*edits = (hj_edits){0};
	hj_arena_init(&edits->arena, allocator);
}

void hj_edits_free(hj_edits *edits)
{
	const hj_allocator *allocator = edits->arena.allocator;
	hj_free(allocator, edits->items, edits->capacity * sizeof *edits->items);
	hj_arena_free(&edits->arena);
	hj_edits_init(edits, allocator);
}

void hj_edits_add(hj_edits *edits, hj_span span, hj_slice text)
{
	if (edits->status)
		return;
	uint32_t behind = edits->count ? edits->items[edits->count - 1].span.end : 0;
	if (span.start < behind || span.end < span.start) {
		edits->status = HJ_INVALID;
		return;
	}
	bool ok = true;
	hj_slice copy = hj_arena_copy(&edits->arena, text, &ok);
	if (!ok ||
		hj_grow(edits->arena.allocator, &edits->items, &edits->capacity, edits->count + 1,
			sizeof *edits->items)) {
		edits->status = HJ_NO_MEMORY;
		return;
	}
	edits->items[edits->count++] = (hj_edit){span, copy};
}

hj_status hj_edits_apply(const hj_edit *edits, size_t count, hj_slice source, hj_text *out)
{
	/* Everything is checked before anything is appended. */
	size_t size = source.size, behind = 0;
	for (size_t i = 0; i < count; i++) {
		hj_span span = edits[i].span;
		if (span.start < behind || span.end < span.start || span.end > source.size)
			return HJ_INVALID;
		if (!hj_add(size - (span.end - span.start), edits[i].text.size, &size))
			return HJ_TOO_LARGE;
		behind = span.end;
	}
	if (!hj_text_reserve(out, size))
		return out->status;
	behind = 0;
	for (size_t i = 0; i < count; i++) {
		hj_span span = edits[i].span;
		if (span.start > behind)
			hj_text_append(out, (hj_slice){source.data + behind, span.start - behind});
		hj_text_append(out, edits[i].text);
		behind = span.end;
	}
	if (source.size > behind)
		hj_text_append(out, (hj_slice){source.data + behind, source.size - behind});
	return out->status;
}

/* -- edits between two texts: Myers' comparison, line by line, within bounds ------------------- */

enum {
	MOST_DIFFERENCES = 400, /* lines taken out plus lines put in; its square is memory */
	STEPS_A_LINE = 32,      /* how often a line may be looked at, on average */
};

typedef struct line {
	uint64_t hash;
	const char *start, *end; /* the LF is part of the line */
} line;

typedef struct side {
	line *lines;
	size_t count, capacity;
} side;

static hj_status split(hj_slice text, side *out, const hj_allocator *allocator)
{
	const char *at = text.data, *end = at + text.size;
	while (at < end) {
		if (hj_grow(allocator, &out->lines, &out->capacity, out->count + 1,
			    sizeof *out->lines))
			return HJ_NO_MEMORY;
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		stop = stop ? stop + 1 : end;
		uint64_t hash = UINT64_C(0xCBF29CE484222325);
		for (const char *byte = at; byte < stop; byte++)
			hash = (hash ^ (unsigned char)*byte) * UINT64_C(0x100000001B3);
		out->lines[out->count++] = (line){hash, at, stop};
		at = stop;
	}
	return HJ_OK;
}

static bool same_line(const line *a, const line *b)
{
	size_t size = (size_t)(a->end - a->start);
	return a->hash == b->hash && size == (size_t)(b->end - b->start) &&
		memcmp(a->start, b->start, size) == 0;
}

/*
 * Myers' greedy search. After round d, trace[d] holds how far along `before` each diagonal got;
 * walking the rounds back gives the lines to keep, marked in `kept` (one byte a line of `before`,
 * and after them one a line of `after`). False in *found: too different for the bounds.
 */
static hj_status compare(const side *before, const side *after, char *kept, bool *found,
	const hj_allocator *allocator)
{
	ptrdiff_t n = (ptrdiff_t)before->count, m = (ptrdiff_t)after->count;
	size_t budget = (before->count + after->count) * STEPS_A_LINE, rows = 0, capacity = 0;
	ptrdiff_t *trace = NULL; /* round d has 2d + 1 places and begins at d * d */
	hj_status status = HJ_OK;
	ptrdiff_t d = 0;
	*found = false;
	for (; d <= MOST_DIFFERENCES && !*found && budget; d++) {
		rows = (size_t)((d + 1) * (d + 1));
		status = hj_grow(allocator, &trace, &capacity, rows, sizeof *trace);
		if (status)
			goto done;
		ptrdiff_t *row = trace + d * d + d;
		const ptrdiff_t *last = d ? trace + (d - 1) * (d - 1) + (d - 1) : NULL;
		for (ptrdiff_t k = -d; k <= d; k += 2) {
			ptrdiff_t x = 0;
			if (d) {
				bool down = k == -d || (k != d && last[k - 1] < last[k + 1]);
				x = down ? last[k + 1] : last[k - 1] + 1;
			}
			while (x < n && x - k >= 0 && x - k < m && budget &&
				same_line(&before->lines[x], &after->lines[x - k])) {
				x++;
				budget--;
			}
			row[k] = x;
			if (x >= n && x - k >= m) {
				*found = true;
				break;
			}
		}
		budget -= budget < (size_t)d ? budget : (size_t)d;
	}
	if (!*found)
		goto done;
	ptrdiff_t x = n, y = m;
	for (d--; d >= 0; d--) {
		ptrdiff_t k = x - y, from_x = 0, from_y = 0;
		if (d) {
			const ptrdiff_t *last = trace + (d - 1) * (d - 1) + (d - 1);
			bool down = k == -d || (k != d && last[k - 1] < last[k + 1]);
			ptrdiff_t from = down ? k + 1 : k - 1;
			from_x = last[from];
			from_y = from_x - from;
		}
		while (x > from_x && y > from_y) {
			kept[--x] = 1;
			kept[n + --y] = 1;
		}
		x = from_x;
		y = from_y;
	}
done:
	hj_free(allocator, trace, capacity * sizeof *trace);
	return status;
}

/* Bytes at the front that both have in common, in whole lines. */
static size_t common_front(hj_slice a, hj_slice b)
{
	size_t least = a.size < b.size ? a.size : b.size, same = 0, lines = 0;
	while (same < least && a.data[same] == b.data[same]) {
		same++;
		if (a.data[same - 1] == '\n')
			lines = same;
	}
	return same == a.size && same == b.size ? same : lines;
}

static size_t common_back(hj_slice a, hj_slice b)
{
	size_t least = a.size < b.size ? a.size : b.size, same = 0, lines = 0;
	while (same < least && a.data[a.size - same - 1] == b.data[b.size - same - 1]) {
		same++;
		/* Whole lines: both sides begin one here. */
		size_t x = a.size - same, y = b.size - same;
		if ((x == 0 || a.data[x - 1] == '\n') && (y == 0 || b.data[y - 1] == '\n'))
			lines = same;
	}
	return lines;
}

hj_status hj_edits_between(hj_slice before, hj_slice after, hj_edits *out)
{
	if (before.size > HJ_SOURCE_MAX)
		return HJ_TOO_LARGE;
	size_t front = common_front(before, after);
	if (front == before.size && front == after.size)
		return out->status;
	hj_slice a = {before.data ? before.data + front : NULL, before.size - front};
	hj_slice b = {after.data ? after.data + front : NULL, after.size - front};
	size_t back = common_back(a, b);
	a.size -= back;
	b.size -= back;

	const hj_allocator *allocator = out->arena.allocator;
	side old = {0}, new = {0};
	char *kept = NULL;
	size_t marks = 0;
	bool found = false;
	hj_status status = HJ_OK;
	if (a.size && b.size) {
		status = split(a, &old, allocator);
		status = status ? status : split(b, &new, allocator);
		marks = old.count + new.count;
		if (!status && !(kept = hj_alloc(allocator, marks)))
			status = HJ_NO_MEMORY;
		if (!status) {
			memset(kept, 0, marks);
			status = compare(&old, &new, kept, &found, allocator);
		}
	}
	if (!status && !found)
		hj_edits_add(out, (hj_span){(uint32_t)front, (uint32_t)(front + a.size)}, b);
	for (size_t i = 0, j = 0; !status && found && (i < old.count || j < new.count);) {
		if (i < old.count && j < new.count &&kept[i] && kept[old.count + j]) {
			i++;
			j++;
			continue;
		}
		const char *from = i < old.count ? old.lines[i].start : a.data + a.size;
		const char *text = j < new.count ? new.lines[j].start : b.data + b.size;
		while (i < old.count && !kept[i])
			i++;
		while (j < new.count && !kept[old.count + j])
			j++;
		const char *to = i < old.count ? old.lines[i].start : a.data + a.size;
		const char *stop = j < new.count ? new.lines[j].start : b.data + b.size;
		hj_edits_add(out,
			(hj_span){(uint32_t)(from - before.data), (uint32_t)(to - before.data)},
			(hj_slice){text, (size_t)(stop - text)});
	}
	hj_free(allocator, kept, marks);
	hj_free(allocator, old.lines, old.capacity * sizeof *old.lines);
	hj_free(allocator, new.lines, new.capacity * sizeof *new.lines);
	return status ? status : out->status;
}
