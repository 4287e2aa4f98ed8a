/*
 * Inputs for the benchmark of the engine: a policy and an inventory of any size, as a large company
 * has them. Groups of eight, sixteen rules to a tag, most rules from a group, some between tags, from
 * people, to hosts and networks, and a few for everybody, however many there are: what devices receive
 * of those alone grows with the square of the size.
 */
#ifndef HJ_ENGINE_TAILNET_BENCH_H
#define HJ_ENGINE_TAILNET_BENCH_H

#include "base/text.h"

struct tailnet_size {
	unsigned rules, users, devices, assertions; /* all but assertions at least 1 */
};

/*
 * Append the texts; the same call gives the same bytes. changed: the ports of one rule in a hundred
 * are others. All assertions hold.
 */
void tailnet_policy(hj_text *out, struct tailnet_size size, bool changed);
void tailnet_inventory(hj_text *out, struct tailnet_size size);

#endif
