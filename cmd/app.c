/*
 * Streams, complaints, and the way from argv to a command.
 */
#include "cmd/app.h"

#include "cmd/command.h"
#include "cmd/help.h"
#include "cmd/hujsonfmt.h"
#include "cmd/online.h"
#include "cmd/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WAITING = 64 * 1024 }; /* bytes that a stream collects before it writes */

static bool fail(struct stream *stream, int error)
{
	stream->failed = true;
	stream->error = error;
	hj_text_free(&stream->text);
	return false;
}

/* Writes what waits, says nothing. */
static bool push(struct stream *stream)
{
	if (stream->failed)
		return false;
	/* Whoever appended to the text itself may have met the end of memory. */
	if (stream->text.status)
		return fail(stream, ENOMEM);
	if (hj_write_all(stream->fd, hj_text_slice(&stream->text)))
		return fail(stream, errno);
	hj_text_clear(&stream->text);
	return true;
}

/*
 * The text never grows past what it first got, so that a refused allocation cannot lose what waits:
 * without memory bytes go out as they come.
 */
void app_print(struct stream *stream, hj_slice bytes)
{
	hj_text *text = &stream->text;
	if (stream->failed)
		return;
	if (text->capacity == 0 && !text->status && !hj_text_reserve(text, WAITING))
		hj_text_free(text);
	if (bytes.size > text->capacity - text->size && !push(stream))
		return;
	if (bytes.size <= text->capacity - text->size)
		hj_text_append(text, bytes);
	else if (hj_write_all(stream->fd, bytes))
		fail(stream, errno);
}

void app_printf(struct stream *stream, const char *format, ...)
{
	char small[256];
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(small, sizeof small, format, arguments);
	va_end(arguments);
	if (size < 0)
		return;
	if ((size_t)size < sizeof small) {
		app_print(stream, hj_slice_of(small, (size_t)size));
		return;
	}
	hj_text large;
	hj_text_init(&large, stream->text.allocator);
	va_start(arguments, format);
	hj_text_vprintf(&large, format, arguments);
	va_end(arguments);
	/* Without memory the beginning has to do. */
	app_print(stream,
		large.status ? hj_slice_of(small, sizeof small - 1) : hj_text_slice(&large));
	hj_text_free(&large);
}

void app_print_safe(struct stream *stream, hj_slice text)
{
	const char *at = text.data, *end = at + text.size, *plain = at;
	while (at < end) {
		uint32_t code;
		int size = hj_utf8_decode(at, end, &code);
		if (size && code >= 0x20 && code != 0x7F && !(code >= 0x80 && code < 0xA0)) {
			at += size;
			continue;
		}
		app_print(stream, hj_slice_of(plain, (size_t)(at - plain)));
		for (plain = at + (size ? size : 1); at < plain; at++)
			app_printf(stream, "\\x%02X", (unsigned)(unsigned char)*at);
	}
	app_print(stream, hj_slice_of(plain, (size_t)(at - plain)));
}

bool app_flush(struct app *app, struct stream *stream)
{
	if (push(stream))
		return true;
	/* Nobody reads any more: that is no fault worth a word. */
	if (!stream->told && stream == &app->out && stream->error != EPIPE) {
		stream->told = true;
		app_complain(
			app, NULL, "cannot write to standard output: %s", strerror(stream->error));
	}
	return false;
}

void app_complain(struct app *app, const char *path, const char *format, ...)
{
	/* In the order in which things happened, when both streams go to one place. */
	app_flush(app, &app->out);
	struct stream *err = &app->err;
	app_print(err, HJ_SLICE("hujson: "));
	if (path) {
		app_print_safe(err, hj_slice_str(path));
		app_print(err, HJ_SLICE(": "));
	}
	char text[1024];
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (size >= (int)sizeof text)
		size = (int)sizeof text - 1;
	app_print_safe(err, hj_slice_of(text, size > 0 ? (size_t)size : 0));
	app_print(err, HJ_SLICE("\n"));
	push(err);
}

int app_out_of_memory(struct app *app, const char *path)
{
	app_complain(app, path, "%s", hj_status_text(HJ_NO_MEMORY));
	return EXIT_TROUBLE;
}

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);
	return value && *value;
}

static bool is_zero(const char *variable)
{
	const char *value = getenv(variable);
	return value && strcmp(value, "0") == 0;
}

static bool wants_color(int fd)
{
	if (is_set("NO_COLOR"))
		return false;
	if (is_set("CLICOLOR_FORCE") && !is_zero("CLICOLOR_FORCE"))
		return true;
	if (is_zero("CLICOLOR") || !isatty(fd))
		return false;
	const char *terminal = getenv("TERM");
	return !terminal || strcmp(terminal, "dumb") != 0;
}

void app_settle_color(struct app *app)
{
	const char *when = app->color ? app->color : "auto";
	bool always = strcmp(when, "always") == 0, never = strcmp(when, "never") == 0;
	app->out.color = always || (!never && wants_color(app->out.fd));
	app->err.color = always || (!never && wants_color(app->err.fd));
}

/* A copy of the whole command line, NULL-ended: reading options moves the pointers of the other. */
static char **copy_line(struct app *app, int argc, char **argv)
{
	size_t count = (size_t)argc + 1;
	char **copy = hj_alloc(app->allocator, count * sizeof *copy);
	for (size_t i = 0; copy && i < count; i++)
		copy[i] = i + 1 < count ? argv[i] : NULL;
	return copy;
}

static int run_command(struct app *app, const struct command *command, int argc, char **argv)
{
	char **line = command->run ? NULL : copy_line(app, argc, argv);
	if (!command->run && !line)
		return app_out_of_memory(app, NULL);
	struct arguments arguments;
	int status = options_read(app, command, argc - 2, argv + 2, &arguments);
	if (status == EXIT_CLEAN) {
		if (options_has(&arguments, "help"))
			help_command(&app->out, command);
		else if (command->run)
			status = command->run(app, &arguments);
		else
			status = online_run(app, &arguments, line);
	}
	options_free(app, &arguments);
	hj_free(app->allocator, line, ((size_t)argc + 1) * sizeof *line);
	return status;
}

static int dispatch(struct app *app, int argc, char **argv)
{
	if (argc < 2) {
		help_global(&app->err);
		return EXIT_TROUBLE;
	}
	const char *word = argv[1];
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		help_global(&app->out);
		return EXIT_CLEAN;
	}
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
		help_version(&app->out);
		return EXIT_CLEAN;
	}
	const struct command *command = command_find(word);
	if (!command)
		return command_unknown(app, word);
	return run_command(app, command, argc, argv);
}

int app_run(struct app *app, int argc, char **argv)
{
	hj_text_init(&app->out.text, app->allocator);
	hj_text_init(&app->err.text, app->allocator);
	if (!app->name) {
		const char *called = argc > 0 ? argv[0] : "hujson";
		const char *slash = strrchr(called, '/');
		app->name = slash ? slash + 1 : called;
	}
	int status = strcmp(app->name, "hujsonfmt") == 0 ? hujsonfmt_run(app, argc, argv)
							 : dispatch(app, argc, argv);
	if (!app_flush(app, &app->out) && status < EXIT_TROUBLE)
		status = EXIT_TROUBLE;
	app_flush(app, &app->err);
	hj_text_free(&app->out.text);
	hj_text_free(&app->err.text);
	return status;
}
