/*
 * Streams and their colour.
 */
#include <criterion/criterion.h>

#include "testdata/support/failing.h"
#include "testdata/support/program.h"

static int open_terminal(void)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	cr_assert(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
	int fd = open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
	cr_assert_geq(fd, 0);
	return fd;
}

Test(app, colour)
{
	static const struct {
		const char *option, *variable, *value;
		bool terminal, file; /* coloured? */
	} rows[] = {
		{NULL, "X", "", true, false},
		{"auto", "X", "", true, false},
		{"always", "X", "", true, true},
		{"never", "X", "", false, false},
		{NULL, "NO_COLOR", "1", false, false},
		{NULL, "NO_COLOR", "0", false, false},
		{NULL, "NO_COLOR", "", true, false},
		{"always", "NO_COLOR", "1", true, true},
		{NULL, "CLICOLOR_FORCE", "1", true, true},
		{NULL, "CLICOLOR_FORCE", "0", true, false},
		{"never", "CLICOLOR_FORCE", "1", false, false},
		{NULL, "CLICOLOR", "0", false, false},
		{NULL, "CLICOLOR", "1", true, false},
		{NULL, "TERM", "dumb", false, false},
		{"always", "TERM", "dumb", true, true},
	};
	struct app app = {
		.out = {.fd = open_terminal()}, .err = {.fd = program_stream(HJ_SLICE(""))}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		clearenv();
		setenv("TERM", "xterm", 1);
		setenv(rows[i].variable, rows[i].value, 1);
		app.color = rows[i].option;
		app_settle_color(&app);
		cr_expect_eq(app.out.color, rows[i].terminal, "row %zu, terminal", i);
		cr_expect_eq(app.err.color, rows[i].file, "row %zu, file", i);
	}
}

/* All that is printed arrives, in order, with and without memory. */
static void expect_printed(const hj_allocator *allocator)
{
	static char block[70000];
	struct app app = {.allocator = allocator};
	app.out.fd = program_stream(HJ_SLICE(""));
	hj_text_init(&app.out.text, allocator);
	memset(block, 'b', sizeof block);
	hj_text want, got;
	hj_text_init(&want, NULL);
	for (int i = 0; i < 20000; i++) {
		app_printf(&app.out, "%d,", i);
		hj_text_printf(&want, "%d,", i);
		if (i % 5000)
			continue;
		app_print(&app.out, hj_slice_of(block, sizeof block));
		hj_text_append(&want, hj_slice_of(block, sizeof block));
	}
	cr_expect(app_flush(&app, &app.out));
	program_collect(app.out.fd, &got);
	cr_expect(hj_slice_equal(hj_text_slice(&want), hj_text_slice(&got)));
	hj_text_free(&want);
	hj_text_free(&got);
	hj_text_free(&app.out.text);
}

Test(app, prints)
{
	expect_printed(NULL);
	failing_state state = {.for_ever = true};
	hj_allocator allocator = failing_allocator(&state);
	expect_printed(&allocator);
	cr_expect(state.failed);
}

Test(app, escapes_what_a_terminal_would_obey)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"plain äß日本", "plain äß日本"},
		{"\033[31m", "\\x1B[31m"},
		{"a\tb\r\n", "a\\x09b\\x0D\\x0A"},
		{"\x7F", "\\x7F"},
		{"\xC2\x9B"
		 "31m",
			"\\xC2\\x9B31m"},
		{"latin \xE9", "latin \\xE9"},
		{"", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct app app = {.out = {.fd = program_stream(HJ_SLICE(""))}};
		app_print_safe(&app.out, hj_slice_str(rows[i].text));
		app_flush(&app, &app.out);
		hj_text got;
		program_collect(app.out.fd, &got);
		cr_expect_str_eq(got.data, rows[i].want);
		hj_text_free(&got);
		hj_text_free(&app.out.text);
	}
}
