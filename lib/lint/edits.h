/*
 * Fixes that several families make: what to take out, and what to write instead, with every comment
 * kept. Each is linear in what it touches. Where the bytes do not allow a small edit none is added,
 * and the finding has no fix.
 */
#ifndef HJ_LINT_EDITS_H
#define HJ_LINT_EDITS_H

#include "lint/internal.h"

/*
 * Takes an element of an array, or a member of an object, out with its comma; with its line when it
 * stands alone there. `item` is the element or the member's name, `previous` the sibling before it
 * (a member's value), 0 when it is the first. Comments beside it stay; with comments
 * inside there is no edit.
 */
void hj__edit_remove(hj_lint_run *run, hj_finding *finding, uint32_t previous, uint32_t item);

/* The same for a string of a list, and for a member of a dictionary, by their index. */
void hj__edit_remove_word(
	hj_lint_run *run, hj_finding *finding, const hj_words *words, uint32_t index);
void hj__edit_remove_entry(
	hj_lint_run *run, hj_finding *finding, const hj_entries *entries, uint32_t index);

/* Writes another text between the quotes of a string; the text needs no escapes. */
void hj__edit_string(hj_lint_run *run, hj_finding *finding, uint32_t node, hj_slice text);

/* Replaces some bytes of a string's text, which begin at `at`; nothing for a text with escapes. */
void hj__edit_part(hj_lint_run *run, hj_finding *finding, uint32_t node, size_t at, size_t size,
	hj_slice text);

#endif
