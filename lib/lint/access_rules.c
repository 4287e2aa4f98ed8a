#include "lint/advice.h"
#include "lint/cover.h"
#include "lint/lists.h"
#include "lint/members.h"
#include "policy/ports.h"
#include "policy/selector.h"

enum { COVERED_RULE, SOURCE, DESTINATION, VIA, NO_NETWORK, DRIVE, RELAY, MERGEABLE, RULE_COUNT };

#define TAGS                  "{\n\t\"tagOwners\": {\"tag:web\": [], \"tag:gw\": []},\n"
#define GRANTS(list)          TAGS "\t\"grants\": [\n" list "\t],\n}\n"
#define GRANT(src, dst, rest) "\t\t{\"src\": [" src "], \"dst\": [" dst "], " rest "},\n"
#define ACL_FROM(src, dst)                                                                         \
	TAGS "\t\"groups\": {\"group:eng\": [\"ann@example.com\"]},\n\t\"acls\": [{\"action\": "   \
	     "\"accept\", \"src\": [" src "], \"dst\": [" dst "]}],\n}\n"

static const hj_rule rules[RULE_COUNT] = {
	[COVERED_RULE] = {.code = "A050",
		.name = "covered-rule",
		.severity = HJ_WARNING_LEVEL,
		.summary = "other rules allow all that a rule allows",
		.why = "Rules only ever allow, and they add up. This one can be taken out and "
		       "nothing changes; whoever tightens it changes nothing either. Often the "
		       "wider rule was for trying something out and stayed.",
		.bad = GRANTS(GRANT("\"autogroup:member\"", "\"tag:web\"",
			"\"ip\": [\"tcp:80-443\"]") GRANT("\"autogroup:member\"", "\"tag:web\"",
			"\"ip\": [\"tcp:443\"]")),
		.good = GRANTS(
			GRANT("\"autogroup:member\"", "\"tag:web\"", "\"ip\": [\"tcp:443\"]")),
		.fix = "remove the rule, or make the wider one narrower"},
	[SOURCE] = {.code = "A051",
		.name = "redundant-source",
		.severity = HJ_INFO_LEVEL,
		.summary = "a source is included in another one of the same rule",
		.why = "A group includes its members, \"autogroup:tagged\" every tag, a prefix the "
		       "addresses in it. Taking the narrower one out takes nothing away.",
		.bad = ACL_FROM("\"group:eng\", \"ann@example.com\"", "\"tag:web:443\""),
		.good = ACL_FROM("\"group:eng\"", "\"tag:web:443\""),
		.fix = "remove it"},
	[DESTINATION] = {.code = "A052",
		.name = "redundant-destination",
		.severity = HJ_INFO_LEVEL,
		.summary = "a destination is included in another one of the same rule",
		.why = "All ports include each port, \"autogroup:tagged\" every tag, a prefix the "
		       "addresses in it. Taking the narrower one out takes nothing away.",
		.bad = ACL_FROM("\"group:eng\"", "\"tag:web:*\", \"tag:web:443\""),
		.good = ACL_FROM("\"group:eng\"", "\"tag:web:443\""),
		.fix = "remove it, or the wider one"},
	[VIA] = {.code = "A053",
		.name = "via-without-route",
		.severity = HJ_WARNING_LEVEL,
		.summary = "\"via\" with destinations that no route leads to",
		.why = "\"via\" chooses among subnet routers, exit nodes and app connectors. "
		       "Devices "
		       "of the tailnet are reached directly: for tags and users it has no effect, "
		       "and the rule may be sent to nobody.",
		.bad = GRANTS(GRANT("\"autogroup:member\"", "\"tag:web\"",
			"\"ip\": [\"tcp:443\"], \"via\": [\"tag:gw\"]")),
		.good = GRANTS(GRANT("\"autogroup:member\"", "\"10.20.0.0/16\"",
			"\"ip\": [\"tcp:443\"], \"via\": [\"tag:gw\"]")),
		.fix = "remove \"via\", or name the network behind the router"},
	[NO_NETWORK] = {.code = "A054",
		.name = "app-without-network",
		.severity = HJ_INFO_LEVEL,
		.summary = "a grant gives an application's rights, and no port",
		.why = "An application is reached over the network like anything else. Unless "
		       "another rule opens its port for the same pair, these rights cannot be "
		       "used. Peer relays need no port.",
		.bad = GRANTS(GRANT("\"autogroup:member\"", "\"tag:web\"",
			"\"app\": {\"example.com/cap/wiki\": [{}]}")),
		.good = GRANTS(GRANT("\"autogroup:member\"", "\"tag:web\"",
			"\"ip\": [\"tcp:443\"], \"app\": {\"example.com/cap/wiki\": [{}]}")),
		.fix = "add \"ip\", unless another rule opens the port",
		.off = true},
	[DRIVE] = {.code = "A055",
		.name = "drive-without-attribute",
		.severity = HJ_INFO_LEVEL,
		.summary = "a grant shares folders, and no device may share or open any",
		.why = "Taildrive needs three things: the grant, the node attribute "
		       "\"drive:share\" "
		       "where folders are, and \"drive:access\" where they are opened.",
		.bad = GRANTS(GRANT("\"autogroup:member\"", "\"autogroup:self\"",
			"\"app\": {\"tailscale.com/cap/drive\": [{\"shares\": [\"*\"], "
			"\"access\": \"ro\"}]}")),
		.good = TAGS
		"\t\"nodeAttrs\": [{\"target\": [\"autogroup:member\"], \"attr\": "
		"[\"drive:share\", \"drive:access\"]}],\n\t\"grants\": [\n" GRANT(
			"\"autogroup:member\"", "\"autogroup:self\"",
			"\"app\": {\"tailscale.com/cap/drive\": [{\"shares\": [\"*\"], "
			"\"access\": \"ro\"}]}") "\t],\n}\n",
		.fix = "give the devices \"drive:share\" and \"drive:access\" in \"nodeAttrs\""},
	[RELAY] = {.code = "A056",
		.name = "relay-for-everybody",
		.severity = HJ_WARNING_LEVEL,
		.summary = "every device is to be reached through peer relays",
		.why = "The sources of a relay grant are devices behind a strict NAT. With \"*\" "
		       "every device tries the relays for every connection, which the "
		       "documentation warns of.",
		.bad = GRANTS(
			GRANT("\"*\"", "\"tag:gw\"", "\"app\": {\"tailscale.com/cap/relay\": []}")),
		.good = GRANTS(GRANT(
			"\"tag:web\"", "\"tag:gw\"", "\"app\": {\"tailscale.com/cap/relay\": []}")),
		.fix = "name the devices that need a relay"},
	[MERGEABLE] = {.code = "A057",
		.name = "mergeable-rules",
		.severity = HJ_INFO_LEVEL,
		.summary = "a rule differs from the one before it in its sources alone",
		.why = "One rule with both lists of sources says the same, and is changed in one "
		       "place.",
		.bad = GRANTS(
			GRANT("\"tag:web\"", "\"autogroup:tagged\"", "\"ip\": [\"tcp:443\"]") GRANT(
				"\"tag:gw\"", "\"autogroup:tagged\"", "\"ip\": [\"tcp:443\"]")),
		.good = GRANTS(GRANT("\"tag:web\", \"tag:gw\"", "\"autogroup:tagged\"",
			"\"ip\": [\"tcp:443\"]")),
		.fix = "make one rule of them, unless they are apart for a reason",
		.off = true},
};

const hj_rule *hj__access_advice(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

typedef struct access_check {
	hj_lint_run *run;
	hj__members members;
	hj_map hosts; /* alias → index in policy->hosts */
	hj__seen seen;
	uint32_t serial; /* of lists */
	hj_status status;
} access_check;

/* -- one list ------------------------------------------------------------------------------------ */

/* Words of one list whose addresses are compared, and memberships of one user. */
enum { MOST_RANGES = 64, MOST_GROUPS = 16 };

typedef struct known_range {
	hj_range range;
	hj_slice ports;
	uint32_t index;
} known_range;

typedef struct list_check {
	const hj_rule *rule;
	const hj_words *words;
	bool ports; /* HOST:PORTS */
	known_range ranges[MOST_RANGES];
	size_t range_count;
	uint32_t tagged; /* 1 + the index of autogroup:tagged; 0: it is not there */
} list_check;

static void cut(const list_check *list, uint32_t index, hj_slice *host, hj_slice *ports)
{
	hj_hostport split;
	*host = hj_trim(list->words->items[index].text);
	*ports = HJ_SLICE("*");
	if (list->ports && hj_hostport_split(*host, &split)) {
		*host = split.host;
		*ports = split.ports;
	}
}

/* Is every port of one list in one range of the other? */
static bool ports_include(hj_slice outer, hj_slice inner)
{
	hj_ports wanted, range;
	if (hj_slice_equal(outer, HJ_SLICE("*")) || hj_slice_equal(outer, inner))
		return true;
	if (outer.size > 64 || inner.size > 64)
		return false;
	while (hj_ports_next(&inner, &wanted, NULL)) {
		bool found = false;
		for (hj_slice rest = outer; !found && hj_ports_next(&rest, &range, NULL);)
			found = range.first <= wanted.first && range.last >= wanted.last;
		if (!found)
			return false;
	}
	return inner.data == NULL;
}

static void report(access_check *check, const list_check *list, uint32_t inner, uint32_t outer)
{
	hj_lint_run *run = check->run;
	const hj_word *words = list->words->items;
	if (inner == outer || hj_slice_equal(words[inner].text, words[outer].text))
		return; /* twice the same is another rule's finding */
	hj_finding *finding =
		hj__advise(run, list->rule, words[inner].node, "\"%.*s\" includes \"%.*s\"",
			HJ_SLICE_ARGS(words[outer].text), HJ_SLICE_ARGS(words[inner].text));
	hj__point(run, finding, words[outer].node, "this includes it");
	hj__remove_word(run, finding, list->words, inner, true);
}

static bool range_of(const access_check *check, const hj_word *word, hj_slice host, hj_range *out)
{
	/* The policy has read it already, unless it cuts the ports off elsewhere. */
	hj_selector selector = check->run->policy->terms[word->term].selector;
	if (!hj_slice_equal(selector.text, host))
		selector = hj_selector_parse(host);
	if (selector.kind == HJ_SELECT_WORD) {
		const uint32_t *index = hj_map_get(&check->hosts, selector.text);
		if (!index)
			return false;
		selector = hj_selector_parse(check->run->policy->hosts.items[*index].word.text);
	}
	if (selector.kind != HJ_SELECT_ADDRESS && selector.kind != HJ_SELECT_PREFIX)
		return false;
	*out = hj_prefix_range(hj_prefix_masked(selector.prefix, NULL));
	return true;
}

/* First what is there, then what it includes. */
static void note(access_check *check, list_check *list, uint32_t index)
{
	hj_slice host, ports;
	hj_range range;
	cut(list, index, &host, &ports);
	if (host.size == 0)
		return;
	hj__meeting before, now = {check->serial, list->words->items[index].node, index};
	if (!check->status)
		check->status = hj__seen_put(&check->seen, host, now, &before);
	if (check->status)
		return;
	if (before.list == check->serial) {
		hj_slice other, other_ports;
		cut(list, before.value, &other, &other_ports);
		if (ports_include(other_ports, ports))
			report(check, list, index, before.value);
		else if (ports_include(ports, other_ports))
			report(check, list, before.value, index);
	}
	if (!list->tagged && hj_slice_equal(host, HJ_SLICE("autogroup:tagged")))
		list->tagged = index + 1;
	if (list->range_count < MOST_RANGES &&
		range_of(check, &list->words->items[index], host, &range))
		list->ranges[list->range_count++] = (known_range){range, ports, index};
}

static void find_wider(access_check *check, const list_check *list, uint32_t index)
{
	hj_slice host, ports, other, other_ports;
	cut(list, index, &host, &ports);
	if (list->tagged && host.size > 4 && memcmp(host.data, "tag:", 4) == 0) {
		cut(list, list->tagged - 1, &other, &other_ports);
		if (ports_include(other_ports, ports))
			report(check, list, index, list->tagged - 1);
		return;
	}
	uint32_t at = hj__members_of(&check->members, host);
	for (int i = 0; at && i < MOST_GROUPS; i++, at = check->members.items[at].next) {
		const hj__meeting *group =
			hj__seen_get(&check->seen, check->members.items[at].group);
		if (!group || group->list != check->serial)
			continue;
		cut(list, group->value, &other, &other_ports);
		if (!ports_include(other_ports, ports))
			continue;
		report(check, list, index, group->value);
		return;
	}
}

static void compare_ranges(access_check *check, const list_check *list)
{
	for (size_t i = 0; i < list->range_count; i++)
		for (size_t k = 0; k < list->range_count; k++) {
			const known_range *inner = &list->ranges[i], *outer = &list->ranges[k];
			if (i == k || !hj_range_contains(outer->range, inner->range) ||
				!ports_include(outer->ports, inner->ports))
				continue;
			if (hj_range_contains(inner->range, outer->range))
				continue; /* one address under two names */
			report(check, list, inner->index, outer->index);
			break;
		}
}

static void check_list(access_check *check, const hj_words *words, const hj_rule *rule, bool ports)
{
	list_check list;
	if (words->count < 2)
		return;
	list.rule = rule;
	list.words = words;
	list.ports = ports;
	list.range_count = 0;
	list.tagged = 0;
	check->serial++;
	for (uint32_t i = 0; i < words->count && !check->status; i++)
		note(check, &list, i);
	for (uint32_t i = 0; i < words->count && !check->status; i++)
		find_wider(check, &list, i);
	compare_ranges(check, &list);
}

/* -- grants -------------------------------------------------------------------------------------- */

static void check_via(hj_lint_run *run, const hj_grant *grant)
{
	if (grant->via.count == 0 || grant->dst.count == 0)
		return;
	for (uint32_t i = 0; i < grant->dst.count; i++) {
		hj_selector selector = hj_selector_parse(grant->dst.items[i].text);
		bool direct = selector.kind == HJ_SELECT_USER || selector.kind == HJ_SELECT_GROUP ||
			selector.kind == HJ_SELECT_SYNCED || selector.kind == HJ_SELECT_TAG ||
			selector.kind == HJ_SELECT_DOMAIN ||
			(selector.kind == HJ_SELECT_AUTOGROUP &&
				selector.autogroup != HJ_AUTOGROUP_INTERNET);
		if (!direct)
			return;
	}
	hj_finding *finding = hj__advise(run, &rules[VIA], grant->via.node,
		"no route leads to these destinations: they are reached directly");
	hj__remove_member(run, finding, grant->node, grant->via.node, false);
}

static void check_apps(hj_lint_run *run, const hj_grant *grant, bool drive)
{
	bool relay = false;
	for (uint32_t i = 0; i < grant->app.count; i++) {
		const hj_word *name = &grant->app.items[i].name;
		if (hj_slice_equal(name->text, HJ_SLICE("tailscale.com/cap/drive")) && !drive)
			hj__advise(run, &rules[DRIVE], name->node,
				"no device has \"drive:share\" and \"drive:access\"");
		if (!hj_slice_equal(name->text, HJ_SLICE("tailscale.com/cap/relay")))
			continue;
		relay = true;
		for (uint32_t k = 0; k < grant->src.count; k++)
			if (hj_slice_equal(hj_trim(grant->src.items[k].text), HJ_SLICE("*")))
				hj__advise(run, &rules[RELAY], grant->src.items[k].node,
					"every device tries the relays for every connection");
	}
	if (grant->app.count && grant->ip.count == 0 && !relay)
		hj__advise(run, &rules[NO_NETWORK], grant->app.node,
			"rights without a port: another rule has to open it");
}

/* Taildrive's two attributes, each somewhere. */
static bool has_drive(const hj_policy *policy)
{
	bool shares = false, opens = false;
	for (uint32_t i = 0; i < policy->node_attrs.count; i++)
		for (uint32_t k = 0; k < policy->node_attrs.items[i].attr.count; k++) {
			hj_slice attr = hj_trim(policy->node_attrs.items[i].attr.items[k].text);
			shares = shares || hj_slice_equal(attr, HJ_SLICE("drive:share"));
			opens = opens || hj_slice_equal(attr, HJ_SLICE("drive:access"));
		}
	return shares && opens;
}

/* Are two lists spelt alike? */
static bool same_words(const hj_words *a, const hj_words *b)
{
	if (a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (a->items[i].term != b->items[i].term ||
			!hj_slice_equal(a->items[i].text, b->items[i].text))
			return false;
	return true;
}

static void check_neighbours(hj_lint_run *run, const hj_grant *a, const hj_grant *b)
{
	if (a->app.count || b->app.count || b->src.count == 0 || same_words(&a->src, &b->src) ||
		!same_words(&a->dst, &b->dst) || !same_words(&a->ip, &b->ip) ||
		!same_words(&a->via, &b->via) || !same_words(&a->posture, &b->posture))
		return;
	hj_finding *finding = hj__advise(run, &rules[MERGEABLE], b->src.node,
		"the rule before this one differs in its sources alone");
	hj__point(run, finding, a->src.node, "the sources of the other one");
}

static void check_rules(access_check *check)
{
	hj_lint_run *run = check->run;
	const hj_policy *policy = run->policy;
	bool drive = has_drive(policy), merges = hj__wants(run, &rules[MERGEABLE]);
	for (uint32_t i = 0; i < policy->acls.count && !check->status; i++) {
		check_list(check, &policy->acls.items[i].src, &rules[SOURCE], false);
		check_list(check, &policy->acls.items[i].dst, &rules[DESTINATION], true);
	}
	for (uint32_t i = 0; i < policy->grants.count && !check->status; i++) {
		const hj_grant *grant = &policy->grants.items[i];
		check_list(check, &grant->src, &rules[SOURCE], false);
		check_list(check, &grant->dst, &rules[DESTINATION], false);
		check_via(run, grant);
		check_apps(run, grant, drive);
		if (i && merges)
			check_neighbours(run, &policy->grants.items[i - 1], grant);
	}
}

hj_status hj__check_access(hj_lint_run *run)
{
	if (!hj__advises(run))
		return HJ_OK;
	access_check check = {.run = run};
	hj_map_init(&check.hosts, run->allocator);
	hj__seen_init(&check.seen, run->allocator);
	check.status = hj__members_gather(&check.members, run->policy, run->allocator);
	for (uint32_t i = 0; !check.status && i < run->policy->hosts.count; i++)
		check.status = hj_map_put(
			&check.hosts, run->policy->hosts.items[i].name.text, i, NULL, NULL);
	if (!check.status)
		check_rules(&check);
	hj__members_free(&check.members);
	hj__seen_free(&check.seen);
	hj_map_free(&check.hosts);
	if (!check.status && hj__wants(run, &rules[COVERED_RULE]))
		check.status = hj__find_covered(run, &rules[COVERED_RULE]);
	return check.status ? check.status : run->findings->status;
}
