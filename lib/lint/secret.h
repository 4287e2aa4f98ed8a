/*
 * Keys and passwords of services, known by what they begin with and by looking random: nobody wants
 * them in a file, in a report or in a log. Placeholders ("tskey-auth-xxxx…") are none.
 */
#ifndef HJ_LINT_SECRET_H
#define HJ_LINT_SECRET_H

#include "base/text.h"

typedef struct hj_secret {
	size_t start, size; /* bytes of the text */
	size_t open;        /* how many of them say what it is, and may be shown: "tskey-auth-" */
	const char *noun;   /* "a Tailscale auth key" */
} hj_secret;

/* The first secret that begins at byte `from` or behind it. False: there is none. */
HJ_API bool hj_secret_next(hj_slice text, size_t from, hj_secret *out);

/* Appends a text with what is secret in it left out: "tskey-auth-…". */
HJ_API void hj_secret_append(hj_text *out, hj_slice text);

#endif
