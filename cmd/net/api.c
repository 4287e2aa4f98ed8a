/*
 * hujson tailnet api METHOD PATH: any endpoint of the table, by its method and path.
 */
#include "cmd/net/verb.h"
#include "syntax/string.h"

#include <errno.h>
#include <unistd.h>

enum { BODY_LIMIT = 64 << 20 }; /* bytes */

/* -- the body -------------------------------------------------------------------------------------- */

/* -f NAME=VALUE: true, false, null, numbers, arrays and objects as they are, all else a string. */
static bool add_field(hj_text *body, const char *field, bool first)
{
	const char *sign = strchr(field, '=');
	if (!sign || sign == field)
		return false;
	hj_text_str(body, first ? "{" : ", ");
	hj_string_encode((hj_slice){field, (size_t)(sign - field)}, body);
	hj_text_str(body, ": ");
	hj_slice value = hj_slice_str(sign + 1);
	hj_source *source = NULL;
	hj_document *document = NULL;
	bool json = value.size && !hj_source_copy(body->allocator, "field", value, &source) &&
		!hj_parse(source, HJ_PARSE_FIRST_ERROR, &document) &&
		!hj_document_error(document) && hj_document_standard(document);
	if (json)
		hj_text_append(body, value);
	else
		hj_string_encode(value, body);
	hj_document_free(document);
	hj_source_free(source);
	return true;
}

static int read_body(
	struct app *app, const struct arguments *arguments, hj_text *body, bool *has_body)
{
	const char *path = options_value(arguments, "input"), *field;
	size_t at = 0, count = 0;
	*has_body = true;
	while ((field = options_next(arguments, "field", &at)))
		if (!add_field(body, field, count++ == 0))
			return options_misuse(
				app, arguments->command, "'%s' is not NAME=VALUE", field);
	if (count && path)
		return options_misuse(
			app, arguments->command, "--field and --input exclude each other");
	if (count) {
		hj_text_byte(body, '}');
	} else if (path) {
		hj_status status = strcmp(path, "-") == 0
			? hj_file_read_fd(app->in, BODY_LIMIT, body)
			: hj_file_read(path, BODY_LIMIT, body);
		if (status) {
			app_complain(app, path, "%s",
				status == HJ_IO ? strerror(errno) : hj_status_text(status));
			return EXIT_TROUBLE;
		}
	} else {
		*has_body = false;
	}
	return body->status ? app_out_of_memory(app, path) : EXIT_CLEAN;
}

/* -- the request ----------------------------------------------------------------------------------- */

/* "{tailnet}" and "-" for the tailnet of the connection, so that examples can be pasted. */
static void write_target(const struct connection *connection, hj_slice path, hj_text *target)
{
	static const char base[] = "/api/v2", mark[] = "{tailnet}";
	if (!hj_slice_starts(path, HJ_SLICE("/api/v2/")))
		hj_text_str(target, base);
	if (path.size == 0 || path.data[0] != '/')
		hj_text_byte(target, '/');
	const char *found = path.size ? memmem(path.data, path.size, mark, sizeof mark - 1) : NULL;
	if (!found) {
		hj_text_append(target, path);
		return;
	}
	size_t before = (size_t)(found - path.data);
	hj_text_append(target, (hj_slice){path.data, before});
	hj_percent_encode(target, hj_slice_str(connection->tailnet));
	hj_text_append(
		target, (hj_slice){found + sizeof mark - 1, path.size - before - sizeof mark + 1});
}

/* Of what the table does not know nothing is assumed, least of all that it may be said twice. */
static const hj_endpoint unknown = {
	.name = "unknown",
	.path = "",
	.query = "",
	.scope = "",
	.body = HJ_BODY_JSON,
	.accept = "application/json",
	.command = "hujson tailnet api",
	.summary = "the request",
};

static bool is_path(hj_slice path)
{
	for (size_t i = 0; i < path.size; i++)
		if (path.data[i] <= ' ' || path.data[i] > '~' || path.data[i] == '#')
			return false;
	return path.size > 0;
}

static int send_api(struct connection *connection, const struct arguments *arguments,
	hj_request *request, bool has_body, hj_call *call)
{
	struct app *app = connection->app;
	const hj_endpoint *endpoint =
		hj_endpoint_of(request->method, hj_text_slice(&request->target));
	if (!endpoint) {
		app_complain(app, NULL,
			"%s %.*s is no endpoint that is known here; it is sent as it is",
			hj_method_name(request->method),
			HJ_SLICE_ARGS(hj_text_slice(&request->target)));
		endpoint = &unknown;
	}
	request->repeatable = endpoint->repeatable || request->method == HJ_GET;
	request->has_body = has_body;
	const char *accept = endpoint->accept ? endpoint->accept : "application/json";
	hj_status status =
		hj_headers_add(&request->headers, HJ_SLICE("Accept"), hj_slice_str(accept), false);
	if (!status && has_body)
		status = hj_headers_add(&request->headers, HJ_SLICE("Content-Type"),
			endpoint->body == HJ_BODY_POLICY ? HJ_SLICE("application/hujson")
							 : HJ_SLICE("application/json"),
			false);
	const char *match = options_value(arguments, "if-match");
	if (!status && match)
		status = hj_headers_add(
			&request->headers, HJ_SLICE("If-Match"), hj_slice_str(match), false);
	if (status == HJ_INVALID)
		return options_misuse(app, arguments->command, "'%s' is no ETag", match);
	if (status || request->target.status || request->body.status)
		return app_out_of_memory(app, NULL);
	return connect_send(connection, endpoint, request, call);
}

static int run_api(struct connection *connection, const struct arguments *arguments,
	char **operands, size_t count)
{
	(void)count;
	struct app *app = connection->app;
	hj_method method;
	if (!hj_method_named(hj_slice_str(operands[0]), &method))
		return options_misuse(app, arguments->command,
			"'%s' is none of GET, POST, PUT, PATCH, DELETE", operands[0]);
	hj_slice path = hj_slice_str(operands[1]);
	if (!is_path(path))
		return options_misuse(app, arguments->command, "'%s' is no path", operands[1]);
	hj_request request;
	hj_request_init(&request, app->allocator);
	request.method = method;
	write_target(connection, path, &request.target);
	hj_call call = {0};
	bool has_body;
	int status = read_body(app, arguments, &request.body, &has_body);
	if (!status)
		status = send_api(connection, arguments, &request, has_body, &call);
	hj_slice body = hj_text_slice(&call.response.body);
	hj_slice type = hj_headers_get(&call.response.headers, "Content-Type");
	if (!status && hj_slice_starts(type, HJ_SLICE("application/hujson")))
		app_print(&app->out, body);
	else if (!status)
		status = print_json(app, arguments, body);
	hj_call_free(&call);
	hj_request_free(&request);
	return status;
}

const struct verb api_verbs[] = {{"api", 2, 2, run_api, VERB_PAGED}, {NULL, 0, 0, NULL, 0}};
