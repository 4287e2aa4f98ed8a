/*
 * Subcommands and their options as tables.
 */
#ifndef HJ_CMD_COMMAND_H
#define HJ_CMD_COMMAND_H

#include "cmd/app.h"

struct option {
	const char *name; /* long name without dashes: "stdin-filename" */
	char letter;      /* short name or 0 */
	/* Placeholder of its value, "NAME"; "[=BOOL]": it may be left out; NULL: a flag. */
	const char *value;
	const char *choices; /* "text|json" when only these are allowed, else NULL */
	const char *help;    /* one line, no full stop */
};

struct arguments; /* options.h: what was given */

struct command {
	const char *name;        /* "fmt" */
	const char *operands;    /* "[FILE|FOLDER]…" for the synopsis */
	const char *summary;     /* one line, no full stop */
	const char *description; /* paragraphs for --help and the man page */
	const struct option *options;
	size_t option_count;
	const char *examples; /* lines "$ command" and comments, for --help and the man page */
	const char *found;    /* what exit status 1 means, one line; NULL: it is never returned */
	/* NULL: it talks to the network, see online.h. */
	int (*run)(struct app *app, const struct arguments *arguments);
};

extern const struct command cmd_fmt, cmd_lint, cmd_check, cmd_test, cmd_compile;
extern const struct command cmd_explain, cmd_rules;
extern const struct command cmd_access, cmd_preview;
extern const struct command cmd_get, cmd_set, cmd_add, cmd_remove, cmd_patch, cmd_rename,
	cmd_convert;
extern const struct command cmd_diff;
extern const struct command cmd_tailnet, cmd_serve, cmd_gitops;
extern const struct command cmd_completion, cmd_help;

/* All of them, in the order of the help text. */
const struct command *const *commands(size_t *count);
/* NULL when there is none of that name. */
const struct command *command_find(const char *name);
/* Says so, with the nearest name, and returns EXIT_TROUBLE. */
int command_unknown(struct app *app, const char *name);

#endif
