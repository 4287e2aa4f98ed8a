/* Inputs for the benchmarks; see input_bench.h. */
#include "format/input_bench.h"

enum { DEPTH = 8 };

struct writer {
	hj_text *out;
	bool ugly;
	uint64_t random;
	unsigned parts;    /* names run from 0 to this: every name that a rule uses is defined */
	size_t mood_until; /* ugly: size at which the layout changes its mind */
	unsigned mood;     /* 0 minified, 1 one line with blanks, 2 lines */
	unsigned depth;
	char close[DEPTH];
	bool lines[DEPTH]; /* a member a line */
	unsigned count[DEPTH];
	bool after_name;
};

static unsigned below(struct writer *w, unsigned bound)
{
	w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(w->random >> 33) % bound;
}

static void line(struct writer *w)
{
	hj_text_byte(w->out, '\n');
	hj_text_repeat(w->out, '\t', w->depth);
}

/* White space where none is needed, as the mood is. */
static void mess(struct writer *w)
{
	if (w->out->size >= w->mood_until) {
		w->mood = below(w, 3);
		w->mood_until = w->out->size + 200 + below(w, 3000);
	}
	if (w->mood == 0)
		return;
	if (w->mood == 2 && below(w, 3) == 0) {
		hj_text_str(w->out, below(w, 4) ? "\n" : "\r\n");
		hj_text_repeat(w->out, below(w, 4) ? ' ' : '\t', below(w, 12));
	} else {
		hj_text_repeat(w->out, ' ', below(w, 3));
	}
}

/* What stands before a member, a name or a closing bracket. */
static void before(struct writer *w)
{
	if (w->after_name) {
		w->after_name = false;
		if (w->ugly)
			mess(w);
		else
			hj_text_byte(w->out, ' ');
		return;
	}
	if (w->depth == 0)
		return;
	unsigned top = w->depth - 1;
	if (w->count[top]++)
		hj_text_byte(w->out, ',');
	if (w->ugly)
		mess(w);
	else if (w->lines[top])
		line(w);
	else if (w->count[top] > 1)
		hj_text_byte(w->out, ' ');
}

static void open(struct writer *w, char bracket, bool lines)
{
	before(w);
	hj_text_byte(w->out, bracket);
	w->close[w->depth] = bracket == '{' ? '}' : ']';
	w->lines[w->depth] = lines;
	w->count[w->depth++] = 0;
}

static void end(struct writer *w)
{
	unsigned top = --w->depth;
	if (w->ugly) {
		mess(w);
	} else if (w->lines[top]) {
		hj_text_byte(w->out, ',');
		line(w);
	}
	hj_text_byte(w->out, w->close[top]);
}

static void quoted(struct writer *w, const char *format, unsigned number)
{
	hj_text_byte(w->out, '"');
	/* One %u at most, and not through printf: this runs millions of times. */
	for (const char *c = format; *c; c++) {
		if (*c != '#') {
			hj_text_byte(w->out, *c);
			continue;
		}
		char digits[10];
		int count = 0;
		unsigned rest = number;
		do
			digits[count++] = (char)('0' + rest % 10);
		while (rest /= 10);
		while (count)
			hj_text_byte(w->out, digits[--count]);
	}
	hj_text_byte(w->out, '"');
}

static void value(struct writer *w, const char *format, unsigned number)
{
	before(w);
	quoted(w, format, number);
}

static void name(struct writer *w, const char *format, unsigned number)
{
	before(w);
	quoted(w, format, number);
	if (w->ugly)
		mess(w);
	hj_text_byte(w->out, ':');
	w->after_name = true;
}

/* A comment before the next member. The first member's comma would come after it: not there. */
static void comment(struct writer *w, const char *text)
{
	if (w->ugly) {
		bool block = below(w, 4) == 0;
		hj_text_str(w->out, block ? "/* " : "// ");
		hj_text_str(w->out, text);
		hj_text_str(w->out, block ? " */" : "\n");
		return;
	}
	line(w);
	hj_text_str(w->out, "// ");
	hj_text_str(w->out, text);
}

static void people(struct writer *w, unsigned i)
{
	static const char *const who[] = {"alice.#@example.com", "bob#@example.com",
		"carol-#@corp.example.org", "dave.miller#@example.com", "erin@example.com"};
	for (unsigned n = 1 + i % 3; n; n--)
		value(w, who[below(w, 5)], below(w, 400));
}

static void rule(struct writer *w, unsigned i)
{
	static const char *const from[] = {
		"group:team-#", "tag:ci-#", "autogroup:member", "alice.#@example.com", "host-#"};
	static const char *const to[] = {"tag:db-#:5432", "host-#:22,443", "10.20.0.0/16:*",
		"tag:web-#:80,443", "100.64.10.20:8000-8099", "host-#:*"};
	open(w, '{', i % 3 == 0);
	name(w, "action", 0);
	value(w, "accept", 0);
	name(w, "src", 0);
	open(w, '[', false);
	for (unsigned n = 1 + below(w, 2); n; n--)
		value(w, from[below(w, 5)], below(w, w->parts));
	end(w);
	if (i % 7 == 0) {
		name(w, "proto", 0);
		value(w, "tcp", 0);
	}
	name(w, "dst", 0);
	bool lines = i % 5 == 0;
	open(w, '[', lines);
	for (unsigned n = lines ? 4 + below(w, 4) : 1 + below(w, 2); n; n--)
		value(w, to[below(w, 6)], below(w, w->parts));
	end(w);
	end(w);
}

/* One of `n` parts of each section. */
static void policy(struct writer *w, unsigned n)
{
	static const char *const notes[] = {"Engineers reach the databases of their own region.",
		"Ask #network before you change this one; see NET-2210.", "on call",
		"Only while the migration lasts (until the end of the quarter).",
		"\xC3\x9C"
		"bergang: der alte Drucker im Flur"};
	open(w, '{', true);
	comment(w, "Who is who");
	name(w, "groups", 0);
	open(w, '{', true);
	for (unsigned i = 0; i < n; i++) {
		name(w, "group:team-#", i);
		open(w, '[', false);
		people(w, i);
		end(w);
	}
	end(w);
	name(w, "hosts", 0);
	open(w, '{', true);
	for (unsigned i = 0; i < n; i++) {
		name(w, "host-#", i);
		value(w, i % 3 ? "100.64.12.#" : "10.1.#.0/24", i % 250);
	}
	end(w);
	name(w, "tagOwners", 0);
	open(w, '{', true);
	for (unsigned i = 0; i < n; i++) {
		static const char *const tags[] = {"tag:web-#", "tag:db-#", "tag:ci-#"};
		for (unsigned k = 0; k < 3; k++) {
			name(w, tags[k], i);
			open(w, '[', false);
			value(w, "group:team-#", i);
			end(w);
		}
	}
	end(w);
	name(w, "acls", 0);
	open(w, '[', true);
	for (unsigned i = 0; i < 3 * n; i++) {
		if (i && i % 4 == 0) {
			/* The comma of the member before comes first. */
			hj_text_byte(w->out, ',');
			if (!w->ugly && i % 8 == 0)
				hj_text_byte(w->out, '\n');
			comment(w, notes[below(w, 5)]);
			w->count[w->depth - 1] = 0;
		}
		rule(w, i);
	}
	end(w);
	name(w, "tests", 0);
	open(w, '[', true);
	for (unsigned i = 0; i < n / 2; i++) {
		open(w, '{', true);
		name(w, "src", 0);
		value(w, "alice.#@example.com", i);
		name(w, "accept", 0);
		open(w, '[', false);
		value(w, "tag:db-#:5432", i);
		end(w);
		end(w);
	}
	end(w);
	name(w, "randomizeClientPort", 0);
	before(w);
	hj_text_str(w->out, "false");
	end(w);
	hj_text_byte(w->out, '\n');
}

void input_policy(hj_text *out, enum input_style style, size_t size)
{
	size_t start = out->size, probe;
	unsigned n = 8;
	for (int round = 0; round < 6; round++) {
		out->size = start;
		struct writer w = {
			.out = out, .ugly = style == INPUT_UGLY, .random = 1, .parts = n};
		policy(&w, n);
		probe = out->size - start;
		if (out->status || (probe >= size && probe < size + size / 8))
			return;
		n = (unsigned)((double)n * ((double)size * 1.03 / (double)probe)) + 1;
	}
}

const char *const input_hostile_names[] = {"brackets", "braces", "comments", "blocks", "string",
	"numbers", "quotes", "unbalanced", "closers", "names", "blanks", "commas", NULL};

bool input_hostile(hj_text *out, const char *name, size_t size)
{
	static const struct {
		const char *name, *head, *body, *tail;
	} hostile[] = {
		{"brackets", "", "[", ""},
		{"braces", "", "{\"a\":", ""},
		{"comments", "", "//x\n", "1"},
		{"blocks", "", "/*\n*/", "1"},
		{"string", "\"", "x", "\""},
		{"numbers", "[", "1,", "1]"},
		{"quotes", "", "\"", ""},
		{"unbalanced", "", "[}", ""},
		{"closers", "[", "]", ""},
		{"names", "{", "\"a\":1,", "}"},
		{"blanks", "", "\n \t", "1"},
		{"commas", "[", ",", "]"},
	};
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		if (strcmp(hostile[i].name, name) != 0)
			continue;
		size_t start = out->size, body = strlen(hostile[i].body);
		size_t tail = strlen(hostile[i].tail);
		hj_text_str(out, hostile[i].head);
		while (!out->status && out->size - start + body + tail <= size)
			hj_text_str(out, hostile[i].body);
		hj_text_str(out, hostile[i].tail);
		return true;
	}
	return false;
}
