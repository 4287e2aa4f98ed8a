/*
 * A text as a document, for tests: what is out of memory there, or cannot be, fails the test.
 *
 *     hj_document *document = document_of(HJ_SLICE("{}"));
 *     …
 *     document_free(document);          // and its source
 */
#ifndef TESTDATA_SUPPORT_DOCUMENT_H
#define TESTDATA_SUPPORT_DOCUMENT_H

#include "syntax/document.h"

#include <criterion/criterion.h>

/* The text is copied. It may be broken: then the document has an error. */
static inline hj_document *document_of(hj_slice text)
{
	hj_source *source;
	hj_document *document;
	cr_assert_eq(hj_source_copy(NULL, NULL, text, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	return document;
}

static inline void document_free(hj_document *document)
{
	hj_source *source = hj_document_source(document);
	hj_document_free(document);
	hj_source_free(source);
}

#endif
