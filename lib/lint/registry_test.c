#include "engine/inventory.h"
#include "lint/internal.h"

#include "testdata/support/inventory.h"

#include <criterion/criterion.h>

Test(registry, rules_are_complete_ordered_and_found)
{
	size_t count = hj_rule_count();
	cr_assert_gt(count, 8);
	cr_expect_null(hj_rule_at(count));
	for (size_t i = 0; i < count; i++) {
		const hj_rule *rule = hj_rule_at(i);
		cr_expect(rule->summary && rule->why && rule->fix, "%s", rule->name);
		cr_expect_eq(hj__rule_index(rule), i, "%s", rule->name);
		cr_expect_eq(hj_rule_find(hj_slice_str(rule->code)), rule, "%s", rule->code);
		cr_expect_eq(hj_rule_find(hj_slice_str(rule->name)), rule, "%s", rule->name);
		char code[8] = {(char)(rule->code[0] | 0x20), 0};
		memcpy(code + 1, rule->code + 1, 4);
		cr_expect_eq(hj_rule_find(hj_slice_str(code)), rule, "%s", code);
		/* What problem matchers take for a code. */
		cr_expect_eq(strspn(rule->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
			strlen(rule->name), "%s", rule->name);
		cr_expect_eq(strlen(rule->code), 4, "%s", rule->code);
		for (size_t k = 0; k < i; k++)
			cr_expect_lt(strcmp(hj_rule_at(k)->code, rule->code), 0, "%s", rule->code);
	}
	cr_expect_null(hj_rule_find(HJ_SLICE("")));
	cr_expect_null(hj_rule_find(HJ_SLICE("R")));
	cr_expect_null(hj_rule_find(HJ_SLICE("no-such-rule")));
}

/*
 * The findings of a document given as text, with one rule selected even if it is off: how many, and
 * whether all are of that rule. The examples of rules about inventories are inventories.
 */
static size_t found(const char *text, const hj_rule *rule, bool *only)
{
	hj_source *source;
	hj_document *document;
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_slice_str(text), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	bool ignored[512];
	cr_assert_leq(hj_rule_count(), sizeof ignored);
	for (size_t i = 0; i < hj_rule_count(); i++)
		ignored[i] = hj_rule_at(i)->off && hj_rule_at(i) != rule;
	struct known known = known_open(rule->inventory);
	hj_lint_options options = {
		.ignored = ignored, .today = 20600, .inventory = known.inventory};
	if (rule->code[0] == 'V') {
		hj_inventory inventory;
		cr_assert_eq(hj_inventory_bind(document, NULL, &findings, &inventory), HJ_OK);
		hj_inventory_free(&inventory);
	} else {
		cr_assert_eq(hj_lint(document, &options, &findings), HJ_OK);
	}
	known_close(&known);
	size_t count = findings.count;
	*only = true;
	for (size_t i = 0; i < count; i++)
		*only = *only && findings.items[i].rule == rule;
	hj_findings_free(&findings);
	hj_document_free(document);
	hj_source_free(source);
	return count;
}

/* A rule is found when it is the only one that is wanted: no family rests that finds it. */
Test(registry, a_rule_alone_finds_its_bad_example)
{
	bool ignored[512];
	size_t count = hj_rule_count();
	cr_assert_leq(count, sizeof ignored);
	for (size_t i = 0; i < count; i++) {
		const hj_rule *rule = hj_rule_at(i);
		hj_source *source;
		hj_document *document;
		hj_findings findings;
		/* A comment that ignores a rule is judged only where that rule is looked for. */
		if (!rule->bad || strcmp(rule->name, "unused-ignore") == 0 || rule->code[0] == 'V')
			continue;
		memset(ignored, true, sizeof ignored);
		ignored[i] = false;
		hj_findings_init(&findings, NULL);
		cr_assert_eq(hj_source_copy(NULL, NULL, hj_slice_str(rule->bad), &source), HJ_OK);
		cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
		struct known known = known_open(rule->inventory);
		hj_lint_options options = {
			.ignored = ignored, .today = 20600, .inventory = known.inventory};
		cr_assert_eq(hj_lint(document, &options, &findings), HJ_OK);
		known_close(&known);
		cr_expect_gt(findings.count, 0, "%s alone", rule->name);
		hj_findings_free(&findings);
		hj_document_free(document);
		hj_source_free(source);
	}
}

Test(registry, the_bad_example_has_its_finding_and_the_good_none)
{
	for (size_t i = 0; i < hj_rule_count(); i++) {
		const hj_rule *rule = hj_rule_at(i);
		bool only;
		cr_expect_eq(!rule->bad, !rule->good, "%s", rule->name);
		if (!rule->bad)
			continue;
		cr_expect_gt(found(rule->bad, rule, &only), 0, "%s: bad", rule->name);
		cr_expect(only, "%s: bad has other findings too", rule->name);
		cr_expect_eq(found(rule->good, rule, &only), 0, "%s: good", rule->name);
	}
}
