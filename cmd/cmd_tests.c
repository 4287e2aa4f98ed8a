/*
 * hujson test: the tests of a policy, assertion by assertion. (This file is not called cmd_test.c, since
 * that would be a test.)
 */
#include "cmd/command.h"
#include "cmd/pattern.h"
#include "cmd/report.h"
#include "cmd/snapshotting.h"
#include "cmd/test_report.h"

static const struct option test_options[] = {
	{"run", 0, "REGEX", NULL, "only assertions in whose name it is found"},
	{"format", 0, "FORMAT", TEST_FORMATS, "how to show them, text unless given"},
	{"coverage", 0, NULL, NULL, "say too which rules the tests do not guard"},
	{"snapshot", 0, NULL, NULL, "print today's access as a section \"tests\" instead"},
	{"write", 'w', NULL, NULL, "with --snapshot: add what is new to FILE"},
	{"diff", 'd', NULL, NULL, "with --snapshot: print what --write would change"},
	KNOWLEDGE_INVENTORY,
	KNOWLEDGE_TAILNET,
	KNOWLEDGE_ASSUME,
	{"config", 0, "FILE", NULL, "read this configuration, search for none"},
	{"no-config", 0, NULL, NULL, "read no configuration"},
	{"stdin-filename", 0, "NAME", NULL, "what to call standard input"},
};

struct test {
	const struct arguments *arguments;
	struct settings settings;
	struct knowledge knowledge;
	struct pattern *pattern; /* of --run, or NULL */
	struct test_report report;
};

/* -- choosing -------------------------------------------------------------------------------------- */

/* The pattern has to match a whole name: what is found in it is put between anything and anything. */
static int read_pattern(struct app *app, struct test *test)
{
	const char *given = options_value(test->arguments, "run");
	if (!given)
		return EXIT_CLEAN;
	hj_text why, wide;
	size_t offset;
	hj_text_init(&why, app->allocator);
	hj_text_init(&wide, app->allocator);
	int status = EXIT_CLEAN;
	struct pattern *alone = pattern_compile(hj_slice_str(given), &why, &offset);
	hj_text_printf(&wide, "(?s:.*?)(?:%s)(?s:.*)", given);
	if (alone && !wide.status)
		test->pattern = pattern_compile(hj_text_slice(&wide), &why, &offset);
	if (!test->pattern)
		status = options_misuse(app, test->arguments->command, "--run: %.*s at %zu in '%s'",
			HJ_SLICE_ARGS(hj_text_slice(&why)), offset, given);
	pattern_free(alone);
	hj_text_free(&why);
	hj_text_free(&wide);
	return status;
}

/* False: no memory. */
static bool choose(struct test *test, const hj_assertions *all, bool *chosen)
{
	hj_text name;
	hj_text_init(&name, test->knowledge.app->allocator);
	for (size_t i = 0; i < all->count; i++) {
		hj_text_clear(&name);
		testing_name(&name, &all->items[i]);
		/* What no bound allows to be decided is shown. */
		chosen[i] = !test->pattern ||
			pattern_match(test->pattern, hj_text_slice(&name)) != PATTERN_DIFFERS;
	}
	bool good = !name.status;
	hj_text_free(&name);
	return good;
}

/* -- one document ---------------------------------------------------------------------------------- */

static void complain_of_syntax(
	struct app *app, const struct input *input, const hj_document *document)
{
	report_aside(app,
		&(struct report_file){
			.path = input->path,
			.source = input->source,
			.document = document,
			.findings = hj_document_findings(document),
		});
}

static int show(struct test *test, const struct input *input, const hj_document *document)
{
	struct app *app = test->knowledge.app;
	struct tested tested;
	bool coverage = options_has(test->arguments, "coverage");
	int status = testing_run(&test->knowledge, input->path, document,
		test->settings.options.tailnet, coverage, &tested);
	if (status)
		return status;
	size_t count = tested.assertions.count;
	bool *chosen = hj_alloc(app->allocator, count * sizeof *chosen);
	if (chosen && choose(test, &tested.assertions, chosen)) {
		test_report_file(
			&test->report, &(struct test_file){input->path, document, &tested, chosen});
		for (size_t i = 0; i < count; i++)
			if (chosen[i] && tested.assertions.items[i].pass != HJ_YES)
				status = EXIT_FOUND;
	} else {
		status = app_out_of_memory(app, input->path);
	}
	if (chosen)
		hj_free(app->allocator, chosen, count * sizeof *chosen);
	testing_free(&tested);
	return status;
}

static int visit(struct app *app, struct input *input, void *context)
{
	struct test *test = context;
	hj_document *document;
	if (hj_parse(input->source, 0, &document))
		return app_out_of_memory(app, input->path);
	int status = EXIT_TROUBLE;
	if (hj_document_error(document))
		complain_of_syntax(app, input, document);
	else
		status = show(test, input, document);
	hj_document_free(document);
	return status;
}

static int run_report(struct app *app, struct test *test)
{
	const struct arguments *arguments = test->arguments;
	const char *name = options_value(arguments, "format");
	const struct test_format *format = test_format_find(name ? name : "text");
	bool coverage = options_has(arguments, "coverage");
	if (coverage && !format->coverage)
		return options_misuse(app, arguments->command,
			"--coverage is for the formats text and json, not %s", format->name);
	if (coverage && options_has(arguments, "run"))
		return options_misuse(app, arguments->command,
			"--coverage looks at all assertions, not at --run's");
	int status = read_pattern(app, test);
	if (!status) {
		test_report_begin(&test->report, app, format);
		status = settings_each(app, test->arguments, &test->settings, visit, test);
		size_t shown = test->report.passed + test->report.failed + test->report.depending;
		if (!test_report_end(&test->report))
			status = EXIT_TROUBLE;
		else if (test->pattern && shown == 0 && status == EXIT_CLEAN)
			app_complain(app, NULL, "--run: no assertion has that in its name");
	}
	pattern_free(test->pattern);
	return status;
}

/* -- the command ------------------------------------------------------------------------------------ */

static int run_test(struct app *app, const struct arguments *arguments)
{
	struct test test = {.arguments = arguments};
	bool snapshot = options_has(arguments, "snapshot");
	if (!snapshot && (options_has(arguments, "write") || options_has(arguments, "diff")))
		return options_misuse(
			app, arguments->command, "--write and --diff are for --snapshot");
	int status = settings_begin(app, arguments, &test.settings);
	if (!status) {
		status = knowledge_open(app, arguments, &test.knowledge);
		if (!status)
			status = snapshot
				? snapshotting_run(app, arguments, &test.settings, &test.knowledge)
				: run_report(app, &test);
		knowledge_close(&test.knowledge);
	}
	settings_end(&test.settings);
	return status;
}

extern const struct command cmd_test;

const struct command cmd_test = {
	.name = "test",
	.operands = "[FILE|FOLDER|-]...",
	.summary = "run the tests of policy files, one assertion after the other",
	.description =
		"Runs \"tests\" and \"sshTests\" as the service does when a policy is saved, and "
		"says of every assertion whether it holds, by which rule, and what comes nearest "
		"where it does not. An assertion that hangs on what only the tailnet knows "
		"depends, and counts as not passed until --inventory or --assume decides it.\n"
		"\n" KNOWLEDGE_DESCRIPTION "\n" KNOWLEDGE_ASSUME_DESCRIPTION "\n"
		"--run chooses assertions by a Perl-compatible regular expression that is found in "
		"names such as 'tests[0] ann@example.com accept tag:web:443'.\n"
		"\n"
		"--coverage says what the tests guard. A rule is used when an accept holds by it; "
		"its loss, or that of one of its sources, destinations or ports, would be noticed "
		"when an accept holds by nothing else. Assertions that guard nothing are named "
		"too: those that stand twice, and denies to which no rule comes near.\n"
		"\n"
		"--snapshot writes down what can be reached today: each group, user and tag "
		"against each tag, host and user at the ports that rules mention, what is allowed "
		"as \"accept\" and what is not as \"deny\". A later change of access then fails a "
		"test. With --write what is not asserted already is added to the file, whose "
		"comments and layout stay.\n",
	.options = test_options,
	.option_count = sizeof test_options / sizeof *test_options,
	.examples = "# do the tests hold?\n"
		    "$ hujson test policy.hujson\n"
		    "# decide what hangs on the tailnet\n"
		    "$ hujson test --inventory tailnet.hujson policy.hujson\n"
		    "# for a CI server\n"
		    "$ hujson test --format junit policy.hujson > tests.xml\n"
		    "# which rules could be lost without a test noticing?\n"
		    "$ hujson test --coverage policy.hujson\n"
		    "# nail down today's access\n"
		    "$ hujson test --snapshot --write policy.hujson\n",
	.found = "an assertion fails, or hangs on what is not known",
	.run = run_test,
};
