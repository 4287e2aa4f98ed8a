#include "syntax/string.h"

#include "base/utf8.h"
#include "syntax/internal.h"

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

/* The code point of \uXXXX and the low surrogate's escape after a high one; *size: bytes read. */
static uint32_t unicode_escape(const char *at, const char *end, size_t *size)
{
	uint32_t code = code_unit(at);
	*size = 6;
	if (code < 0xD800 || code > 0xDFFF)
		return code;
	if (code >= 0xDC00 || end - at < 12 || at[6] != '\\' || at[7] != 'u')
		return HJ_REPLACEMENT;
	uint32_t low = code_unit(at + 6);
	if (low < 0xDC00 || low > 0xDFFF)
		return HJ_REPLACEMENT;
	*size = 12;
	return 0x10000 + ((code & 0x3FF) << 10) + (low & 0x3FF);
}

/* One escape, character or stray byte, as UTF-8 into out. Returns the bytes read. */
static size_t decode_one(const char *at, const char *end, char out[4], size_t *length)
{
	size_t size = 2;
	uint32_t code;
	if (*at != '\\') {
		int bytes = hj_utf8_decode(at, end, &code);
		size = bytes ? (size_t)bytes : 1;
	} else {
		switch (at[1]) {
		case 'b': code = '\b'; break;
		case 'f': code = '\f'; break;
		case 'n': code = '\n'; break;
		case 'r': code = '\r'; break;
		case 't': code = '\t'; break;
		case 'u': code = unicode_escape(at, end, &size); break;
		default: code = (unsigned char)at[1]; break;
		}
	}
	*length = (size_t)hj_utf8_encode(code, out);
	return size;
}

void hj_string_decode(hj_slice token, hj_text *out)
{
	const char *at = token.data + 1, *end = token.data + token.size - 1;
	while (at < end) {
		char bytes[4];
		size_t length;
		at += decode_one(at, end, bytes, &length);
		hj_text_append(out, hj_slice_of(bytes, length));
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
	const char *at = text.size ? text.data : "", *end = at + text.size, *plain = at;
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

static hj_slice decoded(hj_slice token, hj_arena *arena, bool *ok)
{
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

hj_slice hj_string_value(const hj_document *document, uint32_t node, hj_arena *arena, bool *ok)
{
	const hj_node *string = &document->nodes[node];
	const char *quote = document->source->data + string->start;
	size_t size = string->end - string->start;
	if (string->bits & HJ_ESCAPED)
		return decoded(hj_slice_of(quote, size), arena, ok);
	return hj_slice_of(quote + 1, size - 2);
}

bool hj_string_equals(const hj_document *document, uint32_t node, hj_slice text)
{
	const hj_node *string = &hj_document_nodes(document)[node];
	hj_slice token = hj_source_slice(hj_document_source(document), hj_node_span(string));
	if (!(string->bits & HJ_ESCAPED))
		return hj_slice_equal(hj_slice_of(token.data + 1, token.size - 2), text);
	const char *at = token.data + 1, *end = token.data + token.size - 1;
	size_t matched = 0;
	while (at < end) {
		char bytes[4];
		size_t length;
		at += decode_one(at, end, bytes, &length);
		if (text.size - matched < length || memcmp(text.data + matched, bytes, length) != 0)
			return false;
		matched += length;
	}
	return matched == text.size;
}
