/*
 * What the files of the patcher share: operations, the overlay tree, and the two manners in which
 * an operation treats the gaps.
 *
 *     patch_gap.c        a gap: who owns which part of it
 *     patch_read.c       a patch document → operations
 *     patch_tree.c       the overlay tree: open, find, clone, print
 *     patch_compare.c    are two values the same JSON?
 *     patch_reference.c  the reference's manner (specification 11.3 to 11.5)
 *     patch_kind.c       ours (the essay in patch.c); patch_kind_text.c writes its text
 *     patch.c            operations applied in order
 *
 * The overlay: a value is a node of some document until an operation reaches into it; then it is
 * "open", with its members in an array. Gaps are slices of the source, of the patch, or of new text
 * in the tree's arena. What still is a slice of the source when the tree is printed stays as it is;
 * everything between becomes an edit.
 */
#ifndef HJ_SYNTAX_PATCH_PARTS_H
#define HJ_SYNTAX_PATCH_PARTS_H

#include "syntax/document.h"
#include "syntax/edit.h"
#include "syntax/gap.h"

/* -- the tree ----------------------------------------------------------------------------------- */

typedef struct hj__container hj__container;

typedef struct hj__value {
	const hj_document *document;
	uint32_t node;
	bool cloned;         /* inside, a trailing comma right after its value does not count */
	bool moved;          /* does not stand where the source has it */
	hj__container *open; /* NULL: as the document has it */
} hj__value;

typedef struct hj__item {
	hj_slice gap;   /* before the name, or before the element: G(i) */
	hj_slice name;  /* the token; objects only, as the next two */
	hj_slice colon; /* between name and ':' */
	hj_slice lead;  /* between ':' and value */
	hj__value value;
	hj_slice trail; /* between value and ',', or where the ',' went */
	bool has_trail; /* present, perhaps empty: on the last item that is a trailing comma */
} hj__item;

struct hj__container {
	bool object;
	hj__item *items;
	size_t count, capacity;
	hj_slice closing; /* G(count) */
};

typedef struct hj__adopted {
	struct hj__adopted *older;
	hj_source *source;
	hj_document *document;
} hj__adopted;

typedef struct hj__tree {
	const hj_document *document;
	hj_slice source;
	hj_slice lead, trail; /* around the root */
	hj__value root;
	hj_slice newline; /* "\n" or "\r\n", as the source has it */
	hj_slice unit;    /* one level of indentation, as the source has it */
	hj_arena arena;
	hj__adopted *adopted; /* documents made on the way */
} hj__tree;

/* Borrows the document. Never fails; free with hj__tree_free. */
void hj__tree_init(hj__tree *tree, const hj_document *document, const hj_allocator *allocator);
void hj__tree_free(hj__tree *tree);

/* Where a pointer leads: the item at `index` of `parent`; for the root parent is NULL. */
typedef struct hj__place {
	hj__container *parent;
	size_t index; /* of the item; not found: of the one that would be made */
	bool found;
	hj_slice name;   /* last segment, unescaped; in the tree's arena */
	hj_slice indent; /* of the line on which the parent's bracket stands */
} hj__place;

/*
 * Opens the containers on the way. A missing last segment is tolerated when `vacant`. HJ_INVALID or
 * HJ_NOT_FOUND: the sentence is appended to `why`.
 */
hj_status hj__tree_find(
	hj__tree *tree, hj_slice pointer, bool vacant, hj__place *place, hj_text *why);

/* The value at a place that was found. */
hj__value *hj__tree_value(hj__tree *tree, const hj__place *place);

/* A second one of a value. strict: as the reference does it, losing trailing commas. */
hj_status hj__tree_clone(hj__tree *tree, const hj__value *value, bool strict, hj__value *out);

/* Room for an item at `index`, all zero. */
hj_status hj__tree_insert(hj__tree *tree, hj__container *container, size_t index);
void hj__tree_remove(hj__container *container, size_t index);

/* Appends the value's text (without the gaps around it). */
hj_status hj__tree_text(hj__tree *tree, const hj__value *value, hj_text *out);
/* Parses a text (emptied) to a value that lives as long as the tree. HJ_SYNTAX: it does not. */
hj_status hj__tree_adopt(hj__tree *tree, hj_text *text, hj__value *out);
/* The edits that turn the source into the tree. */
hj_status hj__tree_edits(hj__tree *tree, hj_edits *edits);

/* -- operations --------------------------------------------------------------------------------- */

typedef enum hj__verb { HJ__ADD, HJ__REMOVE, HJ__REPLACE, HJ__MOVE, HJ__COPY, HJ__TEST } hj__verb;

typedef struct hj__operation {
	hj__verb verb;
	hj_slice path, from; /* decoded */
	const hj_document *document;
	uint32_t value; /* node in document */
	hj_slice leading, trailing;
} hj__operation;

typedef struct hj__operations {
	hj__operation *items;
	size_t count, capacity;
	hj_arena arena; /* owns decoded texts */
} hj__operations;

void hj__operations_init(hj__operations *operations, const hj_allocator *allocator);
void hj__operations_free(hj__operations *operations);
/* HJ_INVALID: the reference's sentence is appended to `why`. */
hj_status hj__operations_read(const hj_document *patch, hj__operations *operations, hj_text *why);

/*
 * Are two values the same JSON, as "test" asks (specification 11.2)? Nothing equals a value with a
 * number out of range or more than 10,000 levels in it. HJ_NO_MEMORY only.
 */
hj_status hj__same_value(const hj_document *a, uint32_t a_node, const hj_document *b,
	uint32_t b_node, const hj_allocator *allocator, bool *same);

/* The same for any two values: numbers out of range are infinite, null equals null. */
hj_status hj__same_json(const hj_document *a, uint32_t a_node, const hj_document *b,
	uint32_t b_node, const hj_allocator *allocator, bool *same);

/* -- manners ------------------------------------------------------------------------------------ */

/* What an operation carries to a place. */
typedef struct hj__load {
	hj__value value;
	hj_slice leading, trailing;  /* comments that belong to it */
	hj_slice colon, lead, trail; /* the gaps of the item it was; kind manner's move only */
	bool member;                 /* colon and lead were a member's */
	hj_slice base; /* indentation of the line it comes from; data NULL: that of value.node */
} hj__load;

typedef struct hj__manner {
	hj_status (*root)(hj__tree *tree, hj__load *load);
	hj_status (*replace)(hj__tree *tree, const hj__place *place, hj__load *load);
	hj_status (*insert)(hj__tree *tree, const hj__place *place, hj__load *load);
	hj_status (*copy)(hj__tree *tree, const hj__place *place, hj__load *load);
	hj_status (*take)(hj__tree *tree, const hj__place *place, hj__load *load);
} hj__manner;

extern const hj__manner hj__manner_reference, hj__manner_kind;

/* The two offsets of specification 11.3, p and c. */
typedef struct hj__cut {
	size_t previous, own;
} hj__cut;
hj__cut hj__gap_cut(hj_slice gap);

bool hj__gap_has_comment(hj_slice gap);
/*
 * The indentation after the last LF that is white space (not inside a block comment), or false and
 * *indent as it was: what comes after the gap is on the line of what is before it.
 */
bool hj__gap_indent(hj_slice gap, hj_slice *indent);

static inline bool hj__is_space(char byte)
{
	return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}
static inline hj_slice hj__from(hj_slice text, size_t at)
{
	return (hj_slice){text.data ? text.data + at : NULL, text.size - at};
}
static inline hj_slice hj__until(hj_slice text, size_t at)
{
	return (hj_slice){text.data, at};
}
static inline hj_slice hj__trim_front(hj_slice text)
{
	size_t at = 0;
	while (at < text.size && hj__is_space(text.data[at]))
		at++;
	return hj__from(text, at);
}
static inline hj_slice hj__trim_back(hj_slice text)
{
	while (text.size && hj__is_space(text.data[text.size - 1]))
		text.size--;
	return text;
}

#endif
