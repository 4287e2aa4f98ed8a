#include "api/date.h"

#include <criterion/criterion.h>

Test(date, is_read_in_its_three_forms)
{
	static const struct {
		const char *text;
		int64_t seconds; /* -1: it is none */
	} cases[] = {
		{"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
		{"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
		{"Sun Nov  6 08:49:37 1994", 784111777},
		{"Wed Nov 16 08:49:37 1994", 784975777},
		{"Thu, 01 Jan 1970 00:00:00 GMT", 0},
		{"Thu, 29 Feb 2024 23:59:60 GMT", 1709251200},
		{"Fri, 01 Mar 2024 00:00:00 GMT", 1709251200},
		{"Tuesday, 01-Jan-69 00:00:00 GMT", 3124224000},
		{"", -1},
		{"7", -1},
		{"Sun, 06 Nov 1994 08:49:37", -1},
		{"Sun, 06 Nov 1994 08:49:37 CET", -1},
		{"Sun, 06 Nox 1994 08:49:37 GMT", -1},
		{"Sun, 00 Nov 1994 08:49:37 GMT", -1},
		{"Sun, 06 Nov 1994 24:00:00 GMT", -1},
		{"Sun, 6 Nov 1994 08:49:37 GMT", -1},
		{"Sun, 06 Nov 1994 08:49:37 GMT+1", -1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t seconds = -1;
		bool good = hj_http_date(hj_slice_str(cases[i].text), &seconds);
		cr_expect_eq(good, cases[i].seconds >= 0, "%s", cases[i].text);
		cr_expect_eq(
			seconds, cases[i].seconds, "%s: %lld", cases[i].text, (long long)seconds);
	}
}
