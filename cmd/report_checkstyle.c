/*
 * Checkstyle's XML, which many CI servers and editors take. A place is a point; columns count code
 * points.
 */
#include "cmd/escape.h"
#include "cmd/report.h"

extern const struct report_format report_checkstyle;

static void begin(struct report *report)
{
	hj_text_str(&report->text,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n");
	report_pass(report, &report->text);
}

static void file(struct report *report, const struct report_file *file)
{
	hj_text *out = &report->text;
	hj_text_str(out, "  <file name=\"");
	escape_xml(out, hj_slice_str(file->path));
	hj_text_str(out, "\">\n");
	for (size_t i = 0; i < file->findings->count; i++) {
		const hj_finding *finding = &file->findings->items[i];
		hj_place place = report_place(report, file->source, finding->span.start);
		hj_text_printf(out,
			"    <error line=\"%u\" column=\"%u\" severity=\"%s\" message=\"",
			place.line, place.column, hj_severity_text(finding->severity));
		escape_xml(out, finding->message);
		if (finding->help.size) {
			hj_text_str(out, "; ");
			escape_xml(out, finding->help);
		}
		hj_text_printf(out, "\" source=\"hujson.%s\"/>\n", finding->rule->name);
		report_pass(report, out);
	}
	hj_text_str(out, "  </file>\n");
	report_pass(report, out);
}

static void end(struct report *report)
{
	hj_text_str(&report->text, "</checkstyle>\n");
	report_pass(report, &report->text);
}

const struct report_format report_checkstyle = {
	.name = "checkstyle",
	.summary = "Checkstyle's XML",
	.begin = begin,
	.file = file,
	.end = end,
};
