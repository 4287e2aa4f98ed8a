/*
 * One JSON object a line and finding, as in the json format with the path before: for pipes, logs
 * and tools that take findings as they come.
 */
#include "cmd/report.h"

extern const struct report_format report_jsonl;

static void file(struct report *report, const struct report_file *file)
{
	hj_emit *emit = &report->emit;
	emit->indent = 0;
	for (size_t i = 0; i < file->findings->count; i++) {
		hj_emit_object(emit, NULL);
		hj_emit_string(emit, "path", hj_slice_str(file->path));
		report_json_finding(report, file->source, &file->findings->items[i]);
		hj_emit_end(emit);
		hj_text_byte(&report->text, '\n');
		report_pass(report, &report->text);
	}
}

const struct report_format report_jsonl = {
	.name = "jsonl",
	.summary = "one JSON object a line and finding",
	.file = file,
};
