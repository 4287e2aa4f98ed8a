/*
 * Replacing a file by a new text, whole or not at all, with the words for what goes wrong.
 *
 * While a temporary file exists, SIGINT, SIGTERM and SIGHUP remove it and then end the program as
 * they would have.
 */
#ifndef HJ_CMD_REPLACE_H
#define HJ_CMD_REPLACE_H

#include "cmd/inputs.h"

/*
 * Writes what `produce` writes to the change. False: it was said why, and the file is as it was.
 * A file that changed since it was read is left alone too.
 */
typedef hj_status (*replace_produce)(hj_file_change *change, void *context);
bool replace_file(
	struct app *app, const struct input *input, replace_produce produce, void *context);

/* The same for a text that is there already. */
bool replace_text(struct app *app, const struct input *input, hj_slice text);

#endif
