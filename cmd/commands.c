/*
 * The list of commands. A new one: a file cmd_NAME.c with one `const struct command cmd_NAME`, its
 * line in this list and in command.h. Help, manual page and completions follow.
 */
#include "cmd/command.h"
#include "cmd/options.h"

#include "base/suggest.h"

static const struct command *const list[] = {
	&cmd_fmt,
	&cmd_lint,
	&cmd_check,
	&cmd_test,
	&cmd_compile,
	&cmd_explain,
	&cmd_rules,
	&cmd_access,
	&cmd_preview,
	&cmd_get,
	&cmd_set,
	&cmd_add,
	&cmd_remove,
	&cmd_patch,
	&cmd_rename,
	&cmd_convert,
	&cmd_diff,
	&cmd_tailnet,
	&cmd_serve,
	&cmd_gitops,
	&cmd_completion,
	&cmd_help,
};

const struct command *const *commands(size_t *count)
{
	*count = sizeof list / sizeof *list;
	return list;
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		if (strcmp(list[i]->name, name) == 0)
			return list[i];
	return NULL;
}

int command_unknown(struct app *app, const char *name)
{
	hj_suggest suggest;
	hj_suggest_begin(&suggest, hj_slice_str(name));
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		hj_suggest_offer(&suggest, hj_slice_str(list[i]->name));
	const char *kind = name[0] == '-' ? "option" : "command";
	if (suggest.best.size)
		return options_misuse(app, NULL, "unknown %s '%s', did you mean '%.*s'?", kind,
			name, HJ_SLICE_ARGS(suggest.best));
	return options_misuse(app, NULL, "unknown %s '%s'", kind, name);
}
