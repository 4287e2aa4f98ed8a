/*
 * What the twin's tailnet has: the objects of its inventory, as they stand there, in standard JSON.
 */
#include "api/twin_parts.h"

#include "format/format.h"
#include "syntax/string.h"

/* A node of the inventory without comments and trailing commas. */
static hj_status append_node(const hj_twin *twin, uint32_t node, hj_text *out)
{
	hj_slice text = hj_source_slice(twin->inventory_source,
		hj_node_span(&hj_document_nodes(twin->inventory_document)[node]));
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_status status = hj_source_copy(twin->allocator, "object", text, &source);
	if (!status)
		status = hj_parse(source, HJ_PARSE_FIRST_ERROR, &document);
	if (!status)
		status = hj_format(document,
			&(hj_format_options){.style = HJ_MINIMIZED,
				.limit = UINT64_MAX,
				.allocator = twin->allocator},
			out);
	hj_document_free(document);
	hj_source_free(source);
	return status;
}

static const hj_node *nodes_of(const hj_twin *twin)
{
	return hj_document_nodes(twin->inventory_document);
}

/* The value of an object's member; 0: there is none. The root is nobody's value. */
static uint32_t member(const hj_twin *twin, uint32_t object, const char *name)
{
	const hj_node *nodes = nodes_of(twin);
	if (hj_node_kind(&nodes[object]) != HJ_OBJECT)
		return 0;
	hj_arena arena;
	hj_arena_init(&arena, twin->allocator);
	uint32_t found = 0;
	bool ok = true;
	for (uint32_t at = hj_node_first(object); at < nodes[object].next && !found;
		at = nodes[nodes[at].next].next)
		if (hj_slice_equal(hj_string_value(twin->inventory_document, at, &arena, &ok),
			    hj_slice_str(name)))
			found = nodes[at].next;
	hj_arena_free(&arena);
	return found;
}

static bool member_is(const hj_twin *twin, uint32_t object, const char *name, hj_slice text)
{
	uint32_t value = member(twin, object, name);
	if (!value || hj_node_kind(&nodes_of(twin)[value]) != HJ_STRING)
		return false;
	hj_arena arena;
	hj_arena_init(&arena, twin->allocator);
	bool ok = true;
	bool same =
		hj_slice_equal(hj_string_value(twin->inventory_document, value, &arena, &ok), text);
	hj_arena_free(&arena);
	return same;
}

/* -- lists ------------------------------------------------------------------------------------------- */

typedef bool keeps(const hj__twin_call *call, uint32_t object);

static hj_status answer_list(
	hj__twin_call *call, const char *section, const char *name, keeps *keep)
{
	const hj_twin *twin = call->twin;
	hj_status status = hj__twin_begin(call, 200, "application/json");
	hj_text *body = &call->response->body;
	hj_text_printf(body, "{\"%s\": [", name);
	uint32_t list = twin->has_inventory ? member(twin, 0, section) : 0;
	bool first = true;
	if (list && hj_node_kind(&nodes_of(twin)[list]) == HJ_ARRAY)
		for (uint32_t at = hj_node_first(list); at < nodes_of(twin)[list].next && !status;
			at = nodes_of(twin)[at].next) {
			if (keep && !keep(call, at))
				continue;
			hj_text_str(body, first ? "" : ", ");
			first = false;
			status = append_node(twin, at, body);
		}
	hj_text_str(body, "]}");
	return status ? status : body->status;
}

/* The object of a section one of whose members is the text; 0: there is none. */
static uint32_t object_named(
	const hj_twin *twin, const char *section, const char *const *names, hj_slice text)
{
	uint32_t list = twin->has_inventory ? member(twin, 0, section) : 0;
	if (!list || hj_node_kind(&nodes_of(twin)[list]) != HJ_ARRAY)
		return 0;
	for (uint32_t at = hj_node_first(list); at < nodes_of(twin)[list].next;
		at = nodes_of(twin)[at].next)
		for (const char *const *name = names; *name; name++)
			if (member_is(twin, at, *name, text))
				return at;
	return 0;
}

static uint32_t object_asked(
	hj__twin_call *call, const char *section, const char *parameter, const char *const *names)
{
	hj_text id;
	hj_text_init(&id, call->twin->allocator);
	uint32_t found = hj__twin_segment(call, parameter, &id)
		? object_named(call->twin, section, names, hj_text_slice(&id))
		: 0;
	hj_text_free(&id);
	return found;
}

static hj_status answer_object(hj__twin_call *call, uint32_t object)
{
	if (!object)
		return hj__twin_refuse(call, 404, "not found");
	hj_status status = hj__twin_begin(call, 200, "application/json");
	return status ? status : append_node(call->twin, object, &call->response->body);
}

/* -- devices ----------------------------------------------------------------------------------------- */

static const char *const device_names[] = {"nodeId", "id", "name", NULL};

hj_status hj__twin_devices(hj__twin_call *call)
{
	return answer_list(call, "devices", "devices", NULL);
}

hj_status hj__twin_device(hj__twin_call *call)
{
	return answer_object(call, object_asked(call, "devices", "deviceId", device_names));
}

static hj_status append_routes(const hj_twin *twin, uint32_t device, const char *name, hj_text *out)
{
	uint32_t routes = member(twin, device, name);
	hj_text_printf(out, "\"%s\": ", name);
	if (routes)
		return append_node(twin, routes, out);
	hj_text_str(out, "[]");
	return out->status;
}

hj_status hj__twin_device_routes(hj__twin_call *call)
{
	uint32_t device = object_asked(call, "devices", "deviceId", device_names);
	if (!device)
		return hj__twin_refuse(call, 404, "not found");
	hj_text *body = &call->response->body;
	hj_status status = hj__twin_begin(call, 200, "application/json");
	hj_text_byte(body, '{');
	if (!status)
		status = append_routes(call->twin, device, "advertisedRoutes", body);
	hj_text_str(body, ", ");
	if (!status)
		status = append_routes(call->twin, device, "enabledRoutes", body);
	hj_text_byte(body, '}');
	return status ? status : body->status;
}

hj_status hj__twin_device_attributes(hj__twin_call *call)
{
	uint32_t device = object_asked(call, "devices", "deviceId", device_names);
	if (!device)
		return hj__twin_refuse(call, 404, "not found");
	hj_text *body = &call->response->body;
	hj_status status = hj__twin_begin(call, 200, "application/json");
	uint32_t attributes = member(call->twin, device, "attributes");
	hj_text_str(body, "{\"attributes\": ");
	if (attributes && !status)
		status = append_node(call->twin, attributes, body);
	else
		hj_text_str(body, "{}");
	hj_text_str(body, ", \"expiries\": {}}");
	return status ? status : body->status;
}

/* -- users, services ------------------------------------------------------------------------------------ */

/* type: member (the usual), shared, all; role: one, or all (the usual). */
static bool keeps_user(const hj__twin_call *call, uint32_t user)
{
	hj_text type, role;
	hj_text_init(&type, call->twin->allocator);
	hj_text_init(&role, call->twin->allocator);
	if (!hj__twin_query(call, "type", &type))
		hj_text_str(&type, "member");
	if (!hj__twin_query(call, "role", &role))
		hj_text_str(&role, "all");
	bool shared = member_is(call->twin, user, "type", HJ_SLICE("shared"));
	hj_slice wanted = hj_text_slice(&type);
	bool keep = hj_slice_equal(wanted, HJ_SLICE("all")) ||
		hj_slice_equal(wanted, shared ? HJ_SLICE("shared") : HJ_SLICE("member"));
	wanted = hj_text_slice(&role);
	keep = keep &&
		(hj_slice_equal(wanted, HJ_SLICE("all")) ||
			member_is(call->twin, user, "role", wanted));
	hj_text_free(&type);
	hj_text_free(&role);
	return keep;
}

hj_status hj__twin_users(hj__twin_call *call)
{
	return answer_list(call, "users", "users", keeps_user);
}

hj_status hj__twin_user(hj__twin_call *call)
{
	static const char *const names[] = {"id", "loginName", NULL};
	return answer_object(call, object_asked(call, "users", "userId", names));
}

hj_status hj__twin_services(hj__twin_call *call)
{
	return answer_list(call, "services", "vipServices", NULL);
}

hj_status hj__twin_service(hj__twin_call *call)
{
	static const char *const names[] = {"name", NULL};
	return answer_object(call, object_asked(call, "services", "serviceName", names));
}

/* -- what a tailnet of files does not have ---------------------------------------------------------------- */

hj_status hj__twin_empty(hj__twin_call *call)
{
	static const struct {
		const char *endpoint, *body;
	} empty[] = {
		{"keys.list", "{\"keys\": []}"},
		{"posture.list", "{\"integrations\": []}"},
		{"user-invites.list", "[]"},
		{"device-invites.list", "[]"},
		{"dns.nameservers.get", "{\"dns\": []}"},
		{"dns.preferences.get", "{\"magicDNS\": false}"},
		{"dns.searchpaths.get", "{\"searchPaths\": []}"},
		{"dns.split.get", "{}"},
		{"settings.get", "{}"},
	};
	hj_status status = hj__twin_begin(call, 200, "application/json");
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
		if (strcmp(empty[i].endpoint, call->endpoint->name) == 0)
			hj_text_str(&call->response->body, empty[i].body);
	return status ? status : call->response->body.status;
}
