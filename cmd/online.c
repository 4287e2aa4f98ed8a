#include "cmd/online.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

/* Where the other program is, from the folder of this one: in a build folder, and installed. */
static const char *const places[] = {"hujson-net", "../libexec/hujson/hujson-net"};

/* The folder of this program, with its slash; false: nobody knows. */
static bool own_folder(hj_text *path)
{
	char self[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", self, sizeof self);
	if (size <= 0 || (size_t)size == sizeof self)
		return false;
	while (size > 0 && self[size - 1] != '/')
		size--;
	hj_text_append(path, (hj_slice){self, (size_t)size});
	return path->status == HJ_OK;
}

int online_run(struct app *app, const struct arguments *arguments, char **argv)
{
	/* What waits to be written would be written twice, or never. */
	app_flush(app, &app->out);
	app_flush(app, &app->err);
	hj_text path;
	hj_text_init(&path, app->allocator);
	if (own_folder(&path)) {
		size_t folder = path.size;
		for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
			path.size = folder;
			hj_text_str(&path, places[i]);
			if (hj_text_string(&path))
				execv(path.data, argv);
		}
	}
	hj_text_free(&path);
	app_complain(app, NULL,
		"`%s` runs in a program of its own, hujson-net, which is not installed with this "
		"one (%s)",
		arguments->command->name, strerror(errno));
	return EXIT_TROUBLE;
}
