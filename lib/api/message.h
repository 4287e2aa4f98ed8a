/*
 * HTTP requests and responses as values: built and read without a network.
 *
 * A message owns its texts. A header or body that holds a credential is marked secret: it is never
 * written by hj_request_trace, and its bytes are overwritten when the message is freed.
 */
#ifndef HJ_API_MESSAGE_H
#define HJ_API_MESSAGE_H

#include "base/arena.h"

typedef enum hj_method { HJ_GET, HJ_POST, HJ_PUT, HJ_PATCH, HJ_DELETE, HJ_METHODS } hj_method;
/* "GET"; hj_method_named is exact and false for what is none of them. */
const char *hj_method_name(hj_method method);
bool hj_method_named(hj_slice name, hj_method *out);

typedef struct hj_header {
	hj_slice name, value;
	bool secret;
} hj_header;

typedef struct hj_headers {
	hj_header *items;
	size_t count, capacity;
	const hj_allocator *allocator; /* its texts are its own */
} hj_headers;

/* HJ_INVALID: a byte that may not stand in a header, such as CR or LF; HJ_NO_MEMORY. */
hj_status hj_headers_add(hj_headers *headers, hj_slice name, hj_slice value, bool secret);
/* The first of that name, in any case; size 0 when there is none. */
hj_slice hj_headers_get(const hj_headers *headers, const char *name);
void hj_headers_free(hj_headers *headers);

typedef struct hj_request {
	hj_method method;
	hj_text target; /* "/api/v2/tailnet/-/acl?details=true", percent-encoded */
	hj_headers headers;
	hj_text body;
	bool has_body; /* an empty body is one, too: Content-Length: 0 */
	bool secret_body;
	bool repeatable; /* may be sent again when no answer came, or 429, 502, 503, 504 */
} hj_request;

void hj_request_init(hj_request *request, const hj_allocator *allocator);
void hj_request_free(hj_request *request); /* wipes what is secret */
/* The bytes as HTTP/1.1 sends them to a host, Content-Length included; for tests and --dry-run. */
hj_status hj_request_write(const hj_request *request, hj_slice host, hj_text *out);
/* The same for people: one line a header, secrets as "(hidden)", no body. */
hj_status hj_request_trace(const hj_request *request, hj_slice host, hj_text *out);

typedef struct hj_response {
	unsigned status; /* 100 to 599 */
	hj_headers headers;
	hj_text body;
} hj_response;

void hj_response_init(hj_response *response, const hj_allocator *allocator);
void hj_response_free(hj_response *response);

/* Appends bytes percent-encoded as one segment of a path, or as a value of a query. */
hj_status hj_percent_encode(hj_text *out, hj_slice bytes);
/* False: a "%" without two hexadecimal digits. */
bool hj_percent_decode(hj_text *out, hj_slice bytes);
/* The SHA-256 of bytes in 64 lower-case hexadecimal digits, without a NUL. */
void hj_sha256_hex(hj_slice bytes, char out[64]);

#endif
