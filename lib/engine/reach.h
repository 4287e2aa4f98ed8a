/*
 * Reach: may a source reach a destination, and which rules say so?
 *
 * Policies only allow, so access is a union over permits: one for each destination of each rule of
 * "acls" and "grants". A permit applies when its sources cover the source, its destination covers the
 * destination, a service (protocol and ports) fits, and its postures and routers hold. Each of these
 * is yes, no, or hangs on a fact that only the tailnet knows; a flow is allowed when some permit says
 * yes, else it depends when some permit hangs on facts, else it is blocked. Nothing is sampled.
 *
 * What stands at either end is a subject. A subject is as small as matters: rules treat everything
 * that it stands for alike, apart from facts. A group, a role or "*" is many subjects: hj_expand.
 */
#ifndef HJ_ENGINE_REACH_H
#define HJ_ENGINE_REACH_H

#include "engine/services.h"
#include "engine/world.h"

typedef enum hj_truth { HJ_NO, HJ_MAYBE, HJ_YES } hj_truth;

typedef enum hj_subject_kind {
	HJ_SUBJECT_USER,   /* an untagged device of a user; name: the login */
	HJ_SUBJECT_MEMBER, /* the same of a member whom nobody names; name: the domain, or empty */
	HJ_SUBJECT_ROLE,   /* of such a member with a role: autogroup */
	HJ_SUBJECT_SYNCED, /* of such a member who is in a group whose members are not known */
	HJ_SUBJECT_TAG, /* a device with one tag and no other; name: "tag:…", or empty: any tag that
			       nobody names */
	HJ_SUBJECT_DEVICE,  /* a device of the inventory: all that it is, and its addresses */
	HJ_SUBJECT_RANGE,   /* addresses, not as some user's or tag's device */
	HJ_SUBJECT_SERVICE, /* a Tailscale service */
	HJ_SUBJECT_SHARED,  /* a device of somebody who accepted a share */
} hj_subject_kind;

typedef struct hj_subject {
	hj_subject_kind kind;
	uint32_t index;         /* in the world's users, groups, tags, devices, services; HJ_NONE */
	hj_autogroup autogroup; /* of a ROLE */
	hj_slice name;          /* as a person writes it; borrowed */
	hj_range range; /* of a RANGE: cut where any rule's or device's range begins or ends */
} hj_subject;

/*
 * Appends a subject as a person writes it: "alice@example.com", "tag:db", a device's name, a range,
 * "svc:db"; for subjects whom nobody names the selector that they are under: "user:*@example.com",
 * "autogroup:member", "autogroup:admin", "group:x@example.com", "autogroup:tagged",
 * "autogroup:shared".
 */
HJ_API void hj_subject_append(hj_text *out, const hj_subject *subject);
HJ_API bool hj_subject_equal(const hj_subject *a, const hj_subject *b);

/*
 * Facts on which answers hang are sentences, and their wording is stable, since people assume them:
 *
 *     alice@example.com is autogroup:admin          a role; also autogroup:member, autogroup:shared
 *     alice@example.com is in group:eng@example.com a group whose members are not known
 *     100.64.0.5 is a device of alice@example.com   also "of group:eng", "of user:*@example.com",
 *                                                   "of autogroup:member", "of autogroup:admin" …
 *     100.64.0.5 is a device with tag:db            also "with autogroup:tagged"
 *     100.64.0.0/24 has a device of alice@example.com   the same for more than one address
 *     10.1.0.0/16 is in an approved route           so "*" as a source covers it
 *     100.100.1.2 is an address of svc:db           "has an address of" for more than one
 *     the device meets posture:managed              the source's device
 *     a device with tag:router routes 10.1.0.0/16   a grant's "via"
 *     100.64.0.5 is a device of the source's user   autogroup:self, of the destination
 *     source and destination are devices of one user    the same, of two whom nobody names
 *     ${TEAM} includes alice@example.com            a template's placeholder
 *     the user is ann@example.com                   login.h: whose account a local part is
 *
 * Subjects in them are written as hj_subject_append does, the rest as the policy does. Nothing is
 * inferred from one fact for another.
 */

enum { HJ_FACTS_LISTED = 64 }; /* of an answer, at most: who knows those can ask again */

/* What is assumed of facts. NULL, where one may be given: nothing. */
typedef struct hj_assumptions {
	const hj_map *facts; /* sentence → 0 or 1; NULL: none */
	hj_truth rest;       /* of all others; HJ_MAYBE assumes nothing (and is not zero) */
} hj_assumptions;

typedef enum hj_permit_kind { HJ_PERMIT_ACL, HJ_PERMIT_GRANT, HJ_PERMIT_ALL } hj_permit_kind;

/* One destination of one rule. HJ_PERMIT_ALL: there is neither "acls" nor "grants". */
typedef struct hj_permit {
	hj_permit_kind kind;
	uint32_t rule;              /* index in policy->acls or policy->grants */
	uint32_t node;              /* of the rule: its line */
	const hj_words *src;        /* terms; NULL for HJ_PERMIT_ALL */
	hj_word dst;                /* with its term */
	const hj_service *services; /* as written, in order; none for a grant with "app" alone */
	uint32_t service_count;
	const hj_words *posture; /* srcPosture, or else defaultSrcPosture; empty: none is asked for.
				    That an empty srcPosture switches the default off is a proposal */
	const hj_words *via;     /* empty: none */
	const hj_entries *app;   /* of a grant; else NULL */
} hj_permit;

typedef struct hj_reach hj_reach;

/* Near-linear in the policy. assumptions may be NULL. The world must outlive it. */
HJ_API hj_status hj_reach_build(hj_world *world, const hj_assumptions *assumptions,
	const hj_allocator *allocator, hj_reach **out);
HJ_API void hj_reach_free(hj_reach *reach);
HJ_API hj_world *hj_reach_world(const hj_reach *reach);
/* All permits in the order of the service: grants, then acls (control plane 5.2). */
HJ_API const hj_permit *hj_reach_permits(const hj_reach *reach, uint32_t *count);

/*
 * The subjects that a text stands for, as a person or a test writes it: a selector, a host alias, a
 * device's name. A group gives its members (and HJ_SUBJECT_SYNCED where they are not known), an
 * autogroup the known users or tags and those whom nobody names, "*" all of them, a prefix its parts.
 * HJ_INVALID: the text means nothing here; *what then says what is wrong ("no such group"). Subjects
 * are appended to out, which is the caller's to free.
 */
typedef struct hj_subjects {
	hj_subject *items;
	uint32_t count, capacity;
	const hj_allocator *allocator;
} hj_subjects;
HJ_API void hj_subjects_free(hj_subjects *subjects);
HJ_API hj_status hj_expand(
	hj_reach *reach, hj_slice text, bool destination, hj_subjects *out, const char **what);

/* A source, with its posture attributes when they are given: those of a test, or of a device. */
typedef struct hj_origin {
	hj_subject subject;
	const hj_device_attribute *attributes; /* sorted by name */
	uint32_t attribute_count;
	bool attributes_known; /* all of them are here: what is missing is not set */
} hj_origin;

/*
 * One source at a time: the permits that cover it are gathered once, then destinations are asked for.
 * Costs the permits of the source and of the destination, not all of them. Attributes are borrowed
 * until the source is another.
 */
HJ_API hj_status hj_reach_from(hj_reach *reach, const hj_origin *source);
/*
 * The permits whose sources cover the current source, postures aside: HJ_YES or HJ_MAYBE, by index in
 * permits. Good until the source is another.
 */
typedef struct hj_hit {
	uint32_t permit;
	hj_truth truth;
} hj_hit;
HJ_API const hj_hit *hj_reach_hits(hj_reach *reach, uint32_t *count);

typedef struct hj_verdict {
	hj_truth allowed;      /* HJ_MAYBE: depends on facts */
	const hj_hit *permits; /* those that allow it; when it depends, those that may; ascending */
	uint32_t permit_count;
	const hj_slice *facts; /* when it depends: the first HJ_FACTS_LISTED of them */
	uint32_t fact_count;
} hj_verdict;
/*
 * May the current source reach a destination's port? protocol -1: TCP or UDP, either is enough
 * (policy language 9.5). Port -1: any port at all; protocols without ports have none to ask for. The
 * verdict is good until the next question. HJ_INVALID: there is no current source.
 */
HJ_API hj_status hj_reach_to(
	hj_reach *reach, const hj_subject *destination, int protocol, int port, hj_verdict *out);
/*
 * Is a flow allowed at least so far: HJ_MAYBE, HJ_YES? As hj_reach_to judges, but without reasons, and
 * so for much less where much hangs on facts. The source is given with each question; repeating it
 * costs nothing. It is no current source for the other questions: hj_reach_from comes before those.
 */
HJ_API hj_status hj_reach_at_least(hj_reach *reach, const hj_origin *source,
	const hj_subject *destination, int protocol, int port, hj_truth least, bool *out);
/*
 * Does a permit's destination cover a subject, for the current source (autogroup:self)? *fact is the
 * sentence on which it hangs, else empty; NULL: nobody wants to know. HJ_NO_MEMORY only.
 */
HJ_API hj_status hj_reach_covers(hj_reach *reach, uint32_t permit, const hj_subject *destination,
	hj_truth *out, hj_slice *fact);

/*
 * Why a flow from the current source is blocked: the permit that comes nearest, and what it lacks.
 * Nearer is what lacks less: a posture, a router, the protocol, the port, the source, the destination;
 * that the port is another one for a destination "*" comes behind the source. The first permit of those
 * equally near.
 */
typedef enum hj_miss_kind {
	HJ_MISS_NOTHING,  /* no rule has the source, nor the destination with the port */
	HJ_MISS_PORT,     /* source and destination fit; the port does not */
	HJ_MISS_PROTOCOL, /* they and the port fit; the protocol does not */
	HJ_MISS_POSTURE,  /* all fits, but no posture holds */
	HJ_MISS_ROUTER,   /* all fits, but no device with a tag of "via" routes it */
	HJ_MISS_SOURCE,   /* destination and port fit, the source is not listed */
	HJ_MISS_DESTINATION, /* the source fits; nothing like the destination is listed with the port */
} hj_miss_kind;
typedef struct hj_miss {
	hj_miss_kind kind;
	uint32_t permit; /* index; HJ_NONE for HJ_MISS_NOTHING */
} hj_miss;
HJ_API hj_status hj_reach_miss(
	hj_reach *reach, const hj_subject *destination, int protocol, int port, hj_miss *out);

/*
 * Does a source meet a posture ("posture:managed"; policy language 7)? All its conditions have to
 * hold for the attributes that are given, else for those of the inventory's device; a device that
 * has none there is unknown. Posture that is not evaluated holds: of devices that are shared in, and
 * of addresses outside the tailnet, which are behind a router. A posture that is not defined, or has
 * a condition that nobody can read, never holds; one with a template's placeholder may.
 */
HJ_API hj_status hj_posture_holds(
	hj_reach *reach, hj_slice posture, const hj_origin *source, hj_truth *out);

#endif
