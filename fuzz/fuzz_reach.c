/*
 * The bytes choose a small tailnet, and the engine answers as its plain twin does: who may reach
 * whom.
 */
#include "fuzz.h"
#include "fuzz/twin_flows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct twin_dice dice = {.bytes = data, .left = size};
	struct twin_tally tally = {.every = 7};
	hj_text story;
	if (!data)
		return 0;
	hj_text_init(&story, NULL);
	FUZZ_CHECK(twin_flows(&dice, &tally, &story), "%s", hj_text_string(&story));
	hj_text_free(&story);
	return 0;
}
