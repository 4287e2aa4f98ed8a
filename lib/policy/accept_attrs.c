#include "policy/acceptance.h"

/* -- nodeAttrs --------------------------------------------------------------------------------- */

static const hj_seat target_seat = {.rule = &hj__node_rows[N_TARGET],
	.field = ".target",
	.noun = "a target",
	.allowed = HJ_PEOPLE | HJ_ADDRESSES | HJ_ROLES | HJ_KIND(ALL) | HJ_KIND(TAG) |
		HJ_KIND(WORD) | HJ_AUTO(MEMBER) | HJ_AUTO(TAGGED),
	.unknown = HJ_KIND(DOMAIN) | HJ_KIND(HOST_PREFIX)};

static void check_target(hj_acceptance *run, hj_word word)
{
	hj_selector target = hj__selector(run, word);
	if (hj__bit(&target) == HJ_AUTO(SELF)) {
		hj_finding *finding = hj__blame(run, &hj__node_rows[N_SELF], word.node,
			hj__part(run, word, target.text), ".target",
			"autogroup:self cannot be a target");
		hj__help(run, finding, "write \"autogroup:member\" for all devices of people");
		hj__says(run, finding, "internal server error");
		return;
	}
	hj_finding *finding = hj__seat(run, &target_seat, word, &target);
	if (!finding)
		hj__host_bits(run, ".target", word, &target);
	/* No selector of this place: read as an address at last (policy language 4.2). */
	else if (hj__bit(&target) &
		(HJ_KIND(OTHER) | HJ_KIND(EMPTY) | HJ_KIND(RANGE) | HJ_KIND(POSTURE)))
		hj__says(run, finding, "\"%.*s\": invalid address", HJ_WHOLE(target.text));
}

static hj_range range_of(const char *text)
{
	hj_prefix prefix = {0};
	hj_prefix_parse(hj_slice_str(text), &prefix);
	return hj_prefix_range(prefix);
}

static void check_pool(hj_acceptance *run, hj_word word)
{
	static const char *const reserved[] = {
		"100.100.0.0/24", "100.100.100.0/24", "100.115.92.0/23"};
	hj_selector pool = hj_selector_parse(word.text);
	if (pool.kind == HJ_SELECT_TEMPLATE)
		return;
	const hj_rule *rule = &hj__node_rows[N_POOL];
	hj_span span = hj__part(run, word, pool.text);
	if (pool.kind != HJ_SELECT_PREFIX || pool.prefix.address.v6 ||
		!hj_range_contains(range_of("100.64.0.0/10"), pool.range)) {
		hj_finding *finding = hj__blame(run, rule, word.node, span, ".ipPool",
			"\"%.*s\" is no network inside 100.64.0.0/10", HJ_SLICE_ARGS(word.text));
		hj__help(run, finding, "devices get addresses from 100.64.0.0/10 alone");
		return;
	}
	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
		hj_range range = range_of(reserved[i]);
		if (!hj_range_overlaps(range, pool.range))
			continue;
		bool inside = hj_range_contains(range, pool.range);
		hj_finding *finding = hj__blame(run, rule, word.node, span, ".ipPool",
			inside ? "\"%.*s\" is reserved"
			       : "\"%.*s\" has reserved addresses in it; it is not known whether "
				 "the service refuses that",
			HJ_SLICE_ARGS(word.text));
		hj__help(run, finding, "keep off %s, which the service needs itself", reserved[i]);
		if (inside)
			hj__says(run, finding, "IPPool(%.*s): network within reserved range",
				HJ_WHOLE(pool.text));
		else
			hj__doubt(finding);
		/* Policies that are in force have such pools. */
		if (finding && !inside)
			finding->severity = HJ_INFO_LEVEL;
		return;
	}
	hj__host_bits(run, ".ipPool", word, &pool);
}

static void check_node_attrs(hj_acceptance *run)
{
	run->stage = HJ_STAGE_NODE_ATTRS;
	for (uint32_t i = 0; i < run->policy->node_attrs.count; i++) {
		const hj_node_attr *rule = &run->policy->node_attrs.items[i];
		hj__at_entry(run, "nodeAttrs", i);
		for (uint32_t k = 0; k < rule->target.count; k++)
			check_target(run, rule->target.items[k]);
		for (uint32_t k = 0; k < rule->ip_pool.count; k++)
			check_pool(run, rule->ip_pool.items[k]);
	}
}

/* -- autoApprovers ----------------------------------------------------------------------------- */

#define APPROVERS (HJ_PEOPLE | HJ_ROLES | HJ_KIND(TAG) | HJ_AUTO(MEMBER) | HJ_AUTO(TAGGED))

static const hj_seat approver_seat = {.rule = &hj__node_rows[N_APPROVER],
	.field = "",
	.noun = "an approver",
	.allowed = APPROVERS,
	.unknown = HJ_KIND(DOMAIN) | HJ_KIND(ALL)};
static const hj_seat service_seat = {.rule = &hj__node_rows[N_APPROVER],
	.field = "",
	.noun = "an approver of services",
	.allowed = HJ_KIND(TAG),
	.unknown = HJ_PEOPLE | HJ_ROLES | HJ_KIND(DOMAIN) | HJ_KIND(ALL) | HJ_AUTO(MEMBER) |
		HJ_AUTO(TAGGED)};

static void check_approvers(hj_acceptance *run, const hj_seat *seat, const hj_words *approvers)
{
	for (uint32_t i = 0; i < approvers->count; i++) {
		hj_selector approver = hj__selector(run, approvers->items[i]);
		hj__seat(run, seat, approvers->items[i], &approver);
	}
}

static void check_routes(hj_acceptance *run, const hj_entries *routes)
{
	for (uint32_t i = 0; i < routes->count; i++) {
		const hj_entry *route = &routes->items[i];
		hj_selector prefix = hj_selector_parse(route->name.text);
		hj__at_name(run, "autoApprovers.routes", route->name.text);
		if (prefix.kind != HJ_SELECT_PREFIX && prefix.kind != HJ_SELECT_TEMPLATE) {
			hj_finding *finding = hj__blame(run, &hj__node_rows[N_ROUTE],
				route->name.node, hj_node_span(&run->nodes[route->name.node]), "",
				"a route is a network, ADDRESS/LENGTH");
			if (prefix.kind == HJ_SELECT_ADDRESS)
				hj__help(run, finding, "write \"%.*s/%u\" for the one address",
					HJ_SLICE_ARGS(prefix.text), (unsigned)prefix.prefix.bits);
			else
				hj__help(run, finding,
					"write an address, a slash and a length: \"10.0.0.0/16\"");
		}
		hj__host_bits(run, "", route->name, &prefix);
		check_approvers(run, &approver_seat, &route->words);
	}
}

static void check_services(hj_acceptance *run, const hj_entries *services)
{
	for (uint32_t i = 0; i < services->count; i++) {
		const hj_entry *service = &services->items[i];
		hj_selector name = hj__selector(run, service->name);
		hj__at_name(run, "autoApprovers.services", service->name.text);
		const char *fault = name.kind == HJ_SELECT_SERVICE ? hj_service_fault(name.text)
			: name.kind == HJ_SELECT_TAG               ? hj_tag_fault(name.text)
			: name.kind == HJ_SELECT_TEMPLATE          ? NULL
							  : "is neither svc:NAME nor tag:NAME";
		if (fault) {
			hj_finding *finding = hj__blame(run, &hj__node_rows[N_SERVICE],
				service->name.node, hj_node_span(&run->nodes[service->name.node]),
				"", "\"%.*s\" %s", HJ_SLICE_ARGS(service->name.text), fault);
			hj__help(run, finding,
				"name a service, \"svc:db\", or a tag for all services that its "
				"devices offer");
		}
		check_approvers(run, &service_seat, &service->words);
	}
}

void hj__accept_attrs(hj_acceptance *run)
{
	const hj_auto_approvers *approvers = &run->policy->auto_approvers;
	run->stage = HJ_STAGE_AUTO_APPROVERS;
	check_routes(run, &approvers->routes);
	check_services(run, &approvers->services);
	hj__at_section(run, "autoApprovers.exitNode");
	check_approvers(run, &approver_seat, &approvers->exit_node);
	check_node_attrs(run);
}
