#include "base/fold.h"

#include <criterion/criterion.h>

Test(fold, equality_folds_ascii_letters_alone)
{
	cr_expect(hj_slice_equal_folded(HJ_SLICE("AbZ[1"), HJ_SLICE("aBz[1")));
	cr_expect_not(hj_slice_equal_folded(HJ_SLICE("a"), HJ_SLICE("ab")));
	cr_expect_not(hj_slice_equal_folded(HJ_SLICE("["), HJ_SLICE("{")));
	cr_expect_not(hj_slice_equal_folded(HJ_SLICE("@"), HJ_SLICE("`")));
	cr_expect_not(hj_slice_equal_folded(HJ_SLICE("É"), HJ_SLICE("é")));
	cr_expect(hj_slice_equal_folded(HJ_SLICE(""), hj_slice_str(NULL)));
}

Test(fold, only_a_text_with_capitals_is_copied)
{
	hj_arena arena;
	hj_arena_init(&arena, NULL);
	bool ok = true;
	hj_slice plain = HJ_SLICE("tag:web"), empty = {0};
	cr_expect_eq(hj_slice_folded(plain, &arena, &ok).data, plain.data);
	cr_expect_eq(hj_slice_folded(empty, &arena, &ok).size, 0);
	cr_expect(hj_slice_equal(
		hj_slice_folded(HJ_SLICE("tag:WebÉ"), &arena, &ok), HJ_SLICE("tag:webÉ")));
	cr_expect(ok);
	hj_arena_free(&arena);
}
