/*
 * Access: what people ask of a policy. May she reach that? Who reaches this? What does he reach?
 *
 * Answers are in the policy's own words: a whole group is its name, not its members again, and what a
 * wider line says already is left out (a tag under autogroup:tagged with the same ports and no more).
 * Each line names the rules that say so. The network (acls, grants), Tailscale SSH and capabilities of
 * applications are lines of different kinds.
 *
 * All results own their memory and lists, and borrow texts from the policy, its world and the reach
 * that was asked; free them first. what: a constant sentence after HJ_INVALID, which means that a text
 * stands for nothing here ("no such group"); everything else fails with HJ_NO_MEMORY only, and then
 * there is nothing to free.
 */
#ifndef HJ_ACCESS_ACCESS_H
#define HJ_ACCESS_ACCESS_H

#include "engine/login.h"
#include "engine/tests.h"

typedef enum hj_access_kind { HJ_ACCESS_NETWORK, HJ_ACCESS_SSH, HJ_ACCESS_APP } hj_access_kind;

enum { HJ_ACCESS_ENOUGH = 100000 }; /* pairs, when the verdict can be no other any more */

/* How many names a list of examples holds at most; counts are of all. */
enum { HJ_ACCESS_NAMES = 8 };
typedef struct hj_access_names {
	hj_slice items[HJ_ACCESS_NAMES];
	uint32_t count;  /* of items */
	uint64_t of_all; /* that there are */
} hj_access_names;

/*
 * A destination as people write it: HOST, HOST:PORT, HOST:PORT/PROTOCOL, with "*" for any
 * port; IPv6 in brackets before a port. What a policy calls "tag:443" is a tag.
 */
typedef struct hj_access_target {
	hj_slice destination; /* borrowed from the text */
	int protocol, port;   /* as hj_reach_to: -1 where they are not given */
} hj_access_target;
HJ_API hj_status hj_access_target_read(
	hj_reach *reach, hj_slice text, hj_access_target *out, const char **what);

/*
 * Appends a rule as JSON on one line, without its comments. Nothing for HJ_OF_NO_RULE. HJ_NO_MEMORY, or
 * as the text fails.
 */
HJ_API hj_status hj_rule_text_append(hj_text *out, const hj_policy *policy, hj_rule_place place);

/* -- lists: who, what ------------------------------------------------------------------------------ */

/*
 * Somebody may do something: one source, one destination, under one condition.
 *
 * source and destination are as rules write them, with hosts by their alias and tags in lower case; the
 * side that was asked for is the text that was asked for. Of a destination autogroup:self, asked for by
 * somebody's login, the source is that login.
 */
typedef struct hj_access_line {
	hj_access_kind kind;
	hj_slice source, destination;
	hj_services services;     /* NETWORK */
	hj_slice capability;      /* APP: "example.com/cap/x" */
	const hj_slice *accounts; /* SSH: as "users" writes them, each once */
	uint32_t account_count;
	bool check;              /* SSH: after a check */
	bool closed;             /* SSH: the network does not open port 22 for all of the line */
	const hj_words *posture; /* one of these has to be met; NULL: no matter */
	const hj_words *via;     /* only through a device with one of these tags; NULL: no matter */
	bool partly;             /* only for some of what was asked for: */
	hj_access_names parts;   /* these */
	bool depends;            /* on facts that nobody gave: */
	hj_access_names facts;   /* these */
	const hj_rule_place
		*rules; /* in the order of the document; section NO_RULE: there are none */
	uint32_t rule_count;
} hj_access_line;

typedef struct hj_access_list {
	hj_access_line *lines; /* by kind, then from wide to narrow, then by name */
	uint32_t count;
	uint32_t left_out; /* rules that hang on whose device an address is, and were not wanted */
	hj_arena arena;
	const hj_allocator *allocator;
} hj_access_list;
HJ_API void hj_access_list_free(hj_access_list *list);

/*
 * Who reaches a destination? With a protocol or port only those who reach that port (as hj_reach_to
 * counts: protocol -1 is TCP or UDP, port -1 any); then SSH is listed for port 22 of TCP, capabilities
 * are not.
 *
 * Of "*" and autogroups only what all of them may is told: that some member may do something is no news.
 * Neither is that any device may have a tailnet address of which nobody says whose it is: rules that
 * hang on that are told when `all` is set.
 */
HJ_API hj_status hj_access_who(hj_reach *reach, const hj_access_target *target, bool all,
	const hj_allocator *allocator, hj_access_list *out, const char **what);
/* What does a source reach? */
HJ_API hj_status hj_access_what(hj_reach *reach, hj_slice source, bool all,
	const hj_allocator *allocator, hj_access_list *out, const char **what);
/* Everything: each source and destination of every rule. */
HJ_API hj_status hj_access_all(hj_reach *reach, const hj_allocator *allocator, hj_access_list *out);

/* -- can ------------------------------------------------------------------------------------------- */

typedef struct hj_access_question {
	hj_access_kind kind;
	hj_slice source, destination;
	int protocol, port;  /* NETWORK: as hj_reach_to */
	hj_slice account;    /* SSH: empty asks for any */
	hj_slice capability; /* APP */
} hj_access_question;

typedef enum hj_access_verdict {
	HJ_ACCESS_BLOCKED,
	HJ_ACCESS_DEPENDS, /* some hang on facts, and the others are all alike */
	HJ_ACCESS_SOME,    /* some may, some may not */
	HJ_ACCESS_ALLOWED, /* all may */
} hj_access_verdict;
/* "blocked", "depends", "some", "allowed" */
HJ_API const char *hj_access_verdict_text(hj_access_verdict verdict);

/*
 * The answer is about pairs: everything that the source stands for, with everything that the
 * destination does. A session of SSH needs a rule of "ssh" and port 22 (policy language 12.1), so it is
 * allowed when both are.
 */
typedef struct hj_access_answer {
	hj_access_verdict verdict;
	uint64_t pairs;
	/* Of those, the pairs that were asked for: all, but that more of them need not be once some are
	   allowed and some blocked. Counts and examples are of these. */
	uint64_t asked;
	/* "ann@example.com", or with several destinations "ann@example.com → tag:db". */
	hj_access_names allowed, depends, blocked;
	bool check;                 /* SSH: some session only after a check */
	const hj_rule_place *rules; /* that allow it, or may, in the order of the document */
	uint32_t rule_count;
	hj_access_names facts;
	/* Why the first blocked pair is blocked: a sentence without a full stop, "port 22 is not in
	   tcp:5432", and the node that it is about; size 0 and 0: nothing is blocked, or no rule comes near. */
	hj_slice nearest;
	uint32_t nearest_node;
	hj_arena arena;
} hj_access_answer;
HJ_API hj_status hj_access_can(hj_reach *reach, const hj_access_question *question,
	const hj_allocator *allocator, hj_access_answer *out, const char **what);
HJ_API void hj_access_answer_free(hj_access_answer *answer);

#endif
