/*
 * Files: read whole, replaced atomically or not at all.
 */
#ifndef HJ_BASE_FILE_H
#define HJ_BASE_FILE_H

#include "base/text.h"

/*
 * Appends all that an open descriptor gives to `out`. At most `limit` bytes are taken; when there
 * are more, HJ_TOO_LARGE. The text has HJ_FILE_PADDING bytes of room after its last byte, zeroed.
 * HJ_IO: see errno. Reads regular files, pipes and terminals alike; never maps, so a file that
 * shrinks or grows meanwhile gives what was read and nothing worse.
 */
HJ_API hj_status hj_file_read_fd(int fd, size_t limit, hj_text *out);

/*
 * As above, for a path. Only regular files and pipes (FIFOs, /dev/stdin) are read: a folder fails
 * with EISDIR, a device or socket with EINVAL (a device may have no end).
 */
HJ_API hj_status hj_file_read(const char *path, size_t limit, hj_text *out);

/* Zero bytes that follow the bytes read, so that they can become a source without a copy. */
enum { HJ_FILE_PADDING = 64 };

/* What tells one state of a file from a later one. */
typedef struct hj_file_stamp {
	uint64_t device, inode, size;
	int64_t seconds, nanoseconds; /* of the last modification */
} hj_file_stamp;

/* The stamp of the file at a path, links followed. HJ_IO: see errno. */
HJ_API hj_status hj_file_stamp_of(const char *path, hj_file_stamp *out);

/*
 * A replacement of one file in progress: a temporary file in the same folder that becomes the file
 * when it is whole. Until hj_file_commit the old file is untouched, and hj_file_abandon leaves it
 * so. Symbolic links are followed: the target is replaced, the link stays. Mode, and owner where
 * permitted, are those of the old file.
 */
typedef struct hj_file_change {
	int fd;                             /* of the temporary file; -1 when none is open */
	char *target;                       /* the path with links resolved; owned */
	char *temporary;                    /* owned */
	size_t target_size, temporary_size; /* of the two strings' blocks, bytes */
	const hj_allocator *allocator;
	bool guarded;
	hj_file_stamp stamp; /* of the target as it has to be still, when guarded */
} hj_file_change;

/*
 * Opens the temporary file. On failure (HJ_IO with errno, HJ_NO_MEMORY) nothing is left behind.
 * A file that does not exist yet is created by the commit. One that may not be written is refused
 * (EACCES), although a rename would do it.
 */
HJ_API hj_status hj_file_begin(
	const char *path, const hj_allocator *allocator, hj_file_change *change);
/* From now on the commit fails with ESTALE when the target's stamp is another. */
HJ_API void hj_file_guard(hj_file_change *change, const hj_file_stamp *stamp);
/* Writes all the bytes. On failure the change is still open: abandon it. */
HJ_API hj_status hj_file_write(hj_file_change *change, hj_slice bytes);
/* Flushes to disk and renames over the target. On failure abandons it and keeps errno. */
HJ_API hj_status hj_file_commit(hj_file_change *change);
/* Removes the temporary file. Safe on a change that was committed or never begun (all zero). */
HJ_API void hj_file_abandon(hj_file_change *change);

/* Writes all the bytes to a descriptor, however many calls it takes. HJ_IO: see errno. */
HJ_API hj_status hj_write_all(int fd, hj_slice bytes);

#endif
