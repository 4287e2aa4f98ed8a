#include "engine/tests_parts.h"

#include <stdlib.h>

/* -- mistakes that were found before --------------------------------------------------------------- */

typedef struct marks {
	uint32_t *items; /* offsets of errors, ascending */
	size_t count, capacity;
	const hj_allocator *allocator;
} marks;

static int compare_offsets(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b;
	return (*left > *right) - (*left < *right);
}

static hj_status add_mark(marks *list, uint32_t offset)
{
	hj_status status = hj_grow(list->allocator, &list->items, &list->capacity, list->count + 1,
		sizeof *list->items);
	if (!status)
		list->items[list->count++] = offset;
	return status;
}

/* Of what contradicts something else, both ends are the mistake. */
static hj_status mark(marks *list, const hj_findings *findings)
{
	hj_status status = HJ_OK;
	for (size_t i = 0; i < findings->count && !status; i++) {
		const hj_finding *finding = &findings->items[i];
		if (finding->severity != HJ_ERROR_LEVEL)
			continue;
		status = add_mark(list, finding->span.start);
		if (finding->rule->code[0] != 'E')
			continue;
		for (size_t k = 0; k < finding->related_count && !status; k++)
			status = add_mark(list, finding->related[k].span.start);
	}
	if (list->count)
		qsort(list->items, list->count, sizeof *list->items, compare_offsets);
	return status;
}

/* Is one of them in a span? */
static bool is_marked(const marks *list, uint32_t start, uint32_t end)
{
	size_t low = 0, high = list->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (list->items[middle] < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->count && list->items[low] < end;
}

static bool is_marked_node(const marks *list, const hj_node *nodes, uint32_t node)
{
	return node && is_marked(list, nodes[node].start, nodes[node].end);
}

/* Has the reason why an assertion does not hold been found already? */
static bool is_found(
	const marks *list, const hj_policy *tests, const hj_assertion *assertion, bool same)
{
	const hj_node *nodes = hj_document_nodes(tests->document);
	if (assertion->malformed)
		return is_marked_node(list, nodes, assertion->fault);
	/* The rule that comes nearest is the one with the mistake. */
	if (same && assertion->pass == HJ_NO && is_marked_node(list, nodes, assertion->why_node))
		return true;
	return is_marked_node(list, nodes, assertion->src.node) ||
		is_marked_node(list, nodes, assertion->dst.node) ||
		is_marked_node(list, nodes, assertion->proto.node) ||
		is_marked_node(list, nodes, assertion->account.node);
}

/* -- findings -------------------------------------------------------------------------------------- */

/* "alice@example.com cannot reach tag:db:5432". */
static void say_flow(hj_text *out, const hj_assertion *assertion)
{
	bool deny = assertion->want == HJ_WANT_DENY;
	hj_slice src = hj_trim(assertion->src.text), dst = hj_trim(assertion->dst.text);
	hj_slice proto = hj_trim(assertion->proto.text);
	hj_text_printf(out, "%.*s %s ", HJ_SLICE_ARGS(src), deny ? "can" : "cannot");
	if (assertion->ssh)
		hj_text_printf(out, "log in to %.*s as %.*s%s", HJ_SLICE_ARGS(dst),
			HJ_SLICE_ARGS(assertion->account.text),
			assertion->want == HJ_WANT_CHECK ? " after a check" : "");
	else
		hj_text_printf(out, "reach %.*s", HJ_SLICE_ARGS(dst));
	if (proto.size)
		hj_text_printf(out, " over %.*s", HJ_SLICE_ARGS(proto));
}

static void say(hj_text *out, const hj_assertion *assertion)
{
	hj_text_clear(out);
	hj_text_printf(
		out, "%s[%u]", assertion->ssh ? "sshTests" : "tests", (unsigned)assertion->test);
	if (assertion->want != HJ_WANT_NOTHING)
		hj_text_printf(out, ".%s", hj_want_text(assertion->want));
	hj_text_str(out, ": ");
	if (assertion->malformed)
		hj_text_append(out, assertion->why);
	else if (assertion->pass == HJ_NO)
		say_flow(out, assertion);
	else
		hj_text_printf(out, "nobody can tell whether %.*s %s %.*s",
			HJ_SLICE_ARGS(assertion->src.text),
			assertion->ssh ? "may log in to" : "reaches",
			HJ_SLICE_ARGS(assertion->dst.text));
}

static void relate(hj_findings *findings, hj_finding *finding, const hj_assertion *assertion,
	const hj_node *nodes)
{
	bool deny = assertion->want == HJ_WANT_DENY;
	if (assertion->pass == HJ_NO && assertion->why_node)
		hj_finding_relate(findings, finding, hj_node_span(&nodes[assertion->why_node]),
			deny ? "this lets it in" : "this comes nearest");
	for (uint32_t i = 0; assertion->pass == HJ_MAYBE && i < assertion->rule_count && i < 3; i++)
		if (assertion->rules[i].node)
			hj_finding_relate(findings, finding,
				hj_node_span(&nodes[assertion->rules[i].node]),
				"this may allow it");
}

static const hj_rule *rule_of(const hj_assertion *assertion)
{
	if (assertion->pass == HJ_MAYBE)
		return &hj__assertion_rows[HJ__TEST_DEPENDS];
	return &hj__assertion_rows[assertion->ssh ? HJ__LOGIN_FAILED : HJ__TEST_FAILED];
}

static void report(hj_findings *findings, const hj_assertion *assertion, const hj_policy *tests,
	bool same, hj_text *words)
{
	const hj_node *nodes = hj_document_nodes(tests->document);
	const hj_node *node = &nodes[assertion->malformed ? assertion->fault : assertion->node];
	hj_span span = hj_node_span(node);
	if (hj_node_is_container(node))
		span.end = span.start + 1;
	say(words, assertion);
	hj_finding *finding = hj_findings_add(findings, rule_of(assertion), span, "%.*s",
		(int)words->size, words->data ? words->data : "");
	if (!finding)
		return;
	if (!assertion->malformed)
		hj_finding_help(
			findings, finding, "%.*s", (int)assertion->why.size, assertion->why.data);
	if (same)
		relate(findings, finding, assertion, nodes);
	if (assertion->pass == HJ_NO)
		hj_finding_service(findings, finding, hj_refusal(HJ_STAGE_TESTS, assertion->node),
			"test(s) failed");
}

/* What is wrong with a source or a destination is one mistake, however much is asserted of it. */
static hj_status is_told(hj_map *told, const hj_assertion *assertion, bool *known)
{
	*known = false;
	if (!assertion->malformed)
		return HJ_OK;
	hj_slice key = hj_slice_of((const char *)&assertion->fault, sizeof assertion->fault);
	return hj_map_put(told, key, 0, NULL, known);
}

hj_status hj_assertions_find(
	const hj_assertions *assertions, const hj_policy *tests, bool forms, hj_findings *findings)
{
	const hj_allocator *allocator = findings->arena.allocator;
	if (assertions->failed + assertions->depending == 0)
		return HJ_OK;
	marks list = {.allocator = allocator};
	hj_map told;
	hj_text words;
	hj_map_init(&told, allocator);
	hj_text_init(&words, allocator);
	hj_status status = mark(&list, findings);
	bool same = assertions->rules_document == tests->document;
	for (size_t i = 0; i < assertions->count && !status; i++) {
		const hj_assertion *assertion = &assertions->items[i];
		if (assertion->pass == HJ_YES || (assertion->malformed && !forms) ||
			is_found(&list, tests, assertion, same))
			continue;
		bool known;
		status = is_told(&told, assertion, &known);
		if (!known && !status)
			report(findings, assertion, tests, same, &words);
		if (!status)
			status = findings->status ? findings->status : words.status;
	}
	hj_map_free(&told);
	hj_text_free(&words);
	hj_free(allocator, list.items, list.capacity * sizeof *list.items);
	return status;
}
