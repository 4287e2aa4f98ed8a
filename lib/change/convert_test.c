/*
 * Conversion by its data: testdata/convert/CASE.hujson becomes CASE.out, and the lines of cases.jsonl.
 * And on what people write: access is the same, every comment is there, and once is enough.
 */
#include "change/convert_parts.h"

#include "testdata/support/failing.h"
#include "testdata/support/golden.h"

#include "syntax/gap.h"

#include <criterion/criterion.h>
#include <dirent.h>

/* A text and what comes of it. */
typedef struct converted {
	hj_source *source;
	hj_document *document;
	hj_policy policy;
	hj_conversion conversion;
	hj_text text;
} converted;

static hj_status convert(const hj_allocator *allocator, hj_slice text, converted *out)
{
	*out = (converted){0};
	hj_text_init(&out->text, allocator);
	hj_status status = hj_source_copy(allocator, NULL, text, &out->source);
	if (!status)
		status = hj_parse(out->source, 0, &out->document);
	if (!status)
		status = hj_policy_bind(out->document, allocator, &out->policy);
	if (!status) {
		status = hj_convert_to_grants(&out->policy, allocator, &out->conversion);
		if (status)
			hj_policy_free(&out->policy);
	}
	if (!status &&
		hj_edits_apply(out->conversion.edits.items, out->conversion.edits.count, text,
			&out->text)) {
		status = HJ_NO_MEMORY;
		hj_conversion_free(&out->conversion);
		hj_policy_free(&out->policy);
	}
	if (status) {
		hj_text_free(&out->text);
		hj_document_free(out->document);
		hj_source_free(out->source);
	}
	return status;
}

static void free_converted(converted *of)
{
	hj_text_free(&of->text);
	hj_conversion_free(&of->conversion);
	hj_policy_free(&of->policy);
	hj_document_free(of->document);
	hj_source_free(of->source);
}

/* -- what has to hold -------------------------------------------------------------------------- */

static int by_bytes(const void *a, const void *b)
{
	const hj_slice *one = a, *other = b;
	size_t size = one->size < other->size ? one->size : other->size;
	int order = size ? memcmp(one->data, other->data, size) : 0;
	return order ? order : (one->size > other->size) - (one->size < other->size);
}

typedef struct comments {
	hj_slice items[4096];
	size_t count;
} comments;

/* All comments of a document, in order of their bytes. */
static void gather_comments(hj_slice text, comments *out)
{
	hj_source *source;
	hj_document *document;
	cr_assert_eq(hj_source_copy(NULL, NULL, text, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	cr_assert_null(hj_document_error(document));
	const hj_node *nodes = hj_document_nodes(document);
	const char *at = text.data, *end = text.data + text.size;
	out->count = 0;
	for (uint32_t i = 0; i <= hj_document_count(document); i++) {
		bool last = i == hj_document_count(document);
		const char *stop = last ? end : text.data + nodes[i].start;
		/* Brackets that close stand between nodes, and are marks like commas. */
		hj_gap gap = {at, stop};
		for (hj_gap_piece piece; hj_gap_next(&gap, &piece);) {
			if (piece.kind != HJ_GAP_LINE && piece.kind != HJ_GAP_BLOCK)
				continue;
			cr_assert_lt(out->count, 4096);
			hj_slice comment =
				hj_slice_of(piece.start, (size_t)(piece.end - piece.start));
			while (comment.size && strchr(" \t\r", comment.data[comment.size - 1]))
				comment.size--;
			out->items[out->count++] = comment;
		}
		if (!last)
			at = text.data +
				(hj_node_is_container(&nodes[i]) ? nodes[i].start + 1
								 : nodes[i].end);
	}
	qsort(out->items, out->count, sizeof *out->items, by_bytes);
	hj_document_free(document);
	hj_source_free(source);
}

static void expect_comments(hj_slice before, hj_slice after, const char *id)
{
	static comments were, are;
	gather_comments(before, &were);
	gather_comments(after, &are);
	cr_expect_eq(
		were.count, are.count, "%s: %zu comments became %zu", id, were.count, are.count);
	for (size_t i = 0; i < were.count && i < are.count; i++)
		if (!hj_slice_equal(were.items[i], are.items[i])) {
			cr_expect(false, "%s: a comment is lost: %.*s", id,
				HJ_SLICE_ARGS(were.items[i]));
			return;
		}
}

/* A result has all comments, no acls, and is left alone by a second conversion. */
static void expect_settled(hj_slice before, hj_slice after, const char *id)
{
	converted again;
	expect_comments(before, after, id);
	cr_assert_eq(convert(NULL, after, &again), HJ_OK, "%s", id);
	cr_expect_eq(again.conversion.result, HJ_CONVERT_NOTHING, "%s", id);
	cr_expect_eq(again.policy.acls.node, 0, "%s", id);
	cr_expect_eq(again.conversion.edits.count, 0, "%s", id);
	free_converted(&again);
}

/* -- cases ------------------------------------------------------------------------------------- */

static void expect_obstacles(golden_file *file, const converted *got, const char *id)
{
	const hj_node *nodes = hj_document_nodes(file->document);
	uint32_t list = golden_find(file, 0, "why"), count = 0;
	cr_assert(list, "%s", id);
	cr_expect_eq(
		got->conversion.result, HJ_CONVERT_OBSTACLES, "%s: %d", id, got->conversion.result);
	for (uint32_t at = hj_node_first(list); at < nodes[list].next; at = nodes[at].next) {
		bool ok = true;
		hj_text text;
		hj_slice want = hj_string_value(file->document, at, &file->arena, &ok);
		if (count < got->conversion.obstacle_count) {
			const hj_obstacle *obstacle = &got->conversion.obstacles[count];
			hj_text_init(&text, NULL);
			hj_text_printf(&text, "%u-%u %.*s", obstacle->span.start,
				obstacle->span.end, HJ_SLICE_ARGS(obstacle->why));
			cr_expect(hj_slice_equal(hj_text_slice(&text), want), "%s: says %s", id,
				hj_text_string(&text));
			hj_text_free(&text);
		}
		count++;
	}
	cr_expect_eq(count, got->conversion.obstacle_count, "%s", id);
	cr_expect_eq(got->conversion.edits.count, 0, "%s", id);
}

Test(convert, cases_become_what_they_should)
{
	golden_file file;
	unsigned count = 0;
	cr_assert(golden_open(&file, "testdata/convert", "cases.jsonl"));
	while (golden_next(&file)) {
		const char *id = golden_name(&file);
		hj_slice doc = golden_need(&file, "doc"), want;
		converted got;
		cr_assert_eq(convert(NULL, doc, &got), HJ_OK, "%s", id);
		if (golden_member(&file, "out", &want)) {
			cr_expect(hj_slice_equal(hj_text_slice(&got.text), want), "%s: is\n%s", id,
				hj_text_string(&got.text));
			expect_settled(doc, want, id);
		} else if (golden_member(&file, "refused", &want)) {
			cr_expect_eq(got.conversion.result, HJ_CONVERT_REFUSED, "%s", id);
			cr_expect(hj_slice_equal(got.conversion.refusal, want), "%s: %.*s", id,
				HJ_SLICE_ARGS(got.conversion.refusal));
			cr_expect_eq(got.conversion.edits.count, 0, "%s", id);
		} else {
			expect_obstacles(&file, &got, id);
		}
		free_converted(&got);
		count++;
	}
	golden_close(&file);
	cr_expect_gt(count, 30);
}

static void check_file(const char *name)
{
	char path[512];
	hj_text text, want;
	converted got;
	hj_text_init(&text, NULL);
	hj_text_init(&want, NULL);
	snprintf(path, sizeof path, "testdata/convert/%s", name);
	cr_assert(golden_read(path, &text), "%s", path);
	strcpy(strrchr(path, '.'), ".out");
	cr_assert(golden_read(path, &want), "%s", path);
	cr_assert_eq(convert(NULL, hj_text_slice(&text), &got), HJ_OK);
	cr_expect(hj_slice_equal(hj_text_slice(&got.text), hj_text_slice(&want)), "%s is\n%s", path,
		hj_text_string(&got.text));
	expect_settled(hj_text_slice(&text), hj_text_slice(&got.text), path);
	free_converted(&got);
	hj_text_free(&text);
	hj_text_free(&want);
}

Test(convert, documents_become_what_they_should)
{
	DIR *files = opendir("testdata/convert");
	cr_assert(files);
	unsigned count = 0;
	for (const struct dirent *file; (file = readdir(files));) {
		const char *dot = strrchr(file->d_name, '.');
		if (!dot || strcmp(dot, ".hujson") != 0)
			continue;
		check_file(file->d_name);
		count++;
	}
	closedir(files);
	cr_expect_gt(count, 3);
}

/* -- proof ------------------------------------------------------------------------------------- */

/* What the proof says when "22" is replaced by something else. */
static hj_conversion_result prove_instead(const char *port, hj_text *words)
{
	static const char text[] = "{\"acls\": [{\"action\": \"accept\", \"src\": [\"a@x.com\"], "
				   "\"dst\": [\"*:22\"]}]}";
	const char *at = strstr(text, "22");
	uint32_t start = (uint32_t)(at - text);
	converted of;
	cr_assert_eq(convert(NULL, hj_slice_str(text), &of), HJ_OK);
	hj_conversion out = {.result = HJ_CONVERTED};
	hj_arena_init(&out.arena, NULL);
	hj__convert run = {.policy = &of.policy, .document = of.document, .out = &out};
	hj_edits edits;
	hj_edits_init(&edits, NULL);
	hj_edits_add(&edits, (hj_span){start, start + 2}, hj_slice_str(port));
	cr_assert_eq(hj__conversion_prove(&run, &edits), HJ_OK);
	hj_text_append(words, out.refusal);
	for (uint32_t i = 0; i < out.difference.count; i++) {
		hj_text_str(words, out.difference.changes[i].gained ? "+" : "-");
		hj_text_append(words, out.difference.changes[i].sentence);
	}
	hj_conversion_result result = out.result;
	hj_edits_free(&edits);
	hj_conversion_free(&out);
	free_converted(&of);
	return result;
}

Test(convert, what_would_change_access_or_be_refused_is_caught)
{
	hj_text words;
	hj_text_init(&words, NULL);
	cr_expect_eq(prove_instead("22,22", &words), HJ_CONVERTED);
	cr_expect_eq(words.size, 0);
	cr_expect_eq(prove_instead("ssh", &words), HJ_CONVERT_REFUSED);
	cr_expect_str_eq(hj_text_string(&words), "acls[0].dst: \"ssh\" is no port");
	hj_text_clear(&words);
	cr_expect_eq(prove_instead("22-23", &words), HJ_CONVERT_DIFFERS);
	cr_expect_str_eq(hj_text_string(&words), "+a@x.com may reach tcp:23 and udp:23 on *");
	hj_text_free(&words);
}

/* -- what people write -------------------------------------------------------------------------- */

/* How many were converted, and how many could not be. */
typedef struct tally {
	unsigned converted, nothing, obstacles;
} tally;

static void check_policy(const char *path, tally *count)
{
	hj_text text;
	hj_source *source;
	hj_document *document;
	hj_text_init(&text, NULL);
	cr_assert(golden_read(path, &text), "%s", path);
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_text_slice(&text), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	bool broken = hj_document_error(document);
	hj_document_free(document);
	hj_source_free(source);
	if (!broken) {
		converted got;
		cr_assert_eq(convert(NULL, hj_text_slice(&text), &got), HJ_OK, "%s", path);
		const hj_conversion *conversion = &got.conversion;
		count->converted += conversion->result == HJ_CONVERTED;
		count->nothing += conversion->result == HJ_CONVERT_NOTHING;
		count->obstacles += conversion->result == HJ_CONVERT_OBSTACLES;
		cr_expect_neq(conversion->result, HJ_CONVERT_REFUSED, "%s: %.*s", path,
			HJ_SLICE_ARGS(conversion->refusal));
		for (uint32_t i = 0; i < conversion->difference.count; i++)
			cr_expect(false, "%s: %.*s", path,
				HJ_SLICE_ARGS(conversion->difference.changes[i].sentence));
		if (conversion->result == HJ_CONVERTED)
			expect_settled(hj_text_slice(&text), hj_text_slice(&got.text), path);
		free_converted(&got);
	}
	hj_text_free(&text);
}

Test(convert, real_policies_allow_the_same)
{
	static const char *const folders[] = {"policies", "docs"};
	const char *shared = getenv("HUJSON_SHARED");
	char folder[256], path[PATH_MAX];
	tally count = {0};
	if (!shared || !*shared)
		cr_skip_test("needs HUJSON_SHARED");
	for (size_t i = 0; i < 2; i++) {
		snprintf(folder, sizeof folder, "%s/corpora/%s", shared, folders[i]);
		DIR *files = opendir(folder);
		cr_assert(files, "%s", folder);
		for (const struct dirent *file; (file = readdir(files));) {
			if (file->d_name[0] == '.')
				continue;
			snprintf(path, sizeof path, "%s/%s", folder, file->d_name);
			check_policy(path, &count);
		}
		closedir(files);
	}
	/* The obstacles: destinations without ports, actions that do not exist. */
	cr_expect_geq(count.converted, 208, "%u", count.converted);
	cr_expect_leq(count.obstacles, 18, "%u", count.obstacles);
}

/* -- bounds ------------------------------------------------------------------------------------- */

Test(convert, out_of_memory_fails_and_leaks_nothing)
{
	static const char text[] =
		"{\"grants\": [{\"src\": [\"*\"], \"dst\": [\"*\"], \"ip\": [\"1\"]}],\n"
		"// c\n\"acls\": [{\"action\": \"accept\", \"proto\": \"TCP\", // x\n"
		"\"src\": [\"*\"], \"dst\": [\"\\u002a:1\", \"1.2.3.4:1,2,1,3,4,5\", "
		"\"autogroup:self:1\"]}, // y\n]}";
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		converted got;
		hj_status status = convert(&allocator, hj_slice_str(text), &got);
		if (!status)
			free_converted(&got);
		cr_assert_eq(state.blocks, 0, "%zu", n);
		if (!state.failed) {
			cr_expect_eq(status, HJ_OK);
			break;
		}
		cr_assert_eq(status, HJ_NO_MEMORY, "%zu", n);
	}
}

/* A rule of many destinations, and many rules: the work is near-linear. */
Test(convert, large_policies, .timeout = 60)
{
	hj_text text;
	converted got;
	hj_text_init(&text, NULL);
	hj_text_str(&text, "{\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [");
	for (unsigned i = 0; i < 20000; i++)
		hj_text_printf(
			&text, "\"10.%u.%u.0/24:%u,22\",", i / 256 % 256, i % 256, i % 1000 + 1);
	hj_text_str(&text, "]},\n");
	for (unsigned i = 0; i < 20000; i++)
		hj_text_printf(&text,
			"{\"action\": \"accept\", \"src\": [\"10.%u.%u.1\"], \"dst\": [\"*:80\"]}, "
			"// %u\n",
			i / 256 % 256, i % 256, i);
	hj_text_str(&text, "]}");
	cr_assert_eq(convert(NULL, hj_text_slice(&text), &got), HJ_OK);
	cr_expect_eq(got.conversion.result, HJ_CONVERTED);
	cr_expect_eq(got.conversion.rules, 20001);
	cr_expect_eq(got.conversion.grants, 21000);
	free_converted(&got);
	hj_text_free(&text);
}
