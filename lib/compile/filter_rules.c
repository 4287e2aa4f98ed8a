/*
 * From entries of "grants" and "acls" to rules (control plane 5.2 to 5.5, 6, 7).
 */
#include "compile/filter_parts.h"

#include <stdlib.h>

/* -- destinations in their order ------------------------------------------------------------------- */

static uint32_t rank_of(const hj_selector *selector)
{
	switch (selector->kind) {
	case HJ_SELECT_ALL: return 0;
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED: return 2;
	case HJ_SELECT_AUTOGROUP: return 3;
	default: return 1;
	}
}

static int by_rank(const void *a, const void *b)
{
	const hj__element *one = a, *other = b;
	if (one->rank != other->rank)
		return one->rank < other->rank ? -1 : 1;
	if (one->first != other->first)
		return one->first < other->first ? -1 : 1;
	return one->at < other->at ? -1 : one->at > other->at;
}

bool hj__is_self(const hj_filter *filter, uint32_t term)
{
	const hj_selector *selector = &filter->policy->terms[term].selector;
	return selector->kind == HJ_SELECT_AUTOGROUP && selector->autogroup == HJ_AUTOGROUP_SELF;
}

/*
 * Users with devices whom sources name: autogroup:self is theirs. Not of those who accepted a share,
 * who are users of another tailnet.
 */
static void read_users(hj_filter *filter, hj__entry *entry)
{
	const hj_words *src = entry->src;
	hj_world *world = filter->world;
	entry->user_count = 0;
	filter->number_count = 0;
	for (uint32_t i = 0; i < src->count && filter->ok; i++) {
		hj_ids members;
		if (hj_world_members(world, src->items[i].term, &members))
			filter->ok = false;
		for (uint32_t j = 0; filter->ok && j < members.count; j++) {
			const hj_user *user = &world->users[members.items[j]];
			if (user->devices.count && !user->shared)
				hj__filter_number(filter, members.items[j]);
		}
	}
	if (!filter->ok || filter->number_count == 0)
		return;
	qsort(filter->numbers, filter->number_count, sizeof *filter->numbers, hj__by_number);
	for (size_t i = 0; i < filter->number_count; i++)
		if (i == 0 || filter->numbers[i] != filter->numbers[i - 1])
			entry->users[entry->user_count++] = filter->numbers[i];
}

static void read_entry(hj_filter *filter, hj__entry *entry)
{
	const hj_words *dst = entry->dst;
	bool self = false;
	entry->element_count = entry->user_count = 0;
	entry->number++;
	if (!hj__filter_grow(filter, &entry->elements, &entry->element_capacity,
		    dst->count ? dst->count : 1, sizeof *entry->elements))
		return;
	for (uint32_t i = 0; i < dst->count; i++) {
		uint32_t term = dst->items[i].term, same = entry->canonical[term];
		if (entry->seen[same] != entry->number) {
			entry->seen[same] = entry->number;
			entry->seen_at[same] = i;
		}
		entry->elements[entry->element_count++] = (hj__element){
			rank_of(&filter->policy->terms[term].selector), entry->seen_at[same], i};
		self = self || hj__is_self(filter, term);
	}
	if (self)
		read_users(filter, entry);
	if (entry->element_count)
		qsort(entry->elements, entry->element_count, sizeof *entry->elements, by_rank);
}

uint32_t hj__element_term(const hj__entry *entry, size_t at)
{
	return entry->dst->items[entry->elements[at].at].term;
}

bool hj__element_begins(const hj__entry *entry, size_t at)
{
	return at == 0 || entry->elements[at].first != entry->elements[at - 1].first;
}

/* -- ports --------------------------------------------------------------------------------------------- */

static void add_port(hj_filter *filter, hj_ports ports)
{
	if (hj__filter_grow(filter, &filter->ports, &filter->port_capacity, filter->port_count + 1,
		    sizeof *filter->ports))
		filter->ports[filter->port_count++] = ports;
}

/* The ports added since there were `first` become a list. */
static uint32_t end_ports(hj_filter *filter, size_t first)
{
	if (!hj__filter_grow(filter, &filter->port_lists, &filter->port_list_capacity,
		    filter->port_list_count + 1, sizeof *filter->port_lists))
		return 0;
	filter->port_lists[filter->port_list_count] =
		(hj__port_list){(uint32_t)first, (uint32_t)(filter->port_count - first)};
	return (uint32_t)filter->port_list_count++;
}

static void hand(hj_filter *filter, const hj__entry *entry, hj__handing *handing, uint32_t term)
{
	if (hj__is_self(filter, term))
		for (uint32_t i = 0; !handing->via && i < entry->user_count && filter->ok; i++)
			hj__hand_self(filter, handing, entry->users[i], entry->posture);
	else if (filter->sources[handing->sources].count)
		hj__hand_ports(filter, handing, term);
}

/* -- acls ---------------------------------------------------------------------------------------------- */

static void read_ports(hj_filter *filter, hj_slice destination)
{
	hj_hostport parts;
	hj_ports ports;
	if (!hj_hostport_split(hj_trim(destination), &parts))
		return;
	while (filter->ok && hj_ports_next(&parts.ports, &ports, NULL))
		add_port(filter, ports);
}

static void compile_acl(hj_filter *filter, hj__entry *entry, const hj_acl *acl)
{
	hj_slice name = hj_trim(acl->proto.text);
	uint8_t number = 0;
	if (name.size && !hj_protocol_parse(name, &number))
		return;
	entry->src = &acl->src;
	entry->dst = &acl->dst;
	entry->posture = hj__posture_of(filter->postures, &acl->posture);
	read_entry(filter, entry);
	hj__handing handing = {
		.sources = hj__sources_of_words(filter, entry->src, entry->posture),
		.protocol = name.size ? number : -1,
	};
	for (size_t i = 0; i < entry->element_count && filter->ok;) {
		size_t first = filter->port_count;
		uint32_t term = hj__element_term(entry, i);
		do
			read_ports(filter, acl->dst.items[entry->elements[i].at].text);
		while (++i < entry->element_count && !hj__element_begins(entry, i));
		handing.ports = end_ports(filter, first);
		if (filter->ok && filter->port_count > first)
			hand(filter, entry, &handing, term);
	}
}

/* -- grants -------------------------------------------------------------------------------------------- */

/* The ports of the items with one protocol, for every destination. */
static void compile_protocol(hj_filter *filter, const hj__entry *entry, const hj_words *ip,
	hj__handing *handing, uint32_t from)
{
	size_t first = filter->port_count;
	hj_ip_item item;
	for (uint32_t i = from; i < ip->count; i++)
		if (hj_ip_item_parse(ip->items[i].text, &item, NULL) &&
			item.protocol == handing->protocol)
			add_port(filter, item.ports);
	handing->ports = end_ports(filter, first);
	handing->via_rule = HJ_NONE;
	for (size_t i = 0; i < entry->element_count && filter->ok; i++)
		if (hj__element_begins(entry, i))
			hand(filter, entry, handing, hj__element_term(entry, i));
}

static void compile_grant(hj_filter *filter, hj__entry *entry, const hj_grant *grant)
{
	bool seen[257] = {false}; /* protocols, and none */
	entry->src = &grant->src;
	entry->dst = &grant->dst;
	entry->posture = hj__posture_of(filter->postures, &grant->posture);
	read_entry(filter, entry);
	hj__handing handing = {
		.sources = hj__sources_of_words(filter, entry->src, entry->posture),
		.via = grant->via.count ? &grant->via : NULL,
	};
	for (uint32_t i = 0; i < grant->ip.count && filter->ok; i++) {
		hj_ip_item item;
		if (!hj_ip_item_parse(grant->ip.items[i].text, &item, NULL) ||
			seen[item.protocol + 1])
			continue;
		seen[item.protocol + 1] = true;
		handing.protocol = item.protocol;
		compile_protocol(filter, entry, &grant->ip, &handing, i);
	}
	/* The destinations of a grant with via are subnets, which no capability is for; one without
	   any source has no effect at all. */
	if (grant->app.count && grant->src.count && !handing.via && filter->ok)
		hj__filter_app(filter, entry, &grant->app, handing.sources);
}

/* -- the policy ---------------------------------------------------------------------------------------- */

/* Neither "acls" nor "grants": everything is allowed. */
static void allow_all(hj_filter *filter)
{
	size_t first = filter->port_count;
	add_port(filter, (hj_ports){0, UINT16_MAX});
	hj__handing handing = {.sources = hj__sources_of_all(filter), .protocol = -1};
	handing.ports = end_ports(filter, first);
	hj__hand_everywhere(filter, &handing);
}

static bool begin(hj_filter *filter, hj__entry *entry)
{
	const hj_world *world = filter->world;
	uint32_t count = filter->policy->term_count;
	entry->canonical = hj__room(&filter->arena, count, sizeof *entry->canonical);
	entry->seen = hj__room(&filter->arena, count, sizeof *entry->seen);
	entry->seen_at = hj__room(&filter->arena, count, sizeof *entry->seen_at);
	entry->users = hj__room(&filter->arena, world->user_count, sizeof *entry->users);
	/* Users and tags are the same in any letter case. */
	uint32_t *users = hj__room(&filter->arena, world->user_count, sizeof *users);
	uint32_t *tags = hj__room(&filter->arena, world->tag_count, sizeof *tags);
	if (!entry->canonical || !entry->seen || !entry->seen_at || !entry->users || !users ||
		!tags)
		return false;
	for (uint32_t i = 0; i < world->user_count; i++)
		users[i] = HJ_NONE;
	for (uint32_t i = 0; i < world->tag_count; i++)
		tags[i] = HJ_NONE;
	for (uint32_t i = 0; i < count; i++) {
		hj_selector_kind kind = filter->policy->terms[i].selector.kind;
		uint32_t index = world->meanings[i].index;
		uint32_t *first = kind == HJ_SELECT_USER ? &users[index]
			: kind == HJ_SELECT_TAG          ? &tags[index]
							 : NULL;
		if (first && *first == HJ_NONE)
			*first = i;
		entry->canonical[i] = first ? *first : i;
		entry->seen[i] = 0;
	}
	return true;
}

void hj__filter_entries(hj_filter *filter)
{
	const hj_policy *policy = filter->policy;
	hj__entry entry = {0};
	if (!begin(filter, &entry)) {
		filter->ok = false;
		return;
	}
	for (uint32_t i = 0; i < policy->grants.count && filter->ok; i++)
		compile_grant(filter, &entry, &policy->grants.items[i]);
	for (uint32_t i = 0; i < policy->acls.count && filter->ok; i++)
		compile_acl(filter, &entry, &policy->acls.items[i]);
	if (!policy->grants.node && !policy->acls.node)
		allow_all(filter);
	hj_free(filter->arena.allocator, entry.elements,
		entry.element_capacity * sizeof *entry.elements);
}
