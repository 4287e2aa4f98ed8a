#include "api/twin_parts.h"

#include "format/format.h"
#include "syntax/patch.h"
#include "syntax/string.h"

/* What a tailnet of files has besides, until somebody changes it. */
static const struct {
	const char *name, *value;
} sections[] = {
	{"keys", "[]"},
	{"dns",
		"{\"nameservers\":[],\"splitDNS\":{},\"searchPaths\":[],"
		"\"preferences\":{\"overrideLocalDNS\":false,\"magicDNS\":false}}"},
	{"settings", "{}"},
	{"postureIntegrations", "[]"},
	{"userInvites", "[]"},
	{"deviceInvites", "[]"},
	{"serviceHosts", "{}"},
};

void hj__twin_state_free(hj__twin_state *state)
{
	if (state->bound)
		hj_inventory_free(&state->inventory);
	hj_json_free(&state->json);
	*state = (hj__twin_state){0};
}

/* Standard JSON without blanks, so that values can be shown as they stand. */
static hj_status minimize(hj_slice text, const hj_allocator *allocator, hj_text *out)
{
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_status status = hj_source_copy(allocator, "inventory", text, &source);
	if (!status)
		status = hj_parse(source, HJ_PARSE_FIRST_ERROR, &document);
	if (!status)
		status = hj_format(document,
			&(hj_format_options){
				.style = HJ_MINIMIZED, .limit = UINT64_MAX, .allocator = allocator},
			out);
	hj_document_free(document);
	hj_source_free(source);
	return status;
}

/* HJ_INVALID: the engine finds a fault in it, which is appended to why. */
static hj_status bind(hj__twin_state *state, const hj_allocator *allocator, hj_text *why)
{
	hj_findings findings;
	hj_findings_init(&findings, allocator);
	hj_status status =
		hj_inventory_bind(state->json.document, allocator, &findings, &state->inventory);
	state->bound = status == HJ_OK;
	for (size_t i = 0; i < findings.count && !status; i++)
		if (findings.items[i].severity == HJ_ERROR_LEVEL) {
			hj_text_append(why, findings.items[i].message);
			status = HJ_INVALID;
		}
	hj_findings_free(&findings);
	return status;
}

/* HJ_SYNTAX, or as bind. Free it either way. */
static hj_status build(const hj_twin *twin, hj_slice text, hj__twin_state *out, hj_text *why)
{
	hj_text plain;
	hj_text_init(&plain, twin->allocator);
	*out = (hj__twin_state){0};
	hj_status status = minimize(text, twin->allocator, &plain);
	if (!status)
		status = hj_json_read(&out->json, hj_text_slice(&plain), twin->allocator);
	if (!status && twin->has_inventory)
		status = bind(out, twin->allocator, why);
	hj_text_free(&plain);
	return status;
}

/* The inventory with those sections that it lacks. */
static hj_status complete(hj_slice inventory, const hj_allocator *allocator, hj_text *out)
{
	hj_json json;
	hj_status status = hj_json_read(&json, inventory, allocator);
	if (!status && hj_json_kind(&json, 0) != HJ_OBJECT)
		status = HJ_INVALID;
	if (!status) {
		hj_text plain;
		hj_text_init(&plain, allocator);
		status = minimize(inventory, allocator, &plain);
		hj_slice text = hj_text_slice(&plain);
		bool empty = text.size == 2;
		if (!status)
			hj_text_append(out, (hj_slice){text.data, text.size - 1});
		for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
			if (hj_json_member(&json, 0, sections[i].name) != HJ_JSON_NOTHING)
				continue;
			hj_text_printf(out, "%s\"%s\":%s", empty ? "" : ",", sections[i].name,
				sections[i].value);
			empty = false;
		}
		hj_text_byte(out, '}');
		hj_text_free(&plain);
	}
	hj_json_free(&json);
	return status ? status : out->status;
}

hj_status hj__twin_state_open(hj_twin *twin, hj_slice inventory, hj_text *why)
{
	hj_text text, fault;
	hj_text_init(&text, twin->allocator);
	hj_text_init(&fault, twin->allocator);
	twin->has_inventory = inventory.size > 0;
	hj_status status =
		complete(twin->has_inventory ? inventory : HJ_SLICE("{}"), twin->allocator, &text);
	bool object = status != HJ_INVALID;
	if (!status)
		status = build(twin, hj_text_slice(&text), &twin->state, &fault);
	if (status == HJ_SYNTAX) {
		hj_text_str(why, "the inventory does not parse");
		status = HJ_INVALID;
	} else if (status == HJ_INVALID) {
		hj_text_str(why, "the inventory: ");
		hj_text_append(why, object ? hj_text_slice(&fault) : HJ_SLICE("it is no object"));
	}
	hj_text_free(&fault);
	hj_text_free(&text);
	return status;
}

/* -- looking --------------------------------------------------------------------------------------- */

uint32_t hj__twin_find(const hj_twin *twin, const char *pointer)
{
	return hj_json_find(&twin->state.json, pointer);
}

uint32_t hj__twin_named(const hj_twin *twin, const char *list, const char *const *names,
	hj_slice text, uint32_t *index)
{
	const hj_json *json = &twin->state.json;
	uint32_t array = hj__twin_find(twin, list);
	*index = 0;
	for (uint32_t at = hj_json_next(json, array, 0); at != HJ_JSON_NOTHING && text.size;
		at = hj_json_next(json, array, at), ++*index)
		for (const char *const *name = names; *name; name++) {
			uint32_t value = hj_json_member(json, at, *name);
			if (hj_json_kind(json, value) == HJ_STRING &&
				hj_string_equals(json->document, value, text))
				return at;
		}
	return HJ_JSON_NOTHING;
}

hj_status hj__twin_asked(hj__twin_call *call, const char *list, const char *parameter,
	const char *const *names, uint32_t *node, uint32_t *index)
{
	hj_text id;
	hj_text_init(&id, call->twin->allocator);
	*node = HJ_JSON_NOTHING;
	if (hj__twin_segment(call, parameter, &id))
		*node = hj__twin_named(call->twin, list, names, hj_text_slice(&id), index);
	hj_status status = id.status;
	hj_text_free(&id);
	if (!status && *node == HJ_JSON_NOTHING)
		status = hj__twin_stop(call, 404, "not found");
	return status;
}

void hj__twin_append_open(
	const hj_twin *twin, uint32_t object, const char *const *hidden, hj_text *out)
{
	const hj_json *json = &twin->state.json;
	const hj_node *nodes = hj_document_nodes(json->document);
	char before = '{';
	for (uint32_t at = hj_node_first(object); at < nodes[object].next;
		at = nodes[nodes[at].next].next) {
		bool shown = true;
		for (const char *const *name = hidden; *name && shown; name++)
			shown = !hj_string_equals(json->document, at, hj_slice_str(*name));
		if (!shown)
			continue;
		hj_text_byte(out, before);
		hj_text_append(out, hj__twin_bytes(json, at));
		hj_text_byte(out, ':');
		hj_text_append(out, hj__twin_bytes(json, nodes[at].next));
		before = ',';
	}
	if (before == '{')
		hj_text_byte(out, before);
}

/* -- changing -------------------------------------------------------------------------------------- */

void hj__twin_append_token(hj_text *pointer, hj_slice name)
{
	for (size_t i = 0; i < name.size; i++) {
		if (name.data[i] == '~')
			hj_text_str(pointer, "~0");
		else if (name.data[i] == '/')
			hj_text_str(pointer, "~1");
		else
			hj_text_byte(pointer, name.data[i]);
	}
}

void hj__twin_change_begin(hj__twin_change *change, const hj_twin *twin)
{
	hj_text_init(&change->patch, twin->allocator);
}

__attribute__((format(printf, 4, 0))) static void add_operation(hj__twin_change *change,
	const char *operation, const hj_slice *json, const char *format, va_list arguments)
{
	hj_text *patch = &change->patch, pointer;
	hj_text_init(&pointer, patch->allocator);
	hj_text_vprintf(&pointer, format, arguments);
	hj_text_printf(patch, "%s{\"op\":\"%s\",\"path\":", patch->size ? "," : "[", operation);
	hj_string_encode(hj_text_slice(&pointer), patch);
	if (json) {
		hj_text_str(patch, ",\"value\":");
		hj_text_append(patch, *json);
	}
	hj_text_byte(patch, '}');
	if (pointer.status && !patch->status)
		patch->status = pointer.status;
	hj_text_free(&pointer);
}

void hj__twin_add(hj__twin_change *change, hj_slice json, const char *pointer, ...)
{
	va_list arguments;
	va_start(arguments, pointer);
	add_operation(change, "add", &json, pointer, arguments);
	va_end(arguments);
}

void hj__twin_replace(hj__twin_change *change, hj_slice json, const char *pointer, ...)
{
	va_list arguments;
	va_start(arguments, pointer);
	add_operation(change, "replace", &json, pointer, arguments);
	va_end(arguments);
}

void hj__twin_remove(hj__twin_change *change, const char *pointer, ...)
{
	va_list arguments;
	va_start(arguments, pointer);
	add_operation(change, "remove", NULL, pointer, arguments);
	va_end(arguments);
}

/* The state's text with the operations done. */
static hj_status apply(hj_twin *twin, hj_slice operations, hj_text *out)
{
	hj_json patch;
	hj_edits edits;
	hj_text why;
	hj_text_init(&why, twin->allocator);
	hj_edits_init(&edits, twin->allocator);
	const hj_document *document = twin->state.json.document;
	hj_status status = hj_json_read(&patch, operations, twin->allocator);
	if (!status)
		status = hj_patch_apply(document, patch.document, HJ_PATCH_REFERENCE, &edits, &why);
	const hj_source *source = hj_document_source(document);
	if (!status)
		status = hj_edits_apply(
			edits.items, edits.count, (hj_slice){source->data, source->size}, out);
	hj_edits_free(&edits);
	hj_json_free(&patch);
	hj_text_free(&why);
	return status;
}

hj_status hj__twin_commit(hj__twin_change *change, hj__twin_call *call)
{
	hj_twin *twin = call->twin;
	hj_text text, why;
	hj_text_init(&text, twin->allocator);
	hj_text_init(&why, twin->allocator);
	hj_text_byte(&change->patch, ']');
	hj__twin_state next = {0};
	bool nothing = change->patch.size < 2; /* no operation, no change */
	hj_status status = change->patch.status;
	if (!status && !nothing)
		status = apply(twin, hj_text_slice(&change->patch), &text);
	if (!status && !nothing)
		status = build(twin, hj_text_slice(&text), &next, &why);
	if (!status && !nothing) {
		hj__twin_forget(twin);
		hj__twin_state_free(&twin->state);
		twin->state = next;
	} else if (!nothing) {
		hj__twin_state_free(&next);
	}
	if (status == HJ_INVALID || status == HJ_SYNTAX) {
		const char *said = why.size ? hj_text_string(&why) : "the tailnet cannot be so";
		status = said ? hj__twin_bad(call, said) : HJ_NO_MEMORY;
	}
	hj_text_free(&why);
	hj_text_free(&text);
	hj_text_free(&change->patch);
	return status;
}
