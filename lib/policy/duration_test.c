#include "policy/duration.h"

#include <criterion/criterion.h>

#define SIZE(array) (sizeof(array) / sizeof *(array))

static const int64_t ms = 1000000, s = 1000000000, m = 60000000000, h = 3600000000000;

static void expect_text(const char *input, hj_text *got, const char *want)
{
	cr_expect_str_eq(hj_text_string(got), want, "%s: %s", input, hj_text_string(got));
	hj_text_free(got);
}

Test(duration, reads_and_writes)
{
	const struct {
		const char *text;
		int64_t want;
		const char *normal;
	} cases[] = {
		{"0", 0, "0s"},
		{"-0", 0, "0s"},
		{"+0", 0, "0s"},
		{"0s", 0, "0s"},
		{"30s", 30 * s, "30s"},
		{"12h", 12 * h, "12h0m0s"},
		{"1m", m, "1m0s"},
		{"-1m", -m, "-1m0s"},
		{"+5s", 5 * s, "5s"},
		{"168h0m1s", 168 * h + s, "168h0m1s"},
		{"200h", 200 * h, "200h0m0s"},
		{"1h30m", h + 30 * m, "1h30m0s"},
		{"90m", 90 * m, "1h30m0s"},
		{"1.5s", s + 500 * ms, "1.5s"},
		{"-1.5s", -s - 500 * ms, "-1.5s"},
		{"1.s", s, "1s"},
		{".5s", 500 * ms, "500ms"},
		{"0.5h", 30 * m, "30m0s"},
		{"3000s", 50 * m, "50m0s"},
		{"1s1s1h", h + 2 * s, "1h0m2s"},
		{"1ns", 1, "1ns"},
		{"1100ns", 1100, "1.1\xC2\xB5s"},
		{"11us", 11000, "11\xC2\xB5s"},
		{"12\xC2\xB5s", 12000, "12\xC2\xB5s"},
		{"12\xCE\xBCs", 12000, "12\xC2\xB5s"},
		{"2200us", 2200000, "2.2ms"},
		{"999999999ns", 999999999, "999.999999ms"},
		{"1000000001ns", s + 1, "1.000000001s"},
		{"39h9m14.425s", 39 * h + 9 * m + 14 * s + 425 * ms, "39h9m14.425s"},
		{"0.3333333333333333333h", 20 * m, "20m0s"},
		{"0.100000000000000000000h", 6 * m, "6m0s"},
		{"0.830103483285477580700h", 49 * m + 48 * s + 372539827, "49m48.372539827s"},
		{"9007199254740993ns", (INT64_C(1) << 53) + 1, "2501h59m59.254740993s"},
		{"9223372036854775807ns", INT64_MAX, "2562047h47m16.854775807s"},
		{"9223372036854775.807us", INT64_MAX, "2562047h47m16.854775807s"},
		{"-9223372036854775808ns", INT64_MIN, "-2562047h47m16.854775808s"},
		{"-2562047h47m16.854775808s", INT64_MIN, "-2562047h47m16.854775808s"},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		hj_text text;
		hj_text_init(&text, NULL);
		int64_t got = -1;
		cr_expect(
			hj_duration_parse(hj_slice_str(cases[i].text), &got), "%s", cases[i].text);
		cr_expect_eq(got, cases[i].want, "%s: %lld", cases[i].text, (long long)got);
		hj_duration_fault(&text, hj_slice_str(cases[i].text));
		hj_duration_append(&text, got);
		expect_text(cases[i].text, &text, cases[i].normal);
	}
}

Test(duration, says_what_go_says)
{
	static const char *const cases[][2] = {
		{"", "time: invalid duration \"\""},
		{"abc", "time: invalid duration \"abc\""},
		{"-", "time: invalid duration \"-\""},
		{"+", "time: invalid duration \"+\""},
		{".", "time: invalid duration \".\""},
		{"-.", "time: invalid duration \"-.\""},
		{".s", "time: invalid duration \".s\""},
		{"+.s", "time: invalid duration \"+.s\""},
		{"--1s", "time: invalid duration \"--1s\""},
		{"s", "time: invalid duration \"s\""},
		{" 1s", "time: invalid duration \" 1s\""},
		{"always", "time: invalid duration \"always\""},
		{"20", "time: missing unit in duration \"20\""},
		{"1.5", "time: missing unit in duration \"1.5\""},
		{"1h20", "time: missing unit in duration \"1h20\""},
		{"00", "time: missing unit in duration \"00\""},
		{"7d", "time: unknown unit \"d\" in duration \"7d\""},
		{"1w", "time: unknown unit \"w\" in duration \"1w\""},
		{"1 h", "time: unknown unit \" h\" in duration \"1 h\""},
		{"1s ", "time: unknown unit \"s \" in duration \"1s \""},
		{"1H", "time: unknown unit \"H\" in duration \"1H\""},
		{"1h-1m", "time: unknown unit \"h-\" in duration \"1h-1m\""},
		{"1\"\\\n", "time: unknown unit \"\\\"\\\\\\x0a\" in duration \"1\\\"\\\\\\x0a\""},
		{"1\xC3\xA9", "time: unknown unit \"\\xc3\\xa9\" in duration \"1\\xc3\\xa9\""},
		{"3000000h", "time: invalid duration \"3000000h\""},
		{"9223372036854775808ns", "time: invalid duration \"9223372036854775808ns\""},
		{"9223372036854775810ns", "time: invalid duration \"9223372036854775810ns\""},
		{"9223372036854775.808us", "time: invalid duration \"9223372036854775.808us\""},
		{"9223372036854775807ns1ns", "time: invalid duration \"9223372036854775807ns1ns\""},
		{"-9223372036854775809ns", "time: invalid duration \"-9223372036854775809ns\""},
		{"9223372036854775808ns9223372036854775808ns",
			"time: invalid duration \"9223372036854775808ns9223372036854775808ns\""},
		{"99999999999999999999h", "time: invalid duration \"99999999999999999999h\""},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		hj_text text;
		hj_text_init(&text, NULL);
		int64_t ignored;
		cr_expect_not(
			hj_duration_parse(hj_slice_str(cases[i][0]), &ignored), "%s", cases[i][0]);
		hj_duration_fault(&text, hj_slice_str(cases[i][0]));
		expect_text(cases[i][0], &text, cases[i][1]);
	}
	int64_t ignored;
	cr_expect_not(hj_duration_parse((hj_slice){0}, &ignored));
}
