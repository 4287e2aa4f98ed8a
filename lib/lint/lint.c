#include "lint/internal.h"

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

static bool is_ignored(const hj_rule *rule, const bool *ignored)
{
	return ignored ? ignored[hj__rule_index(rule)] : rule->off;
}

bool hj__wants(const hj_lint_run *run, const hj_rule *rule)
{
	return !is_ignored(rule, run->ignored);
}

/* Takes the findings of ignored rules out again, from the one at `from` on. */
static void drop_ignored(hj_findings *findings, size_t from, const bool *ignored)
{
	size_t kept = from;
	for (size_t i = from; i < findings->count; i++)
		if (!is_ignored(findings->items[i].rule, ignored))
			findings->items[kept++] = findings->items[i];
	findings->count = kept;
}

static hj_status run_families(hj_lint_run *run)
{
	size_t count;
	const hj_family *families = hj__families(&count);
	hj_status status = HJ_OK;
	for (size_t i = 0; !status && i < count; i++)
		if (families[i].run)
			status = families[i].run(run);
	return status;
}

/* Reads the document as a policy and runs the families on it. */
static hj_status run_rules(
	const hj_document *document, const hj_lint_options *options, hj_findings *findings)
{
	const hj_allocator *allocator = findings->arena.allocator;
	hj_references references;
	hj_policy policy;
	hj_status status = hj_references_gather(document, allocator, &references);
	if (status)
		return status;
	status = hj_policy_bind(document, allocator, &policy);
	if (!status) {
		hj_lint_run run = {.document = document,
			.findings = findings,
			.references = &references,
			.policy = &policy,
			.is_policy = references.known_sections > 0,
			.balanced = is_balanced(document),
			.allocator = allocator};
		if (options) {
			run.tailnet = options->tailnet;
			run.ignored = options->ignored;
		}
		status = run_families(&run);
		hj_policy_free(&policy);
	}
	hj_references_free(&references);
	return status ? status : findings->status;
}

hj_status hj_lint(
	const hj_document *document, const hj_lint_options *options, hj_findings *findings)
{
	size_t from = findings->count;
	const hj_findings *syntax = hj_document_findings(document);
	for (size_t i = 0; i < syntax->count; i++)
		copy_finding(findings, &syntax->items[i]);
	hj_status status = run_rules(document, options, findings);
	if (status) {
		findings->status = status;
		return status;
	}
	drop_ignored(findings, from, options ? options->ignored : NULL);
	hj_findings_sort(findings);
	return HJ_OK;
}
