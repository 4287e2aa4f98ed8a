/*
 * The program under the name hujsonfmt: a drop-in for the reference formatter's own tool.
 */
#ifndef HJ_CMD_HUJSONFMT_H
#define HJ_CMD_HUJSONFMT_H

#include "cmd/app.h"

int hujsonfmt_run(struct app *app, int argc, char **argv);

#endif
