#include "lint/secret.h"

#include "base/text.h"
#include "syntax/scan.h"

/* What a secret begins with, and what follows. */
typedef struct secret_kind {
	const char *start;
	const char *noun;
	unsigned least;    /* bytes that follow at least */
	const char *marks; /* bytes that may follow beside letters and digits */
	bool upper;        /* letters are capitals */
} secret_kind;

static const secret_kind kinds[] = {
	{"tskey-auth-", "a Tailscale auth key", 16, "-_", false},
	{"tskey-api-", "a Tailscale API key", 16, "-_", false},
	{"tskey-client-", "a Tailscale OAuth client's secret", 16, "-_", false},
	{"tskey-scim-", "a Tailscale SCIM key", 16, "-_", false},
	{"tskey-webhook-", "a Tailscale webhook's secret", 16, "-_", false},
	{"tskey-", "a Tailscale key", 16, "-_", false},
	{"AKIA", "an AWS access key", 16, "", true},
	{"ASIA", "an AWS access key", 16, "", true},
	{"Bearer ", "a bearer token", 20, "-._~+/=", false},
	{"ghp_", "a GitHub token", 36, "", false},
	{"gho_", "a GitHub token", 36, "", false},
	{"ghs_", "a GitHub token", 36, "", false},
	{"github_pat_", "a GitHub token", 36, "_", false},
	{"glpat-", "a GitLab token", 20, "-_", false},
	{"xoxb-", "a Slack token", 20, "-", false},
	{"xoxp-", "a Slack token", 20, "-", false},
	{"-----BEGIN ", "a private key", 0, "", false},
};

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_upper(char byte)
{
	return byte >= 'A' && byte <= 'Z';
}

static bool is_word(char byte)
{
	return is_digit(byte) || is_upper(byte) || (byte >= 'a' && byte <= 'z');
}

/* Bytes that may be the secret itself, up to the first that cannot. */
static size_t length_of(const secret_kind *kind, hj_slice rest)
{
	size_t size = 0;
	while (size < rest.size) {
		char byte = rest.data[size];
		bool letter = is_word(byte) && !(kind->upper && byte >= 'a');
		if (!letter && !(byte && strchr(kind->marks, byte)))
			break;
		size++;
	}
	return size;
}

/* Made by a machine: letters and digits, many different ones, and no word such as EXAMPLE. */
static bool is_random(hj_slice text)
{
	enum { DIFFERENT = 8 };
	bool seen[256] = {false};
	unsigned different = 0, digits = 0;
	for (size_t i = 0; i < text.size; i++) {
		unsigned char byte = (unsigned char)text.data[i];
		different += is_word(text.data[i]) && !seen[byte];
		seen[byte] = true;
		digits += is_digit(text.data[i]);
	}
	static const char *const words[] = {"EXAMPLE", "example", "xxxx", "XXXX", "redacted",
		"REDACTED", "your", "YOUR", "abcdef", "ABCDEF", "123456"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (memmem(text.data, text.size, words[i], strlen(words[i])))
			return false;
	return different >= DIFFERENT && digits > 0;
}

/* "-----BEGIN RSA PRIVATE KEY-----": the word that tells it from a public key and a certificate. */
static bool is_private_key(hj_slice rest)
{
	enum { LONGEST = 40 };
	size_t size = rest.size < LONGEST ? rest.size : LONGEST;
	const char *end = memchr(rest.data, '\n', size);
	size = end ? (size_t)(end - rest.data) : size;
	return memmem(rest.data, size, "PRIVATE KEY-----", strlen("PRIVATE KEY-----"));
}

/* A secret that begins at a place, its length in *size. */
static const secret_kind *secret_at(const char *at, const char *end, size_t *size)
{
	hj_slice text = {at, (size_t)(end - at)};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const secret_kind *kind = &kinds[i];
		hj_slice start = hj_slice_str(kind->start);
		if (!hj_slice_starts(text, start))
			continue;
		hj_slice rest = {at + start.size, text.size - start.size};
		if (kind->least == 0) {
			*size = start.size;
			return is_private_key(rest) ? kind : NULL;
		}
		rest.size = length_of(kind, rest);
		*size = start.size + rest.size;
		return rest.size >= kind->least && is_random(rest) ? kind : NULL;
	}
	return NULL;
}

/*
 * The two bytes with which secrets begin, each pair once (secret_test.c): nearly no other place has
 * them, and sixteen places are compared at a time.
 */
#define OPENINGS(pair)                                                                             \
	(pair('t', 's') | pair('A', 'K') | pair('A', 'S') | pair('B', 'e') | pair('g', 'h') |      \
		pair('g', 'i') | pair('g', 'l') | pair('x', 'o') | pair('-', '-'))

static bool is_opening(const char *at)
{
#define IS_PAIR(one, two) (at[0] == (one) && at[1] == (two))
	return OPENINGS(IS_PAIR);
}

/* The first place with a byte behind it that may open a secret, or the last byte. */
static const char *skip_to_opening(const char *at, const char *end)
{
#if HJ_SCAN_SSE2
	enum { STEP = 16 };
	for (; end - at > STEP; at += STEP) {
		__m128i here = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i next = _mm_loadu_si128((const __m128i *)(const void *)(at + 1));
#define ARE_PAIRS(one, two)                                                                        \
	(_mm_cmpeq_epi8(here, _mm_set1_epi8(one)) & _mm_cmpeq_epi8(next, _mm_set1_epi8(two)))
		int mask = _mm_movemask_epi8(OPENINGS(ARE_PAIRS));
		if (mask)
			return at + __builtin_ctz((unsigned)mask);
	}
#endif
	while (end - at > 1 && !is_opening(at))
		at++;
	return at;
}

bool hj_secret_next(hj_slice text, size_t from, hj_secret *out)
{
	if (text.size == 0)
		return false; /* perhaps there is no place to begin at */
	const char *begin = text.data, *end = begin + text.size;
	for (const char *at = begin + from; end - at > 1; at++) {
		size_t size;
		at = skip_to_opening(at, end);
		const secret_kind *kind =
			at > begin && is_word(at[-1]) ? NULL : secret_at(at, end, &size);
		if (!kind)
			continue;
		*out = (hj_secret){(size_t)(at - begin), size, strlen(kind->start), kind->noun};
		return true;
	}
	return false;
}

void hj_secret_append(hj_text *out, hj_slice text)
{
	size_t done = 0;
	hj_secret secret;
	while (hj_secret_next(text, done, &secret)) {
		size_t shown = secret.start + secret.open;
		hj_text_append(out, hj_slice_of(text.data + done, shown - done));
		hj_text_str(out, "…");
		done = secret.start + secret.size;
	}
	if (text.size > done)
		hj_text_append(out, hj_slice_of(text.data + done, text.size - done));
}
