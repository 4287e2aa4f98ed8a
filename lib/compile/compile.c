#include "compile/compile.h"

#include "compile/attributes.h"
#include "compile/filter.h"
#include "compile/ssh_filter.h"

struct hj_compiled {
	const hj_world *world;
	const hj_allocator *allocator;
	hj__texts texts;
	hj__postures postures;
	hj_filter *filter;
	hj_ssh_filter *ssh;
	hj_attributes *attributes;
	hj_text name; /* scratch */
};

hj_status hj_compile(hj_world *world, const hj_allocator *allocator, hj_compiled **out)
{
	hj_compiled *compiled = hj_alloc(allocator, sizeof *compiled);
	if (!compiled)
		return HJ_NO_MEMORY;
	*compiled = (hj_compiled){.world = world, .allocator = allocator};
	hj_arena_init(&compiled->texts.arena, allocator);
	hj__postures_begin(&compiled->postures, world, allocator);
	hj_text_init(&compiled->name, allocator);
	hj_status status = hj__texts_build(world, allocator, &compiled->texts);
	if (!status)
		status = hj_filter_build(
			world, &compiled->texts, &compiled->postures, allocator, &compiled->filter);
	if (!status)
		status = hj_ssh_filter_build(
			world, &compiled->texts, &compiled->postures, allocator, &compiled->ssh);
	if (!status)
		status = hj_attributes_build(world, allocator, &compiled->attributes);
	if (status)
		hj_compiled_free(compiled);
	else
		*out = compiled;
	return status;
}

void hj_compiled_free(hj_compiled *compiled)
{
	if (!compiled)
		return;
	hj_attributes_free(compiled->attributes);
	hj_ssh_filter_free(compiled->ssh);
	hj_filter_free(compiled->filter);
	hj__postures_end(&compiled->postures);
	hj__texts_free(&compiled->texts);
	hj_text_free(&compiled->name);
	hj_free(compiled->allocator, compiled, sizeof *compiled);
}

hj_status hj_compiled_emit(hj_compiled *compiled, uint32_t device, hj_emit *emit)
{
	hj_text_clear(&compiled->name);
	hj_text_append(&compiled->name, compiled->world->inventory->devices[device].name);
	const char *name = hj_text_string(&compiled->name);
	if (!name)
		return HJ_NO_MEMORY;
	hj_emit_object(emit, name);
	hj_emit_array(emit, "packet_filter_rules");
	hj_status status = hj_filter_emit(compiled->filter, device, emit);
	hj_emit_end(emit);
	hj_emit_array(emit, "ssh_rules");
	if (!status)
		status = hj_ssh_filter_emit(compiled->ssh, device, emit);
	hj_emit_end(emit);
	hj_emit_object(emit, "cap_map");
	if (!status)
		status = hj_attributes_emit(compiled->attributes, device, emit);
	hj_emit_end(emit);
	hj_emit_end(emit);
	return status ? status : emit->out->status;
}
