/*
 * hujson compile: what each device would receive for a policy.
 */
#include "cmd/command.h"
#include "cmd/judging.h"
#include "cmd/testing.h"

static const struct option compile_options[] = {
	KNOWLEDGE_INVENTORY,
	KNOWLEDGE_TAILNET,
	{"dialect", 0, "DIALECT", "tailscale|headscale", "whose policy this is"},
	{"config", 0, "FILE", NULL, "read this configuration, search for none"},
	{"no-config", 0, NULL, NULL, "read no configuration"},
};

/* Device after device: the whole may be larger than memory. */
static hj_status print(struct app *app, hj_world *world)
{
	hj_compiled *compiled = NULL;
	hj_text text;
	hj_emit emit;
	hj_text_init(&text, app->allocator);
	hj_emit_init(&emit, &text, 2);
	hj_status status = hj_compile(world, app->allocator, &compiled);
	hj_emit_object(&emit, NULL);
	hj_emit_object(&emit, "nodes");
	for (uint32_t i = 0; i < world->device_count && !status; i++) {
		status = hj_compiled_emit(compiled, i, &emit);
		app_print(&app->out, hj_text_slice(&text));
		hj_text_clear(&text);
	}
	hj_emit_end(&emit);
	hj_emit_end(&emit);
	hj_text_byte(&text, '\n');
	if (!status)
		status = text.status;
	if (!status)
		app_print(&app->out, hj_text_slice(&text));
	hj_text_free(&text);
	hj_compiled_free(compiled);
	return status;
}

/* A policy that the service refuses has no rules: the former one stays in force. */
static int refuse(struct app *app, const struct opened *opened, const hj_findings *findings)
{
	editing_show(app, opened, findings);
	return EXIT_FOUND;
}

/*
 * The service runs tests last; one that hangs on what nobody knows refuses nothing. Headscale runs
 * others.
 */
static int compile_tested(struct app *app, const struct opened *opened, struct tested *tested,
	bool headscale, hj_findings *findings)
{
	const char *path = opened->input.path;
	if (!headscale &&
		hj_assertions_find(&tested->assertions, &tested->joined.policy, true, findings))
		return app_out_of_memory(app, path);
	hj_findings_sort(findings);
	if (hj_answer_of(findings).status != 200)
		return refuse(app, opened, findings);
	return print(app, &tested->joined.world) ? app_out_of_memory(app, path) : EXIT_CLEAN;
}

static int compile(struct app *app, const struct knowledge *knowledge, struct settings *settings,
	const struct opened *opened)
{
	hj_lint_options *options = &settings->options;
	if (!options->tailnet.size)
		options->tailnet = knowledge->inventory->tailnet;
	hj_findings findings;
	struct tested tested;
	hj_findings_init(&findings, app->allocator);
	int status = EXIT_CLEAN;
	if (judge(settings, opened->document, &findings))
		status = app_out_of_memory(app, opened->input.path);
	else if (judged_bad(&findings))
		status = refuse(app, opened, &findings);
	else
		status = testing_run(knowledge, opened->input.path, opened->document,
			options->tailnet, false, &tested);
	if (!status) {
		status = compile_tested(app, opened, &tested, options->headscale, &findings);
		testing_free(&tested);
	}
	hj_findings_free(&findings);
	return status;
}

static int run_compile(struct app *app, const struct arguments *arguments)
{
	if (arguments->operand_count > 1)
		return options_misuse(app, arguments->command, "one policy at a time");
	if (!options_has(arguments, "inventory"))
		return options_misuse(app, arguments->command,
			"--inventory is needed: what a device receives depends on who is there");
	const char *operand = arguments->operand_count ? arguments->operands[0] : "-";
	struct settings settings;
	struct knowledge knowledge;
	struct opened opened = {0};
	int status = settings_begin(app, arguments, &settings);
	int known = knowledge_open(app, arguments, &knowledge);
	status = status ? status : known;
	if (!status && (status = settings_find(&settings, operand)) && settings.current &&
		settings.current->findings.count)
		app_complain(app, settings.current->path, "has mistakes: `hujson lint` shows them");
	if (!status && !inputs_read(app, operand, NULL, &opened.input))
		status = EXIT_TROUBLE;
	if (!status && hj_parse(opened.input.source, 0, &opened.document))
		status = app_out_of_memory(app, opened.input.path);
	if (!status)
		status = compile(app, &knowledge, &settings, &opened);
	editing_close(&opened);
	knowledge_close(&knowledge);
	settings_end(&settings);
	return status;
}

extern const struct command cmd_compile;

const struct command cmd_compile = {
	.name = "compile",
	.operands = "[FILE|-]",
	.summary = "print what each device of an inventory would receive",
	.description =
		"Compiles a policy as the control plane does, and prints for every device of the "
		"inventory its packet filter rules, its SSH rules, and the capabilities that the "
		"policy gives it, as JSON, a rule a line. Capabilities that come from the state of "
		"the tailnet are not in it.\n"
		"\n"
		"A policy that the service would refuse, be it for its tests, is not compiled: its "
		"faults are shown on standard error.\n"
		"\n" KNOWLEDGE_DESCRIPTION,
	.options = compile_options,
	.option_count = sizeof compile_options / sizeof *compile_options,
	.examples = "# what would change for each device?\n"
		    "$ hujson compile --inventory tailnet.hujson policy.hujson\n",
	.found = "the service would refuse the policy",
	.run = run_compile,
};
