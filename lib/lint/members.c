#include "lint/members.h"

#include "policy/selector.h"

static hj_status add(hj__members *members, hj_slice user, hj_slice group)
{
	uint32_t *first;
	bool was_there;
	hj_status status = hj_grow(members->allocator, &members->items, &members->capacity,
		members->count + 2, sizeof *members->items);
	if (!status)
		status = hj_map_put(&members->first, user, 0, &first, &was_there);
	if (status)
		return status;
	members->count += members->count == 0;
	members->items[members->count] = (hj__membership){group, was_there ? *first : 0};
	*first = (uint32_t)members->count++;
	return HJ_OK;
}

hj_status hj__members_gather(
	hj__members *members, const hj_policy *policy, const hj_allocator *allocator)
{
	*members = (hj__members){.allocator = allocator};
	hj_map_init(&members->first, allocator);
	hj_status status = HJ_OK;
	for (uint32_t i = 0; i < policy->groups.count; i++) {
		const hj_entry *group = &policy->groups.items[i];
		for (uint32_t k = 0; !status && k < group->words.count; k++) {
			hj_slice user = hj_trim(group->words.items[k].text);
			/* A group in a group is refused. */
			if (!hj_slice_starts(user, HJ_SLICE("group:")))
				status = add(members, user, group->name.text);
		}
	}
	return status;
}

void hj__members_free(hj__members *members)
{
	hj_map_free(&members->first);
	hj_free(members->allocator, members->items, members->capacity * sizeof *members->items);
	*members = (hj__members){.allocator = members->allocator};
}

uint32_t hj__members_of(const hj__members *members, hj_slice user)
{
	const uint32_t *first = hj_map_get(&members->first, user);
	return first ? *first : 0;
}
