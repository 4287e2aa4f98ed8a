/*
 * The world: a policy joined with what is known of its tailnet. Who is in which group, what a
 * selector stands for, which routes are approved (control plane reference 1 to 4).
 *
 * Everything is an index: users, groups, tags, devices, services, and terms (policy.h: the distinct
 * selectors, each classified once). Built in near-linear time; borrowed from the policy and the
 * inventory, free it before them. The lists that are made when first asked for make a world unfit for
 * two threads at once.
 */
#ifndef HJ_ENGINE_WORLD_H
#define HJ_ENGINE_WORLD_H

#include "base/map.h"
#include "engine/inventory.h"

/* Indexes, ascending, each once. */
typedef struct hj_ids {
	uint32_t *items;
	uint32_t count;
} hj_ids;

/* The inventory's users first, in its order, then those that only the policy names. */
typedef struct hj_user {
	hj_slice login;
	hj_slice domain;   /* after its last "@" */
	hj_autogroup role; /* UNKNOWN: nobody says */
	bool listed;       /* by the inventory */
	bool shared;       /* of another tailnet */
	hj_ids groups;     /* that list it */
	hj_ids devices;    /* its untagged ones */
} hj_user;

/*
 * Those that the policy defines, in its order, then those that it only uses. Of a name that stands
 * twice the first counts, as everywhere in a policy.
 */
typedef struct hj_group {
	hj_slice name;  /* with "group:" */
	uint32_t entry; /* in policy->groups, or HJ_NONE */
	bool synced;    /* group:name@domain, or used without a definition: members are not known */
	hj_ids members; /* users */
} hj_group;

/* Those in tagOwners, in its order, then those that rules or devices have. */
typedef struct hj_tag {
	hj_slice name;  /* with "tag:", lower case */
	uint32_t entry; /* in policy->tag_owners, or HJ_NONE */
	hj_ids devices;
} hj_tag;

typedef struct hj_node_device {
	uint32_t user; /* in users, or HJ_NONE */
	hj_ids tags;   /* in tags */
	/* Approved subnet routes, as in routes below: enabled ones, and those that autoApprovers
	   approves for its tags or its user. */
	hj_prefix *routes;
	uint32_t route_count;
	bool exits_v4, exits_v6; /* an exit route is approved */
} hj_node_device;

/* An approved subnet route, and the devices that have it. */
typedef struct hj_route {
	hj_prefix prefix; /* masked */
	uint32_t wider;   /* the nearest route around it, in routes, or HJ_NONE */
	hj_ids devices;
} hj_route;

/* What a term stands for; which fields count hangs on its kind. */
typedef struct hj_meaning {
	uint32_t index;         /* of the user, group, tag or service; HJ_NONE: it is not known */
	const hj_range *ranges; /* of addresses, prefixes, hosts, IP sets, autogroup:internet, and
				   services with known addresses: disjoint and ascending */
	uint32_t range_count;
	bool defined; /* a host or IP set that the policy defines; true for all else */
} hj_meaning;

typedef struct hj_world {
	const hj_policy *policy;
	const hj_inventory *inventory; /* NULL: nothing is known */
	hj_slice domain;               /* of the tailnet; size 0: not known */
	hj_user *users;
	hj_group *groups;
	hj_tag *tags;
	hj_node_device *devices; /* as many as the inventory has, in its order */
	uint32_t user_count, group_count, tag_count, device_count;
	hj_route *routes; /* all approved subnet routes, each once: by address, wider ones first */
	uint32_t route_count;
	const hj_inventory_service *services; /* the inventory's */
	uint32_t service_count;
	hj_meaning *meanings; /* of each term of the policy */
	/* By login and by name, which are in lower case here but for groups: nobody knows whether the
	   service tells apart logins by case, and it lower-cases some of them. */
	hj_map user_of, group_of, tag_of, service_of;
	struct hj__world_parts *parts; /* private to world.c */
	hj_arena arena;
} hj_world;

/*
 * inventory may be NULL. tailnet overrides the inventory's (size 0: it does not). HJ_NO_MEMORY: there
 * is nothing to free.
 */
HJ_API hj_status hj_world_build(const hj_policy *policy, const hj_inventory *inventory,
	hj_slice tailnet, const hj_allocator *allocator, hj_world *out);
HJ_API void hj_world_free(hj_world *world);

/* The index of a user, group, tag or service by its name in any case (groups: as written), or
   HJ_NONE. HJ_NO_MEMORY only. */
HJ_API hj_status hj_world_find(hj_world *world, const hj_map *map, hj_slice name, uint32_t *out);

/*
 * The devices of the inventory that a term means by identity (a user, group, tag, autogroup, domain,
 * "*") or by an address of theirs that lies in its ranges. Made once for each term; autogroup:self
 * and autogroup:internet mean none. HJ_NO_MEMORY only.
 */
HJ_API hj_status hj_world_devices(hj_world *world, uint32_t term, hj_ids *out);
/* The device that has an address, or HJ_NONE. Logarithmic. */
HJ_API uint32_t hj_world_device_at(const hj_world *world, hj_address address);
/*
 * The users that a term means, as far as they are known: itself, the members of a group, of a domain,
 * of autogroup:member or a role, or everybody. Made once for each.
 */
HJ_API hj_status hj_world_members(hj_world *world, uint32_t term, hj_ids *out);
/*
 * Is a user in autogroup:member, autogroup:shared or a role, by what the inventory says? The owner is
 * an admin too. An unknown role is no role; a user whom a list of users lacks is no member.
 */
HJ_API bool hj_user_is(const hj_world *world, uint32_t user, hj_autogroup autogroup);
/* Is a device one of those that a selector means by identity? */
HJ_API bool hj_device_is(const hj_world *world, uint32_t device, uint32_t term);

/*
 * The approved subnet routes that overlap a range: from narrow to wide those around its first
 * address, then those that begin in it.
 *
 *     for (uint32_t at = hj_route_first(world, range); at != HJ_NONE;
 *             at = hj_route_next(world, range, at))
 */
HJ_API uint32_t hj_route_first(const hj_world *world, hj_range range);
HJ_API uint32_t hj_route_next(const hj_world *world, hj_range range, uint32_t at);

/*
 * The ranges in which devices of a tailnet have their addresses: 100.64.0.0/10 without
 * 100.115.92.0/23, and fd7a:115c:a1e0::/48 (control plane 3.2). Does a range lie inside, or touch
 * them?
 */
HJ_API const hj_range *hj_tailnet_ranges(uint32_t *count);
HJ_API bool hj_tailnet_contains(hj_range range);
HJ_API bool hj_tailnet_overlaps(hj_range range);
/* The public ranges of autogroup:internet, in the service's order (control plane 3.4). */
HJ_API const hj_range *hj_internet_ranges(uint32_t *count);

#endif
