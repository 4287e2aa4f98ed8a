/*
 * Patches: both modes succeed together, say the same where they fail, and make documents that
 * parse and mean the same; the edits are minimal in that none changes nothing; no operations, no
 * edits.
 *
 * Input: a document, then a NUL and a patch; or a 0xFF and bytes that choose operations, values and
 * places in that document, four bytes an operation, so that most patches reach something.
 */
#include "fuzz/fuzz.h"
#include "syntax/patch_parts.h"

static void append_pointer(const hj_document *document, uint32_t choice, hj_text *out)
{
	static const char *const tails[] = {"", "", "", "", "/-", "/0", "/new", "/~0"};
	hj_text pointer;
	hj_text_init(&pointer, NULL);
	uint32_t count = hj_document_nodes(document)[0].next;
	hj_pointer_of(document, (choice >> 3) % count, &pointer);
	hj_text_str(&pointer, tails[choice & 7]);
	FUZZ_CHECK(hj_text_string(&pointer), "no memory");
	hj_string_encode(hj_text_slice(&pointer), out);
	hj_text_free(&pointer);
}

/* A patch of operations on the document, as the bytes choose. */
static void invent(const hj_document *document, hj_slice bytes, hj_text *out)
{
	static const char *const verbs[] = {"add", "remove", "replace", "move", "copy", "test"};
	static const char *const values[] = {
		"null", "[]", "{\n\t\"v\": 1,\n}", "[1, /* in */ 2 // end\n]", "[2,]", "{ }"};
	static const char *const before[] = {
		"\n", "\n\t// lead\n\t", "/* lead */ ", "\n\n// far\n\n/* near\n */\n", "\r\n"};
	static const char *const after[] = {
		"", ", // trail\n", ", /* trail */", "// trail\n", "\n", ", // one\n// two\n\n"};
	hj_text_byte(out, '[');
	for (size_t i = 0; i + 4 <= bytes.size && i < 64; i += 4) {
		const unsigned char *dice = (const unsigned char *)bytes.data + i;
		hj_text_printf(out, "{\"op\":\"%s\",\"path\":", verbs[dice[0] % 6]);
		append_pointer(document, dice[1], out);
		hj_text_str(out, ",\"from\":");
		append_pointer(document, dice[2], out);
		hj_text_printf(out, ",%s\"value\":%s%s},\n", before[dice[3] % 5],
			values[dice[0] / 6 % 6], after[dice[3] / 5 % 6]);
	}
	hj_text_byte(out, ']');
}

/* The patched text, or the sentence. */
static hj_status apply(
	const hj_document *document, const hj_document *patch, hj_patch_mode mode, hj_text *out)
{
	const hj_source *source = hj_document_source(document);
	hj_slice text = {source->data, source->size};
	hj_edits edits;
	hj_edits_init(&edits, NULL);
	hj_text_init(out, NULL);
	hj_status status = hj_patch_apply(document, patch, mode, &edits, out);
	FUZZ_CHECK(status == HJ_OK || (edits.count == 0 && out->size), "failed without a word");
	for (size_t i = 0; i < edits.count; i++) {
		hj_span span = edits.items[i].span;
		FUZZ_CHECK(!hj_slice_equal(hj_source_slice(source, span), edits.items[i].text),
			"an edit changes nothing");
	}
	if (status == HJ_OK)
		FUZZ_CHECK(hj_edits_apply(edits.items, edits.count, text, out) == HJ_OK,
			"the edits do not apply");
	hj_edits_free(&edits);
	return status;
}

/* The next comment at or after `at`, without white space, in `out`; NULL after the last one. */
static const char *next_comment(const char *at, const char *end, hj_text *out)
{
	hj_text_clear(out);
	while (at < end && *at != '/') {
		if (*at == '"') {
			for (at++; *at != '"'; at++)
				at += *at == '\\';
		}
		at++;
	}
	if (at == end)
		return NULL;
	hj_gap gap = {at, end};
	hj_gap_piece piece;
	hj_gap_next(&gap, &piece);
	for (at = piece.start; at < piece.end; at++) {
		if (!hj__is_space(*at))
			hj_text_byte(out, *at);
	}
	return piece.end;
}

/* Every comment that the reference keeps is kept. Copies do not count: they are fewer in ours. */
static void check_comments(const hj_text *reference, const hj_text *kind)
{
	hj_text comment;
	hj_arena arena;
	hj_map kept;
	hj_text_init(&comment, NULL);
	hj_arena_init(&arena, NULL);
	hj_map_init(&kept, NULL);
	const char *end = kind->data + kind->size;
	for (const char *at = kind->data; (at = next_comment(at, end, &comment));) {
		bool ok = true;
		hj_slice copy = hj_arena_copy(&arena, hj_text_slice(&comment), &ok);
		FUZZ_CHECK(ok && !hj_map_put(&kept, copy, 0, NULL, NULL), "no memory");
	}
	end = reference->data + reference->size;
	for (const char *at = reference->data; (at = next_comment(at, end, &comment));)
		FUZZ_CHECK(hj_map_get(&kept, hj_text_slice(&comment)), "lost %.*s in %.*s",
			HJ_SLICE_ARGS(hj_text_slice(&comment)), HJ_SLICE_ARGS(hj_text_slice(kind)));
	hj_map_free(&kept);
	hj_arena_free(&arena);
	hj_text_free(&comment);
}

static void check(const hj_document *document, const hj_document *patch)
{
	hj_text reference, kind;
	hj_status status = apply(document, patch, HJ_PATCH_REFERENCE, &reference);
	FUZZ_CHECK(apply(document, patch, HJ_PATCH_KIND, &kind) == status, "one mode succeeds");
	if (status) {
		FUZZ_CHECK(hj_slice_equal(hj_text_slice(&reference), hj_text_slice(&kind)),
			"two sentences: %.*s", HJ_SLICE_ARGS(hj_text_slice(&kind)));
	} else {
		hj_source *source_a = fuzz_source(reference.data, reference.size);
		hj_source *source_b = fuzz_source(kind.data, kind.size);
		hj_document *a = fuzz_parse(source_a, 0), *b = fuzz_parse(source_b, 0);
		bool same = false;
		FUZZ_CHECK(!hj_document_error(a), "does not parse: %.*s",
			HJ_SLICE_ARGS(hj_text_slice(&reference)));
		FUZZ_CHECK(!hj_document_error(b), "does not parse: %.*s",
			HJ_SLICE_ARGS(hj_text_slice(&kind)));
		FUZZ_CHECK(hj__same_json(a, 0, b, 0, NULL, &same) == HJ_OK && same,
			"two meanings: %.*s", HJ_SLICE_ARGS(hj_text_slice(&kind)));
		check_comments(&reference, &kind);
		hj_document_free(a);
		hj_document_free(b);
		hj_source_free(source_a);
		hj_source_free(source_b);
	}
	hj_text_free(&reference);
	hj_text_free(&kind);
}

static void check_nothing(const hj_document *document)
{
	hj_source *source = fuzz_source("[ // nothing\n]", 14);
	hj_document *patch = fuzz_parse(source, 0);
	for (unsigned mode = 0; mode < 2; mode++) {
		hj_edits edits;
		hj_text why;
		hj_edits_init(&edits, NULL);
		hj_text_init(&why, NULL);
		hj_status status =
			hj_patch_apply(document, patch, (hj_patch_mode)mode, &edits, &why);
		FUZZ_CHECK(status == HJ_OK && edits.count == 0, "no operations, but edits");
		hj_edits_free(&edits);
		hj_text_free(&why);
	}
	hj_document_free(patch);
	hj_source_free(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t split = 0;
	while (split < size && data[split] != 0 && data[split] != 0xFF)
		split++;
	if (split == size)
		return 0;
	const char *text = (const char *)data;
	hj_source *source = fuzz_source(text, split);
	hj_document *document = fuzz_parse(source, 0);
	hj_slice rest = {text + split + 1, size - split - 1};
	hj_text invented;
	hj_text_init(&invented, NULL);
	if (data[split] == 0xFF && !hj_document_error(document)) {
		invent(document, rest, &invented);
		rest = hj_text_slice(&invented);
	}
	hj_source *patch_source = fuzz_source(rest.data, rest.size);
	hj_document *patch = fuzz_parse(patch_source, 0);
	check(document, patch);
	if (!hj_document_error(document))
		check_nothing(document);
	hj_document_free(patch);
	hj_source_free(patch_source);
	hj_text_free(&invented);
	hj_document_free(document);
	hj_source_free(source);
	return 0;
}
