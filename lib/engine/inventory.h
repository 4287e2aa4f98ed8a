/*
 * An inventory: what only the tailnet knows, its users, devices and services, from one HuJSON
 * document in the shapes of the service's own API (tailnet API reference 6, 7; CLI contract,
 * "Inventory file").
 *
 *     {"tailnet": "example.com",
 *      "users":    [{"loginName": "alice@example.com", "role": "admin"}],
 *      "devices":  [{"name": "web1", "addresses": ["100.64.0.1", "fd7a:115c:a1e0::1"],
 *                    "user": "alice@example.com", "tags": ["tag:web"],
 *                    "advertisedRoutes": ["10.0.0.0/16"], "enabledRoutes": ["10.0.0.0/16"],
 *                    "attributes": {"node:os": "linux", "custom:tier": 3}}],
 *      "services": [{"name": "svc:db", "addrs": ["100.100.1.2"], "ports": ["tcp:5432"]}]}
 *
 * Unknown fields are ignored; services may be called "vipServices", as the API does. Texts are borrowed from the document and the inventory's arena; free
 * the inventory before the document. Linear, apart from sorting; no recursion.
 */
#ifndef HJ_ENGINE_INVENTORY_H
#define HJ_ENGINE_INVENTORY_H

#include "base/address.h"
#include "base/map.h"
#include "policy/policy.h"
#include "policy/selector.h"
#include "syntax/finding.h"

#define HJ_NONE UINT32_MAX /* an index that means nothing */

typedef struct hj_inventory_user {
	uint32_t node;
	hj_slice login;
	hj_autogroup role; /* OWNER, ADMIN, IT_ADMIN, …, MEMBER; UNKNOWN when it is not said */
	bool shared; /* "type" is "shared": somebody of another tailnet who accepted a share */
} hj_inventory_user;

typedef enum hj_fact_type { HJ_FACT_TEXT, HJ_FACT_NUMBER, HJ_FACT_BOOLEAN } hj_fact_type;

/* A posture attribute of a device; values of other types are left out and found. */
typedef struct hj_device_attribute {
	uint32_t node;
	hj_slice name; /* "node:os" */
	hj_fact_type type;
	hj_slice text; /* a string's value, a number's digits */
	double number; /* of a number */
	bool truth;    /* of a boolean */
} hj_device_attribute;

typedef struct hj_device {
	uint32_t node;
	hj_slice name; /* "name", as the API says it, "vault.tailexample.ts.net", else "hostname";
			  never empty */
	hj_address *addresses; /* IPv4 first, in the order of the document otherwise */
	uint32_t address_count;
	uint32_t user; /* in users; HJ_NONE for a tagged device, or nobody known */
	hj_word *tags; /* lower case, each once, in the order of the document */
	uint32_t tag_count;
	/* Routes, masked, each once, in the order of the document. Enabled are only those that are
	   advertised too; where "advertisedRoutes" is not there, those enabled are advertised. */
	hj_prefix *advertised, *enabled;
	uint32_t advertised_count, enabled_count;
	hj_device_attribute *attributes; /* sorted by name */
	uint32_t attribute_count;
	bool external; /* shared in from another tailnet: its user is no member here */
} hj_device;

typedef struct hj_inventory_service {
	uint32_t node;
	hj_slice name; /* "svc:db" */
	hj_address *addresses;
	uint32_t address_count;
	hj_word *tags;
	uint32_t tag_count;
} hj_inventory_service;

typedef struct hj_inventory {
	const hj_document *document;
	hj_slice tailnet; /* a domain, or the owner's login; size 0: not said */
	bool has_users;   /* there is a list of users: who is not in it is no member */
	bool has_devices; /* likewise */
	/* Those of the list; where there is none, those whom devices name, whose node is that text. */
	hj_inventory_user *users;
	uint32_t user_count;
	hj_device *devices;
	uint32_t device_count;
	hj_inventory_service *services;
	uint32_t service_count;
	hj_map names, labels; /* of devices → index: names, and the first labels of domains */
	hj_arena arena;
} hj_inventory;

/*
 * Reads an inventory, and adds what is wrong with it (rules V001 and on): not an object, wrong
 * types, a user or device that stands twice, an address that two devices have, one that is
 * malformed or outside the tailnet's ranges, a device of an unknown user or of nobody, enabled routes
 * that are not advertised or lie in another device's, malformed tags, unknown roles. What is wrong is
 * left out, the rest is read; null is as good as nothing. What the API lists of a healthy tailnet has
 * notes (HJ_INFO_LEVEL) at most. HJ_NO_MEMORY: there is nothing to free.
 */
HJ_API hj_status hj_inventory_bind(const hj_document *document, const hj_allocator *allocator,
	hj_findings *findings, hj_inventory *out);
HJ_API void hj_inventory_free(hj_inventory *inventory);
/* By name, or by the first label of a name that is a domain and unique; HJ_NONE when there is none. */
HJ_API uint32_t hj_inventory_device(const hj_inventory *inventory, hj_slice name);

/* The rules V001 and on, ordered by code. */
const hj_rule *hj_inventory_rules(size_t *count);

#endif
