/*
 * What a difference of two policies looks like: as text, as JSON, as Markdown for a pull request.
 */
#ifndef HJ_CMD_DIFFERING_H
#define HJ_CMD_DIFFERING_H

#include "cmd/app.h"

/* The two policies and what differs. */
struct differing {
	const char *paths[HJ_SIDES]; /* to show */
	const hj_document *documents[HJ_SIDES];
	const hj_difference *difference;
	const hj_guards *guards;
};

/* Prints it. False: memory is out. */
typedef bool differing_write(struct app *app, const struct differing *differing);
differing_write differing_text, differing_json, differing_markdown;

#endif
