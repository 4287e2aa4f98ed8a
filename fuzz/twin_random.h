/*
 * Random documents from a seed, for comparing the library with its twin: nested containers, every
 * kind of gap at every place, lengths around the limit, and now and then a broken byte.
 */
#ifndef HJ_FUZZ_TWIN_RANDOM_H
#define HJ_FUZZ_TWIN_RANDOM_H

#include "fuzz/twin_format.h"

#include <stdint.h>

/* The same seed gives the same document on every machine. Free out->data. */
void twin_random(uint64_t seed, struct twin_text *out);

#endif
