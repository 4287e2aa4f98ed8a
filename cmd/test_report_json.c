/*
 * Assertions as one JSON object for the whole run, each in the shape that `check` gives it.
 */
#include "cmd/test_report.h"

extern const struct test_format test_report_json;

static void begin(struct test_report *report)
{
	hj_emit_object(&report->emit, NULL);
	hj_emit_array(&report->emit, "files");
}

static void put_rule(hj_emit *emit, const struct test_file *file, hj_rule_place place)
{
	static const char *const sections[] = {"", "acls", "grants", "ssh"};
	hj_emit_string(emit, "section", hj_slice_str(sections[place.section]));
	hj_emit_number(emit, "index", place.index);
	hj_emit_number(emit, "line", testing_line(file->document, place.node));
}

static void put_coverage(struct test_report *report, const struct test_file *file)
{
	static const char *const parts[] = {"rule", "src", "dst", "ports"};
	static const char *const reasons[] = {"repeated", "no-rules", "far"};
	const hj_coverage *coverage = &file->tested->coverage;
	hj_emit *emit = &report->emit;
	hj_emit_object(emit, "coverage");
	hj_emit_number(emit, "rules", coverage->rules);
	hj_emit_number(emit, "exercised", coverage->exercised);
	hj_emit_number(emit, "losses", coverage->loss_count);
	hj_emit_number(emit, "guarded", coverage->guarded);
	hj_emit_array(emit, "unguarded");
	for (uint32_t i = 0; i < coverage->loss_count; i++) {
		const hj_loss *loss = &coverage->losses[i];
		if (loss->guarded)
			continue;
		hj_emit_object(emit, NULL);
		put_rule(emit, file, loss->rule);
		hj_emit_string(emit, "part", hj_slice_str(parts[loss->part]));
		if (loss->part == HJ_PART_RULE)
			hj_emit_bool(emit, "exercised", loss->exercised);
		else
			hj_emit_string(emit, "text", loss->text);
		hj_emit_end(emit);
		test_report_pass(report);
	}
	hj_emit_end(emit);
	hj_emit_array(emit, "idle");
	for (uint32_t i = 0; i < coverage->idle_count; i++) {
		const hj_idle *idle = &coverage->idle[i];
		const hj_assertion *assertion = &file->tested->assertions.items[idle->assertion];
		hj_text_clear(&report->words);
		testing_name(&report->words, assertion);
		hj_emit_object(emit, NULL);
		hj_emit_string(emit, "name", hj_text_slice(&report->words));
		hj_emit_number(emit, "line", testing_line(file->document, assertion->node));
		hj_emit_string(emit, "reason", hj_slice_str(reasons[idle->reason]));
		hj_emit_end(emit);
	}
	hj_emit_end(emit);
	hj_emit_end(emit);
}

static void file(struct test_report *report, const struct test_file *file)
{
	const hj_assertions *all = &file->tested->assertions;
	hj_emit *emit = &report->emit;
	hj_emit_object(emit, NULL);
	hj_emit_string(emit, "path", hj_slice_str(file->path));
	hj_emit_array(emit, "tests");
	for (size_t i = 0; i < all->count; i++) {
		if (!file->chosen[i])
			continue;
		hj_emit_object(emit, NULL);
		testing_json(emit, file->document, &all->items[i]);
		hj_emit_end(emit);
		test_report_pass(report);
	}
	hj_emit_end(emit);
	if (file->tested->covered)
		put_coverage(report, file);
	hj_emit_end(emit);
}

static void end(struct test_report *report)
{
	hj_emit *emit = &report->emit;
	hj_emit_end(emit);
	hj_emit_object(emit, "summary");
	hj_emit_number(emit, "files", report->files);
	hj_emit_number(emit, "passed", report->passed);
	hj_emit_number(emit, "failed", report->failed);
	hj_emit_number(emit, "depending", report->depending);
	hj_emit_end(emit);
	hj_emit_end(emit);
	hj_text_byte(&report->text, '\n');
}

const struct test_format test_report_json = {
	.name = "json",
	.coverage = true,
	.begin = begin,
	.file = file,
	.end = end,
};
