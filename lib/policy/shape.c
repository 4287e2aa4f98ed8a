#include "policy/shape.h"

#include "base/quote.h"
#include "policy/shape_parts.h"

void hj__refuse(hj_finding *finding, uint32_t node)
{
	if (finding)
		finding->refusal = hj_refusal(HJ_STAGE_DECODING, node);
}

void hj__refuse_field(hj_shape *run, hj_finding *finding, uint32_t name)
{
	hj_text quoted;
	hj_text_init(&quoted, run->findings->arena.allocator);
	hj_quote_append(&quoted, name_at(run, name));
	if (quoted.status)
		run->ok = false;
	else
		hj_finding_service(run->findings, finding, hj_refusal(HJ_STAGE_DECODING, name),
			"json: unknown field %.*s", (int)quoted.size, quoted.data);
	hj_text_free(&quoted);
}

void hj__rename(hj_shape *run, hj_finding *finding, uint32_t name, const char *meant)
{
	hj_span span = span_of(run, name);
	hj_finding_edit(run->findings, finding, (hj_span){span.start + 1, span.end - 1},
		hj_slice_str(meant));
}

/* -- fields of a record ------------------------------------------------------------------------ */

/* What comes of a field that is not there. What is not here is nobody's, or hj_accept's. */
typedef struct absence {
	const char *noun, *field;
	hj_severity severity;
	hj_stage stage;      /* of an error */
	const char *service; /* likewise */
	const char *help;
} absence;

static const absence absences[] = {
	{"an acl rule", "action", HJ_ERROR_LEVEL, HJ_STAGE_ACLS, "action=\"\" is not supported",
		"write \"action\": \"accept\"; there is no other"},
	{"an acl rule", "src", HJ_WARNING_LEVEL, HJ_STAGE_ACCEPTED, NULL,
		"the rule matches nobody; it is not known whether the service takes it"},
	{"an acl rule", "dst", HJ_WARNING_LEVEL, HJ_STAGE_ACCEPTED, NULL,
		"the rule leads nowhere; it is not known whether the service takes it"},
	{"a grant", "src", HJ_WARNING_LEVEL, HJ_STAGE_ACCEPTED, NULL, "the grant matches nobody"},
	{"a grant", "dst", HJ_WARNING_LEVEL, HJ_STAGE_ACCEPTED, NULL, "the grant leads nowhere"},
	{"an entry of \"nodeAttrs\"", "target", HJ_WARNING_LEVEL, HJ_STAGE_ACCEPTED, NULL,
		"it has no effect: say which devices get it"},
	{"an SSH test", "dst", HJ_WARNING_LEVEL, HJ_STAGE_ACCEPTED, NULL,
		"it is not known what the service says to a test without destinations"},
};

static const absence *absence_of(const hj_type *record, const hj_field *field)
{
	if (!field->required)
		return NULL;
	for (size_t i = 0; i < sizeof absences / sizeof *absences; i++)
		if (strcmp(absences[i].noun, record->noun) == 0 &&
			strcmp(absences[i].field, field->name) == 0)
			return &absences[i];
	return NULL;
}

static void report_missing(
	hj_shape *run, const hj_members *record, const absence *first, hj_slice list)
{
	uint32_t start = run->nodes[record->object].start;
	hj_finding *finding = hj_findings_add(run->findings, &hj__shape_table[T_MISSING_FIELD],
		(hj_span){start, start + 1}, "%s without %.*s", record->type->noun,
		HJ_SLICE_ARGS(list));
	if (!finding)
		return;
	finding->severity = first->severity;
	hj_finding_help(run->findings, finding, "%s", first->help);
	if (first->service)
		hj_finding_service(run->findings, finding, hj_refusal(first->stage, record->object),
			"%s", first->service);
}

/* All that a record lacks is one finding, at its opening brace; the first absence explains it. */
static void check_missing(hj_shape *run, const hj_members *record)
{
	const hj_type *type = record->type;
	const absence *first = NULL;
	hj_text list;
	hj_text_init(&list, run->arena.allocator);
	for (size_t i = 0; i < type->field_count; i++) {
		const hj_field *field = &type->fields[i];
		if (record->name[i] || record->alias[i])
			continue;
		const absence *missing = absence_of(type, field);
		if (!missing)
			continue;
		hj_text_printf(&list, "%s\"%s\"", first ? ", " : "", field->name);
		first = first ? first : missing;
	}
	if (first)
		report_missing(run, record, first, hj_text_slice(&list));
	run->ok = run->ok && !list.status;
	hj_text_free(&list);
}

static void check_spellings(hj_shape *run, const hj_members *record)
{
	for (size_t i = 0; i < record->type->field_count; i++) {
		const hj_field *field = &record->type->fields[i];
		uint32_t name = record->name[i], alias = record->alias[i];
		if (!name || !alias)
			continue;
		uint32_t later = name < alias ? alias : name;
		hj_finding *finding =
			hj_findings_add(run->findings, &hj__shape_table[T_BOTH_SPELLINGS],
				span_of(run, later), "%s with both \"%s\" and \"%s\"",
				record->type->noun, field->name, field->alias);
		hj_finding_relate(run->findings, finding, span_of(run, name < alias ? name : alias),
			"the same field stands here");
		hj_finding_help(run->findings, finding,
			"\"%s\" is the older name: merge it into \"%s\"", field->alias,
			field->name);
		hj__refuse(finding, later);
	}
}

/* "acls": [] or "grants": [], and no rule in the other. */
static void check_empty(hj_shape *run, const hj_members *record)
{
	const size_t sections[] = {
		hj__field_index(record->type, "acls"), hj__field_index(record->type, "grants")};
	uint32_t empty = 0;
	for (size_t i = 0; i < 2; i++) {
		uint32_t name = record->name[sections[i]];
		if (!name)
			continue;
		uint32_t value = run->nodes[name].next;
		if (kind_of(run, value) != HJ_ARRAY || run->nodes[value].next > value + 1)
			return;
		empty = empty && empty < name ? empty : name;
	}
	if (empty) {
		hj_slice text = name_at(run, empty);
		hj_finding *finding = hj_findings_add(run->findings, &hj__shape_table[T_DENY_ALL],
			span_of(run, empty), "\"%.*s\" is empty, so nothing is allowed",
			HJ_SLICE_ARGS(text));
		hj_finding_help(run->findings, finding,
			"without \"acls\" and \"grants\" everything would be allowed");
	}
}

static void check_record(hj_shape *run, const hj_stop *stop)
{
	hj_members record = {.type = stop->type, .object = stop->node, .loose = stop->loose};
	const hj_field *fields = stop->type->fields;
	uint32_t end = run->nodes[stop->node].next;
	for (uint32_t at = hj_node_first(stop->node); at < end; at = after(run, at)) {
		if (kind_of(run, at) != HJ_STRING)
			continue;
		hj_slice name = name_at(run, at);
		const hj_field *field = hj_field_find(stop->type, name);
		if (!field) {
			record.strangers = true;
			continue;
		}
		bool older = field->alias && hj_field_is(field->alias, name);
		uint32_t *place = older ? record.alias : record.name;
		if (place[field - fields] == 0)
			place[field - fields] = at;
	}
	for (uint32_t at = hj_node_first(stop->node); record.strangers && at < end;
		at = after(run, at))
		if (kind_of(run, at) == HJ_STRING && !hj_field_find(stop->type, name_at(run, at)))
			hj__check_stranger(run, at, &record);
	/* What is missing may be what has the wrong name, or is broken. */
	if (!record.strangers && !hj_document_error(run->document))
		check_missing(run, &record);
	check_spellings(run, &record);
	if (stop->type == &hj_policy_type)
		check_empty(run, &record);
}

static bool is_spelt(hj_slice name, const char *field)
{
	return hj_slice_equal(name, hj_slice_str(field));
}

static void check_case(hj_shape *run, const hj_stop *stop)
{
	const hj_field *field = stop->field;
	hj_slice name = name_at(run, stop->name);
	if (is_spelt(name, field->name) || (field->alias && is_spelt(name, field->alias)))
		return;
	const char *usual =
		field->alias && hj_field_is(field->alias, name) ? field->alias : field->name;
	hj_finding *finding = hj_findings_add(run->findings, &hj__shape_table[T_FIELD_CASE],
		span_of(run, stop->name), "\"%.*s\" is written \"%s\" today", HJ_SLICE_ARGS(name),
		usual);
	hj__rename(run, finding, stop->name, usual);
	if (finding)
		finding->safe = true;
}

/* -- one place -------------------------------------------------------------------------------- */

static bool may_be_null(const hj_stop *stop)
{
	return stop->loose || stop->wanted->kind == HJ_ANYTHING || stop->wanted->nullable ||
		(stop->field && stop->field->nullable);
}

static void check_stop(hj_shape *run, const hj_stop *stop)
{
	hj_kind kind = kind_of(run, stop->node);
	if (kind == HJ_ERROR)
		return;
	if (stop->field && !stop->within->open)
		check_case(run, stop);
	if (kind == HJ_NULL && may_be_null(stop))
		return;
	if (!stop->type || stop->type != stop->wanted)
		hj__check_type(run, stop);
	else if (stop->type->kind == HJ_RECORD && !stop->type->open)
		check_record(run, stop);
}

/* -- documents that are no policy -------------------------------------------------------------- */

/* Fields of a record in an object, its own level alone. */
static unsigned count_fields(hj_shape *run, uint32_t object, const hj_type *record)
{
	unsigned count = 0;
	if (kind_of(run, object) != HJ_OBJECT)
		return 0;
	for (uint32_t at = hj_node_first(object); at < run->nodes[object].next;
		at = after(run, at)) {
		if (kind_of(run, at) != HJ_STRING)
			continue;
		const hj_field *field = hj_field_find(record, name_at(run, at));
		count += field && hj_type_fits(field->type, kind_of(run, run->nodes[at].next));
	}
	return count;
}

/*
 * No section at the top level, but two or more inside {"acl": {…}}: the whole policy is one level
 * too deep. Other names are left alone; they may be another program's settings.
 */
static void check_wrapping(hj_shape *run)
{
	static const char *const names[] = {"acl", "acls", "policy"};
	for (uint32_t at = hj_node_first(0); at < run->nodes[0].next; at = after(run, at)) {
		if (kind_of(run, at) != HJ_STRING)
			continue;
		hj_slice name = name_at(run, at);
		bool wraps = false;
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			wraps = wraps || hj_field_is(names[i], name);
		if (!wraps || count_fields(run, run->nodes[at].next, &hj_policy_type) < 2)
			continue;
		hj_finding *finding = hj_findings_add(run->findings, &hj__section_rule,
			span_of(run, at), "the sections of a policy stand inside \"%.*s\"",
			HJ_SLICE_ARGS(name));
		hj__refuse_field(run, finding, at);
		hj_finding_help(run->findings, finding, "move them to the top level");
	}
}

/* The section whose rules a list at the root holds, by its first element; NULL: none surely. */
static const char *section_of_list(hj_shape *run)
{
	static const char *const sections[] = {"acls", "grants", "ssh", "tests", "sshTests"};
	const char *best = NULL;
	unsigned most = 2; /* of the fields of one rule, a few are needed */
	if (kind_of(run, 0) != HJ_ARRAY || hj_node_first(0) >= run->nodes[0].next)
		return NULL;
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		const hj_field *field = hj_field_find(&hj_policy_type, hj_slice_str(sections[i]));
		unsigned count = count_fields(run, hj_node_first(0), field->type->item);
		if (count > most) {
			most = count;
			best = field->name;
		}
	}
	return best;
}

static void check_root(hj_shape *run, bool is_policy)
{
	hj_kind kind = kind_of(run, 0);
	if (kind == HJ_ERROR)
		return;
	const char *section = section_of_list(run);
	if (!section && !is_policy)
		return;
	uint32_t start = run->nodes[0].start, end = run->nodes[0].end;
	if (hj_node_is_container(&run->nodes[0]))
		end = start + 1;
	hj_finding *finding = hj_findings_add(run->findings, &hj__shape_table[T_ROOT_NOT_OBJECT],
		(hj_span){start, end}, "a policy is an object, not %s", hj__kind_text(kind));
	hj__refuse(finding, 0);
	if (section)
		hj_finding_help(run->findings, finding,
			"this looks like \"%s\": put {\"%s\": …} around it", section, section);
	else
		hj_finding_help(run->findings, finding, "put the sections between { and }");
}

hj_status hj_check_shape(
	const hj_policy *policy, bool is_policy, bool headscale, hj_findings *findings)
{
	hj_shape run = {.document = policy->document,
		.nodes = hj_document_nodes(policy->document),
		.findings = findings,
		.headscale = headscale,
		.ok = true};
	hj_arena_init(&run.arena, findings->arena.allocator);
	if (kind_of(&run, 0) != HJ_OBJECT)
		check_root(&run, is_policy);
	else if (!is_policy)
		check_wrapping(&run);
	else {
		hj_walk walk;
		hj_walk_begin(&walk, policy->document, &run.arena);
		walk.strangers = true;
		for (hj_stop stop; run.ok && hj_walk_next(&walk, &stop);) {
			check_stop(&run, &stop);
			/* Of a policy without fault only the whole can be empty. */
			if (policy->regular)
				break;
		}
		run.ok = run.ok && walk.ok;
	}
	hj_arena_free(&run.arena);
	return run.ok ? findings->status : HJ_NO_MEMORY;
}
