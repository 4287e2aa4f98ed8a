/*
 * What a refusal says: the service's error body, and what to do about a status (tailnet API
 * reference 4.1, 4.2).
 */
#ifndef HJ_API_REFUSAL_H
#define HJ_API_REFUSAL_H

#include "api/endpoint.h"

/*
 * Appends a sentence about a response that is no success: the status, the service's message with
 * what its "data" adds, or the beginning of a body that is no JSON, and a hint: which scope is
 * missing, who may have changed the policy. Control characters are left out.
 */
hj_status hj_refusal_describe(
	const hj_endpoint *endpoint, const hj_response *response, hj_text *out);

#endif
