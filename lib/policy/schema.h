/*
 * The shape of a policy: its sections, their fields, and where names of other things stand.
 *
 * One table says it all (schema.c); rules, completion and hover texts read it. A type is known by
 * its address. A walk goes through a document along the table, without recursion and in time linear
 * in the nodes of known places; what the table does not know is stepped over.
 *
 * Shared inside the library. Names are matched as the service does: field names without regard to
 * ASCII case, names that the author chose exactly.
 */
#ifndef HJ_POLICY_SCHEMA_H
#define HJ_POLICY_SCHEMA_H

#include "syntax/document.h"
#include "syntax/string.h"

/* The kinds of names that a policy defines and refers to. */
typedef enum hj_name_kind {
	HJ_NO_NAME,
	HJ_TAG,     /* tag:NAME, ASCII case folded; tagOwners */
	HJ_GROUP,   /* group:NAME; groups */
	HJ_HOST,    /* NAME; hosts */
	HJ_IPSET,   /* ipset:NAME; ipsets */
	HJ_POSTURE, /* posture:NAME; postures */
	HJ_NAME_KINDS,
} hj_name_kind;

typedef struct hj_name_info {
	const char *noun;    /* "tag" */
	const char *prefix;  /* "tag:"; "" for hosts */
	const char *section; /* "tagOwners" */
} hj_name_info;

/* kind is not HJ_NO_NAME. */
const hj_name_info *hj_name_info_of(hj_name_kind kind);

/* Where a selector stands: which names are meant there, and how the text is written. */
typedef struct hj_position {
	const char *path;  /* "acls[].src" */
	unsigned names;    /* 1U << hj_name_kind, or-ed: an undefined name of these is a fault */
	bool ports;        /* HOST:PORTS, lower-cased by the service before it looks */
	bool operation;    /* "add " or "remove " may come first, hosts are written host:NAME */
	bool undocumented; /* nothing is known of what the service checks here */
	bool test;         /* nothing is allowed or defined by it */
} hj_position;

typedef enum hj_type_kind {
	HJ_ANYTHING,   /* not looked into */
	HJ_TEXT,       /* a string */
	HJ_SWITCH,     /* true or false */
	HJ_QUANTITY,   /* a number */
	HJ_LIST,       /* an array of `item` */
	HJ_DICTIONARY, /* an object: names that the author chose, each with an `item` */
	HJ_RECORD,     /* an object with `fields` */
} hj_type_kind;

typedef struct hj_type hj_type;

/*
 * A field, and where the structures of policy.h keep its value: bytes from the start of the
 * record's structure; 0: nowhere. What was written under the alias is kept at `at` and at
 * `alias_at`.
 */
typedef struct hj_field {
	const char *name;
	const char *alias; /* an older name for the same, or NULL */
	const hj_type *type;
	size_t at, alias_at;
	bool required; /* the documentation says so */
	bool nullable; /* null is known to be as good as nothing */
} hj_field;

struct hj_type {
	hj_type_kind kind;
	const hj_type *item;         /* of a list or dictionary; of an open record's other fields */
	const hj_field *fields;      /* of a record */
	size_t field_count;          /* of a record */
	size_t size;                 /* of a record's structure in policy.h; 0: it has none */
	const hj_position *position; /* of a text that is a selector, else NULL */
	const hj_position *keys;     /* of a dictionary whose names are selectors, else NULL */
	hj_name_kind defines; /* of a dictionary whose names define something, else HJ_NO_NAME */
	bool open;            /* a record that may have other fields too */
	bool entries;         /* an open record without a structure: kept as hj_entries */
	bool nullable;        /* null means something, or is known to be as good as nothing */
	bool loose;           /* nobody knows what the service checks inside */
	bool numeric;         /* a text that headscale takes as a number too */
	const char *noun;     /* of a record that is not open: "a grant" */
};

/* The whole policy: a record whose fields are the sections. */
extern const hj_type hj_policy_type;

/*
 * What a field's value becomes in a policy:
 *
 *	HJ_ANYTHING                 uint32_t, the node
 *	HJ_TEXT                     hj_word
 *	HJ_SWITCH                   hj_flag
 *	HJ_LIST of HJ_TEXT          hj_words
 *	HJ_LIST of HJ_RECORD        {node, count, items}, the items of the record's size
 *	HJ_DICTIONARY               hj_entries
 *	HJ_RECORD                   its structure, hj_entries, or uint32_t, the node
 *
 * All begin with the node, which is 0 as long as there is no value.
 */

/* The selector in a text at a position: HOST of HOST:PORTS, the target of an operation. */
hj_slice hj_position_selector(const hj_position *position, hj_slice text);

/* The field of a record that a name means, by name or alias; NULL when there is none. */
const hj_field *hj_field_find(const hj_type *record, hj_slice name);
/* Is a name in a document that of a field? */
bool hj_field_is(const char *field, hj_slice name);
/* Could a node of this JSON kind be a value of the type? A list may be given by one element. */
bool hj_type_fits(const hj_type *type, hj_kind kind);

/* One place on a walk: a value, and what the table knows of it. */
typedef struct hj_stop {
	uint32_t node;         /* the value */
	uint32_t name;         /* the node of its name, or 0 when it has none (0 is the root) */
	const hj_type *type;   /* fits the value; NULL: what is wanted does not (see strangers) */
	const hj_type *wanted; /* a list also where a bare string stands for it; else the type */
	const hj_field *field; /* of a record's member, else NULL */
	const hj_type *within; /* of the container; NULL for the root */
	uint32_t owner;        /* without a name: that of the nearest container with one, or 0 */
	bool loose;            /* inside of something loose */
} hj_stop;

enum { HJ_WALK_DEPTH = 16 }; /* the table is not as deep; a test holds it to that */

typedef struct hj_walk {
	const hj_document *document;
	const hj_node *nodes;
	const char *data; /* of the source */
	hj_arena *arena;  /* for names with escapes */
	bool ok;          /* false: memory was out */
	bool strangers;   /* set after begin: stop also at values that do not fit */
	/* So far every value fits, and every record that is not open has only its own fields, each
	   once, spelt as here, and those that are required. */
	bool regular;
	bool started;
	unsigned depth;
	struct hj_walk_level {
		const hj_type *type; /* what the container is */
		uint32_t at, end;    /* next child, and where the children end */
		uint32_t owner;      /* of the stops inside */
		uint32_t seen;       /* of a record: the fields met, one bit each */
		uint32_t next;       /* the field that comes next in the table, and here mostly */
		bool named;          /* an object: children are pairs */
		bool loose;
	} levels[HJ_WALK_DEPTH];
} hj_walk;

/*
 *     hj_walk walk;
 *     hj_walk_begin(&walk, document, &arena);
 *     for (hj_stop stop; hj_walk_next(&walk, &stop);) …
 *
 * Containers come before what is in them; the root comes first when it is an object.
 */
void hj_walk_begin(hj_walk *walk, const hj_document *document, hj_arena *arena);
bool hj_walk_next(hj_walk *walk, hj_stop *stop);

#endif
