/*
 * From entries of "grants" and "acls" to rules (control plane 5.2 to 5.5, 6, 7).
 */
#include "engine/filter_parts.h"

#include "syntax/inline.h"

#include <stdlib.h>

/* -- destinations in their order ------------------------------------------------------------------- */

/* An element of "dst", sorted: kinds in the order of 5.4, what is the same selector together. */
typedef struct element {
	uint32_t rank;  /* of its kind */
	uint32_t first; /* where the selector stands first */
	uint32_t at;
} element;

typedef struct rule_compiler {
	hj_filter *filter;
	uint32_t *canonical;      /* of each term: the first one with the same meaning */
	uint32_t *seen, *seen_at; /* of each canonical term: the entry, and where it stood in it */
	uint32_t entry;           /* from 1 */
	element *elements;        /* of the entry at hand */
	size_t element_count, element_capacity;
	uint32_t *users; /* whom the sources of the entry name */
	uint32_t user_count;
} rule_compiler;

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
	const element *one = a, *other = b;
	if (one->rank != other->rank)
		return one->rank < other->rank ? -1 : 1;
	if (one->first != other->first)
		return one->first < other->first ? -1 : 1;
	return one->at < other->at ? -1 : one->at > other->at;
}

static bool is_self(const hj_filter *filter, uint32_t term)
{
	const hj_selector *selector = &filter->policy->terms[term].selector;
	return selector->kind == HJ_SELECT_AUTOGROUP && selector->autogroup == HJ_AUTOGROUP_SELF;
}

/* Users with devices whom sources name: autogroup:self is theirs. */
static void read_users(rule_compiler *compiler, const hj_words *src)
{
	hj_filter *filter = compiler->filter;
	hj_world *world = filter->world;
	compiler->user_count = 0;
	filter->number_count = 0;
	for (uint32_t i = 0; i < src->count && filter->ok; i++) {
		hj_ids members;
		if (hj_world_members(world, src->items[i].term, &members))
			filter->ok = false;
		for (uint32_t j = 0; filter->ok && j < members.count; j++)
			if (world->users[members.items[j]].devices.count)
				hj__filter_number(filter, members.items[j]);
	}
	if (!filter->ok || filter->number_count == 0)
		return;
	qsort(filter->numbers, filter->number_count, sizeof *filter->numbers, hj__by_number);
	for (size_t i = 0; i < filter->number_count; i++)
		if (i == 0 || filter->numbers[i] != filter->numbers[i - 1])
			compiler->users[compiler->user_count++] = filter->numbers[i];
}

static void read_destinations(rule_compiler *compiler, const hj_words *src, const hj_words *dst)
{
	hj_filter *filter = compiler->filter;
	bool self = false;
	compiler->element_count = compiler->user_count = 0;
	compiler->entry++;
	if (!hj__filter_grow(filter, &compiler->elements, &compiler->element_capacity,
		    dst->count ? dst->count : 1, sizeof *compiler->elements))
		return;
	for (uint32_t i = 0; i < dst->count; i++) {
		uint32_t term = dst->items[i].term, same = compiler->canonical[term];
		if (compiler->seen[same] != compiler->entry) {
			compiler->seen[same] = compiler->entry;
			compiler->seen_at[same] = i;
		}
		compiler->elements[compiler->element_count++] = (element){
			rank_of(&filter->policy->terms[term].selector), compiler->seen_at[same], i};
		self = self || is_self(filter, term);
	}
	if (self)
		read_users(compiler, src);
	if (compiler->element_count)
		qsort(compiler->elements, compiler->element_count, sizeof *compiler->elements,
			by_rank);
}

/* Is an element the first of its selector? */
static bool begins(const rule_compiler *compiler, size_t at)
{
	return at == 0 || compiler->elements[at].first != compiler->elements[at - 1].first;
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

static void hand(rule_compiler *compiler, hj__handing *handing, uint32_t term)
{
	hj_filter *filter = compiler->filter;
	if (is_self(filter, term))
		for (uint32_t i = 0; !handing->via && i < compiler->user_count && filter->ok; i++)
			hj__hand_self(
				filter, handing->protocol, handing->ports, compiler->users[i]);
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

static void compile_acl(rule_compiler *compiler, const hj_acl *acl)
{
	hj_filter *filter = compiler->filter;
	hj_slice name = hj_trim(acl->proto.text);
	uint8_t number = 0;
	if (name.size && !hj_protocol_parse(name, &number))
		return;
	hj__handing handing = {.sources = hj__sources_of_words(filter, &acl->src),
		.protocol = name.size ? number : -1};
	read_destinations(compiler, &acl->src, &acl->dst);
	for (size_t i = 0; i < compiler->element_count && filter->ok;) {
		size_t first = filter->port_count, from = i;
		do
			read_ports(filter, acl->dst.items[compiler->elements[i].at].text);
		while (++i < compiler->element_count && !begins(compiler, i));
		handing.ports = end_ports(filter, first);
		if (filter->ok && filter->port_count > first)
			hand(compiler, &handing, acl->dst.items[compiler->elements[from].at].term);
	}
}

/* -- grants -------------------------------------------------------------------------------------------- */

/* The ports of the items with one protocol, for every destination. */
static void compile_protocol(
	rule_compiler *compiler, const hj_grant *grant, hj__handing *handing, uint32_t from)
{
	hj_filter *filter = compiler->filter;
	size_t first = filter->port_count;
	hj_ip_item item;
	for (uint32_t i = from; i < grant->ip.count; i++)
		if (hj_ip_item_parse(grant->ip.items[i].text, &item, NULL) &&
			item.protocol == handing->protocol)
			add_port(filter, item.ports);
	handing->ports = end_ports(filter, first);
	handing->via_rule = HJ_NONE;
	for (size_t i = 0; i < compiler->element_count && filter->ok; i++)
		if (begins(compiler, i))
			hand(compiler, handing, grant->dst.items[compiler->elements[i].at].term);
}

/* Capabilities that need another one in the other direction (7.3). */
static const struct companion {
	const char *of, *name;
} companions[] = {
	{"tailscale.com/cap/drive", "{\"tailscale.com/cap/drive-sharer\": null}"},
	{"tailscale.com/cap/relay", "{\"tailscale.com/cap/relay-target\": null}"},
};

static uint32_t add_capability(hj_filter *filter, hj_slice json)
{
	if (hj__filter_grow(filter, &filter->capabilities, &filter->capability_capacity,
		    filter->capability_count + 1, sizeof *filter->capabilities))
		filter->capabilities[filter->capability_count++] = json;
	return (uint32_t)filter->capability_count - 1;
}

/* Is anybody's device meant by a term? */
static bool has_devices(hj_filter *filter, uint32_t term)
{
	hj_ids devices;
	if (hj_world_devices(filter->world, term, &devices)) {
		filter->ok = false;
		return false;
	}
	return devices.count > 0;
}

static void hand_companion(
	rule_compiler *compiler, const hj_grant *grant, uint32_t capability, uint32_t term)
{
	hj_filter *filter = compiler->filter;
	if (is_self(filter, term)) {
		for (uint32_t i = 0; i < compiler->user_count && filter->ok; i++)
			hj__hand_self_capability(filter, capability, compiler->users[i]);
		return;
	}
	if (!has_devices(filter, term))
		return;
	uint32_t sources = hj__sources_of_term(filter, term), count = grant->src.count;
	uint32_t *terms = hj__room(&filter->arena, count, sizeof *terms);
	filter->ok = filter->ok && terms;
	for (uint32_t i = 0; filter->ok && i < count; i++)
		terms[i] = grant->src.items[i].term;
	if (filter->ok)
		hj__hand_capability(filter, sources, capability, terms, count);
}

static void compile_app(rule_compiler *compiler, const hj_grant *grant, uint32_t sources)
{
	hj_filter *filter = compiler->filter;
	const hj_document *document = filter->policy->document;
	hj_text_clear(&filter->scratch);
	if (hj_inline_append(&filter->scratch, document, grant->app.node)) {
		filter->ok = false;
		return;
	}
	uint32_t capability = add_capability(filter,
		hj_arena_copy(&filter->arena, hj_text_slice(&filter->scratch), &filter->ok));
	for (size_t i = 0; i < compiler->element_count && filter->ok; i++) {
		uint32_t term = grant->dst.items[compiler->elements[i].at].term;
		if (!begins(compiler, i))
			continue;
		if (!is_self(filter, term))
			hj__hand_capability(filter, sources, capability, &term, 1);
		for (uint32_t j = 0; is_self(filter, term) && j < compiler->user_count; j++)
			hj__hand_self_capability(filter, capability, compiler->users[j]);
	}
	for (uint32_t k = 0; k < grant->app.count; k++)
		for (size_t c = 0; c < sizeof companions / sizeof *companions; c++) {
			if (!hj_slice_equal(
				    grant->app.items[k].name.text, hj_slice_str(companions[c].of)))
				continue;
			capability = add_capability(filter, hj_slice_str(companions[c].name));
			for (size_t i = 0; i < compiler->element_count && filter->ok; i++)
				if (begins(compiler, i))
					hand_companion(compiler, grant, capability,
						grant->dst.items[compiler->elements[i].at].term);
		}
}

static void compile_grant(rule_compiler *compiler, const hj_grant *grant)
{
	hj_filter *filter = compiler->filter;
	hj__handing handing = {.sources = hj__sources_of_words(filter, &grant->src),
		.via = grant->via.count ? &grant->via : NULL};
	bool seen[257] = {false}; /* protocols, and none */
	read_destinations(compiler, &grant->src, &grant->dst);
	for (uint32_t i = 0; i < grant->ip.count && filter->ok; i++) {
		hj_ip_item item;
		if (!hj_ip_item_parse(grant->ip.items[i].text, &item, NULL) ||
			seen[item.protocol + 1])
			continue;
		seen[item.protocol + 1] = true;
		handing.protocol = item.protocol;
		compile_protocol(compiler, grant, &handing, i);
	}
	/* The destinations of a grant with via are subnets, which no capability is for. */
	if (grant->app.count && !handing.via && filter->ok)
		compile_app(compiler, grant, handing.sources);
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

static bool begin(rule_compiler *compiler)
{
	hj_filter *filter = compiler->filter;
	const hj_world *world = filter->world;
	uint32_t count = filter->policy->term_count;
	compiler->canonical = hj__room(&filter->arena, count, sizeof *compiler->canonical);
	compiler->seen = hj__room(&filter->arena, count, sizeof *compiler->seen);
	compiler->seen_at = hj__room(&filter->arena, count, sizeof *compiler->seen_at);
	compiler->users = hj__room(&filter->arena, world->user_count, sizeof *compiler->users);
	/* Users and tags are the same in any letter case. */
	uint32_t *users = hj__room(&filter->arena, world->user_count, sizeof *users);
	uint32_t *tags = hj__room(&filter->arena, world->tag_count, sizeof *tags);
	if (!compiler->canonical || !compiler->seen || !compiler->seen_at || !compiler->users ||
		!users || !tags)
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
		compiler->canonical[i] = first ? *first : i;
		compiler->seen[i] = 0;
	}
	return true;
}

void hj__filter_entries(hj_filter *filter)
{
	const hj_policy *policy = filter->policy;
	rule_compiler compiler = {.filter = filter};
	if (!begin(&compiler)) {
		filter->ok = false;
		return;
	}
	for (uint32_t i = 0; i < policy->grants.count && filter->ok; i++)
		compile_grant(&compiler, &policy->grants.items[i]);
	for (uint32_t i = 0; i < policy->acls.count && filter->ok; i++)
		compile_acl(&compiler, &policy->acls.items[i]);
	if (!policy->grants.node && !policy->acls.node)
		allow_all(filter);
	hj_free(filter->arena.allocator, compiler.elements,
		compiler.element_capacity * sizeof *compiler.elements);
}
