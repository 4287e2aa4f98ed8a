#include "cmd/net/local.h"

#include "cmd/report.h"

int local_read(struct app *app, const char *operand, struct local *out)
{
	*out = (struct local){0};
	if (!inputs_read(app, operand, NULL, &out->input))
		return EXIT_TROUBLE;
	if (hj_parse(out->input.source, 0, &out->document))
		return app_out_of_memory(app, out->input.path);
	return EXIT_CLEAN;
}

void local_free(struct local *local)
{
	hj_document_free(local->document);
	hj_source_free(local->input.source);
}

hj_slice local_text(const struct local *local)
{
	return (hj_slice){local->input.source->data, local->input.source->size};
}

/* -- where the service's message comes from -------------------------------------------------------------- */

/* The service names no place: those of our own findings that would have it say this. */
static hj_status find_places(const struct local *local, hj_slice message, hj_findings *findings)
{
	hj_lint_options options = {.fragment = HJ_FRAGMENT_NO, .unsuppressed = true};
	hj_status status = hj_lint(local->document, &options, findings);
	size_t kept = 0;
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].refusal &&
			hj_slice_equal(findings->items[i].service, message))
			findings->items[kept++] = findings->items[i];
	findings->count = kept;
	return status;
}

int local_show(struct app *app, const struct local *local, hj_slice message, const char *format)
{
	hj_findings found;
	hj_findings_init(&found, app->allocator);
	hj_status status = HJ_OK;
	const hj_findings *shown = hj_document_findings(local->document);
	if (!hj_document_error(local->document)) {
		status = find_places(local, message, &found);
		shown = &found;
	}
	if (!status && shown->count) {
		struct report report;
		report_begin(&report, app, &app->out, report_format_find(format));
		report_file(&report,
			&(struct report_file){.path = local->input.path,
				.source = local->input.source,
				.document = local->document,
				.findings = shown});
		report.status = EXIT_FOUND;
		report_end(&report);
	}
	hj_findings_free(&found);
	return status ? app_out_of_memory(app, local->input.path) : EXIT_CLEAN;
}
