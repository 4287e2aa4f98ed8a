/*
 * What the files of the guards share:
 *
 *     guard_standing.c   who has access to something, and what somebody has access to
 *     guard_radius.c     how much is gained
 *     guard.c            alarms
 */
#ifndef HJ_CHANGE_GUARD_PARTS_H
#define HJ_CHANGE_GUARD_PARTS_H

#include "change/guard.h"

/* How somebody comes to a tag or device, or-ed. */
enum { HJ__REACHED = 1, HJ__LOGGED_IN = 2 };

/* One policy on the whole. Indexes are the world's. */
typedef struct hj__standing {
	uint8_t *tags, *devices; /* how somebody may come to each */
	uint8_t *users;          /* not 0: has network access to something */
	unsigned able;           /* roles that have, by whatever rule: 1U << hj_autogroup */
	unsigned named;          /* roles that have by a rule that names them */
	size_t tag_count, device_count, user_count;
	const hj_allocator *allocator;
} hj__standing;

/* HJ_NO_MEMORY: there is nothing to free. Near-linear in the policy: each term is looked up once. */
hj_status hj__standing_read(hj_world *world, const hj_allocator *allocator, hj__standing *out);
void hj__standing_free(hj__standing *standing);

/* Owner, admin, IT admin, network admin. */
bool hj__is_admin(hj_autogroup role);

/* As guard.h says. HJ_NO_MEMORY only. */
hj_status hj__count_gained(hj_world *world, const hj_difference *difference,
	const hj_allocator *allocator, uint64_t *pairs);

#endif
