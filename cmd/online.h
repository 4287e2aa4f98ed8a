/*
 * Commands that talk to the network: rows of the table without a function.
 *
 * They run in a program of their own, hujson-net, which is linked with libcurl and libmicrohttpd and
 * takes some 5 ms to start; hujson, which editors and hooks start at every save, does not carry them.
 * Both programs have the same table, help and options. online_run is there twice: in hujson it starts
 * hujson-net with the same arguments (cmd/online.c), in hujson-net it runs the command
 * (cmd/net/online.c).
 */
#ifndef HJ_CMD_ONLINE_H
#define HJ_CMD_ONLINE_H

#include "cmd/options.h"

/*
 * argv: the whole command line as it was given, NULL-ended. Returns an exit status; in hujson only when
 * hujson-net cannot be started, which is said.
 */
int online_run(struct app *app, const struct arguments *arguments, char **argv);

#endif
