#include "base/fold.h"
#include "lint/edits.h"
#include "lint/lists.h"
#include "policy/ports.h"
#include "policy/selector.h"

enum {
	ALLOW_ALL,
	NO_RULES,
	WILDCARD_SOURCE,
	WILDCARD_DESTINATION,
	OPEN_TO_OUTSIDERS,
	INTERNET_FOR_ALL,
	SENSITIVE_PORT,
	SERVER_TO_ALL,
	WEAK_OWNER,
	RULE_COUNT
};

static const hj_rule rules[RULE_COUNT] = {
	[ALLOW_ALL] =
		{
			.code = "X001",
			.name = "allow-all",
			.severity = HJ_INFO_LEVEL,
			.summary = "a rule lets everything reach everything",
			.why = "A new tailnet begins with such a rule, and three of ten keep it: "
			       "then every device can reach every port of every other one, and no "
			       "other rule or grant of network access makes a difference.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"*\"], \"ip\": "
			       "[\"*\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"autogroup:self\"], \"ip\": [\"*\"]}],\n"
				"}\n",
			.fix = "allow what is needed, group by group",
			.off = true,
		},
	[NO_RULES] =
		{
			.code = "X002",
			.name = "no-rules",
			.severity = HJ_INFO_LEVEL,
			.summary =
				"neither \"acls\" nor \"grants\": everything may reach everything",
			.why = "Without a section of rules the service allows all there is. "
			       "Whoever took the last rule away, or misspelt the section, opened "
			       "the tailnet where closing it was meant. A part of a policy that a "
			       "tool puts together with others has no rules of its own: documents "
			       "with few sections are left alone.",
			.bad = "{\n"
			       "\t\"groups\": {\"group:eng\": [\"alice@example.com\"]},\n"
			       "\t\"tagOwners\": {\"tag:web\": [\"group:eng\"]},\n"
			       "\t\"ssh\": [{\"action\": \"check\", \"src\": [\"group:eng\"], "
			       "\"dst\": [\"tag:web\"], \"users\": [\"root\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\"group:eng\": [\"alice@example.com\"]},\n"
				"\t\"tagOwners\": {\"tag:web\": [\"group:eng\"]},\n"
				"\t\"ssh\": [{\"action\": \"check\", \"src\": [\"group:eng\"], "
				"\"dst\": [\"tag:web\"], \"users\": [\"root\"]}],\n"
				"\t\"grants\": [{\"src\": [\"group:eng\"], \"dst\": [\"tag:web\"], "
				"\"ip\": [\"tcp:22\"]}],\n"
				"}\n",
			.fix = "write \"grants\" with what is allowed; an empty list allows "
			       "nothing",
		},
	[WILDCARD_SOURCE] =
		{
			.code = "X003",
			.name = "wildcard-source",
			.severity = HJ_INFO_LEVEL,
			.summary = "a rule's source is everything",
			.why = "\"*\" is more than the members' devices: tagged devices, whatever "
			       "stands behind subnet routers, and those to whom a device is "
			       "shared. Often autogroup:member was meant.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"10.0.0.5\"], \"ip\": "
			       "[\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"10.0.0.5\"], \"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "write autogroup:member if people were meant",
			.off = true,
		},
	[WILDCARD_DESTINATION] =
		{
			.code = "X004",
			.name = "wildcard-destination",
			.severity = HJ_INFO_LEVEL,
			.summary = "a rule's destination is everything",
			.why = "Devices that come later are reached too, also those that were "
			       "meant to stand apart. Six of ten policies have such a rule.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:admin\"], \"dst\": [\"*\"], "
			       "\"ip\": [\"tcp:22\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:server\": []},\n"
				"\t\"grants\": [{\"src\": [\"autogroup:admin\"], \"dst\": "
				"[\"tag:server\"], \"ip\": [\"tcp:22\"]}],\n"
				"}\n",
			.fix = "name the destinations",
			.off = true,
		},
	[OPEN_TO_OUTSIDERS] =
		{
			.code = "X005",
			.name = "open-to-outsiders",
			.severity = HJ_INFO_LEVEL,
			.summary = "a rule lets users of other tailnets in",
			.why = "autogroup:shared is everybody who accepted an invitation to some "
			       "device. The rule holds for the devices that are shared, and for "
			       "each that will be.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:shared\"], \"dst\": [\"*\"], "
			       "\"ip\": [\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"*\"], \"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "check that every shared device may be reached so",
			.off = true,
		},
	[INTERNET_FOR_ALL] =
		{
			.code = "X006",
			.name = "internet-for-everyone",
			.severity = HJ_INFO_LEVEL,
			.summary = "everybody may use exit nodes",
			.why = "Whoever may use an exit node acts on the internet with its "
			       "address, and sees the network that it stands in as the exit node "
			       "does.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"autogroup:internet\"], \"ip\": [\"*\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"alice@example.com\"], \"dst\": "
				"[\"autogroup:internet\"], \"ip\": [\"*\"]}],\n"
				"}\n",
			.fix = "name those that need it",
			.off = true,
		},
	[SENSITIVE_PORT] =
		{
			.code = "X007",
			.name = "sensitive-port-for-everyone",
			.severity = HJ_INFO_LEVEL,
			.summary = "everybody may reach a port of administration or of a database",
			.why = "Behind ports such as 22, 3389, 5432 or 2375 stands often no more "
			       "than a password, or nothing. A rule that names such a port, and "
			       "everybody as its source, may be wider than meant.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:db\": []},\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"tag:db\"], \"ip\": [\"tcp:5432\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:db\": [], \"tag:app\": []},\n"
				"\t\"grants\": [{\"src\": [\"tag:app\"], \"dst\": [\"tag:db\"], "
				"\"ip\": [\"tcp:5432\"]}],\n"
				"}\n",
			.fix = "name those that need it",
			.off = true,
		},
	[SERVER_TO_ALL] =
		{
			.code = "X008",
			.name = "server-reaches-everything",
			.severity = HJ_INFO_LEVEL,
			.summary = "a tagged device may reach everything, people's devices too",
			.why = "Servers are what is broken into. One that may reach every device "
			       "on every port is the way to all of them.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:ci\": []},\n"
			       "\t\"grants\": [{\"src\": [\"tag:ci\"], \"dst\": [\"*\"], \"ip\": "
			       "[\"*\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:ci\": [], \"tag:web\": []},\n"
				"\t\"grants\": [{\"src\": [\"tag:ci\"], \"dst\": [\"tag:web\"], "
				"\"ip\": [\"*\"]}],\n"
				"}\n",
			.fix = "name the destinations",
			.off = true,
		},
	[WEAK_OWNER] =
		{
			.code = "X009",
			.name = "weak-owner",
			.severity = HJ_WARNING_LEVEL,
			.summary = "every member may take a tag that reaches everything",
			.why = "Owners of a tag may give it to their devices. A tag that all "
			       "members own, and that rules let reach all devices, gives every "
			       "member all that access for the asking, and nothing in the rules "
			       "shows it.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:monitor\": [\"autogroup:member\"]},\n"
			       "\t\"grants\": [{\"src\": [\"tag:monitor\"], \"dst\": [\"*\"], "
			       "\"ip\": [\"*\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:monitor\": [\"autogroup:admin\"]},\n"
				"\t\"grants\": [{\"src\": [\"tag:monitor\"], \"dst\": [\"*\"], "
				"\"ip\": [\"*\"]}],\n"
				"}\n",
			.fix = "let admins, or a group, own the tag",
		},
};

const hj_rule *hj__exposure_rules(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

typedef struct exposure {
	hj_lint_run *run;
	bool wants[RULE_COUNT];
	bool open;      /* a rule lets everything reach everything */
	hj_map weak;    /* tags that all members own → index in tag_owners */
	hj_arena arena; /* their names in lower case */
	bool *reported; /* of weak tags, by that index */
	bool ok;
} exposure;

static hj_finding *report(exposure *check, int rule, uint32_t node, const char *message)
{
	return hj_findings_add(check->run->findings, &rules[rule],
		hj_node_span(&hj_document_nodes(check->run->document)[node]), "%s", message);
}

/* -- a rule of acls or grants ------------------------------------------------------------------ */

/* What both kinds of rules have. */
typedef struct network_rule {
	uint32_t node;
	const hj_words *src, *dst;
	const hj_words *ip; /* NULL: ports stand in dst */
	const hj_word *all; /* in dst: every device */
	bool all_ports;     /* of every device, and all protocols */
} network_rule;

static bool is_sensitive(hj_ports ports)
{
	static const uint16_t sensitive[] = {22, 23, 135, 445, 1433, 2375, 2379, 3306, 3389, 5432,
		5900, 5985, 6379, 6443, 9200, 10250, 11211, 27017};
	for (size_t i = 0; i < sizeof sensitive / sizeof *sensitive; i++)
		if (ports.first <= sensitive[i] && sensitive[i] <= ports.last)
			return true;
	return false;
}

/* A few ports, one of them sensitive. A wide range does not name a port. */
static bool names_sensitive_port(hj_slice text, bool in_grant)
{
	enum { WIDE = 100 };
	hj_ports ports;
	hj_hostport parts;
	if (in_grant) {
		hj_ip_item item;
		return hj_ip_item_parse(text, &item, NULL) && !item.all_ports &&
			(item.protocol == 6 || item.protocol == -1) &&
			item.ports.last - item.ports.first < WIDE && is_sensitive(item.ports);
	}
	if (!hj_hostport_split(text, &parts))
		return false;
	while (parts.ports.size && hj_ports_next(&parts.ports, &ports, NULL))
		if (ports.last - ports.first < WIDE && is_sensitive(ports))
			return true;
	return false;
}

static void judge_ports(exposure *check, const network_rule *rule)
{
	const hj_words *words = rule->ip ? rule->ip : rule->dst;
	if (!hj__find_everyone(rule->src))
		return;
	for (uint32_t i = 0; i < words->count; i++)
		if (names_sensitive_port(words->items[i].text, rule->ip))
			report(check, SENSITIVE_PORT, words->items[i].node,
				"everybody may reach this port");
}

static void judge_tags(exposure *check, const network_rule *rule)
{
	for (uint32_t i = 0; i < rule->src->count && check->ok; i++) {
		const hj_word *word = &rule->src->items[i];
		hj_slice tag = hj_trim(word->text);
		if (!hj_slice_starts(tag, HJ_SLICE("tag:")))
			continue;
		if (check->wants[SERVER_TO_ALL])
			report(check, SERVER_TO_ALL, word->node,
				"devices with this tag may reach everything");
		if (check->weak.count == 0 || check->open)
			continue;
		const uint32_t *index =
			hj_map_get(&check->weak, hj_slice_folded(tag, &check->arena, &check->ok));
		if (!index || check->reported[*index])
			continue;
		check->reported[*index] = true;
		const hj_entry *entry = &check->run->policy->tag_owners.items[*index];
		hj_finding *finding =
			report(check, WEAK_OWNER, hj__find_everyone(&entry->words)->node,
				"every member may take this tag, and it reaches everything");
		hj_finding_relate(check->run->findings, finding,
			hj_node_span(&hj_document_nodes(check->run->document)[rule->node]),
			"this rule lets it");
	}
}

static void judge_source(exposure *check, const network_rule *rule)
{
	hj_lint_run *run = check->run;
	const hj_word *all = hj__find_word(rule->src, HJ_SLICE("*"));
	const hj_word *shared = hj__find_word(rule->src, HJ_SLICE("autogroup:shared"));
	if (shared && check->wants[OPEN_TO_OUTSIDERS])
		report(check, OPEN_TO_OUTSIDERS, shared->node,
			"users of other tailnets may come in by this rule");
	if (all && check->wants[WILDCARD_SOURCE]) {
		hj_finding *finding = report(check, WILDCARD_SOURCE, all->node,
			"\"*\" is more than the members' devices");
		hj__edit_string(run, finding, all->node, HJ_SLICE("autogroup:member"));
	}
}

static void judge_network(exposure *check, const network_rule *rule)
{
	const hj_word *everyone = hj__find_everyone(rule->src);
	judge_source(check, rule);
	if (rule->all && check->wants[WILDCARD_DESTINATION])
		report(check, WILDCARD_DESTINATION, rule->all->node,
			"this is every device, those to come too");
	if (rule->all_ports && check->wants[ALLOW_ALL] && hj__find_word(rule->src, HJ_SLICE("*")))
		report(check, ALLOW_ALL, rule->node,
			check->run->policy->acls.count + check->run->policy->grants.count == 1
				? "everything may reach everything: a new tailnet begins with "
				  "this rule"
				: "everything may reach everything, whatever the other rules say");
	if (rule->all_ports)
		judge_tags(check, rule);
	if (everyone && check->wants[INTERNET_FOR_ALL]) {
		const hj_word *internet = hj__find_word(rule->dst,
			rule->ip ? HJ_SLICE("autogroup:internet")
				 : HJ_SLICE("autogroup:internet:*"));
		if (internet)
			report(check, INTERNET_FOR_ALL, internet->node,
				"everybody may use exit nodes");
	}
	if (everyone && check->wants[SENSITIVE_PORT])
		judge_ports(check, rule);
}

static network_rule of_acl(const hj_acl *acl)
{
	const hj_word *all = hj__find_word(&acl->dst, HJ_SLICE("*:*"));
	return (network_rule){.node = acl->node,
		.src = &acl->src,
		.dst = &acl->dst,
		.all = all,
		.all_ports = all && acl->proto.node == 0 && acl->posture.count == 0};
}

static network_rule of_grant(const hj_grant *grant)
{
	const hj_word *all = hj__find_word(&grant->dst, HJ_SLICE("*"));
	return (network_rule){.node = grant->node,
		.src = &grant->src,
		.dst = &grant->dst,
		.ip = &grant->ip,
		.all = all,
		.all_ports = all && hj__find_word(&grant->ip, HJ_SLICE("*")) &&
			grant->posture.count == 0};
}

/* -- tags and their owners --------------------------------------------------------------------- */

static hj_status gather_weak(exposure *check)
{
	const hj_entries *tags = &check->run->policy->tag_owners;
	bool ok = true;
	for (uint32_t i = 0; i < tags->count; i++) {
		const hj_word *everyone = hj__find_everyone(&tags->items[i].words);
		if (!everyone)
			continue;
		hj_slice name =
			hj_slice_folded(hj_trim(tags->items[i].name.text), &check->arena, &ok);
		if (!ok || hj_map_put(&check->weak, name, i, NULL, NULL))
			return HJ_NO_MEMORY;
	}
	if (check->weak.count == 0)
		return HJ_OK;
	check->reported = hj_arena_alloc(&check->arena, tags->count);
	if (!check->reported)
		return HJ_NO_MEMORY;
	memset(check->reported, 0, tags->count);
	return HJ_OK;
}

static void judge_rules(exposure *check)
{
	const hj_policy *policy = check->run->policy;
	for (int round = 0; round < 2; round++) {
		/* First whether all is open anyway: then a tag that reaches everything adds nothing. */
		for (uint32_t i = 0; i < policy->acls.count; i++) {
			network_rule rule = of_acl(&policy->acls.items[i]);
			if (round)
				judge_network(check, &rule);
			else
				check->open = check->open ||
					(rule.all_ports && hj__find_everyone(rule.src));
		}
		for (uint32_t i = 0; i < policy->grants.count; i++) {
			network_rule rule = of_grant(&policy->grants.items[i]);
			if (round)
				judge_network(check, &rule);
			else
				check->open = check->open ||
					(rule.all_ports && hj__find_everyone(rule.src));
		}
	}
}

static void judge_absence(exposure *check)
{
	enum { FEW_SECTIONS = 2 };
	const hj_policy *policy = check->run->policy;
	if (check->wants[NO_RULES] && !check->run->references->has_rules &&
		policy->known_sections > FEW_SECTIONS &&
		check->run->options->fragment != HJ_FRAGMENT_YES)
		hj_findings_add(check->run->findings, &rules[NO_RULES],
			(hj_span){hj_document_nodes(check->run->document)->start,
				hj_document_nodes(check->run->document)->start + 1},
			"neither \"acls\" nor \"grants\": everything may reach everything");
}

hj_status hj__check_exposure(hj_lint_run *run)
{
	if (!run->is_policy || hj_document_error(run->document))
		return HJ_OK;
	exposure check = {.run = run, .ok = true};
	for (int i = 0; i < RULE_COUNT; i++)
		check.wants[i] = hj__wants(run, &rules[i]);
	hj_map_init(&check.weak, run->allocator);
	hj_arena_init(&check.arena, run->allocator);
	hj_status status = check.wants[WEAK_OWNER] ? gather_weak(&check) : HJ_OK;
	if (!status)
		judge_rules(&check);
	judge_absence(&check);
	hj_map_free(&check.weak);
	hj_arena_free(&check.arena);
	return status || !check.ok ? HJ_NO_MEMORY : run->findings->status;
}
