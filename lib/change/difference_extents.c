/*
 * Extents: what a selector stands for, as a set of atoms (control plane 2, 3; reach_cover.c answers
 * the same for one subject).
 */
#include "change/difference_parts.h"

#include "base/fold.h"

static uint32_t settle(hj__scene *scene)
{
	hj__list *list = &scene->list;
	hj__list_settle(list);
	uint32_t extent = hj__sets_put(scene, &scene->extents, list->items, list->count);
	list->count = 0;
	return extent;
}

static void add(hj__scene *scene, uint32_t atom)
{
	if (atom != HJ_NONE)
		hj__list_add(scene, &scene->list, atom);
}

/* All atoms with one of these bits. */
static void add_all(hj__scene *scene, unsigned is)
{
	for (uint32_t i = 0; i < scene->atom_count; i++)
		if (scene->atoms[i].is & is)
			add(scene, i);
}

static void add_kind(hj__scene *scene, hj__atom_kind kind)
{
	for (uint32_t i = 0; i < scene->atom_count; i++)
		if (scene->atoms[i].kind == kind)
			add(scene, i);
}

static void add_devices(hj__scene *scene, hj_ids devices)
{
	for (uint32_t i = 0; scene->devices && i < devices.count; i++)
		add(scene, scene->devices[devices.items[i]]);
}

static void add_user(hj__scene *scene, const hj__side *side, uint32_t user)
{
	add(scene, side->users[user]);
	add_devices(scene, side->world->users[user].devices);
}

static void add_group(hj__scene *scene, const hj__side *side, uint32_t group)
{
	hj_ids members = side->world->groups[group].members;
	add(scene, side->groups[group]);
	for (uint32_t i = 0; i < members.count; i++)
		add_user(scene, side, members.items[i]);
}

static hj_slice domain_of(hj_slice login)
{
	const char *at = login.size ? memrchr(login.data, '@', login.size) : NULL;
	size_t from = at ? (size_t)(at - login.data) + 1 : 0;
	return hj_slice_of(login.data + from, login.size - from);
}

/* Members alone; devices follow their users. */
static void add_domain(hj__scene *scene, hj_slice domain)
{
	for (uint32_t i = 0; i < scene->atom_count; i++) {
		const hj__atom *atom = &scene->atoms[i];
		const hj__atom *user = atom->user == HJ_NONE ? atom : &scene->atoms[atom->user];
		if (!(atom->is & HJ__IS_MEMBER))
			continue;
		if (user->kind == HJ__ATOM_USER
				? hj_slice_equal_folded(domain_of(user->name), domain)
				: user->kind == HJ__ATOM_DOMAIN &&
					hj_slice_equal_folded(user->name, domain))
			add(scene, i);
	}
}

/* The owner is an admin too (control plane 2.1). */
static void add_role(hj__scene *scene, hj_autogroup role)
{
	for (uint32_t i = 0; i < scene->atom_count; i++) {
		const hj__atom *atom = &scene->atoms[i];
		if (atom->role == role ||
			(role == HJ_AUTOGROUP_ADMIN && atom->role == HJ_AUTOGROUP_OWNER))
			add(scene, i);
	}
}

/* -- addresses ------------------------------------------------------------------------------------ */

/* Do ranges have all of the tailnet's addresses of one family, so one of every device? */
static bool spans(const hj_range *ranges, uint32_t count)
{
	uint32_t tailnet_count, lacking[2] = {0, 0};
	const hj_range *tailnet = hj_tailnet_ranges(&tailnet_count);
	for (uint32_t i = 0; i < tailnet_count; i++) {
		bool held = false;
		for (uint32_t j = 0; j < count && !held; j++)
			held = hj_range_contains(ranges[j], tailnet[i]);
		lacking[tailnet[i].first.v6] += !held;
	}
	return !lacking[0] || !lacking[1];
}

static bool counts(const hj__cell *cell, hj__position position)
{
	switch (position) {
	case HJ__ROUTED: return !cell->tailnet;
	case HJ__DEVICES: return cell->tailnet;
	default: return true;
	}
}

static void add_range(hj__scene *scene, hj_range range, hj__position position)
{
	for (uint32_t i = hj__cell_at(scene, range.first); i < scene->cell_count &&
		hj_address_compare(scene->cells[i].range.first, range.last) <= 0;
		i++) {
		const hj__cell *cell = &scene->cells[i];
		if (!counts(cell, position))
			continue;
		add(scene, cell->atom);
		for (uint32_t j = cell->resident;
			j < scene->resident_count && scene->residents[j].cell == i; j++) {
			uint32_t atom = scene->residents[j].atom;
			if (scene->atoms[atom].kind == HJ__ATOM_DEVICE ||
				position == HJ__DESTINATION)
				add(scene, atom);
		}
	}
}

static void add_ranges(
	hj__scene *scene, const hj_range *ranges, uint32_t count, hj__position position)
{
	for (uint32_t i = 0; i < count; i++)
		add_range(scene, ranges[i], position);
	if (position == HJ__ROUTED || !spans(ranges, count))
		return;
	/* Devices of the inventory are where their addresses are. */
	for (uint32_t i = 0; i < scene->atom_count; i++)
		if (scene->atoms[i].is & HJ__IS_DEVICE && scene->atoms[i].kind != HJ__ATOM_DEVICE)
			add(scene, i);
	if (position == HJ__DESTINATION)
		add_kind(scene, HJ__ATOM_SERVICE);
}

/* -- "*" ------------------------------------------------------------------------------------------ */

static void add_everything(hj__scene *scene, const hj__side *side, hj__position position)
{
	const hj_world *world = side->world;
	if (position == HJ__DESTINATION) {
		for (uint32_t i = 0; i < scene->atom_count; i++)
			if (scene->atoms[i].kind != HJ__ATOM_ROUTE)
				add(scene, i);
		return;
	}
	if (position == HJ__ROUTED) {
		for (uint32_t i = 0; i < scene->cell_count; i++)
			if (!scene->cells[i].tailnet)
				add(scene, scene->cells[i].atom);
		add_kind(scene, HJ__ATOM_OUTSIDE);
		add_kind(scene, HJ__ATOM_EXIT);
		return;
	}
	add_all(scene, HJ__IS_DEVICE | HJ__IS_TAILNET);
	add_kind(scene, HJ__ATOM_TEMPLATE);
	if (position == HJ__DEVICES)
		return;
	add_kind(scene, HJ__ATOM_ROUTE);
	for (uint32_t i = 0; i < world->route_count; i++)
		add_range(scene, hj_prefix_range(world->routes[i].prefix), position);
}

/* Every address there is, as a source. */
static void add_danger_all(hj__scene *scene)
{
	for (uint32_t i = 0; i < scene->atom_count; i++)
		if (scene->atoms[i].kind != HJ__ATOM_SERVICE &&
			scene->atoms[i].kind != HJ__ATOM_EXIT)
			add(scene, i);
}

/* -- any term ------------------------------------------------------------------------------------- */

static void add_autogroup(
	hj__scene *scene, const hj__side *side, uint32_t term, hj__position position)
{
	const hj_meaning *meaning = &side->world->meanings[term];
	switch (side->world->policy->terms[term].selector.autogroup) {
	case HJ_AUTOGROUP_MEMBER: add_all(scene, HJ__IS_MEMBER); break;
	case HJ_AUTOGROUP_TAGGED: add_all(scene, HJ__IS_TAGGED); break;
	case HJ_AUTOGROUP_SHARED: add_all(scene, HJ__IS_SHARED); break;
	case HJ_AUTOGROUP_DANGER_ALL:
		if (position == HJ__SOURCE)
			add_danger_all(scene);
		break;
	case HJ_AUTOGROUP_INTERNET:
		add_ranges(scene, meaning->ranges, meaning->range_count, position);
		if (position == HJ__DESTINATION || position == HJ__ROUTED)
			add_kind(scene, HJ__ATOM_EXIT);
		break;
	case HJ_AUTOGROUP_UNKNOWN:
	case HJ_AUTOGROUP_SELF: /* relations know it */
	case HJ_AUTOGROUP_NONROOT: break;
	default: add_role(scene, side->world->policy->terms[term].selector.autogroup); break;
	}
}

static void add_named(hj__scene *scene, const hj_map *map, hj_slice name)
{
	uint32_t atom = HJ_NONE;
	if (hj_world_find(scene->sides[HJ_OLD].world, map, name, &atom))
		scene->status = HJ_NO_MEMORY;
	add(scene, atom);
}

static void add_term(hj__scene *scene, const hj__side *side, uint32_t term, hj__position position)
{
	const hj_selector *selector = &side->world->policy->terms[term].selector;
	const hj_meaning *meaning = &side->world->meanings[term];
	bool identity = position != HJ__ROUTED;
	switch (selector->kind) {
	case HJ_SELECT_ALL: add_everything(scene, side, position); break;
	case HJ_SELECT_USER:
		if (identity)
			add_user(scene, side, meaning->index);
		break;
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED:
		if (identity)
			add_group(scene, side, meaning->index);
		break;
	case HJ_SELECT_TAG:
		if (identity) {
			add(scene, side->tags[meaning->index]);
			add_devices(scene, side->world->tags[meaning->index].devices);
		}
		break;
	case HJ_SELECT_DOMAIN:
		if (identity)
			add_domain(scene, selector->name);
		break;
	case HJ_SELECT_AUTOGROUP:
		if (identity || selector->autogroup == HJ_AUTOGROUP_INTERNET)
			add_autogroup(scene, side, term, position);
		break;
	case HJ_SELECT_SERVICE:
		if (position == HJ__DESTINATION)
			add_named(scene, &scene->services, selector->text);
		if (position == HJ__DESTINATION)
			add_ranges(scene, meaning->ranges, meaning->range_count, position);
		break;
	case HJ_SELECT_TEMPLATE: add_named(scene, &scene->templates, selector->text); break;
	default: add_ranges(scene, meaning->ranges, meaning->range_count, position); break;
	}
}

/* -- all of them ---------------------------------------------------------------------------------- */

static void find_side(hj__scene *scene, hj__side *side)
{
	const hj_world *world = side->world;
	uint32_t terms = world->policy->term_count;
	for (int position = 0; position < HJ__POSITIONS && !scene->status; position++) {
		uint32_t *extents = hj__scene_room(scene, terms, sizeof *extents);
		side->extents[position] = extents;
		for (uint32_t i = 0; i < terms && !scene->status; i++) {
			if (!(side->used[i] & 1u << position))
				continue;
			add_term(scene, side, i, (hj__position)position);
			extents[i] = settle(scene);
		}
		add_everything(scene, side, (hj__position)position);
		side->all[position] = settle(scene);
	}
	side->members = hj__scene_room(scene, world->group_count, sizeof *side->members);
	for (uint32_t i = 0; i < world->group_count && !scene->status; i++) {
		add_group(scene, side, i);
		side->members[i] = settle(scene);
	}
}

void hj__extents_find(hj__scene *scene)
{
	for (int i = 0; i < HJ_SIDES && !scene->status; i++)
		find_side(scene, &scene->sides[i]);
	add_all(scene, HJ__NO_POSTURE);
	scene->no_posture = settle(scene);
	add_all(scene, HJ__IS_OWNED);
	scene->owned = settle(scene);
	add_all(scene, HJ__IS_MEMBER);
	scene->members = settle(scene);
	add_all(scene, HJ__IS_TAGGED);
	scene->tagged = settle(scene);
}
