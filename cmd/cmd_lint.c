#include "cmd/command.h"
#include "cmd/linting.h"

static const struct option lint_options[] = {
	OUTPUTS_OPTIONS,
	SETTINGS_OPTIONS,
	KNOWLEDGE_INVENTORY,
	{"stdin-filepath", 0, "NAME", NULL, "the same"},
	{"show-config", 0, NULL, NULL, "print what holds, and where each setting comes from"},
	{"fix", 0, NULL, NULL, "apply fixes that cannot change what a policy means"},
	{"unsafe-fixes", 0, NULL, NULL, "apply all fixes: read what they did"},
	{"add-ignores", 0, NULL, NULL, "print the document with comments that ignore findings"},
	{"diff", 'd', NULL, NULL, "show what would change instead"},
	{"write", 'w', NULL, NULL, "write what --add-ignores changes to the file"},
};

static bool reads_standard(const struct arguments *arguments)
{
	bool standard = arguments->operand_count == 0;
	for (size_t i = 0; i < arguments->operand_count; i++)
		standard |= strcmp(arguments->operands[i], "-") == 0;
	return standard;
}

/* NULL, or what does not go together. */
static const char *conflict(const struct arguments *arguments)
{
	bool fix = options_has(arguments, "fix") || options_has(arguments, "unsafe-fixes");
	bool add = options_has(arguments, "add-ignores");
	bool write = options_has(arguments, "write");
	if (fix && add)
		return "--fix and --add-ignores exclude each other";
	if (options_has(arguments, "diff") && !fix && !add)
		return "--diff shows what --fix, --unsafe-fixes or --add-ignores would do";
	if (write && !add)
		return "--write goes with --add-ignores; --fix writes by itself";
	if (write && reads_standard(arguments))
		return "--write needs a file, not standard input";
	return NULL;
}

/* Each operand with the configuration that is found for it, which may add endings of names. */
static int lint_inputs(struct app *app, const struct arguments *arguments, struct linting *linting)
{
	static char standard[] = "-";
	char *only[] = {standard};
	size_t count = arguments->operand_count;
	char *const *operands = arguments->operands;
	const char *name = options_value(arguments, "stdin-filename");
	struct inputs_options options = {
		.stdin_name = name ? name : options_value(arguments, "stdin-filepath")};
	int status = EXIT_CLEAN;
	bool show = options_has(arguments, "show-config");
	for (size_t i = 0; i < count || i == 0; i++) {
		const char *operand = count ? operands[i] : only[0];
		int now = settings_find(&linting->settings, operand);
		if (now)
			linting_report_config(linting);
		else if (show)
			now = settings_show(&linting->settings, operand);
		if (!now && !show) {
			options.extensions = settings_extensions(&linting->settings);
			now = inputs_each(app, count ? operands + i : only, count > 0, &options,
				linting_visit, linting);
		}
		status = now > status ? now : status;
	}
	return status;
}

static int run(struct app *app, const struct arguments *arguments, struct linting *linting)
{
	/* The fail-level of reports that ask for one is that of the first operand. */
	settings_find(&linting->settings, arguments->operand_count ? arguments->operands[0] : "-");
	linting->unsafe = options_has(arguments, "unsafe-fixes");
	linting->fix = linting->unsafe || options_has(arguments, "fix");
	linting->add_ignores = options_has(arguments, "add-ignores");
	linting->diff = options_has(arguments, "diff");
	linting->write = options_has(arguments, "write");
	linting->reporting = !linting->diff && !linting->add_ignores &&
		!options_has(arguments, "show-config") &&
		!(linting->fix && reads_standard(arguments));
	int status = EXIT_CLEAN;
	if (linting->reporting)
		status = outputs_open(
			app, arguments, linting->settings.fail_level, &linting->outputs);
	if (status)
		return status;
	status = lint_inputs(app, arguments, linting);
	return linting->reporting ? outputs_close(&linting->outputs, status) : status;
}

static int run_lint(struct app *app, const struct arguments *arguments)
{
	struct linting linting = {0};
	const char *wrong = conflict(arguments);
	if (wrong)
		return options_misuse(app, arguments->command, "%s", wrong);
	int status = settings_begin(app, arguments, &linting.settings);
	if (!status) {
		status = knowledge_open(app, arguments, &linting.knowledge);
		if (!status)
			status = run(app, arguments, &linting);
		knowledge_close(&linting.knowledge);
	}
	settings_end(&linting.settings);
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
		"beginnings of codes (R stands for all that begin with it), \"default\" or "
		"\"all\"; `hujson rules` shows them all, `hujson explain RULE` one.\n"
		"\n"
		"With an inventory the policy's tests are run on that tailnet, and what the "
		"tailnet "
		"does not have is found: users who left, addresses of devices that are gone, "
		"services (rules W).\n"
		"\n"
		"A clean run prints nothing, unless several files were checked. A document "
		"without any section of a policy is checked for syntax and for names that stand "
		"twice, nothing else.\n"
		"\n" OUTPUTS_DESCRIPTION "\n"
		"The comment `// hujson: ignore[RULES] reason` ignores findings in the member or "
		"element that follows it, or at the end of a line in that line; ignore-start and "
		"ignore-end in a range, ignore-file in the document. --add-ignores writes such "
		"comments for what makes the run fail.\n"
		"\n"
		"--fix applies fixes in place, proves that no error came of them and that they "
		"changed nobody's access, and reports what remains; standard input goes fixed to "
		"standard output. With --diff nothing is written, and the exit status is 1 where "
		"something would be.\n"
		"\n"
		"The configuration is the first .hujsonrc, itself HuJSON, in the document's "
		"folder or one above it, up to the one with .git. Its settings are select, "
		"ignore, severity, fail-level, patterns, external (names that are defined "
		"elsewhere), tailnet, dialect, fragment, extensions and per-file. The command "
		"line beats it: --select makes its select and ignore void.\n",
	.options = lint_options,
	.option_count = sizeof lint_options / sizeof *lint_options,
	.examples = "# check all policy files below this folder\n"
		    "$ hujson lint .\n"
		    "# annotate a change in GitHub Actions, and fail on errors only\n"
		    "$ hujson lint --format github --fail-level error policy.hujson\n"
		    "# for people on the terminal and for code scanning in a file\n"
		    "$ hujson lint --format text --format sarif --output report.sarif .\n"
		    "# references alone, for a script\n"
		    "$ hujson lint --select R --format json policy.hujson\n"
		    "# see what could be mended without harm, then mend it\n"
		    "$ hujson lint --fix --diff policy.hujson\n"
		    "$ hujson lint --fix policy.hujson\n",
	.found = "a finding is at least as severe as --fail-level, or --diff shows a fix",
	.run = run_lint,
};
