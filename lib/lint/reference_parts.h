/*
 * What the files reference_….c share: an undefined name in the service's words, and the definition
 * that may have been meant.
 *
 * Shared inside the folder.
 */
#ifndef HJ_LINT_REFERENCE_PARTS_H
#define HJ_LINT_REFERENCE_PARTS_H

#include "lint/internal.h"

/* The refusal's number, as in hj_finding; 0: nobody knows that the service refuses the use. */
uint64_t hj__refusal_of_use(const hj_lint_run *run, const hj_mention *use);
/* The service refuses the use; in its words where they are known. */
void hj__refuse_use(hj_lint_run *run, hj_finding *finding, const hj_mention *use);

/*
 * Comparisons of an undefined name with a defined one, in all: enough for every policy that people
 * write, and an end to the time that a hostile one can take.
 */
enum { HJ__MOST_COMPARISONS = 200000 };

/*
 * The definition that a use may have meant, or NULL: one that differs by a few letters at most;
 * `comparisons` counts over all uses.
 */
const hj_mention *hj__meant_nearest(
	const hj_references *references, const hj_mention *use, size_t *comparisons);
/* Of prefix + word, for a word that may lack its prefix. */
const hj_mention *hj__meant_with_prefix(const hj_references *references, hj_slice word);
/* It lacks the prefix, or has it with an s: "eng" or "groups:eng" in "groups". */
const hj_mention *hj__meant_unprefixed(const hj_references *references, const hj_mention *use);
/* For tag:web:443 that of tag:web: the port does not belong there. */
const hj_mention *hj__meant_without_port(const hj_references *references, const hj_mention *use);

#endif
