/*
 * Pairs of local classes: which rules cover them, and what candidates allow beyond these.
 */
#include "change/difference_groups.h"

/* -- hits ----------------------------------------------------------------------------------------- */

/* The tuples that have a local source. */
static void find_hits(hj__group *group, const hj__local *source)
{
	hj_ids signature = group->signatures.items[source->signature];
	group->hit_stamp++;
	for (unsigned side = 0; side < HJ_SIDES; side++) {
		hj__list *hits = &group->hits[side];
		hits->count = 0;
		for (uint32_t i = 0; i < signature.count; i++) {
			uint32_t extent = signature.items[i];
			if (extent >= group->scene->extents.count)
				break;
			for (uint32_t at = group->heads[side][extent]; at != HJ_NONE;
				at = group->entries[side].items[at].next) {
				uint32_t tuple = group->entries[side].items[at].tuple;
				if (group->hit[side][tuple] == group->hit_stamp)
					continue;
				group->hit[side][tuple] = group->hit_stamp;
				hj__list_add(group->scene, hits, tuple);
			}
		}
	}
}

static bool is_bare(const hj__group *group, const hj__local *source)
{
	const hj__scene *scene = group->scene;
	return scene->atoms[scene->classes[source->sample].items[0]].is & HJ__NO_POSTURE;
}

/* What hits allow together is worth to be known when many candidates ask for it. */
enum { MANY = 16 };

static hj__allowances *begin_known(const hj__group *group, hj__allowances *known)
{
	hj__allowances_clear(known);
	return group->shape_count > MANY ? known : NULL;
}

/* Which of them have all destinations of the group. */
static hj__hits find_everywhere(hj__group *group, const hj__local *source)
{
	hj__hits out = {.bare = is_bare(group, source),
		.known = begin_known(group, &group->allowed_everywhere)};
	bool classes = !(group->dst & HJ__KEY) && group->dst != HJ__SELF;
	for (unsigned side = 0; side < HJ_SIDES; side++) {
		hj__list *list = &group->everywhere[side];
		list->count = 0;
		for (size_t i = 0; i < group->hits[side].count && classes; i++) {
			uint32_t tuple = group->hits[side].items[i];
			uint32_t dst = group->relation->sides[side].items[tuple].dst;
			if (group->common[dst] == group->scene->covered[group->dst].count)
				hj__list_add(group->scene, list, tuple);
		}
		out.items[side] = list->items;
		out.count[side] = list->count;
	}
	return out;
}

/* Which of them have one destination. */
static hj__hits find_at_pair(
	hj__group *group, const hj__local *source, const hj__local *destination)
{
	hj__hits out = {
		.bare = is_bare(group, source), .known = begin_known(group, &group->allowed)};
	bool self = group->dst == HJ__SELF;
	hj_ids signature =
		group->signatures.items[self ? source->signature : destination->signature];
	group->pair_stamp++;
	for (uint32_t i = 0; i < signature.count && !(group->dst & HJ__KEY); i++)
		if (!self)
			group->around[signature.items[i]] = group->pair_stamp;
		else if (signature.items[i] >= group->scene->extents.count)
			group->around[signature.items[i] - hj__as_target(group, 0)] =
				group->pair_stamp;
	for (unsigned side = 0; side < HJ_SIDES; side++) {
		hj__list *list = &group->at_pair[side];
		list->count = 0;
		for (size_t i = 0; i < group->hits[side].count; i++) {
			uint32_t tuple = group->hits[side].items[i];
			uint32_t dst = group->relation->sides[side].items[tuple].dst;
			if (dst & HJ__KEY || dst == HJ__SELF ||
				group->around[dst] == group->pair_stamp)
				hj__list_add(group->scene, list, tuple);
		}
		group->work += group->hits[side].count + 1;
		out.items[side] = list->items;
		out.count[side] = list->count;
	}
	return out;
}

/* -- one's own devices ---------------------------------------------------------------------------- */

/* A local source's classes are among these; HJ_NONE: it has not the one at an index. */
static uint32_t class_at(
	const hj__group *group, const hj__locals *locals, const hj__local *local, uint32_t index)
{
	if (!local->rest)
		return locals->pool.items[local->first + index];
	uint32_t class = group->scene->covered[group->base].items[index];
	return group->seen[class] == group->stamp ? HJ_NONE : class;
}

static uint32_t class_count(const hj__group *group, const hj__local *local)
{
	return local->rest ? group->scene->covered[group->base].count : local->count;
}

/* The user whose devices all atoms of a class are, or HJ_NONE. */
static uint32_t user_of_class(const hj__scene *scene, uint32_t class)
{
	hj_ids atoms = scene->classes[class];
	uint32_t user = scene->atoms[atoms.items[0]].user;
	for (uint32_t i = 0; i < atoms.count && user != HJ_NONE; i++) {
		const hj__atom *atom = &scene->atoms[atoms.items[i]];
		if (!(atom->is & HJ__IS_OWNED) || atom->user != user)
			user = HJ_NONE;
	}
	return user;
}

/* The user whose devices a local class is, or HJ_NONE when it has others. */
static uint32_t user_of(const hj__group *group, const hj__locals *locals, const hj__local *local)
{
	uint32_t user =
		local->sample == HJ_NONE ? HJ_NONE : user_of_class(group->scene, local->sample);
	for (uint32_t i = 0; i < class_count(group, local) && user != HJ_NONE; i++) {
		uint32_t class = class_at(group, locals, local, i);
		if (class != HJ_NONE && user_of_class(group->scene, class) != user)
			user = HJ_NONE;
	}
	return user;
}

static bool is_own(const hj__group *group, const hj__local *source, const hj__local *destination)
{
	if (group->dst & HJ__KEY || group->dst == HJ__SELF)
		return false;
	uint32_t user = user_of(group, &group->sources, source);
	return user != HJ_NONE && user == user_of(group, &group->destinations, destination);
}

/* Has a tuple all classes of a local source? */
static bool has_source(const hj__group *group, const hj__tuple *tuple, const hj__local *source)
{
	const hj__scene *scene = group->scene;
	hj_ids extents = group->relation->sources.items[tuple->sources];
	for (uint32_t i = 0; i < class_count(group, source); i++) {
		uint32_t class = class_at(group, &group->sources, source, i);
		if (class == HJ_NONE)
			continue;
		hj_ids around = scene->extents_of[class];
		bool found = false;
		for (uint32_t a = 0, b = 0; a < around.count && b < extents.count && !found;)
			if (around.items[a] == extents.items[b])
				found = true;
			else if (around.items[a] < extents.items[b])
				a++;
			else
				b++;
		if (!found)
			return false;
	}
	return true;
}

/* Is the shape allowed after all, by rules for one's own devices? */
static bool is_covered(
	hj__group *group, const hj__shape *shape, const hj__local *source, hj__hits hits)
{
	hj__relation *relation = group->relation;
	hj__list all[HJ_SIDES] = {{0}, {0}};
	hj__rulings rulings = {0};
	hits.known = NULL;
	for (unsigned side = 0; side < HJ_SIDES; side++) {
		size_t first, count = hj__tuples_of(&relation->sides[side], HJ__SELF, &first);
		for (size_t i = 0; i < hits.count[side]; i++)
			hj__list_add(group->scene, &all[side], hits.items[side][i]);
		for (size_t i = first; i < first + count; i++)
			if (has_source(group, &relation->sides[side].items[i], source))
				hj__list_add(group->scene, &all[side], (uint32_t)i);
		hits.items[side] = all[side].items;
		hits.count[side] = all[side].count;
	}
	hj__judge(relation, shape, &hits, &rulings);
	bool covered = rulings.count == 0;
	hj_free(group->scene->allocator, rulings.items, rulings.capacity * sizeof *rulings.items);
	hj__list_free(group->scene, &all[HJ_OLD]);
	hj__list_free(group->scene, &all[HJ_NEW]);
	return covered;
}

/* -- pairs ---------------------------------------------------------------------------------------- */

/* Judges one candidate and pair. Is there a difference? */
static bool judge(hj__group *group, uint32_t shape, uint32_t source, uint32_t destination,
	const hj__hits *hits)
{
	hj__scene *scene = group->scene;
	const hj__shape *candidate = &group->shapes[shape];
	const hj__local *from = &group->sources.items[source];
	hj__rulings *rulings = &group->rulings;
	hj__records *records = &group->records;
	unsigned other = !candidate->side;
	hj__judge(group->relation, candidate, hits, rulings);
	if (rulings->count == 0)
		return false;
	bool own = is_own(group, from, &group->destinations.items[destination]);
	bool covered = own && is_covered(group, candidate, from, *hits);
	uint32_t near = hits->count[other]
		? group->relation->sides[other].items[hits->items[other][0]].node
		: 0;
	for (size_t i = 0; i < rulings->count; i++) {
		const hj__ruling *ruling = &rulings->items[i];
		if (hj__scene_grow(scene, &records->items, &records->capacity, records->count,
			    sizeof *records->items))
			records->items[records->count++] = (hj__record){.shape = shape,
				.content = ruling->content,
				.had = ruling->had,
				.condition = ruling->condition,
				.source = source,
				.destination = destination,
				.near = near,
				.side = ruling->side,
				.own = own,
				.covered = covered};
	}
	return true;
}

/*
 * Does a source have a candidate's extents, and is there anything in it that is not allowed to all
 * destinations on the other side? Most candidates end here. A check takes away, so logins do not.
 */
static bool is_open(hj__group *group, const hj__local *source, const hj__shape *shape,
	const hj__hits *everywhere)
{
	if (!hj__local_has(group, source, shape))
		return false;
	if (group->relation->plane == HJ_PLANE_SSH || !everywhere->count[!shape->side] ||
		group->destinations.count == 1)
		return true;
	hj__judge(group->relation, shape, everywhere, &group->rulings);
	return group->rulings.count > 0;
}

/* Every pair with every candidate. */
static void judge_pairs(hj__group *group)
{
	bool *open = hj__scene_room(group->scene, group->shape_count, sizeof *open);
	for (uint32_t s = 0; s < group->sources.count && !group->scene->status; s++) {
		const hj__local *source = &group->sources.items[s];
		find_hits(group, source);
		hj__hits everywhere = find_everywhere(group, source);
		bool any = false;
		for (uint32_t i = 0; i < group->shape_count; i++) {
			open[i] = is_open(group, source, &group->shapes[i], &everywhere);
			any = any || open[i];
		}
		for (uint32_t d = 0; d < group->destinations.count && any; d++) {
			hj__hits hits = find_at_pair(group, source, &group->destinations.items[d]);
			for (uint32_t i = 0; i < group->shape_count; i++)
				if (open[i])
					judge(group, i, s, d, &hits);
		}
	}
}

/* A candidate that is too wide to be looked at pair by pair. */
struct wide {
	uint32_t destination; /* where it was found to differ last, or HJ_NONE */
	size_t record;
};

/* The first destination for which a source differs, tried from the one that did last. */
static void judge_source(hj__group *group, uint32_t source, uint32_t shape, struct wide *wide)
{
	uint32_t count = (uint32_t)group->destinations.count;
	uint32_t from = wide->destination == HJ_NONE ? 0 : wide->destination;
	for (uint32_t step = 0; step < count && !group->scene->status; step++) {
		uint32_t at = (from + step) % count;
		hj__hits hits = find_at_pair(
			group, &group->sources.items[source], &group->destinations.items[at]);
		size_t before = group->records.count;
		hits.known = NULL;
		if (!judge(group, shape, source, at, &hits))
			continue;
		*wide = (struct wide){at, before};
		return;
	}
}

/* The same as the last record of a candidate, for another source. */
static void copy_record(hj__group *group, uint32_t source, const struct wide *wide)
{
	hj__records *records = &group->records;
	if (!hj__scene_grow(group->scene, &records->items, &records->capacity, records->count,
		    sizeof *records->items))
		return;
	hj__record *copy = &records->items[records->count++];
	*copy = records->items[wide->record];
	copy->source = source;
	copy->guessed = true;
}

/* Which sources of each candidate differ for some destination. */
static void judge_sources(hj__group *group, struct wide *wide)
{
	for (uint32_t s = 0; s < group->sources.count && !group->scene->status; s++) {
		const hj__local *source = &group->sources.items[s];
		find_hits(group, source);
		hj__hits everywhere = find_everywhere(group, source);
		for (uint32_t i = 0; i < group->shape_count; i++) {
			if (!is_open(group, source, &group->shapes[i], &everywhere))
				continue;
			if (wide[i].destination == HJ_NONE || group->work <= HJ__MOST_WORK)
				judge_source(group, s, i, &wide[i]);
			else
				copy_record(group, s, &wide[i]);
		}
	}
}

/*
 * Which candidates differ, for some source and destination: one that does is not looked at any more, and
 * all of its sources are taken to differ. Those that do not differ cost all the same.
 */
static void judge_coarsely(hj__group *group, struct wide *wide)
{
	size_t open = group->shape_count;
	for (uint32_t s = 0; s < group->sources.count && open && !group->scene->status; s++) {
		const hj__local *source = &group->sources.items[s];
		find_hits(group, source);
		hj__hits everywhere = find_everywhere(group, source);
		for (uint32_t i = 0; i < group->shape_count; i++) {
			if (wide[i].destination != HJ_NONE ||
				!is_open(group, source, &group->shapes[i], &everywhere))
				continue;
			judge_source(group, s, i, &wide[i]);
			open -= wide[i].destination != HJ_NONE;
		}
	}
	for (uint32_t i = 0; i < group->shape_count; i++)
		for (uint32_t s = 0; s < group->sources.count && !group->scene->status; s++)
			if (wide[i].destination != HJ_NONE &&
				s != group->records.items[wide[i].record].source &&
				hj__local_has(group, &group->sources.items[s], &group->shapes[i]))
				copy_record(group, s, &wide[i]);
}

/* In how much detail is settled beforehand, from sizes alone: a difference and its mirror are alike. */
bool hj__pairs_judge(hj__group *group)
{
	size_t most = HJ__MOST_LOOKS / group->group_count;
	if (most < HJ__LEAST_LOOKS)
		most = HJ__LEAST_LOOKS;
	size_t checks = group->sources.count * group->shape_count;
	if (group->destinations.count == 0)
		return false;
	most /= group->tuple_count + 1;
	if (checks <= most / group->destinations.count) {
		judge_pairs(group);
		return false;
	}
	struct wide *wide = hj__scene_room(group->scene, group->shape_count, sizeof *wide);
	for (size_t i = 0; wide && i < group->shape_count; i++)
		wide[i].destination = HJ_NONE;
	if (wide && checks <= most)
		judge_sources(group, wide);
	else if (wide)
		judge_coarsely(group, wide);
	return true;
}
