/*
 * What the files tests*.c share: one run over the tests, and what texts stand for in it.
 *
 * Shared inside the folder. Functions of type bool say whether there was memory; the run's status
 * says so too.
 */
#ifndef HJ_ENGINE_TESTS_PARTS_H
#define HJ_ENGINE_TESTS_PARTS_H

#include "engine/tests.h"

enum { HJ__TEST_FAILED, HJ__LOGIN_FAILED, HJ__TEST_DEPENDS, HJ__ASSERTION_RULES };
extern const hj_rule hj__assertion_rows[HJ__ASSERTION_RULES];

/* What a text stands for as a source or a destination, found once for each text. */
typedef struct hj__meant {
	uint32_t first, count; /* in run->subjects */
	const char *fault;     /* what is wrong with it; NULL: nothing */
	bool template;         /* a placeholder is in it: nobody can say */
	bool sorted_out;       /* hj__one_of_each has been through it */
} hj__meant;

enum { HJ__SOURCE, HJ__DESTINATION, HJ__LOGIN_SOURCE, HJ__LOGIN_DESTINATION, HJ__SEATS };

/* What is found out about an assertion while subjects are asked for. */
typedef struct hj__tally {
	hj__meant to;        /* where it leads */
	bool begun;          /* a source has been asked */
	hj_truth decided_by; /* the answer so far, of which the assertion's rules are */
	bool holds;          /* where failures alone matter: some source was found not to be one */
} hj__tally;

typedef struct hj__run {
	hj_reach *reach;
	hj_world *world;
	const hj_policy *tests; /* what is run */
	const hj_policy *rules; /* against these */
	hj_source *lines;       /* of the rules */
	hj_assertions *out;
	const hj_witness *witness;
	bool failures; /* they alone are looked for */
	const hj_allocator *allocator;
	hj_map meant_of[HJ__SEATS]; /* text → index in meant */
	hj__meant *meant;
	size_t meant_count, meant_capacity;
	hj_subjects subjects;
	hj_map hosts;       /* alias → index in rules->hosts */
	hj__tally *tallies; /* of the entry at hand */
	size_t tally_capacity;
	uint32_t *by; /* permits of the flow at hand */
	size_t by_count, by_capacity;
	hj_map told;     /* fact → its index in facts */
	hj_slice *facts; /* in the result's arena */
	size_t fact_count, fact_capacity;
	hj_text words; /* of the sentence in the making */
	hj_status status;
} hj__run;

/* -- tests_form.c: what texts mean, and what is wrong with them ----------------------------------- */

/* What a text stands for in a seat. */
hj__meant hj__meaning_of(hj__run *run, hj_slice text, unsigned seat);
/*
 * Leaves one of each kind among the subjects of a source: those whom the same terms of rules cover for
 * certain are alike, unless a destination is autogroup:self. So a large group costs no more than its
 * kinds, however many assertions it has.
 */
void hj__one_of_each(hj__run *run, hj_slice text, hj__meant *meant);
/* The one port of an assertion; -1 for protocols without. False: *fault says what is wrong. */
bool hj__port_of(hj_slice ports, int protocol, int *port, const char **fault);
/* Attributes of srcPostureAttrs as reach wants them, in the result's arena. */
bool hj__attributes_of(hj__run *run, const hj_entries *posture, hj_origin *origin);

/* -- tests_assert.c: what is noted of an assertion ---------------------------------------------------------- */

/* A new assertion; NULL when memory is out. */
hj_assertion *hj__assert(hj__run *run, bool ssh, uint32_t test, hj_want want, uint32_t node);
/* It fails for its form: for what is wrong with a node, shown as a text, or as it is without data. */
void hj__malform(
	hj__run *run, hj_assertion *assertion, uint32_t node, hj_slice text, const char *fault);
/* The rule of a permit, or of "ssh", by index. */
hj_rule_place hj__place_of(const hj__run *run, bool ssh, uint32_t by);
/* Copies of what an answer says: facts are gathered over all sources. */
void hj__keep_facts(hj__run *run, hj_assertion *assertion, const hj_slice *facts, uint32_t count);
void hj__keep_rules(hj__run *run, hj_assertion *assertion, const uint32_t *by, uint32_t count);
/* Does a source's answer decide more than those before: for a deny the best, else the worst? */
bool hj__decides(const hj_assertion *assertion, hj__tally *tally, hj_truth truth);
/* What the answers come to; template: a placeholder in the entry leaves all open. */
void hj__conclude(hj__run *run, hj_assertion *assertion, const hj__tally *tally, bool template);

/* Tells the witness that the assertions of an entry, the last ones, are judged. */
void hj__tell_settled(hj__run *run, size_t from);

/* -- tests_login.c ---------------------------------------------------------------------------------- */

/* An entry of "sshTests". */
void hj__run_login(hj__run *run, uint32_t index);

/* -- tests_why.c: sentences ------------------------------------------------------------------------- */

/* What is in run->words becomes the assertion's sentence, about a node of the rules. */
void hj__say(hj__run *run, hj_assertion *assertion, uint32_t node);
/* `"TEXT": FAULT`, or the fault alone for a text without data. */
void hj__say_fault(hj__run *run, hj_assertion *assertion, hj_slice text, const char *fault);
/* Adds "acls[2], line 14": the rule, and the line of the part of it that matters. */
void hj__add_place(hj__run *run, hj_rule_place rule, uint32_t node);
/* Why a source does not reach what an accept wants; reach stands at the source. */
void hj__explain_drop(hj__run *run, hj_assertion *assertion, const hj_subject *source,
	const hj_subject *destination);
/* Which permit, or rule of "ssh", lets a source in that a deny wants to keep out. */
void hj__explain_entry(
	hj__run *run, hj_assertion *assertion, const hj_subject *source, uint32_t by);
/* On what it hangs: its facts. */
void hj__explain_doubt(hj__run *run, hj_assertion *assertion);

#endif
