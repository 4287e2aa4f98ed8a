#include "lint/edits.h"
#include "lint/lists.h"
#include "policy/condition.h"
#include "policy/selector.h"
#include "syntax/string.h"

enum {
	OWNED_BY_ALL,
	ROOT_WITHOUT_CHECK,
	APPROVED_FOR_ALL,
	FUNNEL_FOR_ALL,
	CLUSTER_ADMIN,
	SELF_SET_POSTURE,
	RULE_COUNT
};

static const hj_rule rules[RULE_COUNT] = {
	[OWNED_BY_ALL] =
		{
			.code = "X020",
			.name = "owned-by-everyone",
			.severity = HJ_INFO_LEVEL,
			.summary = "every member may give a tag to a device",
			.why = "Whatever the tag may reach, any member may reach with it. Where "
			       "the tag's rules are narrow that may be meant.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:web\": [\"autogroup:member\"]},\n"
			       "\t\"grants\": [{\"src\": [\"tag:web\"], \"dst\": [\"10.0.0.5\"], "
			       "\"ip\": [\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:web\": [\"autogroup:admin\"]},\n"
				"\t\"grants\": [{\"src\": [\"tag:web\"], \"dst\": [\"10.0.0.5\"], "
				"\"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "let admins, or a group, own the tag",
			.off = true,
		},
	[ROOT_WITHOUT_CHECK] =
		{
			.code = "X021",
			.name = "root-without-check",
			.severity = HJ_INFO_LEVEL,
			.summary = "people become root without signing in again",
			.why = "With \"check\" the service asks for a fresh sign-in now and then. "
			       "With \"accept\" a laptop that is left open is enough. Six of ten "
			       "policies allow root somehow, so the rule is off unless selected.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:web\": []},\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:admin\"], \"dst\": "
			       "[\"tag:web\"], \"ip\": [\"tcp:22\"]}],\n"
			       "\t\"ssh\": [{\"action\": \"accept\", \"src\": "
			       "[\"autogroup:admin\"], \"dst\": [\"tag:web\"], \"users\": "
			       "[\"root\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:web\": []},\n"
				"\t\"grants\": [{\"src\": [\"autogroup:admin\"], \"dst\": "
				"[\"tag:web\"], \"ip\": [\"tcp:22\"]}],\n"
				"\t\"ssh\": [{\"action\": \"check\", \"src\": "
				"[\"autogroup:admin\"], \"dst\": [\"tag:web\"], \"users\": "
				"[\"root\"]}],\n"
				"}\n",
			.fix = "write \"action\": \"check\"",
			.off = true,
		},
	[APPROVED_FOR_ALL] =
		{
			.code = "X022",
			.name = "everyone-approves",
			.severity = HJ_WARNING_LEVEL,
			.summary = "routes or exit nodes of any member are approved by themselves",
			.why = "Any member's laptop may then announce a route, and the traffic of "
			       "others goes through it: it takes one member, or one stolen laptop, "
			       "to read along.",
			.bad = "{\n"
			       "\t\"autoApprovers\": {\"routes\": {\"10.0.0.0/8\": "
			       "[\"autogroup:member\"]}},\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:router\": []},\n"
				"\t\"autoApprovers\": {\"routes\": {\"10.0.0.0/8\": "
				"[\"tag:router\"]}},\n"
				"}\n",
			.fix = "approve those of a tag that admins own",
		},
	[FUNNEL_FOR_ALL] =
		{
			.code = "X023",
			.name = "funnel-for-everyone",
			.severity = HJ_INFO_LEVEL,
			.summary = "every device or member may publish to the internet",
			.why = "With the attribute funnel a device may offer a service to the "
			       "whole internet. New policies give it to all members.",
			.bad = "{\n"
			       "\t\"nodeAttrs\": [{\"target\": [\"autogroup:member\"], \"attr\": "
			       "[\"funnel\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:web\": []},\n"
				"\t\"nodeAttrs\": [{\"target\": [\"tag:web\"], \"attr\": "
				"[\"funnel\"]}],\n"
				"}\n",
			.fix = "name those that need it",
			.off = true,
		},
	[CLUSTER_ADMIN] =
		{
			.code = "X024",
			.name = "cluster-admin-for-everyone",
			.severity = HJ_WARNING_LEVEL,
			.summary = "everybody is administrator of a Kubernetes cluster",
			.why = "The Kubernetes group system:masters may do everything, and the "
			       "cluster's own access rules do not hold for it.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:k8s\": []},\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"tag:k8s\"], \"app\": {\n"
			       "\t\t\"tailscale.com/cap/kubernetes\": [{\"impersonate\": "
			       "{\"groups\": [\"system:masters\"]}}],\n"
			       "\t}}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:k8s\": []},\n"
				"\t\"grants\": [{\"src\": [\"autogroup:admin\"], \"dst\": "
				"[\"tag:k8s\"], \"app\": {\n"
				"\t\t\"tailscale.com/cap/kubernetes\": [{\"impersonate\": "
				"{\"groups\": [\"system:masters\"]}}],\n"
				"\t}}],\n"
				"}\n",
			.fix = "name those that are administrators, or a group with fewer rights",
		},
	[SELF_SET_POSTURE] =
		{
			.code = "X025",
			.name = "self-set-posture",
			.severity = HJ_WARNING_LEVEL,
			.summary = "a posture trusts an attribute that devices set themselves",
			.why = "With \"allowSetByNode\" a device says of itself what the posture "
			       "asks about. A check that the checked one may answer protects "
			       "nothing.",
			.bad = "{\n"
			       "\t\"attrConfig\": {\"custom:trusted\": {\"type\": \"bool\", "
			       "\"allowSetByNode\": true}},\n"
			       "\t\"postures\": {\"posture:trusted\": [\"custom:trusted == "
			       "true\"]},\n"
			       "}\n",
			.good = "{\n"
				"\t\"attrConfig\": {\"custom:trusted\": {\"type\": \"bool\"}},\n"
				"\t\"postures\": {\"posture:trusted\": [\"custom:trusted == "
				"true\"]},\n"
				"}\n",
			.fix = "set the attribute by the API, without \"allowSetByNode\"",
		},
};

const hj_rule *hj__trust_rules(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

typedef struct trust {
	hj_lint_run *run;
	bool wants[RULE_COUNT];
} trust;

static hj_finding *report(trust *check, int rule, uint32_t node, const char *message)
{
	return hj_findings_add(check->run->findings, &rules[rule],
		hj_node_span(&hj_document_nodes(check->run->document)[node]), "%s", message);
}

static void judge_owners(trust *check)
{
	const hj_entries *tags = &check->run->policy->tag_owners;
	for (uint32_t i = 0; check->wants[OWNED_BY_ALL] && i < tags->count; i++) {
		const hj_word *everyone = hj__find_everyone(&tags->items[i].words);
		if (everyone)
			report(check, OWNED_BY_ALL, everyone->node,
				"every member may give this tag to a device");
	}
}

static bool is_person(hj_slice text)
{
	hj_selector selector = hj_selector_parse(text);
	switch (selector.kind) {
	case HJ_SELECT_USER:
	case HJ_SELECT_DOMAIN:
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED: return true;
	case HJ_SELECT_AUTOGROUP: return selector.autogroup != HJ_AUTOGROUP_TAGGED;
	default: return false;
	}
}

static void judge_ssh(trust *check)
{
	const hj_ssh *ssh = &check->run->policy->ssh;
	for (uint32_t i = 0; check->wants[ROOT_WITHOUT_CHECK] && i < ssh->count; i++) {
		const hj_ssh_rule *rule = &ssh->items[i];
		const hj_word *root = hj__find_word(&rule->users, HJ_SLICE("root"));
		bool people = false;
		for (uint32_t k = 0; k < rule->src.count; k++)
			people = people || is_person(rule->src.items[k].text);
		if (!root || !people || !hj_slice_equal(rule->action.text, HJ_SLICE("accept")))
			continue;
		hj_finding *finding = report(check, ROOT_WITHOUT_CHECK, rule->action.node,
			"people become root without signing in again");
		hj_finding_relate(check->run->findings, finding,
			hj_node_span(&hj_document_nodes(check->run->document)[root->node]),
			"root is here");
		hj__edit_string(check->run, finding, rule->action.node, HJ_SLICE("check"));
	}
}

static void judge_approvers(trust *check, const hj_words *words)
{
	for (uint32_t i = 0; check->wants[APPROVED_FOR_ALL] && i < words->count; i++) {
		const hj_words one = {.node = words->node, .count = 1, .items = &words->items[i]};
		if (!hj__find_everyone(&one))
			continue;
		hj_finding *finding = report(check, APPROVED_FOR_ALL, words->items[i].node,
			"whatever any member's device announces is approved");
		hj__edit_remove_word(check->run, finding, words, i);
	}
}

static void judge_attributes(trust *check)
{
	const hj_policy *policy = check->run->policy;
	for (uint32_t i = 0; check->wants[FUNNEL_FOR_ALL] && i < policy->node_attrs.count; i++) {
		const hj_node_attr *entry = &policy->node_attrs.items[i];
		const hj_word *funnel = hj__find_word(&entry->attr, HJ_SLICE("funnel"));
		if (funnel && hj__find_everyone(&entry->target))
			report(check, FUNNEL_FOR_ALL, funnel->node,
				"everybody may publish to the internet");
	}
	judge_approvers(check, &policy->auto_approvers.exit_node);
	for (uint32_t i = 0; i < policy->auto_approvers.routes.count; i++)
		judge_approvers(check, &policy->auto_approvers.routes.items[i].words);
	for (uint32_t i = 0; i < policy->auto_approvers.services.count; i++)
		judge_approvers(check, &policy->auto_approvers.services.items[i].words);
}

static void judge_clusters(trust *check)
{
	const hj_document *document = check->run->document;
	const hj_node *nodes = hj_document_nodes(document);
	const hj_grants *grants = &check->run->policy->grants;
	for (uint32_t i = 0; check->wants[CLUSTER_ADMIN] && i < grants->count; i++) {
		const hj_grant *grant = &grants->items[i];
		for (uint32_t k = 0; k < grant->app.count; k++) {
			const hj_entry *entry = &grant->app.items[k];
			if (!hj_slice_equal(
				    entry->name.text, HJ_SLICE("tailscale.com/cap/kubernetes")) ||
				!hj__find_everyone(&grant->src))
				continue;
			for (uint32_t at = entry->value; at < nodes[entry->value].next; at++)
				if (hj_node_kind(&nodes[at]) == HJ_STRING &&
					hj_string_equals(document, at, HJ_SLICE("system:masters")))
					report(check, CLUSTER_ADMIN, at,
						"everybody is administrator of the cluster");
		}
	}
}

/* Does an attribute's configuration let devices set it? */
static bool is_self_set(const trust *check, uint32_t object)
{
	const hj_document *document = check->run->document;
	const hj_node *nodes = hj_document_nodes(document);
	if (hj_node_kind(&nodes[object]) != HJ_OBJECT)
		return false;
	for (uint32_t at = object + 1; at < nodes[object].next; at = nodes[nodes[at].next].next)
		if (hj_string_equals(document, at, HJ_SLICE("allowSetByNode")))
			return hj_node_kind(&nodes[nodes[at].next]) == HJ_TRUE;
	return false;
}

static hj_status judge_postures(trust *check)
{
	const hj_policy *policy = check->run->policy;
	const hj_entries *attributes = &policy->attr_config;
	hj_status status = HJ_OK;
	hj_map set;
	if (!check->wants[SELF_SET_POSTURE] || attributes->count == 0)
		return HJ_OK;
	hj_map_init(&set, check->run->allocator);
	for (uint32_t i = 0; !status && i < attributes->count; i++)
		if (is_self_set(check, attributes->items[i].value))
			status = hj_map_put(&set, attributes->items[i].name.text, i, NULL, NULL);
	for (uint32_t i = 0; !status && set.count && i < policy->postures.count; i++) {
		const hj_words *conditions = &policy->postures.items[i].words;
		for (uint32_t k = 0; k < conditions->count; k++) {
			hj_condition condition;
			size_t at;
			const char *what;
			if (!hj_condition_parse(
				    conditions->items[k].text, &condition, &at, &what) ||
				!hj_map_get(&set, condition.attribute))
				continue;
			uint32_t index = *hj_map_get(&set, condition.attribute);
			hj_finding *finding =
				report(check, SELF_SET_POSTURE, conditions->items[k].node,
					"devices may set this attribute of themselves");
			hj_finding_relate(check->run->findings, finding,
				hj_node_span(&hj_document_nodes(
					check->run->document)[attributes->items[index].name.node]),
				"\"allowSetByNode\" is set here");
		}
	}
	hj_map_free(&set);
	return status;
}

hj_status hj__check_trust(hj_lint_run *run)
{
	if (!run->is_policy || hj_document_error(run->document))
		return HJ_OK;
	trust check = {.run = run};
	for (int i = 0; i < RULE_COUNT; i++)
		check.wants[i] = hj__wants(run, &rules[i]);
	judge_owners(&check);
	judge_ssh(&check);
	judge_attributes(&check);
	judge_clusters(&check);
	hj_status status = judge_postures(&check);
	return status ? status : run->findings->status;
}
