/*
 * Durations as Go writes and reads them: "1h30m", "-1.5s", "168h0m1s".
 */
#ifndef HJ_POLICY_DURATION_H
#define HJ_POLICY_DURATION_H

#include "base/text.h"

/* Nanoseconds. False: no duration, or out of range; blanks are never part of one. */
HJ_API bool hj_duration_parse(hj_slice text, int64_t *nanoseconds);
/*
 * Appends what Go says of a text that is no duration: `time: invalid duration "abc"`, `time: missing
 * unit in duration "20"`, `time: unknown unit "d" in duration "7d"`. Nothing when it is one.
 */
HJ_API void hj_duration_fault(hj_text *fault, hj_slice text);
/* Go's normal form: "-1m0s", "200h0m0s", "1.5s", "0s". */
HJ_API void hj_duration_append(hj_text *out, int64_t nanoseconds);

#endif
