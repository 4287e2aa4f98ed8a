/*
 * Files as they were at a revision, from git: REV:PATH.
 */
#ifndef HJ_CMD_GIT_H
#define HJ_CMD_GIT_H

#include "cmd/app.h"

/* Is an operand REV:PATH? Not when there is a file of that name. */
bool git_names(const char *operand);
/* Its bytes, through `git cat-file` without a shell. False: git or we said why not. */
bool git_read(struct app *app, const char *operand, hj_text *out);
/* A file's bytes at a revision, wherever the file is. False: git or we said why not. */
bool git_read_file(struct app *app, const char *revision, const char *path, hj_text *out);

#endif
