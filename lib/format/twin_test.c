/*
 * The library against its plain twin (fuzz/twin_format.h), and the twin against recorded data: a
 * twin that is wrong in the same way as the library would prove nothing.
 */
#include "fuzz/twin_format.h"
#include "fuzz/twin_random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hujson.h"

/* -- recorded data, read with the twin's own parser -------------------------------------------- */

static const char *const golden[] = {"alignment", "comments", "errors", "examples", "expansion",
	"numbers", "policy", "random", "strings"};

static hj_slice member(const char *line, const char *name)
{
	/* The data are written by one program, members in fixed order with ": " between: the first
	   occurrence of `"name": ` outside a string is what we want, and inside a string every
	   quote has a backslash before it. */
	char needle[32];
	snprintf(needle, sizeof needle, "\"%s\": ", name);
	const char *at = line;
	for (; (at = strstr(at, needle)); at++)
		if (at == line || at[-1] != '\\')
			break;
	if (!at)
		return (hj_slice){NULL, 0};
	at += strlen(needle);
	const char *end = at;
	if (*at == '"') {
		for (end++; *end != '"'; end++)
			if (*end == '\\')
				end++;
		end++;
	} else if (*at == '{') {
		bool quoted = false;
		for (; quoted || *end != '}'; end++) {
			if (*end == '\\')
				end++;
			else if (*end == '"')
				quoted = !quoted;
		}
		end++;
	}
	return (hj_slice){at, (size_t)(end - at)};
}

static struct twin_text base64(hj_slice token)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct twin_text text = {calloc(token.size + 1, 1), 0};
	unsigned bits = 0;
	int count = 0;
	for (size_t i = 1; i + 1 < token.size && token.data[i] != '='; i++) {
		bits = bits << 6 | (unsigned)(strchr(digits, token.data[i]) - digits);
		count += 6;
		if (count >= 8) {
			count -= 8;
			text.data[text.size++] = (char)(bits >> count & 0xFF);
		}
	}
	return text;
}

/* The member's bytes, plain or in base64. data is NULL when there is neither. */
static struct twin_text bytes_of(const char *line, const char *name)
{
	char other[32];
	struct twin_text text = {NULL, 0};
	hj_slice token = member(line, name);
	if (token.data) {
		twin_decode(token.data, token.size, &text);
		return text;
	}
	snprintf(other, sizeof other, "%s_b64", name);
	token = member(line, other);
	return token.data ? base64(token) : text;
}

static const struct {
	const char *name;
	enum twin_way way;
} ways[] = {{"fmt", TWIN_FORMAT}, {"min", TWIN_MINIMIZE}, {"std", TWIN_STANDARDIZE}};

static size_t check_line(const char *line)
{
	size_t wrong = 0;
	struct twin_text in = bytes_of(line, "in");
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		hj_slice result = member(line, ways[i].name);
		char *object = strndup(result.data, result.size);
		struct twin_text out = bytes_of(object, "out"), got;
		bool good = out.data != NULL;
		if (!good)
			out = bytes_of(object, "err");
		enum twin_status status = twin_run(ways[i].way, in.data, in.size, &got);
		bool same = (status == TWIN_OK) == good && got.size == out.size &&
			memcmp(got.data, out.data, got.size) == 0;
		if (!same && status != TWIN_TOO_DEEP) {
			wrong++;
			cr_expect(false, "%.30s %s: got %d [%s]\nwant [%s]", line, ways[i].name,
				(int)status, got.data, out.data);
		}
		free(got.data);
		free(out.data);
		free(object);
	}
	free(in.data);
	return wrong;
}

Test(twin, agrees_with_recorded_data)
{
	const char *shared = getenv("HUJSON_SHARED");
	if (!shared)
		cr_skip_test("HUJSON_SHARED is not set");
	size_t cases = 0, wrong = 0;
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		char path[4096];
		snprintf(path, sizeof path, "%s/golden/hujson/%s.jsonl", shared, golden[i]);
		FILE *file = fopen(path, "rb");
		cr_assert(file, "cannot open %s", path);
		char *line = NULL;
		size_t room = 0;
		while (wrong < 10 && getline(&line, &room, file) > 0) {
			cases++;
			wrong += check_line(line);
		}
		free(line);
		fclose(file);
	}
	cr_expect_eq(wrong, 0);
	cr_expect_gt(cases, 15000, "only %zu cases", cases);
}

/* -- the library against the twin -------------------------------------------------------------- */

/* One style of one document, by the library. */
static void library(const char *data, size_t size, hj_style style, bool *good, hj_text *out)
{
	hj_source *source;
	hj_document *document;
	hj_text_init(out, NULL);
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_slice_of(data, size), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, HJ_PARSE_FIRST_ERROR, &document), HJ_OK);
	const hj_syntax_error *error = hj_document_error(document);
	*good = !error;
	if (error) {
		hj_text_append(out, error->text);
	} else {
		hj_format_options options = {.style = style, .limit = UINT64_MAX};
		cr_assert_eq(hj_format(document, &options, out), HJ_OK);
	}
	hj_document_free(document);
	hj_source_free(source);
}

Test(twin, agrees_with_the_library_on_random_documents)
{
	size_t wrong = 0, broken = 0;
	for (uint64_t seed = 0; seed < 20000 && wrong < 5; seed++) {
		struct twin_text in, want;
		twin_random(seed, &in);
		for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
			bool good;
			hj_text got;
			enum twin_status status = twin_run(ways[i].way, in.data, in.size, &want);
			library(in.data, in.size, (hj_style)i, &good, &got);
			broken += !good;
			if ((status == TWIN_OK) != good ||
				!hj_slice_equal(
					hj_text_slice(&got), hj_slice_of(want.data, want.size))) {
				wrong++;
				cr_expect(false,
					"seed %u %s\n-- in\n%s\n-- twin\n%s\n-- library\n%s",
					(unsigned)seed, ways[i].name, in.data, want.data,
					hj_text_string(&got));
			}
			hj_text_free(&got);
			free(want.data);
		}
		free(in.data);
	}
	cr_expect_eq(wrong, 0);
	cr_expect_lt(broken, 20000, "too many random documents do not parse: %zu", broken);
}
