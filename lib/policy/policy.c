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

typedef struct binder {
	hj_walk walk;
	const hj_document *document;
	const hj_node *nodes;
	hj_policy *policy;
	hj_map terms; /* the text of a selector → its term */
	bool ok;      /* false: memory was out */
	/*
	 * Where the children of each level of the walk go: a record's structure, or where the next
	 * item of a list or dictionary is kept. NULL: nowhere.
	 */
	char *to[HJ_WALK_DEPTH];
} binder;

static hj_kind kind_of(const binder *bind, uint32_t node)
{
	return hj_node_kind(&bind->nodes[node]);
}

/* The name of the next member. */
static uint32_t after(const binder *bind, uint32_t name)
{
	return bind->nodes[bind->nodes[name].next].next;
}

/* Room for some items; NULL also when there are none. */
static void *room(binder *bind, size_t count, size_t size)
{
	if (count == 0 || !bind->ok)
		return NULL;
	void *items = hj_arena_alloc(&bind->policy->arena, count * size);
	if (!items)
		bind->ok = false;
	return items;
}

/* -- selectors --------------------------------------------------------------------------------- */

hj_slice hj_position_selector(const hj_position *position, hj_slice text)
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
static uint32_t term_of(binder *bind, hj_slice selector)
{
	uint32_t next = (uint32_t)bind->terms.count + 1, *term;
	if (selector.size == 0)
		return 0;
	if (!hj_map_put(&bind->terms, selector, next, &term, NULL))
		return *term;
	bind->ok = false;
	return 0;
}

static void classify_terms(binder *bind)
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
	bind->policy->terms = terms;
	bind->policy->term_count = count;
}

static void add_use(binder *bind, hj_use use)
{
	hj_policy *policy = bind->policy;
	if (policy->use_count == policy->use_capacity &&
		hj_grow(policy->arena.allocator, &policy->uses, &policy->use_capacity,
			policy->use_count + 1, sizeof *policy->uses))
		bind->ok = false;
	else
		policy->uses[policy->use_count++] = use;
}

/* Gives the room back that is not needed. */
static void fit_uses(binder *bind)
{
	hj_policy *policy = bind->policy;
	size_t size = policy->use_count * sizeof *policy->uses;
	if (!bind->ok || policy->use_count == 0)
		return;
	void *uses = hj_resize(policy->arena.allocator, policy->uses,
		policy->use_capacity * sizeof *policy->uses, size);
	if (uses) {
		policy->uses = uses;
		policy->use_capacity = policy->use_count;
	} else
		bind->ok = false;
}

/* A string; position is NULL where it is no selector. */
static hj_word word_of(binder *bind, uint32_t node, const hj_position *position)
{
	hj_word word = {.node = node};
	word.text = kind_of(bind, node) == HJ_STRING
		? hj_string_value(bind->document, node, &bind->policy->arena, &bind->ok)
		: hj_source_slice(
			  hj_document_source(bind->document), hj_node_span(&bind->nodes[node]));
	if (position && bind->ok) {
		word.term = term_of(bind, hj_position_selector(position, word.text));
		add_use(bind, (hj_use){node, word.term, position});
	}
	return word;
}

/* -- lists ------------------------------------------------------------------------------------- */

static uint32_t count_of(const binder *bind, uint32_t array, hj_kind kind)
{
	uint32_t count = 0;
	for (uint32_t at = hj_node_first(array); at < bind->nodes[array].next;
		at = bind->nodes[at].next)
		count += kind_of(bind, at) == kind;
	return count;
}

/* Room for the strings of a list, which come next. */
static hj_words words_of(binder *bind, uint32_t array)
{
	hj_words words = {.node = array, .count = count_of(bind, array, HJ_STRING)};
	words.items = room(bind, words.count, sizeof *words.items);
	return words;
}

/* A string where a list belongs. */
static hj_words words_of_one(binder *bind, hj_word word)
{
	hj_words words = {.node = word.node, .count = 1};
	words.items = room(bind, 1, sizeof *words.items);
	if (words.items)
		words.items[0] = word;
	return words;
}

/* Room for the records of a list, which come next. */
static rows rows_of(binder *bind, uint32_t array, size_t size)
{
	rows list = {.node = array, .count = count_of(bind, array, HJ_OBJECT)};
	list.items = room(bind, list.count, size);
	if (list.items)
		memset(list.items, 0, list.count * size);
	return list;
}

/* -- dictionaries ------------------------------------------------------------------------------ */

/* A value that may be anything. */
static void bind_any(binder *bind, hj_entry *entry)
{
	if (kind_of(bind, entry->value) == HJ_STRING)
		entry->word = word_of(bind, entry->value, NULL);
	if (kind_of(bind, entry->value) != HJ_ARRAY)
		return;
	entry->words = words_of(bind, entry->value);
	hj_word *word = entry->words.items;
	uint32_t end = bind->nodes[entry->value].next;
	for (uint32_t at = hj_node_first(entry->value); word && at < end; at = bind->nodes[at].next)
		if (kind_of(bind, at) == HJ_STRING)
			*word++ = word_of(bind, at, NULL);
}

/* The members whose names are strings. Values of a known type come next. */
static hj_entries entries_of(binder *bind, uint32_t object, const hj_type *type)
{
	hj_entries entries = {.node = object};
	bool any = type->kind == HJ_RECORD || type->item->kind == HJ_ANYTHING;
	uint32_t end = bind->nodes[object].next, count = 0;
	for (uint32_t at = hj_node_first(object); at < end; at = after(bind, at))
		count += kind_of(bind, at) == HJ_STRING;
	entries.items = room(bind, count, sizeof *entries.items);
	if (!entries.items)
		return entries;
	for (uint32_t at = hj_node_first(object); at < end; at = after(bind, at)) {
		if (kind_of(bind, at) != HJ_STRING)
			continue;
		hj_entry *entry = &entries.items[entries.count++];
		*entry = (hj_entry){
			.name = word_of(bind, at, type->keys), .value = bind->nodes[at].next};
		if (any)
			bind_any(bind, entry);
	}
	return entries;
}

/* -- where a value goes ------------------------------------------------------------------------ */

/*
 * The first of two values is kept, and of two names the newer one's. What stands under the older
 * name is kept twice: *also is the other place, or NULL.
 */
static char *place_in_record(binder *bind, const hj_stop *stop, char *record, char **also)
{
	const hj_field *field = stop->field;
	uint32_t *newer = (void *)(record + field->at), *place = newer;
	if (field->at == 0)
		return NULL;
	if (field->alias) {
		uint32_t *older = (void *)(record + field->alias_at);
		hj_slice name = hj_string_value(
			bind->document, stop->name, &bind->policy->arena, &bind->ok);
		if (hj_field_is(field->alias, name)) {
			place = older;
			*also = *newer ? NULL : (char *)newer;
		} else if (*newer == *older)
			*newer = 0;
	}
	/* Every structure begins with its node. */
	return *place ? NULL : (char *)place;
}

static char *place_in_dictionary(const binder *bind, const hj_stop *stop, char **next)
{
	hj_entry *entry = (void *)*next;
	if (kind_of(bind, stop->name) != HJ_STRING)
		return NULL;
	while (entry->value != stop->node)
		entry++;
	*next = (char *)entry;
	switch (stop->type->kind) {
	case HJ_TEXT: return (char *)entry;
	case HJ_LIST: return (char *)&entry->words;
	default: return NULL;
	}
}

static char *place_in_list(const hj_type *list, char **next)
{
	char *place = *next;
	*next += list->item->kind == HJ_TEXT ? sizeof(hj_word) : list->item->size;
	return place;
}

/* `within` is where the container's children go. */
static char *place_of(binder *bind, const hj_stop *stop, char **within, char **also)
{
	if (!stop->within)
		return (char *)bind->policy;
	if (!*within)
		return NULL;
	switch (stop->within->kind) {
	case HJ_RECORD: return place_in_record(bind, stop, *within, also);
	case HJ_DICTIONARY: return place_in_dictionary(bind, stop, within);
	default: return place_in_list(stop->within, within);
	}
}

/* -- values ------------------------------------------------------------------------------------ */

/* Selectors are noted even where the text goes nowhere. */
static void bind_text(binder *bind, const hj_stop *stop, char *to)
{
	hj_word word = {0};
	if (to || stop->type->position)
		word = word_of(bind, stop->node, stop->type->position);
	if (!to)
		return;
	bool alone = stop->wanted->kind == HJ_LIST;
	if (stop->within->kind == HJ_DICTIONARY) {
		hj_entry *entry = (void *)to;
		entry->word = word;
		if (alone)
			entry->words = words_of_one(bind, word);
	} else if (alone)
		*(hj_words *)(void *)to = words_of_one(bind, word);
	else
		*(hj_word *)(void *)to = word;
}

static char *bind_list(binder *bind, const hj_stop *stop, char *to)
{
	const hj_type *item = stop->type->item;
	if (!to)
		return NULL;
	if (item->kind == HJ_TEXT) {
		hj_words words = words_of(bind, stop->node);
		memcpy(to, &words, sizeof words);
		return (char *)words.items;
	}
	rows list = rows_of(bind, stop->node, item->size);
	memcpy(to, &list, sizeof list);
	return list.items;
}

static char *bind_dictionary(binder *bind, const hj_stop *stop, char *to)
{
	const hj_type *type = stop->type;
	uint32_t end = bind->nodes[stop->node].next;
	if (to) {
		hj_entries entries = entries_of(bind, stop->node, type);
		memcpy(to, &entries, sizeof entries);
		return (char *)entries.items;
	}
	for (uint32_t at = hj_node_first(stop->node); type->keys && at < end; at = after(bind, at))
		if (kind_of(bind, at) == HJ_STRING)
			word_of(bind, at, type->keys);
	return NULL;
}

static char *bind_record(binder *bind, const hj_stop *stop, char *to)
{
	if (to && stop->type->entries) {
		hj_entries entries = entries_of(bind, stop->node, stop->type);
		memcpy(to, &entries, sizeof entries);
		return NULL;
	}
	/* All but the policy itself begin with their node. */
	if (to && stop->within)
		*(uint32_t *)(void *)to = stop->node;
	return stop->type->size ? to : NULL;
}

/* A value, and where its children will go. */
static char *bind_value(binder *bind, const hj_stop *stop, char *to)
{
	hj_flag flag = {stop->node, kind_of(bind, stop->node) == HJ_TRUE};
	switch (stop->type->kind) {
	case HJ_TEXT: bind_text(bind, stop, to); return NULL;
	case HJ_LIST: return bind_list(bind, stop, to);
	case HJ_DICTIONARY: return bind_dictionary(bind, stop, to);
	case HJ_RECORD: return bind_record(bind, stop, to);
	case HJ_SWITCH:
		if (to)
			memcpy(to, &flag, sizeof flag);
		return NULL;
	case HJ_ANYTHING:
	case HJ_QUANTITY:
		if (to)
			memcpy(to, &stop->node, sizeof stop->node);
		return NULL;
	}
	return NULL;
}

static void bind_stop(binder *bind, const hj_stop *stop)
{
	bool enters = stop->type->kind >= HJ_LIST;
	char **within = &bind->to[bind->walk.depth - enters - (stop->within ? 1 : 0)];
	char *also = NULL, *to = place_of(bind, stop, within, &also);
	char *inside = bind_value(bind, stop, to);
	if (also)
		memcpy(also, to,
			stop->wanted->kind == HJ_LIST ? sizeof(hj_words) : sizeof(hj_word));
	if (enters)
		bind->to[bind->walk.depth - 1] = inside;
	bind->policy->known_sections += stop->within == &hj_policy_type;
}

/* ---------------------------------------------------------------------------------------------- */

hj_status hj_policy_bind(const hj_document *document, const hj_allocator *allocator, hj_policy *out)
{
	*out = (hj_policy){.document = document};
	hj_arena_init(&out->arena, allocator);
	binder bind = {.document = document,
		.nodes = hj_document_nodes(document),
		.policy = out,
		.ok = true};
	hj_map_init(&bind.terms, allocator);
	hj_walk_begin(&bind.walk, document, &out->arena);
	for (hj_stop stop; bind.ok && hj_walk_next(&bind.walk, &stop);)
		bind_stop(&bind, &stop);
	out->regular = bind.walk.regular;
	classify_terms(&bind);
	hj_map_free(&bind.terms);
	fit_uses(&bind);
	if (bind.ok && bind.walk.ok)
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
	const hj_allocator *allocator = policy->arena.allocator;
	hj_free(allocator, policy->uses, policy->use_capacity * sizeof *policy->uses);
	hj_arena_free(&policy->arena);
	*policy = (hj_policy){.arena.allocator = allocator};
}
