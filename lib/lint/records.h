/*
 * The lists of records of a policy (rules, grants, tests), whatever the record.
 */
#ifndef HJ_LINT_RECORDS_H
#define HJ_LINT_RECORDS_H

#include "lint/edits.h"

typedef struct hj__records {
	const void *items; /* each begins with its node */
	uint32_t node, count;
	size_t size;      /* of an item */
	const char *noun; /* "rule" */
} hj__records;

/* An initialiser from one of the lists in hj_policy. */
#define HJ__RECORDS(list, noun)                                                                    \
	{                                                                                          \
		(list).items, (list).node, (list).count, sizeof *(list).items, noun                \
	}

static inline uint32_t hj__record_at(const hj__records *records, uint32_t index)
{
	uint32_t node;
	memcpy(&node, (const char *)records->items + index * records->size, sizeof node);
	return node;
}

/* Adds the edit that takes a record out of its list. */
static inline void hj__record_remove(
	hj_lint_run *run, hj_finding *finding, const hj__records *records, uint32_t index)
{
	const hj_node *nodes = hj_document_nodes(run->document);
	uint32_t node = hj__record_at(records, index);
	uint32_t previous = index ? hj__record_at(records, index - 1) : 0;
	/* Not when something else is before it. */
	if (node == (index ? nodes[previous].next : records->node + 1))
		hj__edit_remove(run, finding, previous, node);
}

#endif
