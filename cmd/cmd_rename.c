/*
 * hujson rename: one name, everywhere it is meant.
 */
#include "cmd/command.h"
#include "cmd/editing.h"
#include "cmd/options.h"

static const struct option rename_options[] = {
	{"write", 'w', NULL, NULL, "write the result to FILE instead of standard output"},
	{"diff", 'd', NULL, NULL, "print a unified diff instead of the result"},
};

static int rename_in(
	struct app *app, const struct arguments *arguments, const struct opened *target)
{
	hj_edits edits;
	hj_text why;
	hj_edits_init(&edits, app->allocator);
	hj_text_init(&why, app->allocator);
	hj_status status = hj_rename(target->document, hj_slice_str(arguments->operands[1]),
		hj_slice_str(arguments->operands[2]), &edits, &why);
	if (!status)
		status = editing_format_again(target, &edits);
	int result;
	if (status) {
		editing_complain(app, target->input.path, NULL, status, hj_text_slice(&why));
		result = status == HJ_NOT_FOUND ? EXIT_FOUND : EXIT_TROUBLE;
	} else {
		result = editing_deliver(app, arguments, target, &edits);
	}
	hj_edits_free(&edits);
	hj_text_free(&why);
	return result;
}

static int run_rename(struct app *app, const struct arguments *arguments)
{
	if (arguments->operand_count != 3)
		return options_misuse(
			app, arguments->command, "wants %s", arguments->command->operands);
	if (options_has(arguments, "write") && strcmp(arguments->operands[0], "-") == 0)
		return options_misuse(
			app, arguments->command, "--write needs a file, not standard input");
	struct opened target = {0};
	int result = editing_open(app, arguments->operands[0], &target)
		? rename_in(app, arguments, &target)
		: EXIT_TROUBLE;
	editing_close(&target);
	return result;
}

const struct command cmd_rename = {
	.name = "rename",
	.operands = "FILE OLD NEW",
	.summary = "rename a group, tag, host or user everywhere",
	.description =
		"Renames where the name is meant: where it is defined, in rules, tests, owners, "
		"approvers and IP sets, with or without ports. Comments and the accounts in "
		"\"users\" of SSH rules stay as they are. OLD and NEW are written as in a rule: "
		"tag:NAME, group:NAME, ipset:NAME, posture:NAME, svc:NAME, a login, or the bare "
		"name of a host. The result goes to standard output.\n"
		"\n"
		"A NEW that is defined or used already is refused: two things would become one, "
		"and access might change with that.\n",
	.options = rename_options,
	.option_count = sizeof rename_options / sizeof *rename_options,
	.examples = "# look before writing\n"
		    "$ hujson rename -d policy.hujson group:dev group:engineering\n"
		    "$ hujson rename -w policy.hujson alice@example.com alice.b@example.com\n",
	.found = "nothing has the name OLD",
	.run = run_rename,
};
