/*
 * Long answers a page at a time: what $PAGER names, on a terminal alone.
 */
#ifndef HJ_CMD_NET_PAGER_H
#define HJ_CMD_NET_PAGER_H

#include "cmd/app.h"

#include <sys/types.h>

struct pager {
	pid_t child; /* 0: there is none */
	int terminal;
};

/* Lets standard output go through the pager; where there is none it goes where it went. */
void pager_start(struct app *app, struct pager *pager);
/* Writes what waits, and returns when the pager has ended. */
void pager_end(struct app *app, struct pager *pager);

#endif
