/*
 * DNS (tailnet API reference 9): one configuration, and the parts of it that older endpoints show.
 */
#include "api/twin_parts.h"

#include "syntax/string.h"

static const char no_server[] = "need at least one nameserver to enable MagicDNS";

static bool is_on(const hj_twin *twin, const char *pointer)
{
	return hj_json_kind(&twin->state.json, hj__twin_find(twin, pointer)) == HJ_TRUE;
}

static bool has_servers(const hj_twin *twin)
{
	const hj_json *json = &twin->state.json;
	return hj_json_next(json, hj__twin_find(twin, "/dns/nameservers"), 0) != HJ_JSON_NOTHING;
}

/* -- showing --------------------------------------------------------------------------------------- */

/* [{"address": A, …}] as [A]. */
static void append_addresses(const hj_json *json, uint32_t list, hj_text *out)
{
	bool first = true;
	for (uint32_t at = hj_json_next(json, list, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, list, at)) {
		hj_text_str(out, first ? "[" : ", ");
		hj_text_append(out, hj__twin_bytes(json, hj_json_member(json, at, "address")));
		first = false;
	}
	hj_text_str(out, first ? "[]" : "]");
}

static void append_split(const hj_twin *twin, hj_text *out)
{
	const hj_json *json = &twin->state.json;
	const hj_node *nodes = hj_document_nodes(json->document);
	uint32_t split = hj__twin_find(twin, "/dns/splitDNS");
	bool first = true;
	if (hj_json_kind(json, split) == HJ_OBJECT)
		for (uint32_t at = hj_node_first(split); at < nodes[split].next;
			at = nodes[nodes[at].next].next) {
			hj_text_str(out, first ? "{" : ", ");
			hj_text_append(out, hj__twin_bytes(json, at));
			hj_text_str(out, ": ");
			append_addresses(json, nodes[at].next, out);
			first = false;
		}
	hj_text_str(out, first ? "{}" : "}");
}

static void append_part(hj__twin_call *call, hj_text *out)
{
	const hj_twin *twin = call->twin;
	const hj_json *json = &twin->state.json;
	const char *name = call->endpoint->name;
	bool magic = is_on(twin, "/dns/preferences/magicDNS");
	if (strncmp(name, "dns.nameservers", 15) == 0) {
		hj_text_str(out, "{\"dns\": ");
		append_addresses(json, hj__twin_find(twin, "/dns/nameservers"), out);
		/* Setting says one thing more. */
		if (call->endpoint->method == HJ_POST)
			hj_text_printf(out, ", \"magicDNS\": %s", magic ? "true" : "false");
		hj_text_byte(out, '}');
	} else if (strncmp(name, "dns.preferences", 15) == 0) {
		hj_text_printf(out, "{\"magicDNS\": %s}", magic ? "true" : "false");
	} else if (strncmp(name, "dns.searchpaths", 15) == 0) {
		hj_text_str(out, "{\"searchPaths\": ");
		hj__twin_append_list(json, hj__twin_find(twin, "/dns/searchPaths"), out);
		hj_text_byte(out, '}');
	} else if (strncmp(name, "dns.split", 9) == 0) {
		append_split(twin, out);
	} else {
		hj_text_append(out, hj__twin_bytes(json, hj__twin_find(twin, "/dns")));
	}
}

hj_status hj__twin_dns(hj__twin_call *call)
{
	hj_status status = hj__twin_say(call, "");
	append_part(call, &call->response->body);
	return status ? status : call->response->body.status;
}

/* -- what may be -------------------------------------------------------------------------------------- */

static bool is_server(hj_json *json, uint32_t node)
{
	hj_address address;
	hj_slice text = hj_json_string(json, node);
	return hj_address_parse(text, &address) || hj_slice_starts(text, HJ_SLICE("https://"));
}

/* A list of texts, or of {"address": TEXT, "useWithExitNode": BOOL}, as the latter. */
static bool write_servers(hj_json *json, uint32_t list, hj_text *out)
{
	hj_text_byte(out, '[');
	hj_kind kind = hj_json_kind(json, list);
	if (kind != HJ_ARRAY && kind != HJ_NULL)
		return false;
	bool first = true;
	for (uint32_t at = hj_json_next(json, list, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, list, at)) {
		bool object = hj_json_kind(json, at) == HJ_OBJECT;
		uint32_t address = object ? hj_json_member(json, at, "address") : at;
		uint32_t use =
			object ? hj_json_member(json, at, "useWithExitNode") : HJ_JSON_NOTHING;
		if (!is_server(json, address) ||
			(use != HJ_JSON_NOTHING && !hj__twin_is_bool(json, use)))
			return false;
		hj_text_str(out, first ? "{\"address\":" : ",{\"address\":");
		hj_text_append(out, hj__twin_bytes(json, address));
		hj_text_printf(out, ",\"useWithExitNode\":%s}",
			hj_json_kind(json, use) == HJ_TRUE ? "true" : "false");
		first = false;
	}
	hj_text_byte(out, ']');
	return true;
}

static bool is_domain(hj_slice text)
{
	return text.size && hj__twin_is_plain(text, 253, "-._");
}

static bool are_domains(hj_json *json, uint32_t list)
{
	if (!hj__twin_is_strings(json, list))
		return false;
	for (uint32_t at = hj_json_next(json, list, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, list, at))
		if (!is_domain(hj_json_string(json, at)))
			return false;
	return true;
}

/* An object of domains to servers or null, as the configuration has it; without those of null. */
static bool write_split(hj_json *json, uint32_t object, hj_text *out)
{
	if (hj_json_kind(json, object) != HJ_OBJECT)
		return false;
	const hj_node *nodes = hj_document_nodes(json->document);
	bool first = true;
	hj_text_byte(out, '{');
	for (uint32_t at = hj_node_first(object); at < nodes[object].next;
		at = nodes[nodes[at].next].next) {
		if (!is_domain(hj_json_string(json, at)))
			return false;
		if (hj_json_kind(json, nodes[at].next) == HJ_NULL)
			continue;
		hj_text_str(out, first ? "" : ",");
		hj_text_append(out, hj__twin_bytes(json, at));
		hj_text_byte(out, ':');
		if (!write_servers(json, nodes[at].next, out))
			return false;
		first = false;
	}
	hj_text_byte(out, '}');
	return true;
}

/* -- setting ------------------------------------------------------------------------------------------ */

static hj_status commit_part(hj__twin_call *call, const char *pointer, const hj_text *value)
{
	if (value->status)
		return value->status;
	hj__twin_change change;
	hj__twin_change_begin(&change, call->twin);
	hj__twin_add(&change, hj_text_slice(value), "%s", pointer);
	/* Without nameservers there is no MagicDNS. */
	if (strcmp(pointer, "/dns/nameservers") == 0 && value->size == 2)
		hj__twin_add(&change, HJ_SLICE("false"), "/dns/preferences/magicDNS");
	hj_status status = hj__twin_commit(&change, call);
	return status ? status : hj__twin_dns(call);
}

hj_status hj__twin_nameservers_set(hj__twin_call *call)
{
	hj_text list;
	hj_text_init(&list, call->twin->allocator);
	hj_status status = write_servers(&call->body, hj_json_member(&call->body, 0, "dns"), &list)
		? commit_part(call, "/dns/nameservers", &list)
		: hj__twin_bad(call, "\"dns\" is a list of addresses");
	hj_text_free(&list);
	return status;
}

hj_status hj__twin_preferences_set(hj__twin_call *call)
{
	uint32_t value = hj_json_member(&call->body, 0, "magicDNS");
	if (!hj__twin_is_bool(&call->body, value))
		return hj__twin_bad(call, "\"magicDNS\" is true or false");
	if (hj_json_kind(&call->body, value) == HJ_TRUE && !has_servers(call->twin))
		return hj__twin_stop(call, 400, no_server);
	hj_text text;
	hj_text_init(&text, call->twin->allocator);
	hj_text_append(&text, hj__twin_bytes(&call->body, value));
	hj_status status = commit_part(call, "/dns/preferences/magicDNS", &text);
	hj_text_free(&text);
	return status;
}

hj_status hj__twin_searchpaths_set(hj__twin_call *call)
{
	uint32_t value = hj_json_member(&call->body, 0, "searchPaths");
	if (value == HJ_JSON_NOTHING || !are_domains(&call->body, value))
		return hj__twin_bad(call, "\"searchPaths\" is a list of domains");
	hj_text text;
	hj_text_init(&text, call->twin->allocator);
	hj__twin_append_list(&call->body, value, &text);
	hj_status status = commit_part(call, "/dns/searchPaths", &text);
	hj_text_free(&text);
	return status;
}

/* PATCH: domain by domain. */
static hj_status patch_split(hj__twin_call *call)
{
	hj_twin *twin = call->twin;
	hj_json *body = &call->body;
	const hj_node *nodes = hj_document_nodes(body->document);
	hj__twin_change change;
	hj_text servers, pointer;
	hj_text_init(&servers, twin->allocator);
	hj_text_init(&pointer, twin->allocator);
	hj__twin_change_begin(&change, twin);
	for (uint32_t at = hj_node_first(0); at < nodes[0].next; at = nodes[nodes[at].next].next) {
		uint32_t value = nodes[at].next;
		hj_text_clear(&servers);
		hj_text_clear(&pointer);
		hj_text_str(&pointer, "/dns/splitDNS/");
		hj__twin_append_token(&pointer, hj_json_string(body, at));
		const char *path = hj_text_string(&pointer);
		bool gone = hj_json_kind(body, value) == HJ_NULL;
		if (!gone)
			write_servers(body, value, &servers);
		if (!path || servers.status)
			change.patch.status = HJ_NO_MEMORY;
		else if (!gone)
			hj__twin_add(&change, hj_text_slice(&servers), "%s", path);
		else if (hj__twin_find(twin, path) != HJ_JSON_NOTHING)
			hj__twin_remove(&change, "%s", path);
	}
	hj_text_free(&servers);
	hj_text_free(&pointer);
	hj_status status = hj__twin_commit(&change, call);
	return status ? status : hj__twin_dns(call);
}

hj_status hj__twin_split_set(hj__twin_call *call)
{
	hj_text text;
	hj_text_init(&text, call->twin->allocator);
	hj_status status;
	if (!write_split(&call->body, 0, &text))
		status = hj__twin_bad(call, "split DNS is an object of domains and addresses");
	else if (call->endpoint->method == HJ_PATCH)
		status = patch_split(call);
	else
		status = commit_part(call, "/dns/splitDNS", &text);
	hj_text_free(&text);
	return status;
}

/* All of it: what the body lacks is empty or off. NULL: it is good. */
static const char *write_configuration(hj_json *body, hj_text *out)
{
	uint32_t servers = hj_json_member(body, 0, "nameservers");
	uint32_t split = hj_json_member(body, 0, "splitDNS");
	uint32_t paths = hj_json_member(body, 0, "searchPaths");
	uint32_t preferences = hj_json_member(body, 0, "preferences");
	static const char *const names[] = {"overrideLocalDNS", "magicDNS"};
	if (hj_json_kind(body, 0) != HJ_OBJECT)
		return "the configuration is an object";
	hj_text_str(out, "{\"nameservers\":");
	if (servers == HJ_JSON_NOTHING)
		hj_text_str(out, "[]");
	else if (!write_servers(body, servers, out))
		return "\"nameservers\" is a list of {\"address\", \"useWithExitNode\"}";
	hj_text_str(out, ",\"splitDNS\":");
	if (split == HJ_JSON_NOTHING)
		hj_text_str(out, "{}");
	else if (!write_split(body, split, out))
		return "\"splitDNS\" is an object of domains and lists of servers";
	if (!are_domains(body, paths))
		return "\"searchPaths\" is a list of domains";
	hj_text_str(out, ",\"searchPaths\":");
	hj__twin_append_list(body, paths, out);
	hj_text_str(out, ",\"preferences\":");
	for (size_t i = 0; i < 2; i++) {
		uint32_t value = hj_json_member(body, preferences, names[i]);
		if (value != HJ_JSON_NOTHING && !hj__twin_is_bool(body, value))
			return "\"preferences\" are true or false";
		bool on = hj_json_kind(body, value) == HJ_TRUE;
		if (on && i == 1 && hj_json_next(body, servers, 0) == HJ_JSON_NOTHING)
			return no_server;
		hj_text_printf(out, "%s\"%s\":%s", i ? "," : "{", names[i], on ? "true" : "false");
	}
	hj_text_str(out, "}}");
	return NULL;
}

hj_status hj__twin_configuration_set(hj__twin_call *call)
{
	hj_text text;
	hj_text_init(&text, call->twin->allocator);
	const char *why = write_configuration(&call->body, &text);
	hj_status status;
	if (why)
		status = why == no_server ? hj__twin_stop(call, 400, why) : hj__twin_bad(call, why);
	else
		status = commit_part(call, "/dns", &text);
	hj_text_free(&text);
	return status;
}
