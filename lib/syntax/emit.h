/*
 * Writing JSON, for reports: commas, indentation and escapes in one place.
 *
 *     hj_emit emit;
 *     hj_emit_init(&emit, &text, 2);
 *     hj_emit_object(&emit, NULL);
 *     hj_emit_string(&emit, "path", HJ_SLICE("policy.hujson"));
 *     hj_emit_end(&emit);
 *
 * `name` is the member's name inside an object and NULL elsewhere. Failures are the text's.
 */
#ifndef HJ_SYNTAX_EMIT_H
#define HJ_SYNTAX_EMIT_H

#include "base/text.h"

enum { HJ_EMIT_DEPTH = 32 }; /* containers open at once, at most */

typedef struct hj_emit {
	hj_text *out;
	unsigned indent;            /* blanks a level; 0: everything on one line */
	unsigned depth;             /* containers open */
	char close[HJ_EMIT_DEPTH];  /* their closing brackets */
	bool filled[HJ_EMIT_DEPTH]; /* does it have a member yet? */
} hj_emit;

HJ_API void hj_emit_init(hj_emit *emit, hj_text *out, unsigned indent);
HJ_API void hj_emit_object(hj_emit *emit, const char *name);
HJ_API void hj_emit_array(hj_emit *emit, const char *name);
HJ_API void hj_emit_end(hj_emit *emit); /* of the innermost open container */
HJ_API void hj_emit_string(hj_emit *emit, const char *name, hj_slice value);
HJ_API void hj_emit_number(hj_emit *emit, const char *name, uint64_t value);
HJ_API void hj_emit_bool(hj_emit *emit, const char *name, bool value);
HJ_API void hj_emit_null(hj_emit *emit, const char *name);
/* A value that is JSON text already. */
HJ_API void hj_emit_raw(hj_emit *emit, const char *name, hj_slice json);

#endif
