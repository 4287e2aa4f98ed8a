#include "api/twin_parts.h"

#include "format/format.h"
#include "syntax/string.h"

#include <stdio.h>
#include <time.h>

/* -- answers --------------------------------------------------------------------------------------- */

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

hj_status hj__twin_stop(hj__twin_call *call, unsigned status, const char *message)
{
	hj_status failure = hj__twin_refuse(call, status, message);
	return failure ? failure : HJ_INVALID;
}

hj_status hj__twin_bad(hj__twin_call *call, const char *why)
{
	hj_text message;
	hj_text_init(&message, call->twin->allocator);
	hj_text_printf(&message, "bad request: %s", why);
	const char *text = hj_text_string(&message);
	hj_status status = text ? hj__twin_stop(call, 400, text) : HJ_NO_MEMORY;
	hj_text_free(&message);
	return status;
}

hj_status hj__twin_say(hj__twin_call *call, const char *json)
{
	hj_status status = hj__twin_begin(call, 200, "application/json");
	hj_text_str(&call->response->body, json);
	return status ? status : call->response->body.status;
}

hj_status hj__twin_show(hj__twin_call *call, uint32_t node)
{
	hj_status status = hj__twin_begin(call, 200, "application/json");
	hj_text_append(&call->response->body, hj__twin_bytes(&call->twin->state.json, node));
	return status ? status : call->response->body.status;
}

/* -- paths and queries ----------------------------------------------------------------------------- */

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
			return hj_percent_decode(out, given) && !out->status;
	}
	return false;
}

/* As in forms, which write a blank as "+". */
static bool decode_value(hj_slice value, hj_text *out)
{
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

bool hj__twin_query(const hj__twin_call *call, const char *name, hj_text *out)
{
	hj_slice rest = call->query;
	while (rest.size) {
		hj_slice value = next_part(&rest, '&');
		hj_slice key = next_part(&value, '=');
		if (hj_slice_equal(key, hj_slice_str(name)))
			return decode_value(value, out);
	}
	return false;
}

bool hj__twin_next_parameter(hj_slice *rest, hj_text *name, hj_text *value)
{
	hj_text_clear(name);
	hj_text_clear(value);
	if (rest->size == 0)
		return false;
	hj_slice right = next_part(rest, '&');
	hj_slice left = next_part(&right, '=');
	return decode_value(left, name) && decode_value(right, value) && !name->status &&
		!value->status;
}

/* -- time ------------------------------------------------------------------------------------------ */

int64_t hj__twin_now(const hj_twin *twin)
{
	return twin->options.now ? twin->options.now(twin->options.context) : 0;
}

void hj__twin_time(int64_t seconds, char out[HJ__TWIN_TIME])
{
	time_t time = (time_t)seconds;
	struct tm parts;
	out[0] = 0;
	if (gmtime_r(&time, &parts))
		strftime(out, HJ__TWIN_TIME, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

/* The shape of RFC 3339: a date, a time, perhaps a fraction, "Z" or an offset. */
bool hj__twin_is_time(hj_slice text)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:dd";
	size_t i = 0;
	for (; i < sizeof shape - 1; i++) {
		char c = i < text.size ? text.data[i] : 0;
		if (shape[i] == 'd' ? c < '0' || c > '9' : c != shape[i])
			return false;
	}
	if (i < text.size && text.data[i] == '.')
		for (i++; i < text.size && text.data[i] >= '0' && text.data[i] <= '9';)
			i++;
	hj_slice zone = {text.data + i, text.size - i};
	return hj_slice_equal(zone, HJ_SLICE("Z")) ||
		(zone.size == 6 && (*zone.data == '+' || *zone.data == '-') && zone.data[3] == ':');
}

/* -- JSON ------------------------------------------------------------------------------------------ */

hj_slice hj__twin_bytes(const hj_json *json, uint32_t node)
{
	if (node == HJ_JSON_NOTHING || !json->document)
		return HJ_SLICE("null");
	return hj_source_slice(hj_document_source(json->document),
		hj_node_span(&hj_document_nodes(json->document)[node]));
}

bool hj__twin_is_bool(const hj_json *json, uint32_t node)
{
	hj_kind kind = hj_json_kind(json, node);
	return kind == HJ_TRUE || kind == HJ_FALSE;
}

bool hj__twin_is_strings(const hj_json *json, uint32_t node)
{
	hj_kind kind = hj_json_kind(json, node);
	if (node == HJ_JSON_NOTHING || kind == HJ_NULL)
		return true;
	for (uint32_t at = hj_json_next(json, node, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, node, at))
		if (hj_json_kind(json, at) != HJ_STRING)
			return false;
	return kind == HJ_ARRAY;
}

bool hj__twin_is_text(const hj_json *json, uint32_t node, const char *text)
{
	return hj_json_kind(json, node) == HJ_STRING &&
		hj_string_equals(json->document, node, hj_slice_str(text));
}

bool hj__twin_is_plain(hj_slice text, size_t most, const char *others)
{
	for (size_t i = 0; i < text.size; i++) {
		char c = text.data[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			(c >= 'a' && c <= 'z') || (c && strchr(others, c));
		if (!plain)
			return false;
	}
	return text.size <= most;
}

void hj__twin_append_list(const hj_json *json, uint32_t node, hj_text *out)
{
	bool first = true;
	for (uint32_t at = hj_json_next(json, node, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, node, at)) {
		hj_text_byte(out, first ? '[' : ',');
		hj_text_append(out, hj__twin_bytes(json, at));
		first = false;
	}
	hj_text_str(out, first ? "[]" : "]");
}
