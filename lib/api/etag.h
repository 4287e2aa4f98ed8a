/*
 * ETags of policies: the SHA-256 of the canonical text (tailnet API reference 5.2).
 */
#ifndef HJ_API_ETAG_H
#define HJ_API_ETAG_H

#include "base/text.h"

typedef struct hj_etag {
	char digits[64]; /* lower-case hexadecimal, without quotes */
} hj_etag;

/* HJ_SYNTAX: the text does not parse, so no service would give it an ETag. HJ_NO_MEMORY. */
hj_status hj_etag_of(hj_slice policy, const hj_allocator *allocator, hj_etag *out);
/* Is a header's value, with its quotes or without, this ETag? */
bool hj_etag_is(const hj_etag *etag, hj_slice header);
/* A header's value without quotes and the mark of a weak one. */
hj_slice hj_etag_bare(hj_slice header);

#endif
