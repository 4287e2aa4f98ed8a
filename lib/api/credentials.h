/*
 * Credentials: which one is used, where it came from, how it is sent (tailnet API reference 2, 3).
 * They are never written anywhere, and overwritten when freed.
 */
#ifndef HJ_API_CREDENTIALS_H
#define HJ_API_CREDENTIALS_H

#include "api/endpoint.h"

typedef enum hj_credential_kind {
	HJ_CREDENTIAL_NONE,
	HJ_CREDENTIAL_KEY,      /* an API access token: Basic, as user name */
	HJ_CREDENTIAL_OAUTH,    /* client id and secret, exchanged for a token */
	HJ_CREDENTIAL_IDENTITY, /* client id and an OIDC identity token, exchanged for a token */
} hj_credential_kind;

typedef struct hj_credentials {
	hj_credential_kind kind;
	hj_text id;     /* of the client; empty for a key */
	hj_text secret; /* the key, the client's secret, or the identity token */
	hj_text source; /* "TS_API_KEY": the names that were used, for people; never their values */
	hj_text audience; /* to ask the CI runtime's identity token for; usually empty */
} hj_credentials;

/* Looks a name up: the environment, or a credentials file. NULL or "" when it is not set. */
typedef const char *hj_lookup(void *context, const char *name);

/*
 * Chooses among all names that the ecosystem uses (section 3), in the order of the table in
 * credentials.c; empty is unset. HJ_INVALID: a value has a byte that may not be sent, or two kinds
 * contradict each other; `why` then says so without any value. Nothing set: kind NONE, HJ_OK.
 */
hj_status hj_credentials_choose(hj_lookup *lookup, void *context, const hj_allocator *allocator,
	hj_credentials *out, hj_text *why);
void hj_credentials_free(hj_credentials *credentials);
/* The tailnet and the origin that the same names give; NULL when none does. */
const char *hj_tailnet_chosen(hj_lookup *lookup, void *context, const char **source);
const char *hj_origin_chosen(hj_lookup *lookup, void *context, const char **source);

/* Adds "Authorization: Basic …" (user name token, no password) or "Bearer …", marked secret. */
hj_status hj_authorize_basic(hj_headers *headers, hj_slice user, hj_slice password);
hj_status hj_authorize_bearer(hj_headers *headers, hj_slice token);
/* The request that exchanges them for a token (2.1, 2.2); not for KEY or NONE. */
hj_status hj_token_request(const hj_credentials *credentials, bool in_body, hj_request *out);
/* Reads its answer. HJ_INVALID: there is no token in it. The token is the caller's to wipe. */
hj_status hj_token_read(const hj_response *response, hj_text *token, int64_t *expires_in);
/* Is it an identity token at all, and when does it end (seconds since 1970)? */
bool hj_identity_token_end(hj_slice token, int64_t *end);

#endif
