/*
 * Running the program inside a test, with files of its own.
 *
 *     program_folder();                       // a new folder becomes the current one
 *     program_file("a.hujson", HJ_SLICE("{}"));
 *     struct program run = {.input = HJ_SLICE("")};
 *     program_run(&run, "hujson", "fmt", "-l", "a.hujson", NULL);
 *     cr_expect_eq(run.status, 1);
 *     program_free(&run);
 *     program_leave();                        // removes the folder
 */
#ifndef TESTDATA_SUPPORT_PROGRAM_H
#define TESTDATA_SUPPORT_PROGRAM_H

#include "cmd/app.h"

#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct program {
	hj_slice input;                /* of standard input */
	const hj_allocator *allocator; /* of the program; NULL: libc */
	int status;
	hj_text out, err; /* what it wrote */
};

enum { PROGRAM_WORDS = 64 };

static inline void program_must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	abort();
}

static char program_place[32], program_home[4096];

static inline void program_folder(void)
{
	strcpy(program_place, "/tmp/hujson-XXXXXX");
	program_must(getcwd(program_home, sizeof program_home), "getcwd");
	program_must(mkdtemp(program_place), "mkdtemp");
	program_must(chdir(program_place) == 0, "chdir");
}

static inline int program_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void program_leave(void)
{
	program_must(chdir(program_home) == 0, "chdir");
	program_must(nftw(program_place, program_remove, 16, FTW_DEPTH | FTW_PHYS) == 0, "nftw");
}

/* Writes a file, and the folders that lead to it. */
static inline void program_file(const char *path, hj_slice bytes)
{
	char folder[4096];
	for (const char *slash = path; (slash = strchr(slash + 1, '/'));) {
		snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
		mkdir(folder, 0777);
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	program_must(fd >= 0 && hj_write_all(fd, bytes) == HJ_OK, path);
	close(fd);
}

/* Has a file these bytes? False too when there is none. */
static inline bool program_file_is(const char *path, hj_slice bytes)
{
	hj_text text;
	hj_text_init(&text, NULL);
	bool same = hj_file_read(path, SIZE_MAX / 2, &text) == HJ_OK &&
		hj_slice_equal(hj_text_slice(&text), bytes);
	hj_text_free(&text);
	return same;
}

/* Names in the current folder. */
static inline unsigned program_entries(void)
{
	unsigned count = 0;
	DIR *folder = opendir(".");
	program_must(folder, "opendir");
	for (const struct dirent *entry; (entry = readdir(folder));)
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(folder);
	return count;
}

static inline int program_stream(hj_slice bytes)
{
	int fd = memfd_create("stream", MFD_CLOEXEC);
	program_must(fd >= 0 && hj_write_all(fd, bytes) == HJ_OK, "memfd");
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static inline void program_collect(int fd, hj_text *out)
{
	hj_text_init(out, NULL);
	lseek(fd, 0, SEEK_SET);
	program_must(hj_file_read_fd(fd, SIZE_MAX / 2, out) == HJ_OK, "read");
	program_must(hj_text_string(out), "memory");
	close(fd);
}

static inline void program_run_words(struct program *run, int count, char **words)
{
	struct app app = {
		.allocator = run->allocator,
		.in = program_stream(run->input),
		.out = {.fd = program_stream(HJ_SLICE(""))},
		.err = {.fd = program_stream(HJ_SLICE(""))},
	};
	run->status = app_run(&app, count, words);
	close(app.in);
	program_collect(app.out.fd, &run->out);
	program_collect(app.err.fd, &run->err);
}

/* The words are const char *, the first is the program's name, the last is NULL. */
static inline void program_run(struct program *run, ...)
{
	char *words[PROGRAM_WORDS + 1];
	int count = 0;
	va_list arguments;
	va_start(arguments, run);
	while (count < PROGRAM_WORDS && (words[count] = va_arg(arguments, char *)))
		count++;
	va_end(arguments);
	words[count] = NULL;
	program_run_words(run, count, words);
}

static inline void program_free(struct program *run)
{
	hj_text_free(&run->out);
	hj_text_free(&run->err);
}

#endif
