/*
 * The rules of acceptance for acls and grants.
 */
#include "policy/acceptance.h"

const hj_rule hj__acl_rows[A_COUNT] = {
	[A_ACTION] =
		{
			.code = "A001",
			.name = "acl-action",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an ACL rule has an action other than accept",
			.why = "Everything that no rule accepts is denied, so there is nothing "
			       "else to say. "
			       "The service refuses the whole policy.",
			.bad = "{\n"
			       "\t\"acls\": [\n"
			       "\t\t{\"action\": \"deny\", \"src\": [\"*\"], \"dst\": "
			       "[\"*:443\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"acls\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": "
				"[\"*:443\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write \"accept\", or leave the rule out",
			.service = "action=\"‹action›\" is not supported",
		},
	[A_SELF_SOURCE] =
		{
			.code = "A002",
			.name = "self-as-source",
			.severity = HJ_ERROR_LEVEL,
			.summary = "autogroup:self is a source",
			.why = "It means the devices of whoever connects, so it can only be a "
			       "destination. "
			       "The service refuses the whole policy.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t{\"src\": [\"autogroup:self\"], \"dst\": "
			       "[\"autogroup:internet\"], \"ip\": "
			       "[\"443\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [\n"
				"\t\t{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"autogroup:internet\"], \"ip\": "
				"[\"443\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write \"autogroup:member\" as source",
			.service = "\"autogroup:self\" not valid on the src side of a rule",
		},
	[A_SELF_PARTNER] =
		{
			.code = "A003",
			.name = "self-with-source",
			.severity = HJ_ERROR_LEVEL,
			.summary = "autogroup:self is a destination of sources that have no "
				   "devices of their own",
			.why = "Tags, addresses, hosts and networks are no users, so they have no "
			       "own devices "
			       "to go to; in a grant \"*\" is refused as well. One such source "
			       "among good ones "
			       "is enough for the service to refuse the policy.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t{\"src\": [\"*\"], \"dst\": [\"autogroup:self\"], \"ip\": "
			       "[\"443\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [\n"
				"\t\t{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"autogroup:self\"], \"ip\": "
				"[\"443\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "give autogroup:self a rule of its own, with users, groups or "
			       "autogroup:member",
			.service = "autogroup:self can only be used with users, groups, or "
				   "supported autogroups",
		},
	[A_SOURCE] =
		{
			.code = "A004",
			.name = "source-not-allowed",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a text cannot be the source of a rule",
			.why = "Sources are users, groups, tags, autogroups, hosts, IP sets and "
			       "addresses. A "
			       "service, a range, an account or a text that is no selector at all "
			       "connects to "
			       "nothing.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t{\"src\": [\"autogroup:internet\"], \"dst\": [\"*\"], \"ip\": "
			       "[\"443\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [\n"
				"\t\t{\"src\": [\"autogroup:member\"], \"dst\": [\"*\"], \"ip\": "
				"[\"443\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "name a source that can connect",
		},
	[A_DESTINATION] =
		{
			.code = "A005",
			.name = "destination-not-allowed",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a text cannot be the destination of a rule",
			.why = "Destinations are users, groups, tags, most autogroups, hosts, IP "
			       "sets, "
			       "services and addresses. People with whom devices are shared, "
			       "ranges, accounts "
			       "and texts that are no selector cannot be reached.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t{\"src\": [\"*\"], \"dst\": [\"autogroup:shared\"], \"ip\": "
			       "[\"443\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [\n"
				"\t\t{\"src\": [\"*\"], \"dst\": [\"autogroup:member\"], \"ip\": "
				"[\"443\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "name a destination that can be reached",
		},
	[A_MISSING_PORT] =
		{
			.code = "A006",
			.name = "missing-port",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a destination of an ACL rule has no port",
			.why = "The service cuts the text at its last colon, takes what stands "
			       "there for the "
			       "ports, and complains about a port that nobody meant: of "
			       "\"tag:web\" it finds "
			       "\"web\" to be none.",
			.bad = "{\n"
			       "\t\"acls\": [\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": "
			       "[\"autogroup:member\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"acls\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": "
				"[\"autogroup:member:*\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "append \":443\", or \":*\" for all ports",
			.service = "dst=\"‹text›\": port range \"‹end›\": invalid first integer",
		},
	[A_PORT] =
		{
			.code = "A007",
			.name = "bad-port",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a port of a destination is none",
			.why = "Ports are numbers from 1 to 65535, ranges of them with a dash, "
			       "lists of both "
			       "with commas, or \"*\". Names such as ssh are not known, and 0 is "
			       "no port.",
			.bad = "{\n"
			       "\t\"acls\": [\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": "
			       "[\"*:ssh\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"acls\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": "
				"[\"*:22\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write the number",
			.service = "dst=\"‹text›\": port range \"‹port›\": invalid first integer",
		},
	[A_PROTOCOL] =
		{
			.code = "A008",
			.name = "unknown-protocol",
			.severity = HJ_ERROR_LEVEL,
			.summary = "\"proto\" names no protocol",
			.why = "A protocol is one of a few names, in any case, or a number up to "
			       "255. "
			       "Application protocols such as http are ports of tcp.",
			.bad = "{\n"
			       "\t\"acls\": [\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": "
			       "[\"*:443\"], \"proto\": \"http\"},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"acls\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": "
				"[\"*:443\"], \"proto\": \"tcp\"},\n"
				"\t],\n"
				"}\n",
			.fix = "write \"tcp\", \"udp\", \"icmp\", another name, or the number",
		},
	[A_PORTLESS] =
		{
			.code = "A009",
			.name = "protocol-without-ports",
			.severity = HJ_WARNING_LEVEL,
			.summary = "ports are named for a protocol that has none",
			.why = "Only tcp, udp and sctp have ports. The documentation wants \"*\" "
			       "for all "
			       "others; it is not known whether the service refuses anything else "
			       "or ignores "
			       "it.",
			.bad = "{\n"
			       "\t\"acls\": [\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": "
			       "[\"*:22\"], \"proto\": \"gre\"},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"acls\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": "
				"[\"*:*\"], \"proto\": \"gre\"},\n"
				"\t],\n"
				"}\n",
			.fix = "write \":*\" for the ports",
		},
	[A_NOTHING_GRANTED] =
		{
			.code = "A010",
			.name = "grant-without-capability",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a grant has neither \"ip\" nor \"app\"",
			.why = "A grant that grants nothing is refused, and the whole policy with "
			       "it.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t{\"src\": [\"*\"], \"dst\": [\"*\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [\n"
				"\t\t{\"src\": [\"*\"], \"dst\": [\"*\"], \"ip\": [\"443\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "say which ports or which capabilities",
			.service = "ip and app can not both be empty",
		},
	[A_IP_ITEM] =
		{
			.code = "A011",
			.name = "bad-ip-item",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an item of \"ip\" is no port and no protocol",
			.why = "An item is a port, a range, \"*\", or a protocol and one of these "
			       "with a colon "
			       "between. A protocol alone is read as a port, and lists with commas "
			       "exist in "
			       "ACL rules only.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t{\"src\": [\"*\"], \"dst\": [\"*\"], \"ip\": [\"icmp\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [\n"
				"\t\t{\"src\": [\"*\"], \"dst\": [\"*\"], \"ip\": [\"icmp:*\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write \"443\", \"tcp:443\" or \"icmp:*\"",
			.service = "port range \"‹text›\": invalid first integer",
		},
	[A_CAPABILITY_FORM] =
		{
			.code = "A012",
			.name = "capability-form",
			.severity = HJ_ERROR_LEVEL,
			.summary = "the name of a capability has not the form DOMAIN/PATH",
			.why = "A capability is named like a page without its scheme. The service "
			       "refuses "
			       "names with one; what it does with a name without a slash is not "
			       "known.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t{\"src\": [\"autogroup:member\"], \"dst\": [\"*\"], \"app\": "
			       "{\"https://example.com/cap/x\": [{}]}},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [\n"
				"\t\t{\"src\": [\"autogroup:member\"], \"dst\": [\"*\"], \"app\": "
				"{\"example.com/cap/x\": [{}]}},\n"
				"\t],\n"
				"}\n",
			.fix = "write DOMAIN/PATH",
			.service = "capability name must have the form {domain}/{path}",
		},
	[A_CAPABILITY_DOMAIN] =
		{
			.code = "A013",
			.name = "reserved-capability",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a capability in Tailscale's own domain that cannot be granted",
			.why = "Of tailscale.com and tailscale.io only some capabilities can be "
			       "granted; the "
			       "service adds the others itself where they belong.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t{\"src\": [\"autogroup:member\"], \"dst\": [\"*\"], \"app\": "
			       "{\"tailscale.com/cap/funnel\": [{}]}},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [\n"
				"\t\t{\"src\": [\"autogroup:member\"], \"dst\": [\"*\"], \"app\": "
				"{\"example.com/cap/funnel\": [{}]}},\n"
				"\t],\n"
				"}\n",
			.fix = "use a domain of your own",
			.service = "capability name must not be in the tailscale.com domain",
		},
	[A_VIA] =
		{
			.code = "A014",
			.name = "via-not-tag",
			.severity = HJ_ERROR_LEVEL,
			.summary = "\"via\" names something that is no tag",
			.why = "Routers are chosen by a tag that they carry. The service refuses "
			       "everything "
			       "else.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t{\"src\": [\"*\"], \"dst\": [\"10.0.0.0/8\"], \"ip\": "
			       "[\"443\"], \"via\": "
			       "[\"autogroup:tagged\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:router\": []},\n"
				"\t\"grants\": [\n"
				"\t\t{\"src\": [\"*\"], \"dst\": [\"10.0.0.0/8\"], \"ip\": "
				"[\"443\"], \"via\": "
				"[\"tag:router\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "give the routers a tag, and name it",
			.service = "via can only be a tag",
		},
	[A_DANGER_ALL] =
		{
			.code = "A015",
			.name = "danger-all-destination",
			.severity = HJ_ERROR_LEVEL,
			.summary = "autogroup:danger-all is a destination of a grant",
			.why = "It is a source for policies of former times; as destination it is "
			       "refused.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"autogroup:danger-all\"], \"ip\": "
			       "[\"443\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [\n"
				"\t\t{\"src\": [\"autogroup:member\"], \"dst\": [\"*\"], \"ip\": "
				"[\"443\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write \"*\"",
			.service = "cannot use autogroup:danger-all as a dst",
		},
	[A_INTERNET_APP] =
		{
			.code = "A016",
			.name = "internet-with-app",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a grant gives capabilities at autogroup:internet",
			.why = "Capabilities are for devices of the tailnet. The service refuses "
			       "such a grant "
			       "even if it has \"ip\" as well.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"autogroup:internet\"], \"ip\": "
			       "[\"*\"], \"app\": {\"example.com/cap/x\": [{}]}},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [\n"
				"\t\t{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"autogroup:internet\"], \"ip\": "
				"[\"*\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "split the grant",
			.service = "cannot use app grants with autogroup:internet",
		},
	[A_DEFAULT_ROUTE] =
		{
			.code = "A017",
			.name = "default-route-destination",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a grant's destination is 0.0.0.0/0 or ::/0",
			.why = "The service wants the intention to be said: the internet through "
			       "exit nodes, "
			       "or everything.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t{\"src\": [\"autogroup:member\"], \"dst\": [\"0.0.0.0/0\"], "
			       "\"ip\": [\"443\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [\n"
				"\t\t{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"autogroup:internet\"], \"ip\": "
				"[\"443\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write \"autogroup:internet\" or \"*\"",
			.service = "dst \"‹network›\": to allow all IP addresses, use \"*\" or "
				   "\"autogroup:internet\"",
		},
	[A_GRANT_PORT] =
		{
			.code = "A018",
			.name = "port-in-grant",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a grant's destination has a port",
			.why = "Ports stand behind destinations in ACL rules; in grants they stand "
			       "in \"ip\", "
			       "for all destinations alike.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t{\"src\": [\"*\"], \"dst\": [\"100.64.0.9:443\"], \"ip\": "
			       "[\"*\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [\n"
				"\t\t{\"src\": [\"*\"], \"dst\": [\"100.64.0.9\"], \"ip\": "
				"[\"443\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "move the port to \"ip\"",
			.service = "host name must not contain colon (:)",
		},
	[A_HOST_BITS] =
		{
			.code = "A019",
			.name = "host-bits",
			.severity = HJ_WARNING_LEVEL,
			.summary = "a network has bits set behind its length",
			.why = "Either the length or the address is not what was meant: 10.1.2.3/8 "
			       "has "
			       "sixteen million addresses. It is not known whether the service "
			       "refuses it or "
			       "means the whole network.",
			.bad = "{\n"
			       "\t\"grants\": [\n"
			       "\t\t{\"src\": [\"*\"], \"dst\": [\"10.1.2.3/8\"], \"ip\": "
			       "[\"443\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [\n"
				"\t\t{\"src\": [\"*\"], \"dst\": [\"10.0.0.0/8\"], \"ip\": "
				"[\"443\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write the network's first address, or leave the length out",
		},
	[A_MIXED_NAMES] =
		{
			.code = "A020",
			.name = "mixed-names",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a rule has older and newer names of its fields",
			.why = "\"users\" and \"ports\" are the older names of \"src\" and "
			       "\"dst\". A rule is written "
			       "with one pair or the other.",
			.fix = "write \"src\" and \"dst\"",
		},
};

const hj_rule *hj_acl_rules(size_t *count)
{
	*count = A_COUNT;
	return hj__acl_rows;
}
