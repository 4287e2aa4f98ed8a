/*
 * UTF-8 and what is known of single characters.
 *
 * Valid means RFC 3629: no overlong forms, no encoded surrogates, nothing above U+10FFFF.
 */
#ifndef HJ_BASE_UTF8_H
#define HJ_BASE_UTF8_H

#include "base/text.h"

enum { HJ_REPLACEMENT = 0xFFFD };

/*
 * Decodes one character at `at`, which is before `end`. Returns its length in bytes (1 to 4) and
 * sets *code; for bytes that are no character returns 0 and sets *code to HJ_REPLACEMENT.
 */
HJ_API int hj_utf8_decode(const char *at, const char *end, uint32_t *code);
/* Writes 1 to 4 bytes to `out`, returns how many. code is at most U+10FFFF. */
HJ_API int hj_utf8_encode(uint32_t code, char out[4]);
HJ_API bool hj_utf8_valid(hj_slice text);
/* Appends the text with every byte that belongs to no character replaced by U+FFFD. */
HJ_API void hj_utf8_append_valid(hj_text *out, hj_slice text);

/* Unicode White_Space as Go's unicode.IsSpace has it; hujson-format spec section 7.3. */
HJ_API bool hj_unicode_space(uint32_t code);
/* Categories L, M, N, P, S of Unicode 15.0.0, or the ASCII space; spec section 3.4. */
HJ_API bool hj_unicode_printable(uint32_t code);
/* Columns on a terminal: 0 for combining marks and controls, 2 for wide characters, else 1. */
HJ_API int hj_unicode_width(uint32_t code);

#endif
