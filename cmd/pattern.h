/*
 * Patterns: Perl-compatible regular expressions (PCRE2) that a whole name has to match.
 *
 * They come from a configuration file and are not trusted: matching is bounded in steps, depth and
 * memory, \C and very long patterns are refused. PCRE2's memory is malloc's, and nothing of it is
 * touched until a configuration has a pattern.
 */
#ifndef HJ_CMD_PATTERN_H
#define HJ_CMD_PATTERN_H

#include "cmd/app.h"

struct pattern; /* one that was compiled */

/* NULL: it cannot be compiled; why and where is appended and set. Free with pattern_free. */
struct pattern *pattern_compile(hj_slice text, hj_text *why, size_t *offset);
void pattern_free(struct pattern *pattern);

/* An hj_pattern_check; the context is not used. */
bool pattern_check(void *context, hj_slice text, hj_text *why, size_t *offset);

enum pattern_answer {
	PATTERN_MATCHES,
	PATTERN_DIFFERS,
	PATTERN_UNKNOWN, /* a bound was reached, or memory is out */
};
enum pattern_answer pattern_match(const struct pattern *pattern, hj_slice name);

#endif
