/*
 * `hujson test --snapshot`: today's access as a section "tests", printed or added to the file.
 */
#ifndef HJ_CMD_SNAPSHOTTING_H
#define HJ_CMD_SNAPSHOTTING_H

#include "cmd/settings.h"
#include "cmd/testing.h"

/* Of the one file that the operands name, or standard input. Returns an exit status. */
int snapshotting_run(struct app *app, const struct arguments *arguments, struct settings *settings,
	const struct knowledge *knowledge);

#endif
