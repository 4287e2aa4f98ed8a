/*
 * Words for what no name of the policy says: single atoms.
 */
#include "change/difference_words.h"

#include "base/fold.h"

#include <stdlib.h>

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

static hj_slice domain_of(hj_slice login)
{
	const char *at = login.size ? memrchr(login.data, '@', login.size) : NULL;
	size_t from = at ? (size_t)(at - login.data) + 1 : 0;
	return hj_slice_of(login.data + from, login.size - from);
}

/* Is an atom in what a nameless one is a part of: shares, a role, a domain? */
static bool belongs(const hj__scene *scene, const hj__atom *atom, const hj__atom *to)
{
	const hj__atom *user = atom->user == HJ_NONE ? atom : &scene->atoms[atom->user];
	switch (to->kind) {
	case HJ__ATOM_SHARED: return atom->is & HJ__IS_SHARED;
	case HJ__ATOM_ROLE:
		return atom->role == to->role ||
			(to->role == HJ_AUTOGROUP_ADMIN && atom->role == HJ_AUTOGROUP_OWNER);
	case HJ__ATOM_DOMAIN:
		return atom->is & HJ__IS_MEMBER && user->kind == HJ__ATOM_USER &&
			hj_slice_equal_folded(domain_of(user->name), to->name);
	default: return false;
	}
}

/* Is all of it in the set, so that its name is true? */
static bool is_whole(const hj__words *words, const hj__atom *atom)
{
	const hj__scene *scene = words->scene;
	for (uint32_t i = 0; i < scene->atom_count; i++)
		if (words->wanted[scene->class_of[i]] != words->stamp &&
			belongs(scene, &scene->atoms[i], atom))
			return false;
	return true;
}

bool hj__atom_is_vague(const hj__words *words, const hj__atom *atom)
{
	switch (atom->kind) {
	case HJ__ATOM_MEMBER:
	case HJ__ATOM_TAGGED:
	case HJ__ATOM_OUTSIDE: return true;
	case HJ__ATOM_SHARED:
	case HJ__ATOM_ROLE:
	case HJ__ATOM_DOMAIN: return !is_whole(words, atom);
	default: return false;
	}
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
	case HJ__ATOM_DOMAIN:
		return join(
			scene, is_whole(words, atom) ? "user:*@" : "others in user:*@", atom->name);
	case HJ__ATOM_ROLE:
		return join(scene, is_whole(words, atom) ? "autogroup:" : "others in autogroup:",
			hj_slice_str(hj_autogroup_name(atom->role)));
	case HJ__ATOM_SHARED:
		return is_whole(words, atom) ? HJ_SLICE("autogroup:shared")
					     : HJ_SLICE("others in autogroup:shared");
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

/* By kind; addresses by number, others by name. */
static int by_atom(const void *a, const void *b)
{
	const hj__atom *one = *(const hj__atom *const *)a, *other = *(const hj__atom *const *)b;
	if (one->kind != other->kind)
		return one->kind < other->kind ? -1 : 1;
	if (one->kind == HJ__ATOM_CELL)
		return hj_address_compare(one->range.first, other->range.first);
	int order = hj__slices_compare(one->name, other->name);
	return order ? order : (int)one->role - (int)other->role;
}

/* Is a cell right behind a range? */
static bool follows(hj_range range, const hj__atom *next)
{
	return next->kind == HJ__ATOM_CELL && hj_address_next(&range.last) &&
		hj_address_compare(range.last, next->range.first) == 0;
}

void hj__atoms_say(hj__words *words, hj__naming *out)
{
	hj__scene *scene = words->scene;
	size_t count = 0, total = hj__atoms_count(words);
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
		if (is_implied(words, &atom))
			continue;
		words->vague = words->vague || hj__atom_is_vague(words, &atom);
		hj__naming_add(scene, out, atom_text(words, &atom));
	}
	hj_free(scene->allocator, atoms, total * sizeof *atoms);
}
