/*
 * Acceptance: would the service take this policy, and what would it say if not?
 *
 * The service stops at the first fault and gives one sentence without a place. We report every
 * fault with its place, and mark which sentence the service would have chosen: each finding of a
 * fault has its sentence in `service` and a number in `refusal`; the lowest number wins. The order
 * is that of the recordings (control-plane reference, section 11): syntax, unknown fields, groups,
 * tagOwners, hosts, acls, grants, ssh, nodeAttrs, the structure of sshTests; inside a section in
 * the order of the document.
 *
 * Whether tests pass is not decided here (they need the engine).
 */
#ifndef HJ_POLICY_ACCEPT_H
#define HJ_POLICY_ACCEPT_H

#include "policy/policy.h"

/* What only the tailnet knows, as far as acceptance depends on it. */
typedef struct hj_tailnet {
	/* The domain, or a login whose part after the last "@" is the domain; size 0: not known, and
	   faults that hang on it are not reported. */
	hj_slice name;
	bool headscale; /* that dialect: users are written name@ */
} hj_tailnet;

/* The stages of the order above, in the high bits of hj_finding.refusal. */
typedef enum hj_stage {
	HJ_STAGE_ACCEPTED,
	HJ_STAGE_SYNTAX,
	HJ_STAGE_DECODING,
	HJ_STAGE_GROUPS,
	HJ_STAGE_TAG_OWNERS,
	HJ_STAGE_HOSTS,
	HJ_STAGE_IPSETS,
	HJ_STAGE_POSTURES,
	HJ_STAGE_AUTO_APPROVERS,
	HJ_STAGE_ACLS,
	HJ_STAGE_GRANTS,
	HJ_STAGE_SSH,
	HJ_STAGE_NODE_ATTRS,
	HJ_STAGE_SSH_TESTS,
	HJ_STAGE_TESTS,
} hj_stage;

/* The answer as the API gives it. */
typedef struct hj_answer {
	unsigned status; /* 200, 400, 500 */
	hj_slice
		message; /* borrowed from the findings; size 0 when accepted or when the text is not known */
	const hj_finding *finding; /* the one that decided, or NULL */
} hj_answer;

/*
 * The answer that findings add up to: the refusal with the lowest number. A refusal whose sentence
 * is not known has an empty message.
 */
HJ_API hj_answer hj_answer_of(const hj_findings *findings);

#endif
