#include "compile/postures.h"

#include "engine/world_parts.h"

void hj__postures_begin(hj__postures *postures, hj_world *world, const hj_allocator *allocator)
{
	*postures = (hj__postures){.world = world, .allocator = allocator};
	hj_arena_init(&postures->arena, allocator);
}

void hj__postures_end(hj__postures *postures)
{
	hj_reach_free(postures->reach);
	hj_arena_free(&postures->arena);
}

const hj_words *hj__posture_of(const hj__postures *postures, const hj_words *own)
{
	const hj_words *asked = own->node ? own : &postures->world->policy->default_posture;
	return asked->count ? asked : NULL;
}

static hj_status begin(hj__postures *postures)
{
	uint32_t count = postures->world->policy->term_count;
	if (postures->reach)
		return HJ_OK;
	postures->meets = hj__room(&postures->arena, count, sizeof *postures->meets);
	if (!postures->meets)
		return HJ_NO_MEMORY;
	for (uint32_t i = 0; i < count; i++)
		postures->meets[i] = NULL;
	return hj_reach_build(postures->world, NULL, postures->allocator, &postures->reach);
}

static hj_status judge(hj__postures *postures, hj_word posture)
{
	uint32_t devices = postures->world->device_count;
	size_t words = devices / 64 + 1;
	uint64_t *bits = hj__room(&postures->arena, words, sizeof *bits);
	if (!bits)
		return HJ_NO_MEMORY;
	memset(bits, 0, words * sizeof *bits);
	for (uint32_t i = 0; i < devices; i++) {
		hj_origin device = {.subject = {.kind = HJ_SUBJECT_DEVICE,
					    .index = i,
					    .name = postures->world->inventory->devices[i].name}};
		hj_truth truth;
		if (hj_posture_holds(postures->reach, hj_trim(posture.text), &device, &truth))
			return HJ_NO_MEMORY;
		if (truth == HJ_YES)
			bits[i / 64] |= UINT64_C(1) << i % 64;
	}
	postures->meets[posture.term] = bits;
	return HJ_OK;
}

hj_status hj__postures_ask(hj__postures *postures, const hj_words *asked)
{
	hj_status status = asked ? begin(postures) : HJ_OK;
	for (uint32_t i = 0; asked && i < asked->count && !status; i++)
		if (!postures->meets[asked->items[i].term])
			status = judge(postures, asked->items[i]);
	return status;
}

bool hj__device_meets(const hj__postures *postures, const hj_words *asked, uint32_t device)
{
	bool meets = !asked;
	for (uint32_t i = 0; !meets && i < asked->count; i++)
		meets = postures->meets[asked->items[i].term][device / 64] >> device % 64 & 1;
	return meets;
}
