/*
 * The tolerant parser's parts, shared by recover*.c and seen by nobody else.
 *
 * recover.c holds the grammar: what may stand where, and what to do when something else does.
 * recover_token.c reads words, templates, markers and white space; recover_string.c reads strings
 * and guesses where a forgotten quote belongs; recover_nodes.c makes nodes; recover_balance.c
 * counts brackets, to tell a missing one from a surplus one.
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
	uint32_t comma_at;
	uint32_t token_end; /* offset after the last token that is no error */
	bool soft; /* something was just reported: do not complain about what follows from it */
	bool value_missing; /* the member before had no value, and it was said */
	bool comment_open;  /* an unterminated comment took the rest of the file */
	bool cut;           /* the file ended inside a string */
	uint32_t phantom;   /* container whose member lacks its opening brace, or HJ__NONE */
	uint32_t doubled;   /* opening brackets skipped because they stood twice */
	uint32_t junk_start,
		junk_end; /* what was skipped before the root; start HJ__NONE: nothing */

	/* The gap before `at`. */
	unsigned breaks;
	bool comment;

	/* Memory of look-aheads. */
	const char *no_multiline; /* before this, a string that spans lines was tried in vain */
	bool no_conflict_end;
	hj__count here, all; /* all.at == NULL: not counted yet */
	uint32_t odd_opener; /* first container whose closing bracket is indented less */

	uint32_t conflict; /* finding of the open merge conflict, or HJ__NONE */
	uint32_t unreported;
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
	return r->open != HJ__NONE && hj_node_kind(hj__node(r, r->open)) == HJ_ARRAY;
}
/* Is a name what stands here? */
static inline bool hj__at_name(hj__recovery *r)
{
	return (r->state == HJ__WANT || r->state == HJ__AFTER) && hj__in_object(r);
}

/* recover_report.c. */
const hj_rule *hj__rule(hj__syntax_rule rule);
/* False when enough was said; counts what is left unsaid. */
bool hj__may_report(hj__recovery *r);
#define HJ__REPORT(r, rule, span, ...)                                                             \
	(hj__may_report(r) ? hj_findings_add(hj__list(r), hj__rule(rule), span, __VA_ARGS__) : NULL)
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

/* recover_nodes.c. Nodes; failures go to r->status. */
uint32_t hj__push(hj__recovery *r, uint32_t start, uint32_t end, uint32_t bits);
/* A value, element or name, with the lead flags of the gap before it; sets the state. */
void hj__put(hj__recovery *r, hj__token token);
/* An empty error node where a name (then HJ__VALUE) or a value (then HJ__AFTER) is missing. */
void hj__put_missing_name(hj__recovery *r, uint32_t at);
void hj__put_missing_value(hj__recovery *r, uint32_t at);
/* Bytes that belong to nothing. */
void hj__put_junk(hj__recovery *r, uint32_t start, uint32_t end);
void hj__open(hj__recovery *r, hj_kind kind);
/* Closes the innermost container: at its bracket, or (HJ_UNCLOSED) after its last child. */
void hj__close(hj__recovery *r);
void hj__close_unclosed(hj__recovery *r);

/* recover_token.c. */
/* Moves over white space and comments, and over what should not be there but is harmless. */
void hj__read_gap(hj__recovery *r);
/* Reads a word, number, template or other text that is no string; reports what is wrong. */
hj__token hj__read_word(hj__recovery *r);
/* A template that begins at `at` ends where? NULL: there is none. */
const char *hj__template_end(const char *at, const char *end);
/* The first byte after the gap at `at`, NUL at the end. */
char hj__peek(const hj__recovery *r, const char *at);
bool hj__word_byte(char byte);
/* The end of the line that `at` is in: its LF (or the CR before it), or the end. */
const char *hj__line_end(const hj__recovery *r, const char *at);

/* recover_string.c. */
hj__token hj__read_string(hj__recovery *r);
/* A string in other quotes: ', `, or typographic ones. start == end: it is none. */
hj__token hj__read_quoted(hj__recovery *r);

/* recover_balance.c. */
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
/* Notes that the container closes here, for the search of the one that was not closed. */
void hj__note_indent(hj__recovery *r, uint32_t container);

#endif
