/*
 * Packet filters: the rules that each device receives for "acls" and "grants" (control plane 5 to 7).
 *
 * The whole policy is compiled once: entries become rules for the tailnet, rules of the same sources
 * and protocol are merged, and every destination is handed to the devices that it concerns. Costs
 * what is handed out, apart from sorting; never rules × devices.
 *
 *     {"SrcIPs": ["100.64.0.1"], "DstPorts": [{"IP": "…", "Ports": {"First": 22, "Last": 22}}], "IPProto": [6]}
 *     {"SrcIPs": ["100.64.0.1"], "CapGrant": [{"Dsts": ["…/32"], "CapMap": {…}}]}
 */
#ifndef HJ_COMPILE_FILTER_H
#define HJ_COMPILE_FILTER_H

#include "compile/postures.h"
#include "compile/texts.h"
#include "syntax/emit.h"

typedef struct hj_filter hj_filter;

/* The world, which must know devices, its texts and postures must outlive the filter. HJ_NO_MEMORY only. */
hj_status hj_filter_build(hj_world *world, const hj__texts *texts, hj__postures *postures,
	const hj_allocator *allocator, hj_filter **out);
/* NULL is allowed. */
void hj_filter_free(hj_filter *filter);
/* Emits the rules of a device into the array that is open, a line each. HJ_NO_MEMORY only. */
hj_status hj_filter_emit(hj_filter *filter, uint32_t device, hj_emit *emit);

#endif
