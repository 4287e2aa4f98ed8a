/*
 * Differences of real policies: each with itself, written differently, with and without a rule, and with
 * the next version of its lineage.
 */
#include "format/format.h"
#include "syntax/patch.h"
#include "testdata/support/compared.h"
#include "testdata/support/golden.h"
#include "testdata/support/json.h"

#include <criterion/criterion.h>

/* -- real policies ------------------------------------------------------------------------------------ */

struct corpus {
	char folder[PATH_MAX];
	hj_text manifest;
	size_t at;
	char path[2 * PATH_MAX];
	unsigned long lineage;
};

static bool corpus_open(struct corpus *corpus)
{
	const char *shared = getenv("HUJSON_SHARED");
	char path[PATH_MAX + 32];
	if (!shared || !*shared)
		return false;
	snprintf(corpus->folder, sizeof corpus->folder, "%s/corpora", shared);
	snprintf(path, sizeof path, "%s/manifest.tsv", corpus->folder);
	hj_text_init(&corpus->manifest, NULL);
	corpus->at = 0;
	cr_assert(golden_read(path, &corpus->manifest));
	cr_assert(hj_text_string(&corpus->manifest));
	return true;
}

/* The next policy that parses, by lineage as the manifest has them. */
static bool corpus_next(struct corpus *corpus)
{
	while (corpus->at < corpus->manifest.size) {
		char *line = corpus->manifest.data + corpus->at, *end = strchr(line, '\n');
		char file[256], kind[32], origin[32], parse[32];
		unsigned bytes;
		corpus->at =
			end ? (size_t)(end - corpus->manifest.data) + 1 : corpus->manifest.size;
		if (sscanf(line, "%255[^\t]\t%u\t%31[^\t]\t%31[^\t]\t%31[^\t]\t%lu", file, &bytes,
			    kind, origin, parse, &corpus->lineage) != 6 ||
			strcmp(parse, "ok") != 0 || strncmp(file, "policies/", 9) != 0)
			continue;
		snprintf(corpus->path, sizeof corpus->path, "%s/%s", corpus->folder, file);
		return true;
	}
	hj_text_free(&corpus->manifest);
	return false;
}

static hj_document *in_style(const hj_document *document, hj_style style)
{
	hj_format_options options = {.style = style};
	hj_text text;
	hj_source *source;
	hj_document *out;
	hj_text_init(&text, NULL);
	cr_assert_eq(hj_format(document, &options, &text), HJ_OK);
	cr_assert_eq(hj_source_adopt(NULL, &text, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &out), HJ_OK);
	hj_text_free(&text);
	return out;
}

static hj_document *patched(
	const hj_document *document, hj_verb verb, const char *pointer, const char *value)
{
	hj_edits edits;
	hj_text text;
	hj_source *source, *spelled = NULL;
	hj_document *out, *parsed = NULL;
	const hj_source *from = hj_document_source(document);
	hj_edits_init(&edits, NULL);
	hj_text_init(&text, NULL);
	if (value) {
		cr_assert_eq(hj_source_copy(NULL, NULL, hj_slice_str(value), &spelled), HJ_OK);
		cr_assert_eq(hj_parse(spelled, 0, &parsed), HJ_OK);
	}
	cr_assert_eq(hj_patch_one(document, verb, hj_slice_str(pointer), parsed, HJ_PATCH_KIND,
			     &edits, NULL),
		HJ_OK);
	cr_assert_eq(hj_edits_apply(
			     edits.items, edits.count, hj_slice_of(from->data, from->size), &text),
		HJ_OK);
	cr_assert_eq(hj_source_adopt(NULL, &text, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &out), HJ_OK);
	hj_edits_free(&edits);
	hj_text_free(&text);
	hj_document_free(parsed);
	hj_source_free(spelled);
	return out;
}

/* Rules only allow: without one of them nothing is gained, unless it was the last word on logins. */
static void check_without_rules(const char *path, hj_document *document, unsigned *lost)
{
	static const char *const sections[] = {"acls", "grants"};
	const hj_node *nodes = hj_document_nodes(document);
	for (int i = 0; i < 2; i++) {
		uint32_t section = compared_member(document, 0, sections[i]), index = 0;
		if (!section || hj_node_kind(&nodes[section]) != HJ_ARRAY)
			continue;
		for (uint32_t at = hj_node_first(section); at < nodes[section].next && index < 12;
			at = nodes[at].next, index++) {
			char pointer[64];
			snprintf(pointer, sizeof pointer, "/%s/%u", sections[i], index);
			hj_document *without = patched(document, HJ_REMOVE, pointer, NULL);
			struct compared comparison;
			compared_make(&comparison, document, without, NULL, HJ_SLICE(""));
			cr_expect_eq(
				comparison.difference.gained, 0, "%s without %s", path, pointer);
			for (uint32_t j = 0; j < comparison.difference.count; j++)
				compared_witness(
					path, &comparison, &comparison.difference.changes[j]);
			*lost += comparison.difference.lost > 0;
			compared_free(&comparison);
			json_free(without);
		}
	}
}

/* A grant for tags that nobody has, unless they may do it already. */
static void check_with_rule(const char *path, hj_document *document)
{
	bool acls = compared_member(document, 0, "acls"),
	     grants = compared_member(document, 0, "grants");
	if (!acls && !grants)
		return;
	hj_document *with = acls
		? patched(document, HJ_ADD, "/acls/-",
			  "{\"action\": \"accept\", \"src\": [\"tag:zz-one\"], \"proto\": \"tcp\", "
			  "\"dst\": [\"tag:zz-two:7777\"]}")
		: patched(document, HJ_ADD, "/grants/-",
			  "{\"src\": [\"tag:zz-one\"], \"dst\": [\"tag:zz-two\"], "
			  "\"ip\": [\"tcp:7777\"]}");
	struct compared comparison;
	compared_make(&comparison, document, with, NULL, HJ_SLICE(""));
	hj_reach *reach;
	hj_verdict verdict;
	hj_origin source = {.subject = {.kind = HJ_SUBJECT_TAG, .index = HJ_NONE}};
	hj_subject destination = {.kind = HJ_SUBJECT_TAG, .index = HJ_NONE};
	hj_assumptions no = {NULL, HJ_NO};
	cr_assert_eq(hj_reach_build(&comparison.worlds[HJ_OLD], &no, NULL, &reach), HJ_OK);
	cr_assert_eq(hj_reach_from(reach, &source), HJ_OK);
	cr_assert_eq(hj_reach_to(reach, &destination, 6, 7777, &verdict), HJ_OK);
	cr_expect_eq(comparison.difference.gained, verdict.allowed != HJ_YES, "%s", path);
	cr_expect_eq(comparison.difference.lost, 0, "%s", path);
	if (comparison.difference.gained)
		cr_expect(hj_slice_equal(comparison.difference.changes[0].sentence,
				  HJ_SLICE("tag:zz-one may reach tcp:7777 on tag:zz-two")),
			"%s: %.*s", path, (int)comparison.difference.changes[0].sentence.size,
			comparison.difference.changes[0].sentence.data);
	hj_reach_free(reach);
	compared_free(&comparison);
	json_free(with);
}

Test(difference, real_policies_against_themselves)
{
	struct corpus corpus;
	unsigned count = 0, lost = 0;
	if (!corpus_open(&corpus))
		cr_skip_test("HUJSON_SHARED is not set");
	while (corpus_next(&corpus)) {
		hj_document *document = compared_load(corpus.path);
		hj_document *pretty = in_style(document, HJ_CANONICAL);
		hj_document *small = in_style(document, HJ_MINIMIZED);
		hj_slice none = HJ_SLICE("");
		cr_expect_eq(compared_check(corpus.path, document, document, NULL, none, NULL), 0);
		cr_expect_eq(compared_check(corpus.path, document, pretty, NULL, none, NULL), 0);
		cr_expect_eq(compared_check(corpus.path, small, document, NULL, none, NULL), 0);
		if (hj_node_kind(&hj_document_nodes(document)[0]) == HJ_OBJECT) {
			check_without_rules(corpus.path, document, &lost);
			check_with_rule(corpus.path, document);
		}
		json_free(pretty);
		json_free(small);
		json_free(document);
		count++;
	}
	cr_expect_gt(count, 250);
	cr_expect_gt(lost, 250);
}

Test(difference, real_policies_against_their_next_versions)
{
	struct corpus corpus;
	unsigned pairs = 0, different = 0;
	unsigned long lineage = 0;
	hj_document *before = NULL;
	if (!corpus_open(&corpus))
		cr_skip_test("HUJSON_SHARED is not set");
	while (corpus_next(&corpus)) {
		hj_document *document = compared_load(corpus.path);
		if (before && corpus.lineage == lineage) {
			pairs++;
			different += compared_check(corpus.path, before, document, NULL,
					     HJ_SLICE(""), NULL) > 0;
		}
		json_free(before);
		before = document;
		lineage = corpus.lineage;
	}
	json_free(before);
	cr_expect_gt(pairs, 100);
	cr_expect_gt(different, 50);
}
