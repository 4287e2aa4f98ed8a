/*
 * The table of report formats, and what they share.
 */
#include "cmd/report.h"

extern const struct report_format report_text, report_concise, report_json, report_jsonl,
	report_sarif, report_github, report_gitlab, report_junit, report_rdjson, report_checkstyle;

/* A new format: a file report_NAME.c with one report_format, and its line in both lists here. */
static const struct report_format *const list[] = {
	&report_text,
	&report_concise,
	&report_json,
	&report_jsonl,
	&report_sarif,
	&report_github,
	&report_gitlab,
	&report_junit,
	&report_rdjson,
	&report_checkstyle,
};

enum { FORMAT_COUNT = sizeof list / sizeof *list };

const struct report_format *report_format_find(const char *name)
{
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		if (strcmp(list[i]->name, name) == 0)
			return list[i];
	return NULL;
}

const struct report_format *const *report_formats(size_t *count)
{
	*count = FORMAT_COUNT;
	return list;
}

void report_begin(struct report *report, struct app *app, struct stream *stream,
	const struct report_format *format)
{
	*report = (struct report){
		.format = format,
		.app = app,
		.stream = stream,
		.fail_level = HJ_WARNING_LEVEL,
	};
	hj_text_init(&report->text, app->allocator);
	for (size_t i = 0; i < 3; i++)
		hj_text_init(&report->parts[i], app->allocator);
	hj_text_init(&report->rows, app->allocator);
	hj_emit_init(&report->emit, &report->text, 2);
	if (format->begin)
		format->begin(report);
}

/* -- columns ----------------------------------------------------------------------------------- */

enum { APART = 4096 }; /* bytes from one mark to the next */

static uint32_t character_size(const hj_source *source, uint32_t offset)
{
	uint32_t code;
	const char *at = source->data + offset;
	if (!((unsigned char)*at & 0x80))
		return 1;
	int size = hj_utf8_decode(at, source->data + source->size, &code);
	return size ? (uint32_t)size : 1;
}

/* Moves a mark over one character. */
static void step(const hj_source *source, struct report_mark *mark)
{
	uint32_t size = character_size(source, mark->offset);
	mark->offset += size;
	mark->before++;
	mark->wide += size == 4;
}

/* Marks a source from end to end; false when memory is out. */
static bool mark_columns(struct report *report, hj_source *source)
{
	struct report_columns *columns = &report->columns;
	if (columns->source == source)
		return true;
	columns->source = NULL;
	columns->count = 0;
	size_t needed = source->size / APART + 1;
	if (columns->capacity < needed &&
		hj_grow(report->app->allocator, &columns->marks, &columns->capacity, needed,
			sizeof *columns->marks))
		return false;
	struct report_mark mark = {0};
	while (mark.offset < source->size) {
		if (mark.offset >= columns->count * APART)
			columns->marks[columns->count++] = mark;
		step(source, &mark);
	}
	if (columns->count == 0)
		columns->marks[columns->count++] = (struct report_mark){0};
	columns->source = source;
	return true;
}

/* Units before an offset, one that is inside a character counting as its start. */
static uint32_t units_before(const struct report_columns *columns, uint32_t offset, hj_unit unit)
{
	size_t index = offset / APART;
	if (index >= columns->count)
		index = columns->count - 1;
	if (columns->marks[index].offset > offset)
		index--;
	struct report_mark mark = columns->marks[index], next;
	for (;; mark = next) {
		next = mark;
		if (mark.offset < offset)
			step(columns->source, &next);
		if (next.offset == mark.offset || next.offset > offset)
			return mark.before + (unit == HJ_UTF16 ? mark.wide : 0);
	}
}

hj_place report_place_in(struct report *report, hj_source *source, uint32_t offset, hj_unit unit)
{
	hj_place place = hj_source_place(source, offset, HJ_BYTES);
	/* Near the start of its line it is counted as soon as looked up. */
	if (unit == HJ_BYTES)
		return place;
	if (place.column <= APART || !mark_columns(report, source))
		return hj_source_place(source, offset, unit);
	uint32_t line = offset - (place.column - 1);
	place.column = units_before(&report->columns, offset, unit) -
		units_before(&report->columns, line, unit) + 1;
	return place;
}

hj_place report_place(struct report *report, hj_source *source, uint32_t offset)
{
	return report_place_in(report, source, offset, HJ_CODE_POINTS);
}

/* -- files ------------------------------------------------------------------------------------- */

void report_file(struct report *report, const struct report_file *file)
{
	report->files++;
	report->found_in += file->findings->count > 0;
	for (size_t i = 0; i < file->findings->count; i++)
		report->counts[file->findings->items[i].severity]++;
	report->format->file(report, file);
	/* The next source may live where this one did. */
	report->columns.source = NULL;
}

void report_end(struct report *report)
{
	if (report->format->end)
		report->format->end(report);
	struct report_columns *columns = &report->columns;
	hj_free(report->app->allocator, columns->marks, columns->capacity * sizeof *columns->marks);
	hj_text_free(&report->text);
	hj_text_free(&report->rows);
	for (size_t i = 0; i < 3; i++)
		hj_text_free(&report->parts[i]);
}

void report_pass(struct report *report, hj_text *text)
{
	/* A report with a hole in it is worse than none: the stream fails, and says so. */
	if (text->status) {
		hj_text_free(&report->stream->text);
		report->stream->text.status = text->status;
		return;
	}
	app_print(report->stream, hj_text_slice(text));
	hj_text_clear(text);
}

void report_fail(struct report *report, hj_status status)
{
	if (!status || report->text.status)
		return;
	hj_text_free(&report->text);
	report->text.status = status;
}

void report_counts(const struct report *report, hj_text *out)
{
	static const char *const nouns[] = {"error", "warning", "info"};
	const char *between = "";
	for (size_t i = 0; i < 3; i++) {
		if (report->counts[i] == 0)
			continue;
		hj_text_str(out, between);
		hj_text_printf(out, "%zu %s", report->counts[i], nouns[i]);
		if (i != HJ_INFO_LEVEL && report->counts[i] > 1)
			hj_text_byte(out, 's');
		between = ", ";
	}
	if (report->found_in == 0)
		hj_text_str(out, "no findings");
	hj_text_str(out, " in ");
	if (report->found_in && report->found_in < report->files)
		hj_text_printf(out, "%zu of ", report->found_in);
	hj_text_printf(out, "%zu file%s", report->files, report->files == 1 ? "" : "s");
}

void report_aside(struct app *app, const struct report_file *file)
{
	struct report report;
	app_flush(app, &app->out);
	report_begin(&report, app, &app->err, report_format_find("text"));
	report_file(&report, file);
	report_end(&report);
}

void report_safe(hj_text *out, hj_slice text)
{
	if (text.size == 0)
		return;
	const char *at = text.data, *end = at + text.size, *plain = at;
	while (at < end) {
		uint32_t code;
		if (*at >= ' ' && *at <= '~') {
			at++;
			continue;
		}
		int size = hj_utf8_decode(at, end, &code);
		if (size && hj_unicode_printable(code)) {
			at += size;
			continue;
		}
		hj_text_append(out, hj_slice_of(plain, (size_t)(at - plain)));
		if (size == 0)
			hj_text_str(out, "\xEF\xBF\xBD");
		else
			hj_text_printf(out, code > 0xFFFF ? "\\u{%x}" : "\\u%04x", (unsigned)code);
		at += size ? size : 1;
		plain = at;
	}
	hj_text_append(out, hj_slice_of(plain, (size_t)(at - plain)));
}

hj_slice report_fix_text(const hj_finding *finding)
{
	if (finding->help.size)
		return finding->help;
	const hj_rule *rule = finding->rule;
	return hj_slice_str(rule->fix ? rule->fix : rule->summary);
}
