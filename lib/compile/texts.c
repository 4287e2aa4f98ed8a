#include "compile/texts.h"

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

/* The pieces of a range that are not the tailnet's. */
static void write_outside(text_writer *writer, hj_range range)
{
	uint32_t count;
	const hj_range *tailnet = hj_tailnet_ranges(&count);
	bool more = hj_tailnet_overlaps(range);
	for (uint32_t i = 0; i < count && more; i++) {
		if (!hj_range_overlaps(tailnet[i], range))
			continue;
		hj_range before = {range.first, tailnet[i].first};
		if (hj_address_compare(before.first, before.last) < 0 &&
			hj_address_previous(&before.last))
			write_range(writer, before);
		range.first = tailnet[i].last;
		more = hj_address_compare(range.first, range.last) < 0 &&
			hj_address_next(&range.first);
	}
	if (more)
		write_range(writer, range);
}

static void write_all_outside(hj__texts *texts, text_writer *writer)
{
	static const char *const families[] = {"0.0.0.0/0", "::/0"};
	const hj_world *world = texts->world;
	uint32_t at = 0;
	for (uint32_t i = 0; i < world->policy->term_count; i++)
		for (uint32_t j = 0; j < world->meanings[i].range_count; j++) {
			texts->outside[at++] = writer->count;
			write_outside(writer, world->meanings[i].ranges[j]);
		}
	texts->outside[at++] = writer->count;
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		hj_prefix all;
		if (hj_prefix_parse(hj_slice_str(families[i]), &all))
			write_outside(writer, hj_prefix_range(all));
	}
	texts->outside[at] = writer->count;
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
	write_all_outside(texts, writer);
}

/* A range has at most one piece more than the tailnet has ranges. */
static size_t count_outside(const hj_world *world, uint32_t tailnet_count)
{
	size_t count = 2;
	for (uint32_t i = 0; i < world->policy->term_count; i++)
		for (uint32_t j = 0; j < world->meanings[i].range_count; j++)
			count += hj_tailnet_overlaps(world->meanings[i].ranges[j]);
	return count * ((size_t)tailnet_count + 1);
}

static size_t count_all(const hj_world *world)
{
	uint32_t tailnet_count;
	hj_tailnet_ranges(&tailnet_count);
	size_t count = (size_t)world->route_count + tailnet_count + 1 +
		count_outside(world, tailnet_count);
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
	for (uint32_t i = 0; i < world->policy->term_count; i++)
		out->range_count += world->meanings[i].range_count;
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
		out->outside =
			hj__room(&out->arena, (size_t)out->range_count + 2, sizeof *out->outside);
	}
	bool ok = writer.pieces && out->items && out->number_of && out->homes && out->ranges &&
		out->outside;
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

const uint32_t *hj__outside_texts(
	const hj__texts *texts, uint32_t term, uint32_t at, uint32_t *count)
{
	uint32_t range =
		term == HJ_NONE ? texts->range_count : texts->ranges[term] - texts->ranges[0] + at;
	*count = texts->outside[range + 1] - texts->outside[range];
	return texts->number_of + texts->outside[range];
}
