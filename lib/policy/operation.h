/*
 * Operations of an IP set: "add 10.0.0.0/8", "remove host:printer" (policy language 8).
 */
#ifndef HJ_POLICY_OPERATION_H
#define HJ_POLICY_OPERATION_H

#include "policy/selector.h"

typedef struct hj_operation {
	bool removes;
	bool bare;            /* neither "add" nor "remove" stood before the target */
	hj_slice target;      /* view of the text, without blanks at its ends */
	hj_selector selector; /* the target, classified; see hj_operation_fits */
} hj_operation;

/*
 * False: empty, or words that are no operation ("sub 10.0.0.0/8", "add" alone). The target may be
 * any selector; a text with a template's placeholder in it is always an operation.
 */
bool hj_operation_parse(hj_slice text, hj_operation *out);

/*
 * May a selector stand in an IP set: an address, prefix or range, a host with its prefix, an IP set,
 * "autogroup:internet" (or a template)?
 */
bool hj_operation_fits(const hj_selector *selector);

#endif
