/*
 * The way to one tailnet's API, from options and the environment: origin, tailnet, credentials, time
 * limit. All commands of hujson-net that call the API open it once.
 */
#ifndef HJ_CMD_NET_CONNECT_H
#define HJ_CMD_NET_CONNECT_H

#include "api/push.h"
#include "cmd/connect_options.h"
#include "cmd/options.h"

struct connection {
	struct app *app;
	const char *origin, *tailnet;
	hj_credentials credentials;
	hj_transport *transport;
	hj_session *session;
	hj_clock clock;
	/* Private. */
	hj_text file; /* of --credentials-file: names and values, each ended by NUL */
};

/* What a command has before the environment; NULL and 0: nothing. */
struct connect_wishes {
	const char *origin;
	long milliseconds; /* for one call, unless --timeout says otherwise */
	bool whole_run;    /* for all calls together */
};

/* EXIT_TROUBLE: wrong use, or no credential, which was said. Close it either way. */
int connect_open(struct app *app, const struct arguments *arguments,
	const struct connect_wishes *wishes, struct connection *connection);
void connect_close(struct connection *connection);

/*
 * Calls an endpoint with parameters; {tailnet} is filled in. A body of JSON or a policy may be given.
 * EXIT_CLEAN: there is an answer with a good status in *call. EXIT_NETWORK: it was said why not.
 * Free the call either way.
 */
int connect_call(struct connection *connection, const hj_endpoint *endpoint,
	const hj_parameter *parameters, size_t count, const hj_slice *body, hj_call *call);
/* The same for a request that is made already. */
int connect_send(struct connection *connection, const hj_endpoint *endpoint, hj_request *request,
	hj_call *call);

#endif
