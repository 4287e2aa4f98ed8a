/* Random documents; see twin_random.h. */
#include "fuzz/twin_random.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct maker {
	uint64_t state;
	struct twin_text text;
	size_t room;
	/* The style of this document, in percent or as a choice. */
	unsigned breaks, comments, spaces, trailing, escapes, nesting, carriage;
};

static unsigned below(struct maker *m, unsigned bound) /* xorshift64* */
{
	m->state ^= m->state >> 12;
	m->state ^= m->state << 25;
	m->state ^= m->state >> 27;
	return (unsigned)((m->state * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % bound;
}

static bool chance(struct maker *m, unsigned percent)
{
	return below(m, 100) < percent;
}

static void put(struct maker *m, const char *bytes, size_t size)
{
	if (m->text.size + size + 1 > m->room) {
		m->room = (m->text.size + size + 1) * 2;
		m->text.data = realloc(m->text.data, m->room);
		if (!m->text.data)
			abort();
	}
	memcpy(m->text.data + m->text.size, bytes, size);
	m->text.size += size;
	m->text.data[m->text.size] = '\0';
}

static void put_str(struct maker *m, const char *text)
{
	put(m, text, strlen(text));
}

#define PICK(m, list) list[below(m, sizeof list / sizeof *list)]

static void fill(struct maker *m, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		put_str(m, "p");
}

static const char *const words[] = {"", "a", "src", "accept", "group:eng", "*:*", "100.64.0.1",
	"tag:prod", "\xC3\xA9", "\xE6\x97\xA5\xE6\x9C\xAC", "\xF0\x9F\x98\x80", "a b", "//", "/*",
	"*/", "{", "]", ",", "\x7F", "\xFF", "\xE2\x80\xA8", "'"};
static const char *const escapes[] = {"\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u00e9",
	"\\ud83d\\ude00", "\\ud800", "\\udc00", "\\ud800\\u0041", "\\u0000", "\\u001F", "\\b",
	"\\u2028", "\\t", "\\f", "\\r", "\\uD834\\uDD1E", "\\ud800\\ud83d\\ude00"};

static void inside_comment(struct maker *m, bool line)
{
	static const char *const texts[] = {" note", "x", " \xC3\xA9", " trailing ", "\t", "*",
		"**", " \xC2\xA0", " \xE3\x80\x80", "\xE2\x80\x8B", "/", " // ", "/*", " a \" b ",
		",", "}", " *", "\x0B", "\xC2\x85"};
	for (unsigned n = below(m, 4); n; n--) {
		put_str(m, PICK(m, texts));
		if (chance(m, m->carriage))
			put_str(m, "\r");
	}
	if (chance(m, 4))
		fill(m, 50 + below(m, 35));
	(void)line;
}

static void block_comment(struct maker *m)
{
	static const char *const margins[] = {
		"", " ", "\t", " *", " * ", "\t * ", "    ", "  a", "//", "\r", "\n", "* "};
	size_t start = m->text.size;
	put_str(m, "/*");
	inside_comment(m, false);
	if (chance(m, 35)) {
		const char *usual = PICK(m, margins);
		for (unsigned n = 1 + below(m, 4); n; n--) {
			put_str(m, chance(m, m->carriage) ? "\r\n" : "\n");
			put_str(m, chance(m, 75) ? usual : PICK(m, margins));
			inside_comment(m, false);
		}
		if (chance(m, 50))
			put_str(m, "\n ");
	}
	/* Whatever closed it too early becomes a plain byte. */
	for (size_t i = start + 2; i + 1 < m->text.size; i++)
		if (m->text.data[i] == '*' && m->text.data[i + 1] == '/')
			m->text.data[i + 1] = '!';
	if (m->text.size > start + 2 && m->text.data[start + 2] == '/')
		m->text.data[start + 2] = '-';
	put_str(m, "*/");
}

static void gap(struct maker *m)
{
	static const char *const spaces[] = {" ", "  ", "\t", "   \t"};
	static const char *const breaks[] = {"\n", "\n\n", "\n\n\n", "\n  ", " \n\t", "\n \n"};
	static const char *const odd[] = {"\r\n", "\r", "\n\r", "\r\r\n", "\r\n\r\n"};
	for (unsigned n = 0; n < 4; n++) {
		if (chance(m, m->spaces))
			put_str(m, PICK(m, spaces));
		if (chance(m, m->breaks))
			put_str(m, PICK(m, breaks));
		if (chance(m, m->carriage))
			put_str(m, PICK(m, odd));
		if (!chance(m, m->comments))
			break;
		if (chance(m, 50)) {
			put_str(m, "//");
			inside_comment(m, true);
			put_str(m, chance(m, m->carriage) ? "\r\n" : "\n");
		} else {
			block_comment(m);
		}
	}
}

static void string(struct maker *m)
{
	put_str(m, "\"");
	for (unsigned n = below(m, 3); n; n--) {
		put_str(m, PICK(m, words));
		if (chance(m, m->escapes))
			put_str(m, PICK(m, escapes));
	}
	if (chance(m, 5))
		fill(m, 45 + below(m, 36));
	else if (chance(m, 20))
		fill(m, below(m, 20));
	put_str(m, "\"");
}

static void value(struct maker *m, unsigned depth)
{
	static const char *const plain[] = {"0", "1", "-0", "1.0", "1e400", "-12.5E+3", "null",
		"true", "false", "123456789012345678901234567890"};
	static const char *const broken[] = {"01", "nul", "-", "'a'", "\"\\x\"", "\"a\nb\"", "NaN",
		"_", "", "\"open", "/* open", "// open", "1 2", "}", "]", ",", "\xC2\xA0", "\xFF",
		"\xE2", "${X}"};
	if (below(m, 2000) == 0) {
		put_str(m, PICK(m, broken));
		return;
	}
	if (depth == 0 || !chance(m, m->nesting)) {
		if (chance(m, 60))
			string(m);
		else
			put_str(m, PICK(m, plain));
		return;
	}
	bool object = chance(m, 55);
	put_str(m, object ? "{" : "[");
	unsigned count = chance(m, 10) ? 0 : 1 + below(m, chance(m, 20) ? 9 : 4);
	for (unsigned i = 0; i < count; i++) {
		if (i)
			put_str(m, ",");
		gap(m);
		if (object) {
			string(m);
			gap(m);
			put_str(m, ":");
			gap(m);
		}
		value(m, depth - 1);
		gap(m);
	}
	if (count && chance(m, m->trailing)) {
		put_str(m, ",");
		gap(m);
	} else if (!count) {
		gap(m);
	}
	put_str(m, object ? "}" : "]");
}

void twin_random(uint64_t seed, struct twin_text *out)
{
	static const unsigned levels[] = {0, 0, 3, 10, 30, 60};
	struct maker m = {.state = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15)};
	put(&m, "", 0);
	below(&m, 2);
	m.breaks = PICK(&m, levels);
	m.comments = PICK(&m, levels);
	m.spaces = PICK(&m, levels);
	m.trailing = PICK(&m, levels);
	m.escapes = PICK(&m, levels);
	m.nesting = 40 + below(&m, 50);
	m.carriage = chance(&m, 15) ? 10 : 0;
	gap(&m);
	value(&m, 1 + below(&m, 6));
	gap(&m);
	*out = m.text;
}
