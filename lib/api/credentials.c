#include "api/credentials.h"

#include "api/json.h"
#include "api/wipe.h"

/* -- which one (tailnet API reference 3) ------------------------------------------------------------ */

/* One way to be given credentials; the first row whose names are set wins. */
typedef struct way {
	hj_credential_kind kind;
	const char *id, *secret; /* a key has no id */
} way;

static const way ways[] = {
	{HJ_CREDENTIAL_KEY, NULL, "TS_API_KEY"},
	{HJ_CREDENTIAL_KEY, NULL, "TAILSCALE_API_KEY"},
	{HJ_CREDENTIAL_OAUTH, "TS_OAUTH_ID", "TS_OAUTH_SECRET"},
	{HJ_CREDENTIAL_IDENTITY, "TS_OAUTH_ID", "TS_ID_TOKEN"},
	{HJ_CREDENTIAL_OAUTH, "TS_API_CLIENT_ID", "TS_API_CLIENT_SECRET"},
	{HJ_CREDENTIAL_OAUTH, "TS_CLIENT_ID", "TS_CLIENT_SECRET"},
	{HJ_CREDENTIAL_OAUTH, "TAILSCALE_OAUTH_CLIENT_ID", "TAILSCALE_OAUTH_CLIENT_SECRET"},
	{HJ_CREDENTIAL_IDENTITY, "TAILSCALE_OAUTH_CLIENT_ID", "TAILSCALE_IDENTITY_TOKEN"},
	{HJ_CREDENTIAL_IDENTITY, "TAILSCALE_OAUTH_CLIENT_ID", "IDENTITY_TOKEN"},
	{HJ_CREDENTIAL_OAUTH, "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET"},
	{HJ_CREDENTIAL_OAUTH, "TSCLI_OAUTH_CLIENT_ID", "TSCLI_OAUTH_CLIENT_SECRET"},
};

static const char *set(hj_lookup *lookup, void *context, const char *name)
{
	const char *value = name ? lookup(context, name) : NULL;
	return value && *value ? value : NULL;
}

static const char *first_set(
	hj_lookup *lookup, void *context, const char *const *names, const char **source)
{
	for (; *names; names++) {
		const char *value = set(lookup, context, *names);
		if (value) {
			*source = *names;
			return value;
		}
	}
	return NULL;
}

const char *hj_tailnet_chosen(hj_lookup *lookup, void *context, const char **source)
{
	static const char *const names[] = {"TS_TAILNET", "TAILSCALE_TAILNET", NULL};
	return first_set(lookup, context, names, source);
}

const char *hj_origin_chosen(hj_lookup *lookup, void *context, const char **source)
{
	static const char *const names[] = {
		"TS_BASE_URL", "TAILSCALE_BASE_URL", "TSCLI_BASE_URL", NULL};
	return first_set(lookup, context, names, source);
}

/* Printable ASCII: anything else could smuggle a header, and no credential has it. */
static bool is_sendable(const char *value)
{
	for (; value && *value; value++)
		if (*value < 0x21 || *value > 0x7E)
			return false;
	return true;
}

void hj_credentials_free(hj_credentials *credentials)
{
	hj_text *texts[] = {&credentials->id, &credentials->secret, &credentials->source,
		&credentials->audience};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (texts[i]->data)
			explicit_bzero(texts[i]->data, texts[i]->capacity);
		hj_text_free(texts[i]);
	}
	credentials->kind = HJ_CREDENTIAL_NONE;
}

/* Exactly once, in a block of the right size: growing would leave pieces behind. */
static void keep(hj_text *text, const char *value)
{
	hj_slice bytes = hj_slice_str(value);
	if (hj_text_reserve(text, bytes.size + 1))
		hj_text_append(text, bytes);
}

static hj_status take(
	const way *chosen, hj_lookup *lookup, void *context, hj_credentials *out, hj_text *why)
{
	const char *id = set(lookup, context, chosen->id);
	const char *secret = set(lookup, context, chosen->secret);
	if (!is_sendable(id) || !is_sendable(secret)) {
		hj_text_printf(why,
			"%s has a byte in it that no credential has (a blank, a line end?)",
			!is_sendable(id) ? chosen->id : chosen->secret);
		return HJ_INVALID;
	}
	out->kind = chosen->kind;
	if (id)
		keep(&out->id, id);
	keep(&out->secret, secret);
	if (chosen->id) {
		hj_text_str(&out->source, chosen->id);
		hj_text_str(&out->source, " and ");
	}
	hj_text_str(&out->source, chosen->secret);
	return out->id.status || out->secret.status || out->source.status ? HJ_NO_MEMORY : HJ_OK;
}

hj_status hj_credentials_choose(hj_lookup *lookup, void *context, const hj_allocator *allocator,
	hj_credentials *out, hj_text *why)
{
	*out = (hj_credentials){0};
	hj_text_init(&out->id, allocator);
	hj_text_init(&out->secret, allocator);
	hj_text_init(&out->source, allocator);
	hj_text_init(&out->audience, allocator);
	/* The GitOps pusher refuses both kinds at once, and so it should: which one has the scope? */
	if (set(lookup, context, "TS_API_KEY") && set(lookup, context, "TS_OAUTH_ID")) {
		hj_text_str(why, "TS_API_KEY and TS_OAUTH_ID are both set; unset one of them");
		return HJ_INVALID;
	}
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		const way *row = &ways[i];
		if (!set(lookup, context, row->secret) ||
			(row->id && !set(lookup, context, row->id)))
			continue;
		hj_status status = take(row, lookup, context, out, why);
		const char *audience = set(lookup, context, "TAILSCALE_AUDIENCE");
		if (!audience)
			audience = set(lookup, context, "TS_AUDIENCE");
		if (!status && audience)
			keep(&out->audience, audience);
		if (!status && out->audience.status)
			status = HJ_NO_MEMORY;
		if (status)
			hj_credentials_free(out);
		return status;
	}
	return HJ_OK;
}

/* -- how it is sent ---------------------------------------------------------------------------- */

static void base64(hj_text *out, hj_slice a, hj_slice b)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	unsigned held = 0;
	size_t size = a.size + b.size;
	for (size_t i = 0; i < size; i++) {
		bits = bits << 8 | (unsigned char)(i < a.size ? a.data[i] : b.data[i - a.size]);
		for (held += 8; held >= 6; held -= 6)
			hj_text_byte(out, digits[bits >> (held - 6) & 63]);
	}
	if (held)
		hj_text_byte(out, digits[bits << (6 - held) & 63]);
	hj_text_str(out, size % 3 == 1 ? "==" : size % 3 == 2 ? "=" : "");
}

static hj_status add_authorization(hj_headers *headers, hj_text *value)
{
	hj_status status = value->status
		? HJ_NO_MEMORY
		: hj_headers_add(headers, HJ_SLICE("Authorization"), hj_text_slice(value), true);
	if (value->data)
		explicit_bzero(value->data, value->capacity);
	hj_text_free(value);
	return status;
}

hj_status hj_authorize_basic(hj_headers *headers, hj_slice user, hj_slice password)
{
	hj_text value, rest;
	hj_text_init(&value, headers->allocator);
	hj_text_init(&rest, headers->allocator);
	size_t size = user.size + password.size;
	hj_text_reserve(&value, 16 + size / 3 * 4 + 8);
	hj_text_reserve(&rest, password.size + 1);
	hj_text_byte(&rest, ':');
	hj_text_append(&rest, password);
	hj_text_str(&value, "Basic ");
	base64(&value, user, hj_text_slice(&rest));
	if (rest.status)
		value.status = rest.status;
	if (rest.data)
		explicit_bzero(rest.data, rest.capacity);
	hj_text_free(&rest);
	return add_authorization(headers, &value);
}

hj_status hj_authorize_bearer(hj_headers *headers, hj_slice token)
{
	hj_text value;
	hj_text_init(&value, headers->allocator);
	hj_text_reserve(&value, token.size + 8);
	hj_text_str(&value, "Bearer ");
	hj_text_append(&value, token);
	return add_authorization(headers, &value);
}

/* -- tokens (2.1, 2.2) ------------------------------------------------------------------------- */

hj_status hj_token_request(const hj_credentials *credentials, bool in_body, hj_request *out)
{
	bool identity = credentials->kind == HJ_CREDENTIAL_IDENTITY;
	hj_slice id = hj_text_slice(&credentials->id), secret = hj_text_slice(&credentials->secret);
	const hj_endpoint *endpoint =
		hj_endpoint_named(identity ? "oauth.exchange" : "oauth.token");
	hj_status status = hj_endpoint_request(endpoint, NULL, 0, out);
	out->secret_body = true;
	hj_text_reserve(&out->body, 64 + 3 * (id.size + secret.size));
	if (identity || in_body) {
		hj_text_str(&out->body, "client_id=");
		hj_percent_encode(&out->body, id);
		hj_text_str(&out->body, identity ? "&jwt=" : "&client_secret=");
		hj_percent_encode(&out->body, secret);
		if (!identity)
			hj_text_byte(&out->body, '&');
	}
	if (!identity) {
		hj_text_str(&out->body, "grant_type=client_credentials");
		if (!in_body && !status)
			status = hj_authorize_basic(&out->headers, id, secret);
	}
	return out->body.status ? HJ_NO_MEMORY : status;
}

hj_status hj_token_read(const hj_response *response, hj_text *token, int64_t *expires_in)
{
	hj_wiping wiping; /* the text and its strings are the token, too */
	hj_wiping_init(&wiping, response->body.allocator);
	hj_json json;
	hj_status status = hj_json_read(&json, hj_text_slice(&response->body), &wiping.allocator);
	if (!status) {
		hj_slice text = hj_json_string(&json, hj_json_find(&json, "/access_token"));
		*expires_in = 3600; /* fixed on the service, when it is not said */
		hj_json_integer(&json, hj_json_find(&json, "/expires_in"), expires_in);
		status = json.failed ? HJ_NO_MEMORY : text.size ? HJ_OK : HJ_INVALID;
		for (size_t i = 0; i < text.size; i++)
			if (text.data[i] < 0x21 || text.data[i] > 0x7E)
				status = HJ_INVALID;
		if (!status && hj_text_reserve(token, text.size + 1))
			hj_text_append(token, text);
		if (!status && token->status)
			status = HJ_NO_MEMORY;
	}
	hj_json_free(&json);
	return status == HJ_SYNTAX ? HJ_INVALID : status;
}

static int base64url_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool hj_identity_token_end(hj_slice token, int64_t *end)
{
	const char *first = token.size ? memchr(token.data, '.', token.size) : NULL;
	if (!first)
		return false;
	first++;
	size_t rest = token.size - (size_t)(first - token.data);
	const char *second = memchr(first, '.', rest);
	if (!second || memchr(second + 1, '.', rest - (size_t)(second - first) - 1))
		return false;
	hj_text payload;
	hj_text_init(&payload, NULL);
	uint32_t bits = 0;
	unsigned held = 0;
	bool good = true;
	for (const char *at = first; at < second && good; at++) {
		int digit = base64url_digit(*at);
		good = digit >= 0;
		bits = bits << 6 | (uint32_t)(digit & 63);
		held += 6;
		if (held >= 8) {
			held -= 8;
			hj_text_byte(&payload, (char)(bits >> held & 0xFF));
		}
	}
	hj_json json = {0};
	good = good && !payload.status && !hj_json_read(&json, hj_text_slice(&payload), NULL) &&
		hj_json_integer(&json, hj_json_find(&json, "/exp"), end) && *end > 0;
	hj_json_free(&json);
	hj_text_free(&payload);
	return good;
}
