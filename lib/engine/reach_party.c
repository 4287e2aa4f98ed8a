/*
 * Parties: who a subject is by identity, and where its addresses are (policy language 13.2).
 */
#include "engine/reach_parts.h"

#include "base/fold.h"

void hj__party_init(hj_reach *reach, hj__party *party)
{
	hj_text_init(&party->name, reach->allocator);
}

void hj__party_free(hj_reach *reach, hj__party *party)
{
	hj_text_free(&party->name);
	hj_free(reach->allocator, party->ranges, party->range_capacity * sizeof *party->ranges);
}

static void add_range(hj_reach *reach, hj__party *party, hj_range range)
{
	if (party->range_count == party->range_capacity &&
		hj_grow(reach->allocator, &party->ranges, &party->range_capacity,
			party->range_count + 1, sizeof *party->ranges))
		reach->status = HJ_NO_MEMORY;
	else
		party->ranges[party->range_count++] = range;
}

static void add_addresses(
	hj_reach *reach, hj__party *party, const hj_address *addresses, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		add_range(reach, party, (hj_range){addresses[i], addresses[i]});
}

/* A copy of the subject's name that lives as long as the party. */
static hj_slice keep_name(hj_reach *reach, hj__party *party, hj_slice name)
{
	if (party->name.status)
		hj_text_free(&party->name);
	if (name.data != party->name.data) {
		hj_text_clear(&party->name);
		hj_text_append(&party->name, name);
	}
	if (party->name.status)
		reach->status = HJ_NO_MEMORY;
	return hj_text_slice(&party->name);
}

static hj_slice after_last_at(hj_slice login)
{
	const char *at = login.size ? memrchr(login.data, '@', login.size) : NULL;
	size_t from = at ? (size_t)(at - login.data) + 1 : 0;
	return hj_slice_of(login.data + from, login.size - from);
}

static void be_user(const hj_reach *reach, hj__party *party, uint32_t user)
{
	const hj_user *known = &reach->world->users[user];
	party->who = HJ__PERSON;
	party->named = true;
	party->user = user;
	party->login = known->login;
	party->domain = known->domain;
	party->external = known->shared;
}

/* By identity alone: an address of the device may be all that the party is. */
static void be_device(const hj_reach *reach, hj__party *party, uint32_t device)
{
	const hj_node_device *node = &reach->world->devices[device];
	bool external = reach->world->inventory->devices[device].external;
	party->device = device;
	if (!external && node->tags.count) {
		party->who = HJ__TAGGED;
		party->tags = node->tags;
		return;
	}
	if (node->user != HJ_NONE)
		be_user(reach, party, node->user);
	else if (external)
		party->who = HJ__PERSON;
	party->external = party->external || external;
}

static void set_user(hj_reach *reach, hj__party *party)
{
	hj_subject *subject = &party->subject;
	party->located = reach->has_devices;
	if (subject->index != HJ_NONE) {
		be_user(reach, party, subject->index);
		subject->name = party->login;
		party->devices = reach->world->users[subject->index].devices;
		return;
	}
	party->who = HJ__PERSON;
	party->named = true;
	party->login = subject->name;
	party->domain = after_last_at(subject->name);
}

static void set_nameless(hj_reach *reach, hj__party *party)
{
	const hj_subject *subject = &party->subject;
	party->who = HJ__PERSON;
	party->domain = subject->kind == HJ_SUBJECT_MEMBER ? subject->name : HJ_SLICE("");
	party->role = subject->kind == HJ_SUBJECT_ROLE ? subject->autogroup : HJ_AUTOGROUP_UNKNOWN;
	party->group = subject->kind == HJ_SUBJECT_SYNCED ? subject->index : HJ_NONE;
	party->external = subject->kind == HJ_SUBJECT_SHARED;
	/* Where every user is known, this one is nobody, and has no device. */
	party->located =
		subject->kind == HJ_SUBJECT_MEMBER && reach->has_users && reach->has_devices;
}

static void set_tag(hj_reach *reach, hj__party *party)
{
	hj_subject *subject = &party->subject;
	party->who = HJ__TAGGED;
	party->located = reach->has_devices;
	if (subject->index == HJ_NONE)
		return;
	const hj_tag *tag = &reach->world->tags[subject->index];
	subject->name = tag->name;
	party->one_tag = subject->index;
	party->tags = (hj_ids){&party->one_tag, 1};
	party->devices = tag->devices;
}

static void set_range(hj_reach *reach, hj__party *party)
{
	hj_range range = party->subject.range;
	party->located = true;
	add_range(reach, party, range);
	if (!hj_tailnet_contains(range))
		return;
	if (!reach->has_devices) {
		party->who = HJ__ANYBODY;
		return;
	}
	uint32_t device = hj_address_compare(range.first, range.last) == 0
		? hj_world_device_at(reach->world, range.first)
		: HJ_NONE;
	if (device != HJ_NONE)
		be_device(reach, party, device);
}

void hj__party_set(
	hj_reach *reach, hj__party *party, const hj_subject *subject, const hj__party *from)
{
	const hj_world *world = reach->world;
	hj_slice name = subject->name;
	if (subject->index == HJ_NONE || subject->kind == HJ_SUBJECT_SYNCED)
		name = keep_name(reach, party, name);
	*party = (hj__party){.subject = *subject,
		.user = HJ_NONE,
		.group = HJ_NONE,
		.device = HJ_NONE,
		.ranges = party->ranges,
		.range_capacity = party->range_capacity,
		.name = party->name,
		.from = from};
	party->subject.name = name;
	switch (subject->kind) {
	case HJ_SUBJECT_USER: set_user(reach, party); break;
	case HJ_SUBJECT_MEMBER:
	case HJ_SUBJECT_ROLE:
	case HJ_SUBJECT_SYNCED:
	case HJ_SUBJECT_SHARED: set_nameless(reach, party); break;
	case HJ_SUBJECT_TAG: set_tag(reach, party); break;
	case HJ_SUBJECT_DEVICE: {
		const hj_device *device = &world->inventory->devices[subject->index];
		party->subject.name = device->name;
		party->located = true;
		add_addresses(reach, party, device->addresses, device->address_count);
		be_device(reach, party, subject->index);
		break;
	}
	case HJ_SUBJECT_RANGE: set_range(reach, party); break;
	case HJ_SUBJECT_SERVICE:
		if (subject->index == HJ_NONE)
			break;
		party->subject.name = world->services[subject->index].name;
		party->located = world->services[subject->index].address_count > 0;
		add_addresses(reach, party, world->services[subject->index].addresses,
			world->services[subject->index].address_count);
		break;
	}
}

/* -- words ---------------------------------------------------------------------------------------- */

void hj_subject_append(hj_text *out, const hj_subject *subject)
{
	switch (subject->kind) {
	case HJ_SUBJECT_MEMBER:
		hj_text_str(out, subject->name.size ? "user:*@" : "autogroup:member");
		hj_text_append(out, subject->name);
		break;
	case HJ_SUBJECT_ROLE:
		hj_text_str(out, "autogroup:");
		hj_text_str(out, hj_autogroup_name(subject->autogroup));
		break;
	case HJ_SUBJECT_TAG:
		hj_text_append(
			out, subject->name.size ? subject->name : HJ_SLICE("autogroup:tagged"));
		break;
	case HJ_SUBJECT_RANGE: hj_range_append(out, subject->range); break;
	case HJ_SUBJECT_SHARED: hj_text_str(out, "autogroup:shared"); break;
	case HJ_SUBJECT_USER:
	case HJ_SUBJECT_SYNCED:
	case HJ_SUBJECT_DEVICE:
	case HJ_SUBJECT_SERVICE: hj_text_append(out, subject->name); break;
	}
}

void hj__party_append(hj_text *out, const hj__party *party)
{
	if (party->named)
		hj_text_append(out, party->login);
	else
		hj_subject_append(out, &party->subject);
}

bool hj_subject_equal(const hj_subject *a, const hj_subject *b)
{
	if (a->kind != b->kind || a->index != b->index)
		return false;
	switch (a->kind) {
	case HJ_SUBJECT_RANGE:
		return hj_address_compare(a->range.first, b->range.first) == 0 &&
			hj_address_compare(a->range.last, b->range.last) == 0;
	case HJ_SUBJECT_ROLE: return a->autogroup == b->autogroup;
	case HJ_SUBJECT_SHARED: return true;
	default: return a->index != HJ_NONE || hj_slice_equal_folded(a->name, b->name);
	}
}
