/*
 * Capabilities of grants, and those that they need in the other direction (control plane 7.2, 7.3).
 */
#include "compile/filter_parts.h"

#include "syntax/inline.h"

static const struct companion {
	const char *of, *map;
} companions[] = {
	{"tailscale.com/cap/drive", "{\"tailscale.com/cap/drive-sharer\": null}"},
	{"tailscale.com/cap/relay", "{\"tailscale.com/cap/relay-target\": null}"},
};

static uint32_t add_capability(hj_filter *filter, hj_slice map)
{
	if (hj__filter_grow(filter, &filter->capabilities, &filter->capability_capacity,
		    filter->capability_count + 1, sizeof *filter->capabilities))
		filter->capabilities[filter->capability_count++] = map;
	return (uint32_t)filter->capability_count - 1;
}

/* The map as it is written, on one line. */
static uint32_t read_capabilities(hj_filter *filter, const hj_entries *app)
{
	hj_text_clear(&filter->scratch);
	if (hj_inline_append(&filter->scratch, filter->policy->document, app->node)) {
		filter->ok = false;
		return 0;
	}
	hj_slice map = hj_arena_copy(&filter->arena, hj_text_slice(&filter->scratch), &filter->ok);
	return add_capability(filter, map);
}

/* To the destinations. */
static void grant(hj_filter *filter, const hj__entry *entry, uint32_t sources, uint32_t capability)
{
	for (size_t i = 0; i < entry->element_count && filter->ok; i++) {
		if (!hj__element_begins(entry, i))
			continue;
		if (hj__is_self(filter, hj__element_term(entry, i)))
			for (uint32_t j = 0; j < entry->user_count && filter->ok; j++)
				hj__hand_self_capability(
					filter, capability, entry->users[j], entry->posture, NULL);
		else
			hj__hand_capability(filter,
				&(hj__granting){
					.sources = sources,
					.capability = capability,
					.words = &entry->dst->items[entry->elements[i].at],
					.count = 1,
				});
	}
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

/* From the destinations to the sources. */
static void grant_back(hj_filter *filter, const hj__entry *entry, uint32_t capability)
{
	for (size_t i = 0; i < entry->element_count && filter->ok; i++) {
		uint32_t term = hj__element_term(entry, i);
		if (!hj__element_begins(entry, i))
			continue;
		if (hj__is_self(filter, term))
			for (uint32_t j = 0; j < entry->user_count && filter->ok; j++)
				hj__hand_self_capability(
					filter, capability, entry->users[j], NULL, entry->posture);
		else if (has_devices(filter, term))
			hj__hand_capability(filter,
				&(hj__granting){
					.sources = hj__sources_of_term(filter, term),
					.capability = capability,
					.words = entry->src->items,
					.count = entry->src->count,
					.posture = entry->posture,
				});
	}
}

void hj__filter_app(
	hj_filter *filter, const hj__entry *entry, const hj_entries *app, uint32_t sources)
{
	uint32_t capability = read_capabilities(filter, app);
	if (filter->ok)
		grant(filter, entry, sources, capability);
	for (uint32_t i = 0; i < app->count; i++)
		for (size_t j = 0; j < sizeof companions / sizeof *companions; j++) {
			if (!hj_slice_equal(
				    app->items[i].name.text, hj_slice_str(companions[j].of)))
				continue;
			capability = add_capability(filter, hj_slice_str(companions[j].map));
			if (filter->ok)
				grant_back(filter, entry, capability);
		}
}
