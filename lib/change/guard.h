/*
 * Guards: what should stop a change before it is saved, whatever else it does.
 *
 * A difference says what changes; a guard says that something went wrong on the whole:
 *
 *	opened     there were rules, and now there is neither "acls" nor "grants": everything may
 *	           reach everything (policy language 13.1)
 *	ruled      the reverse: nothing but what rules say is allowed from now on
 *	nothing    rules allowed something, and now none allows anything: "acls": []
 *	admin      an owner, admin, IT admin or network admin who had some network access has none; where
 *	           nobody knows who they are: the role had access by name, and has none
 *	stranded   a tag or device that somebody might reach, and that nobody may reach any more
 *	login      the same for SSH: nobody may log in any more
 *	radius     more is gained than the caller allows
 *
 * What one may reach hangs on postures, routers and other facts; for "has access" it is enough that
 * it may be. A source counts unless it is a group that is known to be empty. A tag that the policy no
 * longer declares, and that no device of the inventory has, is not stranded but gone. When nothing is
 * allowed any more that alone is said.
 *
 * Gained pairs, for the radius: for every gained change of the planes network, app and ssh, how many
 * principals its sources are (users that are known, tags, roles, stretches of addresses; "*" is all of
 * them, and those whom nobody names are one more), times how many its destinations are. Who gains
 * two things counts twice. Where a change or its names were left out, each counts as one.
 */
#ifndef HJ_CHANGE_GUARD_H
#define HJ_CHANGE_GUARD_H

#include "change/difference.h"

typedef enum hj_guard_kind {
	HJ_GUARD_OPENED,
	HJ_GUARD_RULED,
	HJ_GUARD_NOTHING,
	HJ_GUARD_ADMIN,
	HJ_GUARD_STRANDED,
	HJ_GUARD_LOGIN,
	HJ_GUARD_RADIUS,
} hj_guard_kind;
/* "opened", "ruled", … */
HJ_API const char *hj_guard_name(hj_guard_kind kind);

typedef struct hj_alarm {
	hj_guard_kind kind;
	hj_slice name;     /* of the admin, role, tag or device; else empty */
	hj_slice sentence; /* "nobody may reach tag:db any more" */
} hj_alarm;

typedef struct hj_guards {
	hj_alarm *alarms; /* in the order of the kinds, then of users, tags and devices */
	uint32_t count;
	size_t capacity;
	uint64_t gained_pairs;
	hj_arena arena; /* owns the sentences and names */
} hj_guards;

/*
 * Compares two worlds that stand on the same inventory, or none; `difference` is theirs, in all planes.
 * max_gained: pairs that may be gained; UINT64_MAX: any number. HJ_NO_MEMORY: there is nothing to
 * free. Near-linear in both policies, and linear in the changes.
 */
HJ_API hj_status hj_guard_check(hj_world *old_world, hj_world *new_world,
	const hj_difference *difference, uint64_t max_gained, const hj_allocator *allocator,
	hj_guards *out);
HJ_API void hj_guards_free(hj_guards *guards);

#endif
