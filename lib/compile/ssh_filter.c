#include "compile/ssh_parts.h"

#include "policy/selector.h"

/* -- entries ------------------------------------------------------------------------------------------- */

/* What is the same in all rules of an entry. */
typedef struct ssh_entry {
	const hj_ssh_rule *rule;
	const hj_words *posture; /* NULL: none is asked for */
	hj_slice users, rest;
	hj_ids destinations; /* devices, each once, without autogroup:self */
	bool self, local;    /* autogroup:self, a local part */
	hj_ids members;      /* users with devices whom the sources name, when they matter */
} ssh_entry;

static uint32_t add_rule(
	hj_ssh_filter *filter, const ssh_entry *entry, uint32_t principals, hj_slice users)
{
	if (!filter->ok || filter->rule_count >= HJ_NONE ||
		hj_grow(filter->arena.allocator, &filter->rules, &filter->rule_capacity,
			filter->rule_count + 1, sizeof *filter->rules)) {
		filter->ok = false;
		return 0;
	}
	filter->rules[filter->rule_count] = (hj__login_rule){principals, users, entry->rest};
	return (uint32_t)filter->rule_count++;
}

static void give(hj_ssh_filter *filter, uint32_t rule, hj_ids devices)
{
	for (uint32_t i = 0; i < devices.count && filter->ok; i++)
		hj__pairs_add(&filter->pairs, devices.items[i], rule);
}

static bool has_localpart(const hj_words *users, hj_slice domain)
{
	for (uint32_t i = 0; i < users->count; i++) {
		hj_selector user = hj_selector_parse(users->items[i].text);
		if (user.kind == HJ_SELECT_LOCALPART &&
			(!domain.data || hj_slice_equal(user.name, domain)))
			return true;
	}
	return false;
}

static hj_ids read_members(hj_ssh_filter *filter, const hj_words *src)
{
	const hj_world *world = filter->world;
	filter->number_count = 0;
	for (uint32_t i = 0; i < src->count && filter->ok; i++) {
		hj_ids members;
		if (hj_world_members(filter->world, src->items[i].term, &members))
			filter->ok = false;
		for (uint32_t j = 0; filter->ok && j < members.count; j++)
			if (world->users[members.items[j]].devices.count)
				hj__ssh_push(filter, members.items[j]);
	}
	return hj__ssh_keep_ids(filter);
}

static void read_entry(hj_ssh_filter *filter, ssh_entry *entry)
{
	const hj_words *dst = &entry->rule->dst;
	filter->number_count = 0;
	for (uint32_t i = 0; i < dst->count; i++) {
		hj_ids devices = hj__ssh_devices(filter, dst->items[i].term);
		entry->self =
			entry->self || hj__ssh_is(filter, dst->items[i].term, HJ_AUTOGROUP_SELF);
		for (uint32_t j = 0; j < devices.count; j++)
			hj__ssh_push(filter, devices.items[j]);
	}
	entry->destinations = hj__ssh_keep_ids(filter);
	entry->local = has_localpart(&entry->rule->users, (hj_slice){0});
	if (entry->self || entry->local)
		entry->members = read_members(filter, &entry->rule->src);
	entry->posture = hj__posture_of(filter->postures, &entry->rule->posture);
	if (filter->ok && hj__postures_ask(filter->postures, entry->posture))
		filter->ok = false;
}

/* -- rules ----------------------------------------------------------------------------------------------- */

/* Of somebody who accepted a share they are another tailnet's: this policy gives them nothing. */
static hj_ids own_devices(const hj_user *user)
{
	return user->shared ? (hj_ids){0} : user->devices;
}

static bool has_principals(const hj_ssh_filter *filter, uint32_t principals)
{
	return filter->ok && filter->principals[principals].count;
}

/* Marks the destinations as met. */
static void meet_destinations(hj_ssh_filter *filter, const ssh_entry *entry)
{
	hj__ssh_new_stamp(filter);
	for (uint32_t i = 0; i < entry->destinations.count; i++)
		hj__ssh_first_time(filter, entry->destinations.items[i]);
}

/* To devices that are none of the destinations, which were met. */
static void give_others(hj_ssh_filter *filter, uint32_t rule, hj_ids devices)
{
	for (uint32_t i = 0; i < devices.count && filter->ok; i++)
		if (hj__ssh_first_time(filter, devices.items[i]))
			hj__pairs_add(&filter->pairs, devices.items[i], rule);
}

static void give_plainly(hj_ssh_filter *filter, const ssh_entry *entry)
{
	uint32_t all = hj__principals_of(filter, &entry->rule->src, entry->posture);
	if (has_principals(filter, all) && entry->destinations.count)
		give(filter, add_rule(filter, entry, all, entry->users), entry->destinations);
	meet_destinations(filter, entry);
	for (uint32_t i = 0; entry->self && i < entry->members.count && filter->ok; i++) {
		uint32_t user = entry->members.items[i];
		uint32_t own = hj__principals_of_user(filter, user, entry->posture);
		if (has_principals(filter, own))
			give_others(filter, add_rule(filter, entry, own, entry->users),
				own_devices(&filter->world->users[user]));
	}
}

/* To the destinations, and to those of the source's own devices that are none. */
static void give_twice(hj_ssh_filter *filter, const ssh_entry *entry, uint32_t rule, hj_ids own)
{
	meet_destinations(filter, entry);
	give(filter, rule, entry->destinations);
	give_others(filter, rule, own);
}

/* Tagged sources: one rule for all of them, and on each one its own. */
static void give_tagged(hj_ssh_filter *filter, const ssh_entry *entry)
{
	const hj_words *src = &entry->rule->src;
	filter->number_count = 0;
	for (uint32_t i = 0; i < src->count; i++) {
		hj_ids devices = hj__ssh_devices(filter, src->items[i].term);
		for (uint32_t j = 0; j < devices.count && filter->ok; j++)
			if (filter->world->devices[devices.items[j]].tags.count &&
				hj__device_meets(
					filter->postures, entry->posture, devices.items[j]))
				hj__ssh_push(filter, devices.items[j]);
	}
	hj_ids tagged = hj__ssh_keep_ids(filter);
	if (!filter->ok || tagged.count == 0)
		return;
	uint32_t all = hj__principals_of_devices(filter, tagged);
	give(filter, add_rule(filter, entry, all, entry->users), entry->destinations);
	meet_destinations(filter, entry);
	for (uint32_t i = 0; i < tagged.count && filter->ok; i++) {
		uint32_t device = tagged.items[i];
		if (!hj__ssh_first_time(filter, device))
			continue;
		uint32_t alone = hj__principals_of_device(filter, device);
		hj__pairs_add(&filter->pairs, device, add_rule(filter, entry, alone, entry->users));
	}
}

/* Cut up by source user, each of whom has an account of his own (9.3). */
static void give_by_user(hj_ssh_filter *filter, const ssh_entry *entry)
{
	const hj_world *world = filter->world;
	for (uint32_t i = 0; i < entry->members.count && filter->ok; i++) {
		const hj_user *user = &world->users[entry->members.items[i]];
		uint32_t own =
			hj__principals_of_user(filter, entry->members.items[i], entry->posture);
		if (!has_principals(filter, own))
			continue;
		give_twice(filter, entry, add_rule(filter, entry, own, entry->users),
			own_devices(user));
		if (has_localpart(&entry->rule->users, user->domain))
			give_twice(filter, entry,
				add_rule(filter, entry, own, hj__ssh_local_user(filter, user)),
				own_devices(user));
	}
	give_tagged(filter, entry);
}

static void read_entries(hj_ssh_filter *filter, bool check)
{
	const hj_ssh *ssh = &filter->world->policy->ssh;
	for (uint32_t i = 0; i < ssh->count && filter->ok; i++) {
		ssh_entry entry = {.rule = &ssh->items[i]};
		hj_slice action = hj_trim(entry.rule->action.text);
		if (!hj_slice_equal(action, check ? HJ_SLICE("check") : HJ_SLICE("accept")))
			continue;
		entry.users = hj__ssh_users(filter, &entry.rule->users);
		entry.rest = hj__ssh_rest(filter, entry.rule, check);
		read_entry(filter, &entry);
		if (entry.destinations.count == 0 && !entry.self)
			continue;
		if (entry.local)
			give_by_user(filter, &entry);
		else
			give_plainly(filter, &entry);
	}
}

/* -- the whole ------------------------------------------------------------------------------------------- */

static uint32_t *numbers_of(hj_ssh_filter *filter, uint32_t count, uint32_t value)
{
	uint32_t *items = hj__room(&filter->arena, count, sizeof *items);
	filter->ok = filter->ok && items;
	for (uint32_t i = 0; items && i < count; i++)
		items[i] = value;
	return items;
}

static bool build(hj_ssh_filter *filter)
{
	const hj_world *world = filter->world;
	uint32_t devices = world->device_count;
	filter->of_users = numbers_of(filter, world->user_count, HJ_NONE);
	filter->of_devices = numbers_of(filter, devices, HJ_NONE);
	filter->stamps = numbers_of(filter, devices, 0);
	filter->of_device = hj__room(&filter->arena, devices, sizeof *filter->of_device);
	if (!filter->ok || !filter->of_device)
		return false;
	memset(filter->of_device, 0, devices * sizeof *filter->of_device);
	/* Check rules come before accept rules. */
	read_entries(filter, true);
	read_entries(filter, false);
	filter->pairs.ok = filter->pairs.ok && filter->ok;
	return hj__deal(&filter->pairs, &filter->arena, filter->of_device, devices,
		sizeof *filter->of_device);
}

hj_status hj_ssh_filter_build(hj_world *world, const hj__texts *texts, hj__postures *postures,
	const hj_allocator *allocator, hj_ssh_filter **out)
{
	hj_ssh_filter *filter = hj_alloc(allocator, sizeof *filter);
	if (!filter)
		return HJ_NO_MEMORY;
	*filter = (hj_ssh_filter){.world = world, .texts = texts, .postures = postures, .ok = true};
	filter->pairs = (hj__pairs){.allocator = allocator, .ok = true};
	hj_arena_init(&filter->arena, allocator);
	hj_map_init(&filter->by_terms, allocator);
	hj_text_init(&filter->scratch, allocator);
	if (build(filter)) {
		*out = filter;
		return HJ_OK;
	}
	hj_ssh_filter_free(filter);
	return HJ_NO_MEMORY;
}

void hj_ssh_filter_free(hj_ssh_filter *filter)
{
	if (!filter)
		return;
	const hj_allocator *allocator = filter->arena.allocator;
	hj_free(allocator, filter->principals,
		filter->principals_capacity * sizeof *filter->principals);
	hj_free(allocator, filter->rules, filter->rule_capacity * sizeof *filter->rules);
	hj_free(allocator, filter->numbers, filter->number_capacity * sizeof *filter->numbers);
	hj__pairs_free(&filter->pairs);
	hj_map_free(&filter->by_terms);
	hj_text_free(&filter->scratch);
	hj_arena_free(&filter->arena);
	hj_free(allocator, filter, sizeof *filter);
}

hj_status hj_ssh_filter_emit(hj_ssh_filter *filter, uint32_t device, hj_emit *emit)
{
	hj_text *text = &filter->scratch;
	hj_ids rules = filter->of_device[device];
	for (uint32_t i = 0; i < rules.count && filter->ok; i++) {
		const hj__login_rule *rule = &filter->rules[rules.items[i]];
		hj_slice principals = hj__principals_json(filter, rule->principals);
		hj_text_clear(text);
		hj_text_append(text, principals);
		hj_text_append(text, rule->users);
		hj_text_append(text, rule->rest);
		filter->ok = filter->ok && !text->status;
		if (filter->ok)
			hj_emit_raw(emit, NULL, hj_text_slice(text));
	}
	return filter->ok ? emit->out->status : HJ_NO_MEMORY;
}
