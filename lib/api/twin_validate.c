/*
 * Asking about policies: validate and preview (tailnet API reference 5.4, 5.5).
 */
#include "api/twin_parts.h"

#include "access/preview.h"
#include "base/map.h"
#include "syntax/pointer.h"
#include "syntax/string.h"

/* -- which mode ------------------------------------------------------------------------------------------ */

/* The first byte that is neither blank nor in a comment. */
static char first_byte(hj_slice text)
{
	size_t i = 0;
	while (i < text.size) {
		char c = text.data[i], next = i + 1 < text.size ? text.data[i + 1] : 0;
		if (c == '/' && next == '/') {
			const char *end = memchr(text.data + i, '\n', text.size - i);
			i = end ? (size_t)(end - text.data) : text.size;
		} else if (c == '/' && next == '*') {
			const char *end = memmem(text.data + i + 2, text.size - i - 2, "*/", 2);
			i = end ? (size_t)(end - text.data) + 2 : text.size;
		} else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
			i++;
		} else {
			return c;
		}
	}
	return 0;
}

/* Tests against the policy in force. */
static hj_status answer_tests(hj__twin_call *call)
{
	hj_twin *twin = call->twin;
	hj_text *body = &call->response->body, why;
	hj_text_init(&why, twin->allocator);
	hj_test_list list;
	hj_status status = hj_test_list_read(
		hj_text_slice(&call->request->body), twin->allocator, &list, &why);
	if (status == HJ_SYNTAX || status == HJ_INVALID) {
		hj__twin_append_failure(body, hj_text_slice(&why), NULL, 0);
		hj_text_free(&why);
		return body->status;
	}
	hj_text_free(&why);
	if (status)
		return status;
	const hj__twin_trial *now;
	hj_assertions assertions;
	status = hj__twin_in_force(twin, &now);
	if (!status)
		status = now->judgement.reach
			? hj_judge_tests(&now->judgement, &list, twin->allocator, &assertions)
			: HJ_INVALID;
	if (!status) {
		const hj_test_errors *errors;
		uint32_t count;
		status = hj_assertions_errors(&assertions, &errors, &count);
		if (!status && assertions.failed)
			hj__twin_append_failure(body, HJ_SLICE("test(s) failed"), errors, count);
		else
			hj_text_str(body, "{}");
		hj_assertions_free(&assertions);
	}
	hj_test_list_free(&list);
	return status ? status : body->status;
}

/* -- warnings -------------------------------------------------------------------------------------------- */

/* Is a string among the names of an object, or the elements of a list? */
static bool is_listed(const hj_document *document, const char *pointer, hj_slice text)
{
	uint32_t list;
	if (hj_pointer_find(document, hj_slice_str(pointer), &list, NULL) != HJ_OK)
		return false;
	const hj_node *nodes = hj_document_nodes(document);
	bool object = hj_node_kind(&nodes[list]) == HJ_OBJECT;
	if (!hj_node_is_container(&nodes[list]))
		return false;
	for (uint32_t at = hj_node_first(list); at < nodes[list].next; at = nodes[at].next) {
		if (hj_string_equals(document, at, text))
			return true;
		if (object)
			at = nodes[at].next;
	}
	return false;
}

/* A group of the identity provider's: "group:hr@example.com". */
static bool is_foreign_group(hj_slice text)
{
	return hj_slice_starts(text, HJ_SLICE("group:")) && memchr(text.data, '@', text.size);
}

/*
 * Groups that nobody declares and that do not come from an identity provider, each once, in the order of
 * the text (5.4, A.18). Only where the inventory says which do: otherwise provisioning is off.
 */
static hj_status append_unsynced(hj_twin *twin, const hj_document *document, hj_text *body)
{
	static const char text[] =
		"group is not syncing from SCIM and will be ignored by rules in the policy file";
	const hj_document *state = twin->state.json.document;
	const hj_node *nodes = hj_document_nodes(document);
	if (hj__twin_find(twin, "/syncedGroups") == HJ_JSON_NOTHING)
		return HJ_OK;
	hj_arena arena;
	hj_map seen;
	hj_arena_init(&arena, twin->allocator);
	hj_map_init(&seen, twin->allocator);
	bool ok = true, again;
	hj_status status = HJ_OK;
	for (uint32_t i = 0; i < hj_document_count(document) && !status; i++) {
		if (hj_node_kind(&nodes[i]) != HJ_STRING || nodes[i].bits & HJ_IS_NAME)
			continue;
		hj_slice group = hj_string_value(document, i, &arena, &ok);
		if (!ok)
			status = HJ_NO_MEMORY;
		if (!is_foreign_group(group) || is_listed(document, "/groups", group) ||
			is_listed(state, "/syncedGroups", group))
			continue;
		status = hj_map_put(&seen, group, 0, NULL, &again);
		if (status || again)
			continue;
		hj_text_str(body,
			seen.count > 1 ? ", " : "{\"message\": \"warning(s) found\", \"data\": [");
		hj_text_str(body, "{\"user\": ");
		hj_string_encode(group, body);
		hj_text_printf(body, ", \"warnings\": [\"%s\"]}", text);
	}
	hj_text_str(body, seen.count ? "]}" : "");
	hj_map_free(&seen);
	hj_arena_free(&arena);
	return status;
}

/* Status 200 whatever is found: problems are in the body. */
hj_status hj__twin_validate(hj__twin_call *call)
{
	hj_slice body = hj_text_slice(&call->request->body);
	hj_status status = hj__twin_begin(call, 200, "application/json");
	if (status)
		return status;
	if (first_byte(body) == '[')
		return answer_tests(call);
	hj__twin_trial next;
	status = hj__twin_judge(call->twin, body, &next);
	if (!status && next.judgement.status != 200)
		hj__twin_append_failure(&call->response->body, next.judgement.message,
			next.judgement.errors, next.judgement.error_count);
	else if (!status)
		status = append_unsynced(call->twin, next.document, &call->response->body);
	if (call->response->body.size == 0)
		hj_text_str(&call->response->body, "{}");
	hj__twin_trial_free(&next);
	return status ? status : call->response->body.status;
}

/* -- previewing -------------------------------------------------------------------------------------------- */

static hj_status answer_preview(hj__twin_call *call, hj_preview_type type, hj_slice asked)
{
	hj__twin_trial next;
	hj_status status = hj__twin_judge(call->twin, hj_text_slice(&call->request->body), &next);
	const char *what = NULL;
	hj_preview preview;
	if (!status && !next.judgement.reach) {
		status = hj__twin_begin(call, 400, "application/json");
		hj__twin_append_failure(&call->response->body, next.judgement.message, NULL, 0);
	} else if (!status) {
		status = hj_preview_make(
			next.judgement.reach, type, asked, call->twin->allocator, &preview, &what);
		if (status == HJ_INVALID) {
			status = hj__twin_refuse(call, 400, what);
		} else if (!status) {
			status = hj__twin_begin(call, 200, "application/json");
			hj_preview_append(&call->response->body, &preview);
			hj_preview_free(&preview);
		}
	}
	hj__twin_trial_free(&next);
	return status ? status : call->response->body.status;
}

hj_status hj__twin_preview(hj__twin_call *call)
{
	hj_text type, asked;
	hj_text_init(&type, call->twin->allocator);
	hj_text_init(&asked, call->twin->allocator);
	bool both =
		hj__twin_query(call, "type", &type) && hj__twin_query(call, "previewFor", &asked);
	bool user = hj_slice_equal(hj_text_slice(&type), HJ_SLICE("user"));
	bool ipport = hj_slice_equal(hj_text_slice(&type), HJ_SLICE("ipport"));
	hj_status status = type.status ? type.status : asked.status;
	if (!status)
		status = both && (user || ipport)
			? answer_preview(call, user ? HJ_PREVIEW_USER : HJ_PREVIEW_IPPORT,
				  hj_text_slice(&asked))
			: hj__twin_refuse(call, 400, "bad request");
	hj_text_free(&type);
	hj_text_free(&asked);
	return status;
}
