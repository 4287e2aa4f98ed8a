#include "cmd/formatting.h"

#include "cmd/diff.h"
#include "cmd/replace.h"

static int complain(struct app *app, const char *path, hj_status status)
{
	if (status == HJ_TOO_LARGE)
		app_complain(app, path,
			"its formatted text would be over 16 times as long; --no-limit allows it");
	else
		app_complain(app, path, "%s", hj_status_text(status));
	return EXIT_TROUBLE;
}

enum { HELD = 64 * 1024 }; /* sources up to here are formatted in memory before they are printed */

/*
 * Can the canonical text be longer than its limit? No for all that people write. A text is indented
 * by at most two tabs more than it is deep, and padded to at most the widest stretch from a name to
 * its value; an invalid byte becomes three.
 */
static bool may_be_too_large(const hj_document *document, const hj_format_options *options)
{
	if (options->style != HJ_CANONICAL || options->limit == UINT64_MAX)
		return false;
	const hj_source *source = hj_document_source(document);
	const hj_node *nodes = hj_document_nodes(document);
	uint64_t count = hj_document_count(document), breaks = 2 * count + 2, names = 0, widest = 0;
	for (uint32_t i = 0; i + 1 < count; i++) {
		if (!(nodes[i].bits & HJ_IS_NAME))
			continue;
		uint64_t width = nodes[i + 1].start - nodes[i].start;
		widest = width > widest ? width : widest;
		names++;
	}
	const char *at = source->data, *end = at + source->size;
	if (!hj_document_standard(document))
		while ((at = memchr(at, '\n', (size_t)(end - at)))) {
			breaks++;
			at++;
		}
	/* In floating point nothing overflows, and a rough bound is all that is asked. */
	double most = 4.0 * source->size + (double)breaks * (hj_document_depth(document) + 3.0) +
		(double)names * (3.0 * (double)widest + 2.0) + (double)count;
	return most > (double)hj_format_default_limit(document);
}

static hj_status to_nowhere(void *context, hj_slice bytes)
{
	(void)context;
	(void)bytes;
	return HJ_OK;
}

static hj_status to_stream(void *context, hj_slice bytes)
{
	struct stream *out = context;
	app_print(out, bytes);
	return out->failed ? HJ_IO : HJ_OK;
}

/* Formats into formatting->text. */
static hj_status hold(struct formatting *formatting, const hj_document *document)
{
	hj_text_clear(&formatting->text);
	hj_status status = hj_format(document, &formatting->options, &formatting->text);
	if (status)
		hj_text_free(&formatting->text);
	return status;
}

/* Nothing is printed of a document that cannot be printed whole. */
static int print(struct app *app, struct formatting *formatting, const struct input *input,
	const hj_document *document)
{
	const hj_format_options *options = &formatting->options;
	hj_status status = HJ_OK;
	bool held = formatting->verify;
	if (!held && hj_document_source(document)->size <= HELD) {
		status = hold(formatting, document);
		held = true;
	}
	if (!status && held)
		app_print(&app->out, hj_text_slice(&formatting->text));
	else if (!status && may_be_too_large(document, options))
		status = hj_format_stream(document, options, to_nowhere, NULL);
	if (!status && !held)
		status = hj_format_stream(document, options, to_stream, &app->out);
	if (app->out.failed)
		return EXIT_TROUBLE; /* said when the stream is flushed */
	return status ? complain(app, input->path, status) : EXIT_CLEAN;
}

/* Formats into formatting->text and proves it. */
static bool verify(struct app *app, struct formatting *formatting, const struct input *input,
	const hj_document *document)
{
	hj_status status = hold(formatting, document);
	hj_verified verdict = HJ_NOT_VERIFIED;
	hj_text why;
	hj_text_init(&why, app->allocator);
	if (!status)
		status = hj_verify(
			document, hj_text_slice(&formatting->text), app->allocator, &verdict, &why);
	if (status)
		complain(app, input->path, status);
	else if (verdict == HJ_NOT_VERIFIED)
		app_complain(app, input->path, "not verified, left as it is: %.*s",
			HJ_SLICE_ARGS(hj_text_slice(&why)));
	hj_text_free(&why);
	return !status && verdict != HJ_NOT_VERIFIED;
}

static int show_diff(struct app *app, struct formatting *formatting, const struct input *input,
	const hj_document *document)
{
	hj_edits edits;
	hj_edits_init(&edits, app->allocator);
	hj_status status = hj_format_edits(document, &formatting->options, &edits);
	int result = EXIT_CLEAN;
	if (status)
		result = complain(app, input->path, status);
	else if (!diff_print(app, input->path, hj_document_source(document), &edits))
		result = EXIT_TROUBLE;
	hj_edits_free(&edits);
	return result;
}

struct production {
	const hj_document *document;
	const hj_format_options *options;
	hj_status status;
};

static hj_status to_change(void *context, hj_slice bytes)
{
	return hj_file_write(context, bytes);
}

static hj_status produce(hj_file_change *change, void *context)
{
	struct production *production = context;
	production->status =
		hj_format_stream(production->document, production->options, to_change, change);
	return production->status;
}

static int replace(struct app *app, struct formatting *formatting, const struct input *input,
	const hj_document *document)
{
	if (formatting->verify)
		return replace_text(app, input, hj_text_slice(&formatting->text)) ? EXIT_CLEAN
										  : EXIT_TROUBLE;
	struct production production = {document, &formatting->options, HJ_OK};
	if (replace_file(app, input, produce, &production))
		return EXIT_CLEAN;
	return production.status == HJ_TOO_LARGE ? complain(app, input->path, HJ_TOO_LARGE)
						 : EXIT_TROUBLE;
}

static void list(struct app *app, const struct formatting *formatting, const struct input *input)
{
	/* With NUL after it a name is for a program, else it may be for a terminal. */
	if (formatting->end)
		app_print_safe(&app->out, hj_slice_str(input->path));
	else
		app_print(&app->out, hj_slice_str(input->path));
	app_print(&app->out, hj_slice_of(&formatting->end, 1));
}

int formatting_apply(struct app *app, struct formatting *formatting, const struct input *input,
	const hj_document *document)
{
	if (formatting->verify && !verify(app, formatting, input, document))
		return EXIT_TROUBLE;
	if (!formatting->list && !formatting->diff && !formatting->write)
		return print(app, formatting, input, document);
	bool same;
	hj_status status = hj_format_is(document, &formatting->options, &same);
	if (status)
		return complain(app, input->path, status);
	if (same)
		return EXIT_CLEAN;
	/* A name that is listed as written has been written. */
	bool late = formatting->write;
	if (formatting->list && !late)
		list(app, formatting, input);
	int result = EXIT_CLEAN;
	if (formatting->diff)
		result = show_diff(app, formatting, input, document);
	if (!result && formatting->write)
		result = replace(app, formatting, input, document);
	if (result)
		return result;
	if (formatting->list && late)
		list(app, formatting, input);
	return formatting->write ? EXIT_CLEAN : EXIT_FOUND;
}
