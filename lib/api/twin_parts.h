/*
 * What the files twin_….c share.
 *
 *	twin.c           opening, finding the handler of a request
 *	twin_auth.c      who may ask what; tokens
 *	twin_policy.c    the policy file
 *	twin_validate.c  asking about policies
 *	twin_state.c     what else the tailnet has: one JSON object, and how it changes
 *	twin_answer.c    queries, paths and bodies
 *	twin_NOUN.c      the endpoints of one noun
 */
#ifndef HJ_API_TWIN_PARTS_H
#define HJ_API_TWIN_PARTS_H

#include "api/etag.h"
#include "api/json.h"
#include "api/twin.h"
#include "engine/inventory.h"
#include "lint/judge.h"

typedef struct hj__twin_issued {
	char token[40];
	char scopes[256]; /* of the client, or those that were asked for */
	int64_t end;      /* seconds since 1970 */
} hj__twin_issued;

enum { HJ__TWIN_ISSUED = 64 }; /* tokens at a time; the oldest makes room */

/*
 * The inventory, and what only the API has, as one JSON object without blanks. Beside the inventory's
 * sections: "keys", "dns", "settings", "postureIntegrations", "userInvites", "deviceInvites",
 * "serviceHosts" (service → device → how it is approved); in devices "attributeExpiries"; and, where
 * groups come from an identity provider, "syncedGroups", their names.
 */
typedef struct hj__twin_state {
	hj_json json;
	hj_inventory inventory; /* for the engine */
	bool bound;             /* there is one */
} hj__twin_state;

/* A text that was parsed and judged. */
typedef struct hj__twin_trial {
	hj_source *source;
	hj_document *document;
	hj_judgement judgement;
	bool judged;
} hj__twin_trial;

struct hj_twin {
	hj_twin_options options; /* with its own copies of the lists */
	hj_text policy;          /* as it was posted */
	hj_text policy_json;     /* the same without comments, once somebody asked; else empty */
	hj_etag etag;
	bool is_default; /* untouched: "ts-default" matches */
	bool has_inventory;
	hj__twin_state state;
	hj__twin_trial in_force; /* the policy on the state, once somebody asked; else not judged */
	hj__twin_issued issued[HJ__TWIN_ISSUED];
	size_t issued_count; /* all that there ever were */
	uint64_t made;       /* objects that were made: part of their names */
	hj_arena arena;      /* copies of the options' texts */
	const hj_allocator *allocator;
};

/* A request on its way through the twin. */
typedef struct hj__twin_call {
	hj_twin *twin;
	const hj_request *request;
	const hj_endpoint *endpoint;
	hj_response *response;
	hj_slice path;   /* without the query */
	hj_slice query;  /* after the "?"; may be empty */
	hj_slice scopes; /* of whoever asks */
	bool owned;      /* the credential is a user's own, not of a trust credential */
	hj_json body;    /* of endpoints that take JSON; an empty body is null */
} hj__twin_call;

/* -- twin_answer.c -- */

/* Answers with a status and {"message": …}. */
hj_status hj__twin_refuse(hj__twin_call *call, unsigned status, const char *message);
/*
 * The same for helpers that handlers call: HJ_INVALID, which ends the request with this answer.
 * hj__twin_bad: 400, "bad request" and why.
 */
hj_status hj__twin_stop(hj__twin_call *call, unsigned status, const char *message);
hj_status hj__twin_bad(hj__twin_call *call, const char *why);
/* Sets status and Content-Type; the body is the caller's to append. */
hj_status hj__twin_begin(hj__twin_call *call, unsigned status, const char *type);
/* 200 with a JSON body: a text, a node of the state. */
hj_status hj__twin_say(hj__twin_call *call, const char *json);
hj_status hj__twin_show(hj__twin_call *call, uint32_t node);
/* The segment of the path where the endpoint's has {name}, decoded into out. */
bool hj__twin_segment(const hj__twin_call *call, const char *name, hj_text *out);
/* The value of a query parameter, decoded into out. False: it is not there. */
bool hj__twin_query(const hj__twin_call *call, const char *name, hj_text *out);
/* The next parameter of a query, decoded. False: there is none, or no memory. */
bool hj__twin_next_parameter(hj_slice *rest, hj_text *name, hj_text *value);
/* "2026-01-02T03:04:05Z" */
enum { HJ__TWIN_TIME = 21 };
void hj__twin_time(int64_t seconds, char out[HJ__TWIN_TIME]);
bool hj__twin_is_time(hj_slice text);
int64_t hj__twin_now(const hj_twin *twin);

/* -- bodies and other JSON: members that are missing are HJ_JSON_NOTHING -- */

/* The bytes of a value. */
hj_slice hj__twin_bytes(const hj_json *json, uint32_t node);
bool hj__twin_is_bool(const hj_json *json, uint32_t node);
/* An array of strings, or null, or nothing. */
bool hj__twin_is_strings(const hj_json *json, uint32_t node);
bool hj__twin_is_text(const hj_json *json, uint32_t node, const char *text);
/* How many characters, and are they all letters, digits or among `others`? */
bool hj__twin_is_plain(hj_slice text, size_t most, const char *others);
/* An array's elements without blanks: "[…]"; null and nothing are []. */
void hj__twin_append_list(const hj_json *json, uint32_t node, hj_text *out);

/* -- twin_state.c -- */

hj_status hj__twin_state_open(hj_twin *twin, hj_slice inventory, hj_text *why);
void hj__twin_state_free(hj__twin_state *state);
/* The value that a pointer names in the state, or HJ_JSON_NOTHING. */
uint32_t hj__twin_find(const hj_twin *twin, const char *pointer);
/*
 * The object of a list one of whose members (names, ended by NULL) is the path's parameter; *index is
 * its place. HJ_INVALID: there is none, which was answered with 404.
 */
hj_status hj__twin_asked(hj__twin_call *call, const char *list, const char *parameter,
	const char *const *names, uint32_t *node, uint32_t *index);
/* The object of a list with such a member; HJ_JSON_NOTHING. */
uint32_t hj__twin_named(const hj_twin *twin, const char *list, const char *const *names,
	hj_slice text, uint32_t *index);
/* Appends an object's members but those hidden (ended by NULL), without its closing brace. */
void hj__twin_append_open(
	const hj_twin *twin, uint32_t object, const char *const *hidden, hj_text *out);

/* A change of the state: JSON Patch operations that are made together or not at all. */
typedef struct hj__twin_change {
	hj_text patch;
} hj__twin_change;
void hj__twin_change_begin(hj__twin_change *change, const hj_twin *twin);
/* Sets a member, or adds to a list at "…/-". The pointer is a format. */
void hj__twin_add(hj__twin_change *change, hj_slice json, const char *pointer, ...)
	__attribute__((format(printf, 3, 4)));
void hj__twin_replace(hj__twin_change *change, hj_slice json, const char *pointer, ...)
	__attribute__((format(printf, 3, 4)));
void hj__twin_remove(hj__twin_change *change, const char *pointer, ...)
	__attribute__((format(printf, 2, 3)));
/* Frees the change. HJ_INVALID: the tailnet cannot be so, which was answered with 400. */
hj_status hj__twin_commit(hj__twin_change *change, hj__twin_call *call);
/* Appends a name as a part of a pointer: "~" and "/" escaped. */
void hj__twin_append_token(hj_text *pointer, hj_slice name);

/* -- twin_auth.c -- */

/* May the request be answered? False: it was refused with 401 or 403. */
hj_status hj__twin_admit(hj__twin_call *call, bool *admitted);
/* Has whoever asks this scope? */
bool hj__twin_may(const hj__twin_call *call, const char *scope);

/* -- twin_policy.c -- */

/* Judges a text, whatever it is: HJ_NO_MEMORY only. Free it either way. */
hj_status hj__twin_judge(const hj_twin *twin, hj_slice text, hj__twin_trial *out);
void hj__twin_trial_free(hj__twin_trial *trial);
/* {"message": …} and, of failed tests, "data" (A.13, A.17). */
void hj__twin_append_failure(
	hj_text *body, hj_slice message, const hj_test_errors *errors, uint32_t count);

/* The policy in force, judged, until it or the state changes. Borrowed. */
hj_status hj__twin_in_force(hj_twin *twin, const hj__twin_trial **out);
void hj__twin_forget(hj_twin *twin);
/* Is there a policy that the service takes for the default one? The text of the twin's own. */
hj_slice hj__twin_default_policy(void);
/*
 * May devices and keys have these tags? An array of strings, or null, or nothing. HJ_INVALID: not all
 * of them, which was answered in the service's words.
 */
hj_status hj__twin_check_tags(hj__twin_call *call, uint32_t tags);

/* -- handlers -- */

typedef hj_status hj__twin_handler(hj__twin_call *call);
hj__twin_handler hj__twin_token, hj__twin_exchange;
hj__twin_handler hj__twin_policy_get, hj__twin_policy_set, hj__twin_validate, hj__twin_preview;
hj__twin_handler hj__twin_devices, hj__twin_device, hj__twin_device_delete, hj__twin_device_set,
	hj__twin_device_tags, hj__twin_device_name, hj__twin_device_ip, hj__twin_device_expire,
	hj__twin_device_routes, hj__twin_device_routes_set;
hj__twin_handler hj__twin_attributes, hj__twin_attribute_set, hj__twin_attribute_delete,
	hj__twin_attributes_patch;
hj__twin_handler hj__twin_users, hj__twin_user, hj__twin_settings, hj__twin_settings_patch;
hj__twin_handler hj__twin_services, hj__twin_service, hj__twin_service_put, hj__twin_service_delete,
	hj__twin_service_devices, hj__twin_service_approved, hj__twin_service_approve;
hj__twin_handler hj__twin_postures, hj__twin_posture, hj__twin_posture_create,
	hj__twin_posture_patch, hj__twin_posture_delete;
hj__twin_handler hj__twin_invites, hj__twin_invites_create, hj__twin_invite, hj__twin_invite_delete,
	hj__twin_invite_resend, hj__twin_invite_accept;
hj__twin_handler hj__twin_keys, hj__twin_keys_create, hj__twin_key, hj__twin_key_put,
	hj__twin_key_delete;
hj__twin_handler hj__twin_dns, hj__twin_nameservers_set, hj__twin_preferences_set,
	hj__twin_searchpaths_set, hj__twin_split_set, hj__twin_configuration_set;

#endif
