/*
 * Renaming by its data: testdata/rename/cases.jsonl. And on what people write: there and back again
 * is where it was.
 */
#include "policy/rename.h"

#include "base/fold.h"
#include "policy/references.h"

#include "testdata/support/failing.h"
#include "testdata/support/golden.h"

#include <criterion/criterion.h>
#include <dirent.h>

static hj_status rename_text(const hj_allocator *allocator, hj_slice text, hj_slice old_name,
	hj_slice new_name, hj_text *out, hj_text *why)
{
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_edits edits;
	hj_edits_init(&edits, allocator);
	hj_status status = hj_source_copy(allocator, NULL, text, &source);
	if (!status)
		status = hj_parse(source, 0, &document);
	if (!status)
		status = hj_rename(document, old_name, new_name, &edits, why);
	if (!status)
		status = hj_edits_apply(edits.items, edits.count, text, out);
	hj_edits_free(&edits);
	hj_document_free(document);
	hj_source_free(source);
	return status;
}

Test(rename, cases_become_what_they_should)
{
	golden_file file;
	unsigned count = 0;
	cr_assert(golden_open(&file, "testdata/rename", "cases.jsonl"));
	while (golden_next(&file)) {
		const char *id = golden_name(&file);
		hj_slice want = {0}, sentence = {0};
		hj_text out, why;
		hj_text_init(&out, NULL);
		hj_text_init(&why, NULL);
		hj_status status = rename_text(NULL, golden_need(&file, "doc"),
			golden_need(&file, "old"), golden_need(&file, "new"), &out, &why);
		if (golden_member(&file, "out", &want)) {
			cr_expect_eq(status, HJ_OK, "%s: %s", id, hj_text_string(&why));
			cr_expect(hj_slice_equal(hj_text_slice(&out), want), "%s: is\n%s", id,
				hj_text_string(&out));
		} else {
			sentence = golden_need(&file, "why");
			cr_expect_eq(status,
				golden_find(&file, 0, "missing") ? HJ_NOT_FOUND : HJ_INVALID, "%s",
				id);
			cr_expect(hj_slice_equal(hj_text_slice(&why), sentence), "%s: says %s", id,
				hj_text_string(&why));
		}
		hj_text_free(&out);
		hj_text_free(&why);
		count++;
	}
	golden_close(&file);
	cr_expect_gt(count, 35);
}

/* Every name that a policy defines, to a new one and back. */
static unsigned there_and_back(hj_slice text, const char *path)
{
	hj_source *source;
	hj_document *document;
	hj_policy policy;
	hj_references names;
	unsigned count = 0;
	cr_assert_eq(hj_source_copy(NULL, NULL, text, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	cr_assert_eq(hj_policy_bind(document, NULL, &policy), HJ_OK);
	cr_assert_eq(hj_references_gather(&policy, NULL, &names), HJ_OK);
	for (size_t i = 0; i < names.definitions.count && !hj_document_error(document); i++) {
		const hj_mention *name = &names.definitions.items[i];
		const char *prefix = hj_name_info_of(name->kind)->prefix;
		hj_text fresh, out, back, why;
		hj_text_init(&fresh, NULL);
		hj_text_init(&out, NULL);
		hj_text_init(&back, NULL);
		hj_text_init(&why, NULL);
		hj_text_printf(&fresh, "%srenamed-by-a-test", prefix);
		hj_status status =
			rename_text(NULL, text, name->name, hj_text_slice(&fresh), &out, &why);
		/* A tag:$name can be renamed, but nothing can be renamed to it. */
		if (!status && !memchr(name->name.data, '$', name->name.size)) {
			count++;
			cr_expect_eq(rename_text(NULL, hj_text_slice(&out), hj_text_slice(&fresh),
					     name->name, &back, &why),
				HJ_OK, "%s: %.*s: %s", path, HJ_SLICE_ARGS(name->name),
				hj_text_string(&why));
			/* Letter case is what may not come back. */
			cr_expect(hj_slice_equal_folded(hj_text_slice(&back), text) ||
					memchr(text.data, '\\', text.size),
				"%s: %.*s", path, HJ_SLICE_ARGS(name->name));
		}
		hj_text_free(&fresh);
		hj_text_free(&out);
		hj_text_free(&back);
		hj_text_free(&why);
	}
	hj_references_free(&names);
	hj_policy_free(&policy);
	hj_document_free(document);
	hj_source_free(source);
	return count;
}

Test(rename, there_and_back_again_is_where_it_was)
{
	const char *shared = getenv("HUJSON_SHARED");
	char folder[256], path[PATH_MAX];
	unsigned count = 0;
	if (!shared || !*shared)
		cr_skip_test("needs HUJSON_SHARED");
	snprintf(folder, sizeof folder, "%s/corpora/policies", shared);
	DIR *files = opendir(folder);
	cr_assert(files);
	for (const struct dirent *file; (file = readdir(files));) {
		hj_text text;
		if (file->d_name[0] == '.')
			continue;
		hj_text_init(&text, NULL);
		snprintf(path, sizeof path, "%s/%s", folder, file->d_name);
		cr_assert(golden_read(path, &text), "%s", path);
		count += there_and_back(hj_text_slice(&text), file->d_name);
		hj_text_free(&text);
	}
	closedir(files);
	cr_expect_gt(count, 1000, "%u", count);
}

Test(rename, out_of_memory_fails_and_leaks_nothing)
{
	static const char text[] = "{\"groups\": {\"group:d\\u0065v\": [], \"group:ops\": []},\n"
				   "\"acls\": [{\"src\": [\"group:dev\"], \"dst\": "
				   "[\"Group:Dev:22\", \"group:Dev:22\"]}]}";
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_text out, why;
		hj_text_init(&out, &allocator);
		hj_text_init(&why, &allocator);
		hj_status status = rename_text(&allocator, hj_slice_str(text),
			HJ_SLICE("group:dev"), HJ_SLICE("group:eng"), &out, &why);
		hj_text_free(&out);
		hj_text_free(&why);
		cr_assert_eq(state.blocks, 0, "%zu", n);
		if (!state.failed) {
			cr_expect_eq(status, HJ_OK);
			break;
		}
		cr_assert_eq(status, HJ_NO_MEMORY, "%zu", n);
	}
}
