/*
 * Suppression: comments that say which findings are known and accepted.
 *
 *     // hujson: ignore[undefined-tag] declared by the deployment
 *     {"src": ["tag:ci"], …},                on a line of its own: the line that follows, and the
 *                                            whole member or element that begins there
 *     {…}, // hujson: ignore[R002,U]         after something: what begins on this line
 *     // hujson: ignore-start[R] … // hujson: ignore-end[R]
 *     // hujson: ignore-file[missing-section] put together with others before it is sent
 *
 * Block comments do as well. Rules go by name, code or beginning of a code; without a list all are
 * meant; what follows the list is the reason. hj_lint obeys these comments. A comment that ignores
 * nothing is a finding (unused-ignore), and so is one that names no rule (unknown-ignore); those
 * two can be ignored for the whole document only. Syntax errors cannot be ignored. In a document
 * with syntax errors comments still ignore the rest, and none is called unused.
 */
#ifndef HJ_LINT_SUPPRESS_H
#define HJ_LINT_SUPPRESS_H

#include "lint/lint.h"

/*
 * The edits that add such comments for findings of the document, as many as can be ignored: a line
 * above, indented as the one that it is for, or at the end of a line that begins something longer.
 * Rules of one line share a comment. Adds to `edits`, which must be empty. HJ_SYNTAX for a document
 * that does not parse, HJ_NO_MEMORY.
 */
HJ_API hj_status hj_suppress_edits(
	const hj_document *document, const hj_findings *findings, hj_edits *edits);

#endif
