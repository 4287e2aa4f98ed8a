/*
 * Recorded scenarios of the control plane (its reference, section 16): a folder of categories, one
 * JSON file a scenario. The folder is CONFORMANCE_DATA, or control-plane in the golden data.
 *
 *     struct scenarios all;
 *     if (!scenarios_begin(&all, "acceptance"))
 *             cr_skip_test("…");
 *     while (scenarios_next(&all))
 *             if (it concerns all.one …)
 *                     scenarios_judge(&all, same, "got %s", …);
 *     cr_expect(scenarios_end(&all), …);
 *
 * Prints a table of what is identical by category, and every miss, when CONFORMANCE_TABLE is set;
 * misses are printed without it too. CONFORMANCE_RESULTS is a file that the same is added to, for
 * .ci/conformance: "row", title, category, identical, total, or "miss", title, what; parted by tabs.
 */
#ifndef TESTDATA_SUPPORT_SCENARIO_H
#define TESTDATA_SUPPORT_SCENARIO_H

#include "testdata/support/json.h"

#include <dirent.h>

struct scenario {
	golden_file file;
	char id[256];
	hj_slice tailnet;       /* its name */
	hj_document *policy;    /* parts of the file on their own */
	hj_document *inventory; /* NULL: it has none */
	unsigned code;          /* of the service's answer */
	hj_slice message;       /* size 0: none */
	bool tests_failed;      /* refused for that */
	uint32_t want;          /* node of what devices received; 0: nothing is recorded */
};

struct scenario_row {
	char category[64];
	unsigned same, total;
};

struct scenarios {
	const char *title;
	char folder[PATH_MAX];
	struct dirent **categories, **files; /* of the folder, and of the current category */
	int category_count, file_count, category, next;
	struct scenario_row *rows;
	struct scenario one;
	bool open;
	hj_text misses;
};

static inline int scenarios_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static inline int scenarios_json(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');
	return dot && strcmp(dot, ".json") == 0;
}

/* False: there is no data, skip the test. */
static inline bool scenarios_begin(struct scenarios *all, const char *title)
{
	*all = (struct scenarios){.title = title, .category = -1};
	const char *given = getenv("CONFORMANCE_DATA"), *golden = golden_folder();
	if (given && *given)
		snprintf(all->folder, sizeof all->folder, "%s", given);
	else if (golden)
		snprintf(all->folder, sizeof all->folder, "%s/control-plane", golden);
	else
		return false;
	all->category_count = scandir(all->folder, &all->categories, scenarios_visible, alphasort);
	if (all->category_count < 0) {
		fprintf(stderr, "cannot read %s\n", all->folder);
		abort();
	}
	all->rows = calloc((size_t)all->category_count + 1, sizeof *all->rows);
	hj_text_init(&all->misses, NULL);
	return true;
}

static inline void scenarios_free_files(struct scenarios *all)
{
	for (int i = 0; i < all->file_count; i++)
		free(all->files[i]);
	free(all->files);
	all->files = NULL;
	all->file_count = all->next = 0;
}

static inline void scenario_close(struct scenario *one)
{
	json_free(one->policy);
	json_free(one->inventory);
	golden_drop(&one->file);
}

static inline void scenario_open(struct scenario *one, const char *path, const char *name)
{
	hj_text text;
	*one = (struct scenario){0};
	hj_text_init(&text, NULL);
	hj_arena_init(&one->file.arena, NULL);
	if (!golden_read(path, &text) || hj_source_adopt(NULL, &text, &one->file.source) ||
		hj_parse(one->file.source, 0, &one->file.document) ||
		hj_document_error(one->file.document)) {
		fprintf(stderr, "cannot read %s\n", path);
		abort();
	}
	hj_text_free(&text);
	snprintf(one->id, sizeof one->id, "%.*s", (int)strlen(name) - 5, name);
	golden_file *file = &one->file;
	const hj_node *nodes = hj_document_nodes(file->document);
	uint32_t api = golden_find(file, 0, "api"), code = golden_find(file, api, "code");
	uint32_t message = golden_find(file, api, "message");
	uint32_t inventory = golden_find(file, 0, "inventory");
	golden_member_of(file, golden_find(file, 0, "tailnet"), "name", &one->tailnet);
	hj_slice digits = hj_source_slice(file->source, hj_node_span(&nodes[code]));
	for (size_t i = 0; code && i < digits.size; i++)
		one->code = one->code * 10 + (unsigned)(digits.data[i] - '0');
	if (message && hj_node_kind(&nodes[message]) == HJ_STRING)
		golden_member_of(file, api, "message", &one->message);
	one->tests_failed = hj_slice_equal(one->message, HJ_SLICE("test(s) failed"));
	one->policy = json_copy(file->document, golden_find(file, 0, "policy"));
	if (inventory)
		one->inventory = json_copy(file->document, inventory);
	one->want = golden_find(file, 0, "want");
}

/* Opens the next file as all->one. False at the end. */
static inline bool scenarios_step(struct scenarios *all)
{
	char path[PATH_MAX + 600];
	if (all->open)
		scenario_close(&all->one);
	all->open = false;
	while (all->next >= all->file_count) {
		scenarios_free_files(all);
		if (++all->category >= all->category_count)
			return false;
		const char *name = all->categories[all->category]->d_name;
		snprintf(path, sizeof path, "%s/%s", all->folder, name);
		snprintf(all->rows[all->category].category,
			sizeof all->rows[all->category].category, "%.63s", name);
		all->file_count = scandir(path, &all->files, scenarios_json, alphasort);
		if (all->file_count < 0) /* a file beside the folders */
			all->file_count = 0;
	}
	const char *name = all->files[all->next++]->d_name;
	snprintf(path, sizeof path, "%s/%s/%s", all->folder, all->categories[all->category]->d_name,
		name);
	scenario_open(&all->one, path, name);
	all->open = true;
	return true;
}

/* Opens the next scenario as all->one. False at the end. */
static inline bool scenarios_next(struct scenarios *all)
{
	while (scenarios_step(all)) {
		if (all->one.code && golden_find(&all->one.file, 0, "policy"))
			return true;
		fprintf(stderr, "%s/%s: no policy, or no answer\n",
			all->rows[all->category].category, all->one.id);
	}
	return false;
}

/* Counts the current scenario; why it is not the same is kept. */
__attribute__((format(printf, 3, 4))) static inline void scenarios_judge(
	struct scenarios *all, bool same, const char *format, ...)
{
	struct scenario_row *row = &all->rows[all->category];
	row->total++;
	row->same += same;
	if (same)
		return;
	va_list arguments;
	hj_text_printf(&all->misses, "  %s/%s: ", row->category, all->one.id);
	va_start(arguments, format);
	size_t first = all->misses.size;
	hj_text_vprintf(&all->misses, format, arguments);
	va_end(arguments);
	for (size_t i = first; i < all->misses.size; i++)
		if (all->misses.data[i] == '\n')
			all->misses.data[i] = ' ';
	hj_text_byte(&all->misses, '\n');
}

/* Adds what was counted to the file of results. */
static inline void scenarios_record(const struct scenarios *all)
{
	const char *path = getenv("CONFORMANCE_RESULTS");
	FILE *file = path && *path ? fopen(path, "ab") : NULL;
	if (!file)
		return;
	for (int i = 0; i < all->category_count; i++)
		if (all->rows[i].total)
			fprintf(file, "row\t%s\t%s\t%u\t%u\n", all->title, all->rows[i].category,
				all->rows[i].same, all->rows[i].total);
	const char *miss = all->misses.size ? all->misses.data : NULL;
	for (size_t left = all->misses.size; left;) {
		const char *end = memchr(miss, '\n', left);
		size_t size = end ? (size_t)(end - miss) + 1 : left;
		fprintf(file, "miss\t%s\t%.*s", all->title, (int)size, miss);
		miss += size;
		left -= size;
	}
	fclose(file);
}

/* Prints and frees. *total (may be NULL): how many were counted. True: all were the same. */
static inline bool scenarios_end(struct scenarios *all, unsigned *total)
{
	bool table = getenv("CONFORMANCE_TABLE") != NULL;
	unsigned same = 0, count = 0;
	if (table)
		printf("%-22s %9s %6s\n", all->title, "identical", "of");
	for (int i = 0; i < all->category_count; i++) {
		const struct scenario_row *row = &all->rows[i];
		same += row->same;
		count += row->total;
		if (table && row->total)
			printf("  %-20s %9u %6u\n", row->category, row->same, row->total);
	}
	if (table)
		printf("  %-20s %9u %6u\n", "all", same, count);
	scenarios_record(all);
	if (all->misses.size)
		printf("%s: misses\n%s", all->title, hj_text_string(&all->misses));
	fflush(stdout);
	for (int i = 0; i < all->category_count; i++)
		free(all->categories[i]);
	free(all->categories);
	free(all->rows);
	hj_text_free(&all->misses);
	if (total)
		*total = count;
	return same == count;
}

#endif
