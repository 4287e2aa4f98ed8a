/*
 * Patches: operations applied in order to an overlay of the document.
 *
 * What an operation does to the JSON value, and in which words it fails, is the same in both modes:
 * the reference's (specification 11). The modes differ in what happens to the text around values.
 * HJ_PATCH_REFERENCE is the reference's bytes (patch_reference.c). HJ_PATCH_KIND, the default, is
 * this (patch_kind.c):
 *
 * Who owns a comment. G(i) is the gap before item i, or before the closing bracket.
 *
 *     [ // the container's: on the line of its bracket
 *             // a section's: a blank line parts it from every item
 *
 *             // item 0's: directly above it
 *             "zero", // item 0's: behind it on its line
 *             // item 1's
 *             "one" // item 1's, comma or not
 *             // the container's: it stands above the bracket
 *     ]
 *
 * When a blank line follows somewhere, comment lines directly below an item are the item's too. A
 * block comment behind an item on its line is the item's as far as keeping goes; whether it may be
 * deleted with the item is not certain, so it is not. Comments around a colon and before a comma
 * belong to the member.
 *
 * What goes. Removing an item removes the lines that it stands on, with its comments, and nothing
 * of anybody else's. Blank lines on both sides become one run, the longer; after an opening bracket
 * and before a closing one no blank line is left that was not there. A container without items and
 * comments closes up: `[]`.
 *
 * What stays. Replacing keeps all comments, except that a comment in the patch takes the place of
 * the old one on its side (above, behind). Adding at the root replaces the root's value; the
 * comments around it stay, those of the patch come closest to the value. An inserted item comes
 * between the comments of its neighbours, never into them; in a container without items, after the
 * comments that are there.
 *
 * What moves. A moved item takes its own comments along, those inside it (around the colon, before
 * the comma) as well: where the new place has no colon, they go before the value. A copy takes
 * those above and behind. Comments of the patch around "value" come with the value.
 *
 * Layout. An item is put on a line of its own when its neighbour stands so, with the neighbour's
 * indentation; or when a line comment leaves no choice. Otherwise it is put inline, with `, ` and
 * `: `. In a container without items the closing bracket tells: on another line, or not. A value
 * of several lines is shifted to its place, each line by the same indentation; otherwise it stays
 * as it is written. New line ends are the document's.
 *
 * Commas. A trailing comma stays when there was one, and none is left where there was none; but the
 * last item of a container of several lines gets one when it is new, unless the document is
 * standard JSON. Spelling of untouched bytes never changes: the result is a list of edits.
 */
#include "syntax/patch.h"

#include "base/quote.h"
#include "syntax/patch_parts.h"
#include "syntax/pointer.h"

typedef struct patch_state {
	hj__tree tree;
	const hj__manner *manner;
	const hj_allocator *allocator;
	hj_text why; /* a sentence that has no prefix yet */
} patch_state;

static hj_status refuse(patch_state *patcher, const char *sentence)
{
	hj_text_str(&patcher->why, sentence);
	return patcher->why.status ? patcher->why.status : HJ_INVALID;
}

/* RFC 6902's add, with what an operation brought or took elsewhere. */
static hj_status add(patch_state *patcher, hj_slice path, hj__load *load)
{
	hj__tree *tree = &patcher->tree;
	hj__place place;
	hj_status status = hj__tree_find(tree, path, true, &place, &patcher->why);
	if (status)
		return status;
	if (!place.parent)
		return patcher->manner->root(tree, load);
	if (place.found && place.parent->object)
		return patcher->manner->replace(tree, &place, load);
	return patcher->manner->insert(tree, &place, load);
}

/* remove, replace: of anything but the root. */
static hj_status change(patch_state *patcher, const hj__operation *operation, hj__load *load)
{
	hj__tree *tree = &patcher->tree;
	hj__place place;
	hj_status status = hj__tree_find(tree, operation->path, false, &place, &patcher->why);
	if (status)
		return status;
	bool replace = operation->verb == HJ__REPLACE;
	if (!place.parent)
		return refuse(patcher,
			replace ? "cannot replace root value" : "cannot remove root value");
	if (replace)
		return patcher->manner->replace(tree, &place, load);
	return patcher->manner->take(tree, &place, load);
}

static hj_status carry(patch_state *patcher, const hj__operation *operation)
{
	hj_slice path = operation->path, from = operation->from;
	bool move = operation->verb == HJ__MOVE;
	/* Spellings are compared, not places: the reference's way. */
	bool into = hj_slice_starts(path, from) &&
		(path.size == from.size || path.data[from.size] == '/');
	if (from.size == 0 || (move && into)) {
		hj_text_str(&patcher->why, move ? "cannot move " : "cannot copy ");
		hj_quote_append(&patcher->why, from);
		hj_text_str(&patcher->why, " into ");
		hj_quote_append(&patcher->why, path);
		return patcher->why.status ? patcher->why.status : HJ_INVALID;
	}
	hj__place place;
	hj__load load = {0};
	hj_status status = hj__tree_find(&patcher->tree, from, false, &place, &patcher->why);
	if (!status && move)
		status = patcher->manner->take(&patcher->tree, &place, &load);
	else if (!status)
		status = patcher->manner->copy(&patcher->tree, &place, &load);
	return status ? status : add(patcher, path, &load);
}

static hj_status test(patch_state *patcher, const hj__operation *operation)
{
	hj__tree *tree = &patcher->tree;
	hj__place place;
	hj_status status = hj__tree_find(tree, operation->path, false, &place, &patcher->why);
	if (status)
		return status;
	/* What was changed inside is printed and parsed, so that only documents are compared. */
	hj__value value = *hj__tree_value(tree, &place);
	if (value.open) {
		hj_text text;
		hj_text_init(&text, patcher->allocator);
		status = hj__tree_text(tree, &value, &text);
		if (!status)
			status = hj__tree_adopt(tree, &text, &value);
		hj_text_free(&text);
	}
	bool same = false;
	if (!status)
		status = hj__same_value(value.document, value.node, operation->document,
			operation->value, patcher->allocator, &same);
	if (status || same)
		return status;
	hj_text_str(&patcher->why, "values differ at ");
	hj_quote_append(&patcher->why, operation->path);
	return patcher->why.status ? patcher->why.status : HJ_INVALID;
}

static hj_status perform(patch_state *patcher, const hj__operation *operation)
{
	hj__load load = {
		.value = {.document = operation->document, .node = operation->value},
		.leading = operation->leading,
		.trailing = operation->trailing,
	};
	switch (operation->verb) {
	case HJ__ADD: return add(patcher, operation->path, &load);
	case HJ__REMOVE:
	case HJ__REPLACE: return change(patcher, operation, &load);
	case HJ__MOVE:
	case HJ__COPY: return carry(patcher, operation);
	case HJ__TEST: return test(patcher, operation);
	}
	return HJ_INVALID;
}

/*
 * Performs all operations and gives the edits. `prefix`: sentences begin with the number of the
 * operation, as in the reference's patches.
 */
static hj_status run(const hj_document *document, const hj__operations *operations,
	hj_patch_mode mode, bool prefix, hj_edits *edits, hj_text *why)
{
	patch_state patcher = {.allocator = edits->arena.allocator};
	patcher.manner = mode == HJ_PATCH_REFERENCE ? &hj__manner_reference : &hj__manner_kind;
	hj_text_init(&patcher.why, patcher.allocator);
	hj__tree_init(&patcher.tree, document, patcher.allocator);
	hj_status status = HJ_OK;
	size_t i = 0;
	for (; i < operations->count && !status; i++)
		status = perform(&patcher, &operations->items[i]);
	if (!status && i)
		status = hj__tree_edits(&patcher.tree, edits);
	if (status == HJ_NOT_FOUND || status == HJ_INVALID) {
		status = HJ_INVALID;
		if (prefix)
			hj_text_printf(why, "hujson: patch operation %zu: ", i - 1);
		hj_text_append(why, hj_text_slice(&patcher.why));
		status = why->status ? why->status : HJ_INVALID;
	}
	if (status)
		edits->count = 0;
	hj__tree_free(&patcher.tree);
	hj_text_free(&patcher.why);
	return status;
}

/* Both must parse; the document's error comes first, as in the reference. */
static hj_status must_parse(const hj_document *document, hj_text *why)
{
	const hj_syntax_error *error = hj_document_error(document);
	if (!error)
		return HJ_OK;
	hj_text_append(why, error->text);
	return why->status ? why->status : HJ_SYNTAX;
}

hj_status hj_patch_apply(const hj_document *document, const hj_document *patch, hj_patch_mode mode,
	hj_edits *edits, hj_text *why)
{
	hj__operations operations;
	hj__operations_init(&operations, edits->arena.allocator);
	hj_status status = must_parse(document, why);
	if (!status)
		status = must_parse(patch, why);
	if (!status)
		status = hj__operations_read(patch, &operations, why);
	if (!status)
		status = run(document, &operations, mode, true, edits, why);
	hj__operations_free(&operations);
	return status;
}

hj_status hj_patch_one(const hj_document *document, hj_verb verb, hj_slice pointer,
	const hj_document *value, hj_patch_mode mode, hj_edits *edits, hj_text *why)
{
	hj__operation operation = {.verb = HJ__REMOVE, .path = pointer};
	hj_status status = must_parse(document, why);
	if (!status && verb != HJ_REMOVE) {
		status = must_parse(value, why);
		operation.verb = HJ__ADD;
		operation.document = value;
	}
	if (status)
		return status;
	if (verb != HJ_REMOVE) {
		const hj_source *source = hj_document_source(value);
		const hj_node *root = hj_document_nodes(value);
		operation.leading = (hj_slice){source->data, root->start};
		operation.trailing = (hj_slice){source->data + root->end, source->size - root->end};
		operation.leading = hj__trim_front(operation.leading);
		/* A file's last line feed is no comment, and takes none away. */
		if (!hj__gap_has_comment(operation.trailing))
			operation.trailing.size = 0;
	}
	uint32_t node = 0;
	if (verb == HJ_SET && pointer.size) {
		status = hj_pointer_find(document, pointer, &node, NULL);
		if (status == HJ_NO_MEMORY)
			return status;
		if (!status)
			operation.verb = HJ__REPLACE;
	}
	hj__operations operations = {.items = &operation, .count = 1};
	return run(document, &operations, mode, false, edits, why);
}
