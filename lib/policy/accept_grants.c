#include "base/fold.h"
#include "policy/acceptance.h"
#include "policy/missing.h"

/* -- destinations ------------------------------------------------------------------------------ */

static const hj_seat destination_seat = {.rule = &hj__acl_rows[A_DESTINATION],
	.field = ".dst",
	.noun = "a destination",
	.allowed = HJ_PEOPLE | HJ_ADDRESSES | HJ_ROLES | HJ_KIND(DOMAIN) | HJ_KIND(TAG) |
		HJ_KIND(WORD) | HJ_KIND(HOST_PREFIX) | HJ_KIND(ALL) | HJ_KIND(IPSET) |
		HJ_KIND(SERVICE) | HJ_AUTO(MEMBER) | HJ_AUTO(TAGGED) | HJ_AUTO(SELF) |
		HJ_AUTO(INTERNET) | HJ_AUTO(DANGER_ALL)};

/*
 * A port where none belongs: SELECTOR:PORTS. Of tags, groups and IP sets the whole is an undefined
 * name, which the reference rules report.
 */
static bool check_port(hj_acceptance *run, hj_word word, const hj_selector *selector)
{
	hj_hostport parts;
	hj_slice rest;
	hj_ports ports;
	bool suspect = selector->kind == HJ_SELECT_OTHER || selector->kind == HJ_SELECT_SERVICE ||
		selector->kind == HJ_SELECT_SYNCED || selector->kind == HJ_SELECT_USER ||
		(selector->kind == HJ_SELECT_AUTOGROUP &&
			selector->autogroup == HJ_AUTOGROUP_UNKNOWN);
	if (!suspect || !hj_hostport_split(selector->text, &parts))
		return false;
	rest = parts.ports;
	while (hj_ports_next(&rest, &ports, NULL))
		;
	hj_selector host = hj_selector_parse(parts.host);
	if (rest.data || !(hj__bit(&host) & destination_seat.allowed))
		return false;
	hj_slice tail = hj_slice_of(parts.ports.data - 1, parts.ports.size + 1);
	hj_finding *finding = hj__blame(run, &hj__acl_rows[A_GRANT_PORT], word.node,
		hj__part(run, word, tail), ".dst", "a grant's destination has no port");
	hj__help(run, finding, "leave \"%.*s\" out, and write the ports in \"ip\"",
		HJ_SLICE_ARGS(tail));
	if (hj__bit(&host) & (HJ_ADDRESSES | HJ_KIND(WORD)))
		hj__says(run, finding, "host name must not contain colon (:)");
	return true;
}

static bool is_default_route(const hj_selector *selector)
{
	return selector->kind == HJ_SELECT_PREFIX && selector->prefix.bits == 0 &&
		selector->prefix.address.high == 0 && selector->prefix.address.low == 0;
}

/* A host that is everything: the service was seen to refuse the network itself. */
static void check_alias(hj_acceptance *run, hj_word word, const hj_selector *to)
{
	const hj_entry *host = to->kind == HJ_SELECT_WORD ? hj__host(run, to->text) : NULL;
	hj_selector value = {0};
	if (host && host->word.node)
		value = hj_selector_parse(host->word.text);
	if (!is_default_route(&value))
		return;
	hj_finding *finding = hj__blame(run, &hj__acl_rows[A_DEFAULT_ROUTE], word.node,
		hj__part(run, word, to->text), ".dst",
		"\"%.*s\" is %.*s, and it is not known whether the service takes that under a name",
		HJ_SLICE_ARGS(to->text), HJ_SLICE_ARGS(value.text));
	hj_finding_relate(run->findings, finding, hj_node_span(&run->nodes[host->word.node]),
		"it is defined here");
	hj__help(run, finding,
		"write \"autogroup:internet\" for exit nodes, or \"*\" for everything");
	hj__doubt(finding);
}

/* Capabilities of admins' devices: against the documentation, and in no recording. */
static void check_role(
	hj_acceptance *run, const hj_grant *grant, hj_word word, const hj_selector *to)
{
	if (!grant->app.count || !(hj__bit(to) & HJ_ROLES) || to->autogroup == HJ_AUTOGROUP_OWNER)
		return;
	hj_finding *finding = hj__blame(run, &hj__acl_rows[A_DESTINATION], word.node,
		hj__part(run, word, to->text), ".dst",
		"it is not known whether the service takes \"%.*s\" beside \"app\"",
		HJ_SLICE_ARGS(to->text));
	hj__help(run, finding, "the documentation does not: write \"autogroup:member\" or a group");
	hj__doubt(finding);
}

static void blame_internet(hj_acceptance *run, const hj_grant *grant, hj_word word)
{
	hj_finding *finding = hj__blame(run, &hj__acl_rows[A_INTERNET_APP], word.node,
		hj_node_span(&run->nodes[word.node]), ".dst",
		"autogroup:internet cannot be a destination beside \"app\"");
	hj_finding_relate(run->findings, finding, hj__opening(run, grant->app.node),
		"capabilities are granted here");
	hj__help(run, finding, "give access to the internet in a grant of its own, with \"ip\"");
	hj__says(run, finding, "cannot use app grants with autogroup:internet");
}

static void check_destination(hj_acceptance *run, const hj_grant *grant, hj_word word)
{
	hj_selector to = hj__selector(run, word);
	uint64_t bit = hj__bit(&to);
	hj_span span = hj__part(run, word, to.text);
	if (bit == HJ_AUTO(DANGER_ALL)) {
		hj_finding *finding = hj__blame(run, &hj__acl_rows[A_DANGER_ALL], word.node, span,
			".dst", "autogroup:danger-all cannot be a destination");
		hj__help(run, finding, "write \"*\"");
		hj__says(run, finding, "cannot use autogroup:danger-all as a dst");
	} else if (is_default_route(&to)) {
		hj_finding *finding = hj__blame(run, &hj__acl_rows[A_DEFAULT_ROUTE], word.node,
			span, ".dst", "\"%.*s\" cannot be a destination", HJ_SLICE_ARGS(to.text));
		hj__help(run, finding,
			"write \"autogroup:internet\" for exit nodes, or \"*\" for everything");
		hj__says(run, finding,
			"dst \"%.*s\": to allow all IP addresses, use \"*\" or "
			"\"autogroup:internet\"",
			HJ_WHOLE(to.text));
	} else if (!check_port(run, word, &to)) {
		if (!hj__seat(run, &destination_seat, word, &to))
			hj__host_bits(run, ".dst", word, &to);
		check_alias(run, word, &to);
		check_role(run, grant, word, &to);
	}
	if (bit == HJ_AUTO(INTERNET) && grant->app.count)
		blame_internet(run, grant, word);
	if (bit == HJ_AUTO(SELF))
		hj__check_self(run, &grant->src, word, to.text,
			HJ_PEOPLE | HJ_ROLES | HJ_KIND(DOMAIN) | HJ_AUTO(MEMBER));
}

/* -- what is granted --------------------------------------------------------------------------- */

/* "tcp:22,80-90", as headscale takes it: a protocol that has ports, and several of them. */
static bool is_port_list(hj_slice text)
{
	hj_ip_item first;
	hj_ports ports;
	const char *end = text.data + text.size;
	const char *comma = text.size ? memchr(text.data, ',', text.size) : NULL;
	if (!comma ||
		!hj_ip_item_parse(
			hj_slice_of(text.data, (size_t)(comma - text.data)), &first, NULL) ||
		(first.protocol >= 0 && !hj_protocol_has_ports((uint8_t)first.protocol)))
		return false;
	while (comma) {
		hj_slice rest = hj_slice_of(comma + 1, (size_t)(end - comma - 1));
		comma = rest.size ? memchr(rest.data, ',', rest.size) : NULL;
		if (comma)
			rest.size = (size_t)(comma - rest.data);
		if (!hj_ports_parse(rest, &ports, NULL))
			return false;
	}
	return true;
}

static void check_item(hj_acceptance *run, hj_word word)
{
	hj_ip_item item;
	if (hj_is_template(word.text) || (run->headscale && is_port_list(word.text)))
		return;
	hj_text_clear(&run->words);
	hj_span span = hj_node_span(&run->nodes[word.node]);
	if (!hj_ip_item_parse(word.text, &item, &run->words)) {
		hj_slice words = hj_text_slice(&run->words);
		hj_finding *finding = hj__blame(run, &hj__acl_rows[A_IP_ITEM], word.node, span,
			".ip", "\"%.*s\" is no port and no PROTOCOL:PORT",
			HJ_SLICE_ARGS(word.text));
		if (hj_protocol_named(word.text) && !memchr("0123456789", word.text.data[0], 10))
			hj__help(run, finding, "write \"%.*s:*\" for the whole protocol",
				HJ_SLICE_ARGS(word.text));
		else if (word.text.size && memchr(word.text.data, ',', word.text.size))
			hj__help(run, finding,
				"there are no lists here: write one string for each port or range");
		else
			hj__help(run, finding,
				"write \"443\", \"tcp:443\", \"udp:8000-8100\", \"icmp:*\", or "
				"\"*\"");
		hj__says(run, finding, "%.*s", HJ_WHOLE(words));
	} else if (item.protocol >= 0 && !item.all_ports &&
		!hj_protocol_has_ports((uint8_t)item.protocol)) {
		hj_finding *finding = hj__blame(run, &hj__acl_rows[A_PORTLESS], word.node, span,
			".ip", "the protocol of \"%.*s\" has no ports", HJ_SLICE_ARGS(word.text));
		hj__help(run, finding, "write \":*\" behind the protocol");
	}
}

/* Does tailscale.com or tailscale.io own the name? */
static bool is_reserved(hj_slice domain)
{
	return hj_slice_equal_folded(domain, HJ_SLICE("tailscale.com")) ||
		hj_slice_equal_folded(domain, HJ_SLICE("tailscale.io"));
}

static bool is_one_of(hj_slice name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (hj_slice_equal(name, hj_slice_str(list[i])))
			return true;
	return false;
}

static void check_reserved(hj_acceptance *run, hj_word word)
{
	/* Policy language 11: what may be granted, and what was seen refused. Databases are not
	   documented, but in a policy that is in force. */
	static const char *const known[] = {"tailscale.com/cap/drive", "tailscale.com/cap/webui",
		"tailscale.com/cap/relay", "tailscale.com/cap/kubernetes",
		"tailscale.com/cap/tsidp", "tailscale.com/cap/secrets", "tailscale.com/cap/tailsql",
		"tailscale.com/cap/golink", "tailscale.com/cap/proxy-to-grafana",
		"tailscale.com/cap/aperture", "tailscale.com/cap/databases"};
	static const char *const refused[] = {"tailscale.com/cap/relay-target",
		"tailscale.com/cap/drive-sharer", "tailscale.com/cap/funnel",
		"tailscale.com/cap/ingress"};
	if (is_one_of(word.text, known, sizeof known / sizeof *known) ||
		hj_slice_starts(word.text, HJ_SLICE("tailscale.com/cap/conn25/")))
		return;
	bool sure = is_one_of(word.text, refused, sizeof refused / sizeof *refused);
	hj_finding *finding = hj__blame(run, &hj__acl_rows[A_CAPABILITY_DOMAIN], word.node,
		hj_node_span(&run->nodes[word.node]), ".app",
		sure ? "\"%.*s\" cannot be granted by hand"
		     : "\"%.*s\" is none of the capabilities that are known to be grantable in "
		       "this domain",
		HJ_SLICE_ARGS(word.text));
	hj__help(run, finding,
		"use a domain of your own; of tailscale.com only some can be granted, such as "
		"tailscale.com/cap/drive");
	if (sure)
		hj__says(run, finding, "capability name must not be in the tailscale.com domain");
	else
		hj__doubt(finding);
}

/*
 * What the form of a name lacks, or NULL. Of a scheme it was recorded that the service refuses it;
 * the rest is not known.
 */
static const char *form_fault(hj_slice name, bool *sure)
{
	const char *slash = name.size ? memchr(name.data, '/', name.size) : NULL;
	size_t domain = slash ? (size_t)(slash - name.data) : name.size;
	*sure = name.size && memmem(name.data, name.size, "://", 3);
	if (*sure)
		return "has a scheme";
	if (!slash)
		return "has no path";
	if (domain + 1 == name.size)
		return "has an empty path";
	return domain && memchr(name.data, '.', domain) ? NULL : "does not begin with a domain";
}

static void check_capability(hj_acceptance *run, hj_word word)
{
	hj_slice name = word.text;
	bool sure;
	if (hj_is_template(name))
		return;
	const char *fault = form_fault(name, &sure);
	if (!fault) {
		const char *slash = memchr(name.data, '/', name.size);
		if (is_reserved(hj_slice_of(name.data, (size_t)(slash - name.data))))
			check_reserved(run, word);
		return;
	}
	hj_finding *finding = hj__blame(run, &hj__acl_rows[A_CAPABILITY_FORM], word.node,
		hj_node_span(&run->nodes[word.node]), ".app",
		sure ? "\"%.*s\" %s" : "\"%.*s\" %s; it is not known whether the service takes it",
		HJ_SLICE_ARGS(name), fault);
	hj__help(run, finding,
		sure ? "leave the scheme out: DOMAIN/PATH"
		     : "write DOMAIN/PATH, as in \"example.com/cap/drive\"");
	if (sure)
		hj__says(run, finding, "capability name must have the form {domain}/{path}");
	else
		hj__doubt(finding);
}

static void check_grounds(hj_acceptance *run, const hj_grant *grant)
{
	if (grant->ip.count || grant->app.count ||
		!hj_lack(run->policy, "grants", grant->node, "ip") ||
		!hj_lack(run->policy, "grants", grant->node, "app"))
		return;
	uint32_t empty = grant->ip.node ? grant->ip.node : grant->app.node;
	hj_span span = empty ? hj_node_span(&run->nodes[empty]) : hj__opening(run, grant->node);
	hj_finding *finding = hj__blame(run, &hj__acl_rows[A_NOTHING_GRANTED], grant->node, span,
		"", "the grant grants nothing");
	hj__help(run, finding,
		"say which ports in \"ip\" (\"*\" for all), or which "
		"capabilities in \"app\"");
	hj__says(run, finding, "ip and app can not both be empty");
}

static void check_via(hj_acceptance *run, hj_word word)
{
	hj_selector via = hj__selector(run, word);
	if (via.kind == HJ_SELECT_TAG || via.kind == HJ_SELECT_TEMPLATE)
		return;
	hj_finding *finding =
		hj__blame(run, &hj__acl_rows[A_VIA], word.node, hj__part(run, word, via.text),
			".via", "\"%.*s\" is no tag", HJ_SLICE_ARGS(via.text));
	hj__help(run, finding, "name the routers by a tag that they carry");
	hj__says(run, finding, "via can only be a tag");
}

void hj__accept_grants(hj_acceptance *run)
{
	run->stage = HJ_STAGE_GRANTS;
	for (uint32_t i = 0; i < run->policy->grants.count; i++) {
		const hj_grant *grant = &run->policy->grants.items[i];
		hj__at_entry(run, "grants", i);
		check_grounds(run, grant);
		hj__check_sources(run, &grant->src);
		for (uint32_t k = 0; k < grant->dst.count; k++)
			check_destination(run, grant, grant->dst.items[k]);
		for (uint32_t k = 0; k < grant->ip.count; k++)
			check_item(run, grant->ip.items[k]);
		for (uint32_t k = 0; k < grant->app.count; k++)
			check_capability(run, grant->app.items[k].name);
		for (uint32_t k = 0; k < grant->via.count; k++)
			check_via(run, grant->via.items[k]);
	}
}
