/*
 * What holds for each document: the command line over its configuration file over what is usual.
 *
 * The file is --config's, or the first .hujsonrc in the document's folder (that of
 * --stdin-filename, or the working folder, for standard input) and those above it, up to the one
 * that has a .git. Each is read once.
 */
#ifndef HJ_CMD_SETTINGS_H
#define HJ_CMD_SETTINGS_H

#include "cmd/inputs.h"
#include "cmd/options.h"

/* Rows for the table of options of a command that asks for settings. */
#define SETTINGS_OPTIONS                                                                           \
	{"select", 0, "RULES", NULL, "look for these rules only"},                                 \
		{"ignore", 0, "RULES", NULL, "do not look for these rules"},                       \
		{"fail-level", 0, "LEVEL", "error|warning|info",                                   \
			"least severity for exit status 1, warning unless given"},                 \
		{"tailnet", 0, "NAME", NULL, "the tailnet's domain, or its owner's login"},        \
		{"dialect", 0, "DIALECT", "tailscale|headscale", "whose policies these are"},      \
		{"fragment", 0, NULL, NULL, "the documents are parts of a policy"},                \
		{"config", 0, "FILE", NULL, "read this configuration, search for none"},           \
		{"no-config", 0, NULL, NULL, "read no configuration"},                             \
	{                                                                                          \
		"stdin-filename", 0, "NAME", NULL, "what to call standard input"                   \
	}

/* A pattern, compiled when it is first asked. */
struct lazy_pattern {
	hj_slice text;
	struct pattern *compiled;
};

/* A configuration that was read, good or bad. */
struct config_file {
	struct config_file *next;
	const char *path;   /* to show */
	const char *folder; /* absolute, without links */
	hj_source *source;  /* NULL: it could not be read, which was said */
	hj_document *document;
	hj_findings findings; /* any: it is bad */
	hj_config config;
	struct lazy_pattern patterns[HJ_CONFIG_PATTERNS];
	hj_convention conventions[HJ_CONFIG_PATTERNS];
	size_t convention_count;
	bool reported;
};

struct settings {
	struct app *app;
	const struct arguments *arguments;
	hj_arena arena;
	bool selects;             /* there is a --select */
	bool *selected, *ignored; /* by rule, on the command line */
	struct config_file *files;
	const char *folder;          /* that was last looked at, resolved */
	struct config_file *current; /* what was found for it; NULL: none */
	/* Of the last document. */
	hj_rule_setting *rules;
	hj_config_value values[HJ_CONFIG_VALUES];
	hj_lint_options options;
	hj_severity fail_level;
};

/* EXIT_TROUBLE: wrong use or no memory, which was said. Free either way with settings_end. */
int settings_begin(struct app *app, const struct arguments *arguments, struct settings *settings);
void settings_end(struct settings *settings);

/*
 * Settles options and fail_level for a document or folder at a path ("-": standard input).
 * EXIT_TROUBLE: it was said why, or settings->current has findings, which are the caller's to
 * report.
 */
int settings_find(struct settings *settings, const char *path);
/*
 * Visits the documents that the operands name, each operand with what is settled for it. Mistakes in
 * a configuration are complained of, and `lint` shows them. Returns the highest exit status.
 */
int settings_each(struct app *app, const struct arguments *arguments, struct settings *settings,
	inputs_visit visit, void *context);
/* NULL-ended endings of file names for walks, as the settings found last have them. */
const char *const *settings_extensions(struct settings *settings);
/* Prints what holds for the document asked for last, with where it comes from. */
int settings_show(struct settings *settings, const char *path);

#endif
