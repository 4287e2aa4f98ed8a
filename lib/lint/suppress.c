#include "lint/suppress.h"

#include "lint/ignores.h"
#include "syntax/syntax_rules.h"

#include <stdlib.h>

/* -- taking out -------------------------------------------------------------------------------- */

/* A finding or an entry by where it begins. */
typedef struct begin {
	uint32_t at, index;
} begin;

static int by_place(const void *a, const void *b)
{
	const begin *first = a, *second = b;
	if (first->at != second->at)
		return first->at < second->at ? -1 : 1;
	return first->index < second->index ? -1 : first->index > second->index;
}

/* A document that does not parse says so, whatever its comments say. */
static bool is_syntax(const hj_rule *rule)
{
	size_t count;
	const hj_rule *rules = hj_syntax_rules(&count);
	return rule >= rules && rule < rules + count;
}

static bool is_own(const hj_rule *rule)
{
	size_t count;
	const hj_rule *rules = hj__comment_rules(&count);
	return rule >= rules && rule < rules + count;
}

/* The innermost entry of a class that holds at a place; those that have ended leave the stack. */
static hj_ignore_entry *top(hj_ignores *ignores, uint32_t class_index, uint32_t at)
{
	uint32_t *head = &ignores->classes.heads[class_index];
	while (*head != HJ_NO_ENTRY) {
		hj_ignore_entry *entry = &ignores->entries[*head];
		if (at < entry->to)
			return entry;
		*head = entry->next;
	}
	return NULL;
}

static bool is_ignored(hj_ignores *ignores, const hj_finding *finding)
{
	uint32_t classes[HJ_RULE_CLASSES];
	bool ignored = false;
	if (is_syntax(finding->rule) || is_own(finding->rule))
		return false;
	hj__ignore_classes_of(&ignores->classes, hj__rule_index(finding->rule), classes);
	for (int i = 0; i < HJ_RULE_CLASSES; i++) {
		hj_ignore_entry *entry = top(ignores, classes[i], finding->span.start);
		if (entry)
			entry->used = ignored = true;
	}
	return ignored;
}

/* Goes through findings and entries by place; order has room for both, found first. */
static void sweep(hj_ignores *ignores, hj_finding *found, const begin *order, size_t found_count,
	size_t entry_count)
{
	memset(ignores->classes.heads, 0xFF, ignores->classes.count * sizeof(uint32_t));
	const begin *next = order + found_count, *end = next + entry_count;
	for (size_t i = 0; i < found_count; i++) {
		for (; next < end && next->at <= order[i].at; next++) {
			hj_ignore_entry *entry = &ignores->entries[next->index];
			uint32_t *head = &ignores->classes.heads[entry->class_index];
			entry->next = *head;
			*head = next->index;
		}
		hj_finding *finding = &found[order[i].index];
		if (is_ignored(ignores, finding))
			finding->rule = NULL;
	}
}

static hj_status take_out(hj_ignores *ignores, hj_findings *findings, size_t from)
{
	size_t found = findings->count - from, entries = 0;
	size_t room = (found + ignores->entry_count) * sizeof(begin);
	if (found == 0)
		return HJ_OK;
	begin *order = hj_alloc(ignores->allocator, room);
	if (!order)
		return HJ_NO_MEMORY;
	for (size_t i = 0; i < found; i++)
		order[i] = (begin){findings->items[from + i].span.start, (uint32_t)i};
	for (size_t i = 0; i < ignores->entry_count; i++) {
		const hj_ignore_entry *entry = &ignores->entries[i];
		if (entry->from < entry->to &&
			ignores->items[entry->directive].kind != HJ_IGNORE_END)
			order[found + entries++] = (begin){entry->from, (uint32_t)i};
	}
	qsort(order, found, sizeof *order, by_place);
	qsort(order + found, entries, sizeof *order, by_place);
	sweep(ignores, found ? findings->items + from : NULL, order, found, entries);
	hj_free(ignores->allocator, order, room);
	size_t kept = from;
	for (size_t i = from; i < findings->count; i++)
		if (findings->items[i].rule)
			findings->items[kept++] = findings->items[i];
	findings->count = kept;
	return HJ_OK;
}

/* -- what is unused ---------------------------------------------------------------------------- */

/* Classes with a rule that was looked for: what was not looked for proves nothing. */
static void note_looked_for(
	const hj_lint_run *run, const hj_ignore_classes *classes, bool *looked_for)
{
	const hj_rule *rule;
	memset(looked_for, 0, classes->count);
	for (size_t i = 0; (rule = hj_rule_at(i)); i++) {
		uint32_t of[HJ_RULE_CLASSES];
		if (!hj__wants(run, rule))
			continue;
		hj__ignore_classes_of(classes, i, of);
		for (int k = 0; k < HJ_RULE_CLASSES; k++)
			looked_for[of[k]] = true;
	}
}

/* The comment with the white space that would be left of it: its whole line where it has one. */
static hj_span comment_region(const hj_source *source, const hj_ignore *ignore)
{
	uint32_t start = ignore->comment.start, end = ignore->comment.end;
	const char *data = source->data;
	while (start > 0 && (data[start - 1] == ' ' || data[start - 1] == '\t'))
		start--;
	bool whole = start == 0 || data[start - 1] == '\n';
	uint32_t stop = end;
	while (stop < source->size && (data[stop] == ' ' || data[stop] == '\t'))
		stop++;
	if (stop < source->size && data[stop] == '\r')
		stop++;
	bool last = stop == source->size || data[stop] == '\n';
	if (whole && last)
		return (hj_span){start, stop + (stop < source->size)};
	if (last)
		return (hj_span){start, end};
	return (hj_span){ignore->comment.start, stop};
}

/* The word of a list with the comma that it leaves behind. */
static hj_span word_region(const hj_ignores *ignores, const hj_ignore *ignore, uint32_t index)
{
	const hj_ignore_entry *entries = ignores->entries;
	if (index + 1 < ignore->first + ignore->count)
		return (hj_span){entries[index].word.start, entries[index + 1].word.start};
	return (hj_span){entries[index - 1].word.end, entries[index].word.end};
}

static void report_comment(hj_lint_run *run, const hj_ignore *ignore)
{
	size_t count;
	const hj_rule *rule = &hj__comment_rules(&count)[HJ_K_UNUSED_IGNORE];
	hj_finding *finding = hj_findings_add(run->findings, rule, ignore->comment,
		ignore->kind == HJ_IGNORE_END ? "this comment ends nothing"
					      : "this comment ignores nothing");
	hj_finding_help(run->findings, finding, "remove it");
	hj_finding_edit(run->findings, finding,
		comment_region(hj_document_source(run->document), ignore), HJ_SLICE(""));
	if (finding)
		finding->safe = !ignore->reason;
}

static void report_word(
	hj_lint_run *run, const hj_ignores *ignores, const hj_ignore *ignore, uint32_t index)
{
	size_t count;
	const hj_rule *rule = &hj__comment_rules(&count)[HJ_K_UNUSED_IGNORE];
	hj_span span = ignores->entries[index].word;
	hj_slice word = hj_source_slice(hj_document_source(run->document), span);
	hj_finding *finding = hj_findings_add(
		run->findings, rule, span, "\"%.*s\" ignores nothing here", HJ_SLICE_ARGS(word));
	hj_finding_help(run->findings, finding, "take it from the list");
	if (ignore->faulty)
		return;
	hj_finding_edit(run->findings, finding, word_region(ignores, ignore, index), HJ_SLICE(""));
	if (finding)
		finding->safe = true;
}

static void report_unused(hj_lint_run *run, const hj_ignores *ignores, const hj_ignore *ignore,
	const bool *looked_for)
{
	uint32_t unused = 0, end = ignore->first + ignore->count;
	for (uint32_t i = ignore->first; i < end; i++)
		unused += !ignores->entries[i].used && looked_for[ignores->entries[i].class_index];
	if (unused == 0)
		return;
	if (unused == ignore->count && !ignore->faulty) {
		report_comment(run, ignore);
		return;
	}
	for (uint32_t i = ignore->first; i < end; i++)
		if (!ignores->entries[i].used && looked_for[ignores->entries[i].class_index])
			report_word(run, ignores, ignore, i);
}

/* Is a rule about comments itself ignored, for the whole document? */
static bool ignores_own(const hj_ignores *ignores, size_t rule)
{
	uint32_t classes[HJ_RULE_CLASSES];
	hj__ignore_classes_of(&ignores->classes, rule, classes);
	for (size_t i = 0; i < ignores->entry_count; i++) {
		const hj_ignore_entry *entry = &ignores->entries[i];
		if (ignores->items[entry->directive].kind != HJ_IGNORE_FILE)
			continue;
		for (int k = 1; k < HJ_RULE_CLASSES; k++)
			if (entry->class_index == classes[k])
				return true;
	}
	return false;
}

static void drop_own(hj_findings *findings, const hj_ignores *ignores, size_t from)
{
	size_t count, kept = from;
	const hj_rule *rules = hj__comment_rules(&count);
	bool ignored[2] = {ignores_own(ignores, hj__rule_index(&rules[HJ_K_UNUSED_IGNORE])),
		ignores_own(ignores, hj__rule_index(&rules[HJ_K_UNKNOWN_IGNORE]))};
	for (size_t i = from; i < findings->count; i++) {
		const hj_rule *rule = findings->items[i].rule;
		if (!is_own(rule) || !ignored[rule != &rules[HJ_K_UNUSED_IGNORE]])
			findings->items[kept++] = findings->items[i];
	}
	findings->count = kept;
}

static hj_status judge(hj_lint_run *run, hj_ignores *ignores)
{
	bool *looked_for = hj_alloc(run->allocator, ignores->classes.count);
	if (!looked_for)
		return HJ_NO_MEMORY;
	note_looked_for(run, &ignores->classes, looked_for);
	/* Words about the comments themselves have done their work, or are for configurations. */
	size_t count;
	const hj_rule *rules = hj__comment_rules(&count);
	for (size_t i = 0; i < count; i++) {
		uint32_t classes[HJ_RULE_CLASSES];
		hj__ignore_classes_of(&ignores->classes, hj__rule_index(&rules[i]), classes);
		for (int k = 1; k < HJ_RULE_CLASSES; k++)
			looked_for[classes[k]] = false;
	}
	for (size_t i = 0; i < ignores->count; i++)
		report_unused(run, ignores, &ignores->items[i], looked_for);
	hj_free(run->allocator, looked_for, ignores->classes.count);
	return HJ_OK;
}

hj_status hj__suppress(hj_lint_run *run, size_t from)
{
	hj_ignores ignores;
	hj_status status = hj__ignores_read(run, &ignores);
	if (status || ignores.count == 0) {
		if (!status)
			hj__ignores_free(&ignores);
		return status;
	}
	status = take_out(&ignores, run->findings, from);
	/* In a broken document much is not looked for, and comments are not always what they were. */
	if (!status && !hj_document_error(run->document))
		status = judge(run, &ignores);
	if (!status)
		drop_own(run->findings, &ignores, from);
	hj__ignores_free(&ignores);
	return status;
}
