/*
 * Rules as people name them on a command line: by name, by code, by the beginning of a code.
 */
#ifndef HJ_CMD_RULE_LIST_H
#define HJ_CMD_RULE_LIST_H

#include "cmd/app.h"

/*
 * Sets chosen[i] for every rule that a comma-separated list names: "undefined-tag", "R002", "R", "all",
 * "default".
 * False: *unknown is the part that names none (perhaps empty).
 */
bool rule_list_read(const char *list, bool *chosen, hj_slice *unknown);

/* The name or code that is nearest to what names no rule; NULL when none is near. */
const char *rule_list_nearest(hj_slice unknown);

#endif
