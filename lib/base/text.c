#include "base/text.h"

#include <stdio.h>

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

void hj_text_vprintf(hj_text *text, const char *format, va_list arguments)
{
	va_list again;
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
