/*
 * Other parsers, for comparison, each behind the same function. C, implemented in C++.
 */
#ifndef HJ_FORMAT_FORMAT_BENCH_PEERS_H
#define HJ_FORMAT_FORMAT_BENCH_PEERS_H

#include <stdbool.h>
#include <stddef.h>

struct peer {
	const char *name;
	bool hujson; /* reads comments and trailing commas; else it is given standard JSON */
	/* Parses the text into its tree and frees that. False: it did not parse. */
	bool (*parse)(const char *data, size_t size);
};

#ifdef __cplusplus
extern "C" {
#endif
/* Those that were there when this was compiled; ends with a NULL name. */
extern const struct peer peers[];
/* The names of the others, each with its Debian package; ends with NULL. */
extern const char *const peers_absent[];
#ifdef __cplusplus
}
#endif

#endif
