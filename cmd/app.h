/*
 * What every subcommand is given: streams, memory, colour; and the exit statuses.
 *
 * cmd/ is the only place with standard streams, exit, getenv and terminals. A subcommand is one
 * file cmd_NAME.c with one `const struct command`, listed once in commands.c; help, man page and
 * completions come from that table.
 */
#ifndef HJ_CMD_APP_H
#define HJ_CMD_APP_H

#include "hujson.h"

/* Exit statuses: part of the contract. The highest of a run wins. */
enum {
	EXIT_CLEAN = 0, /* nothing to say */
	EXIT_FOUND = 1, /* findings, would change, differs */
	EXIT_TROUBLE =
		2, /* wrong use, unreadable file, unparsable where parsing is a precondition */
	EXIT_NETWORK = 3, /* network or API failure */
};

struct stream {
	int fd;
	hj_text text; /* waiting to be written */
	bool color;   /* escape sequences wanted */
	bool failed;  /* a write failed: nothing more is written */
	int error;    /* errno of that */
	bool told;    /* and it was said */
};

struct app {
	const hj_allocator *allocator; /* NULL: libc */
	const char *name;              /* as called, without folders: "hujson" or "hujsonfmt" */
	const char *color;             /* "auto", "always" or "never"; NULL: auto */
	int in;                        /* descriptor of standard input */
	struct stream out, err;
};

/* Appends to a stream; flushed when 64 KiB wait, and at the end. */
void app_print(struct stream *stream, hj_slice bytes);
void app_printf(struct stream *stream, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Writes what waits. False when it cannot be written (said on standard error, once). */
bool app_flush(struct app *app, struct stream *stream);
/*
 * One line on standard error: "hujson: PATH: TEXT" ("hujson: TEXT" when path is NULL), control
 * characters escaped. The text is cut at 1 KiB.
 */
void app_complain(struct app *app, const char *path, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Appends text from outside with control characters and what is not UTF-8 as \xNN. */
void app_print_safe(struct stream *stream, hj_slice text);
/* Says that memory is out, for a path or NULL, and returns EXIT_TROUBLE. */
int app_out_of_memory(struct app *app, const char *path);

/* Settles the colour of both streams from app->color, the environment and the terminals. */
void app_settle_color(struct app *app);

/*
 * The program: everything main does, with streams and allocator given, so that tests can run it in
 * process. Returns the exit status.
 */
int app_run(struct app *app, int argc, char **argv);

#endif
