/*
 * The plain twin of access: may this reach that? Written once more from the references alone
 * (control plane 2 to 7; policy language 4, 5, 7, 8, 13), by brute force: every question looks at
 * every rule, every selector and every device again. It shares the readers of policies, inventories,
 * selectors, ports, operations and conditions with the library, and nothing of lib/engine beyond them.
 *
 * It wants a whole inventory, with users and their roles, and asks of devices and single addresses
 * alone. It aborts where memory is out. Nothing but tests and fuzz targets may use it.
 */
#ifndef HJ_FUZZ_TWIN_REACH_H
#define HJ_FUZZ_TWIN_REACH_H

#include "engine/inventory.h"

struct twin_net {
	const hj_policy *policy;
	const hj_inventory *inventory;
	/* As packet filters can say it: a router's rule has the destination as it is written, so one
	   that is an exit node too lets pass what an IP set has beyond its routes. What an IP set
	   means with "via" is left open there. */
	bool delivered;
};

/* A device with all its addresses, or an address alone (then device is found out). */
struct twin_end {
	uint32_t device; /* HJ_NONE: the address alone */
	hj_address address;
};

enum twin_answer {
	TWIN_NO,
	TWIN_MAYBE, /* hangs on a posture that nobody knows */
	TWIN_YES,
};

/* protocol -1: TCP or UDP. port -1: any. */
enum twin_answer twin_may(const struct twin_net *net, const struct twin_end *from,
	const struct twin_end *to, int protocol, int port);

/* Is an address in an approved subnet route of a device; is a device an exit node? */
bool twin_routes(const struct twin_net *net, uint32_t device, hj_address address);
bool twin_exits(const struct twin_net *net, uint32_t device);
/* One of autogroup:internet? */
bool twin_public(hj_address address);

#endif
