/*
 * Our manner: what patch.c's essay promises.
 *
 * Every gap that changes is written anew from its parts: comments as they are, and white space made
 * of the document's own line ending and indentation.
 */
#include "syntax/patch_kind.h"

#include "syntax/string.h"

static hj_slice *gap_at(hj__container *container, size_t index)
{
	return index < container->count ? &container->items[index].gap : &container->closing;
}

/* -- values ------------------------------------------------------------------------------------- */

/* The indentation of the line on which the node begins. */
static hj_slice line_indent(const hj_document *document, uint32_t node)
{
	const hj_source *source = hj_document_source(document);
	uint32_t start = hj_document_nodes(document)[node].start;
	const char *before = start ? memrchr(source->data, '\n', start) : NULL;
	const char *at = before ? before + 1 : source->data, *stop = at;
	while (*stop == ' ' || *stop == '\t')
		stop++;
	return (hj_slice){at, (size_t)(stop - at)};
}

static hj_slice base_of(const hj__load *load)
{
	return load->base.data ? load->base : line_indent(load->value.document, load->value.node);
}

/* A value of several lines is written anew with the indentation of its new place. */
static hj_status relocate(hj__tree *tree, hj__load *load, hj_slice indent)
{
	hj__value *value = &load->value;
	if (!value->open) {
		hj_slice text = hj_source_slice(hj_document_source(value->document),
			hj_node_span(&hj_document_nodes(value->document)[value->node]));
		if (!memchr(text.data, '\n', text.size))
			return HJ_OK;
	}
	hj_text old, new;
	hj_text_init(&old, tree->arena.allocator);
	hj_text_init(&new, tree->arena.allocator);
	hj_status status = hj__tree_text(tree, value, &old);
	if (!status) {
		hj__write_shifted(tree, &new, hj_text_slice(&old), base_of(load), indent);
		status = hj__tree_adopt(tree, &new, value);
	}
	hj_text_free(&old);
	hj_text_free(&new);
	return status;
}

/* -- putting ------------------------------------------------------------------------------------ */

/* Whether items stand on lines of their own around a place, and with which indentation. */
typedef struct item_layout {
	bool lines;
	bool forced; /* only because of a line comment */
	hj_slice indent;
} item_layout;

static hj_status deeper(hj__tree *tree, hj_slice indent, hj_slice *out)
{
	hj_text text;
	hj_text_init(&text, tree->arena.allocator);
	hj_text_append(&text, indent);
	hj_text_append(&text, tree->unit);
	return hj__keep(tree, &text, out);
}

/* The part of a closing gap that stays with the last item when another one comes after it. */
static size_t stays_with_last(hj_slice gap)
{
	size_t previous = hj__gap_cut(gap).previous, next_line = 0;
	if (!hj__gap_breaks(gap))
		return hj__gap_body(gap).size;
	size_t comments = hj__gap_same_line(gap, &next_line);
	return comments > previous ? comments : previous;
}

static hj_status find_layout(
	hj__tree *tree, const hj__place *place, const hj__load *load, item_layout *out)
{
	const hj__container *container = place->parent;
	size_t count = container->count, index = place->index;
	*out = (item_layout){.indent = place->indent};
	bool own = false;
	if (count) {
		const hj__item *sibling = &container->items[index < count ? index : count - 1];
		out->lines = own = hj__gap_indent(sibling->gap, &out->indent);
	} else {
		out->lines = hj__gap_breaks(container->closing);
		own = out->lines && hj__gap_indent(hj__gap_body(container->closing), &out->indent);
	}
	bool must =
		hj__gap_has_line_comment(load->leading) || hj__gap_has_line_comment(load->trailing);
	if (count && index == count) {
		hj_slice closing = container->closing;
		must = must ||
			hj__gap_has_line_comment(hj__until(closing, stays_with_last(closing)));
	}
	if (!out->lines && must)
		out->lines = out->forced = true;
	return out->lines && !own ? deeper(tree, place->indent, &out->indent) : HJ_OK;
}

/*
 * What an item was wrapped in travels with it where the new place has no such gap: the comments
 * around its colon join those before it, those before its comma join those after it.
 */
static hj_status unwrap(hj__tree *tree, hj__load *load, bool to_member)
{
	hj_text text;
	hj_status status = HJ_OK;
	if (!to_member && (hj__gap_has_comment(load->colon) || hj__gap_has_comment(load->lead))) {
		hj_text_init(&text, tree->arena.allocator);
		hj_text_append(&text, load->leading);
		hj_text_append(&text, load->colon);
		hj_text_append(&text, load->lead);
		status = hj__keep(tree, &text, &load->leading);
	}
	return status;
}

static hj_status unwrap_trail(hj__tree *tree, hj__load *load)
{
	if (!hj__gap_has_comment(load->trail))
		return HJ_OK;
	hj_text text;
	hj_text_init(&text, tree->arena.allocator);
	hj_text_append(&text, load->trail);
	hj_text_append(&text, load->trailing);
	return hj__keep(tree, &text, &load->trailing);
}

/*
 * After the last item a comma stands or not, as wanted. Comments that stood before a comma stay the
 * item's without it.
 */
static void settle_comma(hj__container *container, bool comma)
{
	if (container->count == 0)
		return;
	hj__item *last = &container->items[container->count - 1];
	last->has_trail = comma;
	if (!comma && !hj__gap_has_comment(last->trail))
		last->trail = (hj_slice){0};
}

/* Ends the line before `rest` unless it ends itself, when a line comment stands before it. */
static void append_rest(hj__tree *tree, hj_text *out, hj_slice rest, bool must, hj_slice indent)
{
	size_t at = 0;
	while (at < rest.size && hj__is_space(rest.data[at]) && rest.data[at] != '\n')
		at++;
	if (must && (at == rest.size || rest.data[at] != '\n')) {
		hj__write_line(tree, out, indent);
		rest = hj__trim_front(rest);
	}
	hj_text_append(out, rest);
}

/* The gap before an existing item or closing bracket gets the comments of the item before it. */
static hj_status put_trailing(
	hj__tree *tree, hj_slice *gap, const hj__load *load, hj_slice indent, hj_slice next)
{
	if (!hj__gap_has_comment(load->trailing))
		return HJ_OK;
	hj_slice rest = hj__gap_after_previous(*gap, hj__gap_cut(*gap).previous);
	hj_text text;
	hj_text_init(&text, tree->arena.allocator);
	bool must = hj__write_trail(tree, &text, load->trailing, base_of(load), indent);
	append_rest(tree, &text, rest, must, next);
	return hj__keep(tree, &text, gap);
}

static hj_status put_leading(
	hj__tree *tree, hj_slice *gap, const hj__load *load, const item_layout *layout)
{
	if (!hj__gap_has_comment(load->leading))
		return HJ_OK;
	hj_slice before = hj__until(*gap, hj__gap_own_start(*gap));
	hj_text text;
	hj_text_init(&text, tree->arena.allocator);
	if (layout->forced && !hj__gap_breaks(before)) {
		hj_text_append(&text, hj__gap_body(before));
		hj__write_line(tree, &text, layout->indent);
	} else {
		hj_text_append(&text, before);
	}
	hj__write_lead(tree, &text, load->leading, base_of(load), layout->indent);
	return hj__keep(tree, &text, gap);
}

static hj_status replace(hj__tree *tree, const hj__place *place, hj__load *load)
{
	hj__container *container = place->parent;
	hj__item *item = &container->items[place->index];
	item_layout layout;
	hj_status status = unwrap(tree, load, false);
	status = status ? status : unwrap_trail(tree, load);
	status = status ? status : find_layout(tree, place, load, &layout);
	if (status)
		return status;
	hj_slice indent = layout.forced ? place->indent : layout.indent;
	hj__gap_indent(item->lead, &indent);
	status = put_leading(tree, &item->gap, load, &layout);
	hj_slice next = place->index + 1 < container->count ? layout.indent : place->indent;
	if (!status)
		status = put_trailing(
			tree, gap_at(container, place->index + 1), load, layout.indent, next);
	if (!status)
		status = relocate(tree, load, indent);
	item->value = load->value;
	return status;
}

/* The gaps around an item that comes before another one. */
static hj_status insert_before(hj__tree *tree, const hj__load *load, const item_layout *layout,
	bool first, hj_slice *before, hj_slice *after)
{
	size_t own = hj__gap_own_start(*after);
	hj_slice outer = hj__until(*after, own), inner = hj__from(*after, own);
	hj_text lead, rest;
	hj_text_init(&lead, tree->arena.allocator);
	hj_text_init(&rest, tree->arena.allocator);
	if (layout->forced) {
		hj_text_append(&lead, hj__gap_body(outer));
		hj__write_line(tree, &lead, layout->indent);
	} else {
		hj_text_append(&lead, outer);
		bool bare = outer.size == 0 ? !first : !hj__is_space(outer.data[outer.size - 1]);
		if (bare)
			hj_text_byte(&lead, ' ');
	}
	hj__write_lead(tree, &lead, load->leading, base_of(load), layout->indent);
	hj__write_trail(tree, &rest, load->trailing, base_of(load), layout->indent);
	if (layout->lines)
		hj__write_line(tree, &rest, layout->indent);
	else
		hj_text_byte(&rest, ' ');
	hj_text_append(&rest, inner);
	hj_status status = hj__keep(tree, &lead, before), second = hj__keep(tree, &rest, after);
	return status ? status : second;
}

/* The gaps around an item that comes last, after another one. */
static hj_status append(hj__tree *tree, hj__container *container, const hj__load *load,
	const item_layout *layout, hj_slice outer_indent, hj_slice *before)
{
	hj__item *last = &container->items[container->count - 1];
	hj_slice closing = container->closing;
	size_t cut = stays_with_last(closing);
	hj_slice head = hj__gap_body(hj__until(closing, cut)),
		 rest = hj__gap_after_previous(closing, cut);
	hj_status status = HJ_OK;
	if (head.size && !last->has_trail && !last->trail.size && !hj__gap_has_line_comment(head) &&
		!hj__gap_breaks(head)) {
		/* A block comment on the last line: after a comma the comment would be taken for the next one's. */
		last->trail = head;
		last->has_trail = true;
		head.size = 0;
	}
	hj_text lead, after;
	hj_text_init(&lead, tree->arena.allocator);
	hj_text_init(&after, tree->arena.allocator);
	hj_text_append(&lead, head);
	if (layout->lines)
		hj__write_line(tree, &lead, layout->indent);
	else
		hj_text_byte(&lead, ' ');
	hj__write_lead(tree, &lead, load->leading, base_of(load), layout->indent);
	bool must = hj__write_trail(tree, &after, load->trailing, base_of(load), layout->indent);
	append_rest(tree, &after, rest, must || layout->forced, outer_indent);
	status = hj__keep(tree, &lead, before);
	hj_status second = hj__keep(tree, &after, &container->closing);
	return status ? status : second;
}

/* The gaps around the only item: comments that were between the brackets stay before it. */
static hj_status fill(hj__tree *tree, hj__container *container, const hj__load *load,
	const item_layout *layout, hj_slice outer_indent, hj_slice *before)
{
	hj_slice body = hj__gap_body(container->closing);
	hj_slice space = hj__from(container->closing, body.size);
	hj_text lead, after;
	hj_text_init(&lead, tree->arena.allocator);
	hj_text_init(&after, tree->arena.allocator);
	hj_text_append(&lead, body);
	if (layout->lines)
		hj__write_line(tree, &lead, layout->indent);
	else if (body.size)
		hj_text_byte(&lead, ' ');
	hj__write_lead(tree, &lead, load->leading, base_of(load), layout->indent);
	hj__write_trail(tree, &after, load->trailing, base_of(load), layout->indent);
	if (layout->lines) {
		hj__gap_indent(space, &outer_indent);
		hj__write_line(tree, &after, outer_indent);
	}
	hj_status status = hj__keep(tree, &lead, before);
	hj_status second = hj__keep(tree, &after, &container->closing);
	return status ? status : second;
}

static hj_status insert(hj__tree *tree, const hj__place *place, hj__load *load)
{
	hj__container *container = place->parent;
	size_t index = place->index, count = container->count;
	bool was_comma = count && container->items[count - 1].has_trail;
	hj__item item = {0};
	item_layout layout;
	bool member = container->object && load->member;
	hj_status status = unwrap(tree, load, member);
	status = status ? status : find_layout(tree, place, load, &layout);
	if (!status && container->object) {
		hj_text name;
		hj_text_init(&name, tree->arena.allocator);
		hj_string_encode(place->name, &name);
		status = hj__keep(tree, &name, &item.name);
		item.lead = HJ_SLICE(" ");
		if (member && hj__gap_has_comment(load->colon))
			item.colon = load->colon;
		if (member && hj__gap_has_comment(load->lead))
			item.lead = load->lead;
	}
	if (!status && hj__gap_has_comment(load->trail))
		item.trail = load->trail;
	if (status)
		return status;
	if (index < count)
		status = insert_before(
			tree, load, &layout, index == 0, &item.gap, &container->items[index].gap);
	else if (count)
		status = append(tree, container, load, &layout, place->indent, &item.gap);
	else
		status = fill(tree, container, load, &layout, place->indent, &item.gap);
	if (!status)
		status = relocate(tree, load, layout.indent);
	if (!status)
		status = hj__tree_insert(tree, container, index);
	if (status)
		return status;
	item.value = load->value;
	container->items[index] = item;
	if (index < count)
		return HJ_OK;
	bool comma = was_comma ||
		(layout.lines && hj__gap_breaks(container->closing) &&
			!hj_document_standard(tree->document));
	settle_comma(container, comma);
	return HJ_OK;
}

static hj_status root(hj__tree *tree, hj__load *load)
{
	hj_slice indent = {0};
	hj__gap_indent(tree->lead, &indent);
	hj_status status = unwrap(tree, load, false);
	status = status ? status : unwrap_trail(tree, load);
	hj_text text;
	if (!status && hj__gap_has_comment(load->leading)) {
		hj_text_init(&text, tree->arena.allocator);
		hj_text_append(&text, tree->lead);
		hj__write_lead(tree, &text, load->leading, base_of(load), indent);
		status = hj__keep(tree, &text, &tree->lead);
	}
	if (!status && hj__gap_has_comment(load->trailing)) {
		hj_text_init(&text, tree->arena.allocator);
		bool must = hj__write_trail(tree, &text, load->trailing, base_of(load), indent);
		append_rest(tree, &text, tree->trail, must, indent);
		status = hj__keep(tree, &text, &tree->trail);
	}
	if (!status)
		status = relocate(tree, load, indent);
	tree->root = load->value;
	return status;
}

/* -- taking ------------------------------------------------------------------------------------- */

static void describe(const hj__place *place, hj__load *load)
{
	hj__container *container = place->parent;
	hj__item *item = &container->items[place->index];
	hj_slice gap = item->gap, after = *gap_at(container, place->index + 1);
	load->leading = hj__from(gap, hj__gap_own_start(gap));
	load->trailing = hj__until(after, hj__gap_cut(after).previous);
	load->base = place->indent;
	if (!hj__gap_indent(item->lead, &load->base))
		hj__gap_indent(gap, &load->base);
	if (!load->base.data)
		load->base = HJ_SLICE("");
}

static hj_status copy(hj__tree *tree, const hj__place *place, hj__load *load)
{
	describe(place, load);
	return hj__tree_clone(tree, &place->parent->items[place->index].value, false, &load->value);
}

/*
 * What stood before an item and what stood after it become one gap. `before` ends where the item's
 * own comments began; `after` begins where those after it ended, with their LF.
 */
static hj_status close_up(
	hj__tree *tree, hj_slice before, hj_slice after, bool first, bool last, hj_slice *out)
{
	hj_slice body = hj__gap_body(before), above = hj__from(before, body.size);
	hj_slice rest = hj__trim_front(after);
	hj_slice below = hj__until(after, after.size - rest.size);
	size_t lines_above = hj__gap_line_feeds(above), lines_below = hj__gap_line_feeds(below);
	hj_text text;
	hj_text_init(&text, tree->arena.allocator);
	hj_text_append(&text, body);
	if (first && last && body.size == 0 && rest.size == 0) {
		/* Nothing is left: brackets stand together. */
	} else if (lines_above == 0 && lines_below == 0) {
		bool to_bracket = last && rest.size == 0;
		hj_text_append(&text, to_bracket ? below : above);
	} else if (lines_below == 0 ||
		(lines_above == 0 && first && body.size == 0 && !hj__gap_has_comment(rest) &&
			!last)) {
		/* What follows takes the place of what went. */
		hj_text_append(&text, above);
	} else if (lines_above == 0) {
		hj_text_append(&text, below);
	} else {
		size_t lines = lines_above > lines_below ? lines_above : lines_below;
		/* No blank line after an opening bracket or before a closing one that had none. */
		if (first && body.size == 0)
			lines = lines_above;
		else if (last && rest.size == 0)
			lines = lines_below;
		for (; lines; lines--)
			hj_text_append(&text, tree->newline);
		hj_slice indent = {0};
		hj__gap_indent(below, &indent);
		hj_text_append(&text, indent);
	}
	hj_text_append(&text, rest);
	return hj__keep(tree, &text, out);
}

static hj_status take(hj__tree *tree, const hj__place *place, hj__load *load)
{
	hj__container *container = place->parent;
	const hj__item *item = &container->items[place->index];
	bool first = place->index == 0, last = place->index + 1 == container->count;
	bool comma = container->items[container->count - 1].has_trail;
	hj_slice before = item->gap, *after = gap_at(container, place->index + 1);
	describe(place, load);
	load->value = item->value;
	load->value.moved = true;
	load->member = container->object;
	load->colon = item->colon;
	load->lead = item->lead;
	load->trail = item->trail;
	before = hj__until(before, hj__gap_own_start(before));
	hj_slice rest = hj__gap_after_previous(*after, hj__gap_cut(*after).previous);
	hj_status status = close_up(tree, before, rest, first, last, after);
	hj__tree_remove(container, place->index);
	if (!status && last)
		settle_comma(container, comma);
	return status;
}

const hj__manner hj__manner_kind = {root, replace, insert, copy, take};
