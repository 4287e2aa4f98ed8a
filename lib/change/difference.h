/*
 * The difference of two policies: what may be done under one and not under the other.
 *
 * Exact, nothing is sampled. Policies only allow, so it is enough to compare what the smallest
 * subjects may do: a user whom somebody names, a member whom nobody names, a holder of a role, a
 * device with one tag, a stretch of addresses that no rule cuts. Whoever is several of them may do
 * what each of them may. So comments, order, duplicates, groups written out, aliases for addresses,
 * rules that were split or joined, and acls turned into grants make no difference. Two policies are
 * equal when no device, whatever it is, can tell them apart; this hangs on no fact that only the
 * tailnet knows.
 *
 * What is taken as it stands: conditions of postures are compared in a normal form, of which none but
 * the same implies another ("node:osVersion >= '14'" does not imply ">= '13'"); the tags of "via" are
 * compared, not the routes of the devices that have them, which have to lead to the very address; parameters of capabilities are JSON values;
 * placeholders of templates are texts; a tag that owns a tag stands for its devices. acceptEnv and
 * recorders of ssh rules are not compared.
 *
 * Both worlds must stand on the same inventory, or none, and outlive the call only: a difference
 * owns its texts. The documents must be free of syntax errors; what the service would refuse is
 * compared as far as it means something. Near-linear in both policies and in what differs.
 */
#ifndef HJ_CHANGE_DIFFERENCE_H
#define HJ_CHANGE_DIFFERENCE_H

#include "engine/reach.h"

/* What people may do, by the section that lets them. Bits of a mask: 1u << plane. */
typedef enum hj_plane {
	HJ_PLANE_NETWORK,   /* acls, grants: reach a service */
	HJ_PLANE_APP,       /* grants: have a capability of an application */
	HJ_PLANE_SSH,       /* ssh: log in as an account, with a check or without */
	HJ_PLANE_TAG_OWNER, /* tagOwners: give a tag to a device */
	HJ_PLANE_APPROVER,  /* autoApprovers: have a route, exit node or service approved */
	HJ_PLANE_ATTRIBUTE, /* nodeAttrs and the top-level switches: have an attribute */
} hj_plane;
enum { HJ_PLANE_COUNT = HJ_PLANE_ATTRIBUTE + 1, HJ_ALL_PLANES = (1 << HJ_PLANE_COUNT) - 1 };
/* "network", "app", "ssh", "tag-owner", "approver", "attribute" */
HJ_API const char *hj_plane_name(hj_plane plane);

enum { HJ_OLD, HJ_NEW, HJ_SIDES };

typedef struct hj_names {
	const hj_slice *items;
	uint32_t count;
	uint32_t left_out; /* that had no place: there are at most 64 */
} hj_names;

/*
 * A flow that one policy allows and the other does not; of other planes than the network source and
 * destination alone. hj_reach says so too, once the conditions of the change are taken to hold and
 * other facts not to.
 */
typedef struct hj_difference_flow {
	/* Without the indexes, which differ between worlds: hj_subject_place finds them. */
	hj_subject source, destination;
	bool routed;      /* the source is an address in an approved route */
	bool own;         /* the destination is a device of the source's own user: autogroup:self */
	int16_t protocol; /* IANA number */
	int32_t port;     /* -1: the protocol has none */
	hj_slice account; /* HJ_PLANE_SSH */
	hj_names posture; /* conditions that the source's device meets */
} hj_difference_flow;

/* The rules of one side, each once, ascending: nodes of its document. */
typedef struct hj_rule_nodes {
	const uint32_t *items;
	uint32_t count;
	uint32_t left_out; /* that had no place: there are at most 16 */
} hj_rule_nodes;

/*
 * Sources may now do it (or no longer), to every destination, as far as the conditions hold. The
 * words are the widest that are true, of the policy that allows it: "group:eng" when every member
 * gains, the members when only some do.
 */
typedef struct hj_change {
	hj_plane plane;
	bool gained; /* else lost */
	/* Not all of it differs: the exact pieces would be too many lines. Something in it does. */
	bool partly;
	hj_names sources;      /* selectors; of APPROVER and ATTRIBUTE the devices */
	hj_names destinations; /* selectors, "autogroup:self"; of TAG_OWNER tags; else none */
	/* Services as a grant's "ip" has them; capabilities; accounts; routes, "exit node", services;
	   attributes. Of TAG_OWNER none. */
	hj_names what;
	hj_names had;        /* services among these that are no difference; mostly none */
	hj_names conditions; /* "posture:managed", "via tag:router", "via exit nodes with tag:exit",
				"with a check every 12h" */
	/* Whom of the last source, and what of the last destination, it does not concern. */
	hj_names excepted, excepted_destinations;
	hj_slice sentence; /* all of it: "group:eng may reach tcp:22 on tag:prod" */
	hj_difference_flow witness;
	/* The side that allows: the rules that do. The other side: those that come nearest, perhaps
	   none. In the order HJ_OLD, HJ_NEW. */
	hj_rule_nodes rules[HJ_SIDES];
} hj_change;

/* What a policy's network rules are as a whole. */
typedef enum hj_stance {
	HJ_STANCE_RULES,
	HJ_STANCE_ALL,     /* neither "acls" nor "grants": everything is allowed */
	HJ_STANCE_NOTHING, /* no rule allows anything */
} hj_stance;

typedef struct hj_difference {
	hj_change *changes; /* gained before lost, then by plane and by the rules' places */
	uint32_t count;
	uint32_t gained, lost;                /* all there are, left out or not */
	uint32_t left_out;                    /* gained + lost - count */
	uint32_t by_plane[HJ_PLANE_COUNT][2]; /* lost, gained: likewise all there are */
	hj_stance stance[HJ_SIDES];
	hj_arena arena;
} hj_difference;

typedef struct hj_difference_options {
	unsigned planes;      /* a mask; 0: all */
	uint32_t max_changes; /* that are described, half of them lost ones if need be; 0: 1000 */
} hj_difference_options;

/*
 * What changes from the old world to the new one. options may be NULL. Swapping the worlds swaps
 * gained and lost and changes nothing else. HJ_NO_MEMORY: there is nothing to free.
 */
HJ_API hj_status hj_difference_find(hj_world *old_world, hj_world *new_world,
	const hj_difference_options *options, const hj_allocator *allocator, hj_difference *out);
HJ_API void hj_difference_free(hj_difference *difference);

/*
 * Is there no difference? Stops at the first one. planes: a mask; 0: all. Cheap when little was
 * changed: what both sides say in the same words is not looked at again.
 */
HJ_API hj_status hj_difference_equal(hj_world *old_world, hj_world *new_world, unsigned planes,
	const hj_allocator *allocator, bool *equal);

/*
 * Finds a witness's subject in a world: its index. A user or tag that the world does not know
 * becomes a member, or a tag, whom nobody names there. HJ_NO_MEMORY only.
 */
HJ_API hj_status hj_subject_place(hj_world *world, hj_subject *subject);

#endif
