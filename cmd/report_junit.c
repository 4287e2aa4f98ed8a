/*
 * JUnit's XML, for CI servers that show test results. A file is a suite and a finding is a case,
 * named by what it says and not by its line, so that servers know it again. Findings that make the
 * run fail are failures, the others pass with a word. The root carries no totals: it is written
 * before they are known.
 */
#include "cmd/escape.h"
#include "cmd/fingerprint.h"
#include "cmd/report.h"

extern const struct report_format report_junit;

static void begin(struct report *report)
{
	hj_text_str(&report->text,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"hujson\">\n");
	report_pass(report, &report->text);
}

static bool fails(const struct report *report, const hj_finding *finding)
{
	return finding->severity <= report->fail_level;
}

static void put_case(struct report *report, const struct report_file *file,
	const hj_finding *finding, uint32_t repeat)
{
	hj_text *out = &report->text;
	hj_place place = report_place(report, file->source, finding->span.start);
	hj_slice path = escape_relative(file->path);
	const char *severity = hj_severity_text(finding->severity);
	hj_text_str(out, "    <testcase classname=\"");
	escape_xml(out, path);
	hj_text_printf(out, "\" name=\"%s %s: ", finding->rule->code, finding->rule->name);
	escape_xml(out, finding->message);
	if (repeat > 1)
		hj_text_printf(out, " (%u)", repeat);
	hj_text_str(out, "\" time=\"0\" file=\"");
	escape_xml(out, path);
	hj_text_printf(out, "\" line=\"%u\">\n      ", place.line);
	if (fails(report, finding)) {
		hj_text_printf(out, "<failure type=\"%s\" message=\"", severity);
		escape_xml(out, finding->message);
		hj_text_str(out, "\">");
	} else {
		hj_text_str(out, "<system-out>");
	}
	escape_xml(out, path);
	hj_text_printf(out, ":%u:%u: %s: ", place.line, place.column, severity);
	escape_xml(out, finding->message);
	if (finding->help.size) {
		hj_text_str(out, "\nhelp: ");
		escape_xml(out, finding->help);
	}
	hj_text_printf(
		out, "</%s>\n    </testcase>\n", fails(report, finding) ? "failure" : "system-out");
	report_pass(report, out);
}

/* Servers merge cases of one name: the second of equal ones says so. */
static hj_status count_repeats(const hj_findings *findings, struct fingerprints *prints)
{
	hj_status status = HJ_OK;
	for (size_t i = 0; i < findings->count && !status; i++) {
		const hj_finding *finding = &findings->items[i];
		uint64_t hash =
			fingerprint_mix(FINGERPRINT_SEED, hj_slice_str(finding->rule->code));
		status = fingerprints_add(prints, fingerprint_mix(hash, finding->message));
	}
	fingerprints_count(prints);
	return status;
}

static void file(struct report *report, const struct report_file *file)
{
	hj_text *out = &report->text;
	const hj_findings *findings = file->findings;
	hj_slice path = escape_relative(file->path);
	size_t failures = 0;
	for (size_t i = 0; i < findings->count; i++)
		failures += fails(report, &findings->items[i]);
	hj_text_str(out, "  <testsuite name=\"");
	escape_xml(out, path);
	hj_text_printf(out,
		"\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\" time=\"0\">\n",
		findings->count ? findings->count : 1, failures);
	/* A suite without a case looks as if nothing had been done. */
	if (findings->count == 0) {
		hj_text_str(out, "    <testcase classname=\"");
		escape_xml(out, path);
		hj_text_str(out, "\" name=\"no findings\" time=\"0\" file=\"");
		escape_xml(out, path);
		hj_text_str(out, "\"/>\n");
	}
	struct fingerprints prints;
	fingerprints_init(&prints, report->app->allocator);
	hj_status status = count_repeats(findings, &prints);
	for (size_t i = 0; i < findings->count && !status; i++)
		put_case(report, file, &findings->items[i], prints.items[i].count);
	fingerprints_free(&prints);
	hj_text_str(out, "  </testsuite>\n");
	report_fail(report, status);
	report_pass(report, out);
}

static void end(struct report *report)
{
	hj_text_str(&report->text, "</testsuites>\n");
	report_pass(report, &report->text);
}

const struct report_format report_junit = {
	.name = "junit",
	.summary = "JUnit's XML, a file as a suite and a finding as a case",
	.begin = begin,
	.file = file,
	.end = end,
};
