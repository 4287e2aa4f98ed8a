#include "lint/ignores.h"

#include "base/suggest.h"
#include "syntax/gap.h"

static const char *const words[] = {
	[HJ_IGNORE] = "ignore",
	[HJ_IGNORE_START] = "ignore-start",
	[HJ_IGNORE_END] = "ignore-end",
	[HJ_IGNORE_FILE] = "ignore-file",
};
enum { WORDS = sizeof words / sizeof *words };

/* The walk through the gaps of a document. */
typedef struct ignore_reader {
	hj_lint_run *run;
	hj_ignores *out;
	const hj_source *source;
	const hj_rule *rules;
	uint32_t line_start; /* of the line at hand */
	uint32_t line_end;   /* where some line ends: good for all before it on that line */
	bool fresh;          /* no token yet on the line at hand */
	size_t waiting;      /* directives from here on wait for what comes next */
	uint32_t *open;      /* entries of ignore-start, in order */
	size_t open_count, open_capacity;
	hj_status status;
} ignore_reader;

/* -- classes ----------------------------------------------------------------------------------- */

static void find_alike(hj_ignore_classes *classes)
{
	const char *before = "";
	const hj_rule *rule;
	for (uint32_t i = 0; i < classes->rules && (rule = hj_rule_at(i)); i++) {
		for (uint32_t length = 1; length <= 3; length++)
			classes->alike[3 * i + length - 1] =
				i > 0 && strncmp(before, rule->code, length) == 0
				? classes->alike[3 * (i - 1) + length - 1]
				: i;
		before = rule->code;
	}
}

void hj__ignore_classes_of(
	const hj_ignore_classes *classes, size_t rule, uint32_t out[HJ_RULE_CLASSES])
{
	out[0] = 0;
	for (size_t length = 1; length < 4; length++)
		out[length] = (uint32_t)(1 + (length - 1) * classes->rules) +
			classes->alike[3 * rule + length - 1];
	out[4] = (uint32_t)(1 + 3 * classes->rules + rule);
}

static bool class_of(const hj_ignore_classes *classes, hj_slice word, uint32_t *out)
{
	*out = 0;
	if (hj_slice_equal(word, HJ_SLICE("all")))
		return true;
	const hj_rule *exact = hj_rule_find(word);
	if (exact) {
		*out = (uint32_t)(1 + 3 * classes->rules + hj__rule_index(exact));
		return true;
	}
	if (word.size == 0 || word.size > 3)
		return false;
	for (size_t i = 0; i < classes->rules; i++)
		if (hj_slice_equal_folded(word, hj_slice_of(hj_rule_at(i)->code, word.size))) {
			*out = (uint32_t)(1 + (word.size - 1) * classes->rules + i);
			return true;
		}
	return false;
}

/* -- one comment ------------------------------------------------------------------------------- */

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static hj_slice trim(hj_slice text)
{
	while (text.size && is_blank(text.data[0]))
		text.data++, text.size--;
	while (text.size && is_blank(text.data[text.size - 1]))
		text.size--;
	return text;
}

static hj_span span_of(const ignore_reader *reader, hj_slice text)
{
	uint32_t start = (uint32_t)(text.data - reader->source->data);
	return (hj_span){start, start + (uint32_t)text.size};
}

static void add_entry(ignore_reader *reader, hj_slice word, uint32_t class_index)
{
	hj_ignores *out = reader->out;
	if (hj_grow(out->allocator, &out->entries, &out->entry_capacity, out->entry_count + 1,
		    sizeof *out->entries)) {
		reader->status = HJ_NO_MEMORY;
		return;
	}
	out->entries[out->entry_count++] = (hj_ignore_entry){
		.word = span_of(reader, word),
		.directive = (uint32_t)out->count,
		.class_index = class_index,
		.next = HJ_NO_ENTRY,
	};
}

static void report_unknown_rule(ignore_reader *reader, hj_slice word)
{
	hj_findings *findings = reader->run->findings;
	if (word.size == 0) {
		hj_findings_add(findings, &reader->rules[HJ_K_UNKNOWN_IGNORE],
			span_of(reader, word), "the list names no rule");
		return;
	}
	hj_finding *finding = hj_findings_add(findings, &reader->rules[HJ_K_UNKNOWN_IGNORE],
		span_of(reader, word), "there is no rule \"%.*s\"", HJ_SLICE_ARGS(word));
	const char *nearest = hj_rule_nearest(word);
	if (nearest) {
		hj_finding_help(findings, finding, "did you mean \"%s\"?", nearest);
		hj_finding_edit(findings, finding, span_of(reader, word), hj_slice_str(nearest));
	} else {
		hj_finding_help(findings, finding,
			"rules are named by name, by code or by the beginning of a code");
	}
}

/* The rules in brackets. Returns what follows the closing one. */
static hj_slice read_list(ignore_reader *reader, hj_slice text, hj_ignore *directive)
{
	const char *close = memchr(text.data, ']', text.size);
	if (!close) {
		hj_findings_add(reader->run->findings, &reader->rules[HJ_K_UNKNOWN_IGNORE],
			span_of(reader, text), "the list of rules has no closing bracket");
		directive->faulty = true;
		return hj_slice_of(text.data, 0);
	}
	const char *at = text.data + 1;
	for (;;) {
		const char *comma = memchr(at, ',', (size_t)(close - at));
		const char *stop = comma ? comma : close;
		hj_slice word = trim(hj_slice_of(at, (size_t)(stop - at)));
		uint32_t class_index;
		if (class_of(&reader->out->classes, word, &class_index)) {
			add_entry(reader, word, class_index);
		} else if (word.size || close == text.data + 1) {
			report_unknown_rule(reader, word);
			directive->faulty = true;
		}
		if (!comma)
			break;
		at = comma + 1;
	}
	return hj_slice_of(close + 1, (size_t)(text.data + text.size - close - 1));
}

/* "ignore" and its like; false: the comment is about something else. */
static bool read_word(ignore_reader *reader, hj_slice text, size_t *size, hj_ignore_kind *kind)
{
	hj_suggest suggest;
	*size = 0;
	while (*size < text.size &&
		((text.data[*size] >= 'a' && text.data[*size] <= 'z') || text.data[*size] == '-'))
		++*size;
	hj_slice word = hj_slice_of(text.data, *size);
	hj_suggest_begin(&suggest, word);
	for (int i = 0; i < WORDS; i++) {
		*kind = (hj_ignore_kind)i;
		if (hj_slice_equal(word, hj_slice_str(words[i])))
			return true;
		hj_suggest_offer(&suggest, hj_slice_str(words[i]));
	}
	if (suggest.best.size == 0 && !hj_slice_starts(word, HJ_SLICE("ignore")))
		return false;
	hj_findings *findings = reader->run->findings;
	hj_finding *finding = hj_findings_add(findings, &reader->rules[HJ_K_UNKNOWN_IGNORE],
		span_of(reader, word), "\"%.*s\" is no word for ignoring", HJ_SLICE_ARGS(word));
	if (suggest.best.size)
		hj_finding_help(
			findings, finding, "did you mean \"%.*s\"?", HJ_SLICE_ARGS(suggest.best));
	else
		hj_finding_help(findings, finding,
			"there are ignore, ignore-start, ignore-end and ignore-file");
	if (suggest.best.size)
		hj_finding_edit(findings, finding, span_of(reader, word), suggest.best);
	return false;
}

/* Reads a comment that may be a directive; its place is settled by the caller. */
static bool read_comment(ignore_reader *reader, const hj_gap_piece *piece, hj_ignore *directive)
{
	const char *start = piece->start + 2;
	const char *end = piece->kind == HJ_GAP_BLOCK && piece->end - start >= 2 ? piece->end - 2
										 : piece->end;
	hj_slice text = trim(hj_slice_of(start, (size_t)(end - start)));
	if (!hj_slice_starts(text, HJ_SLICE("hujson:")))
		return false;
	text = trim(hj_slice_of(text.data + 7, text.size - 7));
	size_t size;
	*directive = (hj_ignore){
		.comment = span_of(
			reader, hj_slice_of(piece->start, (size_t)(piece->end - piece->start))),
		.first = (uint32_t)reader->out->entry_count,
		.own = reader->fresh,
	};
	if (!read_word(reader, text, &size, &directive->kind))
		return false;
	hj_slice word = hj_slice_of(text.data, size);
	hj_slice rest = trim(hj_slice_of(text.data + size, text.size - size));
	if (rest.size && rest.data[0] == '[')
		rest = read_list(reader, rest, directive);
	else
		add_entry(reader, word, 0);
	directive->reason = trim(rest).size > 0;
	directive->count = (uint32_t)reader->out->entry_count - directive->first;
	return true;
}

/* -- where it holds ---------------------------------------------------------------------------- */

static uint32_t end_of_line(ignore_reader *reader, uint32_t at)
{
	const hj_source *source = reader->source;
	if (at < reader->line_start || at >= reader->line_end ||
		reader->line_end <= reader->line_start) {
		const char *feed = memchr(source->data + at, '\n', source->size - at);
		reader->line_end = feed ? (uint32_t)(feed - source->data) + 1 : UINT32_MAX;
	}
	return reader->line_end;
}

static void set_range(hj_ignores *out, const hj_ignore *directive, uint32_t from, uint32_t to)
{
	for (uint32_t i = 0; i < directive->count; i++) {
		out->entries[directive->first + i].from = from;
		out->entries[directive->first + i].to = to;
	}
}

static void open_entries(ignore_reader *reader, const hj_ignore *directive)
{
	hj_ignores *out = reader->out;
	set_range(out, directive, directive->comment.start, UINT32_MAX);
	if (hj_grow(out->allocator, &reader->open, &reader->open_capacity,
		    reader->open_count + directive->count + 1, sizeof *reader->open)) {
		reader->status = HJ_NO_MEMORY;
		return;
	}
	for (uint32_t i = directive->first; i < directive->first + directive->count; i++) {
		uint32_t *head = &out->classes.heads[out->entries[i].class_index];
		out->entries[i].next = *head;
		*head = i;
		reader->open[reader->open_count++] = i;
	}
}

/* Ends the newest open entry of each class that an ignore-end names, or all of them. */
static void close_entries(ignore_reader *reader, const hj_ignore *directive)
{
	hj_ignores *out = reader->out;
	for (uint32_t i = directive->first; i < directive->first + directive->count; i++) {
		hj_ignore_entry *end = &out->entries[i];
		uint32_t *head = &out->classes.heads[end->class_index];
		if (end->class_index == 0) {
			for (; reader->open_count; reader->open_count--) {
				hj_ignore_entry *entry =
					&out->entries[reader->open[reader->open_count - 1]];
				out->classes.heads[entry->class_index] = HJ_NO_ENTRY;
				if (entry->to != UINT32_MAX)
					continue; /* closed by name before */
				entry->to = directive->comment.end;
				end->used = true;
			}
		} else if (*head != HJ_NO_ENTRY) {
			hj_ignore_entry *entry = &out->entries[*head];
			entry->to = directive->comment.end;
			*head = entry->next;
			end->used = true;
		}
	}
}

static void place(ignore_reader *reader, hj_ignore *directive)
{
	hj_ignores *out = reader->out;
	if (hj_grow(out->allocator, &out->items, &out->capacity, out->count + 1,
		    sizeof *out->items)) {
		reader->status = HJ_NO_MEMORY;
		return;
	}
	out->items[out->count++] = *directive;
	switch (directive->kind) {
	case HJ_IGNORE:
		/* One that nothing follows holds to the end. */
		if (directive->own)
			set_range(out, directive, directive->comment.start, UINT32_MAX);
		else
			set_range(out, directive, reader->line_start,
				end_of_line(reader, directive->comment.end));
		break;
	case HJ_IGNORE_START: open_entries(reader, directive); break;
	case HJ_IGNORE_END: close_entries(reader, directive); break;
	case HJ_IGNORE_FILE: set_range(out, directive, 0, UINT32_MAX); break;
	}
}

/* A token that begins at `start`; what is waiting holds to `end`, or to the end of the line. */
static void meet_token(ignore_reader *reader, uint32_t start, uint32_t end)
{
	hj_ignores *out = reader->out;
	if (reader->waiting == out->count)
		return;
	uint32_t line = end_of_line(reader, start);
	for (; reader->waiting < out->count; reader->waiting++) {
		const hj_ignore *directive = &out->items[reader->waiting];
		if (directive->kind == HJ_IGNORE && directive->own)
			set_range(
				out, directive, directive->comment.start, line > end ? line : end);
	}
}

static void new_line(ignore_reader *reader, const char *from, const char *to)
{
	const char *feed = memrchr(from, '\n', (size_t)(to - from));
	if (!feed)
		return;
	reader->line_start = (uint32_t)(feed - reader->source->data) + 1;
	reader->fresh = true;
}

static void read_gap(ignore_reader *reader, uint32_t from, uint32_t to)
{
	const char *data = reader->source->data;
	hj_gap gap = {data + from, data + to};
	for (hj_gap_piece piece; !reader->status && hj_gap_next(&gap, &piece);) {
		hj_ignore directive;
		switch (piece.kind) {
		case HJ_GAP_SPACE: break;
		case HJ_GAP_MARK:
			if (*piece.start == ']' || *piece.start == '}') {
				uint32_t at = (uint32_t)(piece.start - data);
				meet_token(reader, at, at);
			}
			reader->fresh = false;
			break;
		case HJ_GAP_LINE:
		case HJ_GAP_BLOCK:
			if (read_comment(reader, &piece, &directive))
				place(reader, &directive);
			break;
		}
		new_line(reader, piece.start, piece.end);
	}
}

static void read_gaps(ignore_reader *reader)
{
	const hj_document *document = reader->run->document;
	const hj_node *nodes = hj_document_nodes(document);
	uint32_t count = hj_document_count(document), at = 0;
	for (uint32_t i = 0; i < count && !reader->status; i++) {
		const hj_node *node = &nodes[i];
		if (node->start < at)
			continue;
		read_gap(reader, at, node->start);
		bool named = node->bits & HJ_IS_NAME && i + 1 < count;
		meet_token(reader, node->start, named ? nodes[i + 1].end : node->end);
		at = node->end;
		if (hj_node_is_container(node) && node->end > node->start)
			at = node->start + 1;
		if (at > node->start)
			reader->fresh = false;
		new_line(reader, reader->source->data + node->start, reader->source->data + at);
	}
	if (!reader->status && at < reader->source->size)
		read_gap(reader, at, reader->source->size);
}

bool hj__may_ignore(const hj_document *document)
{
	const hj_source *source = hj_document_source(document);
	return source->size && memmem(source->data, source->size, "hujson:", 7);
}

hj_status hj__ignores_read(hj_lint_run *run, hj_ignores *out)
{
	const hj_source *source = hj_document_source(run->document);
	*out = (hj_ignores){.allocator = run->allocator};
	if (!hj__may_ignore(run->document))
		return HJ_OK;
	size_t count;
	out->classes.rules = (uint32_t)hj_rule_count();
	out->classes.count = 1 + 4 * out->classes.rules;
	out->classes.heads = hj_alloc(run->allocator, out->classes.count * sizeof(uint32_t));
	size_t alike = 3 * (size_t)out->classes.rules * sizeof(uint32_t);
	out->classes.alike = hj_alloc(run->allocator, alike);
	if (!out->classes.heads || !out->classes.alike) {
		hj__ignores_free(out);
		return HJ_NO_MEMORY;
	}
	find_alike(&out->classes);
	memset(out->classes.heads, 0xFF, out->classes.count * sizeof(uint32_t));
	ignore_reader reader = {.run = run,
		.out = out,
		.source = source,
		.rules = hj__comment_rules(&count),
		.fresh = true};
	read_gaps(&reader);
	hj_free(run->allocator, reader.open, reader.open_capacity * sizeof *reader.open);
	if (reader.status)
		hj__ignores_free(out);
	return reader.status;
}

void hj__ignores_free(hj_ignores *ignores)
{
	const hj_allocator *allocator = ignores->allocator;
	hj_free(allocator, ignores->items, ignores->capacity * sizeof *ignores->items);
	hj_free(allocator, ignores->entries, ignores->entry_capacity * sizeof *ignores->entries);
	hj_free(allocator, ignores->classes.heads, ignores->classes.count * sizeof(uint32_t));
	hj_free(allocator, ignores->classes.alike,
		3 * (size_t)ignores->classes.rules * sizeof(uint32_t));
	*ignores = (hj_ignores){.allocator = allocator};
}
