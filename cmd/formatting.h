/*
 * What `fmt` and `hujsonfmt` do to one document: compare, show, print, replace.
 */
#ifndef HJ_CMD_FORMATTING_H
#define HJ_CMD_FORMATTING_H

#include "cmd/inputs.h"

struct formatting {
	hj_format_options options;
	bool list, diff, write, verify;
	char end;     /* what ends a listed name: '\n', or '\0' */
	hj_text text; /* reused from file to file */
};

/*
 * Does it to a document that parses. Returns EXIT_FOUND when the document has not the style and is
 * not written, but listed or compared.
 */
int formatting_apply(struct app *app, struct formatting *formatting, const struct input *input,
	const hj_document *document);

#endif
