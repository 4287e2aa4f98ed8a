/* Real files: each one that parses formats, is verified, and a second pass changes nothing. */
#include "format/verify.h"
#include "testdata/support/golden.h"

#include <criterion/criterion.h>

static void expect_stable(const char *folder, const char *path, bool parses)
{
	char full[PATH_MAX * 2];
	hj_text in, out, why;
	hj_source *source, *again;
	hj_document *document, *second;
	hj_verified verdict;
	bool same;
	snprintf(full, sizeof full, "%s/../corpora/%s", folder, path);
	hj_text_init(&in, NULL);
	hj_text_init(&out, NULL);
	hj_text_init(&why, NULL);
	cr_assert(golden_read(full, &in), "%s", path);
	cr_assert_eq(hj_source_adopt(path, &in, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	cr_expect_eq(!hj_document_error(document), parses, "%s", path);
	cr_expect_eq(hj_document_findings(document)->count == 0, parses, "%s", path);
	if (!hj_document_error(document)) {
		cr_expect_eq(hj_format(document, NULL, &out), HJ_OK, "%s", path);
		cr_expect_eq(hj_verify(document, hj_text_slice(&out), NULL, &verdict, &why), HJ_OK);
		cr_expect_eq(
			verdict, HJ_VERIFIED, "%s: %.*s", path, HJ_SLICE_ARGS(hj_text_slice(&why)));
		cr_assert_eq(
			hj_source_copy(NULL, path, hj_text_slice(&out), &again), HJ_OK, "%s", path);
		cr_assert_eq(hj_parse(again, 0, &second), HJ_OK);
		cr_expect_eq(hj_format_is(second, NULL, &same), HJ_OK);
		cr_expect(same, "%s changes again", path);
		hj_document_free(second);
		hj_source_free(again);
	}
	hj_document_free(document);
	hj_source_free(source);
	hj_text_free(&out);
	hj_text_free(&why);
}

Test(format, corpora)
{
	const char *folder = golden_folder();
	if (!folder)
		cr_skip_test("HUJSON_SHARED is not set");
	char path[PATH_MAX * 2];
	snprintf(path, sizeof path, "%s/../corpora/manifest.tsv", folder);
	hj_text manifest;
	hj_text_init(&manifest, NULL);
	cr_assert(golden_read(path, &manifest) && hj_text_string(&manifest));
	unsigned count = 0;
	/* file, bytes, kind, origin, parse, … */
	char *line = strchr(manifest.data, '\n') + 1;
	for (char *next; (next = strchr(line, '\n')); line = next + 1, count++) {
		*next = '\0';
		char *rest = line, *fields[5];
		for (int i = 0; i < 5; i++)
			fields[i] = strsep(&rest, "\t");
		cr_assert_not_null(fields[4]);
		expect_stable(folder, fields[0], strcmp(fields[4], "ok") == 0);
	}
	cr_expect_gt(count, 400);
	hj_text_free(&manifest);
}
