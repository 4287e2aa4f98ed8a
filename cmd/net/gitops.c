#include "cmd/net/gitops.h"

#include "api/etag.h"
#include "api/json.h"
#include "cmd/escape.h"
#include "cmd/net/connect.h"
#include "cmd/net/local.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	CACHE_LIMIT = 65536, /* bytes */
	USUAL_TIME = 300000, /* milliseconds */
	DIGITS = 64,         /* of a hash */
};

struct gitops {
	struct app *app;
	const struct arguments *arguments;
	struct connection connection;
	const char *policy_path, *cache_path;
	bool github, stop_on_edits, applies;
	struct local local;
	hj_etag local_etag;
	hj_text cached; /* what the cache has; empty: there is none */
	bool stopped;   /* edited elsewhere, which was said */
};

/* -- options ------------------------------------------------------------------------------------- */

/* What Go takes for a truth value; a flag without a value is true. */
static int read_bool(const struct arguments *arguments, const char *name, bool *out)
{
	static const char *const words[] = {
		"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"};
	enum { COUNT = sizeof words / sizeof *words };
	const struct given *last = NULL;
	for (size_t i = 0; i < arguments->given_count; i++)
		if (strcmp(arguments->given[i].option->name, name) == 0)
			last = &arguments->given[i];
	if (!last)
		return EXIT_CLEAN;
	*out = true;
	for (size_t i = 0; last->value && i < COUNT; i++)
		if (strcmp(words[i], last->value) == 0) {
			*out = i < COUNT / 2;
			return EXIT_CLEAN;
		}
	return last->value ? EXIT_TROUBLE : EXIT_CLEAN;
}

static int read_options(struct gitops *this)
{
	const struct arguments *arguments = this->arguments;
	struct app *app = this->app;
	this->github = true;
	if (read_bool(arguments, "github-syntax", &this->github))
		return options_misuse(app, arguments->command, "--github-syntax is true or false");
	if (read_bool(arguments, "fail-on-manual-edits", &this->stop_on_edits))
		return options_misuse(
			app, arguments->command, "--fail-on-manual-edits is true or false");
	this->policy_path = options_value(arguments, "policy-file");
	if (!this->policy_path)
		this->policy_path = "./policy.hujson";
	this->cache_path = options_value(arguments, "cache-file");
	if (!this->cache_path)
		this->cache_path = "./version-cache.json";
	return EXIT_CLEAN;
}

/* -- the cache file: {"PrevETag": "…"} ------------------------------------------------------------- */

static bool is_hash(hj_slice text)
{
	for (size_t i = 0; i < text.size; i++)
		if (!((text.data[i] >= '0' && text.data[i] <= '9') ||
			    (text.data[i] >= 'a' && text.data[i] <= 'f')))
			return false;
	return text.size == DIGITS || text.size == DIGITS - 2;
}

/* A file that is not there, or makes no sense, is none. */
static int read_cache(struct gitops *this)
{
	struct app *app = this->app;
	hj_text text;
	hj_text_init(&text, app->allocator);
	hj_status status = hj_file_read(this->cache_path, CACHE_LIMIT, &text);
	int result = EXIT_CLEAN;
	if (status == HJ_IO && errno != ENOENT) {
		app_complain(app, this->cache_path, "%s", strerror(errno));
		result = EXIT_TROUBLE;
	} else if (!status) {
		hj_json json;
		status = hj_json_read(&json, hj_text_slice(&text), app->allocator);
		hj_slice etag = hj_json_string(&json, hj_json_find(&json, "/PrevETag"));
		if (is_hash(etag))
			hj_text_append(&this->cached, etag);
		else if (status != HJ_NO_MEMORY && etag.size)
			app_complain(app, this->cache_path, "is no cache file; it is ignored");
		hj_json_free(&json);
	}
	hj_text_free(&text);
	if (status == HJ_NO_MEMORY || this->cached.status)
		return app_out_of_memory(app, this->cache_path);
	return result;
}

static int write_cache(struct gitops *this, hj_slice etag)
{
	struct app *app = this->app;
	hj_text text;
	hj_text_init(&text, app->allocator);
	hj_text_printf(&text, "{\"PrevETag\":\"%.*s\"}\n", HJ_SLICE_ARGS(etag));
	hj_file_change change = {0};
	hj_status status = text.status;
	if (!status)
		status = hj_file_begin(this->cache_path, app->allocator, &change);
	if (!status)
		status = hj_file_write(&change, hj_text_slice(&text));
	if (!status)
		status = hj_file_commit(&change);
	int error = errno;
	hj_file_abandon(&change);
	hj_text_free(&text);
	if (status == HJ_NO_MEMORY)
		return app_out_of_memory(app, this->cache_path);
	if (status)
		app_complain(app, this->cache_path, "cannot be written: %s", strerror(error));
	return status ? EXIT_FOUND : EXIT_CLEAN;
}

/* The pusher's own `checksum` leaves a hash without its first and last digit. */
static bool cache_is(const struct gitops *this, hj_slice etag)
{
	hj_slice cached = hj_text_slice(&this->cached);
	if (cached.size == DIGITS - 2 && etag.size == DIGITS)
		etag = (hj_slice){etag.data + 1, DIGITS - 2};
	return hj_slice_equal(cached, etag);
}

/* -- what is said ---------------------------------------------------------------------------------- */

static void say_hashes(struct gitops *this, hj_slice etag)
{
	struct app *app = this->app;
	hj_slice cached = hj_text_slice(&this->cached);
	app_print(&app->err, HJ_SLICE("control: "));
	app_print_safe(&app->err, etag);
	app_printf(&app->err, "\nlocal:   %.*s\ncache:   %.*s\n", DIGITS, this->local_etag.digits,
		cached.size ? (int)cached.size : 6, cached.size ? cached.data : "(none)");
	app_flush(app, &app->err);
}

static void print_property(struct app *app, hj_slice text, bool property)
{
	hj_text out;
	hj_text_init(&out, app->allocator);
	escape_workflow(&out, text, property);
	app_print_safe(&app->out, hj_text_slice(&out));
	hj_text_free(&out);
}

/* A line of GitHub's that names the policy file, or the sentence alone. */
static void annotate(
	const struct gitops *this, const char *command, const char *properties, hj_slice sentence)
{
	struct app *app = this->app;
	if (this->github) {
		app_printf(&app->out, "::%s file=", command);
		print_property(app, escape_relative(this->policy_path), true);
		app_printf(&app->out, "%s::", properties);
		print_property(app, sentence, false);
	} else {
		app_print_safe(&app->out, sentence);
	}
	app_print(&app->out, HJ_SLICE("\n"));
}

/* The policy is not what was applied last. False: that is a reason to stop. */
static bool allows_edits(struct gitops *this, hj_slice etag)
{
	static const char sentence[] =
		"The policy file was modified externally in the admin console.";
	bool known = this->cached.size > 0;
	if (cache_is(this, etag))
		return true;
	if (known)
		annotate(this, this->stop_on_edits ? "error" : "warning",
			",line=1,col=1,title=Policy File Modified Externally",
			hj_slice_str(sentence));
	else if (this->stop_on_edits)
		app_complain(this->app, this->cache_path,
			"is missing: whether the policy was modified externally cannot be known");
	this->stopped = this->stop_on_edits;
	return !this->stopped;
}

static void print_list(struct app *app, hj_json *json, uint32_t list, const char *title)
{
	bool first = true;
	for (uint32_t at = hj_json_next(json, list, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, list, at)) {
		app_printf(&app->out, "%s- ", first ? title : "");
		app_print_safe(&app->out, hj_json_string(json, at));
		app_print(&app->out, HJ_SLICE("\n"));
		first = false;
	}
}

static void print_data(struct app *app, hj_json *json)
{
	uint32_t data = hj_json_find(json, "/data");
	for (uint32_t at = hj_json_next(json, data, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(json, data, at)) {
		hj_slice user = hj_json_string(json, hj_json_member(json, at, "user"));
		if (user.size) {
			app_print(&app->out, HJ_SLICE("For user "));
			app_print_safe(&app->out, user);
			app_print(&app->out, HJ_SLICE(":\n"));
		}
		print_list(app, json, hj_json_member(json, at, "errors"), "Errors found:\n");
		print_list(app, json, hj_json_member(json, at, "warnings"), "Warnings found:\n");
	}
}

static bool read_number(const char **at, const char *end, const char *word, unsigned *out)
{
	size_t size = strlen(word);
	if ((size_t)(end - *at) < size || memcmp(*at, word, size) != 0)
		return false;
	const char *digit = *at + size;
	for (*out = 0; digit < end && *digit >= '0' && *digit <= '9' && *out < 100000000; digit++)
		*out = *out * 10 + (unsigned)(*digit - '0');
	*at = digit;
	return *out > 0;
}

/* "line L, column C: TEXT" somewhere in a message (5.6). */
static bool find_place(hj_slice message, unsigned *line, unsigned *column, hj_slice *text)
{
	const char *end = message.data + message.size;
	for (const char *at = message.data; at < end; at++) {
		const char *next = at;
		if (read_number(&next, end, "line ", line) &&
			read_number(&next, end, ", column ", column) && end - next > 2 &&
			memcmp(next, ": ", 2) == 0) {
			*text = (hj_slice){next + 2, (size_t)(end - next) - 2};
			return true;
		}
	}
	return false;
}

/* What the service does not like. False: it says nothing. */
static bool say_refusal(struct gitops *this, hj_json *json)
{
	struct app *app = this->app;
	hj_slice message = hj_json_string(json, hj_json_find(json, "/message")), text;
	uint32_t data = hj_json_find(json, "/data");
	bool has_data = hj_json_next(json, data, 0) != HJ_JSON_NOTHING;
	unsigned line, column;
	if (message.size == 0 && !has_data)
		return false;
	if (this->github && find_place(message, &line, &column, &text)) {
		char place[48];
		snprintf(place, sizeof place, ",line=%u,col=%u", line, column);
		annotate(this, "error", place, text);
		return true;
	}
	/* At a line's begin two colons would be a command. */
	if (hj_slice_starts(message, HJ_SLICE("::")))
		app_print(&app->out, HJ_SLICE(" "));
	app_print_safe(&app->out, message);
	app_print(&app->out, HJ_SLICE("\n\n"));
	print_data(app, json);
	local_show(app, &this->local, message, this->github ? "github" : "text");
	return true;
}

/* -- the verbs --------------------------------------------------------------------------------------- */

static int ask_service(struct gitops *this)
{
	struct app *app = this->app;
	hj_slice body = local_text(&this->local);
	hj_call call = {0};
	int status = connect_call(
		&this->connection, hj_endpoint_named("policy.validate"), NULL, 0, &body, &call);
	bool refused = call.kind == HJ_CALL_REFUSED;
	hj_json json;
	hj_status read = hj_json_read(&json, hj_text_slice(&call.response.body), app->allocator);
	if (read == HJ_NO_MEMORY)
		status = app_out_of_memory(app, NULL);
	else if (!status && read)
		app_complain(app, NULL, "status %u, and the answer is no JSON: %.*s",
			call.response.status,
			(int)(call.response.body.size < 300 ? call.response.body.size : 300),
			call.response.body.data ? call.response.body.data : "");
	if (read || ((!status || refused) && say_refusal(this, &json)))
		status = EXIT_FOUND;
	hj_json_free(&json);
	hj_call_free(&call);
	return status;
}

static bool decide(void *context, hj_slice remote, hj_slice etag)
{
	struct gitops *this = context;
	(void)remote;
	say_hashes(this, etag);
	return this->applies && allows_edits(this, etag);
}

static bool same_policy(const struct gitops *this, const hj_push *push)
{
	hj_etag etag;
	return hj_etag_of(hj_text_slice(&push->remote), this->app->allocator, &etag) == HJ_OK &&
		memcmp(etag.digits, this->local_etag.digits, DIGITS) == 0;
}

static int say_outcome(struct gitops *this, const hj_push *push)
{
	struct app *app = this->app;
	switch (push->end) {
	case HJ_PUSH_SAME:
		app_print(&app->err, HJ_SLICE("no update needed, doing nothing\n"));
		return EXIT_CLEAN;
	case HJ_PUSH_DECLINED: return EXIT_FOUND;
	case HJ_PUSH_LOST_STORED:
		app_complain(app, NULL, "the answer was lost, but the service has the policy");
		return EXIT_CLEAN;
	case HJ_PUSH_STORED: return EXIT_CLEAN;
	case HJ_PUSH_CHANGED:
		if (same_policy(this, push))
			return EXIT_CLEAN; /* a service with other ETags */
		app_complain(app, NULL, "it was accepted, but now the service has another text");
		return EXIT_FOUND;
	case HJ_PUSH_REFUSED: {
		hj_json json;
		hj_status status = hj_json_read(
			&json, hj_text_slice(&push->refusal.response.body), app->allocator);
		bool policy = push->refusal.response.status == 400 && !status;
		bool said = policy && say_refusal(this, &json);
		hj_json_free(&json);
		if (status == HJ_NO_MEMORY)
			return app_out_of_memory(app, NULL);
		if (said)
			return EXIT_FOUND;
		break;
	}
	case HJ_PUSH_LOST:
		app_complain(app, NULL, "the answer was lost; whether it is stored nobody knows");
		break;
	case HJ_PUSH_UNREACHABLE:
	case HJ_PUSH_CONFLICT:
	case HJ_PUSH_FAILED:
	case HJ_PUSH_LOST_OLD:
	case HJ_PUSH_LOST_OTHER: break;
	}
	app_complain(app, NULL, "%.*s", (int)push->message.size,
		push->message.data ? push->message.data : "");
	return EXIT_FOUND;
}

static int push_file(struct gitops *this, hj_push *push)
{
	hj_push_options options = {
		.session = this->connection.session,
		.tailnet = hj_slice_str(this->connection.tailnet),
		.policy = local_text(&this->local),
		.decide = decide,
		.context = this,
		.clock = this->connection.clock,
	};
	if (hj_push_run(&options, this->app->allocator, push))
		return app_out_of_memory(this->app, this->policy_path);
	if (push->end == HJ_PUSH_SAME)
		say_hashes(this, hj_text_slice(&push->remote_etag));
	if (push->end == HJ_PUSH_DECLINED && !this->applies)
		return EXIT_CLEAN;
	return say_outcome(this, push);
}

static int run_test(struct gitops *this, const hj_push *push)
{
	if (push->end == HJ_PUSH_SAME)
		return EXIT_CLEAN;
	if (!allows_edits(this, hj_text_slice(&push->remote_etag)))
		return EXIT_FOUND;
	return ask_service(this);
}

static int run_apply(struct gitops *this, const hj_push *push)
{
	(void)push;
	return write_cache(this, (hj_slice){this->local_etag.digits, DIGITS});
}

static int run_checksum(struct gitops *this, const hj_push *push)
{
	return this->cached.size ? EXIT_CLEAN
				 : write_cache(this, hj_text_slice(&push->remote_etag));
}

/* What follows when the remote policy was read and, for apply, replaced. */
static const struct verb {
	const char *name;
	int (*run)(struct gitops *this, const hj_push *push);
} verbs[] = {{"test", run_test}, {"apply", run_apply}, {"checksum", run_checksum}};

static const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static int read_policy(struct gitops *this)
{
	struct app *app = this->app;
	int status = local_read(app, this->policy_path, &this->local);
	if (status)
		return status;
	hj_status read = hj_etag_of(local_text(&this->local), app->allocator, &this->local_etag);
	if (read == HJ_NO_MEMORY)
		return app_out_of_memory(app, this->policy_path);
	if (read)
		local_show(
			app, &this->local, (hj_slice){NULL, 0}, this->github ? "github" : "text");
	return read ? EXIT_FOUND : EXIT_CLEAN;
}

static int run_verb(struct gitops *this, const struct verb *verb)
{
	struct app *app = this->app;
	const char *server = options_value(this->arguments, "api-server"),
		   *tailnet = getenv("TS_TAILNET");
	hj_text origin;
	hj_text_init(&origin, app->allocator);
	if (server)
		hj_text_printf(&origin, "https://%s", server);
	if (!tailnet || !*tailnet) {
		app_complain(app, NULL, "set TS_TAILNET to the tailnet's name");
		hj_text_free(&origin);
		return EXIT_FOUND;
	}
	struct connect_wishes wishes = {
		.origin = server ? hj_text_string(&origin) : NULL, .milliseconds = USUAL_TIME};
	int status = server && !wishes.origin
		? app_out_of_memory(app, NULL)
		: connect_open(app, this->arguments, &wishes, &this->connection);
	if (!status)
		status = read_policy(this);
	if (!status)
		status = read_cache(this);
	hj_push push = {0};
	if (!status)
		status = push_file(this, &push);
	if (!status)
		status = verb->run(this, &push);
	hj_push_free(&push);
	connect_close(&this->connection);
	local_free(&this->local);
	hj_text_free(&origin);
	return status ? EXIT_FOUND : EXIT_CLEAN;
}

int run_gitops(struct app *app, const struct arguments *arguments)
{
	struct gitops this = {.app = app, .arguments = arguments};
	hj_text_init(&this.cached, app->allocator);
	if (arguments->operand_count != 1)
		return options_misuse(app, arguments->command, "one of test, apply and checksum");
	const struct verb *verb = verb_find(arguments->operands[0]);
	if (!verb)
		return options_misuse(
			app, arguments->command, "unknown verb '%s'", arguments->operands[0]);
	this.applies = verb->run == run_apply;
	int status = read_options(&this);
	if (!status)
		status = run_verb(&this, verb);
	hj_text_free(&this.cached);
	return status;
}
