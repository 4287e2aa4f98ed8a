#include "cmd/knowledge.h"

/* -- the inventory ------------------------------------------------------------------------------- */

/* Leaves what deserves a word in a run that is about something else; are there errors? */
static bool keep_serious(hj_findings *findings)
{
	bool errors = false;
	size_t kept = 0;
	for (size_t i = 0; i < findings->count; i++) {
		errors = errors || findings->items[i].severity == HJ_ERROR_LEVEL;
		if (findings->items[i].severity != HJ_INFO_LEVEL)
			findings->items[kept++] = findings->items[i];
	}
	findings->count = kept;
	return errors;
}

static bool bind(struct knowledge *knowledge)
{
	struct app *app = knowledge->app;
	const struct opened *opened = &knowledge->opened;
	hj_findings findings;
	hj_findings_init(&findings, app->allocator);
	bool good =
		!hj_inventory_bind(opened->document, app->allocator, &findings, &knowledge->bound);
	if (good)
		knowledge->inventory = &knowledge->bound;
	else
		app_out_of_memory(app, opened->input.path);
	if (good && keep_serious(&findings))
		good = false;
	if (findings.count)
		editing_show(app, opened, &findings);
	hj_findings_free(&findings);
	return good;
}

static bool names_standard_input(const struct arguments *arguments)
{
	for (size_t i = 0; i < arguments->operand_count; i++)
		if (strcmp(arguments->operands[i], "-") == 0)
			return true;
	return arguments->operand_count == 0;
}

/* -- facts --------------------------------------------------------------------------------------- */

static int assume(
	struct knowledge *knowledge, const struct arguments *arguments, const char *statement)
{
	hj_slice fact = hj_trim(hj_slice_str(statement));
	bool yes = hj_slice_equal(fact, HJ_SLICE("yes")), no = hj_slice_equal(fact, HJ_SLICE("no"));
	if (yes || no) {
		knowledge->assumptions.rest = yes ? HJ_YES : HJ_NO;
		return EXIT_CLEAN;
	}
	uint32_t truth = !hj_slice_starts(fact, HJ_SLICE("not ")), *known;
	if (!truth)
		fact = hj_trim(hj_slice_of(fact.data + 4, fact.size - 4));
	if (fact.size == 0 || hj_slice_equal(fact, HJ_SLICE("not")))
		return options_misuse(
			knowledge->app, arguments->command, "--assume: the fact is empty");
	if (hj_map_put(&knowledge->facts, fact, truth, &known, NULL))
		return app_out_of_memory(knowledge->app, NULL);
	if (*known != truth)
		return options_misuse(knowledge->app, arguments->command,
			"--assume: '%.*s' cannot be true and false", HJ_SLICE_ARGS(fact));
	return EXIT_CLEAN;
}

static bool takes(const struct arguments *arguments, const char *name)
{
	const struct command *command = arguments->command;
	for (size_t i = 0; i < command->option_count; i++)
		if (strcmp(command->options[i].name, name) == 0)
			return true;
	return false;
}

/* -- the whole ----------------------------------------------------------------------------------- */

int knowledge_open(struct app *app, const struct arguments *arguments, struct knowledge *knowledge)
{
	*knowledge = (struct knowledge){.app = app, .assumptions.rest = HJ_MAYBE};
	hj_map_init(&knowledge->facts, app->allocator);
	knowledge->assumptions.facts = &knowledge->facts;
	if (takes(arguments, "tailnet"))
		knowledge->tailnet = hj_slice_str(options_value(arguments, "tailnet"));
	size_t at = 0;
	int status = EXIT_CLEAN;
	for (const char *fact; !status && takes(arguments, "assume") &&
		(fact = options_next(arguments, "assume", &at));)
		status = assume(knowledge, arguments, fact);
	const char *path =
		takes(arguments, "inventory") ? options_value(arguments, "inventory") : NULL;
	if (status || !path)
		return status;
	if (strcmp(path, "-") == 0 && names_standard_input(arguments))
		return options_misuse(app, arguments->command,
			"standard input cannot be the inventory and the policy");
	return editing_open(app, path, &knowledge->opened) && bind(knowledge) ? EXIT_CLEAN
									      : EXIT_TROUBLE;
}

void knowledge_close(struct knowledge *knowledge)
{
	if (knowledge->inventory)
		hj_inventory_free(&knowledge->bound);
	editing_close(&knowledge->opened);
	hj_map_free(&knowledge->facts);
}

int knowledge_join(const struct knowledge *knowledge, const char *path, const hj_document *document,
	hj_slice tailnet, struct joined *out)
{
	hj_policy policy;
	if (hj_policy_bind(document, knowledge->app->allocator, &policy))
		return app_out_of_memory(knowledge->app, path);
	return knowledge_join_bound(knowledge, path, policy, tailnet, out);
}

int knowledge_join_bound(const struct knowledge *knowledge, const char *path, hj_policy policy,
	hj_slice tailnet, struct joined *out)
{
	const hj_allocator *allocator = knowledge->app->allocator;
	hj_slice name = knowledge->tailnet.size ? knowledge->tailnet : tailnet;
	out->policy = policy;
	if (!hj_world_build(&out->policy, knowledge->inventory, name, allocator, &out->world))
		return EXIT_CLEAN;
	hj_policy_free(&out->policy);
	return app_out_of_memory(knowledge->app, path);
}

void joined_free(struct joined *joined)
{
	hj_world_free(&joined->world);
	hj_policy_free(&joined->policy);
}
