#include "base/fold.h"
#include "base/map.h"
#include "base/utf8.h"
#include "change/convert_parts.h"

#include <stdlib.h>

typedef struct rule_reader {
	hj__convert *run;
	hj__rule_read *out;
	hj_map hosts;  /* host → target */
	hj_map grants; /* ports, and whether "*" has to go → grant */
	bool good;
	bool all; /* "*" is a source */
} rule_reader;

hj__field hj__field_of(const hj_acl *acl, uint32_t value)
{
	if (value == acl->action.node)
		return HJ__FIELD_ACTION;
	if (value == acl->proto.node)
		return HJ__FIELD_PROTO;
	if (value == acl->src.node)
		return HJ__FIELD_SRC;
	if (value == acl->dst.node)
		return HJ__FIELD_DST;
	return HJ__FIELD_OTHER;
}

hj_status hj__obstacle(hj__convert *run, uint32_t node, const char *format, ...)
{
	hj_text why;
	bool ok = true;
	va_list arguments;
	hj_text_init(&why, run->allocator);
	va_start(arguments, format);
	hj_text_vprintf(&why, format, arguments);
	va_end(arguments);
	hj_conversion *out = run->out;
	hj_status status = why.status;
	if (!status)
		status = hj_grow(run->allocator, &out->obstacles, &out->obstacle_room,
			out->obstacle_count + 1u, sizeof *out->obstacles);
	if (!status) {
		hj_obstacle *obstacle = &out->obstacles[out->obstacle_count++];
		obstacle->span = hj_node_span(&run->nodes[node]);
		obstacle->why = hj_arena_copy(&out->arena, hj_text_slice(&why), &ok);
	}
	hj_text_free(&why);
	return ok ? status : HJ_NO_MEMORY;
}

/* Adds an obstacle, so that the rule is not good. */
#define OBSTACLE(reader, node, ...)                                                                \
	((reader)->good = false, hj__obstacle((reader)->run, (node), __VA_ARGS__))

/* -- fields ------------------------------------------------------------------------------------ */

/* Is a name one of the fields that a grant has not, or has under another name? */
static bool is_field(const hj_document *document, uint32_t name)
{
	static const char *const names[] = {
		"action", "proto", "src", "users", "dst", "ports", "srcPosture"};
	const hj_node *node = &hj_document_nodes(document)[name];
	hj_slice text = hj_source_slice(hj_document_source(document), hj_node_span(node));
	text = hj_slice_of(text.data + 1, text.size - 2);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (hj_slice_equal_folded(text, hj_slice_str(names[i])))
			return true;
	return false;
}

/* What was not bound has the wrong type, or stands twice; what should be a list holds strings. */
static hj_status check_fields(rule_reader *reader, const hj__list *members)
{
	const hj__convert *run = reader->run;
	const hj_acl *acl = reader->out->acl;
	hj_status status = HJ_OK;
	for (uint32_t i = 0; !status && i < members->count; i++) {
		uint32_t name = members->items[i].name, value = members->items[i].value;
		const hj_words *words = value == acl->src.node ? &acl->src
			: value == acl->dst.node               ? &acl->dst
							       : NULL;
		uint32_t count = 0;
		if (words && hj_node_kind(&run->nodes[value]) == HJ_ARRAY)
			for (uint32_t at = hj_node_first(value); at < run->nodes[value].next;
				at = run->nodes[at].next)
				count++;
		if (words && hj_node_kind(&run->nodes[value]) == HJ_ARRAY && count != words->count)
			status = OBSTACLE(
				reader, value, "there is something in it that is no string");
		else if (!words && is_field(run->document, name) && value != acl->posture.node &&
			(hj_node_kind(&run->nodes[value]) == HJ_NUMBER ||
				(value != acl->action.node && value != acl->proto.node)))
			status = OBSTACLE(reader, name,
				"the field has the wrong type, or stands twice in the rule");
	}
	if (!status && acl->dst.node == 0 && reader->good)
		status = OBSTACLE(reader, acl->node, "the rule has no \"dst\"");
	return status;
}

static hj_status check_action(rule_reader *reader)
{
	const hj_word *action = &reader->out->acl->action;
	if (action->node == 0 || hj_slice_equal(hj_trim(action->text), HJ_SLICE("accept")))
		return HJ_OK;
	return OBSTACLE(reader, action->node,
		"\"%.*s\" is not \"accept\", and a grant has no action",
		HJ_SLICE_ARGS(action->text));
}

static hj_status read_protocol(rule_reader *reader)
{
	const hj_word *word = &reader->out->acl->proto;
	hj_slice text = hj_trim(word->text);
	uint8_t number;
	bool ok = true;
	if (word->node == 0 || text.size == 0)
		return HJ_OK;
	if (!hj_protocol_parse(text, &number))
		return OBSTACLE(reader, word->node, "\"%.*s\" is no protocol", HJ_SLICE_ARGS(text));
	reader->out->proto = hj_slice_folded(text, &reader->run->arena, &ok);
	return ok ? HJ_OK : HJ_NO_MEMORY;
}

/* -- destinations ------------------------------------------------------------------------------ */

static hj_status add_port(rule_reader *reader, hj__target *target, hj_ports ports)
{
	/* Room doubles, and the arena keeps what was outgrown: less than twice as much. */
	if (target->port_count == target->capacity) {
		uint32_t capacity = target->capacity ? 2 * target->capacity : 4;
		hj_ports *items = hj_arena_alloc(&reader->run->arena, capacity * sizeof *items);
		if (!items)
			return HJ_NO_MEMORY;
		if (target->port_count)
			memcpy(items, target->ports, target->port_count * sizeof *items);
		target->ports = items;
		target->capacity = capacity;
	}
	target->ports[target->port_count++] = ports;
	return HJ_OK;
}

static hj_status read_ports(rule_reader *reader, uint32_t node, hj__target *target, hj_slice rest)
{
	hj_ports ports;
	hj_text fault;
	hj_text_init(&fault, reader->run->allocator);
	hj_status status = HJ_OK;
	while (!status && hj_ports_next(&rest, &ports, &fault))
		status = add_port(reader, target, ports);
	if (!status && rest.data)
		status = fault.status
			? fault.status
			: OBSTACLE(reader, node, "%.*s", HJ_SLICE_ARGS(hj_text_slice(&fault)));
	hj_text_free(&fault);
	return status;
}

static hj_status read_element(rule_reader *reader, uint32_t element)
{
	hj__rule_read *out = reader->out;
	hj_word word = out->acl->dst.items[element];
	hj_slice text = hj_trim(word.text);
	hj_hostport parts;
	if (!hj_has_ports(text, &parts))
		return OBSTACLE(reader, word.node, "\"%.*s\" has no port", HJ_SLICE_ARGS(text));
	hj_slice host = hj_trim(parts.host);
	uint32_t *index;
	bool known;
	if (!hj_utf8_valid(host))
		return OBSTACLE(reader, word.node, "the text is not UTF-8");
	hj_status status = hj_map_put(&reader->hosts, host, out->target_count, &index, &known);
	if (status)
		return status;
	out->target_of[element] = *index;
	hj__target *target = &out->targets[*index];
	if (!known) {
		hj_selector selector = hj_selector_parse(host);
		out->target_count++;
		*target = (hj__target){.host = host,
			.element = element,
			.self = reader->all && selector.kind == HJ_SELECT_AUTOGROUP &&
				selector.autogroup == HJ_AUTOGROUP_SELF};
	}
	return read_ports(reader, word.node, target, parts.ports);
}

static int by_port(const void *a, const void *b)
{
	const hj_ports *one = a, *other = b;
	if (one->first != other->first)
		return one->first < other->first ? -1 : 1;
	return one->last < other->last ? -1 : one->last > other->last;
}

/*
 * Each port once: ascending where one was listed twice, else as the author has them. "*" is all of
 * them. *key: the ports as a set, for comparing.
 */
static hj_status settle_ports(rule_reader *reader, hj__target *target, hj_slice *key)
{
	size_t size = target->port_count * sizeof *target->ports;
	hj_ports *sorted = hj_arena_alloc(&reader->run->arena, size);
	if (!sorted)
		return HJ_NO_MEMORY;
	memcpy(sorted, target->ports, size);
	qsort(sorted, target->port_count, sizeof *sorted, by_port);
	uint32_t count = 0;
	for (uint32_t i = 0; i < target->port_count; i++)
		if (count == 0 || by_port(&sorted[i], &sorted[count - 1]) != 0)
			sorted[count++] = sorted[i];
	if (sorted[0].first == 0)
		count = 1;
	if (count != target->port_count)
		target->ports = sorted;
	target->port_count = count;
	*key = hj_slice_of((const char *)sorted, count * sizeof *sorted);
	return HJ_OK;
}

static hj_status choose_grants(rule_reader *reader)
{
	hj__rule_read *out = reader->out;
	for (uint32_t i = 0; i < out->target_count; i++) {
		hj__target *target = &out->targets[i];
		uint32_t *grant;
		bool known;
		hj_slice ports, key;
		hj_text text;
		hj_status status = settle_ports(reader, target, &ports);
		if (status)
			return status;
		bool ok = true;
		hj_text_init(&text, reader->run->allocator);
		hj_text_byte(&text, target->self ? 's' : 'n');
		hj_text_append(&text, ports);
		key = hj_arena_copy(&reader->run->arena, hj_text_slice(&text), &ok);
		status = ok ? text.status : HJ_NO_MEMORY;
		hj_text_free(&text);
		if (!status)
			status = hj_map_put(&reader->grants, key, out->grant_count, &grant, &known);
		if (status)
			return status;
		target->grant = *grant;
		if (!known)
			out->leader[out->grant_count++] = i;
	}
	/* "dst": [] allows nothing, and so will the grant. */
	if (out->grant_count == 0)
		out->grant_count = 1;
	return HJ_OK;
}

static hj_status read_destinations(rule_reader *reader)
{
	hj__rule_read *out = reader->out;
	uint32_t count = out->acl->dst.count;
	hj_arena *arena = &reader->run->arena;
	out->targets = hj_arena_alloc(arena, (count + 1u) * sizeof *out->targets);
	out->target_of = hj_arena_alloc(arena, (count + 1u) * sizeof *out->target_of);
	out->leader = hj_arena_alloc(arena, (count + 1u) * sizeof *out->leader);
	if (!out->targets || !out->target_of || !out->leader)
		return HJ_NO_MEMORY;
	hj_status status = HJ_OK;
	for (uint32_t i = 0; !status && i < count; i++)
		status = read_element(reader, i);
	return status || !reader->good ? status : choose_grants(reader);
}

hj_status hj__rule_read_acl(hj__convert *run, const hj_acl *acl, const hj__list *members,
	hj__rule_read *out, bool *good)
{
	rule_reader reader = {.run = run, .out = out, .good = true};
	*out = (hj__rule_read){.acl = acl};
	hj_map_init(&reader.hosts, run->allocator);
	hj_map_init(&reader.grants, run->allocator);
	for (uint32_t i = 0; i < acl->src.count; i++)
		reader.all |= hj_slice_equal(hj_trim(acl->src.items[i].text), HJ_SLICE("*"));
	hj_status status = check_fields(&reader, members);
	if (!status)
		status = check_action(&reader);
	if (!status)
		status = read_protocol(&reader);
	if (!status)
		status = read_destinations(&reader);
	hj_map_free(&reader.hosts);
	hj_map_free(&reader.grants);
	*good = reader.good;
	return status;
}
