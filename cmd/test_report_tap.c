/*
 * Assertions in the Test Anything Protocol, version 14: a test point each, the plan at the end, and
 * behind what does not pass a block of YAML that says why.
 */
#include "cmd/report.h"
#include "cmd/test_report.h"

extern const struct test_format test_report_tap;

static void begin(struct test_report *report)
{
	hj_text_str(&report->text, "TAP version 14\n");
}

/* What would begin a directive is escaped. */
static void put_description(hj_text *out, hj_slice text)
{
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '#' || text.data[i] == '\\')
			hj_text_byte(out, '\\');
		hj_text_byte(out, text.data[i]);
	}
}

static void put_field(hj_text *out, const char *name, hj_slice value)
{
	hj_text_printf(out, "  %s: ", name);
	hj_string_encode(value, out);
	hj_text_byte(out, '\n');
}

static void put_why(
	struct test_report *report, const struct test_file *file, const hj_assertion *assertion)
{
	hj_text *out = &report->text;
	hj_text_str(out, "  ---\n");
	put_field(out, "message", assertion->why);
	put_field(out, "severity", hj_slice_str(assertion->pass == HJ_NO ? "fail" : "depends"));
	put_field(out, "file", hj_slice_str(file->path));
	hj_text_printf(out, "  line: %u\n", testing_line(file->document, assertion->node));
	if (assertion->want != HJ_WANT_NOTHING)
		hj_text_printf(out, "  want: %s\n  got: %s\n",
			hj_got_text(hj_wanted(assertion->want)), hj_got_text(assertion->got));
	hj_text_str(out, "  ...\n");
}

static void file(struct test_report *report, const struct test_file *file)
{
	const hj_assertions *all = &file->tested->assertions;
	hj_text *out = &report->text, *words = &report->words;
	/* The counts include this file already. */
	size_t number = report->passed + report->failed + report->depending;
	for (size_t i = 0; i < all->count; i++)
		number -= file->chosen[i];
	hj_text_str(out, "# ");
	report_safe(out, hj_slice_str(file->path));
	hj_text_byte(out, '\n');
	for (size_t i = 0; i < all->count; i++) {
		const hj_assertion *assertion = &all->items[i];
		if (!file->chosen[i])
			continue;
		hj_text_clear(words);
		testing_name(words, assertion);
		hj_text_printf(
			out, "%sok %zu - ", assertion->pass == HJ_YES ? "" : "not ", ++number);
		put_description(out, hj_text_slice(words));
		hj_text_byte(out, '\n');
		if (assertion->pass != HJ_YES)
			put_why(report, file, assertion);
		test_report_pass(report);
	}
}

static void end(struct test_report *report)
{
	hj_text_printf(
		&report->text, "1..%zu\n", report->passed + report->failed + report->depending);
}

const struct test_format test_report_tap = {
	.name = "tap",
	.begin = begin,
	.file = file,
	.end = end,
};
