/*
 * Pieces are joined to what is short to say: to the same destinations, of the same sources, or with
 * the same goods. What another piece says as well drops out.
 */
#include "change/difference_parts.h"

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

static uint32_t *field_of(hj__piece *piece, enum join join)
{
	return join == CONTENTS   ? &piece->content
		: join == SOURCES ? &piece->sources
				  : &piece->destinations;
}

/* One set of those that all pieces of a run have. */
static uint32_t unite(hj__relation *relation, hj__piece *run, size_t count, enum join join)
{
	hj__scene *scene = relation->scene;
	hj__sets *sets = join == CONTENTS ? &relation->contents : &scene->sets;
	hj__list list = {0};
	bool same = true;
	for (size_t i = 1; i < count; i++)
		same = same && *field_of(&run[i], join) == *field_of(run, join);
	if (same)
		return *field_of(run, join);
	if (join == CONTENTS && relation->plane == HJ_PLANE_NETWORK)
		return hj__content_unite(relation, run, count);
	for (size_t i = 0; i < count; i++)
		hj__list_add_all(scene, &list, sets->items[*field_of(&run[i], join)]);
	hj__list_settle(&list);
	uint32_t set = hj__sets_put(scene, sets, list.items, list.count);
	hj__list_free(scene, &list);
	return set;
}

static uint32_t unite_shapes(hj__relation *relation, const hj__piece *run, size_t count)
{
	hj__scene *scene = relation->scene;
	hj__list list = {0};
	for (size_t i = 0; i < count; i++)
		hj__list_add_all(scene, &list, relation->lists.items[run[i].shapes]);
	hj__list_settle(&list);
	uint32_t set = hj__sets_put(scene, &relation->lists, list.items, list.count);
	hj__list_free(scene, &list);
	return set;
}

/* The pieces of a run as one. */
static hj__piece joined(hj__relation *relation, hj__piece *run, size_t count, enum join join)
{
	hj__piece out = *run;
	*field_of(&out, join) = unite(relation, run, count, join);
	out.shapes = unite_shapes(relation, run, count);
	for (size_t i = 1; i < count && !out.near; i++)
		out.near = run[i].near;
	return out;
}

/* Services of which some are had go with no others. */
static bool may_join(
	const hj__relation *relation, const hj__piece *a, const hj__piece *b, enum join join)
{
	return join != CONTENTS || a->had == HJ_NONE || relation->plane == HJ_PLANE_SSH ||
		a->content == b->content;
}

static void join_by(
	hj__relation *relation, int (*order)(const void *, const void *), enum join join)
{
	hj__piece *pieces = relation->pieces;
	size_t kept = 0, count = relation->piece_count, end;
	if (count < 2)
		return;
	qsort(pieces, count, sizeof *pieces, order);
	for (size_t i = 0; i < count && !relation->scene->status; i = end) {
		for (end = i + 1; end < count && order(&pieces[i], &pieces[end]) == 0 &&
			may_join(relation, &pieces[i], &pieces[end], join);)
			end++;
		pieces[kept++] =
			end == i + 1 ? pieces[i] : joined(relation, &pieces[i], end - i, join);
	}
	relation->piece_count = kept;
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
