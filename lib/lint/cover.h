/*
 * Which network rules are covered by others: everything that they allow, other rules allow too.
 *
 * Each rule of "acls" and "grants" is cut into atoms: one source, one destination, one protocol, one
 * range of ports, under one condition (postures and via). An atom is covered by another one of the
 * same or of wider names (a group of the user, autogroup:tagged for a tag, "*") with a range of
 * ports around its own. What covers is strictly wider or stands earlier, so there are no circles:
 * all rules that are covered can go at once and nothing is lost. n log n in the atoms.
 */
#ifndef HJ_LINT_COVER_H
#define HJ_LINT_COVER_H

#include "lint/internal.h"

/* Reports every covered rule, but those that stand twice word for word. HJ_NO_MEMORY only. */
hj_status hj__find_covered(hj_lint_run *run, const hj_rule *rule);

#endif
