#include "cmd/net/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* 0, or an errno. */
static int start(const char *command, int in, pid_t *child)
{
	static char shell[] = "/bin/sh", option[] = "-c";
	char *words[] = {shell, option, (char *)(uintptr_t)command, NULL};
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);
	if (error)
		return error;
	error = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (!error)
		error = posix_spawn(child, shell, &actions, NULL, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

void pager_start(struct app *app, struct pager *pager)
{
	*pager = (struct pager){.terminal = app->out.fd};
	const char *command = getenv("PAGER");
	int ends[2];
	if (!command || !*command || !isatty(app->out.fd) || pipe2(ends, O_CLOEXEC))
		return;
	/* As git has it: colours, and no page for what fits on the screen. */
	setenv("LESS", "FRX", 0);
	int error = start(command, ends[0], &pager->child);
	close(ends[0]);
	if (error) {
		pager->child = 0;
		close(ends[1]);
		return;
	}
	/* Who has seen enough leaves, and nothing is wrong. */
	signal(SIGPIPE, SIG_IGN);
	app->out.fd = ends[1];
}

void pager_end(struct app *app, struct pager *pager)
{
	if (!pager->child)
		return;
	app_flush(app, &app->out);
	close(app->out.fd);
	app->out.fd = pager->terminal;
	while (waitpid(pager->child, NULL, 0) < 0 && errno == EINTR)
		continue;
}
