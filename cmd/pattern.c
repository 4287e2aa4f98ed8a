#include "cmd/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

enum {
	MOST_STEPS = 100000,
	MOST_DEPTH = 10000,
	MOST_MEMORY = 16 * 1024, /* KiB */
	MOST_LENGTH = 4096,      /* of a pattern, bytes */
	MOST_NESTING = 100,      /* of parentheses */
};

struct pattern {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

void pattern_free(struct pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_match_context_free(pattern->limits);
	pcre2_match_data_free(pattern->data);
	pcre2_code_free(pattern->code);
	free(pattern);
}

static pcre2_code *compile(hj_slice text, int *error, size_t *offset)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	*error = PCRE2_ERROR_NOMEMORY;
	if (!context)
		return NULL;
	pcre2_set_max_pattern_length(context, MOST_LENGTH);
	pcre2_set_parens_nest_limit(context, MOST_NESTING);
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)(text.data ? text.data : ""), text.size,
		PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C |
			PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOLLAR_ENDONLY,
		error, offset, context);
	pcre2_compile_context_free(context);
	return code;
}

struct pattern *pattern_compile(hj_slice text, hj_text *why, size_t *offset)
{
	int error;
	*offset = 0;
	struct pattern *pattern = calloc(1, sizeof *pattern);
	if (!pattern) {
		hj_text_str(why, "out of memory");
		return NULL;
	}
	pattern->code = compile(text, &error, offset);
	if (pattern->code) {
		pattern->data = pcre2_match_data_create(1, NULL);
		pattern->limits = pcre2_match_context_create(NULL);
		error = PCRE2_ERROR_NOMEMORY;
	}
	if (!pattern->data || !pattern->limits) {
		PCRE2_UCHAR message[256] = "";
		pcre2_get_error_message(error, message, sizeof message);
		hj_text_str(why, (const char *)message);
		pattern_free(pattern);
		return NULL;
	}
	pcre2_set_match_limit(pattern->limits, MOST_STEPS);
	pcre2_set_depth_limit(pattern->limits, MOST_DEPTH);
	pcre2_set_heap_limit(pattern->limits, MOST_MEMORY);
	return pattern;
}

bool pattern_check(void *context, hj_slice text, hj_text *why, size_t *offset)
{
	(void)context;
	struct pattern *pattern = pattern_compile(text, why, offset);
	pattern_free(pattern);
	return pattern;
}

enum pattern_answer pattern_match(const struct pattern *pattern, hj_slice name)
{
	int result = pcre2_match(pattern->code, (PCRE2_SPTR)(name.data ? name.data : ""), name.size,
		0, 0, pattern->data, pattern->limits);
	return result >= 0                      ? PATTERN_MATCHES
		: result == PCRE2_ERROR_NOMATCH ? PATTERN_DIFFERS
						: PATTERN_UNKNOWN;
}
