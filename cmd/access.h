/*
 * What the subcommands of `access` share: one policy, joined with what is known of its tailnet, and
 * how rules are named.
 */
#ifndef HJ_CMD_ACCESS_H
#define HJ_CMD_ACCESS_H

#include "cmd/command.h"
#include "cmd/knowledge.h"
#include "cmd/settings.h"

struct access {
	struct app *app;
	const struct arguments *arguments;
	const char *format; /* "text" unless given */
	struct settings settings;
	struct knowledge knowledge;
	struct opened opened; /* the policy */
	struct joined joined;
	bool is_joined;
	hj_reach *reach;
	hj_text text; /* what is being put together; given away with access_pass */
	hj_emit emit; /* into text */
};

/*
 * Reads the options, the inventory and the policy at an operand (NULL: standard input). EXIT_TROUBLE:
 * it was said why. Close it either way.
 */
int access_open(struct app *app, const struct arguments *arguments, const char *policy,
	struct access *access);
void access_close(struct access *access);

/* Is this the --format? */
bool access_wants(const struct access *access, const char *format);
/* Says why a question failed, of the text that was asked about, and returns EXIT_TROUBLE. */
int access_complain(struct access *access, hj_slice text, hj_status status, const char *what);
/* Moves what was put together on to the output, so that it need not all be kept. */
void access_pass_on(struct access *access);
/* Prints the rest. EXIT_CLEAN, or EXIT_TROUBLE when memory was out. */
int access_pass(struct access *access);

/* The line of a node of the policy, from 1. */
uint32_t access_line(const struct access *access, uint32_t node);
/*
 * Appends "line 7", "lines 7, 12 and 8 more", or that there are no rules: the first few of `count` rules,
 * of which there are `of_all`.
 */
enum { ACCESS_LINES = 12 };
void access_lines_append(struct access *access, const hj_rule_place *rules, uint32_t count,
	uint32_t of_all, hj_text *out);
/* How many columns of a terminal a text takes: characters, not bytes. */
size_t access_width(hj_slice text);
/* Appends "a, b and 3 more". */
void access_names_append(const hj_access_names *names, hj_text *out);

/* -- JSON: members of the object that is open ------------------------------------------------------ */

void access_emit_rules(struct access *access, const hj_rule_place *rules, uint32_t count);
void access_emit_names(struct access *access, const char *name, const hj_access_names *names);
void access_emit_words(struct access *access, const char *name, const hj_words *words);
void access_emit_services(struct access *access, const char *name, const hj_services *services);

/* "destination", "protocol" and "port"; null where they were not given. */
void access_emit_target(struct access *access, const hj_access_target *target);

/* "lines" */
void access_emit_list(struct access *access, const hj_access_list *list);

/* -- the subcommands: return an exit status -------------------------------------------------------- */

/* account, capability: NULL for a question about the network. */
int access_can(struct access *access, const char *source, const char *destination,
	const char *account, const char *capability);
int access_who(struct access *access, const char *destination);
int access_what(struct access *access, const char *source);
int access_matrix(struct access *access);
int access_graph(struct access *access);
/* `who` and `what` with --by: one column, one row; target NULL: a row. */
int access_by(struct access *access, const hj_access_target *target, hj_slice text);

#endif
