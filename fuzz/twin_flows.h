/*
 * The engine against its plain twin, on one random tailnet: every device and every place that rules
 * talk about, to every other. Then what is compiled: the packet filter of the device that has an
 * address, or routes it, lets through what the twin allows, and nothing else.
 */
#ifndef HJ_FUZZ_TWIN_FLOWS_H
#define HJ_FUZZ_TWIN_FLOWS_H

#include "fuzz/twin_reach.h"
#include "fuzz/twin_tailnet.h"

struct twin_tally {
	unsigned every;    /* one question of so many is asked; 0: all */
	unsigned tailnets; /* so far */
	unsigned refused;  /* of them, that the service would not take: nothing is asked there */
	unsigned long met; /* questions, asked or not */
	unsigned long questions, allowed, maybe;
	unsigned long filtered; /* questions of packet filters */
};

/*
 * True: they agree on all questions. False: what they disagree on is appended to the story, with the
 * tailnet.
 */
bool twin_flows(struct twin_dice *dice, struct twin_tally *tally, hj_text *story);

#endif
