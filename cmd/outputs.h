/*
 * The reports of one run and where they go.
 *
 *     hujson lint --format text --format sarif --output report.sarif policy.hujson
 *
 * Every --format begins a report, and the --output after it says where that one goes; an --output
 * before the first --format belongs to the first. A report without --output goes to standard
 * output, which takes one. Without --format there is one report, text.
 */
#ifndef HJ_CMD_OUTPUTS_H
#define HJ_CMD_OUTPUTS_H

#include "cmd/inputs.h"
#include "cmd/options.h"
#include "cmd/report.h"

/* A test holds this against the table in reports.c. */
#define OUTPUTS_FORMATS "text|concise|json|jsonl|sarif|github|gitlab|junit|rdjson|checkstyle"

/* Rows for the table of options of a command that reports findings. */
#define OUTPUTS_OPTIONS                                                                            \
	{"format", 0, "FORMAT", OUTPUTS_FORMATS, "a report in this form, perhaps one of several"}, \
	{                                                                                          \
		"output", 'o', "FILE", NULL, "write the report of the --format before to a file"   \
	}

/* For the description of such a command. */
#define OUTPUTS_DESCRIPTION                                                                        \
	"--format and --output may be given several times: each --format begins a report, and "    \
	"the "                                                                                     \
	"--output after it says which file that one goes to. One report at most goes to standard " \
	"output.\n"

struct output {
	const char *format, *path; /* as given; NULL: text, standard output */
	struct report report;
	struct stream stream;
	hj_file_change change; /* a regular file, replaced at the end */
	hj_file_stamp stamp;   /* of the file that will be replaced; all zero: there is none */
	bool direct;           /* a pipe or device, written as it comes */
	bool refused;          /* it would replace a document: the report is thrown away */
};

struct outputs {
	struct app *app;
	struct output *items;
	size_t count, capacity;
};

/*
 * Reads --format and --output and begins the reports. EXIT_TROUBLE: it was said why, and nothing is
 * left open.
 */
int outputs_open(struct app *app, const struct arguments *arguments, hj_severity fail_level,
	struct outputs *out);
/*
 * Is a document one of the files that will be replaced? Then that is said, its report will be
 * thrown away, and the document is not to be reported.
 */
bool outputs_refuse(struct outputs *outputs, const struct input *input);
void outputs_file(struct outputs *outputs, const struct report_file *file);
/* Ends the reports of a run that came to `status`; returns that, or what is worse. */
int outputs_close(struct outputs *outputs, int status);

#endif
