/*
 * A policy file of the user's, and the places in it that a message of the service comes from.
 */
#ifndef HJ_CMD_NET_LOCAL_H
#define HJ_CMD_NET_LOCAL_H

#include "cmd/inputs.h"

struct local {
	struct input input;
	hj_document *document; /* perhaps with an error */
};

/* EXIT_TROUBLE: it was said why. Free it either way. */
int local_read(struct app *app, const char *operand, struct local *out);
void local_free(struct local *local);
hj_slice local_text(const struct local *local);

/*
 * Reports where a message of the service comes from, in a report's format: "text", "github". Of a file
 * that does not parse its faults, whatever the message. Nothing when no place is known.
 */
int local_show(struct app *app, const struct local *local, hj_slice message, const char *format);

#endif
