/*
 * Transport: sends a request, brings a response. One implementation over libcurl
 * (transport_curl.c, the only file that knows it), others in tests.
 */
#ifndef HJ_API_TRANSPORT_H
#define HJ_API_TRANSPORT_H

#include "api/message.h"

typedef enum hj_trouble {
	HJ_TROUBLE_NONE,
	HJ_TROUBLE_NAME,    /* the host's name is not known */
	HJ_TROUBLE_CONNECT, /* nobody answers there */
	HJ_TROUBLE_TLS,     /* the certificate or the handshake */
	HJ_TROUBLE_PROXY,
	HJ_TROUBLE_TIME,     /* a time limit */
	HJ_TROUBLE_CUT,      /* the connection broke, or the body is shorter than announced */
	HJ_TROUBLE_BIG,      /* the body is larger than the limit */
	HJ_TROUBLE_PROTOCOL, /* not HTTP, or not what was asked for */
	HJ_TROUBLE_STOPPED,  /* by the user */
	HJ_TROUBLE_MEMORY,
} hj_trouble;

typedef struct hj_outcome {
	hj_trouble trouble;
	bool maybe_sent;  /* the request may have reached the server */
	char detail[256]; /* for people, without credentials */
} hj_outcome;

typedef struct hj_transport hj_transport;
struct hj_transport {
	/* `out` is initialised, and empty where the outcome is trouble. milliseconds: for all of it. */
	hj_outcome (*send)(
		hj_transport *self, const hj_request *request, long milliseconds, hj_response *out);
	void (*close)(hj_transport *self);
};

typedef struct hj_transport_options {
	const char *origin;  /* "https://api.tailscale.com"; no path, no user */
	bool insecure_http;  /* plain http to other hosts than loopback */
	const char *ca_file; /* NULL: the system's */
	const char *user_agent;
	size_t body_limit;              /* decoded bytes; 0: 64 MiB */
	bool (*stopped)(void *context); /* asked now and then; NULL: never */
	void *context;
} hj_transport_options;

/*
 * Gives OpenSSL memory that is overwritten when it is given back, so that nothing of what was sent and
 * received stays there. False: OpenSSL was used before, and its buffers are its own; so they are with a
 * libcurl over another TLS library. The next function calls it, which is early enough for a program
 * that does nothing else with OpenSSL first.
 */
bool hj_transport_wipe(void);

/*
 * HJ_INVALID: the origin is none, or plain http to somewhere else; `why` says what is wrong. The first call
 * of a process gives libcurl memory that is overwritten when it is given back.
 */
hj_status hj_transport_curl(const hj_transport_options *options, const hj_allocator *allocator,
	hj_transport **out, hj_text *why);

#endif
