/*
 * hujson convert: acls become grants, with proof.
 */
#include "cmd/command.h"
#include "cmd/editing.h"
#include "cmd/options.h"

static const struct option convert_options[] = {
	{"to", 0, "FORM", "grants", "what the rules become"},
	{"write", 'w', NULL, NULL, "write the result to FILE instead of standard output"},
	{"diff", 'd', NULL, NULL, "print a unified diff instead of the result"},
};

static void complain_of_obstacles(
	struct app *app, const struct opened *target, const hj_conversion *conversion)
{
	hj_text where;
	hj_text_init(&where, app->allocator);
	for (uint32_t i = 0; i < conversion->obstacle_count; i++) {
		const hj_obstacle *obstacle = &conversion->obstacles[i];
		hj_place place =
			hj_source_place(target->input.source, obstacle->span.start, HJ_CODE_POINTS);
		hj_text_clear(&where);
		hj_text_printf(&where, "%s:%u:%u", target->input.path, place.line, place.column);
		app_complain(app, hj_text_string(&where), "%.*s", HJ_SLICE_ARGS(obstacle->why));
	}
	hj_text_free(&where);
}

static void complain_of_difference(
	struct app *app, const struct opened *target, const hj_difference *difference)
{
	app_complain(app, target->input.path, "the grants would not allow the same:");
	for (uint32_t i = 0; i < difference->count; i++)
		app_complain(app, target->input.path, "%s %.*s",
			difference->changes[i].gained ? "gained:" : "lost:",
			HJ_SLICE_ARGS(difference->changes[i].sentence));
}

static int deliver(struct app *app, const struct arguments *arguments, const struct opened *target,
	hj_conversion *conversion)
{
	hj_status status = HJ_OK;
	switch (conversion->result) {
	case HJ_CONVERT_OBSTACLES: complain_of_obstacles(app, target, conversion); break;
	case HJ_CONVERT_REFUSED:
		app_complain(app, target->input.path, "the service would refuse the grants: %.*s",
			HJ_SLICE_ARGS(conversion->refusal));
		break;
	case HJ_CONVERT_DIFFERS:
		complain_of_difference(app, target, &conversion->difference);
		break;
	case HJ_CONVERT_NOTHING:
	case HJ_CONVERTED:
		status = editing_format_again(target, &conversion->edits);
		if (status)
			return editing_complain(
				app, target->input.path, NULL, status, HJ_SLICE(""));
		return editing_deliver(app, arguments, target, &conversion->edits);
	}
	return EXIT_FOUND;
}

static int convert(struct app *app, const struct arguments *arguments, const struct opened *target)
{
	hj_policy policy;
	hj_conversion conversion;
	if (hj_policy_bind(target->document, app->allocator, &policy))
		return app_out_of_memory(app, target->input.path);
	int result;
	if (hj_convert_to_grants(&policy, app->allocator, &conversion)) {
		result = app_out_of_memory(app, target->input.path);
	} else {
		result = deliver(app, arguments, target, &conversion);
		hj_conversion_free(&conversion);
	}
	hj_policy_free(&policy);
	return result;
}

static int run_convert(struct app *app, const struct arguments *arguments)
{
	const struct command *command = arguments->command;
	if (!options_has(arguments, "to"))
		return options_misuse(app, command, "wants --to grants");
	if (arguments->operand_count != 1)
		return options_misuse(app, command, "wants %s", command->operands);
	if (options_has(arguments, "write") && strcmp(arguments->operands[0], "-") == 0)
		return options_misuse(app, command, "--write needs a file, not standard input");
	struct opened target = {0};
	int result = editing_open(app, arguments->operands[0], &target)
		? convert(app, arguments, &target)
		: EXIT_TROUBLE;
	editing_close(&target);
	return result;
}

const struct command cmd_convert = {
	.name = "convert",
	.operands = "FILE",
	.summary = "turn acls into grants that allow the same",
	.description =
		"Rewrites each rule of \"acls\" as one grant, or as several where its destinations "
		"have different ports, where the rule stands and in its own layout; every comment "
		"stays. The section takes the name \"grants\", or its rules follow the grants that "
		"are there. The result goes to standard output.\n"
		"\n"
		"Nothing is written unless it is proven that the grants allow exactly what the "
		"rules did, and that the service would not refuse them. What cannot be converted "
		"is said with its place, and then nothing is.\n",
	.options = convert_options,
	.option_count = sizeof convert_options / sizeof *convert_options,
	.examples = "# look before writing\n"
		    "$ hujson convert --to grants -d policy.hujson\n"
		    "$ hujson convert --to grants -w policy.hujson\n",
	.found = "a rule cannot be converted, and nothing was",
	.run = run_convert,
};
