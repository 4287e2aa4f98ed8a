#include "base/number.h"

/* No double is farther from 1 than this many tens, with all its digits before the point. */
enum { MOST_TENS = 400 };

static bool is_digit(hj_slice text, size_t at)
{
	return at < text.size && text.data[at] >= '0' && text.data[at] <= '9';
}

static bool is_at(hj_slice text, size_t at, char byte)
{
	return at < text.size && text.data[at] == byte;
}

/* The digits as one integer, and the power of ten that it is to be multiplied with. */
typedef struct decimal {
	uint64_t digits;
	int tens;
} decimal;

/* Digits beyond the nineteenth count by their place alone. */
static size_t read_digits(hj_slice text, size_t at, bool fraction, decimal *value)
{
	for (; is_digit(text, at); at++) {
		bool fits = value->digits < UINT64_MAX / 10 - 1;
		if (fits)
			value->digits = value->digits * 10 + (unsigned)(text.data[at] - '0');
		value->tens += !fits - fraction;
		if (value->tens < -(1 << 24) || value->tens > 1 << 24)
			value->tens = value->tens < 0 ? -(1 << 24) : 1 << 24;
	}
	return at;
}

/* "e", a sign, digits. False: there is an "e" and no digit. */
static bool read_exponent(hj_slice text, size_t *at, decimal *value)
{
	if (!is_at(text, *at, 'e') && !is_at(text, *at, 'E'))
		return true;
	++*at;
	bool negative = is_at(text, *at, '-');
	*at += negative || is_at(text, *at, '+');
	if (!is_digit(text, *at))
		return false;
	int exponent = 0;
	for (; is_digit(text, *at); ++*at)
		if (exponent < 1 << 25)
			exponent = exponent * 10 + (text.data[*at] - '0');
	value->tens += negative ? -exponent : exponent;
	return true;
}

static double scaled(decimal value)
{
	double result = (double)value.digits, power = 1;
	int tens = value.tens < 0 ? -value.tens : value.tens;
	if (value.digits == 0)
		return 0;
	if (tens > MOST_TENS)
		tens = MOST_TENS;
	/* Up to 10^22 the power is exact, so one division rounds once; a power at a time beyond. */
	for (; tens; tens -= tens < 22 ? tens : 22) {
		power = 1;
		for (int i = 0; i < 22 && i < tens; i++)
			power *= 10;
		result = value.tens < 0 ? result / power : result * power;
	}
	return result;
}

bool hj_number_parse(hj_slice text, double *out)
{
	decimal value = {0};
	size_t at = is_at(text, 0, '-');
	bool negative = at > 0;
	if (!is_digit(text, at) || (is_at(text, at, '0') && is_digit(text, at + 1)))
		return false;
	at = read_digits(text, at, false, &value);
	if (is_at(text, at, '.')) {
		if (!is_digit(text, at + 1))
			return false;
		at = read_digits(text, at + 1, true, &value);
	}
	if (!read_exponent(text, &at, &value) || at != text.size)
		return false;
	double result = scaled(value);
	*out = negative ? -result : result;
	return true;
}
