#include "cmd/app.h"

#include <fcntl.h>
#include <unistd.h>

/*
 * A program may be started with a standard stream closed. The next file that it opens would then
 * take the stream's number, and what is meant for the stream would land in the file. What takes its
 * place can be neither read (0) nor written (1, 2): to use it is an error, as it should be.
 */
static bool occupy_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int mode = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", mode) != fd)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	if (!occupy_standard_streams())
		return EXIT_TROUBLE;
	struct app app = {
		.in = STDIN_FILENO,
		.out = {.fd = STDOUT_FILENO},
		.err = {.fd = STDERR_FILENO},
	};
	return app_run(&app, argc, argv);
}
