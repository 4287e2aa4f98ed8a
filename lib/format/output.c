#include "format/output.h"

uint64_t hj_format_default_limit(const hj_document *document)
{
	return (uint64_t)hj_document_source(document)->size * 16 + (1U << 20);
}

void hj_output_init(hj_output *output, const hj_document *document,
	const hj_format_options *options, hj_sink sink, void *context)
{
	*output = (hj_output){
		.size = HJ_OUTPUT_SIZE + HJ_OUTPUT_SLACK,
		.left = options->limit ? options->limit : hj_format_default_limit(document),
		.sink = sink,
		.context = context,
		.allocator = options->allocator,
		.source = hj_document_source(document),
	};
	output->buffer = hj_alloc(output->allocator, output->size);
	if (!output->buffer) {
		output->size = 0;
		output->status = HJ_NO_MEMORY;
		return;
	}
	output->at = output->region = output->buffer;
	output->full = output->buffer + HJ_OUTPUT_SIZE;
}

/* A failed printer writes on into its buffer, again and again, until its loop sees the status. */
static bool fail(hj_output *output, hj_status status)
{
	if (!output->status)
		output->status = status;
	output->at = output->region = output->buffer;
	return false;
}

/* Gives what is finished to the sink; an open region stays when it is being tracked. */
static bool flush(hj_output *output)
{
	char *end = output->tracking ? output->region : output->at;
	size_t size = (size_t)(end - output->buffer), kept = (size_t)(output->at - end);
	if (output->status)
		return fail(output, output->status);
	if (size > output->left)
		return fail(output, HJ_TOO_LARGE);
	output->left -= size;
	if (size && output->sink) {
		hj_status status = output->sink(output->context, hj_slice_of(output->buffer, size));
		if (status)
			return fail(output, status);
	}
	memmove(output->buffer, end, kept);
	output->at = output->buffer + kept;
	output->region = output->buffer;
	return true;
}

bool hj_output_room(hj_output *output, size_t more)
{
	if (!output->buffer || !flush(output))
		return false;
	size_t needed;
	if (!hj_add((size_t)(output->at - output->buffer), more, &needed) ||
		!hj_add(needed, HJ_OUTPUT_SLACK, &needed))
		return fail(output, HJ_TOO_LARGE);
	if (needed <= output->size)
		return true;
	/* One piece larger than the buffer, say a long string: the buffer grows to hold it. A piece
	   that cannot fit the limit is not worth the memory. */
	if (more > output->left)
		return fail(output, HJ_TOO_LARGE);
	size_t used = (size_t)(output->at - output->buffer);
	if (hj_grow(output->allocator, &output->buffer, &output->size, needed, 1))
		return fail(output, HJ_NO_MEMORY);
	output->region = output->buffer;
	output->at = output->buffer + used;
	output->full = output->buffer + output->size - HJ_OUTPUT_SLACK;
	return true;
}

void hj_output_track(hj_output *output, uint32_t start)
{
	hj_span span = {output->source_at, start};
	hj_slice text = {output->region, (size_t)(output->at - output->region)};
	if (output->status || hj_slice_equal(text, hj_source_slice(output->source, span)))
		return;
	output->differs = true;
	if (output->edits)
		hj_edits_add(output->edits, span, text);
	if (output->edits && output->edits->status)
		fail(output, output->edits->status);
}

void hj_output_instead(hj_output *output, uint32_t start, uint32_t end, hj_slice text)
{
	if (output->tracking)
		hj_output_track(output, start);
	output->source_at = start;
	output->region = output->at;
	hj_output_bytes(output, text);
	if (output->tracking)
		hj_output_track(output, end);
	output->source_at = end;
	output->region = output->at;
}

hj_status hj_output_finish(hj_output *output)
{
	if (output->buffer) {
		if (output->tracking)
			hj_output_track(output, output->source->size);
		output->region = output->at;
		flush(output);
	}
	hj_free(output->allocator, output->buffer, output->size);
	output->buffer = NULL;
	return output->status;
}
