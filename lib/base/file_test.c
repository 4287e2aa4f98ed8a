#include <criterion/criterion.h>

#include "base/file.h"

#include "testdata/support/failing.h"
#include "testdata/support/program.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

TestSuite(file, .init = program_folder, .fini = program_leave);

static bool padded(const hj_text *text)
{
	for (size_t i = 0; i < HJ_FILE_PADDING; i++)
		if (text->capacity - text->size < HJ_FILE_PADDING || text->data[text->size + i])
			return false;
	return true;
}

Test(file, reads_any_size)
{
	static const size_t sizes[] = {0, 1, 63, 64, 65, 4095, 4096, 65535, 65536, 1000003};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		hj_text bytes, got;
		hj_text_init(&bytes, NULL);
		hj_text_init(&got, NULL);
		hj_text_repeat(&bytes, 'x', sizes[i]);
		program_file("f", hj_text_slice(&bytes));
		cr_expect_eq(hj_file_read("f", sizes[i], &got), HJ_OK);
		cr_expect(hj_slice_equal(hj_text_slice(&got), hj_text_slice(&bytes)));
		cr_expect(padded(&got));
		hj_text_clear(&got);
		if (sizes[i])
			cr_expect_eq(hj_file_read("f", sizes[i] - 1, &got), HJ_TOO_LARGE);
		hj_text_free(&bytes);
		hj_text_free(&got);
	}
}

Test(file, reads_pipes)
{
	int ends[2];
	cr_assert_eq(pipe(ends), 0);
	if (fork() == 0) {
		close(ends[0]);
		for (int i = 0; i < 100000; i++)
			if (write(ends[1], "ab", 2) != 2)
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	hj_text text;
	hj_text_init(&text, NULL);
	hj_text_str(&text, "before");
	cr_expect_eq(hj_file_read_fd(ends[0], 200000, &text), HJ_OK);
	cr_expect_eq(text.size, 200006);
	cr_expect(padded(&text));
	hj_text_free(&text);
	close(ends[0]);
}

/* What the kernel makes up has no size beforehand. */
Test(file, reads_proc)
{
	hj_text text;
	hj_text_init(&text, NULL);
	cr_expect_eq(hj_file_read("/proc/self/status", SIZE_MAX / 2, &text), HJ_OK);
	cr_expect_gt(text.size, 100);
	hj_text_free(&text);
}

static int errno_of_read(const char *path)
{
	hj_text text;
	hj_text_init(&text, NULL);
	errno = 0;
	int error = hj_file_read(path, 100, &text) == HJ_IO ? errno : -1;
	hj_text_free(&text);
	return error;
}

Test(file, refuses_what_is_no_file)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	cr_expect_eq(errno_of_read("socket"), EINVAL);
	close(fd);
	cr_expect_eq(errno_of_read("/dev/zero"), EINVAL);
	cr_expect_eq(errno_of_read("."), EISDIR);
	cr_expect_eq(errno_of_read("none"), ENOENT);
	cr_expect_eq(errno_of_read("none/none"), ENOENT);
}

static hj_status replace(const char *path, const char *text, const hj_allocator *allocator)
{
	hj_file_change change;
	hj_status status = hj_file_begin(path, allocator, &change);
	if (status)
		return status;
	status = hj_file_write(&change, hj_slice_str(text));
	if (status)
		hj_file_abandon(&change);
	return status ? status : hj_file_commit(&change);
}

Test(file, replaces_and_keeps_the_mode)
{
	program_file("f", HJ_SLICE("old"));
	chmod("f", 0640);
	cr_expect_eq(replace("f", "new", NULL), HJ_OK);
	struct stat st;
	cr_assert_eq(stat("f", &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0640);
	cr_expect(program_file_is("f", HJ_SLICE("new")));
	cr_expect_eq(program_entries(), 1);
}

Test(file, keeps_the_owner)
{
	if (geteuid() != 0)
		cr_skip_test("needs root");
	program_file("f", HJ_SLICE("old"));
	cr_assert_eq(chown("f", 12345, 23456), 0);
	chmod("f", 06755);
	cr_expect_eq(replace("f", "new", NULL), HJ_OK);
	struct stat st;
	cr_assert_eq(stat("f", &st), 0);
	cr_expect_eq(st.st_uid, 12345);
	cr_expect_eq(st.st_gid, 23456);
	cr_expect_eq(st.st_mode & 07777, 06755);
}

Test(file, follows_links)
{
	program_file("d/f", HJ_SLICE("old"));
	cr_assert_eq(symlink("d/f", "one"), 0);
	cr_assert_eq(symlink("one", "two"), 0);
	cr_expect_eq(replace("two", "new", NULL), HJ_OK);
	cr_expect(program_file_is("d/f", HJ_SLICE("new")));
	struct stat st;
	cr_expect(lstat("two", &st) == 0 && S_ISLNK(st.st_mode));
	cr_expect(lstat("one", &st) == 0 && S_ISLNK(st.st_mode));
	cr_assert_eq(symlink("nowhere", "three"), 0);
	cr_expect_eq(replace("three", "new", NULL), HJ_IO);
	cr_expect(access("nowhere", F_OK) != 0);
}

Test(file, creates_what_is_not_there)
{
	umask(027);
	cr_expect_eq(replace("f", "new", NULL), HJ_OK);
	struct stat st;
	cr_assert_eq(stat("f", &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0640);
	cr_expect_eq(replace("none/f", "new", NULL), HJ_IO);
	cr_expect_eq(errno, ENOENT);
}

Test(file, refuses_folders_and_devices)
{
	cr_assert_eq(mkdir("d", 0777), 0);
	cr_expect_eq(replace("d", "new", NULL), HJ_IO);
	cr_expect_eq(errno, EISDIR);
	cr_expect_eq(replace("/dev/null", "new", NULL), HJ_IO);
	cr_expect_eq(errno, EINVAL);
}

Test(file, long_names)
{
	char name[256];
	memset(name, 'n', 255);
	name[255] = '\0';
	program_file(name, HJ_SLICE("old"));
	cr_expect_eq(replace(name, "new", NULL), HJ_OK);
	cr_expect(program_file_is(name, HJ_SLICE("new")));
}

Test(file, guards)
{
	program_file("f", HJ_SLICE("old"));
	hj_file_stamp stamp;
	cr_assert_eq(hj_file_stamp_of("f", &stamp), HJ_OK);
	hj_file_change change;
	cr_assert_eq(hj_file_begin("f", NULL, &change), HJ_OK);
	hj_file_guard(&change, &stamp);
	cr_expect_eq(hj_file_write(&change, HJ_SLICE("new")), HJ_OK);
	program_file("f", HJ_SLICE("by someone else"));
	cr_expect_eq(hj_file_commit(&change), HJ_IO);
	cr_expect_eq(errno, ESTALE);
	cr_expect(program_file_is("f", HJ_SLICE("by someone else")));
	cr_expect_eq(program_entries(), 1);
	hj_file_abandon(&change); /* harmless */
}

Test(file, abandons)
{
	program_file("f", HJ_SLICE("old"));
	hj_file_change change;
	cr_assert_eq(hj_file_begin("f", NULL, &change), HJ_OK);
	cr_expect_eq(program_entries(), 2);
	hj_file_abandon(&change);
	hj_file_abandon(&change);
	cr_expect_eq(program_entries(), 1);
	hj_file_change zero = {0};
	hj_file_abandon(&zero);
	cr_expect(program_file_is("f", HJ_SLICE("old")));
}

/* A limit on the size of files stands for a full disk. */
Test(file, full_disk)
{
	program_file("f", HJ_SLICE("old"));
	signal(SIGXFSZ, SIG_IGN);
	struct rlimit before, limit = {.rlim_cur = 2, .rlim_max = RLIM_INFINITY};
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit.rlim_max = before.rlim_max;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_expect_eq(replace("f", "newer", NULL), HJ_IO);
	int error = errno;
	setrlimit(RLIMIT_FSIZE, &before);
	cr_expect_eq(error, EFBIG);
	cr_expect(program_file_is("f", HJ_SLICE("old")));
	cr_expect_eq(program_entries(), 1);
}

Test(file, out_of_memory)
{
	for (size_t n = 0;; n++) {
		program_file("f", HJ_SLICE("old"));
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_text text;
		hj_text_init(&text, &allocator);
		hj_status read = hj_file_read("f", 100, &text);
		hj_text_free(&text);
		hj_status status = read ? read : replace("f", "new", &allocator);
		cr_expect_eq(state.blocks, 0);
		cr_expect_eq(program_entries(), 1);
		cr_expect(program_file_is("f", status ? HJ_SLICE("old") : HJ_SLICE("new")));
		if (!state.failed)
			break;
		cr_expect_eq(status, HJ_NO_MEMORY);
	}
}
