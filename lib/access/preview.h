/*
 * Preview: which rules apply to a user, or to an address and port, as the service's own API answers
 * (tailnet API 5.5, A.14, A.15).
 *
 * A rule is here once, however many of its sources and destinations fit. For a user it is one whose
 * sources cover the user; for an address and port one with a destination that covers the address
 * (whose device it is, the inventory says) and allows the port over TCP or UDP. What would decide
 * whether the rule holds (postures, routers) is named with it, not judged. Rules of "ssh" are not here,
 * nor is the rule that stands for a policy without rules, which has no line.
 *
 * What a rule's "ports" are, nobody has shown for a grant. Here they are each destination with each
 * item of "ip", as an acl would write it ("tag:db:5432", "[fd7a::1]:*"), with the protocol where the
 * item has one ("tag:db:tcp:5432"); the destination alone for a grant that has no "ip".
 */
#ifndef HJ_ACCESS_PREVIEW_H
#define HJ_ACCESS_PREVIEW_H

#include "engine/reach.h"

typedef enum hj_preview_type { HJ_PREVIEW_USER, HJ_PREVIEW_IPPORT } hj_preview_type;

typedef struct hj_preview_match {
	bool grant;     /* it is in policy->grants, else in policy->acls */
	uint32_t index; /* there */
	uint32_t node;
	/* HJ_MAYBE: it hangs on facts that nobody gave, or, where the text asked for means several
	   (a group), applies to some of them alone. */
	hj_truth truth;
	const hj_words *users, *via, *postures; /* as the rule has them; via may be NULL */
	const hj_slice *ports;
	uint32_t port_count;
} hj_preview_match;

typedef struct hj_preview {
	const hj_policy *policy;
	hj_preview_type type;
	hj_slice asked;            /* borrowed from the caller */
	hj_preview_match *matches; /* in the order of the document */
	uint32_t count;
	hj_arena arena;
} hj_preview;

/*
 * asked is a login (or what else hj_expand takes as a source), or ADDRESS:PORT with IPv6 in brackets.
 * HJ_INVALID: it means nothing; *what then says why. Else HJ_NO_MEMORY only. After a failure there is
 * nothing to free.
 */
HJ_API hj_status hj_preview_make(hj_reach *reach, hj_preview_type type, hj_slice asked,
	const hj_allocator *allocator, hj_preview *out, const char **what);
HJ_API void hj_preview_free(hj_preview *preview);

/*
 * Appends the API's response, without a line feed: the matches that are sure, each with "users",
 * "ports", "lineNumber" and, where the rule has them, "via" and "postures"; then "type", "previewFor",
 * and the definitions of the postures that the matches name. Names are those that the rule itself
 * writes.
 */
HJ_API void hj_preview_append(hj_text *out, const hj_preview *preview);

#endif
