#include "syntax/patch.h"

#include "syntax/patch_parts.h"
#include "syntax/pointer.h"
#include "testdata/support/document.h"
#include "testdata/support/golden.h"

#include <criterion/criterion.h>

/* Applies a patch; `out` gets the new text or the sentence. False: the sentence. */
static bool patch(hj_slice document, hj_slice operations, hj_patch_mode mode, hj_text *out)
{
	hj_document *doc = document_of(document), *ops = document_of(operations);
	hj_edits edits;
	hj_edits_init(&edits, NULL);
	hj_status status = hj_patch_apply(doc, ops, mode, &edits, out);
	if (!status) {
		cr_assert_eq(out->size, 0);
		cr_assert_eq(hj_edits_apply(edits.items, edits.count, document, out), HJ_OK);
	} else {
		cr_assert_eq(edits.count, 0);
	}
	for (size_t i = 0; i < edits.count; i++) {
		hj_span span = edits.items[i].span;
		hj_slice old = {document.data + span.start, span.end - span.start};
		cr_expect(!hj_slice_equal(old, edits.items[i].text), "an edit changes nothing");
	}
	hj_edits_free(&edits);
	document_free(doc);
	document_free(ops);
	return !status;
}

static void expect_text(const char *name, const char *what, hj_slice got, hj_slice want)
{
	cr_expect(hj_slice_equal(got, want), "%s, %s:\ngot:\n%.*s\nwanted:\n%.*s", name, what,
		(int)got.size, got.data, (int)want.size, want.data);
}

/* -- comments of a text, without their white space ---------------------------------------------- */

typedef struct comments {
	hj_slice items[512];
	size_t count;
	char *bytes;
} comments;

static int by_bytes(const void *a, const void *b)
{
	const hj_slice *x = a, *y = b;
	size_t least = x->size < y->size ? x->size : y->size;
	int order = memcmp(x->data, y->data, least);
	return order ? order : (x->size > y->size) - (x->size < y->size);
}

static comments comments_of(hj_slice text)
{
	comments out = {.bytes = malloc(text.size + 1)};
	char *at = out.bytes;
	cr_assert_not_null(at);
	for (size_t i = 0; i < text.size;) {
		if (text.data[i] == '"') {
			for (i++; text.data[i] != '"'; i++)
				i += text.data[i] == '\\';
			i++;
			continue;
		}
		if (text.data[i] != '/') {
			i++;
			continue;
		}
		hj_gap gap = {text.data + i, text.data + text.size};
		hj_gap_piece piece;
		hj_gap_next(&gap, &piece);
		hj_slice *comment = &out.items[out.count++];
		cr_assert_lt(out.count, 512);
		comment->data = at;
		for (const char *byte = piece.start; byte < piece.end; byte++) {
			if (!hj__is_space(*byte))
				*at++ = *byte;
		}
		comment->size = (size_t)(at - comment->data);
		i = (size_t)(piece.end - text.data);
	}
	qsort(out.items, out.count, sizeof *out.items, by_bytes);
	return out;
}

/* Is every comment of `kept` in `all`? As often, unless copies do not count. */
static bool has_all(hj_slice all, hj_slice kept, bool copies)
{
	comments a = comments_of(all), k = comments_of(kept);
	size_t found = 0;
	for (size_t i = 0; i < a.count && found < k.count; i++) {
		while (found < k.count && by_bytes(&a.items[i], &k.items[found]) == 0) {
			found++;
			if (copies)
				break;
		}
	}
	bool whole = found == k.count;
	free(a.bytes);
	free(k.bytes);
	return whole;
}

/* -- what both modes promise about one case ----------------------------------------------------- */

static void expect_agreement(const char *name, hj_slice document, hj_slice operations)
{
	hj_text reference, kind;
	hj_text_init(&reference, NULL);
	hj_text_init(&kind, NULL);
	bool done = patch(document, operations, HJ_PATCH_REFERENCE, &reference);
	bool too = patch(document, operations, HJ_PATCH_KIND, &kind);
	cr_expect_eq(done, too, "%s: one mode succeeds", name);
	hj_slice r = hj_text_slice(&reference), k = hj_text_slice(&kind);
	if (!done) {
		expect_text(name, "the sentence", k, r);
	} else {
		hj_document *a = document_of(r), *b = document_of(k);
		const hj_syntax_error *error = hj_document_error(b);
		cr_expect_null(hj_document_error(a), "%s: does not parse", name);
		cr_expect_null(error, "%s: %.*s in\n%.*s", name,
			(int)(error ? error->text.size : 0), error ? error->text.data : "",
			(int)k.size, k.data);
		bool same = false;
		if (!error)
			hj__same_json(a, 0, b, 0, NULL, &same);
		cr_expect(same, "%s: means something else:\n%.*s\nand\n%.*s", name, (int)r.size,
			r.data, (int)k.size, k.data);
		/* A comment on the line of the item before is copied by the reference alone. */
		bool copies = !memmem(operations.data, operations.size, "copy", 4);
		cr_expect(has_all(k, r, copies), "%s: a comment is lost:\n%.*s\nto\n%.*s", name,
			(int)r.size, r.data, (int)k.size, k.data);
		document_free(a);
		document_free(b);
	}
	hj_text_free(&reference);
	hj_text_free(&kind);
}

Test(patch, golden_reference)
{
	if (!golden_folder())
		cr_skip_test("HUJSON_SHARED is not set");
	golden_file file;
	cr_assert(golden_open(&file, golden_folder(), "hujson/patch.jsonl"));
	while (golden_next(&file)) {
		hj_text out;
		hj_text_init(&out, NULL);
		hj_slice want = {0};
		bool done = patch(golden_need(&file, "doc"), golden_need(&file, "patch"),
			HJ_PATCH_REFERENCE, &out);
		cr_expect_eq(golden_member(&file, done ? "out" : "err", &want), true, "%s: %s",
			golden_name(&file), done ? "succeeds" : "fails");
		expect_text(golden_name(&file), "reference", hj_text_slice(&out), want);
		hj_text_free(&out);
	}
	golden_close(&file);
}

Test(patch, golden_agreement)
{
	if (!golden_folder())
		cr_skip_test("HUJSON_SHARED is not set");
	golden_file file;
	cr_assert(golden_open(&file, golden_folder(), "hujson/patch.jsonl"));
	while (golden_next(&file)) {
		hj_slice document = golden_need(&file, "doc");
		expect_agreement(golden_name(&file), document, golden_need(&file, "patch"));
	}
	golden_close(&file);
}

/* Our own cases: "reference" and "kind" are the results, "err" the sentence of both. */
Test(patch, cases)
{
	golden_file file;
	cr_assert(golden_open(&file, "testdata/patch", "cases.jsonl"));
	while (golden_next(&file)) {
		hj_slice document = golden_need(&file, "doc"),
			 operations = golden_need(&file, "patch");
		static const char *const modes[] = {"kind", "reference"};
		for (unsigned mode = 0; mode < 2; mode++) {
			hj_slice want;
			if (!golden_member(&file, modes[mode], &want) &&
				!golden_member(&file, "err", &want))
				continue;
			hj_text out;
			hj_text_init(&out, NULL);
			patch(document, operations, (hj_patch_mode)mode, &out);
			expect_text(golden_name(&file), modes[mode], hj_text_slice(&out), want);
			hj_text_free(&out);
		}
		expect_agreement(golden_name(&file), document, operations);
	}
	golden_close(&file);
}

Test(patch, nothing_to_do_changes_nothing)
{
	golden_file file;
	cr_assert(golden_open(&file, "testdata/patch", "cases.jsonl"));
	while (golden_next(&file)) {
		hj_slice document = golden_need(&file, "doc");
		for (unsigned mode = 0; mode < 2; mode++) {
			hj_text out;
			hj_text_init(&out, NULL);
			hj_document *doc = document_of(document);
			if (!hj_document_error(doc)) {
				cr_expect(
					patch(document, HJ_SLICE("[]"), (hj_patch_mode)mode, &out));
				expect_text(golden_name(&file), "no operations",
					hj_text_slice(&out), document);
			}
			document_free(doc);
			hj_text_free(&out);
		}
	}
	golden_close(&file);
}

/* -- single edits ------------------------------------------------------------------------------- */

static void expect_one(const char *document, hj_verb verb, const char *pointer, const char *value,
	hj_patch_mode mode, const char *want)
{
	hj_document *doc = document_of(hj_slice_str(document)),
		    *val = document_of(hj_slice_str(value));
	hj_edits edits;
	hj_edits_init(&edits, NULL);
	hj_text out;
	hj_text_init(&out, NULL);
	hj_status status = hj_patch_one(
		doc, verb, hj_slice_str(pointer), value ? val : NULL, mode, &edits, &out);
	if (!status)
		hj_edits_apply(edits.items, edits.count, hj_slice_str(document), &out);
	expect_text(document, pointer, hj_text_slice(&out), hj_slice_str(want));
	hj_text_free(&out);
	hj_edits_free(&edits);
	document_free(doc);
	document_free(val);
}

Test(patch, one)
{
	static const struct {
		const char *document;
		hj_verb verb;
		const char *pointer, *value;
		hj_patch_mode mode;
		const char *want;
	} cases[] = {
		{"{\n\t\"a\": 1, // one\n}\n", HJ_SET, "/a", "2\n", HJ_PATCH_KIND,
			"{\n\t\"a\": 2, // one\n}\n"},
		{"{\n\t\"a\": 1, // one\n}\n", HJ_SET, "/b", "// two\n2 // due\n", HJ_PATCH_KIND,
			"{\n\t\"a\": 1, // one\n\t// two\n\t\"b\": 2, // due\n}\n"},
		{"{\n\t\"a\": 1, // one\n}\n", HJ_SET, "/b", "2\n", HJ_PATCH_REFERENCE,
			"{\n\t\"a\": 1, // one\n\"b\":2\n}\n"},
		{"[1, 2]", HJ_ADD, "/0", "0", HJ_PATCH_KIND, "[0, 1, 2]"},
		{"[1, 2]", HJ_SET, "/0", "0", HJ_PATCH_KIND, "[0, 2]"},
		{"// root\n1\n", HJ_SET, "", "[2]\n", HJ_PATCH_KIND, "// root\n[2]\n"},
		{"[1, 2]", HJ_REMOVE, "/1", NULL, HJ_PATCH_KIND, "[1]"},
		{"[1, 2]", HJ_REMOVE, "/2", NULL, HJ_PATCH_KIND, "value not found"},
		{"[1, 2]", HJ_REMOVE, "", NULL, HJ_PATCH_KIND, "cannot remove root value"},
		{"[1, 2]", HJ_SET, "/0/x", "3", HJ_PATCH_KIND,
			"invalid pointer: cannot index into literal at /0"},
		{"[", HJ_SET, "/0", "3", HJ_PATCH_KIND,
			"hujson: line 1, column 2: parsing value: unexpected EOF"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		expect_one(cases[i].document, cases[i].verb, cases[i].pointer, cases[i].value,
			cases[i].mode, cases[i].want);
}

/* -- depth and size ------------------------------------------------------------------------------ */

static void repeat(hj_text *out, const char *text, size_t count)
{
	while (count--)
		hj_text_str(out, text);
}

Test(patch, a_million_levels_deep, .timeout = 120)
{
	enum { DEPTH = 1000000 };
	hj_text document, operations, out;
	hj_text_init(&document, NULL);
	hj_text_init(&operations, NULL);
	repeat(&document, "[", DEPTH);
	repeat(&document, "]", DEPTH);
	hj_text_str(&operations, "[{\"op\":\"add\",\"path\":\"");
	repeat(&operations, "/0", DEPTH - 1);
	hj_text_str(&operations,
		"/-\",\"value\":7},"
		"{\"op\":\"copy\",\"from\":\"/0\",\"path\":\"/-\"}]");
	for (unsigned mode = 0; mode < 2; mode++) {
		hj_text_init(&out, NULL);
		cr_assert(patch(hj_text_slice(&document), hj_text_slice(&operations),
			(hj_patch_mode)mode, &out));
		cr_expect_geq(out.size, 4 * DEPTH - 2 + 2);
		hj_text_free(&out);
	}
	hj_text_free(&document);
	hj_text_free(&operations);
}

Test(patch, test_stops_at_ten_thousand_levels)
{
	for (size_t depth = 9999; depth <= 10001; depth++) {
		hj_text document, operations, out;
		hj_text_init(&document, NULL);
		hj_text_init(&operations, NULL);
		hj_text_init(&out, NULL);
		repeat(&document, "[", depth);
		hj_text_str(&document, "1");
		repeat(&document, "]", depth);
		hj_text_str(&operations, "[{\"op\":\"test\",\"path\":\"\",\"value\":");
		hj_text_append(&operations, hj_text_slice(&document));
		hj_text_str(&operations, "}]");
		bool done = patch(
			hj_text_slice(&document), hj_text_slice(&operations), HJ_PATCH_KIND, &out);
		cr_expect_eq(done, depth <= 10000, "depth %zu", depth);
		hj_text_free(&document);
		hj_text_free(&operations);
		hj_text_free(&out);
	}
}

Test(patch, test_of_large_objects_is_quick, .timeout = 60)
{
	hj_text document, operations, out;
	hj_text_init(&document, NULL);
	hj_text_init(&operations, NULL);
	hj_text_init(&out, NULL);
	hj_text_str(&document, "{");
	hj_text_str(&operations, "[{\"op\":\"test\",\"path\":\"\",\"value\":{");
	enum { MEMBERS = 200000 };
	for (int i = 0; i < MEMBERS; i++) {
		hj_text_printf(&document, "\"m%d\":%d,", i, i);
		hj_text_printf(&operations, "\"m%d\":%d,", MEMBERS - 1 - i, MEMBERS - 1 - i);
	}
	hj_text_str(&document, "}");
	hj_text_str(&operations, "}}]");
	cr_expect(patch(hj_text_slice(&document), hj_text_slice(&operations), HJ_PATCH_KIND, &out));
	hj_text_free(&document);
	hj_text_free(&operations);
	hj_text_free(&out);
}

/* -- out of memory ------------------------------------------------------------------------------- */

typedef struct misers_purse {
	size_t left;        /* allocations that still succeed */
	size_t outstanding; /* blocks */
	bool refused;
} misers_purse;

static void *miser_resize(void *context, void *block, size_t old_size, size_t new_size)
{
	(void)old_size;
	misers_purse *miser = context;
	if (new_size == 0) {
		miser->outstanding -= block != NULL;
		free(block);
		return NULL;
	}
	if (miser->left == 0) {
		miser->refused = true;
		return NULL;
	}
	miser->left--;
	void *out = realloc(block, new_size);
	miser->outstanding += !block && out;
	return out;
}

/* Everything with the allocator: read, parse, patch, apply. */
static hj_status attempt(const hj_allocator *allocator, hj_slice document, hj_slice operations,
	hj_patch_mode mode, hj_text *out)
{
	hj_source *source = NULL, *patch_source = NULL;
	hj_document *parsed = NULL, *operation_list = NULL;
	hj_edits edits;
	hj_edits_init(&edits, allocator);
	hj_text_init(out, allocator);
	hj_status status = hj_source_copy(allocator, NULL, document, &source);
	status = status ? status : hj_source_copy(allocator, NULL, operations, &patch_source);
	status = status ? status : hj_parse(source, 0, &parsed);
	status = status ? status : hj_parse(patch_source, 0, &operation_list);
	status = status ? status : hj_patch_apply(parsed, operation_list, mode, &edits, out);
	if (status)
		cr_expect_eq(edits.count, 0);
	status = status ? status : hj_edits_apply(edits.items, edits.count, document, out);
	hj_edits_free(&edits);
	hj_document_free(parsed);
	hj_document_free(operation_list);
	hj_source_free(source);
	hj_source_free(patch_source);
	return status;
}

Test(patch, out_of_memory)
{
	static const struct {
		const char *document, *operations;
	} cases[] = {
		{"{\n\t// a\n\t\"a\": [1, {\"x\\u0041\": 2,}], // A\n\t\"b\": 2,\n}\n",
			"[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/c~1d\"},"
			"{\"op\":\"copy\",\"from\":\"/c~1d/1\",\"path\":\"/c~1d/0\"},"
			"{\"op\":\"test\",\"path\":\"/c~1d/0\",\"value\":{\"\\u0078A\":2.0}},"
			"{\"op\":\"add\",\"path\":\"/c~1d/-\",\n\t// v\n\t\"value\":[\n\t\t1\n\t], "
			"// V\n},"
			"{\"op\":\"replace\",\"path\":\"/b\",\"value\":3},"
			"{\"op\":\"remove\",\"path\":\"/c~1d/1\"}]"},
		{"[1 // one\n]",
			"[{\"op\":\"add\",\"path\":\"/-\",\"value\":{}},"
			"{\"op\":\"add\",\"path\":\"/1/x\",\"value\":[]},"
			"{\"op\":\"test\",\"path\":\"/1\",\"value\":{\"x\":[],\"y\":1}}]"},
		{"{}", "[{\"op\":\"a\\u200b\"}]"},
		{"// r\n{}\n", "[{\"op\":\"add\",\"path\":\"\",\n// n\n\"value\":[\n1]}]"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (unsigned mode = 0; mode < 2; mode++) {
			hj_slice document = hj_slice_str(cases[i].document);
			hj_slice operations = hj_slice_str(cases[i].operations);
			hj_text want, out;
			hj_status plain =
				attempt(NULL, document, operations, (hj_patch_mode)mode, &want);
			misers_purse miser = {.refused = true};
			for (size_t n = 0; miser.refused; n++) {
				cr_assert_lt(n, 10000);
				miser.left = n;
				miser.refused = false;
				hj_allocator allocator = {miser_resize, &miser};
				hj_status status = attempt(&allocator, document, operations,
					(hj_patch_mode)mode, &out);
				if (miser.refused)
					cr_expect_eq(status, HJ_NO_MEMORY,
						"case %zu, allocation %zu: %s", i, n,
						hj_status_text(status));
				else
					cr_expect_eq(status, plain);
				if (!miser.refused)
					expect_text(cases[i].document, "with memory",
						hj_text_slice(&out), hj_text_slice(&want));
				hj_text_free(&out);
				cr_expect_eq(miser.outstanding, 0, "case %zu, allocation %zu leaks",
					i, n);
			}
			cr_expect_gt(miser.left + 1, 0);
			hj_text_free(&want);
		}
	}
}
