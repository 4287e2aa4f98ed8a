/*
 * The program by its data: testdata/cli/ says what it is given and what it answers.
 */
#include <criterion/criterion.h>

#include "testdata/support/golden.h"
#include "testdata/support/program.h"

/* The members of an object as files: written, or compared. */
static void each_file(golden_file *file, const char *name, const char *id, bool compare)
{
	uint32_t object = golden_find(file, 0, name);
	const hj_node *nodes = hj_document_nodes(file->document);
	if (!object)
		return;
	for (uint32_t i = hj_node_first(object); i < nodes[object].next;) {
		bool ok = true;
		uint32_t value = nodes[i].next;
		hj_slice path = hj_string_value(file->document, i, &file->arena, &ok);
		hj_slice text = hj_string_value(file->document, value, &file->arena, &ok);
		path = hj_arena_copy(&file->arena, path, &ok);
		cr_assert(ok);
		if (compare)
			cr_expect(
				program_file_is(path.data, text), "%s: %s differs", id, path.data);
		else
			program_file(path.data, text);
		i = nodes[value].next;
	}
}

/* Nested objects, a member to a line: their canonical indentation is quadratic. */
static void write_deep(uint32_t depth)
{
	hj_text text;
	hj_text_init(&text, NULL);
	for (uint32_t i = 0; i < depth; i++)
		hj_text_str(&text, "{\n\"a\":");
	hj_text_str(&text, "1");
	hj_text_repeat(&text, '}', depth);
	program_file("deep.hujson", hj_text_slice(&text));
	hj_text_free(&text);
}

static int read_words(golden_file *file, char **words)
{
	const hj_node *nodes = hj_document_nodes(file->document);
	hj_slice name = HJ_SLICE("hujson");
	golden_member(file, "name", &name);
	bool ok = true;
	int count = 0;
	words[count++] = (char *)(uintptr_t)hj_arena_copy(&file->arena, name, &ok).data;
	uint32_t list = golden_find(file, 0, "args");
	for (uint32_t i = hj_node_first(list); i < nodes[list].next; i = nodes[i].next) {
		hj_slice word = hj_string_value(file->document, i, &file->arena, &ok);
		words[count++] = (char *)(uintptr_t)hj_arena_copy(&file->arena, word, &ok).data;
	}
	cr_assert(ok);
	words[count] = NULL;
	return count;
}

static void expect_text(golden_file *file, const char *name, const hj_text *got, const char *id)
{
	char has[16];
	snprintf(has, sizeof has, "%s_has", name);
	hj_slice want = HJ_SLICE("");
	if (golden_member(file, has, &want))
		cr_expect(memmem(got->data, got->size, want.data, want.size), "%s: std%s is\n%s",
			id, name, got->data);
	else if (golden_member(file, name, &want) || strcmp(name, "err") == 0)
		cr_expect(hj_slice_equal(hj_text_slice(got), want), "%s: std%s is\n%s", id, name,
			got->data);
}

static unsigned run_file(const char *name)
{
	golden_file file;
	unsigned count = 0;
	cr_assert(golden_open(&file, "testdata/cli", name));
	while (golden_next(&file)) {
		const char *id = golden_name(&file);
		char *words[PROGRAM_WORDS + 1];
		int word_count = read_words(&file, words);
		program_folder();
		each_file(&file, "files", id, false);
		if (golden_number(&file, "deep") != UINT32_MAX)
			write_deep(golden_number(&file, "deep"));
		unsigned entries = program_entries();
		struct program run = {.input = HJ_SLICE("")};
		golden_member(&file, "in", &run.input);
		program_run_words(&run, word_count, words);
		uint32_t status = golden_number(&file, "exit");
		cr_expect_eq(run.status, status == UINT32_MAX ? 0 : (int)status,
			"%s: status %d, stderr:\n%s", id, run.status, run.err.data);
		expect_text(&file, "out", &run.out, id);
		expect_text(&file, "err", &run.err, id);
		each_file(&file, "after", id, true);
		cr_expect_eq(program_entries(), entries, "%s: files left behind", id);
		program_free(&run);
		program_leave();
		count++;
	}
	golden_close(&file);
	return count;
}

Test(program, fmt)
{
	cr_expect_gt(run_file("fmt.jsonl"), 30);
}

Test(program, lint)
{
	cr_expect_gt(run_file("lint.jsonl"), 15);
}

Test(program, check)
{
	cr_expect_gt(run_file("check.jsonl"), 12);
}

Test(program, test)
{
	cr_expect_gt(run_file("test.jsonl"), 25);
}

Test(program, compile)
{
	cr_expect_gt(run_file("compile.jsonl"), 20);
}

Test(program, usage)
{
	cr_expect_gt(run_file("usage.jsonl"), 20);
}

Test(program, edit)
{
	cr_expect_gt(run_file("edit.jsonl"), 20);
}

Test(program, hujsonfmt)
{
	cr_expect_gt(run_file("hujsonfmt.jsonl"), 10);
}

Test(program, rename)
{
	cr_expect_gt(run_file("rename.jsonl"), 8);
}

Test(program, convert)
{
	cr_expect_gt(run_file("convert.jsonl"), 10);
}

Test(program, access)
{
	cr_expect_gt(run_file("access.jsonl"), 20);
	cr_expect_gt(run_file("preview.jsonl"), 5);
}

Test(program, diff)
{
	cr_expect_gt(run_file("diff.jsonl"), 15);
}
