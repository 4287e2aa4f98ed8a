/*
 * Which terms are wider than others: everybody whom the narrow one covers, the wide one covers too.
 */
#include "access/access_parts.h"

unsigned hj__term_rank(const hj_reach *reach, uint32_t term)
{
	const hj_selector *selector = hj__selector(reach, term);
	switch (selector->kind) {
	case HJ_SELECT_ALL: return 0;
	case HJ_SELECT_AUTOGROUP:
		switch (selector->autogroup) {
		case HJ_AUTOGROUP_DANGER_ALL: return 0;
		case HJ_AUTOGROUP_MEMBER:
		case HJ_AUTOGROUP_TAGGED:
		case HJ_AUTOGROUP_INTERNET: return 1;
		default: return 2;
		}
	case HJ_SELECT_DOMAIN: return 2;
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED: return 3;
	case HJ_SELECT_USER:
	case HJ_SELECT_TAG:
	case HJ_SELECT_SERVICE: return 4;
	case HJ_SELECT_IPSET: return 5;
	case HJ_SELECT_WORD:
	case HJ_SELECT_HOST_PREFIX:
	case HJ_SELECT_PREFIX:
	case HJ_SELECT_RANGE: return 6;
	case HJ_SELECT_ADDRESS: return 7;
	default: return 8;
	}
}

hj_slice hj__term_name(const hj_reach *reach, uint32_t term)
{
	static const char *const autogroups[] = {
		[HJ_AUTOGROUP_MEMBER] = "autogroup:member",
		[HJ_AUTOGROUP_OWNER] = "autogroup:owner",
		[HJ_AUTOGROUP_ADMIN] = "autogroup:admin",
		[HJ_AUTOGROUP_IT_ADMIN] = "autogroup:it-admin",
		[HJ_AUTOGROUP_NETWORK_ADMIN] = "autogroup:network-admin",
		[HJ_AUTOGROUP_BILLING_ADMIN] = "autogroup:billing-admin",
		[HJ_AUTOGROUP_AUDITOR] = "autogroup:auditor",
		[HJ_AUTOGROUP_TAGGED] = "autogroup:tagged",
		[HJ_AUTOGROUP_SELF] = "autogroup:self",
		[HJ_AUTOGROUP_INTERNET] = "autogroup:internet",
		[HJ_AUTOGROUP_SHARED] = "autogroup:shared",
		[HJ_AUTOGROUP_DANGER_ALL] = "autogroup:danger-all",
		[HJ_AUTOGROUP_NONROOT] = "autogroup:nonroot",
	};
	const hj_world *world = reach->world;
	const hj_selector *selector = hj__selector(reach, term);
	uint32_t index = term == reach->all ? HJ_NONE : world->meanings[term].index;
	switch (selector->kind) {
	case HJ_SELECT_USER: return world->users[index].login;
	case HJ_SELECT_TAG: return world->tags[index].name;
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED: return world->groups[index].name;
	case HJ_SELECT_HOST_PREFIX: return selector->name;
	case HJ_SELECT_AUTOGROUP:
		return selector->autogroup == HJ_AUTOGROUP_UNKNOWN
			? selector->text
			: hj_slice_str(autogroups[selector->autogroup]);
	default: return selector->text;
	}
}

bool hj__term_is_place(const hj_reach *reach, uint32_t term)
{
	const hj_selector *selector = hj__selector(reach, term);
	return selector->kind == HJ_SELECT_SERVICE ||
		(selector->kind != HJ_SELECT_ALL && reach->world->meanings[term].range_count > 0);
}

bool hj__term_is_empty(const hj_reach *reach, uint32_t term)
{
	if (hj__selector(reach, term)->kind != HJ_SELECT_GROUP)
		return false;
	const hj_group *group = &reach->world->groups[reach->world->meanings[term].index];
	return !group->synced && group->members.count == 0;
}

bool hj__says_nothing(const hj_reach *reach, uint32_t term, const hj_subject *subject)
{
	bool place = subject->kind == HJ_SUBJECT_RANGE || subject->kind == HJ_SUBJECT_SERVICE;
	return place != hj__term_is_place(reach, term);
}

uint32_t hj__user_of(const hj_reach *reach, const hj_subject *subject)
{
	const hj_world *world = reach->world;
	uint32_t device = HJ_NONE;
	if (subject->kind == HJ_SUBJECT_USER)
		return subject->index;
	if (subject->kind == HJ_SUBJECT_DEVICE)
		device = subject->index;
	else if (subject->kind == HJ_SUBJECT_RANGE &&
		hj_address_compare(subject->range.first, subject->range.last) == 0)
		device = hj_world_device_at(world, subject->range.first);
	if (device == HJ_NONE || world->inventory->devices[device].external)
		return HJ_NONE;
	return world->devices[device].user;
}

/* -- wider ----------------------------------------------------------------------------------------- */

void hj__wider_init(hj__wider *wider, hj_reach *reach, hj__index *index)
{
	*wider = (hj__wider){.reach = reach, .index = index};
	wider->subjects.allocator = reach->allocator;
	hj_arena_init(&wider->arena, reach->allocator);
	hj__party_init(reach, &wider->end.party);
	hj__coverage_init(reach, &wider->end.coverage, index);
	hj__take_status(reach, &wider->status);
}

void hj__wider_free(hj__wider *wider)
{
	hj__party_free(wider->reach, &wider->end.party);
	hj_subjects_free(&wider->subjects);
	hj_arena_free(&wider->arena);
}

static bool same_ranges(const hj_meaning *a, const hj_meaning *b)
{
	bool same = a->range_count == b->range_count;
	for (uint32_t i = 0; same && i < a->range_count; i++)
		same = hj_address_compare(a->ranges[i].first, b->ranges[i].first) == 0 &&
			hj_address_compare(a->ranges[i].last, b->ranges[i].last) == 0;
	return same;
}

/*
 * May `wide` be strictly wider than `narrow`, if it covers it? Only "*" is both people and places: that
 * an address is today that of a device with a tag does not make a rule about the one a rule about the
 * other.
 */
static bool may_be_wider(const hj_reach *reach, uint32_t wide, uint32_t narrow)
{
	const hj_world *world = reach->world;
	unsigned of_wide = hj__term_rank(reach, wide), of_narrow = hj__term_rank(reach, narrow);
	if (of_wide > 0 && hj__term_is_place(reach, wide) != hj__term_is_place(reach, narrow))
		return false;
	if (of_wide != of_narrow || wide == narrow)
		return of_wide < of_narrow;
	const hj_meaning *a = &world->meanings[wide], *b = &world->meanings[narrow];
	switch (of_wide) {
	case 3:
		return world->groups[a->index].members.count >
			world->groups[b->index].members.count;
	case 5:
	case 6: return !same_ranges(a, b);
	default: return false;
	}
}

/* Leaves those of `list` that cover all the subjects. */
static uint32_t keep_covering(hj__wider *wider, uint32_t *list, uint32_t count)
{
	hj_reach *reach = wider->reach;
	hj__party *party = &wider->end.party;
	for (uint32_t i = 1; count && i < wider->subjects.count; i++) {
		uint32_t kept = 0;
		hj__party_set(reach, party, &wider->subjects.items[i], NULL);
		for (uint32_t k = 0; k < count; k++)
			if (hj__cover(reach, party, list[k], wider->index->destination, false)
					.truth == HJ_YES)
				list[kept++] = list[k];
		count = kept;
	}
	return count;
}

/* The terms around the first of the subjects, which are proposed as wider. */
static void propose(hj__wider *wider, uint32_t term)
{
	hj_reach *reach = wider->reach;
	const hj_selector *selector = hj__selector(reach, term);
	hj_subject first = {.kind = HJ_SUBJECT_MEMBER, .index = HJ_NONE};
	const char *what;
	wider->subjects.count = 0;
	hj_status status = hj_expand(
		reach, selector->text, wider->index->destination, &wider->subjects, &what);
	if (status == HJ_NO_MEMORY)
		wider->status = status;
	if (wider->subjects.count)
		first = wider->subjects.items[0];
	/* Whose devices autogroup:self are, hangs on the source; somebody's they are. */
	else if (selector->autogroup != HJ_AUTOGROUP_SELF)
		return;
	hj__party_set(reach, &wider->end.party, &first, NULL);
	hj__gather(reach, &wider->end);
}

static hj_ids find(hj__wider *wider, uint32_t term)
{
	hj_reach *reach = wider->reach;
	hj__coverage *coverage = &wider->end.coverage;
	coverage->count = 0;
	propose(wider, term);
	uint32_t *list = hj_arena_alloc(&wider->arena, coverage->count * sizeof *list + 1),
		 kept = 0;
	if (!list || !hj__take_status(reach, &wider->status)) {
		wider->status = HJ_NO_MEMORY;
		return (hj_ids){0};
	}
	for (uint32_t i = 0; i < coverage->count; i++)
		if (coverage->answers[coverage->terms[i]].truth == HJ_YES &&
			may_be_wider(reach, coverage->terms[i], term))
			list[kept++] = coverage->terms[i];
	kept = keep_covering(wider, list, kept);
	hj__take_status(reach, &wider->status);
	return (hj_ids){list, kept};
}

hj_ids hj__wider_than(hj__wider *wider, uint32_t term)
{
	const hj_reach *reach = wider->reach;
	size_t terms = (size_t)reach->all + 1;
	/* Nothing is wider than everything. */
	if (wider->status || hj__term_rank(reach, term) == 0)
		return (hj_ids){0};
	if (!wider->found) {
		wider->found = hj_arena_alloc(&wider->arena, terms * sizeof *wider->found);
		if (!wider->found) {
			wider->status = HJ_NO_MEMORY;
			return (hj_ids){0};
		}
		memset(wider->found, 0, terms * sizeof *wider->found);
	}
	if (!wider->found[term].items)
		wider->found[term] = find(wider, term);
	return wider->found[term];
}
