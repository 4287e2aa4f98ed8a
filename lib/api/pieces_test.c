/*
 * Three editions of a policy against testdata/api/pieces.hujson.
 */
#include "api/pieces.h"

#include "api/json.h"
#include "base/file.h"
#include "testdata/support/failing.h"

#include <criterion/criterion.h>

static hj_slice text_of(const hj_json *json, uint32_t node)
{
	return hj_source_slice(hj_document_source(json->document),
		hj_node_span(&hj_document_nodes(json->document)[node]));
}

static void describe(const hj_piece *piece, hj_text *out)
{
	bool theirs = hj_piece_changed(piece, HJ_EDITION_THEIRS);
	bool ours = hj_piece_changed(piece, HJ_EDITION_OURS);
	if (!theirs && !ours)
		return;
	hj_text_printf(out, "%s%s%s%s ", theirs ? "<" : "", ours ? ">" : "",
		piece->meets ? "!" : "", hj_piece_undone(piece) ? "u" : "");
	hj_text_append(out, piece->section);
	hj_text_byte(out, ' ');
	hj_text_append(out, piece->name);
	for (unsigned i = 0; piece->element && i < HJ_EDITIONS; i++)
		if (piece->counts[i]) {
			hj_text_append(out, piece->values[i]);
			break;
		}
	hj_text_byte(out, '\n');
}

Test(pieces, are_those_of_the_data)
{
	hj_text file;
	hj_text_init(&file, NULL);
	cr_assert_eq(hj_file_read("testdata/api/pieces.hujson", 1 << 20, &file), HJ_OK);
	hj_json json;
	cr_assert_eq(hj_json_read(&json, hj_text_slice(&file), NULL), HJ_OK);
	size_t cases = 0;
	for (uint32_t at = hj_json_next(&json, 0, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(&json, 0, at), cases++) {
		const hj_slice texts[HJ_EDITIONS] = {
			text_of(&json, hj_json_member(&json, at, "base")),
			text_of(&json, hj_json_member(&json, at, "theirs")),
			text_of(&json, hj_json_member(&json, at, "ours")),
		};
		uint32_t lines = hj_json_member(&json, at, "lines");
		hj_text want, got;
		hj_text_init(&want, NULL);
		hj_text_init(&got, NULL);
		for (uint32_t line = hj_json_next(&json, lines, 0); line != HJ_JSON_NOTHING;
			line = hj_json_next(&json, lines, line)) {
			hj_text_append(&want, hj_json_string(&json, line));
			hj_text_byte(&want, '\n');
		}
		hj_pieces pieces;
		cr_assert_eq(hj_pieces_compare(texts, NULL, &pieces), HJ_OK);
		for (size_t i = 0; i < pieces.count; i++)
			describe(&pieces.items[i], &got);
		cr_expect(hj_slice_equal(hj_text_slice(&want), hj_text_slice(&got)),
			"case %zu: wanted\n%.*sgot\n%.*s", cases, (int)want.size, want.data,
			(int)got.size, got.data);
		hj_pieces_free(&pieces);
		hj_text_free(&want);
		hj_text_free(&got);
	}
	cr_expect_gt(cases, 5);
	hj_json_free(&json);
	hj_text_free(&file);
}

Test(pieces, need_three_texts_that_parse)
{
	const hj_slice texts[HJ_EDITIONS] = {HJ_SLICE("{}"), HJ_SLICE("{,}"), HJ_SLICE("{}")};
	hj_pieces pieces;
	cr_expect_eq(hj_pieces_compare(texts, NULL, &pieces), HJ_SYNTAX);
	hj_pieces_free(&pieces);
}

Test(pieces, without_memory)
{
	const hj_slice texts[HJ_EDITIONS] = {HJ_SLICE("{\"a\": {\"b\\u0063\": 1}, \"d\": [1]}"),
		HJ_SLICE("{\"a\": {\"b\": 1}, \"d\": [2]}"), HJ_SLICE("{\"a\": 7, \"d\": [3]}")};
	size_t rounds = 0;
	for (;; rounds++) {
		failing_state state = {.fail_at = rounds};
		hj_allocator allocator = failing_allocator(&state);
		hj_pieces pieces;
		hj_status status = hj_pieces_compare(texts, &allocator, &pieces);
		hj_pieces_free(&pieces);
		cr_assert_eq(state.blocks, 0, "allocation %zu leaks", rounds);
		if (!state.failed)
			break;
		cr_assert_eq(status, HJ_NO_MEMORY, "allocation %zu", rounds);
	}
	cr_expect_gt(rounds, 20);
}
