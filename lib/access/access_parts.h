/*
 * What the files access*.c share: lines in the making.
 *
 *     rules ─→ drafts: those that say the same of the same become one        access_draft.c
 *           ─→ what a wider draft says already is dropped                    access_wider.c
 *           ─→ lines, in order                                               access_draft.c
 *
 * Memory that is out is noted in the drafts' status. That of the reach is settled by every public
 * function, so it is taken over at once (hj__take_status).
 *
 * Shared inside the folder.
 */
#ifndef HJ_ACCESS_ACCESS_PARTS_H
#define HJ_ACCESS_ACCESS_PARTS_H

#include "access/access.h"
#include "engine/reach_parts.h"

/* For which of the subjects that were asked for something holds. All zero: for none. */
typedef struct hj__extent {
	uint32_t sure, maybe;
	uint64_t mark; /* of which they are: extents are equal when marks and counts are */
	uint32_t first[HJ_ACCESS_NAMES]; /* the first of them, in drafts->asked */
	uint32_t facts[HJ_ACCESS_NAMES]; /* on which it hangs, of hj_reach.facts */
	uint32_t fact_count;
} hj__extent;
/* Subjects come in ascending order, each once. */
void hj__extend(hj__extent *extent, uint32_t subject, hj__answer answer);

/* What a draft is about: those with equal keys are one. */
typedef struct hj__key {
	hj_access_kind kind;
	hj_slice source, destination;
	uint32_t source_term, destination_term; /* HJ_NONE: it is no term, but what was asked for */
	hj_slice capability;
	bool check;
	const hj_words *posture, *via; /* NULL or empty: none */
	const hj__extent *extent;      /* NULL: all that was asked for */
} hj__key;

typedef struct hj__draft {
	hj__key key;
	hj_services services;
	uint32_t condition;       /* 0: none; equal conditions have equal numbers */
	uint32_t accounts, rules; /* the last of each in their lists, from 1; 0: none */
	uint32_t account_count, rule_count;
	bool closed;   /* of SSH: port 22 is not open for all of it */
	uint32_t twin; /* another draft with this source and destination, from 1; 0: none */
	bool dropped;
} hj__draft;

/* An item of a list that is chained by draft, newest first. */
typedef struct hj__account_link {
	hj_slice text;
	uint32_t before; /* from 1 */
} hj__account_link;
typedef struct hj__rule_link {
	hj_rule_place place;
	uint32_t before;
} hj__rule_link;

typedef struct hj__drafts {
	hj_reach *reach;
	const hj_subject *asked; /* NULL: nobody was asked for */
	uint32_t asked_count;
	hj__draft *items;
	size_t count, capacity;
	hj__account_link *accounts;
	size_t account_count, account_capacity;
	hj__rule_link *rules;
	size_t rule_count, rule_capacity;
	hj_map keys; /* texts of keys, conditions and accounts, each with its own prefix */
	uint32_t conditions;
	hj_text key;    /* in the making */
	hj_arena arena; /* keys, and what lines own */
	hj_status status;
} hj__drafts;

void hj__drafts_init(hj__drafts *drafts, hj_reach *reach, const hj_allocator *allocator);
void hj__drafts_free(hj__drafts *drafts);
/* The draft of a key, old or new; NULL when memory is out. */
hj__draft *hj__draft_of(hj__drafts *drafts, const hj__key *key);
/* Rules come in any order, but those of one rule together. */
void hj__draft_rule(hj__drafts *drafts, hj__draft *draft, hj_rule_place place);
void hj__draft_account(hj__drafts *drafts, hj__draft *draft, hj_slice account);
/* Drops the drafts that a wider one implies, and says of logins whether port 22 is open. */
void hj__drafts_narrow(hj__drafts *drafts);
/* Hands the rest over as lines. */
hj_status hj__drafts_finish(hj__drafts *drafts, hj_access_list *out);

/* -- access_wider.c -------------------------------------------------------------------------------- */

/* How wide a term is: 0 is the widest. */
unsigned hj__term_rank(const hj_reach *reach, uint32_t term);
/* A term as lines write it. */
hj_slice hj__term_name(const hj_reach *reach, uint32_t term);
/* Is it about addresses, not about who somebody is? "*" is both. */
bool hj__term_is_place(const hj_reach *reach, uint32_t term);
/* Is it a group that nobody is in? */
bool hj__term_is_empty(const hj_reach *reach, uint32_t term);

/* The strictly wider terms of an index for its terms, found when asked for. */
typedef struct hj__wider {
	hj_reach *reach;
	const hj__index *index;
	hj__end end;
	hj_subjects subjects;
	hj_ids *found; /* of each term; items NULL: nobody has asked */
	hj_arena arena;
	hj_status status;
} hj__wider;
void hj__wider_init(hj__wider *wider, hj_reach *reach, hj__index *index);
void hj__wider_free(hj__wider *wider);
/* None when memory is out. */
hj_ids hj__wider_than(hj__wider *wider, uint32_t term);

/* The status of the reach, into *status unless that has one; true: all is well. */
static inline bool hj__take_status(hj_reach *reach, hj_status *status)
{
	hj_status settled = hj__settle(reach);
	if (!*status)
		*status = settled;
	return !*status;
}

hj_rule_place hj__permit_place(const hj_permit *permit);
/* The truth of a list at an end, with the fact on which it hangs. */
hj__answer hj__why_source(hj_reach *reach, hj__end *end, const hj_words *words, hj_truth truth);
/*
 * Does that a term may cover a subject hang on nothing but whose device an address is? Of every other
 * subject it would say the same.
 */
bool hj__says_nothing(const hj_reach *reach, uint32_t term, const hj_subject *subject);
/* The user whose untagged device a subject is for sure, or HJ_NONE. */
uint32_t hj__user_of(const hj_reach *reach, const hj_subject *subject);

/* -- access_why.c ---------------------------------------------------------------------------------- */

/*
 * Append why the current source does not reach a destination, why nobody may log in there, why a
 * capability is not given; *node: what the sentence is about, or 0. HJ_NO_MEMORY only.
 */
hj_status hj__explain(hj_reach *reach, const hj_subject *source, const hj_subject *destination,
	int protocol, int port, hj_text *out, uint32_t *node);
hj_status hj__explain_login(hj_reach *reach, const hj_origin *source, const hj_subject *destination,
	hj_text *out, uint32_t *node);
void hj__explain_app(hj_reach *reach, hj_slice capability, hj_text *out, uint32_t *node);
/* "a or b", not more than a few. */
void hj__words_append(hj_text *out, const hj_words *words, const char *between);

#endif
