/*
 * Services and who hosts them (tailnet API reference 7.1).
 */
#include "api/twin_parts.h"

#include "syntax/string.h"

static const char *const service_names[] = {"name", NULL};

/* An inventory may call them by the older name. */
static const char *list_of(const hj_twin *twin)
{
	bool old = hj__twin_find(twin, "/services") == HJ_JSON_NOTHING &&
		hj__twin_find(twin, "/vipServices") != HJ_JSON_NOTHING;
	return old ? "/vipServices" : "/services";
}

static hj_status service_asked(hj__twin_call *call, uint32_t *service, uint32_t *index)
{
	return hj__twin_asked(
		call, list_of(call->twin), "serviceName", service_names, service, index);
}

hj_status hj__twin_services(hj__twin_call *call)
{
	hj_status status = hj__twin_say(call, "{\"vipServices\": ");
	hj__twin_append_list(&call->twin->state.json,
		hj__twin_find(call->twin, list_of(call->twin)), &call->response->body);
	hj_text_byte(&call->response->body, '}');
	return status ? status : call->response->body.status;
}

hj_status hj__twin_service(hj__twin_call *call)
{
	uint32_t service, index;
	hj_status status = service_asked(call, &service, &index);
	return status ? status : hj__twin_show(call, service);
}

/* -- making -------------------------------------------------------------------------------------------- */

static hj_status check(hj__twin_call *call, hj_slice name)
{
	hj_json *body = &call->body;
	static const char *const lists[] = {"addrs", "ports", "tags"};
	hj_slice said = hj_json_string(body, hj_json_member(body, 0, "name"));
	bool good = hj_slice_starts(name, HJ_SLICE("svc:")) && name.size > 4 &&
		hj__twin_is_plain((hj_slice){name.data + 4, name.size - 4}, 63, "-");
	if (!good || hj_json_kind(body, 0) != HJ_OBJECT ||
		(said.size && !hj_slice_equal(said, name)))
		return hj__twin_bad(call, "a service is an object, its name begins with svc:");
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (!hj__twin_is_strings(body, hj_json_member(body, 0, lists[i])))
			return hj__twin_bad(call, "\"addrs\", \"ports\" and \"tags\" are lists");
	return hj__twin_check_tags(call, hj_json_member(body, 0, "tags"));
}

/* The body with its name, and with addresses: those it has, those it had, or new ones. */
static void write_service(hj__twin_call *call, hj_slice name, uint32_t old, hj_text *out)
{
	hj_twin *twin = call->twin;
	const hj_json *body = &call->body;
	static const char *const members[] = {"comment", "ports", "tags"};
	hj_text_str(out, "{\"name\":");
	hj_string_encode(name, out);
	hj_text_str(out, ",\"addrs\":");
	uint32_t given = hj_json_member(body, 0, "addrs");
	uint32_t had = old == HJ_JSON_NOTHING ? HJ_JSON_NOTHING
					      : hj_json_member(&twin->state.json, old, "addrs");
	if (hj_json_next(body, given, 0) != HJ_JSON_NOTHING) {
		hj__twin_append_list(body, given, out);
	} else if (had != HJ_JSON_NOTHING) {
		hj__twin_append_list(&twin->state.json, had, out);
	} else {
		unsigned number = (unsigned)++twin->made;
		hj_text_printf(out, "[\"100.99.%u.%u\",\"fd7a:115c:a1e0::6363:%x\"]",
			number >> 8 & 255, number & 255, number & 0xFFFF);
	}
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		uint32_t value = hj_json_member(body, 0, members[i]);
		if (value == HJ_JSON_NOTHING)
			continue;
		hj_text_printf(out, ",\"%s\":", members[i]);
		hj_text_append(out, hj__twin_bytes(body, value));
	}
	hj_text_byte(out, '}');
}

static hj_status put(hj__twin_call *call, hj_slice name)
{
	hj_twin *twin = call->twin;
	const char *list = list_of(twin);
	uint32_t index, old = hj__twin_named(twin, list, service_names, name, &index);
	hj_status status = check(call, name);
	if (status)
		return status;
	hj_text text;
	hj__twin_change change;
	hj_text_init(&text, twin->allocator);
	hj__twin_change_begin(&change, twin);
	write_service(call, name, old, &text);
	if (hj__twin_find(twin, list) == HJ_JSON_NOTHING)
		hj__twin_add(&change, HJ_SLICE("[]"), "%s", list);
	if (old == HJ_JSON_NOTHING)
		hj__twin_add(&change, hj_text_slice(&text), "%s/-", list);
	else
		hj__twin_replace(&change, hj_text_slice(&text), "%s/%u", list, index);
	if (text.status) {
		hj_text_free(&change.patch);
		status = text.status;
	} else {
		status = hj__twin_commit(&change, call);
	}
	hj_text_free(&text);
	return status ? status : hj__twin_service(call);
}

hj_status hj__twin_service_put(hj__twin_call *call)
{
	hj_text name;
	hj_text_init(&name, call->twin->allocator);
	hj_status status = hj__twin_segment(call, "serviceName", &name)
		? put(call, hj_text_slice(&name))
		: hj__twin_bad(call, "the service's name");
	if (name.status)
		status = name.status;
	hj_text_free(&name);
	return status;
}

/* -- hosts --------------------------------------------------------------------------------------------- */

/* The value of an object's member; HJ_JSON_NOTHING. */
static uint32_t value_of(const hj_json *json, uint32_t object, hj_slice name)
{
	if (hj_json_kind(json, object) != HJ_OBJECT)
		return HJ_JSON_NOTHING;
	const hj_node *nodes = hj_document_nodes(json->document);
	for (uint32_t at = hj_node_first(object); at < nodes[object].next;
		at = nodes[nodes[at].next].next)
		if (hj_string_equals(json->document, at, name))
			return nodes[at].next;
	return HJ_JSON_NOTHING;
}

/* The approvals of a service: device → {"approved": …, "autoApproved": …}. */
static uint32_t hosts_of(hj_twin *twin, uint32_t service)
{
	hj_json *json = &twin->state.json;
	return value_of(json, hj__twin_find(twin, "/serviceHosts"),
		hj_json_string(json, hj_json_member(json, service, "name")));
}

hj_status hj__twin_service_delete(hj__twin_call *call)
{
	hj_twin *twin = call->twin;
	hj_json *json = &twin->state.json;
	uint32_t service, index;
	hj_status status = service_asked(call, &service, &index);
	if (status)
		return status;
	hj__twin_change change;
	hj__twin_change_begin(&change, twin);
	hj_text path;
	hj_text_init(&path, twin->allocator);
	hj_text_str(&path, "/serviceHosts/");
	hj__twin_append_token(&path, hj_json_string(json, hj_json_member(json, service, "name")));
	const char *pointer = hj_text_string(&path);
	if (!pointer)
		change.patch.status = HJ_NO_MEMORY;
	else if (hosts_of(twin, service) != HJ_JSON_NOTHING)
		hj__twin_remove(&change, "%s", pointer);
	hj__twin_remove(&change, "%s/%u", list_of(twin), index);
	status = hj__twin_commit(&change, call);
	hj_text_free(&path);
	return status ? status : hj__twin_say(call, "");
}

hj_status hj__twin_service_devices(hj__twin_call *call)
{
	const hj_json *json = &call->twin->state.json;
	const hj_node *nodes = hj_document_nodes(json->document);
	uint32_t service, index;
	hj_status status = service_asked(call, &service, &index);
	if (!status)
		status = hj__twin_say(call, "{\"hosts\": [");
	if (status)
		return status;
	uint32_t hosts = hosts_of(call->twin, service);
	hj_text *body = &call->response->body;
	bool first = true;
	for (uint32_t at = hosts == HJ_JSON_NOTHING ? 0 : hj_node_first(hosts);
		at && at < nodes[hosts].next; at = nodes[nodes[at].next].next) {
		uint32_t host = nodes[at].next;
		bool approved =
			hj_json_kind(json, hj_json_member(json, host, "approved")) == HJ_TRUE;
		bool self =
			hj_json_kind(json, hj_json_member(json, host, "autoApproved")) == HJ_TRUE;
		hj_text_str(body, first ? "{\"stableNodeID\": " : ", {\"stableNodeID\": ");
		hj_text_append(body, hj__twin_bytes(json, at));
		hj_text_printf(body, ", \"approvalLevel\": \"%s\", \"configured\": \"ready\"}",
			self               ? "approved:auto"
				: approved ? "approved:manual"
					   : "not-approved");
		first = false;
	}
	hj_text_str(body, "]}");
	return body->status;
}

/* Both of the path's, and the device's id. */
static hj_status host_asked(hj__twin_call *call, uint32_t *service, hj_slice *id)
{
	static const char *const device_names[] = {"nodeId", "id", "name", NULL};
	hj_json *json = &call->twin->state.json;
	uint32_t device, index;
	hj_status status = service_asked(call, service, &index);
	if (!status)
		status =
			hj__twin_asked(call, "/devices", "deviceId", device_names, &device, &index);
	*id = (hj_slice){NULL, 0};
	for (size_t i = 0; !status && id->size == 0 && device_names[i]; i++)
		*id = hj_json_string(json, hj_json_member(json, device, device_names[i]));
	return status;
}

hj_status hj__twin_service_approved(hj__twin_call *call)
{
	const hj_json *json = &call->twin->state.json;
	uint32_t service;
	hj_slice id;
	hj_status status = host_asked(call, &service, &id);
	if (status)
		return status;
	uint32_t host = value_of(json, hosts_of(call->twin, service), id);
	if (host != HJ_JSON_NOTHING)
		return hj__twin_show(call, host);
	return hj__twin_say(call, "{\"approved\": false, \"autoApproved\": false}");
}

hj_status hj__twin_service_approve(hj__twin_call *call)
{
	hj_twin *twin = call->twin;
	hj_json *json = &twin->state.json;
	uint32_t service, approved = hj_json_member(&call->body, 0, "approved");
	hj_slice id;
	hj_status status = host_asked(call, &service, &id);
	if (!status && !hj__twin_is_bool(&call->body, approved))
		status = hj__twin_bad(call, "\"approved\" is true or false");
	if (status)
		return status;
	hj_slice name = hj_json_string(json, hj_json_member(json, service, "name"));
	hj_text path;
	hj__twin_change change;
	hj_text_init(&path, twin->allocator);
	hj__twin_change_begin(&change, twin);
	hj_text_str(&path, "/serviceHosts/");
	hj__twin_append_token(&path, name);
	const char *parent = hj_text_string(&path);
	if (parent && hosts_of(twin, service) == HJ_JSON_NOTHING)
		hj__twin_add(&change, HJ_SLICE("{}"), "%s", parent);
	hj_text_byte(&path, '/');
	hj__twin_append_token(&path, id);
	const char *pointer = hj_text_string(&path);
	if (pointer)
		hj__twin_add(&change,
			hj_json_kind(&call->body, approved) == HJ_TRUE
				? HJ_SLICE("{\"approved\":true,\"autoApproved\":false}")
				: HJ_SLICE("{\"approved\":false,\"autoApproved\":false}"),
			"%s", pointer);
	else if (!change.patch.status)
		change.patch.status = HJ_NO_MEMORY;
	status = hj__twin_commit(&change, call);
	hj_text_free(&path);
	return status ? status : hj__twin_service_approved(call);
}
