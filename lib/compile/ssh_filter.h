/*
 * SSH rules that each device receives for "ssh" (control plane 9).
 *
 *     {"principals": [{"nodeIP": "100.64.0.1"}], "sshUsers": {"root": ""}, "action": {…}, "acceptEnv": ["LANG"]}
 *
 * Costs what devices receive, apart from sorting.
 */
#ifndef HJ_COMPILE_SSH_FILTER_H
#define HJ_COMPILE_SSH_FILTER_H

#include "compile/postures.h"
#include "compile/texts.h"
#include "syntax/emit.h"

typedef struct hj_ssh_filter hj_ssh_filter;

/* The world, which must know devices, and its texts and postures must outlive it. HJ_NO_MEMORY only. */
hj_status hj_ssh_filter_build(hj_world *world, const hj__texts *texts, hj__postures *postures,
	const hj_allocator *allocator, hj_ssh_filter **out);
/* NULL is allowed. */
void hj_ssh_filter_free(hj_ssh_filter *filter);
/* Emits the rules of a device into the array that is open, a line each. HJ_NO_MEMORY only. */
hj_status hj_ssh_filter_emit(hj_ssh_filter *filter, uint32_t device, hj_emit *emit);

#endif
