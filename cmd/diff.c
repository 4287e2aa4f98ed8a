#include "cmd/diff.h"

#include <limits.h>
#include <unistd.h>

/*
 * "./PATH" for both sides: `patch -p0` takes it as it is, and `git apply`, which drops the first
 * part of a name, drops the dot. An absolute path below the working folder is written from there,
 * since neither follows absolute names.
 */
static const char *side_name(hj_text *out, const char *path)
{
	char folder[PATH_MAX];
	size_t size = getcwd(folder, sizeof folder) ? strlen(folder) : 0;
	if (path[0] == '/' && size > 1 && strncmp(path, folder, size) == 0 && path[size] == '/')
		path += size;
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	hj_text_byte(out, '.');
	if (path[0] != '/')
		hj_text_byte(out, '/');
	hj_text_str(out, path);
	return hj_text_string(out);
}

static const char *line_color(hj_slice line, bool header)
{
	if (header)
		return "\033[1m";
	switch (line.size ? line.data[0] : ' ') {
	case '@': return "\033[36m";
	case '+': return "\033[32m";
	case '-': return "\033[31m";
	default: return NULL;
	}
}

/* For eyes, not for patch(1): what the document would do to the terminal is shown instead. */
static void print_colored(struct stream *out, hj_slice diff)
{
	const char *at = diff.data, *end = at + diff.size;
	for (int number = 0; at < end; number++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		stop = stop ? stop : end;
		hj_slice line = hj_slice_of(at, (size_t)(stop - at));
		const char *color = line_color(line, number < 2);
		if (color)
			app_print(out, hj_slice_str(color));
		for (const char *tab; (tab = memchr(line.data, '\t', line.size));) {
			size_t before = (size_t)(tab - line.data);
			app_print_safe(out, hj_slice_of(line.data, before));
			app_print(out, HJ_SLICE("\t"));
			line.data += before + 1;
			line.size -= before + 1;
		}
		app_print_safe(out, line);
		app_print(out, color ? HJ_SLICE("\033[m\n") : HJ_SLICE("\n"));
		at = stop + 1;
	}
}

bool diff_print(struct app *app, const char *path, const hj_source *source, const hj_edits *edits)
{
	hj_text name_text, diff;
	hj_text_init(&name_text, app->allocator);
	hj_text_init(&diff, app->allocator);
	const char *name = side_name(&name_text, path);
	hj_status status = HJ_NO_MEMORY;
	if (name)
		status = hj_edits_diff(edits->items, edits->count,
			hj_slice_of(source->data, source->size), name, name, &diff);
	if (status)
		app_complain(app, path, "%s", hj_status_text(status));
	else if (app->out.color)
		print_colored(&app->out, hj_text_slice(&diff));
	else
		app_print(&app->out, hj_text_slice(&diff));
	hj_text_free(&name_text);
	hj_text_free(&diff);
	return !status;
}
