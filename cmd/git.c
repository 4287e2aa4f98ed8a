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

/* Starts git with its output going to a descriptor. 0, or an errno. */
static int start(const char *operand, int out, int in, pid_t *child)
{
	static char git[] = "git", command[] = "cat-file", type[] = "blob";
	char *words[] = {git, command, type, (char *)(uintptr_t)operand, NULL};
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

bool git_read(struct app *app, const char *operand, hj_text *out)
{
	int ends[2];
	if (operand[0] == '-' || pipe2(ends, O_CLOEXEC)) {
		app_complain(
			app, operand, "%s", operand[0] == '-' ? "no revision" : strerror(errno));
		return false;
	}
	pid_t child;
	int error = start(operand, ends[1], ends[0], &child);
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
