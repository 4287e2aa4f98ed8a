/*
 * Fingerprints: what lets a service know a finding again in a later version of the file. They hang
 * on what is found, not on the number of its line.
 */
#ifndef HJ_CMD_FINGERPRINT_H
#define HJ_CMD_FINGERPRINT_H

#include "hujson.h"

struct fingerprint {
	uint64_t hash;
	uint32_t order; /* among all, from 0 */
	uint32_t count; /* how many of the same hash came up to this one, from 1 */
};

struct fingerprints {
	struct fingerprint *items;
	size_t count, capacity;
	const hj_allocator *allocator;
};

void fingerprints_init(struct fingerprints *prints, const hj_allocator *allocator);
void fingerprints_free(struct fingerprints *prints);
/* HJ_NO_MEMORY only. */
hj_status fingerprints_add(struct fingerprints *prints, uint64_t hash);
/* Fills in the counts of all. */
void fingerprints_count(struct fingerprints *prints);

/* FNV-1a over a part and its size, so that "ab","c" is not "a","bc". Begin with FINGERPRINT_SEED. */
uint64_t fingerprint_mix(uint64_t hash, hj_slice part);
#define FINGERPRINT_SEED UINT64_C(0xCBF29CE484222325)

/*
 * Adds one a line, counted: the primaryLocationLineHash of SARIF as GitHub computes it, of a
 * hundred characters from the line's start. Lines end with LF, CR or CR LF there, so a lone CR
 * makes its numbers run ahead of ours; it takes them as they come, and so do we.
 */
hj_status fingerprints_of_lines(struct fingerprints *prints, hj_slice text);

#endif
