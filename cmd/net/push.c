/*
 * hujson tailnet push FILE: replaces the tailnet's policy by a file, shows first what that changes, and
 * says what came of it.
 */
#include "api/push.h"

#include "cmd/net/push.h"

#include <unistd.h>

/* -- deciding ------------------------------------------------------------------------------------------------ */

/* Asks on the terminal; where there is none nobody said yes. */
static bool ask(struct pushing *this)
{
	struct app *app = this->app;
	if (!isatty(app->in)) {
		app_complain(
			app, NULL, "nothing is sent: there is no terminal to ask on; give --yes");
		return false;
	}
	app_print(&app->out, HJ_SLICE("Send it? [y/N] "));
	app_flush(app, &app->out);
	char answer[16];
	ssize_t size = read(app->in, answer, sizeof answer);
	return size > 0 && (answer[0] == 'y' || answer[0] == 'Y');
}

static bool decide(void *context, hj_slice remote, hj_slice etag)
{
	struct pushing *this = context;
	struct app *app = this->app;
	(void)etag;
	hj_text_clear(&this->before);
	hj_text_append(&this->before, remote);
	app_printf(&app->out, "%s replaces the tailnet's policy:\n", this->path);
	bool undone = false;
	hj_status status = this->before.status;
	if (!status)
		status = push_show_change(this, remote, this->local);
	if (!status && this->has_base)
		status = push_show_three(
			this, this->base_name, hj_text_slice(&this->base), remote, &undone);
	if (status) {
		this->failed = true;
		return false;
	}
	this->refused |= undone;
	app_flush(app, &app->out);
	if (options_has(this->arguments, "dry-run")) {
		app_print(&app->out, HJ_SLICE("nothing is sent: --dry-run\n"));
		return false;
	}
	if (undone)
		app_complain(app, NULL,
			"nothing is sent: the file lacks what was changed since %s; take that "
			"over, or "
			"push without --base",
			this->base_name);
	else if (this->refused)
		app_complain(app, NULL, "nothing is sent: --fail-on or --max-gained forbids it");
	if (this->refused)
		return false;
	return options_has(this->arguments, "yes") || ask(this);
}

/* -- reporting ------------------------------------------------------------------------------------------------ */

static const char *sentence_of(hj_push_end end)
{
	static const char *const sentences[] = {
		[HJ_PUSH_UNREACHABLE] = "nothing was sent: the tailnet's policy could not be read",
		[HJ_PUSH_SAME] = "is what the tailnet runs already; nothing was sent",
		[HJ_PUSH_DECLINED] = "nothing was sent",
		[HJ_PUSH_STORED] = "is stored and in force",
		[HJ_PUSH_CHANGED] = "was accepted, but the service now has another text: look with "
				    "`tailnet get`",
		[HJ_PUSH_CONFLICT] =
			"nothing was stored: somebody changed the policy since it was read",
		[HJ_PUSH_REFUSED] = "nothing was stored: the service refuses it",
		[HJ_PUSH_FAILED] = "nothing was sent",
		[HJ_PUSH_LOST_STORED] =
			"is stored and in force: the answer was lost, but the service has it",
		[HJ_PUSH_LOST_OLD] =
			"was not stored: the answer was lost, and the service still has "
			"the policy as it was (a late request could arrive yet: look with "
			"`tailnet status`)",
		[HJ_PUSH_LOST_OTHER] = "the answer was lost, and meanwhile somebody else stored "
				       "another policy: look with `tailnet get`",
		[HJ_PUSH_LOST] =
			"nobody knows: the answer was lost, and the service cannot be asked; "
			"look with `tailnet status`",
	};
	return sentences[end];
}

/* What the service says of the policy is a finding; that it does not answer, or not us, is trouble. */
static int status_of(const struct pushing *this, const hj_push *push)
{
	switch (push->end) {
	case HJ_PUSH_SAME:
	case HJ_PUSH_STORED:
	case HJ_PUSH_LOST_STORED: return EXIT_CLEAN;
	case HJ_PUSH_DECLINED:
		return options_has(this->arguments, "dry-run") && !this->refused ? EXIT_CLEAN
										 : EXIT_FOUND;
	case HJ_PUSH_REFUSED:
		return push->refusal.response.status == 400 ? EXIT_FOUND : EXIT_NETWORK;
	case HJ_PUSH_CONFLICT:
	case HJ_PUSH_CHANGED: return EXIT_FOUND;
	case HJ_PUSH_UNREACHABLE:
	case HJ_PUSH_FAILED:
	case HJ_PUSH_LOST_OLD:
	case HJ_PUSH_LOST_OTHER:
	case HJ_PUSH_LOST: break;
	}
	return EXIT_NETWORK;
}

static int report(struct pushing *this, const hj_push *push)
{
	struct app *app = this->app;
	if (this->failed)
		return app_out_of_memory(app, this->path);
	if (push->message.size)
		app_complain(app, NULL, "%.*s", (int)push->message.size, push->message.data);
	bool unchanged = hj_slice_equal(hj_text_slice(&this->before), hj_text_slice(&push->remote));
	if (push->end == HJ_PUSH_CONFLICT && unchanged)
		app_printf(&app->out,
			"%s: nothing was stored: the policy is not the version that --if-match "
			"names\n",
			this->path);
	else
		app_printf(&app->out, "%s: %s\n", this->path, sentence_of(push->end));
	bool shown = push->end == HJ_PUSH_CONFLICT && push->remote.size &&
		(this->has_base || !unchanged),
	     undone;
	if (shown &&
		push_show_three(this, this->has_base ? this->base_name : "the first reading",
			hj_text_slice(this->has_base ? &this->base : &this->before),
			hj_text_slice(&push->remote), &undone))
		return app_out_of_memory(app, this->path);
	return status_of(this, push);
}

static int push_file(struct pushing *this)
{
	struct connection *connection = this->connection;
	hj_push_options options = {
		.session = connection->session,
		.tailnet = hj_slice_str(connection->tailnet),
		.policy = this->local,
		.if_match = hj_slice_str(options_value(this->arguments, "if-match")),
		.decide = decide,
		.context = this,
		.clock = connection->clock,
	};
	hj_push push;
	hj_status status = hj_push_run(&options, this->app->allocator, &push);
	int result = status == HJ_NO_MEMORY ? app_out_of_memory(this->app, this->path)
					    : report(this, &push);
	hj_push_free(&push);
	return result;
}

static int run_push(struct connection *connection, const struct arguments *arguments,
	char **operands, size_t count)
{
	(void)count;
	struct app *app = connection->app;
	struct pushing this = {.connection = connection, .app = app, .arguments = arguments};
	hj_text_init(&this.before, app->allocator);
	struct input input = {0};
	hj_text_init(&this.base, app->allocator);
	const char *inventory = options_value(arguments, "inventory");
	const char *base = options_value(arguments, "base");
	int status = push_read_max_gained(&this);
	if (!status && inventory)
		status = push_read_inventory(&this, inventory);
	if (!status && !inputs_read(app, operands[0], NULL, &input))
		status = EXIT_TROUBLE;
	if (!status) {
		this.path = input.path;
		this.local = (hj_slice){input.source->data, input.source->size};
		status = push_check_local(&this, &input);
	}
	if (!status && base)
		status = push_read_base(&this, base);
	if (!status)
		status = push_file(&this);
	hj_source_free(input.source);
	if (this.has_inventory)
		hj_inventory_free(&this.inventory);
	hj_document_free(this.inventory_document);
	hj_source_free(this.inventory_source);
	hj_text_free(&this.base);
	hj_text_free(&this.before);
	return status;
}

const struct verb push_verbs[] = {{"push", 1, 1, run_push, 0}, {NULL, 0, 0, NULL, 0}};
