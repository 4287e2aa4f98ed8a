/*
 * Runs programs, interleaved, and measures them from outside: wall time and peak memory.
 *
 *     process_bench ROUNDS < commands > results
 *
 * A command is one line: KEY, a tab, the file for standard input (or -), a tab, the file for
 * standard output, a tab, then the words of the command, tabs between; standard error goes nowhere.
 * A result is one line: KEY,
 * tab, median milliseconds, tab, smallest, tab, peak kilobytes, tab, bytes of output, tab, exit
 * status of the last round. Rounds go over all commands in turn, so that a slow minute of the
 * machine hits all of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	WORDS = 1200,
	COMMANDS = 64,
	ROUNDS = 501,
	LIMIT = 20, /* seconds for one run; a program that takes longer is killed */
};

struct command {
	char *line, *key, *in, *out;
	char *words[WORDS + 1];
	double times[ROUNDS]; /* milliseconds */
	long kilobytes;
	int status;
};

static struct command commands[COMMANDS];

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void run(struct command *command, size_t round)
{
	int in = open(strcmp(command->in, "-") ? command->in : "/dev/null", O_RDONLY | O_CLOEXEC);
	int out = open(command->out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int err = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (in < 0 || out < 0 || err < 0) {
		perror(command->key);
		exit(1);
	}
	double start = now();
	pid_t child = vfork();
	if (child == 0) {
		dup2(in, 0);
		dup2(out, 1);
		dup2(err, 2);
		alarm(LIMIT);
		execvp(command->words[0], command->words);
		_exit(127);
	}
	struct rusage usage;
	int status = 0;
	while (wait4(child, &status, 0, &usage) < 0 && errno == EINTR)
		continue;
	command->times[round] = now() - start;
	command->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (usage.ru_maxrss > command->kilobytes)
		command->kilobytes = usage.ru_maxrss;
	close(in);
	close(out);
	close(err);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	size_t rounds = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 11;
	if (rounds < 1 || rounds > ROUNDS)
		rounds = ROUNDS;
	size_t count = 0, room = 0;
	char *line = NULL;
	while (count < COMMANDS && getline(&line, &room, stdin) > 0) {
		struct command *command = &commands[count++];
		char *save = NULL;
		line[strcspn(line, "\n")] = '\0';
		command->line = line;
		command->key = strtok_r(line, "\t", &save);
		command->in = strtok_r(NULL, "\t", &save);
		command->out = strtok_r(NULL, "\t", &save);
		for (size_t i = 0; i < WORDS; i++)
			if (!(command->words[i] = strtok_r(NULL, "\t", &save)))
				break;
		if (!command->words[0]) {
			fprintf(stderr, "process_bench: malformed line %zu\n", count);
			return 1;
		}
		line = NULL;
		room = 0;
	}
	free(line);
	for (size_t round = 0; round < rounds; round++)
		for (size_t i = 0; i < count; i++)
			run(&commands[i], round);
	for (size_t i = 0; i < count; i++) {
		struct command *command = &commands[i];
		struct stat status;
		long long size = stat(command->out, &status) ? -1 : (long long)status.st_size;
		qsort(command->times, rounds, sizeof *command->times, ascending);
		printf("%s\t%.3f\t%.3f\t%ld\t%lld\t%d\n", command->key, command->times[rounds / 2],
			command->times[0], command->kilobytes, size, command->status);
		free(command->line);
	}
	return 0;
}
