/*
 * Where a printed document goes: to a sink in pieces, and past a tracker that knows which source
 * bytes each piece stands for.
 *
 * A document is printed as tokens (literals and brackets, copied from the source) and the regions
 * between them (gaps, commas, colons, written anew). A region whose new text differs from the old
 * is an edit; that is all there is to "formatting as edits" and to "is it formatted already".
 */
#ifndef HJ_FORMAT_OUTPUT_H
#define HJ_FORMAT_OUTPUT_H

#include "format/format.h"

enum {
	HJ_OUTPUT_SIZE = 1 << 16, /* bytes collected before the sink is called */
	HJ_OUTPUT_SLACK = 64,     /* room past them for copies in steps of 16 */
};

typedef struct hj_output {
	char *at;      /* where the next byte goes */
	char *full;    /* flush at or past this */
	char *buffer;  /* HJ_OUTPUT_SIZE + HJ_OUTPUT_SLACK bytes, or more: see room */
	size_t size;   /* of the buffer, bytes */
	uint64_t left; /* bytes that may still be flushed before the limit */
	hj_sink sink;  /* NULL: what is flushed is dropped */
	void *context;
	hj_status status; /* the first failure; the printer stops soon after */
	const hj_allocator *allocator;
	/* The tracker. */
	const hj_source *source;
	uint32_t source_at; /* everything before has been printed */
	char *region;       /* where the text for the source from there on began */
	hj_edits *edits;    /* NULL: not wanted */
	bool tracking;      /* compare regions at all */
	bool differs;       /* some region did */
} hj_output;

/* Takes the limit from the options; status tells whether the buffer could be had. */
void hj_output_init(hj_output *output, const hj_document *document,
	const hj_format_options *options, hj_sink sink, void *context);
/* Flushes and frees; returns the first failure. */
hj_status hj_output_finish(hj_output *output);

/* Makes room for `more` bytes (beyond the slack) after at. False: stop. */
bool hj_output_room(hj_output *output, size_t more);
/* Ends a region at source offset `start`: compares and records. */
void hj_output_track(hj_output *output, uint32_t start);

static inline bool hj_output_reserve(hj_output *output, size_t more)
{
	return (size_t)(output->full - output->at) >= more || hj_output_room(output, more);
}

/* Appends bytes of a region. The caller has checked that there is room or calls the slow form. */
static inline void hj_output_bytes(hj_output *output, hj_slice bytes)
{
	if (bytes.size && hj_output_reserve(output, bytes.size)) {
		memcpy(output->at, bytes.data, bytes.size);
		output->at += bytes.size;
	}
}

/* Prints a token of the source as it is, which ends the region before it. */
static inline void hj_output_token(hj_output *output, uint32_t start, uint32_t end)
{
	if (output->tracking)
		hj_output_track(output, start);
	size_t size = end - start;
	if (!hj_output_reserve(output, size))
		return;
	/* Most tokens are short: 32 bytes without a call or a choice. Both sides have the room. */
	const char *from = output->source->data + start;
	if (size <= 32)
		memcpy(output->at, from, 32);
	else
		memcpy(output->at, from, size);
	output->at += size;
	output->source_at = end;
	output->region = output->at;
}

/* Prints other text in a token's place: a region of its own. */
void hj_output_instead(hj_output *output, uint32_t start, uint32_t end, hj_slice text);

#endif
