#include "syntax/source.h"

#include "base/utf8.h"

static hj_status name_source(hj_source *source, const char *name)
{
	if (!name)
		return HJ_OK;
	size_t size = strlen(name) + 1;
	char *copy = hj_alloc(source->allocator, size);
	if (!copy)
		return HJ_NO_MEMORY;
	memcpy(copy, name, size);
	source->name = copy;
	source->name_size = size;
	return HJ_OK;
}

hj_status hj_source_adopt(const char *name, hj_text *text, hj_source **out)
{
	if (text->status)
		return text->status;
	if (text->size > HJ_SOURCE_MAX)
		return HJ_TOO_LARGE;
	hj_source *source = hj_alloc(text->allocator, sizeof *source);
	if (!source)
		return HJ_NO_MEMORY;
	*source = (hj_source){.size = (uint32_t)text->size, .allocator = text->allocator};
	hj_status status = name_source(source, name);
	/* Room for the padding beyond the text's own limit: it is no part of the text. */
	size_t room = text->size + HJ_SOURCE_PADDING;
	if (!status && text->capacity < room)
		status = hj_grow(text->allocator, &text->data, &text->capacity, room, 1);
	if (status) {
		hj_source_free(source);
		return status;
	}
	memset(text->data + text->size, 0, HJ_SOURCE_PADDING);
	source->data = text->data;
	source->capacity = text->capacity;
	hj_text_init(text, text->allocator);
	*out = source;
	return HJ_OK;
}

hj_status hj_source_copy(
	const hj_allocator *allocator, const char *name, hj_slice bytes, hj_source **out)
{
	if (bytes.size > HJ_SOURCE_MAX)
		return HJ_TOO_LARGE;
	hj_text text;
	hj_text_init(&text, allocator);
	hj_text_reserve(&text, bytes.size + HJ_SOURCE_PADDING);
	hj_text_append(&text, bytes);
	hj_status status = hj_source_adopt(name, &text, out);
	hj_text_free(&text);
	return status;
}

void hj_source_free(hj_source *source)
{
	if (!source)
		return;
	const hj_allocator *allocator = source->allocator;
	/* The blocks are ours; const in the struct is for the readers. */
	hj_free(allocator, (void *)(uintptr_t)source->name, source->name_size);
	hj_free(allocator, (void *)(uintptr_t)source->data, source->capacity);
	hj_free(allocator, source->lines, source->lines_capacity * sizeof *source->lines);
	hj_free(allocator, source, sizeof *source);
}

/* Makes the line index; false when memory is out. */
static bool index_lines(hj_source *source)
{
	if (source->lines)
		return true;
	size_t count = 1;
	const char *end = source->data + source->size;
	for (const char *at = source->data; (at = memchr(at, '\n', (size_t)(end - at))); at++)
		count++;
	size_t capacity = 0;
	uint32_t *lines = NULL;
	if (hj_grow(source->allocator, &lines, &capacity, count, sizeof *lines))
		return false;
	lines[0] = 0;
	count = 1;
	for (const char *at = source->data; (at = memchr(at, '\n', (size_t)(end - at)));)
		lines[count++] = (uint32_t)(++at - source->data);
	source->lines = lines;
	source->lines_capacity = capacity;
	source->line_count = count;
	return true;
}

/* The index (from 0) of the line that holds an offset. */
static size_t line_of(const hj_source *source, uint32_t offset)
{
	size_t low = 0, high = source->line_count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (source->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Bytes of the character at `at`, and how many units it counts. */
static int step(const char *at, const char *end, hj_unit unit, uint32_t *units)
{
	uint32_t code;
	int size = hj_utf8_decode(at, end, &code);
	*units = unit == HJ_UTF16 && code > 0xFFFF ? 2 : 1;
	return size ? size : 1;
}

hj_place hj_source_place(hj_source *source, uint32_t offset, hj_unit unit)
{
	if (offset > source->size)
		offset = source->size;
	hj_place place = {1, 1};
	uint32_t start = 0;
	if (index_lines(source)) {
		size_t line = line_of(source, offset);
		place.line = (uint32_t)line + 1;
		start = source->lines[line];
	} else {
		for (uint32_t i = 0; i < offset; i++)
			if (source->data[i] == '\n')
				place.line++, start = i + 1;
	}
	if (unit == HJ_BYTES) {
		place.column = offset - start + 1;
		return place;
	}
	const char *at = source->data + start, *end = source->data + source->size;
	const char *stop = source->data + offset;
	while (at < stop) {
		uint32_t units;
		at += step(at, end, unit, &units);
		if (at > stop)
			break; /* inside a character: its start */
		place.column += units;
	}
	return place;
}

uint32_t hj_source_line_count(hj_source *source)
{
	if (index_lines(source))
		return (uint32_t)source->line_count;
	uint32_t count = 1;
	for (uint32_t i = 0; i < source->size; i++)
		count += source->data[i] == '\n';
	return count;
}

hj_span hj_source_line(hj_source *source, uint32_t line)
{
	uint32_t start = 0, end = source->size;
	if (line == 0)
		return (hj_span){0, 0};
	if (index_lines(source)) {
		if (line > source->line_count)
			return (hj_span){end, end};
		start = source->lines[line - 1];
		if (line < source->line_count)
			end = source->lines[line] - 1;
	} else {
		for (uint32_t left = line - 1; left; left--) {
			const char *feed = memchr(source->data + start, '\n', source->size - start);
			if (!feed)
				return (hj_span){end, end};
			start = (uint32_t)(feed - source->data) + 1;
		}
		const char *feed = memchr(source->data + start, '\n', source->size - start);
		if (feed)
			end = (uint32_t)(feed - source->data);
	}
	if (end > start && end < source->size && source->data[end - 1] == '\r')
		end--;
	return (hj_span){start, end};
}

uint32_t hj_source_offset(hj_source *source, hj_place place, hj_unit unit)
{
	if (place.line == 0)
		return 0;
	hj_span line = hj_source_line(source, place.line);
	const char *at = source->data + line.start, *end = source->data + line.end;
	uint32_t left = place.column ? place.column - 1 : 0;
	if (unit == HJ_BYTES)
		return left < line.end - line.start ? line.start + left : line.end;
	while (left && at < end) {
		uint32_t units;
		int size = step(at, end, unit, &units);
		if (units > left)
			break;
		left -= units;
		at += size;
	}
	return (uint32_t)(at - source->data);
}
