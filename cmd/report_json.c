/*
 * One JSON object for the whole run, in the shape that the command line's contract fixes. Columns
 * count code points, offsets bytes.
 */
#include "cmd/report.h"
#include "cmd/testing.h"

extern const struct report_format report_json;

static void begin(struct report *report)
{
	hj_emit_object(&report->emit, NULL);
	hj_emit_array(&report->emit, "files");
}

static void put_place(struct report *report, const char *name, hj_source *source, uint32_t offset)
{
	hj_emit *emit = &report->emit;
	hj_place place = report_place(report, source, offset);
	hj_emit_object(emit, name);
	hj_emit_number(emit, "offset", offset);
	hj_emit_number(emit, "line", place.line);
	hj_emit_number(emit, "column", place.column);
	hj_emit_end(emit);
}

static void put_span(struct report *report, hj_source *source, hj_span span)
{
	put_place(report, "start", source, span.start);
	put_place(report, "end", source, span.end);
}

static void put_fix(struct report *report, hj_source *source, const hj_finding *finding)
{
	hj_emit *emit = &report->emit;
	if (finding->edit_count == 0) {
		hj_emit_null(emit, "fix");
		return;
	}
	hj_emit_object(emit, "fix");
	hj_emit_string(emit, "description", report_fix_text(finding));
	hj_emit_bool(emit, "safe", finding->safe);
	hj_emit_array(emit, "edits");
	for (size_t i = 0; i < finding->edit_count; i++) {
		hj_emit_object(emit, NULL);
		put_span(report, source, finding->edits[i].span);
		hj_emit_string(emit, "text", finding->edits[i].text);
		hj_emit_end(emit);
	}
	hj_emit_end(emit);
	hj_emit_end(emit);
}

void report_json_finding(struct report *report, hj_source *source, const hj_finding *finding)
{
	hj_emit *emit = &report->emit;
	hj_emit_string(emit, "rule", hj_slice_str(finding->rule->name));
	hj_emit_string(emit, "code", hj_slice_str(finding->rule->code));
	hj_emit_string(emit, "severity", hj_slice_str(hj_severity_text(finding->severity)));
	hj_emit_string(emit, "message", finding->message);
	if (finding->help.size)
		hj_emit_string(emit, "help", finding->help);
	else
		hj_emit_null(emit, "help");
	put_span(report, source, finding->span);
	hj_emit_array(emit, "related");
	for (size_t i = 0; i < finding->related_count; i++) {
		hj_emit_object(emit, NULL);
		hj_emit_string(emit, "message", finding->related[i].message);
		put_span(report, source, finding->related[i].span);
		hj_emit_end(emit);
	}
	hj_emit_end(emit);
	put_fix(report, source, finding);
}

/* The answer of `check`; without a message when the policy is accepted, null when it is unknown. */
static void put_answer(struct report *report, const struct report_file *file)
{
	hj_emit *emit = &report->emit;
	const hj_answer *answer = file->answer;
	hj_emit_bool(emit, "accepted", answer->status == 200);
	hj_emit_object(emit, "server");
	hj_emit_number(emit, "status", answer->status);
	if (answer->message.size)
		hj_emit_string(emit, "message", answer->message);
	else if (answer->status != 200)
		hj_emit_null(emit, "message");
	if (answer->status != 200) {
		hj_emit_array(emit, "data");
		if (file->tested && hj_slice_equal(answer->message, HJ_SLICE("test(s) failed")))
			report_fail(report, testing_json_data(emit, &file->tested->assertions));
		hj_emit_end(emit);
	}
	hj_emit_end(emit);
}

static void put_tests(struct report *report, const struct report_file *file)
{
	hj_emit *emit = &report->emit;
	hj_emit_array(emit, "tests");
	for (size_t i = 0; file->tested && i < file->tested->assertions.count; i++) {
		hj_emit_object(emit, NULL);
		testing_json(emit, file->document, &file->tested->assertions.items[i]);
		hj_emit_end(emit);
		report_pass(report, &report->text);
	}
	hj_emit_end(emit);
}

static void file(struct report *report, const struct report_file *file)
{
	hj_emit *emit = &report->emit;
	const hj_syntax_error *error = hj_document_error(file->document);
	hj_emit_object(emit, NULL);
	hj_emit_string(emit, "path", hj_slice_str(file->path));
	if (error)
		hj_emit_string(emit, "reference_error", error->text);
	else
		hj_emit_null(emit, "reference_error");
	if (file->answer)
		put_answer(report, file);
	hj_emit_array(emit, "findings");
	for (size_t i = 0; i < file->findings->count; i++) {
		hj_emit_object(emit, NULL);
		report_json_finding(report, file->source, &file->findings->items[i]);
		hj_emit_end(emit);
		report_pass(report, &report->text);
	}
	hj_emit_end(emit);
	if (file->answer)
		put_tests(report, file);
	hj_emit_end(emit);
	report_pass(report, &report->text);
}

static void end(struct report *report)
{
	hj_emit *emit = &report->emit;
	hj_emit_end(emit);
	hj_emit_object(emit, "summary");
	hj_emit_number(emit, "files", report->files);
	hj_emit_number(emit, "errors", report->counts[HJ_ERROR_LEVEL]);
	hj_emit_number(emit, "warnings", report->counts[HJ_WARNING_LEVEL]);
	hj_emit_number(emit, "infos", report->counts[HJ_INFO_LEVEL]);
	hj_emit_end(emit);
	hj_emit_end(emit);
	hj_text_byte(&report->text, '\n');
	report_pass(report, &report->text);
}

const struct report_format report_json = {
	.name = "json",
	.summary = "one JSON object for the whole run",
	.begin = begin,
	.file = file,
	.end = end,
};
