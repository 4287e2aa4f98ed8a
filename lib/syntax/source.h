/*
 * A source: the bytes of one document, its name, and where its lines begin.
 *
 * The bytes never change. Byte offsets are the only currency of the library; line and column exist
 * here, for showing a place to a person or a protocol. A source is freed after every document that
 * was parsed from it. One source belongs to one thread at a time (the line index is made when
 * first asked for).
 */
#ifndef HJ_SYNTAX_SOURCE_H
#define HJ_SYNTAX_SOURCE_H

#include "base/text.h"

/* Half-open range of byte offsets. */
typedef struct hj_span {
	uint32_t start, end;
} hj_span;

/* Zero bytes that stand after the last byte, so that scanners may read ahead. */
enum { HJ_SOURCE_PADDING = 64 };
#define HJ_SOURCE_MAX UINT32_C(0xFFFFFFFF) /* most bytes of a document: 4 GiB - 1 */

typedef struct hj_source {
	const char *name; /* for messages; owned; NULL when it has none */
	const char *data; /* size bytes, then HJ_SOURCE_PADDING zero bytes */
	uint32_t size;
	/* Private from here. */
	size_t capacity;       /* bytes of the block at data */
	uint32_t *lines;       /* offset of the first byte of each line, or NULL: not made yet */
	size_t line_count;     /* at least 1 once made */
	size_t lines_capacity; /* of lines, items */
	size_t name_size;      /* of the block at name, bytes */
	const hj_allocator *allocator;
} hj_source;

/*
 * A source with a copy of the bytes. name may be NULL. HJ_TOO_LARGE for more than HJ_SOURCE_MAX
 * bytes. *out is set only on success; free it with hj_source_free.
 */
HJ_API hj_status hj_source_copy(
	const hj_allocator *allocator, const char *name, hj_slice bytes, hj_source **out);
/* The same without a copy: takes the text's memory; on success the text is left empty. */
HJ_API hj_status hj_source_adopt(const char *name, hj_text *text, hj_source **out);
/* NULL is allowed. */
HJ_API void hj_source_free(hj_source *source);

static inline hj_slice hj_source_slice(const hj_source *source, hj_span span)
{
	return (hj_slice){source->data + span.start, span.end - span.start};
}

/* What a column counts. */
typedef enum hj_unit {
	HJ_BYTES,       /* the reference's error positions, gcc style, rdjson */
	HJ_CODE_POINTS, /* text and JSON reports, SARIF with unicodeCodePoints */
	HJ_UTF16,       /* LSP's default, SARIF's default */
} hj_unit;

/*
 * A place for people: both count from 1. Lines end with LF alone, as in the reference's positions.
 * A byte that belongs to no UTF-8 character counts as one code point and one UTF-16 unit. An offset
 * inside a character counts as that character's start.
 */
typedef struct hj_place {
	uint32_t line, column;
} hj_place;

/*
 * The place of an offset, which may be the end of the source. Out of memory for the line index
 * makes it slower, not wrong: the call then scans from the start.
 */
HJ_API hj_place hj_source_place(hj_source *source, uint32_t offset, hj_unit unit);
/* The offset of a place; past the end of a line (or of the text) gives that end. */
HJ_API uint32_t hj_source_offset(hj_source *source, hj_place place, hj_unit unit);
/* The span of the line (from 1) without its LF and without a CR before that; empty past the end. */
HJ_API hj_span hj_source_line(hj_source *source, uint32_t line);
/* Number of lines, at least 1; a final LF begins one more, empty, line. */
HJ_API uint32_t hj_source_line_count(hj_source *source);

#endif
