#include "cmd/git.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

bool git_names(const char *operand)
{
	const char *colon = strchr(operand, ':');
	return colon && colon > operand && access(operand, F_OK) != 0;
}

/* Starts git in a folder with its output going to a descriptor. 0, or an errno. */
static int start(const char *folder, const char *operand, int out, int in, pid_t *child)
{
	static char git[] = "git", where[] = "-C", command[] = "cat-file", type[] = "blob";
	char *words[] = {git, where, (char *)(uintptr_t)folder, command, type,
		(char *)(uintptr_t)operand, NULL};
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);
	if (error)
		return error;
	error = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!error)
		error = posix_spawn_file_actions_addclose(&actions, in);
	if (!error)
		error = posix_spawnp(child, git, &actions, NULL, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static bool read_from(struct app *app, const char *folder, const char *operand, hj_text *out)
{
	int ends[2];
	if (operand[0] == '-' || pipe2(ends, O_CLOEXEC)) {
		app_complain(
			app, operand, "%s", operand[0] == '-' ? "no revision" : strerror(errno));
		return false;
	}
	pid_t child;
	int error = start(folder, operand, ends[1], ends[0], &child);
	close(ends[1]);
	if (error) {
		close(ends[0]);
		app_complain(app, operand, "git cannot be started: %s", strerror(error));
		return false;
	}
	hj_status status = hj_file_read_fd(ends[0], HJ_SOURCE_MAX, out);
	int failure = errno;
	close(ends[0]);
	int code = 0;
	while (waitpid(child, &code, 0) < 0 && errno == EINTR)
		continue;
	if (status)
		app_complain(app, operand, "%s",
			status == HJ_IO ? strerror(failure) : hj_status_text(status));
	else if (code) /* git has said what is wrong */
		app_complain(app, operand, "is neither a file nor known to git");
	return !status && !code;
}

bool git_read(struct app *app, const char *operand, hj_text *out)
{
	return read_from(app, ".", operand, out);
}

bool git_read_file(struct app *app, const char *revision, const char *path, hj_text *out)
{
	/* git takes REV:./NAME for a file beside it. */
	const char *slash = strrchr(path, '/');
	hj_text folder, operand;
	hj_text_init(&folder, app->allocator);
	hj_text_init(&operand, app->allocator);
	if (slash)
		hj_text_append(&folder, (hj_slice){path, (size_t)(slash - path) + 1});
	else
		hj_text_str(&folder, ".");
	hj_text_printf(&operand, "%s:./%s", revision, slash ? slash + 1 : path);
	const char *where = hj_text_string(&folder), *what = hj_text_string(&operand);
	bool good = where && what && read_from(app, where, what, out);
	if (!where || !what)
		app_out_of_memory(app, path);
	hj_text_free(&folder);
	hj_text_free(&operand);
	return good;
}
