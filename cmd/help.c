#include "cmd/help.h"

#include "cmd/options.h"

enum { WIDTH = 80 };

static void pad(struct stream *out, size_t used, size_t column)
{
	app_printf(out, "%*s", (int)(used < column ? column - used : 1), "");
}

void help_version(struct stream *out)
{
	app_print(out,
		HJ_SLICE("hujson " HJ_VERSION "\n"
			 "Copyright (C) 2026 the hujson authors\n"
			 "Licence: MIT. There is no warranty, to the extent permitted by law.\n"));
}

void help_global(struct stream *out)
{
	app_print(out,
		HJ_SLICE("hujson - tools for Tailscale policy files: JSON with comments and "
			 "trailing "
			 "commas\n"
			 "\n"
			 "Usage: hujson COMMAND [options] [operands]\n"
			 "\n"
			 "  $ hujson fmt -w policy.hujson    # format a file in place\n"
			 "  $ hujson lint policy.hujson      # find mistakes\n"
			 "\n"
			 "Commands:\n"));
	size_t count;
	const struct command *const *all = commands(&count);
	for (size_t i = 0; i < count; i++) {
		app_printf(out, "  %s", all[i]->name);
		pad(out, strlen(all[i]->name), 12);
		app_printf(out, "%s\n", all[i]->summary);
	}
	app_print(out,
		HJ_SLICE("\n"
			 "hujson COMMAND --help says more. Every command takes --color WHEN; - is "
			 "standard input.\n"
			 "hujson --version prints the version.\n"
			 "\n"
			 "Exit status: 0 clean, 1 findings or differences, 2 wrong use or "
			 "unreadable input,\n3 the network or the API failed.\n"));
}

bool help_line(hj_slice *text, size_t width, hj_slice *line)
{
	const char *at = text->data, *end = at + text->size;
	if (at == end)
		return false;
	const char *stop = memchr(at, '\n', text->size);
	stop = stop ? stop : end;
	const char *next = stop < end ? stop + 1 : end;
	if ((size_t)(stop - at) > width) {
		const char *blank = memrchr(at, ' ', width + 1);
		if (!blank)
			blank = memchr(at, ' ', (size_t)(stop - at));
		if (blank) {
			stop = blank;
			next = blank + 1;
		}
	}
	*line = hj_slice_of(at, (size_t)(stop - at));
	*text = hj_slice_of(next, (size_t)(end - next));
	return true;
}

static void print_option(struct stream *out, const struct option *option)
{
	enum { COLUMN = 29 };
	size_t used = 6 + 2 + strlen(option->name);
	if (option->letter)
		app_printf(out, "  -%c, --%s", option->letter, option->name);
	else
		app_printf(out, "      --%s", option->name);
	if (option->value) {
		bool joined = option_is_lenient(option);
		app_printf(out, "%s%s", joined ? "" : " ", option->value);
		used += !joined + strlen(option->value);
	}
	char text[512];
	size_t size = 0;
	for (const char *at = option->help; *at && size < sizeof text - 4; at++)
		text[size++] = *at;
	for (const char *at = option->choices; at && *at && size < sizeof text - 4; at++) {
		bool first = at == option->choices;
		if (first || *at == '|') {
			text[size++] = first ? ':' : ',';
			text[size++] = ' ';
		}
		if (*at != '|')
			text[size++] = *at;
	}
	hj_slice line, rest = hj_slice_of(text, size);
	while (help_line(&rest, WIDTH - COLUMN, &line)) {
		pad(out, used, COLUMN);
		app_printf(out, "%.*s\n", (int)line.size, line.data);
		used = 0;
	}
}

const char *help_status(const struct command *command, int status)
{
	switch (status) {
	case EXIT_CLEAN: return "all went well";
	case EXIT_FOUND: return command->found;
	case EXIT_TROUBLE: return "wrong use, or input that cannot be read, parsed or written";
	default: return NULL;
	}
}

void help_command(struct stream *out, const struct command *command)
{
	app_printf(out, "hujson %s - %s\n\nUsage: hujson %s [options] %s\n", command->name,
		command->summary, command->name, command->operands ? command->operands : "");
	hj_slice line, text = hj_slice_str(command->examples);
	if (text.size)
		app_print(out, HJ_SLICE("\nExamples:\n"));
	while (help_line(&text, SIZE_MAX - 1, &line))
		app_printf(out, "  %.*s\n", (int)line.size, line.data);
	text = hj_slice_str(command->description);
	if (text.size)
		app_print(out, HJ_SLICE("\n"));
	while (help_line(&text, WIDTH, &line))
		app_printf(out, "%.*s\n", (int)line.size, line.data);
	app_print(out, HJ_SLICE("\nOptions:\n"));
	size_t count;
	const struct option *common = options_common(&count);
	for (size_t i = 0; i < command->option_count; i++)
		print_option(out, &command->options[i]);
	for (size_t i = 0; i < count; i++)
		print_option(out, &common[i]);
	app_print(out, HJ_SLICE("\nExit status:\n"));
	for (int status = EXIT_CLEAN; status <= EXIT_NETWORK; status++)
		if (help_status(command, status))
			app_printf(out, "  %d  %s\n", status, help_status(command, status));
}
