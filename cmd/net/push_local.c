#include "cmd/git.h"
#include "cmd/net/push.h"
#include "cmd/report.h"
#include "lint/judge.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { INVENTORY_LIMIT = 256 << 20 };

int push_read_inventory(struct pushing *this, const char *path)
{
	struct app *app = this->app;
	hj_text text;
	hj_text_init(&text, app->allocator);
	hj_status status = hj_file_read(path, INVENTORY_LIMIT, &text);
	if (status == HJ_IO) {
		app_complain(app, path, "%s", strerror(errno));
		hj_text_free(&text);
		return EXIT_TROUBLE;
	}
	hj_findings findings;
	hj_findings_init(&findings, app->allocator);
	if (!status)
		status = hj_source_adopt(path, &text, &this->inventory_source);
	if (!status)
		status = hj_parse(this->inventory_source, 0, &this->inventory_document);
	if (!status && hj_document_error(this->inventory_document))
		status = HJ_SYNTAX;
	if (!status) {
		status = hj_inventory_bind(
			this->inventory_document, app->allocator, &findings, &this->inventory);
		this->has_inventory = status == HJ_OK;
	}
	int result = EXIT_CLEAN;
	for (size_t i = 0; i < findings.count && !result && !status; i++)
		if (findings.items[i].severity == HJ_ERROR_LEVEL) {
			app_complain(app, path, "%.*s", (int)findings.items[i].message.size,
				findings.items[i].message.data);
			result = EXIT_TROUBLE;
		}
	hj_findings_free(&findings);
	hj_text_free(&text);
	if (status == HJ_NO_MEMORY)
		return app_out_of_memory(app, path);
	if (status) {
		app_complain(app, path, "%s", hj_status_text(status));
		return EXIT_TROUBLE;
	}
	return result;
}

static void show_findings(struct app *app, struct input *input, const hj_document *document,
	const hj_findings *findings)
{
	struct report report;
	report_begin(&report, app, &app->out, report_format_find("text"));
	report_file(&report,
		&(struct report_file){.path = input->path,
			.source = input->source,
			.document = document,
			.findings = findings});
	report.status = EXIT_FOUND;
	report_end(&report);
}

/* --base: a file, REV:PATH, or a revision of the file itself. */
int push_read_base(struct pushing *this, const char *name)
{
	struct app *app = this->app;
	this->base_name = name;
	bool read;
	if (access(name, F_OK) == 0) {
		hj_status status = hj_file_read(name, HJ_SOURCE_MAX, &this->base);
		read = !status;
		if (status)
			app_complain(app, name, "%s",
				status == HJ_IO ? strerror(errno) : hj_status_text(status));
	} else {
		read = git_names(name) ? git_read(app, name, &this->base)
				       : git_read_file(app, name, this->path, &this->base);
	}
	if (!read)
		return EXIT_TROUBLE;
	this->has_base = true;
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_status status =
		hj_source_copy(app->allocator, name, hj_text_slice(&this->base), &source);
	if (!status)
		status = hj_parse(source, HJ_PARSE_FIRST_ERROR, &document);
	const hj_syntax_error *error = status ? NULL : hj_document_error(document);
	if (error)
		app_complain(app, name, "does not parse: %.*s", HJ_SLICE_ARGS(error->text));
	hj_document_free(document);
	hj_source_free(source);
	if (status)
		return app_out_of_memory(app, name);
	return error ? EXIT_TROUBLE : EXIT_CLEAN;
}

int push_check_local(struct pushing *this, struct input *input)
{
	struct app *app = this->app;
	hj_document *document;
	if (hj_parse(input->source, 0, &document))
		return app_out_of_memory(app, input->path);
	hj_judgement judgement;
	hj_status status = hj_judge(document, this->has_inventory ? &this->inventory : NULL,
		(hj_slice){NULL, 0}, app->allocator, &judgement);
	if (status) {
		hj_document_free(document);
		return app_out_of_memory(app, input->path);
	}
	int result = EXIT_CLEAN;
	bool syntax = hj_document_error(document) != NULL;
	/* Without an inventory a failed test may hang on what only the service knows. */
	bool knows = this->has_inventory || judgement.error_count == 0;
	if (judgement.status != 200 && knows) {
		size_t kept = 0;
		for (size_t i = 0; i < judgement.findings.count; i++)
			if (judgement.findings.items[i].refusal)
				judgement.findings.items[kept++] = judgement.findings.items[i];
		judgement.findings.count = kept;
		show_findings(app, input, document,
			syntax ? hj_document_findings(document) : &judgement.findings);
		app_complain(app, input->path, "nothing is sent: the service would refuse it: %.*s",
			(int)judgement.message.size, judgement.message.data);
		result = syntax ? EXIT_TROUBLE : EXIT_FOUND;
	}
	hj_judgement_free(&judgement);
	hj_document_free(document);
	return result;
}

int push_read_max_gained(struct pushing *this)
{
	const char *text = options_value(this->arguments, "max-gained");
	this->max_gained = UINT64_MAX;
	if (!text)
		return EXIT_CLEAN;
	char *end;
	errno = 0;
	this->max_gained = strtoull(text, &end, 10);
	if (errno || end == text || *end || text[0] < '0' || text[0] > '9')
		return options_misuse(
			this->app, this->arguments->command, "'%s' is no number", text);
	return EXIT_CLEAN;
}
