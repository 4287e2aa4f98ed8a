#include "engine/world_parts.h"

#include "base/fold.h"

/* -- rows -------------------------------------------------------------------------------------- */

void *hj__room(hj_arena *arena, size_t count, size_t size)
{
	size_t bytes;
	return hj_multiply(count ? count : 1, size, &bytes) ? hj_arena_alloc(arena, bytes) : NULL;
}

void hj__pairs_add(hj__pairs *pairs, uint32_t row, uint32_t item)
{
	if (!pairs->ok)
		return;
	if (pairs->count == pairs->capacity &&
		hj_grow(pairs->allocator, &pairs->items, &pairs->capacity, pairs->count + 1,
			sizeof *pairs->items)) {
		pairs->ok = false;
		return;
	}
	pairs->items[pairs->count][0] = row;
	pairs->items[pairs->count++][1] = item;
}

bool hj__deal(hj__pairs *pairs, hj_arena *arena, hj_ids *first, uint32_t rows, size_t stride)
{
	char *base = (char *)first;
	uint32_t *block = pairs->ok ? hj__room(arena, pairs->count, sizeof *block) : NULL;
	bool good = block != NULL;
	if (good && rows) {
		for (size_t i = 0; i < pairs->count; i++)
			((hj_ids *)(void *)(base + pairs->items[i][0] * stride))->count++;
		for (uint32_t row = 0; row < rows; row++) {
			hj_ids *list = (void *)(base + row * stride);
			list->items = block;
			block += list->count;
			list->count = 0;
		}
		for (size_t i = 0; i < pairs->count; i++) {
			hj_ids *list = (void *)(base + pairs->items[i][0] * stride);
			list->items[list->count++] = pairs->items[i][1];
		}
	}
	hj__pairs_free(pairs);
	return good;
}

void hj__pairs_free(hj__pairs *pairs)
{
	hj_free(pairs->allocator, pairs->items, pairs->capacity * sizeof *pairs->items);
	*pairs = (hj__pairs){.allocator = pairs->allocator, .ok = pairs->ok};
}

/* -- names --------------------------------------------------------------------------------------- */

typedef struct builder {
	hj_world *world;
	const hj_policy *policy;
	hj_arena *arena;
	bool ok; /* false: memory was out */
} builder;

static hj_slice after_last_at(hj_slice text)
{
	const char *at = text.size ? memrchr(text.data, '@', text.size) : NULL;
	if (!at)
		return text;
	size_t from = (size_t)(at - text.data) + 1;
	return hj_slice_of(text.data + from, text.size - from);
}

/* A name with its prefix in lower case; the rest as it is. */
static hj_slice with_prefix(builder *build, hj_slice prefix, const hj_selector *selector)
{
	if (hj_slice_starts(selector->text, prefix))
		return selector->text;
	char *copy = hj_arena_alloc(build->arena, prefix.size + selector->name.size);
	build->ok = build->ok && copy;
	if (!copy)
		return selector->text;
	memcpy(copy, prefix.data, prefix.size);
	if (selector->name.size)
		memcpy(copy + prefix.size, selector->name.data, selector->name.size);
	return hj_slice_of(copy, prefix.size + selector->name.size);
}

/* The index of a name, which is the next one when it is new. */
static uint32_t name_index(builder *build, hj_map *map, hj_slice key, uint32_t *count)
{
	uint32_t *found;
	bool was_there;
	if (!build->ok || hj_map_put(map, key, *count, &found, &was_there)) {
		build->ok = false;
		return HJ_NONE;
	}
	if (!was_there)
		(*count)++;
	return *found;
}

static uint32_t add_user(builder *build, hj_slice login)
{
	hj_world *world = build->world;
	hj_slice key = hj_slice_folded(login, build->arena, &build->ok);
	uint32_t count = world->user_count, at = name_index(build, &world->user_of, key, &count);
	if (count > world->user_count)
		world->users[world->user_count++] =
			(hj_user){.login = login, .domain = after_last_at(login)};
	return at;
}

static uint32_t add_group(builder *build, hj_slice name, uint32_t entry)
{
	hj_world *world = build->world;
	uint32_t count = world->group_count, at = name_index(build, &world->group_of, name, &count);
	if (count > world->group_count)
		world->groups[world->group_count++] = (hj_group){.name = name,
			.entry = entry,
			.synced = entry == HJ_NONE || memchr(name.data, '@', name.size)};
	return at;
}

static uint32_t add_tag(builder *build, hj_slice name, uint32_t entry)
{
	hj_world *world = build->world;
	name = hj_slice_folded(name, build->arena, &build->ok);
	uint32_t count = world->tag_count, at = name_index(build, &world->tag_of, name, &count);
	if (count > world->tag_count)
		world->tags[world->tag_count++] = (hj_tag){.name = name, .entry = entry};
	return at;
}

/* Room for as many users, groups and tags as there may be. */
static bool make_room(builder *build)
{
	hj_world *world = build->world;
	const hj_inventory *inventory = world->inventory;
	const hj_policy *policy = build->policy;
	size_t users = inventory ? inventory->user_count : 0, groups = policy->groups.count,
	       tags = policy->tag_owners.count;
	for (uint32_t i = 0; i < policy->term_count; i++) {
		hj_selector_kind kind = policy->terms[i].selector.kind;
		users += kind == HJ_SELECT_USER;
		groups += kind == HJ_SELECT_GROUP || kind == HJ_SELECT_SYNCED;
		tags += kind == HJ_SELECT_TAG;
	}
	for (uint32_t i = 0; inventory && i < inventory->device_count; i++)
		tags += inventory->devices[i].tag_count;
	world->users = hj__room(build->arena, users, sizeof *world->users);
	world->groups = hj__room(build->arena, groups, sizeof *world->groups);
	world->tags = hj__room(build->arena, tags, sizeof *world->tags);
	world->meanings = hj__room(build->arena, policy->term_count, sizeof *world->meanings);
	return world->users && world->groups && world->tags && world->meanings;
}

static void name_inventory(builder *build)
{
	hj_world *world = build->world;
	const hj_inventory *inventory = world->inventory;
	for (uint32_t i = 0; i < inventory->user_count; i++) {
		/* Devices refer to users by number: each gets its own, whatever its name. */
		const hj_inventory_user *user = &inventory->users[i];
		hj_slice key = hj_slice_folded(user->login, build->arena, &build->ok);
		if (hj_map_put(&world->user_of, key, i, NULL, NULL))
			build->ok = false;
		world->users[i] = (hj_user){.login = user->login,
			.domain = after_last_at(user->login),
			.role = user->role,
			.listed = true,
			.shared = user->shared};
		world->user_count = i + 1;
	}
	world->services = inventory->services;
	world->service_count = inventory->service_count;
	for (uint32_t i = 0; i < inventory->service_count; i++) {
		hj_slice key =
			hj_slice_folded(inventory->services[i].name, build->arena, &build->ok);
		if (hj_map_put(&world->service_of, key, i, NULL, NULL))
			build->ok = false;
	}
}

/* Names that the policy defines, in its order. */
static void name_definitions(builder *build)
{
	const hj_policy *policy = build->policy;
	for (uint32_t i = 0; i < policy->groups.count; i++) {
		hj_selector name = hj_selector_parse(policy->groups.items[i].name.text);
		if (name.kind == HJ_SELECT_GROUP || name.kind == HJ_SELECT_SYNCED)
			add_group(build, with_prefix(build, HJ_SLICE("group:"), &name), i);
	}
	for (uint32_t i = 0; i < policy->tag_owners.count; i++) {
		hj_selector name = hj_selector_parse(policy->tag_owners.items[i].name.text);
		if (name.kind == HJ_SELECT_TAG)
			add_tag(build, name.text, i);
	}
}

static uint32_t find_service(builder *build, hj_slice name)
{
	hj_slice key = hj_slice_folded(name, build->arena, &build->ok);
	const uint32_t *found = hj_map_get(&build->world->service_of, key);
	return found ? *found : HJ_NONE;
}

/* Names that it uses: each term's index. */
static void name_terms(builder *build)
{
	const hj_policy *policy = build->policy;
	for (uint32_t i = 0; i < policy->term_count && build->ok; i++) {
		const hj_selector *term = &policy->terms[i].selector;
		uint32_t index = HJ_NONE;
		switch (term->kind) {
		case HJ_SELECT_USER: index = add_user(build, term->text); break;
		case HJ_SELECT_GROUP:
		case HJ_SELECT_SYNCED:
			index = add_group(
				build, with_prefix(build, HJ_SLICE("group:"), term), HJ_NONE);
			break;
		case HJ_SELECT_TAG: index = add_tag(build, term->text, HJ_NONE); break;
		case HJ_SELECT_SERVICE: index = find_service(build, term->text); break;
		default: break;
		}
		build->world->meanings[i] = (hj_meaning){.index = index, .defined = true};
	}
}

/* -- who belongs to what ------------------------------------------------------------------------- */

/* Groups and users. What is no user in a group is the acceptance's to blame. */
static bool join_groups(builder *build)
{
	hj_world *world = build->world;
	const hj_policy *policy = build->policy;
	hj__pairs of_users = {.allocator = build->arena->allocator, .ok = true};
	hj__pairs of_groups = of_users;
	/* The group that met a user last, to count nobody twice. */
	uint32_t *last = hj__room(build->arena, world->user_count, sizeof *last);
	for (uint32_t i = 0; last && i < world->user_count; i++)
		last[i] = HJ_NONE;
	for (uint32_t i = 0; last && i < world->group_count; i++) {
		if (world->groups[i].entry == HJ_NONE)
			continue;
		const hj_words *words = &policy->groups.items[world->groups[i].entry].words;
		for (uint32_t j = 0; j < words->count; j++) {
			uint32_t term = words->items[j].term, user = world->meanings[term].index;
			if (policy->terms[term].selector.kind != HJ_SELECT_USER || last[user] == i)
				continue;
			last[user] = i;
			hj__pairs_add(&of_users, user, i);
		}
	}
	bool ok = hj__deal(&of_users, build->arena, &world->users->groups, world->user_count,
		sizeof *world->users);
	for (uint32_t i = 0; ok && i < world->user_count; i++)
		for (uint32_t j = 0; j < world->users[i].groups.count; j++)
			hj__pairs_add(&of_groups, world->users[i].groups.items[j], i);
	ok = hj__deal(&of_groups, build->arena, &world->groups->members, world->group_count,
		     sizeof *world->groups) &&
		ok;
	return ok && last;
}

/* Users of one domain are a chain, in their order. */
static bool join_domains(builder *build)
{
	hj_world *world = build->world;
	uint32_t *next = hj__room(build->arena, world->user_count, sizeof *next);
	if (!next)
		return false;
	world->parts->next_in_domain = next;
	for (uint32_t i = world->user_count; i-- > 0;) {
		uint32_t *first;
		bool was_there;
		if (hj_map_put(
			    &world->parts->domains, world->users[i].domain, i, &first, &was_there))
			return false;
		next[i] = was_there ? *first : HJ_NONE;
		*first = i;
	}
	return true;
}

/* A device with a tag belongs to no user. The tags of one that is shared in are another tailnet's. */
static bool join_devices(builder *build)
{
	hj_world *world = build->world;
	const hj_inventory *inventory = world->inventory;
	hj__pairs of_users = {.allocator = build->arena->allocator, .ok = true};
	hj__pairs of_tags = of_users, of_devices = of_users;
	world->device_count = inventory ? inventory->device_count : 0;
	world->devices = hj__room(build->arena, world->device_count, sizeof *world->devices);
	for (uint32_t i = 0; world->devices && i < world->device_count; i++) {
		const hj_device *device = &inventory->devices[i];
		bool owned = device->tag_count == 0 && device->user != HJ_NONE;
		world->devices[i] = (hj_node_device){.user = owned ? device->user : HJ_NONE};
		if (owned)
			hj__pairs_add(&of_users, device->user, i);
		for (uint32_t j = 0; j < device->tag_count && !device->external; j++)
			hj__pairs_add(&of_tags, add_tag(build, device->tags[j].text, HJ_NONE), i);
	}
	bool ok = world->devices && build->ok;
	of_tags.ok = of_tags.ok && ok;
	ok = hj__deal(&of_users, build->arena, &world->users->devices, world->user_count,
		     sizeof *world->users) &&
		ok;
	ok = hj__deal(&of_tags, build->arena, &world->tags->devices, world->tag_count,
		     sizeof *world->tags) &&
		ok;
	if (!ok)
		return false;
	for (uint32_t i = 0; i < world->tag_count; i++)
		for (uint32_t j = 0; j < world->tags[i].devices.count; j++)
			hj__pairs_add(&of_devices, world->tags[i].devices.items[j], i);
	return hj__deal(&of_devices, build->arena, &world->devices->tags, world->device_count,
		sizeof *world->devices);
}

/* -- the whole ----------------------------------------------------------------------------------- */

static bool build_all(builder *build)
{
	hj_world *world = build->world;
	world->parts = hj_arena_alloc(build->arena, sizeof *world->parts);
	if (!world->parts)
		return false;
	*world->parts = (struct hj__world_parts){0};
	hj_map_init(&world->parts->domains, build->arena->allocator);
	if (!make_room(build))
		return false;
	if (world->inventory)
		name_inventory(build);
	name_definitions(build);
	name_terms(build);
	return build->ok && join_groups(build) && join_domains(build) && join_devices(build) &&
		hj__world_ranges(world) && hj__world_homes(world) && hj__world_routes(world);
}

hj_status hj_world_build(const hj_policy *policy, const hj_inventory *inventory, hj_slice tailnet,
	const hj_allocator *allocator, hj_world *out)
{
	*out = (hj_world){.policy = policy, .inventory = inventory};
	if (tailnet.size == 0 && inventory)
		tailnet = inventory->tailnet;
	out->domain = after_last_at(tailnet);
	hj_arena_init(&out->arena, allocator);
	hj_map_init(&out->user_of, allocator);
	hj_map_init(&out->group_of, allocator);
	hj_map_init(&out->tag_of, allocator);
	hj_map_init(&out->service_of, allocator);
	builder build = {.world = out, .policy = policy, .arena = &out->arena, .ok = true};
	if (build_all(&build))
		return HJ_OK;
	hj_world_free(out);
	return HJ_NO_MEMORY;
}

void hj_world_free(hj_world *world)
{
	hj_map_free(&world->user_of);
	hj_map_free(&world->group_of);
	hj_map_free(&world->tag_of);
	hj_map_free(&world->service_of);
	if (world->parts)
		hj_map_free(&world->parts->domains);
	hj_arena_free(&world->arena);
	*world = (hj_world){.arena.allocator = world->arena.allocator};
}

hj_status hj_world_find(hj_world *world, const hj_map *map, hj_slice name, uint32_t *out)
{
	bool ok = true;
	if (map != &world->group_of)
		name = hj_slice_folded(name, &world->arena, &ok);
	const uint32_t *found = ok ? hj_map_get(map, name) : NULL;
	*out = found ? *found : HJ_NONE;
	return ok ? HJ_OK : HJ_NO_MEMORY;
}
