#include "syntax/finding.h"

#include "base/utf8.h"

void hj_findings_init(hj_findings *findings, const hj_allocator *allocator)
{
	*findings = (hj_findings){0};
	hj_arena_init(&findings->arena, allocator);
	hj_text_init(&findings->draft, allocator);
}

void hj_findings_free(hj_findings *findings)
{
	const hj_allocator *allocator = findings->arena.allocator;
	hj_free(allocator, findings->items, findings->capacity * sizeof *findings->items);
	hj_free(allocator, findings->tallies, findings->tally_capacity * sizeof *findings->tallies);
	hj_arena_free(&findings->arena);
	hj_text_free(&findings->draft);
	hj_findings_init(findings, allocator);
}

/* Formats into the arena. False, and the list's status set, when memory is out. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 0)))
#endif
static bool
format_text(hj_findings *findings, hj_slice *out, const char *format, va_list arguments)
{
	hj_text *draft = &findings->draft, valid;
	hj_text_init(&valid, findings->arena.allocator);
	hj_text_clear(draft);
	hj_text_vprintf(draft, format, arguments);
	hj_slice text = hj_text_slice(draft);
	/* Most messages are valid as they are; only the others are written twice. */
	if (text.size && !hj_utf8_valid(text)) {
		hj_utf8_append_valid(&valid, text);
		text = hj_text_slice(&valid);
	}
	bool ok = !draft->status && !valid.status;
	hj_slice copy = {0};
	if (ok)
		copy = hj_arena_copy(&findings->arena, text, &ok);
	hj_text_free(&valid);
	if (ok) {
		*out = copy;
	} else {
		hj_text_free(draft);
		findings->status = HJ_NO_MEMORY;
	}
	return ok;
}

void hj_findings_limit(hj_findings *findings, uint32_t most)
{
	findings->limit = most;
}

/* Counts a finding. False: it is one too many. */
static bool is_kept(hj_findings *findings, const hj_rule *rule)
{
	size_t at = 0;
	while (at < findings->tally_count && findings->tallies[at].rule != rule)
		at++;
	if (at == findings->tally_count) {
		if (hj_grow(findings->arena.allocator, &findings->tallies,
			    &findings->tally_capacity, at + 1, sizeof *findings->tallies)) {
			findings->status = HJ_NO_MEMORY;
			return false;
		}
		findings->tallies[findings->tally_count++] = (hj_tally){rule, 0};
	}
	return ++findings->tallies[at].count <= findings->limit;
}

hj_finding *hj_findings_vadd(hj_findings *findings, const hj_rule *rule, hj_span span,
	const char *format, va_list arguments)
{
	if (findings->status || (findings->limit && !is_kept(findings, rule)))
		return NULL;
	if (findings->count == findings->capacity &&
		hj_grow(findings->arena.allocator, &findings->items, &findings->capacity,
			findings->count + 1, sizeof *findings->items)) {
		findings->status = HJ_NO_MEMORY;
		return NULL;
	}
	hj_finding finding = {.rule = rule, .severity = rule->severity, .span = span};
	if (!format_text(findings, &finding.message, format, arguments))
		return NULL;
	findings->items[findings->count] = finding;
	return &findings->items[findings->count++];
}

hj_finding *hj_findings_add(
	hj_findings *findings, const hj_rule *rule, hj_span span, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	hj_finding *finding = hj_findings_vadd(findings, rule, span, format, arguments);
	va_end(arguments);
	return finding;
}

void hj_finding_help(hj_findings *findings, hj_finding *finding, const char *format, ...)
{
	if (!finding || findings->status)
		return;
	va_list arguments;
	va_start(arguments, format);
	format_text(findings, &finding->help, format, arguments);
	va_end(arguments);
}

void hj_finding_service(
	hj_findings *findings, hj_finding *finding, uint64_t refusal, const char *format, ...)
{
	if (!finding || findings->status)
		return;
	finding->refusal = refusal;
	va_list arguments;
	va_start(arguments, format);
	format_text(findings, &finding->service, format, arguments);
	va_end(arguments);
}

/*
 * Room for one more item in an array of the arena, which is full whenever its count is a power of
 * two (or zero). Returns the array, moved or not; NULL and the status set when memory is out.
 */
static void *grown(hj_findings *findings, const void *items, size_t count, size_t item_size)
{
	if (count & (count - 1))
		return (void *)(uintptr_t)items;
	size_t room;
	void *moved = NULL;
	if (hj_multiply(count ? count * 2 : 1, item_size, &room))
		moved = hj_arena_alloc(&findings->arena, room);
	if (!moved)
		findings->status = HJ_NO_MEMORY;
	else if (count)
		memcpy(moved, items, count * item_size);
	return moved;
}

void hj_finding_relate(
	hj_findings *findings, hj_finding *finding, hj_span span, const char *format, ...)
{
	if (!finding || findings->status)
		return;
	hj_related *items =
		grown(findings, finding->related, finding->related_count, sizeof *items);
	if (!items)
		return;
	finding->related = items;
	hj_related related = {.span = span};
	va_list arguments;
	va_start(arguments, format);
	bool ok = format_text(findings, &related.message, format, arguments);
	va_end(arguments);
	if (ok)
		items[finding->related_count++] = related;
}

void hj_finding_edit(hj_findings *findings, hj_finding *finding, hj_span span, hj_slice text)
{
	if (!finding || findings->status)
		return;
	hj_edit *items = grown(findings, finding->edits, finding->edit_count, sizeof *items);
	if (!items)
		return;
	finding->edits = items;
	bool ok = true;
	hj_slice copy = hj_arena_copy(&findings->arena, text, &ok);
	if (ok)
		items[finding->edit_count++] = (hj_edit){span, copy};
	else
		findings->status = HJ_NO_MEMORY;
}

/* Does b belong before a? Never for equals, which keeps every sort below stable. */
static bool is_before(const hj_finding *b, const hj_finding *a)
{
	if (b->span.start != a->span.start)
		return b->span.start < a->span.start;
	if (b->span.end != a->span.end)
		return b->span.end < a->span.end;
	return strcmp(b->rule->code, a->rule->code) < 0;
}

static void sort_by_insertion(hj_finding *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		hj_finding item = items[i];
		size_t at = i;
		for (; at > 0 && is_before(&item, &items[at - 1]); at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

/* Merges the sorted runs [from, middle) and [middle, to); `room` holds as many as the first. */
static void merge(hj_finding *items, size_t from, size_t middle, size_t to, hj_finding *room)
{
	if (!is_before(&items[middle], &items[middle - 1]))
		return;
	size_t left_count = middle - from;
	memcpy(room, items + from, left_count * sizeof *items);
	size_t left = 0, right = middle, out = from;
	while (left < left_count) {
		if (right < to && is_before(&items[right], &room[left]))
			items[out++] = items[right++];
		else
			items[out++] = room[left++];
	}
}

void hj_findings_sort(hj_findings *findings)
{
	enum { RUN = 8 };
	hj_finding *items = findings->items;
	size_t count = findings->count;
	const hj_allocator *allocator = findings->arena.allocator;
	hj_finding *room = NULL;
	if (count > RUN)
		room = hj_alloc(allocator, count * sizeof *room);
	if (!room) {
		/* Few items, or no memory: then it is slower, not wrong. */
		sort_by_insertion(items, count);
		return;
	}
	for (size_t from = 0; from < count; from += RUN)
		sort_by_insertion(items + from, count - from < RUN ? count - from : RUN);
	for (size_t width = RUN; width < count; width *= 2)
		for (size_t from = 0; count - from > width; from += 2 * width) {
			size_t to = count - from > 2 * width ? from + 2 * width : count;
			merge(items, from, from + width, to, room);
			if (to == count)
				break;
		}
	hj_free(allocator, room, count * sizeof *room);
}
