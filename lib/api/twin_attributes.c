/*
 * Posture attributes of devices (tailnet API reference 6.2). What is said to expire is shown as such and
 * stays: a twin lives shorter.
 */
#include "api/twin_parts.h"

#include "syntax/string.h"

enum {
	KEY_MOST = 128, /* characters */
	TEXT_MOST = 50, /* of a value */
	COMMENT_MOST = 200
};
static const int64_t number_most = (INT64_C(1) << 53) - 1;

static const char *const device_names[] = {"nodeId", "id", "name", NULL};

/* -- showing --------------------------------------------------------------------------------------- */

static hj_status show(hj__twin_call *call, uint32_t device)
{
	static const char *const shown[][2] = {
		{"attributes", "attributes"}, {"attributeExpiries", "expiries"}};
	const hj_json *json = &call->twin->state.json;
	hj_status status = hj__twin_say(call, "");
	hj_text *body = &call->response->body;
	for (size_t i = 0; i < 2; i++) {
		uint32_t value = hj_json_member(json, device, shown[i][0]);
		hj_text_printf(body, "%s\"%s\": ", i ? ", " : "{", shown[i][1]);
		hj_text_append(body,
			value == HJ_JSON_NOTHING ? HJ_SLICE("{}") : hj__twin_bytes(json, value));
	}
	hj_text_byte(body, '}');
	return status ? status : body->status;
}

static hj_status device_asked(hj__twin_call *call, uint32_t *device, uint32_t *index)
{
	return hj__twin_asked(call, "/devices", "deviceId", device_names, device, index);
}

hj_status hj__twin_attributes(hj__twin_call *call)
{
	uint32_t device, index;
	hj_status status = device_asked(call, &device, &index);
	return status ? status : show(call, device);
}

/* -- what may be -------------------------------------------------------------------------------------- */

static bool same_letters(hj_slice a, hj_slice b)
{
	if (a.size != b.size)
		return false;
	for (size_t i = 0; i < a.size; i++) {
		char x = a.data[i], y = b.data[i];
		x = x >= 'A' && x <= 'Z' ? (char)(x + 32) : x;
		y = y >= 'A' && y <= 'Z' ? (char)(y + 32) : y;
		if (x != y)
			return false;
	}
	return true;
}

static hj_kind type_of(const hj_json *json, uint32_t value)
{
	hj_kind kind = hj_json_kind(json, value);
	return kind == HJ_FALSE ? HJ_TRUE : kind;
}

/* A key has one spelling and one type in the tailnet. NULL: it may be so. */
static const char *check_others(hj__twin_call *call, hj_slice key, hj_kind type)
{
	hj_json *json = &call->twin->state.json;
	const hj_node *nodes = hj_document_nodes(json->document);
	uint32_t list = hj__twin_find(call->twin, "/devices");
	for (uint32_t device = hj_json_next(json, list, 0); device != HJ_JSON_NOTHING;
		device = hj_json_next(json, list, device)) {
		uint32_t attributes = hj_json_member(json, device, "attributes");
		if (hj_json_kind(json, attributes) != HJ_OBJECT)
			continue;
		for (uint32_t at = hj_node_first(attributes); at < nodes[attributes].next;
			at = nodes[nodes[at].next].next) {
			hj_slice name = hj_json_string(json, at);
			if (!same_letters(name, key))
				continue;
			if (!hj_slice_equal(name, key))
				return "keys are unique without regard to case";
			if (type_of(json, nodes[at].next) != type)
				return "a key has values of one type in a tailnet";
		}
	}
	return NULL;
}

static const char *check_value(hj_json *body, uint32_t value)
{
	int64_t number;
	hj_slice text = hj_json_string(body, value);
	switch (type_of(body, value)) {
	case HJ_TRUE: return NULL;
	case HJ_STRING:
		return hj__twin_is_plain(text, TEXT_MOST, "_.")
			? NULL
			: "a value is at most 50 letters, digits, _ and .";
	case HJ_NUMBER:
		return hj_json_integer(body, value, &number) && number <= number_most &&
				number >= -number_most
			? NULL
			: "a number is whole and at most 2^53 - 1";
	default: return "\"value\" is a text, a number, true or false";
	}
}

static hj_status check(hj__twin_call *call, hj_slice key, uint32_t object)
{
	hj_json *body = &call->body;
	uint32_t value = hj_json_member(body, object, "value");
	uint32_t expiry = hj_json_member(body, object, "expiry");
	uint32_t comment = hj_json_member(body, object, "comment");
	const char *why = NULL;
	if (!hj_slice_starts(key, HJ_SLICE("custom:")) || !hj__twin_is_plain(key, KEY_MOST, "_:"))
		why = "a key begins with custom: and has at most 128 letters, digits, _ and :";
	if (!why)
		why = check_value(body, value);
	if (!why && expiry != HJ_JSON_NOTHING && hj_json_kind(body, expiry) != HJ_NULL &&
		!hj__twin_is_time(hj_json_string(body, expiry)))
		why = "\"expiry\" is a time, 2026-01-02T03:04:05Z";
	if (!why && hj_json_string(body, comment).size > COMMENT_MOST)
		why = "\"comment\" has at most 200 characters";
	if (!why)
		why = check_others(call, key, type_of(body, value));
	return why ? hj__twin_bad(call, why) : HJ_OK;
}

/* -- changing ----------------------------------------------------------------------------------------- */

/* The objects for them, where a device has none yet. */
static void make_room(const hj_twin *twin, hj__twin_change *change, uint32_t device, uint32_t index)
{
	static const char *const objects[] = {"attributes", "attributeExpiries"};
	for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
		if (hj_json_member(&twin->state.json, device, objects[i]) == HJ_JSON_NOTHING)
			hj__twin_add(change, HJ_SLICE("{}"), "/devices/%u/%s", index, objects[i]);
}

static bool has_member(const hj_twin *twin, uint32_t object, const char *part, hj_slice key)
{
	const hj_json *json = &twin->state.json;
	uint32_t node = hj_json_member(json, object, part);
	if (hj_json_kind(json, node) != HJ_OBJECT)
		return false;
	const hj_node *nodes = hj_document_nodes(json->document);
	for (uint32_t at = hj_node_first(node); at < nodes[node].next;
		at = nodes[nodes[at].next].next)
		if (hj_string_equals(json->document, at, key))
			return true;
	return false;
}

static void drop(const hj_twin *twin, hj__twin_change *change, uint32_t device, uint32_t index,
	const char *part, hj_slice key)
{
	if (has_member(twin, device, part, key))
		hj__twin_remove(
			change, "/devices/%u/%s/%.*s", index, part, (int)key.size, key.data);
}

static void set(hj__twin_call *call, hj__twin_change *change, uint32_t device, uint32_t index,
	hj_slice key, uint32_t object)
{
	const hj_json *body = &call->body;
	uint32_t expiry = hj_json_member(body, object, "expiry");
	hj__twin_add(change, hj__twin_bytes(body, hj_json_member(body, object, "value")),
		"/devices/%u/attributes/%.*s", index, (int)key.size, key.data);
	if (hj_json_kind(body, expiry) == HJ_STRING)
		hj__twin_add(change, hj__twin_bytes(body, expiry),
			"/devices/%u/attributeExpiries/%.*s", index, (int)key.size, key.data);
	else
		drop(call->twin, change, device, index, "attributeExpiries", key);
}

hj_status hj__twin_attribute_set(hj__twin_call *call)
{
	uint32_t device, index;
	hj_text key;
	hj_text_init(&key, call->twin->allocator);
	hj_status status = device_asked(call, &device, &index);
	if (!status && !hj__twin_segment(call, "key", &key))
		status = key.status ? key.status : hj__twin_bad(call, "the key");
	if (!status)
		status = check(call, hj_text_slice(&key), 0);
	if (!status) {
		hj__twin_change change;
		hj__twin_change_begin(&change, call->twin);
		make_room(call->twin, &change, device, index);
		set(call, &change, device, index, hj_text_slice(&key), 0);
		status = hj__twin_commit(&change, call);
	}
	hj_text_free(&key);
	return status ? status : hj__twin_attributes(call);
}

hj_status hj__twin_attribute_delete(hj__twin_call *call)
{
	uint32_t device, index;
	hj_text key;
	hj_text_init(&key, call->twin->allocator);
	hj_status status = device_asked(call, &device, &index);
	if (!status && !hj__twin_segment(call, "key", &key))
		status = key.status ? key.status : hj__twin_bad(call, "the key");
	hj_slice name = hj_text_slice(&key);
	if (!status &&
		(!hj__twin_is_plain(name, KEY_MOST, "_:") ||
			!hj_slice_starts(name, HJ_SLICE("custom:")) ||
			!has_member(call->twin, device, "attributes", name)))
		status = hj__twin_stop(call, 404, "not found");
	if (!status) {
		hj__twin_change change;
		hj__twin_change_begin(&change, call->twin);
		drop(call->twin, &change, device, index, "attributes", name);
		drop(call->twin, &change, device, index, "attributeExpiries", name);
		status = hj__twin_commit(&change, call);
	}
	hj_text_free(&key);
	return status ? status : hj__twin_say(call, "");
}

/* -- many devices at once ------------------------------------------------------------------------------ */

static hj_status patch_one(hj__twin_call *call, hj__twin_change *change, uint32_t name)
{
	hj_json *body = &call->body;
	const hj_node *nodes = hj_document_nodes(body->document);
	uint32_t index, keys = nodes[name].next;
	uint32_t device = hj__twin_named(
		call->twin, "/devices", device_names, hj_json_string(body, name), &index);
	if (device == HJ_JSON_NOTHING)
		return hj__twin_stop(call, 404, "not found");
	if (hj_json_kind(body, keys) != HJ_OBJECT)
		return hj__twin_bad(call, "a node has an object of attributes");
	make_room(call->twin, change, device, index);
	hj_status status = HJ_OK;
	for (uint32_t at = hj_node_first(keys); at < nodes[keys].next && !status;
		at = nodes[nodes[at].next].next) {
		hj_slice key = hj_json_string(body, at);
		if (hj_json_kind(body, nodes[at].next) == HJ_NULL) {
			if (hj__twin_is_plain(key, KEY_MOST, "_:")) {
				drop(call->twin, change, device, index, "attributes", key);
				drop(call->twin, change, device, index, "attributeExpiries", key);
			}
			continue;
		}
		status = check(call, key, nodes[at].next);
		if (!status)
			set(call, change, device, index, key, nodes[at].next);
	}
	return status;
}

hj_status hj__twin_attributes_patch(hj__twin_call *call)
{
	uint32_t list = hj_json_member(&call->body, 0, "nodes");
	if (hj_json_kind(&call->body, list) != HJ_OBJECT)
		return hj__twin_bad(call, "\"nodes\" is an object");
	const hj_node *nodes = hj_document_nodes(call->body.document);
	hj__twin_change change;
	hj__twin_change_begin(&change, call->twin);
	hj_status status = HJ_OK;
	for (uint32_t at = hj_node_first(list); at < nodes[list].next && !status;
		at = nodes[nodes[at].next].next)
		status = patch_one(call, &change, at);
	if (status) {
		hj_text_free(&change.patch);
		return status;
	}
	status = hj__twin_commit(&change, call);
	return status ? status : hj__twin_say(call, "{}");
}
