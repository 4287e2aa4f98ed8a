#include "lint/advice.h"

#include "base/fold.h"
#include "lint/edits.h"

bool hj__advises(const hj_lint_run *run)
{
	return run->is_policy && run->policy && !hj_document_error(run->document);
}

bool hj__is_empty(const hj_lint_run *run, uint32_t node)
{
	const hj_node *nodes = hj_document_nodes(run->document);
	return node && hj_node_kind(&nodes[node]) == HJ_ARRAY && nodes[node].next == node + 1;
}

hj_kind hj__kind(const hj_lint_run *run, uint32_t node)
{
	return hj_node_kind(&hj_document_nodes(run->document)[node]);
}

hj_slice hj__bytes(const hj_lint_run *run, uint32_t node)
{
	return hj_source_slice(hj_document_source(run->document),
		hj_node_span(&hj_document_nodes(run->document)[node]));
}

hj_slice hj__inside(const hj_lint_run *run, uint32_t node)
{
	hj_slice bytes = hj__bytes(run, node);
	return bytes.size >= 2 ? hj_slice_of(bytes.data + 1, bytes.size - 2) : bytes;
}

uint32_t hj__member(const hj_lint_run *run, uint32_t object, const char *name)
{
	const hj_node *nodes = hj_document_nodes(run->document);
	if (hj_node_kind(&nodes[object]) != HJ_OBJECT)
		return 0;
	for (uint32_t at = hj_node_first(object); at < nodes[object].next;
		at = nodes[nodes[at].next].next)
		if (hj_slice_equal_folded(hj__inside(run, at), hj_slice_str(name)))
			return nodes[at].next;
	return 0;
}

bool hj__whole(hj_slice digits, int64_t *out)
{
	bool minus = digits.size && digits.data[0] == '-';
	int64_t value = 0;
	if (digits.size == minus || digits.size > 18)
		return false;
	for (size_t i = minus; i < digits.size; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return false;
		value = value * 10 + (digits.data[i] - '0');
	}
	*out = minus ? -value : value;
	return true;
}

hj_finding *hj__advise(
	hj_lint_run *run, const hj_rule *rule, uint32_t node, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	hj_finding *finding = hj_findings_vadd(run->findings, rule,
		hj_node_span(&hj_document_nodes(run->document)[node]), format, arguments);
	va_end(arguments);
	return finding;
}

void hj__point(hj_lint_run *run, hj_finding *finding, uint32_t node, const char *message)
{
	if (node)
		hj_finding_relate(run->findings, finding,
			hj_node_span(&hj_document_nodes(run->document)[node]), "%s", message);
}

static void set_safe(hj_finding *finding, bool safe)
{
	if (finding && finding->edit_count)
		finding->safe = safe;
}

void hj__replace(hj_lint_run *run, hj_finding *finding, uint32_t node, hj_slice text, bool safe)
{
	hj__edit_string(run, finding, node, text);
	set_safe(finding, safe);
}

void hj__replace_part(hj_lint_run *run, hj_finding *finding, uint32_t node, hj_slice part,
	hj_slice text, bool safe)
{
	const hj_node *at = &hj_document_nodes(run->document)[node];
	const char *start = hj_document_source(run->document)->data + at->start + 1;
	if (at->bits & HJ_ESCAPED)
		return;
	hj__edit_part(run, finding, node, (size_t)(part.data - start), part.size, text);
	set_safe(finding, safe);
}

void hj__remove_element(hj_lint_run *run, hj_finding *finding, uint32_t array, uint32_t previous,
	uint32_t element, bool safe)
{
	const hj_node *nodes = hj_document_nodes(run->document);
	if (hj_node_kind(&nodes[array]) != HJ_ARRAY ||
		(previous ? nodes[previous].next : hj_node_first(array)) != element)
		return;
	hj__edit_remove(run, finding, previous, element);
	set_safe(finding, safe);
}

void hj__remove_word(
	hj_lint_run *run, hj_finding *finding, const hj_words *words, uint32_t index, bool safe)
{
	hj__edit_remove_word(run, finding, words, index);
	set_safe(finding, safe);
}

void hj__remove_entry(
	hj_lint_run *run, hj_finding *finding, const hj_entries *entries, uint32_t index, bool safe)
{
	hj__edit_remove_entry(run, finding, entries, index);
	set_safe(finding, safe);
}

void hj__remove_member(
	hj_lint_run *run, hj_finding *finding, uint32_t object, uint32_t value, bool safe)
{
	const hj_node *nodes = hj_document_nodes(run->document);
	uint32_t previous = 0;
	for (uint32_t at = hj_node_first(object); at < nodes[object].next;
		at = nodes[nodes[at].next].next) {
		if (nodes[at].next == value) {
			hj__edit_remove(run, finding, previous, at);
			set_safe(finding, safe);
			return;
		}
		previous = nodes[at].next;
	}
}

/* -- texts met before ---------------------------------------------------------------------------- */

void hj__seen_init(hj__seen *seen, const hj_allocator *allocator)
{
	*seen = (hj__seen){.allocator = allocator};
	hj_map_init(&seen->map, allocator);
}

void hj__seen_free(hj__seen *seen)
{
	hj_map_free(&seen->map);
	hj_free(seen->allocator, seen->meetings, seen->capacity * sizeof *seen->meetings);
	hj__seen_init(seen, seen->allocator);
}

hj_status hj__seen_put(hj__seen *seen, hj_slice text, hj__meeting now, hj__meeting *before)
{
	uint32_t *index;
	bool was_there;
	if (seen->count == seen->capacity) {
		hj_status status = hj_grow(seen->allocator, &seen->meetings, &seen->capacity,
			seen->count + 1, sizeof *seen->meetings);
		if (status)
			return status;
	}
	hj_status status = hj_map_put(&seen->map, text, (uint32_t)seen->count, &index, &was_there);
	if (status)
		return status;
	*before = was_there ? seen->meetings[*index] : (hj__meeting){0};
	seen->meetings[*index] = now;
	seen->count += !was_there;
	return HJ_OK;
}

const hj__meeting *hj__seen_get(const hj__seen *seen, hj_slice text)
{
	const uint32_t *index = hj_map_get(&seen->map, text);
	return index ? &seen->meetings[*index] : NULL;
}
