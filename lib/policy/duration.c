#include "policy/duration.h"

#define NANOSECOND  UINT64_C(1)
#define MICROSECOND (1000 * NANOSECOND)
#define MILLISECOND (1000 * MICROSECOND)
#define SECOND      (1000 * MILLISECOND)
#define MINUTE      (60 * SECOND)
#define HOUR        (60 * MINUTE)
/* One more than the longest duration: as far as a negative one may go. */
#define FARTHEST (UINT64_C(1) << 63)

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* -- reading ----------------------------------------------------------------------------------- */

typedef enum fault { FINE, INVALID, MISSING_UNIT, UNKNOWN_UNIT } fault;

typedef struct reader {
	hj_slice text;
	size_t at;
	hj_slice unit; /* the last one read */
} reader;

static bool has_digit(const reader *r)
{
	return r->at < r->text.size && is_digit(r->text.data[r->at]);
}

/* False: over the farthest. */
static bool read_whole(reader *r, uint64_t *out)
{
	uint64_t value = 0;
	for (; has_digit(r); r->at++) {
		if (value > FARTHEST / 10)
			return false;
		value = value * 10 + (uint64_t)(r->text.data[r->at] - '0');
		if (value > FARTHEST)
			return false;
	}
	*out = value;
	return true;
}

/* Digits behind the point, as value/scale; those that no longer count are skipped. */
static void read_fraction(reader *r, uint64_t *value, double *scale)
{
	bool full = false;
	*value = 0;
	*scale = 1;
	for (; has_digit(r); r->at++) {
		if (full || *value > (FARTHEST - 1) / 10) {
			full = true;
			continue;
		}
		uint64_t next = *value * 10 + (uint64_t)(r->text.data[r->at] - '0');
		if (next > FARTHEST) {
			full = true;
			continue;
		}
		*value = next;
		*scale *= 10;
	}
}

static fault read_unit(reader *r, uint64_t *out)
{
	static const struct {
		const char *name;
		uint64_t nanoseconds;
	} units[] = {
		{"ns", NANOSECOND},
		{"us", MICROSECOND},
		{"\xC2\xB5s", MICROSECOND}, /* U+00B5, micro sign */
		{"\xCE\xBCs", MICROSECOND}, /* U+03BC, Greek mu */
		{"ms", MILLISECOND},
		{"s", SECOND},
		{"m", MINUTE},
		{"h", HOUR},
	};
	size_t start = r->at;
	while (r->at < r->text.size && r->text.data[r->at] != '.' && !has_digit(r))
		r->at++;
	if (r->at == start)
		return MISSING_UNIT;
	r->unit = hj_slice_of(r->text.data + start, r->at - start);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (hj_slice_equal(r->unit, hj_slice_str(units[i].name))) {
			*out = units[i].nanoseconds;
			return FINE;
		}
	}
	return UNKNOWN_UNIT;
}

/* One number with its unit, in nanoseconds. */
static fault read_part(reader *r, uint64_t *out)
{
	uint64_t value, fraction = 0, unit = 0;
	double scale = 1;
	bool digits = has_digit(r);
	if (!read_whole(r, &value))
		return INVALID;
	if (r->at < r->text.size && r->text.data[r->at] == '.') {
		r->at++;
		digits = digits || has_digit(r);
		read_fraction(r, &fraction, &scale);
	}
	if (!digits)
		return INVALID;
	fault wrong = read_unit(r, &unit);
	if (wrong)
		return wrong;
	if (value > FARTHEST / unit)
		return INVALID;
	value *= unit;
	/* In floating point, as Go does it: the last digit is to be the same. */
	if (fraction > 0)
		value += (uint64_t)((double)fraction * ((double)unit / scale));
	*out = value;
	return value > FARTHEST ? INVALID : FINE;
}

static fault read_duration(reader *r, int64_t *out)
{
	uint64_t sum = 0;
	bool negative = r->text.size > 0 && r->text.data[0] == '-';
	if (negative || (r->text.size > 0 && r->text.data[0] == '+'))
		r->at++;
	/* Zero alone needs no unit. */
	if (r->text.size == r->at + 1 && r->text.data[r->at] == '0') {
		*out = 0;
		return FINE;
	}
	if (r->at == r->text.size)
		return INVALID;
	while (r->at < r->text.size) {
		uint64_t part = 0;
		fault wrong = read_part(r, &part);
		if (wrong)
			return wrong;
		sum += part; /* both at most 2^63: no wrap before the test, but for 2^63 twice */
		if (sum > FARTHEST || sum < part)
			return INVALID;
	}
	if (!negative && sum == FARTHEST)
		return INVALID;
	*out = sum == FARTHEST ? INT64_MIN : negative ? -(int64_t)sum : (int64_t)sum;
	return FINE;
}

bool hj_duration_parse(hj_slice text, int64_t *nanoseconds)
{
	reader r = {.text = text};
	return read_duration(&r, nanoseconds) == FINE;
}

/* Package time quotes by itself: bytes beyond ASCII are escaped one by one. */
static void quote(hj_text *out, hj_slice text)
{
	hj_text_byte(out, '"');
	for (size_t i = 0; i < text.size; i++) {
		unsigned char byte = (unsigned char)text.data[i];
		if (byte >= 0x80 || byte < ' ') {
			hj_text_printf(out, "\\x%02x", byte);
			continue;
		}
		if (byte == '"' || byte == '\\')
			hj_text_byte(out, '\\');
		hj_text_byte(out, text.data[i]);
	}
	hj_text_byte(out, '"');
}

void hj_duration_fault(hj_text *out, hj_slice text)
{
	reader r = {.text = text};
	int64_t ignored;
	switch (read_duration(&r, &ignored)) {
	case FINE: return;
	case INVALID: hj_text_str(out, "time: invalid duration "); break;
	case MISSING_UNIT: hj_text_str(out, "time: missing unit in duration "); break;
	case UNKNOWN_UNIT:
		hj_text_str(out, "time: unknown unit ");
		quote(out, r.unit);
		hj_text_str(out, " in duration ");
		break;
	}
	quote(out, text);
}

/* -- writing ----------------------------------------------------------------------------------- */

/* value/one with up to `digits` digits behind the point, no zeros at the end. */
static void append_decimal(hj_text *out, uint64_t value, uint64_t one, int digits)
{
	hj_text_printf(out, "%llu", (unsigned long long)(value / one));
	uint64_t fraction = value % one;
	if (fraction == 0)
		return;
	for (; fraction % 10 == 0; digits--)
		fraction /= 10;
	hj_text_printf(out, ".%0*llu", digits, (unsigned long long)fraction);
}

void hj_duration_append(hj_text *out, int64_t nanoseconds)
{
	static const struct {
		uint64_t nanoseconds;
		int digits;
		const char *name;
	} small[] = {
		{NANOSECOND, 0, "ns"},
		{MICROSECOND, 3, "\xC2\xB5s"},
		{MILLISECOND, 6, "ms"},
	};
	uint64_t rest = nanoseconds < 0 ? 0 - (uint64_t)nanoseconds : (uint64_t)nanoseconds;
	if (nanoseconds < 0)
		hj_text_byte(out, '-');
	/* Below a second the unit is the largest that leaves a digit before the point. */
	for (size_t i = 0; rest > 0 && i < sizeof small / sizeof *small; i++) {
		if (rest < 1000 * small[i].nanoseconds) {
			append_decimal(out, rest, small[i].nanoseconds, small[i].digits);
			hj_text_str(out, small[i].name);
			return;
		}
	}
	if (rest >= HOUR)
		hj_text_printf(out, "%lluh", (unsigned long long)(rest / HOUR));
	if (rest >= MINUTE)
		hj_text_printf(out, "%llum", (unsigned long long)(rest % HOUR / MINUTE));
	append_decimal(out, rest % MINUTE, SECOND, 9);
	hj_text_byte(out, 's');
}
