#include "policy/shape_parts.h"

static const char *wanted_text(const hj_type *type)
{
	switch (type->kind) {
	case HJ_TEXT: return "a string";
	case HJ_SWITCH: return "true or false";
	case HJ_QUANTITY: return "a number";
	case HJ_LIST:
		return type->item->kind == HJ_TEXT ? "a list of strings" : "a list of objects";
	default: return "an object";
	}
}

const char *hj__kind_text(hj_kind kind)
{
	switch (kind) {
	case HJ_FALSE: return "false";
	case HJ_TRUE: return "true";
	case HJ_NUMBER: return "a number";
	case HJ_STRING: return "a string";
	case HJ_ARRAY: return "a list";
	case HJ_OBJECT: return "an object";
	default: return "null";
	}
}

static void put_around(
	hj_shape *run, hj_finding *finding, uint32_t node, const char *before, const char *behind)
{
	hj_span span = span_of(run, node);
	hj_finding_edit(
		run->findings, finding, (hj_span){span.start, span.start}, hj_slice_str(before));
	hj_finding_edit(
		run->findings, finding, (hj_span){span.end, span.end}, hj_slice_str(behind));
}

/* Replaces a value by a part of itself. */
static void keep_only(hj_shape *run, hj_finding *finding, uint32_t node, hj_span part)
{
	hj_span span = span_of(run, node);
	hj_finding_edit(run->findings, finding, (hj_span){span.start, part.start}, HJ_SLICE(""));
	hj_finding_edit(run->findings, finding, (hj_span){part.end, span.end}, HJ_SLICE(""));
}

/* An array of one string, with no comment in it. */
static bool is_list_of_one(const hj_shape *run, uint32_t array)
{
	uint32_t only = array + 1;
	return kind_of(run, array) == HJ_ARRAY && run->nodes[array].next == only + 1 &&
		kind_of(run, only) == HJ_STRING && !(run->nodes[array].bits & HJ_CLOSING_COMMENT) &&
		!(run->nodes[only].bits & (HJ_LEAD_COMMENT | HJ_TRAIL_COMMENT));
}

static void mend_type(hj_shape *run, hj_finding *finding, const hj_stop *stop)
{
	const hj_type *wanted = stop->wanted;
	hj_kind kind = kind_of(run, stop->node);
	hj_span span = span_of(run, stop->node);
	hj_span inside = {span.start + 1, span.end - 1};
	hj_slice text = hj_source_slice(hj_document_source(run->document), span);
	bool element = wanted->kind == HJ_LIST && hj_type_fits(wanted->item, kind);
	if (element) {
		hj_finding_help(run->findings, finding, "put it into a list: […]");
		put_around(run, finding, stop->node, "[", "]");
	} else if (wanted->kind == HJ_TEXT && kind == HJ_NUMBER) {
		hj_finding_help(run->findings, finding, "put quotes around it");
		put_around(run, finding, stop->node, "\"", "\"");
	} else if (wanted->kind == HJ_TEXT && is_list_of_one(run, stop->node)) {
		hj_finding_help(run->findings, finding, "it takes one, without a list");
		keep_only(run, finding, stop->node, span_of(run, stop->node + 1));
	} else if (wanted->kind == HJ_SWITCH &&
		(hj_slice_equal(text, HJ_SLICE("\"true\"")) ||
			hj_slice_equal(text, HJ_SLICE("\"false\"")))) {
		hj_finding_help(run->findings, finding, "leave the quotes out");
		keep_only(run, finding, stop->node, inside);
	} else {
		hj_finding_help(run->findings, finding, "write %s", wanted_text(wanted));
		return;
	}
	/* An object that stands for a list of them may have been meant otherwise. */
	if (finding)
		finding->safe = kind != HJ_OBJECT;
}

void hj__check_type(hj_shape *run, const hj_stop *stop)
{
	hj_kind kind = kind_of(run, stop->node);
	bool null = kind == HJ_NULL;
	bool digits = kind == HJ_NUMBER && stop->wanted->numeric;
	if (digits && run->headscale)
		return;
	/* Owners in a bare string, a protocol as a number: nobody knows. */
	bool unknown =
		stop->loose || digits || (stop->within->defines == HJ_TAG && kind == HJ_STRING);
	uint32_t name = stop->name ? stop->name : stop->owner;
	hj_slice text = name_at(run, name);
	hj_text what;
	hj_text_init(&what, run->arena.allocator);
	hj_text_printf(
		&what, "%s\"%.*s\"", stop->name ? "" : "an element of ", HJ_SLICE_ARGS(text));
	if (null)
		hj_text_printf(&what, " is null");
	else
		hj_text_printf(&what, " should be %s, not %s", wanted_text(stop->wanted),
			hj__kind_text(kind));
	hj_finding *finding = hj_findings_add(run->findings,
		&hj__shape_table[null ? T_NULL_VALUE : T_WRONG_TYPE], span_of(run, stop->node),
		"%.*s", (int)what.size, what.data ? what.data : "");
	run->ok = run->ok && !what.status;
	hj_text_free(&what);
	if (null) {
		hj_finding_help(run->findings, finding,
			"what the service makes of null here is not known: leave it out");
		return;
	}
	mend_type(run, finding, stop);
	if (!unknown)
		hj__refuse(finding, stop->node);
	else if (finding)
		finding->severity = HJ_WARNING_LEVEL;
}
