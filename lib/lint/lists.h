/*
 * Every list of strings in a policy, with what it is for: most rules about single strings go through
 * them once.
 */
#ifndef HJ_LINT_LISTS_H
#define HJ_LINT_LISTS_H

#include "policy/policy.h"

typedef enum hj__place {
	HJ__ACL_SRC,
	HJ__ACL_DST,
	HJ__GRANT_SRC,
	HJ__GRANT_DST,
	HJ__GRANT_IP,
	HJ__GRANT_VIA,
	HJ__POSTURE_NAMES, /* srcPosture of any rule, defaultSrcPosture */
	HJ__SSH_SRC,
	HJ__SSH_DST,
	HJ__SSH_USERS, /* names of accounts; of sshTests too */
	HJ__ACCEPT_ENV,
	HJ__RECORDER,
	HJ__NODE_TARGET,
	HJ__NODE_ATTR,
	HJ__IP_POOL,
	HJ__TEST_SRC, /* of one string, as in sshTests */
	HJ__TEST_DST, /* accept and deny */
	HJ__SSH_TEST_DST,
	HJ__GROUP_MEMBER,
	HJ__TAG_OWNER,
	HJ__APPROVER,
	HJ__IPSET_OPERATION, /* order matters here */
	HJ__POSTURE_CONDITION,
} hj__place;

/* Places as one number each, to be or-ed. */
#define HJ__AT(place) (1U << HJ__##place)
/* Those whose strings are selectors: users, devices, addresses. */
#define HJ__SELECTORS                                                                              \
	(~(HJ__AT(GRANT_IP) | HJ__AT(SSH_USERS) | HJ__AT(ACCEPT_ENV) | HJ__AT(NODE_ATTR) |         \
		HJ__AT(IP_POOL) | HJ__AT(POSTURE_CONDITION)))

/* A list that is not there is not visited; a string that stands for a list has its own node. */
typedef hj_status hj__visit(void *context, hj__place place, const hj_words *words);

/*
 * Visits the lists at some places. Stops at the first status that is not HJ_OK, and returns it.
 * Linear.
 */
hj_status hj__each_list(const hj_policy *policy, unsigned places, hj__visit *visit, void *context);

/* The first string of a list that is this text, blanks at its ends aside; NULL: none is. */
const hj_word *hj__find_word(const hj_words *words, hj_slice text);
/* The first that means all members, or more: "*", autogroup:member and the like. */
const hj_word *hj__find_everyone(const hj_words *words);

#endif
