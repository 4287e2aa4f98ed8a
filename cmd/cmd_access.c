/*
 * hujson access: who reaches what, and why?
 */
#include "cmd/access.h"

static const struct option access_options[] = {
	KNOWLEDGE_INVENTORY,
	KNOWLEDGE_TAILNET,
	KNOWLEDGE_ASSUME,
	{"format", 0, "FORMAT", "text|json|csv|html|dot|mermaid",
		"how the answer is printed; see below"},
	{"by", 0, "KINDS", NULL, "who stands in a row and column each: group,tag and so on"},
	{"all", 0, NULL, NULL,
		"matrix: rows and columns without anything too; who, what: rules that hang on "
		"whose device an address is too"},
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
	{"matrix", "[POLICY]", 0, "text|csv|json|html", ask_matrix},
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
	.operands = "can|who|what|matrix|graph [ASKED] [POLICY]",
	.summary = "say who reaches what, and by which rules",
	.description =
		"can SRC DST[:PORT[/PROTOCOL]] [as ACCOUNT] says whether a source may reach a "
		"destination: allowed, blocked, \"some\" where the two stand for several of whom "
		"some may, or \"depends\" with the facts on which it hangs. It names the rules "
		"that "
		"allow it, and for what is blocked what comes nearest. Without a port any will do, "
		"without a protocol TCP or UDP. With an account it is about Tailscale SSH, which "
		"needs a rule of \"ssh\" and port 22; with --app about a capability of an "
		"application.\n"
		"\n"
		"who DST[:PORT[/PROTOCOL]] lists who reaches a destination, what SRC what a source "
		"reaches: services, SSH accounts, capabilities, each with its rules and "
		"conditions. Sources and destinations are told as the rules have them: a whole "
		"group is its name, and what a wider line says already is left out. Of \"*\" and "
		"autogroups only what all of them may is told. That any device may have a tailnet "
		"address of which nobody says whose it is, is told with --all alone.\n"
		"\n"
		"matrix is the same for everybody: rows of sources, columns of destinations, in "
		"brackets what is not for all of a row and column or hangs on a condition. graph "
		"draws the lines that who and what would list.\n"
		"\n"
		"SRC and DST are users, groups, tags, autogroups, hosts, IP sets, addresses, "
		"prefixes, services, devices of the inventory, and \"*\". IPv6 stands in brackets "
		"before a port: [fd7a::1]:22. KINDS is a list of autogroup, group, user, tag, "
		"host, "
		"ipset, service, address and device; matrix takes autogroup,group,tag,host unless "
		"told otherwise. With --by, who and what judge each of these kinds by itself, for "
		"the network alone.\n"
		"\n"
		"Services are written as in a grant: 443 is TCP, UDP and ping, tcp:443 is TCP "
		"alone, "
		"* is everything. Formats are text and json, of matrix also csv and html (one page "
		"without scripts), of graph dot, mermaid and json.\n"
		"\n" KNOWLEDGE_DESCRIPTION "\n" KNOWLEDGE_ASSUME_DESCRIPTION,
	.options = access_options,
	.option_count = sizeof access_options / sizeof *access_options,
	.examples = "# may she?\n"
		    "$ hujson access can ann@example.com tag:db:5432 policy.hujson\n"
		    "$ hujson access can group:eng tag:web as root policy.hujson\n"
		    "# who reaches the database, and what does the group reach?\n"
		    "$ hujson access who tag:db policy.hujson\n"
		    "$ hujson access what group:eng policy.hujson\n"
		    "# everybody, as a page\n"
		    "$ hujson access matrix --format html policy.hujson >access.html\n"
		    "$ hujson access graph policy.hujson | dot -Tsvg >access.svg\n",
	.found = "can: it is not allowed, or not for all, or it depends",
	.run = run_access,
};
