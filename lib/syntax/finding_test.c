#include "syntax/finding.h"

#include "testdata/support/failing.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const hj_rule first_rule = {.code = "X001", .name = "first", .severity = HJ_ERROR_LEVEL};
static const hj_rule second_rule = {.code = "X002", .name = "second", .severity = HJ_INFO_LEVEL};

Test(finding, keeps_what_it_is_told)
{
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	hj_finding *finding = hj_findings_add(
		&findings, &second_rule, (hj_span){3, 5}, "a %s of %d", "message", 1);
	cr_assert_not_null(finding);
	hj_finding_help(&findings, finding, "do %s", "this");
	for (uint32_t i = 0; i < 9; i++) {
		hj_finding_relate(&findings, finding, (hj_span){i, i + 1}, "place %u", i);
		hj_finding_edit(&findings, finding, (hj_span){i, i}, HJ_SLICE(","));
	}
	cr_expect_eq(findings.status, HJ_OK);
	cr_expect_eq(findings.count, 1);
	cr_expect_eq(finding->severity, HJ_INFO_LEVEL);
	cr_expect_eq(finding->span.start, 3);
	cr_expect_str_eq(finding->message.data, "a message of 1");
	cr_expect_str_eq(finding->help.data, "do this");
	cr_expect_eq(finding->related_count, 9);
	cr_expect_eq(finding->edit_count, 9);
	cr_expect_str_eq(finding->related[8].message.data, "place 8");
	cr_expect_eq(finding->edits[8].span.start, 8);
	cr_expect_str_eq(finding->edits[0].text.data, ",");
	hj_findings_free(&findings);
	cr_expect_eq(findings.count, 0);
}

Test(finding, messages_are_utf8)
{
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	hj_finding *finding = hj_findings_add(
		&findings, &first_rule, (hj_span){0, 0}, "%.*s", HJ_SLICE_ARGS(HJ_SLICE("a\xff")));
	cr_assert_not_null(finding);
	cr_expect_str_eq(finding->message.data, "a\xEF\xBF\xBD");
	hj_findings_free(&findings);
}

Test(finding, nothing_happens_to_null)
{
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	hj_finding_help(&findings, NULL, "x");
	hj_finding_relate(&findings, NULL, (hj_span){0, 0}, "x");
	hj_finding_edit(&findings, NULL, (hj_span){0, 0}, HJ_SLICE("x"));
	hj_findings_sort(&findings);
	cr_expect_eq(findings.status, HJ_OK);
	hj_findings_free(&findings);
}

Test(finding, a_limit_counts_what_is_too_much)
{
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	for (uint32_t i = 0; i < 9; i++) {
		hj_findings_limit(&findings, i < 3 || i > 7 ? 0 : 2);
		hj_finding *finding =
			hj_findings_add(&findings, &first_rule, (hj_span){i, i}, "%u", i);
		cr_expect_eq(finding == NULL, i > 4 && i < 8, "%u", i);
		hj_findings_add(&findings, &second_rule, (hj_span){i, i}, "%u", i);
	}
	cr_expect_eq(findings.count, 12);
	cr_expect_eq(findings.status, HJ_OK);
	cr_expect_eq(findings.tally_count, 2);
	for (size_t i = 0; i < 2; i++)
		cr_expect_eq(findings.tallies[i].count, 5);
	hj_findings_free(&findings);
}

Test(finding, sorts_by_place_then_rule_and_is_stable)
{
	uint32_t seed = 7;
	for (uint32_t count = 0; count < 200; count += count < 20 ? 1 : 13) {
		hj_findings findings;
		hj_findings_init(&findings, NULL);
		for (uint32_t i = 0; i < count; i++) {
			seed = seed * 1103515245U + 12345U;
			uint32_t start = seed >> 16 & 7, end = start + (seed >> 20 & 3);
			hj_findings_add(&findings, seed >> 24 & 1 ? &first_rule : &second_rule,
				(hj_span){start, end}, "%03u", i);
		}
		hj_findings_sort(&findings);
		cr_expect_eq(findings.count, count);
		for (uint32_t i = 1; i < count; i++) {
			const hj_finding *a = &findings.items[i - 1], *b = &findings.items[i];
			int order = a->span.start != b->span.start
				? (a->span.start < b->span.start ? -1 : 1)
				: a->span.end != b->span.end ? (a->span.end < b->span.end ? -1 : 1)
							     : strcmp(a->rule->code, b->rule->code);
			if (order == 0)
				order = strcmp(a->message.data, b->message.data);
			cr_expect_lt(order, 0, "%u findings: item %u is out of order", count, i);
		}
		hj_findings_free(&findings);
	}
}

Test(finding, every_allocation_may_fail)
{
	for (size_t allowed = 0;; allowed++) {
		failing_state state = {.fail_at = allowed, .for_ever = true};
		hj_allocator allocator = failing_allocator(&state);
		hj_findings findings;
		hj_findings_init(&findings, &allocator);
		size_t added = 0;
		for (uint32_t i = 0; i < 40; i++) {
			hj_findings_limit(&findings, i < 20 ? 0 : 40);
			hj_finding *finding = hj_findings_add(
				&findings, &first_rule, (hj_span){40 - i, 40}, "\xff %u", i);
			added += finding != NULL;
			hj_finding_help(&findings, finding, "help");
			hj_finding_relate(&findings, finding, (hj_span){0, 1}, "there");
			hj_finding_relate(&findings, finding, (hj_span){1, 2}, "and there");
			hj_finding_edit(&findings, finding, (hj_span){0, 0}, HJ_SLICE("text"));
		}
		hj_findings_sort(&findings);
		hj_status status = findings.status;
		cr_expect_eq(findings.count, added, "%zu allocations", allowed);
		for (size_t i = 1; i < findings.count; i++)
			cr_expect_lt(findings.items[i - 1].span.start, findings.items[i].span.start,
				"%zu allocations", allowed);
		hj_findings_free(&findings);
		cr_expect_eq(state.bytes, 0, "%zu allocations: a leak", allowed);
		if (!status && !state.failed)
			break;
		cr_expect(!status || status == HJ_NO_MEMORY);
		cr_assert_lt(allowed, 1000);
	}
}
