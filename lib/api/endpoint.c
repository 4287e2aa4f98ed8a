#include "api/endpoint.h"

/*
 * Every endpoint of the reference. What is safe (GET) and what may be said twice (PUT, DELETE, and a
 * POST that changes nothing or replaces a whole) is repeatable; a POST of the policy never is.
 */
#define T "/tailnet/{tailnet}"
#define D "/device/{deviceId}"

#define CALL(id, verb, where, asks, needs, sends, twice, how, what)                                \
	{                                                                                          \
		.name = (id), .method = (verb), .path = (where), .query = (asks),                  \
		.scope = (needs), .body = (sends), .accept = "application/json",                   \
		.repeatable = (twice), .command = (how), .summary = (what)                         \
	}
#define API "hujson tailnet api"

static const hj_endpoint endpoints[] = {
	/* 2.1, 2.2 */
	{.name = "oauth.token",
		.method = HJ_POST,
		.path = "/oauth/token",
		.query = "",
		.scope = "",
		.body = HJ_BODY_FORM,
		.repeatable = true,
		.command = "every command, with OAuth credentials",
		.summary = "an access token for client credentials"},
	{.name = "oauth.exchange",
		.method = HJ_POST,
		.path = "/oauth/token-exchange",
		.query = "",
		.scope = "",
		.body = HJ_BODY_FORM,
		.repeatable = true,
		.command = "every command, with an identity token",
		.summary = "an access token for a workload's identity token"},

	/* 5 */
	{.name = "policy.get",
		.method = HJ_GET,
		.path = T "/acl",
		.query = "details",
		.scope = "policy_file:read",
		.body = HJ_BODY_NONE,
		.accept = "application/hujson",
		.repeatable = true,
		.command = "hujson tailnet get",
		.summary = "the policy file"},
	{.name = "policy.set",
		.method = HJ_POST,
		.path = T "/acl",
		.query = "",
		.scope = "policy_file",
		.body = HJ_BODY_POLICY,
		.accept = "application/hujson",
		.repeatable = false,
		.command = "hujson tailnet push",
		.summary = "replace the policy file"},
	{.name = "policy.preview",
		.method = HJ_POST,
		.path = T "/acl/preview",
		.query = "type previewFor",
		.scope = "policy_file:read",
		.body = HJ_BODY_POLICY,
		.accept = "application/json",
		.repeatable = true,
		.command = "hujson tailnet preview",
		.summary = "the rules of a policy that match a user or an address"},
	{.name = "policy.validate",
		.method = HJ_POST,
		.path = T "/acl/validate",
		.query = "",
		.scope = "policy_file:read",
		.body = HJ_BODY_POLICY,
		.accept = "application/json",
		.repeatable = true,
		.command = "hujson tailnet validate",
		.summary = "check a policy, or run tests against the one in force"},

	/* 6 */
	CALL("devices.list", HJ_GET, T "/devices", "fields *", "devices:core:read", HJ_BODY_NONE,
		true, "hujson tailnet devices", "the devices"),
	CALL("device.get", HJ_GET, D, "fields", "devices:core:read", HJ_BODY_NONE, true,
		"hujson tailnet devices ID", "one device"),
	CALL("device.delete", HJ_DELETE, D, "", "devices:core", HJ_BODY_NONE, true, API,
		"remove a device"),
	CALL("device.routes.get", HJ_GET, D "/routes", "", "devices:routes:read", HJ_BODY_NONE,
		true, API, "the routes of a device"),
	CALL("device.routes.set", HJ_POST, D "/routes", "", "devices:routes", HJ_BODY_JSON, true,
		API, "replace the enabled routes of a device"),
	CALL("device.authorized.set", HJ_POST, D "/authorized", "", "devices:core", HJ_BODY_JSON,
		true, API, "authorize a device, or take that back"),
	CALL("device.tags.set", HJ_POST, D "/tags", "", "devices:core", HJ_BODY_JSON, true, API,
		"replace the tags of a device"),
	CALL("device.key.set", HJ_POST, D "/key", "", "devices:core", HJ_BODY_JSON, true, API,
		"switch the expiry of a device's key"),
	CALL("device.name.set", HJ_POST, D "/name", "", "devices:core", HJ_BODY_JSON, true, API,
		"name a device"),
	CALL("device.ip.set", HJ_POST, D "/ip", "", "devices:core", HJ_BODY_JSON, true, API,
		"give a device an IPv4 address"),
	CALL("device.expire", HJ_POST, D "/expire", "", "devices:core", HJ_BODY_NONE, true, API,
		"expire a device's key"),
	CALL("device.attributes.get", HJ_GET, D "/attributes", "",
		"devices:posture_attributes:read", HJ_BODY_NONE, true, "hujson tailnet posture ID",
		"the posture attributes of a device"),
	CALL("device.attribute.set", HJ_POST, D "/attributes/{key}", "",
		"devices:posture_attributes", HJ_BODY_JSON, true, API, "set a posture attribute"),
	CALL("device.attribute.delete", HJ_DELETE, D "/attributes/{key}", "",
		"devices:posture_attributes", HJ_BODY_NONE, true, API,
		"remove a posture attribute"),
	CALL("device.attributes.patch", HJ_PATCH, T "/device-attributes", "",
		"devices:posture_attributes", HJ_BODY_JSON, true, API,
		"set and remove posture attributes of many devices"),

	/* 7.1 */
	CALL("services.list", HJ_GET, T "/services", "", "services:read", HJ_BODY_NONE, true,
		"hujson tailnet services", "the services"),
	CALL("services.list.old", HJ_GET, T "/vip-services", "", "services:read", HJ_BODY_NONE,
		true, API, "the services, by the older path"),
	CALL("service.get", HJ_GET, T "/services/{serviceName}", "", "services:read", HJ_BODY_NONE,
		true, "hujson tailnet services NAME", "one service"),
	CALL("service.put", HJ_PUT, T "/services/{serviceName}", "", "services", HJ_BODY_JSON, true,
		API, "make or replace a service"),
	CALL("service.delete", HJ_DELETE, T "/services/{serviceName}", "", "services", HJ_BODY_NONE,
		true, API, "remove a service"),
	CALL("service.devices", HJ_GET, T "/services/{serviceName}/devices", "",
		"services devices:core", HJ_BODY_NONE, true, "hujson tailnet services NAME --hosts",
		"the devices that host a service"),
	CALL("service.approved.get", HJ_GET, T "/services/{serviceName}/device/{deviceId}/approved",
		"", "services:read", HJ_BODY_NONE, true, API,
		"whether a device may host a service"),
	CALL("service.approved.set", HJ_POST,
		T "/services/{serviceName}/device/{deviceId}/approved", "", "services",
		HJ_BODY_JSON, true, API, "let a device host a service, or not"),

	/* 7.2 */
	CALL("posture.list", HJ_GET, T "/posture/integrations", "", "feature_settings:read",
		HJ_BODY_NONE, true, "hujson tailnet posture", "the posture integrations"),
	CALL("posture.create", HJ_POST, T "/posture/integrations", "", "feature_settings",
		HJ_BODY_JSON, false, API, "make a posture integration"),
	CALL("posture.get", HJ_GET, "/posture/integrations/{id}", "", "feature_settings:read",
		HJ_BODY_NONE, true, API, "one posture integration"),
	CALL("posture.patch", HJ_PATCH, "/posture/integrations/{id}", "", "feature_settings",
		HJ_BODY_JSON, true, API, "change a posture integration"),
	CALL("posture.delete", HJ_DELETE, "/posture/integrations/{id}", "", "feature_settings",
		HJ_BODY_NONE, true, API, "remove a posture integration"),

	/* 7.3 */
	CALL("user-invites.list", HJ_GET, T "/user-invites", "", "", HJ_BODY_NONE, true, API,
		"the open invites of users"),
	CALL("user-invites.create", HJ_POST, T "/user-invites", "", "", HJ_BODY_JSON, false, API,
		"invite users"),
	CALL("user-invite.get", HJ_GET, "/user-invites/{userInviteId}", "", "", HJ_BODY_NONE, true,
		API, "one invite of a user"),
	CALL("user-invite.delete", HJ_DELETE, "/user-invites/{userInviteId}", "", "", HJ_BODY_NONE,
		true, API, "take an invite of a user back"),
	CALL("user-invite.resend", HJ_POST, "/user-invites/{userInviteId}/resend", "", "",
		HJ_BODY_NONE, false, API, "send an invite of a user again"),
	CALL("device-invites.list", HJ_GET, D "/device-invites", "", "device_invites:read",
		HJ_BODY_NONE, true, API, "the invites to a device"),
	CALL("device-invites.create", HJ_POST, D "/device-invites", "", "device_invites",
		HJ_BODY_JSON, false, API, "invite people to a device"),
	CALL("device-invite.accept", HJ_POST, "/device-invites/-/accept", "", "", HJ_BODY_JSON,
		false, API, "accept an invite to a device"),
	CALL("device-invite.get", HJ_GET, "/device-invites/{deviceInviteId}", "",
		"device_invites:read", HJ_BODY_NONE, true, API, "one invite to a device"),
	CALL("device-invite.delete", HJ_DELETE, "/device-invites/{deviceInviteId}", "",
		"device_invites", HJ_BODY_NONE, true, API, "take an invite to a device back"),
	CALL("device-invite.resend", HJ_POST, "/device-invites/{deviceInviteId}/resend", "", "",
		HJ_BODY_NONE, false, API, "send an invite to a device again"),

	/* 8 */
	CALL("keys.list", HJ_GET, T "/keys", "all",
		"auth_keys:read oauth_keys:read federated_keys:read api_access_tokens:read",
		HJ_BODY_NONE, true, "hujson tailnet keys", "the keys"),
	CALL("keys.create", HJ_POST, T "/keys", "", "auth_keys oauth_keys federated_keys",
		HJ_BODY_JSON, false, API, "make a key"),
	CALL("key.get", HJ_GET, T "/keys/{keyId}", "",
		"auth_keys:read oauth_keys:read federated_keys:read api_access_tokens:read",
		HJ_BODY_NONE, true, "hujson tailnet keys ID", "one key"),
	CALL("key.put", HJ_PUT, T "/keys/{keyId}", "", "oauth_keys federated_keys", HJ_BODY_JSON,
		true, API, "change a trust credential"),
	CALL("key.delete", HJ_DELETE, T "/keys/{keyId}", "",
		"auth_keys oauth_keys federated_keys api_access_tokens", HJ_BODY_NONE, true, API,
		"revoke a key"),

	/* 9 */
	CALL("dns.nameservers.get", HJ_GET, T "/dns/nameservers", "", "dns:read", HJ_BODY_NONE,
		true, "hujson tailnet dns", "the nameservers"),
	CALL("dns.nameservers.set", HJ_POST, T "/dns/nameservers", "", "dns", HJ_BODY_JSON, true,
		API, "replace the nameservers"),
	CALL("dns.preferences.get", HJ_GET, T "/dns/preferences", "", "dns:read", HJ_BODY_NONE,
		true, "hujson tailnet dns", "whether MagicDNS is on"),
	CALL("dns.preferences.set", HJ_POST, T "/dns/preferences", "", "dns", HJ_BODY_JSON, true,
		API, "switch MagicDNS"),
	CALL("dns.searchpaths.get", HJ_GET, T "/dns/searchpaths", "", "dns:read", HJ_BODY_NONE,
		true, "hujson tailnet dns", "the search paths"),
	CALL("dns.searchpaths.set", HJ_POST, T "/dns/searchpaths", "", "dns", HJ_BODY_JSON, true,
		API, "replace the search paths"),
	CALL("dns.split.get", HJ_GET, T "/dns/split-dns", "", "dns:read", HJ_BODY_NONE, true,
		"hujson tailnet dns", "the nameservers of single domains"),
	CALL("dns.split.patch", HJ_PATCH, T "/dns/split-dns", "", "dns", HJ_BODY_JSON, true, API,
		"change the nameservers of single domains"),
	CALL("dns.split.put", HJ_PUT, T "/dns/split-dns", "", "dns", HJ_BODY_JSON, true, API,
		"replace the nameservers of single domains"),
	CALL("dns.configuration.get", HJ_GET, T "/dns/configuration", "", "dns:read", HJ_BODY_NONE,
		true, API, "all of DNS at once"),
	CALL("dns.configuration.set", HJ_POST, T "/dns/configuration", "", "dns", HJ_BODY_JSON,
		true, API, "replace all of DNS at once"),

	/* 10 */
	CALL("users.list", HJ_GET, T "/users", "type role", "users:read", HJ_BODY_NONE, true,
		"hujson tailnet users", "the users"),
	CALL("user.get", HJ_GET, "/users/{userId}", "", "users:read", HJ_BODY_NONE, true,
		"hujson tailnet users ID", "one user"),
	CALL("settings.get", HJ_GET, T "/settings", "",
		"policy_file:read feature_settings:read logs:network:read networking_settings:read",
		HJ_BODY_NONE, true, API, "the settings of the tailnet"),
	CALL("settings.patch", HJ_PATCH, T "/settings", "",
		"policy_file feature_settings logs:network networking_settings", HJ_BODY_JSON, true,
		API, "change settings of the tailnet"),
};

enum { COUNT = sizeof endpoints / sizeof *endpoints };

const hj_endpoint *hj_endpoints(size_t *count)
{
	*count = COUNT;
	return endpoints;
}

const hj_endpoint *hj_endpoint_named(const char *name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (strcmp(endpoints[i].name, name) == 0)
			return &endpoints[i];
	return NULL;
}

/* -- paths ------------------------------------------------------------------------------------- */

/* Cuts the next segment off a path, with the "/" before it. False: there is none. */
static bool next_segment(hj_slice *path, hj_slice *segment)
{
	if (path->size == 0 || path->data[0] != '/')
		return false;
	const char *begin = path->data + 1;
	const char *slash = memchr(begin, '/', path->size - 1);
	size_t size = slash ? (size_t)(slash - begin) : path->size - 1;
	*segment = (hj_slice){begin, size};
	*path = (hj_slice){begin + size, path->size - 1 - size};
	return true;
}

/* Is a segment of the table a name in braces? Then *name is what stands between them. */
static bool is_variable(hj_slice segment, hj_slice *name)
{
	if (segment.size < 2 || segment.data[0] != '{')
		return false;
	*name = (hj_slice){segment.data + 1, segment.size - 2};
	return true;
}

static bool path_fits(const char *pattern, hj_slice path)
{
	hj_slice wanted = hj_slice_str(pattern), part, given, name;
	while (next_segment(&wanted, &part)) {
		if (!next_segment(&path, &given))
			return false;
		if (is_variable(part, &name) ? given.size == 0 : !hj_slice_equal(part, given))
			return false;
	}
	return path.size == 0;
}

const hj_endpoint *hj_endpoint_of(hj_method method, hj_slice path)
{
	hj_slice base = HJ_SLICE("/api/v2");
	if (hj_slice_starts(path, base))
		path = (hj_slice){path.data + base.size, path.size - base.size};
	const char *query = path.size ? memchr(path.data, '?', path.size) : NULL;
	if (query)
		path.size = (size_t)(query - path.data);
	/* A row without variables comes before one whose variable would take its place. */
	for (size_t i = 0; i < COUNT; i++)
		if (endpoints[i].method == method && path_fits(endpoints[i].path, path))
			return &endpoints[i];
	return NULL;
}

/* -- requests ---------------------------------------------------------------------------------- */

static const hj_parameter *parameter_named(
	const hj_parameter *parameters, size_t count, hj_slice name)
{
	for (size_t i = 0; i < count; i++)
		if (hj_slice_equal(hj_slice_str(parameters[i].name), name))
			return &parameters[i];
	return NULL;
}

/* Names in the path are not in the query. */
static bool in_path(const hj_endpoint *endpoint, hj_slice wanted)
{
	hj_slice path = hj_slice_str(endpoint->path), part, name;
	while (next_segment(&path, &part))
		if (is_variable(part, &name) && hj_slice_equal(name, wanted))
			return true;
	return false;
}

/* Is a name among those with blanks between? "*" is any: filters of a list. */
static bool in_query(const hj_endpoint *endpoint, hj_slice wanted)
{
	for (const char *at = endpoint->query; *at;) {
		size_t size = strcspn(at, " ");
		if ((size == 1 && *at == '*') || hj_slice_equal((hj_slice){at, size}, wanted))
			return true;
		at += size + strspn(at + size, " ");
	}
	return false;
}

static bool write_path(
	const hj_endpoint *endpoint, const hj_parameter *parameters, size_t count, hj_text *target)
{
	hj_slice path = hj_slice_str(endpoint->path), part, name;
	hj_text_str(target, "/api/v2");
	while (next_segment(&path, &part)) {
		hj_text_byte(target, '/');
		if (!is_variable(part, &name)) {
			hj_text_append(target, part);
			continue;
		}
		const hj_parameter *given = parameter_named(parameters, count, name);
		/* Dot segments would be removed on the way (RFC 3986 5.2.4). */
		if (!given || given->value.size == 0 ||
			hj_slice_equal(given->value, HJ_SLICE(".")) ||
			hj_slice_equal(given->value, HJ_SLICE("..")))
			return false;
		hj_percent_encode(target, given->value);
	}
	return true;
}

hj_status hj_endpoint_request(
	const hj_endpoint *endpoint, const hj_parameter *parameters, size_t count, hj_request *out)
{
	out->method = endpoint->method;
	out->repeatable = endpoint->repeatable;
	if (!write_path(endpoint, parameters, count, &out->target))
		return HJ_INVALID;
	char before = '?';
	for (size_t i = 0; i < count; i++) {
		hj_slice name = hj_slice_str(parameters[i].name);
		if (in_path(endpoint, name))
			continue;
		if (!in_query(endpoint, name))
			return HJ_INVALID;
		hj_text_byte(&out->target, before);
		hj_percent_encode(&out->target, name);
		hj_text_byte(&out->target, '=');
		hj_percent_encode(&out->target, parameters[i].value);
		before = '&';
	}
	if (out->target.status)
		return HJ_NO_MEMORY;
	static const char *const types[] = {
		[HJ_BODY_JSON] = "application/json",
		[HJ_BODY_POLICY] = "application/hujson",
		[HJ_BODY_FORM] = "application/x-www-form-urlencoded",
	};
	hj_status status = HJ_OK;
	if (endpoint->accept)
		status = hj_headers_add(
			&out->headers, HJ_SLICE("Accept"), hj_slice_str(endpoint->accept), false);
	if (!status && endpoint->body != HJ_BODY_NONE)
		status = hj_headers_add(&out->headers, HJ_SLICE("Content-Type"),
			hj_slice_str(types[endpoint->body]), false);
	out->has_body = endpoint->body != HJ_BODY_NONE;
	return status;
}
