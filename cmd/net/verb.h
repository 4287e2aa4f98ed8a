/*
 * The verbs of `hujson tailnet`: one row and one function each.
 */
#ifndef HJ_CMD_NET_VERB_H
#define HJ_CMD_NET_VERB_H

#include "cmd/net/connect.h"

struct verb {
	const char *name;
	unsigned least, most; /* operands after the verb */
	int (*run)(struct connection *connection, const struct arguments *arguments,
		char **operands, size_t count);
	unsigned how; /* a mask of the following */
};
enum {
	VERB_OFFLINE = 1, /* asks nobody: of the connection only the app is there */
	VERB_PAGED = 2,   /* its answer may be long */
};

/* The rows of one file, ended by a name of NULL. */
extern const struct verb policy_verbs[];   /* get, status */
extern const struct verb validate_verbs[]; /* validate, test, preview */
extern const struct verb push_verbs[];     /* push */
extern const struct verb list_verbs[];     /* devices, users, keys, services, dns, posture */
extern const struct verb snapshot_verbs[];
extern const struct verb api_verbs[];
extern const struct verb endpoint_verbs[];

/*
 * Prints a JSON answer: whole, or the value that --select points to (a string as its text), laid out
 * for people unless --compact. EXIT_NETWORK: it is no JSON, which was said.
 */
int print_json(struct app *app, const struct arguments *arguments, hj_slice body);

#endif
