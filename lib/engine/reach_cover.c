/*
 * Does a selector cover a party: yes, no, or what does it hang on (control plane 2, 3, 6; policy
 * language 4.3, 13.2)?
 */
#include "engine/reach_parts.h"

#include "base/fold.h"

static const hj_selector everything = {.kind = HJ_SELECT_ALL, .text = {"*", 1}};

const hj_selector *hj__selector(const hj_reach *reach, uint32_t term)
{
	return term == reach->all ? &everything : &reach->world->policy->terms[term].selector;
}

static const hj_meaning *meaning_of(const hj_reach *reach, uint32_t term)
{
	return &reach->world->meanings[term];
}

static hj__answer yes_if(bool condition)
{
	return condition ? HJ__YES : HJ__NO;
}

static bool has_id(hj_ids list, uint32_t id)
{
	uint32_t from = 0, to = list.count;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (list.items[middle] < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from < list.count && list.items[from] == id;
}

/* -- sentences ------------------------------------------------------------------------------------ */

/* "is" for one address, "has" for more: "100.64.0.5 is a device", "100.64.0.0/24 has a device". */
static void append_where(hj_text *out, hj_range range)
{
	hj_range_append(out, range);
	hj_text_str(out, hj_address_compare(range.first, range.last) == 0 ? " is" : " has");
}

/* The same for all ranges of a term; several go by the term's name. */
static void append_ranges(hj_text *out, const hj_reach *reach, uint32_t term)
{
	const hj_meaning *meaning = meaning_of(reach, term);
	if (meaning->range_count == 1) {
		append_where(out, meaning->ranges[0]);
		return;
	}
	hj_text_append(out, hj__selector(reach, term)->text);
	hj_text_str(out, " has");
}

void hj__ranges_append(hj_text *out, const hj_reach *reach, uint32_t term)
{
	const hj_meaning *meaning = meaning_of(reach, term);
	if (meaning->range_count == 1)
		hj_range_append(out, meaning->ranges[0]);
	else
		hj_text_append(out, hj__selector(reach, term)->text);
}

/* As a party of the term's devices would be written. */
static void append_term(hj_text *out, const hj_reach *reach, uint32_t term)
{
	const hj_selector *selector = hj__selector(reach, term);
	const hj_world *world = reach->world;
	uint32_t index = meaning_of(reach, term)->index;
	switch (selector->kind) {
	case HJ_SELECT_USER: hj_text_append(out, world->users[index].login); break;
	case HJ_SELECT_TAG: hj_text_append(out, world->tags[index].name); break;
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED: hj_text_append(out, world->groups[index].name); break;
	case HJ_SELECT_DOMAIN:
		hj_text_str(out, "user:*@");
		hj_text_append(out, selector->name);
		break;
	case HJ_SELECT_AUTOGROUP:
		hj_text_str(out, "autogroup:");
		hj_text_str(out, hj_autogroup_name(selector->autogroup));
		break;
	default: hj_text_append(out, selector->text); break;
	}
}

static bool means_tagged(const hj_selector *selector)
{
	return selector->kind == HJ_SELECT_TAG ||
		(selector->kind == HJ_SELECT_AUTOGROUP &&
			selector->autogroup == HJ_AUTOGROUP_TAGGED);
}

/* -- identities ----------------------------------------------------------------------------------- */

/*
 * Without a list of users a login is a member's, unless the tailnet's domain is known and is another:
 * that is an invited user, who is a member, or one who accepted a share, who is not. Without either,
 * logins are taken for members: strictly each might be somebody's who accepted a share (policy language
 * 4.3), but then every rule for autogroup:member would hang on every login.
 */
static hj_truth is_member(const hj_reach *reach, const hj__party *party)
{
	const hj_world *world = reach->world;
	if (party->external)
		return HJ_NO;
	if (!party->named)
		return HJ_YES;
	if (reach->has_users)
		return party->user != HJ_NONE && hj_user_is(world, party->user, HJ_AUTOGROUP_MEMBER)
			? HJ_YES
			: HJ_NO;
	if (party->user != HJ_NONE && world->users[party->user].devices.count)
		return HJ_YES;
	return !world->domain.size || hj_slice_equal_folded(world->domain, party->domain)
		? HJ_YES
		: HJ_MAYBE;
}

/* The owner is an admin too (control plane 2.1). */
static bool has_role(hj_autogroup has, hj_autogroup wanted)
{
	return has == wanted || (has == HJ_AUTOGROUP_OWNER && wanted == HJ_AUTOGROUP_ADMIN);
}

static hj_truth is_role(const hj_reach *reach, const hj__party *party, hj_autogroup role)
{
	if (!party->named)
		return has_role(party->role, role) ? HJ_YES : HJ_NO;
	if (is_member(reach, party) == HJ_NO)
		return HJ_NO;
	hj_autogroup has = party->user == HJ_NONE ? HJ_AUTOGROUP_UNKNOWN
						  : reach->world->users[party->user].role;
	return has == HJ_AUTOGROUP_UNKNOWN ? HJ_MAYBE : has_role(has, role) ? HJ_YES : HJ_NO;
}

static hj_truth is_shared(const hj_reach *reach, const hj__party *party)
{
	hj_truth member = is_member(reach, party);
	if (party->external)
		return HJ_YES;
	return reach->has_users || member == HJ_YES ? HJ_NO : HJ_MAYBE;
}

static hj_truth is_in_group(const hj_reach *reach, const hj__party *party, uint32_t group)
{
	if (party->user != HJ_NONE && has_id(reach->world->users[party->user].groups, group))
		return HJ_YES;
	if (!party->named)
		return party->group == group ? HJ_YES : HJ_NO;
	return reach->world->groups[group].synced && is_member(reach, party) ? HJ_MAYBE : HJ_NO;
}

static hj_truth is_in_domain(const hj_reach *reach, const hj__party *party, hj_slice domain)
{
	return party->domain.size && hj_slice_equal_folded(party->domain, domain)
		? is_member(reach, party)
		: HJ_NO;
}

static hj_truth is_person(
	const hj_reach *reach, const hj__party *party, const hj_selector *selector, uint32_t index)
{
	switch (selector->kind) {
	case HJ_SELECT_USER: return party->named && party->user == index ? HJ_YES : HJ_NO;
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED: return is_in_group(reach, party, index);
	case HJ_SELECT_DOMAIN: return is_in_domain(reach, party, selector->name);
	case HJ_SELECT_AUTOGROUP:
		switch (selector->autogroup) {
		case HJ_AUTOGROUP_MEMBER: return is_member(reach, party);
		case HJ_AUTOGROUP_SHARED: return is_shared(reach, party);
		default:
			return hj_autogroup_is_role(selector->autogroup)
				? is_role(reach, party, selector->autogroup)
				: HJ_NO;
		}
	default: return HJ_NO;
	}
}

/* Whose device a tailnet address is, or which of them a person is in, only the tailnet knows. */
static hj__answer cover_identity(hj_reach *reach, const hj__party *party, uint32_t term, bool name)
{
	const hj_selector *selector = hj__selector(reach, term);
	uint32_t index = meaning_of(reach, term)->index;
	hj_truth truth = HJ_NO;
	switch (party->who) {
	case HJ__NOBODY: break;
	case HJ__TAGGED:
		return yes_if(means_tagged(selector) &&
			(selector->kind == HJ_SELECT_AUTOGROUP || has_id(party->tags, index)));
	case HJ__PERSON: truth = is_person(reach, party, selector, index); break;
	case HJ__ANYBODY:
		truth = selector->kind == HJ_SELECT_GROUP && !reach->world->groups[index].synced &&
				reach->world->groups[index].members.count == 0
			? HJ_NO
			: HJ_MAYBE;
		break;
	}
	if (truth != HJ_MAYBE || !hj__facts_wanted(reach, name))
		return (hj__answer){truth, HJ_NONE};
	hj_text *sentence = hj__fact_begin(reach);
	if (party->who == HJ__ANYBODY) {
		append_where(sentence, party->subject.range);
		hj_text_str(sentence, means_tagged(selector) ? " a device with " : " a device of ");
	} else {
		hj__party_append(sentence, party);
		hj_text_str(sentence,
			selector->kind == HJ_SELECT_GROUP || selector->kind == HJ_SELECT_SYNCED
				? " is in "
				: " is ");
	}
	if (party->who == HJ__PERSON && selector->kind == HJ_SELECT_DOMAIN)
		hj_text_str(sentence, "autogroup:member");
	else
		append_term(sentence, reach, term);
	return hj__fact_end(reach);
}

/* -- addresses ------------------------------------------------------------------------------------ */

static bool ranges_contain(const hj_meaning *meaning, hj_range range)
{
	uint32_t from = 0, to = meaning->range_count;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (hj_address_compare(meaning->ranges[middle].last, range.first) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from < meaning->range_count && hj_range_contains(meaning->ranges[from], range);
}

/* One address is enough: of a source since it overlaps, of a destination by control plane 12. */
static bool has_address_in(const hj_reach *reach, const hj__party *party, const hj_meaning *meaning)
{
	for (size_t i = 0; i < party->range_count; i++)
		if (ranges_contain(meaning, party->ranges[i]))
			return true;
	for (uint32_t i = 0; i < party->devices.count; i++) {
		const hj_device *device =
			&reach->world->inventory->devices[party->devices.items[i]];
		for (uint32_t j = 0; j < device->address_count; j++)
			if (ranges_contain(meaning,
				    (hj_range){device->addresses[j], device->addresses[j]}))
				return true;
	}
	return false;
}

static hj__answer cover_ranges(hj_reach *reach, const hj__party *party, uint32_t term, bool name)
{
	const hj_meaning *meaning = meaning_of(reach, term);
	if (party->located)
		return yes_if(has_address_in(reach, party, meaning));
	if (reach->touches[term] & HJ__SPANS)
		return HJ__YES;
	if (!(reach->touches[term] & HJ__TOUCHES))
		return HJ__NO;
	if (!hj__facts_wanted(reach, name))
		return HJ__MAYBE;
	hj_text *sentence = hj__fact_begin(reach);
	append_ranges(sentence, reach, term);
	hj_text_str(sentence,
		party->subject.kind == HJ_SUBJECT_SERVICE ? " an address of "
			: party->who == HJ__TAGGED        ? " a device with "
							  : " a device of ");
	hj__party_append(sentence, party);
	return hj__fact_end(reach);
}

static hj__answer cover_service(hj_reach *reach, const hj__party *party, uint32_t term, bool name)
{
	const hj_selector *selector = hj__selector(reach, term);
	const hj_meaning *meaning = meaning_of(reach, term);
	const hj_subject *subject = &party->subject;
	if (subject->kind == HJ_SUBJECT_SERVICE)
		return yes_if(hj_slice_equal_folded(subject->name, selector->text));
	if (meaning->range_count)
		return yes_if(
			subject->kind == HJ_SUBJECT_RANGE && has_address_in(reach, party, meaning));
	if (subject->kind != HJ_SUBJECT_RANGE || party->device != HJ_NONE ||
		!hj_tailnet_contains(subject->range))
		return HJ__NO;
	if (!hj__facts_wanted(reach, name))
		return HJ__MAYBE;
	hj_text *sentence = hj__fact_begin(reach);
	append_where(sentence, subject->range);
	hj_text_str(sentence, " an address of ");
	append_term(sentence, reach, term);
	return hj__fact_end(reach);
}

/* Is all of a range in one approved subnet route? */
static bool is_routed(const hj_world *world, hj_range range)
{
	for (uint32_t at = hj_route_first(world, range); at != HJ_NONE;
		at = hj_route_next(world, range, at))
		if (hj_range_contains(hj_prefix_range(world->routes[at].prefix), range))
			return true;
	return false;
}

/* "*" as a source: tailnet addresses, approved subnet routes, devices of those who accepted a share. */
static hj__answer cover_all(hj_reach *reach, const hj__party *party, bool name)
{
	const hj_subject *subject = &party->subject;
	if (subject->kind == HJ_SUBJECT_SERVICE)
		return HJ__NO;
	if (subject->kind != HJ_SUBJECT_RANGE || hj_tailnet_contains(subject->range) ||
		is_routed(reach->world, subject->range))
		return HJ__YES;
	if (reach->has_devices)
		return HJ__NO;
	if (!hj__facts_wanted(reach, name))
		return HJ__MAYBE;
	hj_text *sentence = hj__fact_begin(reach);
	hj_range_append(sentence, subject->range);
	hj_text_str(sentence, " is in an approved route");
	return hj__fact_end(reach);
}

/* -- autogroup:self ------------------------------------------------------------------------------- */

/* Two persons: are they one? Whom nobody names is none of those who are named. */
static hj_truth is_same_person(const hj__party *a, const hj__party *b)
{
	if (a->external || b->external)
		return HJ_NO;
	if (a->named && b->named)
		return a->user == b->user &&
				(a->user != HJ_NONE || hj_slice_equal_folded(a->login, b->login))
			? HJ_YES
			: HJ_NO;
	if (!a->named && !b->named)
		return hj_subject_equal(&a->subject, &b->subject) ? HJ_MAYBE : HJ_NO;
	return (a->named ? a : b)->user == HJ_NONE ? HJ_MAYBE : HJ_NO;
}

hj__answer hj__cover_self(hj_reach *reach, const hj__party *party, bool name)
{
	const hj__party *from = party->from;
	hj_truth truth = HJ_MAYBE;
	if (!from || from->who == HJ__NOBODY || from->who == HJ__TAGGED ||
		party->who == HJ__NOBODY || party->who == HJ__TAGGED)
		return HJ__NO;
	if (from->who == HJ__PERSON && party->who == HJ__PERSON)
		truth = is_same_person(from, party);
	if (truth != HJ_MAYBE || !hj__facts_wanted(reach, name))
		return (hj__answer){truth, HJ_NONE};
	hj_text *sentence = hj__fact_begin(reach);
	if (party->who == HJ__ANYBODY) {
		append_where(sentence, party->subject.range);
		hj_text_str(sentence, " a device of the source's user");
	} else if (from->who == HJ__ANYBODY) {
		append_where(sentence, from->subject.range);
		hj_text_str(sentence, " a device of ");
		hj__party_append(sentence, party);
	} else {
		hj_text_str(sentence, "source and destination are devices of one user");
	}
	return hj__fact_end(reach);
}

/* -- any selector --------------------------------------------------------------------------------- */

static hj__answer cover_autogroup(
	hj_reach *reach, const hj__party *party, uint32_t term, bool destination, bool name)
{
	switch (hj__selector(reach, term)->autogroup) {
	case HJ_AUTOGROUP_SELF: return destination ? hj__cover_self(reach, party, name) : HJ__NO;
	case HJ_AUTOGROUP_INTERNET: return cover_ranges(reach, party, term, name);
	case HJ_AUTOGROUP_DANGER_ALL:
		return yes_if(!destination && party->subject.kind != HJ_SUBJECT_SERVICE);
	case HJ_AUTOGROUP_UNKNOWN:
	case HJ_AUTOGROUP_NONROOT: return HJ__NO;
	default: return cover_identity(reach, party, term, name);
	}
}

/* What a template's placeholder will be, nobody knows. */
static hj__answer cover_template(hj_reach *reach, const hj__party *party, uint32_t term, bool name)
{
	if (!hj__facts_wanted(reach, name))
		return HJ__MAYBE;
	hj_text *sentence = hj__fact_begin(reach);
	hj_text_append(sentence, hj__selector(reach, term)->text);
	hj_text_str(sentence, " includes ");
	hj__party_append(sentence, party);
	return hj__fact_end(reach);
}

hj__answer hj__cover(
	hj_reach *reach, const hj__party *party, uint32_t term, bool destination, bool name)
{
	switch (hj__selector(reach, term)->kind) {
	case HJ_SELECT_ALL: return destination ? HJ__YES : cover_all(reach, party, name);
	case HJ_SELECT_USER:
	case HJ_SELECT_DOMAIN:
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED:
	case HJ_SELECT_TAG: return cover_identity(reach, party, term, name);
	case HJ_SELECT_AUTOGROUP: return cover_autogroup(reach, party, term, destination, name);
	case HJ_SELECT_ADDRESS:
	case HJ_SELECT_PREFIX:
	case HJ_SELECT_RANGE:
	case HJ_SELECT_WORD:
	case HJ_SELECT_HOST_PREFIX:
	case HJ_SELECT_IPSET: return cover_ranges(reach, party, term, name);
	case HJ_SELECT_SERVICE: return cover_service(reach, party, term, name);
	case HJ_SELECT_TEMPLATE: return cover_template(reach, party, term, name);
	case HJ_SELECT_EMPTY:
	case HJ_SELECT_LOCALPART:
	case HJ_SELECT_POSTURE:
	case HJ_SELECT_OTHER: return HJ__NO;
	}
	return HJ__NO;
}
