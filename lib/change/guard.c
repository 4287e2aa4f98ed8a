#include "change/guard.h"

#include "change/guard_parts.h"

const char *hj_guard_name(hj_guard_kind kind)
{
	static const char *const names[] = {
		[HJ_GUARD_OPENED] = "opened",
		[HJ_GUARD_RULED] = "ruled",
		[HJ_GUARD_NOTHING] = "nothing",
		[HJ_GUARD_ADMIN] = "admin",
		[HJ_GUARD_STRANDED] = "stranded",
		[HJ_GUARD_LOGIN] = "login",
		[HJ_GUARD_RADIUS] = "radius",
	};
	return names[kind];
}

typedef struct guarding {
	hj_world *worlds[HJ_SIDES];
	hj__standing standing[HJ_SIDES];
	const hj_allocator *allocator;
	hj_guards *out;
} guarding;

static hj_status alarm(guarding *guard, hj_guard_kind kind, hj_slice name, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static hj_status alarm(guarding *guard, hj_guard_kind kind, hj_slice name, const char *format, ...)
{
	hj_guards *out = guard->out;
	hj_text sentence;
	bool ok = true;
	va_list arguments;
	hj_text_init(&sentence, guard->allocator);
	va_start(arguments, format);
	hj_text_vprintf(&sentence, format, arguments);
	va_end(arguments);
	hj_status status = sentence.status;
	if (!status)
		status = hj_grow(guard->allocator, &out->alarms, &out->capacity, out->count + 1u,
			sizeof *out->alarms);
	if (!status) {
		hj_alarm *item = &out->alarms[out->count++];
		item->kind = kind;
		item->name = hj_arena_copy(&out->arena, name, &ok);
		item->sentence = hj_arena_copy(&out->arena, hj_text_slice(&sentence), &ok);
	}
	hj_text_free(&sentence);
	return ok ? status : HJ_NO_MEMORY;
}

/* -- the whole --------------------------------------------------------------------------------- */

static hj_status check_stance(guarding *guard, const hj_stance stance[HJ_SIDES])
{
	hj_stance was = stance[HJ_OLD], is = stance[HJ_NEW];
	hj_slice nobody = HJ_SLICE("");
	if (was == is)
		return HJ_OK;
	if (is == HJ_STANCE_ALL)
		return alarm(guard, HJ_GUARD_OPENED, nobody,
			"there is neither \"acls\" nor \"grants\" any more: everything may reach "
			"everything");
	if (is == HJ_STANCE_NOTHING)
		return alarm(guard, HJ_GUARD_NOTHING, nobody, "no rule allows anything any more");
	if (was == HJ_STANCE_ALL)
		return alarm(guard, HJ_GUARD_RULED, nobody,
			"everything was allowed, because there were no rules: now only what they "
			"say is");
	return HJ_OK;
}

/* -- admins ------------------------------------------------------------------------------------ */

static hj_status check_admins(guarding *guard)
{
	const hj__standing *old = &guard->standing[HJ_OLD], *new = &guard->standing[HJ_NEW];
	const hj_world *world = guard->worlds[HJ_OLD];
	bool known = world->inventory && world->inventory->has_users;
	hj_status status = HJ_OK;
	/* The inventory's users stand first in both worlds. */
	for (uint32_t i = 0; known && !status && i < world->inventory->user_count; i++) {
		hj_slice login = world->users[i].login;
		if (hj__is_admin(world->users[i].role) && old->users[i] && !new->users[i])
			status = alarm(guard, HJ_GUARD_ADMIN, login,
				"%.*s, who is an autogroup:%s, may reach nothing any more",
				HJ_SLICE_ARGS(login), hj_autogroup_name(world->users[i].role));
	}
	for (hj_autogroup role = HJ_AUTOGROUP_OWNER;
		!known && !status && role <= HJ_AUTOGROUP_AUDITOR; role++)
		if (hj__is_admin(role) && old->named & 1U << role && !(new->able & 1U << role))
			status = alarm(guard, HJ_GUARD_ADMIN, hj_slice_str(hj_autogroup_name(role)),
				"autogroup:%s may reach nothing any more", hj_autogroup_name(role));
	return status;
}

/* -- destinations ------------------------------------------------------------------------------ */

/* The index in the new world of one of the old world's tags; HJ_NONE: it is gone. */
static hj_status find_tag(guarding *guard, uint32_t tag, uint32_t *out)
{
	hj_world *world = guard->worlds[HJ_NEW];
	hj_status status =
		hj_world_find(world, &world->tag_of, guard->worlds[HJ_OLD]->tags[tag].name, out);
	if (!status && *out != HJ_NONE && world->tags[*out].entry == HJ_NONE &&
		world->tags[*out].devices.count == 0)
		*out = HJ_NONE;
	return status;
}

/* Was there a way to a device by one of its tags? What became of it is said of the tag. */
static bool has_way_by_tag(
	const hj_world *world, const hj__standing *standing, uint32_t device, unsigned way)
{
	const hj_ids *tags = &world->devices[device].tags;
	for (uint32_t i = 0; i < tags->count; i++)
		if (standing->tags[tags->items[i]] & way)
			return true;
	return false;
}

static hj_status check_stranded(guarding *guard, hj_guard_kind kind, unsigned way)
{
	const hj__standing *old = &guard->standing[HJ_OLD], *new = &guard->standing[HJ_NEW];
	const hj_world *world = guard->worlds[HJ_OLD];
	const char *words = way == HJ__REACHED ? "reach" : "log in to";
	hj_status status = HJ_OK;
	for (uint32_t i = 0; !status && i < world->tag_count; i++) {
		uint32_t now;
		hj_slice name = world->tags[i].name;
		if (!(old->tags[i] & way))
			continue;
		status = find_tag(guard, i, &now);
		if (!status && now != HJ_NONE && !(new->tags[now] & way))
			status = alarm(guard, kind, name, "nobody may %s %.*s any more", words,
				HJ_SLICE_ARGS(name));
	}
	for (uint32_t i = 0; !status && i < world->device_count; i++) {
		hj_slice name = world->inventory->devices[i].name;
		if (old->devices[i] & way && !(new->devices[i] & way) &&
			!has_way_by_tag(world, old, i, way))
			status = alarm(guard, kind, name, "nobody may %s %.*s any more", words,
				HJ_SLICE_ARGS(name));
	}
	return status;
}

/* -- all of it --------------------------------------------------------------------------------- */

static hj_status check_radius(guarding *guard, const hj_difference *difference, uint64_t max_gained)
{
	hj_status status = hj__count_gained(
		guard->worlds[HJ_NEW], difference, guard->allocator, &guard->out->gained_pairs);
	if (status || guard->out->gained_pairs <= max_gained)
		return status;
	return alarm(guard, HJ_GUARD_RADIUS, HJ_SLICE(""),
		"%llu pairs of a source and a destination gain access, and %llu may",
		(unsigned long long)guard->out->gained_pairs, (unsigned long long)max_gained);
}

static hj_status check_lost(guarding *guard)
{
	hj_status status = HJ_OK;
	int made = 0;
	for (; !status && made < HJ_SIDES; made++)
		status = hj__standing_read(
			guard->worlds[made], guard->allocator, &guard->standing[made]);
	if (status)
		made--; /* the one that was not made */
	if (!status)
		status = check_admins(guard);
	if (!status)
		status = check_stranded(guard, HJ_GUARD_STRANDED, HJ__REACHED);
	if (!status)
		status = check_stranded(guard, HJ_GUARD_LOGIN, HJ__LOGGED_IN);
	while (made > 0)
		hj__standing_free(&guard->standing[--made]);
	return status;
}

hj_status hj_guard_check(hj_world *old_world, hj_world *new_world, const hj_difference *difference,
	uint64_t max_gained, const hj_allocator *allocator, hj_guards *out)
{
	guarding guard = {.worlds = {old_world, new_world}, .allocator = allocator, .out = out};
	*out = (hj_guards){0};
	hj_arena_init(&out->arena, allocator);
	hj_status status = check_stance(&guard, difference->stance);
	bool nothing = difference->stance[HJ_NEW] == HJ_STANCE_NOTHING;
	/* Without anything lost nobody is locked out. */
	if (!status && !nothing && difference->lost)
		status = check_lost(&guard);
	if (!status)
		status = check_radius(&guard, difference, max_gained);
	if (status)
		hj_guards_free(out);
	return status;
}

void hj_guards_free(hj_guards *guards)
{
	const hj_allocator *allocator = guards->arena.allocator;
	hj_free(allocator, guards->alarms, guards->capacity * sizeof *guards->alarms);
	hj_arena_free(&guards->arena);
	*guards = (hj_guards){0};
}
