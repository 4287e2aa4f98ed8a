/*
 * Cells: stretches of addresses that no range of either side cuts, as far as some range has them. An
 * address of a device is that device; what nobody has is an atom of its own.
 */
#include "change/difference_parts.h"

#include <stdlib.h>

typedef struct cutter {
	hj__scene *scene;
	hj_range *ranges; /* of all terms and routes */
	size_t count, capacity;
	hj_address *cuts; /* where cells begin */
	size_t cut_count;
} cutter;

static void add_range(cutter *cut, hj_range range)
{
	if (hj__scene_grow(
		    cut->scene, &cut->ranges, &cut->capacity, cut->count, sizeof *cut->ranges))
		cut->ranges[cut->count++] = range;
}

static void gather(cutter *cut, const hj__side *side)
{
	const hj_world *world = side->world;
	for (uint32_t i = 0; i < world->policy->term_count; i++)
		for (uint32_t j = 0; side->used[i] && j < world->meanings[i].range_count; j++)
			add_range(cut, world->meanings[i].ranges[j]);
	for (uint32_t i = 0; i < world->route_count; i++)
		add_range(cut, hj_prefix_range(world->routes[i].prefix));
}

static int by_address(const void *a, const void *b)
{
	const hj_address *one = a, *other = b;
	return hj_address_compare(*one, *other);
}

static void add_cuts(cutter *cut, hj_range range)
{
	hj_address after = range.last;
	cut->cuts[cut->cut_count++] = range.first;
	if (hj_address_next(&after))
		cut->cuts[cut->cut_count++] = after;
}

static void find_cuts(cutter *cut)
{
	uint32_t tailnet_count;
	const hj_range *tailnet = hj_tailnet_ranges(&tailnet_count);
	cut->cuts = hj__scene_room(cut->scene, (cut->count + tailnet_count) * 2, sizeof *cut->cuts);
	if (!cut->cuts)
		return;
	for (size_t i = 0; i < cut->count; i++)
		add_cuts(cut, cut->ranges[i]);
	for (uint32_t i = 0; i < tailnet_count; i++)
		add_cuts(cut, tailnet[i]);
	qsort(cut->cuts, cut->cut_count, sizeof *cut->cuts, by_address);
}

static void add_cell(hj__scene *scene, hj_range range)
{
	scene->cells[scene->cell_count++] =
		(hj__cell){.range = range, .atom = HJ_NONE, .tailnet = hj_tailnet_contains(range)};
}

/* The union of all ranges, in pieces. */
static void make_cells(cutter *cut, const hj_range_set *covered)
{
	hj__scene *scene = cut->scene;
	size_t at = 0;
	scene->cells = hj__scene_room(scene, cut->cut_count + covered->count, sizeof *scene->cells);
	for (size_t i = 0; i < covered->count && scene->cells; i++) {
		hj_range rest = covered->items[i];
		for (; at < cut->cut_count && hj_address_compare(cut->cuts[at], rest.last) <= 0;
			at++) {
			hj_range cell = {rest.first, cut->cuts[at]};
			if (hj_address_compare(cut->cuts[at], rest.first) <= 0)
				continue;
			hj_address_previous(&cell.last);
			add_cell(scene, cell);
			rest.first = cut->cuts[at];
		}
		add_cell(scene, rest);
	}
}

uint32_t hj__cell_at(const hj__scene *scene, hj_address address)
{
	uint32_t from = 0, to = scene->cell_count;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (hj_address_compare(scene->cells[middle].range.last, address) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* -- residents ------------------------------------------------------------------------------------ */

/* The cell of an address, or HJ_NONE. */
static uint32_t cell_of(const hj__scene *scene, hj_address address)
{
	uint32_t at = hj__cell_at(scene, address);
	return at < scene->cell_count &&
			hj_address_compare(scene->cells[at].range.first, address) <= 0
		? at
		: HJ_NONE;
}

static uint32_t device_atom(hj__scene *scene, uint32_t at)
{
	const hj__side *side = &scene->sides[HJ_OLD];
	const hj_device *device = &side->world->inventory->devices[at];
	const hj_node_device *node = &side->world->devices[at];
	hj__atom atom = {.kind = HJ__ATOM_DEVICE,
		.is = HJ__IS_DEVICE,
		.name = device->name,
		.device = at,
		.user = HJ_NONE};
	if (scene->devices[at] != HJ_NONE || scene->status)
		return scene->devices[at];
	if (device->external) {
		atom.is |= HJ__IS_SHARED | HJ__NO_POSTURE;
	} else if (node->tags.count) {
		atom.is |= HJ__IS_TAGGED;
	} else if (node->user != HJ_NONE) {
		const hj__atom *user = &scene->atoms[side->users[node->user]];
		atom.is = user->is;
		atom.role = user->role;
		atom.user = user->is & HJ__IS_OWNED ? side->users[node->user] : HJ_NONE;
	}
	return scene->devices[at] = hj__atom_add(scene, atom);
}

static int by_cell(const void *a, const void *b)
{
	const hj__resident *one = a, *other = b;
	if (one->cell != other->cell)
		return one->cell < other->cell ? -1 : 1;
	return one->atom < other->atom ? -1 : one->atom > other->atom;
}

/* Who is at these addresses, as far as cells have them; device: HJ_NONE for an atom that is there. */
static void settle_in(hj__scene *scene, const hj_address *addresses, uint32_t count,
	uint32_t device, uint32_t atom)
{
	for (uint32_t i = 0; i < count && !scene->status; i++) {
		uint32_t cell = cell_of(scene, addresses[i]);
		if (cell == HJ_NONE)
			continue;
		if (device != HJ_NONE)
			atom = device_atom(scene, device);
		scene->residents[scene->resident_count++] = (hj__resident){cell, atom};
	}
}

/* Has a device addresses of both families, as all have for whom nothing was switched off? */
static bool has_both_families(const hj_device *device)
{
	bool has[2] = {false, false};
	for (uint32_t i = 0; i < device->address_count; i++)
		has[device->addresses[i].v6] = true;
	return has[0] && has[1];
}

/*
 * Devices at addresses that somebody names; and those that are less than what their user or tag is: of
 * one family, shared in, or nobody's.
 */
static void find_residents(hj__scene *scene)
{
	const hj_inventory *inventory = scene->sides[HJ_OLD].world->inventory;
	size_t most = 0;
	for (uint32_t i = 0; i < inventory->device_count; i++)
		most += inventory->devices[i].address_count;
	for (uint32_t i = 0; i < inventory->service_count; i++)
		most += inventory->services[i].address_count;
	scene->devices = hj__scene_room(scene, inventory->device_count, sizeof *scene->devices);
	scene->residents = hj__scene_room(scene, most, sizeof *scene->residents);
	for (uint32_t i = 0; i < inventory->device_count && !scene->status; i++) {
		const hj_device *device = &inventory->devices[i];
		const hj_node_device *node = &scene->sides[HJ_OLD].world->devices[i];
		scene->devices[i] = HJ_NONE;
		if (device->external || !has_both_families(device) ||
			(node->user == HJ_NONE && node->tags.count == 0))
			device_atom(scene, i);
		settle_in(scene, device->addresses, device->address_count, i, HJ_NONE);
	}
	for (uint32_t i = 0; i < inventory->service_count && !scene->status; i++) {
		const hj_inventory_service *service = &inventory->services[i];
		uint32_t atom;
		if (hj_world_find(
			    scene->sides[HJ_OLD].world, &scene->services, service->name, &atom))
			scene->status = HJ_NO_MEMORY;
		settle_in(scene, service->addresses, service->address_count, HJ_NONE, atom);
	}
	if (!scene->status)
		qsort(scene->residents, scene->resident_count, sizeof *scene->residents, by_cell);
}

/* Are there as many residents as addresses? */
static bool is_full(const hj__cell *cell, uint32_t residents)
{
	const hj_address *first = &cell->range.first, *last = &cell->range.last;
	return residents && first->high == last->high && last->low - first->low < residents;
}

static void add_atoms(hj__scene *scene)
{
	uint32_t at = 0;
	for (uint32_t i = 0; i < scene->cell_count && !scene->status; i++) {
		hj__cell *cell = &scene->cells[i];
		cell->resident = at;
		while (at < scene->resident_count && scene->residents[at].cell == i)
			at++;
		if (is_full(cell, at - cell->resident))
			continue;
		cell->atom = hj__atom_add(scene,
			(hj__atom){.kind = HJ__ATOM_CELL,
				.is = cell->tailnet ? HJ__IS_TAILNET : HJ__NO_POSTURE,
				.device = HJ_NONE,
				.user = HJ_NONE,
				.range = cell->range});
	}
}

void hj__cells_find(hj__scene *scene)
{
	cutter cut = {.scene = scene};
	hj_range_set covered;
	hj_range_set_init(&covered, scene->allocator);
	for (int i = 0; i < HJ_SIDES && !scene->status; i++)
		gather(&cut, &scene->sides[i]);
	if (!scene->status && hj_range_set_add_all(&covered, cut.ranges, cut.count))
		scene->status = HJ_NO_MEMORY;
	if (!scene->status)
		find_cuts(&cut);
	if (!scene->status)
		make_cells(&cut, &covered);
	if (!scene->status && scene->sides[HJ_OLD].world->inventory)
		find_residents(scene);
	add_atoms(scene);
	hj_range_set_free(&covered);
	hj_free(scene->allocator, cut.ranges, cut.capacity * sizeof *cut.ranges);
}
