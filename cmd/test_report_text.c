/*
 * Assertions for people, entry by entry:
 *
 *     policy.hujson
 *       tests[0] alice@example.com, line 20
 *         pass     accept tag:web:443    acls[0], line 12
 *         FAIL     deny   tag:db:5432
 *                  alice@example.com gets in by acls[1], line 14
 *
 * The words carry it; colour only helps.
 */
#include "cmd/report.h"
#include "cmd/test_report.h"

extern const struct test_format test_report_text;

enum { WIDTH = sizeof "depends " }; /* of a verdict and the blanks after it */

struct colors {
	const char *verdict[3], *dim, *bold, *reset; /* verdicts by hj_truth */
};
static const struct colors plain = {{"", "", ""}, "", "", ""};
static const struct colors colored = {
	{"\033[1;31m", "\033[1;33m", "\033[32m"}, "\033[2m", "\033[1m", "\033[0m"};

static const struct colors *colors_of(const struct test_report *report)
{
	return report->app->out.color ? &colored : &plain;
}

static void put_entry(
	struct test_report *report, const struct test_file *file, const hj_assertion *assertion)
{
	const struct colors *colors = colors_of(report);
	hj_text *out = &report->text;
	const hj_policy *policy = &file->tested->joined.policy;
	uint32_t node = assertion->ssh ? policy->ssh_tests.items[assertion->test].node
				       : policy->tests.items[assertion->test].node;
	hj_text_printf(out, "  %s[%u] %s", assertion->ssh ? "sshTests" : "tests",
		(unsigned)assertion->test, colors->bold);
	hj_slice source = hj_trim(assertion->src.text);
	report_safe(out, source.size ? source : HJ_SLICE("(no source)"));
	hj_text_printf(out, "%s, line %u\n", colors->reset, testing_line(file->document, node));
}

/* "accept tag:web:443", "deny root on tag:web". */
static void put_what(hj_text *out, const hj_assertion *assertion)
{
	hj_text_printf(out, "%-6s ", hj_want_text(assertion->want));
	testing_target(out, assertion);
}

static void put_assertion(
	struct test_report *report, const struct test_file *file, const hj_assertion *assertion)
{
	static const char *const verdicts[] = {"FAIL", "depends", "pass"};
	const struct colors *colors = colors_of(report);
	hj_text *out = &report->text, *words = &report->words;
	const char *verdict = verdicts[assertion->pass];
	hj_text_printf(out, "    %s%s%s", colors->verdict[assertion->pass], verdict, colors->reset);
	if (assertion->want != HJ_WANT_NOTHING) {
		hj_text_repeat(out, ' ', WIDTH - strlen(verdict));
		put_what(out, assertion);
	}
	hj_text_clear(words);
	if (assertion->pass == HJ_YES)
		testing_rules(words, file->document, assertion);
	if (words->size) {
		hj_text_printf(out, "  %s(", colors->dim);
		hj_text_append(out, hj_text_slice(words));
		hj_text_printf(out, ")%s", colors->reset);
	}
	hj_text_byte(out, '\n');
	if (assertion->why.size) {
		hj_text_repeat(out, ' ', 4 + WIDTH);
		report_safe(out, assertion->why);
		hj_text_byte(out, '\n');
	}
}

/* -- coverage ------------------------------------------------------------------------------------ */

static void put_losses(struct test_report *report, const struct test_file *file)
{
	const hj_coverage *coverage = &file->tested->coverage;
	bool whole = false; /* the rule at hand is not exercised: its parts go without saying */
	for (uint32_t i = 0; i < coverage->loss_count; i++) {
		const hj_loss *loss = &coverage->losses[i];
		if (loss->part == HJ_PART_RULE)
			whole = !loss->exercised;
		else if (whole)
			continue;
		if (loss->guarded)
			continue;
		hj_text_str(&report->text, "    ");
		test_report_loss(&report->text, file, loss);
		hj_text_byte(&report->text, '\n');
		test_report_pass(report);
	}
}

static void put_coverage(struct test_report *report, const struct test_file *file)
{
	const hj_coverage *coverage = &file->tested->coverage;
	hj_text *out = &report->text;
	hj_text_printf(out,
		"  coverage: %u of %u rules are used by a test, %u of %u losses would be noticed",
		coverage->exercised, coverage->rules, coverage->guarded, coverage->loss_count);
	if (coverage->loss_count)
		hj_text_printf(out, " (%u %%)",
			(unsigned)((uint64_t)coverage->guarded * 100 / coverage->loss_count));
	hj_text_byte(out, '\n');
	put_losses(report, file);
	for (uint32_t i = 0; i < coverage->idle_count; i++) {
		const hj_idle *idle = &coverage->idle[i];
		const hj_assertion *assertion = &file->tested->assertions.items[idle->assertion];
		hj_text_str(out, "    ");
		testing_name(out, assertion);
		hj_text_printf(out, ", line %u, guards nothing: %s\n",
			testing_line(file->document, assertion->node),
			test_report_idle(idle->reason));
		test_report_pass(report);
	}
}

/* -- the format ---------------------------------------------------------------------------------- */

static void file(struct test_report *report, const struct test_file *file)
{
	const hj_assertions *all = &file->tested->assertions;
	const hj_assertion *last = NULL;
	report_safe(&report->text, hj_slice_str(file->path));
	hj_text_str(&report->text, all->count ? "\n" : ": no tests\n");
	for (size_t i = 0; i < all->count; i++) {
		const hj_assertion *assertion = &all->items[i];
		if (!file->chosen[i])
			continue;
		if (!last || last->test != assertion->test || last->ssh != assertion->ssh)
			put_entry(report, file, assertion);
		last = assertion;
		put_assertion(report, file, assertion);
		test_report_pass(report);
	}
	if (file->tested->covered)
		put_coverage(report, file);
}

static void end(struct test_report *report)
{
	size_t count = report->passed + report->failed + report->depending;
	hj_text *out = &report->text;
	if (count == 0)
		return;
	hj_text_printf(
		out, "%zu assertion%s: %zu passed", count, count == 1 ? "" : "s", report->passed);
	if (report->failed)
		hj_text_printf(out, ", %zu failed", report->failed);
	if (report->depending)
		hj_text_printf(out, ", %zu depend%s on what only the tailnet knows",
			report->depending, report->depending == 1 ? "s" : "");
	hj_text_byte(out, '\n');
}

const struct test_format test_report_text = {
	.name = "text",
	.coverage = true,
	.file = file,
	.end = end,
};
