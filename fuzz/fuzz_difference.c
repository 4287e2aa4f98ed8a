/*
 * The bytes choose a small tailnet and two policies: what differs is in the difference, and nothing else,
 * as the plain twin of access has it.
 */
#include "fuzz.h"
#include "fuzz/twin_difference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct twin_dice dice = {.bytes = data, .left = size};
	struct twin_difference_tally tally = {0};
	hj_text story;
	if (!data)
		return 0;
	hj_text_init(&story, NULL);
	FUZZ_CHECK(twin_difference(&dice, &tally, &story), "%s", hj_text_string(&story));
	hj_text_free(&story);
	return 0;
}
