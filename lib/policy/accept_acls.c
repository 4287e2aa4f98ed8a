#include "base/fold.h"
#include "policy/acceptance.h"

/* -- sources, of grants too -------------------------------------------------------------------- */

static const hj_seat source_seat = {.rule = &hj__acl_rows[A_SOURCE],
	.field = ".src",
	.noun = "a source",
	.allowed = HJ_PEOPLE | HJ_ADDRESSES | HJ_ROLES | HJ_KIND(DOMAIN) | HJ_KIND(TAG) |
		HJ_KIND(WORD) | HJ_KIND(HOST_PREFIX) | HJ_KIND(ALL) | HJ_KIND(IPSET) |
		HJ_AUTO(MEMBER) | HJ_AUTO(TAGGED) | HJ_AUTO(SHARED) | HJ_AUTO(DANGER_ALL)};

void hj__check_sources(hj_acceptance *run, const hj_words *sources)
{
	for (uint32_t i = 0; i < sources->count; i++) {
		hj_word word = sources->items[i];
		if (hj__is_seated(run, &source_seat, word))
			continue;
		hj_selector source = hj__selector(run, word);
		if (hj__bit(&source) == HJ_AUTO(SELF)) {
			hj_finding *finding = hj__blame(run, &hj__acl_rows[A_SELF_SOURCE],
				word.node, hj__part(run, word, source.text), ".src",
				"autogroup:self cannot be a source");
			hj__help(run, finding,
				"it means the devices of whoever connects: write "
				"\"autogroup:member\" here and \"autogroup:self\" as destination");
			hj__says(run, finding,
				"\"autogroup:self\" not valid on the src side of a rule");
			continue;
		}
		if (!hj__seat(run, &source_seat, word, &source))
			hj__host_bits(run, ".src", word, &source);
	}
}

void hj__check_self(
	hj_acceptance *run, const hj_words *sources, hj_word self, hj_slice part, uint64_t partners)
{
	/* What the seat refuses anyway is not blamed twice. */
	partners |= HJ_AUTO(SELF) | HJ_KIND(TEMPLATE) | HJ_KIND(HOST_PREFIX);
	if (run->headscale)
		partners |= HJ_KIND(WORD); /* a user */
	for (uint32_t i = 0; i < sources->count; i++) {
		hj_word word = sources->items[i];
		hj_selector source = hj__selector(run, word);
		uint64_t bit = hj__bit(&source);
		if (bit & partners || !(bit & source_seat.allowed))
			continue;
		hj_finding *finding = hj__blame(run, &hj__acl_rows[A_SELF_PARTNER], word.node,
			hj__part(run, word, source.text), ".src",
			"\"%.*s\" cannot be a source where autogroup:self is a destination",
			HJ_SLICE_ARGS(source.text));
		hj_finding_relate(run->findings, finding, hj__part(run, self, part),
			"autogroup:self stands here");
		hj__help(run, finding,
			source.kind == HJ_SELECT_ALL
				? "write \"autogroup:member\": it has everybody who has devices"
				: "split the rule: autogroup:self with users, groups and "
				  "autogroup:member alone");
		hj__says(run, finding,
			"autogroup:self can only be used with users, groups, or supported "
			"autogroups");
	}
}

/* -- destinations ------------------------------------------------------------------------------ */

static const hj_seat destination_seat = {.rule = &hj__acl_rows[A_DESTINATION],
	.field = ".dst",
	.noun = "a destination",
	.allowed = HJ_PEOPLE | HJ_ADDRESSES | HJ_ROLES | HJ_KIND(DOMAIN) | HJ_KIND(TAG) |
		HJ_KIND(WORD) | HJ_KIND(HOST_PREFIX) | HJ_KIND(ALL) | HJ_KIND(IPSET) |
		HJ_KIND(SERVICE) | HJ_AUTO(MEMBER) | HJ_AUTO(TAGGED) | HJ_AUTO(SELF) |
		HJ_AUTO(INTERNET)};

static void blame_missing_port(hj_acceptance *run, hj_word word, hj_slice text, bool address)
{
	hj_finding *finding = hj__blame(run, &hj__acl_rows[A_MISSING_PORT], word.node,
		hj__part(run, word, text), ".dst", "\"%.*s\" has no port", HJ_SLICE_ARGS(text));
	if (address) {
		hj__help(run, finding, "write \"[%.*s]:PORT\", or \"[%.*s]:*\" for all ports",
			HJ_SLICE_ARGS(text), HJ_SLICE_ARGS(text));
		return;
	}
	hj__help(run, finding, "append \":PORT\", or \":*\" for all ports");
	hj_span span = hj__part(run, word, text);
	if (finding && text.size && !(run->nodes[word.node].bits & HJ_ESCAPED))
		hj_finding_edit(
			run->findings, finding, (hj_span){span.end, span.end}, HJ_SLICE(":*"));
	const char *fault = hj_hostport_fault(text);
	hj_hostport parts;
	hj_slice rest = HJ_SLICE("");
	hj_ports item;
	hj_text_clear(&run->words);
	if (fault)
		hj_text_str(&run->words, fault);
	else if (hj_hostport_split(text, &parts))
		rest = parts.ports;
	/* Of "group:80" the port is fine, and "group" no host: in which words is not known. */
	while (!fault && hj_ports_next(&rest, &item, &run->words))
		;
	if (run->words.size)
		hj__says(run, finding, "dst=\"%.*s\": %.*s", HJ_WHOLE(text),
			HJ_WHOLE(hj_text_slice(&run->words)));
}

/* The faulty item of a list of ports, and the service's words for it in run->words. */
static void blame_port(hj_acceptance *run, hj_word word, hj_slice text, hj_slice rest)
{
	const char *comma = rest.size ? memchr(rest.data, ',', rest.size) : NULL;
	hj_slice item = comma ? hj_slice_of(rest.data, (size_t)(comma - rest.data)) : rest;
	hj_slice words = hj_text_slice(&run->words);
	hj_finding *finding = hj__blame(run, &hj__acl_rows[A_PORT], word.node,
		hj__part(run, word, item.size ? item : text), ".dst",
		item.size ? "\"%.*s\" is no port" : "a port is missing%.*s", HJ_SLICE_ARGS(item));
	if (hj_slice_equal(item, HJ_SLICE("0")) ||
		(item.size > 1 && memcmp(item.data, "0-", 2) == 0))
		hj__help(run, finding, "ports begin at 1; \"*\" stands for all of them");
	else
		hj__help(run, finding,
			"write numbers from 1 to 65535: \"443\", \"80,443\", \"8000-8100\", or "
			"\"*\"");
	hj__says(run, finding, "dst=\"%.*s\": %.*s", HJ_WHOLE(text), HJ_WHOLE(words));
}

/* The ports of a destination. False: something is wrong. *some: they are not all ports. */
static bool check_ports(hj_acceptance *run, hj_word word, hj_slice text, hj_slice ports, bool *some)
{
	hj_slice rest = ports;
	hj_ports item;
	hj_text_clear(&run->words);
	while (hj_ports_next(&rest, &item, &run->words))
		*some = *some || item.first != 0;
	if (rest.data) {
		blame_port(run, word, text, rest);
		return false;
	}
	if (ports.size &&
		(memchr(ports.data, ' ', ports.size) || memchr(ports.data, '\t', ports.size)))
		hj__doubt(hj__blame(run, &hj__acl_rows[A_PORT], word.node,
			hj__part(run, word, ports), ".dst",
			"it is not known whether the service takes blanks between ports"));
	return true;
}

/* [fd00::]/64, as headscale takes it. */
static bool is_bracketed_network(hj_acceptance *run, hj_slice text)
{
	const char *close = text.size ? memchr(text.data, ']', text.size) : NULL;
	if (!close || text.data[0] != '[')
		return false;
	const char *end = text.data + text.size;
	hj_text_clear(&run->words);
	hj_text_append(&run->words, hj_slice_of(text.data + 1, (size_t)(close - text.data - 1)));
	hj_text_append(&run->words, hj_slice_of(close + 1, (size_t)(end - close - 1)));
	hj_selector network = hj_selector_parse(hj_text_slice(&run->words));
	return network.kind == HJ_SELECT_PREFIX && network.prefix.address.v6;
}

static void check_host(hj_acceptance *run, hj_word word, const hj_hostport *parts)
{
	hj_selector host = hj_policy_selector(run->policy, word.term, parts->host);
	const char *fault = hj_hostport_fault(word.text);
	if (fault) {
		hj_finding *finding = hj__blame(run, &hj__acl_rows[A_DESTINATION], word.node,
			hj__part(run, word, parts->host), ".dst",
			"\"%.*s\" holds several destinations", HJ_SLICE_ARGS(parts->host));
		hj__help(run, finding, "write each as a string of its own, with its ports");
		hj__says(run, finding, "dst=\"%.*s\": %s", HJ_WHOLE(hj_trim(word.text)), fault);
		return;
	}
	bool brackets = host.text.size && host.text.data[0] == '[';
	if (parts->bracketed || brackets) {
		if ((host.kind == HJ_SELECT_ADDRESS && host.prefix.address.v6) ||
			(run->headscale && is_bracketed_network(run, host.text)))
			return;
		hj_finding *finding = hj__blame(run, &hj__acl_rows[A_DESTINATION], word.node,
			hj__part(run, word, parts->host), ".dst",
			"brackets belong around an IPv6 address alone");
		hj__help(run, finding, "leave them out, as for IPv6 networks: \"fd00::/64:443\"");
		if (brackets)
			hj__doubt(finding);
		return;
	}
	if (!hj__seat(run, &destination_seat, word, &host))
		hj__host_bits(run, ".dst", word, &host);
}

/* True when ports are named. */
static bool check_destination(hj_acceptance *run, const hj_acl *acl, hj_word word)
{
	hj_slice text = hj_trim(word.text);
	hj_hostport parts;
	bool some = false;
	if (hj_is_template(text))
		return false;
	hj_address whole, host;
	hj_prefix network;
	bool cut = hj_has_ports(text, &parts);
	/* fd7a::1:22 has a port by the service's reading; fd7a::1 has not. */
	bool address = hj_address_parse(text, &whole) && whole.v6 &&
		!(cut && hj_address_parse(parts.host, &host));
	if (!cut || address || (hj_prefix_parse(text, &network) && network.address.v6)) {
		blame_missing_port(run, word, text, address);
		return false;
	}
	if (check_ports(run, word, text, parts.ports, &some))
		check_host(run, word, &parts);
	if (hj__bit(&run->policy->terms[word.term].selector) == HJ_AUTO(SELF))
		hj__check_self(run, &acl->src, word, parts.host,
			HJ_PEOPLE | HJ_ROLES | HJ_KIND(DOMAIN) | HJ_KIND(ALL) | HJ_AUTO(MEMBER));
	return some;
}

/* -- one rule ---------------------------------------------------------------------------------- */

static void check_action(hj_acceptance *run, const hj_acl *acl)
{
	const hj_rule *rule = &hj__acl_rows[A_ACTION];
	hj_slice action = hj_trim(acl->action.text);
	if (acl->action.node == 0 || hj_slice_equal(action, HJ_SLICE("accept")) ||
		hj_is_template(action))
		return;
	hj_finding *finding =
		hj__blame(run, rule, acl->action.node, hj_node_span(&run->nodes[acl->action.node]),
			".action", "\"%.*s\" is no action of an ACL rule", HJ_SLICE_ARGS(action));
	hj__help(run, finding,
		hj_slice_equal_folded(action, HJ_SLICE("deny"))
			? "only \"accept\" exists: what no rule accepts is denied, so leave the "
			  "rule out"
			: "only \"accept\" exists");
	if (hj_slice_equal_folded(action, HJ_SLICE("accept")))
		hj__doubt(finding); /* nobody knows whether case counts here, as it does in ssh */
	else
		hj__says(run, finding, "action=\"%.*s\" is not supported", HJ_WHOLE(action));
}

/* "src" and "dst", or "users" and "ports"; not one of each pair. */
static void check_names(hj_acceptance *run, const hj_acl *acl)
{
	bool src = acl->src.node && acl->src.node != acl->users.node;
	bool dst = acl->dst.node && acl->dst.node != acl->ports.node;
	/* Two spellings of one and the same field are a fault of their own. */
	if (!(acl->users.node && dst && !src && !acl->ports.node) &&
		!(acl->ports.node && src && !dst && !acl->users.node))
		return;
	uint32_t node = acl->users.node ? acl->users.node : acl->ports.node;
	hj_finding *finding =
		hj__blame(run, &hj__acl_rows[A_MIXED_NAMES], node, hj__opening(run, acl->node), "",
			"the rule has \"%s\" beside newer names of the same",
			acl->users.node ? "users" : "ports");
	hj__help(run, finding, "write \"src\" and \"dst\"");
}

static void check_protocol(hj_acceptance *run, const hj_acl *acl, bool ports)
{
	hj_slice text = hj_trim(acl->proto.text);
	uint8_t number;
	if (acl->proto.node == 0 || text.size == 0 || hj_is_template(text))
		return;
	hj_span span = hj_node_span(&run->nodes[acl->proto.node]);
	if (!hj_protocol_parse(text, &number)) {
		if (run->headscale && hj_protocol_named(text))
			return;
		hj_finding *finding = hj__blame(run, &hj__acl_rows[A_PROTOCOL], acl->proto.node,
			span, ".proto", "\"%.*s\" is no protocol", HJ_SLICE_ARGS(text));
		hj__help(run, finding,
			hj_slice_equal(text, HJ_SLICE("*"))
				? "leave \"proto\" out for TCP, UDP and ICMP"
				: "write a name such as \"tcp\" or \"icmp\", or a number up to "
				  "255 in quotes");
		hj_text_clear(&run->words);
		hj_protocol_fault(&run->words, text);
		hj__says(run, finding, "%.*s", HJ_WHOLE(hj_text_slice(&run->words)));
	} else if (text.size > 1 && text.data[0] == '0') {
		hj_finding *finding = hj__blame(run, &hj__acl_rows[A_PROTOCOL], acl->proto.node,
			span, ".proto",
			"it is not known whether the service takes a number that begins with 0");
		hj__help(run, finding, "write \"%u\"", (unsigned)number);
		hj__doubt(finding);
	} else if (ports && !hj_protocol_has_ports(number)) {
		hj_finding *finding = hj__blame(run, &hj__acl_rows[A_PORTLESS], acl->proto.node,
			span, ".proto", "\"%.*s\" has no ports, and \"dst\" names some",
			HJ_SLICE_ARGS(text));
		hj__help(run, finding, "write \":*\" behind the destinations");
	}
}

void hj__accept_acls(hj_acceptance *run)
{
	run->stage = HJ_STAGE_ACLS;
	for (uint32_t i = 0; i < run->policy->acls.count; i++) {
		const hj_acl *acl = &run->policy->acls.items[i];
		bool ports = false;
		hj__at_entry(run, "acls", i);
		check_action(run, acl);
		check_names(run, acl);
		hj__check_sources(run, &acl->src);
		for (uint32_t k = 0; k < acl->dst.count; k++)
			ports = check_destination(run, acl, acl->dst.items[k]) || ports;
		check_protocol(run, acl, ports);
	}
}
