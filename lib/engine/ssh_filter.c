#include "engine/ssh_filter.h"

#include "engine/world_parts.h"
#include "policy/selector.h"
#include "syntax/string.h"

#include <stdlib.h>

/* Whose addresses may connect; equal lists of sources share one. */
typedef struct principal_list {
	const uint32_t *texts; /* sorted; twice what counts twice */
	uint32_t count;
	hj_slice json; /* made when a device first needs it; size 0: not yet */
} principal_list;

typedef struct login_rule {
	uint32_t principals;
	hj_slice users; /* the map, as JSON */
	hj_slice rest;  /* what follows it */
} login_rule;

struct hj_ssh_filter {
	hj_world *world;
	const hj__texts *texts;
	hj_arena arena;
	bool ok;
	principal_list *principals;
	size_t principals_count, principals_capacity;
	hj_map by_terms;      /* sorted terms → the principals */
	uint32_t *of_users;   /* principals of each user; HJ_NONE: not made yet */
	uint32_t *of_devices; /* of each device alone */
	login_rule *rules;
	size_t rule_count, rule_capacity;
	hj__pairs pairs;         /* device and rule, while entries are read */
	hj_ids *of_device;       /* rules, in order */
	uint32_t *stamps, stamp; /* who met a device last */
	uint32_t *numbers;       /* scratch */
	size_t number_count, number_capacity;
	hj_text scratch;
};

/* -- principals ---------------------------------------------------------------------------------- */

static void push(hj_ssh_filter *filter, uint32_t number)
{
	if (filter->ok && filter->number_count == filter->number_capacity &&
		hj_grow(filter->arena.allocator, &filter->numbers, &filter->number_capacity,
			filter->number_count + 1, sizeof *filter->numbers))
		filter->ok = false;
	if (filter->ok)
		filter->numbers[filter->number_count++] = number;
}

static void push_device(hj_ssh_filter *filter, uint32_t device)
{
	const uint32_t *texts = hj__home_texts(filter->texts, device);
	for (uint32_t i = 0; i < filter->world->inventory->devices[device].address_count; i++)
		push(filter, texts[i]);
}

static int by_number(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	return one < other ? -1 : one > other;
}

static uint32_t *keep(hj_ssh_filter *filter)
{
	uint32_t *kept = hj__room(&filter->arena, filter->number_count, sizeof *kept);
	if (!filter->ok || !kept) {
		filter->ok = false;
		return NULL;
	}
	if (filter->number_count) {
		qsort(filter->numbers, filter->number_count, sizeof *kept, by_number);
		memcpy(kept, filter->numbers, filter->number_count * sizeof *kept);
	}
	return kept;
}

/* The scratch numbers as principals. */
static uint32_t add_principals(hj_ssh_filter *filter)
{
	const uint32_t *texts = keep(filter);
	if (!texts ||
		hj_grow(filter->arena.allocator, &filter->principals, &filter->principals_capacity,
			filter->principals_count + 1, sizeof *filter->principals)) {
		filter->ok = false;
		return 0;
	}
	filter->principals[filter->principals_count] =
		(principal_list){.texts = texts, .count = (uint32_t)filter->number_count};
	return (uint32_t)filter->principals_count++;
}

static bool first_time(hj_ssh_filter *filter, uint32_t device)
{
	if (filter->stamps[device] == filter->stamp)
		return false;
	filter->stamps[device] = filter->stamp;
	return true;
}

/* Stamps are never used up: one an entry, one a list of sources. */
static void new_stamp(hj_ssh_filter *filter)
{
	filter->stamp++;
}

static hj_ids devices_of(hj_ssh_filter *filter, uint32_t term)
{
	hj_ids devices = {0};
	if (filter->ok && hj_world_devices(filter->world, term, &devices))
		filter->ok = false;
	return devices;
}

static bool is_autogroup(const hj_ssh_filter *filter, uint32_t term, hj_autogroup autogroup)
{
	const hj_selector *selector = &filter->world->policy->terms[term].selector;
	return selector->kind == HJ_SELECT_AUTOGROUP && selector->autogroup == autogroup;
}

/* All addresses of the source devices; by autogroup:tagged a device counts once for each tag. */
static uint32_t principals_of(hj_ssh_filter *filter, const hj_words *src)
{
	filter->number_count = 0;
	for (uint32_t i = 0; i < src->count; i++)
		push(filter, src->items[i].term);
	const uint32_t *terms = keep(filter);
	if (!terms)
		return 0;
	size_t count = filter->number_count;
	hj_slice key = hj_slice_of((const char *)terms, count * sizeof *terms);
	const uint32_t *known = hj_map_get(&filter->by_terms, key);
	if (known)
		return *known;
	bool by_tag = false;
	for (size_t i = 0; i < count; i++)
		by_tag = by_tag || is_autogroup(filter, terms[i], HJ_AUTOGROUP_TAGGED);
	filter->number_count = 0;
	new_stamp(filter);
	for (size_t i = 0; i < count; i++) {
		hj_ids devices = devices_of(filter, terms[i]);
		for (uint32_t j = 0; j < devices.count && filter->ok; j++) {
			uint32_t device = devices.items[j];
			uint32_t times = by_tag ? filter->world->devices[device].tags.count : 1;
			if (!first_time(filter, device))
				continue;
			do
				push_device(filter, device);
			while (times-- > 1);
		}
	}
	uint32_t at = add_principals(filter);
	if (filter->ok && hj_map_put(&filter->by_terms, key, at, NULL, NULL))
		filter->ok = false;
	return at;
}

static uint32_t principals_of_user(hj_ssh_filter *filter, uint32_t user)
{
	hj_ids devices = filter->world->users[user].devices;
	if (filter->of_users[user] != HJ_NONE)
		return filter->of_users[user];
	filter->number_count = 0;
	for (uint32_t i = 0; i < devices.count; i++)
		push_device(filter, devices.items[i]);
	return filter->of_users[user] = add_principals(filter);
}

static uint32_t principals_of_device(hj_ssh_filter *filter, uint32_t device)
{
	if (filter->of_devices[device] != HJ_NONE)
		return filter->of_devices[device];
	filter->number_count = 0;
	push_device(filter, device);
	return filter->of_devices[device] = add_principals(filter);
}

/* -- what a rule says ------------------------------------------------------------------------------ */

static hj_slice keep_text(hj_ssh_filter *filter)
{
	filter->ok = filter->ok && !filter->scratch.status;
	return filter->ok
		? hj_arena_copy(&filter->arena, hj_text_slice(&filter->scratch), &filter->ok)
		: (hj_slice){0};
}

static int by_bytes(const void *a, const void *b)
{
	const hj_slice *one = a, *other = b;
	size_t size = one->size < other->size ? one->size : other->size;
	int order = size ? memcmp(one->data, other->data, size) : 0;
	return order ? order : one->size < other->size ? -1 : one->size > other->size;
}

/* From the account that is asked for to the local one: the map of 9.1, its names sorted. */
static hj_slice map_users(hj_ssh_filter *filter, const hj_words *users)
{
	hj_slice *names = hj__room(&filter->arena, (size_t)users->count + 1, sizeof *names);
	uint32_t count = 0;
	bool root = false;
	if (!names) {
		filter->ok = false;
		return (hj_slice){0};
	}
	for (uint32_t i = 0; i < users->count; i++) {
		hj_selector user = hj_selector_parse(users->items[i].text);
		root = root || hj_slice_equal(user.text, HJ_SLICE("root"));
		if (hj_slice_equal(user.text, HJ_SLICE("autogroup:nonroot")))
			names[count++] = HJ_SLICE("*");
		else if (user.kind != HJ_SELECT_LOCALPART)
			names[count++] = user.text;
	}
	if (!root)
		names[count++] = HJ_SLICE("root");
	qsort(names, count, sizeof *names, by_bytes);
	hj_text *text = &filter->scratch;
	hj_text_clear(text);
	for (uint32_t i = 0; i < count; i++) {
		if (i && hj_slice_equal(names[i - 1], names[i]))
			continue;
		bool empty = !root && hj_slice_equal(names[i], HJ_SLICE("root"));
		hj_text_str(text, i ? ", " : "{");
		hj_string_encode(names[i], text);
		hj_text_str(text, ": ");
		hj_string_encode(empty                                    ? HJ_SLICE("")
				: hj_slice_equal(names[i], HJ_SLICE("*")) ? HJ_SLICE("=")
									  : names[i],
			text);
	}
	hj_text_byte(text, '}');
	return keep_text(filter);
}

/* A user's own account. */
static hj_slice map_local(hj_ssh_filter *filter, const hj_user *user)
{
	hj_slice local = hj_slice_of(user->login.data, user->login.size - user->domain.size);
	if (local.size)
		local.size--;
	hj_text_clear(&filter->scratch);
	hj_text_byte(&filter->scratch, '{');
	hj_string_encode(local, &filter->scratch);
	hj_text_str(&filter->scratch, ": ");
	hj_string_encode(local, &filter->scratch);
	hj_text_byte(&filter->scratch, '}');
	return keep_text(filter);
}

static hj_slice write_rest(hj_ssh_filter *filter, const hj_ssh_rule *entry, bool check)
{
	hj_text *text = &filter->scratch;
	hj_text_clear(text);
	hj_text_str(text,
		check ? ", \"action\": {\"holdAndDelegate\": "
			"\"https://unused/machine/ssh/action/$SRC_NODE_ID/to/"
			"$DST_NODE_ID?local_user=$LOCAL_USER\"}"
		      : ", \"action\": {\"accept\": true, \"allowAgentForwarding\": true, "
			"\"allowLocalPortForwarding\": true, \"allowRemotePortForwarding\": true}");
	if (entry->accept_env.node) {
		hj_text_str(text, ", \"acceptEnv\": [");
		for (uint32_t i = 0; i < entry->accept_env.count; i++) {
			hj_text_str(text, i ? ", " : "");
			hj_string_encode(entry->accept_env.items[i].text, text);
		}
		hj_text_byte(text, ']');
	}
	hj_text_byte(text, '}');
	return keep_text(filter);
}

/* -- entries --------------------------------------------------------------------------------------------- */

/* What is the same in all rules of an entry. */
typedef struct ssh_entry {
	const hj_ssh_rule *rule;
	hj_slice users, rest;
	hj_ids destinations; /* devices, each once, without autogroup:self */
	bool self, local;    /* autogroup:self, a local part */
	hj_ids members;      /* users with devices whom the sources name */
} ssh_entry;

static uint32_t add_rule(
	hj_ssh_filter *filter, const ssh_entry *entry, uint32_t principals, hj_slice users)
{
	if (!filter->ok ||
		hj_grow(filter->arena.allocator, &filter->rules, &filter->rule_capacity,
			filter->rule_count + 1, sizeof *filter->rules) ||
		filter->rule_count >= HJ_NONE) {
		filter->ok = false;
		return 0;
	}
	filter->rules[filter->rule_count] = (login_rule){principals, users, entry->rest};
	return (uint32_t)filter->rule_count++;
}

static void give(hj_ssh_filter *filter, uint32_t rule, hj_ids devices)
{
	for (uint32_t i = 0; i < devices.count && filter->ok; i++)
		hj__pairs_add(&filter->pairs, devices.items[i], rule);
}

/* The scratch numbers, sorted, each once. */
static hj_ids keep_ids(hj_ssh_filter *filter)
{
	uint32_t *items = keep(filter);
	hj_ids ids = {.items = items};
	for (size_t i = 0; items && i < filter->number_count; i++)
		if (i == 0 || items[i] != items[ids.count - 1])
			items[ids.count++] = items[i];
	return ids;
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

static void read_entry(hj_ssh_filter *filter, ssh_entry *entry)
{
	const hj_world *world = filter->world;
	const hj_words *dst = &entry->rule->dst, *src = &entry->rule->src;
	filter->number_count = 0;
	for (uint32_t i = 0; i < dst->count; i++) {
		hj_ids devices = devices_of(filter, dst->items[i].term);
		entry->self =
			entry->self || is_autogroup(filter, dst->items[i].term, HJ_AUTOGROUP_SELF);
		for (uint32_t j = 0; j < devices.count; j++)
			push(filter, devices.items[j]);
	}
	entry->destinations = keep_ids(filter);
	filter->number_count = 0;
	entry->local = has_localpart(&entry->rule->users, (hj_slice){0});
	for (uint32_t i = 0; (entry->self || entry->local) && i < src->count && filter->ok; i++) {
		hj_ids members;
		if (hj_world_members(filter->world, src->items[i].term, &members))
			filter->ok = false;
		for (uint32_t j = 0; filter->ok && j < members.count; j++)
			if (world->users[members.items[j]].devices.count)
				push(filter, members.items[j]);
	}
	entry->members = keep_ids(filter);
}

static void give_plainly(hj_ssh_filter *filter, const ssh_entry *entry)
{
	uint32_t all = principals_of(filter, &entry->rule->src);
	if (filter->ok && filter->principals[all].count && entry->destinations.count)
		give(filter, add_rule(filter, entry, all, entry->users), entry->destinations);
	for (uint32_t i = 0; entry->self && i < entry->members.count && filter->ok; i++) {
		uint32_t user = entry->members.items[i];
		uint32_t own = principals_of_user(filter, user);
		give(filter, add_rule(filter, entry, own, entry->users),
			filter->world->users[user].devices);
	}
}

/* To the destinations, and to those of the source's own devices that are none. */
static void give_twice(hj_ssh_filter *filter, const ssh_entry *entry, uint32_t rule, hj_ids own)
{
	new_stamp(filter);
	for (uint32_t i = 0; i < entry->destinations.count; i++)
		first_time(filter, entry->destinations.items[i]);
	give(filter, rule, entry->destinations);
	for (uint32_t i = 0; i < own.count && filter->ok; i++)
		if (first_time(filter, own.items[i]))
			hj__pairs_add(&filter->pairs, own.items[i], rule);
}

/* Tagged sources: one rule for all of them, and on each one its own. */
static void give_tagged(hj_ssh_filter *filter, const ssh_entry *entry)
{
	const hj_words *src = &entry->rule->src;
	filter->number_count = 0;
	for (uint32_t i = 0; i < src->count; i++) {
		hj_ids devices = devices_of(filter, src->items[i].term);
		for (uint32_t j = 0; j < devices.count; j++)
			if (filter->world->devices[devices.items[j]].tags.count)
				push(filter, devices.items[j]);
	}
	hj_ids tagged = keep_ids(filter);
	if (tagged.count == 0)
		return;
	filter->number_count = 0;
	for (uint32_t i = 0; i < tagged.count; i++)
		push_device(filter, tagged.items[i]);
	give(filter, add_rule(filter, entry, add_principals(filter), entry->users),
		entry->destinations);
	new_stamp(filter);
	for (uint32_t i = 0; i < entry->destinations.count; i++)
		first_time(filter, entry->destinations.items[i]);
	for (uint32_t i = 0; i < tagged.count && filter->ok; i++) {
		if (!first_time(filter, tagged.items[i]))
			continue;
		uint32_t alone = principals_of_device(filter, tagged.items[i]);
		hj__pairs_add(&filter->pairs, tagged.items[i],
			add_rule(filter, entry, alone, entry->users));
	}
}

/* Cut up by source user, each of whom has an account of his own (9.3). */
static void give_by_user(hj_ssh_filter *filter, const ssh_entry *entry)
{
	const hj_world *world = filter->world;
	if (entry->destinations.count == 0 && !entry->self)
		return;
	for (uint32_t i = 0; i < entry->members.count && filter->ok; i++) {
		const hj_user *user = &world->users[entry->members.items[i]];
		uint32_t own = principals_of_user(filter, entry->members.items[i]);
		give_twice(
			filter, entry, add_rule(filter, entry, own, entry->users), user->devices);
		if (filter->ok && has_localpart(&entry->rule->users, user->domain))
			give_twice(filter, entry,
				add_rule(filter, entry, own, map_local(filter, user)),
				user->devices);
	}
	if (entry->destinations.count)
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
		entry.users = map_users(filter, &entry.rule->users);
		entry.rest = write_rest(filter, entry.rule, check);
		read_entry(filter, &entry);
		if (entry.local)
			give_by_user(filter, &entry);
		else
			give_plainly(filter, &entry);
	}
}

/* -- the whole ---------------------------------------------------------------------------------------------- */

static uint32_t *none_of(hj_ssh_filter *filter, uint32_t count, uint32_t value)
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
	filter->of_users = none_of(filter, world->user_count, HJ_NONE);
	filter->of_devices = none_of(filter, devices, HJ_NONE);
	filter->stamps = none_of(filter, devices, 0);
	filter->of_device = hj__room(&filter->arena, devices, sizeof *filter->of_device);
	if (!filter->ok || !filter->of_device)
		return false;
	memset(filter->of_device, 0, devices * sizeof *filter->of_device);
	read_entries(filter, true);
	read_entries(filter, false);
	filter->pairs.ok = filter->pairs.ok && filter->ok;
	return hj__deal(&filter->pairs, &filter->arena, filter->of_device, devices,
		sizeof *filter->of_device);
}

hj_status hj_ssh_filter_build(
	hj_world *world, const hj__texts *texts, const hj_allocator *allocator, hj_ssh_filter **out)
{
	hj_ssh_filter *filter = hj_alloc(allocator, sizeof *filter);
	if (!filter)
		return HJ_NO_MEMORY;
	*filter = (hj_ssh_filter){.world = world, .texts = texts, .ok = true};
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
	hj_free(allocator, filter->pairs.items,
		filter->pairs.capacity * sizeof *filter->pairs.items);
	hj_map_free(&filter->by_terms);
	hj_text_free(&filter->scratch);
	hj_arena_free(&filter->arena);
	hj_free(allocator, filter, sizeof *filter);
}

static hj_slice principals_json(hj_ssh_filter *filter, uint32_t at)
{
	principal_list *list = &filter->principals[at];
	hj_text *text = &filter->scratch;
	if (list->json.size)
		return list->json;
	hj_text_clear(text);
	hj_text_str(text, "{\"principals\": [");
	for (uint32_t i = 0; i < list->count; i++) {
		hj_text_str(text, i ? ", {\"nodeIP\": \"" : "{\"nodeIP\": \"");
		hj_text_append(text, filter->texts->items[list->texts[i]]);
		hj_text_str(text, "\"}");
	}
	hj_text_str(text, "], \"sshUsers\": ");
	return list->json = keep_text(filter);
}

hj_status hj_ssh_filter_emit(hj_ssh_filter *filter, uint32_t device, hj_emit *emit)
{
	hj_text *text = &filter->scratch;
	hj_ids rules = filter->of_device[device];
	for (uint32_t i = 0; i < rules.count && filter->ok; i++) {
		const login_rule *rule = &filter->rules[rules.items[i]];
		hj_slice principals = principals_json(filter, rule->principals);
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
