/*
 * In which groups a user is: from logins to the groups of "groups".
 */
#ifndef HJ_LINT_MEMBERS_H
#define HJ_LINT_MEMBERS_H

#include "base/map.h"
#include "policy/policy.h"

typedef struct hj__membership {
	hj_slice group;
	uint32_t next; /* the user's next one; 0: that was the last */
} hj__membership;

typedef struct hj__members {
	hj_map first; /* login → index of the first membership */
	hj__membership *items;
	size_t count, capacity; /* items[0] is unused */
	const hj_allocator *allocator;
} hj__members;

/* Linear. HJ_NO_MEMORY only; free it then as well. */
hj_status hj__members_gather(
	hj__members *members, const hj_policy *policy, const hj_allocator *allocator);
void hj__members_free(hj__members *members);
/* The first membership of a user, an index; 0: in no group. */
uint32_t hj__members_of(const hj__members *members, hj_slice user);

#endif
