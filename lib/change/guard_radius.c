#include "base/map.h"
#include "change/guard_parts.h"

typedef struct counter {
	hj_reach *reach;
	hj_map known[2]; /* name → how many it stands for, as a source and as a destination */
} counter;

/* How many subjects a name stands for; 1 for words that are no selectors. */
static hj_status count_name(counter *count, hj_slice name, bool destination, uint64_t *out)
{
	const uint32_t *known = hj_map_get(&count->known[destination], name);
	if (known) {
		*out = *known;
		return HJ_OK;
	}
	hj_subjects subjects = {.allocator = count->known[0].allocator};
	const char *what;
	hj_status status = hj_expand(count->reach, name, destination, &subjects, &what);
	*out = status || subjects.count == 0 ? 1 : subjects.count;
	hj_subjects_free(&subjects);
	if (status == HJ_NO_MEMORY)
		return status;
	return hj_map_put(&count->known[destination], name, (uint32_t)*out, NULL, NULL);
}

static hj_status count_names(counter *count, const hj_names *names, bool destination, uint64_t *out)
{
	hj_status status = HJ_OK;
	*out = names->left_out;
	for (uint32_t i = 0; !status && i < names->count; i++) {
		uint64_t one;
		status = count_name(count, names->items[i], destination, &one);
		*out += status ? 0 : one;
	}
	return status;
}

static hj_status count_change(counter *count, const hj_change *change, uint64_t *pairs)
{
	uint64_t sources, excepted, destinations;
	hj_status status = count_names(count, &change->sources, false, &sources);
	if (!status)
		status = count_names(count, &change->excepted, false, &excepted);
	if (!status)
		status = count_names(count, &change->destinations, true, &destinations);
	if (status)
		return status;
	sources = sources > excepted ? sources - excepted : 1;
	uint64_t product;
	if (__builtin_mul_overflow(sources, destinations ? destinations : 1, &product) ||
		__builtin_add_overflow(*pairs, product, pairs))
		*pairs = UINT64_MAX;
	return HJ_OK;
}

hj_status hj__count_gained(hj_world *world, const hj_difference *difference,
	const hj_allocator *allocator, uint64_t *pairs)
{
	static const unsigned planes =
		1U << HJ_PLANE_NETWORK | 1U << HJ_PLANE_APP | 1U << HJ_PLANE_SSH;
	counter count = {0};
	uint64_t described = 0;
	*pairs = 0;
	if (difference->gained == 0)
		return HJ_OK;
	hj_map_init(&count.known[0], allocator);
	hj_map_init(&count.known[1], allocator);
	hj_status status = hj_reach_build(world, NULL, allocator, &count.reach);
	for (uint32_t i = 0; !status && i < difference->count; i++) {
		const hj_change *change = &difference->changes[i];
		if (!change->gained || !(planes & 1U << change->plane))
			continue;
		described++;
		status = count_change(&count, change, pairs);
	}
	uint64_t all = 0;
	for (unsigned plane = 0; plane < HJ_PLANE_COUNT; plane++)
		all += planes & 1U << plane ? difference->by_plane[plane][1] : 0;
	if (!status && all > described && *pairs <= UINT64_MAX - (all - described))
		*pairs += all - described;
	hj_reach_free(count.reach);
	hj_map_free(&count.known[0]);
	hj_map_free(&count.known[1]);
	return status;
}
