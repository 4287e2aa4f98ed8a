/*
 * Who defines and who uses the names of a policy: tags, groups, hosts, IP sets, postures.
 *
 * What a selector names is found out once for each term, so the uses themselves are those of the
 * policy (hj_policy.uses). Linear; everything is borrowed from the policy, its document and the
 * references' own arena. Works on broken documents as far as their nodes go; whether an undefined
 * name means anything there is for the caller to judge (`sound`).
 *
 * Shared inside the library.
 */
#ifndef HJ_POLICY_REFERENCES_H
#define HJ_POLICY_REFERENCES_H

#include "base/map.h"
#include "policy/policy.h"
#include "policy/schema.h"

typedef struct hj_mention {
	hj_slice name; /* prefix included (hosts have none), tags in lower case */
	hj_span span;  /* the name's bytes in the source; the whole token if it has escapes */
	uint32_t node; /* the string */
	hj_name_kind kind;
	const hj_position *position; /* of a use; NULL for a definition */
} hj_mention;

typedef struct hj_mentions {
	hj_mention *items;
	size_t count, capacity;
} hj_mentions;

/* What a term names; HJ_HOST only where the position means hosts at all. */
typedef struct hj_named {
	hj_slice name; /* as in hj_mention */
	hj_name_kind kind;
	uint32_t definition; /* 1 + its index in definitions; 0: there is none of this spelling */
	bool capitals;       /* of a tag: it was written with some */
} hj_named;

/* The section that defines one kind of name. */
typedef struct hj_section {
	uint32_t name;  /* the node of its name; 0: there is none */
	uint32_t value; /* its object */
	bool sound; /* it is an object without a syntax error in it, or absent and not misspelt */
} hj_section;

typedef struct hj_references {
	const hj_policy *policy;
	hj_mentions definitions;       /* strays first, then in document order */
	hj_named *named;               /* by term */
	hj_map defined[HJ_NAME_KINDS]; /* name → index in definitions */
	hj_map folded[HJ_NAME_KINDS];  /* the same in lower case, made when first asked for */
	bool is_folded[HJ_NAME_KINDS]; /* it has been made */
	hj_section section[HJ_NAME_KINDS];
	hj_map people;  /* bare words in groups and as owners: headscale's user names */
	bool has_rules; /* there is "acls" or "grants" */
	hj_arena arena;
} hj_references;

/* The policy must outlive them. HJ_NO_MEMORY: nothing to free. */
hj_status hj_references_gather(
	const hj_policy *policy, const hj_allocator *allocator, hj_references *out);
void hj_references_free(hj_references *references);

/* What a use names, or NULL. */
static inline const hj_named *hj_references_named(
	const hj_references *references, const hj_use *use)
{
	const hj_named *named = &references->named[use->term];
	bool means =
		named->kind && (named->kind != HJ_HOST || use->position->names & 1U << HJ_HOST);
	return means ? named : NULL;
}
/* The same as a mention, with its place; of kind HJ_NO_NAME when it names nothing. */
hj_mention hj_references_mention(const hj_references *references, const hj_use *use);

/* The definition of a name, as spelt (tags in lower case), or NULL. */
const hj_mention *hj_references_find(
	const hj_references *references, hj_name_kind kind, hj_slice name);
/*
 * The same without regard to ASCII case; *out is NULL when there is none. HJ_NO_MEMORY only.
 */
hj_status hj_references_find_folded(
	hj_references *references, hj_name_kind kind, hj_slice name, const hj_mention **out);

/*
 * What a text names at a position: its kind, and in *name the part of the text that is the name (for
 * a host without "host:"). HJ_NO_NAME for what no policy defines: users, addresses, autogroups,
 * groups synced from elsewhere (group:x@domain), services, and texts with a template's placeholder
 * in them (${VAR}), which nobody can judge.
 */
hj_name_kind hj_selector_names(hj_slice text, const hj_position *position, hj_slice *name);

#endif
