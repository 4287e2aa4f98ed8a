#include "cmd/net/gitops.h"

#include "cmd/net/gitops_parts.h"

#include <stdlib.h>

enum { USUAL_TIME = 300000 }; /* milliseconds, of the whole run */

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
	struct connect_wishes wishes = {.origin = server ? hj_text_string(&origin) : NULL,
		.milliseconds = USUAL_TIME,
		.whole_run = true};
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
