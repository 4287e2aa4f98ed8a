#include "lint/edits.h"

#include "syntax/gap.h"

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

/* The comma between `from` and the next value or bracket; NULL when there is none. */
static const char *comma_after(const char *from, const char *end)
{
	const char *at = hj_gap_end(from, end);
	return at < end && *at == ',' ? at : NULL;
}

/* Adds a deletion, widened by the line that it would leave empty, or else by blanks beside it. */
static void take_out(hj_lint_run *run, hj_finding *finding, const char *from, const char *to)
{
	const hj_source *source = hj_document_source(run->document);
	const char *begin = source->data, *end = begin + source->size, *left = from, *right = to;
	while (left > begin && is_blank(left[-1]))
		left--;
	while (right < end && is_blank(*right))
		right++;
	bool starts = left == begin || left[-1] == '\n', ends = right < end && *right == '\n';
	if (starts && ends)
		from = left, to = right + 1;
	else if (ends || (right < end && (*right == ']' || *right == '}') && !starts))
		from = left;
	else if (starts || (right < end && *right != '/'))
		to = right;
	hj_span span = {(uint32_t)(from - begin), (uint32_t)(to - begin)};
	hj_finding_edit(run->findings, finding, span, HJ_SLICE(""));
}

/* Is there a comment inside an element or member? It would go with it. */
static bool has_comment(const hj_node *nodes, uint32_t item, uint32_t last)
{
	bool any = false;
	for (uint32_t i = item; i < nodes[last].next; i++) {
		/* What stands around the whole is not inside it. */
		unsigned lead = i == item ? 0 : HJ_LEAD_COMMENT;
		unsigned trail = i == last ? 0 : HJ_TRAIL_COMMENT;
		any = any || nodes[i].bits & (lead | trail | HJ_CLOSING_COMMENT);
	}
	return any;
}

void hj__edit_remove(hj_lint_run *run, hj_finding *finding, uint32_t previous, uint32_t item)
{
	const hj_source *source = hj_document_source(run->document);
	const hj_node *nodes = hj_document_nodes(run->document);
	const char *begin = source->data, *end = begin + source->size;
	uint32_t last = nodes[item].bits & HJ_IS_NAME ? nodes[item].next : item;
	if (!finding || hj_document_error(run->document) || has_comment(nodes, item, last))
		return;
	const char *from = begin + nodes[item].start, *to = begin + nodes[last].end;
	const char *comma = comma_after(to, end);
	if (comma == to)
		comma = NULL, to++;
	else if (!comma && previous) {
		/* The last one without a comma of its own: the one before it gives up its comma. */
		const char *before = comma_after(begin + nodes[previous].end, end);
		const char *rest = before ? before + 1 : from;
		while (rest < from && is_blank(*rest))
			rest++;
		if (before && rest == from) {
			from = before;
		} else if (before) {
			hj_span span = {(uint32_t)(before - begin), (uint32_t)(before + 1 - begin)};
			hj_finding_edit(run->findings, finding, span, HJ_SLICE(""));
		}
	}
	take_out(run, finding, from, to);
	if (comma) {
		hj_span span = {(uint32_t)(comma - begin), (uint32_t)(comma + 1 - begin)};
		hj_finding_edit(run->findings, finding, span, HJ_SLICE(""));
	}
}

void hj__edit_remove_word(
	hj_lint_run *run, hj_finding *finding, const hj_words *words, uint32_t index)
{
	uint32_t previous = index ? words->items[index - 1].node : 0;
	uint32_t item = words->items[index].node;
	/* Not when the string stands for the whole list, or something else is before it. */
	if (item == (index ? previous : words->node) + 1)
		hj__edit_remove(run, finding, previous, item);
}

void hj__edit_remove_entry(
	hj_lint_run *run, hj_finding *finding, const hj_entries *entries, uint32_t index)
{
	uint32_t previous = index ? entries->items[index - 1].value : 0;
	hj__edit_remove(run, finding, previous, entries->items[index].name.node);
}

void hj__edit_string(hj_lint_run *run, hj_finding *finding, uint32_t node, hj_slice text)
{
	const hj_node *string = &hj_document_nodes(run->document)[node];
	if (hj_node_kind(string) != HJ_STRING)
		return;
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] == '"' || text.data[i] == '\\' || (unsigned char)text.data[i] < 32)
			return;
	hj_span inside = {string->start + 1, string->end - 1};
	hj_finding_edit(run->findings, finding, inside, text);
}

void hj__edit_part(
	hj_lint_run *run, hj_finding *finding, uint32_t node, size_t at, size_t size, hj_slice text)
{
	const hj_node *string = &hj_document_nodes(run->document)[node];
	uint32_t start = string->start + 1 + (uint32_t)at;
	if (hj_node_kind(string) == HJ_STRING && !(string->bits & HJ_ESCAPED))
		hj_finding_edit(
			run->findings, finding, (hj_span){start, start + (uint32_t)size}, text);
}
