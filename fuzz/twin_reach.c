/* The plain twin of access; see twin_reach.h. */
#include "fuzz/twin_reach.h"

#include "policy/condition.h"
#include "policy/operation.h"
#include "policy/ports.h"

#include <stdlib.h>
#include <strings.h>

/* -- texts and addresses ------------------------------------------------------------------------- */

static bool same(hj_slice a, hj_slice b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static bool same_folded(hj_slice a, hj_slice b)
{
	return a.size == b.size && (a.size == 0 || strncasecmp(a.data, b.data, a.size) == 0);
}

static hj_range range_of(const char *first, const char *last)
{
	hj_range range;
	if (!hj_address_parse(hj_slice_str(first), &range.first) ||
		!hj_address_parse(hj_slice_str(last), &range.last))
		abort();
	return range;
}

static bool within(hj_address address, hj_range range)
{
	return address.v6 == range.first.v6 && hj_address_compare(address, range.first) >= 0 &&
		hj_address_compare(address, range.last) <= 0;
}

/* Control plane 3.2 and 3.4. */
static const char *const range_texts[][2] = {{"100.64.0.0", "100.115.91.255"},
	{"100.115.94.0", "100.127.255.255"},
	{"fd7a:115c:a1e0::", "fd7a:115c:a1e0:ffff:ffff:ffff:ffff:ffff"},
	{"0.0.0.0", "9.255.255.255"}, {"11.0.0.0", "100.63.255.255"},
	{"100.128.0.0", "169.253.255.255"}, {"169.255.0.0", "172.15.255.255"},
	{"172.32.0.0", "192.167.255.255"}, {"192.169.0.0", "255.255.255.255"},
	{"2000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}};
enum { TAILNET = 3, RANGES = sizeof range_texts / sizeof *range_texts };

/* All of them, read once: the tailnet's, then those of autogroup:internet. */
static const hj_range *ranges(void)
{
	static hj_range items[RANGES];
	static bool read;
	for (size_t i = 0; i < RANGES && !read; i++)
		items[i] = range_of(range_texts[i][0], range_texts[i][1]);
	read = true;
	return items;
}

static bool is_tailnet(hj_address address)
{
	for (size_t i = 0; i < TAILNET; i++)
		if (within(address, ranges()[i]))
			return true;
	return false;
}

bool twin_public(hj_address address)
{
	for (size_t i = TAILNET; i < RANGES; i++)
		if (within(address, ranges()[i]))
			return true;
	return false;
}

/* -- the tailnet --------------------------------------------------------------------------------- */

static const hj_device *device_of(const struct twin_net *net, uint32_t device)
{
	return &net->inventory->devices[device];
}

static uint32_t whose(const struct twin_net *net, hj_address address)
{
	for (uint32_t i = 0; i < net->inventory->device_count; i++)
		for (uint32_t k = 0; k < device_of(net, i)->address_count; k++)
			if (hj_address_compare(device_of(net, i)->addresses[k], address) == 0)
				return i;
	return HJ_NONE;
}

static bool has_tag(const struct twin_net *net, uint32_t device, hj_slice tag)
{
	for (uint32_t i = 0; i < device_of(net, device)->tag_count; i++)
		if (same_folded(device_of(net, device)->tags[i].text, tag))
			return true;
	return false;
}

static bool has_one_of(const struct twin_net *net, uint32_t device, const hj_words *tags)
{
	for (uint32_t i = 0; i < tags->count; i++)
		if (has_tag(net, device, hj_trim(tags->items[i].text)))
			return true;
	return false;
}

/* Is all of a prefix in another? */
static bool covers_prefix(hj_prefix outer, hj_prefix inner)
{
	return outer.bits <= inner.bits && within(inner.address, hj_prefix_range(outer));
}

/* Enabled by hand, or by autoApprovers (control plane 4). */
static bool is_approved(const struct twin_net *net, uint32_t device, hj_prefix route)
{
	const hj_device *owner = device_of(net, device);
	const hj_auto_approvers *approvers = &net->policy->auto_approvers;
	for (uint32_t i = 0; i < owner->enabled_count; i++)
		if (owner->enabled[i].bits == route.bits &&
			hj_address_compare(owner->enabled[i].address, route.address) == 0)
			return true;
	if (route.bits == 0)
		return has_one_of(net, device, &approvers->exit_node);
	for (uint32_t i = 0; i < approvers->routes.count; i++) {
		const hj_entry *entry = &approvers->routes.items[i];
		hj_prefix key;
		if (hj_prefix_parse(entry->name.text, &key) && covers_prefix(key, route) &&
			has_one_of(net, device, &entry->words))
			return true;
	}
	return false;
}

/* The next approved route of a device, from *at on. */
static bool next_route(const struct twin_net *net, uint32_t device, uint32_t *at, hj_prefix *out)
{
	const hj_device *owner = device_of(net, device);
	while (*at < owner->advertised_count) {
		*out = owner->advertised[(*at)++];
		if (is_approved(net, device, *out))
			return true;
	}
	return false;
}

bool twin_routes(const struct twin_net *net, uint32_t device, hj_address address)
{
	hj_prefix route;
	for (uint32_t at = 0; next_route(net, device, &at, &route);)
		if (route.bits && within(address, hj_prefix_range(route)))
			return true;
	return false;
}

bool twin_exits(const struct twin_net *net, uint32_t device)
{
	hj_prefix route;
	for (uint32_t at = 0; next_route(net, device, &at, &route);)
		if (route.bits == 0)
			return true;
	return false;
}

/* -- who somebody is (policy language 13.2) ------------------------------------------------------ */

static const hj_inventory_user *owner_of(const struct twin_net *net, uint32_t device)
{
	uint32_t user = device == HJ_NONE || device_of(net, device)->tag_count
		? HJ_NONE
		: device_of(net, device)->user;
	return user == HJ_NONE ? NULL : &net->inventory->users[user];
}

static hj_slice domain_of(hj_slice login)
{
	for (size_t i = login.size; i > 0; i--)
		if (login.data[i - 1] == '@')
			return hj_slice_of(login.data + i, login.size - i);
	return login;
}

static bool is_member_of(const struct twin_net *net, hj_slice group, hj_slice login)
{
	const hj_entries *groups = &net->policy->groups;
	for (uint32_t i = 0; i < groups->count; i++)
		for (uint32_t k = 0;
			same(groups->items[i].name.text, group) && k < groups->items[i].words.count;
			k++)
			if (same_folded(hj_trim(groups->items[i].words.items[k].text), login))
				return true;
	return false;
}

static bool is_person(
	const struct twin_net *net, const hj_selector *selector, const hj_inventory_user *user)
{
	bool member = !user->shared;
	switch (selector->kind) {
	case HJ_SELECT_USER: return same_folded(selector->text, user->login);
	case HJ_SELECT_GROUP: return is_member_of(net, selector->text, user->login);
	case HJ_SELECT_DOMAIN: return member && same_folded(selector->name, domain_of(user->login));
	case HJ_SELECT_AUTOGROUP:
		switch (selector->autogroup) {
		case HJ_AUTOGROUP_MEMBER: return member;
		case HJ_AUTOGROUP_SHARED: return user->shared;
		case HJ_AUTOGROUP_ADMIN:
			return member &&
				(user->role == HJ_AUTOGROUP_ADMIN ||
					user->role == HJ_AUTOGROUP_OWNER);
		default:
			return member && hj_autogroup_is_role(selector->autogroup) &&
				user->role == selector->autogroup;
		}
	default: return false;
	}
}

static bool is_identity(const struct twin_net *net, const hj_selector *selector, uint32_t device)
{
	const hj_inventory_user *user = owner_of(net, device);
	if (device == HJ_NONE)
		return false;
	if (selector->kind == HJ_SELECT_TAG)
		return has_tag(net, device, selector->text);
	if (selector->kind == HJ_SELECT_AUTOGROUP && selector->autogroup == HJ_AUTOGROUP_TAGGED)
		return device_of(net, device)->tag_count > 0;
	return user && is_person(net, selector, user);
}

/* -- which addresses a selector has -------------------------------------------------------------- */

enum { MOST_NESTED = 16 };

static bool has_address(
	const struct twin_net *net, const hj_selector *selector, hj_address address, int depth);

static const hj_entry *find(const hj_entries *entries, hj_slice name)
{
	for (uint32_t i = 0; i < entries->count; i++)
		if (same(entries->items[i].name.text, name))
			return &entries->items[i];
	return NULL;
}

static bool host_has(const struct twin_net *net, hj_slice name, hj_address address)
{
	const hj_entry *host = find(&net->policy->hosts, name);
	if (!host)
		return false;
	hj_selector value = hj_selector_parse(host->word.text);
	return (value.kind == HJ_SELECT_ADDRESS || value.kind == HJ_SELECT_PREFIX) &&
		within(address, value.range);
}

/* Operations in their order: the last one that has the address decides (policy language 8.2). */
static bool set_has(const struct twin_net *net, hj_slice name, hj_address address, int depth)
{
	const hj_entry *set = find(&net->policy->ipsets, name);
	bool in = false;
	for (uint32_t i = 0; set && i < set->words.count; i++) {
		hj_operation operation;
		if (hj_operation_parse(set->words.items[i].text, &operation) &&
			has_address(net, &operation.selector, address, depth + 1))
			in = !operation.removes;
	}
	return in;
}

static bool has_address(
	const struct twin_net *net, const hj_selector *selector, hj_address address, int depth)
{
	if (depth == MOST_NESTED)
		return false;
	switch (selector->kind) {
	case HJ_SELECT_ADDRESS:
	case HJ_SELECT_PREFIX:
	case HJ_SELECT_RANGE: return within(address, selector->range);
	case HJ_SELECT_WORD:
	case HJ_SELECT_HOST_PREFIX: return host_has(net, selector->name, address);
	case HJ_SELECT_IPSET: return set_has(net, selector->text, address, depth);
	case HJ_SELECT_AUTOGROUP:
		return selector->autogroup == HJ_AUTOGROUP_INTERNET && twin_public(address);
	default: return false;
	}
}

/* The device itself: one of its addresses is enough (control plane 12). */
static bool end_has_address(
	const struct twin_net *net, const hj_selector *selector, const struct twin_end *end)
{
	if (end->device == HJ_NONE)
		return has_address(net, selector, end->address, 0);
	for (uint32_t i = 0; i < device_of(net, end->device)->address_count; i++)
		if (has_address(net, selector, device_of(net, end->device)->addresses[i], 0))
			return true;
	return false;
}

static uint32_t device_at(const struct twin_net *net, const struct twin_end *end)
{
	return end->device == HJ_NONE ? whose(net, end->address) : end->device;
}

/* -- sources and destinations -------------------------------------------------------------------- */

static bool is_everywhere(const struct twin_net *net, const struct twin_end *end)
{
	if (end->device != HJ_NONE || is_tailnet(end->address))
		return true;
	for (uint32_t i = 0; i < net->inventory->device_count; i++)
		if (twin_routes(net, i, end->address))
			return true;
	return false;
}

static bool covers_source(
	const struct twin_net *net, const hj_selector *selector, const struct twin_end *end)
{
	if (selector->kind == HJ_SELECT_ALL)
		return is_everywhere(net, end);
	if (selector->kind == HJ_SELECT_AUTOGROUP && selector->autogroup == HJ_AUTOGROUP_DANGER_ALL)
		return true;
	if (selector->kind == HJ_SELECT_AUTOGROUP && selector->autogroup == HJ_AUTOGROUP_INTERNET)
		return false;
	return is_identity(net, selector, device_at(net, end)) ||
		end_has_address(net, selector, end);
}

/*
 * Devices of one user of this tailnet whom the sources name, by login, group or role, or as "*"
 * (control plane 6).
 */
static bool covers_self(const struct twin_net *net, const hj_words *sources,
	const struct twin_end *from, const struct twin_end *to)
{
	const hj_inventory_user *user = owner_of(net, device_at(net, from));
	if (!user || user->shared || user != owner_of(net, device_at(net, to)))
		return false;
	for (uint32_t i = 0; i < sources->count; i++) {
		hj_selector source = hj_selector_parse(sources->items[i].text);
		if (source.kind == HJ_SELECT_ALL || is_person(net, &source, user))
			return true;
	}
	return false;
}

static bool covers_destination(const struct twin_net *net, const hj_selector *selector,
	const hj_words *sources, const struct twin_end *from, const struct twin_end *to)
{
	if (selector->kind == HJ_SELECT_ALL)
		return true;
	if (selector->kind == HJ_SELECT_AUTOGROUP && selector->autogroup == HJ_AUTOGROUP_SELF)
		return covers_self(net, sources, from, to);
	return is_identity(net, selector, device_at(net, to)) || end_has_address(net, selector, to);
}

/* -- via (control plane 7.4) ------------------------------------------------------------------------ */

static bool touches_at(
	const struct twin_net *net, const hj_selector *selector, hj_range range, hj_range written)
{
	hj_address places[4] = {written.first, written.first, written.last, written.last};
	bool good[4] = {true, hj_address_previous(&places[1]), true, hj_address_next(&places[3])};
	for (size_t i = 0; i < 4; i++)
		if (good[i] && within(places[i], range) && has_address(net, selector, places[i], 0))
			return true;
	return false;
}

/*
 * Has a selector an address within a range? Sets begin and end where one of the ranges written
 * somewhere does, so these places and the range's own ends are all that need a look.
 */
static bool touches(const struct twin_net *net, const hj_selector *selector, hj_range range)
{
	if (touches_at(net, selector, range, range))
		return true;
	if (selector->kind != HJ_SELECT_OTHER && touches_at(net, selector, range, selector->range))
		return true;
	for (size_t i = TAILNET; i < RANGES; i++)
		if (touches_at(net, selector, range, ranges()[i]))
			return true;
	for (uint32_t i = 0; i < net->policy->hosts.count; i++) {
		hj_selector value = hj_selector_parse(net->policy->hosts.items[i].word.text);
		if (touches_at(net, selector, range, value.range))
			return true;
	}
	for (uint32_t i = 0; i < net->policy->ipsets.count; i++) {
		const hj_words *words = &net->policy->ipsets.items[i].words;
		hj_operation operation;
		for (uint32_t k = 0; k < words->count; k++)
			if (hj_operation_parse(words->items[k].text, &operation) &&
				touches_at(net, selector, range, operation.selector.range))
				return true;
	}
	return false;
}

/* Only what is behind a router goes through it: a device of the tailnet never does (17.7). */
static bool is_routed(const struct twin_net *net, const hj_words *via, const hj_selector *selector,
	const struct twin_end *to)
{
	if (via->count == 0)
		return true;
	if (device_at(net, to) != HJ_NONE)
		return false;
	for (uint32_t i = 0; i < net->inventory->device_count; i++) {
		hj_prefix route;
		if (!has_one_of(net, i, via))
			continue;
		for (uint32_t at = 0; next_route(net, i, &at, &route);) {
			bool exit = route.bits == 0;
			bool wants_exit = selector->kind == HJ_SELECT_AUTOGROUP;
			if (exit && wants_exit && route.address.v6 == to->address.v6)
				return true;
			if (!exit && !wants_exit &&
				touches(net, selector, hj_prefix_range(route)) &&
				twin_routes(net, i, to->address))
				return true;
		}
	}
	return false;
}

/* -- postures (policy language 7) ---------------------------------------------------------------- */

static bool equals(const hj_device_attribute *attribute, hj_value_type type, hj_slice value)
{
	switch (type) {
	case HJ_VALUE_STRING:
		return attribute->type == HJ_FACT_TEXT && same(attribute->text, value);
	case HJ_VALUE_NUMBER:
		return attribute->type == HJ_FACT_NUMBER &&
			attribute->number == strtod(value.data, NULL);
	case HJ_VALUE_BOOLEAN:
		return attribute->type == HJ_FACT_BOOLEAN &&
			attribute->truth == same_folded(value, HJ_SLICE("true"));
	default: return false;
	}
}

static bool condition_holds(const hj_condition *condition, const hj_device *device)
{
	const hj_device_attribute *attribute = NULL;
	hj_slice rest = condition->values, value;
	hj_value_type type;
	bool in = false;
	for (uint32_t i = 0; i < device->attribute_count; i++)
		if (same(device->attributes[i].name, condition->attribute))
			attribute = &device->attributes[i];
	if (!attribute || condition->operation == HJ_NOT_SET)
		return !attribute && condition->operation == HJ_NOT_SET;
	switch (condition->operation) {
	case HJ_IS_SET: return true;
	case HJ_IS_TRUE: return attribute->type == HJ_FACT_BOOLEAN && attribute->truth;
	case HJ_EQUAL:
	case HJ_IN:
	case HJ_NOT_EQUAL:
	case HJ_NOT_IN:
		while (hj_condition_value(&rest, &type, &value))
			in = in || equals(attribute, type, value);
		return in == (condition->operation == HJ_EQUAL || condition->operation == HJ_IN);
	default: break;
	}
	if (!hj_condition_value(&rest, &type, &value) || attribute->type != HJ_FACT_NUMBER ||
		type != HJ_VALUE_NUMBER)
		return false;
	double limit = strtod(value.data, NULL);
	switch (condition->operation) {
	case HJ_LESS: return attribute->number < limit;
	case HJ_AT_MOST: return attribute->number <= limit;
	case HJ_AT_LEAST: return attribute->number >= limit;
	default: return attribute->number > limit;
	}
}

/* All conditions of one posture. */
static bool posture_holds(const struct twin_net *net, hj_slice name, const hj_device *device)
{
	const hj_entry *posture = find(&net->policy->postures, name);
	for (uint32_t i = 0; posture && i < posture->words.count; i++) {
		hj_condition condition;
		size_t at;
		const char *what;
		if (!hj_condition_parse(posture->words.items[i].text, &condition, &at, &what) ||
			!condition_holds(&condition, device))
			return false;
	}
	return posture != NULL;
}

/* One of a rule's postures is enough; behind routers and at people of other tailnets nobody looks. */
static enum twin_answer postures_hold(
	const struct twin_net *net, const hj_words *postures, const struct twin_end *from)
{
	uint32_t device = device_at(net, from);
	const hj_inventory_user *user = owner_of(net, device);
	if (postures->node == 0)
		postures = &net->policy->default_posture;
	if (postures->count == 0 || (user && user->shared))
		return TWIN_YES;
	if (device == HJ_NONE && !is_tailnet(from->address))
		return TWIN_YES;
	if (device == HJ_NONE || device_of(net, device)->attribute_count == 0)
		return TWIN_MAYBE;
	for (uint32_t i = 0; i < postures->count; i++)
		if (posture_holds(net, hj_trim(postures->items[i].text), device_of(net, device)))
			return TWIN_YES;
	return TWIN_NO;
}

/* -- protocols and ports (policy language 5) ------------------------------------------------------ */

/* written -1: none was written, which is TCP, UDP and both kinds of ping. */
static bool fits_one(int written, hj_ports ports, int protocol, int port)
{
	bool usual = protocol == 6 || protocol == 17 || protocol == 1 || protocol == 58;
	if (written == -1 ? !usual : written != protocol)
		return false;
	bool has_ports = protocol == 6 || protocol == 17 || protocol == 132;
	return !has_ports || port == -1 || (port >= ports.first && port <= ports.last);
}

static bool fits(int written, hj_ports ports, int protocol, int port)
{
	if (protocol != -1)
		return fits_one(written, ports, protocol, port);
	return fits_one(written, ports, 6, port) || fits_one(written, ports, 17, port);
}

static bool grant_fits(const hj_grant *grant, int protocol, int port)
{
	for (uint32_t i = 0; i < grant->ip.count; i++) {
		hj_ip_item item;
		if (hj_ip_item_parse(hj_trim(grant->ip.items[i].text), &item, NULL) &&
			fits(item.protocol, item.ports, protocol, port))
			return true;
	}
	return false;
}

static bool acl_fits(const hj_acl *acl, hj_slice rest, int protocol, int port)
{
	uint8_t number = 0;
	hj_ports ports;
	hj_slice proto = hj_trim(acl->proto.text);
	if (proto.size && !hj_protocol_parse(proto, &number))
		return false;
	while (hj_ports_next(&rest, &ports, NULL))
		if (fits(proto.size ? number : -1, ports, protocol, port))
			return true;
	return false;
}

/* -- rules ------------------------------------------------------------------------------------------ */

static bool one_covers_source(
	const struct twin_net *net, const hj_words *sources, const struct twin_end *from)
{
	for (uint32_t i = 0; i < sources->count; i++) {
		hj_selector selector = hj_selector_parse(sources->items[i].text);
		if (covers_source(net, &selector, from))
			return true;
	}
	return false;
}

static enum twin_answer grant_allows(const struct twin_net *net, const hj_grant *grant,
	const struct twin_end *from, const struct twin_end *to, int protocol, int port)
{
	if (!one_covers_source(net, &grant->src, from) || !grant_fits(grant, protocol, port))
		return TWIN_NO;
	for (uint32_t i = 0; i < grant->dst.count; i++) {
		hj_selector selector = hj_selector_parse(grant->dst.items[i].text);
		if (net->delivered && grant->via.count && selector.kind == HJ_SELECT_IPSET)
			return TWIN_MAYBE;
		if (covers_destination(net, &selector, &grant->src, from, to) &&
			is_routed(net, &grant->via, &selector, to))
			return postures_hold(net, &grant->posture, from);
	}
	return TWIN_NO;
}

static enum twin_answer acl_allows(const struct twin_net *net, const hj_acl *acl,
	const struct twin_end *from, const struct twin_end *to, int protocol, int port)
{
	if (!one_covers_source(net, &acl->src, from))
		return TWIN_NO;
	for (uint32_t i = 0; i < acl->dst.count; i++) {
		hj_hostport split;
		if (!hj_hostport_split(hj_trim(acl->dst.items[i].text), &split) ||
			!acl_fits(acl, split.ports, protocol, port))
			continue;
		hj_selector selector = hj_selector_parse(split.host);
		if (covers_destination(net, &selector, &acl->src, from, to))
			return postures_hold(net, &acl->posture, from);
	}
	return TWIN_NO;
}

enum twin_answer twin_may(const struct twin_net *net, const struct twin_end *from,
	const struct twin_end *to, int protocol, int port)
{
	const hj_policy *policy = net->policy;
	enum twin_answer best = TWIN_NO;
	/* Neither section: everything within the tailnet (control plane 5.2). */
	if (policy->acls.node == 0 && policy->grants.node == 0)
		return is_everywhere(net, from) && fits(-1, (hj_ports){0, 65535}, protocol, port)
			? TWIN_YES
			: TWIN_NO;
	for (uint32_t i = 0; i < policy->grants.count; i++) {
		enum twin_answer answer =
			grant_allows(net, &policy->grants.items[i], from, to, protocol, port);
		best = answer > best ? answer : best;
	}
	for (uint32_t i = 0; i < policy->acls.count; i++) {
		enum twin_answer answer =
			acl_allows(net, &policy->acls.items[i], from, to, protocol, port);
		best = answer > best ? answer : best;
	}
	return best;
}
