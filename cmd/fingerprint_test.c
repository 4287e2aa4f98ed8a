/*
 * Fingerprints against GitHub's own values, and what makes them worth having.
 */
#include "cmd/fingerprint.h"

#include "testdata/support/failing.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(fingerprint, line_hashes_are_those_of_github)
{
	static const struct {
		hj_slice text;
		const char *want[7];
	} cases[] = {
		{HJ_SLICE(""), {"c129715d7a2bc9a3:1"}},
		{HJ_SLICE("// policy\n{\n\t\"acls\": [],\n\t\"acls\": [],\n}\n"),
			{"96b5405d86583495:1", "2da62183cfe27029:1", "3e88ae9a0cc82300:1",
				"de6d3c92a2e64e81:1", "32dce9ccfdbc9d3e:1", "c129715d7a2bc9a3:1"}},
		{HJ_SLICE("x\r\n\r\n  y \xC3\xA9\xF0\x9D\x84\x9E\rz"),
			{"d6104b6fcc98c5bf:1", "6d415070a15af825:1", "d2507a4153054aef:1",
				"76dcabf80cb35c79:1"}},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fingerprints prints;
		fingerprints_init(&prints, NULL);
		cr_assert_eq(fingerprints_of_lines(&prints, cases[i].text), HJ_OK);
		size_t k = 0;
		for (; k < prints.count && cases[i].want[k]; k++) {
			char got[40];
			snprintf(got, sizeof got, "%llx:%u",
				(unsigned long long)prints.items[k].hash, prints.items[k].count);
			cr_expect_str_eq(got, cases[i].want[k], "case %zu, line %zu", i, k + 1);
		}
		cr_expect(k == prints.count && !cases[i].want[k], "case %zu: %zu lines", i, k);
		fingerprints_free(&prints);
	}
}

/* A hash of 150 lines that repeat: more than one window, and every count. */
Test(fingerprint, equal_lines_are_counted)
{
	char text[2 * 150];
	for (size_t i = 0; i < sizeof text; i += 2)
		memcpy(text + i, "a\n", 2);
	struct fingerprints prints;
	fingerprints_init(&prints, NULL);
	cr_assert_eq(fingerprints_of_lines(&prints, hj_slice_of(text, sizeof text)), HJ_OK);
	cr_expect_eq(prints.count, 151);
	/* The last fifty see the end in their window, each from another distance. */
	for (uint32_t i = 0; i < 150; i++)
		cr_expect_eq(prints.items[i].count, i <= 100 ? i + 1 : 1, "line %u", i + 1);
	fingerprints_free(&prints);
}

Test(fingerprint, broken_bytes_count_as_decoders_count_them)
{
	static const struct {
		hj_slice broken, same;
	} cases[] = {
		{HJ_SLICE("\xE6\x97x"), HJ_SLICE("\xEF\xBF\xBDx")},
		{HJ_SLICE("\xF0\x9D\x84"), HJ_SLICE("\xEF\xBF\xBD")},
		{HJ_SLICE("\xC0\x80"), HJ_SLICE("\xEF\xBF\xBD\xEF\xBF\xBD")},
		{HJ_SLICE("\xED\xA0\x80"), HJ_SLICE("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD")},
		{HJ_SLICE("\xF4\x90"), HJ_SLICE("\xEF\xBF\xBD\xEF\xBF\xBD")},
		{HJ_SLICE("\xF5\xC3"), HJ_SLICE("\xEF\xBF\xBD\xEF\xBF\xBD")},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fingerprints a, b;
		fingerprints_init(&a, NULL);
		fingerprints_init(&b, NULL);
		cr_assert_eq(fingerprints_of_lines(&a, cases[i].broken), HJ_OK);
		cr_assert_eq(fingerprints_of_lines(&b, cases[i].same), HJ_OK);
		cr_expect(a.count == 1 && b.count == 1 && a.items[0].hash == b.items[0].hash,
			"case %zu", i);
		fingerprints_free(&a);
		fingerprints_free(&b);
	}
}

Test(fingerprint, parts_do_not_run_together)
{
	uint64_t one = fingerprint_mix(FINGERPRINT_SEED, HJ_SLICE("ab"));
	uint64_t other = fingerprint_mix(FINGERPRINT_SEED, HJ_SLICE("a"));
	cr_expect_neq(fingerprint_mix(one, HJ_SLICE("c")), fingerprint_mix(other, HJ_SLICE("bc")));
}

Test(fingerprint, without_memory_it_says_so)
{
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		struct fingerprints prints;
		fingerprints_init(&prints, &allocator);
		hj_status status =
			fingerprints_of_lines(&prints, HJ_SLICE("a\nb\nc\n\n\n\n\n\n\n"));
		fingerprints_free(&prints);
		cr_assert_eq(state.blocks, 0);
		if (!state.failed)
			break;
		cr_assert_eq(status, HJ_NO_MEMORY);
	}
}
