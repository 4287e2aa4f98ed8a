/*
 * IP addresses, prefixes and sets of addresses.
 *
 * Texts are read as Go's net/netip does, since the service does: four decimal numbers without
 * leading zeros, or IPv6 with at most one "::" and perhaps a dotted IPv4 tail; no zones, no
 * brackets, no blanks.
 */
#ifndef HJ_BASE_ADDRESS_H
#define HJ_BASE_ADDRESS_H

#include "base/text.h"

/* One address. IPv4 stands in the low 32 bits of `low`. Compare within a family only. */
typedef struct hj_address {
	uint64_t high, low;
	bool v6;
} hj_address;

typedef struct hj_prefix {
	hj_address address; /* as written: host bits may be set */
	uint8_t bits;       /* 0 to 32, or 0 to 128 */
} hj_prefix;

/* All addresses from first to last, both included and of one family. */
typedef struct hj_range {
	hj_address first, last;
} hj_range;

HJ_API bool hj_address_parse(hj_slice text, hj_address *out);
/* "ADDRESS/BITS"; bits are decimal without leading zeros, at most the family's. */
HJ_API bool hj_prefix_parse(hj_slice text, hj_prefix *out);
/* -1, 0, 1; IPv4 before IPv6. */
HJ_API int hj_address_compare(hj_address a, hj_address b);
/* False: there is no next (or previous) one in the family. */
HJ_API bool hj_address_next(hj_address *address);
HJ_API bool hj_address_previous(hj_address *address);
/* Canonical text: shortest form, IPv6 by RFC 5952. */
HJ_API void hj_address_append(hj_text *out, hj_address address);
HJ_API void hj_prefix_append(hj_text *out, hj_prefix prefix);

/* The prefix with its host bits cleared; *changed (may be NULL) tells whether any was set. */
HJ_API hj_prefix hj_prefix_masked(hj_prefix prefix, bool *changed);
HJ_API hj_range hj_prefix_range(hj_prefix prefix);
/* The one prefix that has exactly the range's addresses. False: there is none. */
HJ_API bool hj_range_prefix(hj_range range, hj_prefix *out);
/* As packet filters write it: "10.0.0.1", "10.0.0.0/8", or "10.0.0.1-10.0.0.9". */
HJ_API void hj_range_append(hj_text *out, hj_range range);
/* Of one family, and the first address not behind the last? */
HJ_API bool hj_range_valid(hj_range range);
HJ_API bool hj_range_contains(hj_range outer, hj_range inner);
HJ_API bool hj_range_overlaps(hj_range a, hj_range b);

/* A set of addresses: disjoint ranges in ascending order, none touching the next. */
typedef struct hj_range_set {
	hj_range *items;
	size_t count, capacity;
	const hj_allocator *allocator;
} hj_range_set;

HJ_API void hj_range_set_init(hj_range_set *set, const hj_allocator *allocator);
HJ_API void hj_range_set_free(hj_range_set *set);
/*
 * Union and difference with one range, in place. HJ_INVALID for a range that is not valid,
 * HJ_NO_MEMORY; after both the set is as it was. Removing allocates only to split an item in two.
 */
HJ_API hj_status hj_range_set_add(hj_range_set *set, hj_range range);
HJ_API hj_status hj_range_set_remove(hj_range_set *set, hj_range range);
/* Many ranges at once, in any order, none of them from the set; n log n instead of n adds. */
HJ_API hj_status hj_range_set_add_all(hj_range_set *set, const hj_range *ranges, size_t count);
/* Every address of the range; any address of it. Logarithmic. */
HJ_API bool hj_range_set_contains(const hj_range_set *set, hj_range range);
HJ_API bool hj_range_set_overlaps(const hj_range_set *set, hj_range range);

#endif
