/*
 * A change to a document as a unified diff that patch(1) and `git apply` take.
 */
#ifndef HJ_CMD_DIFF_H
#define HJ_CMD_DIFF_H

#include "cmd/app.h"

/* Prints it on standard output, coloured where that is wanted. False: it was said why not. */
bool diff_print(struct app *app, const char *path, const hj_source *source, const hj_edits *edits);

#endif
