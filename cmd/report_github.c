/*
 * Workflow commands of GitHub Actions: annotations on the lines of a change. The service keeps ten
 * of each severity a step, so errors come first whatever file they are in, and a count ends it.
 * Where it gives a file for the step's summary, a table of all findings is appended there.
 */
#include "cmd/escape.h"
#include "cmd/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

extern const struct report_format report_github;

enum {
	MOST_SHOWN = 10,            /* annotations of one severity: the service drops more */
	MOST_SUMMARY = 1000 * 1000, /* bytes of a summary: the service drops one over a MiB */
	SUMMARY_ENDS = 1000         /* bytes of heading and closing line, at most */
};

/* -- annotations ------------------------------------------------------------------------------- */

/* For a workflow command, with characters that a log viewer might obey made visible before. */
static void append_safe(hj_text *out, hj_text *scratch, hj_slice text, bool property)
{
	hj_text_clear(scratch);
	report_safe(scratch, text);
	escape_workflow(out, hj_text_slice(scratch), property);
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
	append_safe(out, scratch, escape_relative(file->path), true);
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
	hj_text_clear(scratch);
}

/* -- the step's summary ------------------------------------------------------------------------ */

static void put_row(
	struct report *report, const struct report_file *file, const hj_finding *finding)
{
	hj_text *out = &report->rows;
	size_t before = out->size;
	hj_place place = report_place(report, file->source, finding->span.start);
	hj_text_printf(out, "| %s | ", hj_severity_text(finding->severity));
	escape_markdown(out, escape_relative(file->path));
	hj_text_printf(out, ":%u:%u | %s %s | ", place.line, place.column, finding->rule->code,
		finding->rule->name);
	escape_markdown(out, finding->message);
	if (finding->help.size) {
		hj_text_str(out, "<br>");
		escape_markdown(out, finding->help);
	}
	hj_text_str(out, " |\n");
	if (out->size > MOST_SUMMARY) {
		out->size = before;
		report->rows_cut = true;
	}
}

/* A summary that cannot be written is no fault of the policy: it is said, the status stays. */
static void write_summary(struct report *report, const char *path, hj_slice table)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	bool written = fd >= 0 && hj_write_all(fd, table) == HJ_OK;
	if (!written)
		app_complain(report->app, path, "cannot write: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void put_summary(struct report *report, const char *path)
{
	/* What other commands of the step wrote counts too. */
	struct stat state;
	size_t there = stat(path, &state) == 0 ? (size_t)state.st_size : 0;
	hj_text *rows = &report->rows, table;
	while (rows->size && there + rows->size + SUMMARY_ENDS > MOST_SUMMARY) {
		const char *feed = memrchr(rows->data, '\n', rows->size - 1);
		rows->size = feed ? (size_t)(feed + 1 - rows->data) : 0;
		report->rows_cut = true;
	}
	if (there + SUMMARY_ENDS > MOST_SUMMARY)
		return;
	hj_text_init(&table, report->app->allocator);
	hj_text_str(&table, "### hujson: ");
	report_counts(report, &table);
	hj_text_byte(&table, '\n');
	if (rows->size)
		hj_text_str(&table, "\n| | Place | Rule | Finding |\n|---|---|---|---|\n");
	hj_text_append(&table, hj_text_slice(rows));
	if (report->rows_cut)
		hj_text_str(&table, "\nThere are more; they do not fit into a summary.\n");
	hj_text_byte(&table, '\n');
	report_fail(report, rows->status ? rows->status : table.status);
	if (!rows->status && !table.status)
		write_summary(report, path, hj_text_slice(&table));
	hj_text_free(&table);
}

/* -- the report -------------------------------------------------------------------------------- */

static const char *summary_path(void)
{
	const char *path = getenv("GITHUB_STEP_SUMMARY");
	return path && *path ? path : NULL;
}

static void file(struct report *report, const struct report_file *file)
{
	const char *summary = summary_path();
	for (size_t i = 0; i < file->findings->count; i++) {
		const hj_finding *finding = &file->findings->items[i];
		if (report->shown[finding->severity]++ < MOST_SHOWN)
			put_finding(report, file, finding);
		if (summary && !report->rows_cut)
			put_row(report, file, finding);
	}
}

static void end(struct report *report)
{
	bool all = true;
	for (size_t i = 0; i < 3; i++) {
		report_pass(report, &report->parts[i]);
		all = all && report->counts[i] <= MOST_SHOWN;
	}
	hj_text_clear(&report->text);
	report_counts(report, &report->text);
	if (!all)
		hj_text_printf(
			&report->text, ", of which %d of each severity are annotated", MOST_SHOWN);
	hj_text_byte(&report->text, '\n');
	report_pass(report, &report->text);
	const char *summary = summary_path();
	if (summary)
		put_summary(report, summary);
}

const struct report_format report_github = {
	.name = "github",
	.summary = "annotations for GitHub Actions",
	.file = file,
	.end = end,
};
