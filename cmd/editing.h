/*
 * What the commands that edit a document share: opening, and what becomes of the edits.
 */
#ifndef HJ_CMD_EDITING_H
#define HJ_CMD_EDITING_H

#include "cmd/command.h"
#include "cmd/inputs.h"

/* A document and its source. Start with all zero; close it whether or not opening went well. */
struct opened {
	struct input input;
	hj_document *document;
};

/* From a file or "-". False: it was said why not. */
bool editing_open(struct app *app, const char *operand, struct opened *out);
/* From the text of an operand; one that does not parse is answered with what was perhaps meant. */
bool editing_open_value(struct app *app, const char *value, struct opened *out);
void editing_close(struct opened *opened);
/* Findings in it, on standard error. */
void editing_show(struct app *app, const struct opened *opened, const hj_findings *findings);

/*
 * For edits that make names longer or take members out: where the document was canonical, `edits`
 * becomes what makes the result canonical again; in any other every byte stays that no edit touches.
 */
hj_status editing_format_again(const struct opened *target, hj_edits *edits);

/* Prints the result, or as --diff and --write ask. Returns an exit status. */
int editing_deliver(struct app *app, const struct arguments *arguments, const struct opened *target,
	const hj_edits *edits);

/*
 * Says why an edit or a look-up at a pointer (NULL: at none of its own) failed, and returns
 * EXIT_TROUBLE.
 */
int editing_complain(
	struct app *app, const char *path, const char *pointer, hj_status status, hj_slice why);

#endif
