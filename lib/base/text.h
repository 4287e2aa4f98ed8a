/*
 * Text: a slice is a view of bytes owned by someone else; a text is a growing buffer of bytes.
 *
 * Neither is NUL-terminated by promise (hj_text_string makes it so), both may hold any byte.
 * A text's errors are sticky: append freely, check `status` once at the end. After an error the
 * text is empty, its memory is freed and further appends do nothing.
 */
#ifndef HJ_BASE_TEXT_H
#define HJ_BASE_TEXT_H

#include "base/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

typedef struct hj_slice {
	const char *data; /* may be NULL when size is 0 */
	size_t size;      /* bytes */
} hj_slice;

static inline hj_slice hj_slice_of(const char *data, size_t size)
{
	return (hj_slice){data, size};
}
/* A view of a NUL-terminated string; NULL gives the empty slice. */
static inline hj_slice hj_slice_str(const char *string)
{
	return (hj_slice){string, string ? strlen(string) : 0};
}
/* A view of a string literal, sized at compile time. */
#define HJ_SLICE(literal) ((hj_slice){"" literal, sizeof(literal) - 1})

static inline bool hj_slice_equal(hj_slice a, hj_slice b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}
static inline bool hj_slice_starts(hj_slice text, hj_slice prefix)
{
	return text.size >= prefix.size &&
		(prefix.size == 0 || memcmp(text.data, prefix.data, prefix.size) == 0);
}

typedef struct hj_text {
	char *data;      /* NULL while empty */
	size_t size;     /* bytes in use */
	size_t capacity; /* bytes allocated */
	size_t limit;    /* most bytes it may hold; passing it is HJ_TOO_LARGE. 0: no limit */
	const hj_allocator *allocator;
	hj_status status; /* the first failure, or HJ_OK */
} hj_text;

/* An empty text. Nothing is allocated until the first append. Initialise before any other use. */
HJ_API void hj_text_init(hj_text *text, const hj_allocator *allocator);
/* Frees the bytes; the text is as after hj_text_init (limit and status are cleared too). */
HJ_API void hj_text_free(hj_text *text);
/* size = 0; keeps the memory, the limit and the status. */
HJ_API void hj_text_clear(hj_text *text);
/* Room for `more` bytes after those in use. False (and status set) when there is none. */
HJ_API bool hj_text_reserve(hj_text *text, size_t more);

HJ_API void hj_text_append(hj_text *text, hj_slice bytes);
HJ_API void hj_text_byte(hj_text *text, char byte);
HJ_API void hj_text_repeat(hj_text *text, char byte, size_t count);
/* Appends a NUL-terminated string. */
HJ_API void hj_text_str(hj_text *text, const char *string);
/* Appends what printf would print. Locale-free formats only (no %f, no %ls). */
HJ_API void hj_text_printf(hj_text *text, const char *format, ...)
#if defined(__GNUC__)
	__attribute__((format(printf, 2, 3)))
#endif
	;
HJ_API void hj_text_vprintf(hj_text *text, const char *format, va_list arguments)
#if defined(__GNUC__)
	__attribute__((format(printf, 2, 0)))
#endif
	;
/* Ensures a NUL after the bytes in use (not counted) and returns data; NULL after a failure. */
HJ_API const char *hj_text_string(hj_text *text);

static inline hj_slice hj_text_slice(const hj_text *text)
{
	return (hj_slice){text->data, text->size};
}

#endif
