/*
 * Local classes: the sources and destinations of a group, as far as the extents that matter in it tell
 * them apart.
 */
#include "change/difference_groups.h"

static uint32_t size_of(const hj__group *group, uint32_t extent)
{
	return group->scene->covered[extent].count;
}

/* Classes with their signatures, in the order in which they were met. */
struct placing {
	hj__list classes, signatures;
};

static void add_local(hj__group *group, hj__locals *locals, hj__local added)
{
	if (hj__scene_grow(group->scene, &locals->items, &locals->capacity, locals->count,
		    sizeof *locals->items))
		locals->items[locals->count++] = added;
}

/* The local class of a signature, made with the first class that has it. */
static uint32_t local_of(hj__group *group, hj__locals *locals, uint32_t signature, uint32_t class)
{
	hj__scene *scene = group->scene;
	hj__list *known = &group->local_of;
	while (known->count <= signature && !scene->status)
		hj__list_add(scene, known, HJ_NONE);
	if (scene->status)
		return 0;
	uint32_t at = known->items[signature];
	if (at < locals->count && locals->items[at].signature == signature)
		return at;
	at = known->items[signature] = (uint32_t)locals->count;
	add_local(group, locals, (hj__local){.signature = signature, .sample = class});
	return at;
}

/* Puts the classes of each local class together. Frees the placing. */
static void deal(hj__group *group, hj__locals *locals, struct placing *placing)
{
	hj__scene *scene = group->scene;
	hj__list *pool = &locals->pool;
	uint32_t first = 0;
	size_t count = placing->classes.count;
	for (size_t i = 0; i < count && !scene->status; i++) {
		uint32_t at = local_of(
			group, locals, placing->signatures.items[i], placing->classes.items[i]);
		placing->signatures.items[i] = at;
		if (at < locals->count)
			locals->items[at].count++;
		hj__list_add(scene, pool, 0);
	}
	for (size_t i = 0; i < locals->count; i++) {
		locals->items[i].first = first;
		first += locals->items[i].count;
		locals->items[i].count = 0;
	}
	for (size_t i = 0; i < count && !scene->status; i++) {
		uint32_t at = placing->signatures.items[i], class = placing->classes.items[i];
		hj__local *local = &locals->items[at];
		pool->items[local->first + local->count++] = class;
		if (locals == &group->sources)
			group->place_of[class] = at;
	}
	hj__list_free(scene, &placing->classes);
	hj__list_free(scene, &placing->signatures);
}

static void place(
	hj__group *group, struct placing *placing, uint32_t class, const hj__list *signature)
{
	hj__scene *scene = group->scene;
	hj__list_add(scene, &placing->classes, class);
	hj__list_add(scene, &placing->signatures,
		hj__sets_put(scene, &group->signatures, signature->items, signature->count));
}

static void place_source(hj__group *group, struct placing *placing, uint32_t class)
{
	hj__scene *scene = group->scene;
	hj__list *list = &scene->list;
	hj_ids extents = scene->extents_of[class];
	bool candidate = false;
	list->count = 0;
	for (uint32_t i = 0; i < extents.count; i++) {
		uint32_t extent = extents.items[i];
		if (group->marked[extent] == group->stamp)
			hj__list_add(scene, list, extent);
		candidate = candidate || group->candidate[extent] == group->stamp;
	}
	for (uint32_t i = 0; i < extents.count && group->dst == HJ__SELF; i++)
		if (group->target[extents.items[i]] == group->stamp)
			hj__list_add(scene, list, hj__as_target(group, extents.items[i]));
	if (candidate && !scene->status)
		place(group, placing, class, list);
	list->count = 0;
}

static bool is_owned(const hj__scene *scene, uint32_t class)
{
	return scene->atoms[scene->classes[class].items[0]].is & HJ__IS_OWNED;
}

static void place_all(hj__group *group, struct placing *placing, uint32_t extent)
{
	hj_ids classes = group->scene->covered[extent];
	for (uint32_t i = 0; i < classes.count; i++) {
		uint32_t class = classes.items[i];
		if (group->seen[class] == group->stamp ||
			(group->dst == HJ__SELF && !is_owned(group->scene, class)))
			continue;
		group->seen[class] = group->stamp;
		place_source(group, placing, class);
	}
}

/* Is the base in an extent? Remembered, since one base has many groups. */
static bool has_base(hj__group *group, uint32_t extent)
{
	hj_ids wide = group->scene->covered[extent], narrow = group->scene->covered[group->base];
	uint32_t at = 0, i = 0;
	if (extent == group->base || wide.count < narrow.count)
		return extent == group->base;
	if (group->superset_of[extent] == group->base)
		return group->is_superset[extent];
	for (; i < narrow.count; i++) {
		while (at < wide.count && wide.items[at] < narrow.items[i])
			at++;
		if (at == wide.count || wide.items[at] != narrow.items[i])
			break;
	}
	group->superset_of[extent] = group->base;
	group->is_superset[extent] = i == narrow.count;
	return i == narrow.count;
}

/* What the base has beyond the classes that were seen, as one local class. */
static void add_rest(hj__group *group)
{
	hj__scene *scene = group->scene;
	hj_ids base = scene->covered[group->base];
	hj__list *list = &scene->list;
	uint32_t sample = 0;
	while (sample < base.count && group->seen[base.items[sample]] == group->stamp)
		sample++;
	if (sample == base.count)
		return;
	for (size_t i = 0; i < group->relevant.count; i++)
		if (has_base(group, group->relevant.items[i]))
			hj__list_add(scene, list, group->relevant.items[i]);
	hj__list_settle(list);
	uint32_t signature = hj__sets_put(scene, &group->signatures, list->items, list->count);
	list->count = 0;
	add_local(group, &group->sources,
		(hj__local){.signature = signature, .sample = base.items[sample], .rest = true});
}

/*
 * Mostly the extents around the base are few and small, and what they leave of it is all alike: then
 * the base itself, which may be everybody, is not gone through.
 */
static void part_sources(hj__group *group)
{
	struct placing placing = {{0}, {0}};
	size_t all = 0, others = 0;
	for (size_t i = 0; i < group->relevant.count; i++) {
		uint32_t extent = group->relevant.items[i];
		if (group->candidate[extent] == group->stamp)
			all += size_of(group, extent);
		if (!has_base(group, extent))
			others += size_of(group, extent);
	}
	bool rest = others < all && group->dst != HJ__SELF;
	for (size_t i = 0; i < group->relevant.count && !group->scene->status; i++) {
		uint32_t extent = group->relevant.items[i];
		if (rest ? !has_base(group, extent) : group->candidate[extent] == group->stamp)
			place_all(group, &placing, extent);
	}
	deal(group, &group->sources, &placing);
	if (rest && !group->scene->status)
		add_rest(group);
}

static void part_destinations(hj__group *group)
{
	hj__scene *scene = group->scene;
	struct placing placing = {{0}, {0}};
	hj__list *list = &scene->list;
	if (group->dst & HJ__KEY || group->dst == HJ__SELF) {
		add_local(group, &group->destinations, (hj__local){.sample = HJ_NONE});
		return;
	}
	hj_ids classes = scene->covered[group->dst];
	for (uint32_t i = 0; i < classes.count && !scene->status; i++) {
		hj_ids extents = scene->extents_of[classes.items[i]];
		list->count = 0;
		for (uint32_t j = 0; j < extents.count; j++)
			if (group->target[extents.items[j]] == group->stamp)
				hj__list_add(scene, list, extents.items[j]);
		place(group, &placing, classes.items[i], list);
	}
	list->count = 0;
	deal(group, &group->destinations, &placing);
}

void hj__locals_find(hj__group *group)
{
	part_sources(group);
	if (!group->scene->status)
		part_destinations(group);
}

bool hj__local_has(const hj__group *group, const hj__local *source, const hj__shape *shape)
{
	hj_ids signature = group->signatures.items[source->signature];
	hj_ids extents = group->relation->sources.items[shape->sources];
	for (uint32_t i = 0, j = 0; i < signature.count && j < extents.count;) {
		if (signature.items[i] == extents.items[j])
			return true;
		if (signature.items[i] < extents.items[j])
			i++;
		else
			j++;
	}
	return false;
}

void hj__local_classes(const hj__group *group, const hj__locals *locals, uint32_t at, hj__list *out)
{
	const hj__local *local = &locals->items[at];
	hj__scene *scene = group->scene;
	for (uint32_t i = 0; i < local->count; i++)
		hj__list_add(scene, out, locals->pool.items[local->first + i]);
	if (!local->rest)
		return;
	hj_ids base = scene->covered[group->base];
	for (uint32_t i = 0; i < base.count; i++)
		if (group->seen[base.items[i]] != group->stamp)
			hj__list_add(scene, out, base.items[i]);
}
