/*
 * A tailnet in a test: a policy and an inventory, as texts, and everything that is made of them.
 *
 *     struct tailnet tailnet;
 *     tailnet_random(&tailnet, seed);       // or tailnet_open(&tailnet, policy, inventory)
 *     … tailnet.reach …
 *     tailnet_close(&tailnet);
 *
 * What is wrong with the texts themselves ends the test's process.
 */
#ifndef TESTDATA_SUPPORT_TAILNET_H
#define TESTDATA_SUPPORT_TAILNET_H

#include "engine/reach.h"
#include "fuzz/twin_tailnet.h"

#include <stdlib.h>

struct tailnet {
	hj_text texts[2]; /* policy, inventory */
	hj_source *sources[2];
	hj_document *documents[2];
	hj_findings findings;
	hj_policy policy;
	hj_inventory inventory;
	hj_world world;
	hj_reach *reach;
};

static inline void tailnet_must(bool good)
{
	if (!good)
		abort();
}

/* known: the inventory is. */
static inline void tailnet_make(struct tailnet *tailnet, bool known)
{
	hj_findings_init(&tailnet->findings, NULL);
	for (int i = 0; i < 2; i++) {
		hj_slice text = hj_text_slice(&tailnet->texts[i]);
		tailnet_must(!hj_source_copy(NULL, NULL, text, &tailnet->sources[i]));
		tailnet_must(!hj_parse(tailnet->sources[i], 0, &tailnet->documents[i]));
		tailnet_must(!hj_document_error(tailnet->documents[i]));
	}
	tailnet_must(!hj_policy_bind(tailnet->documents[0], NULL, &tailnet->policy));
	tailnet_must(!hj_inventory_bind(
		tailnet->documents[1], NULL, &tailnet->findings, &tailnet->inventory));
	tailnet_must(!hj_world_build(&tailnet->policy, known ? &tailnet->inventory : NULL,
		HJ_SLICE("example.com"), NULL, &tailnet->world));
	tailnet_must(!hj_reach_build(&tailnet->world, NULL, NULL, &tailnet->reach));
}

/* One of fuzz/twin_tailnet.h; of those with even seeds the inventory is not known. */
static inline void tailnet_random(struct tailnet *tailnet, uint64_t seed)
{
	struct twin_dice dice = {.state = seed * UINT64_C(0x9E3779B97F4A7C15)};
	*tailnet = (struct tailnet){0};
	hj_text_init(&tailnet->texts[0], NULL);
	hj_text_init(&tailnet->texts[1], NULL);
	twin_tailnet(&dice, &tailnet->texts[0], &tailnet->texts[1]);
	tailnet_make(tailnet, seed % 2);
}

/* inventory may be NULL. */
static inline void tailnet_open(struct tailnet *tailnet, const char *policy, const char *inventory)
{
	*tailnet = (struct tailnet){0};
	hj_text_init(&tailnet->texts[0], NULL);
	hj_text_init(&tailnet->texts[1], NULL);
	hj_text_str(&tailnet->texts[0], policy);
	hj_text_str(&tailnet->texts[1], inventory ? inventory : "{}");
	tailnet_make(tailnet, inventory != NULL);
}

static inline void tailnet_close(struct tailnet *tailnet)
{
	hj_reach_free(tailnet->reach);
	hj_world_free(&tailnet->world);
	hj_inventory_free(&tailnet->inventory);
	hj_policy_free(&tailnet->policy);
	hj_findings_free(&tailnet->findings);
	for (int i = 0; i < 2; i++) {
		hj_document_free(tailnet->documents[i]);
		hj_source_free(tailnet->sources[i]);
		hj_text_free(&tailnet->texts[i]);
	}
}

#endif
