#include "syntax/string.h"

#include "base/utf8.h"

static int hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	return byte - 'A' + 10;
}

/* The code unit of the escape \uXXXX at `at`, which is known to be whole. */
static uint32_t code_unit(const char *at)
{
	uint32_t unit = 0;
	for (int i = 2; i < 6; i++)
		unit = unit << 4 | (uint32_t)hex_digit(at[i]);
	return unit;
}

/* Decodes \uXXXX, and the low surrogate's escape after a high one. Returns the bytes read. */
static size_t decode_unicode(const char *at, const char *end, hj_text *out)
{
	uint32_t code = code_unit(at);
	size_t size = 6;
	if (code >= 0xD800 && code <= 0xDFFF) {
		uint32_t low = 0;
		if (code < 0xDC00 && end - at >= 12 && at[6] == '\\' && at[7] == 'u')
			low = code_unit(at + 6);
		if (low >= 0xDC00 && low <= 0xDFFF) {
			code = 0x10000 + ((code & 0x3FF) << 10) + (low & 0x3FF);
			size = 12;
		} else {
			code = HJ_REPLACEMENT;
		}
	}
	char bytes[4];
	int length = hj_utf8_encode(code, bytes);
	hj_text_append(out, hj_slice_of(bytes, (size_t)length));
	return size;
}

void hj_string_decode(hj_slice token, hj_text *out)
{
	const char *at = token.data + 1, *end = token.data + token.size - 1;
	while (at < end) {
		const char *escape = memchr(at, '\\', (size_t)(end - at));
		const char *stop = escape ? escape : end;
		hj_utf8_append_valid(out, hj_slice_of(at, (size_t)(stop - at)));
		at = stop;
		if (!escape)
			break;
		if (at[1] == 'u') {
			at += decode_unicode(at, end, out);
			continue;
		}
		char byte = at[1];
		switch (byte) {
		case 'b': byte = '\b'; break;
		case 'f': byte = '\f'; break;
		case 'n': byte = '\n'; break;
		case 'r': byte = '\r'; break;
		case 't': byte = '\t'; break;
		default: break;
		}
		hj_text_byte(out, byte);
		at += 2;
	}
}

static void encode_escape(unsigned char byte, hj_text *out)
{
	static const char hex[] = "0123456789abcdef";
	char escape[6] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
	size_t size = 2;
	switch (byte) {
	case '"':
	case '\\': escape[1] = (char)byte; break;
	case '\b': escape[1] = 'b'; break;
	case '\f': escape[1] = 'f'; break;
	case '\n': escape[1] = 'n'; break;
	case '\r': escape[1] = 'r'; break;
	case '\t': escape[1] = 't'; break;
	default: size = 6; break;
	}
	hj_text_append(out, hj_slice_of(escape, size));
}

void hj_string_encode(hj_slice text, hj_text *out)
{
	const char *at = text.data, *end = at + text.size, *plain = at;
	hj_text_byte(out, '"');
	for (; at < end; at++) {
		unsigned char byte = (unsigned char)*at;
		if (byte >= 0x20 && byte != '"' && byte != '\\')
			continue;
		hj_utf8_append_valid(out, hj_slice_of(plain, (size_t)(at - plain)));
		encode_escape(byte, out);
		plain = at + 1;
	}
	if (plain < end)
		hj_utf8_append_valid(out, hj_slice_of(plain, (size_t)(at - plain)));
	hj_text_byte(out, '"');
}

hj_slice hj_string_value(const hj_document *document, uint32_t node, hj_arena *arena, bool *ok)
{
	const hj_node *string = &hj_document_nodes(document)[node];
	hj_slice token = hj_source_slice(hj_document_source(document), hj_node_span(string));
	if (!(string->bits & HJ_ESCAPED))
		return hj_slice_of(token.data + 1, token.size - 2);
	hj_text text;
	hj_text_init(&text, arena->allocator);
	hj_string_decode(token, &text);
	hj_slice value = {0};
	if (text.status)
		*ok = false;
	else
		value = hj_arena_copy(arena, hj_text_slice(&text), ok);
	hj_text_free(&text);
	return value;
}

bool hj_string_equals(const hj_document *document, uint32_t node, hj_slice text)
{
	const hj_node *string = &hj_document_nodes(document)[node];
	hj_slice token = hj_source_slice(hj_document_source(document), hj_node_span(string));
	if (!(string->bits & HJ_ESCAPED))
		return hj_slice_equal(hj_slice_of(token.data + 1, token.size - 2), text);
	/* Escapes never decode to more bytes than they have, but U+FFFD for a bad byte does. */
	if (text.size > (token.size - 2) * 3)
		return false;
	hj_text decoded;
	hj_text_init(&decoded, hj_document_source(document)->allocator);
	hj_string_decode(token, &decoded);
	bool equal = !decoded.status && hj_slice_equal(hj_text_slice(&decoded), text);
	hj_text_free(&decoded);
	return equal;
}
