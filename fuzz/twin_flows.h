/*
 * The engine against its plain twin, on one random tailnet: every device and every place that rules
 * talk about, to every other.
 */
#ifndef HJ_FUZZ_TWIN_FLOWS_H
#define HJ_FUZZ_TWIN_FLOWS_H

#include "fuzz/twin_reach.h"
#include "fuzz/twin_tailnet.h"

struct twin_tally {
	unsigned tailnets,
		refused; /* refused: ones that the service would not take, not compared */
	unsigned long questions, allowed, maybe;
};

/*
 * True: they agree on all questions. False: what they disagree on is appended to the story, with the
 * tailnet.
 */
bool twin_flows(struct twin_dice *dice, struct twin_tally *tally, hj_text *story);

#endif
