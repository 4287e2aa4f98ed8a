/*
 * What the files coverage*.c share: one survey, and what is noted in it while the tests run.
 *
 * Shared inside the folder.
 */
#ifndef HJ_ENGINE_COVERAGE_PARTS_H
#define HJ_ENGINE_COVERAGE_PARTS_H

#include "engine/coverage.h"
#include "engine/reach_parts.h"

/* Of a permit: its destination in losses, and the first of its ports; HJ_NONE: no list of several. */
typedef struct hj__places {
	uint32_t dst, ports;
} hj__places;

/* Something that an assertion would notice, or makes use of; it counts if the assertion holds. */
typedef struct hj__note {
	const hj_assertion *assertion;
	uint32_t loss;
	bool guards;
} hj__note;

typedef struct hj__survey {
	hj_reach *reach;
	hj_coverage *out;
	hj__places *permits;
	uint32_t *rules,
		*sources; /* of each rule of reach: its loss, and the first of its sources */
	uint32_t ssh;     /* the loss of the first rule of "ssh" */
	hj_map ports;     /* destination and port of a deny → does some permit have them? */
	hj_text key;      /* of the maps */
	hj__note *notes;  /* of the entry at hand */
	size_t note_count, note_capacity;
	const hj_allocator *allocator;
	hj_status status;
} hj__survey;

/* coverage_notes.c: the three functions of a witness, whose context is a survey. */
hj_status hj__note_allowed(
	void *context, const hj_assertion *assertion, const uint32_t *by, uint32_t count);
hj_status hj__note_blocked(
	void *context, const hj_assertion *assertion, const hj_subject *destination, bool *near);
void hj__take_notes(void *context, const hj_assertion *assertions, size_t count);

#endif
