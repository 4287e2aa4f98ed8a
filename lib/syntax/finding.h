/*
 * Findings: what is wrong with a document, as data.
 *
 * A finding names its rule, its place, a sentence, places related to it, a hint and perhaps edits
 * that mend it. The library makes them, programs show them. A list owns all its texts. Adding never
 * fails half-way: when memory is out the list's status says so (sticky) and it stays as it was.
 */
#ifndef HJ_SYNTAX_FINDING_H
#define HJ_SYNTAX_FINDING_H

#include "base/arena.h"
#include "syntax/edit.h"
#include "syntax/rule.h"
#include "syntax/source.h"

typedef struct hj_related {
	hj_span span;
	hj_slice message; /* "the object begins here" */
} hj_related;

typedef struct hj_finding {
	const hj_rule *rule;
	hj_severity severity; /* the rule's own unless configured */
	hj_span span;         /* may be empty: a point between two bytes */
	hj_slice message;     /* one sentence, lower-case start, no full stop; valid UTF-8 */
	hj_slice help;        /* what to do about it, likewise; size 0: nothing to say */
	const hj_related *related;
	size_t related_count;
	const hj_edit *edits; /* the fix: ascending, not overlapping; NULL: none is known */
	size_t edit_count;
	bool safe; /* the fix cannot change what the document means to its author */
	/*
	 * What the service would say, word for word; size 0: it would say nothing, or nobody knows
	 * what. When it would refuse the document for this, refusal is not 0, and the finding with
	 * the lowest number is the one that it names.
	 */
	hj_slice service;
	uint64_t refusal;
} hj_finding;

/* How often a rule found something while there was a limit. */
typedef struct hj_tally {
	const hj_rule *rule;
	uint32_t count;
} hj_tally;

typedef struct hj_findings {
	hj_finding *items;
	size_t count;
	size_t capacity;   /* items of room */
	uint32_t limit;    /* findings of one rule that are kept; 0: all */
	hj_tally *tallies; /* each rule once */
	size_t tally_count, tally_capacity;
	hj_arena arena; /* owns texts, related places and edits */
	hj_text draft;  /* private: of the text in the making */
	hj_status status;
} hj_findings;

HJ_API void hj_findings_init(hj_findings *findings, const hj_allocator *allocator);
HJ_API void hj_findings_free(hj_findings *findings);

/*
 * Adds a finding with the rule's severity; the message is formatted as printf does, and any byte in
 * it that is not UTF-8 becomes U+FFFD. Returns the new item to fill further with the functions
 * below (valid until the next add), or NULL when memory is out.
 */
HJ_API hj_finding *hj_findings_add(
	hj_findings *findings, const hj_rule *rule, hj_span span, const char *format, ...)
#if defined(__GNUC__)
	__attribute__((format(printf, 4, 5)))
#endif
	;
HJ_API hj_finding *hj_findings_vadd(hj_findings *findings, const hj_rule *rule, hj_span span,
	const char *format, va_list arguments)
#if defined(__GNUC__)
	__attribute__((format(printf, 4, 0)))
#endif
	;
/* Sets the help text. NULL findings items are allowed here and below, and ignored. */
HJ_API void hj_finding_help(hj_findings *findings, hj_finding *finding, const char *format, ...)
#if defined(__GNUC__)
	__attribute__((format(printf, 3, 4)))
#endif
	;
/* Adds a related place. */
HJ_API void hj_finding_relate(
	hj_findings *findings, hj_finding *finding, hj_span span, const char *format, ...)
#if defined(__GNUC__)
	__attribute__((format(printf, 4, 5)))
#endif
	;
/* Adds one edit of the fix; edits come in ascending order. The text is copied. */
HJ_API void hj_finding_edit(
	hj_findings *findings, hj_finding *finding, hj_span span, hj_slice text);

/* Sets what the service would say, and with a refusal other than 0 that it refuses. */
HJ_API void hj_finding_service(
	hj_findings *findings, hj_finding *finding, uint64_t refusal, const char *format, ...)
#if defined(__GNUC__)
	__attribute__((format(printf, 4, 5)))
#endif
	;

/*
 * From here on no more than `most` findings of one rule are kept, 0: all. For a further one the
 * functions above return NULL, and it is in the tallies alone.
 */
HJ_API void hj_findings_limit(hj_findings *findings, uint32_t most);

/* Orders by place (start, then end), then by rule code; stable. */
HJ_API void hj_findings_sort(hj_findings *findings);

/* For "%.*s": a slice as printf wants it, at most 200 bytes of it. */
#define HJ_SLICE_ARGS(slice) ((slice).size < 200 ? (int)(slice).size : 200), (slice).data

#endif
