/*
 * Capability maps: what "nodeAttrs" and other settings of a policy give each device (control plane
 * 10). The state of the tailnet, which gives more, is not in them.
 *
 *     {"funnel": null, "tailscale.com/app-connectors": [{…}]}
 */
#ifndef HJ_COMPILE_ATTRIBUTES_H
#define HJ_COMPILE_ATTRIBUTES_H

#include "engine/world.h"
#include "syntax/emit.h"

typedef struct hj_attributes hj_attributes;

/* The world, which must know devices, must outlive it. HJ_NO_MEMORY only. */
hj_status hj_attributes_build(hj_world *world, const hj_allocator *allocator, hj_attributes **out);
/* NULL is allowed. */
void hj_attributes_free(hj_attributes *attributes);
/* Emits the members of a device's map, sorted by name, into the object that is open. HJ_NO_MEMORY only. */
hj_status hj_attributes_emit(hj_attributes *attributes, uint32_t device, hj_emit *emit);

#endif
