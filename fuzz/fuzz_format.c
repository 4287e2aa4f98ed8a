/*
 * The formatter in its three styles against the plain twin, in its four forms (text, stream, edits,
 * yes or no) against each other, and the promises of the specification's section 13.
 */
#include "fuzz/fuzz.h"
#include "fuzz/twin_format.h"

static hj_status append(void *context, hj_slice bytes)
{
	hj_text_append(context, bytes);
	return HJ_OK;
}

static void styled(const hj_document *document, hj_style style, hj_text *out)
{
	hj_format_options options = {.style = style, .limit = UINT64_MAX};
	hj_text_init(out, NULL);
	FUZZ_CHECK(hj_format(document, &options, out) == HJ_OK, "style %d failed", (int)style);
	hj_text_byte(out, '\0'); /* never NULL, printable in a debugger */
	out->size--;
}

static void check_forms(hj_source *source, const hj_document *document, hj_style style)
{
	static const enum twin_way ways[] = {TWIN_FORMAT, TWIN_MINIMIZE, TWIN_STANDARDIZE};
	hj_format_options options = {.style = style, .limit = UINT64_MAX};
	hj_slice bytes = hj_slice_of(source->data, source->size);
	hj_text out, stream, edited;
	styled(document, style, &out);

	hj_text_init(&stream, NULL);
	FUZZ_CHECK(hj_format_stream(document, &options, append, &stream) == HJ_OK, "no stream");
	FUZZ_CHECK(hj_slice_equal(hj_text_slice(&out), hj_text_slice(&stream)),
		"the stream is another text");
	hj_text_free(&stream);

	bool same = hj_slice_equal(bytes, hj_text_slice(&out)), is = !same;
	FUZZ_CHECK(hj_format_is(document, &options, &is) == HJ_OK && is == same,
		"hj_format_is says %d", (int)is);

	if (style == HJ_CANONICAL) {
		hj_edits edits;
		hj_edits_init(&edits, NULL);
		hj_text_init(&edited, NULL);
		FUZZ_CHECK(hj_format_edits(document, &options, &edits) == HJ_OK && !edits.status,
			"no edits");
		FUZZ_CHECK((edits.count == 0) == same, "%zu edits for a text that is %s",
			edits.count, same ? "the same" : "another");
		FUZZ_CHECK(hj_edits_apply(edits.items, edits.count, bytes, &edited) == HJ_OK,
			"the edits do not apply");
		FUZZ_CHECK(hj_slice_equal(hj_text_slice(&out), hj_text_slice(&edited)),
			"the edits make another text");
		hj_text_free(&edited);
		hj_edits_free(&edits);
	}

	struct twin_text twin;
	if (twin_run(ways[style], source->data, source->size, &twin) != TWIN_TOO_DEEP)
		FUZZ_CHECK(hj_slice_equal(hj_text_slice(&out), hj_slice_of(twin.data, twin.size)),
			"style %d\n-- twin:\n%s\n-- hujson:\n%s", (int)style, twin.data, out.data);
	free(twin.data);
	hj_text_free(&out);
}

/* Formatting again: the same, or the one known exception, and then a third time the same. */
static void check_again(const hj_document *document)
{
	hj_text once, twice, thrice, why;
	styled(document, HJ_CANONICAL, &once);
	hj_source *source = fuzz_source(once.data, once.size);
	hj_document *again = fuzz_parse(source, 0);
	FUZZ_CHECK(!hj_document_error(again), "formatted text does not parse");
	FUZZ_CHECK(!hj_document_standard(document) || hj_document_standard(again),
		"standard JSON became something else");
	styled(again, HJ_CANONICAL, &twice);
	bool same = hj_slice_equal(hj_text_slice(&once), hj_text_slice(&twice));

	hj_verified verdict = HJ_NOT_VERIFIED;
	hj_text_init(&why, NULL);
	FUZZ_CHECK(hj_verify(document, hj_text_slice(&once), NULL, &verdict, &why) == HJ_OK,
		"no verdict");
	FUZZ_CHECK(verdict == (same ? HJ_VERIFIED : HJ_VERIFIED_NOT_IDEMPOTENT),
		"verdict %d, idempotent %d: %.*s", (int)verdict, (int)same,
		HJ_SLICE_ARGS(hj_text_slice(&why)));
	hj_text_free(&why);

	hj_source *second = fuzz_source(twice.data, twice.size);
	hj_document *third = fuzz_parse(second, 0);
	styled(third, HJ_CANONICAL, &thrice);
	FUZZ_CHECK(hj_slice_equal(hj_text_slice(&twice), hj_text_slice(&thrice)),
		"a third pass changes something");

	hj_text_free(&thrice);
	hj_document_free(third);
	hj_source_free(second);
	hj_text_free(&twice);
	hj_document_free(again);
	hj_source_free(source);
	hj_text_free(&once);
}

/* Standardized text has the source's length and lines, and is standard; minimized is standard. */
static void check_styles(hj_source *source, const hj_document *document)
{
	for (int style = HJ_MINIMIZED; style <= HJ_STANDARD; style++) {
		hj_text out, again;
		styled(document, (hj_style)style, &out);
		hj_source *other = fuzz_source(out.data, out.size);
		hj_document *parsed = fuzz_parse(other, 0);
		FUZZ_CHECK(!hj_document_error(parsed) && hj_document_standard(parsed),
			"style %d is not standard JSON", style);
		FUZZ_CHECK(hj_document_count(parsed) == hj_document_count(document),
			"style %d has other tokens", style);
		if (style == HJ_STANDARD)
			FUZZ_CHECK(out.size == source->size &&
					hj_source_line_count(other) == hj_source_line_count(source),
				"standardizing moved something");
		styled(parsed, (hj_style)style, &again);
		FUZZ_CHECK(hj_slice_equal(hj_text_slice(&out), hj_text_slice(&again)),
			"style %d is not idempotent", style);
		hj_text_free(&again);
		hj_document_free(parsed);
		hj_source_free(other);
		hj_text_free(&out);
	}
}

/* A bound on the output: kept exactly, and nothing past it reaches the sink. */
static void check_limit(const hj_document *document)
{
	hj_text out, cut;
	styled(document, HJ_CANONICAL, &out);
	hj_format_options options = {.style = HJ_CANONICAL, .limit = out.size};
	hj_text_init(&cut, NULL);
	FUZZ_CHECK(hj_format(document, &options, &cut) == HJ_OK, "an exact limit is too small");
	hj_text_free(&cut);
	if (out.size > 1) {
		options.limit = out.size - 1;
		hj_text_init(&cut, NULL);
		FUZZ_CHECK(hj_format(document, &options, &cut) == HJ_TOO_LARGE, "limit passed");
		hj_text_free(&cut);
	}
	hj_text_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hj_source *source = fuzz_source((const char *)data, size);
	hj_document *document = fuzz_parse(source, HJ_PARSE_FIRST_ERROR);
	if (hj_document_error(document)) {
		hj_text out;
		hj_text_init(&out, NULL);
		FUZZ_CHECK(hj_format(document, NULL, &out) == HJ_SYNTAX && out.size == 0,
			"formatted what does not parse");
		hj_text_free(&out);
	} else if (hj_document_depth(document) <= 1000) {
		for (int style = HJ_CANONICAL; style <= HJ_STANDARD; style++)
			check_forms(source, document, (hj_style)style);
		check_again(document);
		check_styles(source, document);
		check_limit(document);
	}
	hj_document_free(document);
	hj_source_free(source);
	return 0;
}
