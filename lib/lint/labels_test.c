/*
 * What authors corrected later, we find before: files of the corpora with a label for a mistake get
 * a finding that names it. testdata/labels/fixed_later.tsv says which rules name which label.
 */
#include "lint/lint.h"
#include "testdata/support/golden.h"

#include <criterion/criterion.h>

enum { FILE_NAME, PARSES = 4, FIXED_LATER = 7, FIELDS };

static char *next_line(char **rest)
{
	char *line = strsep(rest, "\n");
	return line && *line ? line : NULL;
}

/* Is one of the words a rule that found something? */
static bool is_named(const hj_findings *findings, const char *words)
{
	char copy[256], *rest = copy;
	snprintf(copy, sizeof copy, "%s", words);
	for (char *word; (word = strsep(&rest, " "));)
		for (size_t i = 0; i < findings->count; i++)
			if (strcmp(findings->items[i].rule->name, word) == 0)
				return true;
	return false;
}

/* The rules of a label, or NULL. */
static const char *rules_of(const hj_text *table, const char *label)
{
	static char words[256];
	size_t size = strlen(label);
	for (const char *at = table->data; at && *at; at = strchr(at, '\n') + 1) {
		if (strncmp(at, label, size) != 0 || at[size] != '\t')
			continue;
		snprintf(words, sizeof words, "%.*s", (int)strcspn(at + size + 1, "\n"),
			at + size + 1);
		return words;
	}
	return NULL;
}

static bool all_labels_named(const char *path, char *labels, const hj_text *table)
{
	static bool nothing_ignored[2048];
	hj_text in;
	hj_source *source;
	hj_document *document;
	hj_findings findings;
	hj_text_init(&in, NULL);
	cr_assert(golden_read(path, &in), "%s", path);
	cr_assert_eq(hj_source_adopt(NULL, &in, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	hj_findings_init(&findings, NULL);
	hj_lint_options options = {.ignored = nothing_ignored};
	cr_assert_lt(hj_rule_count(), sizeof nothing_ignored);
	cr_assert_eq(hj_lint(document, &options, &findings), HJ_OK);
	bool named = true;
	for (char *label; (label = strsep(&labels, ","));) {
		const char *rules = rules_of(table, label);
		cr_expect(rules, "%s: no row for the label %s", path, label);
		if (rules && !is_named(&findings, rules)) {
			cr_log_info("%s: %s is not named", path, label);
			named = false;
		}
	}
	hj_findings_free(&findings);
	hj_document_free(document);
	hj_source_free(source);
	return named;
}

Test(labels, nine_of_ten_later_fixes_are_named)
{
	const char *folder = golden_folder();
	if (!folder)
		cr_skip_test("HUJSON_SHARED is not set");
	char path[PATH_MAX * 2];
	hj_text table, manifest;
	hj_text_init(&table, NULL);
	hj_text_init(&manifest, NULL);
	cr_assert(golden_read("testdata/labels/fixed_later.tsv", &table));
	snprintf(path, sizeof path, "%s/../corpora/manifest.tsv", folder);
	cr_assert(golden_read(path, &manifest) && hj_text_string(&manifest) &&
		hj_text_string(&table));
	size_t labelled = 0, named = 0;
	char *rest = manifest.data;
	next_line(&rest);
	for (char *line; (line = next_line(&rest));) {
		char *fields[FIELDS];
		for (int i = 0; i < FIELDS; i++)
			fields[i] = strsep(&line, "\t");
		if (!fields[FIXED_LATER] || !*fields[FIXED_LATER])
			continue;
		snprintf(path, sizeof path, "%s/../corpora/%s", folder, fields[FILE_NAME]);
		labelled++;
		named += all_labels_named(path, fields[FIXED_LATER], &table);
	}
	cr_expect_gt(labelled, 40);
	cr_expect(named * 10 >= labelled * 9, "%zu of %zu files", named, labelled);
	hj_text_free(&table);
	hj_text_free(&manifest);
}
