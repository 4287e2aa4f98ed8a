/*
 * Acceptance: would the service take this policy, and what would it say if not?
 *
 * The service stops at the first fault and gives one sentence without a place. We report every
 * fault with its place, and mark which sentence the service would have chosen: each finding of a
 * fault has its sentence in `service` and a number in `refusal`; the lowest number wins. The order
 * is that of the recordings and, where they say nothing, the one that the reference proposes
 * (control plane 11): syntax, unknown fields, groups, tagOwners, hosts, acls, grants, ssh,
 * nodeAttrs, the structure of sshTests; in a section the first faulty entry; in an entry the order
 * of the table of messages, whatever the order of its fields; in a list the first fault.
 *
 * Whether tests pass is not decided here (they need the engine).
 */
#ifndef HJ_POLICY_ACCEPT_H
#define HJ_POLICY_ACCEPT_H

#include "base/map.h"
#include "policy/policy.h"

/* What only the tailnet knows, as far as acceptance depends on it. */
typedef struct hj_tailnet {
	/* The domain, or a login whose part after the last "@" is the domain; size 0: not known, and
	   faults that hang on it are not reported. */
	hj_slice name;
	bool headscale; /* that dialect: users are written name@, or are bare words */
	/* Keys domain:NAME: further domains of the tailnet. Other keys and values mean nothing; NULL:
	   none. */
	const hj_map *known;
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

/* What is checked of one rule, in the order of the table of messages; sections share the steps. */
typedef enum hj_step {
	HJ_STEP_ACTION,
	HJ_STEP_ACCOUNTS, /* "users" of an SSH rule */
	HJ_STEP_SOURCE,
	HJ_STEP_PERIOD,
	HJ_STEP_ENVIRONMENT,
	HJ_STEP_DESTINATION,
	HJ_STEP_PORT, /* "ip" and "proto"; in acls the ports are a part of the destination */
	HJ_STEP_SELF_SOURCE,
	HJ_STEP_SELF_PARTNER,
	HJ_STEP_GRANTED, /* neither "ip" nor "app" */
	HJ_STEP_CAPABILITY,
	HJ_STEP_INTERNET,
	HJ_STEP_DANGER_ALL,
	HJ_STEP_DEFAULT_ROUTE,
	HJ_STEP_VIA,
	HJ_STEP_REST,
} hj_step;

/* The answer as the API gives it. */
typedef struct hj_answer {
	unsigned status; /* 200, 400, 500 */
	hj_slice
		message; /* borrowed from the findings; size 0 when accepted or when the text is not known */
	const hj_finding *finding; /* the one that decided, or NULL */
} hj_answer;

/*
 * The number of a refusal where the fault at the first node of a stage wins. Node 0, the root, is
 * for faults of the whole.
 */
HJ_API uint64_t hj_refusal(hj_stage stage, uint32_t node);
/*
 * The same inside of entries: the entry that holds the node, what is checked of it, the node. What
 * a text names is looked up after it has been taken apart: such a fault adds 1.
 */
HJ_API uint64_t hj_refusal_in(const hj_policy *policy, hj_stage stage, hj_step step, uint32_t node);
HJ_API hj_stage hj_refusal_stage(uint64_t refusal);

/*
 * Adds every fault for which the service refuses a policy, and as warnings those of which nobody
 * knows whether it does. Not here: the syntax, unknown and mistyped fields, names that nothing
 * defines (lint/), and whether tests pass; the form of tests is. tailnet may be NULL. Linear in the
 * policy, apart from sorting; HJ_NO_MEMORY only.
 */
HJ_API hj_status hj_accept(
	const hj_policy *policy, const hj_tailnet *tailnet, hj_findings *findings);

/* The tables of these rules, one a letter, ordered by code: A, B, E, G, H, I, N. */
const hj_rule *hj_acl_rules(size_t *count);
const hj_rule *hj_posture_rules(size_t *count);
const hj_rule *hj_test_rules(size_t *count);
const hj_rule *hj_name_rules(size_t *count);
const hj_rule *hj_ssh_rules(size_t *count);
const hj_rule *hj_ipset_rules(size_t *count);
const hj_rule *hj_node_rules(size_t *count);

/*
 * The answer that findings add up to: the refusal with the lowest number. A refusal whose sentence
 * is not known has an empty message.
 */
HJ_API hj_answer hj_answer_of(const hj_findings *findings);

#endif
