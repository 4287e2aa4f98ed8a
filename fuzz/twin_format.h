/*
 * The plain twin: parser, formatter, minimizer and standardizer once more, written straight from
 * the format's specification (sections 1 to 9) with none of the library's cleverness. It recurses,
 * allocates a block for everything and copies whenever it can; it shares no parser, no gap code and
 * no formatter with the library. Tests and fuzzing hold the two against each other byte for byte.
 *
 * It is slow, it aborts when memory is out, and it refuses documents nested deeper than
 * TWIN_DEPTH_MAX. Nothing but tests and fuzz targets may use it.
 */
#ifndef HJ_FUZZ_TWIN_FORMAT_H
#define HJ_FUZZ_TWIN_FORMAT_H

#include <stddef.h>

enum { TWIN_DEPTH_MAX = 2000 };

enum twin_way {
	TWIN_PACK, /* parse and print unchanged */
	TWIN_FORMAT,
	TWIN_MINIMIZE,
	TWIN_STANDARDIZE,
};

enum twin_status {
	TWIN_OK,
	TWIN_SYNTAX,   /* the document does not parse; the text is the error */
	TWIN_TOO_DEEP, /* more than TWIN_DEPTH_MAX containers inside one another; no text */
};

struct twin_text {
	char *data; /* owned by whoever asked; free with free(); a NUL follows the bytes */
	size_t size;
};

/* Runs one way over a document. *out is always set; its data is never NULL. */
enum twin_status twin_run(enum twin_way way, const char *data, size_t size, struct twin_text *out);

/*
 * One string token (quotes included) → what it means (specification 8.1), for readers of test data
 * that want no help from the code under test.
 */
void twin_decode(const char *token, size_t size, struct twin_text *out);

#endif
