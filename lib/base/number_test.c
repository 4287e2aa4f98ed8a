#include "base/number.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(number, is_what_the_c_library_says)
{
	static const char *const texts[] = {"0", "-0", "7", "-12", "3.25", "0.1", "-0.5", "1e3",
		"1E+3", "25e-2", "9007199254740991", "9007199254740992", "1e22", "1.5e-7", "1e400",
		"-1e400", "1e-400", "0e999999999", "123456789.012345", "0.000000000000001",
		"1e99999999999999999999", "1e-99999999999999999999"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		double value = 99;
		cr_assert(hj_number_parse(hj_slice_str(texts[i]), &value), "%s", texts[i]);
		cr_expect_eq(value, strtod(texts[i], NULL), "%s: %g", texts[i], value);
	}
}

Test(number, of_many_digits_is_right_to_fourteen)
{
	static const char *const texts[] = {"123456789012345678901234567890",
		"0.1234567890123456789012345", "1.7976931348623e308", "2.5e-308",
		"3141592653589793238462643383279502884197e-39", "1e23", "6.02214076e23"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		double value = 99, want = strtod(texts[i], NULL);
		cr_assert(hj_number_parse(hj_slice_str(texts[i]), &value), "%s", texts[i]);
		cr_expect_lt(
			value > want ? value - want : want - value, want * 1e-14, "%s", texts[i]);
	}
}

Test(number, other_texts_are_none)
{
	static const char *const texts[] = {"", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+",
		"1e-", "0x10", "1 ", " 1", "inf", "nan", "1.5.2", "1,5", "--1"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		double value = 99;
		cr_expect_not(hj_number_parse(hj_slice_str(texts[i]), &value), "%s", texts[i]);
		cr_expect_eq(value, 99, "%s", texts[i]);
	}
}
