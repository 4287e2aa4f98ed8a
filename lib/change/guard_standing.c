#include "change/guard_parts.h"

#define EVERY_ROLE (~0U)

/* What was done already for a term. */
enum { SEEN_REACHED = 1, SEEN_LOGGED_IN = 2, SEEN_ACTING = 4, SEEN_SELF = 8, SEEN_SELF_LOGIN = 16 };

typedef struct standing_reader {
	hj_world *world;
	hj__standing *out;
	uint8_t *seen; /* each term */
} standing_reader;

bool hj__is_admin(hj_autogroup role)
{
	return role == HJ_AUTOGROUP_OWNER || role == HJ_AUTOGROUP_ADMIN ||
		role == HJ_AUTOGROUP_IT_ADMIN || role == HJ_AUTOGROUP_NETWORK_ADMIN;
}

static const hj_selector *selector_of(const standing_reader *reader, uint32_t term)
{
	return &reader->world->policy->terms[term].selector;
}

static bool is_auto(const hj_selector *selector, hj_autogroup autogroup)
{
	return selector->kind == HJ_SELECT_AUTOGROUP && selector->autogroup == autogroup;
}

/* First time for a term? */
static bool first(standing_reader *reader, uint32_t term, uint8_t what)
{
	bool before = reader->seen[term] & what;
	reader->seen[term] |= what;
	return !before;
}

static void mark_all(uint8_t *items, size_t count, uint8_t way)
{
	for (size_t i = 0; i < count; i++)
		items[i] |= way;
}

/* -- destinations ------------------------------------------------------------------------------ */

static hj_status mark_destination(standing_reader *reader, uint32_t term, uint8_t way)
{
	const hj_selector *selector = selector_of(reader, term);
	const hj_meaning *meaning = &reader->world->meanings[term];
	hj__standing *out = reader->out;
	if (!first(reader, term, way == HJ__REACHED ? SEEN_REACHED : SEEN_LOGGED_IN))
		return HJ_OK;
	if (selector->kind == HJ_SELECT_ALL || is_auto(selector, HJ_AUTOGROUP_TAGGED))
		mark_all(out->tags, out->tag_count, way);
	else if (selector->kind == HJ_SELECT_TAG && meaning->index != HJ_NONE)
		out->tags[meaning->index] |= way;
	hj_ids devices = {0};
	hj_status status =
		out->device_count ? hj_world_devices(reader->world, term, &devices) : HJ_OK;
	for (uint32_t i = 0; !status && i < devices.count; i++)
		out->devices[devices.items[i]] |= way;
	return status;
}

/* autogroup:self: the devices of those who are sources. */
static hj_status mark_own(standing_reader *reader, uint32_t source, uint8_t way)
{
	const hj_world *world = reader->world;
	hj_ids users = {0};
	if (!first(reader, source, way == HJ__REACHED ? SEEN_SELF : SEEN_SELF_LOGIN))
		return HJ_OK;
	hj_status status = hj_world_members(reader->world, source, &users);
	for (uint32_t i = 0; !status && i < users.count; i++) {
		const hj_ids *devices = &world->users[users.items[i]].devices;
		for (uint32_t k = 0; k < devices->count; k++)
			reader->out->devices[devices->items[k]] |= way;
	}
	return status;
}

/* -- sources ----------------------------------------------------------------------------------- */

/* Is there anybody in a list of sources? A group that is known to be empty is nobody. */
static bool has_somebody(const standing_reader *reader, const hj_words *sources)
{
	const hj_world *world = reader->world;
	for (uint32_t i = 0; i < sources->count; i++) {
		uint32_t term = sources->items[i].term, group = world->meanings[term].index;
		const hj_selector *selector = selector_of(reader, term);
		if (selector->kind == HJ_SELECT_EMPTY)
			continue;
		if (selector->kind != HJ_SELECT_GROUP || group == HJ_NONE ||
			world->groups[group].synced || world->groups[group].members.count)
			return true;
	}
	return false;
}

static hj_status mark_source(standing_reader *reader, uint32_t term)
{
	const hj_selector *selector = selector_of(reader, term);
	hj__standing *out = reader->out;
	hj_ids users = {0};
	if (!first(reader, term, SEEN_ACTING))
		return HJ_OK;
	if (selector->kind == HJ_SELECT_ALL || is_auto(selector, HJ_AUTOGROUP_MEMBER) ||
		is_auto(selector, HJ_AUTOGROUP_DANGER_ALL))
		out->able = EVERY_ROLE;
	if (selector->kind == HJ_SELECT_AUTOGROUP && hj_autogroup_is_role(selector->autogroup))
		out->named |= 1U << selector->autogroup;
	hj_status status = hj_world_members(reader->world, term, &users);
	for (uint32_t i = 0; !status && i < users.count; i++)
		out->users[users.items[i]] = 1;
	return status;
}

/* -- rules ------------------------------------------------------------------------------------- */

static hj_status read_rule(
	standing_reader *reader, const hj_words *sources, const hj_words *destinations, uint8_t way)
{
	hj_status status = HJ_OK;
	if (!has_somebody(reader, sources) || destinations->count == 0)
		return HJ_OK;
	for (uint32_t i = 0; !status && way == HJ__REACHED && i < sources->count; i++)
		status = mark_source(reader, sources->items[i].term);
	for (uint32_t i = 0; !status && i < destinations->count; i++) {
		uint32_t term = destinations->items[i].term;
		status = mark_destination(reader, term, way);
		if (!is_auto(selector_of(reader, term), HJ_AUTOGROUP_SELF))
			continue;
		for (uint32_t k = 0; !status && k < sources->count; k++)
			status = mark_own(reader, sources->items[k].term, way);
	}
	return status;
}

static hj_status read_rules(standing_reader *reader)
{
	const hj_policy *policy = reader->world->policy;
	hj__standing *out = reader->out;
	hj_status status = HJ_OK;
	for (uint32_t i = 0; !status && i < policy->acls.count; i++)
		status = read_rule(reader, &policy->acls.items[i].src, &policy->acls.items[i].dst,
			HJ__REACHED);
	for (uint32_t i = 0; !status && i < policy->grants.count; i++)
		if (policy->grants.items[i].ip.count)
			status = read_rule(reader, &policy->grants.items[i].src,
				&policy->grants.items[i].dst, HJ__REACHED);
	if (!policy->acls.node && !policy->grants.node) {
		mark_all(out->tags, out->tag_count, HJ__REACHED);
		mark_all(out->devices, out->device_count, HJ__REACHED);
		mark_all(out->users, out->user_count, 1);
		out->able = EVERY_ROLE;
	}
	for (uint32_t i = 0; !status && i < policy->ssh.count; i++)
		if (policy->ssh.items[i].users.count)
			status = read_rule(reader, &policy->ssh.items[i].src,
				&policy->ssh.items[i].dst, HJ__LOGGED_IN);
	out->able |= out->named;
	return status;
}

static uint8_t *make_marks(const hj_allocator *allocator, size_t count)
{
	uint8_t *marks = hj_alloc(allocator, count + 1);
	if (marks)
		memset(marks, 0, count + 1);
	return marks;
}

hj_status hj__standing_read(hj_world *world, const hj_allocator *allocator, hj__standing *out)
{
	size_t terms = world->policy->term_count;
	standing_reader reader = {.world = world, .out = out};
	*out = (hj__standing){.tag_count = world->tag_count,
		.device_count = world->device_count,
		.user_count = world->user_count,
		.allocator = allocator};
	out->tags = make_marks(allocator, out->tag_count);
	out->devices = make_marks(allocator, out->device_count);
	out->users = make_marks(allocator, out->user_count);
	reader.seen = make_marks(allocator, terms);
	hj_status status = out->tags && out->devices && out->users && reader.seen
		? read_rules(&reader)
		: HJ_NO_MEMORY;
	hj_free(allocator, reader.seen, terms + 1);
	if (status)
		hj__standing_free(out);
	return status;
}

void hj__standing_free(hj__standing *standing)
{
	hj_free(standing->allocator, standing->tags, standing->tag_count + 1);
	hj_free(standing->allocator, standing->devices, standing->device_count + 1);
	hj_free(standing->allocator, standing->users, standing->user_count + 1);
	*standing = (hj__standing){0};
}
