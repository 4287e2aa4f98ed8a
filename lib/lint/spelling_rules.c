#include "lint/spelling.h"

#include "base/fold.h"
#include "lint/edits.h"
#include "lint/lists.h"
#include "policy/selector.h"
#include "syntax/string.h"

enum {
	REFERENCE_CASE,
	TAG_WITHOUT_PREFIX,
	GROUP_WITHOUT_PREFIX,
	IPSET_WITHOUT_PREFIX,
	TWICE_BUT_CASE,
	SYNCED_GROUP,
	HOST_LIKE_NAME,
	HOST_CAPITALS,
	USER_CASE,
	RULE_COUNT
};

static const hj_rule rules[RULE_COUNT] = {
	[REFERENCE_CASE] =
		{
			.code = "R010",
			.name = "reference-case",
			.severity = HJ_WARNING_LEVEL,
			.summary = "a name is defined in other letter case than it is used",
			.why = "Tags are the same in any letter case. Of groups, hosts, IP sets "
			       "and postures nobody knows for certain that they are, and a rule "
			       "for a name that is not defined means nobody.",
			.bad = "{\n"
			       "\t\"groups\": {\"group:eng\": [\"alice@example.com\"]},\n"
			       "\t\"grants\": [{\"src\": [\"group:Eng\"], \"dst\": [\"10.0.0.5\"], "
			       "\"ip\": [\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\"group:eng\": [\"alice@example.com\"]},\n"
				"\t\"grants\": [{\"src\": [\"group:eng\"], \"dst\": "
				"[\"10.0.0.5\"], \"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "write the name as it is defined",
		},
	[TAG_WITHOUT_PREFIX] =
		{
			.code = "R011",
			.name = "tag-without-prefix",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a word is no host, and a tag of that name is declared",
			.why = "A word without a prefix can only be a host. A tag is written "
			       "tag:NAME wherever it is used.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:web\": []},\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"web\"], \"ip\": [\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:web\": []},\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"tag:web\"], \"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "write tag: before the name",
		},
	[GROUP_WITHOUT_PREFIX] =
		{
			.code = "R012",
			.name = "group-without-prefix",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a word is no host, and a group of that name is defined",
			.why = "A word without a prefix can only be a host. A group is written "
			       "group:NAME wherever it is used.",
			.bad = "{\n"
			       "\t\"groups\": {\"group:eng\": [\"alice@example.com\"]},\n"
			       "\t\"grants\": [{\"src\": [\"eng\"], \"dst\": [\"10.0.0.5\"], "
			       "\"ip\": [\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\"group:eng\": [\"alice@example.com\"]},\n"
				"\t\"grants\": [{\"src\": [\"group:eng\"], \"dst\": "
				"[\"10.0.0.5\"], \"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "write group: before the name",
		},
	[IPSET_WITHOUT_PREFIX] =
		{
			.code = "R013",
			.name = "ipset-without-prefix",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a word is no host, and an IP set of that name is defined",
			.why = "A word without a prefix can only be a host. An IP set is written "
			       "ipset:NAME wherever it is used.",
			.bad = "{\n"
			       "\t\"ipsets\": {\"ipset:office\": [\"198.51.100.0/24\"]},\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"office\"], \"ip\": [\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"ipsets\": {\"ipset:office\": [\"198.51.100.0/24\"]},\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"ipset:office\"], \"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "write ipset: before the name",
		},
	[TWICE_BUT_CASE] =
		{
			.code = "R014",
			.name = "twice-but-for-case",
			.severity = HJ_WARNING_LEVEL,
			.summary = "two names differ in letter case alone",
			.why = "Whoever uses one of them means either. Before a port the service "
			       "does not look at letter case at all, so that one of two hosts is "
			       "never found there.",
			.bad = "{\n"
			       "\t\"groups\": {\n"
			       "\t\t\"group:eng\": [\"alice@example.com\"],\n"
			       "\t\t\"group:Eng\": [\"bob@example.com\"],\n"
			       "\t},\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\n"
				"\t\t\"group:eng\": [\"alice@example.com\", \"bob@example.com\"],\n"
				"\t},\n"
				"}\n",
			.fix = "merge the two, or give one another name",
		},
	[SYNCED_GROUP] =
		{
			.code = "R015",
			.name = "synced-group-defined",
			.severity = HJ_WARNING_LEVEL,
			.summary = "a group with a domain is defined here",
			.why = "group:NAME@DOMAIN is a group that an identity provider keeps. Its "
			       "members come from there; a list of members here is not what "
			       "decides.",
			.bad = "{\n"
			       "\t\"groups\": {\"group:eng@example.com\": "
			       "[\"alice@example.com\"]},\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\"group:eng\": [\"alice@example.com\"]},\n"
				"}\n",
			.fix = "leave it to the identity provider, or give it a name without "
			       "domain",
		},
	[HOST_LIKE_NAME] =
		{
			.code = "R016",
			.name = "host-like-other-name",
			.severity = HJ_INFO_LEVEL,
			.summary = "a host has the name of a tag, group or IP set",
			.why = "\"web\" and \"tag:web\" are different things then. A prefix that "
			       "is forgotten makes a rule for the one of a rule for the other, and "
			       "nothing is undefined.",
			.bad = "{\n"
			       "\t\"hosts\": {\"web\": \"100.64.0.20\"},\n"
			       "\t\"tagOwners\": {\"tag:web\": []},\n"
			       "}\n",
			.good = "{\n"
				"\t\"hosts\": {\"web-1\": \"100.64.0.20\"},\n"
				"\t\"tagOwners\": {\"tag:web\": []},\n"
				"}\n",
			.fix = "give the host another name",
			.off = true,
		},
	[HOST_CAPITALS] =
		{
			.code = "R017",
			.name = "host-with-capitals",
			.severity = HJ_INFO_LEVEL,
			.summary = "a host's name has capitals",
			.why = "Before a port, in \"acls\" and \"tests\", the client's parser "
			       "makes lower case of what it reads. Whether the name is then still "
			       "found is not documented.",
			.bad = "{\n"
			       "\t\"hosts\": {\"NAS\": \"100.64.0.20\"},\n"
			       "\t\"acls\": [{\"action\": \"accept\", \"src\": "
			       "[\"autogroup:member\"], \"dst\": [\"NAS:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"hosts\": {\"nas\": \"100.64.0.20\"},\n"
				"\t\"acls\": [{\"action\": \"accept\", \"src\": "
				"[\"autogroup:member\"], \"dst\": [\"nas:443\"]}],\n"
				"}\n",
			.fix = "write the name in lower case, here and wherever it is used",
			.off = true,
		},
	[USER_CASE] =
		{
			.code = "R018",
			.name = "user-in-two-spellings",
			.severity = HJ_INFO_LEVEL,
			.summary = "one login is written in two letter cases",
			.why = "Most identity providers do not tell them apart, and whether the "
			       "service does is not documented. One of the two spellings may be "
			       "nobody.",
			.bad = "{\n"
			       "\t\"groups\": {\n"
			       "\t\t\"group:eng\": [\"alice@example.com\"],\n"
			       "\t\t\"group:ops\": [\"Alice@example.com\"],\n"
			       "\t},\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\n"
				"\t\t\"group:eng\": [\"alice@example.com\"],\n"
				"\t\t\"group:ops\": [\"alice@example.com\"],\n"
				"\t},\n"
				"}\n",
			.fix = "write the login in one way",
		},
};

const hj_rule *hj__spelling_rules(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

const hj_rule *hj__case_rule(void)
{
	return &rules[REFERENCE_CASE];
}

const hj_rule *hj__prefix_rule(hj_name_kind kind)
{
	switch (kind) {
	case HJ_GROUP: return &rules[GROUP_WITHOUT_PREFIX];
	case HJ_IPSET: return &rules[IPSET_WITHOUT_PREFIX];
	default: return &rules[TAG_WITHOUT_PREFIX];
	}
}

typedef struct names {
	hj_lint_run *run;
	hj_map seen; /* in lower case → the first: index of a definition, or node of a login */
	hj_arena arena;
	bool ok; /* false: memory was out */
} names;

static hj_span span_of(const names *check, uint32_t node)
{
	return hj_node_span(&hj_document_nodes(check->run->document)[node]);
}

/* -- definitions ------------------------------------------------------------------------------- */

static void judge_host(names *check, const hj_mention *host)
{
	static const hj_name_kind kinds[] = {HJ_TAG, HJ_GROUP, HJ_IPSET};
	hj_lint_run *run = check->run;
	char name[128];
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		hj_slice prefix = hj_slice_str(hj_name_info_of(kinds[i])->prefix);
		if (prefix.size + host->name.size > sizeof name)
			continue;
		memcpy(name, prefix.data, prefix.size);
		for (size_t k = 0; k < host->name.size; k++)
			name[prefix.size + k] = kinds[i] == HJ_TAG ? hj_fold(host->name.data[k])
								   : host->name.data[k];
		hj_slice whole = hj_slice_of(name, prefix.size + host->name.size);
		const hj_mention *other = hj_references_find(run->references, kinds[i], whole);
		if (!other)
			continue;
		hj_finding *finding = hj_findings_add(run->findings, &rules[HOST_LIKE_NAME],
			host->span, "the host \"%.*s\" has the name of \"%.*s\"",
			HJ_SLICE_ARGS(host->name), HJ_SLICE_ARGS(whole));
		hj_finding_relate(run->findings, finding, other->span, "it is defined here");
	}
}

static bool has_capital(hj_slice text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] >= 'A' && text.data[i] <= 'Z')
			return true;
	return false;
}

static void judge_definition(names *check, const hj_mention *name)
{
	hj_lint_run *run = check->run;
	if (name->kind == HJ_GROUP && hj_slice_starts(name->name, HJ_SLICE("group:")) &&
		memchr(name->name.data, '@', name->name.size) &&
		hj__wants(run, &rules[SYNCED_GROUP]))
		hj_findings_add(run->findings, &rules[SYNCED_GROUP], name->span,
			"\"%.*s\" is a group of an identity provider", HJ_SLICE_ARGS(name->name));
	if (name->kind != HJ_HOST)
		return;
	if (hj__wants(run, &rules[HOST_LIKE_NAME]))
		judge_host(check, name);
	if (hj__wants(run, &rules[HOST_CAPITALS]) && has_capital(name->name))
		hj_findings_add(run->findings, &rules[HOST_CAPITALS], name->span,
			"the host \"%.*s\" has capitals", HJ_SLICE_ARGS(name->name));
}

/* Kinds have different prefixes, but for hosts: those are put aside by a mark that no name has. */
static hj_slice key_of(names *check, const hj_mention *name)
{
	hj_slice key = hj_slice_folded(name->name, &check->arena, &check->ok);
	if (name->kind != HJ_HOST || !check->ok)
		return key;
	char *marked = hj_arena_alloc(&check->arena, key.size + 1);
	if (!marked) {
		check->ok = false;
		return key;
	}
	marked[0] = '\n';
	if (key.size)
		memcpy(marked + 1, key.data, key.size);
	return hj_slice_of(marked, key.size + 1);
}

/* Tags are the same in any letter case, and a name that stands twice is another rule's finding. */
static void find_twice(names *check)
{
	hj_lint_run *run = check->run;
	const hj_mentions *definitions = &run->references->definitions;
	for (uint32_t i = 0; i < definitions->count && check->ok; i++) {
		const hj_mention *name = &definitions->items[i];
		uint32_t *first;
		bool was_there;
		if (name->kind == HJ_TAG)
			continue;
		hj_slice key = key_of(check, name);
		if (!check->ok || hj_map_put(&check->seen, key, i, &first, &was_there)) {
			check->ok = false;
			return;
		}
		const hj_mention *other = &definitions->items[*first];
		if (!was_there || hj_slice_equal(name->name, other->name))
			continue;
		hj_finding *finding = hj_findings_add(run->findings, &rules[TWICE_BUT_CASE],
			name->span, "\"%.*s\" differs from \"%.*s\" in letter case alone",
			HJ_SLICE_ARGS(name->name), HJ_SLICE_ARGS(other->name));
		hj_finding_relate(
			run->findings, finding, other->span, "the other one is defined here");
	}
}

/* -- logins ------------------------------------------------------------------------------------ */

static hj_status visit(void *context, hj__place place, const hj_words *words)
{
	names *check = context;
	const hj_document *document = check->run->document;
	(void)place;
	for (uint32_t i = 0; i < words->count; i++) {
		hj_selector_kind kind =
			check->run->policy->terms[words->items[i].term].selector.kind;
		if (kind != HJ_SELECT_USER && kind != HJ_SELECT_TEMPLATE)
			continue;
		hj_slice text = hj_trim(words->items[i].text);
		uint32_t *first;
		bool was_there;
		/* With a colon it is no login but a group or a domain. */
		if (text.size == 0 || !memchr(text.data, '@', text.size) ||
			memchr(text.data, ':', text.size))
			continue;
		hj_slice key = hj_slice_folded(text, &check->arena, &check->ok);
		if (!check->ok ||
			hj_map_put(&check->seen, key, words->items[i].node, &first, &was_there))
			return HJ_NO_MEMORY;
		if (!was_there)
			continue;
		hj_slice other =
			hj_trim(hj_string_value(document, *first, &check->arena, &check->ok));
		if (!check->ok)
			return HJ_NO_MEMORY;
		/* As the configuration spells it, it is right; the other is what differs. */
		if (hj_slice_equal(text, other) || hj__is_known_user(check->run, text))
			continue;
		hj_finding *finding = hj_findings_add(check->run->findings, &rules[USER_CASE],
			span_of(check, words->items[i].node),
			"\"%.*s\" is written \"%.*s\" elsewhere", HJ_SLICE_ARGS(text),
			HJ_SLICE_ARGS(other));
		hj_finding_relate(check->run->findings, finding, span_of(check, *first), "here");
		hj__edit_string(check->run, finding, words->items[i].node, other);
	}
	return HJ_OK;
}

hj_status hj__check_spelling(hj_lint_run *run)
{
	if (!run->is_policy || hj_document_error(run->document))
		return HJ_OK;
	names check = {.run = run, .ok = true};
	hj_map_init(&check.seen, run->allocator);
	hj_arena_init(&check.arena, run->allocator);
	for (size_t i = 0; i < run->references->definitions.count; i++)
		judge_definition(&check, &run->references->definitions.items[i]);
	if (hj__wants(run, &rules[TWICE_BUT_CASE]))
		find_twice(&check);
	hj_map_clear(&check.seen);
	hj_status status = HJ_OK;
	if (check.ok && hj__wants(run, &rules[USER_CASE]))
		status = hj__each_list(run->policy,
			HJ__SELECTORS & ~(HJ__AT(ACL_DST) | HJ__AT(TEST_DST)), visit, &check);
	hj_map_free(&check.seen);
	hj_arena_free(&check.arena);
	return status || !check.ok ? HJ_NO_MEMORY : run->findings->status;
}
