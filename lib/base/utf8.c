#include "base/utf8.h"

#include "base/unicode.inc"

int hj_utf8_decode(const char *at, const char *end, uint32_t *code)
{
	const unsigned char *byte = (const unsigned char *)at;
	size_t left = (size_t)(end - at);
	uint32_t lead = byte[0];
	if (lead < 0x80) {
		*code = lead;
		return 1;
	}
	int size = lead >= 0xC2 && lead <= 0xDF ? 2
		: (lead & 0xF0) == 0xE0         ? 3
		: lead >= 0xF0 && lead <= 0xF4  ? 4
						: 0;
	*code = HJ_REPLACEMENT;
	if (size == 0 || left < (size_t)size)
		return 0;
	uint32_t value = lead & (0xFFU >> (size + 1));
	for (int i = 1; i < size; i++) {
		if ((byte[i] & 0xC0) != 0x80)
			return 0;
		value = value << 6 | (byte[i] & 0x3FU);
	}
	if (size == 3 && (value < 0x800 || (value >= 0xD800 && value <= 0xDFFF)))
		return 0;
	if (size == 4 && (value < 0x10000 || value > 0x10FFFF))
		return 0;
	*code = value;
	return size;
}

int hj_utf8_encode(uint32_t code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3F));
		out[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3F));
	out[2] = (char)(0x80 | (code >> 6 & 0x3F));
	out[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}

bool hj_utf8_valid(hj_slice text)
{
	if (text.size == 0)
		return true; /* data may be NULL */
	const char *at = text.data, *end = at + text.size;
	while (at < end) {
		uint64_t word;
		if (end - at >= 8 &&
			(memcpy(&word, at, 8), !(word & UINT64_C(0x8080808080808080)))) {
			at += 8;
			continue;
		}
		uint32_t code;
		int size = hj_utf8_decode(at, end, &code);
		if (size == 0)
			return false;
		at += size;
	}
	return true;
}

void hj_utf8_append_valid(hj_text *out, hj_slice text)
{
	if (text.size == 0)
		return;
	const char *at = text.data, *end = at + text.size, *good = at;
	while (at < end) {
		uint32_t code;
		int size = hj_utf8_decode(at, end, &code);
		if (size) {
			at += size;
			continue;
		}
		hj_text_append(out, hj_slice_of(good, (size_t)(at - good)));
		hj_text_append(out, HJ_SLICE("\xEF\xBF\xBD"));
		good = ++at;
	}
	hj_text_append(out, hj_slice_of(good, (size_t)(at - good)));
}

bool hj_unicode_space(uint32_t code)
{
	if (code < 0x80)
		return code == ' ' || (code >= '\t' && code <= '\r');
	return code == 0x85 || code == 0xA0 || code == 0x1680 ||
		(code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 ||
		code == 0x202F || code == 0x205F || code == 0x3000;
}

static bool within(const struct range *ranges, size_t count, uint32_t code)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (code > ranges[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && code >= ranges[low].first;
}

#define WITHIN(ranges, code) within(ranges, sizeof(ranges) / sizeof *(ranges), code)

bool hj_unicode_printable(uint32_t code)
{
	return code < 0x7F ? code >= 0x20 : WITHIN(printable, code);
}

int hj_unicode_width(uint32_t code)
{
	if (code < 0x300)
		return code >= 0x20 && (code < 0x7F || code >= 0xA0);
	if (WITHIN(zero_width, code))
		return 0;
	return WITHIN(wide, code) ? 2 : 1;
}
