/*
 * What the files reach*.c, expand.c and login.c share. A question is answered in these steps:
 *
 *     subject ─resolve→ party (who it is, where it is)            reach_party.c
 *             ─gather─→ terms that cover it, of an index          reach_index.c, reach_intervals.c
 *                       each judged by hj__cover                  reach_cover.c
 *             ─────────→ rules that have them, their permits      reach.c
 *                       services, postures, routers               reach_posture.c, reach_router.c
 *
 * An index only proposes terms, hj__cover alone decides. What is uncertain hangs on one fact; its
 * sentence (reach_facts.c) is made when somebody wants to know, or when facts are assumed.
 *
 * Memory that is out is noted in hj_reach.status, and what then comes back is good for nothing; the
 * public functions return it.
 *
 * Shared inside the folder.
 */
#ifndef HJ_ENGINE_REACH_PARTS_H
#define HJ_ENGINE_REACH_PARTS_H

#include "engine/reach.h"
#include "policy/condition.h"

/* A truth, and when it is HJ_MAYBE the fact on which it hangs; HJ_NONE: it was not asked for. */
typedef struct hj__answer {
	hj_truth truth;
	uint32_t fact;
} hj__answer;

#define HJ__YES   ((hj__answer){HJ_YES, HJ_NONE})
#define HJ__MAYBE ((hj__answer){HJ_MAYBE, HJ_NONE})
#define HJ__NO    ((hj__answer){HJ_NO, HJ_NONE})

/* -- facts ---------------------------------------------------------------------------------------- */

typedef struct hj__fact {
	hj_slice sentence;
	hj_truth truth;    /* as assumed */
	uint32_t question; /* the last one that has listed it */
} hj__fact;

typedef struct hj__facts {
	hj__fact *items;
	size_t count, capacity;
	hj_map ids; /* sentence → index */
	hj_assumptions assumed;
	bool any_assumed;
	hj_text sentence; /* in the making */
	hj_slice *listed; /* of the question at hand */
	size_t listed_count, listed_capacity;
	uint32_t question;
} hj__facts;

/* -- parties -------------------------------------------------------------------------------------- */

typedef enum hj__who {
	HJ__NOBODY, /* no device of the tailnet: a subnet's host, a service, an address that is free */
	HJ__ANYBODY, /* an address of the tailnet, and nobody knows whose */
	HJ__PERSON,  /* an untagged device */
	HJ__TAGGED,  /* a device with tags */
} hj__who;

/* A subject, resolved: who it is by identity, and where its addresses are. */
typedef struct hj__party {
	hj_subject subject; /* its name lives as long as the party */
	hj__who who;
	bool named;        /* a PERSON with a login */
	uint32_t user;     /* of a named PERSON, in the world's users, or HJ_NONE */
	hj_slice login;    /* of a named PERSON */
	hj_slice domain;   /* of a PERSON, where it is known */
	hj_autogroup role; /* of a PERSON without a name */
	uint32_t group;    /* likewise: the synced group, or HJ_NONE */
	bool external;     /* a PERSON of another tailnet */
	hj_ids tags;       /* of a TAGGED one; none: a tag that nobody names */
	uint32_t device;   /* the inventory's, when it is one for sure */
	bool located;      /* its addresses are `ranges` and those of `devices`; else all that is
			       known is that they are of the tailnet */
	hj_range *ranges;
	size_t range_count, range_capacity;
	hj_ids devices;
	uint32_t one_tag;             /* room for `tags` */
	hj_text name;                 /* room for the subject's name */
	const struct hj__party *from; /* of a destination: the source */
} hj__party;

/* -- indexes -------------------------------------------------------------------------------------- */

/* Ranges and their terms, as a balanced tree in an array, for finding those around an address. */
typedef struct hj__interval {
	hj_range range;
	uint32_t term;
	hj_address reach; /* the greatest last address of its subtree */
} hj__interval;
typedef struct hj__intervals {
	hj__interval *items;
	size_t count;
} hj__intervals;
/* Those that contain an address, one after the other; false: no more. Logarithmic, each. */
typedef struct hj__stab {
	const hj__intervals *intervals;
	hj_address address;
	size_t stack[64][2];
	unsigned depth;
} hj__stab;
void hj__intervals_sort(hj__intervals *intervals);
void hj__stab_begin(hj__stab *stab, const hj__intervals *intervals, hj_address address);
bool hj__stab_next(hj__stab *stab, uint32_t *term);

/* A list of terms in the making. */
typedef struct hj__terms {
	uint32_t *items;
	size_t count, capacity;
	size_t owners; /* of all of them together */
} hj__terms;

/* For one end of rules: terms → rules (or permits), and whoever may be covered → terms. */
typedef struct hj__index {
	bool destination;
	uint32_t *first, *owners; /* of term t: owners[first[t]] to owners[first[t + 1]] */
	uint32_t *by_user, *by_group, *by_tag, *by_service; /* the first term of each, or HJ_NONE */
	hj_map by_name;       /* domains, and services without addresses, in lower case */
	uint32_t *next;       /* of each term: the next one of the same user, group … */
	hj__terms always;     /* "*", autogroups, placeholders */
	hj__terms services;   /* of which no address is known */
	hj__terms synced;     /* groups whose members are not known */
	hj__terms identities; /* users, groups, domains, tags */
	hj__terms spanning;   /* with an address of every device: HJ__SPANS */
	hj__terms tailnet;    /* with addresses of the tailnet, but not all */
	hj__intervals intervals;
	hj_ids *near_user,
		*near_tag; /* terms with an address of its devices, made when asked for */
} hj__index;

/* The terms of an index that cover one party. */
typedef struct hj__coverage {
	hj__index *index;
	uint32_t *terms;
	uint32_t count;
	hj__answer *answers; /* of each term; those whose round is another are HJ_NO */
	uint32_t *rounds, round;
} hj__coverage;

/* -- rules ---------------------------------------------------------------------------------------- */

/* A rule of "acls" or "grants". */
typedef struct hj__rule {
	const hj_words *src; /* NULL: the one of HJ_PERMIT_ALL */
	const hj_words *posture;
	uint32_t first, last; /* its permits; last is not included */
} hj__rule;

/* What an account of an ssh rule's "users" is. */
typedef enum hj__account_kind { HJ__LITERAL, HJ__NONROOT, HJ__LOCALPART } hj__account_kind;
typedef struct hj__account {
	hj__account_kind kind;
	hj_slice name; /* of a literal; of a local part the domain */
} hj__account;
typedef struct hj__login_rule {
	const hj_words *src, *dst, *users, *posture;
	bool works;  /* its action is one */
	bool checks; /* and is to check */
	bool local;  /* has a local part, so it holds on the source's own devices too */
	hj__account *accounts;
	uint32_t account_count;
} hj__login_rule;

typedef struct hj__posture {
	hj_condition *conditions;
	uint32_t count;
	bool broken;    /* a condition that nobody can read */
	bool uncertain; /* a placeholder */
} hj__posture;

/* Where ranges begin, or the one before them has ended: ascending, each once. */
typedef struct hj__cuts {
	hj_address *items;
	size_t count, capacity;
	bool made;
} hj__cuts;

/* One end that asks: its party, the terms around it, the truth of rules. */
typedef struct hj__end {
	hj__party party;
	hj__coverage coverage;
	bool begun; /* the terms that cover it for certain are gathered */
	bool set;   /* all of them are */
} hj__end;

typedef struct hj__logins {
	bool made;
	hj__login_rule *rules;
	uint32_t count;
	hj__index sources, destinations;
	hj__end from, to;
	hj_truth *source_truths; /* of each rule: has it the source? */
	hj_truth *truths;        /* of each that was found: has it the destination? */
	hj_truth *verdicts;      /* likewise: does it hold? */
	bool *seen;              /* of each rule: is it in `found`? All false between questions */
	uint32_t *found;         /* room for every rule */
	uint32_t *local;         /* rules with a local part */
	uint32_t local_count;
} hj__logins;

struct hj_reach {
	hj_world *world;
	const hj_allocator *allocator;
	hj_status status;
	uint32_t all; /* the term of HJ_PERMIT_ALL: behind the policy's */
	bool has_users, has_devices;
	uint8_t *touches; /* of each term: HJ__TOUCHES, HJ__SPANS */
	hj_permit *permits;
	uint32_t *permit_rules; /* of each: its rule, in `rules` */
	uint32_t permit_count;
	hj__rule *rules;
	uint32_t rule_count;
	hj__index sources, destinations;
	hj__end from, to;
	hj_origin origin;       /* of the current source; its subject is from.party's */
	hj_truth *rule_truths;  /* of each rule: is the current source among its sources? */
	uint8_t *rule_postures; /* of each marked rule: 0 nobody has asked, else 1 + hj_truth */
	uint32_t *rule_rounds, rule_round;
	uint32_t
		*marked; /* rules that have the current source; hj__sort_marked makes them ascend */
	uint32_t marked_count;
	bool marked_sorted;
	size_t marked_permits; /* theirs */
	uint32_t *rule_listed; /* the question in which the facts of its sources were listed */
	hj_hit *hits;          /* room for every permit */
	uint32_t hit_count;
	bool hits_made;
	hj_hit *verdict; /* room for every permit */
	hj__posture *postures;
	hj_map posture_of;
	hj__facts facts;
	hj__cuts cuts;
	hj_map hosts; /* name → entry in policy->hosts, made when first asked for */
	hj_map terms; /* selector → term, likewise */
	bool names_made;
	hj__logins logins;
	hj_arena arena;
};

enum {
	HJ__TOUCHES = 1, /* the term's ranges have addresses of the tailnet */
	HJ__SPANS = 2,   /* they have all of them of one family, so one of every device */
};

/* reach_facts.c */
void hj__facts_init(hj_reach *reach, const hj_assumptions *assumptions);
void hj__facts_free(hj_reach *reach);
/* Is there any use in saying a fact? */
static inline bool hj__facts_wanted(const hj_reach *reach, bool name)
{
	return name || reach->facts.any_assumed;
}
/* An empty sentence to append to, and what it comes to. */
hj_text *hj__fact_begin(hj_reach *reach);
hj__answer hj__fact_end(hj_reach *reach);
/* A new question: nothing is listed. Listed are the first few. */
void hj__facts_ask(hj_reach *reach);
void hj__facts_list(hj_reach *reach, hj__answer answer);
static inline bool hj__facts_full(const hj_reach *reach)
{
	return reach->facts.listed_count >= HJ_FACTS_LISTED;
}

/* reach_party.c */
void hj__party_init(hj_reach *reach, hj__party *party);
void hj__party_free(hj_reach *reach, hj__party *party);
/* from: of a destination the source, else NULL. */
void hj__party_set(
	hj_reach *reach, hj__party *party, const hj_subject *subject, const hj__party *from);
/* Appends the person's login, or what hj_subject_append says. */
void hj__party_append(hj_text *out, const hj__party *party);

/* reach_cover.c */
const hj_selector *hj__selector(const hj_reach *reach, uint32_t term);
/* Does a term cover a party? name: the fact is wanted. */
hj__answer hj__cover(
	hj_reach *reach, const hj__party *party, uint32_t term, bool destination, bool name);
/* Is a destination of the same user as its source (autogroup:self)? */
hj__answer hj__cover_self(hj_reach *reach, const hj__party *party, bool name);
/* Appends a term's ranges: one as they are, several under the term's name. */
void hj__ranges_append(hj_text *out, const hj_reach *reach, uint32_t term);

/* reach_index.c */
/* A term that an owner has at this end. */
typedef struct hj__use {
	uint32_t term, owner;
} hj__use;
/* In the arena. Uses come by owner, ascending. */
void hj__index_build(
	hj_reach *reach, hj__index *index, bool destination, const hj__use *uses, size_t count);
void hj__index_free(hj_reach *reach, hj__index *index);
void hj__coverage_init(hj_reach *reach, hj__coverage *coverage, hj__index *index);
/*
 * All terms that cover the end's party: first those that may do so for certain, as far as the party
 * is near them by its names and places, then those that hang on whose device an address is, which may
 * be many. And none, to be considered one by one.
 */
void hj__gather(hj_reach *reach, hj__end *end);
void hj__gather_certain(hj_reach *reach, hj__end *end);
void hj__gather_doubtful(hj_reach *reach, hj__end *end);
void hj__gather_none(hj_reach *reach, hj__end *end);
hj__answer hj__consider(hj_reach *reach, hj__end *end, uint32_t term);
/* The terms that hj__gather_doubtful considers. */
typedef struct hj__doubts {
	const hj__terms *lists[4];
	unsigned count;
} hj__doubts;
hj__doubts hj__doubts_of(const hj__end *end);
/* Lists the fact on which a term hangs, or each of these does; words NULL: that of one term. */
void hj__list_term(hj_reach *reach, hj__end *end, uint32_t term);
void hj__list_words(hj_reach *reach, hj__end *end, const hj_words *words, uint32_t term);
static inline hj__answer hj__covered(const hj__coverage *coverage, uint32_t term)
{
	return coverage->rounds[term] == coverage->round ? coverage->answers[term] : HJ__NO;
}

/* reach_permits.c */
void hj__permits_build(hj_reach *reach);
uint32_t hj__permit_term(const hj_reach *reach, const hj_permit *permit);
static inline uint32_t hj__permit_rule(const hj_reach *reach, const hj_permit *permit)
{
	return reach->permit_rules[permit - reach->permits];
}
/* Does a permit have a service for a question (protocol and port as for hj_reach_to)? The port alone? */
bool hj__permit_serves(const hj_permit *permit, int protocol, int port);
bool hj__permit_has_port(const hj_permit *permit, int port);

/* reach_posture.c */
void hj__postures_build(hj_reach *reach);
/* Does the current source meet one of these? Lists the facts when list is set. */
hj_truth hj__meets(hj_reach *reach, const hj__party *party, const hj_origin *origin,
	const hj_words *postures, bool list);

/* reach_router.c */
hj_truth hj__routed(hj_reach *reach, uint32_t permit, const hj__party *party, bool list);

/* reach_cuts.c */
/* Appends the parts of a range as subjects. */
void hj__subjects_add(hj_reach *reach, hj_subjects *out, hj_subject added);
void hj__cut(hj_reach *reach, hj_range range, hj_subjects *out);

/* expand.c */
void hj__names_free(hj_reach *reach);

/* login.c */
void hj__logins_free(hj_reach *reach);

/* reach.c */
/* The status of a question, after which the next one starts afresh. */
hj_status hj__settle(hj_reach *reach);
void hj__sort_marked(hj_reach *reach);
/*
 * Gathers the terms that cover a source for certain; the other terms, and marks the rules of all of
 * them. hj_reach_from is both.
 */
void hj__begin_source(hj_reach *reach, const hj_origin *source);
void hj__finish_source(hj_reach *reach);
hj_truth hj__rule_truth(const hj_reach *reach, uint32_t rule);
/* Does the current source meet the postures of a rule that has it? */
hj_truth hj__rule_posture(hj_reach *reach, uint32_t rule);
/* Room in the reach's arena, not cleared, and cleared; NULL and the status when memory is out. */
void *hj__reach_room(hj_reach *reach, size_t count, size_t size);
void *hj__reach_zeroes(hj_reach *reach, size_t count, size_t size);

static inline hj_truth hj__least(hj_truth a, hj_truth b)
{
	return a < b ? a : b;
}
static inline hj_truth hj__most(hj_truth a, hj_truth b)
{
	return a > b ? a : b;
}

#endif
