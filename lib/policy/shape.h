/*
 * The shape of a document that is to be a policy: known fields, values of the right type, nothing
 * left out that must be there. What the decoder of the service refuses comes first of all refusals
 * after the syntax; in which order it looks is not known, so the order is the document's.
 *
 * One mistake is one finding: what an unknown field holds is not judged, and a field of the wrong
 * type is not missing. What SSH rules and tests must have is left to hj_accept, which knows the
 * service's words for it; an acl rule with "users" and "dst", or "src" and "ports", as well.
 *
 * Shared inside the library.
 */
#ifndef HJ_POLICY_SHAPE_H
#define HJ_POLICY_SHAPE_H

#include "policy/policy.h"
#include "syntax/finding.h"

/* The rule of unknown sections, and the family T, ordered by code. */
const hj_rule *hj_section_rules(size_t *count);
const hj_rule *hj_shape_rules(size_t *count);

/*
 * Adds the findings of both. With is_policy the document is taken for a policy whatever it holds;
 * without, it is judged only where it surely was to be one. For documents whose brackets match.
 * Linear; HJ_NO_MEMORY only.
 */
hj_status hj_check_shape(
	const hj_policy *policy, bool is_policy, bool headscale, hj_findings *findings);

#endif
