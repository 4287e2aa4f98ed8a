/*
 * hujson access: who reaches what, and why?
 */
#include "cmd/access.h"

static const struct option access_options[] = {
	KNOWLEDGE_INVENTORY,
	KNOWLEDGE_TAILNET,
	KNOWLEDGE_ASSUME,
	{"format", 0, "FORMAT", "text|table|json|csv|html|dot|mermaid",
		"how the answer is printed; see below"},
	{"by", 0, "KINDS", NULL, "who stands in a row and column each: group,tag and so on"},
	{"all", 0, NULL, NULL, "matrix: rows and columns without anything too"},
	{"ssh", 0, "ACCOUNT", NULL, "can: log in as this account; the same as `as ACCOUNT`"},
	{"app", 0, "CAPABILITY", NULL, "can: have this capability of an application"},
	{"config", 0, "FILE", NULL, "read this configuration, search for none"},
	{"no-config", 0, NULL, NULL, "read no configuration"},
};

/* -- subcommands ----------------------------------------------------------------------------------- */

struct words {
	char *const *items;
	size_t count;
};

static const char *word(const struct words *words, size_t at)
{
	return at < words->count ? words->items[at] : NULL;
}

static int ask_can(struct access *access, const struct words *words)
{
	const char *account = options_value(access->arguments, "ssh");
	const char *capability = options_value(access->arguments, "app");
	if (word(words, 2) && strcmp(word(words, 2), "as") == 0)
		account = word(words, 3);
	return access_can(access, words->items[0], words->items[1], account, capability);
}

static int ask_who(struct access *access, const struct words *words)
{
	return access_who(access, words->items[0]);
}

static int ask_what(struct access *access, const struct words *words)
{
	return access_what(access, words->items[0]);
}

static int ask_matrix(struct access *access, const struct words *words)
{
	(void)words;
	return access_matrix(access);
}

static int ask_graph(struct access *access, const struct words *words)
{
	(void)words;
	return access_graph(access);
}

static const struct subcommand {
	const char *name;
	const char *operands;
	size_t wants; /* operands before the policy */
	const char *formats;
	int (*ask)(struct access *access, const struct words *words);
} subcommands[] = {
	{"can", "SRC DST[:PORT[/PROTOCOL]] [as ACCOUNT] [POLICY]", 2, "text|json", ask_can},
	{"who", "DST[:PORT[/PROTOCOL]] [POLICY]", 1, "text|json", ask_who},
	{"what", "SRC [POLICY]", 1, "text|json", ask_what},
	{"matrix", "[POLICY]", 0, "text|table|csv|json|html", ask_matrix},
	{"graph", "[POLICY]", 0, "dot|mermaid|json", ask_graph},
};
enum { SUBCOMMANDS = sizeof subcommands / sizeof *subcommands };

static const struct subcommand *find(const char *name)
{
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		if (strcmp(subcommands[i].name, name) == 0)
			return &subcommands[i];
	return NULL;
}

/* Is a format among those of a question? */
static bool has_format(const struct subcommand *subcommand, const char *format)
{
	for (const char *at = subcommand->formats; format && at;) {
		size_t size = strcspn(at, "|");
		if (hj_slice_equal(hj_slice_of(at, size), hj_slice_str(format)))
			return true;
		at = at[size] ? at + size + 1 : NULL;
	}
	return !format;
}

static int run_access(struct app *app, const struct arguments *arguments)
{
	const struct command *command = arguments->command;
	const char *name = arguments->operand_count ? arguments->operands[0] : NULL;
	const struct subcommand *chosen = name ? find(name) : NULL;
	if (!chosen)
		return name ? options_misuse(app, command, "unknown question '%s'", name)
			    : options_misuse(app, command,
				      "wants a question: can, who, what, matrix or graph");
	struct words words = {arguments->operands + 1, arguments->operand_count - 1};
	size_t wants = chosen->wants;
	/* "as ACCOUNT" stands between a destination and the policy. */
	if (chosen->ask == ask_can && word(&words, 2) && strcmp(word(&words, 2), "as") == 0)
		wants += 2;
	if (words.count < wants || words.count > wants + 1)
		return options_misuse(app, command, "%s wants %s", chosen->name, chosen->operands);
	if (!has_format(chosen, options_value(arguments, "format")))
		return options_misuse(
			app, command, "%s: the format is one of %s", chosen->name, chosen->formats);
	struct access access;
	int status = access_open(app, arguments, word(&words, wants), &access);
	if (!status)
		status = chosen->ask(&access, &words);
	access_close(&access);
	return status;
}

extern const struct command cmd_access;

const struct command cmd_access = {
	.name = "access",
	.operands = "QUESTION",
	.summary = "say who reaches what, and by which rules",
	.description = "",
	.options = access_options,
	.option_count = sizeof access_options / sizeof *access_options,
	.examples = "",
	.found = "can: not allowed, or not for all, or it depends",
	.run = run_access,
};
