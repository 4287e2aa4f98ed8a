/*
 * Findings for people: what is wrong, where, why, and what to do, with the lines in question.
 *
 *     error[R002 undefined-tag]: "tag:wbe" is not defined in "tagOwners"
 *       --> policy.hujson:4:21
 *        |
 *      4 |   "acls": [{"src": ["tag:wbe"], "dst": ["*:*"]}],
 *        |                      ^^^^^^^
 *      2 |   "tagOwners": {"tag:web": []},
 *        |                 --------- "tag:web" is defined here
 *        = help: did you mean "tag:web"?
 *      4 |   "acls": [{"src": ["tag:web"], "dst": ["*:*"]}],
 *        |                      ~~~~~~~
 *
 * Columns count code points. A clean run says nothing, unless several files were asked about.
 */
#include "cmd/excerpt.h"
#include "cmd/report.h"
#include "cmd/testing.h"

extern const struct report_format report_text;

struct colors {
	const char *severity[3], *bold, *gutter, *related, *fix, *reset;
};

static const struct colors plain = {{"", "", ""}, "", "", "", "", ""};
static const struct colors colored = {{"\033[1;31m", "\033[1;33m", "\033[1;36m"}, "\033[1m",
	"\033[1;34m", "\033[1;34m", "\033[1;32m", "\033[0m"};

enum {
	MOST_SHOWN = 8,       /* edits of a fix that is shown */
	LINES_SHOWN = 6,      /* lines of it */
	BYTES_SHOWN = 4096,   /* bytes of source that it may span */
	SENTENCE_SHOWN = 1024 /* bytes of the service's sentence: it quotes names of any length */
};

static uint32_t line_of(hj_source *source, uint32_t offset)
{
	return hj_source_place(source, offset, HJ_BYTES).line;
}

static unsigned digits(uint32_t number)
{
	unsigned count = 1;
	while (number >= 10) {
		number /= 10;
		count++;
	}
	return count;
}

/* Digits of the highest line number that a finding will show. */
static unsigned gutter_of(hj_source *source, const hj_finding *finding)
{
	uint32_t last = excerpt_last_line(source, finding->span);
	for (size_t i = 0; i < finding->related_count; i++) {
		uint32_t line = excerpt_last_line(source, finding->related[i].span);
		last = line > last ? line : last;
	}
	for (size_t i = 0; i < finding->edit_count; i++) {
		uint32_t line = line_of(source, finding->edits[i].span.end);
		last = line > last ? line : last;
	}
	return digits(last);
}

/* A line "= LABEL: text" under the gutter. */
static void put_note(hj_text *out, const struct colors *colors, unsigned gutter, const char *label,
	hj_slice text)
{
	hj_text_printf(out, "%s %*s =%s %s%s:%s ", colors->gutter, (int)gutter, "", colors->reset,
		colors->bold, label, colors->reset);
	report_safe(out, text);
	hj_text_byte(out, '\n');
}

/* The whole lines that a fix touches; false when they are too many to show. */
static bool fix_region(hj_source *source, const hj_finding *finding, hj_span *region)
{
	if (finding->edit_count == 0 || finding->edit_count > MOST_SHOWN)
		return false;
	const hj_edit *edits = finding->edits;
	hj_span last =
		hj_source_line(source, line_of(source, edits[finding->edit_count - 1].span.end));
	region->start = hj_source_line(source, line_of(source, edits[0].span.start)).start;
	region->end = last.end;
	if (edits[finding->edit_count - 1].span.end > region->end)
		region->end = edits[finding->edit_count - 1].span.end;
	return region->end - region->start <= BYTES_SHOWN;
}

/* The part of a fixed line [start, end) that is new: from > to when nothing is. */
static void new_part(
	const hj_span *fresh, size_t count, size_t start, size_t end, size_t *from, size_t *to)
{
	*from = 1;
	*to = 0;
	for (size_t i = 0; i < count; i++) {
		if (fresh[i].end < start || fresh[i].start > end)
			continue;
		size_t first = fresh[i].start > start ? fresh[i].start - start : 0;
		size_t last = (fresh[i].end < end ? fresh[i].end : end) - start;
		if (*from > *to)
			*from = first;
		*to = last;
	}
}

/* What the fix makes of its lines. */
static void put_fix(
	hj_text *out, struct excerpt excerpt, hj_source *source, const hj_finding *finding)
{
	hj_span region, fresh[MOST_SHOWN];
	if (!fix_region(source, finding, &region))
		return;
	hj_text fixed;
	hj_text_init(&fixed, out->allocator);
	uint32_t at = region.start;
	for (size_t i = 0; i < finding->edit_count; i++) {
		const hj_edit *edit = &finding->edits[i];
		hj_text_append(&fixed, hj_source_slice(source, (hj_span){at, edit->span.start}));
		fresh[i].start = (uint32_t)fixed.size;
		hj_text_append(&fixed, edit->text);
		fresh[i].end = (uint32_t)fixed.size;
		at = edit->span.end;
	}
	hj_text_append(&fixed, hj_source_slice(source, (hj_span){at, region.end}));
	uint32_t number = line_of(source, region.start);
	unsigned shown = 0;
	excerpt.mark = '~';
	for (size_t start = 0; start <= fixed.size && !fixed.status; number++) {
		const char *feed = start < fixed.size
			? memchr(fixed.data + start, '\n', fixed.size - start)
			: NULL;
		size_t end = feed ? (size_t)(feed - fixed.data) : fixed.size, from, to;
		new_part(fresh, finding->edit_count, start, end, &from, &to);
		if (from <= to && shown++ < LINES_SHOWN) {
			/* A deletion leaves nothing to mark: the line as it becomes says it. */
			if (from == to)
				from = to + 1;
			hj_slice line = hj_slice_of(fixed.data + start, end - start);
			if (line.size && line.data[line.size - 1] == '\r')
				line.size--;
			excerpt_line(out, &excerpt, number, line, from, to, (hj_slice){0});
		}
		start = end + 1;
	}
	hj_text_free(&fixed);
}

/* The rule's sentence with the finding's own name in its blank; nothing for one without a blank. */
static void fill_sentence(hj_text *out, hj_source *source, const hj_finding *finding)
{
	static const char blank[] = "‹name›";
	const char *service = finding->rule->service;
	const char *at = service ? strstr(service, blank) : NULL;
	if (!at)
		return;
	hj_slice name = hj_source_slice(source, finding->span);
	if (name.size >= 2 && name.data[0] == '"')
		name = hj_slice_of(name.data + 1, name.size - 2);
	hj_text_append(out, hj_slice_of(service, (size_t)(at - service)));
	hj_text_append(out, name);
	hj_text_str(out, at + sizeof blank - 1);
}

static bool is_syntax(const hj_finding *finding)
{
	return finding->rule->code[0] == 'S';
}

/* In a broken document it is among the first, if not the first itself. */
static const hj_finding *first_syntax(const hj_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (is_syntax(&findings->items[i]))
			return &findings->items[i];
	return NULL;
}

static hj_slice shorten(hj_text *sentence)
{
	size_t size = SENTENCE_SHOWN;
	if (sentence->size <= size)
		return hj_text_slice(sentence);
	while (size && ((unsigned char)sentence->data[size] & 0xC0) == 0x80)
		size--;
	sentence->size = size;
	hj_text_str(sentence, "…");
	return hj_text_slice(sentence);
}

/*
 * What the service would say, where that is certain. Of all syntax errors it tells the first, and
 * without the name of the reference implementation before it.
 */
static void put_service(hj_text *out, const struct colors *colors, unsigned gutter,
	const struct report_file *file, const hj_finding *finding)
{
	hj_text sentence;
	hj_text_init(&sentence, out->allocator);
	const hj_syntax_error *error = hj_document_error(file->document);
	if (!is_syntax(finding) && finding->service.size) {
		hj_text_append(&sentence, finding->service);
	} else if (!is_syntax(finding)) {
		fill_sentence(&sentence, file->source, finding);
	} else if (error && finding == first_syntax(file->findings)) {
		size_t name = strlen("hujson: ");
		bool named = hj_slice_starts(error->text, HJ_SLICE("hujson: "));
		hj_text_append(&sentence,
			hj_slice_of(error->text.data + (named ? name : 0),
				error->text.size - (named ? name : 0)));
	}
	if (sentence.size)
		put_note(out, colors, gutter, "server", shorten(&sentence));
	hj_text_free(&sentence);
}

static void put_finding(struct report *report, const struct report_file *file,
	const struct colors *colors, const hj_finding *finding)
{
	hj_text *out = &report->text;
	hj_source *source = file->source;
	const char *severity_color = colors->severity[finding->severity];
	struct excerpt excerpt = {.gutter = gutter_of(source, finding),
		.mark = '^',
		.gutter_color = colors->gutter,
		.mark_color = severity_color,
		.reset = colors->reset};
	hj_text_printf(out, "%s%s[%s %s]%s%s: ", severity_color,
		hj_severity_text(finding->severity), finding->rule->code, finding->rule->name,
		colors->reset, colors->bold);
	report_safe(out, finding->message);
	hj_place place = report_place(report, source, finding->span.start);
	hj_text_printf(out, "%s\n%s %*s-->%s ", colors->reset, colors->gutter, (int)excerpt.gutter,
		"", colors->reset);
	report_safe(out, hj_slice_str(file->path));
	hj_text_printf(out, ":%u:%u\n", place.line, place.column);
	excerpt_gap(out, &excerpt);
	excerpt_span(out, &excerpt, source, finding->span, (hj_slice){0});
	excerpt.mark = '-';
	excerpt.mark_color = colors->related;
	for (size_t i = 0; i < finding->related_count; i++) {
		hj_text beside;
		hj_text_init(&beside, out->allocator);
		report_safe(&beside, finding->related[i].message);
		excerpt_span(
			out, &excerpt, source, finding->related[i].span, hj_text_slice(&beside));
		hj_text_free(&beside);
	}
	if (finding->help.size)
		put_note(out, colors, excerpt.gutter, "help", finding->help);
	excerpt.mark_color = colors->fix;
	put_fix(out, excerpt, source, finding);
	put_service(out, colors, excerpt.gutter, file, finding);
	hj_text_byte(out, '\n');
	report_pass(report, out);
}

/* What the tests have to do with it. */
static void put_tests(hj_text *out, const struct tested *tested)
{
	if (!tested) {
		hj_text_str(out, "; tests were not run\n");
		return;
	}
	const hj_assertions *all = &tested->assertions;
	if (all->depending)
		hj_text_printf(out,
			", but %zu of %zu assertions hang%s on what only the tailnet knows\n",
			all->depending, all->count, all->depending == 1 ? "s" : "");
	else if (all->count)
		hj_text_printf(out, "; %zu assertion%s\n", all->count,
			all->count == 1 ? " of its tests holds" : "s of its tests hold");
	else
		hj_text_str(out, "; it has no tests\n");
}

/* The last line of `check` about a file. */
static void put_answer(struct report *report, const struct report_file *file)
{
	const hj_answer *answer = file->answer;
	hj_text *out = &report->text;
	report_safe(out, hj_slice_str(file->path));
	if (answer->status == 200) {
		hj_text_str(out, ": accepted");
		put_tests(out, file->tested);
	} else {
		hj_text_printf(out, ": refused, the service answers %u: ", answer->status);
		hj_text message;
		hj_text_init(&message, out->allocator);
		hj_text_append(&message, answer->message);
		if (message.size)
			report_safe(out, shorten(&message));
		else
			hj_text_str(out, "(its words for this are not known)");
		hj_text_free(&message);
		hj_text_byte(out, '\n');
	}
	report_pass(report, out);
}

/*
 * Reports end up in logs: a key is shown as asterisks wherever its line is. *out is a source of the
 * same offsets, or NULL when nothing is to hide.
 */
static hj_status mask_secrets(const struct report_file *file, hj_source **out)
{
	hj_slice text = hj_slice_of(file->source->data, file->source->size);
	hj_text masked;
	hj_secret secret;
	hj_text_init(&masked, file->source->allocator);
	*out = NULL;
	for (size_t from = 0; file->findings->count && hj_secret_next(text, from, &secret);
		from = secret.start + secret.size) {
		if (masked.size == 0)
			hj_text_append(&masked, text);
		if (!masked.status)
			memset(masked.data + secret.start, '*', secret.size);
	}
	hj_status status = masked.status;
	if (!status && masked.size)
		status = hj_source_adopt(NULL, &masked, out);
	hj_text_free(&masked);
	return status;
}

static void file(struct report *report, const struct report_file *file)
{
	const struct colors *colors = report->stream->color ? &colored : &plain;
	struct report_file shown = *file;
	hj_source *masked;
	hj_status status = mask_secrets(file, &masked);
	if (status) {
		report_fail(report, status);
		return;
	}
	if (masked)
		shown.source = masked;
	for (size_t i = 0; i < file->findings->count; i++)
		put_finding(report, &shown, colors, &file->findings->items[i]);
	report->columns.source = NULL;
	hj_source_free(masked);
	if (file->answer)
		put_answer(report, file);
}

static void end(struct report *report)
{
	if (report->found_in == 0 && report->files < 2)
		return;
	report_counts(report, &report->text);
	hj_text_byte(&report->text, '\n');
	report_pass(report, &report->text);
}

const struct report_format report_text = {
	.name = "text",
	.summary = "for people: the lines in question, and what to do",
	.file = file,
	.end = end,
};
