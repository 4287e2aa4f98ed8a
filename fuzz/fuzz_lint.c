/*
 * Lint whatever parses and whatever does not: every place lies in the source, every text is UTF-8,
 * every fix can be applied, the list is in order, and a rule that is left out takes its findings
 * and no others with it.
 */
#include "base/utf8.h"
#include "fuzz.h"

static void check_span(const char *what, hj_span span, uint32_t size)
{
	FUZZ_CHECK(span.start <= span.end && span.end <= size, "%s: %u to %u of %u", what,
		(unsigned)span.start, (unsigned)span.end, (unsigned)size);
}

static void check_finding(const hj_source *source, const hj_finding *finding)
{
	const char *name = finding->rule->name;
	check_span(name, finding->span, source->size);
	FUZZ_CHECK(finding->message.size && hj_utf8_valid(finding->message), "%s: message", name);
	FUZZ_CHECK(finding->help.size == 0 || hj_utf8_valid(finding->help), "%s: help", name);
	for (size_t i = 0; i < finding->related_count; i++) {
		check_span(name, finding->related[i].span, source->size);
		FUZZ_CHECK(hj_utf8_valid(finding->related[i].message), "%s: related", name);
	}
	hj_text fixed;
	hj_text_init(&fixed, NULL);
	FUZZ_CHECK(hj_edits_apply(finding->edits, finding->edit_count,
			   hj_slice_of(source->data, source->size), &fixed) == HJ_OK,
		"%s: fix", name);
	hj_text_free(&fixed);
}

static void check_ignoring(const hj_document *document, const hj_findings *all)
{
	enum { MOST_RULES = 512 };
	bool ignored[MOST_RULES] = {false};
	const hj_rule *rule = all->items[all->count / 2].rule;
	FUZZ_CHECK(hj_rule_count() <= MOST_RULES, "more rules than room");
	size_t kept = 0;
	for (size_t i = 0; i < hj_rule_count(); i++)
		ignored[i] = hj_rule_at(i) == rule || hj_rule_at(i)->off;
	for (size_t i = 0; i < all->count; i++)
		kept += all->items[i].rule != rule && all->items[i].rule->code[0] != 'K';
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	hj_lint_options options = {.ignored = ignored};
	FUZZ_CHECK(hj_lint(document, &options, &findings) == HJ_OK, "lint");
	/* A comment that ignores a rule is not judged when the rule is left out. */
	size_t count = 0;
	for (size_t i = 0; i < findings.count; i++)
		count += findings.items[i].rule->code[0] != 'K';
	FUZZ_CHECK(count == kept, "%s: %zu kept, %zu expected", rule->name, count, kept);
	hj_findings_free(&findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hj_source *source = fuzz_source((const char *)data, size);
	hj_document *document = fuzz_parse(source, 0);
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	FUZZ_CHECK(hj_lint(document, NULL, &findings) == HJ_OK, "lint");
	FUZZ_CHECK(findings.count >= hj_document_findings(document)->count, "findings are lost");
	for (size_t i = 0; i < findings.count; i++) {
		check_finding(source, &findings.items[i]);
		if (i > 0)
			FUZZ_CHECK(findings.items[i - 1].span.start <= findings.items[i].span.start,
				"out of order");
	}
	if (findings.count)
		check_ignoring(document, &findings);
	hj_findings_free(&findings);
	hj_document_free(document);
	hj_source_free(source);
	return 0;
}
