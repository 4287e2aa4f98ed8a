#include "cmd/escape.h"

#include "cmd/report.h"

/* What a byte of ASCII is written as in XML; NULL: itself, or nothing that XML allows. */
static const char *xml_reference(uint32_t code)
{
	switch (code) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;"; /* also for "]]>" */
	case '"': return "&quot;";
	case '\'': return "&#39;";
	case '\t': return "&#9;";
	case '\n': return "&#10;";
	case '\r': return "&#13;";
	default: return NULL;
	}
}

/* The production Char of XML 1.0, without the controls that it merely discourages. */
static bool xml_allows(uint32_t code)
{
	return code >= 0x20 && (code < 0x7F || code > 0x9F) && (code & 0xFFFE) != 0xFFFE;
}

void escape_xml(hj_text *out, hj_slice text)
{
	if (text.size == 0)
		return;
	const char *at = text.data, *end = at + text.size, *plain = at;
	while (at < end) {
		uint32_t code;
		int size = hj_utf8_decode(at, end, &code);
		const char *reference = size ? xml_reference(code) : NULL;
		if (size && !reference && xml_allows(code)) {
			at += size;
			continue;
		}
		hj_text_append(out, hj_slice_of(plain, (size_t)(at - plain)));
		if (size == 0)
			hj_text_str(out, "\xEF\xBF\xBD");
		else if (reference)
			hj_text_str(out, reference);
		else
			hj_text_printf(out, code > 0xFFFF ? "\\u{%x}" : "\\u%04x", (unsigned)code);
		at += size ? size : 1;
		plain = at;
	}
	hj_text_append(out, hj_slice_of(plain, (size_t)(at - plain)));
}

void escape_markdown(hj_text *out, hj_slice text)
{
	hj_text safe;
	hj_text_init(&safe, out->allocator);
	report_safe(&safe, text);
	for (size_t i = 0; i < safe.size; i++) {
		char byte = safe.data[i];
		/* References for what would be a tag: a backslash is not enough everywhere. */
		if (byte == '<' || byte == '>' || byte == '&')
			hj_text_str(out, xml_reference((unsigned char)byte));
		else if (strchr("\\`*_[]|~#$", byte))
			hj_text_printf(out, "\\%c", byte);
		else
			hj_text_byte(out, byte);
	}
	if (safe.status && !out->status) {
		hj_text_free(out);
		out->status = safe.status;
	}
	hj_text_free(&safe);
}

static size_t longest_fence(hj_slice document)
{
	size_t longest = 2, run = 0;
	for (size_t i = 0; i < document.size; i++) {
		run = document.data[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest + 1;
}

/* Appends the document, what stands between line feeds and tabs through `escape`. */
static void append_pieces(
	hj_text *out, hj_slice document, void (*escape)(hj_text *out, hj_slice text))
{
	for (size_t at = 0, start = 0; at <= document.size; at++) {
		bool end = at == document.size;
		if (!end && document.data[at] != '\n' && document.data[at] != '\t')
			continue;
		if (at > start)
			escape(out, hj_slice_of(document.data + start, at - start));
		if (!end)
			hj_text_byte(out, document.data[at]);
		start = at + 1;
	}
	if (document.size == 0 || document.data[document.size - 1] != '\n')
		hj_text_byte(out, '\n');
}

void escape_fenced(hj_text *out, hj_slice document)
{
	size_t fence = longest_fence(document);
	hj_text_repeat(out, '`', fence);
	hj_text_str(out, "jsonc\n");
	append_pieces(out, document, report_safe);
	hj_text_repeat(out, '`', fence);
	hj_text_byte(out, '\n');
}

static void append_visible(hj_text *out, hj_slice text)
{
	hj_text safe;
	hj_text_init(&safe, out->allocator);
	report_safe(&safe, text);
	escape_xml(out, hj_text_slice(&safe));
	if (safe.status && !out->status) {
		hj_text_free(out);
		out->status = safe.status;
	}
	hj_text_free(&safe);
}

void escape_pre(hj_text *out, hj_slice document)
{
	append_pieces(out, document, append_visible);
}

static bool unreserved(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
		(byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' ||
		byte == '~';
}

void escape_uri(hj_text *out, hj_slice path)
{
	if (path.size && path.data[0] == '/')
		hj_text_str(out, "file://");
	for (size_t i = 0; i < path.size; i++) {
		char byte = path.data[i];
		if (unreserved(byte) || byte == '/')
			hj_text_byte(out, byte);
		else
			hj_text_printf(out, "%%%02X", (unsigned)(unsigned char)byte);
	}
}

/* `%` as well: it is what escapes. */
void escape_workflow(hj_text *out, hj_slice text, bool property)
{
	for (size_t i = 0; i < text.size; i++) {
		char byte = text.data[i];
		if (byte == '%' || byte == '\r' || byte == '\n' ||
			(property && (byte == ':' || byte == ',')))
			hj_text_printf(out, "%%%02X", (unsigned)(unsigned char)byte);
		else
			hj_text_byte(out, byte);
	}
}

hj_slice escape_relative(const char *path)
{
	hj_slice rest = hj_slice_str(path);
	while (rest.size > 2 && hj_slice_starts(rest, HJ_SLICE("./"))) {
		rest = hj_slice_of(rest.data + 2, rest.size - 2);
		while (rest.size > 1 && rest.data[0] == '/')
			rest = hj_slice_of(rest.data + 1, rest.size - 1);
	}
	return rest;
}
