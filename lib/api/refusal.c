#include "api/refusal.h"

#include "api/json.h"

enum { SHOWN = 300 }; /* bytes of a body that is no JSON */

/* Text from outside, on one line: blanks for control characters, nothing over a limit. */
static void append_line(hj_text *out, hj_slice text, size_t limit)
{
	size_t size = text.size < limit ? text.size : limit;
	bool blank = false;
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text.data[i];
		if (c > ' ' && c != 0x7F)
			hj_text_byte(out, (char)c);
		else if (!blank)
			hj_text_byte(out, ' ');
		blank = c <= ' ' || c == 0x7F;
	}
	if (size < text.size)
		hj_text_str(out, "…");
}

static void append_strings(hj_text *out, hj_json *json, uint32_t array)
{
	for (uint32_t at = hj_json_next(json, array, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, array, at)) {
		hj_text_str(out, "; ");
		append_line(out, hj_json_string(json, at), SHOWN);
	}
}

/* The message of an error body, and what "data" says about whom. */
static bool append_message(hj_text *out, hj_json *json)
{
	static const char *const names[] = {"/message", "/error_description", "/error"};
	hj_slice message = {NULL, 0};
	for (size_t i = 0; i < sizeof names / sizeof *names && message.size == 0; i++)
		message = hj_json_string(json, hj_json_find(json, names[i]));
	if (message.size == 0)
		return false;
	append_line(out, message, 4096);
	uint32_t data = hj_json_find(json, "/data");
	for (uint32_t at = hj_json_next(json, data, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, data, at)) {
		hj_slice user = hj_json_string(json, hj_json_member(json, at, "user"));
		if (user.size) {
			hj_text_str(out, "; for ");
			append_line(out, user, SHOWN);
		}
		append_strings(out, json, hj_json_member(json, at, "errors"));
		append_strings(out, json, hj_json_member(json, at, "warnings"));
	}
	return true;
}

static void append_hint(hj_text *out, const hj_endpoint *endpoint, unsigned status)
{
	switch (status) {
	case 401: hj_text_str(out, " (the credential is missing, wrong or expired)"); break;
	case 403:
		if (endpoint->scope[0])
			hj_text_printf(
				out, " (the credential needs the scope %s)", endpoint->scope);
		else
			hj_text_str(out, " (the credential may not do this)");
		break;
	case 404: hj_text_str(out, " (no such thing, or hidden from this credential)"); break;
	case 412: hj_text_str(out, " (somebody changed the policy in the meantime)"); break;
	case 429: hj_text_str(out, " (too many requests: try again later)"); break;
	default:
		if (status >= 300 && status < 400)
			hj_text_str(out, " (redirects are not followed: is the address right?)");
	}
}

hj_status hj_refusal_describe(
	const hj_endpoint *endpoint, const hj_response *response, hj_text *out)
{
	hj_slice body = hj_text_slice(&response->body);
	hj_text_printf(out, "%s: ", endpoint->summary);
	hj_text_printf(out, "status %u", response->status);
	hj_json json;
	hj_status status = hj_json_read(&json, body, out->allocator);
	hj_text said;
	hj_text_init(&said, out->allocator);
	if (!status && append_message(&said, &json)) {
		hj_text_str(out, ": ");
		hj_text_append(out, hj_text_slice(&said));
	} else if (body.size) {
		hj_text_str(out, ", with a body that is no error message: ");
		append_line(out, body, SHOWN);
	}
	append_hint(out, endpoint, response->status);
	if (said.status || json.failed)
		status = HJ_NO_MEMORY;
	hj_text_free(&said);
	hj_json_free(&json);
	return status == HJ_NO_MEMORY || out->status ? HJ_NO_MEMORY : HJ_OK;
}
