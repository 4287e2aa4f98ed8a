/*
 * Looking at the policy file: get and status.
 */
#include "api/etag.h"
#include "cmd/inputs.h"
#include "cmd/net/verb.h"

static int run_get(struct connection *connection, const struct arguments *arguments,
	char **operands, size_t count)
{
	(void)operands, (void)count;
	struct app *app = connection->app;
	bool json = options_has(arguments, "json"), details = options_has(arguments, "details");
	if (json && details)
		return options_misuse(
			app, arguments->command, "--json and --details exclude each other");
	const hj_endpoint *endpoint = hj_endpoint_named("policy.get");
	/* The same endpoint with another Accept. */
	hj_endpoint as_json = *endpoint;
	as_json.accept = "application/json";
	hj_parameter parameter = {"details", HJ_SLICE("true")};
	hj_call call;
	int status = connect_call(connection, json || details ? &as_json : endpoint, &parameter,
		details ? 1 : 0, NULL, &call);
	hj_slice body = hj_text_slice(&call.response.body);
	hj_slice etag = hj_headers_get(&call.response.headers, "ETag");
	if (!status && etag.size && options_has(arguments, "verbose"))
		app_complain(app, NULL, "ETag %.*s", HJ_SLICE_ARGS(etag));
	if (!status && (json || details))
		status = print_json(app, arguments, body);
	else if (!status)
		app_print(&app->out, body);
	hj_call_free(&call);
	return status;
}

/* Is what the tailnet runs this file? One request, and the canonical text's hash. */
static int run_status(struct connection *connection, const struct arguments *arguments,
	char **operands, size_t count)
{
	(void)arguments, (void)count;
	struct app *app = connection->app;
	struct input input;
	if (!inputs_read(app, operands[0], NULL, &input))
		return EXIT_TROUBLE;
	hj_etag local;
	hj_status failure = hj_etag_of(
		(hj_slice){input.source->data, input.source->size}, app->allocator, &local);
	hj_source_free(input.source);
	if (failure == HJ_SYNTAX) {
		app_complain(app, input.path, "does not parse: `hujson lint` shows where");
		return EXIT_TROUBLE;
	}
	if (failure)
		return app_out_of_memory(app, input.path);
	hj_call call;
	int status =
		connect_call(connection, hj_endpoint_named("policy.get"), NULL, 0, NULL, &call);
	hj_slice etag = hj_etag_bare(hj_headers_get(&call.response.headers, "ETag"));
	if (!status && etag.size == 0) {
		app_complain(app, NULL, "the answer has no ETag to compare with");
		status = EXIT_NETWORK;
	} else if (!status) {
		bool same = hj_etag_is(&local, etag);
		app_printf(&app->out, "%s: %s\n", input.path,
			same ? "is what the tailnet runs" : "is not what the tailnet runs");
		app_printf(&app->out, "  local  %.64s\n  remote %.*s\n", local.digits,
			HJ_SLICE_ARGS(etag));
		status = same ? EXIT_CLEAN : EXIT_FOUND;
	}
	hj_call_free(&call);
	return status;
}

const struct verb policy_verbs[] = {
	{"get", 0, 0, run_get, VERB_PAGED},
	{"status", 1, 1, run_status, 0},
	{NULL, 0, 0, NULL, 0},
};
