#include "base/fold.h"
#include "lint/advice.h"
#include "policy/ports.h"
#include "policy/selector.h"

#include <stdio.h>

enum {
	OVERLAP,
	FULL_RANGE,
	PORT_LIKE_PROTOCOL,
	MISLEADING,
	ICMP_ONE_FAMILY,
	REDUNDANT_ICMP,
	LONG_LIST,
	NUMERIC,
	UNDOCUMENTED,
	INTERNET_PORTS,
	CLEARTEXT,
	RULE_COUNT
};

#define TAGS "{\n\t\"tagOwners\": {\"tag:web\": []},\n"
#define GRANT(ip)                                                                                  \
	TAGS "\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": [\"tag:web\"], \"ip\": "   \
	     "[" ip "]}],\n}\n"
#define ACL(rest)                                                                                  \
	TAGS "\t\"acls\": [{\"action\": \"accept\", \"src\": [\"autogroup:member\"], " rest        \
	     "}],\n}\n"
#define ACL_TO(to) ACL("\"dst\": [\"" to "\"]")

static const hj_rule rules[RULE_COUNT] = {
	[OVERLAP] = {.code = "A060",
		.name = "overlapping-ports",
		.severity = HJ_INFO_LEVEL,
		.summary = "a port stands beside a range that includes it",
		.why = "The range opens the port already. If only the port was meant, it is the "
		       "range that has to go.",
		.bad = ACL_TO("tag:web:80-90,85"),
		.good = ACL_TO("tag:web:80-90"),
		.fix = "remove the port, or the range"},
	[FULL_RANGE] = {.code = "A061",
		.name = "full-port-range",
		.severity = HJ_INFO_LEVEL,
		.summary = "1-65535 is written where * would do",
		.why = "Both are all ports there are. The star is what readers look for.",
		.bad = ACL_TO("tag:web:1-65535"),
		.good = ACL_TO("tag:web:*"),
		.fix = "write *"},
	[PORT_LIKE_PROTOCOL] = {.code = "A062",
		.name = "port-like-protocol",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a port in a grant is the number of a protocol",
		.why = "A number alone is a port: \"47\" opens port 47 of TCP and UDP, not GRE. "
		       "For "
		       "the protocol write \"47:*\".",
		.bad = GRANT("\"47\""),
		.good = GRANT("\"47:*\""),
		.fix = "write the protocol with :* behind it; for the port, tcp: or udp: before "
		       "it"},
	[MISLEADING] = {.code = "A063",
		.name = "misleading-protocol",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a protocol's name does not mean what it seems to",
		.why = "\"ipv4\" is IP-in-IP encapsulation, protocol 4, not all that runs over "
		       "IPv4. "
		       "\"igp\" is protocol 9, not the routing protocols. To allow everything, "
		       "leave \"proto\" out, or write \"*\" in a grant.",
		.bad = GRANT("\"ipv4:*\""),
		.good = GRANT("\"*\""),
		.fix = "write \"ip-in-ip\" or its number if that is meant"},
	[ICMP_ONE_FAMILY] = {.code = "A065",
		.name = "icmp-of-one-family",
		.severity = HJ_INFO_LEVEL,
		.summary = "ICMP is allowed for IPv4 alone",
		.why = "\"icmp\" is protocol 1. Pings over IPv6 are \"ipv6-icmp\", protocol 58, "
		       "and "
		       "devices of a tailnet have addresses of both families.",
		.bad = GRANT("\"icmp:*\""),
		.good = GRANT("\"icmp:*\", \"ipv6-icmp:*\""),
		.fix = "allow ipv6-icmp too",
		.off = true},
	[REDUNDANT_ICMP] = {.code = "A066",
		.name = "redundant-icmp",
		.severity = HJ_INFO_LEVEL,
		.summary = "ICMP is named beside ports of the same grant",
		.why = "ICMP between two addresses is allowed as soon as anything else is.",
		.bad = GRANT("\"tcp:443\", \"icmp:*\""),
		.good = GRANT("\"tcp:443\""),
		.fix = "leave it out",
		.off = true},
	[LONG_LIST] = {.code = "A067",
		.name = "long-port-list",
		.severity = HJ_INFO_LEVEL,
		.summary = "a destination lists more than sixteen ports",
		.why = "Nobody sees which port of a long list is one too many. A range, or a "
		       "destination each with a comment, can be read.",
		.bad = ACL_TO("tag:web:1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33"),
		.good = ACL_TO("tag:web:1-33"),
		.fix = "write ranges, or split the rule",
		.off = true},
	[NUMERIC] = {.code = "A068",
		.name = "numeric-protocol",
		.severity = HJ_INFO_LEVEL,
		.summary = "a protocol is given by number that has a name",
		.why = "Names can be read.",
		.bad = ACL("\"proto\": \"6\", \"dst\": [\"tag:web:443\"]"),
		.good = ACL("\"proto\": \"tcp\", \"dst\": [\"tag:web:443\"]"),
		.fix = "write the name",
		.off = true},
	[UNDOCUMENTED] = {.code = "A069",
		.name = "undocumented-protocol",
		.severity = HJ_INFO_LEVEL,
		.summary = "a protocol's name that the documentation does not list",
		.why = "Today's service knows it. Other readers of policies may not; the number, "
		       "or "
		       "another name for the same, is safe everywhere.",
		.bad = ACL("\"proto\": \"icmpv6\", \"dst\": [\"tag:web:*\"]"),
		.good = ACL("\"proto\": \"ipv6-icmp\", \"dst\": [\"tag:web:*\"]"),
		.fix = "write the documented name, or the number"},
	[INTERNET_PORTS] = {.code = "A070",
		.name = "internet-ports",
		.severity = HJ_INFO_LEVEL,
		.summary = "exit nodes are allowed for some ports only",
		.why = "\"autogroup:internet\" lets devices use exit nodes. A device that uses one "
		       "sends all its traffic there, and what is not allowed is dropped: with "
		       "port 443 alone, for one, most names are not looked up.",
		.bad = ACL_TO("autogroup:internet:443"),
		.good = ACL_TO("autogroup:internet:*"),
		.fix = "allow all ports, unless this is meant",
		.off = true},
	[CLEARTEXT] = {.code = "A071",
		.name = "cleartext-port",
		.severity = HJ_INFO_LEVEL,
		.summary = "the port of a protocol without encryption is opened by name",
		.why = "FTP, Telnet, TFTP and the r-commands send passwords as they are. Inside "
		       "the "
		       "tailnet the tunnel encrypts them, behind a subnet router nothing does.",
		.bad = ACL_TO("tag:web:23"),
		.good = ACL_TO("tag:web:22"),
		.fix = "use a protocol that encrypts",
		.off = true},
};

const hj_rule *hj__port_advice(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

/* Ports of one list that are compared with each other. */
enum { MOST_PORTS = 64, LONG = 16, LAST_PORT = 65535 };

static bool is_cleartext(hj_ports ports)
{
	static const uint16_t list[] = {21, 23, 69, 512, 513, 514};
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		if (ports.first == list[i] && ports.last == list[i])
			return true;
	return false;
}

static void check_range(hj_lint_run *run, uint32_t node, hj_slice text, hj_ports ports)
{
	if (ports.first == 1 && ports.last == LAST_PORT) {
		hj_finding *finding = hj__advise(run, &rules[FULL_RANGE], node,
			"\"%.*s\" is all ports", HJ_SLICE_ARGS(text));
		hj__replace_part(run, finding, node, text, HJ_SLICE("*"), false);
	}
	if (is_cleartext(ports))
		hj__advise(run, &rules[CLEARTEXT], node,
			"port %u is of a protocol without encryption", ports.first);
}

/* -- protocols ----------------------------------------------------------------------------------- */

/* A protocol's name where it stands, without what follows. */
static void check_protocol(hj_lint_run *run, uint32_t node, hj_slice name)
{
	hj_finding *finding;
	const hj_protocol *protocol = hj_protocol_named(name);
	if (!protocol || !protocol->known)
		return;
	uint8_t number = protocol->number;
	bool digits = name.data[0] >= '0' && name.data[0] <= '9';
	if (digits && protocol->documented) {
		finding = hj__advise(
			run, &rules[NUMERIC], node, "protocol %u is %s", number, protocol->name);
		hj__replace_part(run, finding, node, name, hj_slice_str(protocol->name), true);
	} else if (hj_slice_equal_folded(name, HJ_SLICE("ipv4"))) {
		finding = hj__advise(run, &rules[MISLEADING], node,
			"\"ipv4\" is IP-in-IP encapsulation, not all of IPv4");
		hj__replace_part(run, finding, node, name, HJ_SLICE("ip-in-ip"), true);
	} else if (hj_slice_equal_folded(name, HJ_SLICE("igp"))) {
		finding = hj__advise(run, &rules[MISLEADING], node,
			"\"igp\" is protocol 9, not the routing protocols");
		hj__replace_part(run, finding, node, name, HJ_SLICE("9"), true);
	} else if (!digits && !protocol->documented) {
		char text[4];
		int size = snprintf(text, sizeof text, "%u", number);
		hj_slice meant = number == 58 ? HJ_SLICE("ipv6-icmp")
			: number == 1         ? HJ_SLICE("icmp")
					      : hj_slice_of(text, (size_t)size);
		if (!hj_slice_equal_folded(name, meant)) {
			finding = hj__advise(run, &rules[UNDOCUMENTED], node,
				"\"%.*s\" is not documented; \"%.*s\" is the same",
				HJ_SLICE_ARGS(name), HJ_SLICE_ARGS(meant));
			hj__replace_part(run, finding, node, name, meant, true);
		}
	}
}

/* -- acls ---------------------------------------------------------------------------------------- */

typedef struct port_item {
	hj_ports ports;
	hj_slice text;
} port_item;

/* Takes an item of a list out, with the comma that stands beside it. */
static void report_overlap(hj_lint_run *run, uint32_t node, hj_slice list, const port_item *inner,
	const port_item *outer)
{
	hj_finding *finding = hj__advise(run, &rules[OVERLAP], node, "\"%.*s\" includes \"%.*s\"",
		HJ_SLICE_ARGS(outer->text), HJ_SLICE_ARGS(inner->text));
	hj_slice part = inner->text;
	if (part.data > list.data)
		part = hj_slice_of(part.data - 1, part.size + 1);
	else
		part.size++;
	hj__replace_part(run, finding, node, part, HJ_SLICE(""), true);
}

static bool includes(hj_ports outer, hj_ports inner)
{
	return outer.first <= inner.first && outer.last >= inner.last;
}

static void check_list(hj_lint_run *run, uint32_t node, hj_slice list)
{
	port_item items[MOST_PORTS];
	size_t count = 0, total = 0;
	hj_slice rest = list;
	for (hj_ports ports;; total++) {
		hj_slice before = rest;
		if (!hj_ports_next(&rest, &ports, NULL))
			break;
		size_t size = rest.data ? (size_t)(rest.data - before.data) - 1 : before.size;
		hj_slice text = hj_slice_of(before.data, size);
		check_range(run, node, text, ports);
		if (count < MOST_PORTS)
			items[count++] = (port_item){ports, text};
	}
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < count; k++)
			if (k != i && includes(items[k].ports, items[i].ports) &&
				(k < i || !includes(items[i].ports, items[k].ports))) {
				report_overlap(run, node, list, &items[i], &items[k]);
				return; /* one at a time: the edits would meet */
			}
	if (total > LONG)
		hj__advise(run, &rules[LONG_LIST], node, "%zu ports in one list", total);
}

static void check_acl(hj_lint_run *run, const hj_acl *acl)
{
	hj_slice proto = hj_trim(acl->proto.text);
	if (proto.size)
		check_protocol(run, acl->proto.node, proto);
	if (hj_slice_equal_folded(proto, HJ_SLICE("icmp")))
		hj__advise(run, &rules[ICMP_ONE_FAMILY], acl->proto.node,
			"\"icmp\" is that of IPv4 alone");
	for (uint32_t i = 0; i < acl->dst.count; i++) {
		const hj_word *word = &acl->dst.items[i];
		hj_slice text = hj_trim(word->text);
		hj_hostport split;
		hj_ports first;
		if (!hj_hostport_split(text, &split))
			continue;
		hj_slice rest = split.ports;
		if (!hj_ports_next(&rest, &first, NULL))
			continue; /* no port at all: refused */
		bool all = hj_slice_equal(split.ports, HJ_SLICE("*"));
		check_list(run, word->node, split.ports);
		if (!all && hj_slice_equal_folded(split.host, HJ_SLICE("autogroup:internet")))
			hj__advise(run, &rules[INTERNET_PORTS], word->node,
				"exit nodes are allowed for these ports only");
	}
}

/* -- grants -------------------------------------------------------------------------------------- */

/* Numbers that people know as protocols; as ports hardly anything uses them. */
static bool is_protocol_number(hj_slice text)
{
	static const char *const numbers[] = {
		"1", "2", "4", "41", "47", "50", "51", "58", "89", "112", "132"};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (hj_slice_equal(text, hj_slice_str(numbers[i])))
			return true;
	return false;
}

static bool item_includes(const hj_ip_item *outer, const hj_ip_item *inner)
{
	bool usual = inner->protocol == -1 || inner->protocol == 6 || inner->protocol == 17;
	return (outer->protocol == inner->protocol || (outer->protocol == -1 && usual)) &&
		!(outer->protocol == -1 && outer->all_ports) &&
		includes(outer->ports, inner->ports);
}

static void check_items(hj_lint_run *run, const hj_words *ip)
{
	hj_ip_item items[MOST_PORTS];
	bool good[MOST_PORTS];
	uint32_t count = ip->count < MOST_PORTS ? ip->count : MOST_PORTS;
	for (uint32_t i = 0; i < count; i++)
		good[i] = hj_ip_item_parse(ip->items[i].text, &items[i], NULL);
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t k = 0; good[i] && k < count; k++) {
			if (k == i || !good[k] || !item_includes(&items[k], &items[i]) ||
				item_includes(&items[i], &items[k]))
				continue;
			hj_finding *finding = hj__advise(run, &rules[OVERLAP], ip->items[i].node,
				"\"%.*s\" includes \"%.*s\"", HJ_SLICE_ARGS(ip->items[k].text),
				HJ_SLICE_ARGS(ip->items[i].text));
			hj__remove_word(run, finding, ip, i, true);
			break;
		}
}

/* item is NULL where the text is none. */
static void check_item(hj_lint_run *run, const hj_word *word, hj_slice text, const hj_ip_item *item)
{
	hj_slice ports = text;
	const char *colon = text.size ? memchr(text.data, ':', text.size) : NULL;
	if (colon) {
		size_t at = (size_t)(colon - text.data);
		if (at)
			check_protocol(run, word->node, hj_slice_of(text.data, at));
		ports = hj_slice_of(colon + 1, text.size - at - 1);
	} else if (is_protocol_number(text)) {
		char meant[8] = {0};
		memcpy(meant, text.data, text.size);
		memcpy(meant + text.size, ":*", 2);
		hj_finding *finding = hj__advise(run, &rules[PORT_LIKE_PROTOCOL], word->node,
			"\"%.*s\" is a port here, not a protocol", HJ_SLICE_ARGS(text));
		hj__replace_part(run, finding, word->node, text, hj_slice_str(meant), false);
	}
	if (item)
		check_range(run, word->node, ports, item->ports);
}

static void check_grant(hj_lint_run *run, const hj_grant *grant)
{
	const hj_word *icmp = NULL, *icmp6 = NULL;
	bool other = false, all = false;
	for (uint32_t i = 0; i < grant->ip.count; i++) {
		const hj_word *word = &grant->ip.items[i];
		hj_slice text = hj_trim(word->text);
		hj_ip_item item;
		bool good = hj_ip_item_parse(text, &item, NULL);
		check_item(run, word, text, good ? &item : NULL);
		if (!good)
			continue;
		all = all || (item.protocol == -1 && item.all_ports);
		icmp = item.protocol == 1 ? word : icmp;
		icmp6 = item.protocol == 58 ? word : icmp6;
		other = other || (item.protocol != 1 && item.protocol != 58);
	}
	if (icmp && !icmp6 && !other)
		hj__advise(
			run, &rules[ICMP_ONE_FAMILY], icmp->node, "\"icmp\" is that of IPv4 alone");
	if (other && !all && (icmp || icmp6))
		hj__advise(run, &rules[REDUNDANT_ICMP], icmp ? icmp->node : icmp6->node,
			"ICMP is allowed as soon as anything else is");
	if (grant->ip.count > 1)
		check_items(run, &grant->ip);
	for (uint32_t i = 0; !all && grant->ip.count && i < grant->dst.count; i++)
		if (hj_slice_equal(run->policy->terms[grant->dst.items[i].term].selector.text,
			    HJ_SLICE("autogroup:internet")))
			hj__advise(run, &rules[INTERNET_PORTS], grant->dst.items[i].node,
				"exit nodes are allowed for some ports only");
}

hj_status hj__check_ports(hj_lint_run *run)
{
	if (!hj__advises(run))
		return HJ_OK;
	for (uint32_t i = 0; i < run->policy->acls.count; i++)
		check_acl(run, &run->policy->acls.items[i]);
	for (uint32_t i = 0; i < run->policy->grants.count; i++)
		check_grant(run, &run->policy->grants.items[i]);
	return run->findings->status;
}
