#include "api/twin_parts.h"

#include "syntax/string.h"

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
	{"device.routes.get", hj__twin_device_routes},
	{"device.attributes.get", hj__twin_device_attributes},
	{"users.list", hj__twin_users},
	{"user.get", hj__twin_user},
	{"services.list", hj__twin_services},
	{"services.list.old", hj__twin_services},
	{"service.get", hj__twin_service},
	{"keys.list", hj__twin_empty},
	{"posture.list", hj__twin_empty},
	{"user-invites.list", hj__twin_empty},
	{"device-invites.list", hj__twin_empty},
	{"dns.nameservers.get", hj__twin_empty},
	{"dns.preferences.get", hj__twin_empty},
	{"dns.searchpaths.get", hj__twin_empty},
	{"dns.split.get", hj__twin_empty},
	{"settings.get", hj__twin_empty},
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

/* -- what handlers use ----------------------------------------------------------------------------- */

hj_status hj__twin_begin(hj__twin_call *call, unsigned status, const char *type)
{
	call->response->status = status;
	return hj_headers_add(
		&call->response->headers, HJ_SLICE("Content-Type"), hj_slice_str(type), false);
}

hj_status hj__twin_refuse(hj__twin_call *call, unsigned status, const char *message)
{
	hj_status failure = hj__twin_begin(call, status, "application/json");
	if (failure)
		return failure;
	hj_text *body = &call->response->body;
	hj_text_str(body, "{\"message\": ");
	hj_string_encode(hj_slice_str(message), body);
	hj_text_byte(body, '}');
	return body->status;
}

static hj_slice next_part(hj_slice *rest, char end)
{
	const char *at = rest->size ? memchr(rest->data, end, rest->size) : NULL;
	size_t size = at ? (size_t)(at - rest->data) : rest->size;
	hj_slice part = {rest->data, size};
	size += at != NULL;
	*rest = (hj_slice){rest->data + size, rest->size - size};
	return part;
}

bool hj__twin_segment(const hj__twin_call *call, const char *name, hj_text *out)
{
	hj_slice pattern = hj_slice_str(call->endpoint->path), path = call->path;
	while (pattern.size) {
		hj_slice wanted = next_part(&pattern, '/'), given = next_part(&path, '/');
		if (wanted.size == strlen(name) + 2 && wanted.data[0] == '{' &&
			memcmp(wanted.data + 1, name, strlen(name)) == 0)
			return hj_percent_decode(out, given);
	}
	return false;
}

bool hj__twin_query(const hj__twin_call *call, const char *name, hj_text *out)
{
	hj_slice rest = call->query;
	while (rest.size) {
		hj_slice value = next_part(&rest, '&');
		hj_slice key = next_part(&value, '=');
		if (!hj_slice_equal(key, hj_slice_str(name)))
			continue;
		/* Forms write a blank as "+". */
		for (size_t i = 0; i < value.size; i++) {
			hj_slice one = {value.data + i, 1};
			if (*one.data == '%' && value.size - i > 2)
				one.size = 3, i += 2;
			if (*one.data == '+')
				hj_text_byte(out, ' ');
			else if (!hj_percent_decode(out, one))
				return false;
		}
		return true;
	}
	return false;
}

/* -- answering ------------------------------------------------------------------------------------- */

/* "-", or the name that it was given. */
static bool is_own_tailnet(const hj__twin_call *call)
{
	if (!strstr(call->endpoint->path, "{tailnet}"))
		return true;
	hj_text name;
	hj_text_init(&name, call->twin->allocator);
	bool own = hj__twin_segment(call, "tailnet", &name) &&
		(hj_slice_equal(hj_text_slice(&name), HJ_SLICE("-")) ||
			hj_slice_equal(hj_text_slice(&name), call->twin->options.tailnet) ||
			hj_slice_equal(hj_text_slice(&name), call->twin->inventory.tailnet));
	hj_text_free(&name);
	return own;
}

static hj_status answer(hj__twin_call *call)
{
	call->endpoint = hj_endpoint_of(call->request->method, call->path);
	bool admitted;
	hj_status status = hj__twin_admit(call, &admitted);
	if (status || !admitted)
		return status;
	if (!call->endpoint || !is_own_tailnet(call))
		return hj__twin_refuse(call, 404, "not found");
	hj__twin_handler *handler = handler_of(call->endpoint);
	if (!handler)
		return hj__twin_refuse(call, 501, "not implemented");
	return handler(call);
}

hj_status hj_twin_answer(hj_twin *twin, const hj_request *request, hj_response *out)
{
	hj_slice path = hj_text_slice(&request->target);
	hj__twin_call call = {.twin = twin, .request = request, .response = out};
	call.path = next_part(&path, '?');
	call.query = path;
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

static hj_status read_inventory(hj_twin *twin, hj_slice text, hj_text *why)
{
	hj_status status =
		hj_source_copy(twin->allocator, "inventory", text, &twin->inventory_source);
	if (!status)
		status = hj_parse(twin->inventory_source, 0, &twin->inventory_document);
	if (status)
		return status == HJ_NO_MEMORY ? status : HJ_INVALID;
	const hj_syntax_error *error = hj_document_error(twin->inventory_document);
	if (error) {
		hj_text_str(why, "the inventory does not parse");
		return HJ_INVALID;
	}
	hj_findings findings;
	hj_findings_init(&findings, twin->allocator);
	status = hj_inventory_bind(
		twin->inventory_document, twin->allocator, &findings, &twin->inventory);
	twin->has_inventory = status == HJ_OK;
	for (size_t i = 0; i < findings.count && !status; i++)
		if (findings.items[i].severity == HJ_ERROR_LEVEL) {
			hj_text_str(why, "the inventory: ");
			hj_text_append(why, findings.items[i].message);
			status = HJ_INVALID;
		}
	hj_findings_free(&findings);
	return status;
}

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
	if (!status && options->inventory.size)
		status = read_inventory(twin, options->inventory, why);
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
	if (twin->has_inventory)
		hj_inventory_free(&twin->inventory);
	hj_document_free(twin->inventory_document);
	hj_source_free(twin->inventory_source);
	hj_text_free(&twin->policy);
	hj_arena_free(&twin->arena);
	hj_free(twin->allocator, twin, sizeof *twin);
}
