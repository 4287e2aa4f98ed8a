/*
 * Devices: the inventory's, and what may be changed of them (tailnet API reference 6).
 */
#include "api/twin_parts.h"

#include "syntax/string.h"

static const char *const device_names[] = {"nodeId", "id", "name", NULL};

/* What the inventory keeps with a device and the API elsewhere; what only fields=all shows. */
static const char *const kept_apart[] = {"attributes", "attributeExpiries", NULL};
static const char *const not_usual[] = {"attributes", "attributeExpiries", "multipleConnections",
	"enabledRoutes", "advertisedRoutes", "clientConnectivity", "sshEnabled", "postureIdentity",
	"distro", NULL};

static hj_status device_asked(hj__twin_call *call, uint32_t *device, uint32_t *index)
{
	return hj__twin_asked(call, "/devices", "deviceId", device_names, device, index);
}

/* -- showing --------------------------------------------------------------------------------------- */

/* fields: default or all; HJ_INVALID: neither. */
static hj_status read_fields(hj__twin_call *call, const char *const **hidden)
{
	hj_text fields;
	hj_text_init(&fields, call->twin->allocator);
	bool given = hj__twin_query(call, "fields", &fields);
	hj_slice text = hj_text_slice(&fields);
	bool all = hj_slice_equal(text, HJ_SLICE("all"));
	bool good = !given || all || hj_slice_equal(text, HJ_SLICE("default"));
	hj_status status = fields.status;
	hj_text_free(&fields);
	*hidden = all ? kept_apart : not_usual;
	return status || good ? status : hj__twin_bad(call, "fields is default or all");
}

static bool value_is(const hj_json *json, uint32_t node, hj_slice wanted)
{
	if (hj_json_kind(json, node) == HJ_STRING)
		return hj_string_equals(json->document, node, wanted);
	return hj_slice_equal(hj__twin_bytes(json, node), wanted);
}

/* NAME=VALUE: a member that is it, or a list that has it. */
static bool member_fits(const hj_json *json, uint32_t device, const char *name, hj_slice wanted)
{
	uint32_t member = hj_json_member(json, device, name);
	if (member == HJ_JSON_NOTHING || hj_json_kind(json, member) != HJ_ARRAY)
		return member != HJ_JSON_NOTHING && value_is(json, member, wanted);
	for (uint32_t at = hj_json_next(json, member, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, member, at))
		if (value_is(json, at, wanted))
			return true;
	return false;
}

/* All filters of the query hold. */
static bool fits(const hj__twin_call *call, uint32_t device, hj_status *status)
{
	hj_text name, value;
	hj_text_init(&name, call->twin->allocator);
	hj_text_init(&value, call->twin->allocator);
	hj_slice rest = call->query;
	bool good = true;
	while (good && hj__twin_next_parameter(&rest, &name, &value)) {
		const char *text = hj_text_string(&name);
		good = text &&
			(strcmp(text, "fields") == 0 ||
				member_fits(&call->twin->state.json, device, text,
					hj_text_slice(&value)));
	}
	if (name.status || value.status)
		*status = HJ_NO_MEMORY;
	hj_text_free(&name);
	hj_text_free(&value);
	return good;
}

hj_status hj__twin_devices(hj__twin_call *call)
{
	const hj_json *json = &call->twin->state.json;
	const char *const *hidden;
	hj_status status = read_fields(call, &hidden);
	if (!status)
		status = hj__twin_say(call, "{\"devices\": [");
	hj_text *body = &call->response->body;
	uint32_t list = hj__twin_find(call->twin, "/devices");
	bool first = true;
	for (uint32_t at = hj_json_next(json, list, 0); at != HJ_JSON_NOTHING && !status;
		at = hj_json_next(json, list, at)) {
		if (hj_json_kind(json, at) != HJ_OBJECT || !fits(call, at, &status))
			continue;
		hj_text_str(body, first ? "" : ", ");
		hj__twin_append_open(call->twin, at, hidden, body);
		hj_text_byte(body, '}');
		first = false;
	}
	if (!status)
		hj_text_str(body, "]}");
	return status ? status : body->status;
}

hj_status hj__twin_device(hj__twin_call *call)
{
	uint32_t device, index;
	const char *const *hidden;
	hj_status status = read_fields(call, &hidden);
	if (!status)
		status = device_asked(call, &device, &index);
	if (!status)
		status = hj__twin_say(call, "");
	if (status)
		return status;
	hj__twin_append_open(call->twin, device, hidden, &call->response->body);
	hj_text_byte(&call->response->body, '}');
	return call->response->body.status;
}

/* -- removing -------------------------------------------------------------------------------------- */

hj_status hj__twin_device_delete(hj__twin_call *call)
{
	const hj_json *json = &call->twin->state.json;
	uint32_t device, index;
	hj_status status = device_asked(call, &device, &index);
	if (!status && hj_json_kind(json, hj_json_member(json, device, "isExternal")) == HJ_TRUE)
		status = hj__twin_stop(call, 501, "cannot delete devices outside of your tailnet");
	if (status)
		return status;
	hj__twin_change change;
	hj__twin_change_begin(&change, call->twin);
	hj__twin_remove(&change, "/devices/%u", index);
	status = hj__twin_commit(&change, call);
	return status ? status : hj__twin_say(call, "");
}

/* -- members --------------------------------------------------------------------------------------- */

static hj_status set_member(
	hj__twin_call *call, uint32_t index, const char *member, hj_slice value, const char *answer)
{
	hj__twin_change change;
	hj__twin_change_begin(&change, call->twin);
	hj__twin_add(&change, value, "/devices/%u/%s", index, member);
	hj_status status = hj__twin_commit(&change, call);
	return status ? status : hj__twin_say(call, answer);
}

/* What is switched: the body's member is the device's. */
static const struct {
	const char *endpoint, *member, *why;
} switches[] = {
	{"device.authorized.set", "authorized", "\"authorized\" is true or false"},
	{"device.key.set", "keyExpiryDisabled", "\"keyExpiryDisabled\" is true or false"},
};

hj_status hj__twin_device_set(hj__twin_call *call)
{
	size_t i = 0;
	while (strcmp(switches[i].endpoint, call->endpoint->name) != 0)
		i++;
	uint32_t device, index, value = hj_json_member(&call->body, 0, switches[i].member);
	hj_status status = device_asked(call, &device, &index);
	if (!status && !hj__twin_is_bool(&call->body, value))
		status = hj__twin_bad(call, switches[i].why);
	return status ? status
		      : set_member(call, index, switches[i].member,
				hj__twin_bytes(&call->body, value), "{}");
}

hj_status hj__twin_device_tags(hj__twin_call *call)
{
	uint32_t device, index, tags = hj_json_member(&call->body, 0, "tags");
	hj_status status = device_asked(call, &device, &index);
	if (!status && (tags == HJ_JSON_NOTHING || !hj__twin_is_strings(&call->body, tags)))
		status = hj__twin_bad(call, "\"tags\" is a list of tags");
	if (!status)
		status = hj__twin_check_tags(call, tags);
	if (status)
		return status;
	hj_text list;
	hj_text_init(&list, call->twin->allocator);
	hj__twin_append_list(&call->body, tags, &list);
	status = list.status ? list.status
			     : set_member(call, index, "tags", hj_text_slice(&list), "{}");
	hj_text_free(&list);
	return status;
}

/* A short name keeps the domain that the device's name had; none is the name that the OS says. */
hj_status hj__twin_device_name(hj__twin_call *call)
{
	hj_json *json = &call->twin->state.json;
	uint32_t device, index, value = hj_json_member(&call->body, 0, "name");
	hj_status status = device_asked(call, &device, &index);
	hj_slice name = hj_json_string(&call->body, value);
	if (!status &&
		(hj_json_kind(&call->body, value) != HJ_STRING ||
			!hj__twin_is_plain(name, 253, "-.")))
		status = hj__twin_bad(call, "\"name\" is a name of letters, digits and hyphens");
	if (status)
		return status;
	hj_slice old = hj_json_string(json, hj_json_member(json, device, "name"));
	if (name.size == 0)
		name = hj_json_string(json, hj_json_member(json, device, "hostname"));
	if (name.size == 0)
		name = old;
	const char *dot = old.size ? memchr(old.data, '.', old.size) : NULL;
	hj_text full, encoded;
	hj_text_init(&full, call->twin->allocator);
	hj_text_init(&encoded, call->twin->allocator);
	hj_text_append(&full, name);
	if (dot && !memchr(name.data, '.', name.size))
		hj_text_append(&full, (hj_slice){dot, old.size - (size_t)(dot - old.data)});
	hj_string_encode(hj_text_slice(&full), &encoded);
	status = full.status || encoded.status
		? HJ_NO_MEMORY
		: set_member(call, index, "name", hj_text_slice(&encoded), "{}");
	hj_text_free(&encoded);
	hj_text_free(&full);
	return status;
}

/* The first IPv4 address makes room for the new one. */
hj_status hj__twin_device_ip(hj__twin_call *call)
{
	hj_json *json = &call->twin->state.json;
	uint32_t device, index, value = hj_json_member(&call->body, 0, "ipv4");
	hj_address address;
	hj_status status = device_asked(call, &device, &index);
	if (!status &&
		(!hj_address_parse(hj_json_string(&call->body, value), &address) || address.v6))
		status = hj__twin_bad(call, "\"ipv4\" is an IPv4 address");
	if (status)
		return status;
	hj_text list;
	hj_text_init(&list, call->twin->allocator);
	hj_text_byte(&list, '[');
	hj_text_append(&list, hj__twin_bytes(&call->body, value));
	uint32_t old = hj_json_member(json, device, "addresses");
	bool replaced = false;
	for (uint32_t at = hj_json_next(json, old, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, old, at)) {
		bool v4 = hj_address_parse(hj_json_string(json, at), &address) && !address.v6;
		if (v4 && !replaced) {
			replaced = true;
			continue;
		}
		hj_text_byte(&list, ',');
		hj_text_append(&list, hj__twin_bytes(json, at));
	}
	hj_text_byte(&list, ']');
	status = list.status ? list.status
			     : set_member(call, index, "addresses", hj_text_slice(&list), "{}");
	hj_text_free(&list);
	return status;
}

hj_status hj__twin_device_expire(hj__twin_call *call)
{
	uint32_t device, index;
	hj_status status = device_asked(call, &device, &index);
	if (status)
		return status;
	char now[HJ__TWIN_TIME], value[HJ__TWIN_TIME + 2];
	hj__twin_time(hj__twin_now(call->twin), now);
	size_t size = strlen(now);
	value[0] = value[size + 1] = '"';
	memcpy(value + 1, now, size);
	return set_member(call, index, "expires", (hj_slice){value, size + 2}, "{}");
}

/* -- routes ---------------------------------------------------------------------------------------- */

static hj_status show_routes(hj__twin_call *call)
{
	static const char *const names[] = {"advertisedRoutes", "enabledRoutes"};
	uint32_t device, index;
	hj_status status = device_asked(call, &device, &index);
	if (!status)
		status = hj__twin_say(call, "");
	if (status)
		return status;
	hj_text *body = &call->response->body;
	const hj_json *json = &call->twin->state.json;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		hj_text_printf(body, "%s\"%s\": ", i ? ", " : "{", names[i]);
		hj__twin_append_list(json, hj_json_member(json, device, names[i]), body);
	}
	hj_text_byte(body, '}');
	return body->status;
}

hj_status hj__twin_device_routes(hj__twin_call *call)
{
	return show_routes(call);
}

hj_status hj__twin_device_routes_set(hj__twin_call *call)
{
	uint32_t device, index, routes = hj_json_member(&call->body, 0, "routes");
	hj_status status = device_asked(call, &device, &index);
	bool good = routes != HJ_JSON_NOTHING && hj__twin_is_strings(&call->body, routes);
	hj_prefix prefix;
	for (uint32_t at = good ? hj_json_next(&call->body, routes, 0) : HJ_JSON_NOTHING;
		at != HJ_JSON_NOTHING && good; at = hj_json_next(&call->body, routes, at))
		good = hj_prefix_parse(hj_json_string(&call->body, at), &prefix);
	if (!status && !good)
		status = hj__twin_bad(call, "\"routes\" is a list of prefixes");
	if (status)
		return status;
	hj__twin_change change;
	hj_text list;
	hj_text_init(&list, call->twin->allocator);
	hj__twin_change_begin(&change, call->twin);
	hj__twin_append_list(&call->body, routes, &list);
	hj__twin_add(&change, hj_text_slice(&list), "/devices/%u/enabledRoutes", index);
	if (list.status)
		change.patch.status = list.status;
	status = hj__twin_commit(&change, call);
	hj_text_free(&list);
	return status ? status : show_routes(call);
}
