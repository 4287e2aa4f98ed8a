/*
 * hujson tailnet push FILE: replaces the tailnet's policy by a file, shows first what that changes, and
 * says what came of it.
 */
#include "api/push.h"

#include "cmd/inputs.h"
#include "cmd/net/verb.h"
#include "cmd/report.h"
#include "engine/guard.h"
#include "lint/judge.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { SHOWN_CHANGES = 200, INVENTORY_LIMIT = 256 << 20 };

/* A policy as a world, however it was read. */
struct side {
	hj_source *source;
	hj_document *document;
	hj_policy policy;
	hj_world world;
	bool bound, built;
};

struct pushing {
	struct connection *connection;
	struct app *app;
	const struct arguments *arguments;
	const char *path; /* of the local file */
	hj_slice local;
	hj_inventory inventory;
	hj_source *inventory_source;
	hj_document *inventory_document;
	bool has_inventory;
	uint64_t max_gained;
	bool refused;   /* by a guard or by --fail-on, not by a person */
	bool failed;    /* no memory */
	hj_text before; /* the remote policy as it was read first */
};

/* -- worlds ---------------------------------------------------------------------------------------------- */

static void side_free(struct side *side)
{
	if (side->built)
		hj_world_free(&side->world);
	if (side->bound)
		hj_policy_free(&side->policy);
	hj_document_free(side->document);
	hj_source_free(side->source);
}

/* HJ_SYNTAX: it does not parse, and has no world. */
static hj_status side_build(const struct pushing *this, hj_slice text, struct side *out)
{
	const hj_allocator *allocator = this->app->allocator;
	*out = (struct side){0};
	hj_status status = hj_source_copy(allocator, "policy", text, &out->source);
	if (!status)
		status = hj_parse(out->source, 0, &out->document);
	if (!status && hj_document_error(out->document))
		status = HJ_SYNTAX;
	if (!status)
		status = hj_policy_bind(out->document, allocator, &out->policy);
	out->bound = status == HJ_OK;
	if (!status)
		status = hj_world_build(&out->policy, this->has_inventory ? &this->inventory : NULL,
			(hj_slice){NULL, 0}, allocator, &out->world);
	out->built = status == HJ_OK;
	return status;
}

/* -- what would change ------------------------------------------------------------------------------------ */

static void print_change(struct app *app, const hj_change *change)
{
	app_print(&app->out, change->gained ? HJ_SLICE("  + ") : HJ_SLICE("  - "));
	app_print_safe(&app->out, change->sentence);
	app_print(&app->out, HJ_SLICE("\n"));
}

static void print_difference(struct app *app, const hj_difference *difference)
{
	for (uint32_t i = 0; i < difference->count; i++)
		print_change(app, &difference->changes[i]);
	if (difference->left_out)
		app_printf(&app->out, "  … and %u more\n", (unsigned)difference->left_out);
	if (difference->gained + difference->lost == 0)
		app_print(&app->out, HJ_SLICE("  nobody's access changes\n"));
}

/* Alarms, each a line. Does one stand in the way? */
static bool print_alarms(struct app *app, const hj_guards *guards)
{
	bool radius = false;
	for (uint32_t i = 0; i < guards->count; i++) {
		app_print(&app->out, HJ_SLICE("  ! "));
		app_print_safe(&app->out, guards->alarms[i].sentence);
		app_print(&app->out, HJ_SLICE("\n"));
		radius |= guards->alarms[i].kind == HJ_GUARD_RADIUS;
	}
	return radius;
}

static bool fails_on(const struct pushing *this, const hj_difference *difference)
{
	const char *on = options_value(this->arguments, "fail-on");
	if (!on)
		return false;
	bool gained = difference->gained, lost = difference->lost;
	return strcmp(on, "gained") == 0 ? gained : strcmp(on, "lost") == 0 ? lost : gained || lost;
}

static hj_status show_between(struct pushing *this, struct side *from, struct side *to)
{
	struct app *app = this->app;
	hj_difference difference;
	const hj_difference_options options = {.max_changes = SHOWN_CHANGES};
	hj_status status =
		hj_difference_find(&from->world, &to->world, &options, app->allocator, &difference);
	if (status)
		return status;
	print_difference(app, &difference);
	this->refused = fails_on(this, &difference);
	hj_guards guards;
	status = hj_guard_check(
		&from->world, &to->world, &difference, this->max_gained, app->allocator, &guards);
	if (!status) {
		this->refused |= print_alarms(app, &guards);
		hj_guards_free(&guards);
	}
	hj_difference_free(&difference);
	return status;
}

/* Shows what one text allows and the other does not. A text that does not parse allows nobody knows
   what, which is said. */
static hj_status show_change(struct pushing *this, hj_slice from, hj_slice to)
{
	struct side old_side, new_side = {0};
	hj_status status = side_build(this, from, &old_side);
	if (!status)
		status = side_build(this, to, &new_side);
	if (!status)
		status = show_between(this, &old_side, &new_side);
	else if (status == HJ_SYNTAX)
		app_print(&this->app->out,
			HJ_SLICE("  the policy that is there does not parse: nothing can be "
				 "compared\n"));
	side_free(&old_side);
	side_free(&new_side);
	return status == HJ_SYNTAX ? HJ_OK : status;
}

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
	if (this->before.status || show_change(this, remote, this->local)) {
		this->failed = true;
		return false;
	}
	app_flush(app, &app->out);
	if (options_has(this->arguments, "dry-run")) {
		app_print(&app->out, HJ_SLICE("nothing is sent: --dry-run\n"));
		return false;
	}
	if (this->refused) {
		app_complain(app, NULL, "nothing is sent: --fail-on or --max-gained forbids it");
		return false;
	}
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
	if (push->end == HJ_PUSH_CONFLICT && !unchanged && push->remote.size && this->before.size) {
		app_print(&app->out, HJ_SLICE("What somebody else changed:\n"));
		if (show_change(this, hj_text_slice(&this->before), hj_text_slice(&push->remote)))
			return app_out_of_memory(app, this->path);
	}
	return status_of(this, push);
}

/* -- before anything is sent --------------------------------------------------------------------------------- */

static int read_inventory(struct pushing *this, const char *path)
{
	struct app *app = this->app;
	hj_text text;
	hj_text_init(&text, app->allocator);
	hj_status status = hj_file_read(path, INVENTORY_LIMIT, &text);
	if (status == HJ_IO) {
		app_complain(app, path, "%s", strerror(errno));
		hj_text_free(&text);
		return EXIT_TROUBLE;
	}
	hj_findings findings;
	hj_findings_init(&findings, app->allocator);
	if (!status)
		status = hj_source_adopt(path, &text, &this->inventory_source);
	if (!status)
		status = hj_parse(this->inventory_source, 0, &this->inventory_document);
	if (!status && hj_document_error(this->inventory_document))
		status = HJ_SYNTAX;
	if (!status) {
		status = hj_inventory_bind(
			this->inventory_document, app->allocator, &findings, &this->inventory);
		this->has_inventory = status == HJ_OK;
	}
	int result = EXIT_CLEAN;
	for (size_t i = 0; i < findings.count && !result && !status; i++)
		if (findings.items[i].severity == HJ_ERROR_LEVEL) {
			app_complain(app, path, "%.*s", (int)findings.items[i].message.size,
				findings.items[i].message.data);
			result = EXIT_TROUBLE;
		}
	hj_findings_free(&findings);
	hj_text_free(&text);
	if (status == HJ_NO_MEMORY)
		return app_out_of_memory(app, path);
	if (status) {
		app_complain(app, path, "%s", hj_status_text(status));
		return EXIT_TROUBLE;
	}
	return result;
}

static void show_findings(struct app *app, struct input *input, const hj_document *document,
	const hj_findings *findings)
{
	struct report report;
	report_begin(&report, app, &app->out, report_format_find("text"));
	report_file(&report,
		&(struct report_file){.path = input->path,
			.source = input->source,
			.document = document,
			.findings = findings});
	report.status = EXIT_FOUND;
	report_end(&report);
}

/* What the service would refuse is not sent: it would say less about why. */
static int check_local(struct pushing *this, struct input *input)
{
	struct app *app = this->app;
	hj_document *document;
	if (hj_parse(input->source, 0, &document))
		return app_out_of_memory(app, input->path);
	hj_judgement judgement;
	hj_status status = hj_judge(document, this->has_inventory ? &this->inventory : NULL,
		(hj_slice){NULL, 0}, app->allocator, &judgement);
	if (status) {
		hj_document_free(document);
		return app_out_of_memory(app, input->path);
	}
	int result = EXIT_CLEAN;
	bool syntax = hj_document_error(document) != NULL;
	/* Without an inventory a failed test may hang on what only the service knows. */
	bool knows = this->has_inventory || judgement.error_count == 0;
	if (judgement.status != 200 && knows) {
		size_t kept = 0;
		for (size_t i = 0; i < judgement.findings.count; i++)
			if (judgement.findings.items[i].refusal)
				judgement.findings.items[kept++] = judgement.findings.items[i];
		judgement.findings.count = kept;
		show_findings(app, input, document,
			syntax ? hj_document_findings(document) : &judgement.findings);
		app_complain(app, input->path, "nothing is sent: the service would refuse it: %.*s",
			(int)judgement.message.size, judgement.message.data);
		result = syntax ? EXIT_TROUBLE : EXIT_FOUND;
	}
	hj_judgement_free(&judgement);
	hj_document_free(document);
	return result;
}

static int read_max_gained(struct pushing *this)
{
	const char *text = options_value(this->arguments, "max-gained");
	this->max_gained = UINT64_MAX;
	if (!text)
		return EXIT_CLEAN;
	char *end;
	errno = 0;
	this->max_gained = strtoull(text, &end, 10);
	if (errno || end == text || *end || text[0] < '0' || text[0] > '9')
		return options_misuse(
			this->app, this->arguments->command, "'%s' is no number", text);
	return EXIT_CLEAN;
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
	const char *inventory = options_value(arguments, "inventory");
	int status = read_max_gained(&this);
	if (!status && inventory)
		status = read_inventory(&this, inventory);
	if (!status && !inputs_read(app, operands[0], NULL, &input))
		status = EXIT_TROUBLE;
	if (!status) {
		this.path = input.path;
		this.local = (hj_slice){input.source->data, input.source->size};
		status = check_local(&this, &input);
	}
	if (!status)
		status = push_file(&this);
	hj_source_free(input.source);
	if (this.has_inventory)
		hj_inventory_free(&this.inventory);
	hj_document_free(this.inventory_document);
	hj_source_free(this.inventory_source);
	hj_text_free(&this.before);
	return status;
}

const struct verb push_verbs[] = {{"push", 1, 1, run_push}, {NULL, 0, 0, NULL}};
