#include "lint/edits.h"

enum {
	UNUSED_TAG,
	UNUSED_GROUP,
	UNUSED_HOST,
	UNUSED_IPSET,
	UNUSED_POSTURE,
	USED_ONLY_IN_TESTS,
	EMPTY_GROUP,
	RULE_COUNT
};

static const hj_rule rules[RULE_COUNT] = {
	[UNUSED_TAG] =
		{
			.code = "U001",
			.name = "unused-tag",
			.severity = HJ_INFO_LEVEL,
			.summary = "a tag is declared, and nothing in the policy uses it",
			.why = "Devices may carry the tag all the same, and auth keys may assign "
			       "it, so it can be needed. But a tag that no rule names gives its "
			       "devices no access of their own, and a list of forgotten tags hides "
			       "those that matter. Four of ten policies have one.",
			.bad = "{\n\t\"tagOwners\": {\n\t\t\"tag:web\": [],\n\t\t\"tag:old\": "
			       "[],\n\t},\n\t\"grants\": [{\"src\": [\"autogroup:member\"], "
			       "\"dst\": [\"tag:web\"], \"ip\": [\"tcp:443\"]}],\n}\n",
			.good = "{\n\t\"tagOwners\": {\n\t\t\"tag:web\": [],\n\t},\n\t\"grants\": "
				"[{\"src\": [\"autogroup:member\"], \"dst\": [\"tag:web\"], "
				"\"ip\": [\"tcp:443\"]}],\n}\n",
			.fix = "remove the tag, unless devices or auth keys still carry it",
			.off = true,
		},
	[UNUSED_GROUP] =
		{
			.code = "U002",
			.name = "unused-group",
			.severity = HJ_INFO_LEVEL,
			.summary = "a group is defined, and nothing in the policy uses it",
			.why = "Whoever reads the policy believes that its members have some "
			       "access by it. They have none.",
			.bad = "{\n\t\"groups\": {\n\t\t\"group:eng\": "
			       "[\"alice@example.com\"],\n\t\t\"group:ops\": "
			       "[\"bob@example.com\"],\n\t},\n\t\"grants\": [{\"src\": "
			       "[\"group:eng\"], \"dst\": [\"*\"], \"ip\": [\"tcp:443\"]}],\n}\n",
			.good = "{\n\t\"groups\": {\n\t\t\"group:eng\": "
				"[\"alice@example.com\"],\n\t},\n\t\"grants\": [{\"src\": "
				"[\"group:eng\"], \"dst\": [\"*\"], \"ip\": [\"tcp:443\"]}],\n}\n",
			.fix = "remove the group, or use it",
			.off = true,
		},
	[UNUSED_HOST] =
		{
			.code = "U003",
			.name = "unused-host",
			.severity = HJ_INFO_LEVEL,
			.summary = "a host is defined, and nothing in the policy uses it",
			.why = "Names in \"hosts\" mean something in the policy alone: they are no "
			       "DNS names. One that no rule, test or IP set uses has no effect.",
			.bad = "{\n\t\"hosts\": {\"nas\": \"100.64.0.20\", \"printer\": "
			       "\"100.64.0.21\"},\n\t\"grants\": [{\"src\": [\"*\"], \"dst\": "
			       "[\"nas\"], \"ip\": [\"tcp:443\"]}],\n}\n",
			.good = "{\n\t\"hosts\": {\"nas\": \"100.64.0.20\"},\n\t\"grants\": "
				"[{\"src\": [\"*\"], \"dst\": [\"nas\"], \"ip\": "
				"[\"tcp:443\"]}],\n}\n",
			.fix = "remove the host, or use it",
			.off = true,
		},
	[UNUSED_IPSET] =
		{
			.code = "U004",
			.name = "unused-ipset",
			.severity = HJ_INFO_LEVEL,
			.summary = "an IP set is defined, and nothing in the policy uses it",
			.why = "A set of addresses has an effect only where a rule, or another "
			       "set, names it.",
			.bad = "{\n\t\"ipsets\": {\"ipset:office\": "
			       "[\"198.51.100.0/24\"]},\n\t\"grants\": [{\"src\": [\"*\"], "
			       "\"dst\": [\"198.51.100.0/24\"], \"ip\": [\"tcp:443\"]}],\n}\n",
			.good = "{\n\t\"ipsets\": {\"ipset:office\": "
				"[\"198.51.100.0/24\"]},\n\t\"grants\": [{\"src\": [\"*\"], "
				"\"dst\": [\"ipset:office\"], \"ip\": [\"tcp:443\"]}],\n}\n",
			.fix = "remove the set, or use it",
			.off = true,
		},
	[UNUSED_POSTURE] =
		{
			.code = "U005",
			.name = "unused-posture",
			.severity = HJ_INFO_LEVEL,
			.summary = "a posture is defined, and no rule asks for it",
			.why = "Defining a posture protects nothing: devices are checked only by "
			       "rules that name it in \"srcPosture\", or by \"defaultSrcPosture\".",
			.bad = "{\n\t\"postures\": {\"posture:mac\": [\"node:os == "
			       "'macos'\"]},\n\t\"grants\": [{\"src\": [\"autogroup:member\"], "
			       "\"dst\": [\"*\"], \"ip\": [\"*\"]}],\n}\n",
			.good = "{\n\t\"postures\": {\"posture:mac\": [\"node:os == "
				"'macos'\"]},\n\t\"grants\": [{\"src\": [\"autogroup:member\"], "
				"\"dst\": [\"*\"], \"ip\": [\"*\"], \"srcPosture\": "
				"[\"posture:mac\"]}],\n}\n",
			.fix = "name the posture in a rule's \"srcPosture\", or remove it",
			.off = true,
		},
	[USED_ONLY_IN_TESTS] =
		{
			.code = "U006",
			.name = "used-only-in-tests",
			.severity = HJ_INFO_LEVEL,
			.summary = "a name is used by tests and by nothing else",
			.why = "Tests look at what rules allow. A name that no rule has may be the "
			       "rest of a rule that was removed, or stand for somebody who must "
			       "not have access: then all is well.",
			.bad = "{\n\t\"groups\": {\"group:guests\": "
			       "[\"eve@example.com\"]},\n\t\"grants\": [{\"src\": "
			       "[\"autogroup:admin\"], \"dst\": [\"100.64.0.9\"], \"ip\": "
			       "[\"tcp:443\"]}],\n\t\"tests\": [{\"src\": \"group:guests\", "
			       "\"deny\": [\"100.64.0.9:443\"]}],\n}\n",
			.good = "{\n\t\"grants\": [{\"src\": [\"autogroup:admin\"], \"dst\": "
				"[\"100.64.0.9\"], \"ip\": [\"tcp:443\"]}],\n\t\"tests\": "
				"[{\"src\": \"eve@example.com\", \"deny\": "
				"[\"100.64.0.9:443\"]}],\n}\n",
			.fix = "use the name in a rule, or remove it and its tests",
			.off = true,
		},
	[EMPTY_GROUP] =
		{
			.code = "U007",
			.name = "empty-group",
			.severity = HJ_INFO_LEVEL,
			.summary = "a group has no members",
			.why = "Rules for it give access to nobody. That is how people keep a "
			       "place for members to come, or the rest after the last one left.",
			.bad = "{\n\t\"groups\": {\"group:eng\": []},\n\t\"grants\": [{\"src\": "
			       "[\"autogroup:admin\", \"group:eng\"], \"dst\": [\"*\"], \"ip\": "
			       "[\"tcp:443\"]}],\n}\n",
			.good = "{\n\t\"groups\": {\"group:eng\": "
				"[\"alice@example.com\"]},\n\t\"grants\": [{\"src\": "
				"[\"autogroup:admin\", \"group:eng\"], \"dst\": [\"*\"], \"ip\": "
				"[\"tcp:443\"]}],\n}\n",
			.fix = "add its members, or remove it and what uses it",
			.off = true,
		},
};

const hj_rule *hj__unused_rules(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

/* How a definition is used, bits by its index in references->definitions. */
enum { USED = 1, TESTED = 2 };

static const hj_entries *entries_of(const hj_policy *policy, hj_name_kind kind)
{
	switch (kind) {
	case HJ_GROUP: return &policy->groups;
	case HJ_HOST: return &policy->hosts;
	case HJ_IPSET: return &policy->ipsets;
	case HJ_POSTURE: return &policy->postures;
	default: return &policy->tag_owners;
	}
}

static int rule_of(hj_name_kind kind)
{
	switch (kind) {
	case HJ_GROUP: return UNUSED_GROUP;
	case HJ_HOST: return UNUSED_HOST;
	case HJ_IPSET: return UNUSED_IPSET;
	case HJ_POSTURE: return UNUSED_POSTURE;
	default: return UNUSED_TAG;
	}
}

/* Without its prefix, or with a mark that separates, it cannot be used: that is its own fault. */
static bool is_nameable(const hj_mention *definition)
{
	hj_slice prefix = hj_slice_str(hj_name_info_of(definition->kind)->prefix);
	hj_slice name = definition->name;
	if (prefix.size)
		return hj_slice_starts(name, prefix);
	return !name.size ||
		(!memchr(name.data, ':', name.size) && !memchr(name.data, '@', name.size));
}

static hj_status mark_uses(hj_references *references, uint8_t *used)
{
	const hj_policy *policy = references->policy;
	for (size_t i = 0; i < policy->use_count; i++) {
		const hj_use *use = &policy->uses[i];
		const hj_named *named = hj_references_named(references, use);
		const hj_mention *found = NULL;
		if (!named)
			continue;
		size_t definition = named->definition;
		/* Before a port the service does not look at letter case. */
		if (!definition && use->position->ports &&
			hj_references_find_folded(references, named->kind, named->name, &found))
			return HJ_NO_MEMORY;
		if (found)
			definition = (size_t)(found - references->definitions.items) + 1;
		if (definition)
			used[definition - 1] |= use->position->test ? TESTED : USED;
	}
	return HJ_OK;
}

/* Definitions and the policy's entries are both in document order: one goes along with the other. */
static void report_unused(hj_lint_run *run, const uint8_t *used)
{
	const hj_references *references = run->references;
	uint32_t next[HJ_NAME_KINDS] = {0};
	for (size_t i = 0; i < references->definitions.count; i++) {
		const hj_mention *name = &references->definitions.items[i];
		const hj_entries *entries = entries_of(run->policy, name->kind);
		uint32_t *at = &next[name->kind];
		while (*at < entries->count && entries->items[*at].name.node < name->node)
			++*at;
		const hj_mention *first = hj_references_find(references, name->kind, name->name);
		if (first != name || used[i] & USED || !is_nameable(name) ||
			hj__is_known(run, name->kind, name->name))
			continue;
		const char *noun = hj_name_info_of(name->kind)->noun;
		hj_slice text = name->name;
		if (used[i] & TESTED) {
			if (hj__wants(run, &rules[USED_ONLY_IN_TESTS]))
				hj_findings_add(run->findings, &rules[USED_ONLY_IN_TESTS],
					name->span, "the %s \"%.*s\" is used by tests alone", noun,
					HJ_SLICE_ARGS(text));
			continue;
		}
		const hj_rule *rule = &rules[rule_of(name->kind)];
		if (!hj__wants(run, rule))
			continue;
		hj_finding *finding = hj_findings_add(run->findings, rule, name->span,
			"nothing uses the %s \"%.*s\"", noun, HJ_SLICE_ARGS(text));
		if (*at < entries->count && entries->items[*at].name.node == name->node)
			hj__edit_remove_entry(run, finding, entries, *at);
	}
}

static void find_empty_groups(hj_lint_run *run)
{
	const hj_node *nodes = hj_document_nodes(run->document);
	const hj_entries *groups = &run->policy->groups;
	for (uint32_t i = 0; i < groups->count; i++) {
		const hj_entry *group = &groups->items[i];
		if (hj_node_kind(&nodes[group->value]) == HJ_ARRAY &&
			nodes[group->value].next == group->value + 1 &&
			!hj__is_known(run, HJ_GROUP, group->name.text))
			hj_findings_add(run->findings, &rules[EMPTY_GROUP],
				hj_node_span(&nodes[group->name.node]), "\"%.*s\" has no members",
				HJ_SLICE_ARGS(group->name.text));
	}
}

hj_status hj__check_unused(hj_lint_run *run)
{
	bool any = false;
	for (int i = 0; i < EMPTY_GROUP; i++)
		any = any || hj__wants(run, &rules[i]);
	/* A broken document's broken part may hold the uses. */
	if (!run->is_policy || hj_document_error(run->document))
		return HJ_OK;
	if (hj__wants(run, &rules[EMPTY_GROUP]))
		find_empty_groups(run);
	size_t count = run->references->definitions.count;
	if (!any || count == 0)
		return run->findings->status;
	uint8_t *used = hj_alloc(run->allocator, count);
	if (!used)
		return HJ_NO_MEMORY;
	memset(used, 0, count);
	hj_status status = mark_uses(run->references, used);
	if (!status)
		report_unused(run, used);
	hj_free(run->allocator, used, count);
	return status ? status : run->findings->status;
}
