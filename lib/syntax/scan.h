/*
 * Scanners: how far does a run of bytes go? Sixteen bytes a step with SSE2, which every x86-64 has;
 * elsewhere, or with HJ_SCAN_PLAIN, the plain twins. A test holds the two against each other.
 *
 * All of them may read up to 16 bytes past the byte they stop at, and all stop at a NUL, so the
 * padding of a source (HJ_SOURCE_PADDING zero bytes) bounds them without a test for the end.
 */
#ifndef HJ_SYNTAX_SCAN_H
#define HJ_SYNTAX_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && !defined(HJ_SCAN_PLAIN)
#define HJ_SCAN_SSE2 1
#include <emmintrin.h>
#else
#define HJ_SCAN_SSE2 0
#endif

/* What one byte may be, as bits of hj_byte_class[byte]. */
enum {
	HJ_BYTE_SPACE = 1,   /* space, tab, LF, CR */
	HJ_BYTE_LITERAL = 2, /* A-Z a-z 0-9 + - . : the bytes of numbers and words */
	HJ_BYTE_DIGIT = 4,
	HJ_BYTE_HEX = 8,
	HJ_BYTE_ESCAPE = 16, /* may follow a backslash, `u` apart */
	HJ_BYTE_STOP = 32,   /* ends the plain part of a string: quote, backslash, control */
};
extern const uint8_t hj_byte_class[256];

static inline bool hj_byte_is(char byte, unsigned mask)
{
	return (hj_byte_class[(unsigned char)byte] & mask) != 0;
}

/* The first quote, backslash or control byte at or after `at`. */
static inline const char *hj_scan_string_plain(const char *at)
{
	while (!hj_byte_is(*at, HJ_BYTE_STOP))
		at++;
	return at;
}

/*
 * The first byte that is no white space. *breaks is raised by the LFs passed, and stops counting
 * somewhere at or above 2.
 */
static inline const char *hj_scan_space_plain(const char *at, unsigned *breaks)
{
	for (; hj_byte_is(*at, HJ_BYTE_SPACE); at++)
		*breaks += *at == '\n';
	return at;
}

#if HJ_SCAN_SSE2

static inline const char *hj_scan_string(const char *at)
{
	for (;; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i stop = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
			_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')),
				_mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes)));
		unsigned mask = (unsigned)_mm_movemask_epi8(stop);
		if (mask)
			return at + __builtin_ctz(mask);
	}
}

static inline const char *hj_scan_space(const char *at, unsigned *breaks)
{
	for (;; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i feed = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'));
		__m128i space =
			_mm_or_si128(_mm_or_si128(feed, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(' '))),
				_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t')),
					_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r'))));
		unsigned other = ~(unsigned)_mm_movemask_epi8(space) & 0xFFFF;
		unsigned feeds = (unsigned)_mm_movemask_epi8(feed);
		if (other) {
			unsigned run = (unsigned)__builtin_ctz(other);
			feeds &= (1U << run) - 1;
			*breaks += (unsigned)((feeds != 0) + ((feeds & (feeds - 1)) != 0));
			return at + run;
		}
		*breaks += (unsigned)((feeds != 0) + ((feeds & (feeds - 1)) != 0));
		if (*breaks > 4)
			*breaks = 4;
	}
}

#else

static inline const char *hj_scan_string(const char *at)
{
	return hj_scan_string_plain(at);
}
static inline const char *hj_scan_space(const char *at, unsigned *breaks)
{
	return hj_scan_space_plain(at, breaks);
}

#endif

#endif
