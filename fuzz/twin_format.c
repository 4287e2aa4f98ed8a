/* The specification as a program; see twin_format.h. Section numbers are the specification's. */
#include "fuzz/twin_format.h"

#include "base/utf8.h" /* the character tables of 3.4 and 7.3, nothing else */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- bytes ------------------------------------------------------------------------------------- */

/* A growing string. Every gap and every literal has one to itself. */
struct str {
	char *data;
	size_t size, room;
};

static void put(struct str *s, const char *bytes, size_t size)
{
	if (s->size + size + 1 > s->room) {
		s->room = (s->size + size + 1) * 2;
		s->data = realloc(s->data, s->room);
		if (!s->data)
			abort();
	}
	if (size)
		memcpy(s->data + s->size, bytes, size);
	s->size += size;
	s->data[s->size] = '\0';
}

static void put_str(struct str *s, const char *text)
{
	put(s, text, strlen(text));
}

static void put_byte(struct str *s, char byte)
{
	put(s, &byte, 1);
}

static void put_times(struct str *s, char byte, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_byte(s, byte);
}

static void drop(struct str *s)
{
	free(s->data);
	*s = (struct str){0};
}

static void drop_front(struct str *s, size_t count)
{
	if (count)
		memmove(s->data, s->data + count, s->size - count);
	s->size -= count;
}

static bool ends_in(const struct str *s, char byte)
{
	return s->size && s->data[s->size - 1] == byte;
}

static size_t count_byte(const struct str *s, char byte)
{
	size_t count = 0;
	for (size_t i = 0; i < s->size; i++)
		count += s->data[i] == byte;
	return count;
}

static bool has_break(const struct str *gap)
{
	return count_byte(gap, '\n') > 0;
}

/* White space has no slash, so a gap with one has a comment. */
static bool has_comment(const struct str *gap)
{
	return count_byte(gap, '/') > 0;
}

static bool is_space(char c) /* 1: the four bytes of JSON whitespace */
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool starts(const char *at, const char *end, const char *with)
{
	size_t size = strlen(with);
	return (size_t)(end - at) >= size && memcmp(at, with, size) == 0;
}

/* The first occurrence of a two-byte word at or after `at`, or NULL. */
static const char *find2(const char *at, const char *end, const char *word)
{
	for (; end - at >= 2; at++)
		if (at[0] == word[0] && at[1] == word[1])
			return at;
	return NULL;
}

/* One UTF-8 character at `at` (RFC 3629): its length and *code, or 0. */
static size_t character(const char *at, const char *end, uint32_t *code)
{
	unsigned char lead = (unsigned char)*at;
	if (lead < 0x80) {
		*code = lead;
		return 1;
	}
	size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
	if (lead < 0xC0 || lead > 0xF7 || (size_t)(end - at) < size)
		return 0;
	uint32_t value = lead & (0xFFU >> (size + 1));
	for (size_t i = 1; i < size; i++) {
		unsigned char next = (unsigned char)at[i];
		if ((next & 0xC0) != 0x80)
			return 0;
		value = value << 6 | (next & 0x3F);
	}
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	if (value < least[size] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
		return 0;
	*code = value;
	return size;
}

static void put_character(struct str *s, uint32_t code)
{
	if (code < 0x80) {
		put_byte(s, (char)code);
		return;
	}
	if (code < 0x800) {
		put_byte(s, (char)(0xC0 | code >> 6));
	} else {
		if (code < 0x10000) {
			put_byte(s, (char)(0xE0 | code >> 12));
		} else {
			put_byte(s, (char)(0xF0 | code >> 18));
			put_byte(s, (char)(0x80 | (code >> 12 & 0x3F)));
		}
		put_byte(s, (char)(0x80 | (code >> 6 & 0x3F)));
	}
	put_byte(s, (char)(0x80 | (code & 0x3F)));
}

/* 7.3: removes Unicode whitespace from the end of valid UTF-8. */
static size_t trimmed(const char *data, size_t size)
{
	while (size) {
		size_t start = size - 1;
		while (start && ((unsigned char)data[start] & 0xC0) == 0x80)
			start--;
		uint32_t code = 0;
		if (!character(data + start, data + size, &code) || !hj_unicode_space(code))
			break;
		size = start;
	}
	return size;
}

/* -- the tree (4) ------------------------------------------------------------------------------ */

struct node {
	char kind; /* '{', '[', '"', or 'x' for any other literal */
	struct str lead, trail, closing;
	bool trail_present;
	struct str literal;
	struct node *items; /* of an object: name, value, name, value */
	size_t count;
	bool expanded; /* 8.2 */
};

static void node_free(struct node *node)
{
	for (size_t i = 0; i < node->count; i++)
		node_free(&node->items[i]);
	free(node->items);
	drop(&node->lead);
	drop(&node->trail);
	drop(&node->closing);
	drop(&node->literal);
}

static struct node *node_add(struct node *parent)
{
	parent->items = realloc(parent->items, (parent->count + 1) * sizeof *parent->items);
	if (!parent->items)
		abort();
	parent->items[parent->count] = (struct node){0};
	return &parent->items[parent->count++];
}

static bool is_container(const struct node *node)
{
	return node->kind == '{' || node->kind == '[';
}

static bool trailing_comma(const struct node *node)
{
	return node->count && node->items[node->count - 1].trail_present;
}

/* -- parsing (1 to 4) -------------------------------------------------------------------------- */

struct parser {
	const char *data, *at, *end;
	enum twin_status status;
	struct str error;
};

/* 3.1: the first error wins. Always false, so that `return fail(…)` reads well. */
static bool fail(struct parser *p, const char *at, const struct str *text)
{
	size_t line = 1, column = 1;
	for (const char *c = p->data; c < at; c++) {
		column++;
		if (*c == '\n') {
			line++;
			column = 1;
		}
	}
	char head[80];
	snprintf(head, sizeof head, "hujson: line %zu, column %zu: ", line, column);
	put_str(&p->error, head);
	put(&p->error, text->data, text->size);
	p->status = TWIN_SYNTAX;
	return false;
}

static bool fail_text(struct parser *p, const char *at, const char *text)
{
	struct str s = {0};
	put_str(&s, text);
	fail(p, at, &s);
	drop(&s);
	return false;
}

/* 3.4 */
static bool fail_character(struct parser *p, const char *at, const char *where)
{
	struct str s = {0};
	char escape[16] = "";
	uint32_t code = 0;
	size_t size = character(at, p->end, &code);
	put_str(&s, "invalid character '");
	if (!size) {
		snprintf(escape, sizeof escape, "\\x%02x", (unsigned)(unsigned char)*at);
	} else if (hj_unicode_printable(code)) {
		if (code == '\'' || code == '\\')
			put_byte(&s, '\\');
		put(&s, at, size);
	} else {
		snprintf(escape, sizeof escape, code <= 0xFFFF ? "\\u%04x" : "\\U%08x",
			(unsigned)code);
	}
	put_str(&s, escape);
	put_str(&s, "' ");
	put_str(&s, where);
	fail(p, at, &s);
	drop(&s);
	return false;
}

static bool fail_literal(struct parser *p, const char *at, const char *end)
{
	struct str s = {0};
	put_str(&s, "invalid literal: ");
	put(&s, at, (size_t)(end - at));
	fail(p, at, &s);
	drop(&s);
	return false;
}

static bool parse_gap(struct parser *p, struct str *gap)
{
	const char *start = p->at;
	for (;;) {
		while (p->at < p->end && is_space(*p->at))
			p->at++;
		const char *comment = p->at;
		if (starts(comment, p->end, "//")) {
			while (p->at < p->end && *p->at != '\n')
				p->at++;
			if (p->at == p->end)
				return fail_text(p, comment, "parsing comment: unexpected EOF");
			p->at++;
		} else if (starts(comment, p->end, "/*")) {
			const char *close = find2(comment + 2, p->end, "*/");
			if (!close)
				return fail_text(p, comment, "parsing comment: unexpected EOF");
			p->at = close + 2;
		} else {
			break;
		}
		for (const char *c = comment; c < p->at;) {
			uint32_t code = 0;
			size_t size = character(c, p->at, &code);
			if (!size)
				return fail_text(p, comment, "invalid UTF-8 in comment");
			c += size;
		}
	}
	put(gap, start, (size_t)(p->at - start));
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool valid_string(const char *at, const char *end) /* without the quotes */
{
	while (at < end) {
		if ((unsigned char)*at < 0x20)
			return false;
		if (*at++ != '\\')
			continue;
		if (*at == 'u') {
			if (end - at < 5 || !is_hex(at[1]) || !is_hex(at[2]) || !is_hex(at[3]) ||
				!is_hex(at[4]))
				return false;
			at += 5;
		} else if (*at && strchr("\"\\/bfnrt", *at)) {
			at++;
		} else {
			return false;
		}
	}
	return true;
}

static bool valid_number(const char *at, const char *end)
{
	if (at < end && *at == '-')
		at++;
	if (at == end || !is_digit(*at))
		return false;
	if (*at++ != '0')
		while (at < end && is_digit(*at))
			at++;
	if (at < end && *at == '.') {
		at++;
		if (at == end || !is_digit(*at))
			return false;
		while (at < end && is_digit(*at))
			at++;
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		if (at == end || !is_digit(*at))
			return false;
		while (at < end && is_digit(*at))
			at++;
	}
	return at == end;
}

static bool is_word(const char *at, const char *end, const char *word)
{
	return (size_t)(end - at) == strlen(word) && starts(at, end, word);
}

static bool parse_literal(struct parser *p, struct node *node)
{
	const char *start = p->at;
	if (*start == '"') {
		p->at++;
		while (p->at < p->end && *p->at != '"')
			p->at += *p->at == '\\' ? 2 : 1;
		if (p->at >= p->end)
			return fail_text(p, p->end, "parsing string: unexpected EOF");
		p->at++;
		if (!valid_string(start + 1, p->at - 1))
			return fail_literal(p, start, p->at);
		node->kind = '"';
	} else {
		while (p->at < p->end &&
			(is_digit(*p->at) || (*p->at >= 'a' && *p->at <= 'z') ||
				(*p->at >= 'A' && *p->at <= 'Z') || *p->at == '+' ||
				*p->at == '-' || *p->at == '.'))
			p->at++;
		if (p->at == start)
			return fail_character(p, start, "at start of value");
		if (!is_word(start, p->at, "null") && !is_word(start, p->at, "true") &&
			!is_word(start, p->at, "false") && !valid_number(start, p->at))
			return fail_literal(p, start, p->at);
		node->kind = 'x';
	}
	put(&node->literal, start, (size_t)(p->at - start));
	return true;
}

static bool parse_value(struct parser *p, struct node *node, int depth);

/* The members up to and including the closing bracket; p->at is after the opening one. */
static bool parse_members(struct parser *p, struct node *node, int depth)
{
	bool object = node->kind == '{';
	char close = object ? '}' : ']';
	for (;;) {
		struct str gap = {0};
		if (!parse_gap(p, &gap)) {
			drop(&gap);
			return false;
		}
		if (p->at < p->end && *p->at == close) {
			node->closing = gap;
			if (node->count)
				node->items[node->count - 1].trail_present = true;
			p->at++;
			return true;
		}
		struct node *item = node_add(node);
		item->lead = gap;
		const char *start = p->at;
		if (!parse_value(p, item, depth))
			return false;
		if (object) {
			if (item->kind != '"')
				return fail_character(p, start, "at start of object name");
			if (p->at == p->end)
				return fail_text(
					p, p->at, "parsing object after name: unexpected EOF");
			if (*p->at != ':')
				return fail_character(p, p->at, "after object name");
			p->at++;
			item = node_add(node);
			if (!parse_gap(p, &item->lead) || !parse_value(p, item, depth))
				return false;
		}
		if (p->at == p->end)
			return fail_text(p, p->at,
				object ? "parsing object after value: unexpected EOF"
				       : "parsing array after value: unexpected EOF");
		if (*p->at == close) {
			node->closing = item->trail;
			item->trail = (struct str){0};
			item->trail_present = false;
			p->at++;
			return true;
		}
		if (*p->at != ',')
			return fail_character(p, p->at,
				object ? "after object value (expecting ',' or '}')"
				       : "after array value (expecting ',' or ']')");
		p->at++;
	}
}

/* A value and its trail gap. */
static bool parse_value(struct parser *p, struct node *node, int depth)
{
	if (p->at == p->end)
		return fail_text(p, p->at, "parsing value: unexpected EOF");
	if (*p->at == '{' || *p->at == '[') {
		if (depth >= TWIN_DEPTH_MAX) {
			p->status = TWIN_TOO_DEEP;
			return false;
		}
		node->kind = *p->at++;
		if (!parse_members(p, node, depth + 1))
			return false;
	} else if (!parse_literal(p, node)) {
		return false;
	}
	if (!parse_gap(p, &node->trail))
		return false;
	node->trail_present = node->trail.size > 0;
	return true;
}

static bool parse(struct parser *p, struct node *root)
{
	if (!parse_gap(p, &root->lead) || !parse_value(p, root, 0))
		return false;
	if (p->at < p->end)
		return fail_character(p, p->at, "after top-level value");
	return true;
}

/* -- printing (5) ------------------------------------------------------------------------------ */

static void print(const struct node *node, struct str *out)
{
	put(out, node->lead.data, node->lead.size);
	if (is_container(node)) {
		put_byte(out, node->kind);
		for (size_t i = 0; i < node->count; i++) {
			if (i)
				put_byte(out, node->kind == '{' && i % 2 ? ':' : ',');
			print(&node->items[i], out);
		}
		if (trailing_comma(node))
			put_byte(out, ',');
		put(out, node->closing.data, node->closing.size);
		put_byte(out, node->kind == '{' ? '}' : ']');
	} else {
		put(out, node->literal.data, node->literal.size);
	}
	put(out, node->trail.data, node->trail.size);
}

/* -- rewriting a gap (7) ----------------------------------------------------------------------- */

enum {
	OPEN_LINE = 1,
	CLOSE_LINE = 2,
	TRIM_TOP = 4,
	TRIM_BOTTOM = 8,
	OUTDENT = 16,
	PAD = 32,
};

static void replace_all(struct str *s, const char *word, char by)
{
	struct str out = {0};
	size_t size = strlen(word);
	put(&out, "", 0);
	for (size_t i = 0; i < s->size;) {
		if (starts(s->data + i, s->data + s->size, word)) {
			put_byte(&out, by);
			i += size;
		} else {
			put_byte(&out, s->data[i++]);
		}
	}
	drop(s);
	*s = out;
}

struct line {
	const char *data;
	size_t size;
};

static size_t margin(const char *data, size_t size)
{
	size_t count = 0;
	while (count < size && is_space(data[count]))
		count++;
	return count;
}

/* 7.2 */
static void put_block(struct str *out, const char *data, size_t size, size_t depth)
{
	struct line *list = NULL;
	size_t count = 0;
	for (size_t start = 0; start <= size;) {
		size_t end = start;
		while (end < size && data[end] != '\n')
			end++;
		list = realloc(list, (count + 1) * sizeof *list);
		if (!list)
			abort();
		list[count++] = (struct line){data + start, trimmed(data + start, end - start)};
		start = end + 1;
	}
	struct str prefix = {0}; /* P */
	bool blank = false, found = false;
	struct str last = {0}; /* the closing line, when its indentation was replaced */
	for (size_t i = 1; i < count; i++) {
		blank |= list[i].size == 0;
		if (!found && list[i].size) {
			put(&prefix, list[i].data, list[i].size);
			found = true;
		}
	}
	for (size_t i = 1; i < count; i++) {
		size_t indent = margin(list[i].data, list[i].size);
		if (list[i].size == 0)
			continue;
		if (list[i].size - indent == 2 && memcmp(list[i].data + indent, "*/", 2) == 0) {
			put(&last, prefix.data, margin(prefix.data, prefix.size));
			put_str(&last, "*/");
			list[i].data = last.data;
			list[i].size = last.size;
			break;
		}
		for (size_t k = 0; k < prefix.size && k < list[i].size; k++) {
			if (prefix.data[k] != list[i].data[k]) {
				prefix.size = k;
				break;
			}
		}
	}
	size_t width = margin(prefix.data, prefix.size);
	bool star = !blank && width < prefix.size && prefix.data[width] == '*';
	put(out, list[0].data, list[0].size);
	for (size_t i = 1; i < count; i++) {
		put_byte(out, '\n');
		if (list[i].size == 0)
			continue;
		put_times(out, '\t', depth);
		if (star)
			put_byte(out, ' ');
		put(out, list[i].data + width, list[i].size - width);
	}
	drop(&prefix);
	drop(&last);
	free(list);
}

/* 7.1 */
static void rewrite(struct str *gap, size_t depth, int options)
{
	struct str out = {0};
	replace_all(gap, "\r\n", '\n');
	replace_all(gap, "\n\r", '\n');
	replace_all(gap, "\r", ' ');
	if ((options & OPEN_LINE) && !has_break(gap))
		put_byte(&out, '\n');
	const char *at = gap->data, *end = gap->data + gap->size;
	while (at < end) {
		size_t breaks = 0;
		for (; at < end && is_space(*at); at++)
			breaks += *at == '\n';
		put_times(&out, '\n', breaks < 2 ? breaks : 2);
		if (at == end)
			break;
		const char *comment = at;
		if (at[1] == '/') {
			while (at < end && *at != '\n')
				at++;
		} else {
			at = find2(at + 2, end, "*/") + 2;
		}
		if (ends_in(&out, '\n'))
			put_times(&out, '\t', depth);
		else
			put_byte(&out, ' ');
		if (memchr(comment, '\n', (size_t)(at - comment)))
			put_block(&out, comment, (size_t)(at - comment), depth);
		else
			put(&out, comment, trimmed(comment, (size_t)(at - comment)));
	}
	if ((options & CLOSE_LINE) && !ends_in(&out, '\n'))
		put_byte(&out, '\n');
	if (options & TRIM_TOP)
		while (out.size >= 2 && out.data[0] == '\n' && out.data[1] == '\n')
			drop_front(&out, 1);
	if (options & TRIM_BOTTOM)
		while (out.size >= 2 && ends_in(&out, '\n') && out.data[out.size - 2] == '\n')
			out.size--;
	if (ends_in(&out, '\n'))
		put_times(&out, '\t', options & OUTDENT ? depth - 1 : depth);
	else if (out.size)
		put_byte(&out, ' ');
	if ((options & PAD) && !out.size)
		put_byte(&out, ' ');
	drop(gap);
	*gap = out;
}

/* -- the passes (6, 8) ------------------------------------------------------------------------- */

static bool is_standard(const struct node *node)
{
	if (has_comment(&node->lead) || has_comment(&node->trail) || has_comment(&node->closing) ||
		trailing_comma(node))
		return false;
	for (size_t i = 0; i < node->count; i++)
		if (!is_standard(&node->items[i]))
			return false;
	return true;
}

static unsigned hex4(const char *at)
{
	unsigned value = 0;
	for (int i = 0; i < 4; i++) {
		char c = at[i];
		value = value * 16 + (unsigned)(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

/* 8.1, decoding: a token with its quotes. */
static void decode(const char *token, size_t size, struct str *out)
{
	const char *at = token + 1, *end = token + size - 1;
	while (at < end) {
		if (*at != '\\') {
			uint32_t code = 0;
			size_t length = character(at, end, &code);
			put_character(out, length ? code : 0xFFFD);
			at += length ? length : 1;
			continue;
		}
		at++;
		if (*at != 'u') {
			const char *from = "\"\\/bfnrt", *to = "\"\\/\b\f\n\r\t";
			put_byte(out, to[strchr(from, *at) - from]);
			at++;
			continue;
		}
		uint32_t code = hex4(at + 1);
		at += 5;
		if (code >= 0xD800 && code <= 0xDBFF && end - at >= 6 && at[0] == '\\' &&
			at[1] == 'u') {
			uint32_t low = hex4(at + 2);
			if (low >= 0xDC00 && low <= 0xDFFF) {
				put_character(
					out, 0x10000 + ((code - 0xD800) << 10) + low - 0xDC00);
				at += 6;
				continue;
			}
		}
		put_character(out, code >= 0xD800 && code <= 0xDFFF ? 0xFFFD : code);
	}
}

/* 8.1, writing */
static void encode(const struct str *text, struct str *out)
{
	put_byte(out, '"');
	for (size_t i = 0; i < text->size; i++) {
		char c = text->data[i];
		char escape[8];
		switch (c) {
		case '"': put_str(out, "\\\""); break;
		case '\\': put_str(out, "\\\\"); break;
		case '\b': put_str(out, "\\b"); break;
		case '\t': put_str(out, "\\t"); break;
		case '\n': put_str(out, "\\n"); break;
		case '\f': put_str(out, "\\f"); break;
		case '\r': put_str(out, "\\r"); break;
		default:
			if ((unsigned char)c < 0x20) {
				snprintf(escape, sizeof escape, "\\u%04x", (unsigned)c);
				put_str(out, escape);
			} else {
				put_byte(out, c);
			}
		}
	}
	put_byte(out, '"');
}

static void normalize(struct node *node)
{
	if (node->kind == '"' && count_byte(&node->literal, '\\')) {
		struct str text = {0}, token = {0};
		decode(node->literal.data, node->literal.size, &text);
		encode(&text, &token);
		drop(&text);
		drop(&node->literal);
		node->literal = token;
	}
	if (!node->count && !has_comment(&node->closing))
		drop(&node->closing);
	for (size_t i = 0; i < node->count; i++) {
		normalize(&node->items[i]);
		if (!has_comment(&node->items[i].trail)) {
			drop(&node->items[i].trail);
			node->items[i].trail_present = false;
		}
	}
}

/* 8.2 */
struct measure {
	size_t first, last;
	bool multi;
};

static size_t approx(const char *at, const char *end)
{
	size_t n = 0;
	for (;;) {
		while (at < end && is_space(*at))
			at++;
		if (starts(at, end, "//"))
			return n + 1 + (size_t)(end - at);
		if (!starts(at, end, "/*"))
			return n ? n + 1 : 0;
		const char *close = find2(at + 2, end, "*/");
		if (!close)
			return n + 1 + (size_t)(end - at);
		n += 1 + (size_t)(close + 2 - at);
		at = close + 2;
	}
}

static struct measure measure_gap(const struct str *gap)
{
	if (!gap->size)
		return (struct measure){0, 0, false};
	const char *at = gap->data, *end = gap->data + gap->size;
	if (!has_break(gap)) {
		size_t n = approx(at, end);
		return (struct measure){n, n, false};
	}
	const char *first = at, *last = end;
	while (*first != '\n')
		first++;
	while (last[-1] != '\n')
		last--;
	return (struct measure){approx(at, first), approx(last, end), true};
}

struct lines {
	size_t current, first, last, longest;
	size_t count; /* finished */
};

static void finish_line(struct lines *lines)
{
	if (!lines->count++)
		lines->first = lines->current;
	lines->last = lines->current;
	if (lines->current > lines->longest)
		lines->longest = lines->current;
}

static void add_measure(struct lines *lines, struct measure measure)
{
	lines->current += measure.first;
	if (measure.multi) {
		finish_line(lines);
		lines->current = measure.last;
	}
}

static struct measure expand(struct node *node)
{
	if (!is_container(node))
		return (struct measure){node->literal.size, node->literal.size, false};
	struct lines lines = {.current = 1};
	for (size_t i = 0; i < node->count; i++) {
		struct node *item = &node->items[i];
		bool begins = node->kind == '[' || i % 2 == 0;
		if (begins && has_break(&item->lead))
			node->expanded = true;
		add_measure(&lines, measure_gap(&item->lead));
		add_measure(&lines, expand(item));
		add_measure(&lines, measure_gap(&item->trail));
		lines.current += 2;
	}
	lines.current += 1;
	finish_line(&lines);
	if (node->count && has_break(&node->items[node->count - 1].trail))
		node->expanded = true;
	if (has_break(&node->closing) || lines.longest > 80)
		node->expanded = true;
	if (node->expanded) {
		const struct str *gap = node->count ? &node->items[0].lead : &node->closing;
		return (struct measure){1 + measure_gap(gap).first, 1, true};
	}
	return (struct measure){lines.first, lines.last, lines.count > 1};
}

/* 8.3 and 8.4 */
static void lay_out(struct node *node, size_t depth, bool standard)
{
	size_t deeper = depth + (node->expanded ? 1 : 0);
	size_t step = node->kind == '{' ? 2 : 1;
	for (size_t i = 0; i < node->count; i += step) {
		struct node *item = &node->items[i];
		int options = (node->expanded ? OPEN_LINE : 0) | (i ? PAD : TRIM_TOP);
		rewrite(&item->lead, depth + 1, options);
		size_t value_depth = deeper;
		if (node->kind == '{') {
			struct node *name = item;
			item++;
			rewrite(&name->trail, depth + 2, TRIM_TOP | TRIM_BOTTOM);
			rewrite(&item->lead, depth + 2, TRIM_TOP | TRIM_BOTTOM | PAD);
			if (has_break(&name->trail) || has_break(&item->lead))
				value_depth++;
		}
		lay_out(item, value_depth, standard);
		rewrite(&item->trail, depth + 2, TRIM_TOP | TRIM_BOTTOM);
	}
	if (!is_container(node))
		return;
	rewrite(&node->closing, depth + 1,
		(node->expanded ? CLOSE_LINE : 0) | (node->count ? 0 : TRIM_TOP) | TRIM_BOTTOM |
			OUTDENT);
	if (!node->count)
		return;
	struct node *last = &node->items[node->count - 1];
	if (node->expanded) {
		if (!standard)
			last->trail_present = true;
	} else if (!last->trail.size || !node->closing.size) {
		struct str joined = {0};
		put(&joined, last->trail.data, last->trail.size);
		put(&joined, node->closing.data, node->closing.size);
		drop(&last->trail);
		drop(&node->closing);
		node->closing = joined;
		last->trail_present = false;
	}
}

/* 8.5 */
static bool holds_break(const struct node *node)
{
	for (size_t i = 0; i < node->count; i++)
		if (has_break(&node->items[i].lead) || has_break(&node->items[i].trail) ||
			holds_break(&node->items[i]))
			return true;
	return false;
}

static size_t row_width(const struct node *name)
{
	return name->literal.size + name->trail.size + 1 + name[1].lead.size;
}

/* Ends the block of rows items[from] .. items[to - 1]. */
static void align_block(struct node *node, size_t from, size_t to)
{
	size_t widest = 0;
	for (size_t i = from; i < to; i += 2)
		if (row_width(&node->items[i]) > widest)
			widest = row_width(&node->items[i]);
	for (size_t i = from; i < to; i += 2)
		put_times(&node->items[i + 1].lead, ' ', widest - row_width(&node->items[i]));
}

static void align(struct node *node)
{
	for (size_t i = 0; i < node->count; i++)
		align(&node->items[i]);
	if (node->kind != '{')
		return;
	size_t from = 0;
	for (size_t i = 0; i < node->count; i += 2) {
		const struct node *name = &node->items[i], *value = name + 1;
		bool row = has_break(&name->lead) && !has_break(&name->trail) &&
			!has_break(&value->lead) && !has_break(&value->trail) &&
			!holds_break(value);
		if (!row || count_byte(&name->lead, '\n') >= 2) {
			align_block(node, from, i);
			from = row ? i : i + 2;
		}
	}
	align_block(node, from, node->count);
}

/* 6 */
static void format(struct node *root)
{
	bool standard = is_standard(root);
	rewrite(&root->lead, 0, 0);
	drop_front(&root->lead, margin(root->lead.data, root->lead.size));
	normalize(root);
	expand(root);
	lay_out(root, 0, standard);
	align(root);
	rewrite(&root->trail, 0, 0);
	put(&root->trail, "", 0);
	root->trail.size = trimmed(root->trail.data, root->trail.size);
	put_byte(&root->trail, '\n');
}

/* 9 */
static void minimize(struct node *node)
{
	drop(&node->lead);
	drop(&node->trail);
	drop(&node->closing);
	node->trail_present = false;
	for (size_t i = 0; i < node->count; i++)
		minimize(&node->items[i]);
}

static void blank(struct str *gap)
{
	for (size_t i = 0; i < gap->size; i++)
		if (!is_space(gap->data[i]))
			gap->data[i] = ' ';
}

static void standardize(struct node *node)
{
	blank(&node->lead);
	blank(&node->trail);
	blank(&node->closing);
	for (size_t i = 0; i < node->count; i++)
		standardize(&node->items[i]);
	if (trailing_comma(node)) {
		struct node *last = &node->items[node->count - 1];
		struct str joined = {0};
		put(&joined, last->trail.data, last->trail.size);
		put_byte(&joined, ' ');
		put(&joined, node->closing.data, node->closing.size);
		drop(&last->trail);
		drop(&node->closing);
		node->closing = joined;
		last->trail_present = false;
	}
}

enum twin_status twin_run(enum twin_way way, const char *data, size_t size, struct twin_text *out)
{
	struct parser p = {.data = data, .at = data, .end = data + size, .status = TWIN_OK};
	struct node root = {0};
	struct str text = {0};
	put_str(&text, "");
	if (parse(&p, &root)) {
		switch (way) {
		case TWIN_PACK: break;
		case TWIN_FORMAT: format(&root); break;
		case TWIN_MINIMIZE: minimize(&root); break;
		case TWIN_STANDARDIZE: standardize(&root); break;
		}
		print(&root, &text);
	} else if (p.status == TWIN_SYNTAX) {
		put(&text, p.error.data, p.error.size);
	}
	drop(&p.error);
	node_free(&root);
	*out = (struct twin_text){text.data, text.size};
	return p.status;
}

void twin_decode(const char *token, size_t size, struct twin_text *out)
{
	struct str text = {0};
	put_str(&text, "");
	decode(token, size, &text);
	*out = (struct twin_text){text.data, text.size};
}
