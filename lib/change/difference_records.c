/*
 * Records become pieces: rectangles of sources and destinations.
 */
#include "change/difference_groups.h"

#include <stdlib.h>

static int compare(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

/* What becomes one piece, as far as it is a rectangle, is together. */
static int compare_kinds(const hj__record *a, const hj__record *b)
{
	int order = compare(a->shape, b->shape);
	if (order == 0)
		order = compare(a->side, b->side);
	if (order == 0)
		order = compare(a->condition, b->condition);
	if (order == 0)
		order = compare(a->content, b->content);
	return order ? order : compare(a->had, b->had);
}

static int by_record(const void *a, const void *b)
{
	const hj__record *one = a, *other = b;
	int order = compare_kinds(one, other);
	if (order == 0)
		order = compare(one->source, other->source);
	return order ? order : compare(one->destination, other->destination);
}

/* The classes of an extent that are in chosen local sources; they are in order already. */
static void add_chosen(hj__group *group, uint32_t extent, const hj__list *sources, hj__list *out)
{
	hj__scene *scene = group->scene;
	hj_ids classes = scene->covered[extent];
	bool rest = false;
	group->chosen_stamp++;
	for (size_t i = 0; i < sources->count; i++) {
		group->chosen[sources->items[i]] = group->chosen_stamp;
		rest = rest || group->sources.items[sources->items[i]].rest;
	}
	for (uint32_t i = 0; i < classes.count; i++) {
		uint32_t class = classes.items[i];
		if (group->seen[class] == group->stamp
				? group->chosen[group->place_of[class]] == group->chosen_stamp
				: rest)
			hj__list_add(scene, out, class);
	}
}

static uint32_t source_set(hj__group *group, const hj__shape *shape, const hj__list *sources)
{
	hj__scene *scene = group->scene;
	hj_ids extents = group->relation->sources.items[shape->sources];
	hj__list classes = {0};
	if (extents.count == 1 && group->dst != HJ__SELF)
		add_chosen(group, extents.items[0], sources, &classes);
	for (size_t i = 0; i < sources->count && (extents.count > 1 || group->dst == HJ__SELF); i++)
		hj__local_classes(group, &group->sources, sources->items[i], &classes);
	hj__list_settle(&classes);
	uint32_t set = hj__sets_put(scene, &scene->sets, classes.items, classes.count);
	hj__list_free(scene, &classes);
	return set;
}

static uint32_t destination_set(hj__group *group, const hj__list *destinations)
{
	hj__scene *scene = group->scene;
	uint32_t key = group->dst & ~HJ__KEY;
	if (group->dst & HJ__KEY)
		return hj__sets_put(scene, &scene->sets, &key, 1);
	if (group->dst == HJ__SELF)
		return hj__sets_put(scene, &scene->sets, NULL, 0);
	if (destinations->count == group->destinations.count)
		return hj__class_set(scene, group->dst);
	hj__list classes = {0};
	for (size_t i = 0; i < destinations->count; i++)
		hj__local_classes(group, &group->destinations, destinations->items[i], &classes);
	hj__list_settle(&classes);
	uint32_t set = hj__sets_put(scene, &scene->sets, classes.items, classes.count);
	hj__list_free(scene, &classes);
	return set;
}

/* One piece: the sources times the destinations; first is a record in it. */
static void add_piece(hj__group *group, const hj__record *first, const hj__list *sources,
	const hj__list *destinations, uint32_t content, uint32_t had, bool partly)
{
	hj__relation *relation = group->relation;
	hj__scene *scene = group->scene;
	const hj__shape *shape = &group->shapes[first->shape];
	uint32_t index = (uint32_t)(shape - relation->shapes);
	hj__piece piece = {.side = first->side,
		.partly = partly,
		.ends = group->dst & HJ__KEY     ? HJ__KEYS
			: group->dst == HJ__SELF ? HJ__OWN
						 : HJ__CLASSES,
		.sources = source_set(group, shape, sources),
		.destinations = destination_set(group, destinations),
		.content = content,
		.had = had,
		.proof = first->content,
		.proof_had = first->had,
		.condition = first->condition,
		.from = group->sources.items[first->source].sample,
		.to = group->destinations.items[first->destination].sample,
		.shapes = hj__sets_put(scene, &relation->lists, &index, 1),
		.near = first->near};
	relation->found = true;
	if (hj__scene_grow(scene, &relation->pieces, &relation->piece_capacity,
		    relation->piece_count, sizeof *relation->pieces))
		relation->pieces[relation->piece_count++] = piece;
}

/* A row of a candidate's records: a source with all its destinations. */
struct row {
	const hj__record *first;
	uint32_t destinations; /* in relation->lists */
	uint32_t kind;         /* rows of one kind have records that compare equal */
};

static int by_row(const void *a, const void *b)
{
	const struct row *one = a, *other = b;
	int order = compare(one->kind, other->kind);
	if (order == 0)
		order = compare(one->destinations, other->destinations);
	return order ? order : compare(one->first->source, other->first->source);
}

/* Records become rows, and rows that are alike become rectangles. Returns how many these are. */
static size_t find_rows(hj__group *group, const hj__record *items, size_t count, struct row *rows,
	size_t *row_count)
{
	hj__scene *scene = group->scene;
	hj__list *list = &scene->list;
	uint32_t kind = 0;
	size_t rectangles = 0;
	*row_count = 0;
	for (size_t i = 0, end; i < count; i = end) {
		kind += i && compare_kinds(&items[i - 1], &items[i]);
		for (end = i; end < count && compare_kinds(&items[i], &items[end]) == 0 &&
			items[i].source == items[end].source;
			end++)
			hj__list_add(scene, list, items[end].destination);
		hj__list_settle(list);
		rows[(*row_count)++] = (struct row){&items[i],
			hj__sets_put(scene, &group->relation->lists, list->items, list->count),
			kind};
		list->count = 0;
	}
	qsort(rows, *row_count, sizeof *rows, by_row);
	for (size_t i = 0; i < *row_count; i++)
		rectangles += i == 0 || rows[i - 1].kind != rows[i].kind ||
			rows[i - 1].destinations != rows[i].destinations;
	return rectangles;
}

static void add_rectangles(hj__group *group, const struct row *rows, size_t count)
{
	hj__scene *scene = group->scene;
	hj__list sources = {0}, destinations = {0};
	for (size_t i = 0, end; i < count && !scene->status; i = end) {
		sources.count = destinations.count = 0;
		for (end = i; end < count && rows[i].kind == rows[end].kind &&
			rows[i].destinations == rows[end].destinations;
			end++)
			hj__list_add(scene, &sources, rows[end].first->source);
		hj__list_add_all(
			scene, &destinations, group->relation->lists.items[rows[i].destinations]);
		add_piece(group, rows[i].first, &sources, &destinations, rows[i].first->content,
			rows[i].first->had, false);
	}
	hj__list_free(scene, &sources);
	hj__list_free(scene, &destinations);
}

/*
 * All of a candidate's records as one piece for each side, condition and, of logins, level. The goods are
 * the candidate's own.
 */
static void add_partly(hj__group *group, const hj__record *items, size_t count, bool everywhere)
{
	hj__relation *relation = group->relation;
	hj__scene *scene = group->scene;
	bool logins = relation->plane == HJ_PLANE_SSH;
	for (size_t i = 0, end; i < count && !scene->status; i = end) {
		hj__list sources = {0}, destinations = {0};
		size_t witness = i;
		for (end = i; end < count && items[end].side == items[i].side &&
			items[end].condition == items[i].condition &&
			(!logins ||
				(items[end].had == items[i].had &&
					items[end].content == items[i].content));
			end++) {
			hj__list_add(scene, &sources, items[end].source);
			hj__list_add(scene, &destinations, items[end].destination);
			if (items[witness].guessed)
				witness = end;
		}
		for (uint32_t d = 0; everywhere && d < group->destinations.count; d++)
			hj__list_add(scene, &destinations, d);
		hj__list_settle(&sources);
		hj__list_settle(&destinations);
		uint32_t content = relation->plane == HJ_PLANE_NETWORK
			? hj__content_of(relation, group->shapes[items[i].shape].good)
			: items[i].content;
		add_piece(group, &items[witness], &sources, &destinations, content,
			logins ? items[i].had : HJ_NONE, true);
		hj__list_free(scene, &sources);
		hj__list_free(scene, &destinations);
	}
}

/*
 * Where nothing but somebody's own devices is concerned, autogroup:self has its say; otherwise that
 * part is not worth a line.
 */
static size_t drop_own(hj__record *items, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (!items[i].own)
			return count;
	for (size_t i = 0; i < count; i++)
		if (!items[i].covered)
			items[kept++] = items[i];
	return kept;
}

void hj__records_settle(hj__group *group, bool everywhere)
{
	hj__records *records = &group->records;
	hj__scene *scene = group->scene;
	size_t end;
	if (records->count == 0 || scene->status)
		return;
	qsort(records->items, records->count, sizeof *records->items, by_record);
	struct row *rows = hj_alloc(scene->allocator, records->count * sizeof *rows);
	if (!rows) {
		scene->status = HJ_NO_MEMORY;
		return;
	}
	for (size_t i = 0; i < records->count && !scene->status; i = end) {
		hj__record *items = &records->items[i];
		for (end = i; end < records->count && records->items[end].shape == items->shape;)
			end++;
		size_t count = drop_own(items, end - i), row_count;
		if (count == 0)
			continue;
		if (everywhere ||
			find_rows(group, items, count, rows, &row_count) > HJ__MOST_PIECES)
			add_partly(group, items, count, everywhere);
		else
			add_rectangles(group, rows, row_count);
	}
	hj_free(scene->allocator, rows, records->count * sizeof *rows);
}
