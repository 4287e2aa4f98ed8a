/*
 * Fixes by their data: testdata/fix/CASE.hujson becomes CASE.safe with safe fixes and CASE.all with
 * all; a file that is not there means that nothing changes.
 */
#include "lint/fix.h"

#include "testdata/support/failing.h"
#include "testdata/support/golden.h"
#include "testdata/support/rules.h"

#include <criterion/criterion.h>
#include <dirent.h>

/* Rules that the cases are about: new rules shall not change them. */
static const char *const few[] = {"R001", "R002", "S", "K", "P001", NULL};

static bool refuse(void *context, const hj_document *before, const hj_document *after)
{
	(void)before;
	(void)after;
	++*(unsigned *)context;
	return false;
}

/* Fixes a text; `out` gets what becomes of it. */
static hj_status fix(const hj_allocator *allocator, hj_slice text, hj_fix_options options,
	hj_text *out, size_t *applied)
{
	bool ignored[MOST_RULES];
	hj_lint_options lint = rules_only(few, ignored);
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_fixed fixed = {0};
	options.lint = &lint;
	hj_status status = hj_source_copy(allocator, NULL, text, &source);
	if (!status)
		status = hj_parse(source, 0, &document);
	if (!status)
		status = hj_fix(document, &options, allocator, &fixed);
	if (!status) {
		hj_slice result = hj_slice_of(fixed.source->data, fixed.source->size);
		hj_text edited;
		hj_text_init(&edited, NULL);
		cr_expect_eq(
			hj_edits_apply(fixed.edits.items, fixed.edits.count, text, &edited), HJ_OK);
		cr_expect(hj_slice_equal(hj_text_slice(&edited), result), "edits differ");
		hj_text_free(&edited);
		hj_text_append(out, result);
		if (applied)
			*applied = fixed.applied;
		hj_fixed_free(&fixed);
	}
	hj_document_free(document);
	hj_source_free(source);
	return status;
}

static void check_case(const char *name, bool unsafe)
{
	char path[512];
	size_t applied;
	hj_text text, want, got, again;
	hj_text_init(&text, NULL);
	hj_text_init(&want, NULL);
	hj_text_init(&got, NULL);
	hj_text_init(&again, NULL);
	snprintf(path, sizeof path, "testdata/fix/%s", name);
	cr_assert(golden_read(path, &text), "%s", path);
	strcpy(strrchr(path, '.'), unsafe ? ".all" : ".safe");
	if (!golden_read(path, &want))
		hj_text_append(&want, hj_text_slice(&text));
	hj_fix_options options = {.unsafe = unsafe};
	cr_expect_eq(fix(NULL, hj_text_slice(&text), options, &got, NULL), HJ_OK);
	cr_expect(hj_slice_equal(hj_text_slice(&got), hj_text_slice(&want)), "%s is\n%s", path,
		hj_text_string(&got));
	cr_expect_eq(fix(NULL, hj_text_slice(&got), options, &again, &applied), HJ_OK);
	cr_expect_eq(applied, 0, "%s: a second run applies %zu", path, applied);
	hj_text_free(&text);
	hj_text_free(&want);
	hj_text_free(&got);
	hj_text_free(&again);
}

Test(fix, cases_become_what_they_should)
{
	DIR *files = opendir("testdata/fix");
	cr_assert(files);
	unsigned count = 0;
	for (const struct dirent *file; (file = readdir(files));) {
		const char *dot = strrchr(file->d_name, '.');
		if (!dot || strcmp(dot, ".hujson") != 0)
			continue;
		check_case(file->d_name, false);
		check_case(file->d_name, true);
		count++;
	}
	closedir(files);
	cr_expect_gt(count, 3);
}

static const char busy[] =
	"{\n\t// hujson: ignore[R002,R001]\n\t\"tagOwners\": {\"tag:web\": []},\n"
	"\t\"ssh\": [{\"src\": [\"tag:wbe\", \"tag:wep\"]}],\n}\n";

Test(fix, nothing_is_taken_that_the_caller_refuses)
{
	unsigned asked = 0;
	size_t applied;
	hj_text out;
	hj_text_init(&out, NULL);
	hj_fix_options options = {.unsafe = true, .allows = refuse, .context = &asked};
	cr_expect_eq(fix(NULL, hj_slice_str(busy), options, &out, &applied), HJ_OK);
	cr_expect_str_eq(hj_text_string(&out), busy);
	cr_expect_eq(applied, 0);
	cr_expect_gt(asked, 2);
	hj_text_free(&out);
}

/* Fixes a text with one rule; what was refused is counted. */
static size_t fix_by(const char *rule, const char *text, bool unsafe, hj_text *out)
{
	bool ignored[MOST_RULES], chosen[MOST_RULES] = {false};
	cr_assert(hj_rule_choose(hj_slice_str(rule), chosen));
	for (size_t i = 0; i < hj_rule_count(); i++)
		ignored[i] = !chosen[i];
	hj_lint_options lint = {.ignored = ignored};
	hj_fix_options options = {.unsafe = unsafe, .lint = &lint};
	hj_source *source;
	hj_document *document;
	hj_fixed fixed;
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_slice_str(text), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	cr_assert_eq(hj_fix(document, &options, NULL, &fixed), HJ_OK);
	hj_text_clear(out);
	hj_text_append(out, hj_slice_of(fixed.source->data, fixed.source->size));
	hj_text_string(out);
	size_t refused = fixed.refused;
	hj_fixed_free(&fixed);
	hj_document_free(document);
	hj_source_free(source);
	return refused;
}

/*
 * Letter case does not count in tags, so that fix is safe; but nobody knows what a template stands for,
 * and to change one may change access. With unsafe fixes too: it promised to be safe.
 */
Test(fix, a_safe_fix_that_would_change_access_is_left_out)
{
	static const char before[] =
		"{\n\t\"tagOwners\": {\"tag:$Name\": [], \"tag:web\": []},\n"
		"\t\"grants\": [{\"src\": [\"tag:$Name\"], \"dst\": [\"tag:Web\"], \"ip\": "
		"[\"*\"]}],\n}\n";
	static const char after[] =
		"{\n\t\"tagOwners\": {\"tag:$Name\": [], \"tag:web\": []},\n"
		"\t\"grants\": [{\"src\": [\"tag:$Name\"], \"dst\": [\"tag:web\"], \"ip\": "
		"[\"*\"]}],\n}\n";
	hj_text out;
	hj_text_init(&out, NULL);
	cr_expect_eq(fix_by("tag-case", before, false, &out), 1);
	cr_expect_str_eq(out.data, after);
	cr_expect_eq(fix_by("tag-case", before, true, &out), 1);
	cr_expect_str_eq(out.data, after);
	hj_text_free(&out);
}

/* An attribute that is not known to do anything: taking it out is a change all the same. */
Test(fix, an_unsafe_fix_may_change_access)
{
	static const char before[] =
		"{\"nodeAttrs\": [{\"target\": [\"*\"], \"attr\": [\"funnel\", "
		"\"disable-magicsock-crypto-routing\"]}]}\n";
	hj_text out;
	hj_text_init(&out, NULL);
	cr_expect_eq(fix_by("ineffective-node-attribute", before, false, &out), 0);
	cr_expect_str_eq(out.data, before);
	cr_expect_eq(fix_by("ineffective-node-attribute", before, true, &out), 0);
	cr_expect_str_eq(
		out.data, "{\"nodeAttrs\": [{\"target\": [\"*\"], \"attr\": [\"funnel\"]}]}\n");
	hj_text_free(&out);
}

Test(fix, out_of_memory_fails_and_leaks_nothing)
{
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_text out;
		hj_text_init(&out, NULL);
		hj_status status = fix(&allocator, hj_slice_str(busy),
			(hj_fix_options){.unsafe = true}, &out, NULL);
		hj_text_free(&out);
		cr_assert_eq(state.blocks, 0, "%zu", n);
		if (!state.failed) {
			cr_expect_eq(status, HJ_OK);
			break;
		}
		cr_assert_eq(status, HJ_NO_MEMORY, "%zu", n);
	}
}
