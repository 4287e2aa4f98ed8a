#include "cmd/inputs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const policy_extensions[] = {".hujson", ".jwcc", NULL};

/* A path that waits, and the size of all paths once it is done with. */
struct waiting {
	size_t start, release;
};

/* What is left to do: a stack of paths, so that depth costs memory and one descriptor. */
struct walk {
	struct app *app;
	const char *const *extensions;
	inputs_visit visit;
	void *context;
	hj_text paths;           /* each a kind (FOLDER, DOCUMENT) and a NUL-ended path */
	struct waiting *waiting; /* in paths; the last is next */
	size_t count, capacity;
	hj_text folder; /* the one being listed */
	bool found;     /* a document in the folder that was asked for */
	bool quiet;
};

enum { FOLDER = 'F', DOCUMENT = 'D' };

static bool complain_unread(struct app *app, const char *name, hj_status status)
{
	if (status == HJ_TOO_LARGE)
		app_complain(app, name, "too large: a document has at most 4 GiB - 1 byte");
	else if (status != HJ_IO)
		app_complain(app, name, "%s", hj_status_text(status));
	else if (errno == EINVAL)
		app_complain(app, name, "neither a file nor a pipe");
	else
		app_complain(app, name, "%s", strerror(errno));
	return false;
}

bool inputs_read(struct app *app, const char *operand, const char *stdin_name, struct input *out)
{
	*out = (struct input){.path = operand, .standard = strcmp(operand, "-") == 0};
	if (out->standard)
		out->path = stdin_name ? stdin_name : "<standard input>";
	hj_text text;
	hj_text_init(&text, app->allocator);
	hj_status status;
	if (out->standard)
		status = hj_file_read_fd(app->in, HJ_SOURCE_MAX, &text);
	/* The stamp is taken before the bytes: a change in between is noticed, not missed. */
	else if (!(status = hj_file_stamp_of(operand, &out->stamp)))
		status = hj_file_read(operand, HJ_SOURCE_MAX, &text);
	if (!status)
		status = hj_source_adopt(out->path, &text, &out->source);
	if (status)
		complain_unread(app, out->path, status);
	hj_text_free(&text);
	return !status;
}

static int visit_document(struct walk *walk, const char *operand, const char *stdin_name)
{
	struct input input;
	if (!inputs_read(walk->app, operand, stdin_name, &input))
		return EXIT_TROUBLE;
	int status = walk->visit(walk->app, &input, walk->context);
	hj_source_free(input.source);
	return status;
}

static bool is_document_name(const struct walk *walk, const char *name)
{
	size_t size = strlen(name);
	for (const char *const *ending = walk->extensions; *ending; ending++) {
		size_t ending_size = strlen(*ending);
		if (size >= ending_size && strcmp(name + size - ending_size, *ending) == 0)
			return true;
	}
	return false;
}

/* FOLDER, DOCUMENT or 0: not for us. Links lead to documents, not to folders. */
static char kind_of(const struct walk *walk, int folder, const struct dirent *entry)
{
	const char *name = entry->d_name;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, ".git") == 0)
		return 0;
	bool document = is_document_name(walk, name);
	unsigned char type = entry->d_type;
	struct stat st;
	if (type == DT_UNKNOWN && fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		type = S_ISDIR(st.st_mode)    ? DT_DIR
			: S_ISREG(st.st_mode) ? DT_REG
			: S_ISLNK(st.st_mode) ? DT_LNK
					      : DT_UNKNOWN;
	if (type == DT_DIR)
		return FOLDER;
	if (document && type == DT_LNK)
		/* One that leads nowhere is visited, so that it is complained of. */
		return fstatat(folder, name, &st, 0) || S_ISREG(st.st_mode) ? DOCUMENT : 0;
	return document && type == DT_REG ? DOCUMENT : 0;
}

static bool add_path(struct walk *walk, char kind, const char *name)
{
	size_t start = walk->paths.size;
	hj_slice folder = hj_text_slice(&walk->folder);
	hj_text_byte(&walk->paths, kind);
	if (!hj_slice_equal(folder, HJ_SLICE("."))) {
		hj_text_append(&walk->paths, folder);
		if (folder.size && folder.data[folder.size - 1] != '/')
			hj_text_byte(&walk->paths, '/');
	}
	hj_text_append(&walk->paths, hj_slice_of(name, strlen(name) + 1));
	if (walk->paths.status ||
		hj_grow(walk->app->allocator, &walk->waiting, &walk->capacity, walk->count + 1,
			sizeof *walk->waiting))
		return false;
	walk->waiting[walk->count++].start = start;
	return true;
}

static int later_first(const void *a, const void *b, void *paths)
{
	const char *data = paths;
	const struct waiting *first = a, *second = b;
	return strcmp(data + second->start + 1, data + first->start + 1);
}

/* Puts what is in walk->folder on the stack, so that the first name comes off first. */
static int list_folder(struct walk *walk)
{
	const char *path = hj_text_string(&walk->folder);
	if (!path) {
		hj_text_free(&walk->folder);
		return app_out_of_memory(walk->app, NULL);
	}
	DIR *folder = opendir(path);
	if (!folder) {
		app_complain(walk->app, path, "%s", strerror(errno));
		return EXIT_TROUBLE;
	}
	size_t first = walk->count, before = walk->paths.size;
	int status = EXIT_CLEAN;
	for (struct dirent *entry; status == EXIT_CLEAN;) {
		errno = 0;
		entry = readdir(folder);
		if (!entry && errno) {
			app_complain(walk->app, path, "%s", strerror(errno));
			status = EXIT_TROUBLE;
		}
		if (!entry)
			break;
		char kind = kind_of(walk, dirfd(folder), entry);
		walk->found |= kind == DOCUMENT;
		if (kind && !add_path(walk, kind, entry->d_name))
			status = app_out_of_memory(walk->app, path);
	}
	closedir(folder);
	if (walk->paths.status) {
		/* Its memory is gone, and with it what else was waiting. */
		walk->count = 0;
		hj_text_free(&walk->paths);
	} else if (walk->count > first) {
		struct waiting *added = walk->waiting + first;
		size_t count = walk->count - first;
		qsort_r(added, count, sizeof *added, later_first, walk->paths.data);
		/* In another order now than their bytes: those go when the last one goes. */
		for (size_t i = 1; i < count; i++)
			added[i].release = walk->paths.size;
		added[0].release = before;
	}
	return status;
}

static int walk_folder(struct walk *walk, const char *operand)
{
	walk->found = false;
	hj_text_clear(&walk->folder);
	hj_text_str(&walk->folder, operand);
	int status = list_folder(walk);
	while (walk->count) {
		struct waiting next = walk->waiting[--walk->count];
		const char *path = walk->paths.data + next.start + 1;
		int now;
		if (walk->paths.data[next.start] == DOCUMENT) {
			now = visit_document(walk, path, NULL);
			walk->paths.size = next.release;
		} else {
			hj_text_clear(&walk->folder);
			hj_text_str(&walk->folder, path);
			walk->paths.size = next.release;
			now = list_folder(walk);
		}
		if (now > status)
			status = now;
	}
	if (!walk->found && !walk->quiet && status == EXIT_CLEAN)
		app_complain(walk->app, operand, "no document in this folder");
	return status;
}

static int visit_operand(struct walk *walk, const char *operand, const char *stdin_name)
{
	struct stat st;
	bool standard = strcmp(operand, "-") == 0;
	if (!standard && stat(operand, &st) == 0 && S_ISDIR(st.st_mode))
		return walk_folder(walk, operand);
	return visit_document(walk, operand, stdin_name);
}

int inputs_each(struct app *app, char *const *operands, size_t operand_count,
	const struct inputs_options *options, inputs_visit visit, void *context)
{
	struct walk walk = {.app = app, .visit = visit, .context = context};
	walk.extensions = options && options->extensions ? options->extensions : policy_extensions;
	walk.quiet = options && options->quiet;
	const char *stdin_name = options ? options->stdin_name : NULL;
	hj_text_init(&walk.paths, app->allocator);
	hj_text_init(&walk.folder, app->allocator);
	int status = EXIT_CLEAN;
	if (operand_count == 0) {
		if (!walk.quiet && isatty(app->in))
			app_complain(app, NULL, "reading from the terminal; Ctrl-D ends it");
		status = visit_operand(&walk, "-", stdin_name);
	}
	for (size_t i = 0; i < operand_count; i++) {
		int now = visit_operand(&walk, operands[i], stdin_name);
		if (now > status)
			status = now;
	}
	hj_free(app->allocator, walk.waiting, walk.capacity * sizeof *walk.waiting);
	hj_text_free(&walk.paths);
	hj_text_free(&walk.folder);
	return status;
}
