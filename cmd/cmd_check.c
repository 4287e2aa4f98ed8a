/*
 * hujson check: would the service take this policy, and what would it say?
 */
#include "cmd/command.h"
#include "cmd/judging.h"
#include "cmd/outputs.h"

static const struct option check_options[] = {
	OUTPUTS_OPTIONS,
	{"tailnet", 0, "NAME", NULL, "the tailnet's domain, or its owner's login"},
	{"dialect", 0, "DIALECT", "tailscale|headscale", "whose policies these are"},
	{"config", 0, "FILE", NULL, "read this configuration, search for none"},
	{"no-config", 0, NULL, NULL, "read no configuration"},
	{"stdin-filename", 0, "NAME", NULL, "what to call standard input"},
};

struct check {
	struct settings settings;
	struct outputs outputs;
};

static int visit(struct app *app, struct input *input, void *context)
{
	struct check *check = context;
	if (outputs_refuse(&check->outputs, input))
		return EXIT_TROUBLE;
	hj_document *document;
	if (hj_parse(input->source, 0, &document))
		return app_out_of_memory(app, input->path);
	hj_findings findings;
	hj_findings_init(&findings, app->allocator);
	int status;
	if (judge(&check->settings, document, &findings)) {
		status = app_out_of_memory(app, input->path);
	} else {
		hj_answer answer = hj_answer_of(&findings);
		outputs_file(&check->outputs,
			&(struct report_file){
				.path = input->path,
				.source = input->source,
				.document = document,
				.findings = &findings,
				.answer = &answer,
			});
		status = judged_bad(&findings) ? EXIT_FOUND : EXIT_CLEAN;
	}
	hj_findings_free(&findings);
	hj_document_free(document);
	return status;
}

/* Each operand with the configuration that is found for it. */
static int check_inputs(struct app *app, const struct arguments *arguments, struct check *check)
{
	static char standard[] = "-";
	char *only[] = {standard};
	size_t count = arguments->operand_count;
	struct inputs_options options = {.stdin_name = options_value(arguments, "stdin-filename")};
	int status = EXIT_CLEAN;
	for (size_t i = 0; i < count || i == 0; i++) {
		char *const *operand = count ? arguments->operands + i : only;
		int now = settings_find(&check->settings, operand[0]);
		if (!now) {
			options.extensions = settings_extensions(&check->settings);
			now = inputs_each(app, operand, 1, &options, visit, check);
		} else if (check->settings.current && check->settings.current->findings.count) {
			app_complain(app, check->settings.current->path,
				"has mistakes: `hujson lint` shows them");
		}
		status = now > status ? now : status;
	}
	return status;
}

static int run_check(struct app *app, const struct arguments *arguments)
{
	struct check check = {0};
	int status = settings_begin(app, arguments, &check.settings);
	if (!status)
		status = outputs_open(app, arguments, HJ_ERROR_LEVEL, &check.outputs);
	if (!status)
		status = outputs_close(&check.outputs, check_inputs(app, arguments, &check));
	settings_end(&check.settings);
	return status;
}

extern const struct command cmd_check;

const struct command cmd_check = {
	.name = "check",
	.operands = "[FILE|FOLDER|-]...",
	.summary = "say whether the service would accept policy files",
	.description =
		"Checks each document as the service does when a policy is saved, and says what it "
		"would answer, word for word where that is known. The service stops at the first "
		"fault and names no place; here all faults are reported, with their places. What "
		"nobody knows of the service is a warning that says so.\n"
		"\n"
		"The tests in \"tests\" and \"sshTests\" are not run yet. Their form is checked; a "
		"policy that is accepted here can still be refused because a test fails.\n"
		"\n"
		"Domains in user:*@DOMAIN and localpart:*@DOMAIN are judged when the tailnet is "
		"known, from --tailnet or from the configuration. Other settings and comments that "
		"ignore findings have no say here.\n"
		"\n" OUTPUTS_DESCRIPTION "\n"
		"In the json format a file has \"accepted\", and in \"server\" the status and the "
		"message that the API would return; \"tests\" is empty.\n",
	.options = check_options,
	.option_count = sizeof check_options / sizeof *check_options,
	.examples = "# would this policy be accepted?\n"
		    "$ hujson check policy.hujson\n"
		    "# judge domains too\n"
		    "$ hujson check --tailnet example.com policy.hujson\n"
		    "# the answer for a program\n"
		    "$ hujson check --format json policy.hujson\n",
	.found = "the service would refuse a policy, or data in it is lost",
	.run = run_check,
};
