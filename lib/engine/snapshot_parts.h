/*
 * What the files snapshot*.c share: what is asked for, and what of the answers is written.
 *
 * Shared inside the folder.
 */
#ifndef HJ_ENGINE_SNAPSHOT_PARTS_H
#define HJ_ENGINE_SNAPSHOT_PARTS_H

#include "engine/snapshot.h"

enum { HJ__MOST_PORTS = 8 }; /* of a destination, with and without "proto": "udp" */

typedef struct hj__port_list {
	uint16_t items[HJ__MOST_PORTS];
	uint32_t count;
} hj__port_list;

typedef struct hj__target {
	hj_slice text;          /* as it stands in the policy */
	bool bracketed;         /* an IPv6 address */
	hj__port_list ports[2]; /* for tests without and with "proto": "udp" */
} hj__target;

typedef struct hj__shot {
	hj_reach *reach;
	const hj_policy *policy;
	hj_slice *sources;
	size_t source_count, source_capacity;
	hj__target *targets;
	size_t target_count, target_capacity;
	hj_map seen[2]; /* sources, targets */
	hj_map known;   /* what the policy asserts already */
	hj_arena arena; /* of its keys */
	hj_text asked;  /* the candidates, as a list of tests */
	hj_text spelt;  /* a destination or a key in the making */
	const hj_allocator *allocator;
	bool cut;
	hj_status status;
} hj__shot;

/* Flows to all targets, for tests without (0) or with (1) "proto": "udp". */
size_t hj__count_flows(const hj__shot *shot, unsigned udp);
/* snapshot_write.c: notes what the policy's own tests assert. */
void hj__note_known(hj__shot *shot);
/* Appends what passes: the assertions are those of shot->asked. */
hj_status hj__write_snapshot(hj__shot *shot, const hj_assertions *assertions, uint32_t most,
	hj_text *out, hj_snapshot *taken);

#endif
