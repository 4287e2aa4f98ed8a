/*
 * Witnesses: one flow of a piece, with subjects that reach.h knows.
 */
#include "change/difference_words.h"

#include "base/fold.h"

struct search {
	const hj__relation *relation;
	hj__scene *scene;
	const hj__piece *piece;
	hj_arena *arena;
	hj_difference_flow *out;
};

/* -- addresses ------------------------------------------------------------------------------------ */

static bool is_free(const hj__scene *scene, hj_address address)
{
	uint32_t cell = hj__cell_at(scene, address);
	hj_range range = {address, address};
	return !hj_tailnet_contains(range) &&
		(cell == scene->cell_count ||
			hj_address_compare(scene->cells[cell].range.first, address) > 0);
}

/* An address that no rule names: one of those kept for documentation, or one between cells. */
static hj_range free_address(const hj__scene *scene)
{
	static const char *const likely[] = {
		"192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "10.255.255.254"};
	hj_address address = {0};
	for (size_t i = 0; i < sizeof likely / sizeof *likely; i++)
		if (hj_address_parse(hj_slice_str(likely[i]), &address) && is_free(scene, address))
			return (hj_range){address, address};
	for (uint32_t i = 0; i < scene->cell_count; i++) {
		address = scene->cells[i].range.last;
		if (hj_address_next(&address) && is_free(scene, address))
			break;
	}
	return (hj_range){address, address};
}

/* An address of a cell that no device has. */
static hj_range cell_address(const hj__scene *scene, hj_range range)
{
	hj_address address = range.first;
	while (scene->sides[HJ_OLD].world->inventory &&
		hj_world_device_at(scene->sides[HJ_OLD].world, address) != HJ_NONE &&
		hj_address_compare(address, range.last) < 0)
		hj_address_next(&address);
	return (hj_range){address, address};
}

/* -- subjects ------------------------------------------------------------------------------------- */

/* Of these devices one that is nothing more than the atom, or HJ_NONE. */
static uint32_t plain_device(const hj__scene *scene, hj_ids devices)
{
	for (uint32_t i = 0; scene->devices && i < devices.count; i++)
		if (scene->devices[devices.items[i]] == HJ_NONE &&
			scene->sides[HJ_OLD].world->devices[devices.items[i]].tags.count <= 1)
			return devices.items[i];
	return HJ_NONE;
}

/* A real device rather than one that somebody may have some day. */
static void prefer_device(struct search *search, const hj_map *map, hj_subject *subject)
{
	hj_world *world = search->scene->sides[HJ_OLD].world;
	uint32_t at;
	if (!world->inventory)
		return;
	if (hj_world_find(world, map, subject->name, &at)) {
		search->scene->status = HJ_NO_MEMORY;
		return;
	}
	if (at == HJ_NONE)
		return;
	uint32_t device = plain_device(search->scene,
		map == &world->user_of ? world->users[at].devices : world->tags[at].devices);
	if (device == HJ_NONE)
		return;
	*subject = (hj_subject){.kind = HJ_SUBJECT_DEVICE,
		.index = device,
		.name = world->inventory->devices[device].name};
}

static hj_subject subject_of(struct search *search, const hj__atom *atom)
{
	hj__scene *scene = search->scene;
	const hj_world *world = scene->sides[HJ_OLD].world;
	hj_subject out = {.index = HJ_NONE, .name = atom->name};
	switch (atom->kind) {
	case HJ__ATOM_USER:
		out.kind = HJ_SUBJECT_USER;
		prefer_device(search, &world->user_of, &out);
		break;
	case HJ__ATOM_TEMPLATE:
	case HJ__ATOM_MEMBER:
		out.kind = HJ_SUBJECT_MEMBER;
		out.name = HJ_SLICE("");
		break;
	case HJ__ATOM_DOMAIN: out.kind = HJ_SUBJECT_MEMBER; break;
	case HJ__ATOM_ROLE:
		out.kind = HJ_SUBJECT_ROLE;
		out.autogroup = atom->role;
		break;
	case HJ__ATOM_SYNCED: out.kind = HJ_SUBJECT_SYNCED; break;
	case HJ__ATOM_SHARED: out.kind = HJ_SUBJECT_SHARED; break;
	case HJ__ATOM_TAG:
		out.kind = HJ_SUBJECT_TAG;
		prefer_device(search, &world->tag_of, &out);
		break;
	case HJ__ATOM_TAGGED: out.kind = HJ_SUBJECT_TAG; break;
	case HJ__ATOM_DEVICE:
		out.kind = HJ_SUBJECT_DEVICE;
		out.index = atom->device;
		break;
	case HJ__ATOM_SERVICE: out.kind = HJ_SUBJECT_SERVICE; break;
	case HJ__ATOM_CELL:
		out.kind = HJ_SUBJECT_RANGE;
		out.range = cell_address(scene, atom->range);
		break;
	case HJ__ATOM_EXIT:
		out.kind = HJ_SUBJECT_RANGE;
		hj_address_parse(HJ_SLICE("198.51.100.1"), &out.range.first);
		out.range.last = out.range.first;
		break;
	case HJ__ATOM_ROUTE:
	case HJ__ATOM_OUTSIDE:
		out.kind = HJ_SUBJECT_RANGE;
		out.range = free_address(scene);
		break;
	}
	bool ok = true;
	out.name = hj_arena_copy(search->arena, out.name, &ok);
	if (!ok)
		scene->status = HJ_NO_MEMORY;
	return out;
}

/* Somebody in particular is a better witness than an address, and that than no address at all. */
static unsigned worth(const hj__atom *atom)
{
	switch (atom->kind) {
	case HJ__ATOM_EXIT: return 0;
	case HJ__ATOM_OUTSIDE:
	case HJ__ATOM_ROUTE:
	case HJ__ATOM_TEMPLATE: return 1;
	case HJ__ATOM_USER:
	case HJ__ATOM_TAG:
	case HJ__ATOM_DEVICE: return 3;
	default: return 2;
	}
}

enum { MOST_TRIED = 8 };

/* The best atoms of some classes; at least one. */
static size_t find_best(const hj__scene *scene, hj_ids classes, uint32_t *out)
{
	size_t count = 0;
	for (unsigned least = 4; least-- > 0 && count < MOST_TRIED;)
		for (uint32_t i = 0; i < classes.count && count < MOST_TRIED; i++) {
			hj_ids atoms = scene->classes[classes.items[i]];
			for (uint32_t j = 0; j < atoms.count && j < 2 && count < MOST_TRIED; j++)
				if (worth(&scene->atoms[atoms.items[j]]) == least)
					out[count++] = atoms.items[j];
		}
	return count;
}

/* Atoms of two different users, if there are such. Of a piece that is not partly, any will do. */
static void find_atoms(const struct search *search, uint32_t *source, uint32_t *destination)
{
	const hj__scene *scene = search->scene;
	const hj__piece *piece = search->piece;
	uint32_t from[1] = {piece->from}, to[1] = {piece->to};
	uint32_t sources[MOST_TRIED], destinations[MOST_TRIED];
	bool any = !piece->partly, pairs = piece->ends == HJ__CLASSES;
	size_t source_count = find_best(
		scene, any ? scene->sets.items[piece->sources] : (hj_ids){from, 1}, sources);
	size_t destination_count = !pairs
		? 0
		: find_best(scene, any ? scene->sets.items[piece->destinations] : (hj_ids){to, 1},
			  destinations);
	*source = sources[0];
	*destination = pairs ? destinations[0] : sources[0];
	for (size_t i = 0; i < source_count; i++)
		for (size_t j = 0; j < destination_count; j++) {
			uint32_t user = scene->atoms[sources[i]].user;
			if (sources[i] == destinations[j] ||
				(user != HJ_NONE && user == scene->atoms[destinations[j]].user))
				continue;
			*source = sources[i];
			*destination = destinations[j];
			return;
		}
}

/* -- services ------------------------------------------------------------------------------------- */

static void find_service(struct search *search)
{
	const hj__relation *relation = search->relation;
	const hj__piece *piece = search->piece;
	static const uint16_t likely[] = {22, 80, 443};
	hj_services set, had;
	hj_services_init(&set, search->scene->allocator);
	hj_services_init(&had, search->scene->allocator);
	hj__content_services(relation, piece->proof, &set);
	if (piece->proof_had != HJ_NONE)
		hj__content_services(relation, piece->proof_had, &had);
	if (hj_services_subtract(&set, &had))
		search->scene->status = HJ_NO_MEMORY;
	const hj_service_range *best = NULL;
	for (size_t i = 0; i < set.count; i++)
		if (!best || (set.items[i].protocol == 6 && best->protocol != 6))
			best = &set.items[i];
	search->out->protocol = best ? best->protocol : 6;
	search->out->port = -1;
	if (best && hj_protocol_has_ports(best->protocol)) {
		search->out->port = best->first ? best->first : best->last ? 1 : 0;
		for (size_t i = 0; i < sizeof likely / sizeof *likely; i++)
			if (best->first <= likely[i] && likely[i] <= best->last) {
				search->out->port = likely[i];
				break;
			}
	}
	hj_services_free(&set);
	hj_services_free(&had);
}

/* An account that somebody could ask for: of a local part one's own, of nonroot any. */
static void find_account(struct search *search)
{
	const hj__relation *relation = search->relation;
	hj_ids goods = relation->contents.items[search->piece->proof];
	hj_slice account = relation->goods[goods.items[0]].text, login = search->out->source.name;
	hj_selector selector = hj_selector_parse(account);
	bool ok = true;
	const char *at = search->out->source.kind == HJ_SUBJECT_USER && login.size
		? memrchr(login.data, '@', login.size)
		: NULL;
	if (selector.kind == HJ_SELECT_LOCALPART && at)
		account = hj_slice_of(login.data, (size_t)(at - login.data));
	else if (selector.kind == HJ_SELECT_LOCALPART || selector.autogroup == HJ_AUTOGROUP_NONROOT)
		account = HJ_SLICE("somebody");
	search->out->account = hj_arena_copy(search->arena, account, &ok);
	if (!ok)
		search->scene->status = HJ_NO_MEMORY;
}

/* The posture conditions that its device meets. */
static void find_posture(struct search *search)
{
	hj__scene *scene = search->scene;
	const hj__condition *condition = &scene->conditions[search->piece->condition];
	hj_ids texts = scene->postures.items[condition->posture];
	hj_slice *items = hj_arena_alloc(search->arena, (texts.count + 1) * sizeof *items);
	bool ok = items;
	for (uint32_t i = 0; i < texts.count && ok; i++)
		items[i] = hj_arena_copy(
			search->arena, scene->text_of[texts.items[i]].by[search->piece->side], &ok);
	if (!ok)
		scene->status = HJ_NO_MEMORY;
	else
		search->out->posture = (hj_names){.items = items, .count = texts.count};
}

void hj__witness_find(const hj__relation *relation, const hj__piece *piece, hj_arena *arena,
	hj_difference_flow *out)
{
	hj__scene *scene = relation->scene;
	struct search search = {relation, scene, piece, arena, out};
	*out = (hj_difference_flow){.protocol = 6, .port = -1, .own = piece->ends == HJ__OWN};
	uint32_t source, destination;
	find_atoms(&search, &source, &destination);
	out->routed = scene->atoms[source].kind == HJ__ATOM_ROUTE;
	out->source = subject_of(&search, &scene->atoms[source]);
	if (piece->ends != HJ__KEYS)
		out->destination = subject_of(&search, &scene->atoms[destination]);
	if (relation->plane == HJ_PLANE_NETWORK)
		find_service(&search);
	else if (relation->plane == HJ_PLANE_SSH)
		find_account(&search);
	find_posture(&search);
}

hj_status hj_subject_place(hj_world *world, hj_subject *subject)
{
	const hj_map *map = subject->kind == HJ_SUBJECT_USER ? &world->user_of
		: subject->kind == HJ_SUBJECT_TAG            ? &world->tag_of
		: subject->kind == HJ_SUBJECT_SYNCED         ? &world->group_of
		: subject->kind == HJ_SUBJECT_SERVICE        ? &world->service_of
							     : NULL;
	if (!map || !subject->name.size)
		return HJ_OK;
	hj_status status = hj_world_find(world, map, subject->name, &subject->index);
	if (status || subject->kind == HJ_SUBJECT_SERVICE)
		return status;
	/* Whose members are known has none of whom nobody knows. */
	if (subject->kind == HJ_SUBJECT_SYNCED && subject->index != HJ_NONE &&
		!world->groups[subject->index].synced)
		subject->index = HJ_NONE;
	if (subject->index != HJ_NONE)
		return HJ_OK;
	if (subject->kind != HJ_SUBJECT_TAG)
		subject->kind = HJ_SUBJECT_MEMBER;
	const char *at = memrchr(subject->name.data, '@', subject->name.size);
	size_t from = at ? (size_t)(at - subject->name.data) + 1 : subject->name.size;
	subject->name = subject->kind == HJ_SUBJECT_TAG
		? HJ_SLICE("")
		: hj_slice_of(subject->name.data + from, subject->name.size - from);
	return HJ_OK;
}
