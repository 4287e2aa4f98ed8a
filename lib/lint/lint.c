#include "base/fold.h"
#include "lint/ignores.h"
#include "lint/secret.h"
#include "policy/accept.h"

enum { MOST_OF_NAME = 255 }; /* longer names of hosts and users nobody knows, bytes */

/* A copy that owns its texts: the document may be freed before the findings. */
static void copy_finding(hj_findings *findings, const hj_finding *from)
{
	hj_finding *finding = hj_findings_add(findings, from->rule, from->span, "%.*s",
		(int)from->message.size, from->message.data ? from->message.data : "");
	if (!finding)
		return;
	finding->severity = from->severity;
	finding->safe = from->safe;
	if (from->help.size)
		hj_finding_help(findings, finding, "%.*s", (int)from->help.size, from->help.data);
	for (size_t i = 0; i < from->related_count; i++)
		hj_finding_relate(findings, finding, from->related[i].span, "%.*s",
			(int)from->related[i].message.size, from->related[i].message.data);
	for (size_t i = 0; i < from->edit_count; i++)
		hj_finding_edit(findings, finding, from->edits[i].span, from->edits[i].text);
}

/* Has every bracket its partner, and does nothing follow the root? */
static bool is_balanced(const hj_document *document)
{
	if (!hj_document_error(document))
		return true;
	const hj_node *nodes = hj_document_nodes(document);
	uint32_t count = hj_document_count(document);
	if (nodes[0].next != count)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (nodes[i].bits & HJ_UNCLOSED)
			return false;
	return true;
}

bool hj__wants(const hj_lint_run *run, const hj_rule *rule)
{
	/* Pointers into different arrays compare as numbers only. */
	uintptr_t at = (uintptr_t)rule - (uintptr_t)run->own;
	if (!run->ignored)
		return !rule->off;
	return !run->ignored[at < run->own_count * sizeof *rule ? run->own_index + at / sizeof *rule
								: hj__rule_index(rule)];
}

/* Findings of one rule that are kept: a page of them tells as much as a book. */
enum { MOST_OF_A_RULE = 1000 };

/* Findings of one rule come one after the other, mostly, so its index is kept. */
typedef struct known_rule {
	const hj_rule *rule;
	size_t index;
} known_rule;

static size_t index_of(known_rule *known, const hj_rule *rule)
{
	if (rule != known->rule)
		*known = (known_rule){rule, hj__rule_index(rule)};
	return known->index;
}

/*
 * Takes the findings of ignored rules out again, from the one at `from` on, gives the others the
 * severities that are asked for and a hint, and folds what a rule finds too often into one.
 */
static void settle(hj_findings *findings, size_t from, const hj_lint_options *options)
{
	size_t rules = hj_rule_count(), kept = from;
	known_rule known = {NULL, 0};
	uint32_t *seen = hj_alloc(findings->arena.allocator, rules * sizeof *seen);
	if (!seen) {
		findings->status = HJ_NO_MEMORY;
		return;
	}
	memset(seen, 0, rules * sizeof *seen);
	for (size_t i = from; i < findings->count; i++) {
		hj_finding finding = findings->items[i];
		size_t index = index_of(&known, finding.rule);
		bool ignored = options->ignored ? options->ignored[index] : finding.rule->off;
		if (ignored || ++seen[index] > MOST_OF_A_RULE)
			continue;
		if (options->severities && options->severities[index] != HJ_OWN_SEVERITY)
			finding.severity = (hj_severity)options->severities[index];
		if (options->headscale)
			finding.service = HJ_SLICE(""); /* another server has other words */
		if (finding.help.size == 0)
			finding.help = hj_slice_str(finding.rule->fix);
		findings->items[kept++] = finding;
	}
	findings->count = kept;
	for (size_t i = 0; i < findings->tally_count; i++)
		if (findings->tallies[i].count > MOST_OF_A_RULE)
			seen[hj__rule_index(findings->tallies[i].rule)] +=
				findings->tallies[i].count - MOST_OF_A_RULE;
	for (size_t i = kept; i-- > from;) {
		hj_finding last = findings->items[i];
		size_t index = index_of(&known, last.rule);
		if (seen[index] <= MOST_OF_A_RULE)
			continue;
		hj_finding *more = hj_findings_add(findings, last.rule, last.span,
			"%u more findings of this rule are not shown",
			seen[index] - MOST_OF_A_RULE);
		if (more)
			more->severity = last.severity;
		seen[index] = 0;
	}
	hj_free(findings->arena.allocator, seen, rules * sizeof *seen);
}

static void hide_in(hj_findings *findings, hj_slice *text)
{
	hj_secret secret;
	bool ok = true;
	if (!hj_secret_next(*text, 0, &secret))
		return;
	hj_text shown;
	hj_text_init(&shown, findings->arena.allocator);
	hj_secret_append(&shown, *text);
	*text = hj_arena_copy(&findings->arena, hj_text_slice(&shown), &ok);
	if (!ok || shown.status)
		findings->status = HJ_NO_MEMORY;
	hj_text_free(&shown);
}

/*
 * Reports end up in logs: a key that stands where a name belongs is not quoted, and a fix that would
 * write it again is none.
 */
static void hide_secrets(hj_findings *findings, size_t from)
{
	for (size_t i = from; i < findings->count; i++) {
		hj_finding *finding = &findings->items[i];
		hide_in(findings, &finding->message);
		hide_in(findings, &finding->help);
		hide_in(findings, &finding->service);
		hj_secret secret;
		for (size_t k = 0; k < finding->edit_count; k++)
			if (hj_secret_next(finding->edits[k].text, 0, &secret))
				finding->edit_count = 0;
	}
}

/* Is a name known under a mark, "host:" or "user:"? */
static bool is_known_as(const hj_lint_run *run, const char mark[6], hj_slice name)
{
	const hj_map *known = run->options->known;
	char key[5 + MOST_OF_NAME];
	if (!known || known->count == 0 || name.size > MOST_OF_NAME)
		return false;
	memcpy(key, mark, 5);
	if (name.size)
		memcpy(key + 5, name.data, name.size);
	return hj_map_get(known, hj_slice_of(key, 5 + name.size));
}

bool hj__is_known(const hj_lint_run *run, hj_name_kind kind, hj_slice name)
{
	const hj_map *known = run->options->known;
	if (kind == HJ_HOST)
		return is_known_as(run, "host:", name);
	return known && hj_map_get(known, name);
}

bool hj__is_known_user(const hj_lint_run *run, hj_slice login)
{
	return is_known_as(run, "user:", login);
}

hj_slice hj__known_folded(const hj_lint_run *run, hj_name_kind kind, hj_slice name)
{
	const hj_map *known = run->options->known;
	size_t mark = kind == HJ_HOST ? 5 : 0;
	for (size_t i = 0; known && i < known->capacity; i++) {
		hj_slice key = known->entries[i].key;
		if (known->entries[i].hash == 0 || key.size != mark + name.size ||
			(mark && !hj_slice_starts(key, HJ_SLICE("host:"))))
			continue;
		hj_slice plain = hj_slice_of(key.data + mark, name.size);
		if (hj_slice_equal_folded(plain, name))
			return plain;
	}
	return HJ_SLICE("");
}

/* Is any of `count` rules wanted that begin at an index of the registry? */
static bool wants_any(const hj_lint_run *run, const hj_rule *rules, size_t count, size_t index)
{
	for (size_t i = 0; i < count; i++)
		if (!(run->ignored ? run->ignored[index + i] : rules[i].off))
			return true;
	return false;
}

/*
 * Findings that settle() would drop are only counted from the start, where that is the same: no
 * comment takes any out, and a family finds its own rules and does not look at what it has found.
 */
static hj_status run_families(hj_lint_run *run, bool may_ignore)
{
	size_t count, index = 0;
	const hj_family *families = hj__families(&count);
	hj_status status = HJ_OK;
	for (size_t i = 0; !status && i < count; i++) {
		size_t rule_count;
		const hj_rule *rules = families[i].rules(&rule_count);
		run->own = rules;
		run->own_count = rule_count;
		run->own_index = index;
		hj_findings_limit(
			run->findings, families[i].alone && !may_ignore ? MOST_OF_A_RULE : 0);
		if (families[i].run &&
			(!families[i].alone || wants_any(run, rules, rule_count, index)))
			status = families[i].run(run);
		index += rule_count;
	}
	hj_findings_limit(run->findings, 0);
	return status;
}

/* Names that no other kind of document has. A value that does not fit is a fault in them. */
static bool has_section_name(const hj_policy *policy)
{
	static const char *const names[] = {
		"acls", "tagOwners", "autoApprovers", "nodeAttrs", "sshTests", "derpMap"};
	const hj_node *nodes = hj_document_nodes(policy->document);
	const hj_source *source = hj_document_source(policy->document);
	if (hj_node_kind(&nodes[0]) != HJ_OBJECT)
		return false;
	for (uint32_t at = hj_node_first(0); at < nodes[0].next; at = nodes[nodes[at].next].next) {
		hj_slice quoted = hj_source_slice(source, hj_node_span(&nodes[at]));
		for (size_t i = 0; i < sizeof names / sizeof *names && quoted.size > 2; i++)
			if (hj_slice_equal_folded(hj_slice_of(quoted.data + 1, quoted.size - 2),
				    hj_slice_str(names[i])))
				return true;
	}
	return false;
}

static bool is_policy(const hj_policy *policy, const hj_lint_options *options)
{
	return options->fragment == HJ_FRAGMENT_NO || policy->known_sections > 0 ||
		has_section_name(policy);
}

static hj_slice tailnet_of(const hj_lint_options *options)
{
	bool asks = !options->tailnet.size && options->inventory;
	return asks ? options->inventory->tailnet : options->tailnet;
}

/*
 * Was something of a rule not read as its author meant it? Its tests would fail of that, and the
 * mistake would be told twice. An undefined name is no such fault: what it stands for is unknown.
 */
static bool spoils_tests(const hj_finding *finding)
{
	hj_stage stage = hj_refusal_stage(finding->refusal);
	if (finding->rule->code[0] == 'T' || finding->rule->code[0] == 'P')
		return finding->severity <= HJ_WARNING_LEVEL;
	if (strcmp(finding->rule->name, "test-attribute-type") == 0)
		return true;
	return stage >= HJ_STAGE_ACLS && stage <= HJ_STAGE_SSH && finding->rule->code[0] != 'R';
}

static hj_status run_tests(hj_lint_run *run, size_t from)
{
	for (size_t i = from; i < run->findings->count; i++)
		if (spoils_tests(&run->findings->items[i]))
			return HJ_OK;
	return hj__run_tests(run);
}

/* Runs the families on what the document says as a policy. */
static hj_status run_rules(
	const hj_policy *policy, const hj_lint_options *options, hj_findings *findings, size_t from)
{
	const hj_allocator *allocator = findings->arena.allocator;
	const hj_document *document = policy->document;
	hj_references references;
	hj_status status = hj_references_gather(policy, allocator, &references);
	if (!status) {
		hj_lint_run run = {.document = document,
			.options = options,
			.tailnet = tailnet_of(options),
			.ignored = options->ignored,
			.findings = findings,
			.references = &references,
			.policy = policy,
			.is_policy = is_policy(policy, options),
			.balanced = is_balanced(document),
			.allocator = allocator};
		bool may_ignore = !options->unsuppressed && hj__may_ignore(document);
		status = run_families(&run, may_ignore);
		if (!status)
			status = run_tests(&run, from);
		if (!status && may_ignore)
			status = hj__suppress(&run, from);
		hj_references_free(&references);
	}
	return status ? status : findings->status;
}

static hj_status bind_and_run(const hj_document *document, const hj_lint_options *options,
	hj_findings *findings, size_t from)
{
	hj_policy policy;
	if (options->policy)
		return run_rules(options->policy, options, findings, from);
	hj_status status = hj_policy_bind(document, findings->arena.allocator, &policy);
	if (status)
		return status;
	status = run_rules(&policy, options, findings, from);
	hj_policy_free(&policy);
	return status;
}

hj_status hj_lint(
	const hj_document *document, const hj_lint_options *options, hj_findings *findings)
{
	static const hj_lint_options usual;
	size_t from = findings->count;
	options = options ? options : &usual;
	findings->tally_count = 0;
	const hj_findings *syntax = hj_document_findings(document);
	for (size_t i = 0; i < syntax->count; i++)
		copy_finding(findings, &syntax->items[i]);
	const hj_syntax_error *error = hj_document_error(document);
	if (error && findings->count > from)
		hj_finding_service(findings, &findings->items[from], hj_refusal(HJ_STAGE_SYNTAX, 0),
			"%.*s", (int)error->text.size, error->text.data);
	hj_status status = bind_and_run(document, options, findings, from);
	if (status) {
		findings->status = status;
		return status;
	}
	settle(findings, from, options);
	hide_secrets(findings, from);
	hj_findings_sort(findings);
	return findings->status;
}
