/*
 * Conversion: "acls" become "grants" that allow the same (policy language 14.1).
 *
 *     {"action": "accept", "src": ["group:dev"], "dst": ["tag:web:80,443", "tag:db:5432"]}, // dev
 *     →
 *     {"src": ["group:dev"], "dst": ["tag:web"], "ip": ["80", "443"]}, // dev
 *     {"src": ["group:dev"], "dst": ["tag:db"], "ip": ["5432"]},
 *
 * A rule becomes one grant for each list of ports that its destinations have; a destination that is
 * listed several times has them all. "*" with autogroup:self becomes autogroup:member, in a grant of
 * its own, because a grant refuses "*" there; 0.0.0.0/0 and ::/0, which a grant refuses as well, are
 * written as their two halves. Brackets around IPv6 addresses go, a protocol goes before the ports.
 *
 * The rules are rewritten where they stand, in the layout that they have: no byte changes outside.
 * The section takes the name "grants"; where there is one already, the new grants follow those that
 * are there. Every comment stays: before, behind or inside the grant that took the rule's place, that
 * of a destination in the grant that has it.
 */
#ifndef HJ_CHANGE_CONVERT_H
#define HJ_CHANGE_CONVERT_H

#include "change/difference.h"

/* Something that no grant can say, or that nobody can read: "\"tag:web\" has no port". */
typedef struct hj_obstacle {
	hj_span span;
	hj_slice why; /* one sentence, lower-case start, no full stop */
} hj_obstacle;

typedef enum hj_conversion_result {
	HJ_CONVERTED,
	HJ_CONVERT_NOTHING,   /* there is no "acls" */
	HJ_CONVERT_OBSTACLES, /* see obstacles */
	HJ_CONVERT_REFUSED,   /* the service would refuse the result, and not what there was */
	HJ_CONVERT_DIFFERS,   /* the result would allow something else: see difference */
} hj_conversion_result;

typedef struct hj_conversion {
	hj_conversion_result result;
	hj_edits edits;         /* when converted, of the document; else none */
	uint32_t rules, grants; /* that many rules became that many grants */
	hj_obstacle *obstacles; /* of all rules, in document order */
	uint32_t obstacle_count;
	size_t obstacle_room;     /* items of room */
	hj_slice refusal;         /* why it would be refused */
	hj_difference difference; /* from the policy to the result */
	hj_arena arena;
} hj_conversion;

/*
 * Converts all rules or none, and proves it: the result is parsed and bound again, must not be refused
 * for more than the policy was, and must allow exactly the same (difference.h). The document has to
 * parse. Near-linear. HJ_SYNTAX and HJ_NO_MEMORY: there is nothing to free.
 */
HJ_API hj_status hj_convert_to_grants(
	const hj_policy *policy, const hj_allocator *allocator, hj_conversion *out);
HJ_API void hj_conversion_free(hj_conversion *conversion);

#endif
