/*
 * hujson serve: the twin on a socket, from files.
 */
#ifndef HJ_CMD_NET_SERVE_H
#define HJ_CMD_NET_SERVE_H

#include "cmd/options.h"

int run_serve(struct app *app, const struct arguments *arguments);

#endif
