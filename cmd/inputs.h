/*
 * The documents that a command line names: files, folders, standard input.
 *
 * `-` and no operand at all mean standard input. A folder is walked for names that end in .hujson
 * or .jwcc, in sorted order, without .git and without following links to folders (so there are no
 * loops); one folder is open at a time, however deep they nest. What cannot be read is said on
 * standard error, and the walk goes on.
 */
#ifndef HJ_CMD_INPUTS_H
#define HJ_CMD_INPUTS_H

#include "cmd/app.h"

struct input {
	const char *path;    /* to show, and to open unless `standard`; also the source's name */
	bool standard;       /* came from standard input */
	hj_source *source;   /* the visitor may take it: set to NULL, then free it */
	hj_file_stamp stamp; /* of the file as it was when read, for hj_file_guard */
};

/* Returns an exit status; the highest of all is the walk's. */
typedef int (*inputs_visit)(struct app *app, struct input *input, void *context);

struct inputs_options {
	const char *stdin_name;        /* instead of "<standard input>"; may be NULL */
	const char *const *extensions; /* NULL-ended, with dots; NULL: .hujson and .jwcc */
	bool quiet;                    /* no word of empty folders and of waiting for a terminal */
};

/* Reads each document and visits it. Returns the highest exit status. options may be NULL. */
int inputs_each(struct app *app, char *const *operands, size_t operand_count,
	const struct inputs_options *options, inputs_visit visit, void *context);

/* One document by operand (`-`: standard input). False: it was said why. Free input->source. */
bool inputs_read(struct app *app, const char *operand, const char *stdin_name, struct input *out);

#endif
