#include "base/fold.h"
#include "lint/advice.h"
#include "lint/lists.h"
#include "lint/records.h"
#include "policy/ports.h"
#include "policy/selector.h"

enum {
	DEAD_RULE,
	COVERED_BY_ALL,
	COVERED_BY_ALL_PORTS,
	ADMIN_AS_OWNER,
	TAG_OWNS_ITSELF,
	EMPTY_SECTION,
	RULE_COUNT
};

static const hj_rule rules[RULE_COUNT] = {
	[DEAD_RULE] =
		{
			.code = "U020",
			.name = "rule-for-nobody",
			.severity = HJ_WARNING_LEVEL,
			.summary = "a rule's sources or destinations are nobody",
			.why = "A rule with an empty list of sources or destinations is accepted "
			       "and allows nothing. With groups that have no members yet it is "
			       "information only: the rule waits for them.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [], \"dst\": [\"10.0.0.5\"], \"ip\": "
			       "[\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"10.0.0.5\"], \"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "say who is meant, or remove the rule",
		},
	[COVERED_BY_ALL] =
		{
			.code = "U021",
			.name = "covered-by-wildcard",
			.severity = HJ_INFO_LEVEL,
			.summary = "a name beside \"*\" adds nothing",
			.why = "The wildcard is every device already. The name suggests a narrow "
			       "rule, and the rule is as wide as can be; removing the name would "
			       "take nothing away.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"*\", \"alice@example.com\"], \"dst\": "
			       "[\"10.0.0.5\"], \"ip\": [\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"10.0.0.5\"], "
				"\"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "remove the name, or the wildcard if the name was meant",
		},
	[COVERED_BY_ALL_PORTS] =
		{
			.code = "U022",
			.name = "covered-by-all-ports",
			.severity = HJ_INFO_LEVEL,
			.summary = "a port beside \"*\" adds nothing",
			.why = "In a grant's \"ip\" a \"*\" is all of TCP, UDP and ICMP. The ports "
			       "beside it suggest a narrow rule that is not there.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"10.0.0.5\"], \"ip\": [\"tcp:443\", \"*\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"10.0.0.5\"], \"ip\": [\"*\"]}],\n"
				"}\n",
			.fix = "remove the port, or the wildcard if the port was meant",
		},
	[ADMIN_AS_OWNER] =
		{
			.code = "U023",
			.name = "admin-as-owner",
			.severity = HJ_INFO_LEVEL,
			.summary = "admins are named as owners of a tag beside others",
			.why = "Admins may assign every tag, whatever \"tagOwners\" says. Beside "
			       "other owners they need no mention.",
			.bad = "{\n"
			       "\t\"groups\": {\"group:ops\": [\"alice@example.com\"]},\n"
			       "\t\"tagOwners\": {\"tag:web\": [\"autogroup:admin\", "
			       "\"group:ops\"]},\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\"group:ops\": [\"alice@example.com\"]},\n"
				"\t\"tagOwners\": {\"tag:web\": [\"group:ops\"]},\n"
				"}\n",
			.fix = "remove autogroup:admin",
			.off = true,
		},
	[TAG_OWNS_ITSELF] =
		{
			.code = "U024",
			.name = "tag-owns-itself",
			.severity = HJ_INFO_LEVEL,
			.summary = "a tag is its own owner",
			.why = "Among people and devices that has no effect. OAuth clients that "
			       "have the tag need it to make keys with the same tag, so the rule "
			       "is off unless selected.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:ci\": [\"autogroup:admin\", \"tag:ci\"]},\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:ci\": [\"autogroup:admin\"]},\n"
				"}\n",
			.fix = "remove it, unless an OAuth client needs it",
			.off = true,
		},
	[EMPTY_SECTION] =
		{
			.code = "U025",
			.name = "empty-section",
			.severity = HJ_INFO_LEVEL,
			.summary = "a section has nothing in it",
			.why = "It says nothing. An empty \"acls\" or \"grants\" is another "
			       "matter: it means that nobody reaches anything, where no such "
			       "section at all means that everybody reaches everything.",
			.bad = "{\n"
			       "\t\"hosts\": {},\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"10.0.0.5\"], \"ip\": [\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"10.0.0.5\"], \"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "remove the section",
			.off = true,
		},
};

const hj_rule *hj__redundant_rules(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

typedef struct redundancy {
	hj_lint_run *run;
	bool wants[RULE_COUNT];
} redundancy;

static hj_span span_of(const redundancy *check, uint32_t node)
{
	return hj_node_span(&hj_document_nodes(check->run->document)[node]);
}

/* Is a device or user surely among all devices? Hosts and addresses may lie outside. */
static bool is_inside(const hj_selector *selector)
{
	switch (selector->kind) {
	case HJ_SELECT_USER:
	case HJ_SELECT_DOMAIN:
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED:
	case HJ_SELECT_TAG: return true;
	case HJ_SELECT_AUTOGROUP:
		return selector->autogroup == HJ_AUTOGROUP_MEMBER ||
			selector->autogroup == HJ_AUTOGROUP_TAGGED ||
			hj_autogroup_is_role(selector->autogroup);
	default: return false;
	}
}

static void find_covered(redundancy *check, hj__place place, const hj_words *words)
{
	bool ports = place == HJ__ACL_DST;
	hj_slice all = ports ? HJ_SLICE("*:*") : HJ_SLICE("*");
	const hj_word *wildcard = NULL;
	for (uint32_t i = 0; i < words->count && !wildcard; i++)
		if (hj_slice_equal(words->items[i].text, all))
			wildcard = &words->items[i];
	for (uint32_t i = 0; wildcard && i < words->count; i++) {
		const hj_word *word = &words->items[i];
		if (word == wildcard || !is_inside(&check->run->policy->terms[word->term].selector))
			continue;
		hj_finding *finding = hj_findings_add(check->run->findings, &rules[COVERED_BY_ALL],
			span_of(check, word->node), "\"%.*s\" adds nothing to \"%.*s\"",
			HJ_SLICE_ARGS(word->text), HJ_SLICE_ARGS(all));
		hj__edit_remove_word(check->run, finding, words, i);
		if (finding)
			finding->safe = true;
	}
}

static void find_covered_ports(redundancy *check, const hj_words *words)
{
	const hj_word *wildcard = NULL;
	for (uint32_t i = 0; i < words->count && !wildcard; i++)
		if (hj_slice_equal(words->items[i].text, HJ_SLICE("*")))
			wildcard = &words->items[i];
	for (uint32_t i = 0; wildcard && i < words->count; i++) {
		const hj_word *word = &words->items[i];
		hj_ip_item item;
		if (word == wildcard || hj_slice_equal(word->text, HJ_SLICE("*")) ||
			!hj_ip_item_parse(word->text, &item, NULL))
			continue;
		/* TCP, UDP, ICMP, IPv6 ICMP, or no protocol, which is these. */
		if (item.protocol != -1 && item.protocol != 6 && item.protocol != 17 &&
			item.protocol != 1 && item.protocol != 58)
			continue;
		hj_finding *finding = hj_findings_add(check->run->findings,
			&rules[COVERED_BY_ALL_PORTS], span_of(check, word->node),
			"\"%.*s\" adds nothing to \"*\"", HJ_SLICE_ARGS(word->text));
		hj__edit_remove_word(check->run, finding, words, i);
		if (finding)
			finding->safe = true;
	}
}

static hj_status visit(void *context, hj__place place, const hj_words *words)
{
	redundancy *check = context;
	if (words->count < 2)
		return HJ_OK;
	if (place == HJ__GRANT_IP)
		find_covered_ports(check, words);
	else
		find_covered(check, place, words);
	return HJ_OK;
}

/* -- rules for nobody -------------------------------------------------------------------------- */

/* Has a list sources that are all groups without a member? */
static bool is_vacant(const redundancy *check, const hj_words *words)
{
	const hj_references *references = check->run->references;
	const hj_node *nodes = hj_document_nodes(check->run->document);
	for (uint32_t i = 0; i < words->count; i++) {
		const hj_named *named = &references->named[words->items[i].term];
		if (named->kind != HJ_GROUP || !named->definition)
			return false;
		const hj_mention *group = &references->definitions.items[named->definition - 1];
		if (!hj__is_empty(check->run, nodes[group->node].next))
			return false;
	}
	return words->count > 0;
}

static void judge_rule(redundancy *check, const hj__records *list, uint32_t index,
	const hj_words *src, const hj_words *dst)
{
	bool no_source = hj__is_empty(check->run, src->node),
	     no_target = hj__is_empty(check->run, dst->node);
	const hj_words *empty = no_source ? src : dst;
	if (no_source || no_target) {
		hj_finding *finding = hj_findings_add(check->run->findings, &rules[DEAD_RULE],
			span_of(check, empty->node), "this %s has no %s: it allows nothing",
			list->noun, no_source ? "sources" : "destinations");
		hj__record_remove(check->run, finding, list, index);
	} else if (is_vacant(check, src)) {
		hj_finding *finding = hj_findings_add(check->run->findings, &rules[DEAD_RULE],
			span_of(check, src->node),
			"the sources of this %s are groups without a member", list->noun);
		if (finding)
			finding->severity = HJ_INFO_LEVEL;
	}
}

static void find_dead_rules(redundancy *check)
{
	const hj_policy *policy = check->run->policy;
	const hj__records acls = HJ__RECORDS(policy->acls, "rule");
	const hj__records grants = HJ__RECORDS(policy->grants, "grant");
	for (uint32_t i = 0; i < acls.count; i++)
		judge_rule(check, &acls, i, &policy->acls.items[i].src, &policy->acls.items[i].dst);
	for (uint32_t i = 0; i < grants.count; i++)
		judge_rule(check, &grants, i, &policy->grants.items[i].src,
			&policy->grants.items[i].dst);
}

/* -- definitions and sections ------------------------------------------------------------------ */

static void judge_owners(redundancy *check, const hj_entry *tag)
{
	const hj_words *owners = &tag->words;
	for (uint32_t i = 0; i < owners->count; i++) {
		const hj_word *owner = &owners->items[i];
		if (check->wants[ADMIN_AS_OWNER] && owners->count > 1 &&
			hj_slice_equal(owner->text, HJ_SLICE("autogroup:admin"))) {
			hj_finding *finding = hj_findings_add(check->run->findings,
				&rules[ADMIN_AS_OWNER], span_of(check, owner->node),
				"admins may assign \"%.*s\" without being named",
				HJ_SLICE_ARGS(tag->name.text));
			hj__edit_remove_word(check->run, finding, owners, i);
		}
		if (check->wants[TAG_OWNS_ITSELF] &&
			hj_slice_equal_folded(owner->text, tag->name.text)) {
			hj_finding *finding = hj_findings_add(check->run->findings,
				&rules[TAG_OWNS_ITSELF], span_of(check, owner->node),
				"\"%.*s\" is its own owner", HJ_SLICE_ARGS(tag->name.text));
			hj__edit_remove_word(check->run, finding, owners, i);
		}
	}
}

/* Members of the top level. */
static void find_empty_sections(redundancy *check)
{
	const hj_document *document = check->run->document;
	const hj_policy *policy = check->run->policy;
	const hj_node *nodes = hj_document_nodes(document);
	/* An empty list of rules means something. */
	const uint32_t sections[] = {policy->groups.node, policy->hosts.node, policy->ipsets.node,
		policy->tag_owners.node, policy->postures.node, policy->tests.node,
		policy->ssh.node, policy->node_attrs.node, policy->ssh_tests.node,
		policy->auto_approvers.node};
	uint32_t previous = 0;
	for (uint32_t name = 1; name < nodes[0].next; name = nodes[previous].next) {
		uint32_t value = nodes[name].next;
		bool section = false;
		for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
			section = section || value == sections[i];
		if (section && nodes[value].next == value + 1) {
			hj_slice text = hj_source_slice(
				hj_document_source(document), hj_node_span(&nodes[name]));
			hj_finding *finding = hj_findings_add(check->run->findings,
				&rules[EMPTY_SECTION], hj_node_span(&nodes[name]), "%.*s is empty",
				HJ_SLICE_ARGS(text));
			hj__edit_remove(check->run, finding, previous, name);
		}
		previous = value;
	}
}

hj_status hj__check_redundant(hj_lint_run *run)
{
	/* A broken document's rest may be what makes the difference. */
	if (!run->is_policy || hj_document_error(run->document))
		return HJ_OK;
	redundancy check = {.run = run};
	for (int i = 0; i < RULE_COUNT; i++)
		check.wants[i] = hj__wants(run, &rules[i]);
	unsigned places = 0;
	if (check.wants[COVERED_BY_ALL])
		places |= HJ__AT(ACL_SRC) | HJ__AT(ACL_DST) | HJ__AT(GRANT_SRC) | HJ__AT(GRANT_DST);
	if (check.wants[COVERED_BY_ALL_PORTS])
		places |= HJ__AT(GRANT_IP);
	hj__each_list(run->policy, places, visit, &check);
	if (check.wants[DEAD_RULE])
		find_dead_rules(&check);
	for (uint32_t i = 0; i < run->policy->tag_owners.count; i++)
		judge_owners(&check, &run->policy->tag_owners.items[i]);
	if (check.wants[EMPTY_SECTION])
		find_empty_sections(&check);
	return run->findings->status;
}
