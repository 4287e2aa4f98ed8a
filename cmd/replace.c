#include "cmd/replace.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/*
 * What the signal handler knows: one temporary file, by a copy of its path, since the change's own
 * memory may be on its way out.
 */
static char doomed[PATH_MAX + NAME_MAX];
static volatile sig_atomic_t is_doomed;

static const int deadly[] = {SIGINT, SIGTERM, SIGHUP};

static void clean_up(int signal)
{
	if (is_doomed)
		unlink(doomed);
	/* The handler was for one time: the default action follows on return. */
	raise(signal);
}

static void watch_signals(void)
{
	static bool watching;
	if (watching)
		return;
	watching = true;
	for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
		struct sigaction old,
			action = {.sa_handler = clean_up, .sa_flags = (int)SA_RESETHAND};
		sigemptyset(&action.sa_mask);
		/* A signal that is ignored (nohup) stays so. */
		if (sigaction(deadly[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(deadly[i], &action, NULL);
	}
	/* Past a limit on the size of files a write shall fail, not end the program half-way. */
	signal(SIGXFSZ, SIG_IGN);
}

/* Between the file's creation and the note of its name no signal comes through. */
static hj_status begin(struct app *app, const char *path, hj_file_change *change)
{
	sigset_t held, before;
	sigemptyset(&held);
	for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
		sigaddset(&held, deadly[i]);
	watch_signals();
	sigprocmask(SIG_BLOCK, &held, &before);
	hj_status status = hj_file_begin(path, app->allocator, change);
	int error = errno;
	if (!status && change->temporary_size <= sizeof doomed) {
		memcpy(doomed, change->temporary, change->temporary_size);
		is_doomed = 1;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return status;
}

static bool complain(struct app *app, const char *path, hj_status status)
{
	if (status == HJ_TOO_LARGE)
		return false; /* the producer's, who knows what the bound is */
	if (status == HJ_IO && errno == ESTALE)
		app_complain(app, path, "changed by someone else meanwhile; left as it is");
	else
		app_complain(app, path, "cannot write, left as it was: %s",
			status == HJ_IO ? strerror(errno) : hj_status_text(status));
	return false;
}

bool replace_file(
	struct app *app, const struct input *input, replace_produce produce, void *context)
{
	hj_file_change change;
	hj_status status = begin(app, input->path, &change);
	if (status)
		return complain(app, input->path, status);
	hj_file_guard(&change, &input->stamp);
	status = produce(&change, context);
	if (status) {
		int error = errno;
		hj_file_abandon(&change);
		errno = error;
	} else {
		status = hj_file_commit(&change);
	}
	is_doomed = 0;
	return !status || complain(app, input->path, status);
}

static hj_status produce_text(hj_file_change *change, void *context)
{
	const hj_slice *text = context;
	return hj_file_write(change, *text);
}

bool replace_text(struct app *app, const struct input *input, hj_slice text)
{
	return replace_file(app, input, produce_text, &text);
}
