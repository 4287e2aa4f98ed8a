#include "lint/reference_parts.h"
#include "lint/spelling.h"
#include "policy/accept.h"

enum {
	UNDEFINED_GROUP,
	UNDEFINED_TAG,
	UNDEFINED_HOST,
	UNDEFINED_IPSET,
	UNDEFINED_POSTURE,
	MISSING_SECTION,
	RULE_COUNT,
};

static const hj_rule rules[RULE_COUNT] = {
	[UNDEFINED_GROUP] =
		{
			.code = "R001",
			.name = "undefined-group",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a group is used that \"groups\" does not define",
			.why = "The rule means nobody, so whoever should have access by it has "
			       "none, and a test that uses the group fails. Groups that come "
			       "from an identity provider are written group:NAME@DOMAIN and "
			       "need no definition.",
			.bad = "{\n"
			       "\t\"groups\": {\"group:eng\": [\"alice@example.com\"]},\n"
			       "\t\"grants\": [{\"src\": [\"group:ops\"], \"dst\": [\"*\"], "
			       "\"ip\": [\"*\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\"group:eng\": [\"alice@example.com\"]},\n"
				"\t\"grants\": [{\"src\": [\"group:eng\"], \"dst\": [\"*\"], "
				"\"ip\": [\"*\"]}],\n"
				"}\n",
			.fix = "define the group in \"groups\", or correct its name",
		},
	[UNDEFINED_TAG] =
		{
			.code = "R002",
			.name = "undefined-tag",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a tag is used that \"tagOwners\" does not declare",
			.why = "The service refuses the whole policy. Every tag must be declared "
			       "in \"tagOwners\" before anything may use it; an empty list of "
			       "owners will do, and means admins. Letter case does not count.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:web\": []},\n"
			       "\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"tag:db\"], "
			       "\"ip\": [\"tcp:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:web\": [], \"tag:db\": []},\n"
				"\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"tag:db\"], "
				"\"ip\": [\"tcp:443\"]}],\n"
				"}\n",
			.fix = "declare the tag in \"tagOwners\", or correct its name",
			.service = "src=tag not found: \"tag:db\" (as a source; other places "
				   "have other words)",
		},
	[UNDEFINED_HOST] =
		{
			.code = "R003",
			.name = "undefined-host",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a bare word that \"hosts\" does not define",
			.why = "A word without a prefix can only be a name from \"hosts\"; "
			       "machine names and DNS names mean nothing in a policy. What is "
			       "no name is read as an address, and refused.",
			.bad = "{\n"
			       "\t\"hosts\": {\"nas\": \"100.64.0.20\"},\n"
			       "\t\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], "
			       "\"dst\": [\"printer:443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"hosts\": {\"nas\": \"100.64.0.20\"},\n"
				"\t\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], "
				"\"dst\": [\"nas:443\"]}],\n"
				"}\n",
			.fix = "define the host in \"hosts\", or write the prefix that is missing",
			.service = "\"printer\": invalid address (in nodeAttrs; the words of "
				   "other places are not known)",
		},
	[UNDEFINED_IPSET] =
		{
			.code = "R004",
			.name = "undefined-ipset",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an IP set is used that \"ipsets\" does not define",
			.why = "The rule has no addresses to apply to, and the service has "
			       "nothing to put in their place.",
			.bad = "{\n"
			       "\t\"ipsets\": {\"ipset:office\": [\"198.51.100.0/24\"]},\n"
			       "\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"ipset:dc\"], "
			       "\"ip\": [\"*\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"ipsets\": {\"ipset:office\": [\"198.51.100.0/24\"]},\n"
				"\t\"grants\": [{\"src\": [\"*\"], "
				"\"dst\": [\"ipset:office\"], \"ip\": [\"*\"]}],\n"
				"}\n",
			.fix = "define the set in \"ipsets\", or correct its name",
		},
	[UNDEFINED_POSTURE] =
		{
			.code = "R005",
			.name = "undefined-posture",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a posture is used that \"postures\" does not define",
			.why = "The condition cannot be met by any device, so the rule gives "
			       "access to none that the author had in mind.",
			.bad = "{\n"
			       "\t\"postures\": {\"posture:mac\": [\"node:os == 'macos'\"]},\n"
			       "\t\"defaultSrcPosture\": [\"posture:linux\"],\n"
			       "}\n",
			.good = "{\n"
				"\t\"postures\": {\"posture:mac\": [\"node:os == 'macos'\"]},\n"
				"\t\"defaultSrcPosture\": [\"posture:mac\"],\n"
				"}\n",
			.fix = "define the posture in \"postures\", or correct its name",
		},
	[MISSING_SECTION] =
		{
			.code = "R006",
			.name = "missing-section",
			.severity = HJ_INFO_LEVEL,
			.summary = "names are used, and the section that defines them is absent",
			.why = "On its own the document would be refused or match nobody. But it "
			       "may be a fragment that a tool puts together with others, or an "
			       "example, so this is said once for each kind of name: as a "
			       "warning where the document has rules and defines other names, "
			       "else as information.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"tag:web\"], \"dst\": [\"tag:db\"], "
			       "\"ip\": [\"tcp:5432\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:web\": [], \"tag:db\": []},\n"
				"\t\"grants\": [{\"src\": [\"tag:web\"], \"dst\": [\"tag:db\"], "
				"\"ip\": [\"tcp:5432\"]}],\n"
				"}\n",
			.fix = "add the section, unless it comes from another file",
		},
};

const hj_rule *hj__reference_rules(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

static const hj_rule *rule_of(hj_name_kind kind)
{
	switch (kind) {
	case HJ_GROUP: return &rules[UNDEFINED_GROUP];
	case HJ_HOST: return &rules[UNDEFINED_HOST];
	case HJ_IPSET: return &rules[UNDEFINED_IPSET];
	case HJ_POSTURE: return &rules[UNDEFINED_POSTURE];
	default: return &rules[UNDEFINED_TAG];
	}
}

/* Further uses that a missing section's finding points at. */
enum { MOST_FURTHER = 3 };

typedef struct missing_names {
	hj_map names;                        /* the different names used */
	hj_mention places[1 + MOST_FURTHER]; /* first use of each of the first names */
	hj_mention refused;                  /* the use that the service would name; node 0: none */
} missing_names;

typedef struct reference_check {
	hj_lint_run *run;
	size_t comparisons;
	missing_names missing[HJ_NAME_KINDS];
} reference_check;

/* -- one use ----------------------------------------------------------------------------------- */

/* The spelling of a definition in the source, without its quotes. */
static hj_slice spelling(const hj_lint_run *run, const hj_mention *definition)
{
	hj_slice token = hj_source_slice(hj_document_source(run->document), definition->span);
	return token.size >= 2 ? hj_slice_of(token.data + 1, token.size - 2) : token;
}

/* Suggests a definition in place of what was written; an edit only where the bytes are plain. */
static void propose(
	hj_lint_run *run, hj_finding *finding, const hj_mention *use, const hj_mention *definition)
{
	hj_findings *findings = run->findings;
	const hj_node *nodes = hj_document_nodes(run->document);
	hj_slice meant = spelling(run, definition);
	hj_finding_help(findings, finding, "did you mean \"%.*s\"?", HJ_SLICE_ARGS(meant));
	hj_finding_relate(findings, finding, definition->span, "\"%.*s\" is defined here",
		HJ_SLICE_ARGS(meant));
	if (!((nodes[use->node].bits | nodes[definition->node].bits) & HJ_ESCAPED))
		hj_finding_edit(findings, finding, use->span, meant);
}

/* Suggests to give the definition the name that is used. */
static void propose_prefix(
	hj_lint_run *run, hj_finding *finding, const hj_mention *use, const hj_mention *definition)
{
	hj_findings *findings = run->findings;
	const hj_name_info *info = hj_name_info_of(use->kind);
	hj_finding_relate(findings, finding, definition->span, "\"%.*s\" lacks the prefix \"%s\"",
		HJ_SLICE_ARGS(definition->name), info->prefix);
	hj_finding_help(findings, finding, "names in \"%s\" begin with \"%s\"", info->section,
		info->prefix);
	if (!(hj_document_nodes(run->document)[use->node].bits & HJ_ESCAPED)) {
		hj_span inside = {definition->span.start + 1, definition->span.end - 1};
		hj_finding_edit(findings, finding, inside, use->name);
	}
}

static void point_at_section(hj_lint_run *run, hj_finding *finding, hj_name_kind kind)
{
	const hj_section *section = &run->references->section[kind];
	const hj_name_info *info = hj_name_info_of(kind);
	if (section->name)
		hj_finding_relate(run->findings, finding,
			hj_node_span(&hj_document_nodes(run->document)[section->name]),
			"%ss are defined here", info->noun);
}

static hj_finding *add_undefined(hj_lint_run *run, const hj_mention *use)
{
	hj_slice name = use->name;
	const char *section = hj_name_info_of(use->kind)->section;
	hj_finding *finding = hj_findings_add(run->findings, rule_of(use->kind), use->span,
		"\"%.*s\" is not defined in \"%s\"", HJ_SLICE_ARGS(name), section);
	if (finding && use->position->undocumented)
		finding->severity = HJ_WARNING_LEVEL;
	else
		hj__refuse_use(run, finding, use);
	return finding;
}

/* A name that is defined elsewhere, and differs in letter case. */
static void report_known_case(hj_lint_run *run, const hj_mention *use, hj_slice meant)
{
	hj_finding *finding = hj_findings_add(run->findings, hj__case_rule(), use->span,
		"\"%.*s\" is \"%.*s\" where it is defined", HJ_SLICE_ARGS(use->name),
		HJ_SLICE_ARGS(meant));
	hj_finding_help(
		run->findings, finding, "the configuration has it among the names from elsewhere");
	if (!(hj_document_nodes(run->document)[use->node].bits & HJ_ESCAPED))
		hj_finding_edit(run->findings, finding, use->span, meant);
}

static hj_status report_undefined(reference_check *check, const hj_mention *use)
{
	hj_lint_run *run = check->run;
	const hj_name_info *info = hj_name_info_of(use->kind);
	const hj_mention *meant = hj__meant_without_port(run->references, use), *folded = NULL;
	hj_finding *finding = add_undefined(run, use);
	if (meant) {
		propose(run, finding, use, meant);
		hj_finding_help(run->findings, finding,
			"\"%s\" takes no ports: leave \":\" and what follows out",
			use->position->path);
		return HJ_OK;
	}
	meant = hj__meant_unprefixed(run->references, use);
	if (meant) {
		propose_prefix(run, finding, use, meant);
		return HJ_OK;
	}
	hj_status status =
		hj_references_find_folded(run->references, use->kind, use->name, &folded);
	if (status)
		return status;
	/* Whether the service tells names apart that differ in case is not known for any but tags. */
	if (folded && finding) {
		finding->rule = hj__case_rule();
		finding->severity = finding->rule->severity;
		finding->refusal = 0;
		finding->service = HJ_SLICE("");
	}
	meant = folded;
	if (!meant && use->kind == HJ_HOST) {
		meant = hj__meant_with_prefix(check->run->references, use->name);
		if (meant && finding)
			finding->rule = hj__prefix_rule(meant->kind);
	}
	if (!meant)
		meant = hj__meant_nearest(run->references, use, &check->comparisons);
	if (meant) {
		propose(run, finding, use, meant);
		return HJ_OK;
	}
	if (use->kind == HJ_TAG)
		hj_finding_help(run->findings, finding,
			"declare it: \"%.*s\": [] in \"%s\" lets admins assign it",
			HJ_SLICE_ARGS(use->name), info->section);
	else if (use->kind == HJ_HOST)
		hj_finding_help(run->findings, finding,
			"define it in \"hosts\", or write what it is: tag:…, group:…, a login "
			"with an @, an address");
	else
		hj_finding_help(run->findings, finding, "define it in \"%s\"", info->section);
	point_at_section(run, finding, use->kind);
	return HJ_OK;
}

/* -- sections that are not there --------------------------------------------------------------- */

static hj_status note_missing(reference_check *check, const hj_mention *use)
{
	missing_names *missing = &check->missing[use->kind];
	size_t before = missing->names.count;
	hj_status status = hj_map_put(&missing->names, use->name, 0, NULL, NULL);
	if (!status && missing->names.count > before && before <= MOST_FURTHER)
		missing->places[before] = *use;
	uint64_t number = hj__refusal_of_use(check->run, use);
	if (number &&
		(!missing->refused.node ||
			number < hj__refusal_of_use(check->run, &missing->refused)))
		missing->refused = *use;
	return status;
}

/* Rules and at least one section that defines names: hardly a fragment. */
static bool looks_whole(const hj_lint_run *run)
{
	const hj_references *references = run->references;
	bool defines = false;
	for (hj_name_kind kind = HJ_TAG; kind < HJ_NAME_KINDS; kind++)
		defines = defines || references->section[kind].name;
	return defines && references->has_rules;
}

static void report_missing(hj_lint_run *run, hj_name_kind kind, const missing_names *missing)
{
	size_t count = missing->names.count;
	const hj_name_info *info = hj_name_info_of(kind);
	hj_findings *findings = run->findings;
	const hj_mention *first = &missing->places[0];
	hj_finding *finding = count == 1
		? hj_findings_add(findings, &rules[MISSING_SECTION], first->span,
			  "\"%.*s\" is used, and there is no \"%s\" to define it",
			  HJ_SLICE_ARGS(first->name), info->section)
		: hj_findings_add(findings, &rules[MISSING_SECTION], first->span,
			  "%zu %ss are used, and there is no \"%s\" to define them", count,
			  info->noun, info->section);
	if (finding && looks_whole(run))
		finding->severity = HJ_WARNING_LEVEL;
	if (missing->refused.node)
		hj__refuse_use(run, finding, &missing->refused);
	hj_finding_help(
		findings, finding, "add \"%s\", unless it comes from another file", info->section);
	for (size_t i = 1; i < count && i <= MOST_FURTHER; i++)
		hj_finding_relate(findings, finding, missing->places[i].span,
			"\"%.*s\" is used here", HJ_SLICE_ARGS(missing->places[i].name));
}

/* -- all uses ---------------------------------------------------------------------------------- */

/* Does headscale take a bare word for a user there? */
static bool takes_users(const hj_position *position)
{
	const char *path = position->path, *field = strrchr(path, '.');
	return (field && strcmp(field, ".src") == 0) || strcmp(path, "ssh[].dst") == 0;
}

static hj_slice known_folded(reference_check *check, const hj_mention *use)
{
	const hj_map *known = check->run->options->known;
	if (!known || known->count == 0 || check->comparisons >= HJ__MOST_COMPARISONS)
		return HJ_SLICE("");
	check->comparisons += known->capacity;
	return hj__known_folded(check->run, use->kind, use->name);
}

/* A name that the policy does not define. */
static hj_status check_undefined(reference_check *check, const hj_mention *use)
{
	hj_references *references = check->run->references;
	hj_name_kind kind = use->kind;
	const hj_mention *found = NULL;
	if (hj__is_known(check->run, kind, use->name))
		return HJ_OK;
	if (kind == HJ_HOST &&
		(hj_map_get(&references->people, use->name) ||
			hj__is_known_user(check->run, use->name)))
		return HJ_OK;
	if (kind == HJ_HOST && check->run->options->headscale && takes_users(use->position) &&
		!hj__meant_with_prefix(check->run->references, use->name))
		return HJ_OK;
	hj_slice meant = known_folded(check, use);
	if (meant.size) {
		if (!use->position->ports)
			report_known_case(check->run, use, meant);
		return HJ_OK;
	}
	if (!references->section[kind].name && check->run->options->fragment != HJ_FRAGMENT_NO &&
		!(kind == HJ_HOST && hj__meant_with_prefix(check->run->references, use->name)))
		return note_missing(check, use);
	if (use->position->ports) {
		/* The service lower-cases these before it looks: case proves nothing. */
		hj_status status = hj_references_find_folded(references, kind, use->name, &found);
		if (status || found)
			return status;
	}
	return report_undefined(check, use);
}

static hj_status check_use(reference_check *check, const hj_use *use)
{
	const hj_references *references = check->run->references;
	const hj_named *named = hj_references_named(references, use);
	if (!named || named->definition || !(use->position->names & 1U << named->kind) ||
		!references->section[named->kind].sound)
		return HJ_OK;
	hj_mention mention = hj_references_mention(references, use);
	return check_undefined(check, &mention);
}

hj_status hj__check_references(hj_lint_run *run)
{
	/* With a bracket missing, a section may have swallowed others or ended too early. */
	if (!run->is_policy || !run->balanced || run->options->fragment == HJ_FRAGMENT_YES)
		return HJ_OK;
	reference_check check = {.run = run};
	for (hj_name_kind kind = HJ_TAG; kind < HJ_NAME_KINDS; kind++)
		hj_map_init(&check.missing[kind].names, run->allocator);
	hj_status status = HJ_OK;
	for (size_t i = 0; !status && i < run->policy->use_count; i++)
		status = check_use(&check, &run->policy->uses[i]);
	for (hj_name_kind kind = HJ_TAG; kind < HJ_NAME_KINDS; kind++) {
		missing_names *missing = &check.missing[kind];
		/* In a broken document the section may be what is broken. */
		if (!status && missing->names.count && !hj_document_error(run->document))
			report_missing(run, kind, missing);
		hj_map_free(&missing->names);
	}
	return status ? status : run->findings->status;
}
