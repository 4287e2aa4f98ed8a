#include "engine/texts.h"

#include <stdlib.h>

/* A text in the making: its bytes in one buffer. */
typedef struct text_piece {
	size_t start;
	uint32_t size, place;
} text_piece;

typedef struct text_writer {
	hj_text buffer;
	text_piece *pieces;
	uint32_t count;
} text_writer;

static void end_piece(text_writer *writer, size_t start)
{
	writer->pieces[writer->count] = (text_piece){
		.start = start,
		.size = (uint32_t)(writer->buffer.size - start),
		.place = writer->count,
	};
	writer->count++;
}

static void write_range(text_writer *writer, hj_range range)
{
	size_t start = writer->buffer.size;
	hj_range_append(&writer->buffer, range);
	end_piece(writer, start);
}

static void write_all(hj__texts *texts, text_writer *writer)
{
	const hj_world *world = texts->world;
	for (uint32_t i = 0; i < world->device_count; i++) {
		const hj_device *device = &world->inventory->devices[i];
		texts->homes[i] = writer->count;
		for (uint32_t j = 0; j < device->address_count; j++)
			write_range(writer, (hj_range){device->addresses[j], device->addresses[j]});
	}
	for (uint32_t i = 0; i < world->policy->term_count; i++) {
		const hj_meaning *meaning = &world->meanings[i];
		texts->ranges[i] = writer->count;
		for (uint32_t j = 0; j < meaning->range_count; j++)
			write_range(writer, meaning->ranges[j]);
	}
	texts->routes = writer->count;
	for (uint32_t i = 0; i < world->route_count; i++)
		write_range(writer, hj_prefix_range(world->routes[i].prefix));
	uint32_t tailnet_count;
	const hj_range *tailnet = hj_tailnet_ranges(&tailnet_count);
	texts->tailnet = writer->count;
	for (uint32_t i = 0; i < tailnet_count; i++)
		write_range(writer, tailnet[i]);
	texts->star = writer->count;
	size_t start = writer->buffer.size;
	hj_text_byte(&writer->buffer, '*');
	end_piece(writer, start);
}

static size_t count_all(const hj_world *world)
{
	uint32_t tailnet_count;
	hj_tailnet_ranges(&tailnet_count);
	size_t count = (size_t)world->route_count + tailnet_count + 1;
	for (uint32_t i = 0; i < world->device_count; i++)
		count += world->inventory->devices[i].address_count;
	for (uint32_t i = 0; i < world->policy->term_count; i++)
		count += world->meanings[i].range_count;
	return count;
}

static int by_bytes(const void *a, const void *b, void *data)
{
	const text_piece *one = a, *other = b;
	const char *bytes = data;
	uint32_t size = one->size < other->size ? one->size : other->size;
	int order = memcmp(bytes + one->start, bytes + other->start, size);
	return order ? order : one->size < other->size ? -1 : one->size > other->size;
}

/* Sorts the pieces and numbers them; equal ones are one text. */
static bool number(hj__texts *texts, text_writer *writer)
{
	bool ok = true;
	hj_slice bytes = hj_arena_copy(&texts->arena, hj_text_slice(&writer->buffer), &ok);
	if (!ok)
		return false;
	qsort_r(writer->pieces, writer->count, sizeof *writer->pieces, by_bytes,
		writer->buffer.data);
	for (uint32_t i = 0; i < writer->count; i++) {
		const text_piece *piece = &writer->pieces[i];
		hj_slice text = hj_slice_of(bytes.data + piece->start, piece->size);
		if (i == 0 || !hj_slice_equal(texts->items[texts->count - 1], text))
			texts->items[texts->count++] = text;
		texts->number_of[piece->place] = texts->count - 1;
	}
	return true;
}

hj_status hj__texts_build(const hj_world *world, const hj_allocator *allocator, hj__texts *out)
{
	*out = (hj__texts){.world = world};
	hj_arena_init(&out->arena, allocator);
	size_t count = count_all(world);
	text_writer writer = {0};
	hj_text_init(&writer.buffer, allocator);
	if (count < HJ_NONE) {
		writer.pieces = hj_alloc(allocator, count * sizeof *writer.pieces);
		out->items = hj__room(&out->arena, count, sizeof *out->items);
		out->number_of = hj__room(&out->arena, count, sizeof *out->number_of);
		out->homes = hj__room(&out->arena, world->device_count, sizeof *out->homes);
		out->ranges = hj__room(&out->arena, world->policy->term_count, sizeof *out->ranges);
	}
	bool ok = writer.pieces && out->items && out->number_of && out->homes && out->ranges;
	if (ok)
		write_all(out, &writer);
	ok = ok && !writer.buffer.status && number(out, &writer);
	hj_free(allocator, writer.pieces, writer.pieces ? count * sizeof *writer.pieces : 0);
	hj_text_free(&writer.buffer);
	if (ok)
		return HJ_OK;
	hj__texts_free(out);
	return HJ_NO_MEMORY;
}

void hj__texts_free(hj__texts *texts)
{
	hj_arena_free(&texts->arena);
	*texts = (hj__texts){.arena.allocator = texts->arena.allocator};
}

uint32_t hj__home_text(const hj__texts *texts, const hj__home *home)
{
	const hj_device *device = &texts->world->inventory->devices[home->device];
	uint32_t i = 0;
	while (i + 1 < device->address_count &&
		hj_address_compare(device->addresses[i], home->address) != 0)
		i++;
	return hj__home_texts(texts, home->device)[i];
}
