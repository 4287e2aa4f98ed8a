/*
 * A judgement: what the service answers to a policy, acceptance and tests together, as a status, a
 * message and who failed why (control plane 11 to 14, tailnet API 5.3, 5.4).
 *
 * Facts that nobody knows are taken for false, so there is always an answer; `check` is the command
 * that says what hangs on what.
 */
#ifndef HJ_LINT_JUDGE_H
#define HJ_LINT_JUDGE_H

#include "engine/tests.h"
#include "lint/lint.h"

typedef struct hj_judgement {
	unsigned status; /* 200: accepted; 400, 500 */
	/* Of a refusal: the service's sentence, or ours where the service's is not known. Borrowed from
	   the findings or the document. */
	hj_slice message;
	const hj_test_errors *errors; /* of failed tests, by source */
	uint32_t error_count;
	/* What it stands on, for more questions; private otherwise. */
	hj_findings findings; /* what refuses it, and other errors */
	hj_assertions assertions;
	hj_policy policy;
	hj_world world;
	hj_reach *reach; /* NULL: it was refused before anything could be asked */
	bool has_policy, has_world, has_assertions;
} hj_judgement;

/*
 * Judges a document, parsed or not. inventory may be NULL; tailnet may be empty, then the inventory's
 * holds. HJ_NO_MEMORY: there is nothing to free. The document and the inventory must outlive it.
 */
HJ_API hj_status hj_judge(const hj_document *document, const hj_inventory *inventory,
	hj_slice tailnet, const hj_allocator *allocator, hj_judgement *out);
HJ_API void hj_judgement_free(hj_judgement *judgement);

/*
 * Runs a list of tests, the API's other mode, against what was judged, which has to be accepted. The
 * result is the caller's to free; it borrows from both.
 */
HJ_API hj_status hj_judge_tests(const hj_judgement *judgement, const hj_test_list *list,
	const hj_allocator *allocator, hj_assertions *out);

#endif
