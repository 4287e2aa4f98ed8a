/*
 * Strings: from their spelling in the source to what they mean, and back.
 */
#ifndef HJ_SYNTAX_STRING_H
#define HJ_SYNTAX_STRING_H

#include "base/arena.h"
#include "syntax/document.h"

/*
 * Appends what a valid string token (quotes included) means: escapes decoded, surrogate escapes
 * paired, everything that is no character replaced by U+FFFD, byte by byte (specification 8.1).
 */
HJ_API void hj_string_decode(hj_slice token, hj_text *out);

/*
 * Appends the canonical spelling of a text, quotes included: the short escapes, \u00xx for other
 * control bytes, everything else raw; bytes that are no UTF-8 become U+FFFD.
 */
HJ_API void hj_string_encode(hj_slice text, hj_text *out);

/*
 * The meaning of a string node. Without a backslash that is a view of the source between the quotes
 * (raw, UTF-8 or not); otherwise decoded into the arena. *ok becomes false when memory is out.
 */
HJ_API hj_slice hj_string_value(
	const hj_document *document, uint32_t node, hj_arena *arena, bool *ok);

/* Does a string node mean exactly this text? A name without backslash is compared raw. */
HJ_API bool hj_string_equals(const hj_document *document, uint32_t node, hj_slice text);

#endif
