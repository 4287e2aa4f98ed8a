/*
 * Families of rules: what the letter of a code stands for, in words for pages and tags.
 */
#ifndef HJ_CMD_FAMILIES_H
#define HJ_CMD_FAMILIES_H

#include "hujson.h"

struct family {
	char letter;          /* of the codes */
	const char *name;     /* one word, for tags */
	const char *title;    /* a heading */
	const char *explains; /* a sentence or two */
};

/* The family of a rule; one named "other" for a letter that has no row. */
const struct family *family_of(const hj_rule *rule);

#endif
