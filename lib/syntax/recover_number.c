#include "syntax/recover.h"

#include "syntax/scan.h"

#include <stdio.h>

static const char *digits_end(const char *at)
{
	while (hj_byte_is(*at, HJ_BYTE_DIGIT))
		at++;
	return at;
}

const char *hj__number_end(const char *at)
{
	at += *at == '-';
	if (!hj_byte_is(*at, HJ_BYTE_DIGIT))
		return NULL;
	at = *at == '0' ? at + 1 : digits_end(at);
	if (*at == '.') {
		if (!hj_byte_is(at[1], HJ_BYTE_DIGIT))
			return NULL;
		at = digits_end(at + 1);
	}
	if (*at == 'e' || *at == 'E') {
		at++;
		at += *at == '+' || *at == '-';
		if (!hj_byte_is(*at, HJ_BYTE_DIGIT))
			return NULL;
		at = digits_end(at);
	}
	return at;
}

/* 0x1F, 0o17, 0b11: the number's base, 0 for another. */
static unsigned base_of(const char *at)
{
	if (*at != '0')
		return 0;
	return at[1] == 'x' || at[1] == 'X' ? 16 : at[1] == 'o' ? 8 : at[1] == 'b' ? 2 : 0;
}

static unsigned digit_of(char c)
{
	return c >= '0' && c <= '9'    ? (unsigned)(c - '0')
		: c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
		: c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
				       : UINT32_MAX;
}

/* Both write to `out` as hj__number_fault does. */
static const char *based_fault(const char *at, const char *end, char *out)
{
	enum { ROOM = 24 }; /* digits of a uint64_t */
	unsigned base = base_of(at);
	uint64_t value = 0;
	for (at += 2; at < end; at++) {
		unsigned digit = digit_of(*at);
		if (digit >= base)
			return NULL;
		if (value > (UINT64_MAX >> 4) - 1)
			return "JSON has decimal numbers only";
		value = value * base + digit;
	}
	snprintf(out, ROOM, "%llu", (unsigned long long)value);
	return "JSON has decimal numbers only";
}

static const char *decimal_fault(const char *at, const char *end, char *out, const char *fault)
{
	unsigned dots = 0, digits = 0;
	char *to = out;
	if (*at == '.') {
		fault = "a number begins with a digit";
		*to++ = '0';
	} else if (*at == '0' && (hj_byte_is(at[1], HJ_BYTE_DIGIT) || at[1] == '_')) {
		fault = "a number does not begin with 0";
		while (*at == '0' && (hj_byte_is(at[1], HJ_BYTE_DIGIT) || at[1] == '_'))
			at += 1 + (at[1] == '_');
	}
	for (; at < end; at++) {
		if (hj_byte_is(*at, HJ_BYTE_DIGIT)) {
			digits++;
			*to++ = *at;
		} else if (*at == '_' && digits) {
			fault = fault ? fault : "a number has no \"_\" in it";
		} else if (*at == '.' && dots++ == 0) {
			if (at + 1 < end && hj_byte_is(at[1], HJ_BYTE_DIGIT))
				*to++ = '.';
			else
				fault = fault ? fault : "digits are missing after the point";
		} else if ((*at == 'e' || *at == 'E') && digits) {
			*to++ = *at;
			if (at + 1 < end && (at[1] == '+' || at[1] == '-'))
				*to++ = *++at;
			if (at + 1 == end) {
				*out = '\0';
				return "the exponent of the number is missing";
			}
			if (digits_end(at + 1) < end)
				return NULL;
		} else {
			return NULL;
		}
	}
	*to = '\0';
	return digits == 0 ? NULL : fault ? fault : "this is not a number";
}

const char *hj__number_fault(const char *start, const char *end, char out[HJ__NUMBER_ROOM])
{
	enum { LONGEST = HJ__NUMBER_ROOM - 20 };
	bool plus = *start == '+', minus = *start == '-';
	const char *at = start + (plus || minus);
	out[0] = '\0';
	if (end - start > LONGEST)
		return NULL;
	if (hj__equals_folded(at, end, "nan") || hj__equals_folded(at, end, "infinity") ||
		hj__equals_folded(at, end, "inf"))
		return "JSON has no NaN and no infinity";
	char *digits = out + minus;
	digits[0] = '\0';
	const char *fault = base_of(at)
		? based_fault(at, end, digits)
		: decimal_fault(
			  at, end, digits, plus ? "a number does not begin with \"+\"" : NULL);
	if (minus && digits[0])
		out[0] = '-';
	return fault;
}
