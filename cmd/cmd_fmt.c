#include "cmd/command.h"
#include "cmd/formatting.h"
#include "cmd/options.h"
#include "cmd/report.h"

static const struct option fmt_options[] = {
	{"list", 'l', NULL, NULL, "print the names of files that would change"},
	{"diff", 'd', NULL, NULL, "print a unified diff of what would change"},
	{"write", 'w', NULL, NULL, "write the result to the file, if it differs"},
	{"check", 0, NULL, NULL, "like --list, and refuse --write"},
	{"verify", 0, NULL, NULL, "prove first that only layout changes"},
	{"minimize", 'm', NULL, NULL, "leave out comments and white space"},
	{"standardize", 's', NULL, NULL, "blank out what is not standard JSON"},
	{"stdin-filename", 0, "NAME", NULL, "how to call standard input"},
	{"stdin-filepath", 0, "NAME", NULL, "the same"},
	{"null", '0', NULL, NULL, "end listed names with NUL, not a line feed"},
	{"no-limit", 0, NULL, NULL, "allow a result over 16 times as long"},
	{"format", 0, "FORMAT", "text|concise|json|github", "print syntax errors as"},
};

struct run {
	struct formatting formatting;
	struct report report;
	const struct report_format *format;
	bool reporting;
};

/* Errors go to standard error: standard output may be on its way into a file or an editor. */
static int report_errors(
	struct app *app, struct run *run, struct input *input, const hj_document *document)
{
	app_flush(app, &app->out);
	if (!run->reporting)
		report_begin(&run->report, app, &app->err, run->format);
	run->reporting = true;
	report_file(&run->report,
		&(struct report_file){
			.path = input->path,
			.source = input->source,
			.document = document,
			.findings = hj_document_findings(document),
		});
	return EXIT_TROUBLE;
}

static int visit(struct app *app, struct input *input, void *context)
{
	struct run *run = context;
	hj_document *document;
	if (hj_parse(input->source, 0, &document))
		return app_out_of_memory(app, input->path);
	int status = hj_document_error(document)
		? report_errors(app, run, input, document)
		: formatting_apply(app, &run->formatting, input, document);
	hj_document_free(document);
	return status;
}

/* NULL, or what does not go together. */
static const char *conflict(const struct arguments *arguments)
{
	bool write = options_has(arguments, "write");
	bool minimize = options_has(arguments, "minimize");
	bool standardize = options_has(arguments, "standardize");
	if (write && options_has(arguments, "check"))
		return "--check and --write exclude each other";
	if (minimize && standardize)
		return "--minimize and --standardize exclude each other";
	if ((minimize || standardize) && options_has(arguments, "verify"))
		return "--verify proves the canonical format only";
	bool standard = arguments->operand_count == 0;
	for (size_t i = 0; i < arguments->operand_count; i++)
		standard |= strcmp(arguments->operands[i], "-") == 0;
	if (write && standard)
		return "--write needs a file, not standard input";
	return NULL;
}

static int run_fmt(struct app *app, const struct arguments *arguments)
{
	const char *wrong = conflict(arguments);
	if (wrong)
		return options_misuse(app, arguments->command, "%s", wrong);
	const char *format = options_value(arguments, "format");
	struct run run = {
		.formatting =
			{
				.options =
					{
						.style = options_has(arguments, "minimize")
							? HJ_MINIMIZED
							: options_has(arguments, "standardize")
							? HJ_STANDARD
							: HJ_CANONICAL,
						.limit = options_has(arguments, "no-limit")
							? UINT64_MAX
							: 0,
						.allocator = app->allocator,
					},
				.list = options_has(arguments, "list") ||
					options_has(arguments, "check"),
				.diff = options_has(arguments, "diff"),
				.write = options_has(arguments, "write"),
				.verify = options_has(arguments, "verify"),
				.end = options_has(arguments, "null") ? '\0' : '\n',
			},
		.format = report_format_find(format ? format : "text"),
	};
	const char *name = options_value(arguments, "stdin-filename");
	struct inputs_options options = {
		.stdin_name = name ? name : options_value(arguments, "stdin-filepath"),
	};
	hj_text_init(&run.formatting.text, app->allocator);
	int status = inputs_each(
		app, arguments->operands, arguments->operand_count, &options, visit, &run);
	if (run.reporting)
		report_end(&run.report);
	hj_text_free(&run.formatting.text);
	return status;
}

const struct command cmd_fmt = {
	.name = "fmt",
	.operands = "[FILE|FOLDER|-]...",
	.summary = "write policy files in the canonical format",
	.description =
		"Prints each document in the canonical format, byte for byte what the reference "
		"formatter and the admin console make of it. Comments stay where they are. A "
		"folder "
		"stands for the .hujson and .jwcc files in it; without operands, or for -, "
		"standard "
		"input is formatted.\n"
		"\n"
		"A document that does not parse is left alone, its errors go to standard error, "
		"and "
		"the work goes on with the next one. A file is replaced as a whole or not at all, "
		"and "
		"not touched when it is formatted already.\n",
	.options = fmt_options,
	.option_count = sizeof fmt_options / sizeof *fmt_options,
	.examples = "# format all policy files below this folder\n"
		    "$ hujson fmt -w .\n"
		    "# in a pipeline: fail when a file is not formatted\n"
		    "$ hujson fmt --check policy.hujson\n"
		    "# from an editor\n"
		    "$ hujson fmt --stdin-filename policy.hujson -\n",
	.found = "with --list, --diff or --check: a document is not formatted",
	.run = run_fmt,
};
