/*
 * Running a policy's tests: for `check`, which says whether the service would save it, and `test`,
 * which shows them one by one.
 */
#ifndef HJ_CMD_TESTING_H
#define HJ_CMD_TESTING_H

#include "cmd/knowledge.h"

struct tested {
	struct joined joined;
	hj_reach *reach;
	hj_assertions assertions;
	hj_coverage coverage; /* when it was asked for */
	bool covered;
};

/* tailnet: of the policy's configuration, may be empty. EXIT_TROUBLE: no memory, which was said. */
int testing_run(const struct knowledge *knowledge, const char *path, const hj_document *document,
	hj_slice tailnet, bool coverage, struct tested *out);
/* The same of a policy that is bound already, and is taken over, also in trouble. */
int testing_run_bound(const struct knowledge *knowledge, const char *path, hj_policy policy,
	hj_slice tailnet, bool coverage, struct tested *out);
void testing_free(struct tested *tested);

/* The line of a node, from 1. */
uint32_t testing_line(const hj_document *document, uint32_t node);
/* Where an assertion leads: "tag:web:443 tcp", "root on tag:web". */
void testing_target(hj_text *out, const hj_assertion *assertion);
/* What an assertion is called: "tests[0] alice@example.com accept tag:web:443". */
void testing_name(hj_text *out, const hj_assertion *assertion);
/* Appends the rules that decide: "acls[0], line 12; grants[2], line 40", or nothing. */
void testing_rules(hj_text *out, const hj_document *document, const hj_assertion *assertion);
/* The members of an assertion in the JSON of the contract, into the object that is open. */
void testing_json(hj_emit *emit, const hj_document *document, const hj_assertion *assertion);
/* What failed, as the items of "data" of the service's answer; HJ_NO_MEMORY only. */
hj_status testing_json_data(hj_emit *emit, hj_assertions *assertions);

#endif
