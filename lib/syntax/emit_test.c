#include "syntax/emit.h"

#include <criterion/criterion.h>

static void report(hj_emit *emit)
{
	hj_emit_object(emit, NULL);
	hj_emit_string(emit, "path", HJ_SLICE("a\"b\n\x01\xff/é"));
	hj_emit_number(emit, "most", UINT64_MAX);
	hj_emit_bool(emit, "yes", true);
	hj_emit_bool(emit, "no", false);
	hj_emit_null(emit, "none");
	hj_emit_raw(emit, "raw", HJ_SLICE("[1, 2]"));
	hj_emit_array(emit, "list");
	hj_emit_number(emit, NULL, 1);
	hj_emit_object(emit, NULL);
	hj_emit_end(emit);
	hj_emit_array(emit, NULL);
	hj_emit_end(emit);
	hj_emit_end(emit);
	hj_emit_end(emit);
}

static const char on_one_line[] =
	"{\"path\":\"a\\\"b\\n\\u0001\xef\xbf\xbd/é\",\"most\":18446744073709551615,\"yes\":true,"
	"\"no\":false,\"none\":null,\"raw\":[1, 2],\"list\":[1,{},[]]}";

static const char indented[] =
	"{\n  \"path\": \"a\\\"b\\n\\u0001\xef\xbf\xbd/é\",\n  \"most\": 18446744073709551615,\n"
	"  \"yes\": true,\n  \"no\": false,\n  \"none\": null,\n  \"raw\": [1, 2],\n"
	"  \"list\": [\n    1,\n    {},\n    []\n  ]\n}";

Test(emit, writes_json_on_one_line_and_indented)
{
	static const struct {
		unsigned indent;
		const char *want;
	} cases[] = {{0, on_one_line}, {2, indented}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hj_text text;
		hj_text_init(&text, NULL);
		hj_emit emit;
		hj_emit_init(&emit, &text, cases[i].indent);
		report(&emit);
		cr_expect_eq(text.status, HJ_OK);
		cr_expect_str_eq(
			hj_text_string(&text), cases[i].want, "indent %u", cases[i].indent);
		hj_text_free(&text);
	}
}

Test(emit, the_deepest_allowed_nest_is_balanced)
{
	hj_text text;
	hj_text_init(&text, NULL);
	hj_emit emit;
	hj_emit_init(&emit, &text, 0);
	for (int i = 0; i < HJ_EMIT_DEPTH; i++)
		hj_emit_array(&emit, NULL);
	for (int i = 0; i < HJ_EMIT_DEPTH + 3; i++)
		hj_emit_end(&emit);
	cr_expect_eq(text.status, HJ_OK);
	cr_expect_eq(text.size, 2 * HJ_EMIT_DEPTH);
	hj_text_free(&text);
}

Test(emit, too_deep_says_so_and_writes_nothing)
{
	hj_text text;
	hj_text_init(&text, NULL);
	hj_emit emit;
	hj_emit_init(&emit, &text, 2);
	for (int i = 0; i < HJ_EMIT_DEPTH + 2; i++)
		hj_emit_object(&emit, i ? "x" : NULL);
	hj_emit_null(&emit, "y");
	for (int i = 0; i < HJ_EMIT_DEPTH + 2; i++)
		hj_emit_end(&emit);
	cr_expect_eq(text.status, HJ_INVALID);
	cr_expect_eq(text.size, 0);
	hj_text_free(&text);
}

static void *refuse(void *context, void *block, size_t old_size, size_t new_size)
{
	(void)context;
	(void)block;
	(void)old_size;
	(void)new_size;
	return NULL;
}

Test(emit, out_of_memory_is_the_texts_status)
{
	const hj_allocator none = {refuse, NULL};
	hj_text text;
	hj_text_init(&text, &none);
	hj_emit emit;
	hj_emit_init(&emit, &text, 2);
	report(&emit);
	cr_expect_eq(text.status, HJ_NO_MEMORY);
	hj_text_free(&text);
}
