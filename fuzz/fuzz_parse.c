/*
 * The parser: nodes and gaps tile the source, errors and findings agree, the first error is the
 * twin's, stopping at it changes nothing, and places can be found again.
 */
#include "fuzz/fuzz.h"
#include "fuzz/twin_format.h"

static bool same_nodes(const hj_document *a, const hj_document *b)
{
	uint32_t count = hj_document_count(a);
	return count == hj_document_count(b) &&
		memcmp(hj_document_nodes(a), hj_document_nodes(b), count * sizeof(hj_node)) == 0;
}

static void check_error(hj_source *source, const hj_syntax_error *error)
{
	FUZZ_CHECK(error->offset <= source->size, "the error is past the end");
	hj_place place = hj_source_place(source, error->offset, HJ_BYTES);
	char head[80];
	int size = snprintf(
		head, sizeof head, "hujson: line %u, column %u: ", place.line, place.column);
	FUZZ_CHECK(hj_slice_starts(error->text, hj_slice_of(head, (size_t)size)),
		"the error's place is not its offset: %s against %.*s", head,
		HJ_SLICE_ARGS(error->text));
}

static void check_findings(const hj_source *source, const hj_findings *findings)
{
	uint32_t last = 0;
	FUZZ_CHECK(findings->status == HJ_OK, "findings failed");
	for (size_t i = 0; i < findings->count; i++) {
		const hj_finding *finding = &findings->items[i];
		FUZZ_CHECK(finding->span.start <= finding->span.end &&
				finding->span.end <= source->size,
			"a finding is outside the source");
		FUZZ_CHECK(finding->span.start >= last, "findings are not in order");
		last = finding->span.start;
		FUZZ_CHECK(finding->message.size && hj_utf8_valid(finding->message),
			"a finding without a readable message");
		for (size_t k = 0; k < finding->related_count; k++)
			FUZZ_CHECK(finding->related[k].span.start <= finding->related[k].span.end &&
					finding->related[k].span.end <= source->size,
				"a related place is outside the source");
		if (finding->edit_count) {
			hj_text out;
			hj_text_init(&out, NULL);
			FUZZ_CHECK(hj_edits_apply(finding->edits, finding->edit_count,
					   hj_slice_of(source->data, source->size), &out) == HJ_OK,
				"a fix does not apply");
			hj_text_free(&out);
		}
	}
}

/*
 * The place of an offset leads back to it; but for an offset inside a character to that character's
 * start, and for the LF of a CRLF to the line's end, which is before the CR.
 */
static void check_places(hj_source *source)
{
	for (uint32_t i = 0; i < 16; i++) {
		uint32_t offset = source->size ? (i * 2654435761U) % (source->size + 1) : 0;
		bool crlf = offset && offset < source->size && source->data[offset] == '\n' &&
			source->data[offset - 1] == '\r';
		for (int unit = HJ_BYTES; unit <= HJ_UTF16; unit++) {
			hj_place place = hj_source_place(source, offset, (hj_unit)unit);
			uint32_t back = hj_source_offset(source, place, (hj_unit)unit);
			uint32_t off = unit == HJ_BYTES ? 0 : 3;
			FUZZ_CHECK(back <= offset && offset - back <= off + crlf,
				"offset %u, unit %d, is at %u:%u, which is offset %u", offset, unit,
				place.line, place.column, back);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	hj_source *source = fuzz_source(bytes, size);
	hj_document *document = fuzz_parse(source, 0);
	hj_document *again = fuzz_parse(source, 0);
	hj_document *first = fuzz_parse(source, HJ_PARSE_FIRST_ERROR);

	const char *broken = hj_document_check(document);
	FUZZ_CHECK(!broken, "%s", broken);
	FUZZ_CHECK(same_nodes(document, again), "the same bytes gave other nodes");
	FUZZ_CHECK(hj_document_standard(document) == hj_document_standard(again),
		"standard or not changed");

	const hj_syntax_error *error = hj_document_error(document);
	const hj_syntax_error *other = hj_document_error(first);
	const hj_findings *findings = hj_document_findings(document);
	FUZZ_CHECK((error != NULL) == (findings->count > 0), "error and findings disagree");
	FUZZ_CHECK((error != NULL) == (other != NULL), "stopping at the first error lost it");
	if (error) {
		FUZZ_CHECK(
			error->offset == other->offset && hj_slice_equal(error->text, other->text),
			"stopping at the first error changed it");
		check_error(source, error);
		check_findings(source, findings);
	} else {
		FUZZ_CHECK(same_nodes(document, first), "stopping at no error changed nodes");
	}

	struct twin_text text;
	enum twin_status status = twin_run(TWIN_PACK, bytes, size, &text);
	if (status != TWIN_TOO_DEEP) {
		hj_slice twin = hj_slice_of(text.data, text.size);
		FUZZ_CHECK((status == TWIN_SYNTAX) == (error != NULL), "the twin says: %.*s",
			HJ_SLICE_ARGS(twin));
		FUZZ_CHECK(hj_slice_equal(twin, error ? error->text : hj_slice_of(bytes, size)),
			"the twin says: %.*s", HJ_SLICE_ARGS(twin));
	}
	free(text.data);
	check_places(source);

	hj_document_free(first);
	hj_document_free(again);
	hj_document_free(document);
	hj_source_free(source);
	return 0;
}
