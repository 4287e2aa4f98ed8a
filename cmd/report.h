/*
 * Reports: findings in the form that a person or a tool wants. A format is one row in one table
 * (reports.c) and one file report_NAME.c.
 */
#ifndef HJ_CMD_REPORT_H
#define HJ_CMD_REPORT_H

#include "cmd/app.h"

struct report_file {
	const char *path; /* as given; "<standard input>" or --stdin-filename for input */
	hj_source *source;
	const hj_document *document;
	const hj_findings *findings;
};

struct report; /* the run so far: stream, counts, the format's own state */

struct report_format {
	const char *name;    /* "text" */
	const char *summary; /* for help */
	void (*begin)(struct report *report);
	void (*file)(struct report *report, const struct report_file *file);
	void (*end)(struct report *report);
};

struct report {
	const struct report_format *format;
	struct app *app;
	struct stream *stream;
	size_t files;     /* reported so far */
	size_t counts[3]; /* findings by hj_severity */
	hj_emit emit;     /* for formats that write JSON */
};

/* NULL when there is no such format. */
const struct report_format *report_format_find(const char *name);
const struct report_format *report_formats(size_t *count);

void report_begin(struct report *report, struct app *app, struct stream *stream,
	const struct report_format *format);
/* Counts the findings and writes the file. */
void report_file(struct report *report, const struct report_file *file);
void report_end(struct report *report);

#endif
