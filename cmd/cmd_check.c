/*
 * hujson check: would the service take this policy, tests and all, and what would it say?
 */
#include "cmd/command.h"
#include "cmd/judging.h"
#include "cmd/outputs.h"
#include "cmd/testing.h"

static const struct option check_options[] = {
	OUTPUTS_OPTIONS,
	KNOWLEDGE_INVENTORY,
	KNOWLEDGE_TAILNET,
	KNOWLEDGE_ASSUME,
	{"dialect", 0, "DIALECT", "tailscale|headscale", "whose policies these are"},
	{"config", 0, "FILE", NULL, "read this configuration, search for none"},
	{"no-config", 0, NULL, NULL, "read no configuration"},
	{"stdin-filename", 0, "NAME", NULL, "what to call standard input"},
};

struct check {
	struct settings settings;
	struct outputs outputs;
	struct knowledge knowledge;
};

static void report(struct check *check, const struct input *input, const hj_document *document,
	const hj_findings *findings, struct tested *tested)
{
	hj_answer answer = hj_answer_of(findings);
	outputs_file(&check->outputs,
		&(struct report_file){
			.path = input->path,
			.source = input->source,
			.document = document,
			.findings = findings,
			.answer = &answer,
			.tested = tested,
		});
}

/*
 * The service runs tests after all else; what they find stands beside the other faults here. Takes the
 * policy over.
 */
static int run_tests(
	struct check *check, const struct input *input, hj_policy policy, hj_findings *findings)
{
	struct tested tested;
	const hj_document *document = policy.document;
	int status = testing_run_bound(&check->knowledge, input->path, policy,
		check->settings.options.tailnet, false, &tested);
	if (status)
		return status;
	if (hj_assertions_find(&tested.assertions, &tested.joined.policy, true, findings)) {
		status = app_out_of_memory(check->knowledge.app, input->path);
	} else {
		hj_findings_sort(findings);
		report(check, input, document, findings, &tested);
	}
	testing_free(&tested);
	return status;
}

static int visit(struct app *app, struct input *input, void *context)
{
	struct check *check = context;
	hj_lint_options *options = &check->settings.options;
	if (outputs_refuse(&check->outputs, input))
		return EXIT_TROUBLE;
	if (!options->tailnet.size && check->knowledge.inventory)
		options->tailnet = check->knowledge.inventory->tailnet;
	hj_document *document;
	if (hj_parse(input->source, 0, &document))
		return app_out_of_memory(app, input->path);
	hj_policy policy;
	if (hj_policy_bind(document, app->allocator, &policy)) {
		hj_document_free(document);
		return app_out_of_memory(app, input->path);
	}
	hj_findings findings;
	hj_findings_init(&findings, app->allocator);
	options->policy = &policy;
	bool judged = !judge(&check->settings, document, &findings);
	options->policy = NULL;
	int status = EXIT_CLEAN;
	if (judged && !hj_document_error(document) && !options->headscale) {
		status = run_tests(check, input, policy, &findings);
	} else {
		if (judged)
			report(check, input, document, &findings, NULL);
		else
			status = app_out_of_memory(app, input->path);
		hj_policy_free(&policy);
	}
	if (!status && judged_bad(&findings))
		status = EXIT_FOUND;
	hj_findings_free(&findings);
	hj_document_free(document);
	return status;
}

static int run_check(struct app *app, const struct arguments *arguments)
{
	struct check check = {0};
	int status = settings_begin(app, arguments, &check.settings);
	if (!status) {
		status = knowledge_open(app, arguments, &check.knowledge);
		if (!status)
			status = outputs_open(app, arguments, HJ_ERROR_LEVEL, &check.outputs);
		if (!status)
			status = outputs_close(&check.outputs,
				settings_each(app, arguments, &check.settings, visit, &check));
		knowledge_close(&check.knowledge);
	}
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
		"nobody knows of the service is a warning that says so. Every document is taken "
		"for a whole policy; for parts of one the configuration says \"fragment\": "
		"true.\n"
		"\n"
		"The policy's \"tests\" and \"sshTests\" are run, as the service runs them at "
		"every "
		"save. One that fails is an error with the rule that decides, or that comes "
		"nearest. One that hangs on what only the tailnet knows (whose device has an "
		"address, who is an admin) is an error too, until --inventory or --assume decides "
		"it; the policy counts as accepted then. `hujson test` shows them one by one.\n"
		"\n" KNOWLEDGE_DESCRIPTION "\n" KNOWLEDGE_ASSUME_DESCRIPTION "\n"
		"Domains in user:*@DOMAIN and localpart:*@DOMAIN are judged when the tailnet is "
		"known, from --tailnet, the configuration or the inventory. Other settings and "
		"comments that ignore findings have no say here.\n"
		"\n" OUTPUTS_DESCRIPTION "\n"
		"In the json format a file has \"accepted\", in \"server\" the status, the message "
		"and the data that the API would return, and in \"tests\" every assertion: what it "
		"wants, what it gets, the lines of the rules that decide.\n",
	.options = check_options,
	.option_count = sizeof check_options / sizeof *check_options,
	.examples = "# would this policy be accepted?\n"
		    "$ hujson check policy.hujson\n"
		    "# decide what hangs on the tailnet\n"
		    "$ hujson check --inventory tailnet.hujson policy.hujson\n"
		    "# the answer for a program\n"
		    "$ hujson check --format json policy.hujson\n",
	.found = "the service would refuse a policy, or may, or data in it is lost",
	.run = run_check,
};
