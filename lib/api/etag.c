#include "api/etag.h"

#include "api/message.h"
#include "format/format.h"

hj_status hj_etag_of(hj_slice policy, const hj_allocator *allocator, hj_etag *out)
{
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_text text;
	hj_text_init(&text, allocator);
	hj_status status = hj_source_copy(allocator, "policy", policy, &source);
	if (!status)
		status = hj_parse(source, HJ_PARSE_FIRST_ERROR, &document);
	if (!status && hj_document_error(document))
		status = HJ_SYNTAX;
	if (!status)
		status = hj_format(document,
			&(hj_format_options){
				.style = HJ_CANONICAL, .limit = UINT64_MAX, .allocator = allocator},
			&text);
	if (!status)
		hj_sha256_hex(hj_text_slice(&text), out->digits);
	hj_text_free(&text);
	hj_document_free(document);
	hj_source_free(source);
	return status;
}

hj_slice hj_etag_bare(hj_slice header)
{
	if (hj_slice_starts(header, HJ_SLICE("W/")))
		header = (hj_slice){header.data + 2, header.size - 2};
	if (header.size >= 2 && header.data[0] == '"' && header.data[header.size - 1] == '"')
		header = (hj_slice){header.data + 1, header.size - 2};
	return header;
}

bool hj_etag_is(const hj_etag *etag, hj_slice header)
{
	return hj_slice_equal(hj_etag_bare(header), (hj_slice){etag->digits, sizeof etag->digits});
}
