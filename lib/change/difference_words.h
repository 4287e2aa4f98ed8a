/*
 * From pieces to changes: names, sentences, witnesses. Shared by difference.c, difference_naming.c,
 * _words.c, _single.c, _sentence.c and _witness.c.
 */
#ifndef HJ_CHANGE_DIFFERENCE_WORDS_H
#define HJ_CHANGE_DIFFERENCE_WORDS_H

#include "change/difference_parts.h"

enum { HJ__MOST_NAMES = 64, HJ__MOST_RULES = 16 };

/* A list of names in the making. */
typedef struct hj__naming {
	hj_slice *items;
	size_t count, capacity;
	uint32_t left_out;
} hj__naming;
void hj__naming_add(hj__scene *scene, hj__naming *names, hj_slice text);
void hj__naming_free(hj__scene *scene, hj__naming *names);

typedef struct hj__words {
	hj__scene *scene;
	hj_slice
		*names[HJ_SIDES][HJ__POSITIONS]; /* of each extent, as a side calls it there; empty:
						     not at all */
	/* The set at hand; what bears another stamp means nothing. */
	hj_map terms[HJ_SIDES]; /* hosts and IP sets by name → term */
	uint32_t stamp, stamps; /* of the set at hand; given out so far */
	uint32_t *touched,
		*inside;         /* of each extent: the stamp, how many classes of the set it has */
	uint32_t *wanted, *said; /* of each class: the stamp when it is in the set, was said */
	bool vague;              /* "others" were said */
	hj__list met;            /* extents that have something of it */
	hj__list picks;          /* extents that were chosen to say it */
	hj__list rest;           /* classes of it that these leave */
} hj__words;

void hj__words_init(hj__words *words, hj__scene *scene);
void hj__words_free(hj__words *words);
/* From now on what a rule names goes by the rule's names. */
void hj__words_prefer(hj__words *words, unsigned side, const hj__tuple *tuple);
/*
 * A set of classes as a side calls it, from wide to narrow. excepted: who in the last one is not in
 * the set; NULL: no such thing.
 */
void hj__words_say(hj__words *words, unsigned side, hj__position position, hj_ids set,
	hj__naming *out, hj__naming *excepted);

/* _single.c: the atoms of the rest, one by one; how many; has one no word that is its own? */
void hj__atoms_say(hj__words *words, hj__naming *out);
size_t hj__atoms_count(const hj__words *words);
bool hj__atom_is_vague(const hj__words *words, const hj__atom *atom);
int hj__slices_compare(hj_slice a, hj_slice b);

/* The names, conditions, sentence and rules of a piece; texts go into the arena. */
void hj__change_describe(hj__words *words, const hj__relation *relation, const hj__piece *piece,
	hj_arena *arena, hj_change *out);
void hj__witness_find(const hj__relation *relation, const hj__piece *piece, hj_arena *arena,
	hj_difference_flow *out);

#endif
