#include "base/fold.h"
#include "lint/edits.h"
#include "lint/lists.h"
#include "policy/selector.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	MEMBERS,
	USERS_PORTS,
	USER_ALLOW,
	DISABLE_IPV4,
	RANDOMIZE_PORT,
	FIRST_GENERATION,
	TWO_GENERATIONS,
	DANGER_ALL,
	HOST_PREFIX,
	RULE_COUNT
};

static const hj_rule rules[RULE_COUNT] = {
	[MEMBERS] =
		{
			.code = "L001",
			.name = "members-autogroup",
			.severity = HJ_WARNING_LEVEL,
			.summary = "autogroup:members is the older spelling of autogroup:member",
			.why = "Both mean the same users, but the documentation does not allow "
			       "both in one policy: the day somebody adds a rule from the "
			       "documentation, the policy may be refused. So the fix changes all "
			       "of them at once.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:members\"], \"dst\": "
			       "[\"10.0.0.5\"], \"ip\": [\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"10.0.0.5\"], \"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "write autogroup:member",
		},
	[USERS_PORTS] =
		{
			.code = "L002",
			.name = "users-ports",
			.severity = HJ_WARNING_LEVEL,
			.summary = "\"users\" and \"ports\" are the older names of \"src\" and "
				   "\"dst\"",
			.why = "They still work. But the documentation has not shown them for "
			       "years, nobody finds what they mean, and a rule that mixes old and "
			       "new names is refused.",
			.bad = "{\n"
			       "\t\"acls\": [{\"action\": \"accept\", \"users\": "
			       "[\"autogroup:member\"], \"ports\": [\"10.0.0.5:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"acls\": [{\"action\": \"accept\", \"src\": "
				"[\"autogroup:member\"], \"dst\": [\"10.0.0.5:443\"]}],\n"
				"}\n",
			.fix = "write \"src\" and \"dst\"",
		},
	[USER_ALLOW] =
		{
			.code = "L003",
			.name = "user-allow",
			.severity = HJ_WARNING_LEVEL,
			.summary = "\"user\" and \"allow\" in tests are the older names of \"src\" "
				   "and \"accept\"",
			.why = "They still work, and no documentation says what they mean any "
			       "more.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"a@example.com\"], \"dst\": "
			       "[\"10.0.0.5\"], \"ip\": [\"tcp:443\"]}],\n"
			       "\t\"tests\": [{\"user\": \"a@example.com\", \"allow\": "
			       "[\"10.0.0.5:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"a@example.com\"], \"dst\": "
				"[\"10.0.0.5\"], \"ip\": [\"tcp:443\"]}],\n"
				"\t\"tests\": [{\"src\": \"a@example.com\", \"accept\": "
				"[\"10.0.0.5:443\"]}],\n"
				"}\n",
			.fix = "write \"src\" and \"accept\"",
		},
	[DISABLE_IPV4] =
		{
			.code = "L004",
			.name = "disable-ipv4-section",
			.severity = HJ_INFO_LEVEL,
			.summary = "\"disableIPv4\" has become a node attribute",
			.why = "The setting takes IPv4 away from every device of the tailnet. The "
			       "attribute disable-ipv4 does the same for those that are named, and "
			       "is what the documentation advises.",
			.bad = "{\n"
			       "\t\"disableIPv4\": true,\n"
			       "}\n",
			.good = "{\n"
				"\t\"nodeAttrs\": [{\"target\": [\"*\"], \"attr\": "
				"[\"disable-ipv4\"]}],\n"
				"}\n",
			.fix = "use the node attribute disable-ipv4",
		},
	[RANDOMIZE_PORT] =
		{
			.code = "L005",
			.name = "randomize-client-port-section",
			.severity = HJ_INFO_LEVEL,
			.summary = "\"randomizeClientPort\" has become a node attribute",
			.why = "It is a work-around for some firewalls, and the setting takes it "
			       "to every device of the tailnet. The attribute "
			       "randomize-client-port does so for the devices that need it.",
			.bad = "{\n"
			       "\t\"randomizeClientPort\": true,\n"
			       "}\n",
			.good = "{\n"
				"\t\"nodeAttrs\": [{\"target\": [\"*\"], \"attr\": "
				"[\"randomize-client-port\"]}],\n"
				"}\n",
			.fix = "use the node attribute randomize-client-port",
		},
	[FIRST_GENERATION] =
		{
			.code = "L006",
			.name = "first-generation",
			.severity = HJ_INFO_LEVEL,
			.summary = "rules are written as \"acls\", not as \"grants\"",
			.why = "Both work and will go on working. What is new comes to grants "
			       "alone: capabilities of applications, routes through chosen "
			       "devices.",
			.bad = "{\n"
			       "\t\"acls\": [{\"action\": \"accept\", \"src\": "
			       "[\"autogroup:member\"], \"dst\": [\"10.0.0.5:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"10.0.0.5\"], \"ip\": [\"443\"]}],\n"
				"}\n",
			.fix = "write the rules as grants: `hujson convert --to grants` does, with "
			       "proof",
			.off = true,
		},
	[TWO_GENERATIONS] =
		{
			.code = "L007",
			.name = "two-generations",
			.severity = HJ_INFO_LEVEL,
			.summary = "some rules are \"acls\" and some are \"grants\"",
			.why = "Access is the sum of both. Whoever reads only one of the sections "
			       "sees half of it.",
			.bad = "{\n"
			       "\t\"acls\": [{\"action\": \"accept\", \"src\": "
			       "[\"autogroup:member\"], \"dst\": [\"10.0.0.5:443\"]}],\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:admin\"], \"dst\": [\"*\"], "
			       "\"ip\": [\"*\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [\n"
				"\t\t{\"src\": [\"autogroup:member\"], \"dst\": [\"10.0.0.5\"], "
				"\"ip\": [\"443\"]},\n"
				"\t\t{\"src\": [\"autogroup:admin\"], \"dst\": [\"*\"], \"ip\": "
				"[\"*\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write all rules as grants: `hujson convert --to grants` does, with "
			       "proof",
			.off = true,
		},
	[DANGER_ALL] =
		{
			.code = "L008",
			.name = "danger-all",
			.severity = HJ_WARNING_LEVEL,
			.summary = "autogroup:danger-all lets in what is no part of the tailnet",
			.why = "It means every source address there is, also those that come "
			       "through a subnet router or an exit node from anywhere. It exists "
			       "for policies from before \"*\" was narrowed to the tailnet.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:danger-all\"], \"dst\": "
			       "[\"10.0.0.5\"], \"ip\": [\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"10.0.0.5\"], "
				"\"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "name the sources, or write \"*\" for those of the tailnet",
		},
	[HOST_PREFIX] =
		{
			.code = "L009",
			.name = "host-prefix",
			.severity = HJ_INFO_LEVEL,
			.summary = "\"host:\" stands before a host's name outside of IP sets",
			.why = "Operations of IP sets need the prefix. In rules and tests the "
			       "documentation has the bare name, and nothing else is known to work "
			       "everywhere.",
			.bad = "{\n"
			       "\t\"hosts\": {\"nas\": \"100.64.0.20\"},\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"host:nas\"], \"ip\": [\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"hosts\": {\"nas\": \"100.64.0.20\"},\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"nas\"], \"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "write the bare name",
		},
};

const hj_rule *hj__legacy_rules(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

typedef struct legacy {
	hj_lint_run *run;
	bool wants[RULE_COUNT];
	uint32_t *members; /* strings that begin with autogroup:members */
	size_t count, capacity;
	bool both; /* autogroup:member too */
} legacy;

static const hj_node *node_at(const legacy *check, uint32_t node)
{
	return &hj_document_nodes(check->run->document)[node];
}

static void set_safe(hj_finding *finding)
{
	if (finding)
		finding->safe = true;
}

/* -- selectors --------------------------------------------------------------------------------- */

/* A selector, perhaps with ports after it. */
static bool is_selector(hj_slice text, hj_slice selector)
{
	return hj_slice_starts(text, selector) &&
		(text.size == selector.size || text.data[selector.size] == ':');
}

static hj_status note_members(legacy *check, uint32_t node)
{
	hj_status status = hj_grow(check->run->allocator, &check->members, &check->capacity,
		check->count + 1, sizeof *check->members);
	if (!status)
		check->members[check->count++] = node;
	return status;
}

static void report_danger(legacy *check, const hj_word *word)
{
	hj_finding *finding = hj_findings_add(check->run->findings, &rules[DANGER_ALL],
		hj_node_span(node_at(check, word->node)),
		"autogroup:danger-all is everybody, outside of the tailnet too");
	hj__edit_string(check->run, finding, word->node, HJ_SLICE("*"));
}

static void report_host(legacy *check, const hj_word *word, hj_slice text)
{
	hj_slice name = {text.data + 5, text.size - 5};
	hj_finding *finding = hj_findings_add(check->run->findings, &rules[HOST_PREFIX],
		hj_node_span(node_at(check, word->node)), "\"%.*s\" needs no \"host:\" here",
		HJ_SLICE_ARGS(name));
	hj__edit_part(check->run, finding, word->node, (size_t)(text.data - word->text.data), 5,
		HJ_SLICE(""));
}

static hj_status visit(void *context, hj__place place, const hj_words *words)
{
	legacy *check = context;
	hj_status status = HJ_OK;
	for (uint32_t i = 0; !status && i < words->count; i++) {
		const hj_word *word = &words->items[i];
		hj_selector_kind kind = check->run->policy->terms[word->term].selector.kind;
		if (kind != HJ_SELECT_AUTOGROUP && kind != HJ_SELECT_HOST_PREFIX &&
			kind != HJ_SELECT_TEMPLATE)
			continue;
		hj_slice text = hj_trim(word->text);
		if (text.size < 6)
			continue;
		if (text.data[0] == 'h') {
			if (check->wants[HOST_PREFIX] && hj_slice_starts(text, HJ_SLICE("host:")))
				report_host(check, word, text);
			continue;
		}
		if (text.data[0] != 'a')
			continue;
		if (is_selector(text, HJ_SLICE("autogroup:members")))
			status = note_members(check, word->node);
		else if (is_selector(text, HJ_SLICE("autogroup:member")))
			check->both = true;
		else if (check->wants[DANGER_ALL] &&
			(place == HJ__ACL_SRC || place == HJ__GRANT_SRC) &&
			hj_slice_equal(text, HJ_SLICE("autogroup:danger-all")))
			report_danger(check, word);
	}
	return status;
}

static int by_number(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	return (one > other) - (one < other);
}

/* One finding for all: mending some of them would leave both spellings, which may be refused. */
static void report_members(legacy *check)
{
	enum { MOST_PLACES = 3 };
	hj_findings *findings = check->run->findings;
	if (check->count == 0)
		return;
	qsort(check->members, check->count, sizeof *check->members, by_number);
	hj_finding *finding = hj_findings_add(findings, &rules[MEMBERS],
		hj_node_span(node_at(check, check->members[0])),
		check->both ? "autogroup:members is an older spelling, and autogroup:member "
			      "stands in the same policy"
			    : "autogroup:members is the older spelling of autogroup:member");
	for (size_t i = 1; i < check->count && i <= MOST_PLACES; i++)
		hj_finding_relate(findings, finding,
			hj_node_span(node_at(check, check->members[i])), "it stands here too");
	bool plain = true;
	for (size_t i = 0; i < check->count; i++)
		plain = plain && !(node_at(check, check->members[i])->bits & HJ_ESCAPED);
	for (size_t i = 0; plain && i < check->count; i++) {
		/* Blanks may stand before it. */
		hj_slice text = hj_source_slice(hj_document_source(check->run->document),
			hj_node_span(node_at(check, check->members[i])));
		const char *at = memmem(text.data, text.size, "members", 7);
		if (at)
			hj__edit_part(check->run, finding, check->members[i],
				(size_t)(at - text.data) + 5, 1, HJ_SLICE(""));
	}
	if (plain)
		set_safe(finding);
}

/* -- names of fields --------------------------------------------------------------------------- */

/* Is there a member of this name in an object, letter case aside? */
static bool has_member(const legacy *check, uint32_t object, const char *name)
{
	const hj_node *nodes = hj_document_nodes(check->run->document);
	const hj_source *source = hj_document_source(check->run->document);
	for (uint32_t at = object + 1; at < nodes[object].next; at = nodes[nodes[at].next].next) {
		hj_slice token = hj_source_slice(source, hj_node_span(&nodes[at]));
		if (token.size >= 2 &&
			hj_slice_equal_folded(
				hj_slice_of(token.data + 1, token.size - 2), hj_slice_str(name)))
			return true;
	}
	return false;
}

/* A pair of older names, by the nodes of their values; 0: that one is not used. */
typedef struct old_pair {
	int rule;
	uint32_t object;
	uint32_t values[2];
	const char *old[2], *now[2];
} old_pair;

static void report_pair(legacy *check, old_pair pair)
{
	hj_lint_run *run = check->run;
	const uint32_t *values = pair.values;
	/* Old and new side by side is another rule's finding. */
	if ((!values[0] && !values[1]) ||
		(values[0] && has_member(check, pair.object, pair.now[0])) ||
		(values[1] && has_member(check, pair.object, pair.now[1])))
		return;
	bool both = values[0] && values[1];
	int first = !values[0] || (both && values[1] < values[0]), second = !first;
	hj_finding *finding;
	/* A value's name is the node before it. */
	hj_span span = hj_node_span(node_at(check, values[first] - 1));
	if (both)
		finding = hj_findings_add(run->findings, &rules[pair.rule], span,
			"\"%s\" and \"%s\" are older names of \"%s\" and \"%s\"", pair.old[0],
			pair.old[1], pair.now[0], pair.now[1]);
	else
		finding = hj_findings_add(run->findings, &rules[pair.rule], span,
			"\"%s\" is an older name of \"%s\"", pair.old[first], pair.now[first]);
	/* Both at once: old and new names in one rule are refused. */
	hj__edit_string(run, finding, values[first] - 1, hj_slice_str(pair.now[first]));
	if (both)
		hj__edit_string(run, finding, values[second] - 1, hj_slice_str(pair.now[second]));
	set_safe(finding);
}

static void find_old_names(legacy *check)
{
	const hj_policy *policy = check->run->policy;
	for (uint32_t i = 0; check->wants[USERS_PORTS] && i < policy->acls.count; i++) {
		const hj_acl *acl = &policy->acls.items[i];
		report_pair(check,
			(old_pair){USERS_PORTS, acl->node, {acl->users.node, acl->ports.node},
				{"users", "ports"}, {"src", "dst"}});
	}
	for (uint32_t i = 0; check->wants[USER_ALLOW] && i < policy->tests.count; i++) {
		const hj_test *test = &policy->tests.items[i];
		report_pair(check,
			(old_pair){USER_ALLOW, test->node, {test->user.node, test->allow.node},
				{"user", "allow"}, {"src", "accept"}});
	}
}

/* -- settings ---------------------------------------------------------------------------------- */

/* A setting of the top level that a node attribute replaces. */
static void report_switch(
	legacy *check, int rule, const hj_flag *flag, const char *name, const char *attribute)
{
	hj_lint_run *run = check->run;
	if (!check->wants[rule] || !flag->node || !flag->value)
		return;
	hj_span setting = {node_at(check, flag->node - 1)->start, node_at(check, flag->node)->end};
	hj_finding *finding = hj_findings_add(run->findings, &rules[rule],
		hj_node_span(node_at(check, flag->node - 1)),
		"\"%s\" holds for all devices, the node attribute %s for those that are named",
		name, attribute);
	char text[128];
	snprintf(text, sizeof text, "\"nodeAttrs\": [{\"target\": [\"*\"], \"attr\": [\"%s\"]}]",
		attribute);
	/* A second "nodeAttrs" would be a duplicate. */
	if (!has_member(check, 0, "nodeAttrs"))
		hj_finding_edit(run->findings, finding, setting, hj_slice_str(text));
}

static void check_generations(legacy *check)
{
	const hj_policy *policy = check->run->policy;
	const hj_acls *acls = &policy->acls;
	if (check->wants[FIRST_GENERATION] && acls->count)
		hj_findings_add(check->run->findings, &rules[FIRST_GENERATION],
			hj_node_span(node_at(check, acls->node - 1)),
			"\"acls\" has %u rule%s of the older kind", acls->count,
			acls->count == 1 ? "" : "s");
	if (check->wants[TWO_GENERATIONS] && acls->count && policy->grants.count) {
		hj_finding *finding = hj_findings_add(check->run->findings, &rules[TWO_GENERATIONS],
			hj_node_span(node_at(check, acls->node - 1)),
			"\"acls\" has %u rule%s, \"grants\" has %u", acls->count,
			acls->count == 1 ? "" : "s", policy->grants.count);
		hj_finding_relate(check->run->findings, finding,
			hj_node_span(node_at(check, policy->grants.node - 1)),
			"the grants are here");
	}
}

hj_status hj__check_legacy(hj_lint_run *run)
{
	if (!run->is_policy || hj_document_error(run->document))
		return HJ_OK;
	legacy check = {.run = run};
	for (int i = 0; i < RULE_COUNT; i++)
		check.wants[i] = hj__wants(run, &rules[i]);
	hj_status status =
		hj__each_list(run->policy, HJ__SELECTORS & ~HJ__AT(IPSET_OPERATION), visit, &check);
	if (!status && check.wants[MEMBERS])
		report_members(&check);
	hj_free(run->allocator, check.members, check.capacity * sizeof *check.members);
	find_old_names(&check);
	report_switch(
		&check, DISABLE_IPV4, &run->policy->disable_ipv4, "disableIPv4", "disable-ipv4");
	report_switch(&check, RANDOMIZE_PORT, &run->policy->randomize_client_port,
		"randomizeClientPort", "randomize-client-port");
	check_generations(&check);
	return status ? status : run->findings->status;
}
