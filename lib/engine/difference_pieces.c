/*
 * Pieces are joined to what is short to say: to the same destinations, of the same sources, or with
 * the same goods. What another piece says as well drops out.
 */
#include "engine/difference_parts.h"

#include <stdlib.h>

static int compare(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

/* What pieces must have in common to become one, whatever else. */
static int compare_frames(const hj__piece *a, const hj__piece *b)
{
	int order = compare(a->side, b->side);
	if (order == 0)
		order = compare(a->partly, b->partly);
	if (order == 0)
		order = compare(a->ends, b->ends);
	if (order == 0)
		order = compare(a->condition, b->condition);
	return order ? order : compare(a->had, b->had);
}

static int compare_contents(const hj__piece *a, const hj__piece *b)
{
	int order = compare_frames(a, b);
	return order ? order : compare(a->content, b->content);
}

static int by_ends(const void *a, const void *b)
{
	const hj__piece *one = a, *other = b;
	int order = compare_frames(one, other);
	if (order == 0)
		order = compare(one->sources, other->sources);
	return order ? order : compare(one->destinations, other->destinations);
}

static int by_sources(const void *a, const void *b)
{
	const hj__piece *one = a, *other = b;
	int order = compare_contents(one, other);
	return order ? order : compare(one->sources, other->sources);
}

static int by_destinations(const void *a, const void *b)
{
	const hj__piece *one = a, *other = b;
	int order = compare_contents(one, other);
	return order ? order : compare(one->destinations, other->destinations);
}

/* -- joining -------------------------------------------------------------------------------------- */

enum join { CONTENTS, DESTINATIONS, SOURCES };

static void absorb(hj__relation *relation, hj__piece *piece, const hj__piece *other, enum join join)
{
	hj__scene *scene = relation->scene;
	switch (join) {
	case CONTENTS:
		piece->content = hj__content_unite(relation, piece->content, other->content);
		break;
	case DESTINATIONS:
		piece->destinations = hj__sets_unite(
			scene, &scene->sets, piece->destinations, other->destinations);
		break;
	case SOURCES:
		piece->sources =
			hj__sets_unite(scene, &scene->sets, piece->sources, other->sources);
		break;
	}
	piece->shapes = hj__sets_unite(scene, &relation->lists, piece->shapes, other->shapes);
	if (!piece->near)
		piece->near = other->near;
}

/* Services of which some are had go with no others. */
static bool may_join(const hj__relation *relation, const hj__piece *piece, enum join join)
{
	return join != CONTENTS || piece->had == HJ_NONE || relation->plane == HJ_PLANE_SSH;
}

static void join_by(
	hj__relation *relation, int (*order)(const void *, const void *), enum join join)
{
	hj__piece *pieces = relation->pieces;
	size_t kept = 0;
	if (relation->piece_count < 2)
		return;
	qsort(pieces, relation->piece_count, sizeof *pieces, order);
	for (size_t i = 1; i < relation->piece_count && !relation->scene->status; i++)
		if (order(&pieces[kept], &pieces[i]) == 0 &&
			(may_join(relation, &pieces[i], join) ||
				pieces[kept].content == pieces[i].content))
			absorb(relation, &pieces[kept], &pieces[i], join);
		else
			pieces[++kept] = pieces[i];
	relation->piece_count = kept + 1;
}

/* -- what is said already ------------------------------------------------------------------------- */

enum { MOST_COMPARED = 1000 };

static bool has(hj_ids set, uint32_t item)
{
	uint32_t from = 0, to = set.count;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (set.items[middle] < item)
			from = middle + 1;
		else
			to = middle;
	}
	return from < set.count && set.items[from] == item;
}

static bool content_contains(const hj__relation *relation, uint32_t outer, uint32_t inner)
{
	hj_services wide, narrow;
	if (outer == inner || relation->plane != HJ_PLANE_NETWORK)
		return hj__sets_contain(&relation->contents, outer, inner);
	hj_services_init(&wide, relation->scene->allocator);
	hj_services_init(&narrow, relation->scene->allocator);
	hj__content_services(relation, outer, &wide);
	hj__content_services(relation, inner, &narrow);
	bool contained = hj_services_contain(&wide, &narrow);
	hj_services_free(&wide);
	hj_services_free(&narrow);
	return contained;
}

/* Does one piece say all that another does? */
static bool says(const hj__relation *relation, const hj__piece *piece, const hj__piece *other)
{
	const hj__sets *sets = &relation->scene->sets;
	if (piece->side != other->side || piece->partly || piece->ends != other->ends ||
		(piece->had != other->had &&
			(piece->had != HJ_NONE || relation->plane == HJ_PLANE_SSH)))
		return false;
	if (!has(sets->items[piece->sources], other->from) ||
		(piece->ends == HJ__CLASSES && !has(sets->items[piece->destinations], other->to)))
		return false;
	return hj__condition_implied(relation->scene, piece->condition, other->condition) &&
		hj__sets_contain(sets, piece->sources, other->sources) &&
		hj__sets_contain(sets, piece->destinations, other->destinations) &&
		content_contains(relation, piece->content, other->content);
}

static void drop_said(hj__relation *relation)
{
	hj__piece *pieces = relation->pieces;
	size_t count = relation->piece_count, kept = 0;
	bool *said = hj__scene_room(relation->scene, count, sizeof *said);
	for (size_t i = 0; i < count && said; i++) {
		said[i] = false;
		for (size_t j = 0; j < count && !said[i]; j++)
			said[i] = i != j && !(j < i && said[j]) &&
				says(relation, &pieces[j], &pieces[i]);
	}
	for (size_t i = 0; i < count && said; i++)
		if (!said[i])
			pieces[kept++] = pieces[i];
	if (said)
		relation->piece_count = kept;
}

void hj__pieces_join(hj__relation *relation)
{
	for (size_t before = 0; before != relation->piece_count && !relation->scene->status;) {
		before = relation->piece_count;
		join_by(relation, by_ends, CONTENTS);
		join_by(relation, by_sources, DESTINATIONS);
		join_by(relation, by_destinations, SOURCES);
	}
	if (relation->piece_count <= MOST_COMPARED && !relation->scene->status)
		drop_said(relation);
}
