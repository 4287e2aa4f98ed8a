/*
 * Reading test data: JSON Lines files, one case a line.
 *
 *     golden_file file;
 *     cr_assert(golden_open(&file, golden_folder(), "hujson/patch.jsonl"));
 *     while (golden_next(&file)) {
 *             hj_slice in = golden_need(&file, "doc"), out;
 *             if (golden_member(&file, "out", &out)) …
 *     }
 *     golden_close(&file);
 *
 * Everything that a call gives is good until the next golden_next or golden_close. For tests alone:
 * what is wrong with the data itself ends the test's process.
 */
#ifndef TESTDATA_SUPPORT_GOLDEN_H
#define TESTDATA_SUPPORT_GOLDEN_H

#include "syntax/document.h"
#include "syntax/string.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct golden_file {
	hj_text text;
	size_t at;       /* offset of the line after the current one */
	unsigned number; /* of the current line, from 1 */
	hj_source *source;
	hj_document *document; /* the current line */
	hj_arena arena;        /* decoded members of the current line */
} golden_file;

/* The folder of the golden data, or NULL: HUJSON_SHARED is not set, skip the test. */
static inline const char *golden_folder(void)
{
	static char path[PATH_MAX];
	const char *shared = getenv("HUJSON_SHARED");
	if (!shared || !*shared)
		return NULL;
	snprintf(path, sizeof path, "%s/golden", shared);
	return path;
}

/* The files of recorded answers about HuJSON below that folder, by index; NULL after the last. */
static inline const char *golden_recorded(size_t index)
{
	static const char *const files[] = {"hujson/alignment.jsonl", "hujson/comments.jsonl",
		"hujson/errors.jsonl", "hujson/examples.jsonl", "hujson/expansion.jsonl",
		"hujson/numbers.jsonl", "hujson/policy.jsonl", "hujson/random.jsonl",
		"hujson/strings.jsonl"};
	return index < sizeof files / sizeof *files ? files[index] : NULL;
}

static inline void golden_die(const golden_file *file, const char *what)
{
	fprintf(stderr, "test data, line %u: %s\n", file ? file->number : 0, what);
	abort();
}

/* Appends a file's bytes. False when it cannot be read. */
static inline bool golden_read(const char *path, hj_text *out)
{
	FILE *stream = fopen(path, "rb");
	if (!stream)
		return false;
	char block[1 << 14];
	for (size_t got; (got = fread(block, 1, sizeof block, stream)) > 0;)
		hj_text_append(out, (hj_slice){block, got});
	bool good = !ferror(stream) && !out->status;
	fclose(stream);
	return good;
}

/* Opens `name` in `folder`. False when it cannot be read; nothing is then left to close. */
static inline bool golden_open(golden_file *file, const char *folder, const char *name)
{
	*file = (golden_file){0};
	hj_text_init(&file->text, NULL);
	hj_arena_init(&file->arena, NULL);
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (golden_read(path, &file->text))
		return true;
	fprintf(stderr, "cannot read %s\n", path);
	hj_text_free(&file->text);
	return false;
}

static inline void golden_drop(golden_file *file)
{
	hj_document_free(file->document);
	hj_source_free(file->source);
	hj_arena_free(&file->arena);
	file->document = NULL;
	file->source = NULL;
}

static inline void golden_close(golden_file *file)
{
	golden_drop(file);
	hj_text_free(&file->text);
}

/* Goes to the next line that is not empty. False at the end. */
static inline bool golden_next(golden_file *file)
{
	golden_drop(file);
	hj_slice line = {0};
	while (line.size == 0) {
		if (file->at >= file->text.size)
			return false;
		const char *start = file->text.data + file->at;
		size_t left = file->text.size - file->at;
		const char *end = memchr(start, '\n', left);
		line = (hj_slice){start, end ? (size_t)(end - start) : left};
		file->at += line.size + 1;
		file->number++;
	}
	if (hj_source_copy(NULL, NULL, line, &file->source) ||
		hj_parse(file->source, 0, &file->document) || hj_document_error(file->document))
		golden_die(file, "not JSON");
	return true;
}

/* The value of a member of the object at node `object` (0: the line itself); 0: it has none. */
static inline uint32_t golden_find(const golden_file *file, uint32_t object, const char *name)
{
	const hj_node *nodes = hj_document_nodes(file->document);
	if (hj_node_kind(&nodes[object]) != HJ_OBJECT)
		return 0;
	for (uint32_t i = hj_node_first(object); i < nodes[object].next;) {
		uint32_t value = nodes[i].next;
		if (hj_string_equals(file->document, i, hj_slice_str(name)))
			return value;
		i = nodes[value].next;
	}
	return 0;
}

static inline hj_slice golden_base64(golden_file *file, hj_slice text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out = hj_arena_alloc(&file->arena, text.size / 4 * 3 + 3);
	if (!out)
		golden_die(file, "out of memory");
	size_t size = 0;
	uint32_t bits = 0;
	int have = 0;
	for (size_t i = 0; i < text.size && text.data[i] != '='; i++) {
		const char *digit = text.data[i] ? strchr(digits, text.data[i]) : NULL;
		if (!digit)
			golden_die(file, "not base64");
		bits = bits << 6 | (uint32_t)(digit - digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[size++] = (char)(unsigned char)(bits >> have);
		}
	}
	return (hj_slice){out, size};
}

/*
 * What a string member of the object at node `object` means, or what its `_b64` twin holds. False
 * when it has neither; *out is then left alone.
 */
static inline bool golden_member_of(
	golden_file *file, uint32_t object, const char *name, hj_slice *out)
{
	char twin[64];
	snprintf(twin, sizeof twin, "%s_b64", name);
	uint32_t plain = golden_find(file, object, name);
	uint32_t coded = plain ? 0 : golden_find(file, object, twin);
	uint32_t value = plain ? plain : coded;
	if (!value)
		return false;
	if (hj_node_kind(&hj_document_nodes(file->document)[value]) != HJ_STRING)
		golden_die(file, "a member is no string");
	bool ok = true;
	hj_slice text = hj_string_value(file->document, value, &file->arena, &ok);
	if (!ok)
		golden_die(file, "out of memory");
	*out = coded ? golden_base64(file, text) : text;
	return true;
}

/* The same for a member of the line itself. */
static inline bool golden_member(golden_file *file, const char *name, hj_slice *out)
{
	return golden_member_of(file, 0, name, out);
}

/* The same for a member that every line has. */
static inline hj_slice golden_need(golden_file *file, const char *name)
{
	hj_slice out = {0};
	if (!golden_member(file, name, &out))
		golden_die(file, name);
	return out;
}

/* A member that is a whole number below 2^32; UINT32_MAX when there is none. */
static inline uint32_t golden_number(const golden_file *file, const char *name)
{
	uint32_t value = golden_find(file, 0, name);
	if (!value)
		return UINT32_MAX;
	hj_slice digits = hj_source_slice(
		file->source, hj_node_span(&hj_document_nodes(file->document)[value]));
	uint32_t number = 0;
	for (size_t i = 0; i < digits.size; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			golden_die(file, "a member is no whole number");
		number = number * 10 + (uint32_t)(digits.data[i] - '0');
	}
	return number;
}

/* "id" of the line, or its number: for messages. NUL-terminated. */
static inline const char *golden_name(golden_file *file)
{
	hj_slice id = {0};
	bool ok = true;
	if (golden_member(file, "id", &id))
		return hj_arena_copy(&file->arena, id, &ok).data;
	char *text = hj_arena_alloc(&file->arena, 32);
	if (!text)
		golden_die(file, "out of memory");
	snprintf(text, 32, "line %u", file->number);
	return text;
}

#endif
