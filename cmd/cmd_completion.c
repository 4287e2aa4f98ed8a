#include "cmd/help.h"
#include "cmd/options.h"

static int run_completion(struct app *app, const struct arguments *arguments)
{
	if (arguments->operand_count != 1)
		return options_misuse(app, arguments->command, "wants bash, zsh or fish");
	if (!completion_print(&app->out, arguments->operands[0]))
		return options_misuse(app, arguments->command,
			"no completions for '%s', only for bash, zsh and fish",
			arguments->operands[0]);
	return EXIT_CLEAN;
}

const struct command cmd_completion = {
	.name = "completion",
	.operands = "bash|zsh|fish",
	.summary = "print completions for a shell",
	.description =
		"Prints a script that completes commands, options and their values in a shell. "
		"Packages install it; without one, the shell's start-up file can read it.\n",
	.examples = "# in ~/.bashrc\n"
		    "$ source <(hujson completion bash)\n"
		    "# in ~/.zshrc, after compinit\n"
		    "$ source <(hujson completion zsh)\n"
		    "# in ~/.config/fish/config.fish\n"
		    "$ hujson completion fish | source\n",
	.run = run_completion,
};
