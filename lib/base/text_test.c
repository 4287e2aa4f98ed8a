/*
 * Texts: what printf would print.
 */
#include "base/text.h"

#include <criterion/criterion.h>

#include <limits.h>
#include <stdio.h>

#define CHECK(...)                                                                                 \
	do {                                                                                       \
		char want[256];                                                                    \
		int size = snprintf(want, sizeof want, __VA_ARGS__);                               \
		hj_text text;                                                                      \
		hj_text_init(&text, NULL);                                                         \
		hj_text_str(&text, "before ");                                                     \
		hj_text_printf(&text, __VA_ARGS__);                                                \
		cr_expect_eq(text.size, 7 + (size_t)size, "%zu: %s", text.size, want);             \
		cr_expect(memcmp(text.data + 7, want, (size_t)size) == 0, "%.*s: %s",              \
			(int)text.size, text.data, want);                                          \
		hj_text_free(&text);                                                               \
	} while (0)

Test(text, prints_as_printf_does)
{
	CHECK("%%");
	CHECK("nothing to fill in");
	CHECK("%s", "");
	CHECK("a %s and \"%.*s\"", "word", 3, "four");
	CHECK("%.*s|%.*s", 9, "short", 0, "none");
	CHECK("%.*s", -1, "all of it");
	CHECK("%.*s", 5, "cut\0here");
	CHECK("%c%c", 'x', '%');
	CHECK("%d %d %d %d", 0, 17, -17, INT_MAX);
	CHECK("%d", INT_MIN);
	CHECK("%u %u", 0U, UINT_MAX);
	CHECK("%zu", SIZE_MAX);
	CHECK("%*s|%*u|%*.*s|%*d", 4, "ab", 6, 12U, 5, 2, "xyz", 1, -100);
	CHECK("%*s|", -4, "ab");
	/* What is left to the C library, after what is not. */
	CHECK("%s %5u %-6s| %04X %lld %zd %.100s %.2s", "x", 7U, "ab", 0xABU, -5LL, (ssize_t)-3,
		"text", "cut");
}

Test(text, a_limit_holds_for_what_is_printed)
{
	static const char *const formats[] = {"%s%s", "%s%9s"};
	for (size_t i = 0; i < 2; i++) {
		hj_text text;
		hj_text_init(&text, NULL);
		text.limit = 7;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		hj_text_printf(&text, formats[i], "four", "four");
#pragma GCC diagnostic pop
		cr_expect_eq(text.status, HJ_TOO_LARGE);
		cr_expect_eq(text.size, 0U);
		hj_text_free(&text);
	}
}
