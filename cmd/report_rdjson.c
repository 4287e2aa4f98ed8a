/*
 * reviewdog's JSON, for comments and suggestions on changes. Columns count bytes. A suggestion is
 * one replacement there, so a fix of several edits is given as what it makes of all between them.
 */
#include "cmd/escape.h"
#include "cmd/report.h"

extern const struct report_format report_rdjson;

enum { MOST_SUGGESTED = 1 << 16 }; /* bytes of source that a suggestion may replace */

static void begin(struct report *report)
{
	hj_emit *emit = &report->emit;
	hj_emit_object(emit, NULL);
	hj_emit_object(emit, "source");
	hj_emit_string(emit, "name", HJ_SLICE("hujson"));
	hj_emit_end(emit);
	hj_emit_array(emit, "diagnostics");
}

static void put_place(hj_emit *emit, const char *name, hj_source *source, uint32_t offset)
{
	hj_place place = hj_source_place(source, offset, HJ_BYTES);
	hj_emit_object(emit, name);
	hj_emit_number(emit, "line", place.line);
	hj_emit_number(emit, "column", place.column);
	hj_emit_end(emit);
}

static void put_range(hj_emit *emit, hj_source *source, hj_span span)
{
	hj_emit_object(emit, "range");
	put_place(emit, "start", source, span.start);
	put_place(emit, "end", source, span.end);
	hj_emit_end(emit);
}

static void put_location(hj_emit *emit, const struct report_file *file, hj_span span)
{
	hj_emit_object(emit, "location");
	hj_emit_string(emit, "path", escape_relative(file->path));
	put_range(emit, file->source, span);
	hj_emit_end(emit);
}

static void put_suggestion(struct report *report, hj_source *source, const hj_finding *finding)
{
	const hj_edit *edits = finding->edits;
	size_t count = finding->edit_count;
	if (count == 0 || edits[count - 1].span.end - edits[0].span.start > MOST_SUGGESTED)
		return;
	hj_span span = {edits[0].span.start, edits[count - 1].span.end};
	hj_text text;
	hj_text_init(&text, report->app->allocator);
	uint32_t at = span.start;
	for (size_t i = 0; i < count; i++) {
		hj_text_append(&text, hj_source_slice(source, (hj_span){at, edits[i].span.start}));
		hj_text_append(&text, edits[i].text);
		at = edits[i].span.end;
	}
	report_fail(report, text.status);
	/* JSON cannot carry other bytes: taking the suggestion would change them. */
	if (!text.status && hj_utf8_valid(hj_text_slice(&text))) {
		hj_emit *emit = &report->emit;
		hj_emit_array(emit, "suggestions");
		hj_emit_object(emit, NULL);
		put_range(emit, source, span);
		hj_emit_string(emit, "text", hj_text_slice(&text));
		hj_emit_end(emit);
		hj_emit_end(emit);
	}
	hj_text_free(&text);
}

static void put_finding(
	struct report *report, const struct report_file *file, const hj_finding *finding)
{
	static const char *const severities[] = {"ERROR", "WARNING", "INFO"};
	hj_emit *emit = &report->emit;
	hj_emit_object(emit, NULL);
	hj_text message;
	hj_text_init(&message, report->app->allocator);
	hj_text_append(&message, finding->message);
	if (finding->help.size) {
		hj_text_str(&message, "\nhelp: ");
		hj_text_append(&message, finding->help);
	}
	hj_emit_string(emit, "message", hj_text_slice(&message));
	report_fail(report, message.status);
	hj_text_free(&message);
	put_location(emit, file, finding->span);
	hj_emit_string(emit, "severity", hj_slice_str(severities[finding->severity]));
	hj_emit_object(emit, "code");
	hj_emit_string(emit, "value", hj_slice_str(finding->rule->name));
	hj_emit_end(emit);
	put_suggestion(report, file->source, finding);
	if (finding->related_count)
		hj_emit_array(emit, "related_locations");
	for (size_t i = 0; i < finding->related_count; i++) {
		hj_emit_object(emit, NULL);
		hj_emit_string(emit, "message", finding->related[i].message);
		put_location(emit, file, finding->related[i].span);
		hj_emit_end(emit);
	}
	if (finding->related_count)
		hj_emit_end(emit);
	hj_emit_end(emit);
	report_pass(report, &report->text);
}

static void file(struct report *report, const struct report_file *file)
{
	for (size_t i = 0; i < file->findings->count; i++)
		put_finding(report, file, &file->findings->items[i]);
}

static void end(struct report *report)
{
	hj_emit_end(&report->emit);
	hj_emit_end(&report->emit);
	hj_text_byte(&report->text, '\n');
	report_pass(report, &report->text);
}

const struct report_format report_rdjson = {
	.name = "rdjson",
	.summary = "reviewdog's JSON",
	.begin = begin,
	.file = file,
	.end = end,
};
