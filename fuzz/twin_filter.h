/*
 * A second reader of compiled policies: would the packet filter of a device let something through?
 * It reads the rules as a client would (control plane 5.1), from the text that was emitted.
 */
#ifndef HJ_FUZZ_TWIN_FILTER_H
#define HJ_FUZZ_TWIN_FILTER_H

#include "base/address.h"

struct twin_filter;

/* The text of a whole compiled tailnet, {"nodes": {NAME: …}}. Aborts where it is not such a text. */
struct twin_filter *twin_filter_read(hj_slice text);
void twin_filter_free(struct twin_filter *filter);
/* node: the index of the device among the nodes. Of protocols without ports the port does not count. */
bool twin_filter_lets(const struct twin_filter *filter, unsigned node, hj_address from,
	hj_address to, int protocol, int port);

#endif
