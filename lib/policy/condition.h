/*
 * Posture conditions: "node:osVersion >= '14'" (policy language 7).
 */
#ifndef HJ_POLICY_CONDITION_H
#define HJ_POLICY_CONDITION_H

#include "base/text.h"

typedef enum hj_operator {
	HJ_IS_TRUE, /* a bare attribute */
	HJ_EQUAL,
	HJ_NOT_EQUAL,
	HJ_LESS,
	HJ_AT_MOST,
	HJ_AT_LEAST,
	HJ_MORE,
	HJ_IN,
	HJ_NOT_IN,
	HJ_IS_SET,
	HJ_NOT_SET,
} hj_operator;

typedef enum hj_value_type {
	HJ_VALUE_NONE,
	HJ_VALUE_STRING, /* in single quotes */
	HJ_VALUE_NUMBER,
	HJ_VALUE_BOOLEAN, /* true or false, in any case */
	HJ_VALUE_VERSION, /* attributes only: compared piece by piece */
} hj_value_type;

typedef struct hj_condition {
	hj_slice attribute; /* "node:os"; slices are views of the text */
	hj_operator operation;
	hj_slice values; /* what follows the operator; for IN without the brackets */
} hj_condition;

/*
 * False: the text is no condition; *at is the offset of what is wrong (at most its size) and *what a
 * constant phrase ("expected an operator or the end"). Keywords are found in any case. Types are not
 * compared here. A template's placeholder outside quotes is a fault: ask hj_is_template first.
 */
bool hj_condition_parse(hj_slice text, hj_condition *out, size_t *at, const char **what);

/* Cuts the next value off a condition's values: its type, and its text without quotes. */
bool hj_condition_value(hj_slice *rest, hj_value_type *type, hj_slice *value);

/* A documented attribute (policy language 7.5). */
typedef struct hj_attribute {
	const char *name;   /* "node:os"; ends with ":" for families such as "custom:" */
	hj_value_type type; /* HJ_VALUE_NONE where the author chooses it */
	const char *values; /* "macos|windows|…" where the set is closed, else NULL */
} hj_attribute;
/* Exact; NULL when it is not documented. Names of open families find the family's row. */
const hj_attribute *hj_attribute_find(hj_slice name);
/* Is a string one of the attribute's closed set? Exact; true when the set is open. */
bool hj_attribute_allows(const hj_attribute *attribute, hj_slice value);
/* All of them, for suggestions. */
const hj_attribute *hj_attributes(size_t *count);

/* Versions as the client compares them: -1, 0, 1 (policy language 7.3). So "12" < "12.0". */
int hj_version_compare(hj_slice a, hj_slice b);

#endif
