/*
 * Inputs for the benchmarks: tailnet policies of any size, as people and scripts write them.
 */
#ifndef HJ_FORMAT_INPUT_BENCH_H
#define HJ_FORMAT_INPUT_BENCH_H

#include "base/text.h"

enum input_style {
	INPUT_FORMATTED, /* tabs, a member a line, comments, trailing commas: nearly canonical */
	INPUT_UGLY,      /* the same policy in any layout: minified stretches, CRLF, odd blanks */
};

/* Appends a policy of about `size` bytes (a little more). The same call gives the same bytes. */
void input_policy(hj_text *out, enum input_style style, size_t size);

/* Hostile inputs of exactly `size` bytes, by name: see input_hostile_names. False: no such name. */
bool input_hostile(hj_text *out, const char *name, size_t size);
extern const char *const input_hostile_names[]; /* ends with NULL */

#endif
