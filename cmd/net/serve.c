#include "cmd/net/serve.h"

#include "api/server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
	FILE_LIMIT = 256 << 20, /* bytes of a policy or an inventory */
	FAULTS = 64,
	PLACE_SIZE = 64,
};

struct serve {
	struct app *app;
	const struct arguments *arguments;
	const char *policy_path;
	hj_text policy, inventory, tokens, certificate, key;
	bool has_policy;
	struct hj_twin_token *token_list;
	struct hj_twin_client *client_list;
	size_t token_count, client_count, token_capacity, client_capacity;
	hj_fault faults[FAULTS];
	size_t fault_count;
	char host[PLACE_SIZE];
	unsigned short port;
};

/* -- files ------------------------------------------------------------------------------------------- */

/* missing: a file that is not there is no mistake. */
static int read_file(struct app *app, const char *path, hj_text *out, bool *missing)
{
	hj_status status = hj_file_read(path, FILE_LIMIT, out);
	if (missing)
		*missing = status == HJ_IO && errno == ENOENT;
	if (!status || (missing && *missing))
		return EXIT_CLEAN;
	app_complain(app, path, "%s", status == HJ_IO ? strerror(errno) : hj_status_text(status));
	return EXIT_TROUBLE;
}

static hj_slice next_word(hj_slice *line)
{
	size_t begin = 0;
	while (begin < line->size && strchr(" \t\r", line->data[begin]))
		begin++;
	size_t end = begin;
	while (end < line->size && !strchr(" \t\r", line->data[end]))
		end++;
	hj_slice word = {line->data + begin, end - begin};
	*line = (hj_slice){line->data + end, line->size - end};
	return word;
}

static hj_slice scopes_of(hj_slice rest)
{
	while (rest.size && strchr(" \t\r", rest.data[rest.size - 1]))
		rest.size--;
	return rest.size ? rest : HJ_SLICE("all");
}

/* "TOKEN [SCOPE…]" or "client ID SECRET [SCOPE…]"; "#" begins a note. */
static int add_token(struct serve *serve, hj_slice line, unsigned number)
{
	struct app *app = serve->app;
	hj_slice word = next_word(&line);
	if (word.size == 0 || word.data[0] == '#')
		return EXIT_CLEAN;
	if (!hj_slice_equal(word, HJ_SLICE("client"))) {
		if (hj_grow(app->allocator, &serve->token_list, &serve->token_capacity,
			    serve->token_count + 1, sizeof *serve->token_list))
			return app_out_of_memory(app, NULL);
		serve->token_list[serve->token_count++] =
			(struct hj_twin_token){word, scopes_of(line)};
		return EXIT_CLEAN;
	}
	hj_slice id = next_word(&line), secret = next_word(&line);
	if (secret.size == 0) {
		app_complain(app, options_value(serve->arguments, "token-file"),
			"line %u: a client has an id and a secret", number);
		return EXIT_TROUBLE;
	}
	if (hj_grow(app->allocator, &serve->client_list, &serve->client_capacity,
		    serve->client_count + 1, sizeof *serve->client_list))
		return app_out_of_memory(app, NULL);
	serve->client_list[serve->client_count++] =
		(struct hj_twin_client){id, secret, scopes_of(line)};
	return EXIT_CLEAN;
}

static int read_tokens(struct serve *serve, const char *path)
{
	int status = read_file(serve->app, path, &serve->tokens, NULL);
	hj_slice rest = hj_text_slice(&serve->tokens);
	for (unsigned number = 1; rest.size && !status; number++) {
		const char *end = memchr(rest.data, '\n', rest.size);
		size_t size = end ? (size_t)(end - rest.data) : rest.size;
		status = add_token(serve, (hj_slice){rest.data, size}, number);
		size += end != NULL;
		rest = (hj_slice){rest.data + size, rest.size - size};
	}
	if (!status && serve->token_count + serve->client_count == 0) {
		app_complain(serve->app, path, "there is no token in it");
		status = EXIT_TROUBLE;
	}
	return status;
}

/* -- options ------------------------------------------------------------------------------------------- */

/* ADDRESS:PORT, the address perhaps in brackets; localhost is 127.0.0.1. */
static int read_place(struct serve *serve)
{
	const char *text = options_value(serve->arguments, "listen");
	if (!text)
		text = "127.0.0.1:8080";
	const char *colon = strrchr(text, ':');
	char *end = NULL;
	unsigned long port = colon ? strtoul(colon + 1, &end, 10) : 0;
	size_t size = colon ? (size_t)(colon - text) : 0;
	if (!colon || colon[1] < '0' || colon[1] > '9' || *end || port > 65535 || size == 0 ||
		size >= PLACE_SIZE)
		return options_misuse(
			serve->app, serve->arguments->command, "'%s' is not ADDRESS:PORT", text);
	bool brackets = text[0] == '[' && size > 2 && text[size - 1] == ']';
	memcpy(serve->host, text + brackets, size - 2 * (size_t)brackets);
	serve->host[size - 2 * (size_t)brackets] = 0;
	if (strcmp(serve->host, "localhost") == 0)
		memcpy(serve->host, "127.0.0.1", sizeof "127.0.0.1");
	serve->port = (unsigned short)port;
	bool loopback = !strncmp(serve->host, "127.", 4) || !strcmp(serve->host, "::1");
	if (!loopback && !options_has(serve->arguments, "token-file"))
		return options_misuse(serve->app, serve->arguments->command,
			"%s is reachable by others: give a --token-file", serve->host);
	return EXIT_CLEAN;
}

static int read_faults(struct serve *serve)
{
	size_t at = 0;
	for (const char *text; (text = options_next(serve->arguments, "fault", &at));) {
		const char *why = "too many";
		if (serve->fault_count == FAULTS ||
			!hj_fault_parse(
				hj_slice_str(text), &serve->faults[serve->fault_count], &why))
			return options_misuse(
				serve->app, serve->arguments->command, "--fault %s: %s", text, why);
		serve->fault_count++;
	}
	return EXIT_CLEAN;
}

static int read_all(struct serve *serve)
{
	struct app *app = serve->app;
	const struct arguments *arguments = serve->arguments;
	int status = read_place(serve);
	if (!status)
		status = read_faults(serve);
	serve->policy_path = options_value(arguments, "policy");
	bool missing = false;
	if (!status && serve->policy_path)
		status = read_file(app, serve->policy_path, &serve->policy, &missing);
	serve->has_policy = serve->policy_path && !missing;
	const struct {
		const char *option;
		hj_text *text;
	} files[] = {
		{"inventory", &serve->inventory},
		{"tls-cert", &serve->certificate},
		{"tls-key", &serve->key},
	};
	for (size_t i = 0; i < sizeof files / sizeof *files && !status; i++) {
		const char *path = options_value(arguments, files[i].option);
		if (path)
			status = read_file(app, path, files[i].text, NULL);
	}
	if (!status && options_has(arguments, "tls-cert") != options_has(arguments, "tls-key"))
		status = options_misuse(
			app, arguments->command, "--tls-cert and --tls-key belong together");
	const char *tokens = options_value(arguments, "token-file");
	if (!status && tokens)
		status = read_tokens(serve, tokens);
	return status;
}

/* -- running ------------------------------------------------------------------------------------------- */

static bool keep_policy(void *context, hj_slice policy)
{
	struct serve *serve = context;
	if (!serve->policy_path)
		return true;
	hj_file_change change;
	if (hj_file_begin(serve->policy_path, serve->app->allocator, &change))
		return false;
	if (hj_file_write(&change, policy)) {
		hj_file_abandon(&change);
		return false;
	}
	return hj_file_commit(&change) == HJ_OK;
}

static int64_t now(void *context)
{
	(void)context;
	return (int64_t)time(NULL);
}

/* Called by the server's threads, one line each. */
static void log_line(void *context, hj_slice line)
{
	struct app *app = context;
	hj_text text;
	hj_text_init(&text, NULL);
	for (size_t i = 0; i < line.size; i++)
		hj_text_byte(&text, line.data[i] < ' ' || line.data[i] > '~' ? '?' : line.data[i]);
	hj_text_byte(&text, '\n');
	if (!text.status)
		hj_write_all(app->err.fd, hj_text_slice(&text));
	hj_text_free(&text);
}

/* Until somebody says that it is enough. */
static void wait_for_end(void)
{
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	int signal;
	while (sigwait(&signals, &signal))
		continue;
}

static void block_signals(void)
{
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int serve_twin(struct serve *serve, hj_twin *twin)
{
	struct app *app = serve->app;
	bool tls = serve->certificate.size > 0;
	hj_server_options options = {
		.twin = twin,
		.host = serve->host,
		.port = serve->port,
		.certificate = tls ? hj_text_string(&serve->certificate) : NULL,
		.key = tls ? hj_text_string(&serve->key) : NULL,
		.faults = serve->faults,
		.fault_count = serve->fault_count,
		.log = options_has(serve->arguments, "quiet") ? NULL : log_line,
		.context = app,
	};
	block_signals(); /* before there are threads: they inherit it */
	hj_server *server;
	hj_status status = hj_server_start(&options, app->allocator, &server);
	if (status == HJ_NO_MEMORY)
		return app_out_of_memory(app, NULL);
	if (status) {
		app_complain(app, NULL, "cannot listen on %s port %u: %s", serve->host,
			(unsigned)serve->port,
			status == HJ_IO ? strerror(errno)
					: "no address, or the certificate and key are none");
		return EXIT_NETWORK;
	}
	bool v6 = strchr(serve->host, ':') != NULL;
	app_printf(&app->out, "listening on http%s://%s%s%s:%u\n", tls ? "s" : "", v6 ? "[" : "",
		serve->host, v6 ? "]" : "", (unsigned)hj_server_port(server));
	app_flush(app, &app->out);
	wait_for_end();
	hj_server_stop(server);
	return EXIT_CLEAN;
}

static int open_twin(struct serve *serve, hj_twin **twin)
{
	struct app *app = serve->app;
	const char *tailnet = options_value(serve->arguments, "tailnet");
	hj_twin_options options = {
		.policy = serve->has_policy
			? (hj_slice){serve->policy.size ? serve->policy.data : "",
				  serve->policy.size}
			: (hj_slice){NULL, 0},
		.inventory = hj_text_slice(&serve->inventory),
		.tailnet = hj_slice_str(tailnet),
		.tokens = serve->token_list,
		.token_count = serve->token_count,
		.clients = serve->client_list,
		.client_count = serve->client_count,
		.keep = keep_policy,
		.now = now,
		.context = serve,
	};
	hj_text why;
	hj_text_init(&why, app->allocator);
	hj_status status = hj_twin_open(&options, app->allocator, twin, &why);
	int result = EXIT_CLEAN;
	if (status == HJ_INVALID)
		app_complain(app, serve->policy_path, "%.*s", (int)why.size, why.data);
	else if (status)
		app_out_of_memory(app, NULL);
	if (status)
		result = EXIT_TROUBLE;
	hj_text_free(&why);
	return result;
}

int run_serve(struct app *app, const struct arguments *arguments)
{
	struct serve serve = {.app = app, .arguments = arguments};
	hj_text *texts[] = {
		&serve.policy, &serve.inventory, &serve.tokens, &serve.certificate, &serve.key};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		hj_text_init(texts[i], app->allocator);
	int status = EXIT_CLEAN;
	if (arguments->operand_count)
		status = options_misuse(app, arguments->command, "'%s' is an operand too many",
			arguments->operands[0]);
	if (!status)
		status = read_all(&serve);
	hj_twin *twin = NULL;
	if (!status)
		status = open_twin(&serve, &twin);
	if (!status)
		status = serve_twin(&serve, twin);
	hj_twin_close(twin);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (texts[i]->data)
			explicit_bzero(texts[i]->data, texts[i]->capacity);
		hj_text_free(texts[i]);
	}
	hj_free(app->allocator, serve.token_list, serve.token_capacity * sizeof *serve.token_list);
	hj_free(app->allocator, serve.client_list,
		serve.client_capacity * sizeof *serve.client_list);
	return status;
}
