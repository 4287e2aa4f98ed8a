/*
 * A document → its canonical text: byte-identical to the reference formatter, whose output's
 * SHA-256 is the service's ETag. (Specification, sections 6 to 9.)
 */
#ifndef HJ_FORMAT_FORMAT_H
#define HJ_FORMAT_FORMAT_H

#include "syntax/document.h"
#include "syntax/edit.h"

typedef enum hj_style {
	HJ_CANONICAL, /* the formatter */
	HJ_MINIMIZED, /* every gap empty, no trailing commas, no final LF */
	HJ_STANDARD,  /* comments and trailing commas blanked: standard JSON of the same length */
} hj_style;

/*
 * Receives the output piece by piece, in order. A status other than HJ_OK stops the formatter,
 * which then returns it.
 */
typedef hj_status (*hj_sink)(void *context, hj_slice bytes);

/*
 * Most bytes that the canonical text may have unless a limit is given: canonical indentation of
 * deep nests is quadratic, so 1 MB of brackets would print as hundreds. 16 times the source and
 * 1 MiB more; no document that people write comes near.
 */
HJ_API uint64_t hj_format_default_limit(const hj_document *document);

typedef struct hj_format_options {
	hj_style style;
	uint64_t limit; /* bytes of output, at most; 0: hj_format_default_limit; UINT64_MAX: none */
	const hj_allocator *allocator; /* for working memory: about 1 byte per node; NULL: libc */
} hj_format_options;

/*
 * Writes the document in the given style to a sink, in pieces of at most 64 KiB (literals apart).
 * HJ_SYNTAX when the document does not parse (nothing is written), HJ_TOO_LARGE past the limit,
 * HJ_NO_MEMORY, or what the sink said.
 */
HJ_API hj_status hj_format_stream(
	const hj_document *document, const hj_format_options *options, hj_sink sink, void *context);

/* The same, appended to a text; options may be NULL: canonical. */
HJ_API hj_status hj_format(
	const hj_document *document, const hj_format_options *options, hj_text *out);

/*
 * The canonical form as edits: between two tokens of the source at most one edit, and none where
 * nothing changes. Adds to `edits`, which must be empty.
 */
HJ_API hj_status hj_format_edits(
	const hj_document *document, const hj_format_options *options, hj_edits *edits);

/* Sets *same: does the document already have the style? Stops at the first difference. */
HJ_API hj_status hj_format_is(
	const hj_document *document, const hj_format_options *options, bool *same);

#endif
