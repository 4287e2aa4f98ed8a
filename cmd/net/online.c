#include "cmd/online.h"

#include "cmd/net/gitops.h"
#include "cmd/net/pager.h"
#include "cmd/net/serve.h"
#include "cmd/net/verb.h"

#include <stdlib.h>

static const struct verb *const tables[] = {policy_verbs, validate_verbs, push_verbs, list_verbs,
	snapshot_verbs, api_verbs, endpoint_verbs};

static const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct verb *verb = tables[i]; verb->name; verb++)
			if (strcmp(verb->name, name) == 0)
				return verb;
	return NULL;
}

static int run_tailnet(struct app *app, const struct arguments *arguments)
{
	size_t count = arguments->operand_count;
	if (count == 0)
		return options_misuse(app, arguments->command, "what shall be done?");
	const char *name = arguments->operands[0];
	const struct verb *verb = verb_find(name);
	if (!verb)
		return options_misuse(app, arguments->command, "unknown verb '%s'", name);
	if (count - 1 < verb->least)
		return options_misuse(app, arguments->command, "'%s' needs an operand more", name);
	if (count - 1 > verb->most)
		return options_misuse(app, arguments->command,
			"'%s' is an operand too many for '%s'", arguments->operands[verb->most + 1],
			name);
	struct connection connection = {.app = app};
	struct pager pager = {0};
	bool offline = verb->how & VERB_OFFLINE;
	int status = offline
		? EXIT_CLEAN
		: connect_open(app, arguments, &(struct connect_wishes){0}, &connection);
	if (!status && verb->how & VERB_PAGED)
		pager_start(app, &pager);
	if (!status)
		status = verb->run(&connection, arguments, arguments->operands + 1, count - 1);
	if (!offline)
		connect_close(&connection);
	pager_end(app, &pager);
	return status;
}

static const struct {
	const char *name;
	int (*run)(struct app *app, const struct arguments *arguments);
} commands_here[] = {
	{"tailnet", run_tailnet},
	{"serve", run_serve},
	{"gitops", run_gitops},
};

int online_run(struct app *app, const struct arguments *arguments, char **argv)
{
	(void)argv;
	for (size_t i = 0; i < sizeof commands_here / sizeof *commands_here; i++)
		if (strcmp(commands_here[i].name, arguments->command->name) == 0)
			return commands_here[i].run(app, arguments);
	abort(); /* a row of the table without its function: no user's fault */
}
