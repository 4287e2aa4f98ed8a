/*
 * Who may ask the twin what: tokens, scopes, and the tokens that it gives out itself (tailnet API
 * reference 2, 11).
 */
#include "api/twin_parts.h"

#include "api/credentials.h"
#include "syntax/string.h"

#include <stdio.h>
#include <strings.h>
#include <sys/random.h>

/* -- scopes ---------------------------------------------------------------------------------------- */

static hj_slice next_word(hj_slice *rest)
{
	while (rest->size && *rest->data == ' ')
		*rest = (hj_slice){rest->data + 1, rest->size - 1};
	size_t size = 0;
	while (size < rest->size && rest->data[size] != ' ')
		size++;
	hj_slice word = {rest->data, size};
	*rest = (hj_slice){rest->data + size, rest->size - size};
	return word;
}

/* A name grants reading and writing, the same with ":read" reading alone; "all" is everything. */
static bool one_grants(hj_slice has, hj_slice wanted)
{
	hj_slice read = HJ_SLICE(":read");
	bool reading = wanted.size > read.size &&
		memcmp(wanted.data + wanted.size - read.size, read.data, read.size) == 0;
	hj_slice bare = {wanted.data, wanted.size - (reading ? read.size : 0)};
	return hj_slice_equal(has, wanted) || hj_slice_equal(has, HJ_SLICE("all")) ||
		(reading &&
			(hj_slice_equal(has, bare) || hj_slice_equal(has, HJ_SLICE("all:read"))));
}

static bool grants(hj_slice scopes, hj_slice wanted)
{
	for (hj_slice has; (has = next_word(&scopes)).size;)
		if (one_grants(has, wanted))
			return true;
	return false;
}

/* Of several scopes a list of keys wants one; hosting a service wants both. */
static bool may(hj_slice scopes, const hj_endpoint *endpoint)
{
	if (!endpoint || !endpoint->scope[0])
		return true;
	bool all = strcmp(endpoint->name, "service.devices") == 0;
	hj_slice wanted = hj_slice_str(endpoint->scope);
	bool any = false;
	for (hj_slice word; (word = next_word(&wanted)).size;) {
		bool granted = grants(scopes, word);
		if (all && !granted)
			return false;
		any |= granted;
	}
	return any;
}

/* -- tokens ---------------------------------------------------------------------------------------- */

/* Takes as long whatever the texts are. */
static bool same_secret(hj_slice a, hj_slice b)
{
	unsigned char differ = a.size != b.size;
	for (size_t i = 0; i < a.size && b.size; i++)
		differ |= (unsigned char)(a.data[i] ^ b.data[i % b.size]);
	return !differ && a.size;
}

static int base64_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

static void decode_base64(hj_slice text, hj_text *out)
{
	uint32_t bits = 0;
	unsigned held = 0;
	for (size_t i = 0; i < text.size; i++) {
		int digit = base64_digit(text.data[i]);
		if (digit < 0)
			break;
		bits = bits << 6 | (uint32_t)digit;
		held += 6;
		if (held >= 8) {
			held -= 8;
			hj_text_byte(out, (char)(bits >> held & 0xFF));
		}
	}
}

/* Reads "Basic …" into user and password, or "Bearer …" into user. False: neither. */
static bool read_authorization(hj_slice value, hj_text *user, hj_text *password)
{
	if (value.size > 7 && !strncasecmp(value.data, "Bearer ", 7)) {
		hj_text_append(user, (hj_slice){value.data + 7, value.size - 7});
		return true;
	}
	if (value.size <= 6 || strncasecmp(value.data, "Basic ", 6))
		return false;
	hj_text both;
	hj_text_init(&both, user->allocator);
	decode_base64((hj_slice){value.data + 6, value.size - 6}, &both);
	const char *colon = both.size ? memchr(both.data, ':', both.size) : NULL;
	if (colon) {
		size_t size = (size_t)(colon - both.data);
		hj_text_append(user, (hj_slice){both.data, size});
		hj_text_append(password, (hj_slice){colon + 1, both.size - size - 1});
	}
	hj_text_free(&both);
	return colon != NULL;
}

/* The scopes of a token; data NULL: nobody has it. *owned: it is a user's own. */
static hj_slice scopes_of(const hj_twin *twin, hj_slice token, bool *owned)
{
	hj_slice found = {NULL, 0};
	*owned = false;
	for (size_t i = 0; i < twin->options.token_count; i++)
		if (same_secret(twin->options.tokens[i].token, token)) {
			found = twin->options.tokens[i].scopes;
			*owned = true;
		}
	for (size_t i = 0; i < twin->issued_count && i < HJ__TWIN_ISSUED; i++)
		if (same_secret(hj_slice_str(twin->issued[i].token), token) &&
			twin->issued[i].end > hj__twin_now(twin))
			found = hj_slice_str(twin->issued[i].scopes);
	return found;
}

bool hj__twin_may(const hj__twin_call *call, const char *scope)
{
	return grants(call->scopes, hj_slice_str(scope));
}

hj_status hj__twin_admit(hj__twin_call *call, bool *admitted)
{
	const hj_twin *twin = call->twin;
	bool open = twin->options.token_count == 0 && twin->options.client_count == 0;
	bool asks_token = call->endpoint && !strncmp(call->endpoint->name, "oauth.", 6);
	*admitted = open || asks_token;
	call->owned = true;
	call->scopes = HJ_SLICE("all");
	if (*admitted)
		return HJ_OK;
	hj_text user, password;
	hj_text_init(&user, twin->allocator);
	hj_text_init(&password, twin->allocator);
	hj_slice scopes = {NULL, 0};
	if (read_authorization(
		    hj_headers_get(&call->request->headers, "Authorization"), &user, &password))
		scopes = scopes_of(twin, hj_text_slice(&user), &call->owned);
	hj_text_free(&user);
	hj_text_free(&password);
	if (!scopes.data)
		return hj__twin_refuse(call, 401, "unauthorized");
	call->scopes = scopes;
	*admitted = may(scopes, call->endpoint);
	return *admitted ? HJ_OK : hj__twin_refuse(call, 403, "forbidden");
}

/* -- giving tokens out --------------------------------------------------------------------------------- */

/* RFC 6749 5.2. */
static hj_status refuse_token(
	hj__twin_call *call, unsigned status, const char *error, const char *description)
{
	hj_status failure = hj__twin_begin(call, status, "application/json");
	if (!failure)
		failure = hj_headers_add(&call->response->headers, HJ_SLICE("Cache-Control"),
			HJ_SLICE("no-store"), false);
	hj_text_printf(&call->response->body, "{\"error\": \"%s\", \"error_description\": \"%s\"}",
		error, description);
	return failure ? failure : call->response->body.status;
}

/* Are all the scopes that a request names among those of its client? */
static bool within(hj_slice asked, hj_slice has)
{
	for (hj_slice word; (word = next_word(&asked)).size;)
		if (!grants(has, word))
			return false;
	return true;
}

/* asked: fewer scopes than the client has; size 0: all of them. */
static hj_status issue(hj__twin_call *call, hj_slice scopes, hj_slice asked)
{
	hj_slice given = asked.size ? asked : scopes;
	if (given.size >= sizeof((hj__twin_issued *)NULL)->scopes)
		return refuse_token(call, 400, "invalid_scope", "too many scopes");
	hj_twin *twin = call->twin;
	unsigned char random[12];
	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return HJ_IO;
	hj__twin_issued *issued = &twin->issued[twin->issued_count++ % HJ__TWIN_ISSUED];
	char *at = issued->token + snprintf(issued->token, sizeof issued->token, "tskey-api-");
	for (size_t i = 0; i < sizeof random; i++)
		at += snprintf(at, 3, "%02x", (unsigned)random[i]);
	memcpy(issued->scopes, given.data, given.size);
	issued->scopes[given.size] = 0;
	issued->end = hj__twin_now(twin) + 3600;
	hj_status status = hj__twin_begin(call, 200, "application/json");
	if (!status)
		status = hj_headers_add(&call->response->headers, HJ_SLICE("Cache-Control"),
			HJ_SLICE("no-store"), false);
	hj_text_printf(&call->response->body,
		"{\"access_token\": \"%s\", \"token_type\": \"Bearer\", \"expires_in\": 3600, "
		"\"scope\": ",
		issued->token);
	hj_string_encode(given, &call->response->body);
	hj_text_byte(&call->response->body, '}');
	return status ? status : call->response->body.status;
}

/* The field of a form, decoded; a form is written like a query. */
static bool form_field(const hj__twin_call *call, const char *name, hj_text *out)
{
	hj__twin_call form = *call;
	form.query = hj_text_slice(&call->request->body);
	return hj__twin_query(&form, name, out);
}

/* An OAuth client or a federated identity, of the token file or made here. */
typedef struct trusted {
	bool known;
	hj_text secret, scopes; /* an identity has no secret */
} trusted;

static void trusted_free(trusted *client)
{
	if (client->secret.data)
		explicit_bzero(client->secret.data, client->secret.capacity);
	hj_text_free(&client->secret);
	hj_text_free(&client->scopes);
}

/* A key of the state, unless it was revoked. */
static void read_key(hj_twin *twin, uint32_t key, trusted *out)
{
	hj_json *json = &twin->state.json;
	uint32_t scopes = hj_json_member(json, key, "scopes");
	out->known = hj_json_member(json, key, "revoked") == HJ_JSON_NOTHING &&
		scopes != HJ_JSON_NOTHING;
	hj_text_append(&out->secret, hj_json_string(json, hj_json_member(json, key, "key")));
	for (uint32_t at = hj_json_next(json, scopes, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, scopes, at)) {
		hj_text_str(&out->scopes, out->scopes.size ? " " : "");
		hj_text_append(&out->scopes, hj_json_string(json, at));
	}
}

static void find_client(hj_twin *twin, hj_slice id, trusted *out)
{
	static const char *const names[] = {"id", NULL};
	*out = (trusted){0};
	hj_text_init(&out->secret, twin->allocator);
	hj_text_init(&out->scopes, twin->allocator);
	for (size_t i = 0; i < twin->options.client_count && !out->known; i++)
		if (hj_slice_equal(twin->options.clients[i].id, id)) {
			out->known = true;
			hj_text_append(&out->secret, twin->options.clients[i].secret);
			hj_text_append(&out->scopes, twin->options.clients[i].scopes);
		}
	uint32_t index,
		key = out->known ? HJ_JSON_NOTHING
				 : hj__twin_named(twin, "/keys", names, id, &index);
	if (key != HJ_JSON_NOTHING)
		read_key(twin, key, out);
}

hj_status hj__twin_token(hj__twin_call *call)
{
	hj_text id, secret, type, scope;
	hj_text *texts[] = {&id, &secret, &type, &scope};
	for (size_t i = 0; i < 4; i++)
		hj_text_init(texts[i], call->twin->allocator);
	if (!read_authorization(
		    hj_headers_get(&call->request->headers, "Authorization"), &id, &secret)) {
		form_field(call, "client_id", &id);
		form_field(call, "client_secret", &secret);
	}
	bool typed = form_field(call, "grant_type", &type);
	form_field(call, "scope", &scope);
	trusted client;
	find_client(call->twin, hj_text_slice(&id), &client);
	hj_status status;
	if (typed && !hj_slice_equal(hj_text_slice(&type), HJ_SLICE("client_credentials")))
		status =
			refuse_token(call, 400, "unsupported_grant_type", "unsupported grant type");
	else if (!client.known ||
		!same_secret(hj_text_slice(&client.secret), hj_text_slice(&secret)))
		status = refuse_token(call, 401, "invalid_client", "invalid client credentials");
	else if (!within(hj_text_slice(&scope), hj_text_slice(&client.scopes)))
		status = refuse_token(call, 400, "invalid_scope", "scope not granted");
	else
		status = issue(call, hj_text_slice(&client.scopes), hj_text_slice(&scope));
	trusted_free(&client);
	for (size_t i = 0; i < 4; i++) {
		if (texts[i]->data)
			explicit_bzero(texts[i]->data, texts[i]->capacity);
		hj_text_free(texts[i]);
	}
	return status;
}

/* An identity token is taken for good when it is one and has not ended: there is nobody to ask. */
hj_status hj__twin_exchange(hj__twin_call *call)
{
	hj_text id, token;
	hj_text_init(&id, call->twin->allocator);
	hj_text_init(&token, call->twin->allocator);
	form_field(call, "client_id", &id);
	form_field(call, "jwt", &token);
	trusted client;
	find_client(call->twin, hj_text_slice(&id), &client);
	int64_t end = 0;
	bool good = client.known && hj_identity_token_end(hj_text_slice(&token), &end) &&
		end > hj__twin_now(call->twin);
	hj_status status = good
		? issue(call, hj_text_slice(&client.scopes), (hj_slice){NULL, 0})
		: refuse_token(call, 401, "invalid_client", "invalid identity token");
	trusted_free(&client);
	hj_text_free(&id);
	hj_text_free(&token);
	return status;
}
