/*
 * The parser is one loop over labels, each "what may come now". It needs no stack: while a
 * container is open, its node's `next` holds the index of the container around it; closing it puts
 * the real value there. The common path is straight: a string, a number, a comma right after, white
 * space without comments; everything else is in cold functions.
 *
 * A name may at first be any value, as in the reference: `{[1,}]:2}` fails inside the array before
 * it fails because an array is no name.
 */
#include "syntax/parse.h"

#include "base/utf8.h"
#include "syntax/error.h"
#include "syntax/scan.h"

#if defined(__GNUC__)
#define COLD                __attribute__((cold, noinline))
#define LIKELY(condition)   __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#else
#define COLD
#define LIKELY(condition)   (condition)
#define UNLIKELY(condition) (condition)
#endif

#define NONE UINT32_MAX /* the container around the root */

/* What a gap holds, as the lead flags of the node after it. */
enum { BREAK = HJ_LEAD_BREAK, BLANK = HJ_LEAD_BLANK, COMMENT = HJ_LEAD_COMMENT };

/* Where an error is, and which. `at` NULL: none. */
struct fault {
	hj_error_kind kind;
	const char *at, *end;
};

static uint32_t break_flags(unsigned breaks)
{
	return breaks > 1 ? BREAK | BLANK : breaks ? BREAK : 0;
}

/*
 * Passes comments and white space from a slash on. Returns the end of the gap and or-s its flags
 * into *bits; `breaks` LFs were passed before. An unfinished or misspelt comment goes to *fault. A
 * slash that begins no comment ends the gap.
 */
COLD static const char *pass_comments(
	const char *at, const char *end, unsigned breaks, uint32_t *bits, struct fault *fault)
{
	while (*at == '/' && (at[1] == '/' || at[1] == '*')) {
		*bits |= COMMENT;
		const char *stop;
		if (at[1] == '/') {
			stop = memchr(at, '\n', (size_t)(end - at));
		} else {
			stop = at + 2 < end ? memmem(at + 2, (size_t)(end - at - 2), "*/", 2)
					    : NULL;
			stop = stop ? stop + 2 : NULL;
		}
		if (!stop) {
			*fault = (struct fault){HJ_ERROR_COMMENT_END, at, at};
			return at;
		}
		if (!hj_utf8_valid(hj_slice_of(at, (size_t)(stop - at)))) {
			*fault = (struct fault){HJ_ERROR_COMMENT_UTF8, at, at};
			return at;
		}
		if (at[1] == '*')
			for (const char *feed = at;
				breaks < 2 && (feed = memchr(feed, '\n', (size_t)(stop - feed)));
				feed++)
				breaks++;
		at = hj_scan_space(stop, &breaks);
	}
	*bits |= break_flags(breaks);
	return at;
}

/*
 * Passes a gap that begins with white space or a slash. Stops at the NUL after the source at the
 * latest; a NUL that is a byte of the source is no gap either.
 */
static inline const char *pass_gap(
	const char *at, const char *end, uint32_t *bits, struct fault *fault)
{
	unsigned breaks = 0;
	at = hj_scan_space(at, &breaks);
	*bits |= break_flags(breaks);
	return LIKELY(*at != '/') ? at : pass_comments(at, end, breaks, bits, fault);
}

/*
 * Passes the escapes of a string from its first backslash on. Returns the closing quote, or NULL
 * when the string is not valid.
 */
static const char *pass_escapes(const char *at)
{
	for (;;) {
		if (*at == '"')
			return at;
		if (*at != '\\')
			return NULL;
		if (hj_byte_is(at[1], HJ_BYTE_ESCAPE)) {
			at += 2;
		} else if (at[1] == 'u' && hj_byte_is(at[2], HJ_BYTE_HEX) &&
			hj_byte_is(at[3], HJ_BYTE_HEX) && hj_byte_is(at[4], HJ_BYTE_HEX) &&
			hj_byte_is(at[5], HJ_BYTE_HEX)) {
			at += 6;
		} else {
			return NULL;
		}
		at = hj_scan_string(at);
	}
}

/* Why a string that starts at `at` is not valid: no end, or something in it. */
COLD static struct fault string_fault(const char *at, const char *end)
{
	for (const char *next = at + 1; next < end; next++) {
		if (*next == '\\')
			next++;
		else if (*next == '"')
			return (struct fault){HJ_ERROR_LITERAL, at, next + 1};
	}
	return (struct fault){HJ_ERROR_STRING_END, end, end};
}

static const char *pass_digits(const char *at)
{
	while (hj_byte_is(*at, HJ_BYTE_DIGIT))
		at++;
	return at;
}

/* The end of a JSON number, or NULL where there is none. */
static const char *pass_number(const char *at)
{
	if (*at == '-')
		at++;
	if (*at == '0')
		at++;
	else if (hj_byte_is(*at, HJ_BYTE_DIGIT))
		at = pass_digits(at);
	else
		return NULL;
	if (*at == '.') {
		if (!hj_byte_is(at[1], HJ_BYTE_DIGIT))
			return NULL;
		at = pass_digits(at + 1);
	}
	if (*at == 'e' || *at == 'E') {
		at++;
		if (*at == '+' || *at == '-')
			at++;
		if (!hj_byte_is(*at, HJ_BYTE_DIGIT))
			return NULL;
		at = pass_digits(at);
	}
	return at;
}

/* The end of a number or word and its kind; NULL where the run of bytes is none. */
static const char *pass_literal(const char *at, uint32_t *kind)
{
	const char *stop;
	if (*at == 't' && memcmp(at, "true", 4) == 0)
		*kind = HJ_TRUE, stop = at + 4;
	else if (*at == 'f' && memcmp(at, "false", 5) == 0)
		*kind = HJ_FALSE, stop = at + 5;
	else if (*at == 'n' && memcmp(at, "null", 4) == 0)
		*kind = HJ_NULL, stop = at + 4;
	else
		*kind = HJ_NUMBER, stop = pass_number(at);
	return stop && !hj_byte_is(*stop, HJ_BYTE_LITERAL) ? stop : NULL;
}

/* What is wrong where no value starts, or with the run of bytes that starts there. */
COLD static struct fault value_fault(const char *at, const char *end)
{
	if (at == end)
		return (struct fault){HJ_ERROR_VALUE_END, at, at};
	const char *stop = at;
	while (hj_byte_is(*stop, HJ_BYTE_LITERAL))
		stop++;
	if (stop == at)
		return (struct fault){HJ_ERROR_VALUE_START, at, at};
	return (struct fault){HJ_ERROR_LITERAL, at, stop};
}

COLD static hj_status grow_nodes(hj_document *document, uint32_t count)
{
	/* Doubling here: a large block moves by remapping its pages, not by copying. */
	size_t needed = (size_t)count + 2;
	if (needed < document->capacity * 2)
		needed = document->capacity * 2;
	return hj_grow(document->source->allocator, &document->nodes, &document->capacity, needed,
		sizeof *document->nodes);
}

/* Passes a gap; on the common path there is none, or a single blank. */
#define GAP(bits)                                                                                  \
	do {                                                                                       \
		if (*at == ' ')                                                                    \
			at++;                                                                      \
		if (UNLIKELY((unsigned char)*at <= ' ' || *at == '/')) {                           \
			at = pass_gap(at, end, &(bits), &fault);                                   \
			if (UNLIKELY(fault.at != NULL))                                            \
				goto fail;                                                         \
		}                                                                                  \
	} while (0)

#define FAIL(kind_of_error, place)                                                                 \
	do {                                                                                       \
		fault = (struct fault){(kind_of_error), (place), (place)};                         \
		goto fail;                                                                         \
	} while (0)

hj_status hj__parse_strict(hj_document *document)
{
	const char *const data = document->source->data;
	const char *const end = data + document->source->size;
	const char *at = data;
	hj_node *nodes = document->nodes;
	uint32_t count = 0, open = NONE, depth = 0, deepest = 0;
	uint32_t bits = 0; /* lead flags of what comes next, HJ_IS_NAME if it is a name */
	uint32_t seen = 0; /* flags of all gaps, and trailing commas */
	struct fault fault = {.at = NULL};

	GAP(bits);

value:
	if (UNLIKELY(count + 2 > document->capacity)) {
		document->count = count;
		hj_status status = grow_nodes(document, count);
		if (status)
			return status;
		nodes = document->nodes;
	}
	seen |= bits;
	hj_node *node = &nodes[count];
	node->start = (uint32_t)(at - data);
	switch (*at) {
	case '"': {
		const char *stop = hj_scan_string(at + 1);
		node->bits = bits | HJ_STRING;
		if (UNLIKELY(*stop != '"')) {
			stop = pass_escapes(stop);
			if (!stop) {
				fault = string_fault(at, end);
				goto fail;
			}
			node->bits |= HJ_ESCAPED;
		}
		at = stop + 1;
		break;
	}
	case '{':
	case '[': {
		bool object = *at == '{';
		node->bits = bits | (object ? HJ_OBJECT : HJ_ARRAY);
		node->next = open;
		open = count++;
		if (++depth > deepest)
			deepest = depth;
		at++;
		bits = 0;
		GAP(bits);
		if (*at == (object ? '}' : ']'))
			goto close;
		bits |= object ? HJ_IS_NAME : 0;
		goto value;
	}
	default: {
		uint32_t kind = HJ_NUMBER;
		const char *stop = pass_literal(at, &kind);
		if (UNLIKELY(!stop)) {
			fault = value_fault(at, end);
			goto fail;
		}
		node->bits = bits | kind;
		at = stop;
		break;
	}
	}
	node->end = (uint32_t)(at - data);
	node->next = ++count;

	if (bits & HJ_IS_NAME) {
	after_name:
		if (UNLIKELY(*at != ':')) {
			bits = 0;
			GAP(bits);
			if ((node->bits & HJ_KIND_MASK) != HJ_STRING)
				FAIL(HJ_ERROR_NAME_START, data + node->start);
			if (*at != ':')
				FAIL(at == end ? HJ_ERROR_NAME_END : HJ_ERROR_AFTER_NAME, at);
			if (bits & COMMENT)
				node->bits |= HJ_TRAIL_COMMENT;
			seen |= bits;
		} else if (UNLIKELY((node->bits & HJ_KIND_MASK) != HJ_STRING)) {
			FAIL(HJ_ERROR_NAME_START, data + node->start);
		}
		at++;
		bits = 0;
		GAP(bits);
		goto value;
	}

after_value: /* node is the value; what follows it? */
	if (LIKELY(*at == ',') && LIKELY(open != NONE)) {
	comma:
		at++;
		bits = 0;
		GAP(bits);
		uint32_t kind = nodes[open].bits & HJ_KIND_MASK;
		if (UNLIKELY(*at == (kind == HJ_OBJECT ? '}' : ']'))) {
			nodes[open].bits |= HJ_TRAILING_COMMA;
			seen |= HJ_TRAILING_COMMA;
			goto close;
		}
		bits |= kind == HJ_OBJECT ? HJ_IS_NAME : 0;
		goto value;
	}
	bits = 0;
	GAP(bits);
	if (UNLIKELY(open == NONE))
		goto done;
	bool object = (nodes[open].bits & HJ_KIND_MASK) == HJ_OBJECT;
	if (LIKELY(*at == (object ? '}' : ']')))
		goto close;
	if (*at == ',') {
		seen |= bits;
		if (bits & COMMENT)
			node->bits |= HJ_TRAIL_COMMENT;
		goto comma;
	}
	if (at == end)
		FAIL(object ? HJ_ERROR_MEMBER_END : HJ_ERROR_ELEMENT_END, at);
	FAIL(object ? HJ_ERROR_AFTER_MEMBER : HJ_ERROR_AFTER_ELEMENT, at);

close: /* at the closing bracket of `open`; bits are the closing gap's */
	seen |= bits;
	node = &nodes[open];
	if (bits & BREAK)
		node->bits |= HJ_CLOSING_BREAK;
	if (bits & COMMENT)
		node->bits |= HJ_CLOSING_COMMENT;
	at++;
	depth--;
	open = node->next;
	node->end = (uint32_t)(at - data);
	node->next = count;
	if (UNLIKELY(node->bits & HJ_IS_NAME))
		goto after_name;
	goto after_value;

done:
	seen |= bits;
	if (bits & COMMENT)
		node->bits |= HJ_TRAIL_COMMENT;
	if (at != end)
		FAIL(HJ_ERROR_AFTER_TOP, at);
	document->count = count;
	document->depth = deepest;
	document->standard = !(seen & (COMMENT | HJ_TRAILING_COMMA));
	return HJ_OK;

fail:
	document->count = 0;
	return hj__document_fail(document, fault.kind,
		(hj_span){(uint32_t)(fault.at - data), (uint32_t)(fault.end - data)});
}
