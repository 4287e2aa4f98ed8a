/*
 * What the files shape….c share: their rules, the state of one run, a record at hand.
 *
 * Shared inside the folder.
 */
#ifndef HJ_POLICY_SHAPE_PARTS_H
#define HJ_POLICY_SHAPE_PARTS_H

#include "policy/accept.h"
#include "policy/schema.h"
#include "policy/shape.h"

enum {
	T_UNKNOWN_FIELD,
	T_WRONG_TYPE,
	T_MISSING_FIELD,
	T_BOTH_SPELLINGS,
	T_NULL_VALUE,
	T_ROOT_NOT_OBJECT,
	T_DENY_ALL,
	T_FIELD_CASE,
	T_COMMENT_AS_FIELD,
	T_COUNT,
};

extern const hj_rule hj__section_rule;
extern const hj_rule hj__shape_table[T_COUNT];

typedef struct hj_shape {
	const hj_document *document;
	const hj_node *nodes;
	hj_findings *findings;
	hj_arena arena; /* decoded names */
	bool headscale; /* what it alone takes is right */
	bool ok;        /* false: memory was out */
} hj_shape;

/* A record at hand: which of its fields are there, by the nodes of their names. */
enum { MOST_FIELDS = 32 };
typedef struct hj_members {
	const hj_type *type;
	uint32_t object;
	uint32_t name[MOST_FIELDS], alias[MOST_FIELDS]; /* 0: not there */
	bool strangers;                                 /* there are unknown names */
	bool loose; /* nobody knows whether the service looks inside */
} hj_members;

static inline hj_kind kind_of(const hj_shape *run, uint32_t node)
{
	return hj_node_kind(&run->nodes[node]);
}

static inline hj_slice name_at(hj_shape *run, uint32_t node)
{
	return hj_string_value(run->document, node, &run->arena, &run->ok);
}

/* The name of the next member. */
static inline uint32_t after(const hj_shape *run, uint32_t name)
{
	return run->nodes[run->nodes[name].next].next;
}

static inline hj_span span_of(const hj_shape *run, uint32_t node)
{
	return hj_node_span(&run->nodes[node]);
}

/* The decoder refuses it, in words that nobody has recorded. */
void hj__refuse(hj_finding *finding, uint32_t node);
void hj__refuse_field(hj_shape *run, hj_finding *finding, uint32_t name);
/* Replaces what is between the quotes of a name. */
void hj__rename(hj_shape *run, hj_finding *finding, uint32_t name, const char *meant);

/* The index of a field by its exact name; field_count when there is none. */
size_t hj__field_index(const hj_type *record, const char *field);
/* "a number". */
const char *hj__kind_text(hj_kind kind);

/* A name that no field has: says so, and what may have been meant. */
void hj__check_stranger(hj_shape *run, uint32_t name, const hj_members *record);
/* A value that does not fit: null, a wrong type, a bare string for a list. */
void hj__check_type(hj_shape *run, const hj_stop *stop);

#endif
