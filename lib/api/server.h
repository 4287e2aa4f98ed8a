/*
 * The twin on a socket: an HTTP/1.1 server over libmicrohttpd (server.c, the only file that knows
 * it). Slow clients, huge bodies and many connections cost them, not it.
 */
#ifndef HJ_API_SERVER_H
#define HJ_API_SERVER_H

#include "api/fault.h"
#include "api/twin.h"

typedef struct hj_server_options {
	hj_twin *twin;                 /* borrowed; asked by one thread at a time */
	const char *host;              /* an address, "127.0.0.1" or "::1" */
	unsigned short port;           /* 0: any that is free */
	const char *certificate, *key; /* PEM texts; both NULL: plain http */
	size_t body_limit;             /* bytes; 0: 8 MiB. More is answered with 413 */
	unsigned connections;          /* at a time; 0: 256 */
	const hj_fault *faults;        /* borrowed */
	size_t fault_count;
	/* Told about each request when it is answered: "POST /api/v2/tailnet/-/acl 200"; NULL. */
	void (*log)(void *context, hj_slice line);
	void *context;
} hj_server_options;

typedef struct hj_server hj_server;
/* HJ_IO: it cannot listen there; errno says why. HJ_INVALID: host is no address, or the PEM is bad. */
hj_status hj_server_start(
	const hj_server_options *options, const hj_allocator *allocator, hj_server **out);
unsigned short hj_server_port(const hj_server *server);
/* Ends connections and waits for the answers that are under way. */
void hj_server_stop(hj_server *server);

#endif
