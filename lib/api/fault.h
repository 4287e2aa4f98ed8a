/*
 * Faults that the twin's server makes on purpose, so that clients can be tried (tailnet API reference
 * 15.10).
 *
 *     KIND[=VALUE][@WHEN]     delay=500   status=429,2   cut@3   lose@POST   stale@2-
 *
 * WHEN is a request's number (from 1), a range of them ("2-5", "2-"), or a method; without it every
 * request has the fault.
 */
#ifndef HJ_API_FAULT_H
#define HJ_API_FAULT_H

#include "api/message.h"

typedef enum hj_fault_kind {
	HJ_FAULT_DELAY,    /* VALUE milliseconds before the answer */
	HJ_FAULT_STATUS,   /* the status VALUE instead of an answer, ",N": with Retry-After: N */
	HJ_FAULT_HTML,     /* 502 with a page for a browser, as gateways send */
	HJ_FAULT_CUT,      /* the connection ends before the request has an effect */
	HJ_FAULT_LOSE,     /* it has its effect, then the connection ends without an answer */
	HJ_FAULT_TRUNCATE, /* it has its effect, and half of the answer's body is sent */
	HJ_FAULT_STALE,    /* somebody else edits the policy just before */
	HJ_FAULT_NO_ETAG,  /* the answer has no ETag */
} hj_fault_kind;

typedef struct hj_fault {
	hj_fault_kind kind;
	unsigned value, retry_after; /* retry_after: UINT_MAX when there is none */
	unsigned long first, last;   /* numbers of requests */
	bool has_method;
	hj_method method;
} hj_fault;

/* False: it means nothing; why is then a sentence. */
bool hj_fault_parse(hj_slice text, hj_fault *out, const char **why);
bool hj_fault_applies(const hj_fault *fault, unsigned long number, hj_method method);

#endif
