#include "api/twin_parts.h"

/*
 * The default policy of a new tailnet, in effect (policy language 1.7): one rule that allows
 * everything, and SSH to one's own devices with a check.
 */
static const char default_policy[] = "{\n"
				     "\t\"grants\": [\n"
				     "\t\t{\"src\": [\"*\"], \"dst\": [\"*\"], \"ip\": [\"*\"]},\n"
				     "\t],\n"
				     "\t\"ssh\": [\n"
				     "\t\t{\n"
				     "\t\t\t\"action\": \"check\",\n"
				     "\t\t\t\"src\":    [\"autogroup:member\"],\n"
				     "\t\t\t\"dst\":    [\"autogroup:self\"],\n"
				     "\t\t\t\"users\":  [\"autogroup:nonroot\", \"root\"],\n"
				     "\t\t},\n"
				     "\t],\n"
				     "}\n";

hj_slice hj__twin_default_policy(void)
{
	return (hj_slice){default_policy, sizeof default_policy - 1};
}

/* -- endpoints ------------------------------------------------------------------------------------- */

static const struct {
	const char *endpoint;
	hj__twin_handler *answer;
} handlers[] = {
	{"oauth.token", hj__twin_token},
	{"oauth.exchange", hj__twin_exchange},
	{"policy.get", hj__twin_policy_get},
	{"policy.set", hj__twin_policy_set},
	{"policy.preview", hj__twin_preview},
	{"policy.validate", hj__twin_validate},
	{"devices.list", hj__twin_devices},
	{"device.get", hj__twin_device},
	{"device.delete", hj__twin_device_delete},
	{"device.routes.get", hj__twin_device_routes},
	{"device.routes.set", hj__twin_device_routes_set},
	{"device.authorized.set", hj__twin_device_set},
	{"device.tags.set", hj__twin_device_tags},
	{"device.key.set", hj__twin_device_set},
	{"device.name.set", hj__twin_device_name},
	{"device.ip.set", hj__twin_device_ip},
	{"device.expire", hj__twin_device_expire},
	{"device.attributes.get", hj__twin_attributes},
	{"device.attribute.set", hj__twin_attribute_set},
	{"device.attribute.delete", hj__twin_attribute_delete},
	{"device.attributes.patch", hj__twin_attributes_patch},
	{"services.list", hj__twin_services},
	{"services.list.old", hj__twin_services},
	{"service.get", hj__twin_service},
	{"service.put", hj__twin_service_put},
	{"service.delete", hj__twin_service_delete},
	{"service.devices", hj__twin_service_devices},
	{"service.approved.get", hj__twin_service_approved},
	{"service.approved.set", hj__twin_service_approve},
	{"posture.list", hj__twin_postures},
	{"posture.create", hj__twin_posture_create},
	{"posture.get", hj__twin_posture},
	{"posture.patch", hj__twin_posture_patch},
	{"posture.delete", hj__twin_posture_delete},
	{"user-invites.list", hj__twin_invites},
	{"user-invites.create", hj__twin_invites_create},
	{"user-invite.get", hj__twin_invite},
	{"user-invite.delete", hj__twin_invite_delete},
	{"user-invite.resend", hj__twin_invite_resend},
	{"device-invites.list", hj__twin_invites},
	{"device-invites.create", hj__twin_invites_create},
	{"device-invite.accept", hj__twin_invite_accept},
	{"device-invite.get", hj__twin_invite},
	{"device-invite.delete", hj__twin_invite_delete},
	{"device-invite.resend", hj__twin_invite_resend},
	{"keys.list", hj__twin_keys},
	{"keys.create", hj__twin_keys_create},
	{"key.get", hj__twin_key},
	{"key.put", hj__twin_key_put},
	{"key.delete", hj__twin_key_delete},
	{"dns.nameservers.get", hj__twin_dns},
	{"dns.nameservers.set", hj__twin_nameservers_set},
	{"dns.preferences.get", hj__twin_dns},
	{"dns.preferences.set", hj__twin_preferences_set},
	{"dns.searchpaths.get", hj__twin_dns},
	{"dns.searchpaths.set", hj__twin_searchpaths_set},
	{"dns.split.get", hj__twin_dns},
	{"dns.split.patch", hj__twin_split_set},
	{"dns.split.put", hj__twin_split_set},
	{"dns.configuration.get", hj__twin_dns},
	{"dns.configuration.set", hj__twin_configuration_set},
	{"users.list", hj__twin_users},
	{"user.get", hj__twin_user},
	{"settings.get", hj__twin_settings},
	{"settings.patch", hj__twin_settings_patch},
};

static hj__twin_handler *handler_of(const hj_endpoint *endpoint)
{
	for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
		if (strcmp(handlers[i].endpoint, endpoint->name) == 0)
			return handlers[i].answer;
	return NULL;
}

bool hj_twin_answers(const hj_endpoint *endpoint)
{
	return handler_of(endpoint) != NULL;
}

/* -- answering ------------------------------------------------------------------------------------- */

/* "-", or the name that it was given. */
static hj_status check_tailnet(hj__twin_call *call, bool *own)
{
	*own = true;
	if (!strstr(call->endpoint->path, "{tailnet}"))
		return HJ_OK;
	hj_text name;
	hj_text_init(&name, call->twin->allocator);
	bool read = hj__twin_segment(call, "tailnet", &name);
	hj_slice text = hj_text_slice(&name);
	*own = read &&
		(hj_slice_equal(text, HJ_SLICE("-")) ||
			hj_slice_equal(text, call->twin->options.tailnet) ||
			hj_slice_equal(text, call->twin->state.inventory.tailnet));
	hj_status status = name.status;
	hj_text_free(&name);
	return status;
}

/* Of what takes JSON. An empty body is null, which no handler takes for more than nothing. */
static hj_status read_body(hj__twin_call *call)
{
	hj_slice text = hj_text_slice(&call->request->body);
	if (call->endpoint->body != HJ_BODY_JSON)
		return HJ_OK;
	hj_status status = hj_json_read(
		&call->body, text.size ? text : HJ_SLICE("null"), call->twin->allocator);
	return status == HJ_SYNTAX ? hj__twin_bad(call, "the body is no JSON") : status;
}

static hj_status answer(hj__twin_call *call)
{
	call->endpoint = hj_endpoint_of(call->request->method, call->path);
	bool admitted;
	hj_status status = hj__twin_admit(call, &admitted);
	if (status || !admitted)
		return status;
	bool own = false;
	if (call->endpoint)
		status = check_tailnet(call, &own);
	if (status)
		return status;
	if (!own)
		return hj__twin_refuse(call, 404, "not found");
	hj__twin_handler *handler = handler_of(call->endpoint);
	if (!handler)
		return hj__twin_refuse(call, 501, "not implemented");
	status = read_body(call);
	if (!status)
		status = handler(call);
	if (call->body.failed || call->twin->state.json.failed)
		status = HJ_NO_MEMORY;
	call->twin->state.json.failed = false;
	hj_json_free(&call->body);
	/* A helper has given the answer. */
	return status == HJ_INVALID && call->response->status ? HJ_OK : status;
}

hj_status hj_twin_answer(hj_twin *twin, const hj_request *request, hj_response *out)
{
	hj_slice path = hj_text_slice(&request->target);
	hj__twin_call call = {.twin = twin, .request = request, .response = out};
	const char *mark = path.size ? memchr(path.data, '?', path.size) : NULL;
	call.path = (hj_slice){path.data, mark ? (size_t)(mark - path.data) : path.size};
	if (mark)
		call.query = (hj_slice){mark + 1, path.size - call.path.size - 1};
	hj_slice base = HJ_SLICE("/api/v2");
	if (hj_slice_starts(call.path, base))
		call.path = (hj_slice){call.path.data + base.size, call.path.size - base.size};
	hj_status status = answer(&call);
	if (!status && !out->body.status)
		return HJ_OK;
	hj_response_free(out);
	hj_response_init(out, twin->allocator);
	return hj__twin_refuse(&call, 500, "internal server error");
}

/* -- opening --------------------------------------------------------------------------------------- */

static hj_status copy_options(hj_twin *twin, const hj_twin_options *options)
{
	bool ok = true;
	twin->options.tailnet = hj_arena_copy(&twin->arena, options->tailnet, &ok);
	struct hj_twin_token *tokens =
		hj_arena_alloc(&twin->arena, options->token_count * sizeof *tokens + 1);
	struct hj_twin_client *clients =
		hj_arena_alloc(&twin->arena, options->client_count * sizeof *clients + 1);
	if (!tokens || !clients)
		return HJ_NO_MEMORY;
	for (size_t i = 0; i < options->token_count; i++) {
		tokens[i].token = hj_arena_copy(&twin->arena, options->tokens[i].token, &ok);
		tokens[i].scopes = hj_arena_copy(&twin->arena, options->tokens[i].scopes, &ok);
	}
	for (size_t i = 0; i < options->client_count; i++) {
		clients[i].id = hj_arena_copy(&twin->arena, options->clients[i].id, &ok);
		clients[i].secret = hj_arena_copy(&twin->arena, options->clients[i].secret, &ok);
		clients[i].scopes = hj_arena_copy(&twin->arena, options->clients[i].scopes, &ok);
	}
	twin->options.tokens = tokens;
	twin->options.clients = clients;
	return ok ? HJ_OK : HJ_NO_MEMORY;
}

hj_status hj_twin_open(
	const hj_twin_options *options, const hj_allocator *allocator, hj_twin **out, hj_text *why)
{
	hj_twin *twin = hj_alloc(allocator, sizeof *twin);
	if (!twin)
		return HJ_NO_MEMORY;
	*twin = (hj_twin){.options = *options, .allocator = allocator};
	hj_arena_init(&twin->arena, allocator);
	hj_text_init(&twin->policy, allocator);
	hj_text_init(&twin->policy_json, allocator);
	hj_slice policy = options->policy.data ? options->policy : hj__twin_default_policy();
	twin->is_default = !options->policy.data;
	hj_text_append(&twin->policy, policy);
	hj_status status = twin->policy.status ? HJ_NO_MEMORY : copy_options(twin, options);
	if (!status)
		status = hj_etag_of(policy, allocator, &twin->etag);
	if (status == HJ_SYNTAX) {
		hj_text_str(why, "the policy does not parse");
		status = HJ_INVALID;
	}
	if (!status)
		status = hj__twin_state_open(twin, options->inventory, why);
	if (status)
		hj_twin_close(twin);
	else
		*out = twin;
	return status;
}

void hj_twin_close(hj_twin *twin)
{
	if (!twin)
		return;
	hj__twin_forget(twin);
	hj__twin_state_free(&twin->state);
	hj_text_free(&twin->policy_json);
	hj_text_free(&twin->policy);
	hj_arena_free(&twin->arena);
	hj_free(twin->allocator, twin, sizeof *twin);
}
