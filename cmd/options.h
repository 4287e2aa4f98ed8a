/*
 * What was given on the command line, read by a command's table of options.
 *
 * Short options may be bundled (-lw) and carry their value (-fjson, -f json); long ones take
 * --name=VALUE and --name VALUE; `--` ends them; options may follow operands; `-` is an operand.
 */
#ifndef HJ_CMD_OPTIONS_H
#define HJ_CMD_OPTIONS_H

#include "cmd/command.h"

struct given {
	const struct option *option;
	const char *value; /* NULL for a flag */
};

struct arguments {
	const struct command *command;
	struct given *given; /* in the order of the command line */
	size_t given_count, given_capacity;
	char **operands; /* argv itself, moved together */
	size_t operand_count;
};

/*
 * Reads argv[0] to argv[argc - 1], which come after the command's name. Wrong use is said on
 * standard error: EXIT_TROUBLE. EXIT_CLEAN: call the command. Free with options_free either way.
 */
int options_read(struct app *app, const struct command *command, int argc, char **argv,
	struct arguments *out);
void options_free(struct app *app, struct arguments *arguments);

/* Its value may be left out, and is then NULL: it is never the next word. */
bool option_is_lenient(const struct option *option);

/* Was the option given? The name must be in the command's table or the common one. */
bool options_has(const struct arguments *arguments, const char *name);
/* Its value, the last one given; NULL when it was not. */
const char *options_value(const struct arguments *arguments, const char *name);
/* Every value in turn: start with *at = 0; NULL after the last. */
const char *options_next(const struct arguments *arguments, const char *name, size_t *at);

/*
 * Says what was used wrongly, one line with a hint at --help, and returns EXIT_TROUBLE. command may
 * be NULL.
 */
int options_misuse(struct app *app, const struct command *command, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Options that every command takes: --help, --color. */
const struct option *options_common(size_t *count);

#endif
