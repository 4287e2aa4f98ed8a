/*
 * The rules of inventories. Their examples are inventories too.
 */
#include "engine/inventory_parts.h"

#define ALICE           "\t\"users\": [{\"loginName\": \"alice@example.com\", \"role\": \"member\"}],\n"
#define DEVICE(members) "\t\"devices\": [{\"name\": \"web1\", " members "}],\n"
#define OWNED           "\"user\": \"alice@example.com\""

const hj_rule hj__inventory_rows[V_COUNT] = {
	[V_NOT_OBJECT] =
		{
			.code = "V001",
			.name = "inventory-not-object",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an inventory is no object",
			.why = "An inventory is one object with the lists \"users\" and "
			       "\"devices\". The answer of one request alone, or a bare list, "
			       "does not say what it lists.",
			.bad = "[{\"name\": \"web1\", \"tags\": [\"tag:web\"]}]\n",
			.good = "{\"devices\": [{\"name\": \"web1\", \"tags\": [\"tag:web\"]}]}\n",
			.fix = "put the list under \"users\" or \"devices\" in an object",
		},
	[V_TYPE] =
		{
			.code = "V002",
			.name = "inventory-type",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a value of an inventory is not of the type that its field has",
			.why = "It cannot be read and is left out, so answers about the device "
			       "or user would be those of another one.",
			.bad = "{\n" DEVICE("\"tags\": \"tag:web\", \"user\": "
					    "\"alice@example.com\"") "}\n",
			.good = "{\n" DEVICE("\"tags\": [\"tag:web\"]") "}\n",
			.fix = "write the value as the API does",
		},
	[V_UNNAMED] =
		{
			.code = "V003",
			.name = "inventory-without-name",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an entry of an inventory has no name",
			.why = "A user is known by \"loginName\", a device and a service by "
			       "\"name\". Without, nothing can refer to it, and it is left out.",
			.bad = "{\n\t\"devices\": [{\"tags\": [\"tag:web\"]}],\n}\n",
			.good = "{\n" DEVICE("\"tags\": [\"tag:web\"]") "}\n",
			.fix = "give it a name",
		},
	[V_TWICE] =
		{
			.code = "V004",
			.name = "inventory-duplicate",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a user, device or service stands twice in an inventory",
			.why = "Names are unique in a tailnet. Only the first of the entries is "
			       "read; if the two differ, one of them is not what the tailnet has.",
			.bad = "{\n\t\"devices\": [\n\t\t{\"name\": \"web1\", \"tags\": "
			       "[\"tag:web\"]},\n\t\t{\"name\": \"web1\", \"tags\": "
			       "[\"tag:db\"]},\n\t],\n}\n",
			.good = "{\n\t\"devices\": [\n\t\t{\"name\": \"web1\", \"tags\": "
				"[\"tag:web\"]},\n\t\t{\"name\": \"db1\", \"tags\": "
				"[\"tag:db\"]},\n\t],\n}\n",
			.fix = "remove one of them, or give it its own name",
		},
	[V_ADDRESS] =
		{
			.code = "V005",
			.name = "inventory-address",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an address or route of an inventory is malformed",
			.why = "Addresses stand alone, without length, port or brackets; routes "
			       "are ADDRESS/LENGTH. What is neither is left out.",
			.bad = "{\n" DEVICE("\"addresses\": [\"100.64.0.1/32\"], \"tags\": "
					    "[\"tag:web\"]") "}\n",
			.good = "{\n" DEVICE("\"addresses\": [\"100.64.0.1\"], \"tags\": "
					     "[\"tag:web\"]") "}\n",
			.fix = "write it as the API does: 100.64.0.1, 10.0.0.0/16",
		},
	[V_FOREIGN] =
		{
			.code = "V006",
			.name = "inventory-foreign-address",
			.severity = HJ_WARNING_LEVEL,
			.summary = "an address of an inventory is none that a tailnet gives",
			.why = "Tailnets give addresses from 100.64.0.0/10 without "
			       "100.115.92.0/23, and from fd7a:115c:a1e0::/48. Others are those of "
			       "a device's own network, which rules do not see: the address is "
			       "left out.",
			.bad = "{\n" DEVICE("\"addresses\": [\"192.168.1.5\"], \"tags\": "
					    "[\"tag:web\"]") "}\n",
			.good = "{\n" DEVICE("\"addresses\": [\"100.64.0.5\"], \"tags\": "
					     "[\"tag:web\"]") "}\n",
			.fix = "write the device's Tailscale address",
		},
	[V_TAKEN] =
		{
			.code = "V007",
			.name = "inventory-shared-address",
			.severity = HJ_ERROR_LEVEL,
			.summary = "two devices of an inventory have the same address",
			.why = "An address belongs to one device or service. The first keeps it, "
			       "so answers about the other are about a device without it.",
			.bad = "{\n\t\"devices\": [\n\t\t{\"name\": \"web1\", \"addresses\": "
			       "[\"100.64.0.1\"], \"tags\": [\"tag:web\"]},\n\t\t{\"name\": "
			       "\"db1\", \"addresses\": [\"100.64.0.1\"], \"tags\": "
			       "[\"tag:db\"]},\n\t],\n}\n",
			.good = "{\n\t\"devices\": [\n\t\t{\"name\": \"web1\", \"addresses\": "
				"[\"100.64.0.1\"], \"tags\": [\"tag:web\"]},\n\t\t{\"name\": "
				"\"db1\", \"addresses\": [\"100.64.0.2\"], \"tags\": "
				"[\"tag:db\"]},\n\t],\n}\n",
			.fix = "give each device its own",
		},
	[V_TAG] =
		{
			.code = "V008",
			.name = "inventory-tag",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a tag of a device is malformed",
			.why = "After \"tag:\" comes an ASCII letter, then letters, digits and "
			       "dashes. No device can have another tag, and it is left out.",
			.bad = "{\n" DEVICE("\"tags\": [\"web\"]") "}\n",
			.good = "{\n" DEVICE("\"tags\": [\"tag:web\"]") "}\n",
			.fix = "write \"tag:NAME\"",
		},
	[V_ROLE] =
		{
			.code = "V009",
			.name = "inventory-role",
			.severity = HJ_WARNING_LEVEL,
			.summary = "a user's role or type is none that there is",
			.why = "Roles are owner, admin, it-admin, network-admin, billing-admin, "
			       "auditor and member, types are member and shared. With another one, "
			       "what hangs on autogroups of roles cannot be answered.",
			.bad = "{\n\t\"users\": [{\"loginName\": \"alice@example.com\", "
			       "\"role\": \"root\"}],\n}\n",
			.good = "{\n\t\"users\": [{\"loginName\": \"alice@example.com\", "
				"\"role\": \"admin\"}],\n}\n",
			.fix = "write one of the roles",
		},
	[V_STRANGER] =
		{
			.code = "V010",
			.name = "inventory-unknown-user",
			.severity = HJ_WARNING_LEVEL,
			.summary = "a device belongs to a user who is not in the list",
			.why = "Where an inventory lists users, it lists all of them: who is not "
			       "there is no member, and the device counts as nobody's.",
			.bad = "{\n" ALICE DEVICE("\"user\": \"alise@example.com\"") "}\n",
			.good = "{\n" ALICE DEVICE(OWNED) "}\n",
			.fix = "add the user, or correct the login",
		},
	[V_NOBODY] =
		{
			.code = "V011",
			.name = "inventory-ownerless",
			.severity = HJ_WARNING_LEVEL,
			.summary = "a device has neither a user nor a tag",
			.why = "Every device belongs to a user or has tags. Only rules that name "
			       "its addresses mean this one.",
			.bad = "{\n" DEVICE("\"addresses\": [\"100.64.0.1\"]") "}\n",
			.good = "{\n" DEVICE("\"addresses\": [\"100.64.0.1\"], " OWNED) "}\n",
			.fix = "name its user or its tags",
		},
	[V_SERVICE] =
		{
			.code = "V012",
			.name = "inventory-service",
			.severity = HJ_ERROR_LEVEL,
			.summary = "the name of a service is malformed",
			.why = "Services are called \"svc:NAME\", the name being a label of DNS. "
			       "Rules cannot mean one with another name, and it is left out.",
			.bad = "{\n\t\"services\": [{\"name\": \"db\"}],\n}\n",
			.good = "{\n\t\"services\": [{\"name\": \"svc:db\"}],\n}\n",
			.fix = "write \"svc:NAME\"",
		},
	[V_IDLE_ROUTE] =
		{
			.code = "V013",
			.name = "inventory-idle-route",
			.severity = HJ_INFO_LEVEL,
			.summary = "a route is enabled and not advertised",
			.why = "A route that its device does not offer carries nothing, enabled "
			       "or not: it is left out until the device advertises it.",
			.bad = "{\n" DEVICE("\"tags\": [\"tag:web\"], \"advertisedRoutes\": [], "
					    "\"enabledRoutes\": [\"10.0.0.0/16\"]") "}\n",
			.good = "{\n" DEVICE("\"tags\": [\"tag:web\"], \"advertisedRoutes\": "
					     "[\"10.0.0.0/16\"], \"enabledRoutes\": "
					     "[\"10.0.0.0/16\"]") "}\n",
			.fix = "advertise it on the device, or disable it",
		},
	[V_OVERLAP] =
		{
			.code = "V014",
			.name = "inventory-overlapping-routes",
			.severity = HJ_INFO_LEVEL,
			.summary = "a route lies within a wider one of another device",
			.why = "Traffic takes the narrower route, and none when its device is "
			       "away. Rules for the network are sent to both devices. Equal routes "
			       "stand in for each other.",
			.bad = "{\n\t\"devices\": [\n\t\t{\"name\": \"rtr1\", \"tags\": "
			       "[\"tag:router\"], \"enabledRoutes\": [\"10.0.0.0/8\"]},\n\t\t"
			       "{\"name\": \"rtr2\", \"tags\": [\"tag:router\"], "
			       "\"enabledRoutes\": [\"10.1.0.0/16\"]},\n\t],\n}\n",
			.good = "{\n\t\"devices\": [\n\t\t{\"name\": \"rtr1\", \"tags\": "
				"[\"tag:router\"], \"enabledRoutes\": [\"10.1.0.0/16\"]},\n\t\t"
				"{\"name\": \"rtr2\", \"tags\": [\"tag:router\"], "
				"\"enabledRoutes\": [\"10.1.0.0/16\"]},\n\t],\n}\n",
			.fix = "make the routes equal, or part them, unless it is meant so",
		},
};

const hj_rule *hj_inventory_rules(size_t *count)
{
	*count = V_COUNT;
	return hj__inventory_rows;
}
