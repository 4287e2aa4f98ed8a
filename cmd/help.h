/*
 * What the program says about itself, all of it from the tables.
 */
#ifndef HJ_CMD_HELP_H
#define HJ_CMD_HELP_H

#include "cmd/command.h"

/* The commands, one line each. */
void help_global(struct stream *out);
/* Synopsis, examples, options and exit statuses of one command. */
void help_command(struct stream *out, const struct command *command);
void help_version(struct stream *out);

/* What an exit status means for a command; NULL when it never returns it. */
const char *help_status(const struct command *command, int status);

/* The next line of a text of paragraphs, at most `width` bytes unless one word is longer; *text
   moves on. False at the end. An empty line parts paragraphs. */
bool help_line(hj_slice *text, size_t width, hj_slice *line);

/* The manual page, in the language mdoc(7). */
void manual_print(struct stream *out);
/* False when the shell is none that is known: bash, zsh, fish. */
bool completion_print(struct stream *out, const char *shell);

#endif
