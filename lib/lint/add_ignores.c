/*
 * Writing the comments that ignore findings: one walk over the lines that have some.
 */
#include "lint/ignores.h"
#include "lint/suppress.h"
#include "syntax/gap.h"
#include "syntax/syntax_rules.h"

#include <stdlib.h>

/* A line with findings. */
typedef struct noted_line {
	uint32_t start, end;           /* the LF excluded */
	uint32_t token, token_end;     /* the first token at or after start, and its whole value */
	uint32_t first, count;         /* its findings, in order */
	bool in_comment, comment_last; /* start, or end, is inside of a comment */
} noted_line;

typedef struct ignore_writer {
	const hj_document *document;
	const hj_finding **found; /* by place */
	noted_line *lines;
	size_t count;
	size_t starts, tokens, ends; /* lines not yet settled, by what is settled */
	bool *named;                 /* by rule: is in the list at hand */
} ignore_writer;

static int by_place(const void *a, const void *b)
{
	const hj_finding *const *first = a, *const *second = b;
	uint32_t one = (*first)->span.start, other = (*second)->span.start;
	if (one != other)
		return one < other ? -1 : 1;
	return *first < *second ? -1 : *first > *second;
}

static bool can_be_ignored(const hj_rule *rule)
{
	size_t syntax_count, comment_count;
	const hj_rule *syntax = hj_syntax_rules(&syntax_count);
	const hj_rule *comments = hj__comment_rules(&comment_count);
	return !(rule >= syntax && rule < syntax + syntax_count) &&
		!(rule >= comments && rule < comments + comment_count);
}

static void gather_lines(ignore_writer *writer, size_t found)
{
	const hj_source *source = hj_document_source(writer->document);
	for (size_t i = 0; i < found; i++) {
		uint32_t at = writer->found[i]->span.start;
		noted_line *line = writer->count ? &writer->lines[writer->count - 1] : NULL;
		if (line && at <= line->end) {
			line->count++;
			continue;
		}
		const char *feed = at ? memrchr(source->data, '\n', at) : NULL;
		const char *stop = memchr(source->data + at, '\n', source->size - at);
		writer->lines[writer->count++] = (noted_line){
			.start = feed ? (uint32_t)(feed - source->data) + 1 : 0,
			.end = stop ? (uint32_t)(stop - source->data) : source->size,
			.token = UINT32_MAX,
			.first = (uint32_t)i,
			.count = 1,
		};
	}
}

/* -- where lines begin and end ----------------------------------------------------------------- */

static void meet_token(ignore_writer *writer, uint32_t start, uint32_t end)
{
	for (; writer->tokens < writer->count; writer->tokens++) {
		noted_line *line = &writer->lines[writer->tokens];
		if (line->start > start)
			break;
		line->token = start;
		line->token_end = end;
	}
}

static void meet_comment(ignore_writer *writer, uint32_t start, uint32_t end, bool block)
{
	noted_line *lines = writer->lines;
	while (writer->starts < writer->count && lines[writer->starts].start <= start)
		writer->starts++;
	for (; writer->starts < writer->count && lines[writer->starts].start < end;
		writer->starts++)
		lines[writer->starts].in_comment = true;
	while (writer->ends < writer->count && lines[writer->ends].end <= start)
		writer->ends++;
	for (; writer->ends < writer->count && lines[writer->ends].end < end + !block;
		writer->ends++)
		lines[writer->ends].comment_last = true;
}

static void read_gap(ignore_writer *writer, uint32_t from, uint32_t to)
{
	const char *data = hj_document_source(writer->document)->data;
	hj_gap gap = {data + from, data + to};
	for (hj_gap_piece piece; hj_gap_next(&gap, &piece);) {
		uint32_t start = (uint32_t)(piece.start - data);
		uint32_t end = (uint32_t)(piece.end - data);
		if (piece.kind == HJ_GAP_LINE || piece.kind == HJ_GAP_BLOCK)
			meet_comment(writer, start, end, piece.kind == HJ_GAP_BLOCK);
		else if (piece.kind == HJ_GAP_MARK && (*piece.start == ']' || *piece.start == '}'))
			meet_token(writer, start, end);
	}
}

static void read_document(ignore_writer *writer)
{
	const hj_node *nodes = hj_document_nodes(writer->document);
	uint32_t count = hj_document_count(writer->document), at = 0;
	for (uint32_t i = 0; i < count; i++) {
		read_gap(writer, at, nodes[i].start);
		bool named = nodes[i].bits & HJ_IS_NAME;
		meet_token(writer, nodes[i].start, nodes[named ? i + 1 : i].end);
		at = hj_node_is_container(&nodes[i]) ? nodes[i].start + 1 : nodes[i].end;
	}
	read_gap(writer, at, hj_document_source(writer->document)->size);
}

/* -- writing ----------------------------------------------------------------------------------- */

/* "// hujson: ignore[a,b]", each rule once. */
static void put_comment(ignore_writer *writer, const noted_line *line, hj_text *out)
{
	memset(writer->named, 0, hj_rule_count());
	hj_text_str(out, "// hujson: ignore[");
	for (uint32_t i = 0; i < line->count; i++) {
		const hj_rule *rule = writer->found[line->first + i]->rule;
		size_t index = hj__rule_index(rule);
		if (writer->named[index])
			continue;
		if (i > 0)
			hj_text_byte(out, ',');
		hj_text_str(out, rule->name);
		writer->named[index] = true;
	}
	hj_text_byte(out, ']');
}

static void write_line(
	ignore_writer *writer, const noted_line *line, hj_text *text, hj_edits *edits)
{
	const hj_source *source = hj_document_source(writer->document);
	const char *data = source->data;
	bool carriage = line->end > line->start && data[line->end - 1] == '\r';
	bool can_end = !line->comment_last && line->end < source->size && line->token < line->end;
	bool goes_on = line->token < line->end && line->token_end > line->end;
	hj_text_clear(text);
	if (can_end && (goes_on || line->in_comment)) {
		uint32_t at = line->end - carriage;
		hj_text_byte(text, ' ');
		put_comment(writer, line, text);
		hj_edits_add(edits, (hj_span){at, at}, hj_text_slice(text));
	} else if (!line->in_comment) {
		uint32_t indent = line->start;
		while (indent < line->end && (data[indent] == ' ' || data[indent] == '\t'))
			indent++;
		hj_text_append(text, hj_slice_of(data + line->start, indent - line->start));
		put_comment(writer, line, text);
		hj_text_str(text, carriage ? "\r\n" : "\n");
		hj_edits_add(edits, (hj_span){line->start, line->start}, hj_text_slice(text));
	}
}

hj_status hj_suppress_edits(
	const hj_document *document, const hj_findings *findings, hj_edits *edits)
{
	const hj_allocator *allocator = edits->arena.allocator;
	if (hj_document_error(document))
		return HJ_SYNTAX;
	size_t found = 0, rules = hj_rule_count();
	for (size_t i = 0; i < findings->count; i++)
		found += can_be_ignored(findings->items[i].rule);
	if (found == 0)
		return HJ_OK;
	ignore_writer writer = {.document = document};
	hj_text text;
	hj_text_init(&text, allocator);
	writer.found = hj_alloc(allocator, found * sizeof *writer.found);
	writer.lines = hj_alloc(allocator, found * sizeof *writer.lines);
	writer.named = hj_alloc(allocator, rules);
	hj_status status = HJ_NO_MEMORY;
	if (writer.found && writer.lines && writer.named) {
		size_t count = 0;
		for (size_t i = 0; i < findings->count; i++)
			if (can_be_ignored(findings->items[i].rule))
				writer.found[count++] = &findings->items[i];
		qsort(writer.found, count, sizeof *writer.found, by_place);
		gather_lines(&writer, count);
		read_document(&writer);
		for (size_t i = 0; i < writer.count; i++)
			write_line(&writer, &writer.lines[i], &text, edits);
		status = text.status ? text.status : edits->status;
	}
	hj_free(allocator, writer.named, rules);
	hj_free(allocator, writer.lines, found * sizeof *writer.lines);
	hj_free(allocator, writer.found, found * sizeof *writer.found);
	hj_text_free(&text);
	return status;
}
