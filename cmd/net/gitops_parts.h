/*
 * What the files of `hujson gitops` share.
 *
 *	gitops.c        options and verbs
 *	gitops_cache.c  the file that says which version was applied last
 *	gitops_say.c    what is said, in the pusher's own form
 */
#ifndef HJ_CMD_NET_GITOPS_PARTS_H
#define HJ_CMD_NET_GITOPS_PARTS_H

#include "api/etag.h"
#include "api/json.h"
#include "cmd/net/connect.h"
#include "cmd/net/local.h"

enum { DIGITS = 64 }; /* of a hash */

struct gitops {
	struct app *app;
	const struct arguments *arguments;
	struct connection connection;
	const char *policy_path, *cache_path;
	bool github, stop_on_edits, applies;
	struct local local;
	hj_etag local_etag;
	hj_text cached; /* what the cache has; empty: there is none */
	bool stopped;   /* edited elsewhere, which was said */
};

/* A file that is not there, or makes no sense, is none. */
int read_cache(struct gitops *this);
int write_cache(struct gitops *this, hj_slice etag);
/* The pusher's own `checksum` leaves a hash without its first and last digit. */
bool cache_is(const struct gitops *this, hj_slice etag);

/* The three hashes, on standard error. */
void say_hashes(struct gitops *this, hj_slice etag);
/* The policy is not what was applied last. False: that is a reason to stop. */
bool allows_edits(struct gitops *this, hj_slice etag);
/* What the service does not like. False: it says nothing. */
bool say_refusal(struct gitops *this, hj_json *json);

#endif
