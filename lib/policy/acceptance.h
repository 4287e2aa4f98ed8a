/*
 * What the files accept_….c share: the state of one run, faults, and who may stand where.
 *
 * Shared inside the folder. A section's file goes through its entries, says where it is
 * (hj__at_entry, hj__at_name) and blames: hj__blame makes a finding whose message begins with the
 * entry ("acls[3].dst: …") and which, when its rule is an error, refuses the policy.
 */
#ifndef HJ_POLICY_ACCEPTANCE_H
#define HJ_POLICY_ACCEPTANCE_H

#include "base/map.h"
#include "policy/accept.h"
#include "policy/ports.h"
#include "policy/selector.h"

/* The entry at hand: `acls[3]`, `hosts["nas"]`, or a section as a whole. */
typedef struct hj_entry_place {
	const char *section;
	enum { HJ_WHOLE_SECTION, HJ_BY_INDEX, HJ_BY_NAME } by;
	uint32_t index;
	hj_slice name;
} hj_entry_place;

typedef struct hj_acceptance {
	const hj_policy *policy;
	const hj_node *nodes;
	hj_findings *findings;
	hj_slice domain;     /* of the tailnet; size 0: not known */
	const hj_map *known; /* domain:NAME: its further ones; NULL: none */
	bool headscale;      /* that dialect: users may be bare words */
	hj_map hosts;        /* alias → index in policy->hosts */
	hj_map users;        /* sources of the SSH rule at hand that are users */
	hj_entry_place place;
	hj_text message; /* of the finding in the making */
	hj_text words;   /* the service's */
	hj_stage stage;
	bool ok; /* false: memory was out */
} hj_acceptance;

/* Says which entry is at hand, by index or by name, or that a whole section is. */
void hj__at_entry(hj_acceptance *run, const char *section, uint32_t index);
void hj__at_name(hj_acceptance *run, const char *section, hj_slice name);
void hj__at_section(hj_acceptance *run, const char *section);

/* The step of a rule of acls, grants, ssh or nodeAttrs; the other sections have no steps. */
hj_step hj__step_of(const hj_rule *rule);

/*
 * A fault at a node; of several in a section the service names that of the first node. field is
 * what stands behind the entry in the message (".dst"), or "". NULL when memory is out.
 */
hj_finding *hj__blame(hj_acceptance *run, const hj_rule *rule, uint32_t node, hj_span span,
	const char *field, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* It is not known whether the service refuses this: a warning. */
void hj__doubt(hj_finding *finding);
#define hj__help(run, finding, ...) hj_finding_help((run)->findings, finding, __VA_ARGS__)
/* The service's sentence for a fault that refuses. */
#define hj__says(run, finding, ...)                                                                \
	hj_finding_service(                                                                        \
		(run)->findings, finding, (finding) ? (finding)->refusal : 0, __VA_ARGS__)
/* The selector of a word at a position without ports or operations. */
static inline hj_selector hj__selector(const hj_acceptance *run, hj_word word)
{
	return hj_policy_selector(run->policy, word.term, word.text);
}
/* The whole slice for "%.*s", where HJ_SLICE_ARGS would cut it. */
#define HJ_WHOLE(slice) (int)(slice).size, (slice).data ? (slice).data : ""

/* The bytes of a part of a word, or its whole token where they cannot be told. */
hj_span hj__part(const hj_acceptance *run, hj_word word, hj_slice part);
/* The bracket that opens an entry. */
hj_span hj__opening(const hj_acceptance *run, uint32_t node);

/* -- who may stand where (policy language 4.4) --------------------------------------------------- */

/* One bit a kind of selector, and one an autogroup. */
#define HJ_KIND(kind)  (UINT64_C(1) << (HJ_SELECT_##kind))
#define HJ_AUTO(group) (UINT64_C(1) << (32 + HJ_AUTOGROUP_##group))
#define HJ_ROLES                                                                                   \
	(HJ_AUTO(OWNER) | HJ_AUTO(ADMIN) | HJ_AUTO(IT_ADMIN) | HJ_AUTO(NETWORK_ADMIN) |            \
		HJ_AUTO(BILLING_ADMIN) | HJ_AUTO(AUDITOR))
#define HJ_PEOPLE    (HJ_KIND(USER) | HJ_KIND(GROUP) | HJ_KIND(SYNCED))
#define HJ_ADDRESSES (HJ_KIND(ADDRESS) | HJ_KIND(PREFIX))
uint64_t hj__bit(const hj_selector *selector);

/* A position: what it takes, and the rule that is broken by the rest. */
typedef struct hj_seat {
	const hj_rule *rule;
	const char *field;         /* ".src" */
	const char *noun;          /* "a source" */
	uint64_t allowed, unknown; /* bits; undefined names are for the reference rules */
} hj_seat;

/*
 * Judges a selector by its seat. Returns the finding for one that may not stand there, or of which
 * nobody knows (a warning); NULL when all is well, or nothing can be said.
 */
hj_finding *hj__seat(
	hj_acceptance *run, const hj_seat *seat, hj_word word, const hj_selector *selector);
/*
 * Does a seat take a word, and is nothing else to be asked of it? Of a network the bits are, of a user
 * the form, of a domain whose it is.
 */
static inline bool hj__is_seated(const hj_acceptance *run, const hj_seat *seat, hj_word word)
{
	const hj_selector *selector = &run->policy->terms[word.term].selector;
	return hj__bit(selector) & seat->allowed && selector->kind != HJ_SELECT_PREFIX &&
		selector->kind != HJ_SELECT_DOMAIN && !selector->odd;
}
/* A key of a section whose name lacks the prefix of its kind, or has nothing behind it. */
void hj__blame_name(hj_acceptance *run, const hj_rule *rule, hj_word name, const char *prefix);
/* Is the domain of a selector surely none of the tailnet's? */
bool hj__is_foreign(const hj_acceptance *run, const hj_selector *selector);
/* A prefix with bits set behind its length: a warning. */
void hj__host_bits(hj_acceptance *run, const char *field, hj_word word, const hj_selector *prefix);
/* The definition of a host alias, or NULL. */
const hj_entry *hj__host(const hj_acceptance *run, hj_slice name);

/* -- the tables, and the sections ---------------------------------------------------------------- */

enum {
	A_ACTION,
	A_SELF_SOURCE,
	A_SELF_PARTNER,
	A_SOURCE,
	A_DESTINATION,
	A_MISSING_PORT,
	A_PORT,
	A_PROTOCOL,
	A_PORTLESS,
	A_NOTHING_GRANTED,
	A_IP_ITEM,
	A_CAPABILITY_FORM,
	A_CAPABILITY_DOMAIN,
	A_VIA,
	A_DANGER_ALL,
	A_INTERNET_APP,
	A_DEFAULT_ROUTE,
	A_GRANT_PORT,
	A_HOST_BITS,
	A_MIXED_NAMES,
	A_COUNT,
};
extern const hj_rule hj__acl_rows[A_COUNT];

enum { B_NAME, B_SYNTAX, B_COUNT };
extern const hj_rule hj__posture_rows[B_COUNT];

enum {
	E_SOURCE,
	E_NO_ASSERTION,
	E_DESTINATION,
	E_PORT,
	E_PROTOCOL,
	E_SSH_SOURCE,
	E_SSH_DESTINATION,
	E_SSH_NO_ASSERTION,
	E_SSH_USER,
	E_COUNT,
};
extern const hj_rule hj__test_rows[E_COUNT];

enum { G_NESTED, G_MEMBER, G_GROUP_NAME, G_TAG_NAME, G_OWNER, G_HOST_NAME, G_HOST_VALUE, G_COUNT };
extern const hj_rule hj__name_rows[G_COUNT];

enum {
	H_ACTION,
	H_NO_USERS,
	H_USER,
	H_DOMAIN,
	H_SOURCE,
	H_DESTINATION,
	H_OTHER_USER,
	H_TAG_TO_USER,
	H_TAG_CHECK,
	H_PERIOD,
	H_ENV,
	H_RECORDER,
	H_COUNT,
};
extern const hj_rule hj__ssh_rows[H_COUNT];

enum { I_NAME, I_OPERATION, I_BARE, I_CYCLE, I_COUNT };
extern const hj_rule hj__ipset_rows[I_COUNT];

enum { N_SELF, N_TARGET, N_POOL, N_ROUTE, N_APPROVER, N_SERVICE, N_COUNT };
extern const hj_rule hj__node_rows[N_COUNT];

void hj__accept_acls(hj_acceptance *run);
void hj__accept_grants(hj_acceptance *run);
void hj__accept_ssh(hj_acceptance *run);
void hj__accept_names(hj_acceptance *run);
void hj__accept_attrs(hj_acceptance *run);
void hj__accept_ipsets(hj_acceptance *run);
void hj__accept_postures(hj_acceptance *run);
void hj__accept_tests(hj_acceptance *run);

/* Shared by acls and grants: their sources, and autogroup:self among the destinations. */
void hj__check_sources(hj_acceptance *run, const hj_words *sources);
void hj__check_self(hj_acceptance *run, const hj_words *sources, hj_word self, hj_slice part,
	uint64_t partners);

#endif
