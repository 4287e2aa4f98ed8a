/*
 * Who defines and who uses the names of a policy: tags, groups, hosts, IP sets, postures.
 *
 * Gathered in one walk, linear in the document; everything is borrowed from the document and from
 * the references' own arena. Works on broken documents as far as their nodes go; whether an
 * undefined name means anything there is for the caller to judge (`sound`).
 *
 * Shared inside the library.
 */
#ifndef HJ_POLICY_REFERENCES_H
#define HJ_POLICY_REFERENCES_H

#include "base/map.h"
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

/* The section that defines one kind of name. */
typedef struct hj_section {
	uint32_t name;  /* the node of its name; 0: there is none */
	uint32_t value; /* its object */
	bool sound;     /* it is an object without a syntax error in it; true when absent */
} hj_section;

typedef struct hj_references {
	hj_mentions definitions, uses; /* each in document order */
	hj_map defined[HJ_NAME_KINDS]; /* name → index in definitions */
	hj_map folded[HJ_NAME_KINDS];  /* the same in lower case, made when first asked for */
	bool is_folded[HJ_NAME_KINDS]; /* it has been made */
	hj_section section[HJ_NAME_KINDS];
	hj_map people;           /* bare words in groups and as owners: headscale's user names */
	bool has_rules;          /* there is "acls" or "grants" */
	uint32_t known_sections; /* top-level names that the schema knows, with a fitting value */
	hj_arena arena;
} hj_references;

/* HJ_NO_MEMORY: nothing to free. */
hj_status hj_references_gather(
	const hj_document *document, const hj_allocator *allocator, hj_references *out);
void hj_references_free(hj_references *references);

/* The definition of a name, as spelt (tags in lower case), or NULL. */
const hj_mention *hj_references_find(
	const hj_references *references, hj_name_kind kind, hj_slice name);
/*
 * The same without regard to ASCII case; *out is NULL when there is none. HJ_NO_MEMORY only.
 */
hj_status hj_references_find_folded(
	hj_references *references, hj_name_kind kind, hj_slice name, const hj_mention **out);

/*
 * What a selector's text names: its kind, and in *name the part of the text that is the name (for a
 * host without "host:"). HJ_NO_NAME for what no policy defines: users, addresses, autogroups,
 * groups synced from elsewhere (group:x@domain), services, and texts with a template's placeholder
 * in them (${VAR}), which nobody can judge.
 */
hj_name_kind hj_selector_names(hj_slice text, const hj_position *position, hj_slice *name);

#endif
