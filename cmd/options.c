#include "cmd/options.h"

#include "base/suggest.h"

#include <stdio.h>

static const struct option common[] = {
	{"color", 0, "WHEN", "auto|always|never", "colour the output"},
	{"help", 'h', NULL, NULL, "print this help"},
};

const struct option *options_common(size_t *count)
{
	*count = sizeof common / sizeof *common;
	return common;
}

int options_misuse(struct app *app, const struct command *command, const char *format, ...)
{
	char text[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	app_complain(app, command ? command->name : NULL, "%s (see hujson%s%s --help)", text,
		command ? " " : "", command ? command->name : "");
	return EXIT_TROUBLE;
}

bool option_is_lenient(const struct option *option)
{
	return option->value && option->value[0] == '[';
}

/* Option number i of the command, its own first; NULL past the end. */
static const struct option *option_at(const struct command *command, size_t i)
{
	if (i < command->option_count)
		return &command->options[i];
	i -= command->option_count;
	return i < sizeof common / sizeof *common ? &common[i] : NULL;
}

static const struct option *find_letter(const struct command *command, char letter)
{
	const struct option *option;
	for (size_t i = 0; (option = option_at(command, i)); i++)
		if (option->letter == letter)
			return option;
	return NULL;
}

static const struct option *find_name(const struct command *command, hj_slice name)
{
	const struct option *option;
	for (size_t i = 0; (option = option_at(command, i)); i++)
		if (hj_slice_equal(hj_slice_str(option->name), name))
			return option;
	return NULL;
}

static int unknown(struct app *app, const struct command *command, hj_slice name)
{
	hj_suggest suggest;
	hj_suggest_begin(&suggest, name);
	const struct option *option;
	for (size_t i = 0; (option = option_at(command, i)); i++)
		hj_suggest_offer(&suggest, hj_slice_str(option->name));
	if (suggest.best.size)
		return options_misuse(app, command,
			"unknown option '--%.*s', did you mean '--%.*s'?", HJ_SLICE_ARGS(name),
			HJ_SLICE_ARGS(suggest.best));
	return options_misuse(app, command, "unknown option '--%.*s'", HJ_SLICE_ARGS(name));
}

static bool is_choice(const char *choices, hj_slice value)
{
	while (choices) {
		const char *bar = strchr(choices, '|');
		size_t size = bar ? (size_t)(bar - choices) : strlen(choices);
		if (hj_slice_equal(hj_slice_of(choices, size), value))
			return true;
		choices = bar ? bar + 1 : NULL;
	}
	return false;
}

static int keep(
	struct app *app, struct arguments *out, const struct option *option, const char *value)
{
	if (value && option->choices && !is_choice(option->choices, hj_slice_str(value)))
		return options_misuse(app, out->command, "--%s is one of %s, not '%.100s'",
			option->name, option->choices, value);
	if (hj_grow(app->allocator, &out->given, &out->given_capacity, out->given_count + 1,
		    sizeof *out->given))
		return app_out_of_memory(app, NULL);
	out->given[out->given_count++] = (struct given){option, value};
	if (option == &common[0])
		app->color = value;
	return EXIT_CLEAN;
}

/* Words that are still to be read. */
struct words {
	char **at, **end;
};

static int read_long(struct app *app, struct arguments *out, const char *word, struct words *words)
{
	const char *equals = strchr(word, '=');
	hj_slice name = hj_slice_of(word, equals ? (size_t)(equals - word) : strlen(word));
	const struct option *option = find_name(out->command, name);
	if (!option)
		return unknown(app, out->command, name);
	const char *value = equals ? equals + 1 : NULL;
	if (value && !option->value)
		return options_misuse(app, out->command, "--%s takes no value", option->name);
	if (option->value && !value && !option_is_lenient(option)) {
		if (words->at == words->end)
			return options_misuse(app, out->command, "--%s needs a value: %s",
				option->name, option->value);
		value = *words->at++;
	}
	return keep(app, out, option, value);
}

static int read_letters(
	struct app *app, struct arguments *out, const char *word, struct words *words)
{
	int status = EXIT_CLEAN;
	for (const char *at = word; *at && status == EXIT_CLEAN; at++) {
		const struct option *option = find_letter(out->command, *at);
		if (!option)
			return strlen(word) > 2 && find_name(out->command, hj_slice_str(word))
				? options_misuse(app, out->command,
					  "unknown option '-%s', did you mean '--%s'?", word, word)
				: options_misuse(app, out->command, "unknown option '-%c'", *at);
		if (!option->value || option_is_lenient(option)) {
			status = keep(app, out, option, NULL);
			continue;
		}
		if (at[1])
			return keep(app, out, option, at + 1);
		if (words->at == words->end)
			return options_misuse(
				app, out->command, "-%c needs a value: %s", *at, option->value);
		return keep(app, out, option, *words->at++);
	}
	return status;
}

int options_read(struct app *app, const struct command *command, int argc, char **argv,
	struct arguments *out)
{
	*out = (struct arguments){.command = command, .operands = argv};
	struct words words = {argv, argv + argc};
	bool ended = false;
	int status = EXIT_CLEAN;
	while (words.at < words.end && status == EXIT_CLEAN) {
		char *word = *words.at++;
		/* "-1" is a number, where numbers are no options. */
		bool number = word[0] == '-' && word[1] >= '0' && word[1] <= '9' &&
			!find_letter(command, word[1]);
		if (ended || word[0] != '-' || word[1] == '\0' || number)
			out->operands[out->operand_count++] = word;
		else if (word[1] != '-')
			status = read_letters(app, out, word + 1, &words);
		else if (word[2] == '\0')
			ended = true;
		else
			status = read_long(app, out, word + 2, &words);
	}
	app_settle_color(app);
	return status;
}

void options_free(struct app *app, struct arguments *arguments)
{
	hj_free(app->allocator, arguments->given,
		arguments->given_capacity * sizeof *arguments->given);
	*arguments = (struct arguments){0};
}

const char *options_next(const struct arguments *arguments, const char *name, size_t *at)
{
	while (*at < arguments->given_count) {
		const struct given *given = &arguments->given[(*at)++];
		if (strcmp(given->option->name, name) == 0)
			return given->value;
	}
	return NULL;
}

bool options_has(const struct arguments *arguments, const char *name)
{
	for (size_t i = 0; i < arguments->given_count; i++)
		if (strcmp(arguments->given[i].option->name, name) == 0)
			return true;
	return false;
}

const char *options_value(const struct arguments *arguments, const char *name)
{
	const char *last = NULL, *value;
	for (size_t at = 0; (value = options_next(arguments, name, &at));)
		last = value;
	return last;
}
