/*
 * Invites of users, and to devices (tailnet API reference 7.3). No mail is sent; who accepts one is the
 * tailnet's owner, since a twin has nobody else.
 */
#include "api/twin_parts.h"

#include "syntax/string.h"

#include <stdio.h>

enum { RESEND_WAIT = 60 }; /* seconds */

static const char *const invite_names[] = {"id", NULL};
static const char *const device_names[] = {"nodeId", "id", "name", NULL};
/* What the twin keeps for itself: the code, the device's node id, when it was sent. */
static const char *const hidden[] = {"code", "nodeId", "sent", NULL};

/* The two kinds, by the beginning of the endpoint's name. */
static const struct kind {
	const char *begin, *list, *parameter;
} kinds[] = {
	{"user-invite", "/userInvites", "userInviteId"},
	{"device-invite", "/deviceInvites", "deviceInviteId"},
};
enum { USER, DEVICE };

static const struct kind *kind_of(const hj__twin_call *call)
{
	return &kinds[strncmp(call->endpoint->name, "user", 4) == 0 ? USER : DEVICE];
}

/* A trust credential belongs to nobody, and nobody invites. */
static hj_status check_owned(hj__twin_call *call)
{
	return call->owned ? HJ_OK : hj__twin_stop(call, 403, "forbidden");
}

static hj_status asked(hj__twin_call *call, uint32_t *node, uint32_t *index)
{
	const struct kind *kind = kind_of(call);
	return hj__twin_asked(call, kind->list, kind->parameter, invite_names, node, index);
}

static void append_shown(const hj_twin *twin, uint32_t node, hj_text *out)
{
	hj__twin_append_open(twin, node, hidden, out);
	hj_text_byte(out, '}');
}

/* The device of the path; nothing for invites of users. */
static hj_status device_asked(hj__twin_call *call, uint32_t *device)
{
	uint32_t index;
	*device = HJ_JSON_NOTHING;
	if (kind_of(call) == &kinds[USER])
		return HJ_OK;
	return hj__twin_asked(call, "/devices", "deviceId", device_names, device, &index);
}

static hj_slice id_of(hj_json *json, uint32_t device)
{
	hj_slice id = {NULL, 0};
	for (size_t i = 0; id.size == 0 && device_names[i]; i++)
		id = hj_json_string(json, hj_json_member(json, device, device_names[i]));
	return id;
}

/* Those from number `first` on. */
static hj_status show_list(hj__twin_call *call, uint32_t first)
{
	hj_json *json = &call->twin->state.json;
	uint32_t device, number = 0, list = hj__twin_find(call->twin, kind_of(call)->list);
	hj_status status = device_asked(call, &device);
	if (!status)
		status = hj__twin_say(call, "[");
	if (status)
		return status;
	hj_slice id = id_of(json, device);
	hj_text *body = &call->response->body;
	bool comma = false;
	for (uint32_t at = hj_json_next(json, list, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, list, at)) {
		hj_slice of = hj_json_string(json, hj_json_member(json, at, "nodeId"));
		if (number++ < first || (id.size && !hj_slice_equal(of, id)))
			continue;
		hj_text_str(body, comma ? ", " : "");
		append_shown(call->twin, at, body);
		comma = true;
	}
	hj_text_byte(body, ']');
	return body->status;
}

hj_status hj__twin_invites(hj__twin_call *call)
{
	return show_list(call, 0);
}

hj_status hj__twin_invite(hj__twin_call *call)
{
	uint32_t node, index;
	hj_status status = asked(call, &node, &index);
	if (!status)
		status = hj__twin_say(call, "");
	if (status)
		return status;
	append_shown(call->twin, node, &call->response->body);
	return call->response->body.status;
}

/* -- making -------------------------------------------------------------------------------------------- */

static const char *check(hj__twin_call *call, uint32_t one)
{
	static const char *const roles[] = {
		"member", "admin", "it-admin", "network-admin", "billing-admin", "auditor", NULL};
	hj_json *body = &call->body;
	uint32_t email = hj_json_member(body, one, "email");
	if (hj_json_kind(body, one) != HJ_OBJECT)
		return "an invite is an object";
	if (email != HJ_JSON_NOTHING &&
		!memchr(hj_json_string(body, email).size ? hj_json_string(body, email).data : "@",
			'@',
			hj_json_string(body, email).size ? hj_json_string(body, email).size : 1))
		return "\"email\" is an address";
	if (kind_of(call) == &kinds[USER]) {
		uint32_t role = hj_json_member(body, one, "role");
		bool good = role == HJ_JSON_NOTHING;
		for (size_t i = 0; roles[i] && !good; i++)
			good = hj__twin_is_text(body, role, roles[i]);
		return good ? NULL : "\"role\" is none that is known";
	}
	static const char *const flags[] = {"multiUse", "allowExitNode"};
	for (size_t i = 0; i < 2; i++) {
		uint32_t flag = hj_json_member(body, one, flags[i]);
		if (flag != HJ_JSON_NOTHING && !hj__twin_is_bool(body, flag))
			return "\"multiUse\" and \"allowExitNode\" are true or false";
	}
	return NULL;
}

/* Such a user just logs in. */
static bool is_own_domain(const hj_twin *twin, hj_slice email)
{
	hj_slice own =
		twin->options.tailnet.size ? twin->options.tailnet : twin->state.inventory.tailnet;
	const char *at = own.size ? memrchr(own.data, '@', own.size) : NULL;
	if (at)
		own = (hj_slice){at + 1, own.size - (size_t)(at + 1 - own.data)};
	const char *sign = email.size ? memrchr(email.data, '@', email.size) : NULL;
	return sign && own.size &&
		hj_slice_equal(
			own, (hj_slice){sign + 1, email.size - (size_t)(sign + 1 - email.data)});
}

static void write_flag(hj_json *body, uint32_t one, const char *name, hj_text *out)
{
	bool on = hj_json_kind(body, hj_json_member(body, one, name)) == HJ_TRUE;
	hj_text_printf(out, ",\"%s\":%s", name, on ? "true" : "false");
}

static void write_invite(hj__twin_call *call, uint32_t one, uint32_t device, hj_text *out)
{
	hj_twin *twin = call->twin;
	hj_json *body = &call->body;
	bool user = kind_of(call) == &kinds[USER];
	unsigned number = (unsigned)++twin->made;
	char now[HJ__TWIN_TIME];
	hj__twin_time(hj__twin_now(twin), now);
	hj_text_printf(out, "{\"id\":\"%u\",\"tailnetId\":1", number);
	uint32_t email = hj_json_member(body, one, "email");
	if (user) {
		uint32_t role = hj_json_member(body, one, "role");
		hj_text_str(out, ",\"inviterId\":1,\"role\":");
		hj_text_append(out,
			role == HJ_JSON_NOTHING ? HJ_SLICE("\"member\"")
						: hj__twin_bytes(body, role));
	} else {
		hj_text_printf(out, ",\"created\":\"%s\",\"deviceId\":%u,\"sharerId\":1", now,
			(unsigned)(device & 0x7FFFFFFF));
		write_flag(body, one, "multiUse", out);
		write_flag(body, one, "allowExitNode", out);
		hj_text_str(out, ",\"accepted\":false,\"nodeId\":");
		hj_string_encode(id_of(&twin->state.json, device), out);
	}
	if (hj_json_string(body, email).size) {
		hj_text_str(out, ",\"email\":");
		hj_text_append(out, hj__twin_bytes(body, email));
		hj_text_printf(out, ",\"lastEmailSentAt\":\"%s\",\"sent\":%lld", now,
			(long long)hj__twin_now(twin));
	}
	hj_text_printf(out, ",\"code\":\"twin%u\"", number);
	if (!user || !is_own_domain(twin, hj_json_string(body, email)))
		hj_text_printf(out, ",\"inviteUrl\":\"https://login.tailscale.com/%s/twin%u\"",
			user ? "uinv" : "admin/invite", number);
	hj_text_byte(out, '}');
}

hj_status hj__twin_invites_create(hj__twin_call *call)
{
	hj_json *body = &call->body;
	const char *list = kind_of(call)->list;
	uint32_t device, before = 0, all = hj__twin_find(call->twin, list);
	hj_status status = check_owned(call);
	if (!status)
		status = device_asked(call, &device);
	if (!status && hj_json_kind(body, 0) != HJ_ARRAY)
		status = hj__twin_bad(call, "invites are a list");
	if (status)
		return status;
	for (uint32_t at = hj_json_next(&call->twin->state.json, all, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(&call->twin->state.json, all, at))
		before++;
	hj_text text;
	hj__twin_change change;
	hj_text_init(&text, call->twin->allocator);
	hj__twin_change_begin(&change, call->twin);
	for (uint32_t at = hj_json_next(body, 0, 0); at != HJ_JSON_NOTHING && !status;
		at = hj_json_next(body, 0, at)) {
		const char *why = check(call, at);
		if (why) {
			status = hj__twin_bad(call, why);
			continue;
		}
		hj_text_clear(&text);
		write_invite(call, at, device, &text);
		hj__twin_add(&change, hj_text_slice(&text), "%s/-", list);
		status = text.status;
	}
	hj_text_free(&text);
	if (status) {
		hj_text_free(&change.patch);
		return status;
	}
	status = hj__twin_commit(&change, call);
	return status ? status : show_list(call, before);
}

hj_status hj__twin_invite_delete(hj__twin_call *call)
{
	uint32_t node, index;
	hj_status status = check_owned(call);
	if (!status)
		status = asked(call, &node, &index);
	if (status)
		return status;
	hj__twin_change change;
	hj__twin_change_begin(&change, call->twin);
	hj__twin_remove(&change, "%s/%u", kind_of(call)->list, index);
	status = hj__twin_commit(&change, call);
	return status ? status : hj__twin_say(call, "");
}

hj_status hj__twin_invite_resend(hj__twin_call *call)
{
	hj_twin *twin = call->twin;
	uint32_t node, index;
	int64_t sent, now = hj__twin_now(twin);
	hj_status status = check_owned(call);
	if (!status)
		status = asked(call, &node, &index);
	if (status)
		return status;
	const hj_json *json = &twin->state.json;
	if (!hj_json_integer(json, hj_json_member(json, node, "sent"), &sent))
		return hj__twin_bad(call, "the invite has no address to send it to");
	if (now - sent < RESEND_WAIT)
		return hj__twin_refuse(call, 429, "too many requests");
	char time[HJ__TWIN_TIME], text[HJ__TWIN_TIME + 2], number[24];
	hj__twin_time(now, time);
	int size = snprintf(text, sizeof text, "\"%s\"", time);
	int digits = snprintf(number, sizeof number, "%lld", (long long)now);
	hj__twin_change change;
	hj__twin_change_begin(&change, twin);
	hj__twin_add(&change, (hj_slice){text, (size_t)size}, "%s/%u/lastEmailSentAt",
		kind_of(call)->list, index);
	hj__twin_add(&change, (hj_slice){number, (size_t)digits}, "%s/%u/sent", kind_of(call)->list,
		index);
	status = hj__twin_commit(&change, call);
	return status ? status : hj__twin_say(call, "{}");
}

/* -- accepting ----------------------------------------------------------------------------------------- */

/* By its URL or the code at the end of that. */
static uint32_t invite_of(hj_twin *twin, hj_slice text, uint32_t *index)
{
	static const char *const code_names[] = {"code", NULL};
	const char *slash = text.size ? memrchr(text.data, '/', text.size) : NULL;
	if (slash)
		text = (hj_slice){slash + 1, text.size - (size_t)(slash + 1 - text.data)};
	return hj__twin_named(twin, kinds[DEVICE].list, code_names, text, index);
}

static void append_owner(hj_twin *twin, hj_text *out)
{
	hj_json *json = &twin->state.json;
	uint32_t users = hj__twin_find(twin, "/users");
	hj_slice login = HJ_SLICE("owner");
	for (uint32_t at = hj_json_next(json, users, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, users, at))
		if (hj__twin_is_text(json, hj_json_member(json, at, "role"), "owner"))
			login = hj_json_string(json, hj_json_member(json, at, "loginName"));
	hj_text_str(out, "{\"id\":1,\"loginName\":");
	hj_string_encode(login, out);
	hj_text_str(out, ",\"profilePicUrl\":\"\"}");
}

hj_status hj__twin_invite_accept(hj__twin_call *call)
{
	hj_twin *twin = call->twin;
	hj_json *json = &twin->state.json;
	uint32_t index, device_index;
	hj_slice text = hj_json_string(&call->body, hj_json_member(&call->body, 0, "invite"));
	hj_status status = check_owned(call);
	uint32_t invite = invite_of(twin, text, &index);
	bool used = invite != HJ_JSON_NOTHING &&
		hj_json_kind(json, hj_json_member(json, invite, "accepted")) == HJ_TRUE &&
		hj_json_kind(json, hj_json_member(json, invite, "multiUse")) != HJ_TRUE;
	if (!status && (invite == HJ_JSON_NOTHING || used))
		status = hj__twin_bad(call, "there is no such invite, or it was used");
	if (status)
		return status;
	hj_text owner, answer;
	hj_text_init(&owner, twin->allocator);
	hj_text_init(&answer, twin->allocator);
	append_owner(twin, &owner);
	uint32_t device = hj__twin_named(twin, "/devices", device_names,
		hj_json_string(json, hj_json_member(json, invite, "nodeId")), &device_index);
	hj_text_str(&answer, "{\"device\": ");
	if (device == HJ_JSON_NOTHING) {
		hj_text_str(&answer, "{}");
	} else {
		static const char *const private[] = {"attributes", "attributeExpiries",
			"machineKey", "nodeKey", "tailnetLockKey", "postureIdentity", "tags", NULL};
		hj__twin_append_open(twin, device, private, &answer);
		hj_text_byte(&answer, '}');
	}
	hj_text_str(&answer, ", \"sharer\": ");
	hj_text_append(&answer, hj_text_slice(&owner));
	hj_text_str(&answer, ", \"acceptedBy\": ");
	hj_text_append(&answer, hj_text_slice(&owner));
	hj_text_byte(&answer, '}');
	hj__twin_change change;
	hj__twin_change_begin(&change, twin);
	hj__twin_add(&change, HJ_SLICE("true"), "/deviceInvites/%u/accepted", index);
	hj__twin_add(&change, hj_text_slice(&owner), "/deviceInvites/%u/acceptedBy", index);
	if (owner.status)
		change.patch.status = owner.status;
	status = hj__twin_commit(&change, call);
	const char *said = hj_text_string(&answer);
	if (!status)
		status = said && !owner.status ? hj__twin_say(call, said) : HJ_NO_MEMORY;
	hj_text_free(&owner);
	hj_text_free(&answer);
	return status;
}
