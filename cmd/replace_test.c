/*
 * What happens to files when things go wrong: signals, full disks, other writers, no memory.
 */
#include <criterion/criterion.h>

#include "testdata/support/failing.h"
#include "testdata/support/program.h"

#include "cmd/replace.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

TestSuite(replace, .init = program_folder, .fini = program_leave);

#define OLD HJ_SLICE("{\"a\":1}")
#define NEW HJ_SLICE("{\"a\": 1}\n")

Test(replace, unchanged_files_are_not_touched)
{
	program_file("a.hujson", NEW);
	struct timespec past[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	cr_assert_eq(utimensat(AT_FDCWD, "a.hujson", past, 0), 0);
	struct stat before, after;
	cr_assert_eq(stat("a.hujson", &before), 0);
	struct program run = {0};
	program_run(&run, "hujson", "fmt", "-w", "a.hujson", NULL);
	cr_expect_eq(run.status, 0);
	program_free(&run);
	program_run(&run, "hujson", "set", "-w", "a.hujson", "/a", "1", NULL);
	cr_expect_eq(run.status, 0);
	program_free(&run);
	cr_assert_eq(stat("a.hujson", &after), 0);
	cr_expect_eq(before.st_ino, after.st_ino);
	cr_expect_eq(before.st_mtim.tv_sec, after.st_mtim.tv_sec);
	cr_expect_eq(before.st_ctim.tv_nsec, after.st_ctim.tv_nsec);
}

Test(replace, links_stay)
{
	program_file("d/a.hujson", OLD);
	cr_assert_eq(symlink("d/a.hujson", "link.hujson"), 0);
	cr_assert_eq(symlink("..", "d/loop"), 0);
	struct program run = {0};
	program_run(&run, "hujson", "fmt", "-lw", ".", NULL);
	cr_expect_eq(run.status, 0);
	/* The second name leads to what is formatted by then. */
	cr_expect_str_eq(run.out.data, "d/a.hujson\n");
	program_free(&run);
	struct stat st;
	cr_expect(lstat("link.hujson", &st) == 0 && S_ISLNK(st.st_mode));
	cr_expect(program_file_is("d/a.hujson", NEW));
}

Test(replace, dangling_links_are_said)
{
	cr_assert_eq(symlink("nowhere", "link.hujson"), 0);
	struct program run = {0};
	program_run(&run, "hujson", "fmt", "-l", ".", NULL);
	cr_expect_eq(run.status, 2);
	cr_expect_str_eq(run.err.data, "hujson: link.hujson: No such file or directory\n");
	program_free(&run);
}

/* Longer than any path may be: said, and no more. */
Test(replace, folders_nest_deeply)
{
	char name[201];
	memset(name, 'd', 200);
	name[200] = '\0';
	for (int i = 0; i < 40; i++)
		cr_assert(mkdir(name, 0777) == 0 && chdir(name) == 0);
	cr_assert_eq(chdir(program_place), 0);
	program_file("z.hujson", OLD);
	struct program run = {0};
	program_run(&run, "hujson", "fmt", "-l", ".", NULL);
	cr_expect_eq(run.status, 2);
	cr_expect_str_eq(run.out.data, "z.hujson\n");
	cr_expect(strstr(run.err.data, "File name too long"));
	program_free(&run);
	cr_expect_eq(system("rm -r d*"), 0);
}

Test(replace, few_descriptors_do)
{
	char path[256];
	for (int i = 0; i < 200; i++) {
		snprintf(path, sizeof path, "d/%d/e/%d/a.hujson", i, i);
		program_file(path, OLD);
	}
	struct rlimit limit;
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	int next = dup(0);
	close(next);
	limit.rlim_cur = (rlim_t)next + 8;
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	struct program run = {0};
	program_run(&run, "hujson", "fmt", "-w", "d", NULL);
	cr_expect_eq(run.status, 0, "%s", run.err.data);
	program_free(&run);
	cr_expect(program_file_is("d/199/e/199/a.hujson", NEW));
}

Test(replace, full_disk_leaves_the_old_file)
{
	program_file("a.hujson", OLD);
	struct rlimit before, limit;
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 3;
	struct app app = {.in = -1, .out = {.fd = -1}, .err = {.fd = -1}};
	int ends[2];
	cr_assert_eq(pipe(ends), 0);
	app.err.fd = ends[1];
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	char *words[] = {
		(char[]){"hujson"}, (char[]){"fmt"}, (char[]){"-w"}, (char[]){"a.hujson"}, NULL};
	int status = app_run(&app, 4, words);
	setrlimit(RLIMIT_FSIZE, &before);
	close(ends[1]);
	hj_text said;
	hj_text_init(&said, NULL);
	cr_expect_eq(hj_file_read_fd(ends[0], 4096, &said), HJ_OK);
	cr_expect_str_eq(hj_text_string(&said),
		"hujson: a.hujson: cannot write, left as it was: File too large\n");
	hj_text_free(&said);
	cr_expect_eq(status, 2);
	cr_expect(program_file_is("a.hujson", OLD));
	cr_expect_eq(program_entries(), 1);
}

/* Root may write anywhere: the child is somebody else. */
static void expect_refused(mode_t folder, mode_t file)
{
	program_file("a.hujson", OLD);
	chmod("a.hujson", file);
	chmod(".", folder);
	pid_t child = fork();
	if (child == 0) {
		if (geteuid() == 0 &&
			(setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534)))
			_exit(98);
		struct program run = {0};
		program_run(&run, "hujson", "fmt", "-w", "a.hujson", NULL);
		bool said = strcmp(run.err.data,
				    "hujson: a.hujson: cannot write, left as it was: Permission "
				    "denied\n") == 0;
		_exit(said ? run.status : 99);
	}
	int status;
	cr_assert_eq(waitpid(child, &status, 0), child);
	chmod(".", 0755);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 2, "%x", status);
	cr_expect(program_file_is("a.hujson", OLD));
	cr_expect_eq(program_entries(), 1);
	unlink("a.hujson");
}

Test(replace, read_only_files_and_folders)
{
	expect_refused(0555, 0666);
	expect_refused(0777, 0444);
}

static hj_status change_it(hj_file_change *change, void *context)
{
	(void)context;
	program_file("a.hujson", HJ_SLICE("by someone else"));
	return hj_file_write(change, NEW);
}

static hj_status wait_for_ever(hj_file_change *change, void *context)
{
	cr_assert_eq(hj_file_write(change, NEW), HJ_OK);
	cr_assert_eq(write(*(int *)context, "x", 1), 1);
	for (;;)
		pause();
}

static bool replace_with(replace_produce produce, void *context, hj_text *said)
{
	struct app app = {.in = -1, .out = {.fd = -1}, .err = {.fd = program_stream(HJ_SLICE(""))}};
	struct input input;
	cr_assert(inputs_read(&app, "a.hujson", NULL, &input));
	bool good = replace_file(&app, &input, produce, context);
	hj_source_free(input.source);
	hj_text_free(&app.err.text);
	program_collect(app.err.fd, said);
	return good;
}

Test(replace, a_change_meanwhile_is_kept)
{
	program_file("a.hujson", OLD);
	hj_text said;
	cr_expect_not(replace_with(change_it, NULL, &said));
	cr_expect_str_eq(
		said.data, "hujson: a.hujson: changed by someone else meanwhile; left as it is\n");
	hj_text_free(&said);
	cr_expect(program_file_is("a.hujson", HJ_SLICE("by someone else")));
	cr_expect_eq(program_entries(), 1);
}

static void expect_cleaned_up_after(int number)
{
	program_file("a.hujson", OLD);
	int ends[2];
	cr_assert_eq(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		hj_text said;
		signal(number, SIG_DFL);
		replace_with(wait_for_ever, &ends[1], &said);
		_exit(99);
	}
	char byte;
	cr_assert_eq(read(ends[0], &byte, 1), 1);
	cr_expect_eq(program_entries(), 2);
	kill(child, number);
	int status;
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == number, "%d: %x", number, status);
	cr_expect_eq(program_entries(), number == SIGKILL ? 2 : 1);
	cr_expect(program_file_is("a.hujson", OLD));
	close(ends[0]);
	close(ends[1]);
}

Test(replace, signals_remove_the_temporary_file)
{
	expect_cleaned_up_after(SIGINT);
	expect_cleaned_up_after(SIGTERM);
	expect_cleaned_up_after(SIGHUP);
}

Test(replace, killed_outright_the_old_file_is_whole)
{
	expect_cleaned_up_after(SIGKILL);
}

/* Every allocation fails in turn: the file is the old one or the new one, and nothing is left. */
static void expect_whole_without_memory(const char *const *words, hj_slice before, hj_slice after)
{
	for (size_t n = 0;; n++) {
		program_file("a.hujson", before);
		failing_state state = {.fail_at = n / 2, .for_ever = n % 2};
		hj_allocator allocator = failing_allocator(&state);
		struct program run = {.allocator = &allocator};
		char *copy[PROGRAM_WORDS];
		int count = 0;
		for (; words[count]; count++)
			copy[count] = (char *)(uintptr_t)words[count];
		copy[count] = NULL;
		program_run_words(&run, count, copy);
		bool is_new = program_file_is("a.hujson", after);
		cr_expect(is_new || program_file_is("a.hujson", before), "allocation %zu", n);
		cr_expect_eq(program_entries(), 1, "allocation %zu leaves a file", n);
		cr_expect_eq(state.blocks, 0, "allocation %zu leaks", n);
		cr_expect(run.status == 0
				? is_new
				: run.status == 2 && strstr(run.err.data, "out of memory"),
			"allocation %zu: status %d, %s", n, run.status, run.err.data);
		program_free(&run);
		if (!state.failed)
			break;
	}
}

Test(replace, fmt_without_memory)
{
	static const char *const words[] = {"hujson", "fmt", "-w", "a.hujson", NULL};
	expect_whole_without_memory(words, HJ_SLICE("{\"a\":1, // c\n\"b\":[1,\n2]}"),
		HJ_SLICE("{\n\t\"a\": 1, // c\n\t\"b\": [\n\t\t1,\n\t\t2,\n\t],\n}\n"));
}

Test(replace, fmt_of_folders_without_memory)
{
	static const char *const words[] = {
		"hujson", "fmt", "-w", "-l", "-d", "--verify", "--color=always", ".", NULL};
	expect_whole_without_memory(words, OLD, NEW);
}

Test(replace, set_without_memory)
{
	static const char *const words[] = {
		"hujson", "set", "-w", "-d", "a.hujson", "/b/c", "[1, // c\n]", NULL};
	expect_whole_without_memory(words, HJ_SLICE("{\"b\": {\"c\": 1}} // d\n"),
		HJ_SLICE("{\"b\": {\"c\": [1, // c\n]}} // d\n"));
}

static int run_to(int fd, const char *first, const char *second)
{
	struct app app = {.in = program_stream(OLD), .out = {.fd = fd}};
	app.err.fd = program_stream(HJ_SLICE(""));
	char *words[] = {
		(char[]){"hujson"}, (char *)(uintptr_t)first, (char *)(uintptr_t)second, NULL};
	int status = app_run(&app, second ? 3 : 2, words);
	hj_text said;
	program_collect(app.err.fd, &said);
	close(app.in);
	cr_expect_str_eq(
		said.data, "hujson: cannot write to standard output: No space left on device\n");
	hj_text_free(&said);
	return status;
}

Test(replace, full_standard_output)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	cr_assert_geq(full, 0);
	cr_expect_eq(run_to(full, "fmt", "-"), 2);
	cr_expect_eq(run_to(full, "--help", NULL), 2);
	cr_expect_eq(run_to(full, "completion", "bash"), 2);
	close(full);
}

/* Where SIGPIPE is ignored, the end is quiet all the same. */
Test(replace, nobody_reads)
{
	int ends[2];
	cr_assert_eq(pipe(ends), 0);
	close(ends[0]);
	signal(SIGPIPE, SIG_IGN);
	struct app app = {.in = program_stream(OLD), .out = {.fd = ends[1]}};
	app.err.fd = program_stream(HJ_SLICE(""));
	char *words[] = {(char[]){"hujson"}, (char[]){"fmt"}, NULL};
	cr_expect_eq(app_run(&app, 2, words), 2);
	hj_text said;
	program_collect(app.err.fd, &said);
	cr_expect_eq(said.size, 0);
	hj_text_free(&said);
	close(app.in);
	close(ends[1]);
}
