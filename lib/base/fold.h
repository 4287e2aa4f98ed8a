/*
 * Text without regard to the case of ASCII letters. Other bytes are only ever equal to themselves,
 * whatever the locale says.
 */
#ifndef HJ_BASE_FOLD_H
#define HJ_BASE_FOLD_H

#include "base/arena.h"

static inline char hj_fold(char byte)
{
	return (char)(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
}

bool hj__bytes_equal_folded(const char *a, const char *b, size_t size);
static inline bool hj_slice_equal_folded(hj_slice a, hj_slice b)
{
	return a.size == b.size && hj__bytes_equal_folded(a.data, b.data, a.size);
}

/*
 * The text in lower case: itself when it has no capital, else a copy in the arena. When memory is
 * out *ok becomes false and the text comes back as it was.
 */
hj_slice hj_slice_folded(hj_slice text, hj_arena *arena, bool *ok);

#endif
