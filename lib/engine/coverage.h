/*
 * Coverage: what do a policy's tests guard?
 *
 * A rule is exercised when an accept holds by it. It is guarded when its loss would be noticed: some
 * accept holds by it alone. The same is asked of its parts, where a list has more than one: each
 * source, each destination, each port. The guarded share of all these losses is the mutation score.
 * Nothing is run again for it: a loss is noticed exactly when an accept's set of deciding permits is
 * within what is lost. (A deny never notices a loss; it notices what is added.)
 *
 * Rules of "ssh" are counted whole. An accept that hangs on facts guards nothing.
 */
#ifndef HJ_ENGINE_COVERAGE_H
#define HJ_ENGINE_COVERAGE_H

#include "engine/tests.h"

typedef enum hj_part { HJ_PART_RULE, HJ_PART_SRC, HJ_PART_DST, HJ_PART_PORTS } hj_part;

/* Something that could be lost. */
typedef struct hj_loss {
	hj_rule_place rule;
	hj_part part;
	uint32_t node; /* the rule, or the string that the part is of; of ports in "ip" that list */
	hj_slice text; /* of a part: "tag:web", "tcp:443"; empty for a rule */
	bool exercised; /* rules alone */
	bool guarded;
} hj_loss;

typedef enum hj_idle_reason {
	HJ_IDLE_REPEATED, /* it stands in the tests before */
	HJ_IDLE_NO_RULES, /* an accept, and there are no rules, so all is allowed */
	HJ_IDLE_FAR, /* a deny, and no rule comes near: none has its source, nor its destination
			     with the port */
} hj_idle_reason;

/* An assertion that cannot fail, or not alone. */
typedef struct hj_idle {
	uint32_t assertion; /* index */
	hj_idle_reason reason;
} hj_idle;

typedef struct hj_coverage {
	hj_loss *
		losses; /* acls, grants, ssh, in the order of the document; a rule before its parts */
	uint32_t loss_count;
	uint32_t rules, exercised; /* of losses, rules */
	uint32_t guarded;          /* of losses */
	hj_idle *idle;             /* by assertion */
	uint32_t idle_count;
	hj_arena arena;
} hj_coverage;

/*
 * Runs the tests as hj_assertions_run does, and says what they guard. HJ_NO_MEMORY: there is nothing
 * to free.
 */
HJ_API hj_status hj_coverage_run(hj_reach *reach, const hj_policy *tests,
	const hj_allocator *allocator, hj_assertions *assertions, hj_coverage *out);
HJ_API void hj_coverage_free(hj_coverage *coverage);

#endif
