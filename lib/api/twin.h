/*
 * The twin: answers requests as the service's API does, from a policy and an inventory, on this
 * project's own engine. It knows no sockets: a request comes in as a value, a response goes out.
 */
#ifndef HJ_API_TWIN_H
#define HJ_API_TWIN_H

#include "api/endpoint.h"

typedef struct hj_twin hj_twin;

typedef struct hj_twin_options {
	hj_slice policy;    /* the text at the start; data NULL: the default policy */
	hj_slice inventory; /* HuJSON, see engine/inventory.h; size 0: nobody and nothing */
	hj_slice tailnet;   /* a name that paths may use besides "-"; size 0: the inventory's */
	/* Tokens that are accepted; none: every request is. Scopes are names with blanks between. */
	const struct hj_twin_token {
		hj_slice token, scopes;
	} * tokens;
	size_t token_count;
	/* OAuth clients; their tokens are made up and end after an hour. */
	const struct hj_twin_client {
		hj_slice id, secret, scopes;
	} * clients;
	size_t client_count;
	/* Keeps a policy that was accepted, before it is answered; false: it could not, 500. */
	bool (*keep)(void *context, hj_slice policy);
	int64_t (*now)(void *context); /* seconds since 1970 */
	void *context;
} hj_twin_options;

/* HJ_INVALID: the policy or the inventory cannot be read; `why` says what is wrong. */
hj_status hj_twin_open(
	const hj_twin_options *options, const hj_allocator *allocator, hj_twin **out, hj_text *why);
void hj_twin_close(hj_twin *twin);
/* Has it an answer of its own for an endpoint? Otherwise that is 501. */
bool hj_twin_answers(const hj_endpoint *endpoint);
/*
 * Answers a request whose headers are complete. Always gives a response, 500 for what it cannot;
 * HJ_NO_MEMORY only when not even that has room. One thread at a time.
 */
hj_status hj_twin_answer(hj_twin *twin, const hj_request *request, hj_response *out);

#endif
