/*
 * What the files cover….c share: rules cut into atoms, and the index that finds them.
 *
 * Shared inside the folder.
 */
#ifndef HJ_LINT_COVER_PARTS_H
#define HJ_LINT_COVER_PARTS_H

#include "lint/cover.h"
#include "lint/members.h"
#include "policy/ports.h"

typedef struct hj_cover_name {
	hj_slice text;
	bool inside;   /* "*" includes it as a source */
	bool tag;      /* autogroup:tagged includes it */
	bool internet; /* "*" does not include it as a destination */
	bool narrows;  /* a condition on sources alone: a rule without conditions is wider */
	bool user;
} hj_cover_name;

typedef struct hj_cover_atom {
	uint32_t condition, src, dst; /* tokens; condition 0: none */
	int protocol;                 /* -1: the usual ones */
	hj_ports ports;
	uint32_t rule;
} hj_cover_atom;

/* Those of "acls", then those of "grants". */
typedef struct hj_cover_rule {
	uint32_t first, count; /* atoms */
	bool judged;           /* all that it allows is in its atoms */
} hj_cover_rule;

/* The atoms of one key. */
typedef struct hj_cover_bucket {
	uint32_t atom; /* one of them */
	uint32_t start, count;
} hj_cover_bucket;

typedef struct hj_coverage {
	hj_lint_run *run;
	hj_arena arena;
	hj_map ids;
	uint32_t *known[2];    /* the token of each term, as it is and in lower case; 0: not yet */
	hj_cover_name *tokens; /* [0] is none */
	size_t token_count, token_capacity;
	hj_cover_atom *atoms;
	size_t atom_count, atom_capacity;
	uint32_t *sources; /* of the rule at hand */
	size_t source_count, source_capacity;
	hj_cover_rule *rules;
	size_t rule_count; /* read so far, of as many as there are */
	hj__members members;
	uint32_t star, tagged, danger; /* tokens, 0 where nobody uses them */
	bool has_default;              /* there is a defaultSrcPosture */
	uint32_t *slots;               /* by the hash of a key 1 + its bucket; 0: free */
	size_t slot_count;             /* a power of two */
	hj_cover_bucket *buckets;
	size_t bucket_count, bucket_capacity;
	uint32_t *order;  /* atoms by bucket, then by ports */
	uint32_t *widest; /* for each place in order the atom so far that ends last */
	hj_status status;
} hj_coverage;

/* Cuts every rule of "acls" and "grants" into atoms; the status says whether memory was there. */
void hj__cover_read(hj_coverage *cover);

#endif
