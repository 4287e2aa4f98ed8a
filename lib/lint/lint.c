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

/* Takes the findings of ignored rules out again, from the one at `from` on. */
static void drop_ignored(hj_findings *findings, size_t from, const bool *ignored)
{
	size_t kept = from;
	for (size_t i = from; i < findings->count; i++) {
		const hj_rule *rule = findings->items[i].rule;
		if (!(ignored ? ignored[hj__rule_index(rule)] : rule->off))
			findings->items[kept++] = findings->items[i];
	}
	findings->count = kept;
}

static hj_status run_families(
	const hj_document *document, hj_references *references, hj_findings *findings)
{
	hj_lint_run run = {.document = document,
		.findings = findings,
		.references = references,
		.is_policy = references->known_sections > 0,
		.balanced = is_balanced(document),
		.allocator = findings->arena.allocator};
	size_t count;
	const hj_family *families = hj__families(&count);
	hj_status status = HJ_OK;
	for (size_t i = 0; !status && i < count; i++)
		if (families[i].run)
			status = families[i].run(&run);
	return status;
}

hj_status hj_lint(
	const hj_document *document, const hj_lint_options *options, hj_findings *findings)
{
	size_t from = findings->count;
	const hj_findings *syntax = hj_document_findings(document);
	for (size_t i = 0; i < syntax->count; i++)
		copy_finding(findings, &syntax->items[i]);
	hj_references references;
	hj_status status = hj_references_gather(document, findings->arena.allocator, &references);
	if (status) {
		findings->status = status;
		return status;
	}
	status = run_families(document, &references, findings);
	hj_references_free(&references);
	if (!status)
		status = findings->status;
	if (status) {
		findings->status = status;
		return status;
	}
	drop_ignored(findings, from, options ? options->ignored : NULL);
	hj_findings_sort(findings);
	return HJ_OK;
}
