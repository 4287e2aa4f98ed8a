/*
 * Suppression by its data, testdata/suppress/cases.jsonl: `left` is what comments leave of the
 * findings of a few rules, one LINE:COLUMN CODE a line; `added` the document with comments added.
 */
#include "lint/suppress.h"

#include "testdata/support/failing.h"
#include "testdata/support/golden.h"
#include "testdata/support/rules.h"

#include <criterion/criterion.h>
#include <time.h>

/* Only these: the data shall not change with every new rule. */
static const char *const few[] = {"R001", "R002", "R003", "S", "K", NULL};

/* Lints a text; with `added` also writes the text with comments. */
static hj_status lint(
	const hj_allocator *allocator, hj_slice text, hj_text *left, hj_text *added, size_t *edits)
{
	bool ignored[MOST_RULES];
	hj_lint_options options = rules_only(few, ignored);
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_findings findings;
	hj_edits comments;
	hj_findings_init(&findings, allocator);
	hj_edits_init(&comments, allocator);
	hj_status status = hj_source_copy(allocator, NULL, text, &source);
	if (!status)
		status = hj_parse(source, 0, &document);
	if (!status)
		status = hj_lint(document, &options, &findings);
	for (size_t i = 0; left && !status && i < findings.count; i++) {
		const hj_finding *finding = &findings.items[i];
		hj_place place = hj_source_place(source, finding->span.start, HJ_BYTES);
		hj_text_printf(left, "%u:%u %s\n", place.line, place.column, finding->rule->code);
	}
	if (!status && added && !hj_document_error(document))
		status = hj_suppress_edits(document, &findings, &comments);
	if (!status && added)
		status = hj_edits_apply(comments.items, comments.count, text, added);
	if (edits)
		*edits = comments.count;
	hj_edits_free(&comments);
	hj_findings_free(&findings);
	hj_document_free(document);
	hj_source_free(source);
	return status;
}

Test(suppress, comments_leave_what_the_cases_say)
{
	golden_file file;
	unsigned count = 0;
	cr_assert(golden_open(&file, "testdata/suppress", "cases.jsonl"));
	for (; golden_next(&file); count++) {
		const char *id = golden_name(&file);
		hj_slice want;
		hj_text left, added, again;
		hj_text_init(&left, NULL);
		hj_text_init(&added, NULL);
		hj_text_init(&again, NULL);
		size_t edits;
		cr_expect_eq(lint(NULL, golden_need(&file, "doc"), &left, &added, NULL), HJ_OK);
		want = golden_need(&file, "left");
		cr_expect(hj_slice_equal(hj_text_slice(&left), want), "%s: left is\n%s", id,
			hj_text_string(&left));
		if (golden_member(&file, "added", &want)) {
			cr_expect(hj_slice_equal(hj_text_slice(&added), want), "%s: added is\n%s",
				id, hj_text_string(&added));
			hj_text_clear(&left);
			cr_expect_eq(lint(NULL, want, &left, &again, &edits), HJ_OK);
			cr_expect_eq(
				left.size, 0, "%s: then left is\n%s", id, hj_text_string(&left));
			cr_expect_eq(edits, 0, "%s", id);
		}
		hj_text_free(&left);
		hj_text_free(&added);
		hj_text_free(&again);
	}
	golden_close(&file);
	cr_expect_gt(count, 20);
}

static const char busy[] =
	"{\n\t\"tagOwners\": {\"tag:w\": []}, // hujson: ignore[R001,R9]\n"
	"\t// hujson: ignore-start[R]\n\t\"ssh\": [{\"src\": [\"tag:x\"]}],\n"
	"\t// hujson: ignore-end[R]\n\t\"grants\": [{\"src\": [\"tag:x\"]},\n\t{}],\n}\n";

Test(suppress, out_of_memory_fails_and_leaks_nothing)
{
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_text added;
		hj_text_init(&added, &allocator);
		hj_status status = lint(&allocator, hj_slice_str(busy), NULL, &added, NULL);
		hj_text_free(&added);
		cr_assert_eq(state.blocks, 0, "%zu", n);
		if (!state.failed) {
			cr_expect_eq(status, HJ_OK);
			break;
		}
		cr_assert_eq(status, HJ_NO_MEMORY, "%zu", n);
	}
}

/* A document of n times a part, and the seconds that it takes. */
static double seconds(const char *part, size_t n, const char *end)
{
	hj_text text, added;
	hj_text_init(&text, NULL);
	hj_text_init(&added, NULL);
	hj_text_str(&text, "{\"tagOwners\": {\"tag:w\": []}, \"ssh\": [");
	for (size_t i = 0; i < n; i++)
		hj_text_str(&text, part);
	for (size_t i = 0; *end && i < n; i++)
		hj_text_str(&text, end);
	hj_text_str(&text, "]}\n");
	clock_t start = clock();
	cr_expect_eq(lint(NULL, hj_text_slice(&text), NULL, &added, NULL), HJ_OK);
	double taken = (double)(clock() - start) / CLOCKS_PER_SEC;
	hj_text_free(&text);
	hj_text_free(&added);
	return taken;
}

Test(suppress, hostile_documents_take_linear_time, .timeout = 60)
{
	static const struct {
		const char *part, *end;
	} cases[] = {
		{"/*hujson: ignore[R]*/{\"src\": [\"tag:x\"]},", ""},
		{"// hujson: ignore[R]\n{\"src\": [\"tag:x\"]},\n", ""},
		{"// hujson: ignore-start[R]\n{\"src\": [\"tag:x\"]},\n", ""},
		{"// hujson: ignore[R]\n[", "]"},
		{"// hujson: ignore-end\n", ""},
		{"{\"src\": [\"tag:x\"]},\n", ""},
		{"/*hujson: ignore[R,R002,D,S]*/", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		double taken = seconds(cases[i].part, 20000, cases[i].end);
		cr_expect_lt(taken, 5.0, "case %zu took %.1f s", i, taken);
	}
}
