/*
 * What a command line says of the tailnet: --inventory, --tailnet, --assume. One way for all
 * commands that need to know more than a policy says.
 *
 *     struct knowledge knowledge;
 *     int status = knowledge_open(app, arguments, &knowledge);
 *     struct joined joined;
 *     if (!status)
 *             status = knowledge_join(&knowledge, path, document, &joined);
 *     if (!status) {
 *             … hj_reach_build(&joined.world, &knowledge.assumptions, …) …
 *             joined_free(&joined);
 *     }
 *     knowledge_close(&knowledge);     // always, after open
 */
#ifndef HJ_CMD_KNOWLEDGE_H
#define HJ_CMD_KNOWLEDGE_H

#include "cmd/editing.h"
#include "cmd/options.h"

/* Rows for the table of options. */
#define KNOWLEDGE_INVENTORY                                                                        \
	{                                                                                          \
		"inventory", 'i', "FILE", NULL, "the tailnet's users, devices and services"        \
	}
#define KNOWLEDGE_TAILNET                                                                          \
	{                                                                                          \
		"tailnet", 0, "NAME", NULL, "the tailnet's domain, or its owner's login"           \
	}
#define KNOWLEDGE_ASSUME                                                                           \
	{                                                                                          \
		"assume", 0, "FACT", NULL,                                                         \
			"take FACT for true, \"not FACT\" for false; yes or no: all that are not " \
			"known"                                                                    \
	}

/* For the description of a command with --inventory. */
#define KNOWLEDGE_DESCRIPTION                                                                      \
	"The inventory is one HuJSON object with the lists \"users\", \"devices\" and "            \
	"\"services\" in the shapes of the API, and \"tailnet\", a domain or the owner's login. "  \
	"Without users, logins are taken for members; with the tailnet's name, those of other "    \
	"domains may be guests to whom a device is shared.\n"
/* For one with --assume. */
#define KNOWLEDGE_ASSUME_DESCRIPTION                                                               \
	"--assume decides what only the tailnet knows, in the words in which an answer says what " \
	"it hangs on, and may be given several times: --assume 'ann@example.com is "               \
	"autogroup:admin', --assume 'not bob@example.com is autogroup:admin', --assume no for "    \
	"all others.\n"

struct knowledge {
	struct app *app;
	const hj_inventory *inventory; /* NULL: there was no --inventory */
	hj_slice tailnet;              /* --tailnet, else empty: the inventory's holds */
	hj_assumptions assumptions;    /* for hj_reach_build */
	/* Private. */
	struct opened opened;
	hj_inventory bound;
	hj_map facts;
};

/*
 * Reads the options that the command's table has. Warnings about the inventory are shown on
 * standard error, as `lint` shows findings. EXIT_TROUBLE, and it was said why: unreadable, no HuJSON,
 * errors in the inventory (whatever is left of it would give wrong answers), facts that contradict
 * each other, standard input named twice.
 */
int knowledge_open(struct app *app, const struct arguments *arguments, struct knowledge *knowledge);
void knowledge_close(struct knowledge *knowledge);

/* A policy, and what is known of its tailnet. */
struct joined {
	hj_policy policy;
	hj_world world;
};

/* tailnet: of this policy's configuration, for want of --tailnet; may be empty. EXIT_TROUBLE: no
   memory, which was said of path. */
int knowledge_join(const struct knowledge *knowledge, const char *path, const hj_document *document,
	hj_slice tailnet, struct joined *out);
/* The same of a policy that is bound already, and is taken over, also in trouble. */
int knowledge_join_bound(const struct knowledge *knowledge, const char *path, hj_policy policy,
	hj_slice tailnet, struct joined *out);
void joined_free(struct joined *joined);

#endif
