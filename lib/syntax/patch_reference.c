/*
 * The reference's manner, word for word (specification, 11.3 to 11.5).
 */
#include "syntax/patch_parts.h"

#include "syntax/string.h"

static hj_status join(hj__tree *tree, hj_slice a, const char *between, hj_slice b, hj_slice *out)
{
	size_t middle = strlen(between), size;
	if (!hj_add(a.size, middle, &size) || !hj_add(size, b.size, &size))
		return HJ_NO_MEMORY;
	char *at = hj_arena_alloc(&tree->arena, size);
	if (!at)
		return HJ_NO_MEMORY;
	*out = (hj_slice){at, size};
	if (a.size)
		memcpy(at, a.data, a.size);
	memcpy(at + a.size, between, middle);
	if (b.size)
		memcpy(at + a.size + middle, b.data, b.size);
	return HJ_OK;
}

/* G(index). */
static hj_slice *gap_at(hj__container *container, size_t index)
{
	return index < container->count ? &container->items[index].gap : &container->closing;
}

static size_t own_start(hj_slice gap)
{
	size_t at = hj__gap_cut(gap).own;
	while (at < gap.size && hj__is_space(gap.data[at]))
		at++;
	return at;
}

static hj_slice own_of(hj_slice gap)
{
	return hj__from(gap, own_start(gap));
}

static hj_slice previous_of(hj_slice gap)
{
	return hj__until(gap, hj__gap_cut(gap).previous);
}

/* The gap without its previous part, but for the LF that part ends in. */
static hj_slice without_previous(hj_slice gap)
{
	size_t at = hj__gap_cut(gap).previous;
	return hj__from(gap, at && gap.data[at - 1] == '\n' ? at - 1 : at);
}

static hj_status put_own(hj__tree *tree, hj_slice *gap, hj_slice leading)
{
	if (leading.size == 0)
		return HJ_OK;
	hj_slice rest = hj__until(*gap, own_start(*gap));
	leading = hj__trim_front(leading);
	*gap = rest;
	if (leading.size == 0)
		return HJ_OK;
	size_t at = rest.size;
	while (at && hj__is_space(rest.data[at - 1]) && rest.data[at - 1] != '\n')
		at--;
	bool broken = at && rest.data[at - 1] == '\n';
	return join(tree, rest, broken ? "" : "\n", leading, gap);
}

static hj_status put_previous(hj__tree *tree, hj_slice *gap, hj_slice trailing)
{
	if (trailing.size == 0)
		return HJ_OK;
	hj_slice rest = *gap = without_previous(*gap);
	if (!hj__gap_has_comment(trailing))
		return HJ_OK;
	if (rest.size && rest.data[0] == '\n' && trailing.data[trailing.size - 1] == '\n')
		trailing.size--;
	return join(tree, trailing, "", rest, gap);
}

static hj_status root(hj__tree *tree, hj__load *load)
{
	tree->root = load->value;
	/* Copies: a slice of the source would not stand where the source has it. */
	hj_status status = join(tree, load->leading, "", (hj_slice){0}, &tree->lead);
	if (!status)
		status = join(tree, load->trailing, "", (hj_slice){0}, &tree->trail);
	return status;
}

static hj_status surround(hj__tree *tree, const hj__place *place, const hj__load *load)
{
	hj__container *container = place->parent;
	container->items[place->index].value = load->value;
	hj_status status = put_own(tree, gap_at(container, place->index), load->leading);
	if (!status)
		status = put_previous(tree, gap_at(container, place->index + 1), load->trailing);
	return status;
}

static hj_status replace(hj__tree *tree, const hj__place *place, hj__load *load)
{
	if (!place->parent)
		return root(tree, load);
	return surround(tree, place, load);
}

static hj_status insert(hj__tree *tree, const hj__place *place, hj__load *load)
{
	hj__container *container = place->parent;
	hj_slice name = {0};
	hj_status status = HJ_OK;
	if (container->object) {
		hj_text text;
		hj_text_init(&text, tree->arena.allocator);
		hj_string_encode(place->name, &text);
		bool ok = !text.status;
		name = hj_arena_copy(&tree->arena, hj_text_slice(&text), &ok);
		hj_text_free(&text);
		status = ok ? HJ_OK : HJ_NO_MEMORY;
	}
	if (!status)
		status = hj__tree_insert(tree, container, place->index);
	if (status)
		return status;
	hj__item *item = &container->items[place->index];
	item->name = name;
	hj_slice *after = gap_at(container, place->index + 1);
	hj_slice previous = previous_of(*after);
	*after = without_previous(*after);
	status = put_previous(tree, &item->gap, previous);
	return status ? status : surround(tree, place, load);
}

static hj_status copy(hj__tree *tree, const hj__place *place, hj__load *load)
{
	hj__container *container = place->parent;
	load->leading = own_of(*gap_at(container, place->index));
	load->trailing = previous_of(*gap_at(container, place->index + 1));
	return hj__tree_clone(tree, &container->items[place->index].value, true, &load->value);
}

static hj_status take(hj__tree *tree, const hj__place *place, hj__load *load)
{
	hj__container *container = place->parent;
	hj_slice before = *gap_at(container, place->index);
	hj_slice *after = gap_at(container, place->index + 1);
	load->leading = own_of(before);
	load->trailing = previous_of(*after);
	load->value = container->items[place->index].value;
	load->value.moved = true;
	before = hj__until(before, own_start(before));
	*after = without_previous(*after);
	hj_status status = HJ_OK;
	if (hj__gap_has_comment(before))
		status = join(tree, before, "", hj__trim_front(*after), after);
	hj__tree_remove(container, place->index);
	return status;
}

const hj__manner hj__manner_reference = {root, replace, insert, copy, take};
