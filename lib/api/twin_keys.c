/*
 * Auth keys, OAuth clients and federated identities (tailnet API reference 8). A client that was made
 * here is given tokens like one of the token file.
 */
#include "api/twin_parts.h"

#include "syntax/string.h"

#include <stdio.h>
#include <sys/random.h>

enum {
	DAY = 86400,
	LONGEST = 90 * DAY, /* seconds that an auth key lives, unless fewer are asked for */
	DESCRIPTION_MOST = 50,
};

static const char *const key_names[] = {"id", NULL};
static const char *const secret[] = {"key", NULL};

/* The types: what may read and write them. */
static const struct type {
	const char *name, *scope, *reading;
} types[] = {
	{"auth", "auth_keys", "auth_keys:read"},
	{"client", "oauth_keys", "oauth_keys:read"},
	{"federated", "federated_keys", "federated_keys:read"},
};
enum { AUTH, CLIENT, FEDERATED, TYPES };

static const struct type *type_of(const hj_json *json, uint32_t key)
{
	uint32_t value = hj_json_member(json, key, "keyType");
	if (value == HJ_JSON_NOTHING)
		return &types[AUTH];
	for (size_t i = 0; i < TYPES; i++)
		if (hj__twin_is_text(json, value, types[i].name))
			return &types[i];
	return NULL;
}

/* -- showing --------------------------------------------------------------------------------------- */

static bool is_over(hj_twin *twin, uint32_t key)
{
	hj_json *json = &twin->state.json;
	if (hj_json_member(json, key, "revoked") != HJ_JSON_NOTHING)
		return true;
	char now[HJ__TWIN_TIME];
	hj__twin_time(hj__twin_now(twin), now);
	hj_slice end = hj_json_string(json, hj_json_member(json, key, "expires"));
	/* Times of one form sort like texts. */
	return end.size == HJ__TWIN_TIME - 1 && memcmp(end.data, now, end.size) < 0;
}

static void append_key(hj_twin *twin, uint32_t key, hj_text *out)
{
	hj__twin_append_open(twin, key, secret, out);
	hj_text_str(out, is_over(twin, key) ? ",\"invalid\":true}" : "}");
}

/*
 * Without all=true a user's token sees the user's keys, another one the tailnet's; both see the types
 * that they may read. What is over is not in the list.
 */
static bool keeps(hj__twin_call *call, uint32_t key, bool all)
{
	const hj_json *json = &call->twin->state.json;
	const struct type *type = type_of(json, key);
	bool owned = hj_json_member(json, key, "userId") != HJ_JSON_NOTHING;
	return type && hj__twin_may(call, type->reading) && (all || owned == call->owned) &&
		!is_over(call->twin, key);
}

hj_status hj__twin_keys(hj__twin_call *call)
{
	const hj_json *json = &call->twin->state.json;
	hj_text asked;
	hj_text_init(&asked, call->twin->allocator);
	bool all = hj__twin_query(call, "all", &asked) &&
		hj_slice_equal(hj_text_slice(&asked), HJ_SLICE("true"));
	hj_status status = asked.status;
	hj_text_free(&asked);
	if (!status)
		status = hj__twin_say(call, "{\"keys\": [");
	hj_text *body = &call->response->body;
	uint32_t list = hj__twin_find(call->twin, "/keys");
	bool first = true;
	for (uint32_t at = hj_json_next(json, list, 0); at != HJ_JSON_NOTHING && !status;
		at = hj_json_next(json, list, at)) {
		if (!keeps(call, at, all))
			continue;
		hj_text_str(body, first ? "" : ", ");
		append_key(call->twin, at, body);
		first = false;
	}
	hj_text_str(body, "]}");
	return status ? status : body->status;
}

/* The key of the path, which may be read or written; else 404 or 403. */
static hj_status asked(hj__twin_call *call, bool writing, uint32_t *key, uint32_t *index)
{
	hj_status status = hj__twin_asked(call, "/keys", "keyId", key_names, key, index);
	if (status)
		return status;
	const struct type *type = type_of(&call->twin->state.json, *key);
	if (!type || !hj__twin_may(call, writing ? type->scope : type->reading))
		return hj__twin_stop(call, 403, "forbidden");
	return HJ_OK;
}

hj_status hj__twin_key(hj__twin_call *call)
{
	uint32_t key, index;
	hj_status status = asked(call, false, &key, &index);
	if (!status)
		status = hj__twin_say(call, "");
	if (status)
		return status;
	append_key(call->twin, key, &call->response->body);
	return call->response->body.status;
}

/* -- what may be -------------------------------------------------------------------------------------- */

static bool has_text(const hj_json *json, uint32_t list, const char *text)
{
	for (uint32_t at = hj_json_next(json, list, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, list, at))
		if (hj__twin_is_text(json, at, text))
			return true;
	return false;
}

static uint32_t create_of(const hj_json *body)
{
	uint32_t devices = hj_json_member(body, hj_json_member(body, 0, "capabilities"), "devices");
	return hj_json_member(body, devices, "create");
}

static const char *check_auth(hj_json *body)
{
	static const char *const flags[] = {"reusable", "ephemeral", "preauthorized"};
	uint32_t devices = hj_json_member(body, hj_json_member(body, 0, "capabilities"), "devices");
	if (hj_json_kind(body, devices) != HJ_OBJECT)
		return "\"capabilities\" has \"devices\"";
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		uint32_t flag = hj_json_member(body, create_of(body), flags[i]);
		if (flag != HJ_JSON_NOTHING && !hj__twin_is_bool(body, flag))
			return "\"reusable\", \"ephemeral\" and \"preauthorized\" are true or "
			       "false";
	}
	uint32_t seconds = hj_json_member(body, 0, "expirySeconds");
	int64_t number = LONGEST;
	if (seconds != HJ_JSON_NOTHING &&
		(!hj_json_integer(body, seconds, &number) || number < 0 || number > LONGEST))
		return "\"expirySeconds\" is a number of seconds, at most 90 days";
	return NULL;
}

static const char *check_trust(hj_json *body, bool federated)
{
	uint32_t scopes = hj_json_member(body, 0, "scopes");
	uint32_t tags = hj_json_member(body, 0, "tags");
	if (hj_json_kind(body, scopes) != HJ_ARRAY || !hj__twin_is_strings(body, scopes))
		return "\"scopes\" is a list of scopes";
	if (hj_json_next(body, tags, 0) == HJ_JSON_NOTHING &&
		(has_text(body, scopes, "devices:core") || has_text(body, scopes, "auth_keys")))
		return "the scopes devices:core and auth_keys need \"tags\"";
	static const char *const members[] = {"issuer", "subject"};
	for (size_t i = 0; i < 2 && federated; i++)
		if (!hj_json_string(body, hj_json_member(body, 0, members[i])).size)
			return "\"issuer\" and \"subject\" are texts";
	return NULL;
}

static hj_status check(hj__twin_call *call, const struct type *type)
{
	hj_json *body = &call->body;
	if (hj_json_kind(body, 0) != HJ_OBJECT || !type)
		return hj__twin_bad(call, "\"keyType\" is auth, client or federated");
	if (!hj__twin_may(call, type->scope))
		return hj__twin_stop(call, 403, "forbidden");
	bool auth = type == &types[AUTH];
	uint32_t said = hj_json_member(body, 0, "description");
	uint32_t tags = hj_json_member(body, auth ? create_of(body) : 0, "tags");
	const char *why = auth ? check_auth(body) : check_trust(body, type == &types[FEDERATED]);
	if (!why && said != HJ_JSON_NOTHING &&
		(hj_json_kind(body, said) != HJ_STRING ||
			!hj__twin_is_plain(hj_json_string(body, said), DESCRIPTION_MOST, "- _")))
		why = "\"description\" has at most 50 letters, digits, hyphens, spaces or "
		      "underscores";
	if (!why && !hj__twin_is_strings(body, tags))
		why = "\"tags\" is a list of tags";
	if (!why && !call->owned && auth && hj_json_next(body, tags, 0) == HJ_JSON_NOTHING)
		why = "a key that belongs to the tailnet has tags";
	return why ? hj__twin_bad(call, why) : hj__twin_check_tags(call, tags);
}

/* -- making -------------------------------------------------------------------------------------------- */

static void write_member(const hj_json *body, const char *name, hj_text *out)
{
	uint32_t value = hj_json_member(body, 0, name);
	if (value == HJ_JSON_NOTHING)
		return;
	hj_text_printf(out, ",\"%s\":", name);
	hj_text_append(out, hj__twin_bytes(body, value));
}

static hj_slice owner_id(hj_twin *twin)
{
	hj_json *json = &twin->state.json;
	uint32_t users = hj__twin_find(twin, "/users");
	for (uint32_t at = hj_json_next(json, users, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, users, at)) {
		hj_slice id = hj_json_string(json, hj_json_member(json, at, "id"));
		if (hj__twin_is_text(json, hj_json_member(json, at, "role"), "owner") && id.size)
			return id;
	}
	return HJ_SLICE("twin");
}

static void write_auth(hj__twin_call *call, hj_text *out)
{
	hj_json *body = &call->body;
	int64_t seconds = LONGEST;
	char end[HJ__TWIN_TIME];
	hj_json_integer(body, hj_json_member(body, 0, "expirySeconds"), &seconds);
	if (seconds == 0)
		seconds = LONGEST;
	hj__twin_time(hj__twin_now(call->twin) + seconds, end);
	write_member(body, "capabilities", out);
	hj_text_printf(out, ",\"expirySeconds\":%lld,\"expires\":\"%s\"", (long long)seconds, end);
}

static void write_trust(hj__twin_call *call, hj_slice id, bool federated, hj_text *out)
{
	static const char *const members[] = {
		"scopes", "tags", "issuer", "subject", "audience", "customClaimRules"};
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (i < 2 || federated)
			write_member(&call->body, members[i], out);
	if (federated && hj_json_member(&call->body, 0, "audience") == HJ_JSON_NOTHING)
		hj_text_printf(
			out, ",\"audience\":\"api.tailscale.com/%.*s\"", (int)id.size, id.data);
}

/* created: when the key was made; data NULL: now. key: its secret as JSON, or nothing. */
static void write_key(hj__twin_call *call, const struct type *type, hj_slice id, hj_slice created,
	hj_slice key, hj_text *out)
{
	char now[HJ__TWIN_TIME];
	hj__twin_time(hj__twin_now(call->twin), now);
	hj_text_str(out, "{\"id\":");
	hj_string_encode(id, out);
	hj_text_printf(out, ",\"keyType\":\"%s\",\"created\":", type->name);
	if (created.size) {
		hj_text_append(out, created);
		hj_text_printf(out, ",\"updated\":\"%s\"", now);
	} else {
		hj_text_printf(out, "\"%s\"", now);
	}
	write_member(&call->body, "description", out);
	if (call->owned) {
		hj_text_str(out, ",\"userId\":");
		hj_string_encode(owner_id(call->twin), out);
	}
	if (type == &types[AUTH])
		write_auth(call, out);
	else
		write_trust(call, id, type == &types[FEDERATED], out);
	if (key.size) {
		hj_text_str(out, ",\"key\":");
		hj_text_append(out, key);
	}
	hj_text_byte(out, '}');
}

static hj_status make_secret(const struct type *type, const char *id, char *out, size_t room)
{
	unsigned char random[12];
	if (type == &types[FEDERATED]) {
		out[0] = 0;
		return HJ_OK;
	}
	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return HJ_IO;
	int size = snprintf(out, room, "\"tskey-%s-%s-", type->name, id);
	for (size_t i = 0; i < sizeof random; i++)
		size += snprintf(out + size, room - (size_t)size, "%02x", (unsigned)random[i]);
	snprintf(out + size, room - (size_t)size, "\"");
	return HJ_OK;
}

hj_status hj__twin_keys_create(hj__twin_call *call)
{
	hj_twin *twin = call->twin;
	const struct type *type = type_of(&call->body, 0);
	hj_status status = check(call, type);
	if (status)
		return status;
	char id[32], key[96];
	snprintf(id, sizeof id, "k%uCNTRL", (unsigned)++twin->made);
	status = make_secret(type, id, key, sizeof key);
	hj_text text;
	hj__twin_change change;
	hj_text_init(&text, twin->allocator);
	hj__twin_change_begin(&change, twin);
	write_key(call, type, hj_slice_str(id), (hj_slice){NULL, 0}, hj_slice_str(key), &text);
	hj__twin_add(&change, hj_text_slice(&text), "/keys/-");
	if (!status)
		status = text.status;
	if (status)
		hj_text_free(&change.patch);
	else
		status = hj__twin_commit(&change, call);
	hj_text_free(&text);
	/* With its secret: this once. */
	uint32_t index;
	return status ? status
		      : hj__twin_show(call,
				hj__twin_named(twin, "/keys", key_names, hj_slice_str(id), &index));
}

/* A trust credential's; an auth key stays as it was made. */
hj_status hj__twin_key_put(hj__twin_call *call)
{
	hj_twin *twin = call->twin;
	hj_json *json = &twin->state.json;
	uint32_t node, index;
	hj_status status = asked(call, true, &node, &index);
	if (status)
		return status;
	const struct type *type = type_of(json, node), *given = type_of(&call->body, 0);
	bool says = hj_json_member(&call->body, 0, "keyType") != HJ_JSON_NOTHING;
	if (type == &types[AUTH] || (says && given != type))
		return hj__twin_bad(call, "a trust credential is changed, and keeps its type");
	status = check(call, type);
	if (status)
		return status;
	hj_slice id = hj_json_string(json, hj_json_member(json, node, "id"));
	uint32_t key = hj_json_member(json, node, "key");
	hj_text text;
	hj__twin_change change;
	hj_text_init(&text, twin->allocator);
	hj__twin_change_begin(&change, twin);
	write_key(call, type, id, hj__twin_bytes(json, hj_json_member(json, node, "created")),
		key == HJ_JSON_NOTHING ? (hj_slice){NULL, 0} : hj__twin_bytes(json, key), &text);
	hj__twin_replace(&change, hj_text_slice(&text), "/keys/%u", index);
	if (text.status && !change.patch.status)
		change.patch.status = text.status;
	status = hj__twin_commit(&change, call);
	hj_text_free(&text);
	return status ? status : hj__twin_key(call);
}

/* Revoked: it can still be looked at, and says that it is invalid. */
hj_status hj__twin_key_delete(hj__twin_call *call)
{
	uint32_t key, index;
	hj_status status = asked(call, true, &key, &index);
	if (status)
		return status;
	char now[HJ__TWIN_TIME], text[HJ__TWIN_TIME + 2];
	hj__twin_time(hj__twin_now(call->twin), now);
	int size = snprintf(text, sizeof text, "\"%s\"", now);
	hj__twin_change change;
	hj__twin_change_begin(&change, call->twin);
	if (hj_json_member(&call->twin->state.json, key, "key") != HJ_JSON_NOTHING)
		hj__twin_remove(&change, "/keys/%u/key", index);
	hj__twin_add(&change, (hj_slice){text, (size_t)size}, "/keys/%u/revoked", index);
	status = hj__twin_commit(&change, call);
	return status ? status : hj__twin_say(call, "");
}
