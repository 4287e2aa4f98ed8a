#include "base/suggest.h"
#include "lint/advice.h"

#include <stdio.h>

enum {
	REGION_ID,
	NODE_REGION,
	RESERVED_ID,
	REGION_KEY,
	NODE_NAME,
	NO_NODES,
	OMITTED,
	INSECURE,
	AVOID,
	BAD_PORT,
	NO_HOST_NAME,
	CGNAT_ROUTE,
	DEFAULT_SWITCH,
	RULE_COUNT
};

#define REGION(id, node)                                                                           \
	"{\n\t\"derpMap\": {\"regions\": {\"900\": {\n\t\t\"regionID\": " id                       \
	", \"regionCode\": \"hq\", \"regionName\": \"HQ\",\n\t\t\"nodes\": [{" node                \
	"}],\n\t}}},\n}\n"
#define NODE "\"name\": \"900a\", \"regionID\": 900, \"hostName\": \"derp.example.com\""

static const hj_rule rules[RULE_COUNT] = {
	[REGION_ID] = {.code = "M001",
		.name = "derp-region-id-mismatch",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a DERP region's id is not the key that it stands under",
		.why = "Clients look a region up by its key and talk of it by its id. When the two "
		       "differ, the map is not valid and the region is not found.",
		.bad = REGION("901", "\"name\": \"900a\", \"hostName\": \"derp.example.com\""),
		.good = REGION("900", NODE),
		.fix = "write the same number as key and as \"regionID\""},
	[NODE_REGION] = {.code = "M002",
		.name = "derp-node-region-mismatch",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a DERP node names another region than the one it stands in",
		.why = "A node carries the id of its region once more. Clients that meet the node "
		       "under another id do not use it.",
		.bad = REGION("900",
			"\"name\": \"900a\", \"regionID\": 901, "
			"\"hostName\": \"derp.example.com\""),
		.good = REGION("900", NODE),
		.fix = "give the node the id of its region"},
	[RESERVED_ID] = {.code = "M003",
		.name = "derp-reserved-region",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a DERP region of one's own has an id outside 900 to 999",
		.why = "The ids 900 to 999 are set aside for regions of one's own. Any other is "
		       "or may become one of Tailscale's regions, which is then replaced. "
		       "A default region is switched off with null, which is fine.",
		.bad = "{\n\t\"derpMap\": {\"regions\": {\"5\": {\n\t\t\"regionID\": 5,\n\t\t"
		       "\"nodes\": [{\"name\": \"5x\", \"regionID\": 5, "
		       "\"hostName\": \"derp.example.com\"}],\n\t}}},\n}\n",
		.good = REGION("900", NODE),
		.fix = "take a number from 900 to 999"},
	[REGION_KEY] = {.code = "M004",
		.name = "derp-region-key",
		.severity = HJ_WARNING_LEVEL,
		.summary = "the key of a DERP region is no positive whole number",
		.why = "Regions are numbered: the key is the region's id in decimal digits. Codes "
		       "and names have fields of their own.",
		.bad = "{\n\t\"derpMap\": {\"regions\": {\"hq\": {\n\t\t\"regionID\": 900,\n\t\t"
		       "\"nodes\": [{\"name\": \"900a\", \"regionID\": 900, "
		       "\"hostName\": \"derp.example.com\"}],\n\t}}},\n}\n",
		.good = REGION("900", NODE),
		.fix = "write the region's number as its key"},
	[NODE_NAME] = {.code = "M005",
		.name = "derp-duplicate-node",
		.severity = HJ_WARNING_LEVEL,
		.summary = "two DERP nodes have one name",
		.why = "The name of a node must be unique over all regions: clients keep their "
		       "measurements by it, and mix up two nodes of one name.",
		.bad = REGION("900",
			NODE "}, {\"name\": \"900a\", \"regionID\": 900, "
			     "\"hostName\": \"derp2.example.com\""),
		.good = REGION("900",
			NODE "}, {\"name\": \"900b\", \"regionID\": 900, "
			     "\"hostName\": \"derp2.example.com\""),
		.fix = "rename one of them"},
	[NO_NODES] = {.code = "M006",
		.name = "derp-region-without-nodes",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a DERP region has no node",
		.why = "Without a node there is nothing to connect to. To switch a default region "
		       "off, write null as its value.",
		.bad = "{\n\t\"derpMap\": {\"regions\": {\"900\": {\"regionID\": 900, "
		       "\"nodes\": []}}},\n}\n",
		.good = "{\n\t\"derpMap\": {\"regions\": {\"12\": null}},\n}\n",
		.fix = "add a node, or write null to switch the region off"},
	[OMITTED] = {.code = "M007",
		.name = "derp-no-regions-left",
		.severity = HJ_WARNING_LEVEL,
		.summary = "default DERP regions are left out, and there is no other",
		.why = "With \"omitDefaultRegions\" only the regions written here are used. With "
		       "none, devices that cannot reach each other directly have no relay.",
		.bad = "{\n\t\"derpMap\": {\"omitDefaultRegions\": true},\n}\n",
		.good = "{\n\t\"derpMap\": {\"omitDefaultRegions\": false},\n}\n",
		.fix = "add a region, or leave \"omitDefaultRegions\" out"},
	[INSECURE] = {.code = "M008",
		.name = "derp-insecure",
		.severity = HJ_WARNING_LEVEL,
		.summary = "clients do not check the certificate of a DERP node",
		.why = "\"insecureForTests\" switches certificate checks off. Anybody on the way "
		       "can then pretend to be the relay. For a self-signed certificate there is "
		       "\"certName\" with its digest.",
		.bad = REGION("900", NODE ", \"insecureForTests\": true"),
		.good = REGION("900", NODE),
		.fix = "remove \"insecureForTests\""},
	[AVOID] = {.code = "M009",
		.name = "derp-avoid",
		.severity = HJ_INFO_LEVEL,
		.summary = "\"avoid\" of a DERP region has been replaced",
		.why = "The field is deprecated. \"noMeasureNoHome\" keeps clients from measuring "
		       "the region and from choosing it as their home.",
		.bad = "{\n\t\"derpMap\": {\"regions\": {\"900\": {\"regionID\": 900, \"avoid\": "
		       "true, \"nodes\": [{" NODE "}]}}},\n}\n",
		.good = "{\n\t\"derpMap\": {\"regions\": {\"900\": {\"regionID\": 900, "
			"\"noMeasureNoHome\": true, \"nodes\": [{" NODE "}]}}},\n}\n",
		.fix = "rename it to \"noMeasureNoHome\""},
	[BAD_PORT] = {.code = "M010",
		.name = "derp-port",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a port of a DERP node is none",
		.why = "Ports go from 1 to 65535; 0 means the default, and -1 as \"stunPort\" "
		       "switches STUN off.",
		.bad = REGION("900", NODE ", \"derpPort\": 70000"),
		.good = REGION("900", NODE ", \"derpPort\": 8443"),
		.fix = "write a port from 1 to 65535"},
	[NO_HOST_NAME] = {.code = "M011",
		.name = "derp-node-without-host",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a DERP node has no \"hostName\"",
		.why = "Clients connect to the host name and check the certificate against it. "
		       "Without one the node cannot be used.",
		.bad = REGION("900", "\"name\": \"900a\", \"regionID\": 900"),
		.good = REGION("900", NODE),
		.fix = "add \"hostName\""},
	[CGNAT_ROUTE] = {.code = "M050",
		.name = "cgnat-route-value",
		.severity = HJ_WARNING_LEVEL,
		.summary = "\"oneCGNATRoute\" has a value that it does not know",
		.why = "It is \"mac-always\", \"mac-never\" or empty. Any other text leaves the "
		       "routes as they would be without it.",
		.bad = "{\n\t\"oneCGNATRoute\": \"mac-allways\",\n}\n",
		.good = "{\n\t\"oneCGNATRoute\": \"mac-always\",\n}\n",
		.fix = "write \"mac-always\" or \"mac-never\", or leave it out"},
	[DEFAULT_SWITCH] = {.code = "M051",
		.name = "default-switch",
		.severity = HJ_INFO_LEVEL,
		.summary = "a switch states its default",
		.why = "\"disableIPv4\" and \"randomizeClientPort\" are false when they are "
		       "absent. "
		       "Some like to see them; others like short files.",
		.bad = "{\n\t\"disableIPv4\": false,\n}\n",
		.good = "{}\n",
		.fix = "leave it out",
		.off = true},
};

const hj_rule *hj__derp_advice(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

typedef struct derp_check {
	hj_lint_run *run;
	hj_map names; /* of nodes, as spelt → node */
	hj_status status;
} derp_check;

static bool number_of(const hj_lint_run *run, uint32_t node, int64_t *out)
{
	return node && hj__kind(run, node) == HJ_NUMBER && hj__whole(hj__bytes(run, node), out);
}

static void check_id(hj_lint_run *run, const hj_rule *rule, uint32_t object, int64_t key)
{
	int64_t id;
	uint32_t node = hj__member(run, object, "regionID");
	if (!number_of(run, node, &id) || id == key)
		return;
	hj_finding *finding = hj__advise(run, rule, node,
		"the region is %lld here and %lld in its key", (long long)id, (long long)key);
	char digits[24];
	int size = snprintf(digits, sizeof digits, "%lld", (long long)key);
	hj_finding_edit(run->findings, finding,
		hj_node_span(&hj_document_nodes(run->document)[node]),
		hj_slice_of(digits, (size_t)size));
}

static void check_port(hj_lint_run *run, uint32_t node, const char *name, int64_t least)
{
	int64_t port;
	uint32_t value = hj__member(run, node, name);
	if (number_of(run, value, &port) && (port < least || port > 65535))
		hj__advise(run, &rules[BAD_PORT], value, "%lld is no port", (long long)port);
}

static void check_node(derp_check *check, uint32_t node, int64_t key)
{
	hj_lint_run *run = check->run;
	if (hj__kind(run, node) != HJ_OBJECT)
		return;
	if (key > 0)
		check_id(run, &rules[NODE_REGION], node, key);
	check_port(run, node, "stunPort", -1);
	check_port(run, node, "derpPort", 0);
	uint32_t insecure = hj__member(run, node, "insecureForTests");
	if (insecure && hj__kind(run, insecure) == HJ_TRUE) {
		hj_finding *finding = hj__advise(run, &rules[INSECURE], insecure,
			"the certificate of this node is not checked");
		hj__remove_member(run, finding, node, insecure, false);
	}
	if (!hj__member(run, node, "hostName"))
		hj__advise(run, &rules[NO_HOST_NAME], node, "this node has no \"hostName\"");
	uint32_t name = hj__member(run, node, "name"), *first;
	bool was_there;
	if (!name || hj__kind(run, name) != HJ_STRING || check->status)
		return;
	check->status = hj_map_put(&check->names, hj__inside(run, name), name, &first, &was_there);
	if (!check->status && was_there) {
		hj_finding *finding = hj__advise(run, &rules[NODE_NAME], name,
			"another node is called \"%.*s\"", HJ_SLICE_ARGS(hj__inside(run, name)));
		hj__point(run, finding, *first, "it is this one");
	}
}

static void check_region(derp_check *check, uint32_t name, uint32_t region)
{
	hj_lint_run *run = check->run;
	const hj_node *nodes = hj_document_nodes(run->document);
	int64_t key = 0;
	if (!hj__whole(hj__inside(run, name), &key) || key <= 0) {
		hj__advise(run, &rules[REGION_KEY], name, "\"%.*s\" is no region's number",
			HJ_SLICE_ARGS(hj__inside(run, name)));
		key = 0;
	}
	if (hj__kind(run, region) != HJ_OBJECT)
		return; /* null switches a default region off */
	if (key > 0) {
		check_id(run, &rules[REGION_ID], region, key);
		if (key < 900 || key > 999)
			hj__advise(run, &rules[RESERVED_ID], name,
				"%lld is not for a region of one's own", (long long)key);
	}
	uint32_t avoid = hj__member(run, region, "avoid");
	if (avoid) {
		hj_finding *finding = hj__advise(
			run, &rules[AVOID], avoid - 1, "\"avoid\" is now \"noMeasureNoHome\"");
		if (!hj__member(run, region, "noMeasureNoHome"))
			hj__replace(run, finding, avoid - 1, HJ_SLICE("noMeasureNoHome"), false);
	}
	uint32_t list = hj__member(run, region, "nodes");
	if (!list || hj__is_empty(run, list))
		hj__advise(run, &rules[NO_NODES], name, "region %.*s has no node",
			HJ_SLICE_ARGS(hj__inside(run, name)));
	else if (hj__kind(run, list) == HJ_ARRAY)
		for (uint32_t at = hj_node_first(list); at < nodes[list].next; at = nodes[at].next)
			check_node(check, at, key);
}

static void check_map(derp_check *check, uint32_t map)
{
	hj_lint_run *run = check->run;
	const hj_node *nodes = hj_document_nodes(run->document);
	uint32_t regions = hj__member(run, map, "regions");
	uint32_t omit = hj__member(run, map, "omitDefaultRegions");
	size_t live = 0;
	if (regions && hj__kind(run, regions) == HJ_OBJECT)
		for (uint32_t at = hj_node_first(regions); at < nodes[regions].next;
			at = nodes[nodes[at].next].next) {
			live += hj__kind(run, nodes[at].next) == HJ_OBJECT;
			check_region(check, at, nodes[at].next);
		}
	if (live == 0 && omit && hj__kind(run, omit) == HJ_TRUE)
		hj__advise(run, &rules[OMITTED], omit,
			"default regions are left out, and there is no other");
}

static void check_route(hj_lint_run *run, const hj_word *route)
{
	static const char *const known[] = {"mac-always", "mac-never"};
	hj_suggest suggest;
	if (!route->node || route->text.size == 0)
		return;
	hj_suggest_begin(&suggest, route->text);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (hj_slice_equal(route->text, hj_slice_str(known[i])))
			return;
		hj_suggest_offer(&suggest, hj_slice_str(known[i]));
	}
	hj_finding *finding = hj__advise(run, &rules[CGNAT_ROUTE], route->node,
		"\"%.*s\" is neither \"mac-always\" nor \"mac-never\"", HJ_SLICE_ARGS(route->text));
	if (suggest.best.size) {
		hj_finding_help(run->findings, finding, "did you mean \"%.*s\"?",
			HJ_SLICE_ARGS(suggest.best));
		hj__replace(run, finding, route->node, suggest.best, false);
	}
}

static void check_switch(hj_lint_run *run, const hj_flag *flag)
{
	if (!flag->node || flag->value || !hj__wants(run, &rules[DEFAULT_SWITCH]))
		return;
	hj_finding *finding = hj__advise(
		run, &rules[DEFAULT_SWITCH], flag->node, "false is what it would be without this");
	hj__remove_member(run, finding, 0, flag->node, true);
}

hj_status hj__check_derp(hj_lint_run *run)
{
	if (!hj__advises(run))
		return HJ_OK;
	derp_check check = {.run = run};
	hj_map_init(&check.names, run->allocator);
	if (run->policy->derp_map)
		check_map(&check, run->policy->derp_map);
	hj_map_free(&check.names);
	check_route(run, &run->policy->one_cgnat_route);
	check_switch(run, &run->policy->disable_ipv4);
	check_switch(run, &run->policy->randomize_client_port);
	return check.status ? check.status : run->findings->status;
}
