/*
 * A snapshot: today's access as "tests", so that a later change of it is noticed.
 *
 * Asked for are the groups, users and tags that a policy names, each against its tags, hosts and
 * other single destinations, at the ports that rules mention for them: of a range both ends, of "*"
 * one port that no other rule mentions. What is allowed goes to "accept". What is not goes to "deny",
 * once for a destination that is out of reach altogether. What hangs on facts is left out. Whatever
 * is written passes on the policy that it was taken from, by hj_assertions_run's own judgement; what
 * the policy's own tests assert already is left out when only news is wanted.
 */
#ifndef HJ_ENGINE_SNAPSHOT_H
#define HJ_ENGINE_SNAPSHOT_H

#include "engine/tests.h"

enum { HJ_SNAPSHOT_MOST = 2000 }; /* assertions, unless asked for otherwise */

typedef struct hj_snapshot {
	uint32_t entries, assertions;
	bool cut; /* there would be more */
} hj_snapshot;

/*
 * Appends the tests as JSON text: a list of objects, perhaps empty, in lines that the formatter keeps
 * apart. most: assertions at most, 0 for HJ_SNAPSHOT_MOST. news: only what is not asserted already.
 * HJ_NO_MEMORY only.
 */
HJ_API hj_status hj_snapshot_append(hj_reach *reach, uint32_t most, bool news,
	const hj_allocator *allocator, hj_text *out, hj_snapshot *taken);

#endif
