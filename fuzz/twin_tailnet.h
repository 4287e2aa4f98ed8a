/*
 * Random tailnets: a small policy and its inventory, as texts. All that rules are about, in few
 * places, so that they meet: devices with one or both families of addresses, or none, people with
 * roles, groups, tags, hosts, IP sets one in another, subnet and exit routes approved by hand or by
 * rule, postures, "via". The policies are ones that the service takes, nearly always.
 */
#ifndef HJ_FUZZ_TWIN_TAILNET_H
#define HJ_FUZZ_TWIN_TAILNET_H

#include "base/text.h"

/* Where the choices come from: bytes, zeros after their end; or a seed where bytes is NULL. */
struct twin_dice {
	const uint8_t *bytes;
	size_t left;
	uint64_t state; /* not 0 */
};

/* From 0 to bound - 1; bound is at most 256. */
unsigned twin_below(struct twin_dice *dice, unsigned bound);

/* Appends both; the texts must be initialised. */
void twin_tailnet(struct twin_dice *dice, hj_text *policy, hj_text *inventory);

#endif
