/*
 * Words: a set of classes in the narrowest names that are true.
 */
#include "change/difference_words.h"

#include <stdlib.h>

/* -- the widest names inside a set ---------------------------------------------------------------- */

/* Which extents a set touches, and how many of its classes each has. */
static void meet(hj__words *words, hj_ids set)
{
	hj__scene *scene = words->scene;
	words->stamp = ++words->stamps;
	words->met.count = words->rest.count = 0;
	for (uint32_t i = 0; i < set.count; i++) {
		hj_ids extents = scene->extents_of[set.items[i]];
		words->wanted[set.items[i]] = words->stamp;
		for (uint32_t j = 0; j < extents.count; j++) {
			uint32_t extent = extents.items[j];
			if (words->touched[extent] != words->stamp) {
				words->touched[extent] = words->stamp;
				words->inside[extent] = 0;
				hj__list_add(scene, &words->met, extent);
			}
			words->inside[extent]++;
		}
	}
}

int hj__slices_compare(hj_slice a, hj_slice b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size ? memcmp(a.data, b.data, size) : 0;
	return order ? order : a.size < b.size ? -1 : a.size > b.size;
}

/* Wide before narrow, then by name. */
struct ranked {
	uint32_t extent, atoms;
	hj_slice name;
};

static int by_width(const void *a, const void *b)
{
	const struct ranked *one = a, *other = b;
	if (one->atoms != other->atoms)
		return one->atoms > other->atoms ? -1 : 1;
	return hj__slices_compare(one->name, other->name);
}

/* Marks the classes of an extent as said; returns how many were not. */
static size_t say(hj__words *words, uint32_t extent)
{
	hj_ids classes = words->scene->covered[extent];
	size_t more = 0;
	for (uint32_t i = 0; i < classes.count; i++) {
		more += words->said[classes.items[i]] != words->stamp;
		words->said[classes.items[i]] = words->stamp;
	}
	return more;
}

static void find_rest(hj__words *words, hj_ids set)
{
	words->rest.count = 0;
	for (uint32_t i = 0; i < set.count; i++)
		if (words->said[set.items[i]] != words->stamp)
			hj__list_add(words->scene, &words->rest, set.items[i]);
}

/* The widest extents that lie in the set wholly become picks; what they leave is the rest. */
static void pick(hj__words *words, const hj_slice *names, hj_ids set)
{
	hj__scene *scene = words->scene;
	struct ranked *ranked = hj_alloc(scene->allocator, (words->met.count + 1) * sizeof *ranked);
	size_t count = 0, left = set.count;
	words->picks.count = 0;
	if (!ranked) {
		scene->status = HJ_NO_MEMORY;
		return;
	}
	for (size_t i = 0; i < words->met.count; i++) {
		uint32_t extent = words->met.items[i];
		if (names[extent].size && words->inside[extent] == scene->covered[extent].count)
			ranked[count++] = (struct ranked){
				extent, scene->extents.items[extent].count, names[extent]};
	}
	/* One name often says all of it: "*". The others are put in order when it does not. */
	for (size_t i = 1; i < count; i++)
		if (by_width(&ranked[i], &ranked[0]) < 0) {
			struct ranked wider = ranked[i];
			ranked[i] = ranked[0];
			ranked[0] = wider;
		}
	if (count && scene->covered[ranked[0].extent].count < set.count)
		qsort(ranked, count, sizeof *ranked, by_width);
	for (size_t i = 0; i < count && left; i++) {
		size_t more = say(words, ranked[i].extent);
		if (more)
			hj__list_add(scene, &words->picks, ranked[i].extent);
		left -= more;
	}
	find_rest(words, set);
	hj_free(scene->allocator, ranked, (words->met.count + 1) * sizeof *ranked);
}

size_t hj__atoms_count(const hj__words *words)
{
	size_t count = 0;
	for (size_t i = 0; i < words->rest.count; i++)
		count += words->scene->classes[words->rest.items[i]].count;
	return count;
}

/* -- all but some --------------------------------------------------------------------------------- */

enum { MOST_EXCEPTED = 4, FEW = 3 };

/* Would single atoms be many, or vague? */
static bool is_long(const hj__words *words)
{
	const hj__scene *scene = words->scene;
	bool vague = false;
	size_t count = 0;
	for (size_t i = 0; i < words->rest.count && count <= FEW; i++) {
		hj_ids atoms = scene->classes[words->rest.items[i]];
		for (uint32_t j = 0; j < atoms.count && j <= FEW && !vague; j++)
			vague = hj__atom_is_vague(words, &scene->atoms[atoms.items[j]]);
		count += atoms.count;
	}
	return count > FEW || vague;
}

static bool has_extent(hj_ids extents, uint32_t extent)
{
	for (uint32_t i = 0; i < extents.count; i++)
		if (extents.items[i] == extent)
			return true;
	return false;
}

/* The extent with a name that has all of the rest and least besides, or HJ_NONE. */
static uint32_t find_around(const hj__words *words, const hj_slice *names)
{
	const hj__scene *scene = words->scene;
	hj_ids around = scene->extents_of[words->rest.items[0]];
	uint32_t best = HJ_NONE, least = HJ_NONE;
	for (uint32_t i = 0; i < around.count; i++) {
		uint32_t extent = around.items[i];
		uint32_t lacks = scene->covered[extent].count - words->inside[extent];
		bool all = names[extent].size && lacks < least &&
			words->inside[extent] >= words->rest.count;
		for (size_t j = 1; j < words->rest.count && all; j++)
			all = has_extent(scene->extents_of[words->rest.items[j]], extent);
		if (all) {
			best = extent;
			least = lacks;
		}
	}
	return best;
}

static bool contains(hj_ids wide, hj_ids narrow)
{
	uint32_t at = 0;
	for (uint32_t i = 0; i < narrow.count; i++) {
		while (at < wide.count && wide.items[at] < narrow.items[i])
			at++;
		if (at == wide.count || wide.items[at] != narrow.items[i])
			return false;
	}
	return true;
}

/*
 * "autogroup:member except bob@example.com": an extent around the rest instead of its atoms, when few
 * words say whom of it that does not concern. Returns the extent, or HJ_NONE.
 */
static uint32_t say_around(
	hj__words *words, unsigned side, hj__position position, hj__naming *excepted)
{
	hj__scene *scene = words->scene;
	uint32_t around = find_around(words, words->names[side][position]);
	size_t atoms = hj__atoms_count(words);
	hj__list lacking = {0}, rest = words->rest, picks = words->picks;
	uint32_t stamp = words->stamp;
	/* What it lacks should not be much more to go through than what it has. */
	if (around == HJ_NONE ||
		scene->covered[around].count - words->inside[around] >
			8 * words->rest.count + MOST_EXCEPTED)
		return HJ_NONE;
	hj_ids classes = scene->covered[around];
	for (uint32_t i = 0; i < classes.count; i++)
		if (words->wanted[classes.items[i]] != words->stamp)
			hj__list_add(scene, &lacking, classes.items[i]);
	words->rest = words->picks = (hj__list){0};
	words->vague = false;
	hj__words_say(words, side, position, (hj_ids){lacking.items, (uint32_t)lacking.count},
		excepted, NULL);
	hj__list_free(scene, &words->rest);
	hj__list_free(scene, &words->picks);
	words->rest = rest;
	words->picks = picks;
	words->stamp = stamp;
	hj__list_free(scene, &lacking);
	/* "autogroup:member except other members" would say nothing. */
	if (!words->vague && excepted->count <= MOST_EXCEPTED &&
		(excepted->count < atoms || atoms <= FEW))
		return around;
	hj__naming_free(scene, excepted);
	return HJ_NONE;
}

void hj__words_say(hj__words *words, unsigned side, hj__position position, hj_ids set,
	hj__naming *out, hj__naming *excepted)
{
	hj__scene *scene = words->scene;
	const hj_slice *names = words->names[side][position];
	uint32_t around = HJ_NONE;
	meet(words, set);
	pick(words, names, set);
	if (excepted && !scene->status && words->rest.count && is_long(words))
		around = say_around(words, side, position, excepted);
	for (size_t i = 0; i < words->picks.count && !scene->status; i++)
		if (around == HJ_NONE ||
			!contains(scene->covered[around], scene->covered[words->picks.items[i]]))
			hj__naming_add(scene, out, names[words->picks.items[i]]);
	if (around != HJ_NONE)
		hj__naming_add(scene, out, names[around]);
	else if (words->rest.count && !scene->status)
		hj__atoms_say(words, out);
}
