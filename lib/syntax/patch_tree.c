#include "syntax/patch_parts.h"

#include "syntax/pointer_walk.h"

static hj_slice bytes(const hj_document *document, uint32_t start, uint32_t end)
{
	return hj_source_slice(hj_document_source(document), (hj_span){start, end});
}

/* What one level is indented by: what the root's first member has more than the root. */
static hj_slice find_unit(const hj_document *document)
{
	const hj_node *nodes = hj_document_nodes(document);
	hj_slice outer = {0}, inner = {0};
	if (hj_node_is_container(&nodes[0]) && nodes[0].next > 1 &&
		hj__gap_indent(bytes(document, nodes[0].start, nodes[1].start), &inner)) {
		hj__gap_indent(bytes(document, 0, nodes[0].start), &outer);
		if (inner.size > outer.size && hj_slice_starts(inner, outer))
			return hj__from(inner, outer.size);
	}
	return HJ_SLICE("\t");
}

void hj__tree_init(hj__tree *tree, const hj_document *document, const hj_allocator *allocator)
{
	const hj_source *source = hj_document_source(document);
	const hj_node *root = &hj_document_nodes(document)[0];
	*tree = (hj__tree){
		.document = document,
		.source = {source->data, source->size},
		.lead = bytes(document, 0, root->start),
		.trail = bytes(document, root->end, source->size),
		.root = {.document = document},
		.newline = HJ_SLICE("\n"),
		.unit = find_unit(document),
	};
	const char *line = source->size ? memchr(source->data, '\n', source->size) : NULL;
	if (line && line > source->data && line[-1] == '\r')
		tree->newline = HJ_SLICE("\r\n");
	hj_arena_init(&tree->arena, allocator);
}

void hj__tree_free(hj__tree *tree)
{
	for (hj__adopted *adopted = tree->adopted; adopted; adopted = adopted->older) {
		hj_document_free(adopted->document);
		hj_source_free(adopted->source);
	}
	hj_arena_free(&tree->arena);
}

/* -- open --------------------------------------------------------------------------------------- */

static hj_status grow(hj__tree *tree, hj__container *container, size_t needed)
{
	if (needed <= container->capacity)
		return HJ_OK;
	size_t capacity = container->capacity + container->capacity / 2 + 1, size;
	capacity = capacity < needed ? needed : capacity;
	if (!hj_multiply(capacity, sizeof(hj__item), &size))
		return HJ_NO_MEMORY;
	hj__item *items = hj_arena_alloc(&tree->arena, size);
	if (!items)
		return HJ_NO_MEMORY;
	if (container->count)
		memcpy(items, container->items, container->count * sizeof *items);
	container->items = items;
	container->capacity = capacity;
	return HJ_OK;
}

/* Takes one gap and the mark after it: *at moves on past the mark. */
static hj_slice gap_before_mark(const char **at, const char *end)
{
	const char *start = *at, *stop = hj_gap_end(start, end);
	*at = stop < end ? stop + 1 : stop;
	return (hj_slice){start, (size_t)(stop - start)};
}

/* Reads the children of the value's node into an array. Does nothing to what is open already. */
static hj_status open(hj__tree *tree, hj__value *value)
{
	if (value->open)
		return HJ_OK;
	const hj_document *document = value->document;
	const hj_node *nodes = hj_document_nodes(document), *self = &nodes[value->node];
	const char *data = hj_document_source(document)->data;
	hj__container *container = hj_arena_alloc(&tree->arena, sizeof *container);
	if (!container)
		return HJ_NO_MEMORY;
	*container = (hj__container){.object = hj_node_kind(self) == HJ_OBJECT};
	size_t count = 0;
	for (uint32_t i = hj_node_first(value->node); i < self->next; i = nodes[i].next)
		count++;
	hj_status status = grow(tree, container, container->object ? count / 2 : count);
	if (status)
		return status;

	const char *at = data + self->start + 1, *end = data + self->end - 1;
	bool comma = false;
	for (uint32_t i = hj_node_first(value->node); i < self->next; i = nodes[i].next) {
		hj__item item = {0};
		item.gap = (hj_slice){at, (size_t)(data + nodes[i].start - at)};
		if (container->object) {
			item.name = bytes(document, nodes[i].start, nodes[i].end);
			at = data + nodes[i].end;
			item.colon = gap_before_mark(&at, end);
			i = nodes[i].next;
			item.lead = (hj_slice){at, (size_t)(data + nodes[i].start - at)};
		}
		item.value = (hj__value){.document = document, .node = i, .cloned = value->cloned};
		const char *trail = at = data + nodes[i].end;
		hj_slice gap = gap_before_mark(&at, end);
		comma = gap.data + gap.size < end;
		if (comma) {
			item.trail = gap;
			item.has_trail = gap.size > 0;
		} else {
			at = trail; /* what stands before the bracket is the closing gap */
		}
		container->items[container->count++] = item;
	}
	if (comma && !value->cloned)
		container->items[container->count - 1].has_trail = true;
	container->closing = (hj_slice){at, (size_t)(end - at)};
	value->open = container;
	return HJ_OK;
}

hj_status hj__tree_insert(hj__tree *tree, hj__container *container, size_t index)
{
	hj_status status = grow(tree, container, container->count + 1);
	if (status)
		return status;
	hj__item *item = container->items + index;
	memmove(item + 1, item, (container->count - index) * sizeof *item);
	*item = (hj__item){0};
	container->count++;
	return HJ_OK;
}

void hj__tree_remove(hj__container *container, size_t index)
{
	hj__item *item = container->items + index;
	container->count--;
	memmove(item, item + 1, (container->count - index) * sizeof *item);
}

/* -- find --------------------------------------------------------------------------------------- */

static bool is_container(const hj__value *value)
{
	return value->open ||
		hj_node_is_container(&hj_document_nodes(value->document)[value->node]);
}

/* Sets place->index and place->found for the current segment in place->parent. */
static hj_status step(hj__walk *walk, hj__place *place, hj_text *why)
{
	const hj__container *container = place->parent;
	if (!container->object) {
		uint64_t index;
		hj_status status = hj__walk_index(walk, &index, why);
		place->found = !status && index < container->count;
		place->index = place->found ? (size_t)index : container->count;
		return status;
	}
	place->found = false;
	for (place->index = 0; place->index < container->count; place->index++) {
		hj_slice name = container->items[place->index].name;
		hj_status status = hj__walk_names(walk, name, &place->found);
		if (status || place->found)
			return status;
	}
	return HJ_OK;
}

hj_status hj__tree_find(
	hj__tree *tree, hj_slice pointer, bool vacant, hj__place *place, hj_text *why)
{
	hj__walk walk;
	hj__walk_init(&walk, pointer, tree->arena.allocator);
	hj__value *value = &tree->root;
	hj_slice indent = {0};
	hj__gap_indent(tree->lead, &indent);
	*place = (hj__place){.found = true, .indent = indent};
	hj_status status = HJ_OK;
	while (!hj__walk_done(&walk)) {
		status = hj__walk_next(&walk, is_container(value), why);
		if (!status)
			status = open(tree, value);
		if (status)
			break;
		place->parent = value->open;
		place->indent = indent;
		status = step(&walk, place, why);
		if (!status && !place->found && !(vacant && hj__walk_done(&walk)))
			status = hj__not_found(why);
		if (status || !place->found)
			break;
		const hj__item *item = &place->parent->items[place->index];
		if (!hj__gap_indent(item->lead, &indent))
			hj__gap_indent(item->gap, &indent);
		value = &place->parent->items[place->index].value;
	}
	if (!status) {
		bool ok = true;
		place->name = hj_arena_copy(&tree->arena, walk.segment, &ok);
		status = ok ? HJ_OK : HJ_NO_MEMORY;
	}
	hj__walk_free(&walk);
	return status;
}

hj__value *hj__tree_value(hj__tree *tree, const hj__place *place)
{
	return place->parent ? &place->parent->items[place->index].value : &tree->root;
}

/* -- clone -------------------------------------------------------------------------------------- */

hj_status hj__tree_clone(hj__tree *tree, const hj__value *value, bool strict, hj__value *out)
{
	*out = *value;
	/* Values that still share an open container with the original wait in a list. */
	hj__value **waiting = NULL;
	size_t count = 0, capacity = 0;
	const hj_allocator *allocator = tree->arena.allocator;
	hj_status status = HJ_OK;
	for (hj__value *next = out; next && !status;) {
		next->cloned = next->cloned || strict;
		next->moved = true;
		if (next->open) {
			hj__container *copy = hj_arena_alloc(&tree->arena, sizeof *copy);
			if (!copy) {
				status = HJ_NO_MEMORY;
				break;
			}
			*copy = *next->open;
			copy->capacity = 0;
			status = grow(tree, copy, copy->count);
			if (!status)
				status = hj_grow(allocator, &waiting, &capacity,
					count + copy->count, sizeof *waiting);
			if (status)
				break;
			next->open = copy;
			for (size_t i = 0; i < copy->count; i++) {
				hj__item *item = &copy->items[i];
				item->has_trail = strict ? item->trail.size > 0 : item->has_trail;
				waiting[count++] = &item->value;
			}
		}
		next = count ? waiting[--count] : NULL;
	}
	hj_free(allocator, waiting, capacity * sizeof *waiting);
	return status;
}

/* -- print -------------------------------------------------------------------------------------- */

typedef struct tree_frame {
	hj__container *container;
	size_t index; /* of the item that comes next */
	bool fresh;   /* nothing in here stands where the source has it */
} tree_frame;

typedef struct tree_printer {
	hj__tree *tree;
	hj_edits *edits;  /* NULL: only `pending` is wanted */
	size_t done;      /* bytes of the source that are printed or passed over */
	hj_text *pending; /* printed since then */
	tree_frame *frames;
	size_t count, capacity;
	hj_status status;
} tree_printer;

static bool continues(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Would a place between these two split a character or a line ending? */
static bool splits(const char *at, const char *start, const char *end)
{
	return at < end && (continues(*at) || (*at == '\n' && at > start && at[-1] == '\r'));
}

/* Source bytes from `done` to `until` have become what is pending: an edit, if they differ. */
static void flush(tree_printer *printer, size_t until)
{
	hj_slice old = {printer->tree->source.data + printer->done, until - printer->done};
	hj_slice new = hj_text_slice(printer->pending);
	if (!hj_slice_equal(old, new)) {
		size_t least = old.size < new.size ? old.size : new.size, front = 0, back = 0;
		while (front < least && old.data[front] == new.data[front])
			front++;
		while (front &&
			(splits(old.data + front, old.data, old.data + old.size) ||
				splits(new.data + front, new.data, new.data + new.size)))
			front--;
		while (back < least - front &&
			old.data[old.size - back - 1] == new.data[new.size - back - 1])
			back++;
		while (back &&
			(splits(old.data + old.size - back, old.data, old.data + old.size) ||
				splits(new.data + new.size - back, new.data, new.data + new.size)))
			back--;
		hj_span span = {(uint32_t)(printer->done + front), (uint32_t)(until - back)};
		hj_edits_add(printer->edits, span,
			(hj_slice){new.data ? new.data + front : NULL, new.size - front - back});
	}
	hj_text_clear(printer->pending);
}

/* Prints a slice: a piece of the source that comes after all that was printed stays there. */
static void put(tree_printer *printer, hj_slice text, bool fresh)
{
	if (text.size == 0)
		return;
	uintptr_t at = (uintptr_t)text.data, base = (uintptr_t)printer->tree->source.data;
	if (!printer->edits || fresh || at < base + printer->done ||
		at >= base + printer->tree->source.size) {
		hj_text_append(printer->pending, text);
		return;
	}
	flush(printer, at - base);
	printer->done = at - base + text.size;
}

/* Does a cloned value have a trailing comma that its clone may have to lose? */
static bool has_trailing_comma(const hj__value *value)
{
	const hj_node *nodes = hj_document_nodes(value->document);
	for (uint32_t i = value->node; i < nodes[value->node].next; i++) {
		if (nodes[i].bits & HJ_TRAILING_COMMA)
			return true;
	}
	return false;
}

static void put_value(tree_printer *printer, hj__value *value, bool fresh)
{
	fresh = fresh || value->moved;
	if (!value->open && value->cloned && has_trailing_comma(value))
		printer->status = open(printer->tree, value);
	if (printer->status)
		return;
	if (!value->open) {
		const hj_node *node = &hj_document_nodes(value->document)[value->node];
		put(printer, bytes(value->document, node->start, node->end), fresh);
		return;
	}
	printer->status = hj_grow(printer->tree->arena.allocator, &printer->frames,
		&printer->capacity, printer->count + 1, sizeof *printer->frames);
	if (!printer->status)
		printer->frames[printer->count++] = (tree_frame){value->open, 0, fresh};
	put(printer, value->open->object ? HJ_SLICE("{") : HJ_SLICE("["), true);
}

/* Prints the next item of the innermost open container, or ends it. */
static void put_next(tree_printer *printer)
{
	tree_frame *frame = &printer->frames[printer->count - 1];
	hj__container *container = frame->container;
	bool fresh = frame->fresh;
	if (frame->index) {
		const hj__item *before = &container->items[frame->index - 1];
		put(printer, before->trail, fresh);
		if (frame->index < container->count || before->has_trail)
			put(printer, HJ_SLICE(","), true);
	}
	if (frame->index == container->count) {
		put(printer, container->closing, fresh);
		put(printer, container->object ? HJ_SLICE("}") : HJ_SLICE("]"), true);
		printer->count--;
		return;
	}
	hj__item *item = &container->items[frame->index++];
	put(printer, item->gap, fresh);
	if (container->object) {
		put(printer, item->name, fresh);
		put(printer, item->colon, fresh);
		put(printer, HJ_SLICE(":"), true);
		put(printer, item->lead, fresh);
	}
	put_value(printer, &item->value, fresh);
}

static void print(tree_printer *printer, hj__value *value)
{
	put_value(printer, value, false);
	while (printer->count && !printer->status)
		put_next(printer);
	hj_free(printer->tree->arena.allocator, printer->frames,
		printer->capacity * sizeof *printer->frames);
	if (!printer->status)
		printer->status = printer->pending->status;
}

hj_status hj__tree_text(hj__tree *tree, const hj__value *value, hj_text *out)
{
	tree_printer printer = {.tree = tree, .pending = out};
	hj__value copy = *value;
	print(&printer, &copy);
	return printer.status;
}

hj_status hj__tree_edits(hj__tree *tree, hj_edits *edits)
{
	hj_text pending;
	hj_text_init(&pending, tree->arena.allocator);
	tree_printer printer = {.tree = tree, .edits = edits, .pending = &pending};
	put(&printer, tree->lead, false);
	print(&printer, &tree->root);
	if (!printer.status) {
		put(&printer, tree->trail, false);
		flush(&printer, tree->source.size);
		printer.status = pending.status ? pending.status : edits->status;
	}
	hj_text_free(&pending);
	return printer.status;
}

hj_status hj__tree_adopt(hj__tree *tree, hj_text *text, hj__value *out)
{
	hj__adopted *adopted = hj_arena_alloc(&tree->arena, sizeof *adopted);
	if (!adopted)
		return HJ_NO_MEMORY;
	*adopted = (hj__adopted){.older = tree->adopted};
	hj_status status = hj_source_adopt(NULL, text, &adopted->source);
	if (status)
		return status;
	tree->adopted = adopted;
	status = hj_parse(adopted->source, HJ_PARSE_FIRST_ERROR, &adopted->document);
	if (!status && hj_document_error(adopted->document))
		status = HJ_SYNTAX;
	if (!status)
		*out = (hj__value){.document = adopted->document, .moved = true};
	return status;
}
