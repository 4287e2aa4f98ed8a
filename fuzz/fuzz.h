/*
 * What every fuzz target shares. A target is one file fuzz_NAME.c with one LLVMFuzzerTestOneInput:
 * libFuzzer and AFL++ link it as it is, replay.c feeds it stored files under any compiler.
 *
 * A property that does not hold aborts with a sentence, so that a log says what broke.
 */
#ifndef HJ_FUZZ_FUZZ_H
#define HJ_FUZZ_FUZZ_H

#include "hujson.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition, ...)                                                                 \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);                            \
			fprintf(stderr, __VA_ARGS__);                                              \
			fputc('\n', stderr);                                                       \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/*
 * A source with a copy of the bytes; aborts when memory is out. Its padding is part of the block,
 * so that a sanitizer sees only reads past that.
 */
static inline hj_source *fuzz_source(const char *data, size_t size)
{
	hj_source *source = NULL;
	FUZZ_CHECK(hj_source_copy(NULL, "fuzz", hj_slice_of(data, size), &source) == HJ_OK,
		"no source");
	return source;
}

static inline hj_document *fuzz_parse(hj_source *source, unsigned options)
{
	hj_document *document = NULL;
	FUZZ_CHECK(hj_parse(source, options, &document) == HJ_OK, "no document");
	return document;
}

#endif
