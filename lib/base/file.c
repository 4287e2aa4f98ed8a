#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	STEP = 64 * 1024,     /* bytes asked for at once where the size is not known */
	NAME_TRIES = 100,     /* temporary names */
	NAME_SUFFIX = 6,      /* random characters after ".NAME." */
	NAME_ROOM = NAME_MAX, /* longest name of a file */
};

hj_status hj_file_read_fd(int fd, size_t limit, hj_text *out)
{
	struct stat st;
	if (fstat(fd, &st))
		return HJ_IO;
	size_t expected = STEP;
	if (S_ISREG(st.st_mode) && st.st_size > 0) {
		if ((uint64_t)st.st_size > limit)
			return HJ_TOO_LARGE;
		expected = (size_t)st.st_size;
	}
	/* One byte more than expected, so that the end shows without growing the text. */
	if (!hj_text_reserve(out, expected + 1 + HJ_FILE_PADDING))
		return out->status;
	size_t taken = 0;
	for (;;) {
		size_t room = out->capacity - out->size - HJ_FILE_PADDING;
		if (room == 0) {
			if (!hj_text_reserve(out, STEP + HJ_FILE_PADDING))
				return out->status;
			continue;
		}
		ssize_t got = read(fd, out->data + out->size, room);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return HJ_IO;
		if (got == 0)
			break;
		taken += (size_t)got;
		out->size += (size_t)got;
		if (taken > limit)
			return HJ_TOO_LARGE;
	}
	memset(out->data + out->size, 0, HJ_FILE_PADDING);
	return HJ_OK;
}

hj_status hj_file_read(const char *path, size_t limit, hj_text *out)
{
	/* Asked before opening: to open a device can already do something. */
	struct stat st;
	if (stat(path, &st))
		return HJ_IO;
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return HJ_IO;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return HJ_IO;
	hj_status status = hj_file_read_fd(fd, limit, out);
	int error = errno;
	close(fd);
	errno = error;
	return status;
}

static hj_file_stamp stamp_from(const struct stat *st)
{
	return (hj_file_stamp){
		.device = st->st_dev,
		.inode = st->st_ino,
		.size = (uint64_t)st->st_size,
		.seconds = st->st_mtim.tv_sec,
		.nanoseconds = st->st_mtim.tv_nsec,
	};
}

hj_status hj_file_stamp_of(const char *path, hj_file_stamp *out)
{
	struct stat st;
	if (stat(path, &st))
		return HJ_IO;
	*out = stamp_from(&st);
	return HJ_OK;
}

hj_status hj_write_all(int fd, hj_slice bytes)
{
	while (bytes.size) {
		ssize_t done = write(fd, bytes.data, bytes.size);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return HJ_IO;
		bytes.data += done;
		bytes.size -= (size_t)done;
	}
	return HJ_OK;
}

static void free_names(hj_file_change *change)
{
	hj_free(change->allocator, change->target, change->target_size);
	hj_free(change->allocator, change->temporary, change->temporary_size);
	*change = (hj_file_change){.fd = -1};
}

/*
 * The path with links resolved. A file that does not exist keeps its path, but a link that leads
 * nowhere is an error: to replace the link is not what was asked.
 */
static hj_status resolve(const char *path, hj_file_change *change, bool *exists)
{
	char resolved[PATH_MAX];
	const char *target = realpath(path, resolved);
	*exists = target;
	if (!target) {
		struct stat st;
		if (errno != ENOENT || lstat(path, &st) == 0)
			return HJ_IO;
		target = path;
	}
	change->target_size = strlen(target) + 1;
	change->target = hj_alloc(change->allocator, change->target_size);
	if (!change->target)
		return HJ_NO_MEMORY;
	memcpy(change->target, target, change->target_size);
	return HJ_OK;
}

/* Room for FOLDER/.NAME.XXXXXX, and all of it but the last characters, which *random points to. */
static hj_status name_temporary(hj_file_change *change, char **random)
{
	const char *slash = strrchr(change->target, '/');
	size_t folder = slash ? (size_t)(slash - change->target) + 1 : 0;
	size_t name = strlen(change->target + folder);
	if (name > NAME_ROOM - NAME_SUFFIX - 2)
		name = NAME_ROOM - NAME_SUFFIX - 2;
	change->temporary_size = folder + 1 + name + 1 + NAME_SUFFIX + 1;
	change->temporary = hj_alloc(change->allocator, change->temporary_size);
	if (!change->temporary)
		return HJ_NO_MEMORY;
	char *at = change->temporary;
	memcpy(at, change->target, folder);
	at += folder;
	*at++ = '.';
	memcpy(at, change->target + folder, name);
	at += name;
	*at++ = '.';
	memset(at, 'X', NAME_SUFFIX);
	at[NAME_SUFFIX] = '\0';
	*random = at;
	return HJ_OK;
}

/* Not mkostemp: its mode is always 0600, and a new file wants the umask's. */
static int open_temporary(hj_file_change *change, char *random, mode_t mode)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	for (int i = 0; i < NAME_TRIES; i++) {
		struct timespec now;
		clock_gettime(CLOCK_MONOTONIC, &now);
		uint64_t number = (uint64_t)now.tv_nsec * 0x9E3779B97F4A7C15U + (uint64_t)getpid();
		for (int k = 0; k < NAME_SUFFIX; k++, number /= 36)
			random[k] = digits[number % 36];
		change->fd = open(change->temporary,
			O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
		if (change->fd >= 0 || errno != EEXIST)
			break;
	}
	return change->fd;
}

/* What the old file lets whom do, the new one does; a wider mode than the owner's is not risked. */
static bool take_over(int fd, const struct stat *st)
{
	mode_t mode = st->st_mode & 07777;
	if ((st->st_uid != geteuid() || st->st_gid != getegid()) &&
		fchown(fd, st->st_uid, st->st_gid) != 0)
		mode &= 0777;
	return fchmod(fd, mode) == 0;
}

hj_status hj_file_begin(const char *path, const hj_allocator *allocator, hj_file_change *change)
{
	*change = (hj_file_change){.fd = -1, .allocator = allocator};
	bool exists;
	char *random;
	hj_status status = resolve(path, change, &exists);
	if (!status)
		status = name_temporary(change, &random);
	struct stat st;
	if (!status && exists) {
		if (stat(change->target, &st) || access(change->target, W_OK)) {
			status = HJ_IO;
		} else if (!S_ISREG(st.st_mode)) {
			errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
			status = HJ_IO;
		}
	}
	if (!status && open_temporary(change, random, exists ? 0600 : 0666) < 0)
		status = HJ_IO;
	int error = errno;
	if (!status && exists && !take_over(change->fd, &st)) {
		error = errno;
		close(change->fd);
		unlink(change->temporary);
		status = HJ_IO;
	}
	if (status)
		free_names(change);
	errno = error;
	return status;
}

void hj_file_guard(hj_file_change *change, const hj_file_stamp *stamp)
{
	change->guarded = true;
	change->stamp = *stamp;
}

hj_status hj_file_write(hj_file_change *change, hj_slice bytes)
{
	return hj_write_all(change->fd, bytes);
}

static bool as_guarded(const hj_file_change *change)
{
	if (!change->guarded)
		return true;
	hj_file_stamp now;
	if (hj_file_stamp_of(change->target, &now) == HJ_OK && now.device == change->stamp.device &&
		now.inode == change->stamp.inode && now.size == change->stamp.size &&
		now.seconds == change->stamp.seconds &&
		now.nanoseconds == change->stamp.nanoseconds)
		return true;
	errno = ESTALE;
	return false;
}

/*
 * The bytes are on disk before the name leads to them: after a crash the name leads to the old file
 * or the new one, never to an empty one. The folder itself is not flushed, so it may be the old.
 */
hj_status hj_file_commit(hj_file_change *change)
{
	/* EINVAL: a file system that cannot flush. */
	bool good = fsync(change->fd) == 0 || errno == EINVAL;
	if (good) {
		int fd = change->fd;
		change->fd = -1;
		good = close(fd) == 0;
	}
	if (good && as_guarded(change) && rename(change->temporary, change->target) == 0) {
		free_names(change);
		return HJ_OK;
	}
	int error = errno;
	hj_file_abandon(change);
	errno = error;
	return HJ_IO;
}

void hj_file_abandon(hj_file_change *change)
{
	if (!change->temporary)
		return;
	if (change->fd >= 0)
		close(change->fd);
	unlink(change->temporary);
	free_names(change);
}
