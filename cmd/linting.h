/*
 * What `lint` does to one document: report, mend, or write comments that ignore.
 */
#ifndef HJ_CMD_LINTING_H
#define HJ_CMD_LINTING_H

#include "cmd/knowledge.h"
#include "cmd/outputs.h"
#include "cmd/settings.h"

struct linting {
	struct settings settings;
	struct knowledge knowledge;
	struct outputs outputs;
	bool reporting; /* outputs are open */
	bool fix, unsafe, add_ignores, diff, write;
};

/* An inputs_visit; the context is a struct linting. */
int linting_visit(struct app *app, struct input *input, void *context);
/* Reports the configuration found last, once, if it has findings. */
void linting_report_config(struct linting *linting);

#endif
