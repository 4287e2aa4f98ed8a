#include "base/fold.h"

bool hj__bytes_equal_folded(const char *a, const char *b, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (hj_fold(a[i]) != hj_fold(b[i]))
			return false;
	return true;
}

hj_slice hj_slice_folded(hj_slice text, hj_arena *arena, bool *ok)
{
	size_t plain = 0;
	while (plain < text.size && hj_fold(text.data[plain]) == text.data[plain])
		plain++;
	if (plain == text.size)
		return text;
	char *copy = hj_arena_alloc(arena, text.size);
	if (!copy) {
		*ok = false;
		return text;
	}
	for (size_t i = 0; i < text.size; i++)
		copy[i] = hj_fold(text.data[i]);
	return hj_slice_of(copy, text.size);
}
