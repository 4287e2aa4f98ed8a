/*
 * What the files of the conversion share:
 *
 *     convert_list.c   an array or object taken apart, with the gaps that belong to its items
 *     convert_read.c   a rule → its grants: which destinations go with which ports
 *     convert_write.c  a grant as text
 *     convert_merge.c  the rewritten section behind the grants that are there
 *     convert.c        all rules, and the proof
 */
#ifndef HJ_CHANGE_CONVERT_PARTS_H
#define HJ_CHANGE_CONVERT_PARTS_H

#include "change/convert.h"
#include "policy/ports.h"
#include "syntax/gap.h"

/* -- lists ------------------------------------------------------------------------------------- */

/*
 * An element of an array, or a member of an object, and the gaps around it, which are slices of the
 * source. Of what stands on one line after a comma the item before it is the owner.
 */
typedef struct hj__list_item {
	uint32_t name, value; /* nodes; name is 0 in an array */
	hj_slice lead;        /* before it, from the end of the line before */
	hj_slice trail;       /* between it and its comma */
	hj_slice behind;      /* comments after its comma on its line; without a comma after it */
} hj__list_item;

typedef struct hj__list {
	hj_slice head; /* comments behind the opening bracket on its line */
	hj__list_item *items;
	uint32_t count;
	hj_slice closing; /* before the closing bracket */
	hj_slice line;    /* the line feed and indentation before an item; size 0: before none */
	bool comma;       /* after the last item */
} hj__list;

/* Linear in the container's nodes and gaps. HJ_NO_MEMORY. */
hj_status hj__list_read(
	const hj_document *document, uint32_t container, hj_arena *arena, hj__list *out);

/* For hj_gap_next; of a slice without bytes there are no pieces. */
static inline hj_gap hj__gap_of(hj_slice text)
{
	return text.size ? (hj_gap){text.data, text.data + text.size} : (hj_gap){0};
}
bool hj__gap_comments(hj_slice gap);
/* The line feed and indentation at the end of a gap; size 0: what follows stands on the same line. */
hj_slice hj__gap_break(hj_slice gap);
/* The gap without white space at its beginning. */
hj_slice hj__gap_content(hj_slice gap);
/* The gap with nothing but white space, as if there had been no comments. */
hj_slice hj__gap_bare(hj_slice gap);
/*
 * What goes before an item that is put after number i: a line feed and indentation where items stand
 * on lines of their own, or where a line comment leaves no choice; else a blank.
 */
hj_slice hj__list_break(const hj__list *list, uint32_t i);

/* -- writing ----------------------------------------------------------------------------------- */

/* Text that is put together from pieces of the source; a line comment always ends with its line. */
typedef struct hj__writer {
	hj_text text;
	hj_slice line; /* what to put where a line has to end: "\n\t\t" */
	bool open;     /* a line comment stands at the end */
	bool bare;     /* gaps are put without their comments */
} hj__writer;

void hj__writer_init(hj__writer *writer, hj_slice line, const hj_allocator *allocator);
/* Text that is no gap. */
void hj__write(hj__writer *writer, hj_slice text);
void hj__write_gap(hj__writer *writer, hj_slice gap);
/*
 * The comments of an item that is left out, on the line where it stood: between name and colon, before
 * and behind it. Nothing when it has none.
 */
void hj__write_left(hj__writer *writer, const hj_document *document, const hj__list_item *item);

/* -- one rule ---------------------------------------------------------------------------------- */

/* A destination without its ports, as often as it is listed. */
typedef struct hj__target {
	hj_slice host; /* without brackets */
	hj_ports *ports;
	uint32_t port_count, capacity;
	uint32_t grant;   /* in which it stands */
	uint32_t element; /* of "dst", in which it is listed first */
	bool self;        /* "*" has to become autogroup:member */
} hj__target;

typedef struct hj__rule_read {
	const hj_acl *acl;
	hj_slice proto; /* lower case; size 0: none */
	hj__target *targets;
	uint32_t target_count;
	uint32_t *target_of;  /* each element of "dst" */
	uint32_t *leader;     /* of each grant, the target that came first */
	uint32_t grant_count; /* 1 at least */
} hj__rule_read;

typedef struct hj__convert {
	const hj_policy *policy;
	const hj_document *document;
	const hj_node *nodes;
	hj_conversion *out;
	hj_arena arena; /* for the time of the conversion */
	const hj_allocator *allocator;
} hj__convert;

/* Adds an obstacle. HJ_NO_MEMORY only. */
hj_status hj__obstacle(hj__convert *run, uint32_t node, const char *format, ...)
#if defined(__GNUC__)
	__attribute__((format(printf, 3, 4)))
#endif
	;

/* *good: there is no obstacle in the rule, and *out is all of it. Near-linear. */
hj_status hj__rule_read_acl(hj__convert *run, const hj_acl *acl, const hj__list *members,
	hj__rule_read *out, bool *good);

/* Which of a rule's fields a member is. */
typedef enum hj__field {
	HJ__FIELD_ACTION,
	HJ__FIELD_PROTO,
	HJ__FIELD_SRC,
	HJ__FIELD_DST,
	HJ__FIELD_OTHER
} hj__field;
hj__field hj__field_of(const hj_acl *acl, uint32_t value);

/*
 * Appends grant number k as an object. The first has all comments, but those of destinations that
 * stand in another; the others have only those.
 */
hj_status hj__grant_write(hj__convert *run, const hj__rule_read *rule, const hj__list *members,
	uint32_t k, hj_text *out);

/* -- sections ---------------------------------------------------------------------------------- */

/* A section that is an array. */
typedef struct hj__section {
	uint32_t name, value; /* nodes; 0: there is none */
	hj__list list;
} hj__section;

/*
 * Adds the edits that move the rules of a section, changed by `rewritten`, behind those of another, with
 * all comments on and around it, and remove it.
 */
hj_status hj__section_merge(hj__convert *run, const hj__section *from, const hj__section *to,
	const hj_edits *rewritten, hj_edits *edits);

/* -- proof ------------------------------------------------------------------------------------- */

/*
 * Sets the result to what is wrong with a document that the edits make: that it would be refused, or
 * allows something else. HJ_SYNTAX: it does not parse.
 */
hj_status hj__conversion_prove(hj__convert *run, const hj_edits *edits);

#endif
