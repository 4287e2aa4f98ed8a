/*
 * Asking the service about a local file without changing anything: validate, test, preview.
 */
#include "api/json.h"
#include "cmd/net/local.h"
#include "cmd/net/verb.h"

static void print_list(struct app *app, hj_json *json, uint32_t list, const char *kind)
{
	for (uint32_t at = hj_json_next(json, list, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, list, at)) {
		app_printf(&app->out, "    %s: ", kind);
		app_print_safe(&app->out, hj_json_string(json, at));
		app_print(&app->out, HJ_SLICE("\n"));
	}
}

/* What the service says of a policy or of tests; nothing is good news. */
static int show_answer(struct app *app, struct local *local, hj_slice body)
{
	hj_json json;
	hj_status status = hj_json_read(&json, body, app->allocator);
	hj_slice message = hj_json_string(&json, hj_json_find(&json, "/message"));
	int result = EXIT_CLEAN;
	if (status == HJ_NO_MEMORY) {
		result = app_out_of_memory(app, NULL);
	} else if (status && body.size) {
		app_complain(app, NULL, "the answer is no JSON: %.*s",
			(int)(body.size < 300 ? body.size : 300), body.data);
		result = EXIT_NETWORK;
	} else if (message.size == 0) {
		app_printf(&app->out, "%s: the service finds nothing wrong\n", local->input.path);
	} else {
		app_printf(&app->out, "%s: the service says: ", local->input.path);
		app_print_safe(&app->out, message);
		app_print(&app->out, HJ_SLICE("\n"));
		uint32_t data = hj_json_find(&json, "/data");
		for (uint32_t at = hj_json_next(&json, data, 0); at != HJ_JSON_NOTHING;
			at = hj_json_next(&json, data, at)) {
			app_print(&app->out, HJ_SLICE("  for "));
			app_print_safe(&app->out,
				hj_json_string(&json, hj_json_member(&json, at, "user")));
			app_print(&app->out, HJ_SLICE("\n"));
			print_list(app, &json, hj_json_member(&json, at, "errors"), "error");
			print_list(app, &json, hj_json_member(&json, at, "warnings"), "warning");
		}
		result = local_show(app, local, message, "text");
		/* Warnings alone are no reason to stop a job, as the service would save it. */
		bool warns = hj_slice_equal(message, HJ_SLICE("warning(s) found"));
		if (!result)
			result = warns ? EXIT_CLEAN : EXIT_FOUND;
	}
	hj_json_free(&json);
	return result;
}

/* 400 with a message is as good an answer as 200. */
static int send_validate(struct connection *connection, hj_slice body, hj_call *call)
{
	const hj_endpoint *endpoint = hj_endpoint_named("policy.validate");
	struct app *app = connection->app;
	hj_parameter parameter = {"tailnet", hj_slice_str(connection->tailnet)};
	hj_request request;
	hj_request_init(&request, app->allocator);
	*call = (hj_call){0};
	hj_status status = hj_endpoint_request(endpoint, &parameter, 1, &request);
	hj_text_append(&request.body, body);
	int result = EXIT_CLEAN;
	if (status || request.body.status ||
		hj_session_call(connection->session, endpoint, &request, call)) {
		result = app_out_of_memory(app, NULL);
	} else if (call->kind != HJ_CALL_DONE && call->response.status != 400) {
		app_complain(app, NULL, "%.*s", (int)call->message.size, call->message.data);
		result = EXIT_NETWORK;
	}
	hj_request_free(&request);
	return result;
}

static int run_validate(struct connection *connection, const struct arguments *arguments,
	char **operands, size_t count)
{
	(void)arguments, (void)count;
	struct local local;
	hj_call call = {0};
	int status = local_read(connection->app, operands[0], &local);
	/* The file's own bytes: places in an answer are then places in the file. */
	if (!status)
		status = send_validate(connection, local_text(&local), &call);
	if (!status)
		status = show_answer(connection->app, &local, hj_text_slice(&call.response.body));
	hj_call_free(&call);
	local_free(&local);
	return status;
}

/* The file's tests, or the file when it is a list of them, against the policy in force. */
static int run_test(struct connection *connection, const struct arguments *arguments,
	char **operands, size_t count)
{
	(void)arguments, (void)count;
	struct app *app = connection->app;
	struct local local;
	hj_call call = {0};
	hj_policy policy;
	int status = local_read(app, operands[0], &local);
	if (!status && hj_document_error(local.document)) {
		local_show(app, &local, (hj_slice){NULL, 0}, "text");
		status = EXIT_TROUBLE;
	}
	if (!status && hj_policy_bind(local.document, app->allocator, &policy))
		status = app_out_of_memory(app, local.input.path);
	if (status) {
		local_free(&local);
		return status;
	}
	const hj_node *nodes = hj_document_nodes(local.document);
	bool list = hj_node_kind(&nodes[0]) == HJ_ARRAY;
	hj_slice tests = local_text(&local);
	if (!list && policy.tests.node)
		tests = hj_source_slice(
			local.input.source, hj_node_span(&nodes[policy.tests.node]));
	if (!list && !policy.tests.node) {
		app_complain(app, local.input.path, "has no \"tests\"");
		status = EXIT_TROUBLE;
	}
	hj_policy_free(&policy);
	if (!status)
		status = send_validate(connection, tests, &call);
	if (!status)
		status = show_answer(app, &local, hj_text_slice(&call.response.body));
	hj_call_free(&call);
	local_free(&local);
	return status;
}

/* -- preview ------------------------------------------------------------------------------------------------ */

static int run_preview(struct connection *connection, const struct arguments *arguments,
	char **operands, size_t count)
{
	(void)count;
	struct app *app = connection->app;
	const char *type = options_value(arguments, "type"),
		   *asked = options_value(arguments, "for");
	if (!type || !asked)
		return options_misuse(app, arguments->command, "preview needs --type and --for");
	hj_parameter parameters[] = {
		{"type", hj_slice_str(type)}, {"previewFor", hj_slice_str(asked)}};
	struct local local;
	hj_call call = {0};
	int status = local_read(app, operands[0], &local);
	hj_slice body = status ? (hj_slice){NULL, 0} : local_text(&local);
	if (!status)
		status = connect_call(connection, hj_endpoint_named("policy.preview"), parameters,
			2, &body, &call);
	if (!status)
		status = print_json(app, arguments, hj_text_slice(&call.response.body));
	hj_call_free(&call);
	local_free(&local);
	return status;
}

const struct verb validate_verbs[] = {
	{"validate", 1, 1, run_validate, 0},
	{"test", 1, 1, run_test, 0},
	{"preview", 1, 1, run_preview, VERB_PAGED},
	{NULL, 0, 0, NULL, 0},
};
