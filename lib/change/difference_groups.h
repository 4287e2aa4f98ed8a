/*
 * What the files that judge groups share: a group is the candidates of one destination, with the rules
 * of the other side that touch it.
 *
 * Inside a group few extents matter, so its sources and destinations fall into few local classes: those
 * that these extents treat alike. Each pair of local classes is judged once; what is found are records,
 * which become pieces. Where the pairs would be too many, or what differs would be too many pieces to
 * read, a candidate becomes one piece that says "partly".
 *
 * Shared by difference_groups.c, _locals.c, _pairs.c and _records.c.
 */
#ifndef HJ_CHANGE_DIFFERENCE_GROUPS_H
#define HJ_CHANGE_DIFFERENCE_GROUPS_H

#include "change/difference_parts.h"

enum {
	/* Tuples that are looked at for pairs of a source and a destination with a candidate, one pair after
	   the other: in all groups, which share them evenly; in one at least. */
	HJ__MOST_LOOKS = 1 << 26,
	HJ__LEAST_LOOKS = 1 << 13,
	HJ__MOST_WORK = 1 << 26, /* hits that are looked at for the sake of a narrower piece */
	HJ__MOST_PIECES = 12,    /* of one candidate */
};

/* A tuple that has an extent among its sources. */
typedef struct hj__entry {
	uint32_t tuple, next;
} hj__entry;

typedef struct hj__entries {
	hj__entry *items;
	size_t count, capacity;
} hj__entries;

typedef struct hj__local {
	uint32_t signature;    /* in signatures: the extents around it that matter */
	uint32_t first, count; /* its classes, in the pool */
	uint32_t sample;       /* one of them; HJ_NONE: there are none */
	bool rest; /* all of the base that is in no other local class; not in the pool */
} hj__local;

typedef struct hj__locals {
	hj__local *items;
	size_t count, capacity;
	hj__list pool;
} hj__locals;

/* What was found of a candidate and a pair. */
typedef struct hj__record {
	uint32_t shape, content, had, condition; /* as of a piece; the shape in the group */
	uint32_t source, destination;            /* local classes */
	uint32_t near;
	unsigned side;
	bool own;     /* both are devices of one user, */
	bool covered; /* and autogroup:self allows it on the other side */
	bool guessed; /* from another source: no witness */
} hj__record;

typedef struct hj__records {
	hj__record *items;
	size_t count, capacity;
} hj__records;

typedef struct hj__group {
	hj__relation *relation;
	hj__scene *scene;
	const hj__shape *shapes; /* of one destination */
	size_t shape_count;
	uint32_t dst;
	size_t group_count; /* of the relation */

	uint32_t stamp; /* of the group; what bears another one means nothing */
	/* Of each extent stamps: it is among the sources of a tuple, of a candidate; it is a
	   destination that matters; it is around the pair at hand. */
	uint32_t *marked, *candidate, *target, *around;
	uint32_t *common;          /* when it is a target: how many classes it shares */
	uint32_t *heads[HJ_SIDES]; /* when it is marked: its entries */
	uint8_t *is_target;        /* it is some tuple's destination */
	uint32_t *superset_of;     /* the base that it was last compared with, and the answer */
	uint8_t *is_superset;
	hj__entries entries[HJ_SIDES];
	hj__list relevant;  /* marked extents */
	hj__list targets;   /* destinations that matter */
	size_t tuple_count; /* that touch the destination, of both sides as far as they matter */
	bool postures;      /* some tuple asks for one */
	uint32_t base;      /* the candidate extent with most classes */

	uint32_t *seen;     /* of each class the stamp: it is in the pool of the sources, */
	uint32_t *place_of; /* as part of this local class */
	uint32_t *chosen, chosen_stamp; /* of each local source, for source_set */
	hj__sets signatures;
	hj__list local_of; /* of each signature, if that one has it */
	hj__locals sources, destinations;

	uint32_t hit_stamp, pair_stamp;
	uint32_t *hit[HJ_SIDES]; /* of each tuple */
	hj__list hits[HJ_SIDES], everywhere[HJ_SIDES], at_pair[HJ_SIDES];
	hj__allowances allowed, allowed_everywhere; /* by at_pair, by everywhere */
	hj__rulings rulings;
	hj__records records;
	size_t work;
} hj__group;

/* Signatures of sources have their extents and then, for autogroup:self, those of destinations. */
static inline uint32_t hj__as_target(const hj__group *group, uint32_t extent)
{
	return extent + (uint32_t)group->scene->extents.count;
}

/* _locals.c: sources and destinations. */
void hj__locals_find(hj__group *group);
/* Has a local source a candidate's? */
bool hj__local_has(const hj__group *group, const hj__local *source, const hj__shape *shape);
void hj__local_classes(
	const hj__group *group, const hj__locals *locals, uint32_t at, hj__list *out);

/* _pairs.c: the records of all pairs; true: they were too many, so sources were judged. */
bool hj__pairs_judge(hj__group *group);

/* _records.c: records become pieces. everywhere: they stand for all destinations. */
void hj__records_settle(hj__group *group, bool everywhere);

#endif
