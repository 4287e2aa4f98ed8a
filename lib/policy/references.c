#include "policy/references.h"

#include "base/fold.h"
#include "policy/missing.h"

/* -- one selector ------------------------------------------------------------------------------ */

/* Could a text be a host's name? Not what looks like an address or a range, well-formed or not. */
static bool is_host(hj_slice text)
{
	bool numeric = true;
	for (size_t i = 0; i < text.size; i++) {
		char byte = text.data[i];
		if (byte == ':' || byte == '@' || byte == '*')
			return false;
		numeric =
			numeric && ((byte >= '0' && byte <= '9') || (byte && strchr("./-", byte)));
	}
	return !numeric;
}

/* What a selector names, were hosts meant where it stands. */
static hj_name_kind name_of(const hj_selector *selector, hj_slice *name)
{
	*name = selector->text;
	switch (selector->kind) {
	case HJ_SELECT_TAG: return HJ_TAG;
	case HJ_SELECT_GROUP: return HJ_GROUP;
	case HJ_SELECT_IPSET: return HJ_IPSET;
	case HJ_SELECT_POSTURE: return HJ_POSTURE;
	case HJ_SELECT_HOST_PREFIX: *name = selector->name; break;
	case HJ_SELECT_WORD: break;
	default: return HJ_NO_NAME;
	}
	return is_host(*name) ? HJ_HOST : HJ_NO_NAME;
}

hj_name_kind hj_selector_names(hj_slice text, const hj_position *position, hj_slice *name)
{
	hj_selector selector = hj_selector_parse(hj_position_selector(position, text));
	hj_name_kind kind = name_of(&selector, name);
	return kind == HJ_HOST && !(position->names & 1U << HJ_HOST) ? HJ_NO_NAME : kind;
}

/* -- definitions ------------------------------------------------------------------------------- */

static hj_status define(hj_references *references, uint32_t node, hj_name_kind kind)
{
	const hj_document *document = references->policy->document;
	const hj_node *string = &hj_document_nodes(document)[node];
	hj_mentions *definitions = &references->definitions;
	bool ok = true;
	if (hj_node_kind(string) != HJ_STRING)
		return HJ_OK;
	hj_slice name = hj_trim(hj_string_value(document, node, &references->arena, &ok));
	if (kind == HJ_TAG && ok)
		name = hj_slice_folded(name, &references->arena, &ok);
	if (!ok ||
		(definitions->count == definitions->capacity &&
			hj_grow(references->arena.allocator, &definitions->items,
				&definitions->capacity, definitions->count + 1,
				sizeof *definitions->items)))
		return HJ_NO_MEMORY;
	uint32_t index = (uint32_t)definitions->count++;
	definitions->items[index] = (hj_mention){
		.name = name, .span = hj_node_span(string), .node = node, .kind = kind};
	return hj_map_put(&references->defined[kind], name, index, NULL, NULL);
}

/* The names of a section. */
static hj_status define_all(hj_references *references, uint32_t object, hj_name_kind kind)
{
	const hj_node *nodes = hj_document_nodes(references->policy->document);
	hj_status status = HJ_OK;
	for (uint32_t at = hj_node_first(object); !status && at < nodes[object].next;
		at = nodes[nodes[at].next].next)
		status = define(references, at, kind);
	return status;
}

/* Is there no syntax error in a container? Linear in its nodes. */
static bool is_sound(const hj_document *document, uint32_t index)
{
	const hj_node *nodes = hj_document_nodes(document);
	if (!hj_document_error(document))
		return true;
	for (uint32_t i = index; i < nodes[index].next; i++)
		if (hj_node_kind(&nodes[i]) == HJ_ERROR || nodes[i].bits & HJ_UNCLOSED)
			return false;
	return true;
}

/* The section that defines a kind of name; of two such sections the first is kept to point at. */
static void note_section(hj_references *references, hj_name_kind kind, uint32_t name)
{
	const hj_document *document = references->policy->document;
	uint32_t value = hj_document_nodes(document)[name].next;
	bool fits = hj_node_kind(&hj_document_nodes(document)[value]) == HJ_OBJECT;
	hj_section *section = &references->section[kind];
	if (section->name == 0)
		*section = (hj_section){.name = name, .value = value, .sound = section->sound};
	section->sound = section->sound && fits && is_sound(document, value);
}

/*
 * The top level, twice: first what is no section. A name such as "tag:web" beside the sections was
 * meant to stand in one of them (a brace closed too early): that is one mistake, and the name counts
 * as defined.
 */
static hj_status read_sections(hj_references *references, bool strays)
{
	static const hj_position anywhere = {.path = ""};
	const hj_document *document = references->policy->document;
	const hj_node *nodes = hj_document_nodes(document);
	hj_status status = HJ_OK;
	if (hj_node_kind(&nodes[0]) != HJ_OBJECT)
		return HJ_OK;
	for (uint32_t at = hj_node_first(0); !status && at < nodes[0].next;
		at = nodes[nodes[at].next].next) {
		if (hj_node_kind(&nodes[at]) != HJ_STRING)
			continue;
		bool ok = true;
		hj_slice name, text = hj_string_value(document, at, &references->arena, &ok);
		if (!ok)
			return HJ_NO_MEMORY;
		const hj_field *field = hj_field_find(&hj_policy_type, text);
		hj_name_kind kind = field ? field->type->defines
			: strays          ? hj_selector_names(text, &anywhere, &name)
					  : HJ_NO_NAME;
		if (!field && kind)
			status = define(references, at, kind);
		if (!field || strays)
			continue;
		if (!strcmp(field->name, "acls") || !strcmp(field->name, "grants"))
			references->has_rules = true;
		if (!kind)
			continue;
		note_section(references, kind, at);
		if (hj_type_fits(field->type, hj_node_kind(&nodes[nodes[at].next])))
			status = define_all(references, nodes[at].next, kind);
	}
	return status;
}

/* -- uses -------------------------------------------------------------------------------------- */

static hj_status name_terms(hj_references *references)
{
	const hj_policy *policy = references->policy;
	bool ok = true;
	references->named =
		hj_arena_alloc(&references->arena, policy->term_count * sizeof(hj_named));
	if (!references->named)
		return HJ_NO_MEMORY;
	for (uint32_t i = 0; i < policy->term_count && ok; i++) {
		hj_slice name, written;
		hj_name_kind kind = name_of(&policy->terms[i].selector, &written);
		name = kind == HJ_TAG ? hj_slice_folded(written, &references->arena, &ok) : written;
		const uint32_t *definition =
			kind ? hj_map_get(&references->defined[kind], name) : NULL;
		references->named[i] = (hj_named){.name = name,
			.kind = kind,
			.definition = definition ? *definition + 1 : 0,
			.capitals = name.data != written.data};
	}
	return ok ? HJ_OK : HJ_NO_MEMORY;
}

/* Groups and owners name people, not hosts: a bare word there is one of headscale's users. */
static hj_status note_people(hj_references *references)
{
	const hj_policy *policy = references->policy;
	hj_status status = HJ_OK;
	for (size_t i = 0; !status && i < policy->use_count; i++) {
		const hj_use *use = &policy->uses[i];
		const hj_selector *selector = &policy->terms[use->term].selector;
		if (selector->kind == HJ_SELECT_WORD && use->position->names & 1U << HJ_GROUP &&
			!(use->position->names & 1U << HJ_HOST))
			status = hj_map_put(&references->people, selector->text, 0, NULL, NULL);
	}
	return status;
}

hj_status hj_references_gather(
	const hj_policy *policy, const hj_allocator *allocator, hj_references *out)
{
	*out = (hj_references){.policy = policy};
	hj_arena_init(&out->arena, allocator);
	hj_map_init(&out->people, allocator);
	for (hj_name_kind kind = HJ_NO_NAME; kind < HJ_NAME_KINDS; kind++) {
		hj_map_init(&out->defined[kind], allocator);
		hj_map_init(&out->folded[kind], allocator);
		out->section[kind].sound = true;
	}
	hj_status status = read_sections(out, true);
	if (!status)
		status = read_sections(out, false);
	for (hj_name_kind kind = HJ_TAG; kind < HJ_NAME_KINDS; kind++)
		if (!out->section[kind].name)
			out->section[kind].sound =
				!hj_misspells_section(policy, hj_name_info_of(kind)->section);
	if (!status)
		status = name_terms(out);
	if (!status)
		status = note_people(out);
	if (status)
		hj_references_free(out);
	return status;
}

hj_mention hj_references_mention(const hj_references *references, const hj_use *use)
{
	const hj_source *source = hj_document_source(references->policy->document);
	const hj_node *string = &hj_document_nodes(references->policy->document)[use->node];
	const hj_named *named = hj_references_named(references, use);
	hj_mention mention = {
		.span = hj_node_span(string), .node = use->node, .position = use->position};
	if (!named)
		return mention;
	mention.kind = named->kind;
	mention.name = named->name;
	if (string->bits & HJ_ESCAPED)
		return mention;
	/* The value is a view of the source, so the name's place in it is known. */
	hj_slice name,
		text = hj_source_slice(source, (hj_span){string->start + 1, string->end - 1});
	hj_selector_names(text, use->position, &name);
	mention.span.start = (uint32_t)(name.data - source->data);
	mention.span.end = mention.span.start + (uint32_t)name.size;
	return mention;
}

void hj_references_free(hj_references *references)
{
	const hj_allocator *allocator = references->arena.allocator;
	hj_mentions *definitions = &references->definitions;
	hj_free(allocator, definitions->items, definitions->capacity * sizeof *definitions->items);
	*definitions = (hj_mentions){0};
	for (hj_name_kind kind = HJ_NO_NAME; kind < HJ_NAME_KINDS; kind++) {
		hj_map_free(&references->defined[kind]);
		hj_map_free(&references->folded[kind]);
	}
	hj_map_free(&references->people);
	hj_arena_free(&references->arena);
}

/* -- looking up -------------------------------------------------------------------------------- */

const hj_mention *hj_references_find(
	const hj_references *references, hj_name_kind kind, hj_slice name)
{
	const uint32_t *index = hj_map_get(&references->defined[kind], name);
	return index ? &references->definitions.items[*index] : NULL;
}

static hj_status fold_definitions(hj_references *references, hj_name_kind kind)
{
	if (references->is_folded[kind])
		return HJ_OK;
	for (size_t i = 0; i < references->definitions.count; i++) {
		const hj_mention *mention = &references->definitions.items[i];
		if (mention->kind != kind)
			continue;
		bool ok = true;
		hj_slice name = hj_slice_folded(mention->name, &references->arena, &ok);
		if (!ok || hj_map_put(&references->folded[kind], name, (uint32_t)i, NULL, NULL))
			return HJ_NO_MEMORY;
	}
	references->is_folded[kind] = true;
	return HJ_OK;
}

hj_status hj_references_find_folded(
	hj_references *references, hj_name_kind kind, hj_slice name, const hj_mention **out)
{
	*out = NULL;
	hj_status status = fold_definitions(references, kind);
	if (status)
		return status;
	bool ok = true;
	const uint32_t *index = hj_map_get(
		&references->folded[kind], hj_slice_folded(name, &references->arena, &ok));
	if (!ok)
		return HJ_NO_MEMORY;
	*out = index ? &references->definitions.items[*index] : NULL;
	return HJ_OK;
}
