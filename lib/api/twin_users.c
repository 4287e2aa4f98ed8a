/*
 * Users, and the tailnet's settings (tailnet API reference 10).
 */
#include "api/twin_parts.h"

static const char *const types[] = {"member", "shared", "all"};
static const char *const roles[] = {
	"all", "owner", "member", "admin", "it-admin", "network-admin", "billing-admin", "auditor"};

/* The word of a query among those that it may be; the first one where it is not given. */
static hj_status read_word(hj__twin_call *call, const char *name, const char *const *words,
	size_t count, const char **out)
{
	hj_text text;
	hj_text_init(&text, call->twin->allocator);
	*out = words[0];
	bool good = !hj__twin_query(call, name, &text);
	for (size_t i = 0; i < count && !good; i++)
		if (hj_slice_equal(hj_text_slice(&text), hj_slice_str(words[i]))) {
			*out = words[i];
			good = true;
		}
	hj_status status = text.status;
	hj_text_free(&text);
	return status || good ? status : hj__twin_bad(call, name);
}

static bool keeps(const hj_json *json, uint32_t user, const char *type, const char *role)
{
	bool shared = hj__twin_is_text(json, hj_json_member(json, user, "type"), "shared");
	if (strcmp(type, "all") != 0 && strcmp(type, shared ? "shared" : "member") != 0)
		return false;
	return strcmp(role, "all") == 0 ||
		hj__twin_is_text(json, hj_json_member(json, user, "role"), role);
}

hj_status hj__twin_users(hj__twin_call *call)
{
	const hj_json *json = &call->twin->state.json;
	const char *type = NULL, *role = NULL;
	hj_status status = read_word(call, "type", types, sizeof types / sizeof *types, &type);
	if (!status)
		status = read_word(call, "role", roles, sizeof roles / sizeof *roles, &role);
	if (!status)
		status = hj__twin_say(call, "{\"users\": [");
	if (status)
		return status;
	hj_text *body = &call->response->body;
	uint32_t list = hj__twin_find(call->twin, "/users");
	bool first = true;
	for (uint32_t at = hj_json_next(json, list, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, list, at)) {
		if (!keeps(json, at, type, role))
			continue;
		hj_text_str(body, first ? "" : ", ");
		hj_text_append(body, hj__twin_bytes(json, at));
		first = false;
	}
	hj_text_str(body, "]}");
	return body->status;
}

hj_status hj__twin_user(hj__twin_call *call)
{
	static const char *const names[] = {"id", "loginName", NULL};
	uint32_t user, index;
	hj_status status = hj__twin_asked(call, "/users", "userId", names, &user, &index);
	return status ? status : hj__twin_show(call, user);
}

/* -- settings ---------------------------------------------------------------------------------------- */

/* The two that lock the editor belong to the policy file; the rest is for feature_settings. */
static bool is_of_policy(hj_slice name)
{
	return hj_slice_equal(name, HJ_SLICE("aclsExternallyManagedOn")) ||
		hj_slice_equal(name, HJ_SLICE("aclsExternalLink"));
}

hj_status hj__twin_settings(hj__twin_call *call)
{
	hj_json *json = &call->twin->state.json;
	const hj_node *nodes = hj_document_nodes(json->document);
	uint32_t settings = hj__twin_find(call->twin, "/settings");
	hj_status status = hj__twin_say(call, "");
	hj_text *body = &call->response->body;
	char before = '{';
	for (uint32_t at = hj_node_first(settings); at < nodes[settings].next && !status;
		at = nodes[nodes[at].next].next) {
		bool policy = is_of_policy(hj_json_string(json, at));
		if (!hj__twin_may(call, policy ? "policy_file:read" : "feature_settings:read"))
			continue;
		hj_text_byte(body, before);
		hj_text_append(body, hj__twin_bytes(json, at));
		hj_text_byte(body, ':');
		hj_text_append(body, hj__twin_bytes(json, nodes[at].next));
		before = ',';
	}
	hj_text_str(body, before == '{' ? "{}" : "}");
	return status ? status : body->status;
}

static hj_status check_setting(hj__twin_call *call, uint32_t name, uint32_t value)
{
	hj_json *body = &call->body;
	hj_slice text = hj_json_string(body, name);
	bool policy = is_of_policy(text);
	if (!hj__twin_may(call, policy ? "policy_file" : "feature_settings"))
		return hj__twin_stop(call, 403, "forbidden");
	if (!hj__twin_is_plain(text, 100, ""))
		return hj__twin_bad(call, "a setting's name has letters and digits");
	if (hj_slice_equal(text, HJ_SLICE("aclsExternalLink")) &&
		hj_json_kind(body, value) != HJ_STRING)
		return hj__twin_bad(call, "\"aclsExternalLink\" is an address");
	if (hj_slice_equal(text, HJ_SLICE("aclsExternallyManagedOn")) &&
		!hj__twin_is_bool(body, value))
		return hj__twin_bad(call, "\"aclsExternallyManagedOn\" is true or false");
	return HJ_OK;
}

hj_status hj__twin_settings_patch(hj__twin_call *call)
{
	hj_json *body = &call->body;
	if (hj_json_kind(body, 0) != HJ_OBJECT)
		return hj__twin_bad(call, "settings are an object");
	const hj_node *nodes = hj_document_nodes(body->document);
	hj__twin_change change;
	hj__twin_change_begin(&change, call->twin);
	hj_status status = HJ_OK;
	for (uint32_t at = hj_node_first(0); at < nodes[0].next && !status;
		at = nodes[nodes[at].next].next) {
		status = check_setting(call, at, nodes[at].next);
		hj_slice name = hj_json_string(body, at);
		if (!status)
			hj__twin_add(&change, hj__twin_bytes(body, nodes[at].next),
				"/settings/%.*s", (int)name.size, name.data);
	}
	if (status) {
		hj_text_free(&change.patch);
		return status;
	}
	status = hj__twin_commit(&change, call);
	return status ? status : hj__twin_settings(call);
}
