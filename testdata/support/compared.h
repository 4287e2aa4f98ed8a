/*
 * Two policies compared, for tests: in both directions, with every witness asked about.
 *
 * Everything asserts; nothing returns an error.
 */
#ifndef TEST_COMPARED_H
#define TEST_COMPARED_H

#include "change/difference.h"

struct compared {
	hj_document *documents[HJ_SIDES]; /* borrowed */
	hj_policy policies[HJ_SIDES];
	hj_world worlds[HJ_SIDES];
	hj_difference difference;
};

/* inventory may be NULL. That there is a difference at all is asked besides, and must agree. */
void compared_make(struct compared *out, hj_document *old_document, hj_document *new_document,
	const hj_inventory *inventory, hj_slice tailnet);
void compared_free(struct compared *comparison);
/* Does the engine allow a change's witness on one side alone? where: said when it does not. */
void compared_witness(const char *where, struct compared *comparison, const hj_change *change);
/*
 * Both directions, which have to mirror each other, and every witness. want: the sentences, one a line,
 * "+ " or "- " before them, in any order; NULL: no matter. Returns how many changes there are.
 */
uint32_t compared_check(const char *where, hj_document *old_document, hj_document *new_document,
	const hj_inventory *inventory, hj_slice tailnet, hj_text *want);

/* A file; one that is no HuJSON ends the test. Free it with json_free. */
hj_document *compared_load(const char *path);
/* The value of a member of an object, or 0. */
uint32_t compared_member(const hj_document *document, uint32_t object, const char *name);

#endif
