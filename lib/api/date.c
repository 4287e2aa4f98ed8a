#include "api/date.h"

/*
 * w a word, M a month's name, D two digits of a day, d the same with a blank for a zero, Y and y a year of
 * four and of two digits, T a time of day, Z "GMT"; everything else is itself.
 */
static const char *const forms[] = {
	"w, D M Y T Z", /* IMF-fixdate */
	"w, D-M-y T Z", /* RFC 850 */
	"w M d T Y",    /* asctime */
};

struct date {
	int64_t year, month, day, second;
};

static bool digits(hj_slice *rest, size_t count, int64_t *out)
{
	*out = 0;
	if (rest->size < count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (rest->data[i] < '0' || rest->data[i] > '9')
			return false;
		*out = *out * 10 + (rest->data[i] - '0');
	}
	*rest = (hj_slice){rest->data + count, rest->size - count};
	return true;
}

static bool literal(hj_slice *rest, char c)
{
	if (rest->size == 0 || *rest->data != c)
		return false;
	*rest = (hj_slice){rest->data + 1, rest->size - 1};
	return true;
}

static bool month(hj_slice *rest, int64_t *out)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	for (*out = 1; rest->size >= 3 && *out <= 12; ++*out)
		if (memcmp(rest->data, names + (*out - 1) * 3, 3) == 0) {
			*rest = (hj_slice){rest->data + 3, rest->size - 3};
			return true;
		}
	return false;
}

static bool word(hj_slice *rest)
{
	size_t size = 0;
	while (size < rest->size &&
		((rest->data[size] | 32) >= 'a' && (rest->data[size] | 32) <= 'z'))
		size++;
	*rest = (hj_slice){rest->data + size, rest->size - size};
	return size >= 3;
}

/* A second may be the 61st: a leap second. */
static bool time_of_day(hj_slice *rest, int64_t *out)
{
	int64_t hour, minute, second;
	if (!digits(rest, 2, &hour) || !literal(rest, ':') || !digits(rest, 2, &minute) ||
		!literal(rest, ':') || !digits(rest, 2, &second))
		return false;
	*out = (hour * 60 + minute) * 60 + second;
	return hour < 24 && minute < 60 && second <= 60;
}

static bool read_part(char part, hj_slice *rest, struct date *out)
{
	switch (part) {
	case 'w': return word(rest);
	case 'M': return month(rest, &out->month);
	case 'd':
		if (literal(rest, ' '))
			return digits(rest, 1, &out->day);
		return digits(rest, 2, &out->day);
	case 'D': return digits(rest, 2, &out->day);
	case 'Y': return digits(rest, 4, &out->year);
	case 'T': return time_of_day(rest, &out->second);
	case 'Z': return literal(rest, 'G') && literal(rest, 'M') && literal(rest, 'T');
	case 'y':
		if (!digits(rest, 2, &out->year))
			return false;
		out->year += out->year < 70 ? 2000 : 1900;
		return true;
	default: return literal(rest, part);
	}
}

/* Days since 1970 of the Gregorian calendar; years begin in March, so that leap days end them. */
static int64_t days_of(const struct date *date)
{
	int64_t year = date->month <= 2 ? date->year - 1 : date->year;
	int64_t since_march = (date->month + 9) % 12;
	int64_t day_of_year = (153 * since_march + 2) / 5 + date->day - 1;
	return year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719468;
}

bool hj_http_date(hj_slice text, int64_t *out)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		hj_slice rest = text;
		struct date date = {0};
		const char *form = forms[i];
		while (*form && read_part(*form, &rest, &date))
			form++;
		if (*form || rest.size || date.day < 1 || date.day > 31)
			continue;
		*out = days_of(&date) * 86400 + date.second;
		return true;
	}
	return false;
}
