/*
 * A policy's tests: does what "tests" and "sshTests" assert hold (control plane 12 and 13, policy
 * language 9)?
 *
 * An entry of "tests" asserts one thing for each string of "accept" and "deny"; one of "sshTests" for
 * each account and each destination. Each assertion is judged alone: it passes, fails, or depends on
 * facts that only the tailnet knows. An accept has to hold for everything that its source stands for,
 * a deny is broken by any of it; of a destination with several addresses one is enough (control
 * plane 12 leaves both open and proposes this). A source is an imaginary device that has only the
 * identity that the test names, and the attributes in srcPostureAttrs; what is not among them is not
 * set (policy language 9.5).
 *
 * What has a form that the service cannot run fails, a deny too: no source, nothing asserted, unknown
 * names, networks, wildcards, anything but one port. Whether accepts of SSH may come from a rule that
 * checks is open; here they may, and a check may not come from one that accepts (control plane 13).
 */
#ifndef HJ_ENGINE_TESTS_H
#define HJ_ENGINE_TESTS_H

#include "engine/login.h"
#include "policy/accept.h"

typedef enum hj_want {
	HJ_WANT_NOTHING, /* an entry that asserts nothing */
	HJ_WANT_ACCEPT,
	HJ_WANT_CHECK, /* sshTests */
	HJ_WANT_DENY,
} hj_want;

typedef enum hj_got { HJ_GOT_DROP, HJ_GOT_ACCEPT, HJ_GOT_CHECK, HJ_GOT_DEPENDS } hj_got;

typedef enum hj_rule_section { HJ_OF_NO_RULE, HJ_OF_ACLS, HJ_OF_GRANTS, HJ_OF_SSH } hj_rule_section;

/* A rule of the policy. */
typedef struct hj_rule_place {
	hj_rule_section section; /* NO_RULE: there are no rules, so everything is allowed */
	uint32_t index;          /* in the section */
	uint32_t node;           /* in the document of the rules */
} hj_rule_place;

enum { HJ_RULES_KEPT = 64, HJ_FACTS_KEPT = 64 }; /* of an assertion; more are not listed */

typedef struct hj_assertion {
	bool ssh;       /* of "sshTests" */
	bool malformed; /* it fails for its form */
	hj_want want;
	hj_got got;         /* DROP where it is malformed */
	hj_truth pass;      /* MAYBE: it depends */
	bool far;           /* a deny that no rule comes near; with a witness alone */
	int protocol, port; /* as hj_reach_to wants them */
	uint32_t test;      /* index in policy->tests or policy->ssh_tests */
	uint32_t
		node; /* the string that asserts: a destination, of SSH an account; else the entry */
	uint32_t fault; /* of a malformed one what is at fault: a string, or the whole entry */
	hj_word src, dst, proto;
	hj_word account;            /* SSH */
	const hj_rule_place *rules; /* that allow it; when it depends, those that may */
	uint32_t rule_count;
	hj_slice *facts; /* when it depends: sentences as in reach.h */
	uint32_t fact_count;
	/* Why it does not pass, as a sentence without a full stop: the nearest miss, what lets it in, or
	   what is wrong with it. Lines in it are those of the rules' document. Size 0 when it passes. */
	hj_slice why;
	uint32_t
		why_node; /* what the sentence is about, in the document of the rules; 0: nothing */
} hj_assertion;

typedef struct hj_assertions {
	hj_assertion *items; /* tests first, in the order of the document */
	size_t count, capacity;
	size_t passed, failed, depending;
	const hj_document *rules_document; /* of the rules that they were run against */
	hj_arena arena;                    /* owns the texts */
} hj_assertions;

/* Told about flows while reach stands at their source; see coverage.h. */
typedef struct hj_witness {
	/* One that an accept or a check found allowed for certain, by these permits (indexes,
	   ascending), or rules of "ssh". */
	hj_status (*allowed)(
		void *context, const hj_assertion *assertion, const uint32_t *by, uint32_t count);
	/* One that a deny of "tests" found blocked for certain. *near: some rule comes near. */
	hj_status (*blocked)(void *context, const hj_assertion *assertion,
		const hj_subject *destination, bool *near);
	/* What the flows of an entry came to: its assertions, judged. */
	void (*settled)(void *context, const hj_assertion *assertions, size_t count);
	void *context;
} hj_witness;

/*
 * Runs the tests of a policy, its own or another's, against the rules that reach answers for. All of
 * them are borrowed by the result, which is freed with hj_assertions_free. witness may be NULL.
 * HJ_NO_MEMORY: there is nothing to free.
 */
HJ_API hj_status hj_assertions_run(hj_reach *reach, const hj_policy *tests,
	const hj_witness *witness, const hj_allocator *allocator, hj_assertions *out);
/*
 * The same, looking for failures alone: what does not fail for certain is said to pass, depending or
 * not. Costs less by far where much depends.
 */
HJ_API hj_status hj_assertions_run_failures(
	hj_reach *reach, const hj_policy *tests, const hj_allocator *allocator, hj_assertions *out);
HJ_API void hj_assertions_free(hj_assertions *assertions);

/* "accept", "check", "deny"; "" for NOTHING. "drop", "accept", "check", "depends". */
HJ_API const char *hj_want_text(hj_want want);
HJ_API const char *hj_got_text(hj_got got);
/* What it wants to get: a deny wants a drop. */
HJ_API hj_got hj_wanted(hj_want want);
/* Appends "acls[3]", "grants[0]", "ssh[1]". */
HJ_API void hj_rule_place_append(hj_text *out, hj_rule_place place);

/* -- findings ------------------------------------------------------------------------------------ */

/* The rules E020 and on, ordered by code. */
const hj_rule *hj_assertion_rules(size_t *count);
/* The one of them that finds what depends. */
const hj_rule *hj_doubt_rule(void);

/*
 * Adds an error for each assertion that fails, which refuses, and for each that depends, which does
 * not. One mistake gives one finding: where the list has an error already at an assertion's string, at
 * its source, for the whole entry, or in the rule that comes nearest, there is none. forms: also those that fail for their form, which
 * acceptance and the linter find where they can. The findings' document is that of the tests; places
 * in the rules are related when it is theirs too. HJ_NO_MEMORY only. n log n.
 */
HJ_API hj_status hj_assertions_find(
	const hj_assertions *assertions, const hj_policy *tests, bool forms, hj_findings *findings);

/* -- the service's answer ------------------------------------------------------------------------ */

/* An item of "data": what failed, by source, in the order of the first failures of each. */
typedef struct hj_test_errors {
	hj_slice user;    /* the source */
	hj_slice *errors; /* `address "tag:db:5432": want: Accept, got: Drop` */
	uint32_t count;
} hj_test_errors;

/* In the assertions' arena. *count is 0 when nothing failed. HJ_NO_MEMORY only. */
HJ_API hj_status hj_assertions_errors(
	hj_assertions *assertions, const hj_test_errors **out, uint32_t *count);

/*
 * A list of tests without a policy, as the API takes it: [{"src": …, "accept": […]}, …]. Read as the
 * tests of a policy that has nothing else. HJ_SYNTAX: it does not parse, and the reference's sentence
 * is appended to why. HJ_INVALID: it is no list.
 */
typedef struct hj_test_list {
	hj_source *source;
	hj_document *document;
	hj_policy policy;
} hj_test_list;
HJ_API hj_status hj_test_list_read(
	hj_slice body, const hj_allocator *allocator, hj_test_list *out, hj_text *why);
HJ_API void hj_test_list_free(hj_test_list *list);

#endif
