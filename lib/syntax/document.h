/*
 * A document: source bytes plus one flat array of nodes, in document order.
 *
 * Comments and white space are not stored: they are the gaps between nodes. A container's node
 * comes before the nodes inside it and knows where to go on after them (`next`), so nothing here
 * recurses and a million brackets cost memory, not stack.
 *
 *     { "a": [1, 2], }        0 object  next 5     1 name "a"  2 array next 5
 *                             3 number 1           4 number 2
 *
 * In an object, children alternate: name, value, name, value. That holds for broken documents too:
 * a missing part is an empty error node. Node 0 is the root value and always exists (an error node
 * for a document without a value); error nodes may follow after node 0's end, for what was left
 * over. What stands before the root of a broken document and is no value (a byte order mark, a
 * backtick, a # comment) belongs to no node: node 0 starts after it.
 *
 * A document is immutable after hj_parse and may be read by several threads. Free it before its
 * source.
 */
#ifndef HJ_SYNTAX_DOCUMENT_H
#define HJ_SYNTAX_DOCUMENT_H

#include "syntax/finding.h"
#include "syntax/source.h"

typedef enum hj_kind {
	HJ_NULL,
	HJ_FALSE,
	HJ_TRUE,
	HJ_NUMBER,
	HJ_STRING,
	HJ_ARRAY,
	HJ_OBJECT,
	HJ_ERROR, /* bytes that are no value (perhaps none); only in documents that do not parse */
} hj_kind;

/*
 * Flags of a node, in `bits` above the kind. "Lead" is the gap before a name or value, "trail" the
 * gap between it and the `:` or `,` after it, "closing" the gap before a closing bracket, as in the
 * format's specification, section 4. What stands before a closing bracket without a comma belongs
 * to the closing gap.
 */
enum {
	HJ_KIND_MASK = 0xF,
	HJ_IS_NAME = 1U << 4,          /* a member's name; the next sibling is its value */
	HJ_ESCAPED = 1U << 5,          /* a string with a backslash in it */
	HJ_LEAD_BREAK = 1U << 6,       /* the lead gap has an LF, in a comment or not */
	HJ_LEAD_BLANK = 1U << 7,       /* the lead gap has two LFs or more */
	HJ_LEAD_COMMENT = 1U << 8,     /* the lead gap has a comment */
	HJ_TRAIL_COMMENT = 1U << 9,    /* the trail gap has a comment */
	HJ_CLOSING_BREAK = 1U << 10,   /* container: the closing gap has an LF */
	HJ_CLOSING_COMMENT = 1U << 11, /* container: the closing gap has a comment */
	HJ_TRAILING_COMMA = 1U << 12,  /* container: a comma stands after the last member */
	HJ_UNCLOSED = 1U << 13,        /* container: the closing bracket is missing */
};

typedef struct hj_node {
	uint32_t start; /* offset of the first byte, the opening bracket or quote included */
	uint32_t end;   /* offset after the last byte, the closing bracket or quote included */
	uint32_t next;  /* index of the first later node that is not inside this one */
	uint32_t bits;  /* kind and flags */
} hj_node;

typedef struct hj_document hj_document;

/* Options of hj_parse, to be or-ed. */
enum {
	/* Stop at the first error: no recovery, no findings, and for a broken document no nodes
	   beyond an error node at 0. Faster on broken input; nothing changes for good input. */
	HJ_PARSE_FIRST_ERROR = 1,
};

/*
 * Parses. HJ_OK also for a document with errors: ask hj_document_error. The source must outlive
 * the document. Fails only with HJ_NO_MEMORY; *out is set only on success.
 */
HJ_API hj_status hj_parse(hj_source *source, unsigned options, hj_document **out);
/* NULL is allowed. */
HJ_API void hj_document_free(hj_document *document);

HJ_API hj_source *hj_document_source(const hj_document *document);
/* The nodes, hj_document_count of them, valid as long as the document. */
HJ_API const hj_node *hj_document_nodes(const hj_document *document);
HJ_API uint32_t hj_document_count(const hj_document *document);
/* Deepest nesting: 0 for a literal root, 1 for a flat object. */
HJ_API uint32_t hj_document_depth(const hj_document *document);
/* No comment and no trailing comma anywhere, as the formatter asks (specification, section 6). */
HJ_API bool hj_document_standard(const hj_document *document);

/*
 * The first error exactly as the reference implementation has it (specification, section 3).
 * `offset` is where it points.
 */
typedef struct hj_syntax_error {
	hj_slice
		text; /* "hujson: line L, column C: …", raw bytes of the source in it; size 0: none */
	uint32_t offset; /* may be the size of the source */
} hj_syntax_error;

/* NULL when the document parses; else borrowed from the document. */
HJ_API const hj_syntax_error *hj_document_error(const hj_document *document);
/* Every syntax error with its span and hint, in order of place; none for a good document. */
HJ_API const hj_findings *hj_document_findings(const hj_document *document);

/*
 * Checks the promises above (order, nesting, alternation; nodes and gaps tile the source; a gap
 * holds nothing but white space, comments, commas and colons). NULL when they hold, else a constant
 * sentence. For tests and fuzzing; linear.
 */
HJ_API const char *hj_document_check(const hj_document *document);

static inline hj_kind hj_node_kind(const hj_node *node)
{
	return (hj_kind)(node->bits & HJ_KIND_MASK);
}
static inline bool hj_node_is_container(const hj_node *node)
{
	hj_kind kind = hj_node_kind(node);
	return kind == HJ_ARRAY || kind == HJ_OBJECT;
}
static inline hj_span hj_node_span(const hj_node *node)
{
	return (hj_span){node->start, node->end};
}

/*
 * Walking by index. The children of container `i` are the nodes c = i + 1; c < nodes[i].next;
 * c = nodes[c].next. In an object every second one is a name.
 */
static inline uint32_t hj_node_first(uint32_t index)
{
	return index + 1;
}

#endif
