/*
 * Help, manual and completions say all that the tables say, in a form that their readers take.
 */
#include <criterion/criterion.h>

#include "testdata/support/program.h"

#include "cmd/command.h"
#include "cmd/options.h"

TestSuite(help, .init = program_folder, .fini = program_leave);

static unsigned count_lines(const char *text)
{
	unsigned lines = 0;
	for (; (text = strchr(text, '\n')); text++)
		lines++;
	return lines;
}

static void expect_narrow(const char *text, size_t width, const char *what)
{
	while (*text) {
		size_t size = strcspn(text, "\n");
		cr_expect_leq(size, width, "%s: %.*s", what, (int)size, text);
		text += size + (text[size] == '\n');
	}
}

Test(help, fits_a_screen)
{
	struct program run = {0};
	program_run(&run, "hujson", "--help", NULL);
	cr_expect_lt(count_lines(run.out.data), 40);
	expect_narrow(run.out.data, 90, "hujson");
	program_free(&run);
}

Test(help, names_every_option)
{
	size_t count;
	const struct command *const *all = commands(&count);
	for (size_t i = 0; i < count; i++) {
		struct program run = {0};
		program_run(&run, "hujson", all[i]->name, "--help", NULL);
		cr_expect_eq(run.status, 0);
		cr_expect(strstr(run.out.data, all[i]->summary));
		expect_narrow(run.out.data, 80, all[i]->name);
		for (size_t k = 0; k < all[i]->option_count; k++) {
			char name[64];
			snprintf(name, sizeof name, "--%s", all[i]->options[k].name);
			cr_expect(strstr(run.out.data, name), "%s %s", all[i]->name, name);
		}
		program_free(&run);
	}
}

/* One letter or name means one thing; the tables are complete. */
Test(help, tables_are_sound)
{
	size_t count, common_count;
	const struct command *const *all = commands(&count);
	const struct option *common = options_common(&common_count);
	for (size_t i = 0; i < count; i++) {
		const struct command *command = all[i];
		/* Those without a function are hujson-net's, which .ci/test-online calls. */
		cr_expect(command->summary && command->description && command->examples, "%s",
			command->name);
		for (size_t k = 0; k < command->option_count; k++) {
			const struct option *one = &command->options[k];
			cr_expect(one->help[strlen(one->help) - 1] != '.', "--%s", one->name);
			for (size_t n = k + 1; n < command->option_count + common_count; n++) {
				const struct option *other = n < command->option_count
					? &command->options[n]
					: &common[n - command->option_count];
				cr_expect(strcmp(one->name, other->name) != 0, "%s --%s",
					command->name, one->name);
				cr_expect(!one->letter || one->letter != other->letter, "%s -%c",
					command->name, one->letter);
			}
		}
	}
}

static bool has(const char *program)
{
	char line[128];
	snprintf(line, sizeof line, "command -v %s >/dev/null", program);
	return system(line) == 0;
}

static void write_output(const char *path, const char *first, const char *second)
{
	struct program run = {0};
	program_run(&run, "hujson", first, second, NULL);
	cr_expect_eq(run.status, 0);
	program_file(path, hj_text_slice(&run.out));
	program_free(&run);
}

Test(help, manual_is_clean)
{
	if (!has("mandoc"))
		cr_skip_test("needs mandoc");
	write_output("hujson.1", "help", "--man");
	cr_expect_eq(system("mandoc -T lint -W warning hujson.1 >&2"), 0);
}

/* Runs a script of the shell on the completions; its output has to be `want`. */
static void expect_completed(const char *shell, const char *script, const char *want)
{
	if (!has(shell))
		return;
	write_output("completions", "completion", shell);
	program_file("script", hj_slice_str(script));
	char line[64];
	snprintf(line, sizeof line, "%s ./script >got 2>&1", shell);
	cr_expect_eq(system(line), 0, "%s", shell);
	hj_text got;
	hj_text_init(&got, NULL);
	cr_assert_eq(hj_file_read("got", 1 << 20, &got), HJ_OK);
	cr_expect_str_eq(hj_text_string(&got), want, "%s says\n%s", shell, got.data);
	hj_text_free(&got);
}

Test(help, bash_completes)
{
	expect_completed("bash",
		"source ./completions\n"
		"complete_words() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _hujson; "
		"echo \"${COMPREPLY[@]}\"; }\n"
		"complete_words hujson f\n"
		"complete_words hujson fmt --std\n"
		"complete_words hujson fmt --format = te\n"
		"complete_words hujson fmt --color ne\n"
		"complete_words hujson fmt a\n"
		"complete_words hujson help pa\n"
		"complete_words hujson completion ''\n",
		"fmt\n--stdin-filename --stdin-filepath\ntext\nnever\n\npatch\nbash zsh fish\n");
}

Test(help, fish_completes)
{
	expect_completed("fish",
		"source ./completions\n"
		"complete -C 'hujson f' | string replace -r '\\t.*' ''\n"
		"complete -C 'hujson fmt --std' | string replace -r '\\t.*' ''\n"
		"complete -C 'hujson fmt --format te' | string replace -r '\\t.*' ''\n"
		"complete -C 'hujson completion '\n",
		"fmt\n--stdin-filename\n--stdin-filepath\ntext\nbash\nfish\nzsh\n");
}

/* Without a terminal zsh completes nothing; that it reads the script and defines it must do. */
Test(help, zsh_reads)
{
	expect_completed("zsh",
		"autoload -U compinit && compinit -D -u -d ./dump\n"
		"source ./completions\n"
		"print $_comps[hujson]\n",
		"_hujson\n");
}
