/*
 * Compares two documents piece by piece: tokens, and what the gaps hold besides white space.
 *
 * Both are walked in step. A piece is a literal, a bracket, a comment; commas and colons follow from
 * the tree and are not compared. A comment is compared by its lines without the white space around
 * them, since indentation and trailing blanks are the formatter's to change.
 */
#include "format/verify.h"

#include "base/utf8.h"
#include "format/rewrite.h"
#include "syntax/gap.h"
#include "syntax/string.h"

/* ---- the tree ---- */

static bool same_string(const hj_document *a, uint32_t i, const hj_document *b, hj_status *status)
{
	const hj_node *left = &hj_document_nodes(a)[i], *right = &hj_document_nodes(b)[i];
	hj_slice one = hj_source_slice(hj_document_source(a), hj_node_span(left));
	hj_slice other = hj_source_slice(hj_document_source(b), hj_node_span(right));
	if (hj_slice_equal(one, other))
		return true;
	if (!(left->bits & HJ_ESCAPED))
		return false; /* a string without escapes keeps its bytes */
	hj_text meant, printed;
	hj_text_init(&meant, hj_document_source(a)->allocator);
	hj_text_init(&printed, hj_document_source(a)->allocator);
	hj_string_decode(one, &meant);
	hj_string_decode(other, &printed);
	*status = meant.status ? meant.status : printed.status;
	bool same = hj_slice_equal(hj_text_slice(&meant), hj_text_slice(&printed));
	hj_text_free(&meant);
	hj_text_free(&printed);
	return same;
}

static void say(hj_text *why, hj_source *source, uint32_t offset, const char *what)
{
	hj_place place = hj_source_place(source, offset, HJ_CODE_POINTS);
	hj_text_printf(why, "line %u, column %u: %s", place.line, place.column, what);
}

/* The same nodes: kinds, nesting, spellings. */
static bool same_tree(const hj_document *a, const hj_document *b, hj_text *why, hj_status *status)
{
	const hj_node *left = hj_document_nodes(a), *right = hj_document_nodes(b);
	hj_source *source = hj_document_source(a);
	uint32_t count = hj_document_count(a);
	if (count != hj_document_count(b)) {
		hj_text_printf(why, "%u values became %u", count, hj_document_count(b));
		return false;
	}
	for (uint32_t i = 0; i < count; i++) {
		bool same = hj_node_kind(&left[i]) == hj_node_kind(&right[i]) &&
			left[i].next == right[i].next;
		if (same && hj_node_kind(&left[i]) == HJ_STRING)
			same = same_string(a, i, b, status);
		else if (same && !hj_node_is_container(&left[i]))
			same = hj_slice_equal(hj_source_slice(source, hj_node_span(&left[i])),
				hj_source_slice(hj_document_source(b), hj_node_span(&right[i])));
		if (!same) {
			say(why, source, left[i].start, "this value changed");
			return false;
		}
	}
	return true;
}

/* ---- the comments ---- */

/*
 * The comments of a document in order, each with the tokens that were passed before it. Gaps are
 * found without a stack: between one node's start and the next there is a literal or an opening
 * bracket, then perhaps closing brackets, marks and gaps.
 */
struct comments {
	const hj_document *document;
	uint32_t node;   /* the next node to begin */
	uint64_t tokens; /* passed so far */
	hj_gap gap;      /* what is left before that node */
};

static void start_gap(struct comments *comments)
{
	const hj_source *source = hj_document_source(comments->document);
	const hj_node *nodes = hj_document_nodes(comments->document);
	uint32_t count = hj_document_count(comments->document), start = 0;
	if (comments->node) {
		const hj_node *last = &nodes[comments->node - 1];
		start = hj_node_is_container(last) ? last->start + 1 : last->end;
	}
	uint32_t end = comments->node < count ? nodes[comments->node].start : source->size;
	comments->gap = (hj_gap){source->data + start, source->data + end};
}

static bool next_comment(struct comments *comments, hj_slice *comment)
{
	for (;;) {
		for (hj_gap_piece piece; hj_gap_next(&comments->gap, &piece);) {
			if (piece.kind == HJ_GAP_LINE || piece.kind == HJ_GAP_BLOCK) {
				*comment =
					(hj_slice){piece.start, (size_t)(piece.end - piece.start)};
				return true;
			}
			/* A mark that is neither comma nor colon closes a container. */
			if (piece.kind == HJ_GAP_MARK &&
				(*piece.start == ']' || *piece.start == '}'))
				comments->tokens++;
		}
		if (comments->node == hj_document_count(comments->document))
			return false;
		comments->node++;
		comments->tokens++;
		start_gap(comments);
	}
}

/* Cuts the next line off *rest, without the white space that is the formatter's to change. */
static hj_slice next_line(hj_slice *rest, bool first)
{
	const char *feed = memchr(rest->data, '\n', rest->size);
	size_t size = feed ? (size_t)(feed - rest->data) : rest->size;
	hj_slice line = hj_trim_end(hj_slice_of(rest->data, size));
	size_t taken = feed ? size + 1 : size;
	rest->data += taken;
	rest->size -= taken;
	while (!first && line.size &&
		(*line.data == ' ' || *line.data == '\t' || *line.data == '\r'))
		line.data++, line.size--;
	return line;
}

/* Line by line; a carriage return inside a line is a blank to the formatter. */
static bool same_comment(hj_slice a, hj_slice b)
{
	for (bool first = true; a.size && b.size; first = false) {
		hj_slice left = next_line(&a, first), right = next_line(&b, first);
		if (left.size != right.size)
			return false;
		for (size_t i = 0; i < left.size; i++)
			if (left.data[i] != right.data[i] &&
				!(left.data[i] == '\r' && right.data[i] == ' '))
				return false;
	}
	return a.size == 0 && b.size == 0;
}

static bool same_comments(const hj_document *a, const hj_document *b, hj_text *why)
{
	struct comments left = {.document = a}, right = {.document = b};
	hj_slice one, other = {0};
	start_gap(&left);
	start_gap(&right);
	for (;;) {
		bool more = next_comment(&left, &one);
		if (more != next_comment(&right, &other)) {
			hj_text_str(why, more ? "a comment is lost" : "a comment is new");
			return false;
		}
		if (!more)
			return true;
		if (left.tokens != right.tokens || !same_comment(one, other)) {
			hj_source *source = hj_document_source(a);
			say(why, source, (uint32_t)(one.data - source->data),
				"this comment moved or changed");
			return false;
		}
	}
}

/* ---- the second pass ---- */

static hj_status parse_text(
	hj_slice text, const hj_allocator *allocator, hj_source **source, hj_document **document)
{
	hj_status status = hj_source_copy(allocator, NULL, text, source);
	return status ? status : hj_parse(*source, HJ_PARSE_FIRST_ERROR, document);
}

/*
 * Formats again, and once more where that differs. *passes is how many it took for nothing to
 * change any more: 1, 2, or 3 for "not even then".
 */
static hj_status settle(const hj_document *document, const hj_allocator *allocator, int *passes)
{
	const hj_format_options options = {.limit = UINT64_MAX, .allocator = allocator};
	bool same;
	hj_status status = hj_format_is(document, &options, &same);
	*passes = 1;
	if (status || same)
		return status;
	hj_text again;
	hj_source *source = NULL;
	hj_document *second = NULL;
	hj_text_init(&again, allocator);
	status = hj_format(document, &options, &again);
	if (!status)
		status = parse_text(hj_text_slice(&again), allocator, &source, &second);
	if (!status)
		status = hj_format_is(second, &options, &same);
	*passes = same ? 2 : 3;
	hj_document_free(second);
	hj_source_free(source);
	hj_text_free(&again);
	return status;
}

/*
 * The only known way for a second pass to differ: a block comment of several lines whose last line
 * begins with the start of another comment (specification, section 13).
 */
static bool has_odd_comment(const hj_document *document)
{
	struct comments comments = {.document = document};
	hj_slice comment;
	start_gap(&comments);
	while (next_comment(&comments, &comment)) {
		const char *feed = memrchr(comment.data, '\n', comment.size);
		const char *end = comment.data + comment.size;
		if (!feed)
			continue;
		do
			feed++;
		while (feed < end && (*feed == ' ' || *feed == '\t' || *feed == '\r'));
		if (end - feed >= 2 && feed[0] == '/' &&
			(feed[1] == '/' || (feed[1] == '*' && end - feed >= 3 && feed[2] == '/')))
			return true;
	}
	return false;
}

hj_status hj_verify(const hj_document *document, hj_slice formatted, const hj_allocator *allocator,
	hj_verified *verdict, hj_text *why)
{
	hj_source *source = NULL;
	hj_document *printed = NULL;
	int passes = 0;
	*verdict = HJ_NOT_VERIFIED;
	if (hj_document_error(document))
		return HJ_SYNTAX;
	hj_status status = parse_text(formatted, allocator, &source, &printed);
	if (status)
		goto out;
	const hj_syntax_error *error = hj_document_error(printed);
	if (error) {
		hj_text_str(why, "the formatted text does not parse: ");
		hj_utf8_append_valid(why, error->text);
		goto out;
	}
	if (!same_tree(document, printed, why, &status) || status ||
		!same_comments(document, printed, why))
		goto out;
	if (hj_document_standard(document) && !hj_document_standard(printed)) {
		hj_text_str(why, "standard JSON became HuJSON");
		goto out;
	}
	status = settle(printed, allocator, &passes);
	if (status)
		goto out;
	if (passes == 1)
		*verdict = HJ_VERIFIED;
	else if (passes == 2 && has_odd_comment(document))
		*verdict = HJ_VERIFIED_NOT_IDEMPOTENT;
	else
		hj_text_str(why, "formatting the formatted text changes it again");
out:
	hj_document_free(printed);
	hj_source_free(source);
	return status ? status : why->status;
}
