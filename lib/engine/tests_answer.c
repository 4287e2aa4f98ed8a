#include "engine/tests_parts.h"

#include <stdlib.h>

/* -- what the service says of failures --------------------------------------------------------------- */

/* A failure and its group; sorted, those of a source stand together. */
typedef struct failure {
	uint32_t group; /* the number of its source, by first appearance */
	hj_slice text;
} failure;

static const char *outcome(hj_got got)
{
	static const char *const texts[] = {"Drop", "Accept", "Check", "Depends"};
	return texts[got];
}

static void say_error(hj_text *out, const hj_assertion *assertion)
{
	hj_text_clear(out);
	if (assertion->want == HJ_WANT_NOTHING) {
		hj_text_append(out, assertion->why);
		return;
	}
	hj_text_str(out, "address \"");
	hj_text_append(out, assertion->dst.text);
	hj_text_byte(out, '"');
	if (assertion->ssh) {
		hj_text_str(out, " (user \"");
		hj_text_append(out, assertion->account.text);
		hj_text_str(out, "\")");
	}
	hj_text_printf(out, ": want: %s, got: %s", outcome(hj_wanted(assertion->want)),
		outcome(assertion->got));
}

static hj_status find_failures(
	hj_assertions *assertions, failure *failures, hj_map *groups, hj_text *words)
{
	bool ok = true;
	size_t count = 0;
	hj_status status = HJ_OK;
	for (size_t i = 0; i < assertions->count && !status; i++) {
		const hj_assertion *assertion = &assertions->items[i];
		uint32_t *group;
		if (assertion->pass != HJ_NO)
			continue;
		hj_slice user = hj_trim(assertion->src.text);
		status = hj_map_put(groups, user, (uint32_t)groups->count, &group, NULL);
		if (status)
			break;
		say_error(words, assertion);
		failures[count].group = *group;
		failures[count++].text =
			hj_arena_copy(&assertions->arena, hj_text_slice(words), &ok);
		status = ok ? words->status : HJ_NO_MEMORY;
	}
	return status;
}

/* Counts, then deals the failures out: linear, and in their order. */
static hj_status deal(hj_assertions *assertions, const failure *failures, const hj_map *groups,
	hj_test_errors **out)
{
	size_t count = assertions->failed;
	hj_test_errors *rows = hj_arena_alloc(&assertions->arena, groups->count * sizeof *rows);
	hj_slice *texts = hj_arena_alloc(&assertions->arena, count * sizeof *texts);
	if (!rows || !texts)
		return HJ_NO_MEMORY;
	memset(rows, 0, groups->count * sizeof *rows);
	for (size_t i = 0; i < groups->capacity; i++)
		if (groups->entries[i].hash)
			rows[groups->entries[i].value].user = groups->entries[i].key;
	for (size_t i = 0; i < count; i++)
		rows[failures[i].group].count++;
	for (size_t i = 0; i < groups->count; i++) {
		rows[i].errors = texts;
		texts += rows[i].count;
		rows[i].count = 0;
	}
	for (size_t i = 0; i < count; i++) {
		hj_test_errors *row = &rows[failures[i].group];
		row->errors[row->count++] = failures[i].text;
	}
	*out = rows;
	return HJ_OK;
}

hj_status hj_assertions_errors(
	hj_assertions *assertions, const hj_test_errors **out, uint32_t *count)
{
	const hj_allocator *allocator = assertions->arena.allocator;
	*out = NULL;
	*count = 0;
	if (assertions->failed == 0)
		return HJ_OK;
	size_t size;
	failure *failures = hj_multiply(assertions->failed, sizeof *failures, &size)
		? hj_alloc(allocator, size)
		: NULL;
	hj_map groups;
	hj_text words;
	hj_test_errors *rows = NULL;
	hj_map_init(&groups, allocator);
	hj_text_init(&words, allocator);
	hj_status status =
		failures ? find_failures(assertions, failures, &groups, &words) : HJ_NO_MEMORY;
	if (!status)
		status = deal(assertions, failures, &groups, &rows);
	if (!status) {
		*out = rows;
		*count = (uint32_t)groups.count;
	}
	hj_text_free(&words);
	hj_map_free(&groups);
	if (failures)
		hj_free(allocator, failures, size);
	return status;
}

/* -- lists of tests ---------------------------------------------------------------------------------- */

static const char before[] = "{\"tests\":", after[] = "\n}";

/* Is it a list, and does it parse? */
static hj_status check_list(hj_slice body, const hj_allocator *allocator, hj_text *why)
{
	hj_source *source;
	hj_document *document;
	hj_status status = hj_source_copy(allocator, NULL, body, &source);
	if (status)
		return status;
	status = hj_parse(source, HJ_PARSE_FIRST_ERROR, &document);
	if (!status) {
		const hj_syntax_error *error = hj_document_error(document);
		if (error) {
			hj_text_append(why, error->text);
			status = HJ_SYNTAX;
		} else if (hj_node_kind(hj_document_nodes(document)) != HJ_ARRAY) {
			status = HJ_INVALID;
		}
		hj_document_free(document);
	}
	hj_source_free(source);
	return status;
}

hj_status hj_test_list_read(
	hj_slice body, const hj_allocator *allocator, hj_test_list *out, hj_text *why)
{
	hj_text text;
	hj_status status = check_list(body, allocator, why);
	if (status)
		return status;
	*out = (hj_test_list){0};
	hj_text_init(&text, allocator);
	hj_text_str(&text, before);
	hj_text_append(&text, body);
	hj_text_str(&text, after);
	status = text.status ? text.status : hj_source_adopt(NULL, &text, &out->source);
	hj_text_free(&text);
	if (!status)
		status = hj_parse(out->source, 0, &out->document);
	if (!status)
		status = hj_policy_bind(out->document, allocator, &out->policy);
	if (status) {
		hj_document_free(out->document);
		hj_source_free(out->source);
	}
	return status;
}

void hj_test_list_free(hj_test_list *list)
{
	hj_policy_free(&list->policy);
	hj_document_free(list->document);
	hj_source_free(list->source);
	*list = (hj_test_list){0};
}
