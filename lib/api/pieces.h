/*
 * Three editions of a policy, piece by piece: what two people made of the same text, and where they met.
 *
 * A piece is a member of a section that is an object ("groups", "hosts"), an element of one that is an
 * array ("acls"), or all of another section. Comments and layout do not count. Elements have no names:
 * one that was edited is one that went and one that came; both sides met there when both took the same
 * element away and put others into that section.
 */
#ifndef HJ_API_PIECES_H
#define HJ_API_PIECES_H

#include "syntax/document.h"

typedef enum hj_edition {
	HJ_EDITION_BASE,
	HJ_EDITION_THEIRS,
	HJ_EDITION_OURS,
	HJ_EDITIONS
} hj_edition;

typedef struct hj_piece {
	hj_slice section; /* "acls"; a text that is no object has one piece without a section */
	hj_slice name;    /* of a member; size 0: an element, or a whole section */
	/* The value in each edition without comments and blanks; data NULL: it is not there. Of an
	   element they are the same, and the counts tell. */
	hj_slice values[HJ_EDITIONS];
	uint32_t counts[HJ_EDITIONS]; /* how often it is there: of a member 0 or 1 */
	bool element;
	bool meets; /* theirs and ours changed it, and not to the same */
} hj_piece;

typedef struct hj_pieces {
	hj_piece *items; /* in the order of base, then of what theirs and ours have besides */
	size_t count, capacity;
	uint32_t theirs, ours, met; /* pieces that each changed; that both did, and not alike */
	/* Private. */
	hj_source *sources[HJ_EDITIONS];
	hj_document *documents[HJ_EDITIONS];
	hj_arena arena;
	const hj_allocator *allocator;
} hj_pieces;

/* Did an edition (not the base) change this piece? */
bool hj_piece_changed(const hj_piece *piece, hj_edition edition);
/* Did theirs change it, and ours has not the same? Whoever stores ours undoes it. */
bool hj_piece_undone(const hj_piece *piece);

/* HJ_SYNTAX: one of the texts does not parse. HJ_NO_MEMORY. Free it either way. Near-linear. */
hj_status hj_pieces_compare(
	const hj_slice texts[HJ_EDITIONS], const hj_allocator *allocator, hj_pieces *out);
void hj_pieces_free(hj_pieces *pieces);

#endif
