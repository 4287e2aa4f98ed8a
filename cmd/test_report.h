/*
 * How `hujson test` shows assertions. A format is one row in one table (test_report.c) and one file
 * test_report_NAME.c.
 */
#ifndef HJ_CMD_TEST_REPORT_H
#define HJ_CMD_TEST_REPORT_H

#include "cmd/testing.h"

/* A test holds this against the table. */
#define TEST_FORMATS "text|json|junit|tap"

struct test_report;

struct test_file {
	const char *path;
	const hj_document *document;
	const struct tested *tested;
	const bool *chosen; /* by assertion: it is shown and counts */
};

struct test_format {
	const char *name;
	bool coverage; /* it can say what tests guard */
	void (*begin)(struct test_report *report);
	void (*file)(struct test_report *report, const struct test_file *file);
	void (*end)(struct test_report *report);
};

struct test_report {
	const struct test_format *format;
	struct app *app;
	size_t files, passed, failed, depending; /* so far */
	hj_text text;                            /* in the making */
	hj_text words;                           /* room for a name, or a sentence */
	hj_emit emit;
};

/* NULL when there is no such format. */
const struct test_format *test_format_find(const char *name);

void test_report_begin(
	struct test_report *report, struct app *app, const struct test_format *format);
/* Counts the chosen assertions and writes the file. */
void test_report_file(struct test_report *report, const struct test_file *file);
/* False: memory was out, which was said. */
bool test_report_end(struct test_report *report);

/* For formats: moves the text to standard output. */
void test_report_pass(struct test_report *report);
/* For formats: what a loss or an idle assertion is, as a sentence: "nothing would notice …". */
void test_report_loss(hj_text *out, const struct test_file *file, const hj_loss *loss);
const char *test_report_idle(hj_idle_reason reason);

#endif
