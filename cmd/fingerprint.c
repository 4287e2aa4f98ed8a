#include "cmd/fingerprint.h"

#include <stdlib.h>

void fingerprints_init(struct fingerprints *prints, const hj_allocator *allocator)
{
	*prints = (struct fingerprints){.allocator = allocator};
}

void fingerprints_free(struct fingerprints *prints)
{
	hj_free(prints->allocator, prints->items, prints->capacity * sizeof *prints->items);
	fingerprints_init(prints, prints->allocator);
}

hj_status fingerprints_add(struct fingerprints *prints, uint64_t hash)
{
	hj_status status = hj_grow(prints->allocator, &prints->items, &prints->capacity,
		prints->count + 1, sizeof *prints->items);
	if (status)
		return status;
	prints->items[prints->count] =
		(struct fingerprint){.hash = hash, .order = (uint32_t)prints->count};
	prints->count++;
	return HJ_OK;
}

/* -- counting: by sorting, which no choice of hashes can make slow -------------------------------- */

static int by_hash(const void *left, const void *right)
{
	const struct fingerprint *a = left, *b = right;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static int by_order(const void *left, const void *right)
{
	const struct fingerprint *a = left, *b = right;
	return a->order < b->order ? -1 : a->order > b->order;
}

void fingerprints_count(struct fingerprints *prints)
{
	struct fingerprint *items = prints->items;
	if (prints->count == 0)
		return;
	qsort(items, prints->count, sizeof *items, by_hash);
	for (size_t i = 0; i < prints->count; i++)
		items[i].count =
			i > 0 && items[i].hash == items[i - 1].hash ? items[i - 1].count + 1 : 1;
	qsort(items, prints->count, sizeof *items, by_order);
}

/* -- hashes ------------------------------------------------------------------------------------ */

static uint64_t mix_byte(uint64_t hash, unsigned byte)
{
	return (hash ^ byte) * UINT64_C(0x100000001B3);
}

uint64_t fingerprint_mix(uint64_t hash, hj_slice part)
{
	for (unsigned shift = 0; shift < 32; shift += 8)
		hash = mix_byte(hash, (part.size >> shift) & 0xFF);
	for (size_t i = 0; i < part.size; i++)
		hash = mix_byte(hash, (unsigned char)part.data[i]);
	return hash;
}

enum {
	WINDOW = 100,   /* units that a line's hash is made of */
	FACTOR = 37,    /* of the polynomial */
	THE_END = 65535 /* the unit that stands after the last */
};

struct rolling {
	struct fingerprints *prints;
	uint64_t hash;            /* of the window */
	uint64_t first;           /* FACTOR to the power of WINDOW: what the oldest unit counts */
	unsigned units[WINDOW];   /* a ring; `at` is the oldest */
	bool starts_line[WINDOW]; /* does a line begin with this unit? */
	size_t at;
	bool fresh;        /* the next unit begins a line */
	bool after_return; /* the last character was a CR */
	hj_status status;
};

static void push(struct rolling *rolling, unsigned unit, bool starts_line)
{
	size_t at = rolling->at;
	/* The window is full of what comes from here on: the line's hash is whole. */
	if (rolling->starts_line[at] && !rolling->status)
		rolling->status = fingerprints_add(rolling->prints, rolling->hash);
	rolling->hash = rolling->hash * FACTOR + unit - rolling->first * rolling->units[at];
	rolling->units[at] = unit;
	rolling->starts_line[at] = starts_line;
	rolling->at = (at + 1) % WINDOW;
}

static void take_unit(struct rolling *rolling, unsigned unit)
{
	bool rest = rolling->after_return && unit == '\n';
	rolling->after_return = unit == '\r';
	if (rest || unit == ' ' || unit == '\t')
		return;
	if (unit == '\r')
		unit = '\n';
	push(rolling, unit, rolling->fresh);
	rolling->fresh = unit == '\n';
}

/*
 * Bytes that are replaced by one U+FFFD where they are no character: as much as could have begun
 * one, as decoders of browsers and of Node have it.
 */
static size_t broken_size(const char *at, const char *end)
{
	unsigned lead = (unsigned char)at[0];
	size_t most = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2, size = 1;
	if (lead < 0xC2 || lead > 0xF4)
		return 1;
	unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
	unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
	for (; size < most && at + size < end; size++) {
		unsigned byte = (unsigned char)at[size];
		if (byte < low || byte > high)
			break;
		low = 0x80;
		high = 0xBF;
	}
	return size;
}

hj_status fingerprints_of_lines(struct fingerprints *prints, hj_slice text)
{
	struct rolling rolling = {.prints = prints, .first = 1, .fresh = true};
	for (int i = 0; i < WINDOW; i++)
		rolling.first *= FACTOR;
	for (const char *at = text.data, *end = at + text.size; at < end;) {
		uint32_t code;
		int size = hj_utf8_decode(at, end, &code);
		if (code > 0xFFFF) {
			take_unit(&rolling, 0xD800 + ((code - 0x10000) >> 10));
			take_unit(&rolling, 0xDC00 + (code & 0x3FF));
		} else {
			take_unit(&rolling, code);
		}
		at += size ? (size_t)size : broken_size(at, end);
	}
	take_unit(&rolling, THE_END);
	for (int i = 0; i < WINDOW; i++)
		push(&rolling, 0, false);
	fingerprints_count(prints);
	return rolling.status;
}
