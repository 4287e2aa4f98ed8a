#include "policy/references.h"

#include "base/fold.h"

/* -- one selector ------------------------------------------------------------------------------ */

static hj_slice cut(hj_slice text, size_t from, size_t to)
{
	return hj_slice_of(text.data + from, to - from);
}

static hj_slice trimmed(hj_slice text)
{
	size_t from = 0, to = text.size;
	while (from < to && (text.data[from] == ' ' || text.data[from] == '\t'))
		from++;
	while (to > from && (text.data[to - 1] == ' ' || text.data[to - 1] == '\t'))
		to--;
	return from == 0 && to == text.size ? text : cut(text, from, to);
}

static bool starts_folded(hj_slice text, hj_slice prefix)
{
	return text.size >= prefix.size && hj_slice_equal_folded(cut(text, 0, prefix.size), prefix);
}

/* Placeholders: ${…} of shells, %{…} of Terraform, {{…}} of Go and Jinja, <…> of people. */
static bool is_template(hj_slice text)
{
	for (size_t i = 0; i < text.size; i++) {
		char byte = text.data[i], next = i + 1 < text.size ? text.data[i + 1] : '\0';
		if (byte == '<' || (next == '{' && (byte == '$' || byte == '%' || byte == '{')))
			return true;
	}
	return false;
}

/* An IPv4 address, network or range, well-formed or not: never meant as a host's name. */
static bool is_numeric(hj_slice text)
{
	for (size_t i = 0; i < text.size; i++)
		if (!strchr("0123456789./-", text.data[i]) || text.data[i] == '\0')
			return false;
	return true;
}

/* "add tag" and "remove tag" without the word; other texts as they are. */
static hj_slice without_operation(hj_slice text)
{
	static const char *const words[] = {"add", "remove"};
	for (size_t i = 0; i < 2; i++) {
		hj_slice word = hj_slice_str(words[i]);
		if (text.size > word.size && hj_slice_starts(text, word) &&
			(text.data[word.size] == ' ' || text.data[word.size] == '\t'))
			return trimmed(cut(text, word.size, text.size));
	}
	return text;
}

/*
 * HOST of HOST:PORTS, cut at the last colon. When that is the colon of a prefix the ports are
 * missing, and the whole is the host.
 */
static hj_slice without_ports(hj_slice text)
{
	static const char *const prefixes[] = {
		"tag", "group", "ipset", "host", "svc", "autogroup", "user"};
	const char *colon = text.size ? memrchr(text.data, ':', text.size) : NULL;
	if (!colon)
		return text;
	hj_slice host = cut(text, 0, (size_t)(colon - text.data));
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (hj_slice_equal_folded(host, hj_slice_str(prefixes[i])))
			return text;
	return host;
}

hj_name_kind hj_selector_names(hj_slice text, const hj_position *position, hj_slice *name)
{
	text = trimmed(text);
	if (position->operation)
		text = without_operation(text);
	if (position->ports)
		text = without_ports(text);
	*name = text;
	if (text.size == 0 || is_template(text))
		return HJ_NO_NAME;
	for (hj_name_kind kind = HJ_TAG; kind < HJ_NAME_KINDS; kind++) {
		hj_slice prefix = hj_slice_str(hj_name_info_of(kind)->prefix);
		if (prefix.size == 0 || !starts_folded(text, prefix))
			continue;
		if (kind == HJ_GROUP && memchr(text.data, '@', text.size))
			return HJ_NO_NAME;
		return kind;
	}
	/* What remains is a host's name, where hosts are meant at all. */
	if (!(position->names & 1U << HJ_HOST))
		return HJ_NO_NAME;
	if (starts_folded(text, HJ_SLICE("host:")))
		*name = text = cut(text, 5, text.size);
	if (text.size == 0 || memchr(text.data, ':', text.size) ||
		memchr(text.data, '@', text.size) || memchr(text.data, '*', text.size) ||
		is_numeric(text))
		return HJ_NO_NAME;
	return HJ_HOST;
}

/* -- gathering --------------------------------------------------------------------------------- */

static hj_status add(hj_references *references, hj_mentions *mentions, hj_mention mention)
{
	if (mentions->count == mentions->capacity &&
		hj_grow(references->arena.allocator, &mentions->items, &mentions->capacity,
			mentions->count + 1, sizeof *mentions->items))
		return HJ_NO_MEMORY;
	bool ok = true;
	if (mention.kind == HJ_TAG)
		mention.name = hj_slice_folded(mention.name, &references->arena, &ok);
	if (!ok)
		return HJ_NO_MEMORY;
	mentions->items[mentions->count++] = mention;
	return HJ_OK;
}

static hj_status define(
	hj_references *references, const hj_document *document, uint32_t node, hj_name_kind kind)
{
	const hj_node *string = &hj_document_nodes(document)[node];
	if (hj_node_kind(string) != HJ_STRING)
		return HJ_OK;
	bool ok = true;
	hj_slice name = hj_string_value(document, node, &references->arena, &ok);
	if (!ok)
		return HJ_NO_MEMORY;
	hj_mention mention = {
		.name = trimmed(name), .span = hj_node_span(string), .node = node, .kind = kind};
	uint32_t index = (uint32_t)references->definitions.count;
	hj_status status = add(references, &references->definitions, mention);
	if (status)
		return status;
	return hj_map_put(&references->defined[kind], references->definitions.items[index].name,
		index, NULL, NULL);
}

static hj_status use(hj_references *references, const hj_document *document, uint32_t node,
	const hj_position *position)
{
	const hj_node *string = &hj_document_nodes(document)[node];
	if (hj_node_kind(string) != HJ_STRING)
		return HJ_OK;
	bool ok = true;
	hj_slice text = hj_string_value(document, node, &references->arena, &ok), name;
	if (!ok)
		return HJ_NO_MEMORY;
	hj_name_kind kind = hj_selector_names(text, position, &name);
	bool bare = name.size && !memchr(name.data, ':', name.size);
	if (kind == HJ_NO_NAME && bare && position->names & 1U << HJ_GROUP &&
		!(position->names & 1U << HJ_HOST))
		return hj_map_put(&references->people, name, node, NULL, NULL);
	if (kind == HJ_NO_NAME)
		return HJ_OK;
	hj_mention mention = {.name = name, .node = node, .kind = kind, .position = position};
	mention.span = hj_node_span(string);
	if (!(string->bits & HJ_ESCAPED)) {
		/* The value is a view of the source, so the name's place in it is known. */
		mention.span.start += 1 + (uint32_t)(name.data - text.data);
		mention.span.end = mention.span.start + (uint32_t)name.size;
	}
	return add(references, &references->uses, mention);
}

/* The names of a dictionary: what they define, and what they use. */
static hj_status read_names(
	hj_references *references, const hj_document *document, const hj_stop *stop)
{
	const hj_node *nodes = hj_document_nodes(document);
	const hj_type *type = stop->type;
	uint32_t end = nodes[stop->node].next;
	hj_status status = HJ_OK;
	for (uint32_t at = hj_node_first(stop->node); !status && at < end;
		at = nodes[nodes[at].next].next) {
		if (type->defines)
			status = define(references, document, at, type->defines);
		if (!status && type->keys)
			status = use(references, document, at, type->keys);
	}
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
static void note_section(
	hj_references *references, const hj_document *document, hj_name_kind kind, uint32_t name)
{
	uint32_t value = hj_document_nodes(document)[name].next;
	bool fits = hj_node_kind(&hj_document_nodes(document)[value]) == HJ_OBJECT;
	hj_section *section = &references->section[kind];
	if (section->name == 0)
		*section = (hj_section){.name = name, .value = value, .sound = section->sound};
	section->sound = section->sound && fits && is_sound(document, value);
}

/*
 * The top level. A name such as "tag:web" beside the sections was meant to stand in one of them (a
 * brace closed too early): that is one mistake, and the name counts as defined.
 */
static hj_status read_sections(hj_references *references, const hj_document *document)
{
	static const hj_position anywhere = {.path = ""};
	const hj_node *nodes = hj_document_nodes(document);
	if (hj_node_kind(&nodes[0]) != HJ_OBJECT)
		return HJ_OK;
	for (uint32_t at = hj_node_first(0); at < nodes[0].next; at = nodes[nodes[at].next].next) {
		if (hj_node_kind(&nodes[at]) != HJ_STRING)
			continue;
		bool ok = true;
		hj_slice name, text = hj_string_value(document, at, &references->arena, &ok);
		if (!ok)
			return HJ_NO_MEMORY;
		const hj_field *field = hj_field_find(&hj_policy_type, text);
		hj_kind kind = hj_node_kind(&nodes[nodes[at].next]);
		if (field && hj_type_fits(field->type, kind))
			references->known_sections++;
		if (field && (!strcmp(field->name, "acls") || !strcmp(field->name, "grants")))
			references->has_rules = true;
		if (field && field->type->defines)
			note_section(references, document, field->type->defines, at);
		hj_name_kind stray = field ? HJ_NO_NAME : hj_selector_names(text, &anywhere, &name);
		hj_status status = stray ? define(references, document, at, stray) : HJ_OK;
		if (status)
			return status;
	}
	return HJ_OK;
}

static hj_status read_places(hj_references *references, const hj_document *document)
{
	hj_walk walk;
	hj_walk_begin(&walk, document, &references->arena);
	hj_status status = HJ_OK;
	for (hj_stop stop; !status && hj_walk_next(&walk, &stop);) {
		if (stop.type->position)
			status = use(references, document, stop.node, stop.type->position);
		else if (stop.type->defines || stop.type->keys)
			status = read_names(references, document, &stop);
	}
	return walk.ok ? status : HJ_NO_MEMORY;
}

hj_status hj_references_gather(
	const hj_document *document, const hj_allocator *allocator, hj_references *out)
{
	*out = (hj_references){0};
	hj_arena_init(&out->arena, allocator);
	hj_map_init(&out->people, allocator);
	for (hj_name_kind kind = HJ_NO_NAME; kind < HJ_NAME_KINDS; kind++) {
		hj_map_init(&out->defined[kind], allocator);
		hj_map_init(&out->folded[kind], allocator);
		out->section[kind].sound = true;
	}
	hj_status status = read_sections(out, document);
	if (!status)
		status = read_places(out, document);
	if (status)
		hj_references_free(out);
	return status;
}

void hj_references_free(hj_references *references)
{
	const hj_allocator *allocator = references->arena.allocator;
	hj_mentions *lists[] = {&references->definitions, &references->uses};
	for (size_t i = 0; i < 2; i++) {
		hj_free(allocator, lists[i]->items, lists[i]->capacity * sizeof *lists[i]->items);
		*lists[i] = (hj_mentions){0};
	}
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
