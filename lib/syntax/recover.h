/*
 * The tolerant parser's parts, shared by recover*.c and seen by nobody else.
 *
 * One loop in recover.c: pass a gap, look at a byte, hand over to the function for such bytes. That
 * function does what the state says (the next thing is a name, a colon, a value, a comma), and when
 * the document has something else, it says so, once, and makes the best of it. Nothing recurses; an
 * open container keeps the index of the one around it in `next`.
 *
 *     recover.c           the loop, and the end of the file
 *     recover_gap.c       white space and comments; and what stands there instead: # comments,
 *                         special spaces, NUL bytes, markers of merge conflicts
 *     recover_bracket.c   { [ ] }: opened, closed, missing, too many, of the wrong kind
 *     recover_balance.c   counts brackets, to tell a missing one from one too many
 *     recover_mark.c      , and : and what is written in their place
 *     recover_text.c      strings and words: whether one is a name, a value or out of place
 *     recover_string.c    reads strings
 *     recover_quote.c     guesses where a forgotten quote belongs; reads strings in other quotes
 *     recover_word.c      reads what has no quotes
 *     recover_number.c    numbers of other languages
 *     recover_template.c  placeholders: ${a}, {{ a }}, <a>
 *     recover_root.c      what stands before the document or after its end
 *     recover_nodes.c     makes nodes
 *     recover_report.c    makes findings
 *
 * The aim is one finding for one mistake. Three things keep it so:
 *
 *   - What is missing is supplied. After "expected a comma" the parser goes on as if there were
 *     one; a missing name or value becomes an empty error node; a container whose closing bracket
 *     is missing ends after its last child. So names and values always alternate.
 *   - After something was skipped the parser is `soft`: it does not complain that a comma or a
 *     value is missing, because what was skipped stood there. The next good token ends that.
 *   - Which bracket is missing cannot be seen where it is missing. The counts of all brackets from
 *     here to the end (strings and comments left out) decide. With a } too few, an object where a
 *     name should be, a name or } that is indented less than the object, or a second comma mean
 *     that the object was not closed. With a } too many, members in an array or where a value
 *     should be mean that a { was forgotten. [ and ] likewise. While the members of such a
 *     `phantom` object or `listing` array are read, they stand in the container around it.
 *
 * What is skipped is junk: an error node of its own, in an object with an empty value. Bytes are
 * never dropped: nodes, white space, comments, commas and colons make up the whole source.
 *
 * Everything is linear: whatever looks ahead either consumes what it saw, is bounded by
 * HJ__LOOK_AHEAD bytes, or remembers that it failed.
 */
#ifndef HJ_SYNTAX_RECOVER_H
#define HJ_SYNTAX_RECOVER_H

#include "syntax/internal.h"

enum {
	HJ__LOOK_AHEAD = 512,     /* bytes that a guess within a line may look at */
	HJ__MOST_FINDINGS = 1000, /* kept */
	HJ__MOST_COUNTED = 9000,  /* more than those; then the rest is not looked at */
	HJ__MOST_PLACES = 2000,   /* edits of a finding that stands for many places */
	HJ__MOST_RELATED = 5,     /* places of such a finding that are pointed at */
};
#define HJ__NONE UINT32_MAX

typedef enum hj__state {
	HJ__WANT,  /* an element, a name, the root; or, but for the root, the closing bracket */
	HJ__COLON, /* a name was read */
	HJ__VALUE, /* a name and its colon were read */
	HJ__AFTER, /* a value was read */
} hj__state;

/* How many brackets there are from the start to `at`, strings and comments left out. */
typedef struct hj__count {
	const char *at;
	uint32_t objects, arrays; /* opening */
	uint32_t objects_closed, arrays_closed;
} hj__count;

/* A finding that stands for many places of one kind. */
typedef struct hj__fold {
	uint32_t index; /* of the finding */
	uint32_t count; /* places; 0: there is no finding yet */
} hj__fold;

typedef struct hj__recovery {
	hj_document *document;
	const char *data, *at, *end;
	hj_status status;

	/* Where in the grammar. An open container's `next` holds the index of its parent. */
	hj__state state;
	uint32_t open;            /* the innermost open container, or HJ__NONE */
	uint32_t objects, arrays; /* open ones */
	uint32_t last;            /* the name or value read last, or HJ__NONE */
	bool comma;               /* HJ__WANT: after a comma */
	uint32_t comma_end;       /* offset after the last comma in a container */
	uint32_t token_end;       /* offset after the last token that is no error */

	/* What was said already. */
	bool soft; /* something was just reported: do not complain about what follows from it */
	bool value_missing; /* the member before had no value, and it was said */
	bool comment_open;  /* an unterminated comment took the rest of the file */
	bool cut;           /* the file ended inside a string */
	uint32_t phantom;   /* container whose member lacks its opening brace, or HJ__NONE */
	uint32_t listing;   /* object whose member lacks its opening bracket, or HJ__NONE */
	uint32_t named;     /* array of which it was said that it has names, or HJ__NONE */
	uint32_t doubled;   /* opening brackets skipped because they stood twice */
	uint32_t conflict;  /* finding of the open merge conflict, or HJ__NONE */

	/* The junk skipped last, or before the root; start HJ__NONE: nothing. */
	uint32_t junk_start, junk_end;

	/* The gap before `at`. */
	unsigned breaks;
	bool comment;

	/* Memory of look-aheads. */
	const char *no_multiline; /* before this, a string that spans lines was tried in vain */
	bool no_conflict_end;
	hj__count here, all; /* all.at == NULL: not counted yet */
	uint32_t odd_opener; /* first container whose closing bracket is indented less */

	uint32_t unreported;
	uint32_t folded; /* places added to findings */
	hj__fold folds[HJ_S_COUNT];
} hj__recovery;

/* A name or value as it was read. */
typedef struct hj__token {
	uint32_t start, end;
	uint32_t bits; /* kind and HJ_ESCAPED */
} hj__token;

static inline uint32_t hj__offset(const hj__recovery *r, const char *at)
{
	return (uint32_t)(at - r->data);
}
static inline hj_span hj__span(const hj__recovery *r, const char *start, const char *end)
{
	return (hj_span){hj__offset(r, start), hj__offset(r, end)};
}
/* The byte at `at`. */
static inline hj_span hj__here(const hj__recovery *r)
{
	return hj__span(r, r->at, r->at + 1);
}
static inline hj_span hj__point(uint32_t at)
{
	return (hj_span){at, at};
}
static inline hj_findings *hj__list(hj__recovery *r)
{
	return &r->document->findings;
}
static inline hj_node *hj__node(hj__recovery *r, uint32_t index)
{
	return &r->document->nodes[index];
}
static inline bool hj__in_object(hj__recovery *r)
{
	return r->open != HJ__NONE && hj_node_kind(hj__node(r, r->open)) == HJ_OBJECT;
}
static inline bool hj__in_array(hj__recovery *r)
{
	return r->open != HJ__NONE && !hj__in_object(r);
}
/* Is a name what stands here? */
static inline bool hj__at_name(hj__recovery *r)
{
	return (r->state == HJ__WANT || r->state == HJ__AFTER) && hj__in_object(r);
}
/* Is a member unfinished? */
static inline bool hj__in_member(const hj__recovery *r)
{
	return r->state == HJ__COLON || r->state == HJ__VALUE;
}
static inline bool hj__is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}
static inline bool hj__is_comment(const char *at)
{
	return *at == '/' && (at[1] == '/' || at[1] == '*');
}
static inline const char *hj__skip_blanks(const char *at, const char *end)
{
	while (at < end && hj__is_blank(*at))
		at++;
	return at;
}

/* -- recover_report.c: findings. All of these take NULL for a finding that was not kept. -- */
const hj_rule *hj__rule(hj__syntax_rule rule);
/* False when enough was said; counts what is left unsaid. */
bool hj__may_report(hj__recovery *r);
#define HJ__REPORT(r, rule, span, ...)                                                             \
	(hj__may_report(r) ? hj_findings_add(hj__list(r), hj__rule(rule), span, __VA_ARGS__) : NULL)
/* How many findings there were so far, kept or counted, and places added to one. */
size_t hj__said(hj__recovery *r);
/* The last finding if it is of this rule. */
hj_finding *hj__said_last(hj__recovery *r, hj__syntax_rule rule);
/* One edit of the fix. */
void hj__edit(hj__recovery *r, hj_finding *finding, hj_span span, hj_slice text);
/* The fix is to delete the span, and the help says so. */
void hj__delete(hj__recovery *r, hj_finding *finding, hj_span span);
void hj__is_safe(hj_finding *finding);
/* "the object begins here", at a container's bracket. */
void hj__relate_opener(hj__recovery *r, hj_finding *finding, uint32_t container);
/* The container's opening bracket. */
hj_span hj__opener(hj__recovery *r, uint32_t container);
const char *hj__kind_name(hj_kind kind);
/*
 * The finding of a rule that is said once for all its places: a new one, with `message`, or the one
 * that is there. NULL when the place should get no edits (there are too many).
 */
hj_finding *hj__fold_report(
	hj__recovery *r, hj__syntax_rule rule, hj_span span, const char *message, const char *help);
/* The same text, shortened for a message: one line, whole characters, at most 40 bytes. */
hj_slice hj__shown(const char *start, const char *end);
/* The last words: folded findings tell how many, the rest is counted, all is sorted. */
void hj__finish_report(hj__recovery *r);

/* -- recover_nodes.c: nodes. Failures go to r->status. -- */
uint32_t hj__push(hj__recovery *r, uint32_t start, uint32_t end, uint32_t bits);
/* A value, element or name, with the lead flags of the gap before it; sets the state. */
void hj__put(hj__recovery *r, hj__token token);
/* An empty error node where a name (then HJ__VALUE) or a value (then HJ__AFTER) is missing. */
void hj__put_missing_name(hj__recovery *r, uint32_t at);
void hj__put_missing_value(hj__recovery *r, uint32_t at);
/* Bytes that belong to nothing. */
void hj__put_junk(hj__recovery *r, hj_span span);
/* The byte at `at` is junk: moves past it, and is soft. */
void hj__skip_byte(hj__recovery *r);
void hj__open(hj__recovery *r, hj_kind kind);
/* Closes the innermost container: at its bracket, or (HJ_UNCLOSED) after its last child. */
void hj__close(hj__recovery *r);
void hj__close_unclosed(hj__recovery *r);

/* -- The functions for a byte: at the byte, after the gap before it. -- */
void hj__at_opening(hj__recovery *r);
void hj__at_closing(hj__recovery *r);
void hj__at_comma(hj__recovery *r);
void hj__at_colon(hj__recovery *r);
void hj__at_text(hj__recovery *r);

/* -- recover_gap.c -- */
/* Moves over white space and comments, and over what should not be there but is harmless. */
void hj__read_gap(hj__recovery *r);
/* A run of Unicode white space that is none to JSON, or of invisible characters. */
const char *hj__stray_space_end(const char *at, const char *end, uint32_t *first);
/* The first byte after the gap at `at`, NUL at the end. */
char hj__peek(const hj__recovery *r, const char *at);

/* -- recover_root.c -- */
/* Something stands after the root. */
void hj__take_extra(hj__recovery *r);
/* A code fence, or a word or mark and then { or [: it is skipped. False when it is not so. */
bool hj__skip_before_root(hj__recovery *r);

/* -- recover_mark.c -- */
/* Unless something was just reported. */
void hj__report_missing_comma(hj__recovery *r);
void hj__report_extra_comma(hj__recovery *r);
void hj__report_missing_value(hj__recovery *r);
/* The value of the open member is missing: says so and supplies it. */
void hj__end_member(hj__recovery *r);
/* A name, and then a value without a colon between: says so and goes on to the value. */
void hj__skip_missing_colon(hj__recovery *r);
/* `=`, `=>`, `;` or `.` where a colon or comma should be. True when it was that. */
bool hj__at_wrong_mark(hj__recovery *r);

/* -- recover_bracket.c -- */
/*
 * Names stand where an object should begin, and there is a closing brace to spare: the opening one
 * was forgotten. Its members are taken for the container's own up to that brace.
 */
bool hj__report_missing_brace(hj__recovery *r, uint32_t place);
/*
 * An element stands where a name should be, and there is a closing bracket to spare: its list lacks
 * the opening one, or was closed too early. Supplies an empty name for it. False when it is not so.
 */
bool hj__take_for_element(hj__recovery *r);
/* A container is not closed; `closing` is what should stand at `place`. */
void hj__report_unclosed(hj__recovery *r, uint32_t container, uint32_t place, hj_slice closing);
/*
 * What stands here shows by its indentation, or as a comma after a comma, that the innermost
 * container was not closed, and a closing bracket of its kind is missing: says so and closes it.
 */
bool hj__close_before_name(hj__recovery *r);
bool hj__close_before_comma(hj__recovery *r);

/* -- recover_balance.c -- */
/* What to do with a closing bracket that does not fit the innermost open one. */
typedef enum hj__fit {
	HJ__FIT_UNCLOSED, /* the innermost was not closed */
	HJ__FIT_SWAPPED,  /* it closes the innermost, but is of the wrong kind */
	HJ__FIT_SURPLUS,  /* it should not be there */
} hj__fit;
hj__fit hj__fit_of(hj__recovery *r, char bracket);
/* From `at` on, are there more closing braces or brackets of this kind than open ones? */
bool hj__surplus(hj__recovery *r, char bracket);
/* Are there fewer? */
bool hj__lacking(hj__recovery *r, char bracket);
/*
 * By its indentation, is what stands here outside of the container? True when it is the first thing
 * on its line and that is indented no more (a bracket: less) than the line of the container's
 * opening bracket.
 */
bool hj__is_outside(const hj__recovery *r, uint32_t container);
bool hj__closes_outside(const hj__recovery *r, uint32_t container);
/* Notes that the container closes here, for the search of the one that was not closed. */
void hj__note_indent(hj__recovery *r, uint32_t container);

/* -- recover_string.c, recover_quote.c -- */
hj__token hj__read_string(hj__recovery *r);
/* A token from `start` to `end`, which is where the parser goes on. */
hj__token hj__token_of(hj__recovery *r, const char *start, const char *end, uint32_t bits);
/* Bytes of the escape at a backslash when it is valid, else 0. */
unsigned hj__escape_size(const char *at);
/* A string whose closing quote is not on its line, which ends at `line`. */
hj__token hj__read_unclosed(hj__recovery *r, const char *start, const char *line);
/*
 * The string [start, close] ends on its line, but text comes right after it. False when there is no
 * better reading of it.
 */
bool hj__read_misquoted(hj__recovery *r, const char *start, const char *close, hj__token *token);
/* A string in other quotes: ', `, or typographic ones. False when it is none. */
bool hj__read_quoted(hj__recovery *r, hj__token *token);

/* -- recover_word.c, recover_number.c, recover_template.c -- */
/* Reads a word, number, template or other text that is no string; reports what is wrong. */
hj__token hj__read_word(hj__recovery *r);
bool hj__word_byte(char byte);
/* Where the number at `at` ends, or NULL. */
const char *hj__number_end(const char *at);
/*
 * Something between a number and a word: is it meant as a number? If so writes how JSON spells it
 * to `out` (empty: it cannot be spelt) and says what is wrong with it.
 */
enum { HJ__NUMBER_ROOM = 80 };
const char *hj__number_fault(const char *start, const char *end, char out[HJ__NUMBER_ROOM]);
/* A template that begins at `at` ends where? NULL: there is none. */
const char *hj__template_end(const char *at, const char *end);
void hj__report_template(hj__recovery *r, const char *start, const char *end);
bool hj__equals_folded(const char *start, const char *end, const char *text);

#endif
