/*
 * Edits by pointer that keep comments: get, set, add, remove, patch.
 */
#include "cmd/command.h"
#include "cmd/editing.h"
#include "cmd/options.h"

static const struct option edit_options[] = {
	{"write", 'w', NULL, NULL, "write the result to FILE instead of standard output"},
	{"diff", 'd', NULL, NULL, "print a unified diff instead of the result"},
	{"reference", 0, NULL, NULL, "edit exactly as the reference implementation does"},
};

/* The shape of the five commands: what they take, and which edit it is. */
static int check_operands(struct app *app, const struct arguments *arguments, size_t wanted)
{
	char **operands = arguments->operands;
	if (arguments->operand_count != wanted)
		return options_misuse(
			app, arguments->command, "wants %s", arguments->command->operands);
	if (options_has(arguments, "write") && strcmp(operands[0], "-") == 0)
		return options_misuse(
			app, arguments->command, "--write needs a file, not standard input");
	return EXIT_CLEAN;
}

static int run_get(struct app *app, const struct arguments *arguments)
{
	if (check_operands(app, arguments, 2))
		return EXIT_TROUBLE;
	const char *pointer = arguments->operands[1];
	struct opened target = {0};
	int result = EXIT_TROUBLE;
	if (editing_open(app, arguments->operands[0], &target)) {
		hj_text why;
		hj_text_init(&why, app->allocator);
		uint32_t node;
		hj_status status =
			hj_pointer_find(target.document, hj_slice_str(pointer), &node, &why);
		if (status) {
			editing_complain(
				app, target.input.path, pointer, status, hj_text_slice(&why));
			result = status == HJ_NOT_FOUND ? EXIT_FOUND : EXIT_TROUBLE;
		} else {
			const hj_node *found = &hj_document_nodes(target.document)[node];
			app_print(&app->out,
				hj_source_slice(target.input.source, hj_node_span(found)));
			app_print(&app->out, HJ_SLICE("\n"));
			result = EXIT_CLEAN;
		}
		hj_text_free(&why);
	}
	editing_close(&target);
	return result;
}

/* patch has no verb: its second operand is a document of operations. */
static int run_edit(struct app *app, const struct arguments *arguments, const hj_verb *verb)
{
	bool has_value = verb && *verb != HJ_REMOVE;
	char **operands = arguments->operands;
	if (check_operands(app, arguments, has_value ? 3 : 2))
		return EXIT_TROUBLE;
	if (!verb && strcmp(operands[0], "-") == 0 && strcmp(operands[1], "-") == 0)
		return options_misuse(
			app, arguments->command, "FILE and PATCH cannot both be standard input");
	struct opened target = {0}, value = {0};
	int result = EXIT_TROUBLE;
	if (editing_open(app, operands[0], &target) &&
		(!has_value || editing_open_value(app, operands[2], &value)) &&
		(verb || editing_open(app, operands[1], &value))) {
		hj_patch_mode mode =
			options_has(arguments, "reference") ? HJ_PATCH_REFERENCE : HJ_PATCH_KIND;
		hj_edits edits;
		hj_text why;
		hj_edits_init(&edits, app->allocator);
		hj_text_init(&why, app->allocator);
		hj_status status = verb
			? hj_patch_one(target.document, *verb, hj_slice_str(operands[1]),
				  value.document, mode, &edits, &why)
			: hj_patch_apply(target.document, value.document, mode, &edits, &why);
		result = status ? editing_complain(app, target.input.path,
					  verb ? operands[1] : NULL, status, hj_text_slice(&why))
				: editing_deliver(app, arguments, &target, &edits);
		hj_edits_free(&edits);
		hj_text_free(&why);
	}
	editing_close(&target);
	editing_close(&value);
	return result;
}

static int run_set(struct app *app, const struct arguments *arguments)
{
	return run_edit(app, arguments, &(hj_verb){HJ_SET});
}

static int run_add(struct app *app, const struct arguments *arguments)
{
	return run_edit(app, arguments, &(hj_verb){HJ_ADD});
}

static int run_remove(struct app *app, const struct arguments *arguments)
{
	return run_edit(app, arguments, &(hj_verb){HJ_REMOVE});
}

static int run_patch(struct app *app, const struct arguments *arguments)
{
	return run_edit(app, arguments, NULL);
}

const struct command cmd_get = {
	.name = "get",
	.operands = "FILE POINTER",
	.summary = "print the value at a pointer",
	.description =
		"Prints the value that a JSON Pointer (RFC 6901) names, as it is written in FILE "
		"with its comments, and a line feed. FILE may be - for standard input. The empty "
		"pointer names the whole value; ~1 stands for a slash in a name, ~0 for a tilde.\n",
	.examples = "# the first source of the second rule\n"
		    "$ hujson get policy.hujson /acls/1/src/0\n"
		    "# a name with a slash in it\n"
		    "$ hujson get policy.hujson /hosts/10.0.0.0~18\n",
	.found = "the pointer names nothing",
	.run = run_get,
};

const struct command cmd_set = {
	.name = "set",
	.operands = "FILE POINTER VALUE",
	.summary = "put a value at a pointer",
	.description =
		"Replaces the value that a JSON Pointer names, or adds it where there is none. "
		"VALUE is HuJSON: a string needs its quotes, which the shell must not take. All "
		"else stays as it is, comments included. The result goes to standard output.\n",
	.options = edit_options,
	.option_count = sizeof edit_options / sizeof *edit_options,
	.examples = "# a string: quotes within quotes\n"
		    "$ hujson set -w policy.hujson /hosts/web '\"100.64.0.7\"'\n"
		    "# look before writing\n"
		    "$ hujson set -d policy.hujson /groups/group:dev '[\"alice@example.com\"]'\n",
	.run = run_set,
};

const struct command cmd_add = {
	.name = "add",
	.operands = "FILE POINTER VALUE",
	.summary = "insert a value into an array or object",
	.description =
		"Adds a member to an object, or an element to an array: before the index that the "
		"pointer ends in, or after the last element when it ends in -. VALUE is HuJSON. "
		"The result goes to standard output.\n",
	.options = edit_options,
	.option_count = sizeof edit_options / sizeof *edit_options,
	.examples = "# one more member of a group\n"
		    "$ hujson add -w policy.hujson /groups/group:dev/- '\"bob@example.com\"'\n",
	.run = run_add,
};

const struct command cmd_remove = {
	.name = "remove",
	.operands = "FILE POINTER",
	.summary = "remove the value at a pointer",
	.description =
		"Removes a member of an object or an element of an array, with the comments that "
		"belong to it. The result goes to standard output.\n",
	.options = edit_options,
	.option_count = sizeof edit_options / sizeof *edit_options,
	.examples = "$ hujson remove -w policy.hujson /hosts/old\n",
	.run = run_remove,
};

const struct command cmd_patch = {
	.name = "patch",
	.operands = "FILE PATCH",
	.summary = "apply a JSON Patch",
	.description =
		"Applies the operations of a JSON Patch (RFC 6902), itself HuJSON, in order: all "
		"of "
		"them or none. FILE or PATCH may be - for standard input. The result goes to "
		"standard output.\n",
	.options = edit_options,
	.option_count = sizeof edit_options / sizeof *edit_options,
	.examples = "$ hujson patch -w policy.hujson changes.json\n",
	.run = run_patch,
};
