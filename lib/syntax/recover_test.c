#include "syntax/internal.h"
#include "testdata/support/failing.h"
#include "testdata/support/golden.h"

#include <criterion/criterion.h>

static hj_document *parse(hj_slice bytes)
{
	hj_source *source;
	hj_document *document;
	cr_assert_eq(hj_source_copy(NULL, NULL, bytes, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	return document;
}

static void discard(hj_document *document)
{
	hj_source *source = document->source;
	hj_document_free(document);
	hj_source_free(source);
}

/* What holds for every document: the tolerant parser agrees with the strict one. */
static void check(const char *name, hj_slice bytes)
{
	hj_document *document = parse(bytes);
	if (hj_document_error(document)) {
		cr_expect_gt(document->findings.count, 0, "%s: no finding", name);
	} else {
		uint32_t count = document->count, depth = document->depth;
		hj_node *nodes = malloc(count * sizeof *nodes);
		memcpy(nodes, document->nodes, count * sizeof *nodes);
		cr_expect_eq(hj__recover(document), HJ_OK);
		cr_expect_eq(document->findings.count, 0, "%s: a finding", name);
		cr_expect_eq(document->depth, depth, "%s: another depth", name);
		cr_expect(document->count == count &&
				memcmp(nodes, document->nodes, count * sizeof *nodes) == 0,
			"%s: other nodes", name);
		free(nodes);
	}
	const char *wrong = hj_document_check(document);
	cr_expect_null(wrong, "%s: %s", name, wrong);
	discard(document);
}

/* The document with the edits of all findings applied, as a text to free. */
static hj_text mended(const hj_document *document)
{
	hj_edits edits;
	hj_text out;
	hj_edits_init(&edits, NULL);
	hj_text_init(&out, NULL);
	const hj_findings *findings = hj_document_findings(document);
	/* Findings may interleave (names and strings of JSON5): order all edits by place. */
	for (;;) {
		static const hj_edit *none;
		const hj_edit *next = none;
		uint32_t from = edits.count ? edits.items[edits.count - 1].span.end : 0;
		for (size_t i = 0; i < findings->count; i++)
			for (size_t k = 0; k < findings->items[i].edit_count; k++) {
				const hj_edit *edit = &findings->items[i].edits[k];
				bool done = edit->span.start < from;
				for (size_t e = 0; e < edits.count && !done; e++)
					done = edits.items[e].span.start == edit->span.start &&
						edits.items[e].span.end == edit->span.end &&
						hj_slice_equal(edits.items[e].text, edit->text);
				if (!done && (!next || edit->span.start < next->span.start))
					next = edit;
			}
		if (!next)
			break;
		hj_edits_add(&edits, next->span, next->text);
	}
	hj_source *source = hj_document_source(document);
	cr_expect_eq(edits.status, HJ_OK);
	cr_expect_eq(hj_edits_apply(edits.items, edits.count,
			     hj_slice_of(source->data, source->size), &out),
		HJ_OK);
	hj_edits_free(&edits);
	return out;
}

Test(recover, rules_are_a_table)
{
	size_t count;
	const hj_rule *rules = hj_syntax_rules(&count);
	cr_assert_eq(count, HJ_S_COUNT);
	for (size_t i = 0; i < count; i++) {
		char code[32];
		snprintf(code, sizeof code, "S%03zu", i + 1);
		cr_expect_str_eq(rules[i].code, code);
		cr_expect(rules[i].name && rules[i].summary && rules[i].why && rules[i].fix);
		cr_expect_eq(rules[i].severity, HJ_ERROR_LEVEL);
		cr_expect_eq(!rules[i].bad, !rules[i].good, "%s", rules[i].name);
	}
}

Test(recover, rules_hold_for_their_examples)
{
	size_t count;
	const hj_rule *rules = hj_syntax_rules(&count);
	for (size_t i = 0; i < count; i++) {
		if (!rules[i].bad)
			continue;
		const char *name = rules[i].name;
		check(name, hj_slice_str(rules[i].bad));
		check(name, hj_slice_str(rules[i].good));
		hj_document *good = parse(hj_slice_str(rules[i].good));
		cr_expect_null(hj_document_error(good), "%s: the good document", name);
		discard(good);
		hj_document *bad = parse(hj_slice_str(rules[i].bad));
		cr_expect_eq(bad->findings.count, 1, "%s: %zu findings", name, bad->findings.count);
		for (size_t k = 0; k < bad->findings.count; k++) {
			cr_expect_eq(bad->findings.items[k].rule, &rules[i], "%s: found %s", name,
				bad->findings.items[k].rule->name);
			cr_expect_gt(bad->findings.items[k].help.size, 0, "%s: no help", name);
		}
		if (bad->findings.count && bad->findings.items[0].edit_count) {
			hj_text text = mended(bad);
			cr_expect(hj_slice_equal(hj_text_slice(&text), hj_slice_str(rules[i].good)),
				"%s: mended to %s", name, hj_text_string(&text));
			hj_text_free(&text);
		}
		if (rules[i].service)
			cr_expect(hj_slice_equal(hj_document_error(bad)->text,
					  hj_slice_str(rules[i].service)),
				"%s: the service says %.*s", name,
				HJ_SLICE_ARGS(hj_document_error(bad)->text));
		discard(bad);
	}
}

/*
 * Own cases: {"name", "in", "findings": [{"rule", "start", "end"}], "fixed"?}, "fixed" being the
 * document with all edits of all findings. The findings are compared as text, blanks included.
 */
Test(recover, finds_what_the_cases_say)
{
	golden_file file;
	cr_assert(golden_open(&file, "testdata/syntax", "recover.jsonl"));
	while (golden_next(&file)) {
		hj_slice in = golden_need(&file, "in"), fixed;
		const hj_node *list =
			&hj_document_nodes(file.document)[golden_find(&file, 0, "findings")];
		hj_slice want = hj_source_slice(file.source, hj_node_span(list));
		char name[32];
		snprintf(name, sizeof name, "line %u", file.number);
		check(name, in);
		hj_document *document = parse(in);
		hj_text got;
		hj_text_init(&got, NULL);
		hj_text_byte(&got, '[');
		for (size_t i = 0; i < document->findings.count; i++)
			hj_text_printf(&got, "%s{\"rule\": \"%s\", \"start\": %u, \"end\": %u}",
				i ? ", " : "", document->findings.items[i].rule->name,
				document->findings.items[i].span.start,
				document->findings.items[i].span.end);
		hj_text_byte(&got, ']');
		cr_expect(hj_slice_equal(hj_text_slice(&got), want), "%s: %.*s: found %s", name,
			HJ_SLICE_ARGS(in), hj_text_string(&got));
		hj_text_free(&got);
		if (golden_member(&file, "fixed", &fixed)) {
			hj_text text = mended(document);
			cr_expect(hj_slice_equal(hj_text_slice(&text), fixed), "%s: mended to %s",
				name, hj_text_string(&text));
			hj_text_free(&text);
		}
		discard(document);
	}
	golden_close(&file);
}

Test(recover, agrees_with_the_strict_parser)
{
	const char *folder = golden_folder();
	if (!folder)
		cr_skip_test("HUJSON_SHARED is not set");
	static const char *const files[] = {"errors", "random", "comments", "alignment",
		"expansion", "strings", "numbers", "examples", "policy"};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char path[64];
		snprintf(path, sizeof path, "hujson/%s.jsonl", files[i]);
		golden_file file;
		cr_assert(golden_open(&file, folder, path));
		while (golden_next(&file)) {
			char name[96];
			snprintf(name, sizeof name, "%s, line %u", path, file.number);
			check(name, golden_need(&file, "in"));
		}
		golden_close(&file);
	}
}

static void check_listed(const char *folder, const char *path)
{
	char full[PATH_MAX + 512];
	snprintf(full, sizeof full, "%s/%s", folder, path);
	hj_text text;
	hj_text_init(&text, NULL);
	cr_expect(golden_read(full, &text), "%s cannot be read", full);
	check(path, hj_text_slice(&text));
	hj_text_free(&text);
}

Test(recover, agrees_on_the_json_test_suite)
{
	const char *folder = golden_folder();
	if (!folder)
		cr_skip_test("HUJSON_SHARED is not set");
	golden_file file;
	cr_assert(golden_open(&file, folder, "json-test-suite/index.jsonl"));
	char suite[PATH_MAX + 32];
	snprintf(suite, sizeof suite, "%s/json-test-suite", folder);
	while (golden_next(&file)) {
		char name[256];
		hj_slice path = golden_need(&file, "file");
		snprintf(name, sizeof name, "%.*s", HJ_SLICE_ARGS(path));
		check_listed(suite, name);
	}
	golden_close(&file);
}

Test(recover, agrees_on_real_files)
{
	const char *shared = getenv("HUJSON_SHARED");
	if (!shared || !*shared)
		cr_skip_test("HUJSON_SHARED is not set");
	char folder[PATH_MAX - 32], path[PATH_MAX], line[4096];
	snprintf(folder, sizeof folder, "%s/corpora", shared);
	snprintf(path, sizeof path, "%s/manifest.tsv", folder);
	FILE *manifest = fopen(path, "r");
	cr_assert_not_null(manifest);
	unsigned files = 0;
	while (fgets(line, sizeof line, manifest)) {
		char *tab = strchr(line, '\t');
		if (files++ == 0 || !tab)
			continue; /* the heading */
		*tab = '\0';
		check_listed(folder, line);
	}
	fclose(manifest);
	cr_expect_gt(files, 100);
}

/* Hostile documents: `unit` over and over. Bounded findings, bounded memory, no recursion. */
struct meter {
	size_t in_use, most;
};

static void *metered_resize(void *context, void *block, size_t old_size, size_t new_size)
{
	struct meter *meter = context;
	if (new_size == 0) {
		meter->in_use -= old_size;
		free(block);
		return NULL;
	}
	void *moved = realloc(block, new_size);
	if (moved)
		meter->in_use += new_size - old_size;
	if (meter->in_use > meter->most)
		meter->most = meter->in_use;
	return moved;
}

Test(recover, is_bounded_on_hostile_documents, .timeout = 60)
{
	static const char *const units[] = {"[", "{", "\"", "}", "]", ",", ":", "[{", "{[", "[}",
		"{]", "\"\n", "\"a\nb\\\"", "'", "',", "`", "#", "#\n", ";", "=", "a", "a ", "a\n",
		"\"a\"b", "\"a, \"b", "{\"a\":", "{\"a\" ", "[1 ", "[,", ",:", ":,", "{:", "{{",
		"{{a", "${", "<a", "%a", "${a}", "/", "/*/", "//\n", "\\", "\xff", "\xC2\xA0",
		"\xEF\xBB\xBF", "1\xC2\xA0", "<<<<<<< a\n", "=======\n", ">>>>>>>\n", "\"a\":1\n",
		"{\"a\":1}\n", "\"\\", "\"\t", "\"\t\",", "0x", "-", ".", "a:", "{;", "(;", "!\n,",
		"\"", "[\"a\n", "{\"a\n", "\xE2\x80\x9C",
		"\xE2\x80\x9C"
		"a\xE2\x80\x9D,",
		"\"\xE2\x80\x9D\n"};
	static const char *const starts[] = {"", "[", "{", "{\"a\":"};
	enum { SIZE = 1 << 18 };
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
			struct meter meter = {0};
			hj_allocator allocator = {metered_resize, &meter};
			hj_text text;
			hj_text_init(&text, &allocator);
			hj_text_str(&text, starts[s]);
			while (text.size < SIZE)
				hj_text_str(&text, units[i]);
			hj_source *source;
			hj_document *document;
			cr_assert_eq(hj_source_adopt(NULL, &text, &source), HJ_OK);
			cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
			cr_expect_leq(
				document->findings.count, 1001, "%s of %s", starts[s], units[i]);
			cr_expect_gt(document->findings.count, 0, "%s of %s", starts[s], units[i]);
			const char *wrong = hj_document_check(document);
			cr_expect_null(wrong, "%s of %s: %s", starts[s], units[i], wrong);
			cr_expect_lt(meter.most, (size_t)SIZE * 32, "%s of %s: %zu bytes",
				starts[s], units[i], meter.most);
			hj_document_free(document);
			hj_source_free(source);
			cr_expect_eq(meter.in_use, 0);
		}
}

Test(recover, every_allocation_may_fail)
{
	static const char *const texts[] = {
		"# a\n{a: 'b', \"c\": [1 2, {\"d\" 3}, ${e}, 0x1F, \"f\\d\tg\", True,, \xC2\xA0 4}",
		"<<<<<<< a\n[1\n=======\n2\n>>>>>>> b\n[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
		"{\"a\":1;\"b\"=2,\"c\n\"d\": [\"e\": 1}} /*",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (size_t allowed = 0;; allowed++) {
			failing_state state = {.fail_at = SIZE_MAX, .for_ever = true};
			hj_allocator allocator = failing_allocator(&state);
			hj_source *source;
			hj_document *document = NULL;
			cr_assert_eq(
				hj_source_copy(&allocator, NULL, hj_slice_str(texts[i]), &source),
				HJ_OK);
			state.fail_at = state.calls + allowed;
			hj_status status = hj_parse(source, 0, &document);
			cr_expect(status == HJ_OK || status == HJ_NO_MEMORY);
			cr_expect_eq(document != NULL, status == HJ_OK);
			hj_document_free(document);
			hj_source_free(source);
			cr_expect_eq(
				state.bytes, 0, "text %zu, %zu allocations: a leak", i, allowed);
			if (!status && !state.failed)
				break;
			cr_assert_lt(allowed, 10000);
		}
}
