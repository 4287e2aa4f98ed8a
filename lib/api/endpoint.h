/*
 * The endpoints of the API as one table (tailnet API reference 5 to 10): what is called, with which
 * scope, whether calling it twice is harmless. The client builds its requests from it, the twin finds
 * its answers by it, and the pages list it.
 */
#ifndef HJ_API_ENDPOINT_H
#define HJ_API_ENDPOINT_H

#include "api/message.h"

typedef enum hj_body_kind {
	HJ_BODY_NONE,
	HJ_BODY_JSON,
	HJ_BODY_POLICY, /* application/hujson, the file's own bytes */
	HJ_BODY_FORM,   /* application/x-www-form-urlencoded */
} hj_body_kind;

typedef struct hj_endpoint {
	const char *name; /* "policy.get": stable, what tests and pages call it */
	hj_method method;
	const char *path;  /* "/tailnet/{tailnet}/acl", what follows /api/v2 */
	const char *query; /* names that it knows: "type previewFor", or "" */
	const char
		*scope; /* what the credential needs: "policy_file:read"; "" when none is named */
	hj_body_kind body;
	const char *accept;  /* the Accept header, or NULL */
	bool repeatable;     /* changes nothing, or the same twice */
	const char *command; /* "hujson tailnet get" */
	const char *summary; /* one line, no full stop */
} hj_endpoint;

const hj_endpoint *hj_endpoints(size_t *count);
const hj_endpoint *hj_endpoint_named(const char *name);
/*
 * The endpoint of a method and a path such as "/device/n1/routes?x=y", with or without "/api/v2"
 * before it; NULL when there is none. Segments are taken as they are sent.
 */
const hj_endpoint *hj_endpoint_of(hj_method method, hj_slice path);

/* A value for a {name} in the path, or a name in the query. */
typedef struct hj_parameter {
	const char *name;
	hj_slice value;
} hj_parameter;

/*
 * Fills method, target, Accept, Content-Type and repeatable. Parameters that are in the path are
 * percent-encoded into it, the others follow as the query in their order. HJ_INVALID: one of the path
 * is missing, empty, "." or "..", or an unknown name. HJ_NO_MEMORY.
 */
hj_status hj_endpoint_request(
	const hj_endpoint *endpoint, const hj_parameter *parameters, size_t count, hj_request *out);

#endif
