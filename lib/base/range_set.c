#include "base/address.h"

void hj_range_set_init(hj_range_set *set, const hj_allocator *allocator)
{
	*set = (hj_range_set){.allocator = allocator};
}

void hj_range_set_free(hj_range_set *set)
{
	hj_free(set->allocator, set->items, set->capacity * sizeof *set->items);
	hj_range_set_init(set, set->allocator);
}

/* Does `a` end before `b` begins, with an address between them or another family behind it? */
static bool stands_apart(hj_range a, hj_range b)
{
	hj_address after = a.last;
	return hj_address_compare(a.last, b.first) < 0 &&
		(!hj_address_next(&after) || hj_address_compare(after, b.first) != 0);
}

/* How many items end before an address. */
static size_t ending_before(const hj_range_set *set, hj_address address)
{
	size_t from = 0, to = set->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (hj_address_compare(set->items[middle].last, address) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* How many items begin at an address or before it. */
static size_t beginning_until(const hj_range_set *set, hj_address address)
{
	size_t from = 0, to = set->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (hj_address_compare(set->items[middle].first, address) <= 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* Puts `count` ranges (2 at most) in the place of the items from `from` to before `to`. */
static hj_status replace(
	hj_range_set *set, size_t from, size_t to, const hj_range *ranges, size_t count)
{
	size_t kept = set->count - (to - from), needed;
	if (!hj_add(kept, count, &needed) ||
		hj_grow(set->allocator, &set->items, &set->capacity, needed, sizeof *set->items))
		return HJ_NO_MEMORY;
	if (set->count > to)
		memmove(&set->items[from + count], &set->items[to],
			(set->count - to) * sizeof *set->items);
	for (size_t i = 0; i < count; i++)
		set->items[from + i] = ranges[i];
	set->count = needed;
	return HJ_OK;
}

hj_status hj_range_set_add(hj_range_set *set, hj_range range)
{
	if (!hj_range_valid(range))
		return HJ_INVALID;
	size_t from = ending_before(set, range.first), to = beginning_until(set, range.last);
	/* Neighbours that only touch become one with it. */
	if (from > 0 && !stands_apart(set->items[from - 1], range))
		from--;
	if (to < set->count && !stands_apart(range, set->items[to]))
		to++;
	if (from < to) {
		if (hj_address_compare(set->items[from].first, range.first) < 0)
			range.first = set->items[from].first;
		if (hj_address_compare(set->items[to - 1].last, range.last) > 0)
			range.last = set->items[to - 1].last;
	}
	return replace(set, from, to, &range, 1);
}

hj_status hj_range_set_remove(hj_range_set *set, hj_range range)
{
	if (!hj_range_valid(range))
		return HJ_INVALID;
	size_t from = ending_before(set, range.first), to = beginning_until(set, range.last);
	if (from >= to)
		return HJ_OK;
	hj_range left[2];
	size_t count = 0;
	if (hj_address_compare(set->items[from].first, range.first) < 0) {
		left[count] = (hj_range){set->items[from].first, range.first};
		hj_address_previous(&left[count++].last);
	}
	if (hj_address_compare(set->items[to - 1].last, range.last) > 0) {
		left[count] = (hj_range){range.last, set->items[to - 1].last};
		hj_address_next(&left[count++].first);
	}
	return replace(set, from, to, left, count);
}

static void sift(hj_range *items, size_t root, size_t count)
{
	hj_range moved = items[root];
	for (size_t child; (child = 2 * root + 1) < count; root = child) {
		if (child + 1 < count &&
			hj_address_compare(items[child].first, items[child + 1].first) < 0)
			child++;
		if (hj_address_compare(moved.first, items[child].first) >= 0)
			break;
		items[root] = items[child];
	}
	items[root] = moved;
}

/* Heapsort: in place, without recursion, and no order of the input makes it slow. */
static void sort(hj_range *items, size_t count)
{
	for (size_t i = count / 2; i-- > 0;)
		sift(items, i, count);
	for (size_t end = count; end > 1;) {
		hj_range largest = items[0];
		items[0] = items[--end];
		items[end] = largest;
		sift(items, 0, end);
	}
}

hj_status hj_range_set_add_all(hj_range_set *set, const hj_range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!hj_range_valid(ranges[i]))
			return HJ_INVALID;
	size_t total;
	if (!hj_add(set->count, count, &total) ||
		hj_grow(set->allocator, &set->items, &set->capacity, total, sizeof *set->items))
		return HJ_NO_MEMORY;
	if (count == 0)
		return HJ_OK;
	memcpy(&set->items[set->count], ranges, count * sizeof *ranges);
	sort(set->items, total);
	size_t kept = 1;
	for (size_t i = 1; i < total; i++) {
		hj_range *last = &set->items[kept - 1];
		if (stands_apart(*last, set->items[i]))
			set->items[kept++] = set->items[i];
		else if (hj_address_compare(set->items[i].last, last->last) > 0)
			last->last = set->items[i].last;
	}
	set->count = kept;
	return HJ_OK;
}

bool hj_range_set_contains(const hj_range_set *set, hj_range range)
{
	/* The items never touch, so a range inside the set is inside one of them. */
	size_t at = ending_before(set, range.first);
	return at < set->count && hj_range_contains(set->items[at], range);
}

bool hj_range_set_overlaps(const hj_range_set *set, hj_range range)
{
	size_t at = ending_before(set, range.first);
	return at < set->count && hj_range_overlaps(set->items[at], range);
}
