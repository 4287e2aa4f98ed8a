#include "cmd/net/connect.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
	FILE_LIMIT = 65536, /* bytes of a credentials file */
	PARAMETERS = 16,
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static bool is_stopped(void *context)
{
	(void)context;
	return interrupted;
}

/* -- time ------------------------------------------------------------------------------------------ */

static int64_t clock_now(void *context)
{
	(void)context;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void clock_wait(void *context, long milliseconds)
{
	(void)context;
	struct timespec left = {
		.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
	while (!interrupted && nanosleep(&left, &left) && errno == EINTR)
		continue;
}

static uint32_t clock_chance(void *context)
{
	(void)context;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint32_t)now.tv_nsec * 2654435761U ^ (uint32_t)getpid();
}

/* -- names and values ------------------------------------------------------------------------------ */

/* The value of a name: that of the file before that of the environment. */
static const char *look_up(void *context, const char *name)
{
	const struct connection *connection = context;
	const char *at = connection->file.data, *end = at ? at + connection->file.size : at;
	while (at < end) {
		const char *value = at + strlen(at) + 1;
		if (strcmp(at, name) == 0 && *value)
			return value;
		at = value + strlen(value) + 1;
	}
	return getenv(name);
}

static hj_slice trimmed(hj_slice text)
{
	while (text.size && (text.data[0] == ' ' || text.data[0] == '\t'))
		text = (hj_slice){text.data + 1, text.size - 1};
	while (text.size && strchr(" \t\r", text.data[text.size - 1]))
		text.size--;
	return text;
}

/* One line NAME=VALUE, perhaps with "export " before it and quotes around the value; # begins a note. */
static bool keep_line(hj_text *kept, hj_slice line)
{
	line = trimmed(line);
	if (line.size == 0 || line.data[0] == '#')
		return true;
	if (hj_slice_starts(line, HJ_SLICE("export ")))
		line = trimmed((hj_slice){line.data + 7, line.size - 7});
	const char *sign = memchr(line.data, '=', line.size);
	if (!sign || sign == line.data)
		return false;
	hj_slice name = trimmed((hj_slice){line.data, (size_t)(sign - line.data)});
	hj_slice value = trimmed((hj_slice){sign + 1, line.size - (size_t)(sign - line.data) - 1});
	if (value.size >= 2 && strchr("\"'", value.data[0]) &&
		value.data[value.size - 1] == value.data[0])
		value = (hj_slice){value.data + 1, value.size - 2};
	if (memchr(line.data, 0, line.size))
		return false;
	hj_text_append(kept, name);
	hj_text_byte(kept, 0);
	hj_text_append(kept, value);
	hj_text_byte(kept, 0);
	return true;
}

static int read_file(struct connection *connection, const char *path)
{
	struct app *app = connection->app;
	hj_text text;
	hj_text_init(&text, app->allocator);
	hj_status status = hj_file_read(path, FILE_LIMIT, &text);
	int result = EXIT_CLEAN;
	if (status) {
		app_complain(app, path, "%s",
			status == HJ_IO ? strerror(errno) : hj_status_text(status));
		result = EXIT_TROUBLE;
	} else {
		hj_text_reserve(&connection->file, text.size + 2);
	}
	hj_slice rest = hj_text_slice(&text);
	for (unsigned number = 1; rest.size && !result; number++) {
		const char *end = memchr(rest.data, '\n', rest.size);
		size_t size = end ? (size_t)(end - rest.data) : rest.size;
		if (!keep_line(&connection->file, (hj_slice){rest.data, size})) {
			/* Not the line itself: it may be the secret. */
			app_complain(app, path, "line %u is not NAME=VALUE", number);
			result = EXIT_TROUBLE;
		}
		size += end != NULL;
		rest = (hj_slice){rest.data + size, rest.size - size};
	}
	if (text.data)
		explicit_bzero(text.data, text.capacity);
	hj_text_free(&text);
	return connection->file.status ? app_out_of_memory(app, path) : result;
}

/* -- opening --------------------------------------------------------------------------------------- */

static void trace(void *context, hj_slice line)
{
	struct app *app = context;
	while (line.size) {
		const char *end = memchr(line.data, '\n', line.size);
		size_t size = end ? (size_t)(end - line.data) : line.size;
		app_print(&app->err, HJ_SLICE("* "));
		app_print_safe(&app->err, (hj_slice){line.data, size});
		app_print(&app->err, HJ_SLICE("\n"));
		size += end != NULL;
		line = (hj_slice){line.data + size, line.size - size};
	}
	app_flush(app, &app->err);
}

/* Seconds with perhaps a fraction, or a duration such as 5m; -1: neither. */
static long milliseconds_of(const char *text)
{
	char *end;
	int64_t nanoseconds;
	if (hj_duration_parse(hj_slice_str(text), &nanoseconds)) {
		bool fits = nanoseconds >= 1000000 && nanoseconds <= 86400 * INT64_C(1000000000);
		return fits ? (long)(nanoseconds / 1000000) : -1;
	}
	errno = 0;
	double seconds = strtod(text, &end);
	if (errno || end == text || *end || !(seconds > 0) || seconds > 86400)
		return -1;
	return (long)(seconds * 1000);
}

static int choose_credentials(struct connection *connection)
{
	struct app *app = connection->app;
	hj_text why;
	hj_text_init(&why, app->allocator);
	hj_status status = hj_credentials_choose(
		look_up, connection, app->allocator, &connection->credentials, &why);
	int result = EXIT_CLEAN;
	if (status == HJ_NO_MEMORY) {
		result = app_out_of_memory(app, NULL);
	} else if (status) {
		app_complain(app, NULL, "%.*s", HJ_SLICE_ARGS(hj_text_slice(&why)));
		result = EXIT_TROUBLE;
	} else if (connection->credentials.kind == HJ_CREDENTIAL_NONE) {
		app_complain(app, NULL,
			"no credential: set TS_API_KEY, or TS_OAUTH_ID and TS_OAUTH_SECRET");
		result = EXIT_TROUBLE;
	}
	hj_text_free(&why);
	return result;
}

static int open_transport(struct connection *connection, const struct arguments *arguments)
{
	struct app *app = connection->app;
	const char *ca_file = options_value(arguments, "ca-file");
	if (!ca_file)
		ca_file = look_up(connection, "SSL_CERT_FILE");
	hj_transport_options options = {
		.origin = connection->origin,
		.insecure_http = options_has(arguments, "insecure-http"),
		.ca_file = ca_file && *ca_file ? ca_file : NULL,
		.user_agent = "hujson/" HJ_VERSION,
		.stopped = is_stopped,
	};
	hj_text why;
	hj_text_init(&why, app->allocator);
	hj_status status =
		hj_transport_curl(&options, app->allocator, &connection->transport, &why);
	if (status == HJ_INVALID)
		app_complain(app, NULL, "%.*s", HJ_SLICE_ARGS(hj_text_slice(&why)));
	hj_text_free(&why);
	if (status == HJ_INVALID)
		return EXIT_TROUBLE;
	return status ? app_out_of_memory(app, NULL) : EXIT_CLEAN;
}

static int open_session(struct connection *connection, const struct arguments *arguments,
	const struct connect_wishes *wishes)
{
	struct app *app = connection->app;
	const char *timeout = options_value(arguments, "timeout");
	long milliseconds = timeout ? milliseconds_of(timeout) : wishes->milliseconds;
	if (milliseconds < 0)
		return options_misuse(app, arguments->command,
			"'%s' is no number of seconds and no duration", timeout);
	bool verbose = options_has(arguments, "verbose");
	hj_session_options options = {
		.transport = connection->transport,
		.credentials = &connection->credentials,
		.clock = connection->clock,
		.milliseconds = milliseconds,
		.all_milliseconds = wishes->whole_run ? milliseconds : 0,
		.trace = verbose ? trace : NULL,
		.context = app,
	};
	if (verbose)
		app_complain(app, NULL, "the credential comes from %.*s",
			HJ_SLICE_ARGS(hj_text_slice(&connection->credentials.source)));
	return hj_session_open(&options, app->allocator, &connection->session)
		? app_out_of_memory(app, NULL)
		: EXIT_CLEAN;
}

int connect_open(struct app *app, const struct arguments *arguments,
	const struct connect_wishes *wishes, struct connection *connection)
{
	*connection = (struct connection){.app = app,
		.clock = {.now = clock_now, .wait = clock_wait, .chance = clock_chance}};
	hj_text_init(&connection->file, app->allocator);
	/* A first interrupt ends the call at hand, so that what happened can still be said. */
	struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	const char *path = options_value(arguments, "credentials-file"), *source;
	int status = path ? read_file(connection, path) : EXIT_CLEAN;
	connection->origin = options_value(arguments, "base-url");
	if (!connection->origin)
		connection->origin = wishes->origin;
	if (!connection->origin)
		connection->origin = hj_origin_chosen(look_up, connection, &source);
	if (!connection->origin)
		connection->origin = "https://api.tailscale.com";
	connection->tailnet = options_value(arguments, "tailnet");
	if (!connection->tailnet)
		connection->tailnet = hj_tailnet_chosen(look_up, connection, &source);
	if (!connection->tailnet)
		connection->tailnet = "-";
	if (!status)
		status = choose_credentials(connection);
	if (!status)
		status = open_transport(connection, arguments);
	if (!status)
		status = open_session(connection, arguments, wishes);
	return status;
}

void connect_close(struct connection *connection)
{
	hj_session_close(connection->session);
	if (connection->transport)
		connection->transport->close(connection->transport);
	hj_credentials_free(&connection->credentials);
	if (connection->file.data)
		explicit_bzero(connection->file.data, connection->file.capacity);
	hj_text_free(&connection->file);
}

/* -- calls ----------------------------------------------------------------------------------------- */

int connect_send(struct connection *connection, const hj_endpoint *endpoint, hj_request *request,
	hj_call *call)
{
	struct app *app = connection->app;
	if (hj_session_call(connection->session, endpoint, request, call))
		return app_out_of_memory(app, NULL);
	if (call->kind == HJ_CALL_DONE)
		return EXIT_CLEAN;
	app_complain(app, NULL, "%.*s", (int)call->message.size, call->message.data);
	return EXIT_NETWORK;
}

int connect_call(struct connection *connection, const hj_endpoint *endpoint,
	const hj_parameter *parameters, size_t count, const hj_slice *body, hj_call *call)
{
	struct app *app = connection->app;
	*call = (hj_call){0};
	hj_parameter all[PARAMETERS] = {{"tailnet", hj_slice_str(connection->tailnet)}};
	bool tailnet = strstr(endpoint->path, "{tailnet}") != NULL;
	if (count + tailnet > PARAMETERS)
		return options_misuse(app, NULL, "too many parameters");
	for (size_t i = 0; i < count; i++)
		all[i + tailnet] = parameters[i];
	hj_request request;
	hj_request_init(&request, app->allocator);
	hj_status status = hj_endpoint_request(endpoint, all, count + tailnet, &request);
	if (!status && body) {
		request.has_body = true;
		hj_text_append(&request.body, *body);
		status = request.body.status;
	}
	int result = EXIT_TROUBLE;
	if (status == HJ_INVALID)
		app_complain(app, NULL, "a name in the address is empty or no name");
	else if (status)
		result = app_out_of_memory(app, NULL);
	else
		result = connect_send(connection, endpoint, &request, call);
	hj_request_free(&request);
	return result;
}
