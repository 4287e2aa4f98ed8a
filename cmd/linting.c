#include "cmd/linting.h"

#include "cmd/diff.h"
#include "cmd/replace.h"

static bool fails(const struct linting *linting, const hj_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].severity <= linting->settings.fail_level)
			return true;
	return false;
}

/* Where no report is open, standard output is taken: findings go to standard error. */
static void report(struct linting *linting, struct app *app, const struct report_file *file)
{
	if (linting->reporting) {
		outputs_file(&linting->outputs, file);
		return;
	}
	report_aside(app, file);
}

void linting_report_config(struct linting *linting)
{
	struct config_file *file = linting->settings.current;
	if (!file || !file->findings.count || file->reported)
		return;
	file->reported = true;
	report(linting, linting->settings.app,
		&(struct report_file){
			.path = file->path,
			.source = file->source,
			.document = file->document,
			.findings = &file->findings,
		});
}

/* Shows or writes what edits make of a document: `after`. */
static int deliver(struct linting *linting, struct app *app, const struct input *input,
	const hj_edits *edits, hj_slice after)
{
	bool changed = edits->count > 0;
	if (linting->diff && changed && !diff_print(app, input->path, input->source, edits))
		return EXIT_TROUBLE;
	bool write = linting->write || (linting->fix && !linting->diff);
	if (input->standard || !write) {
		if (!linting->diff)
			app_print(&app->out, after);
		return linting->diff && changed ? EXIT_FOUND : EXIT_CLEAN;
	}
	if (changed && !replace_text(app, input, after))
		return EXIT_TROUBLE;
	return linting->diff && changed ? EXIT_FOUND : EXIT_CLEAN;
}

/* -- fixes ------------------------------------------------------------------------------------- */

static int fix(
	struct linting *linting, struct app *app, struct input *input, const hj_document *document)
{
	hj_fixed fixed;
	hj_fix_options options = {.unsafe = linting->unsafe, .lint = &linting->settings.options};
	if (hj_fix(document, &options, app->allocator, &fixed))
		return app_out_of_memory(app, input->path);
	hj_slice after = hj_slice_of(fixed.source->data, fixed.source->size);
	int status = deliver(linting, app, input, &fixed.edits, after);
	if (status != EXIT_TROUBLE && !linting->diff) {
		/* What remains; of standard input the fixed text has been printed. */
		if (linting->reporting)
			report(linting, app,
				&(struct report_file){
					.path = input->path,
					.source = fixed.source,
					.document = fixed.document,
					.findings = &fixed.findings,
				});
		if (fails(linting, &fixed.findings))
			status = EXIT_FOUND;
	}
	hj_fixed_free(&fixed);
	return status;
}

/* -- comments ---------------------------------------------------------------------------------- */

/* Leaves the findings that make the run fail: those are what has to be ignored. */
static void keep_failing(const struct linting *linting, hj_findings *findings)
{
	size_t kept = 0;
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].severity <= linting->settings.fail_level)
			findings->items[kept++] = findings->items[i];
	findings->count = kept;
}

static int add_ignores(struct linting *linting, struct app *app, struct input *input,
	const hj_document *document, hj_findings *findings)
{
	hj_slice before = hj_slice_of(input->source->data, input->source->size);
	hj_edits edits;
	hj_text after;
	hj_edits_init(&edits, app->allocator);
	hj_text_init(&after, app->allocator);
	int result;
	keep_failing(linting, findings);
	hj_status status = hj_suppress_edits(document, findings, &edits);
	if (!status)
		status = hj_edits_apply(edits.items, edits.count, before, &after);
	if (status == HJ_SYNTAX) {
		report(linting, app,
			&(struct report_file){
				.path = input->path,
				.source = input->source,
				.document = document,
				.findings = hj_document_findings(document),
			});
		result = EXIT_TROUBLE;
	} else if (status) {
		app_complain(app, input->path, "%s", hj_status_text(status));
		result = EXIT_TROUBLE;
	} else {
		result = deliver(linting, app, input, &edits, hj_text_slice(&after));
	}
	hj_text_free(&after);
	hj_edits_free(&edits);
	return result == EXIT_FOUND ? EXIT_CLEAN : result;
}

/* -- one document ------------------------------------------------------------------------------ */

static int lint(
	struct linting *linting, struct app *app, struct input *input, const hj_document *document)
{
	hj_findings findings;
	hj_findings_init(&findings, app->allocator);
	int status = EXIT_CLEAN;
	if (hj_lint(document, &linting->settings.options, &findings)) {
		status = app_out_of_memory(app, input->path);
	} else if (linting->add_ignores) {
		status = add_ignores(linting, app, input, document, &findings);
	} else {
		report(linting, app,
			&(struct report_file){
				.path = input->path,
				.source = input->source,
				.document = document,
				.findings = &findings,
			});
		if (fails(linting, &findings))
			status = EXIT_FOUND;
	}
	hj_findings_free(&findings);
	return status;
}

int linting_visit(struct app *app, struct input *input, void *context)
{
	struct linting *linting = context;
	if (linting->reporting && outputs_refuse(&linting->outputs, input))
		return EXIT_TROUBLE;
	int status = settings_find(&linting->settings, input->standard ? "-" : input->path);
	if (status) {
		linting_report_config(linting);
		return status;
	}
	linting->settings.options.inventory = linting->knowledge.inventory;
	hj_document *document;
	if (hj_parse(input->source, 0, &document))
		return app_out_of_memory(app, input->path);
	status = linting->fix ? fix(linting, app, input, document)
			      : lint(linting, app, input, document);
	hj_document_free(document);
	return status;
}
