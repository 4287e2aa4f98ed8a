/*
 * Compiling: what the control plane sends to each device of an inventory (control plane 5 to 10).
 *
 *     {"nodes": {"web1": {"packet_filter_rules": […], "ssh_rules": […], "cap_map": {…}}}}
 *
 * Rules are one line each, members are spelled and ordered as recorded, devices come in the order of
 * the inventory. What a policy asks of postures is judged by the devices' attributes, and not of addresses
 * outside the tailnet (policy language 7.2): nothing of it is recorded, so how it is spelled is a proposal.
 */
#ifndef HJ_COMPILE_COMPILE_H
#define HJ_COMPILE_COMPILE_H

#include "engine/world.h"
#include "syntax/emit.h"

typedef struct hj_compiled hj_compiled;

/*
 * The world must outlive it; a world without an inventory has no devices. Costs what devices receive,
 * not rules × devices. HJ_NO_MEMORY only.
 */
HJ_API hj_status hj_compile(hj_world *world, const hj_allocator *allocator, hj_compiled **out);
/* NULL is allowed. */
HJ_API void hj_compiled_free(hj_compiled *compiled);
/*
 * Emits a device as a member of the object that is open, "nodes". The whole may be larger than memory:
 * write and clear the text after each. HJ_NO_MEMORY only; no more may be asked then.
 */
HJ_API hj_status hj_compiled_emit(hj_compiled *compiled, uint32_t device, hj_emit *emit);

#endif
