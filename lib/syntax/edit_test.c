#include "syntax/edit.h"

#include "testdata/support/golden.h"

#include <criterion/criterion.h>
#include <unistd.h>

static hj_slice slice(const char *text)
{
	return hj_slice_str(text);
}

Test(edit, apply)
{
	hj_edits edits;
	hj_edits_init(&edits, NULL);
	hj_edits_add(&edits, (hj_span){0, 0}, HJ_SLICE("<"));
	hj_edits_add(&edits, (hj_span){0, 0}, HJ_SLICE("!"));
	hj_edits_add(&edits, (hj_span){1, 3}, HJ_SLICE(""));
	hj_edits_add(&edits, (hj_span){3, 4}, HJ_SLICE("DD"));
	hj_edits_add(&edits, (hj_span){6, 6}, HJ_SLICE(">"));
	cr_expect_eq(edits.status, HJ_OK);
	hj_text out;
	hj_text_init(&out, NULL);
	cr_expect_eq(hj_edits_apply(edits.items, edits.count, slice("abcdef"), &out), HJ_OK);
	cr_expect(hj_slice_equal(hj_text_slice(&out), slice("<!aDDef>")));
	/* Past the end: nothing is appended. */
	cr_expect_eq(hj_edits_apply(edits.items, edits.count, slice("abc"), &out), HJ_INVALID);
	cr_expect_eq(out.size, 8);
	hj_edits_add(&edits, (hj_span){5, 6}, HJ_SLICE("late"));
	cr_expect_eq(edits.status, HJ_INVALID);
	hj_text_free(&out);
	hj_edits_free(&edits);
}

Test(edit, apply_checks_order)
{
	hj_text out;
	hj_text_init(&out, NULL);
	const hj_edit bad[] = {{{2, 3}, {0}}, {{1, 2}, {0}}};
	cr_expect_eq(hj_edits_apply(bad, 2, slice("abcdef"), &out), HJ_INVALID);
	const hj_edit backwards[] = {{{3, 2}, {0}}};
	cr_expect_eq(hj_edits_apply(backwards, 1, slice("abcdef"), &out), HJ_INVALID);
	cr_expect_eq(hj_edits_apply(NULL, 0, (hj_slice){0}, &out), HJ_OK);
	cr_expect_eq(out.size, 0);
	hj_text_free(&out);
}

/* -- diffs -------------------------------------------------------------------------------------- */

static void diff_between(hj_slice before, hj_slice after, hj_text *out)
{
	hj_edits edits;
	hj_edits_init(&edits, NULL);
	cr_assert_eq(hj_edits_between(before, after, &edits), HJ_OK);
	cr_assert_eq(hj_edits_diff(edits.items, edits.count, before, "old", "new", out), HJ_OK);
	hj_edits_free(&edits);
}

/* Our own cases: "before", "after" and the diff. */
Test(edit, diff_cases)
{
	golden_file file;
	cr_assert(golden_open(&file, "testdata/edit", "diff.jsonl"));
	while (golden_next(&file)) {
		hj_slice before = golden_need(&file, "before"), want = golden_need(&file, "diff");
		hj_text out;
		hj_text_init(&out, NULL);
		diff_between(before, golden_need(&file, "after"), &out);
		cr_expect(hj_slice_equal(hj_text_slice(&out), want), "%s: got\n%.*s",
			golden_name(&file), (int)out.size, out.data);
		hj_text_free(&out);
	}
	golden_close(&file);
}

Test(edit, diff_quotes_names)
{
	hj_text out;
	hj_text_init(&out, NULL);
	const hj_edit edit = {{0, 1}, HJ_SLICE("b")};
	hj_edits_diff(&edit, 1, slice("a\n"), "my file", "a\"b\n", &out);
	cr_expect(hj_slice_starts(hj_text_slice(&out),
			  HJ_SLICE("--- my file\t\n+++ \"a\\\"b\\012\"\n@@ -1 +1 @@\n-a\n+b\n")),
		"%.*s", (int)out.size, out.data);
	hj_text_free(&out);
}

static uint32_t dice(uint64_t *state, uint32_t sides)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33) % sides;
}

/* A text of short lines, so that edits touch, meet and cross line ends often. */
static void scribble(uint64_t *state, uint32_t size, hj_text *out)
{
	static const char letters[] = "ab\n{}\n\n \r\n";
	while (size--)
		hj_text_byte(out, letters[dice(state, sizeof letters - 1)]);
}

static void random_edits(uint64_t *state, hj_slice source, hj_edits *edits)
{
	uint32_t at = 0;
	for (uint32_t count = dice(state, 6); count--;) {
		uint32_t left = (uint32_t)source.size - at;
		uint32_t start = at + dice(state, left + 1);
		uint32_t most = (uint32_t)source.size - start;
		uint32_t end = start + dice(state, (most > 9 ? 9 : most) + 1);
		hj_text text;
		hj_text_init(&text, NULL);
		scribble(state, dice(state, 9), &text);
		hj_edits_add(edits, (hj_span){start, end}, hj_text_slice(&text));
		hj_text_free(&text);
		at = end;
	}
}

static void write_file(const char *path, hj_slice bytes)
{
	FILE *stream = fopen(path, "wb");
	cr_assert_not_null(stream);
	cr_assert_eq(fwrite(bytes.data ? bytes.data : "", 1, bytes.size, stream), bytes.size);
	cr_assert_eq(fclose(stream), 0);
}

/* patch(1) makes the new text of the old one and the diff. */
Test(edit, patch_takes_the_diff, .timeout = 120)
{
	if (system("command -v patch >/dev/null 2>&1") != 0)
		cr_skip_test("patch(1) is not installed");
	char folder[] = "/tmp/hujson-edit-XXXXXX";
	cr_assert_not_null(mkdtemp(folder));
	char file[64], diff[64], command[256];
	snprintf(file, sizeof file, "%s/file", folder);
	snprintf(diff, sizeof diff, "%s/diff", folder);
	snprintf(command, sizeof command, "cd %s && patch --binary -s -p0 < diff", folder);
	uint64_t state = 7;
	for (int round = 0; round < 60; round++) {
		hj_text source, want, printed, got;
		hj_text_init(&source, NULL);
		hj_text_init(&want, NULL);
		hj_text_init(&printed, NULL);
		hj_text_init(&got, NULL);
		scribble(&state, dice(&state, 200), &source);
		hj_edits edits;
		hj_edits_init(&edits, NULL);
		random_edits(&state, hj_text_slice(&source), &edits);
		cr_assert_eq(edits.status, HJ_OK);
		hj_edits_apply(edits.items, edits.count, hj_text_slice(&source), &want);
		cr_assert_eq(hj_edits_diff(edits.items, edits.count, hj_text_slice(&source), "file",
				     "file", &printed),
			HJ_OK);
		cr_expect_eq(printed.size == 0,
			hj_slice_equal(hj_text_slice(&source), hj_text_slice(&want)));
		/* patch(1) may delete a file that becomes empty: that is its way. */
		if (printed.size && want.size) {
			write_file(file, hj_text_slice(&source));
			write_file(diff, hj_text_slice(&printed));
			cr_expect_eq(system(command), 0, "round %d:\n%.*s", round,
				(int)printed.size, printed.data);
			golden_read(file, &got);
			cr_expect(hj_slice_equal(hj_text_slice(&got), hj_text_slice(&want)),
				"round %d:\n%.*s", round, (int)printed.size, printed.data);
		}
		hj_edits_free(&edits);
		hj_text_free(&source);
		hj_text_free(&want);
		hj_text_free(&printed);
		hj_text_free(&got);
	}
	snprintf(command, sizeof command, "rm -r %s", folder);
	cr_expect_eq(system(command), 0);
}

/* -- between ------------------------------------------------------------------------------------ */

Test(edit, between_gives_the_new_text)
{
	uint64_t state = 11;
	for (int round = 0; round < 2000; round++) {
		hj_text before, after, got;
		hj_text_init(&before, NULL);
		hj_text_init(&after, NULL);
		hj_text_init(&got, NULL);
		scribble(&state, dice(&state, 60), &before);
		hj_edits change, edits;
		hj_edits_init(&change, NULL);
		hj_edits_init(&edits, NULL);
		random_edits(&state, hj_text_slice(&before), &change);
		hj_edits_apply(change.items, change.count, hj_text_slice(&before), &after);
		cr_assert_eq(
			hj_edits_between(hj_text_slice(&before), hj_text_slice(&after), &edits),
			HJ_OK);
		cr_assert_eq(hj_edits_apply(edits.items, edits.count, hj_text_slice(&before), &got),
			HJ_OK);
		cr_expect(hj_slice_equal(hj_text_slice(&got), hj_text_slice(&after)),
			"round %d:\n%.*s\n---\n%.*s\n---\n%.*s", round, (int)before.size,
			before.data, (int)after.size, after.data, (int)got.size, got.data);
		for (size_t i = 0; i < edits.count; i++)
			cr_expect(edits.items[i].span.end > edits.items[i].span.start ||
					edits.items[i].text.size,
				"an empty edit");
		hj_edits_free(&change);
		hj_edits_free(&edits);
		hj_text_free(&before);
		hj_text_free(&after);
		hj_text_free(&got);
	}
}

/* Two large texts with nothing in common become one block, soon. */
Test(edit, between_is_bounded, .timeout = 60)
{
	hj_text before, after, out;
	hj_text_init(&before, NULL);
	hj_text_init(&after, NULL);
	hj_text_init(&out, NULL);
	for (int i = 0; i < 200000; i++) {
		hj_text_printf(&before, "%d\n", i * 2);
		hj_text_printf(&after, "%d\n", i * 2 + 1);
	}
	hj_edits edits;
	hj_edits_init(&edits, NULL);
	cr_expect_eq(
		hj_edits_between(hj_text_slice(&before), hj_text_slice(&after), &edits), HJ_OK);
	cr_expect_eq(edits.count, 1);
	cr_expect_eq(
		hj_edits_diff(edits.items, edits.count, hj_text_slice(&before), "a", "b", &out),
		HJ_OK);
	hj_edits_free(&edits);
	hj_text_free(&before);
	hj_text_free(&after);
	hj_text_free(&out);
}

/* One change in each of many lines: the diff stays linear. */
Test(edit, diff_of_many_edits, .timeout = 60)
{
	hj_text source, out;
	hj_text_init(&source, NULL);
	hj_text_init(&out, NULL);
	hj_edits edits;
	hj_edits_init(&edits, NULL);
	for (uint32_t i = 0; i < 300000; i++) {
		uint32_t at = (uint32_t)source.size;
		hj_text_str(&source, "line\n");
		if (i % 10 == 0)
			hj_edits_add(&edits, (hj_span){at, at + 1}, HJ_SLICE("L"));
	}
	cr_expect_eq(
		hj_edits_diff(edits.items, edits.count, hj_text_slice(&source), "a", "b", &out),
		HJ_OK);
	cr_expect_gt(out.size, source.size);
	hj_edits_free(&edits);
	hj_text_free(&source);
	hj_text_free(&out);
}

/* -- out of memory ------------------------------------------------------------------------------ */

typedef struct budget {
	size_t left, outstanding;
	bool refused;
} budget;

static void *budget_resize(void *context, void *block, size_t old_size, size_t new_size)
{
	(void)old_size;
	budget *limit = context;
	if (new_size == 0) {
		limit->outstanding -= block != NULL;
		free(block);
		return NULL;
	}
	if (limit->left == 0) {
		limit->refused = true;
		return NULL;
	}
	limit->left--;
	void *out = realloc(block, new_size);
	limit->outstanding += !block && out;
	return out;
}

Test(edit, out_of_memory)
{
	hj_slice before = HJ_SLICE("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n");
	hj_slice after = HJ_SLICE("a\nB\nc\nd\ne\nf\ng\nh\ni\nj\nx\nk\nl");
	budget limit = {.refused = true};
	for (size_t n = 0; limit.refused; n++) {
		cr_assert_lt(n, 1000);
		limit.left = n;
		limit.refused = false;
		hj_allocator allocator = {budget_resize, &limit};
		hj_edits edits;
		hj_text out;
		hj_edits_init(&edits, &allocator);
		hj_text_init(&out, &allocator);
		hj_status status = hj_edits_between(before, after, &edits);
		if (!status)
			status = hj_edits_diff(edits.items, edits.count, before, "a", "b", &out);
		cr_expect_eq(status, limit.refused ? HJ_NO_MEMORY : HJ_OK, "allocation %zu", n);
		hj_edits_free(&edits);
		hj_text_free(&out);
		cr_expect_eq(limit.outstanding, 0, "allocation %zu leaks", n);
	}
}
