/*
 * Options whose value may be left out. What else options do is in testdata/cli/usage.jsonl.
 */
#include "cmd/options.h"

#include <criterion/criterion.h>

static const struct option lenient_options[] = {
	{"github-syntax", 'g', "[=BOOL]", NULL, "may have a value"},
	{"file", 'f', "FILE", NULL, "has a value"},
};

static const struct command lenient = {.name = "lenient",
	.operands = "WORD",
	.options = lenient_options,
	.option_count = sizeof lenient_options / sizeof *lenient_options};

static void read_words(const char **words, int count, struct app *app, struct arguments *arguments)
{
	cr_assert_eq(options_read(app, &lenient, count, (char **)(uintptr_t)words, arguments),
		EXIT_CLEAN);
}

Test(options, a_lenient_one_never_takes_the_next_word)
{
	struct app app = {0};
	struct arguments arguments;
	const char *words[] = {"--github-syntax", "false", "-g", "word", "-gf", "path"};
	read_words(words, 6, &app, &arguments);
	cr_expect(options_has(&arguments, "github-syntax"));
	cr_expect_null(options_value(&arguments, "github-syntax"));
	cr_expect_str_eq(options_value(&arguments, "file"), "path");
	cr_assert_eq(arguments.operand_count, 2);
	cr_expect_str_eq(arguments.operands[0], "false");
	cr_expect_str_eq(arguments.operands[1], "word");
	options_free(&app, &arguments);
}

Test(options, a_lenient_one_has_the_value_that_is_joined_to_it)
{
	struct app app = {0};
	struct arguments arguments;
	const char *words[] = {"--github-syntax=false"};
	read_words(words, 1, &app, &arguments);
	cr_expect_str_eq(options_value(&arguments, "github-syntax"), "false");
	cr_expect_eq(arguments.operand_count, 0);
	options_free(&app, &arguments);
}
