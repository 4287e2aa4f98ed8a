/*
 * Workflow commands of GitHub Actions: annotations on the lines of a change. The service keeps ten
 * of each severity a step, so errors come first whatever file they are in, and a count ends it.
 */
#include "cmd/report.h"

extern const struct report_format report_github;

/* Text of a message or, more strictly, of a property. `%` first: it is what escapes. */
static void append_escaped(hj_text *out, hj_slice text, bool property)
{
	for (size_t i = 0; i < text.size; i++) {
		char byte = text.data[i];
		if (byte == '%' || byte == '\r' || byte == '\n' ||
			(property && (byte == ':' || byte == ',')))
			hj_text_printf(out, "%%%02X", (unsigned)(unsigned char)byte);
		else
			hj_text_byte(out, byte);
	}
}

/* The same with characters that a log viewer might obey made visible before. */
static void append_safe(hj_text *out, hj_text *scratch, hj_slice text, bool property)
{
	hj_text_clear(scratch);
	report_safe(scratch, text);
	append_escaped(out, hj_text_slice(scratch), property);
	if (scratch->status && !out->status) {
		hj_text_free(out);
		out->status = scratch->status;
	}
}

static void put_finding(
	struct report *report, const struct report_file *file, const hj_finding *finding)
{
	static const char *const commands[] = {"error", "warning", "notice"};
	hj_text *out = &report->parts[finding->severity], *scratch = &report->text;
	hj_place start = report_place(report, file->source, finding->span.start);
	hj_place end = report_place(report, file->source, finding->span.end);
	hj_text_printf(out, "::%s file=", commands[finding->severity]);
	append_safe(out, scratch, hj_slice_str(file->path), true);
	hj_text_printf(out, ",line=%u,endLine=%u", start.line, end.line);
	/* The service takes columns only for a place on one line. */
	if (start.line == end.line)
		hj_text_printf(out, ",col=%u,endColumn=%u", start.column, end.column);
	hj_text_printf(out, ",title=%s %s::", finding->rule->code, finding->rule->name);
	append_safe(out, scratch, finding->message, false);
	if (finding->help.size) {
		hj_text_str(out, "%0Ahelp: ");
		append_safe(out, scratch, finding->help, false);
	}
	hj_text_byte(out, '\n');
}

static void file(struct report *report, const struct report_file *file)
{
	for (size_t i = 0; i < file->findings->count; i++)
		put_finding(report, file, &file->findings->items[i]);
}

static void end(struct report *report)
{
	for (size_t i = 0; i < 3; i++)
		report_pass(report, &report->parts[i]);
	hj_text_clear(&report->text);
	report_counts(report, &report->text);
	hj_text_byte(&report->text, '\n');
	report_pass(report, &report->text);
}

const struct report_format report_github = {
	.name = "github",
	.summary = "annotations for GitHub Actions",
	.file = file,
	.end = end,
};
