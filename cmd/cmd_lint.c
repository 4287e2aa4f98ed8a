#include "cmd/command.h"
#include "cmd/outputs.h"
#include "cmd/rule_list.h"

static const struct option lint_options[] = {
	OUTPUTS_OPTIONS,
	{"select", 0, "RULES", NULL, "look for these rules only"},
	{"ignore", 0, "RULES", NULL, "do not look for these rules"},
	{"fail-level", 0, "LEVEL", "error|warning|info",
		"least severity for exit status 1, warning unless given"},
	{"stdin-filename", 0, "NAME", NULL, "what to call standard input in the report"},
	{"stdin-filepath", 0, "NAME", NULL, "the same"},
};

struct lint {
	struct outputs outputs;
	bool *ignored; /* by rule */
	hj_severity fail_level;
};

static bool fails(const struct lint *lint, const hj_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].severity <= lint->fail_level)
			return true;
	return false;
}

static int visit(struct app *app, struct input *input, void *context)
{
	struct lint *lint = context;
	if (outputs_refuse(&lint->outputs, input))
		return EXIT_TROUBLE;
	hj_document *document;
	if (hj_parse(input->source, 0, &document))
		return app_out_of_memory(app, input->path);
	hj_findings findings;
	hj_findings_init(&findings, app->allocator);
	int status = EXIT_CLEAN;
	if (hj_lint(document, &(hj_lint_options){.ignored = lint->ignored}, &findings)) {
		status = app_out_of_memory(app, input->path);
	} else {
		outputs_file(&lint->outputs,
			&(struct report_file){
				.path = input->path,
				.source = input->source,
				.document = document,
				.findings = &findings,
			});
		if (fails(lint, &findings))
			status = EXIT_FOUND;
	}
	hj_findings_free(&findings);
	hj_document_free(document);
	return status;
}

/* Marks the rules of every --select or --ignore; *any tells whether there was one. */
static int read_rules(struct app *app, const struct arguments *arguments, const char *option,
	bool *chosen, bool *any)
{
	size_t at = 0;
	*any = false;
	for (const char *list; (list = options_next(arguments, option, &at));) {
		hj_slice unknown;
		*any = true;
		if (rule_list_read(list, chosen, &unknown))
			continue;
		const char *nearest = rule_list_nearest(unknown);
		if (nearest)
			return options_misuse(app, arguments->command,
				"--%s: no rule '%.*s', did you mean '%s'?", option,
				HJ_SLICE_ARGS(unknown), nearest);
		return options_misuse(app, arguments->command, "--%s: no rule '%.*s'", option,
			HJ_SLICE_ARGS(unknown));
	}
	return EXIT_CLEAN;
}

/* Fills lint->ignored, which has room for two bytes a rule. */
static int choose_rules(struct app *app, const struct arguments *arguments, struct lint *lint)
{
	size_t count = hj_rule_count();
	bool *selected = lint->ignored + count, any;
	memset(lint->ignored, 0, 2 * count);
	int status = read_rules(app, arguments, "ignore", lint->ignored, &any);
	if (!status)
		status = read_rules(app, arguments, "select", selected, &any);
	for (size_t i = 0; i < count; i++)
		if (any ? !selected[i] : hj_rule_at(i)->off)
			lint->ignored[i] = true;
	return status;
}

static int lint_inputs(struct app *app, const struct arguments *arguments, struct lint *lint)
{
	const char *name = options_value(arguments, "stdin-filename");
	struct inputs_options options = {
		.stdin_name = name ? name : options_value(arguments, "stdin-filepath")};
	return inputs_each(
		app, arguments->operands, arguments->operand_count, &options, visit, lint);
}

static int run_lint(struct app *app, const struct arguments *arguments)
{
	const char *level = options_value(arguments, "fail-level");
	struct lint lint = {0};
	lint.fail_level = !level              ? HJ_WARNING_LEVEL
		: strcmp(level, "error") == 0 ? HJ_ERROR_LEVEL
		: strcmp(level, "info") == 0  ? HJ_INFO_LEVEL
					      : HJ_WARNING_LEVEL;
	size_t room = 2 * hj_rule_count();
	lint.ignored = hj_alloc(app->allocator, room);
	if (!lint.ignored)
		return app_out_of_memory(app, NULL);
	int status = choose_rules(app, arguments, &lint);
	if (!status)
		status = outputs_open(app, arguments, lint.fail_level, &lint.outputs);
	if (!status)
		status = outputs_close(&lint.outputs, lint_inputs(app, arguments, &lint));
	hj_free(app->allocator, lint.ignored, room);
	return status;
}

extern const struct command cmd_lint;

const struct command cmd_lint = {
	.name = "lint",
	.operands = "[FILE|FOLDER|-]...",
	.summary = "find mistakes in policy files",
	.description =
		"Checks each document: its syntax, names that stand twice, sections that do not "
		"exist, tags, groups, hosts, IP sets and postures that nothing defines. A folder "
		"stands for the .hujson and .jwcc files in it; without operands, or for -, "
		"standard input is checked.\n"
		"\n"
		"RULES is a list with commas of rule names (undefined-tag), codes (R002) or "
		"beginnings of codes (R stands for all that begin with it); `hujson rules` shows "
		"them all, `hujson explain RULE` one.\n"
		"\n"
		"A clean run prints nothing, unless several files were checked. A document "
		"without any section of a policy is checked for syntax and for names that stand "
		"twice, nothing else.\n"
		"\n" OUTPUTS_DESCRIPTION,
	.options = lint_options,
	.option_count = sizeof lint_options / sizeof *lint_options,
	.examples = "# check all policy files below this folder\n"
		    "$ hujson lint .\n"
		    "# annotate a change in GitHub Actions, and fail on errors only\n"
		    "$ hujson lint --format github --fail-level error policy.hujson\n"
		    "# for people on the terminal and for code scanning in a file\n"
		    "$ hujson lint --format text --format sarif --output report.sarif .\n"
		    "# references alone, for a script\n"
		    "$ hujson lint --select R --format json policy.hujson\n",
	.found = "a finding is at least as severe as --fail-level",
	.run = run_lint,
};
