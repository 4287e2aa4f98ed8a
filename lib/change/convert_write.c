#include "change/convert_parts.h"

#include "syntax/gap.h"
#include "syntax/string.h"

/* One grant, being written. */
typedef struct grant_writer {
	hj__convert *run;
	const hj__rule_read *rule;
	const hj__list *members;
	uint32_t k; /* which one */
	hj__writer *to;
	hj_text string; /* for encoding, used again and again */
} grant_writer;

static hj_slice bytes_between(const grant_writer *writer, uint32_t from, uint32_t to)
{
	return hj_source_slice(hj_document_source(writer->run->document), (hj_span){from, to});
}

static void put_string(grant_writer *writer, hj_slice text)
{
	hj_text_clear(&writer->string);
	hj_string_encode(text, &writer->string);
	hj__write(writer->to, hj_text_slice(&writer->string));
}

/* -- values as they are ------------------------------------------------------------------------ */

/* A run of tokens and gaps of the source, or, of a copy, the same without comments. */
static void put_source(grant_writer *writer, uint32_t from, uint32_t to)
{
	hj_slice text = bytes_between(writer, from, to);
	hj__writer *out = writer->to;
	if (!out->bare) {
		hj__write(out, text);
		return;
	}
	const char *at = text.data, *end = text.data + text.size;
	while (at < end) {
		const char *start = at;
		if (*at == '"') {
			at++;
			while (at < end && *at != '"')
				at += *at == '\\' ? 2 : 1;
			at++;
			hj__write(out, hj_slice_of(start, (size_t)(at - start)));
			continue;
		}
		at = hj_gap_end(at, end);
		hj__write_gap(out, hj_slice_of(start, (size_t)(at - start)));
		if (at < end && *at != '"') {
			hj__write(out, hj_slice_of(at, 1));
			at++;
		}
	}
}

/* The sources; "*" becomes autogroup:member in a grant to autogroup:self. */
static void put_sources(grant_writer *writer, uint32_t value, bool self)
{
	const hj_node *nodes = writer->run->nodes;
	const hj_words *src = &writer->rule->acl->src;
	uint32_t from = nodes[value].start;
	for (uint32_t i = 0; self && i < src->count; i++) {
		const hj_word *word = &src->items[i];
		if (!hj_slice_equal(hj_trim(word->text), HJ_SLICE("*")))
			continue;
		put_source(writer, from, nodes[word->node].start);
		put_string(writer, HJ_SLICE("autogroup:member"));
		from = nodes[word->node].end;
	}
	put_source(writer, from, nodes[value].end);
}

/* -- destinations ------------------------------------------------------------------------------ */

/* What a grant refuses, in two pieces that it takes; NULL for all else. */
static const char *const *halves_of(hj_slice host)
{
	static const char *const v4[] = {"0.0.0.0/1", "128.0.0.0/1"};
	static const char *const v6[] = {"::/1", "8000::/1"};
	hj_selector selector = hj_selector_parse(host);
	const hj_address *address = &selector.prefix.address;
	if (selector.kind != HJ_SELECT_PREFIX || selector.prefix.bits || address->high ||
		address->low)
		return NULL;
	return address->v6 ? v6 : v4;
}

/* `line` is what goes between two strings. */
static void put_host(grant_writer *writer, hj_slice host, hj_slice line)
{
	const char *const *halves = halves_of(host);
	if (!halves) {
		put_string(writer, host);
		return;
	}
	put_string(writer, hj_slice_str(halves[0]));
	hj__write(writer->to, HJ_SLICE(","));
	hj__write(writer->to, line);
	put_string(writer, hj_slice_str(halves[1]));
}

/* Does an element begin a target of this grant, or is it one more mention of such a target? */
typedef enum presence { ELSEWHERE, AGAIN, HERE } presence;

static presence find_element(const grant_writer *writer, uint32_t element)
{
	const hj__target *target = &writer->rule->targets[writer->rule->target_of[element]];
	if (target->grant != writer->k)
		return ELSEWHERE;
	return target->element == element ? HERE : AGAIN;
}

/*
 * The gap before an item when those before it were left out: white space that had nothing but blanks in
 * it takes the shape of the gap before the first of those.
 */
static hj_slice shape_lead(hj_slice lead, hj_slice left)
{
	if (left.data == NULL || hj__gap_break(lead).size || hj__gap_comments(lead))
		return lead;
	return hj__gap_bare(left);
}

/*
 * The elements of this grant, with their comments whatever `bare` says. One that came to nothing,
 * because its host stands here already, leaves its own where it was.
 */
static void put_elements(grant_writer *writer, const hj__list *list)
{
	hj__writer *to = writer->to;
	bool bare = to->bare;
	uint32_t last = 0;
	hj_slice left = {0};
	for (uint32_t i = 0; i < list->count; i++)
		if (find_element(writer, i) == HERE)
			last = i;
	to->bare = false;
	for (uint32_t i = 0; i < list->count; i++) {
		const hj__list_item *item = &list->items[i];
		presence here = find_element(writer, i);
		if (here != HERE && !left.data)
			left = item->lead;
		if (here == AGAIN)
			hj__write_left(to, writer->run->document, item);
		if (here != HERE)
			continue;
		hj__write_gap(to, shape_lead(item->lead, left));
		put_host(writer, writer->rule->targets[writer->rule->target_of[i]].host,
			hj__list_break(list, i));
		hj__write_gap(to, item->trail);
		if (i != last || list->comma)
			hj__write(to, HJ_SLICE(","));
		hj__write_gap(to, item->behind);
		left = (hj_slice){0};
	}
	to->bare = bare;
}

static hj_status put_destinations(grant_writer *writer, uint32_t value)
{
	const hj__convert *run = writer->run;
	hj__list list;
	if (hj_node_kind(&run->nodes[value]) != HJ_ARRAY) {
		hj__write(writer->to, HJ_SLICE("["));
		put_host(writer, writer->rule->targets[0].host, HJ_SLICE(" "));
		hj__write(writer->to, HJ_SLICE("]"));
		return HJ_OK;
	}
	hj_status status = hj__list_read(run->document, value, &writer->run->arena, &list);
	if (status)
		return status;
	hj__write(writer->to, HJ_SLICE("["));
	hj__write_gap(writer->to, list.head);
	put_elements(writer, &list);
	hj__write_gap(writer->to, list.closing);
	hj__write(writer->to, HJ_SLICE("]"));
	return HJ_OK;
}

/* "ip": what the destinations of this grant have in common. */
static void put_services(grant_writer *writer)
{
	static const hj_ports all[] = {{0, UINT16_MAX}};
	const hj__rule_read *rule = writer->rule;
	const hj__target *leader =
		rule->target_count ? &rule->targets[rule->leader[writer->k]] : NULL;
	const hj_ports *ports = leader ? leader->ports : all;
	hj_text item;
	hj_text_init(&item, writer->string.allocator);
	hj__write(writer->to, HJ_SLICE("\"ip\": ["));
	for (uint32_t i = 0; i < (leader ? leader->port_count : 1); i++) {
		hj_text_clear(&item);
		if (rule->proto.size)
			hj_text_printf(&item, "%.*s:", HJ_SLICE_ARGS(rule->proto));
		if (ports[i].first == 0)
			hj_text_str(&item, "*");
		else if (ports[i].first == ports[i].last)
			hj_text_printf(&item, "%u", ports[i].first);
		else
			hj_text_printf(&item, "%u-%u", ports[i].first, ports[i].last);
		if (i)
			hj__write(writer->to, HJ_SLICE(", "));
		put_string(writer, hj_text_slice(&item));
	}
	hj__write(writer->to, HJ_SLICE("]"));
	if (item.status)
		writer->string.status = item.status;
	hj_text_free(&item);
}

/* -- the object -------------------------------------------------------------------------------- */

/* The name of a member with its colon. */
static void put_name(grant_writer *writer, const hj__list_item *item)
{
	const hj_node *nodes = writer->run->nodes;
	const hj_acl *acl = writer->rule->acl;
	if (item->value == acl->users.node)
		put_string(writer, HJ_SLICE("src"));
	else if (item->value == acl->ports.node)
		put_string(writer, HJ_SLICE("dst"));
	else
		put_source(writer, nodes[item->name].start, nodes[item->name].end);
	put_source(writer, nodes[item->name].end, nodes[item->value].start);
}

static hj_status put_value(grant_writer *writer, const hj__list_item *item, hj__field field)
{
	const hj_node *value = &writer->run->nodes[item->value];
	const hj__rule_read *rule = writer->rule;
	if (field == HJ__FIELD_DST)
		return put_destinations(writer, item->value);
	if (field == HJ__FIELD_SRC)
		put_sources(writer, item->value,
			rule->target_count && rule->targets[rule->leader[writer->k]].self);
	else
		put_source(writer, value->start, value->end);
	return HJ_OK;
}

static bool is_kept(const grant_writer *writer, uint32_t member)
{
	hj__field field = hj__field_of(writer->rule->acl, writer->members->items[member].value);
	return field != HJ__FIELD_ACTION && field != HJ__FIELD_PROTO;
}

static hj_status put_members(grant_writer *writer)
{
	const hj__list *members = writer->members;
	hj__writer *to = writer->to;
	uint32_t last = 0;
	hj_slice left = {0};
	for (uint32_t i = 0; i < members->count; i++)
		if (is_kept(writer, i))
			last = i;
	for (uint32_t i = 0; i < members->count; i++) {
		const hj__list_item *item = &members->items[i];
		hj__field field = hj__field_of(writer->rule->acl, item->value);
		if (!is_kept(writer, i)) {
			if (!left.data)
				left = item->lead;
			hj__write_left(to, writer->run->document, item);
			continue;
		}
		hj__write_gap(
			to, shape_lead(to->bare ? hj__gap_bare(item->lead) : item->lead, left));
		left = (hj_slice){0};
		put_name(writer, item);
		hj_status status = put_value(writer, item, field);
		if (status)
			return status;
		hj__write_gap(to, item->trail);
		if (i != last || members->comma || field == HJ__FIELD_DST)
			hj__write(to, HJ_SLICE(","));
		hj__write_gap(to, item->behind);
		if (field != HJ__FIELD_DST)
			continue;
		hj__write(to, hj__list_break(members, i));
		put_services(writer);
		if (i != last || members->comma)
			hj__write(to, HJ_SLICE(","));
	}
	return HJ_OK;
}

hj_status hj__grant_write(hj__convert *run, const hj__rule_read *rule, const hj__list *members,
	uint32_t k, hj_text *out)
{
	hj__writer to;
	grant_writer writer = {.run = run, .rule = rule, .members = members, .k = k, .to = &to};
	hj__writer_init(&to, members->line.size ? members->line : HJ_SLICE("\n"), run->allocator);
	hj_text_init(&writer.string, run->allocator);
	to.bare = k > 0;
	hj__write(&to, HJ_SLICE("{"));
	hj__write_gap(&to, members->head);
	hj_status status = put_members(&writer);
	hj__write_gap(&to, members->closing);
	hj__write(&to, HJ_SLICE("}"));
	hj_text_append(out, hj_text_slice(&to.text));
	if (!status)
		status = to.text.status ? to.text.status : writer.string.status;
	hj_text_free(&to.text);
	hj_text_free(&writer.string);
	return status ? status : out->status;
}
