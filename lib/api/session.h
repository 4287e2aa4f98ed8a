/*
 * A session: calls to one tailnet's API with one credential. Adds the authorization, fetches and
 * renews tokens, waits and repeats where that is harmless (tailnet API reference 2, 4.3), and turns
 * what went wrong into sentences.
 */
#ifndef HJ_API_SESSION_H
#define HJ_API_SESSION_H

#include "api/credentials.h"
#include "api/endpoint.h"
#include "api/transport.h"

typedef struct hj_clock {
	int64_t (*now)(void *context); /* milliseconds, of a clock that never goes back */
	void (*wait)(void *context, long milliseconds);
	uint32_t (*chance)(void *context); /* for jitter */
	void *context;
} hj_clock;

typedef struct hj_session_options {
	hj_transport *transport;           /* borrowed */
	const hj_credentials *credentials; /* borrowed */
	hj_clock clock;
	long milliseconds; /* for one call with all its repetitions; 0: 60,000 */
	/* For all calls together, from the opening on; 0: no limit. What does not fit fails as one
	   for which there is no time. */
	long all_milliseconds;
	unsigned attempts; /* 0: 4 */
	/* Told what is sent and received, secrets hidden; NULL: nobody listens. */
	void (*trace)(void *context, hj_slice line);
	void *context;
} hj_session_options;

typedef struct hj_session hj_session;
hj_status hj_session_open(
	const hj_session_options *options, const hj_allocator *allocator, hj_session **out);
void hj_session_close(hj_session *session); /* wipes the token */

typedef enum hj_call_kind {
	HJ_CALL_DONE,    /* there is an answer with a status of 200 to 299 */
	HJ_CALL_REFUSED, /* there is an answer with another status */
	HJ_CALL_LOST,    /* no answer, and the request may have had its effect */
	HJ_CALL_FAILED,  /* no answer, and it had none */
} hj_call_kind;

typedef struct hj_call {
	hj_call_kind kind;
	hj_trouble trouble;   /* of LOST and FAILED */
	hj_response response; /* of DONE and REFUSED; the caller's to free */
	hj_text message;      /* of all but DONE: a sentence for people, with status, the service's
				 message or the beginning of its body, and a hint */
	unsigned attempts;    /* requests that were sent */
} hj_call;

/* One call; the request is authorized here and keeps no credential afterwards. HJ_NO_MEMORY only. */
hj_status hj_session_call(
	hj_session *session, const hj_endpoint *endpoint, hj_request *request, hj_call *out);
void hj_call_free(hj_call *call);

#endif
