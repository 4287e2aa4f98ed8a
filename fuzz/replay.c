/*
 * Feeds files to a fuzz target under an ordinary compiler: stored inputs are regression tests.
 *
 *     fuzz_parse FILE|FOLDER…       folders are taken with all that is in them, in order
 */
#include "fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

static unsigned runs;

static void run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		exit(2);
	}
	hj_text text;
	hj_text_init(&text, NULL);
	char block[65536];
	for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;)
		hj_text_append(&text, hj_slice_of(block, got));
	fclose(file);
	/* A block of exactly this size, so that a sanitizer sees one byte too far. */
	uint8_t *copy = malloc(text.size ? text.size : 1);
	FUZZ_CHECK(copy && !text.status, "out of memory");
	if (text.size)
		memcpy(copy, text.data, text.size);
	LLVMFuzzerTestOneInput(copy, text.size);
	runs++;
	free(copy);
	hj_text_free(&text);
}

static void run(const char *path)
{
	struct stat status;
	if (stat(path, &status)) {
		perror(path);
		exit(2);
	}
	if (!S_ISDIR(status.st_mode)) {
		run_file(path);
		return;
	}
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			char inner[4096];
			snprintf(inner, sizeof inner, "%s/%s", path, entries[i]->d_name);
			run(inner);
		}
		free(entries[i]);
	}
	free(entries);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run(argv[i]);
	printf("%u inputs\n", runs);
	return runs ? 0 : 1;
}
