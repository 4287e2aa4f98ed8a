/*
 * Assertions in JUnit's XML: a file is a suite and an assertion is a case. What hangs on facts is a
 * failure too, of another type.
 */
#include "cmd/escape.h"
#include "cmd/test_report.h"

extern const struct test_format test_report_junit;

static void begin(struct test_report *report)
{
	hj_text_str(&report->text,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"hujson\">\n");
}

static void put_case(
	struct test_report *report, const struct test_file *file, const hj_assertion *assertion)
{
	hj_text *out = &report->text, *words = &report->words;
	hj_slice path = escape_relative(file->path);
	hj_text_clear(words);
	testing_name(words, assertion);
	hj_text_str(out, "    <testcase classname=\"");
	escape_xml(out, path);
	hj_text_str(out, "\" name=\"");
	escape_xml(out, hj_text_slice(words));
	hj_text_str(out, "\" time=\"0\" file=\"");
	escape_xml(out, path);
	hj_text_printf(out, "\" line=\"%u\"", testing_line(file->document, assertion->node));
	if (assertion->pass == HJ_YES) {
		hj_text_str(out, "/>\n");
		return;
	}
	hj_text_printf(out, ">\n      <failure type=\"%s\" message=\"",
		assertion->pass == HJ_NO ? "failed" : "depends");
	escape_xml(out, assertion->why);
	hj_text_str(out, "\"/>\n    </testcase>\n");
}

static void file(struct test_report *report, const struct test_file *file)
{
	const hj_assertions *all = &file->tested->assertions;
	hj_text *out = &report->text;
	size_t count = 0, failures = 0;
	for (size_t i = 0; i < all->count; i++) {
		count += file->chosen[i];
		failures += file->chosen[i] && all->items[i].pass != HJ_YES;
	}
	hj_text_str(out, "  <testsuite name=\"");
	escape_xml(out, escape_relative(file->path));
	hj_text_printf(out,
		"\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\" time=\"0\">\n", count,
		failures);
	for (size_t i = 0; i < all->count; i++) {
		if (file->chosen[i])
			put_case(report, file, &all->items[i]);
		test_report_pass(report);
	}
	hj_text_str(out, "  </testsuite>\n");
}

static void end(struct test_report *report)
{
	hj_text_str(&report->text, "</testsuites>\n");
}

const struct test_format test_report_junit = {
	.name = "junit",
	.begin = begin,
	.file = file,
	.end = end,
};
