/*
 * Differences against the plain twin of access (fuzz/twin_difference.h), on random tailnets and pairs of
 * policies, the same ones each time. TWIN_TAILNETS=N asks for other than 1,000 of them: make twin.
 */
#include "fuzz/twin_difference.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static unsigned long wanted(void)
{
	const char *text = getenv("TWIN_TAILNETS");
	return text && *text ? strtoul(text, NULL, 10) : 1000;
}

Test(twin_difference, agrees_on_random_pairs)
{
	struct twin_difference_tally tally = {0};
	unsigned long count = wanted();
	hj_text story;
	hj_text_init(&story, NULL);
	for (unsigned long seed = 1; seed <= count; seed++) {
		struct twin_dice dice = {.state = seed * UINT64_C(0x9E3779B97F4A7C15)};
		if (!twin_difference(&dice, &tally, &story))
			cr_assert_fail("seed %lu: %s", seed, hj_text_string(&story));
	}
	hj_text_free(&story);
	/* The pairs are such that something hangs on what is compared. */
	cr_expect_eq(tally.pairs, count);
	cr_expect_lt(tally.equal, tally.pairs * 2 / 3);
	cr_expect_gt(tally.judged, tally.changes / 4);
	cr_expect_gt(tally.differ, tally.questions / 100);
}
