/*
 * What the families beyond acceptance share: findings over nodes, and their fixes.
 */
#ifndef HJ_LINT_ADVICE_H
#define HJ_LINT_ADVICE_H

#include "lint/internal.h"

/* The families, each with its table: A, B, E, H, I from number 50 on, M, N from 50 on. */
const hj_rule *hj__access_advice(size_t *count);
hj_status hj__check_access(hj_lint_run *run);
const hj_rule *hj__port_advice(size_t *count);
hj_status hj__check_ports(hj_lint_run *run);
const hj_rule *hj__address_advice(size_t *count);
hj_status hj__check_addresses(hj_lint_run *run);
const hj_rule *hj__posture_advice(size_t *count);
hj_status hj__check_postures(hj_lint_run *run);
const hj_rule *hj__test_advice(size_t *count);
hj_status hj__check_tests(hj_lint_run *run);
const hj_rule *hj__ssh_advice(size_t *count);
hj_status hj__check_ssh(hj_lint_run *run);
const hj_rule *hj__ipset_advice(size_t *count);
hj_status hj__check_ipsets(hj_lint_run *run);
const hj_rule *hj__derp_advice(size_t *count);
hj_status hj__check_derp(hj_lint_run *run);
const hj_rule *hj__node_advice(size_t *count);
hj_status hj__check_nodes(hj_lint_run *run);
const hj_rule *hj__approver_advice(size_t *count);
hj_status hj__check_approvers(hj_lint_run *run);

/* Is there a policy to advise on? Not in a document that does not parse: that is mended first. */
bool hj__advises(const hj_lint_run *run);
/* A list without anything in it; one of the wrong things is not empty, nor is an object a list. */
bool hj__is_empty(const hj_lint_run *run, uint32_t node);

/* The value of an object's member, its name in any letter case; 0 when there is none. */
uint32_t hj__member(const hj_lint_run *run, uint32_t object, const char *name);
hj_kind hj__kind(const hj_lint_run *run, uint32_t node);
/* The bytes of a node, quotes included. */
hj_slice hj__bytes(const hj_lint_run *run, uint32_t node);
/* What stands between the quotes, escapes as they are. */
hj_slice hj__inside(const hj_lint_run *run, uint32_t node);
/* A whole number in decimal digits, perhaps with a minus. False: another text, or a huge number. */
bool hj__whole(hj_slice digits, int64_t *out);

/* Adds a finding over one node. */
hj_finding *hj__advise(hj_lint_run *run, const hj_rule *rule, uint32_t node, const char *format,
	...) __attribute__((format(printf, 4, 5)));
/* Points at another node that has to do with it. */
void hj__point(hj_lint_run *run, hj_finding *finding, uint32_t node, const char *message);

/*
 * Fixes. Where the bytes do not allow a small edit there is none. `part` is a view of the text of a
 * string without escapes; it alone is replaced.
 */
void hj__replace(hj_lint_run *run, hj_finding *finding, uint32_t node, hj_slice text, bool safe);
void hj__replace_part(hj_lint_run *run, hj_finding *finding, uint32_t node, hj_slice part,
	hj_slice text, bool safe);
/* Takes the word with an index out of its list. */
void hj__remove_word(
	hj_lint_run *run, hj_finding *finding, const hj_words *words, uint32_t index, bool safe);
/* Takes the element out that follows `previous` in an array; 0: the first one. */
void hj__remove_element(hj_lint_run *run, hj_finding *finding, uint32_t array, uint32_t previous,
	uint32_t element, bool safe);
/* Takes the entry with an index out of its object. */
void hj__remove_entry(hj_lint_run *run, hj_finding *finding, const hj_entries *entries,
	uint32_t index, bool safe);
/* Takes a member out of its object, by the node of its value. */
void hj__remove_member(
	hj_lint_run *run, hj_finding *finding, uint32_t object, uint32_t value, bool safe);

/*
 * Texts that were met before, and where: for duplicates inside many lists, each list with a number
 * of its own from 1, without clearing anything in between. Texts are borrowed.
 */
typedef struct hj__meeting {
	uint32_t list; /* 0: never */
	uint32_t node;
	uint32_t value; /* the caller's */
} hj__meeting;

typedef struct hj__seen {
	hj_map map; /* text → index of its last meeting */
	hj__meeting *meetings;
	size_t count, capacity;
	const hj_allocator *allocator;
} hj__seen;

void hj__seen_init(hj__seen *seen, const hj_allocator *allocator);
void hj__seen_free(hj__seen *seen);
/* The last meeting before this one is kept in *before. HJ_NO_MEMORY only. */
hj_status hj__seen_put(hj__seen *seen, hj_slice text, hj__meeting now, hj__meeting *before);
/* The last meeting; NULL: none. */
const hj__meeting *hj__seen_get(const hj__seen *seen, hj_slice text);

#endif
