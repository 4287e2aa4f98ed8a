#include "policy/policy.h"

#include "base/map.h"
#include "policy/operation.h"
#include "policy/ports.h"
#include "policy/schema.h"

#include <stddef.h>

/* The lists of records are laid out alike. */
typedef struct rows {
	uint32_t node, count;
	void *items;
} rows;

_Static_assert(sizeof(rows) == sizeof(hj_acls), "lists of records are alike");
_Static_assert(offsetof(hj_acls, items) == offsetof(rows, items), "lists of records are alike");

/* policy → section → record → its fields; the table's deepest way is shorter (schema_test.c). */
enum { BIND_DEPTH = 8 };

/* A record, or a list of them, whose children are being read. */
typedef struct level {
	const hj_type *type;
	char *to;         /* the record's structure; of a list, where its next record goes */
	uint32_t at, end; /* next child, and where the children end */
} level;

typedef struct binder {
	const hj_document *document;
	const hj_node *nodes;
	hj_arena *arena;
	hj_map terms; /* the text of a selector → its term */
	uint32_t known_sections;
	bool ok; /* false: memory was out */
	unsigned depth;
	level levels[BIND_DEPTH];
} binder;

static hj_kind kind_of(const binder *bind, uint32_t node)
{
	return hj_node_kind(&bind->nodes[node]);
}

static void enter(binder *bind, uint32_t node, const hj_type *type, void *to)
{
	if (bind->depth == BIND_DEPTH)
		return;
	bind->levels[bind->depth++] = (level){
		.type = type, .to = to, .at = hj_node_first(node), .end = bind->nodes[node].next};
}

/* Room for some items; NULL also when there are none. */
static void *room(binder *bind, size_t count, size_t size)
{
	if (count == 0 || !bind->ok)
		return NULL;
	void *items = hj_arena_alloc(bind->arena, count * size);
	if (!items)
		bind->ok = false;
	return items;
}

/* -- terms ------------------------------------------------------------------------------------- */

/* The selector in a text, by what its position allows beside it. */
static hj_slice selector_of(hj_slice text, const hj_position *position)
{
	hj_operation operation;
	hj_hostport parts;
	text = hj_trim(text);
	if (position->operation && hj_operation_parse(text, &operation))
		return operation.target;
	if (position->ports && hj_has_ports(text, &parts))
		return hj_trim(parts.host);
	return text;
}

/* The term of a selector: the next one when its text is new. */
static uint32_t term_of(binder *bind, hj_slice text, const hj_position *position)
{
	hj_slice selector = position ? selector_of(text, position) : (hj_slice){0};
	uint32_t next = (uint32_t)bind->terms.count + 1, *term;
	if (selector.size == 0)
		return 0;
	if (!hj_map_put(&bind->terms, selector, next, &term, NULL))
		return *term;
	bind->ok = false;
	return 0;
}

static void classify_terms(binder *bind, hj_policy *policy)
{
	uint32_t count = (uint32_t)bind->terms.count + 1;
	hj_term *terms = room(bind, count, sizeof *terms);
	if (!terms)
		return;
	terms[0] = (hj_term){.selector = hj_selector_parse((hj_slice){0})};
	for (size_t i = 0; i < bind->terms.capacity; i++) {
		const hj_map_entry *entry = &bind->terms.entries[i];
		if (entry->hash == 0)
			continue;
		hj_selector selector = hj_selector_parse(entry->key);
		terms[entry->value] = (hj_term){selector, selector.kind == HJ_SELECT_TEMPLATE};
	}
	policy->terms = terms;
	policy->term_count = count;
}

/* -- values ------------------------------------------------------------------------------------ */

/* position: of a selector, else NULL. */
static hj_word word_of(binder *bind, uint32_t node, const hj_position *position)
{
	hj_slice text = hj_string_value(bind->document, node, bind->arena, &bind->ok);
	return (hj_word){node, term_of(bind, text, position), text};
}

static uint32_t count_of(const binder *bind, uint32_t array, hj_kind kind)
{
	uint32_t count = 0;
	for (uint32_t at = hj_node_first(array); at < bind->nodes[array].next;
		at = bind->nodes[at].next)
		count += kind_of(bind, at) == kind;
	return count;
}

static hj_words words_of(binder *bind, uint32_t node, const hj_position *position)
{
	bool alone = kind_of(bind, node) == HJ_STRING;
	hj_words words = {.node = node};
	uint32_t count = alone ? 1 : count_of(bind, node, HJ_STRING);
	words.items = room(bind, count, sizeof *words.items);
	if (!words.items)
		return words;
	uint32_t end = bind->nodes[node].next;
	for (uint32_t at = alone ? node : hj_node_first(node); at < end; at = bind->nodes[at].next)
		if (kind_of(bind, at) == HJ_STRING)
			words.items[words.count++] = word_of(bind, at, position);
	return words;
}

/* Where the selectors stand that are a value, or the elements of one. */
static const hj_position *position_of(const hj_type *type)
{
	return type->kind == HJ_LIST ? type->item->position : type->position;
}

/* The value of a dictionary's member; type is what it should be, NULL when anything may be. */
static void bind_entry(binder *bind, const hj_type *type, hj_entry *entry)
{
	hj_kind kind = kind_of(bind, entry->value);
	bool any = !type || type->kind == HJ_ANYTHING;
	bool list = any ? kind == HJ_ARRAY : type->kind == HJ_LIST && type->item->kind == HJ_TEXT;
	const hj_position *position = any ? NULL : position_of(type);
	if (!any && !hj_type_fits(type, kind))
		return;
	if (list)
		entry->words = words_of(bind, entry->value, position);
	if (kind == HJ_STRING)
		entry->word = word_of(bind, entry->value, position);
}

/* dictionary is NULL when names and values may be anything. */
static hj_entries entries_of(binder *bind, uint32_t object, const hj_type *dictionary)
{
	hj_entries entries = {.node = object};
	const hj_position *keys = dictionary ? dictionary->keys : NULL;
	uint32_t end = bind->nodes[object].next, count = 0;
	for (uint32_t at = hj_node_first(object); at < end;
		at = bind->nodes[bind->nodes[at].next].next)
		count += kind_of(bind, at) == HJ_STRING;
	entries.items = room(bind, count, sizeof *entries.items);
	if (!entries.items)
		return entries;
	for (uint32_t at = hj_node_first(object); at < end;
		at = bind->nodes[bind->nodes[at].next].next) {
		if (kind_of(bind, at) != HJ_STRING)
			continue;
		hj_entry *entry = &entries.items[entries.count++];
		*entry = (hj_entry){.name = word_of(bind, at, keys), .value = bind->nodes[at].next};
		bind_entry(bind, dictionary ? dictionary->item : NULL, entry);
	}
	return entries;
}

/* Room for the records of a list; they are read next. */
static void bind_rows(binder *bind, uint32_t array, const hj_type *type, void *to)
{
	size_t size = type->item->size;
	rows list = {.node = array};
	uint32_t count = count_of(bind, array, HJ_OBJECT);
	list.items = room(bind, count, size);
	if (list.items) {
		list.count = count;
		memset(list.items, 0, count * size);
		enter(bind, array, type, list.items);
	}
	memcpy(to, &list, sizeof list);
}

static void bind_record(binder *bind, uint32_t object, const hj_type *type, void *to)
{
	if (type->entries) {
		*(hj_entries *)to = entries_of(bind, object, NULL);
		return;
	}
	*(uint32_t *)to = object;
	if (type->size)
		enter(bind, object, type, to);
}

/* A value that fits its type. */
static void bind_value(binder *bind, uint32_t node, const hj_type *type, void *to)
{
	switch (type->kind) {
	case HJ_ANYTHING:
	case HJ_QUANTITY: *(uint32_t *)to = node; break;
	case HJ_TEXT: *(hj_word *)to = word_of(bind, node, position_of(type)); break;
	case HJ_SWITCH: *(hj_flag *)to = (hj_flag){node, kind_of(bind, node) == HJ_TRUE}; break;
	case HJ_LIST:
		if (type->item->kind == HJ_RECORD)
			bind_rows(bind, node, type, to);
		else
			*(hj_words *)to = words_of(bind, node, position_of(type));
		break;
	case HJ_DICTIONARY: *(hj_entries *)to = entries_of(bind, node, type); break;
	case HJ_RECORD: bind_record(bind, node, type, to); break;
	}
}

/* The same unless there is a value already: every structure begins with its node. */
static void bind_first(binder *bind, uint32_t node, const hj_type *type, void *to)
{
	if (*(const uint32_t *)to == 0)
		bind_value(bind, node, type, to);
}

/* -- records ----------------------------------------------------------------------------------- */

/* The next member of a record. */
static void bind_field(binder *bind, level *record)
{
	uint32_t name = record->at, value = bind->nodes[name].next;
	char *to = record->to;
	record->at = bind->nodes[value].next;
	if (kind_of(bind, name) != HJ_STRING)
		return;
	hj_slice spelling = hj_string_value(bind->document, name, bind->arena, &bind->ok);
	const hj_field *field = hj_field_find(record->type, spelling);
	if (!field || !hj_type_fits(field->type, kind_of(bind, value)))
		return;
	bind->known_sections += record->type == &hj_policy_type;
	if (field->at == 0)
		return;
	uint32_t *newer = (void *)(to + field->at);
	if (field->alias) {
		uint32_t *older = (void *)(to + field->alias_at);
		if (hj_field_is(field->alias, spelling))
			bind_first(bind, value, field->type, older);
		else if (*newer == *older)
			*newer = 0; /* the newer name goes before the older one */
	}
	bind_first(bind, value, field->type, newer);
}

/* The next element of a list of records. */
static void bind_row(binder *bind, level *list)
{
	uint32_t node = list->at;
	list->at = bind->nodes[node].next;
	if (kind_of(bind, node) != HJ_OBJECT)
		return;
	char *to = list->to;
	list->to += list->type->item->size;
	*(uint32_t *)(void *)to = node;
	enter(bind, node, list->type->item, to);
}

hj_status hj_policy_bind(const hj_document *document, const hj_allocator *allocator, hj_policy *out)
{
	*out = (hj_policy){.document = document};
	hj_arena_init(&out->arena, allocator);
	binder bind = {.document = document,
		.nodes = hj_document_nodes(document),
		.arena = &out->arena,
		.ok = true};
	hj_map_init(&bind.terms, allocator);
	if (kind_of(&bind, 0) == HJ_OBJECT)
		enter(&bind, 0, &hj_policy_type, out);
	while (bind.depth && bind.ok) {
		level *top = &bind.levels[bind.depth - 1];
		if (top->at >= top->end)
			bind.depth--;
		else if (top->type->kind == HJ_LIST)
			bind_row(&bind, top);
		else
			bind_field(&bind, top);
	}
	classify_terms(&bind, out);
	hj_map_free(&bind.terms);
	out->known_sections = bind.known_sections;
	if (bind.ok)
		return HJ_OK;
	hj_policy_free(out);
	return HJ_NO_MEMORY;
}

hj_selector hj_policy_selector(const hj_policy *policy, uint32_t term, hj_slice text)
{
	hj_selector selector = policy->terms[term].selector;
	const char *before = selector.text.data;
	selector.text.data = hj_trim(text).data;
	if (selector.name.data)
		selector.name.data = selector.text.data + (selector.name.data - before);
	return selector;
}

void hj_policy_free(hj_policy *policy)
{
	hj_arena_free(&policy->arena);
	*policy = (hj_policy){.arena.allocator = policy->arena.allocator};
}
