#include "cmd/test_report.h"

#include "cmd/report.h"

extern const struct test_format test_report_text, test_report_json, test_report_junit,
	test_report_tap;

/* A new format: a file test_report_NAME.c with one test_format, and its line in both lists here. */
static const struct test_format *const list[] = {
	&test_report_text,
	&test_report_json,
	&test_report_junit,
	&test_report_tap,
};

const struct test_format *test_format_find(const char *name)
{
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		if (strcmp(list[i]->name, name) == 0)
			return list[i];
	return NULL;
}

void test_report_begin(
	struct test_report *report, struct app *app, const struct test_format *format)
{
	*report = (struct test_report){.format = format, .app = app};
	hj_text_init(&report->text, app->allocator);
	hj_text_init(&report->words, app->allocator);
	hj_emit_init(&report->emit, &report->text, 2);
	if (format->begin)
		format->begin(report);
	test_report_pass(report);
}

void test_report_file(struct test_report *report, const struct test_file *file)
{
	const hj_assertions *all = &file->tested->assertions;
	report->files++;
	for (size_t i = 0; i < all->count; i++) {
		if (!file->chosen[i])
			continue;
		report->passed += all->items[i].pass == HJ_YES;
		report->failed += all->items[i].pass == HJ_NO;
		report->depending += all->items[i].pass == HJ_MAYBE;
	}
	report->format->file(report, file);
	test_report_pass(report);
}

bool test_report_end(struct test_report *report)
{
	report->format->end(report);
	test_report_pass(report);
	bool good = !report->text.status && !report->words.status;
	if (!good)
		app_out_of_memory(report->app, NULL);
	hj_text_free(&report->text);
	hj_text_free(&report->words);
	return good;
}

void test_report_pass(struct test_report *report)
{
	app_print(&report->app->out, hj_text_slice(&report->text));
	hj_text_clear(&report->text);
}

void test_report_loss(hj_text *out, const struct test_file *file, const hj_loss *loss)
{
	static const char *const parts[] = {"", "the source ", "the destination ", "the ports "};
	hj_rule_place_append(out, loss->rule);
	hj_text_printf(out, ", line %u: ", testing_line(file->document, loss->node));
	if (loss->part == HJ_PART_RULE && !loss->exercised) {
		hj_text_str(out, "no accept makes use of this rule");
		return;
	}
	hj_text_str(out, "nothing would notice the loss of ");
	hj_text_str(out, loss->part == HJ_PART_RULE ? "this rule" : parts[loss->part]);
	report_safe(out, hj_trim(loss->text));
}

const char *test_report_idle(hj_idle_reason reason)
{
	static const char *const texts[] = {"it stands there before",
		"there are no rules, so all is allowed", "no rule comes near it"};
	return texts[reason];
}
