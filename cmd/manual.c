/*
 * The manual page, made from the tables, in the language mdoc(7).
 */
#include "cmd/help.h"
#include "cmd/options.h"

#define RELEASED "November 21, 2026"

enum { WIDTH = 78 };

/* Text that may hold anything, so that roff takes it as it is. */
static void print_text(struct stream *out, hj_slice text)
{
	if (text.size && (text.data[0] == '.' || text.data[0] == '\''))
		app_print(out, HJ_SLICE("\\&"));
	for (size_t i = 0; i < text.size; i++) {
		switch (text.data[i]) {
		case '\\': app_print(out, HJ_SLICE("\\e")); break;
		case '-': app_print(out, HJ_SLICE("\\-")); break;
		case '\'': app_print(out, HJ_SLICE("\\(aq")); break;
		case '~': app_print(out, HJ_SLICE("\\(ti")); break;
		case '^': app_print(out, HJ_SLICE("\\(ha")); break;
		default: app_print(out, hj_slice_of(text.data + i, 1));
		}
	}
}

static void print_line(struct stream *out, const char *text)
{
	print_text(out, hj_slice_str(text));
	app_print(out, HJ_SLICE("\n"));
}

/* A sentence a line, as roff wants it. */
static void print_paragraphs(struct stream *out, const char *description)
{
	hj_slice line, text = hj_slice_str(description);
	while (help_line(&text, WIDTH, &line)) {
		const char *at = line.data, *end = at + line.size, *stop;
		if (at == end)
			app_print(out, HJ_SLICE(".Pp\n"));
		for (; at < end; at = stop) {
			stop = memmem(at, (size_t)(end - at), ". ", 2);
			print_text(out, hj_slice_of(at, (size_t)((stop ? stop + 1 : end) - at)));
			app_print(out, HJ_SLICE("\n"));
			stop = stop ? stop + 2 : end;
		}
	}
}

static void print_option(struct stream *out, const struct option *option)
{
	app_print(out, HJ_SLICE(".It "));
	if (option->letter)
		app_printf(out, "Fl %c , ", option->letter);
	app_printf(out, "Fl \\-%s", option->name);
	if (option->value)
		app_printf(out, option_is_lenient(option) ? " Ns %s" : " Ar %s", option->value);
	app_print(out, HJ_SLICE("\n"));
	print_text(out, hj_slice_str(option->help));
	app_print(out, option->choices ? HJ_SLICE(":\n") : HJ_SLICE("\n"));
	if (option->choices) {
		for (const char *at = option->choices; *at; at++)
			app_print(out, *at == '|' ? HJ_SLICE(",\n") : hj_slice_of(at, 1));
		app_print(out, HJ_SLICE("\n"));
	}
}

static void print_command(struct stream *out, const struct command *command)
{
	app_printf(out, ".Ss hujson %s ", command->name);
	print_line(out, command->operands ? command->operands : "");
	print_paragraphs(out, command->description ? command->description : command->summary);
	if (command->option_count) {
		app_print(out, HJ_SLICE(".Bl -tag -width Ds\n"));
		for (size_t i = 0; i < command->option_count; i++)
			print_option(out, &command->options[i]);
		app_print(out, HJ_SLICE(".El\n"));
	}
	if (command->found) {
		app_print(out, HJ_SLICE(".Pp\nExit status 1:\n"));
		app_printf(out, "%s.\n", command->found);
	}
	if (!command->examples)
		return;
	app_print(out, HJ_SLICE(".Bd -literal -offset indent\n"));
	hj_slice line, text = hj_slice_str(command->examples);
	while (help_line(&text, SIZE_MAX - 1, &line)) {
		print_text(out, line);
		app_print(out, HJ_SLICE("\n"));
	}
	app_print(out, HJ_SLICE(".Ed\n"));
}

void manual_print(struct stream *out)
{
	size_t count;
	app_print(out,
		HJ_SLICE(".Dd " RELEASED "\n"
			 ".Dt HUJSON 1\n"
			 ".Os\n"
			 ".Sh NAME\n"
			 ".Nm hujson\n"
			 ".Nd tools for Tailscale policy files\n"
			 ".Sh SYNOPSIS\n"
			 ".Nm hujson\n"
			 ".Ar command\n"
			 ".Op Ar options\n"
			 ".Op Ar operand ...\n"
			 ".Nm hujsonfmt\n"
			 ".Op Fl dlmsw\n"
			 ".Op Ar path ...\n"
			 ".Sh DESCRIPTION\n"
			 ".Nm hujson\n"
			 "formats, checks and edits Tailscale policy files.\n"
			 "Their language, HuJSON, is JSON with comments and trailing commas.\n"
			 ".Pp\n"
			 "Results go to standard output, everything else to standard error.\n"
			 "A folder is walked for documents, which are files whose names end in\n"
			 ".Pa .hujson\n"
			 "or\n"
			 ".Pa .jwcc ;\n"
			 "links to folders are not followed, and\n"
			 ".Pa .git\n"
			 "is left out.\n"
			 "The operand\n"
			 ".Sq \\-\n"
			 "is standard input.\n"
			 "Short options may be bundled, long ones take their value as\n"
			 ".Fl \\-name Ns = Ns Ar value\n"
			 "or as the next word, and\n"
			 ".Fl \\-\n"
			 "ends the options.\n"
			 "Every command takes:\n"
			 ".Bl -tag -width Ds\n"));
	const struct option *common = options_common(&count);
	for (size_t i = 0; i < count; i++)
		print_option(out, &common[i]);
	app_print(out,
		HJ_SLICE(
			".El\n"
			".Pp\n"
			"A file is replaced as a whole: a temporary file in the same folder is\n"
			"written, flushed to disk and renamed.\n"
			"It keeps its mode and, where permitted, its owner; a symbolic link stays "
			"and\n"
			"its target is replaced.\n"
			"A file that would not change is not touched, and one that was changed by\n"
			"someone else meanwhile is left alone.\n"
			".Pp\n"
			"Called as\n"
			".Nm hujsonfmt ,\n"
			"the program stands in for the reference formatter's own tool:\n"
			"its options are\n"
			".Fl d\n"
			"(diff),\n"
			".Fl l\n"
			"(list),\n"
			".Fl m\n"
			"(minimize),\n"
			".Fl s\n"
			"(standardize) and\n"
			".Fl w\n"
			"(write), differences are no failure, and a failure is exit status 1.\n"
			".Sh COMMANDS\n"));
	const struct command *const *all = commands(&count);
	for (size_t i = 0; i < count; i++)
		print_command(out, all[i]);
	app_print(out,
		HJ_SLICE(".Sh ENVIRONMENT\n"
			 ".Bl -tag -width CLICOLOR_FORCE\n"
			 ".It Ev NO_COLOR\n"
			 "When set and not empty, output is not coloured.\n"
			 ".It Ev CLICOLOR_FORCE\n"
			 "When set and not 0, it is, even where it is no terminal's.\n"
			 ".It Ev CLICOLOR\n"
			 "When 0, output is not coloured.\n"
			 ".It Ev TERM\n"
			 "Output to a terminal that is\n"
			 ".Ql dumb\n"
			 "is not coloured.\n"
			 ".El\n"
			 ".Sh EXIT STATUS\n"
			 "The highest that applies:\n"
			 ".Bl -tag -width Ds\n"
			 ".It 0\n"
			 "All went well.\n"
			 ".It 1\n"
			 "There were findings, or something would change.\n"
			 "That holds for\n"
			 ".Cm fmt Fl l\n"
			 "and\n"
			 ".Cm fmt Fl d\n"
			 "too, where\n"
			 ".Xr gofmt 1\n"
			 "and\n"
			 ".Nm hujsonfmt\n"
			 "return 0.\n"
			 ".It 2\n"
			 "Wrong use, a file that cannot be read or written, or a document that "
			 "does\n"
			 "not parse where it has to.\n"
			 ".El\n"
			 ".Sh STANDARDS\n"
			 ".Rs\n"
			 ".%T The JavaScript Object Notation (JSON) Data Interchange Format\n"
			 ".%R RFC 8259\n"
			 ".Re\n"
			 ".Rs\n"
			 ".%T JavaScript Object Notation (JSON) Pointer\n"
			 ".%R RFC 6901\n"
			 ".Re\n"
			 ".Rs\n"
			 ".%T JavaScript Object Notation (JSON) Patch\n"
			 ".%R RFC 6902\n"
			 ".Re\n"));
}
