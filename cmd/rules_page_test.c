/*
 * The reference of rules as pages.
 */
#include "cmd/families.h"
#include "cmd/rules_page.h"

#include "testdata/support/failing.h"
#include "testdata/support/program.h"

#include <criterion/criterion.h>

Test(rules_page, every_rule_has_a_family)
{
	for (size_t i = 0; i < hj_rule_count(); i++) {
		const hj_rule *rule = hj_rule_at(i);
		cr_expect_eq(family_of(rule)->letter, rule->code[0],
			"%s needs a row in cmd/families.c", rule->code);
	}
	cr_expect_str_eq(family_of(&(hj_rule){.code = "?001"})->name, "other");
}

Test(rules_page, every_rule_is_on_both_pages)
{
	static const char *const formats[] = {"markdown", "html"};
	for (size_t k = 0; k < 2; k++) {
		struct program run = {0};
		program_run(&run, "hujson", "rules", "--format", formats[k], NULL);
		cr_expect_eq(run.status, EXIT_CLEAN);
		cr_expect(hj_utf8_valid(hj_text_slice(&run.out)));
		for (size_t i = 0; i < hj_rule_count(); i++) {
			const hj_rule *rule = hj_rule_at(i);
			char heading[160];
			if (k == 0)
				snprintf(heading, sizeof heading, "\n### %s %s\n", rule->code,
					rule->name);
			else
				snprintf(heading, sizeof heading, ">%s %s</h3>\n", rule->code,
					rule->name);
			cr_expect(strstr(run.out.data, heading), "%s", heading);
			snprintf(heading, sizeof heading,
				k == 0 ? "| [%s](#%c%s-%s) |" : "<section id=\"%s\">", rule->code,
				rule->code[0] + 32, rule->code + 1, rule->name);
			cr_expect(strstr(run.out.data, heading), "%s", heading);
		}
		program_free(&run);
	}
}

Test(rules_page, facts_are_found_out)
{
	struct app app = {0};
	const hj_rule *comma = hj_rule_find(HJ_SLICE("missing-comma"));
	const hj_rule *tag = hj_rule_find(HJ_SLICE("undefined-tag"));
	cr_expect(rule_fixable(&app, comma));
	cr_expect_not(rule_fixable(&app, tag));
	struct program run = {0};
	program_run(&run, "hujson", "explain", "missing-comma", NULL);
	cr_expect(strstr(hj_text_string(&run.out),
		"family: syntax; on unless ignored; findings come with a fix"));
	program_free(&run);
}

Test(rules_page, without_memory_nothing_leaks)
{
	for (size_t n = 0; n < 400; n += n / 16 + 1) {
		failing_state state = {.fail_at = n, .for_ever = true};
		hj_allocator allocator = failing_allocator(&state);
		struct program run = {.allocator = &allocator};
		program_run(&run, "hujson", "rules", "--format", "html", NULL);
		cr_assert_eq(state.blocks, 0, "allocation %zu", n);
		program_free(&run);
	}
}
