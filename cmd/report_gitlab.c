/*
 * GitLab's code quality report. A finding is known again by its fingerprint: path, rule, the names
 * that lead to the place, the text there, and a running number for repeats; neither lines nor
 * places in arrays, which move whenever something is put before.
 */
#include "cmd/escape.h"
#include "cmd/fingerprint.h"
#include "cmd/report.h"

#include <stdlib.h>

extern const struct report_format report_gitlab;

enum { MOST_HASHED = 256 }; /* bytes of a finding's own text */

/* -- where findings stand, all of a document in one walk ------------------------------------------ */

struct stand {
	uint32_t offset, finding;
};

/* A node that is open: the hash of the names on the way to it, and of the member at hand. */
struct level {
	uint64_t hash, member;
	uint32_t end;
	bool object;
};

struct levels {
	struct level *items;
	size_t count, capacity;
	const hj_allocator *allocator;
};

static int by_offset(const void *left, const void *right)
{
	const struct stand *a = left, *b = right;
	return a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* Closes what ends at or before the offset; the root stays. */
static void close_levels(struct levels *levels, uint32_t offset)
{
	while (levels->count > 1 && levels->items[levels->count - 1].end <= offset)
		levels->count--;
}

static hj_status open_level(struct levels *levels, const hj_source *source, const hj_node *node)
{
	close_levels(levels, node->start);
	struct level level = {.hash = FINGERPRINT_SEED, .end = node->end};
	struct level *parent = levels->count ? &levels->items[levels->count - 1] : NULL;
	if (parent && (node->bits & HJ_IS_NAME)) {
		level.hash = parent->member =
			fingerprint_mix(parent->hash, hj_source_slice(source, hj_node_span(node)));
	} else if (parent) {
		level.hash = parent->object ? parent->member
					    : fingerprint_mix(parent->hash, HJ_SLICE("[]"));
	}
	level.object = hj_node_kind(node) == HJ_OBJECT;
	level.member = level.hash;
	hj_status status = hj_grow(levels->allocator, &levels->items, &levels->capacity,
		levels->count + 1, sizeof *levels->items);
	if (!status)
		levels->items[levels->count++] = level;
	return status;
}

/* Sets hashes[i] to what leads to finding i. The stands are ordered by offset. */
static hj_status walk(const struct report_file *file, const struct stand *stands,
	struct levels *levels, uint64_t *hashes)
{
	const hj_node *nodes = hj_document_nodes(file->document);
	uint32_t node = 0, count = hj_document_count(file->document);
	hj_status status = HJ_OK;
	for (size_t i = 0; i < file->findings->count && !status; i++) {
		uint32_t offset = stands[i].offset;
		for (; node < count && nodes[node].start <= offset && !status; node++)
			status = open_level(levels, file->source, &nodes[node]);
		close_levels(levels, offset);
		hashes[stands[i].finding] =
			levels->count ? levels->items[levels->count - 1].hash : FINGERPRINT_SEED;
	}
	return status;
}

static hj_status find_places(
	struct report *report, const struct report_file *file, uint64_t *hashes)
{
	const hj_allocator *allocator = report->app->allocator;
	size_t count = file->findings->count;
	struct levels levels = {.allocator = allocator};
	struct stand *stands = hj_alloc(allocator, count * sizeof *stands);
	if (!stands)
		return HJ_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		stands[i] = (struct stand){file->findings->items[i].span.start, (uint32_t)i};
	qsort(stands, count, sizeof *stands, by_offset);
	hj_status status = walk(file, stands, &levels, hashes);
	hj_free(allocator, levels.items, levels.capacity * sizeof *levels.items);
	hj_free(allocator, stands, count * sizeof *stands);
	return status;
}

/* -- the report -------------------------------------------------------------------------------- */

static hj_status make_prints(
	struct report *report, const struct report_file *file, struct fingerprints *prints)
{
	const hj_findings *findings = file->findings;
	size_t size = findings->count * sizeof(uint64_t);
	uint64_t *hashes = hj_alloc(report->app->allocator, size);
	if (!hashes)
		return HJ_NO_MEMORY;
	hj_status status = find_places(report, file, hashes);
	for (size_t i = 0; i < findings->count && !status; i++) {
		const hj_finding *finding = &findings->items[i];
		hj_slice text = hj_source_slice(file->source, finding->span);
		text.size = text.size < MOST_HASHED ? text.size : MOST_HASHED;
		uint64_t hash = fingerprint_mix(hashes[i], escape_relative(file->path));
		hash = fingerprint_mix(hash, hj_slice_str(finding->rule->code));
		status = fingerprints_add(prints, fingerprint_mix(hash, text));
	}
	hj_free(report->app->allocator, hashes, size);
	fingerprints_count(prints);
	return status;
}

static void begin(struct report *report)
{
	hj_emit_array(&report->emit, NULL);
}

static void put_finding(struct report *report, const struct report_file *file,
	const hj_finding *finding, const struct fingerprint *print)
{
	static const char *const severities[] = {"major", "minor", "info"};
	hj_emit *emit = &report->emit;
	hj_text text;
	hj_text_init(&text, report->app->allocator);
	hj_emit_object(emit, NULL);
	hj_text_append(&text, finding->message);
	if (finding->help.size) {
		hj_text_str(&text, "; ");
		hj_text_append(&text, finding->help);
	}
	hj_emit_string(emit, "description", hj_text_slice(&text));
	hj_emit_string(emit, "check_name", hj_slice_str(finding->rule->name));
	hj_text_clear(&text);
	uint64_t hash = print->hash;
	if (print->count > 1) {
		hj_text_printf(&text, "%u", print->count);
		hash = fingerprint_mix(hash, hj_text_slice(&text));
		hj_text_clear(&text);
	}
	hj_text_printf(&text, "%016llx", (unsigned long long)hash);
	hj_emit_string(emit, "fingerprint", hj_text_slice(&text));
	hj_emit_string(emit, "severity", hj_slice_str(severities[finding->severity]));
	hj_emit_object(emit, "location");
	hj_emit_string(emit, "path", escape_relative(file->path));
	hj_emit_object(emit, "lines");
	hj_span span = finding->span;
	hj_emit_number(emit, "begin", hj_source_place(file->source, span.start, HJ_BYTES).line);
	hj_emit_number(emit, "end", hj_source_place(file->source, span.end, HJ_BYTES).line);
	hj_emit_end(emit);
	hj_emit_end(emit);
	hj_emit_end(emit);
	report_fail(report, text.status);
	hj_text_free(&text);
	report_pass(report, &report->text);
}

static void file(struct report *report, const struct report_file *file)
{
	if (file->findings->count == 0)
		return;
	struct fingerprints prints;
	fingerprints_init(&prints, report->app->allocator);
	hj_status status = make_prints(report, file, &prints);
	for (size_t i = 0; i < file->findings->count && !status; i++)
		put_finding(report, file, &file->findings->items[i], &prints.items[i]);
	fingerprints_free(&prints);
	report_fail(report, status);
	report_pass(report, &report->text);
}

static void end(struct report *report)
{
	hj_emit_end(&report->emit);
	hj_text_byte(&report->text, '\n');
	report_pass(report, &report->text);
}

const struct report_format report_gitlab = {
	.name = "gitlab",
	.summary = "GitLab's code quality report",
	.begin = begin,
	.file = file,
	.end = end,
};
