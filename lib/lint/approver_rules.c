#include "base/address.h"
#include "lint/advice.h"
#include "policy/selector.h"

#include <stdlib.h>

enum {
	NO_ADDRESSES,
	APEX_MISSING,
	TWO_APPS,
	NO_APPROVER,
	DEFAULT_ROUTE,
	COVERED,
	USER,
	ONE_FAMILY,
	RULE_COUNT
};

#define APP "tailscale.com/app-connectors"
#define WORKS                                                                                      \
	"\t\"acls\": [{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "                  \
	"\"dst\": [\"tag:app:53\"]}],\n"
#define CONNECTORS(apps)                                                                           \
	"{\n\t\"tagOwners\": {\"tag:app\": []},\n" WORKS                                           \
	"\t\"nodeAttrs\": [{\"target\": [\"*\"], "                                                 \
	"\"app\": {\"" APP "\": [\n" apps "\t]}}],\n\t\"autoApprovers\": {\"routes\": "            \
	"{\"0.0.0.0/0\": [\"tag:app\"], \"::/0\": [\"tag:app\"]}},\n}\n"
#define CONNECTOR(name, rest)                                                                      \
	"\t\t{\"name\": \"" name "\", \"connectors\": [\"tag:app\"]" rest "},\n"
#define ROUTES(routes)                                                                             \
	"{\n\t\"tagOwners\": {\"tag:gw\": []},\n\t\"autoApprovers\": {\"routes\": {" routes        \
	"}},\n}\n"

static const hj_rule rules[RULE_COUNT] = {
	[NO_ADDRESSES] = {.code = "N060",
		.name = "app-without-addresses",
		.severity = HJ_WARNING_LEVEL,
		.summary = "an app connector for no domain and no route",
		.why = "Traffic goes to a connector by the app's domains, routes or preset. With "
		       "none of them it carries nothing.",
		.bad = CONNECTORS(CONNECTOR("wiki", "")),
		.good = CONNECTORS(CONNECTOR("wiki", ", \"domains\": [\"wiki.example.com\"]")),
		.fix = "add \"domains\", \"routes\" or \"presetAppID\""},
	[APEX_MISSING] = {.code = "N061",
		.name = "app-without-apex",
		.severity = HJ_INFO_LEVEL,
		.summary = "an app has the names below a domain, and not the domain",
		.why = "\"*.example.com\" does not include \"example.com\" itself.",
		.bad = CONNECTORS(CONNECTOR("wiki", ", \"domains\": [\"*.example.com\"]")),
		.good = CONNECTORS(
			CONNECTOR("wiki", ", \"domains\": [\"example.com\", \"*.example.com\"]")),
		.fix = "add the domain, if it is meant too",
		.off = true},
	[TWO_APPS] = {.code = "N062",
		.name = "domain-of-two-apps",
		.severity = HJ_WARNING_LEVEL,
		.summary = "two apps claim one domain",
		.why = "Which of the two connectors carries the traffic is not defined, and a rule "
		       "for one of them may be passed by.",
		.bad = CONNECTORS(CONNECTOR("wiki", ", \"domains\": [\"wiki.example.com\"]")
				CONNECTOR("docs", ", \"domains\": [\"wiki.example.com\"]")),
		.good = CONNECTORS(CONNECTOR("wiki", ", \"domains\": [\"wiki.example.com\"]")
				CONNECTOR("docs", ", \"domains\": [\"docs.example.com\"]")),
		.fix = "leave the domain to one of them"},
	[NO_APPROVER] = {.code = "N063",
		.name = "connector-without-approver",
		.severity = HJ_INFO_LEVEL,
		.summary = "nothing approves the routes that an app connector finds",
		.why = "A connector looks its domains up and announces a route for each address. "
		       "Without an approver in \"autoApprovers\" somebody has to approve every one "
		       "of them by hand.",
		.bad = "{\n\t\"tagOwners\": {\"tag:app\": []},\n" WORKS
		       "\t\"nodeAttrs\": [{\"target\": "
		       "[\"*\"], \"app\": {\"" APP "\": [\n" CONNECTOR(
			       "wiki", ", \"domains\": [\"wiki.example.com\"]") "\t]}}],\n}\n",
		.good = CONNECTORS(CONNECTOR("wiki", ", \"domains\": [\"wiki.example.com\"]")),
		.fix = "add the connector's tag under the routes 0.0.0.0/0 and ::/0"},
	[DEFAULT_ROUTE] = {.code = "N070",
		.name = "default-route-approver",
		.severity = HJ_INFO_LEVEL,
		.summary = "an approver of 0.0.0.0/0 that approves no exit node",
		.why = "Under \"routes\" the default routes approve every subnet route of their "
		       "family, but not the exit route of the same text. Exit nodes are approved "
		       "by \"exitNode\" alone.",
		.bad = ROUTES("\"0.0.0.0/0\": [\"tag:gw\"], \"::/0\": [\"tag:gw\"]"),
		.good = "{\n\t\"tagOwners\": {\"tag:gw\": []},\n\t\"autoApprovers\": "
			"{\"exitNode\": [\"tag:gw\"]},\n}\n",
		.fix = "use \"exitNode\" if exit nodes were meant"},
	[COVERED] = {.code = "N072",
		.name = "covered-route",
		.severity = HJ_INFO_LEVEL,
		.summary = "a route lies in another one with the same approvers",
		.why = "A key approves every longer prefix inside it as well.",
		.bad = ROUTES("\"10.0.0.0/8\": [\"tag:gw\"], \"10.1.0.0/16\": [\"tag:gw\"]"),
		.good = ROUTES("\"10.0.0.0/8\": [\"tag:gw\"]"),
		.fix = "remove the longer prefix"},
	[USER] = {.code = "N073",
		.name = "user-as-approver",
		.severity = HJ_INFO_LEVEL,
		.summary = "a user approves routes or exit nodes",
		.why = "When the user leaves or is suspended, or somebody else logs the device in, "
		       "its routes stop. A tag stays.",
		.bad = ROUTES("\"10.0.0.0/8\": [\"ann@example.com\"]"),
		.good = ROUTES("\"10.0.0.0/8\": [\"tag:gw\"]"),
		.fix = "give the routers a tag, and name the tag",
		.off = true},
	[ONE_FAMILY] = {.code = "N074",
		.name = "default-route-of-one-family",
		.severity = HJ_INFO_LEVEL,
		.summary = "routes of one family are approved, and none of the other",
		.why = "0.0.0.0/0 approves IPv4 routes alone, ::/0 those of IPv6.",
		.bad = "{\n\t\"tagOwners\": {\"tag:gw\": []},\n\t\"autoApprovers\": {\"routes\": "
		       "{\"0.0.0.0/0\": [\"tag:gw\"]}, \"exitNode\": [\"tag:gw\"]},\n}\n",
		.good = "{\n\t\"tagOwners\": {\"tag:gw\": []},\n\t\"autoApprovers\": {\"routes\": "
			"{\"0.0.0.0/0\": [\"tag:gw\"], \"::/0\": [\"tag:gw\"]}, \"exitNode\": "
			"[\"tag:gw\"]},\n}\n",
		.fix = "add the other one, if it is meant too",
		.off = true},
};

const hj_rule *hj__approver_advice(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

/* -- app connectors ------------------------------------------------------------------------------ */

typedef struct approver_check {
	hj_lint_run *run;
	hj__seen domains;   /* value: the app */
	hj__seen approvers; /* of routes and exit nodes */
	uint32_t app;
	bool connects; /* there are app connectors */
	hj_status status;
} approver_check;

static bool has_some(const hj_lint_run *run, uint32_t list)
{
	return list && !hj__is_empty(run, list);
}

static void check_domains(approver_check *check, uint32_t list)
{
	hj_lint_run *run = check->run;
	const hj_node *nodes = hj_document_nodes(run->document);
	uint32_t end = hj__kind(run, list) == HJ_ARRAY ? nodes[list].next : 0;
	for (uint32_t at = hj_node_first(list); at < end && !check->status; at = nodes[at].next) {
		hj_slice domain = hj__inside(run, at);
		hj__meeting before, now = {check->app, at, 0};
		if (hj__kind(run, at) != HJ_STRING)
			continue;
		check->status = hj__seen_put(&check->domains, domain, now, &before);
		if (check->status || !before.list || before.list == check->app)
			continue;
		hj_finding *finding = hj__advise(run, &rules[TWO_APPS], at,
			"another app claims \"%.*s\" too", HJ_SLICE_ARGS(domain));
		hj__point(run, finding, before.node, "it is this one");
	}
	for (uint32_t at = hj_node_first(list); at < end && !check->status; at = nodes[at].next) {
		hj_slice domain = hj__inside(run, at);
		if (!hj_slice_starts(domain, HJ_SLICE("*.")))
			continue;
		hj_slice apex = hj_slice_of(domain.data + 2, domain.size - 2);
		if (!hj__seen_get(&check->domains, apex))
			hj__advise(run, &rules[APEX_MISSING], at,
				"\"%.*s\" does not include \"%.*s\"", HJ_SLICE_ARGS(domain),
				HJ_SLICE_ARGS(apex));
	}
}

static void check_connectors(approver_check *check, uint32_t list)
{
	hj_lint_run *run = check->run;
	const hj_node *nodes = hj_document_nodes(run->document);
	bool approved = false;
	if (!list || hj__kind(run, list) != HJ_ARRAY)
		return;
	for (uint32_t at = hj_node_first(list); at < nodes[list].next; at = nodes[at].next)
		approved = approved || hj__seen_get(&check->approvers, hj__inside(run, at)) ||
			hj_slice_equal(hj__inside(run, at), HJ_SLICE("*"));
	if (!approved && !hj__is_empty(run, list))
		hj__advise(run, &rules[NO_APPROVER], list,
			"nothing approves the routes that this connector finds");
}

static void check_app(approver_check *check, uint32_t app)
{
	hj_lint_run *run = check->run;
	if (hj__kind(run, app) != HJ_OBJECT)
		return;
	check->app++;
	check->connects = true;
	uint32_t domains = hj__member(run, app, "domains");
	uint32_t preset = hj__member(run, app, "presetAppID");
	if (!has_some(run, domains) && !has_some(run, hj__member(run, app, "routes")) && !preset)
		hj__advise(run, &rules[NO_ADDRESSES], app, "this app has no domain and no route");
	if (domains)
		check_domains(check, domains);
	if (has_some(run, domains) || preset)
		check_connectors(check, hj__member(run, app, "connectors"));
}

static void check_apps(approver_check *check)
{
	hj_lint_run *run = check->run;
	const hj_node *nodes = hj_document_nodes(run->document);
	const hj_node_attrs *entries = &run->policy->node_attrs;
	for (uint32_t i = 0; i < entries->count; i++)
		for (uint32_t k = 0; k < entries->items[i].app.count; k++) {
			const hj_entry *entry = &entries->items[i].app.items[k];
			if (!hj_slice_equal(entry->name.text, HJ_SLICE(APP)) ||
				hj__kind(run, entry->value) != HJ_ARRAY)
				continue;
			for (uint32_t at = hj_node_first(entry->value);
				at < nodes[entry->value].next; at = nodes[at].next)
				check_app(check, at);
		}
}

/* -- routes -------------------------------------------------------------------------------------- */

typedef struct route {
	hj_range range;
	const hj_entry *entry;
	uint32_t index;
} route;

static int compare_routes(const void *one, const void *other)
{
	const route *a = one, *b = other;
	int order = hj_address_compare(a->range.first, b->range.first);
	if (order == 0)
		order = hj_address_compare(b->range.last, a->range.last);
	return order ? order : (a->index > b->index) - (a->index < b->index);
}

static bool same_approvers(const hj_words *a, const hj_words *b)
{
	if (a->count != b->count || a->count == 0)
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (!hj_slice_equal(a->items[i].text, b->items[i].text))
			return false;
	return true;
}

/* Prefixes nest: sorted, the one that a route lies in is the last one before it that reaches it. */
static void check_nesting(hj_lint_run *run, route *routes, size_t count)
{
	const hj_entries *entries = &run->policy->auto_approvers.routes;
	const route *open[129];
	size_t depth = 0;
	qsort(routes, count, sizeof *routes, compare_routes);
	for (size_t i = 0; i < count; i++) {
		const route *inner = &routes[i];
		while (depth && !hj_range_contains(open[depth - 1]->range, inner->range))
			depth--;
		const route *outer = depth ? open[depth - 1] : NULL;
		if (outer && hj_range_contains(inner->range, outer->range))
			continue; /* one route twice: another rule's */
		open[depth++] = inner;
		if (!outer || !same_approvers(&outer->entry->words, &inner->entry->words))
			continue;
		hj_finding *finding = hj__advise(run, &rules[COVERED], inner->entry->name.node,
			"\"%.*s\" approves this for the same approvers",
			HJ_SLICE_ARGS(outer->entry->name.text));
		hj__point(run, finding, outer->entry->name.node, "the wider route");
		hj__remove_entry(run, finding, entries, inner->index, true);
	}
}

static void check_users(hj_lint_run *run, const hj_words *words)
{
	for (uint32_t i = 0; i < words->count; i++)
		if (hj_selector_parse(words->items[i].text).kind == HJ_SELECT_USER)
			hj__advise(run, &rules[USER], words->items[i].node,
				"routes stop when \"%.*s\" leaves",
				HJ_SLICE_ARGS(words->items[i].text));
}

/* A default route whose approvers approve neither exit nodes nor the routes of an app. */
static void check_default(approver_check *check, const hj_entry *entry, const hj_entry *other)
{
	hj_lint_run *run = check->run;
	if (!other)
		hj__advise(run, &rules[ONE_FAMILY], entry->name.node,
			"only routes of %s are approved",
			memchr(entry->name.text.data, ':', entry->name.text.size) ? "IPv6"
										  : "IPv4");
	if (!run->policy->auto_approvers.exit_node.count && !check->connects)
		hj__advise(run, &rules[DEFAULT_ROUTE], entry->name.node,
			"this approves every subnet route, and no exit node");
}

static hj_status check_routes(approver_check *check)
{
	hj_lint_run *run = check->run;
	const hj_entries *entries = &run->policy->auto_approvers.routes;
	const hj_entry *defaults[2] = {NULL, NULL};
	size_t count = 0, size;
	if (!hj_multiply(entries->count, sizeof(route), &size))
		return HJ_NO_MEMORY;
	route *routes = hj_alloc(run->allocator, size);
	if (!routes)
		return HJ_NO_MEMORY;
	for (uint32_t i = 0; i < entries->count; i++) {
		const hj_entry *entry = &entries->items[i];
		hj_prefix prefix;
		if (hj__wants(run, &rules[USER]))
			check_users(run, &entry->words);
		if (!hj_prefix_parse(entry->name.text, &prefix))
			continue;
		prefix = hj_prefix_masked(prefix, NULL);
		routes[count++] = (route){hj_prefix_range(prefix), entry, i};
		if (prefix.bits == 0)
			defaults[prefix.address.v6] = entry;
	}
	check_nesting(run, routes, count);
	for (int i = 0; i < 2; i++)
		if (defaults[i])
			check_default(check, defaults[i], defaults[!i]);
	hj_free(run->allocator, routes, size);
	return HJ_OK;
}

static void gather_approvers(approver_check *check, const hj_words *words)
{
	for (uint32_t i = 0; i < words->count && !check->status; i++) {
		hj__meeting before, now = {1, words->items[i].node, 0};
		check->status = hj__seen_put(&check->approvers, words->items[i].text, now, &before);
	}
}

hj_status hj__check_approvers(hj_lint_run *run)
{
	if (!hj__advises(run))
		return HJ_OK;
	const hj_auto_approvers *approvers = &run->policy->auto_approvers;
	approver_check check = {.run = run};
	hj__seen_init(&check.domains, run->allocator);
	hj__seen_init(&check.approvers, run->allocator);
	for (uint32_t i = 0; i < approvers->routes.count; i++)
		gather_approvers(&check, &approvers->routes.items[i].words);
	if (!check.status)
		check_apps(&check);
	if (!check.status && approvers->routes.count)
		check.status = check_routes(&check);
	if (hj__wants(run, &rules[USER]))
		check_users(run, &approvers->exit_node);
	hj__seen_free(&check.domains);
	hj__seen_free(&check.approvers);
	return check.status ? check.status : run->findings->status;
}
