/*
 * The access matrix: rows of sources, columns of destinations, cells of services.
 *
 * Made from rules, not from pairs: what each row is covered by, times where that leads. Only cells with
 * something in them are stored. 20,000 rules, 10,000 users and 50,000 devices take a second.
 */
#ifndef HJ_ACCESS_MATRIX_H
#define HJ_ACCESS_MATRIX_H

#include "access/access.h"

/* What stands on the axes; bits of a mask: 1u << kind. */
typedef enum hj_axis_kind {
	HJ_AXIS_AUTOGROUP, /* "*" and those that rules name, on their side */
	HJ_AXIS_GROUP,
	HJ_AXIS_USER, /* whom the policy or the inventory names */
	HJ_AXIS_TAG,
	HJ_AXIS_HOST, /* aliases in "hosts" */
	HJ_AXIS_IPSET,
	HJ_AXIS_SERVICE, /* destinations alone */
	HJ_AXIS_ADDRESS, /* addresses and prefixes that rules write out */
	HJ_AXIS_DEVICE,  /* of the inventory */
} hj_axis_kind;
enum { HJ_AXIS_KINDS = HJ_AXIS_DEVICE + 1 };
/* "autogroup", "group", "user", "tag", "host", "ipset", "service", "address", "device" */
HJ_API const char *hj_axis_kind_name(hj_axis_kind kind);

typedef struct hj_axis_item {
	hj_axis_kind kind;
	hj_slice name;
	bool empty; /* no cell of it has anything */
} hj_axis_item;

/* Why something is not for all of a row and a column, for certain. Bits. */
enum {
	HJ_PARTLY_SOME = 1,    /* only some of the row, or to some of the column */
	HJ_PARTLY_OWN = 2,     /* autogroup:self: each to their own devices */
	HJ_PARTLY_POSTURE = 4, /* a posture has to be met */
	HJ_PARTLY_VIA = 8,     /* through certain routers, and nobody knows whether they route it */
	HJ_PARTLY_FACT = 16,   /* it hangs on facts that nobody gave */
};

typedef struct hj_matrix_cell {
	uint32_t row, column;
	uint32_t
		services; /* in sets: what one rule or the other allows all of the row to all of the
			      column, without conditions; 0, the empty set, for nothing */
	uint32_t partly;  /* in sets: what is allowed beyond that, for some or under conditions */
	unsigned why;     /* HJ_PARTLY_ bits of that */
	size_t first_rule; /* in rules: those that say so, in the order of the document */
	uint32_t rule_count;
} hj_matrix_cell;

typedef struct hj_matrix {
	hj_axis_item *rows, *columns; /* by kind, then in the order of the policy */
	uint32_t row_count, column_count;
	hj_matrix_cell *cells; /* by row, then column */
	size_t cell_count, cell_capacity;
	hj_services *sets; /* each once; the first is empty */
	hj_slice *texts;   /* of sets, as hj_services_append says them */
	size_t set_count, set_capacity, text_capacity;
	uint32_t *rules; /* of cells: indexes in places */
	size_t rule_count, rule_capacity;
	hj_rule_place *places;
	hj_arena arena;
	const hj_allocator *allocator;
} hj_matrix;

typedef struct hj_matrix_options {
	unsigned rows, columns; /* masks of kinds; 0: autogroups, groups, tags and hosts */
	hj_slice row; /* one row, whatever hj_expand takes, instead of those; size 0: no */
	/* One column, likewise, for rules that have its port; NULL: no. */
	const hj_access_target *column;
} hj_matrix_options;

/*
 * Of "*" and autogroups only what all of them may is here: that some tagged device may do something is
 * no news. Neither is that a device may have a tailnet address of which nobody says whose it is: rules
 * for such an address are in its own row and column alone. Rules without acls and grants: one rule from "*" to "*". options may be NULL. Borrows names from
 * the policy and the inventory. HJ_INVALID, and *what, for a row or column that means nothing.
 */
HJ_API hj_status hj_matrix_make(hj_reach *reach, const hj_matrix_options *options,
	const hj_allocator *allocator, hj_matrix *out, const char **what);
HJ_API void hj_matrix_free(hj_matrix *matrix);
/* NULL: nothing is allowed. Logarithmic. */
HJ_API const hj_matrix_cell *hj_matrix_at(const hj_matrix *matrix, uint32_t row, uint32_t column);

#endif
