#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

void hj_text_init(hj_text *text, const hj_allocator *allocator)
{
	*text = (hj_text){.allocator = allocator};
}

void hj_text_free(hj_text *text)
{
	hj_free(text->allocator, text->data, text->capacity);
	hj_text_init(text, text->allocator);
}

void hj_text_clear(hj_text *text)
{
	text->size = 0;
}

static bool fail(hj_text *text, hj_status status)
{
	hj_free(text->allocator, text->data, text->capacity);
	text->data = NULL;
	text->size = text->capacity = 0;
	text->status = status;
	return false;
}

bool hj_text_reserve(hj_text *text, size_t more)
{
	if (text->status)
		return false;
	size_t needed;
	if (!hj_add(text->size, more, &needed))
		return fail(text, HJ_TOO_LARGE);
	if (text->limit && needed > text->limit)
		return fail(text, HJ_TOO_LARGE);
	if (needed <= text->capacity)
		return true;
	if (hj_grow(text->allocator, &text->data, &text->capacity, needed < 64 ? 64 : needed, 1))
		return fail(text, HJ_NO_MEMORY);
	return true;
}

void hj_text_append(hj_text *text, hj_slice bytes)
{
	if (bytes.size == 0 || !hj_text_reserve(text, bytes.size))
		return;
	memcpy(text->data + text->size, bytes.data, bytes.size);
	text->size += bytes.size;
}

void hj_text_byte(hj_text *text, char byte)
{
	if (hj_text_reserve(text, 1))
		text->data[text->size++] = byte;
}

void hj_text_repeat(hj_text *text, char byte, size_t count)
{
	if (count == 0 || !hj_text_reserve(text, count))
		return;
	memset(text->data + text->size, byte, count);
	text->size += count;
}

void hj_text_str(hj_text *text, const char *string)
{
	hj_text_append(text, hj_slice_str(string));
}

/* The decimal digits of a number, written to the end of a buffer. */
static hj_slice digits_of(unsigned long long number, char buffer[24])
{
	size_t at = 24;
	do
		buffer[--at] = (char)('0' + number % 10);
	while (number /= 10);
	return hj_slice_of(buffer + at, 24 - at);
}

static hj_slice signed_digits_of(int number, char buffer[24])
{
	hj_slice digits = digits_of((unsigned long long)llabs(number), buffer);
	if (number >= 0)
		return digits;
	buffer[digits.data - buffer - 1] = '-';
	return hj_slice_of(digits.data - 1, digits.size + 1);
}

/* A string up to its end, or no more bytes than are asked for. */
static hj_slice cut(const char *string, int most)
{
	size_t size = most < 0 ? strlen(string) : most ? strnlen(string, (size_t)most) : 0;
	return hj_slice_of(string, size);
}

/*
 * What nearly all texts are made of: %s, %.*s, %c, %d, %u and %zu, all perhaps with a width of *, and
 * %%. False at the first directive that is none of them.
 */
static bool format_plain(hj_text *text, const char *format, va_list arguments)
{
	char buffer[24];
	for (const char *at = format;; at++) {
		const char *mark = strchrnul(at, '%');
		int width = 0, most = -1;
		hj_slice part;
		hj_text_append(text, hj_slice_of(at, (size_t)(mark - at)));
		if (*mark == '\0')
			return true;
		at = mark + 1;
		if (*at == '*') {
			width = va_arg(arguments, int);
			at++;
		}
		if (strncmp(at, ".*s", 3) == 0) {
			most = va_arg(arguments, int);
			at += 2;
		}
		if (width < 0)
			return false;
		switch (*at) {
		case 's': part = cut(va_arg(arguments, const char *), most); break;
		case 'c':
			buffer[0] = (char)va_arg(arguments, int);
			part = hj_slice_of(buffer, 1);
			break;
		case 'd': part = signed_digits_of(va_arg(arguments, int), buffer); break;
		case 'u': part = digits_of(va_arg(arguments, unsigned), buffer); break;
		case 'z':
			if (*++at != 'u')
				return false;
			part = digits_of(va_arg(arguments, size_t), buffer);
			break;
		case '%': part = HJ_SLICE("%"); break;
		default: return false;
		}
		if ((size_t)width > part.size)
			hj_text_repeat(text, ' ', (size_t)width - part.size);
		hj_text_append(text, part);
	}
}

void hj_text_vprintf(hj_text *text, const char *format, va_list arguments)
{
	size_t before = text->size;
	va_list again;
	va_copy(again, arguments);
	bool done = format_plain(text, format, again);
	va_end(again);
	if (done || text->status)
		return;
	text->size = before;
	va_copy(again, arguments);
	int size = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (size < 0) {
		fail(text, HJ_INVALID);
		return;
	}
	/* One byte more for the NUL that vsnprintf writes. */
	if (!hj_text_reserve(text, (size_t)size + 1))
		return;
	vsnprintf(text->data + text->size, (size_t)size + 1, format, arguments);
	text->size += (size_t)size;
}

void hj_text_printf(hj_text *text, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	hj_text_vprintf(text, format, arguments);
	va_end(arguments);
}

const char *hj_text_string(hj_text *text)
{
	if (!hj_text_reserve(text, 1))
		return NULL;
	text->data[text->size] = '\0';
	return text->data;
}
