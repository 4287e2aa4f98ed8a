/*
 * Words: a set of classes in the narrowest names that are true.
 */
#include "engine/difference_words.h"

#include <stdlib.h>

/* -- names ---------------------------------------------------------------------------------------- */

/* Gives an extent a name unless it has one. */
static void name(hj__words *words, unsigned side, int position, uint32_t extent, hj_slice text)
{
	hj_slice *at = &words->names[side][position][extent];
	if (at->size == 0)
		*at = text;
}

enum reading { NOWHERE, AT_ITS_PLACE, AT_BOTH_ENDS, EVERYWHERE };

/* Where does a selector mean the same? */
static enum reading reading_of(const hj_selector *selector)
{
	switch (selector->kind) {
	case HJ_SELECT_EMPTY:
	case HJ_SELECT_OTHER: return NOWHERE;
	case HJ_SELECT_ALL:
	case HJ_SELECT_TEMPLATE: return AT_ITS_PLACE;
	case HJ_SELECT_AUTOGROUP:
		return selector->autogroup == HJ_AUTOGROUP_SELF ? NOWHERE
			: selector->autogroup == HJ_AUTOGROUP_INTERNET ||
				selector->autogroup == HJ_AUTOGROUP_DANGER_ALL
			? AT_ITS_PLACE
			: EVERYWHERE;
	case HJ_SELECT_ADDRESS:
	case HJ_SELECT_PREFIX:
	case HJ_SELECT_RANGE:
	case HJ_SELECT_WORD:
	case HJ_SELECT_HOST_PREFIX:
	case HJ_SELECT_IPSET:
	case HJ_SELECT_SERVICE: return AT_BOTH_ENDS;
	default: return EVERYWHERE;
	}
}

static bool is_read_at(enum reading reading, int written, int position)
{
	if (written == position || reading < AT_BOTH_ENDS)
		return reading != NOWHERE && written == position;
	if (written == HJ__ROUTED || position == HJ__ROUTED)
		return false;
	return reading == EVERYWHERE || (written != HJ__DEVICES && position != HJ__DEVICES);
}

static bool is_disjoint(hj_ids a, hj_ids b)
{
	for (uint32_t i = 0, j = 0; i < a.count && j < b.count;)
		if (a.items[i] == b.items[j])
			return false;
		else if (a.items[i] < b.items[j])
			i++;
		else
			j++;
	return true;
}

/* A group that has other members altogether on the other side would be taken for that one. */
static bool is_other_group(hj__words *words, unsigned side, uint32_t group)
{
	hj__scene *scene = words->scene;
	hj__side *sides = scene->sides;
	uint32_t other;
	if (hj_world_find(sides[!side].world, &sides[!side].world->group_of,
		    sides[side].world->groups[group].name, &other))
		scene->status = HJ_NO_MEMORY;
	return !scene->status && other != HJ_NONE &&
		is_disjoint(scene->extents.items[sides[side].members[group]],
			scene->extents.items[sides[!side].members[other]]);
}

/* So would a host or IP set with other addresses. */
static bool is_other_range(hj__words *words, unsigned side, uint32_t term, int written)
{
	const hj__side *sides = words->scene->sides;
	const uint32_t *other = hj_map_get(
		&words->terms[!side], sides[side].world->policy->terms[term].selector.text);
	if (!other)
		return false;
	uint32_t here = sides[side].extents[written][term];
	for (int position = 0; position < HJ__POSITIONS; position++)
		if (sides[!side].used[*other] & 1u << position &&
			sides[!side].extents[position][*other] == here)
			return false;
	return true;
}

static bool is_ambiguous(hj__words *words, unsigned side, uint32_t term, int written)
{
	const hj__side *from = &words->scene->sides[side];
	switch (from->world->policy->terms[term].selector.kind) {
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED:
		return is_other_group(words, side, from->world->meanings[term].index);
	case HJ_SELECT_WORD:
	case HJ_SELECT_HOST_PREFIX:
	case HJ_SELECT_IPSET: return is_other_range(words, side, term, written);
	default: return false;
	}
}

static void name_term(hj__words *words, unsigned side, uint32_t term, int position)
{
	const hj__side *from = &words->scene->sides[side];
	const hj_selector *selector = &from->world->policy->terms[term].selector;
	enum reading reading = reading_of(selector);
	for (int written = 0; written < HJ__POSITIONS; written++)
		if (from->used[term] & 1u << written && is_read_at(reading, written, position) &&
			!is_ambiguous(words, side, term, written))
			name(words, side, position, from->extents[written][term], selector->text);
}

static void name_position(hj__words *words, unsigned side, int position)
{
	hj__scene *scene = words->scene;
	const hj__side *from = &scene->sides[side];
	size_t extents = scene->extents.count;
	words->names[side][position] = hj__scene_room(scene, extents, sizeof(hj_slice));
	if (scene->status)
		return;
	memset(words->names[side][position], 0, extents * sizeof(hj_slice));
	name(words, side, position, from->all[position], HJ_SLICE("*"));
	if (position != HJ__ROUTED) {
		name(words, side, position, scene->members, HJ_SLICE("autogroup:member"));
		name(words, side, position, scene->tagged, HJ_SLICE("autogroup:tagged"));
	}
	for (uint32_t i = 1; i < from->world->policy->term_count; i++)
		name_term(words, side, i, position);
	for (uint32_t i = 0; i < from->world->group_count && position != HJ__ROUTED; i++)
		if (!is_other_group(words, side, i))
			name(words, side, position, from->members[i], from->world->groups[i].name);
}

/* Hosts and IP sets by name, to compare them with the other side's. */
static void index_terms(hj__words *words, unsigned side)
{
	const hj__side *from = &words->scene->sides[side];
	const hj_policy *policy = from->world->policy;
	for (uint32_t i = 1; i < policy->term_count; i++) {
		const hj_selector *term = &policy->terms[i].selector;
		bool named = term->kind == HJ_SELECT_WORD || term->kind == HJ_SELECT_IPSET ||
			term->kind == HJ_SELECT_HOST_PREFIX;
		if (named && from->used[i] &&
			hj_map_put(&words->terms[side], term->text, i, NULL, NULL))
			words->scene->status = HJ_NO_MEMORY;
	}
}

void hj__words_init(hj__words *words, hj__scene *scene)
{
	*words = (hj__words){.scene = scene};
	for (int side = 0; side < HJ_SIDES; side++)
		hj_map_init(&words->terms[side], scene->allocator);
	words->touched = hj__scene_room(scene, scene->extents.count, sizeof *words->touched);
	words->inside = hj__scene_room(scene, scene->extents.count, sizeof *words->inside);
	words->wanted = hj__scene_room(scene, scene->class_count, sizeof *words->wanted);
	words->said = hj__scene_room(scene, scene->class_count, sizeof *words->said);
	if (scene->status)
		return;
	memset(words->touched, 0, scene->extents.count * sizeof *words->touched);
	memset(words->wanted, 0, scene->class_count * sizeof *words->wanted);
	memset(words->said, 0, scene->class_count * sizeof *words->said);
	index_terms(words, HJ_OLD);
	index_terms(words, HJ_NEW);
	for (unsigned side = 0; side < HJ_SIDES; side++)
		for (int position = 0; position < HJ__POSITIONS && !scene->status; position++)
			name_position(words, side, position);
}

void hj__words_prefer(hj__words *words, unsigned side, const hj__tuple *tuple)
{
	const hj__side *from = &words->scene->sides[side];
	const hj_term *terms = from->world->policy->terms;
	for (uint32_t i = 0; i <= (tuple->src ? tuple->src->count : 0); i++) {
		uint32_t term = tuple->src && i < tuple->src->count ? tuple->src->items[i].term
								    : tuple->term;
		if (!term || reading_of(&terms[term].selector) == NOWHERE)
			continue;
		for (int position = 0; position < HJ__POSITIONS; position++)
			if (from->used[term] & 1u << position &&
				!is_ambiguous(words, side, term, position))
				words->names[side][position][from->extents[position][term]] =
					terms[term].selector.text;
	}
}

void hj__words_free(hj__words *words)
{
	hj_map_free(&words->terms[HJ_OLD]);
	hj_map_free(&words->terms[HJ_NEW]);
	hj__list_free(words->scene, &words->met);
	hj__list_free(words->scene, &words->rest);
	hj__list_free(words->scene, &words->picks);
}

/* -- lists of names ------------------------------------------------------------------------------- */

void hj__naming_add(hj__scene *scene, hj__naming *names, hj_slice text)
{
	if (names->count >= HJ__MOST_NAMES)
		names->left_out++;
	else if (hj__scene_grow(scene, &names->items, &names->capacity, names->count,
			 sizeof *names->items))
		names->items[names->count++] = text;
}

void hj__naming_free(hj__scene *scene, hj__naming *names)
{
	hj_free(scene->allocator, names->items, names->capacity * sizeof *names->items);
	*names = (hj__naming){0};
}

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

/* Wide before narrow, then by name. */
struct ranked {
	uint32_t extent, atoms;
	hj_slice name;
};

static int compare_slices(hj_slice a, hj_slice b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size ? memcmp(a.data, b.data, size) : 0;
	return order ? order : a.size < b.size ? -1 : a.size > b.size;
}

static int by_width(const void *a, const void *b)
{
	const struct ranked *one = a, *other = b;
	if (one->atoms != other->atoms)
		return one->atoms > other->atoms ? -1 : 1;
	return compare_slices(one->name, other->name);
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

/* -- single atoms --------------------------------------------------------------------------------- */

static hj_slice keep(hj__scene *scene, hj_text *text)
{
	bool ok = true;
	hj_slice kept = hj_arena_copy(&scene->arena, hj_text_slice(text), &ok);
	if (!ok || text->status)
		scene->status = HJ_NO_MEMORY;
	hj_text_free(text);
	return kept;
}

static hj_slice join(hj__scene *scene, const char *before, hj_slice after)
{
	hj_text text;
	hj_text_init(&text, scene->allocator);
	hj_text_str(&text, before);
	hj_text_append(&text, after);
	return keep(scene, &text);
}

static hj_slice range_text(hj__scene *scene, hj_range range)
{
	hj_text text;
	hj_text_init(&text, scene->allocator);
	hj_range_append(&text, range);
	return keep(scene, &text);
}

/* Members of a group that the inventory's provider knows; the other side may say who they are. */
static hj_slice synced_text(hj__scene *scene, const hj__atom *atom)
{
	for (int side = 0; side < HJ_SIDES; side++) {
		hj_world *world = scene->sides[side].world;
		uint32_t group;
		if (hj_world_find(world, &world->group_of, atom->name, &group))
			scene->status = HJ_NO_MEMORY;
		else if (group != HJ_NONE && !world->groups[group].synced)
			return join(scene, "other members of ", atom->name);
	}
	return atom->name;
}

/* Are there devices that are no more than the atom says, at addresses that rules name, and not meant? */
static bool has_others(const hj__words *words, hj_ids devices)
{
	const hj__scene *scene = words->scene;
	for (uint32_t i = 0; i < devices.count; i++) {
		uint32_t atom = scene->devices[devices.items[i]];
		if (atom != HJ_NONE && words->wanted[scene->class_of[atom]] != words->stamp)
			return true;
	}
	return false;
}

/* A user or a tag, as far as devices at addresses of their own are meant too. */
static hj_slice owner_text(hj__words *words, const hj__atom *atom)
{
	hj__scene *scene = words->scene;
	hj_world *world = scene->sides[HJ_OLD].world;
	bool user = atom->kind == HJ__ATOM_USER;
	uint32_t at;
	if (!scene->devices)
		return atom->name;
	if (hj_world_find(world, user ? &world->user_of : &world->tag_of, atom->name, &at))
		scene->status = HJ_NO_MEMORY;
	if (scene->status || at == HJ_NONE ||
		!has_others(words, user ? world->users[at].devices : world->tags[at].devices))
		return atom->name;
	return join(scene, user ? "other devices of " : "other devices with ", atom->name);
}

static hj_slice atom_text(hj__words *words, const hj__atom *atom)
{
	hj__scene *scene = words->scene;
	switch (atom->kind) {
	case HJ__ATOM_USER:
	case HJ__ATOM_TAG: return owner_text(words, atom);
	case HJ__ATOM_SYNCED: return synced_text(scene, atom);
	case HJ__ATOM_MEMBER: return HJ_SLICE("other members");
	case HJ__ATOM_DOMAIN: return join(scene, "user:*@", atom->name);
	case HJ__ATOM_ROLE:
		return join(scene, "autogroup:", hj_slice_str(hj_autogroup_name(atom->role)));
	case HJ__ATOM_SHARED: return HJ_SLICE("autogroup:shared");
	case HJ__ATOM_TAGGED: return HJ_SLICE("other tagged devices");
	case HJ__ATOM_ROUTE: return HJ_SLICE("other approved routes");
	case HJ__ATOM_OUTSIDE: return HJ_SLICE("other addresses");
	case HJ__ATOM_EXIT: return HJ_SLICE("exit nodes");
	case HJ__ATOM_CELL: return range_text(scene, atom->range);
	default: return atom->name;
	}
}

/* A device goes without saying where all that it is does. */
static bool is_implied(const hj__words *words, const hj__atom *atom)
{
	const hj__scene *scene = words->scene;
	return atom->kind == HJ__ATOM_DEVICE && atom->user != HJ_NONE &&
		words->wanted[scene->class_of[atom->user]] == words->stamp;
}

static size_t count_atoms(const hj__words *words, const hj__list *classes)
{
	size_t count = 0;
	for (size_t i = 0; i < classes->count; i++)
		count += words->scene->classes[classes->items[i]].count;
	return count;
}

/* By kind; addresses by number, others by name. */
static int by_atom(const void *a, const void *b)
{
	const hj__atom *one = *(const hj__atom *const *)a, *other = *(const hj__atom *const *)b;
	if (one->kind != other->kind)
		return one->kind < other->kind ? -1 : 1;
	if (one->kind == HJ__ATOM_CELL)
		return hj_address_compare(one->range.first, other->range.first);
	int order = compare_slices(one->name, other->name);
	return order ? order : (int)one->role - (int)other->role;
}

/* Is a cell right behind a range? */
static bool follows(hj_range range, const hj__atom *next)
{
	return next->kind == HJ__ATOM_CELL && hj_address_next(&range.last) &&
		hj_address_compare(range.last, next->range.first) == 0;
}

/* Atoms of the rest; cells that touch become one range. */
static void say_atoms(hj__words *words, hj__naming *out)
{
	hj__scene *scene = words->scene;
	size_t count = 0, total = count_atoms(words, &words->rest);
	const hj__atom **atoms = hj_alloc(scene->allocator, total * sizeof *atoms);
	if (!atoms) {
		scene->status = HJ_NO_MEMORY;
		return;
	}
	for (size_t i = 0; i < words->rest.count; i++) {
		hj_ids class = scene->classes[words->rest.items[i]];
		for (uint32_t j = 0; j < class.count; j++)
			atoms[count++] = &scene->atoms[class.items[j]];
	}
	qsort(atoms, count, sizeof *atoms, by_atom);
	for (size_t i = 0; i < count && !scene->status; i++) {
		hj__atom atom = *atoms[i];
		while (atom.kind == HJ__ATOM_CELL && i + 1 < count &&
			follows(atom.range, atoms[i + 1]))
			atom.range.last = atoms[++i]->range.last;
		if (!is_implied(words, &atom))
			hj__naming_add(scene, out, atom_text(words, &atom));
	}
	hj_free(scene->allocator, atoms, total * sizeof *atoms);
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
		for (uint32_t j = 0; j < atoms.count && j <= FEW; j++) {
			hj__atom_kind kind = scene->atoms[atoms.items[j]].kind;
			vague = vague || kind == HJ__ATOM_MEMBER || kind == HJ__ATOM_TAGGED ||
				kind == HJ__ATOM_OUTSIDE;
		}
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
	size_t atoms = count_atoms(words, &words->rest);
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
	hj__words_say(words, side, position, (hj_ids){lacking.items, (uint32_t)lacking.count},
		excepted, NULL);
	hj__list_free(scene, &words->rest);
	hj__list_free(scene, &words->picks);
	words->rest = rest;
	words->picks = picks;
	words->stamp = stamp;
	hj__list_free(scene, &lacking);
	if (excepted->count <= MOST_EXCEPTED && (excepted->count < atoms || atoms <= FEW))
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
		say_atoms(words, out);
}
