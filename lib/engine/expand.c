/*
 * Expansion: a text as a person or a test writes it, and the subjects that it stands for.
 */
#include "engine/reach_parts.h"

#include "base/fold.h"

void hj_subjects_free(hj_subjects *subjects)
{
	hj_free(subjects->allocator, subjects->items, subjects->capacity * sizeof *subjects->items);
	*subjects = (hj_subjects){.allocator = subjects->allocator};
}

void hj__subjects_add(hj_reach *reach, hj_subjects *out, hj_subject added)
{
	size_t capacity = out->capacity;
	if (out->count == out->capacity) {
		if (out->count == HJ_NONE - 1 ||
			hj_grow(out->allocator, &out->items, &capacity, (size_t)out->count + 1,
				sizeof *out->items)) {
			reach->status = HJ_NO_MEMORY;
			return;
		}
		out->capacity = (uint32_t)capacity;
	}
	out->items[out->count++] = added;
}

void hj__names_free(hj_reach *reach)
{
	hj_map_free(&reach->hosts);
	hj_map_free(&reach->terms);
}

typedef struct expansion {
	hj_reach *reach;
	hj_world *world;
	const hj_policy *policy;
	hj_subjects *out;
	bool destination;
	const char *what; /* what is wrong with the text, or NULL */
} expansion;

static void add(expansion *run, hj_subject_kind kind, uint32_t index, hj_slice name)
{
	hj__subjects_add(
		run->reach, run->out, (hj_subject){.kind = kind, .index = index, .name = name});
}

/* A name that nobody else keeps. */
static void add_copy(expansion *run, hj_subject_kind kind, hj_slice name)
{
	bool ok = true;
	name = hj_arena_copy(&run->reach->arena, name, &ok);
	if (!ok)
		run->reach->status = HJ_NO_MEMORY;
	add(run, kind, HJ_NONE, name);
}

static uint32_t find(expansion *run, const hj_map *map, hj_slice name)
{
	uint32_t index = HJ_NONE;
	if (hj_world_find(run->world, map, name, &index))
		run->reach->status = HJ_NO_MEMORY;
	return index;
}

/* -- persons --------------------------------------------------------------------------------------- */

/* Who is not in a list of users is nobody. */
static bool exists(const expansion *run, uint32_t user)
{
	return !run->reach->has_users || run->world->users[user].listed;
}

static void add_user(expansion *run, uint32_t user)
{
	if (exists(run, user))
		add(run, HJ_SUBJECT_USER, user, run->world->users[user].login);
}

static void add_known_user(expansion *run, hj_slice login)
{
	uint32_t user = find(run, &run->world->user_of, login);
	if (run->reach->has_users && (user == HJ_NONE || !exists(run, user)))
		run->what = "no such user";
	else if (user != HJ_NONE)
		add_user(run, user);
	else
		add_copy(run, HJ_SUBJECT_USER, login);
}

static void add_group(expansion *run, const hj_selector *selector)
{
	const hj_world *world = run->world;
	hj_text *name = hj__fact_begin(run->reach);
	hj_text_str(name, "group:");
	hj_text_append(name, selector->name);
	if (name->status)
		run->reach->status = HJ_NO_MEMORY;
	uint32_t group = find(run, &world->group_of, hj_text_slice(name));
	const hj_group *known = group == HJ_NONE ? NULL : &world->groups[group];
	if (selector->kind == HJ_SELECT_GROUP && (!known || known->entry == HJ_NONE)) {
		run->what = "no such group";
		return;
	}
	for (uint32_t i = 0; known && i < known->members.count; i++)
		add_user(run, known->members.items[i]);
	if (known && known->synced)
		add(run, HJ_SUBJECT_SYNCED, group, known->name);
	else if (!known)
		add_copy(run, HJ_SUBJECT_SYNCED, hj_text_slice(name));
}

/* Once for each key. */
static bool is_new(expansion *run, hj_map *seen, hj_slice key)
{
	bool was_there = true, ok = true;
	key = hj_slice_folded(key, &run->reach->arena, &ok);
	if (!ok || hj_map_put(seen, key, 0, NULL, &was_there))
		run->reach->status = HJ_NO_MEMORY;
	return !was_there;
}

/*
 * Members whom nobody names: in none of the policy's domains, roles or groups, or in just one. What
 * somebody in several may do is the union of what these may.
 */
static void add_nameless(expansion *run)
{
	hj_map seen;
	bool roles[HJ_AUTOGROUP_NONROOT + 1] = {0};
	if (run->reach->has_users)
		return;
	hj_map_init(&seen, run->reach->allocator);
	add(run, HJ_SUBJECT_MEMBER, HJ_NONE, HJ_SLICE(""));
	for (uint32_t i = 0; i < run->policy->term_count; i++) {
		const hj_selector *selector = &run->policy->terms[i].selector;
		if (selector->kind == HJ_SELECT_DOMAIN && is_new(run, &seen, selector->name))
			add(run, HJ_SUBJECT_MEMBER, HJ_NONE, selector->name);
		if (selector->kind == HJ_SELECT_AUTOGROUP)
			roles[selector->autogroup] = true;
	}
	hj_map_free(&seen);
	for (hj_autogroup role = HJ_AUTOGROUP_OWNER; role <= HJ_AUTOGROUP_AUDITOR; role++)
		if (roles[role])
			hj__subjects_add(run->reach, run->out,
				(hj_subject){.kind = HJ_SUBJECT_ROLE,
					.index = HJ_NONE,
					.autogroup = role});
	for (uint32_t i = 0; i < run->world->group_count; i++)
		if (run->world->groups[i].synced)
			add(run, HJ_SUBJECT_SYNCED, i, run->world->groups[i].name);
}

/* Users of whom it is known; where nobody knows any role, they are all members. */
static void add_users(expansion *run, hj_autogroup autogroup)
{
	for (uint32_t i = 0; i < run->world->user_count; i++)
		if (hj_user_is(run->world, i, autogroup))
			add_user(run, i);
}

static void add_role(expansion *run, hj_autogroup role)
{
	bool all_known = run->reach->has_users;
	add_users(run, role);
	for (uint32_t i = 0; i < run->world->user_count; i++)
		all_known = all_known &&
			(!exists(run, i) || run->world->users[i].role != HJ_AUTOGROUP_UNKNOWN);
	if (!all_known)
		hj__subjects_add(run->reach, run->out,
			(hj_subject){.kind = HJ_SUBJECT_ROLE, .index = HJ_NONE, .autogroup = role});
}

static void add_shared(expansion *run)
{
	for (uint32_t i = 0; i < run->world->user_count; i++)
		if (run->world->users[i].shared)
			add_user(run, i);
	if (!run->reach->has_users)
		add(run, HJ_SUBJECT_SHARED, HJ_NONE, HJ_SLICE(""));
}

static void add_domain(expansion *run, hj_slice domain)
{
	for (uint32_t i = 0; i < run->world->user_count; i++)
		if (hj_slice_equal_folded(run->world->users[i].domain, domain) &&
			hj_user_is(run->world, i, HJ_AUTOGROUP_MEMBER))
			add_user(run, i);
	if (!run->reach->has_users)
		add_copy(run, HJ_SUBJECT_MEMBER, domain);
}

/* -- devices --------------------------------------------------------------------------------------- */

static void add_tag(expansion *run, hj_slice name)
{
	uint32_t tag = find(run, &run->world->tag_of, name);
	const hj_tag *known = tag == HJ_NONE ? NULL : &run->world->tags[tag];
	if (!known || (known->entry == HJ_NONE && !known->devices.count))
		run->what = "no such tag";
	else
		add(run, HJ_SUBJECT_TAG, tag, known->name);
}

static void add_tags(expansion *run)
{
	for (uint32_t i = 0; i < run->world->tag_count; i++)
		add(run, HJ_SUBJECT_TAG, i, run->world->tags[i].name);
	if (!run->reach->has_devices)
		add(run, HJ_SUBJECT_TAG, HJ_NONE, HJ_SLICE(""));
}

static void add_service(expansion *run, hj_slice name)
{
	uint32_t service = find(run, &run->world->service_of, name);
	if (!run->destination)
		run->what = "a service is no source";
	else if (service == HJ_NONE)
		add_copy(run, HJ_SUBJECT_SERVICE, name);
	else
		add(run, HJ_SUBJECT_SERVICE, service, run->world->services[service].name);
}

/* Those of the inventory, and those that only rules name. */
static void add_services(expansion *run)
{
	hj_map seen;
	hj_map_init(&seen, run->reach->allocator);
	for (uint32_t i = 0; i < run->world->service_count; i++)
		add(run, HJ_SUBJECT_SERVICE, i, run->world->services[i].name);
	for (uint32_t i = 0; i < run->policy->term_count; i++) {
		const hj_selector *selector = &run->policy->terms[i].selector;
		if (selector->kind == HJ_SELECT_SERVICE &&
			run->world->meanings[i].index == HJ_NONE &&
			is_new(run, &seen, selector->text))
			add(run, HJ_SUBJECT_SERVICE, HJ_NONE, selector->text);
	}
	hj_map_free(&seen);
}

/* -- addresses ------------------------------------------------------------------------------------- */

static void add_ranges(expansion *run, const hj_range *ranges, uint32_t count)
{
	for (uint32_t i = 0; i < count && !run->reach->status; i++)
		hj__cut(run->reach, ranges[i], run->out);
}

static void add_addresses(expansion *run)
{
	static const hj_range all[] = {
		{{0, 0, false}, {0, UINT32_MAX, false}},
		{{0, 0, true}, {UINT64_MAX, UINT64_MAX, true}},
	};
	add_ranges(run, all, 2);
}

/* The terms and hosts of the policy by their texts, made when first asked for. */
static void make_names(expansion *run)
{
	hj_reach *reach = run->reach;
	const hj_entries *hosts = &run->policy->hosts;
	bool ok = true;
	if (reach->names_made)
		return;
	hj__names_free(reach);
	hj_map_init(&reach->hosts, reach->allocator);
	hj_map_init(&reach->terms, reach->allocator);
	for (uint32_t i = 0; ok && i < hosts->count; i++)
		ok = !hj_map_put(&reach->hosts, hj_trim(hosts->items[i].name.text), i, NULL, NULL);
	for (uint32_t i = 0; ok && i < run->policy->term_count; i++)
		ok = !hj_map_put(&reach->terms, run->policy->terms[i].selector.text, i, NULL, NULL);
	reach->names_made = ok;
	if (!ok)
		reach->status = HJ_NO_MEMORY;
}

static void add_word(expansion *run, const hj_selector *selector)
{
	make_names(run);
	const uint32_t *host = hj_map_get(&run->reach->hosts, selector->name);
	if (host) {
		hj_selector value = hj_selector_parse(run->policy->hosts.items[*host].word.text);
		if (value.kind == HJ_SELECT_ADDRESS || value.kind == HJ_SELECT_PREFIX)
			add_ranges(run, &value.range, 1);
		else
			run->what = "the host has no address";
		return;
	}
	uint32_t device = run->world->inventory && selector->kind == HJ_SELECT_WORD
		? hj_inventory_device(run->world->inventory, selector->text)
		: HJ_NONE;
	if (device == HJ_NONE)
		run->what = "no such host or device";
	else
		add(run, HJ_SUBJECT_DEVICE, device, run->world->inventory->devices[device].name);
}

/* World knows the ranges of those that are used somewhere. */
static void add_ipset(expansion *run, const hj_selector *selector)
{
	make_names(run);
	const uint32_t *term = hj_map_get(&run->reach->terms, selector->text);
	const hj_meaning *meaning = term ? &run->world->meanings[*term] : NULL;
	if (!meaning || !meaning->defined)
		run->what = "no such IP set, or one that no rule uses";
	else
		add_ranges(run, meaning->ranges, meaning->range_count);
}

/* -- any text -------------------------------------------------------------------------------------- */

static void add_all(expansion *run)
{
	for (uint32_t i = 0; i < run->world->user_count; i++)
		add_user(run, i);
	add_nameless(run);
	add_tags(run);
	if (!run->reach->has_users)
		add(run, HJ_SUBJECT_SHARED, HJ_NONE, HJ_SLICE(""));
	if (run->destination)
		add_services(run);
	add_addresses(run);
}

static void add_autogroup(expansion *run, hj_autogroup autogroup)
{
	const hj_range *ranges;
	uint32_t count;
	switch (autogroup) {
	case HJ_AUTOGROUP_MEMBER:
		add_users(run, autogroup);
		add_nameless(run);
		break;
	case HJ_AUTOGROUP_SHARED: add_shared(run); break;
	case HJ_AUTOGROUP_TAGGED: add_tags(run); break;
	case HJ_AUTOGROUP_DANGER_ALL: add_all(run); break;
	case HJ_AUTOGROUP_INTERNET:
		ranges = hj_internet_ranges(&count);
		add_ranges(run, ranges, count);
		break;
	case HJ_AUTOGROUP_SELF: run->what = "it is other devices for every source"; break;
	case HJ_AUTOGROUP_NONROOT: run->what = "it is accounts, not devices"; break;
	case HJ_AUTOGROUP_UNKNOWN: run->what = "no such autogroup"; break;
	default: add_role(run, autogroup); break;
	}
}

static void expand(expansion *run, const hj_selector *selector)
{
	switch (selector->kind) {
	case HJ_SELECT_ALL: add_all(run); break;
	case HJ_SELECT_USER: add_known_user(run, selector->text); break;
	case HJ_SELECT_DOMAIN: add_domain(run, selector->name); break;
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED: add_group(run, selector); break;
	case HJ_SELECT_TAG: add_tag(run, selector->text); break;
	case HJ_SELECT_AUTOGROUP: add_autogroup(run, selector->autogroup); break;
	case HJ_SELECT_IPSET: add_ipset(run, selector); break;
	case HJ_SELECT_SERVICE: add_service(run, selector->text); break;
	case HJ_SELECT_WORD:
	case HJ_SELECT_HOST_PREFIX: add_word(run, selector); break;
	case HJ_SELECT_ADDRESS:
	case HJ_SELECT_PREFIX:
	case HJ_SELECT_RANGE: add_ranges(run, &selector->range, 1); break;
	case HJ_SELECT_EMPTY: run->what = "nothing is named"; break;
	case HJ_SELECT_TEMPLATE: run->what = "it is a template's placeholder"; break;
	case HJ_SELECT_LOCALPART: run->what = "it is accounts, not devices"; break;
	case HJ_SELECT_POSTURE: run->what = "a posture is no device"; break;
	case HJ_SELECT_OTHER: run->what = "it is no selector, host or device"; break;
	}
}

hj_status hj_expand(
	hj_reach *reach, hj_slice text, bool destination, hj_subjects *out, const char **what)
{
	expansion run = {reach, reach->world, reach->world->policy, out, destination, NULL};
	uint32_t before = out->count;
	hj_selector selector = hj_selector_parse(text);
	expand(&run, &selector);
	hj_status status = hj__settle(reach);
	if (!status && run.what)
		status = HJ_INVALID;
	if (status)
		out->count = before;
	if (what)
		*what = status == HJ_INVALID ? run.what : NULL;
	return status;
}
