/*
 * What the files of `hujson tailnet push` share.
 *
 *	push.c         the verb: deciding and reporting
 *	push_local.c   what is looked at before anything is sent: the file, the inventory, the base
 *	push_access.c  what a change lets people do
 *	push_three.c   three policies: a base, what the tailnet made of it, what the file made of it
 */
#ifndef HJ_CMD_NET_PUSH_H
#define HJ_CMD_NET_PUSH_H

#include "change/difference.h"
#include "cmd/inputs.h"
#include "cmd/net/verb.h"
#include "engine/inventory.h"

enum { SHOWN_CHANGES = 200 };

struct pushing {
	struct connection *connection;
	struct app *app;
	const struct arguments *arguments;
	const char *path; /* of the local file */
	hj_slice local;
	hj_inventory inventory;
	hj_source *inventory_source;
	hj_document *inventory_document;
	bool has_inventory;
	uint64_t max_gained;
	hj_text base; /* of --base */
	const char *base_name;
	bool has_base;
	bool refused;   /* by a guard, by --fail-on or by the base, not by a person */
	bool failed;    /* no memory */
	hj_text before; /* the remote policy as it was read first */
};

/* -- push_local.c: exit statuses, and it was said why -- */
int push_read_inventory(struct pushing *this, const char *path);
int push_read_base(struct pushing *this, const char *name);
int push_read_max_gained(struct pushing *this);
/* What the service would refuse is not sent: it would say less about why. */
int push_check_local(struct pushing *this, struct input *input);

/* -- push_access.c -- */

/* A policy as a world, however it was read. */
struct side {
	hj_source *source;
	hj_document *document;
	hj_policy policy;
	hj_world world;
	bool bound, built;
};
/* HJ_SYNTAX: it does not parse, and has no world. Free it either way. */
hj_status side_build(const struct pushing *this, hj_slice text, struct side *out);
void side_free(struct side *side);
void print_change(struct app *app, const hj_change *change);
/*
 * Shows what one text allows and the other does not, with guards, and sets refused. A text that does
 * not parse allows nobody knows what, which is said.
 */
hj_status push_show_change(struct pushing *this, hj_slice from, hj_slice to);

/* -- push_three.c -- */

/*
 * Shows what the tailnet and the file each made of a base: access by the engine's difference, text
 * entry by entry, and where they met. *undone: the file lacks something that the tailnet has made.
 */
hj_status push_show_three(
	struct pushing *this, const char *base_name, hj_slice base, hj_slice remote, bool *undone);

#endif
