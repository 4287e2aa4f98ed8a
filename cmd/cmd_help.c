#include "cmd/help.h"
#include "cmd/options.h"

static const struct option help_options[] = {
	{"man", 0, NULL, NULL, "print the manual page instead, for mandoc or man -l"},
};

static int run_help(struct app *app, const struct arguments *arguments)
{
	if (arguments->operand_count > 1)
		return options_misuse(app, arguments->command, "wants one command at most");
	if (options_has(arguments, "man")) {
		manual_print(&app->out);
		return EXIT_CLEAN;
	}
	if (arguments->operand_count == 0) {
		help_global(&app->out);
		return EXIT_CLEAN;
	}
	const struct command *command = command_find(arguments->operands[0]);
	if (!command)
		return command_unknown(app, arguments->operands[0]);
	help_command(&app->out, command);
	return EXIT_CLEAN;
}

const struct command cmd_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "explain a command",
	.description = "Prints what the program or one of its commands does.\n",
	.options = help_options,
	.option_count = sizeof help_options / sizeof *help_options,
	.examples = "$ hujson help fmt\n"
		    "# the manual page\n"
		    "$ hujson help --man | man -l -\n",
	.run = run_help,
};
