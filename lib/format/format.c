#include "format/format.h"

#include "format/layout.h"
#include "format/print.h"

static hj_status print(
	const hj_document *document, const hj_format_options *options, hj_output *output)
{
	switch (options->style) {
	case HJ_MINIMIZED: hj_print_minimized(document, output); return HJ_OK;
	case HJ_STANDARD: hj_print_standard(document, output); return HJ_OK;
	case HJ_CANONICAL: break;
	}
	size_t count = hj_document_count(document);
	unsigned char *marks = hj_alloc(options->allocator, count);
	if (!marks)
		return HJ_NO_MEMORY;
	hj_status status = hj_layout(document, options->allocator, marks);
	if (!status)
		hj_print_canonical(document, marks, output);
	hj_free(options->allocator, marks, count);
	return status;
}

static const hj_format_options *or_default(const hj_format_options *options)
{
	static const hj_format_options canonical = {.style = HJ_CANONICAL};
	return options ? options : &canonical;
}

hj_status hj_format_stream(
	const hj_document *document, const hj_format_options *options, hj_sink sink, void *context)
{
	options = or_default(options);
	if (hj_document_error(document))
		return HJ_SYNTAX;
	hj_output output;
	hj_output_init(&output, document, options, sink, context);
	hj_status status = output.status ? output.status : print(document, options, &output);
	if (status && !output.status)
		output.status = status;
	return hj_output_finish(&output);
}

static hj_status append(void *text, hj_slice bytes)
{
	hj_text_append(text, bytes);
	return ((hj_text *)text)->status;
}

hj_status hj_format(const hj_document *document, const hj_format_options *options, hj_text *out)
{
	return hj_format_stream(document, options, append, out);
}

/* Prints for the tracker alone. */
static hj_status track(const hj_document *document, const hj_format_options *options,
	hj_edits *edits, bool *differs)
{
	options = or_default(options);
	if (hj_document_error(document))
		return HJ_SYNTAX;
	hj_output output;
	hj_output_init(&output, document, options, NULL, NULL);
	output.tracking = true;
	output.edits = edits;
	hj_status status = output.status ? output.status : print(document, options, &output);
	if (status && !output.status)
		output.status = status;
	status = hj_output_finish(&output);
	*differs = output.differs;
	return status;
}

hj_status hj_format_edits(
	const hj_document *document, const hj_format_options *options, hj_edits *edits)
{
	bool differs;
	return track(document, options, edits, &differs);
}

hj_status hj_format_is(const hj_document *document, const hj_format_options *options, bool *same)
{
	bool differs = false;
	hj_status status = track(document, options, NULL, &differs);
	*same = !differs;
	return status;
}
