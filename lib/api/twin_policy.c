/*
 * The policy file of the twin: get and set (tailnet API reference 5.1 to 5.3).
 */
#include "api/twin_parts.h"

#include "format/format.h"
#include "syntax/pointer.h"
#include "syntax/string.h"

typedef hj__twin_trial trial;

static const hj_inventory *inventory_of(const hj_twin *twin)
{
	return twin->state.bound ? &twin->state.inventory : NULL;
}

hj_status hj__twin_judge(const hj_twin *twin, hj_slice text, trial *out)
{
	*out = (trial){0};
	hj_status status = hj_source_copy(twin->allocator, "policy", text, &out->source);
	if (!status)
		status = hj_parse(out->source, 0, &out->document);
	if (!status)
		status = hj_judge(out->document, inventory_of(twin), twin->options.tailnet,
			twin->allocator, &out->judgement);
	out->judged = status == HJ_OK;
	return status;
}

void hj__twin_trial_free(trial *this)
{
	if (this->judged)
		hj_judgement_free(&this->judgement);
	hj_document_free(this->document);
	hj_source_free(this->source);
	*this = (trial){0};
}

hj_status hj__twin_in_force(hj_twin *twin, const trial **out)
{
	hj_status status = HJ_OK;
	if (!twin->in_force.judged)
		status = hj__twin_judge(twin, hj_text_slice(&twin->policy), &twin->in_force);
	if (status)
		hj__twin_trial_free(&twin->in_force);
	*out = &twin->in_force;
	return status;
}

void hj__twin_forget(hj_twin *twin)
{
	hj__twin_trial_free(&twin->in_force);
}

/* Is a tag declared in "tagOwners"? */
static bool is_declared(const hj_document *document, hj_slice tag)
{
	uint32_t owners;
	if (hj_document_error(document) ||
		hj_pointer_find(document, HJ_SLICE("/tagOwners"), &owners, NULL))
		return false;
	const hj_node *nodes = hj_document_nodes(document);
	if (hj_node_kind(&nodes[owners]) != HJ_OBJECT)
		return false;
	for (uint32_t at = hj_node_first(owners); at < nodes[owners].next;
		at = nodes[nodes[at].next].next)
		if (hj_string_equals(document, at, tag))
			return true;
	return false;
}

hj_status hj__twin_check_tags(hj__twin_call *call, uint32_t tags)
{
	const trial *now;
	hj_status status = hj__twin_in_force(call->twin, &now);
	if (status)
		return status;
	hj_text message;
	hj_text_init(&message, call->twin->allocator);
	for (uint32_t at = hj_json_next(&call->body, tags, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(&call->body, tags, at)) {
		hj_slice tag = hj_json_string(&call->body, at);
		if (is_declared(now->document, tag))
			continue;
		hj_text_str(&message, message.size ? " " : "requested tags [");
		hj_text_append(&message, tag);
	}
	bool good = message.size == 0;
	hj_text_str(&message, "] are invalid or not permitted");
	const char *text = hj_text_string(&message);
	if (!text)
		status = HJ_NO_MEMORY;
	else if (!good)
		status = hj__twin_stop(call, 400, text);
	hj_text_free(&message);
	return status;
}

/* -- bodies ------------------------------------------------------------------------------------------ */

void hj__twin_append_failure(
	hj_text *body, hj_slice message, const hj_test_errors *errors, uint32_t count)
{
	hj_text_str(body, "{\"message\": ");
	hj_string_encode(message, body);
	for (uint32_t i = 0; i < count; i++) {
		hj_text_str(body, i ? ", {\"user\": " : ", \"data\": [{\"user\": ");
		hj_string_encode(errors[i].user, body);
		hj_text_str(body, ", \"errors\": [");
		for (uint32_t j = 0; j < errors[i].count; j++) {
			hj_text_str(body, j ? ", " : "");
			hj_string_encode(errors[i].errors[j], body);
		}
		hj_text_str(body, "]}");
	}
	hj_text_str(body, count ? "]}" : "}");
}

static bool wants_json(const hj__twin_call *call)
{
	hj_slice accept = hj_headers_get(&call->request->headers, "Accept");
	return hj_slice_starts(accept, HJ_SLICE("application/json"));
}

/* The policy as JSON; made once for each policy. */
static hj_status append_json(hj_twin *twin, hj_text *out)
{
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_status status = HJ_OK;
	if (twin->policy_json.size == 0) {
		status = hj_source_copy(
			twin->allocator, "policy", hj_text_slice(&twin->policy), &source);
		if (!status)
			status = hj_parse(source, HJ_PARSE_FIRST_ERROR, &document);
		if (!status)
			status = hj_format(document,
				&(hj_format_options){.style = HJ_MINIMIZED,
					.limit = UINT64_MAX,
					.allocator = twin->allocator},
				&twin->policy_json);
		hj_document_free(document);
		hj_source_free(source);
	}
	if (status)
		hj_text_free(&twin->policy_json);
	hj_text_append(out, hj_text_slice(&twin->policy_json));
	return status ? status : out->status;
}

static hj_status add_etag(hj__twin_call *call)
{
	char value[66];
	value[0] = value[65] = '"';
	memcpy(value + 1, call->twin->etag.digits, 64);
	return hj_headers_add(
		&call->response->headers, HJ_SLICE("ETag"), (hj_slice){value, 66}, false);
}

/* The policy in the form that was asked for, with its ETag. */
static hj_status answer_policy(hj__twin_call *call)
{
	hj_twin *twin = call->twin;
	bool json = wants_json(call);
	hj_status status =
		hj__twin_begin(call, 200, json ? "application/json" : "application/hujson");
	if (!status)
		status = add_etag(call);
	if (!status && json)
		return append_json(twin, &call->response->body);
	hj_text_append(&call->response->body, hj_text_slice(&twin->policy));
	return status ? status : call->response->body.status;
}

static void append_base64(hj_text *out, hj_slice bytes)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < bytes.size; i += 3) {
		uint32_t bits = 0;
		size_t left = bytes.size - i < 3 ? bytes.size - i : 3;
		for (size_t j = 0; j < 3; j++)
			bits = bits << 8 | (j < left ? (unsigned char)bytes.data[i + j] : 0U);
		for (size_t j = 0; j < 4; j++)
			hj_text_byte(out, j <= left ? digits[bits >> (18 - 6 * j) & 63] : '=');
	}
}

/* `"group:ops": user not found: "lin@example.com"`, for members whom the inventory does not list. */
static void append_warnings(const trial *this, hj_text *out)
{
	const hj_world *world = &this->judgement.world;
	bool known = world->inventory && world->inventory->has_users, first = true;
	for (uint32_t i = 0; known && i < world->group_count; i++)
		for (uint32_t j = 0; j < world->groups[i].members.count; j++) {
			const hj_user *user = &world->users[world->groups[i].members.items[j]];
			if (user->listed)
				continue;
			hj_text text;
			hj_text_init(&text, out->allocator);
			hj_string_encode(world->groups[i].name, &text);
			hj_text_str(&text, ": user not found: ");
			hj_string_encode(user->login, &text);
			hj_text_str(out, first ? "[" : ", ");
			hj_string_encode(hj_text_slice(&text), out);
			hj_text_free(&text);
			first = false;
		}
	hj_text_str(out, first ? "null" : "]");
}

static hj_status answer_details(hj__twin_call *call)
{
	hj_twin *twin = call->twin;
	const trial *now;
	hj_status status = hj__twin_in_force(twin, &now);
	hj_text *body = &call->response->body;
	if (!status)
		status = hj__twin_begin(call, 200, "application/json");
	if (!status)
		status = add_etag(call);
	hj_text_str(body, "{\"acl\": \"");
	append_base64(body, hj_text_slice(&twin->policy));
	hj_text_str(body, "\", \"warnings\": ");
	if (!status)
		append_warnings(now, body);
	hj_text_str(body, ", \"errors\": null}");
	return status ? status : body->status;
}

hj_status hj__twin_policy_get(hj__twin_call *call)
{
	hj_text details;
	hj_text_init(&details, call->twin->allocator);
	/* The older documentation says 1, the newer true; any other value is false. */
	bool wanted = hj__twin_query(call, "details", &details) &&
		(hj_slice_equal(hj_text_slice(&details), HJ_SLICE("1")) ||
			hj_slice_equal(hj_text_slice(&details), HJ_SLICE("true")));
	hj_status status = details.status;
	hj_text_free(&details);
	if (status)
		return status;
	return wanted ? answer_details(call) : answer_policy(call);
}

/* -- setting ------------------------------------------------------------------------------------------- */

/* Does If-Match hold? Without one it does. */
static bool matches(const hj__twin_call *call)
{
	hj_slice header = hj_headers_get(&call->request->headers, "If-Match");
	if (!header.data)
		return true;
	if (hj_slice_equal(hj_etag_bare(header), HJ_SLICE("ts-default")))
		return call->twin->is_default;
	return hj_etag_is(&call->twin->etag, header);
}

static hj_status store(hj__twin_call *call, hj_slice policy, bool is_default)
{
	hj_twin *twin = call->twin;
	hj_text text;
	hj_text_init(&text, twin->allocator);
	hj_text_append(&text, policy);
	hj_etag etag;
	hj_status status = text.status ? HJ_NO_MEMORY : hj_etag_of(policy, twin->allocator, &etag);
	if (!status && twin->options.keep && !twin->options.keep(twin->options.context, policy)) {
		hj_text_free(&text);
		return hj__twin_refuse(call, 500, "internal server error");
	}
	if (status) {
		hj_text_free(&text);
		return status;
	}
	hj__twin_forget(twin);
	hj_text_free(&twin->policy_json);
	hj_text_free(&twin->policy);
	twin->policy = text;
	twin->etag = etag;
	twin->is_default = is_default;
	return answer_policy(call);
}

hj_status hj__twin_policy_set(hj__twin_call *call)
{
	hj_slice body = hj_text_slice(&call->request->body);
	if (!matches(call))
		return hj__twin_refuse(call, 412, "precondition failed, invalid old hash");
	/* An empty body brings the default back. */
	if (body.size == 0)
		return store(call, hj__twin_default_policy(), true);
	trial next;
	hj_status status = hj__twin_judge(call->twin, body, &next);
	if (!status && next.judgement.status != 200) {
		status = hj__twin_begin(call, next.judgement.status, "application/json");
		hj__twin_append_failure(&call->response->body, next.judgement.message,
			next.judgement.errors, next.judgement.error_count);
		if (!status)
			status = call->response->body.status;
	} else if (!status) {
		status = store(call, body, false);
	}
	hj__twin_trial_free(&next);
	return status;
}
