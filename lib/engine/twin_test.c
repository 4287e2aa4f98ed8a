/*
 * Access against its plain twin (fuzz/twin_reach.h) on random small tailnets, the same ones each
 * time. TWIN_TAILNETS=N asks for other than 2,000 of them: make twin.
 */
#include "fuzz/twin_flows.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static unsigned long wanted(void)
{
	const char *text = getenv("TWIN_TAILNETS");
	return text && *text ? strtoul(text, NULL, 10) : 2000;
}

Test(twin_reach, agrees_on_random_tailnets)
{
	struct twin_tally tally = {0};
	unsigned long count = wanted();
	hj_text story;
	hj_text_init(&story, NULL);
	for (unsigned long seed = 1; seed <= count; seed++) {
		struct twin_dice dice = {.state = seed * UINT64_C(0x9E3779B97F4A7C15)};
		if (!twin_flows(&dice, &tally, &story))
			cr_assert_fail("seed %lu: %s", seed, hj_text_string(&story));
	}
	hj_text_free(&story);
	/* The tailnets are such that something hangs on what is compared. */
	cr_expect_eq(tally.tailnets, count);
	cr_expect_leq(tally.refused, tally.tailnets / 20);
	cr_expect_gt(tally.allowed, tally.questions / 10);
	cr_expect_lt(tally.allowed, tally.questions / 2);
	cr_expect_gt(tally.maybe, 0);
}
