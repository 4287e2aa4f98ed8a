/*
 * One line a finding, as compilers print it, for editors and problem matchers:
 *
 *     PATH:LINE:COLUMN: error: MESSAGE [rule-name]
 *
 * Columns count bytes.
 */
#include "cmd/report.h"

extern const struct report_format report_concise;

static void file(struct report *report, const struct report_file *file)
{
	for (size_t i = 0; i < file->findings->count; i++) {
		const hj_finding *finding = &file->findings->items[i];
		hj_place place = hj_source_place(file->source, finding->span.start, HJ_BYTES);
		hj_text *out = &report->text;
		report_safe(out, hj_slice_str(file->path));
		hj_text_printf(out, ":%u:%u: %s: ", place.line, place.column,
			hj_severity_text(finding->severity));
		report_safe(out, finding->message);
		hj_text_printf(out, " [%s]\n", finding->rule->name);
		report_pass(report, out);
	}
}

const struct report_format report_concise = {
	.name = "concise",
	.summary = "one line a finding, columns in bytes",
	.file = file,
};
