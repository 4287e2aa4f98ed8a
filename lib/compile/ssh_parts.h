/*
 * What the files ssh_*.c share: who may connect (ssh_principals.c), what rules say (ssh_texts.c),
 * and which devices get them (ssh_filter.c).
 *
 * Shared inside the folder. Out of memory is `ok` becoming false; whatever comes after does nothing.
 */
#ifndef HJ_COMPILE_SSH_PARTS_H
#define HJ_COMPILE_SSH_PARTS_H

#include "compile/ssh_filter.h"
#include "engine/world_parts.h"

/* Whose addresses may connect; the same sources share one. */
typedef struct hj__principals {
	const uint32_t *texts; /* sorted numbers; twice what counts twice */
	uint32_t count;
	hj_slice json; /* made when a device first needs it; size 0: not yet */
} hj__principals;

typedef struct hj__login_rule {
	uint32_t principals;
	hj_slice users; /* the map, as JSON */
	hj_slice rest;  /* what follows it */
} hj__login_rule;

struct hj_ssh_filter {
	hj_world *world;
	const hj__texts *texts;
	hj__postures *postures;
	hj_arena arena;
	bool ok;
	hj__principals *principals;
	size_t principals_count, principals_capacity;
	hj_map by_terms;      /* sorted terms and postures → the principals */
	uint32_t *of_users;   /* of each user, without posture; HJ_NONE: not made yet */
	uint32_t *of_devices; /* of each device alone, likewise */
	hj__login_rule *rules;
	size_t rule_count, rule_capacity;
	hj__pairs pairs;         /* device and rule, while entries are read */
	hj_ids *of_device;       /* rules, in order */
	uint32_t *stamps, stamp; /* who met a device last */
	uint32_t *numbers;       /* scratch */
	size_t number_count, number_capacity;
	hj_text scratch;
};

/* Appends to the scratch numbers; sorts them, and keeps them in the arena (NULL: no memory). */
void hj__ssh_push(hj_ssh_filter *filter, uint32_t number);
uint32_t *hj__ssh_keep(hj_ssh_filter *filter);
/* The same as a set. */
hj_ids hj__ssh_keep_ids(hj_ssh_filter *filter);
/* The devices of a term. */
hj_ids hj__ssh_devices(hj_ssh_filter *filter, uint32_t term);
bool hj__ssh_is(const hj_ssh_filter *filter, uint32_t term, hj_autogroup autogroup);

/* A device is met for the first time since the stamp was new. */
void hj__ssh_new_stamp(hj_ssh_filter *filter);
bool hj__ssh_first_time(hj_ssh_filter *filter, uint32_t device);

/*
 * Principals: all that an entry's sources mean, a user's devices, some devices, one device. Where a
 * posture is asked for, only devices that meet it; NULL: it is not.
 */
uint32_t hj__principals_of(hj_ssh_filter *filter, const hj_words *sources, const hj_words *posture);
uint32_t hj__principals_of_user(hj_ssh_filter *filter, uint32_t user, const hj_words *posture);
uint32_t hj__principals_of_devices(hj_ssh_filter *filter, hj_ids devices);
uint32_t hj__principals_of_device(hj_ssh_filter *filter, uint32_t device);
/* `{"principals": […], "sshUsers": `: how a rule with them begins. */
hj_slice hj__principals_json(hj_ssh_filter *filter, uint32_t principals);

/* The scratch text, kept. */
hj_slice hj__ssh_keep_text(hj_ssh_filter *filter);
/* From the account that is asked for to the local one (9.1), and a user's own account (9.3). */
hj_slice hj__ssh_users(hj_ssh_filter *filter, const hj_words *users);
hj_slice hj__ssh_local_user(hj_ssh_filter *filter, const hj_user *user);
/* The action and the environment. */
hj_slice hj__ssh_rest(hj_ssh_filter *filter, const hj_ssh_rule *entry, bool check);

#endif
