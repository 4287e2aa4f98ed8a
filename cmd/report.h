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
	const hj_answer *answer; /* of `check`: what the service would say; else NULL */
	struct tested *tested;   /* of `check`: the tests that were run; NULL: none were */
};

struct tested; /* testing.h */
struct report; /* the run so far: stream, counts, the format's own state */

struct report_format {
	const char *name;    /* "text" */
	const char *summary; /* for help */
	void (*begin)(struct report *report);
	void (*file)(struct report *report, const struct report_file *file);
	void (*end)(struct report *report);
};

/*
 * Columns in code points, quickly: documents that are one long line have many findings in it, and
 * counting from its start each time would take minutes. A count is kept for every few kilobytes.
 */
struct report_mark {
	uint32_t offset; /* where a character begins */
	uint32_t before; /* characters before it, from the start of the source */
	uint32_t wide;   /* of them, those that are two units of UTF-16 */
};

struct report_columns {
	hj_source *source; /* what the marks are of */
	struct report_mark *marks;
	size_t count, capacity;
};

struct report {
	const struct report_format *format;
	struct app *app;
	struct stream *stream;
	size_t files;           /* reported so far */
	size_t found_in;        /* of them, files with findings */
	size_t counts[3];       /* findings by hj_severity */
	hj_severity fail_level; /* the least that makes the run fail; set after report_begin */
	int status;             /* the run's exit status; set before report_end */
	struct report_columns columns;
	/* The format's own. */
	hj_text text;     /* what is being put together, given away with report_pass */
	hj_text parts[3]; /* by hj_severity, for formats that order across files */
	size_t shown[3];  /* by hj_severity, for formats that show the first few */
	hj_text rows;     /* of a table that comes at the end */
	bool rows_cut;    /* some rows are left out */
	hj_emit emit;     /* into text, for formats that write JSON */
};

/* NULL when there is no such format. */
const struct report_format *report_format_find(const char *name);
const struct report_format *const *report_formats(size_t *count);

void report_begin(struct report *report, struct app *app, struct stream *stream,
	const struct report_format *format);
/* Counts the findings and writes the file. */
void report_file(struct report *report, const struct report_file *file);
void report_end(struct report *report);
/* The findings of one file in words on standard error: what a command says about its other input. */
void report_aside(struct app *app, const struct report_file *file);

/* For formats: the place of an offset of the file at hand, column in code points. */
hj_place report_place(struct report *report, hj_source *source, uint32_t offset);
/* The same in another unit. */
hj_place report_place_in(struct report *report, hj_source *source, uint32_t offset, hj_unit unit);
/* For formats: moves what is in the text to the stream. */
void report_pass(struct report *report, hj_text *text);
/* For formats: something beside the text went wrong; the report fails with it. HJ_OK is allowed. */
void report_fail(struct report *report, hj_status status);
/* For formats: "2 errors, 1 warning in 1 file"; "no findings in 3 files". No line feed. */
void report_counts(const struct report *report, hj_text *out);
/*
 * For formats: appends text with whatever a terminal might obey, or a reader not see, as \uXXXX:
 * controls, marks of direction, odd spaces. Bytes that are not UTF-8 become U+FFFD.
 */
void report_safe(hj_text *out, hj_slice text);
/* For formats: what the finding's fix is called; a rule that has no sentence gives its summary. */
hj_slice report_fix_text(const hj_finding *finding);
/* For formats: the members of a finding in the JSON of the contract, into the object that is open. */
void report_json_finding(struct report *report, hj_source *source, const hj_finding *finding);

#endif
