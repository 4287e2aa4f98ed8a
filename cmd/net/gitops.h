/*
 * hujson gitops: stands in for the service's own GitOps pusher (tailnet API reference 12.1).
 */
#ifndef HJ_CMD_NET_GITOPS_H
#define HJ_CMD_NET_GITOPS_H

#include "cmd/options.h"

int run_gitops(struct app *app, const struct arguments *arguments);

#endif
