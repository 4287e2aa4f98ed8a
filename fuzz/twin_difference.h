/*
 * Differences against the plain twin of access, on one random tailnet and two policies: what one of
 * them allows and the other does not has to be in the difference, and what the difference says has to
 * be allowed by the side that it says. Both are asked of every device and every place that rules talk
 * about, to every other.
 */
#ifndef HJ_FUZZ_TWIN_DIFFERENCE_H
#define HJ_FUZZ_TWIN_DIFFERENCE_H

#include "fuzz/twin_reach.h"
#include "fuzz/twin_tailnet.h"

struct twin_difference_tally {
	unsigned pairs, equal; /* of policies */
	unsigned long changes,
		judged; /* judged: they say what a policy can say, so were asked about */
	unsigned long questions, differ; /* flows, and those that one side alone allows */
};

/* True: they agree. False: what they disagree on is appended to the story, with both policies. */
bool twin_difference(struct twin_dice *dice, struct twin_difference_tally *tally, hj_text *story);

#endif
