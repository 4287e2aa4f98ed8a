/*
 * Posture integrations (tailnet API reference 7.2). Nothing is ever synchronised.
 */
#include "api/twin_parts.h"

#include "syntax/string.h"
#include <stdio.h>

static const char *const integration_names[] = {"id", NULL};
static const char *const secret[] = {"clientSecret", NULL};

/* What a provider takes for its cloud; NULL: the host name of a subdomain, or nothing. */
static const struct {
	const char *name, *clouds[5];
} providers[] = {
	{"falcon", {"us-1", "us-2", "eu-1", "us-gov", NULL}},
	{"intune", {"global", "us-gov", NULL}},
	{"jamfpro", {NULL}},
	{"kandji", {NULL}},
	{"kolide", {"", NULL}},
	{"sentinelone", {NULL}},
	{"fleet", {NULL}},
	{"huntress", {NULL}},
};

static void append_shown(const hj_twin *twin, uint32_t node, hj_text *out)
{
	hj__twin_append_open(twin, node, secret, out);
	hj_text_byte(out, '}');
}

hj_status hj__twin_postures(hj__twin_call *call)
{
	const hj_json *json = &call->twin->state.json;
	hj_status status = hj__twin_say(call, "{\"integrations\": [");
	hj_text *body = &call->response->body;
	uint32_t list = hj__twin_find(call->twin, "/postureIntegrations");
	bool first = true;
	for (uint32_t at = hj_json_next(json, list, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, list, at)) {
		hj_text_str(body, first ? "" : ", ");
		append_shown(call->twin, at, body);
		first = false;
	}
	hj_text_str(body, "]}");
	return status ? status : body->status;
}

static hj_status asked(hj__twin_call *call, uint32_t *node, uint32_t *index)
{
	return hj__twin_asked(call, "/postureIntegrations", "id", integration_names, node, index);
}

hj_status hj__twin_posture(hj__twin_call *call)
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

/* -- making and changing ------------------------------------------------------------------------------ */

static const char *check_cloud(hj_slice provider, hj_slice cloud)
{
	for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
		if (!hj_slice_equal(provider, hj_slice_str(providers[i].name)))
			continue;
		bool any = !providers[i].clouds[0];
		for (const char *const *at = providers[i].clouds; *at && !any; at++)
			any = hj_slice_equal(cloud, hj_slice_str(*at));
		return any ? NULL : "\"cloudId\" is none of the provider's";
	}
	return "\"provider\" is none of those that are known";
}

/* The members that are set: those of the body, else those that were there. */
static void write_integration(
	hj__twin_call *call, hj_slice id, hj_slice provider, uint32_t old, hj_text *out)
{
	static const char *const members[] = {"cloudId", "clientId", "tenantId", "clientSecret"};
	hj_twin *twin = call->twin;
	char now[HJ__TWIN_TIME];
	hj__twin_time(hj__twin_now(twin), now);
	hj_text_str(out, "{\"id\":");
	hj_string_encode(id, out);
	hj_text_str(out, ",\"provider\":");
	hj_string_encode(provider, out);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		uint32_t given = hj_json_member(&call->body, 0, members[i]);
		uint32_t had = old == HJ_JSON_NOTHING
			? HJ_JSON_NOTHING
			: hj_json_member(&twin->state.json, old, members[i]);
		if (given == HJ_JSON_NOTHING && had == HJ_JSON_NOTHING)
			continue;
		hj_text_printf(out, ",\"%s\":", members[i]);
		hj_text_append(out,
			given != HJ_JSON_NOTHING ? hj__twin_bytes(&call->body, given)
						 : hj__twin_bytes(&twin->state.json, had));
	}
	hj_text_printf(out,
		",\"configUpdated\":\"%s\",\"status\":{\"lastSync\":\"0001-01-01T00:00:00Z\","
		"\"providerHostCount\":0,\"matchedCount\":0,\"possibleMatchedCount\":0}}",
		now);
}

static const char *check_texts(hj_json *body)
{
	static const char *const members[] = {"cloudId", "clientId", "tenantId", "clientSecret"};
	if (hj_json_kind(body, 0) != HJ_OBJECT)
		return "an integration is an object";
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		uint32_t value = hj_json_member(body, 0, members[i]);
		if (value != HJ_JSON_NOTHING && hj_json_kind(body, value) != HJ_STRING)
			return "\"cloudId\", \"clientId\", \"tenantId\" and \"clientSecret\" are "
			       "texts";
	}
	return NULL;
}

static hj_status show_named(hj__twin_call *call, const char *id)
{
	uint32_t index,
		node = hj__twin_named(call->twin, "/postureIntegrations", integration_names,
			hj_slice_str(id), &index);
	hj_status status = hj__twin_say(call, "");
	append_shown(call->twin, node, &call->response->body);
	return status ? status : call->response->body.status;
}

hj_status hj__twin_posture_create(hj__twin_call *call)
{
	static const char *const provider_names[] = {"provider", NULL};
	hj_twin *twin = call->twin;
	hj_json *body = &call->body;
	uint32_t index;
	hj_slice provider = hj_json_string(body, hj_json_member(body, 0, "provider"));
	hj_slice cloud = hj_json_string(body, hj_json_member(body, 0, "cloudId"));
	const char *why = check_texts(body);
	if (!why)
		why = check_cloud(provider, cloud);
	if (why)
		return hj__twin_bad(call, why);
	if (hj__twin_named(twin, "/postureIntegrations", provider_names, provider, &index) !=
		HJ_JSON_NOTHING)
		return hj__twin_refuse(call, 409, "conflict");
	char id[32];
	snprintf(id, sizeof id, "p%uCNTRL", (unsigned)++twin->made);
	hj_text text;
	hj__twin_change change;
	hj_text_init(&text, twin->allocator);
	hj__twin_change_begin(&change, twin);
	write_integration(call, hj_slice_str(id), provider, HJ_JSON_NOTHING, &text);
	hj__twin_add(&change, hj_text_slice(&text), "/postureIntegrations/-");
	if (text.status && !change.patch.status)
		change.patch.status = text.status;
	hj_status status = hj__twin_commit(&change, call);
	hj_text_free(&text);
	return status ? status : show_named(call, id);
}

hj_status hj__twin_posture_patch(hj__twin_call *call)
{
	hj_twin *twin = call->twin;
	hj_json *json = &twin->state.json, *body = &call->body;
	uint32_t node, index;
	hj_status status = asked(call, &node, &index);
	if (status)
		return status;
	hj_slice id = hj_json_string(json, hj_json_member(json, node, "id"));
	hj_slice provider = hj_json_string(json, hj_json_member(json, node, "provider"));
	uint32_t given = hj_json_member(body, 0, "cloudId");
	const char *why = check_texts(body);
	if (!why && given != HJ_JSON_NOTHING)
		why = check_cloud(provider, hj_json_string(body, given));
	if (why)
		return hj__twin_bad(call, why);
	hj_text text;
	hj__twin_change change;
	hj_text_init(&text, twin->allocator);
	hj__twin_change_begin(&change, twin);
	write_integration(call, id, provider, node, &text);
	hj__twin_replace(&change, hj_text_slice(&text), "/postureIntegrations/%u", index);
	if (text.status && !change.patch.status)
		change.patch.status = text.status;
	status = hj__twin_commit(&change, call);
	hj_text_free(&text);
	return status ? status : hj__twin_posture(call);
}

hj_status hj__twin_posture_delete(hj__twin_call *call)
{
	uint32_t node, index;
	hj_status status = asked(call, &node, &index);
	if (status)
		return status;
	hj__twin_change change;
	hj__twin_change_begin(&change, call->twin);
	hj__twin_remove(&change, "/postureIntegrations/%u", index);
	status = hj__twin_commit(&change, call);
	return status ? status : hj__twin_say(call, "");
}
