#include "cmd/outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int cannot_write(struct app *app, const char *path, int error)
{
	app_complain(app, path, "cannot write: %s", strerror(error));
	return EXIT_TROUBLE;
}

/* -- what was asked for ------------------------------------------------------------------------ */

static struct output *add(struct outputs *outputs)
{
	if (hj_grow(outputs->app->allocator, &outputs->items, &outputs->capacity,
		    outputs->count + 1, sizeof *outputs->items))
		return NULL;
	struct output *output = &outputs->items[outputs->count++];
	*output = (struct output){0};
	return output;
}

static int read_options(const struct arguments *arguments, struct outputs *outputs)
{
	struct app *app = outputs->app;
	struct output *last = NULL;
	for (size_t i = 0; i < arguments->given_count; i++) {
		const struct given *given = &arguments->given[i];
		bool format = strcmp(given->option->name, "format") == 0;
		if (!format && strcmp(given->option->name, "output") != 0)
			continue;
		bool fresh = !last || (format && last->format);
		if (fresh && !(last = add(outputs)))
			return app_out_of_memory(app, NULL);
		if (format)
			last->format = given->value;
		else if (last->path)
			return options_misuse(app, arguments->command,
				"--output %.100s and %.100s for one report: each belongs to the "
				"--format before it",
				last->path, given->value);
		else
			last->path = given->value;
	}
	if (!last && !add(outputs))
		return app_out_of_memory(app, NULL);
	return EXIT_CLEAN;
}

static const char *format_of(const struct output *output)
{
	return output->format ? output->format : "text";
}

static bool same_place(const struct output *a, const struct output *b)
{
	if (!a->path || !b->path)
		return a->path == b->path;
	return strcmp(a->path, b->path) == 0 ||
		(a->stamp.inode && a->stamp.inode == b->stamp.inode &&
			a->stamp.device == b->stamp.device);
}

/* Two reports in one place would be neither. */
static int check_places(const struct arguments *arguments, struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->items[i];
		if (output->path && strcmp(output->path, "-") == 0)
			output->path = NULL;
		if (output->path && hj_file_stamp_of(output->path, &output->stamp))
			output->stamp = (hj_file_stamp){0};
		for (size_t k = 0; k < i; k++)
			if (same_place(output, &outputs->items[k]))
				return options_misuse(outputs->app, arguments->command,
					"--format %s and %s both go to %.100s: give one of them "
					"another --output",
					format_of(&outputs->items[k]), format_of(output),
					output->path ? output->path : "standard output");
	}
	return EXIT_CLEAN;
}

/* -- files ------------------------------------------------------------------------------------- */

static int open_file(struct app *app, struct output *output)
{
	hj_text_init(&output->stream.text, app->allocator);
	output->stream.color = app->color && strcmp(app->color, "always") == 0;
	struct stat state;
	output->direct = stat(output->path, &state) == 0 && !S_ISREG(state.st_mode);
	if (output->direct) {
		output->stream.fd = open(output->path, O_WRONLY | O_CLOEXEC);
		if (output->stream.fd < 0)
			return cannot_write(app, output->path, errno);
		return EXIT_CLEAN;
	}
	hj_status status = hj_file_begin(output->path, app->allocator, &output->change);
	if (status == HJ_IO)
		return cannot_write(app, output->path, errno);
	if (status)
		return app_out_of_memory(app, output->path);
	output->stream.fd = output->change.fd;
	return EXIT_CLEAN;
}

static int close_file(struct app *app, struct output *output)
{
	bool written = app_flush(app, &output->stream);
	int error = output->stream.error;
	hj_text_free(&output->stream.text);
	if (output->direct) {
		if (close(output->stream.fd) && written)
			written = false, error = errno;
	} else if (!written || output->refused) {
		hj_file_abandon(&output->change);
	} else if (hj_file_commit(&output->change)) {
		written = false, error = errno;
	}
	return written ? EXIT_CLEAN : cannot_write(app, output->path, error);
}

static void free_items(struct outputs *outputs)
{
	hj_free(outputs->app->allocator, outputs->items,
		outputs->capacity * sizeof *outputs->items);
	outputs->items = NULL;
	outputs->count = outputs->capacity = 0;
}

/* -- the run ----------------------------------------------------------------------------------- */

int outputs_open(struct app *app, const struct arguments *arguments, hj_severity fail_level,
	struct outputs *out)
{
	*out = (struct outputs){.app = app};
	int status = read_options(arguments, out);
	if (!status)
		status = check_places(arguments, out);
	size_t opened = 0;
	for (; !status && opened < out->count; opened++)
		if (out->items[opened].path && (status = open_file(app, &out->items[opened])))
			break;
	for (size_t i = 0; status && i < opened; i++) {
		out->items[i].refused = true;
		if (out->items[i].path)
			close_file(app, &out->items[i]);
	}
	if (status) {
		free_items(out);
		return status;
	}
	for (size_t i = 0; i < out->count; i++) {
		struct output *output = &out->items[i];
		report_begin(&output->report, app, output->path ? &output->stream : &app->out,
			report_format_find(format_of(output)));
		output->report.fail_level = fail_level;
	}
	return EXIT_CLEAN;
}

bool outputs_refuse(struct outputs *outputs, const struct input *input)
{
	bool refused = false;
	for (size_t i = 0; i < outputs->count && !input->standard; i++) {
		struct output *output = &outputs->items[i];
		if (!output->path || !output->stamp.inode ||
			output->stamp.inode != input->stamp.inode ||
			output->stamp.device != input->stamp.device)
			continue;
		app_complain(outputs->app, input->path,
			"is to be checked and cannot take the report too");
		output->refused = refused = true;
	}
	return refused;
}

void outputs_file(struct outputs *outputs, const struct report_file *file)
{
	for (size_t i = 0; i < outputs->count; i++)
		report_file(&outputs->items[i].report, file);
}

int outputs_close(struct outputs *outputs, int status)
{
	int worst = status;
	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->items[i];
		output->report.status = status;
		report_end(&output->report);
		int closed = output->path ? close_file(outputs->app, output) : EXIT_CLEAN;
		worst = closed > worst ? closed : worst;
	}
	free_items(outputs);
	return worst;
}
