#include "base/address.h"

enum { V4_BITS = 32, V6_BITS = 128 };
#define V4_LAST 0xFFFFFFFFU
/* ::ffff:0:0/96, where IPv6 holds IPv4; such addresses end in dotted IPv4 in text. */
#define MAPPED 0xFFFFU

static hj_slice cut(hj_slice text, size_t from, size_t to)
{
	return hj_slice_of(text.data + from, to - from);
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* -- reading ----------------------------------------------------------------------------------- */

/* The whole text as four octets. */
static bool parse_v4(hj_slice text, uint32_t *out)
{
	uint32_t address = 0, octet = 0;
	unsigned digits = 0, octets = 0;
	for (size_t i = 0; i <= text.size; i++) {
		if (i == text.size || text.data[i] == '.') {
			if (digits == 0 || octets == 4)
				return false;
			address = address << 8 | octet;
			octets++;
			octet = digits = 0;
			continue;
		}
		/* 010 is eight to some and ten to others, so Go takes neither. */
		if (!is_digit(text.data[i]) || (digits > 0 && octet == 0))
			return false;
		octet = octet * 10 + (uint32_t)(text.data[i] - '0');
		digits++;
		if (octet > 255)
			return false;
	}
	*out = address;
	return octets == 4;
}

static int hex_digit(char byte)
{
	if (is_digit(byte))
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	return -1;
}

/* Up to four hexadecimal digits at *at. False: none, or more than four. */
static bool parse_field(hj_slice text, size_t *at, uint16_t *out)
{
	size_t start = *at;
	unsigned value = 0;
	for (; *at < text.size && hex_digit(text.data[*at]) >= 0; ++*at) {
		if (*at - start == 4)
			return false;
		value = value << 4 | (unsigned)hex_digit(text.data[*at]);
	}
	*out = (uint16_t)value;
	return *at > start;
}

/* Moves the fields behind "::" to the end and fills the gap with zeros. */
static void widen(uint16_t fields[8], size_t count, size_t gap)
{
	size_t tail = count - gap;
	for (size_t i = 0; i < 8 - gap; i++)
		fields[7 - i] = i < tail ? fields[count - 1 - i] : 0;
}

static hj_address from_fields(const uint16_t fields[8])
{
	hj_address address = {.v6 = true};
	for (size_t i = 0; i < 4; i++) {
		address.high = address.high << 16 | fields[i];
		address.low = address.low << 16 | fields[4 + i];
	}
	return address;
}

static bool parse_v6(hj_slice text, hj_address *out)
{
	uint16_t fields[8] = {0};
	enum { NOWHERE = 9 };
	size_t count = 0, gap = NOWHERE, at = 0; /* gap: the fields before "::" */
	if (text.size >= 2 && text.data[0] == ':' && text.data[1] == ':') {
		gap = 0;
		at = 2;
	}
	while (at < text.size) {
		size_t start = at;
		if (count == 8 || !parse_field(text, &at, &fields[count]))
			return false;
		if (at < text.size && text.data[at] == '.') {
			/* The IPv4 tail is two fields and the end, in the last place or behind "::". */
			uint32_t tail;
			if (count > 6 || (gap == NOWHERE && count != 6) ||
				!parse_v4(cut(text, start, text.size), &tail))
				return false;
			fields[count++] = (uint16_t)(tail >> 16);
			fields[count++] = (uint16_t)(tail & MAPPED);
			break;
		}
		count++;
		if (at == text.size)
			break;
		if (text.data[at++] != ':' || at == text.size)
			return false;
		if (text.data[at] == ':') {
			if (gap != NOWHERE)
				return false;
			gap = count;
			at++;
		}
	}
	/* "::" stands for one field at least. */
	if (gap == NOWHERE ? count != 8 : count == 8)
		return false;
	if (gap != NOWHERE)
		widen(fields, count, gap);
	*out = from_fields(fields);
	return true;
}

bool hj_address_parse(hj_slice text, hj_address *out)
{
	/* Most texts that are tried are names. */
	if (text.size == 0 || (hex_digit(text.data[0]) < 0 && text.data[0] != ':'))
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == ':')
			return parse_v6(text, out);
		uint32_t v4;
		if (text.data[i] == '.') {
			if (!parse_v4(text, &v4))
				return false;
			*out = (hj_address){.low = v4};
			return true;
		}
	}
	return false;
}

bool hj_prefix_parse(hj_slice text, hj_prefix *out)
{
	const char *slash = text.size ? memrchr(text.data, '/', text.size) : NULL;
	if (!slash)
		return false;
	size_t at = (size_t)(slash - text.data), digits = text.size - at - 1;
	if (digits == 0 || digits > 3 || (digits > 1 && slash[1] == '0'))
		return false;
	unsigned bits = 0;
	for (size_t i = 1; i <= digits; i++) {
		if (!is_digit(slash[i]))
			return false;
		bits = bits * 10 + (unsigned)(slash[i] - '0');
	}
	hj_address address;
	if (!hj_address_parse(cut(text, 0, at), &address) ||
		bits > (address.v6 ? V6_BITS : V4_BITS))
		return false;
	*out = (hj_prefix){.address = address, .bits = (uint8_t)bits};
	return true;
}

/* -- order ------------------------------------------------------------------------------------- */

int hj_address_compare(hj_address a, hj_address b)
{
	if (a.v6 != b.v6)
		return a.v6 ? 1 : -1;
	if (a.high != b.high)
		return a.high < b.high ? -1 : 1;
	return a.low < b.low ? -1 : a.low > b.low;
}

bool hj_address_next(hj_address *address)
{
	if (address->v6 ? address->low == UINT64_MAX && address->high == UINT64_MAX
			: address->low == V4_LAST)
		return false;
	if (++address->low == 0)
		address->high++;
	return true;
}

bool hj_address_previous(hj_address *address)
{
	if (address->low == 0 && address->high == 0)
		return false;
	if (address->low-- == 0)
		address->high--;
	return true;
}

/* -- writing ----------------------------------------------------------------------------------- */

static void append_v4(hj_text *out, uint32_t address)
{
	hj_text_printf(out, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
		address & 255);
}

/* RFC 5952, 4.2: the longest run of two zero fields or more becomes "::", the first of equals. */
static void longest_zeros(const uint16_t fields[8], size_t *start, size_t *end)
{
	*start = *end = 8;
	size_t longest = 1;
	for (size_t i = 0; i < 8; i++) {
		size_t run = 0;
		while (i + run < 8 && fields[i + run] == 0)
			run++;
		if (run > longest) {
			longest = run;
			*start = i;
			*end = i + run;
		}
		i += run;
	}
}

static void append_v6(hj_text *out, hj_address address)
{
	uint16_t fields[8];
	for (size_t i = 0; i < 4; i++) {
		fields[i] = (uint16_t)(address.high >> (48 - 16 * i));
		fields[4 + i] = (uint16_t)(address.low >> (48 - 16 * i));
	}
	size_t start, end;
	longest_zeros(fields, &start, &end);
	for (size_t i = 0; i < 8; i++) {
		if (i == start) {
			hj_text_str(out, "::");
			i = end;
			if (i == 8)
				break;
		} else if (i > 0) {
			hj_text_byte(out, ':');
		}
		hj_text_printf(out, "%x", fields[i]);
	}
}

void hj_address_append(hj_text *out, hj_address address)
{
	if (!address.v6) {
		append_v4(out, (uint32_t)address.low);
	} else if (address.high == 0 && address.low >> 32 == MAPPED) {
		hj_text_str(out, "::ffff:");
		append_v4(out, (uint32_t)(address.low & V4_LAST));
	} else {
		append_v6(out, address);
	}
}

void hj_prefix_append(hj_text *out, hj_prefix prefix)
{
	hj_address_append(out, prefix.address);
	hj_text_printf(out, "/%u", (unsigned)prefix.bits);
}

void hj_range_append(hj_text *out, hj_range range)
{
	hj_prefix prefix;
	if (hj_address_compare(range.first, range.last) == 0) {
		hj_address_append(out, range.first);
	} else if (hj_range_prefix(range, &prefix)) {
		hj_prefix_append(out, prefix);
	} else {
		hj_address_append(out, range.first);
		hj_text_byte(out, '-');
		hj_address_append(out, range.last);
	}
}

/* -- prefixes and ranges ----------------------------------------------------------------------- */

/* The low `count` bits of a word set; shifting by all 64 would be undefined. */
static uint64_t low_bits(unsigned count)
{
	return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

hj_range hj_prefix_range(hj_prefix prefix)
{
	unsigned all = prefix.address.v6 ? V6_BITS : V4_BITS;
	unsigned host = prefix.bits < all ? all - prefix.bits : 0;
	uint64_t low = low_bits(host), high = host > 64 ? low_bits(host - 64) : 0;
	hj_range range = {prefix.address, prefix.address};
	range.first.low &= ~low;
	range.first.high &= ~high;
	range.last.low |= low;
	range.last.high |= high;
	return range;
}

hj_prefix hj_prefix_masked(hj_prefix prefix, bool *changed)
{
	hj_prefix masked = {hj_prefix_range(prefix).first, prefix.bits};
	if (changed)
		*changed = hj_address_compare(masked.address, prefix.address) != 0;
	return masked;
}

bool hj_range_prefix(hj_range range, hj_prefix *out)
{
	/* The bits in which the ends differ; a prefix differs in its low ones, and in all of these. */
	uint64_t high = range.first.high ^ range.last.high, low = range.first.low ^ range.last.low;
	unsigned host = 0;
	for (; high; high >>= 1)
		host++;
	if (host)
		host += 64;
	else
		for (; low; low >>= 1)
			host++;
	unsigned all = range.first.v6 ? V6_BITS : V4_BITS;
	hj_prefix prefix = {range.first, (uint8_t)(all - host)};
	hj_range whole = hj_prefix_range(prefix);
	if (range.first.v6 != range.last.v6 || hj_address_compare(whole.first, range.first) ||
		hj_address_compare(whole.last, range.last))
		return false;
	*out = prefix;
	return true;
}

bool hj_range_valid(hj_range range)
{
	return range.first.v6 == range.last.v6 && hj_address_compare(range.first, range.last) <= 0;
}

bool hj_range_contains(hj_range outer, hj_range inner)
{
	return hj_address_compare(outer.first, inner.first) <= 0 &&
		hj_address_compare(inner.last, outer.last) <= 0;
}

bool hj_range_overlaps(hj_range a, hj_range b)
{
	return hj_address_compare(a.first, b.last) <= 0 && hj_address_compare(b.first, a.last) <= 0;
}
