/*
 * What the files twin_….c share.
 */
#ifndef HJ_API_TWIN_PARTS_H
#define HJ_API_TWIN_PARTS_H

#include "api/etag.h"
#include "api/json.h"
#include "api/twin.h"
#include "engine/inventory.h"

typedef struct hj__twin_issued {
	char token[40];
	hj_slice scopes; /* of the client, or those that were asked for */
	char asked[256];
	int64_t end; /* seconds since 1970 */
} hj__twin_issued;

enum { HJ__TWIN_ISSUED = 64 }; /* tokens at a time; the oldest makes room */

struct hj_twin {
	hj_twin_options options; /* with its own copies of the lists */
	hj_text policy;          /* as it was posted */
	hj_etag etag;
	bool is_default; /* untouched: "ts-default" matches */
	hj_text inventory_text;
	hj_source *inventory_source;
	hj_document *inventory_document;
	hj_inventory inventory;
	bool has_inventory;
	hj__twin_issued issued[HJ__TWIN_ISSUED];
	size_t issued_count; /* all that there ever were */
	hj_arena arena;      /* copies of the options' texts */
	const hj_allocator *allocator;
};

/* A request on its way through the twin. */
typedef struct hj__twin_call {
	hj_twin *twin;
	const hj_request *request;
	const hj_endpoint *endpoint;
	hj_response *response;
	hj_slice path;  /* without the query */
	hj_slice query; /* after the "?"; may be empty */
} hj__twin_call;

/* Answers with a status and {"message": …}. */
hj_status hj__twin_refuse(hj__twin_call *call, unsigned status, const char *message);
/* Sets status and Content-Type; the body is the caller's to append. */
hj_status hj__twin_begin(hj__twin_call *call, unsigned status, const char *type);
/* The segment of the path where the endpoint's has {name}, decoded into out. */
bool hj__twin_segment(const hj__twin_call *call, const char *name, hj_text *out);
/* The value of a query parameter, decoded into out. False: it is not there. */
bool hj__twin_query(const hj__twin_call *call, const char *name, hj_text *out);

/* May the request be answered? False: it was refused with 401 or 403. */
hj_status hj__twin_admit(hj__twin_call *call, bool *admitted);

typedef hj_status hj__twin_handler(hj__twin_call *call);
hj__twin_handler hj__twin_token, hj__twin_exchange;
hj__twin_handler hj__twin_policy_get, hj__twin_policy_set, hj__twin_validate, hj__twin_preview;
hj__twin_handler hj__twin_devices, hj__twin_device, hj__twin_device_routes,
	hj__twin_device_attributes, hj__twin_users, hj__twin_user, hj__twin_services,
	hj__twin_service, hj__twin_empty;

/* Is there a policy that the service takes for the default one? The text of the twin's own. */
hj_slice hj__twin_default_policy(void);

#endif
