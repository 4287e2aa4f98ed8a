/* What -d prints is taken by patch(1) without options to speak of, and by git. */
#include "testdata/support/program.h"

#include <criterion/criterion.h>

static const char before[] = "// top\n{\n\t\"a\": [1, 2], // one\n\t\"b\": 3\n}";
static const char after[] = "// top\n{\n\t\"a\": [1, 2, 9], // one\n\t\"b\": 3\n}";

static void expect_taken(const char *named, const char *file, const char *command)
{
	struct program run = {0};
	program_file(file, hj_slice_str(before));
	program_run(&run, "hujson", "add", "-d", named, "/a/-", "9", NULL);
	cr_expect_eq(run.status, 0);
	program_file("change.diff", hj_text_slice(&run.out));
	cr_expect_eq(
		system(command), 0, "%s: %.*s", command, HJ_SLICE_ARGS(hj_text_slice(&run.out)));
	hj_text got;
	hj_text_init(&got, NULL);
	cr_assert_eq(hj_file_read(file, 1 << 16, &got), HJ_OK);
	cr_expect(hj_slice_equal(hj_text_slice(&got), hj_slice_str(after)), "%s: %.*s", command,
		HJ_SLICE_ARGS(hj_text_slice(&got)));
	hj_text_free(&got);
	program_free(&run);
}

Test(diff, patch_and_git_take_it)
{
	static const char patch[] = "patch -p0 -s <change.diff", git[] = "git apply change.diff";
	char absolute[4200];
	program_folder();
	cr_assert_eq(system("git init -q . && mkdir sub"), 0);
	expect_taken("policy.hujson", "policy.hujson", patch);
	expect_taken("policy.hujson", "policy.hujson", git);
	expect_taken("./sub/a b.hujson", "sub/a b.hujson", patch);
	expect_taken("sub/a b.hujson", "sub/a b.hujson", git);
	char folder[4096];
	cr_assert_not_null(getcwd(folder, sizeof folder));
	snprintf(absolute, sizeof absolute, "%s/policy.hujson", folder);
	expect_taken(absolute, "policy.hujson", patch);
	expect_taken(absolute, "policy.hujson", git);
	program_leave();
}
