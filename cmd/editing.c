#include "cmd/editing.h"

#include "cmd/diff.h"
#include "cmd/options.h"
#include "cmd/replace.h"
#include "cmd/report.h"

/* Errors in a document are shown as `fmt` shows them. */
static bool parse(struct app *app, struct input *input, hj_document **out)
{
	if (hj_parse(input->source, 0, out)) {
		app_out_of_memory(app, input->path);
		return false;
	}
	if (!hj_document_error(*out))
		return true;
	report_aside(app,
		&(struct report_file){
			.path = input->path,
			.source = input->source,
			.document = *out,
			.findings = hj_document_findings(*out),
		});
	return false;
}

bool editing_open(struct app *app, const char *operand, struct opened *out)
{
	return inputs_read(app, operand, NULL, &out->input) &&
		parse(app, &out->input, &out->document);
}

void editing_show(struct app *app, const struct opened *opened, const hj_findings *findings)
{
	report_aside(app,
		&(struct report_file){
			.path = opened->input.path,
			.source = opened->input.source,
			.document = opened->document,
			.findings = findings,
		});
}

void editing_close(struct opened *opened)
{
	hj_document_free(opened->document);
	hj_source_free(opened->input.source);
}

/* The text as one word of a shell. */
static void quote_for_shell(hj_text *out, hj_slice text)
{
	hj_text_byte(out, '\'');
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '\'')
			hj_text_str(out, "'\\''");
		else
			hj_text_byte(out, text.data[i]);
	}
	hj_text_byte(out, '\'');
}

/* What most often went wrong: a string whose quotes the shell took. */
static void complain_of_value(struct app *app, hj_slice value, const hj_document *document)
{
	hj_slice why = hj_document_error(document)->text;
	if (hj_slice_starts(why, HJ_SLICE("hujson: "))) {
		why.data += 8;
		why.size -= 8;
	}
	hj_text string, word;
	hj_text_init(&string, app->allocator);
	hj_text_init(&word, app->allocator);
	if (value.size && !memchr("{[\"/", value.data[0], 4))
		hj_string_encode(value, &string);
	quote_for_shell(&word, hj_text_slice(&string));
	if (string.size && !word.status)
		app_complain(app, NULL, "VALUE is not HuJSON: %.*s; for a string write %.*s",
			HJ_SLICE_ARGS(why), HJ_SLICE_ARGS(hj_text_slice(&word)));
	else
		app_complain(app, NULL, "VALUE is not HuJSON: %.*s", HJ_SLICE_ARGS(why));
	hj_text_free(&string);
	hj_text_free(&word);
}

bool editing_open_value(struct app *app, const char *value, struct opened *out)
{
	hj_slice text = hj_slice_str(value);
	if (hj_source_copy(app->allocator, "VALUE", text, &out->input.source) ||
		hj_parse(out->input.source, 0, &out->document)) {
		app_out_of_memory(app, NULL);
		return false;
	}
	if (!hj_document_error(out->document))
		return true;
	complain_of_value(app, text, out->document);
	return false;
}

int editing_complain(
	struct app *app, const char *path, const char *pointer, hj_status status, hj_slice why)
{
	if (hj_slice_starts(why, HJ_SLICE("hujson: "))) {
		why.data += 8;
		why.size -= 8;
	}
	if (status == HJ_NO_MEMORY || !why.size)
		app_complain(app, path, "%s", hj_status_text(status));
	else if (pointer)
		app_complain(app, path, "%.*s: '%s'", HJ_SLICE_ARGS(why), pointer);
	else
		app_complain(app, path, "%.*s", HJ_SLICE_ARGS(why));
	return EXIT_TROUBLE;
}

/* The canonical form of a text that parses. */
static hj_status format_text(const hj_allocator *allocator, hj_slice text, hj_text *out)
{
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_status status = hj_source_copy(allocator, NULL, text, &source);
	if (!status)
		status = hj_parse(source, 0, &document);
	if (!status)
		status = hj_format(document, &(hj_format_options){.allocator = allocator}, out);
	hj_document_free(document);
	hj_source_free(source);
	return status;
}

hj_status editing_format_again(const struct opened *target, hj_edits *edits)
{
	const hj_allocator *allocator = edits->arena.allocator;
	const hj_source *source = target->input.source;
	hj_slice before = hj_slice_of(source->data, source->size);
	bool canonical = false;
	hj_status status = hj_format_is(
		target->document, &(hj_format_options){.allocator = allocator}, &canonical);
	if (status || !canonical || edits->count == 0)
		return status == HJ_TOO_LARGE ? HJ_OK : status;
	hj_text plain, formatted;
	hj_text_init(&plain, allocator);
	hj_text_init(&formatted, allocator);
	status = hj_edits_apply(edits->items, edits->count, before, &plain);
	if (!status)
		status = format_text(allocator, hj_text_slice(&plain), &formatted);
	if (!status) {
		hj_edits_free(edits);
		hj_edits_init(edits, allocator);
		status = hj_edits_between(before, hj_text_slice(&formatted), edits);
	}
	hj_text_free(&plain);
	hj_text_free(&formatted);
	return status;
}

int editing_deliver(struct app *app, const struct arguments *arguments, const struct opened *target,
	const hj_edits *edits)
{
	const hj_source *source = target->input.source;
	hj_slice before = hj_slice_of(source->data, source->size);
	bool write = options_has(arguments, "write"), diff = options_has(arguments, "diff");
	if (diff && !diff_print(app, target->input.path, source, edits))
		return EXIT_TROUBLE;
	if (diff && !write)
		return EXIT_CLEAN;
	hj_text after;
	hj_text_init(&after, app->allocator);
	hj_status status = hj_edits_apply(edits->items, edits->count, before, &after);
	int result = EXIT_CLEAN;
	if (status)
		result = editing_complain(app, target->input.path, NULL, status, HJ_SLICE(""));
	else if (!write)
		app_print(&app->out, hj_text_slice(&after));
	else if (!hj_slice_equal(before, hj_text_slice(&after)) &&
		!replace_text(app, &target->input, hj_text_slice(&after)))
		result = EXIT_TROUBLE;
	hj_text_free(&after);
	return result;
}
