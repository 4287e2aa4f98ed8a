/*
 * hujson diff: what two policies allow differently.
 */
#include "cmd/differing.h"
#include "cmd/git.h"
#include "cmd/knowledge.h"

#include <errno.h>
#include <stdlib.h>

static const struct option diff_options[] = {
	KNOWLEDGE_INVENTORY,
	KNOWLEDGE_TAILNET,
	{"format", 0, "FORMAT", "text|json|markdown", "what the answer looks like"},
	{"fail-on", 0, "WHAT", "gained|lost|any", "end with status 1 when access changes so"},
	{"max-gained", 0, "NUMBER", NULL, "end with status 1 when more pairs gain access"},
	{"guard", 0, NULL, NULL, "end with status 1 at a warning, such as a lock-out"},
	{"git", 0, NULL, NULL, "read git's seven operands of an external diff"},
};

struct diff {
	struct app *app;
	const struct arguments *arguments;
	const char *paths[HJ_SIDES]; /* to read */
	const char *names[HJ_SIDES]; /* to show */
	uint64_t max_gained;
	struct opened opened[HJ_SIDES];
	hj_text texts[HJ_SIDES];
};

/* -- reading ------------------------------------------------------------------------------------------- */

static bool open_revision(struct diff *diff, unsigned side)
{
	struct app *app = diff->app;
	struct opened *opened = &diff->opened[side];
	if (!git_read(app, diff->paths[side], &diff->texts[side]))
		return false;
	hj_status status =
		hj_source_adopt(diff->paths[side], &diff->texts[side], &opened->input.source);
	opened->input.path = diff->paths[side];
	if (!status)
		status = hj_parse(opened->input.source, 0, &opened->document);
	if (status) {
		app_complain(app, diff->paths[side], "%s", hj_status_text(status));
		return false;
	}
	const hj_syntax_error *error = hj_document_error(opened->document);
	if (error)
		app_complain(app, diff->paths[side], "%.*s", HJ_SLICE_ARGS(error->text));
	return !error;
}

/* git gives /dev/null for a file that is not there: an empty policy, which allows everything, would
   be wrong; it has no rules because it has no policy. So nothing is compared. */
static bool is_nothing(const char *path)
{
	return strcmp(path, "/dev/null") == 0;
}

static bool open_side(struct diff *diff, unsigned side)
{
	const char *path = diff->paths[side];
	return git_names(path) ? open_revision(diff, side)
			       : editing_open(diff->app, path, &diff->opened[side]);
}

/* -- comparing ----------------------------------------------------------------------------------------- */

static bool fails(const struct diff *diff, const hj_difference *difference, const hj_guards *guards)
{
	if (guards->count && options_has(diff->arguments, "guard"))
		return true;
	for (uint32_t i = 0; i < guards->count; i++)
		if (guards->alarms[i].kind == HJ_GUARD_RADIUS)
			return true;
	const char *on = options_value(diff->arguments, "fail-on");
	if (!on)
		return false;
	bool gained = difference->gained && strcmp(on, "lost");
	bool lost = difference->lost && strcmp(on, "gained");
	return gained || lost;
}

static int show(struct diff *diff, const hj_difference *difference, const hj_guards *guards)
{
	struct differing differing = {.difference = difference, .guards = guards};
	for (unsigned side = 0; side < HJ_SIDES; side++) {
		differing.paths[side] = diff->names[side];
		differing.documents[side] = diff->opened[side].document;
	}
	const char *format = options_value(diff->arguments, "format");
	differing_write *write = !format || strcmp(format, "text") == 0 ? differing_text
		: strcmp(format, "json") == 0                           ? differing_json
									: differing_markdown;
	if (!write(diff->app, &differing))
		return app_out_of_memory(diff->app, NULL);
	return fails(diff, difference, guards) ? EXIT_FOUND : EXIT_CLEAN;
}

static int compare(struct diff *diff, struct joined *old, struct joined *new)
{
	struct app *app = diff->app;
	hj_difference difference;
	if (hj_difference_find(&old->world, &new->world, NULL, app->allocator, &difference))
		return app_out_of_memory(app, NULL);
	hj_guards guards;
	int status = EXIT_TROUBLE;
	if (hj_guard_check(&old->world, &new->world, &difference, diff->max_gained, app->allocator,
		    &guards)) {
		app_out_of_memory(app, NULL);
	} else {
		status = show(diff, &difference, &guards);
		hj_guards_free(&guards);
	}
	hj_difference_free(&difference);
	return status;
}

static int join_and_compare(struct diff *diff, struct knowledge *knowledge)
{
	struct joined old, new;
	hj_slice none = {NULL, 0};
	int status = knowledge_join(
		knowledge, diff->names[HJ_OLD], diff->opened[HJ_OLD].document, none, &old);
	if (status)
		return status;
	status = knowledge_join(
		knowledge, diff->names[HJ_NEW], diff->opened[HJ_NEW].document, none, &new);
	if (!status) {
		status = compare(diff, &old, &new);
		joined_free(&new);
	}
	joined_free(&old);
	return status;
}

/* -- the command --------------------------------------------------------------------------------------- */

static int read_max_gained(struct diff *diff)
{
	const char *text = options_value(diff->arguments, "max-gained");
	diff->max_gained = UINT64_MAX;
	if (!text)
		return EXIT_CLEAN;
	char *end;
	errno = 0;
	diff->max_gained = strtoull(text, &end, 10);
	if (errno || *end || text[0] < '0' || text[0] > '9')
		return options_misuse(
			diff->app, diff->arguments->command, "'%s' is no number", text);
	return EXIT_CLEAN;
}

/* OLD and NEW, or what git gives an external diff: PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE …, and two
   more when the file has another name now. */
static int read_operands(struct diff *diff)
{
	const struct arguments *arguments = diff->arguments;
	char *const *operands = arguments->operands;
	bool git = options_has(arguments, "git");
	size_t count = arguments->operand_count;
	if (git ? count != 7 && count != 9 : count != 2)
		return options_misuse(diff->app, arguments->command,
			git ? "--git wants the operands of an external diff" : "wants OLD and NEW");
	diff->paths[HJ_OLD] = operands[git ? 1 : 0];
	diff->paths[HJ_NEW] = operands[git ? 4 : 1];
	diff->names[HJ_OLD] = git ? operands[0] : diff->paths[HJ_OLD];
	diff->names[HJ_NEW] = git ? operands[count == 9 ? 7 : 0] : diff->paths[HJ_NEW];
	if (strcmp(diff->paths[HJ_OLD], "-") == 0 && strcmp(diff->paths[HJ_NEW], "-") == 0)
		return options_misuse(
			diff->app, arguments->command, "standard input can be read once");
	return EXIT_CLEAN;
}

static int run_compared(struct diff *diff)
{
	struct knowledge knowledge;
	int status = knowledge_open(diff->app, diff->arguments, &knowledge);
	if (!status && !(open_side(diff, HJ_OLD) && open_side(diff, HJ_NEW)))
		status = EXIT_TROUBLE;
	if (!status)
		status = join_and_compare(diff, &knowledge);
	for (unsigned side = 0; side < HJ_SIDES; side++) {
		editing_close(&diff->opened[side]);
		hj_text_free(&diff->texts[side]);
	}
	knowledge_close(&knowledge);
	return status;
}

/*
 * git stops at the first external diff that fails, so what cannot be compared is said and passed over.
 * Output goes to git's pager, if there is one, which takes colours.
 */
static int run_for_git(struct diff *diff)
{
	struct app *app = diff->app;
	const char *no_color = getenv("NO_COLOR");
	app_printf(&app->out, "access: ");
	app_print_safe(&app->out, hj_slice_str(diff->names[HJ_NEW]));
	app_print(&app->out, HJ_SLICE("\n"));
	if (is_nothing(diff->paths[HJ_OLD]) || is_nothing(diff->paths[HJ_NEW])) {
		app_printf(&app->out, "the file is %s\n",
			is_nothing(diff->paths[HJ_OLD]) ? "new" : "gone");
		return EXIT_CLEAN;
	}
	if (getenv("GIT_PAGER_IN_USE") && !app->color && !(no_color && *no_color))
		app->out.color = true;
	if (run_compared(diff) == EXIT_TROUBLE)
		app_print(&app->out, HJ_SLICE("cannot be compared\n"));
	return EXIT_CLEAN;
}

static int run_diff(struct app *app, const struct arguments *arguments)
{
	struct diff diff = {.app = app, .arguments = arguments};
	hj_text_init(&diff.texts[HJ_OLD], app->allocator);
	hj_text_init(&diff.texts[HJ_NEW], app->allocator);
	int status = read_operands(&diff);
	if (!status)
		status = read_max_gained(&diff);
	if (status)
		return status;
	return options_has(arguments, "git") ? run_for_git(&diff) : run_compared(&diff);
}

const struct command cmd_diff = {
	.name = "diff",
	.operands = "OLD NEW",
	.summary = "say what two policies allow differently",
	.description =
		"Compares what people may do, not texts: comments, order, layout, groups written "
		"out and acls turned into grants make no difference. Each line is the widest "
		"statement that is true, with the lines of the rules on both sides: those that "
		"allow it, and on the other side those that come nearest. Groups, tag owners, SSH "
		"rules, approvers and node attributes are reported as what they let people do. "
		"Warnings say when nobody may reach something any more, when an admin is locked "
		"out, and when a policy without rules opens everything.\n"
		"\n"
		"OLD and NEW are files, - for standard input, or REV:PATH for a file as it was at "
		"a revision, from git; a file of that name goes first.\n"
		"\n"
		"Nothing is sampled, and without an inventory the answer holds for every tailnet. "
		"What is compared as it is written: conditions of postures (none implies "
		"another), tags of \"via\", parameters of capabilities. An address outside the "
		"tailnet is taken for one that \"*\" may not have as a source, since that hangs "
		"on approved routes. acceptEnv and recorders of SSH rules are not compared.\n"
		"\n" KNOWLEDGE_DESCRIPTION "\n"
		"The json format is one object: \"old\" and \"new\" (names), \"equal\", "
		"\"gained\" and \"lost\" (how many changes), \"left_out\" (that are not "
		"listed), \"gained_pairs\", \"allowed\" (for old and new: rules, all, or "
		"nothing), \"warnings\" (\"guard\", \"name\", \"sentence\") and "
		"\"changes\". A change has \"change\" (gained or lost), \"plane\" (network, "
		"app, ssh, tag-owner, approver or attribute), \"sentence\", \"partly\" (not "
		"all of it differs), \"sources\" without \"excepted\", \"destinations\" "
		"without \"excepted_destinations\", \"what\" without \"had\", "
		"\"conditions\", \"names_left_out\", \"rules\" (lines of old and new), and "
		"\"witness\", one flow that one side alone allows (\"src\", \"dst\", "
		"\"proto\", \"port\", or \"account\").\n"
		"\n"
		"As git's external diff, in `git diff` and `git log -p --ext-diff`: the line "
		"`*.hujson diff=hujson` in .gitattributes, and `git config diff.hujson.command "
		"'hujson diff --git'`.\n",
	.options = diff_options,
	.option_count = sizeof diff_options / sizeof *diff_options,
	.examples = "# what does my change let people do?\n"
		    "$ hujson diff HEAD:policy.hujson policy.hujson\n"
		    "# a comment for a pull request\n"
		    "$ hujson diff --format markdown old.hujson new.hujson\n"
		    "# stop a job that widens access\n"
		    "$ hujson diff --fail-on gained old.hujson new.hujson\n",
	.found = "access changes as --fail-on, --guard or --max-gained forbid",
	.run = run_diff,
};
