#include "policy/rename.h"

#include "base/fold.h"
#include "base/map.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "policy/references.h"
#include "policy/selector.h"

#include <stdlib.h>

/* What can be renamed, and what it is called. */
static const struct {
	hj_selector_kind kind;
	hj_name_kind defined; /* as what the policy defines it */
	const char *noun;
} nouns[] = {
	{HJ_SELECT_TAG, HJ_TAG, "tag"},
	{HJ_SELECT_GROUP, HJ_GROUP, "group"},
	{HJ_SELECT_SYNCED, HJ_NO_NAME, "synced group"},
	{HJ_SELECT_IPSET, HJ_IPSET, "IP set"},
	{HJ_SELECT_POSTURE, HJ_POSTURE, "posture"},
	{HJ_SELECT_SERVICE, HJ_NO_NAME, "service"},
	{HJ_SELECT_USER, HJ_NO_NAME, "user"},
	{HJ_SELECT_WORD, HJ_HOST, "host"},
};
enum { NOUN_COUNT = sizeof nouns / sizeof *nouns };

/* A name as it was given. */
typedef struct named {
	hj_slice text;     /* without "host:" */
	size_t noun;       /* in nouns; NOUN_COUNT: nothing that can be renamed */
	const char *fault; /* of a name that cannot be given */
} named;

/* Where the old name stands, in any letter case. */
typedef struct place {
	uint32_t node;
	size_t at;    /* where the name begins in the string's text */
	bool defines; /* a definition */
	bool ports;   /* before ports */
	hj_slice name;
} place;

typedef struct rename_run {
	const hj_document *document;
	named from, to;
	place *places;
	size_t count, capacity;
	hj_map defined;  /* spellings of the old name that the policy defines */
	bool taken;      /* something else has the new name */
	hj_suggest near; /* to the old one */
	hj_arena arena;
} rename_run;

/* -- names ------------------------------------------------------------------------------------- */

/* What no name may have in it: it would end it somewhere. */
static const char *character_fault(hj_slice name)
{
	for (size_t i = 0; i < name.size; i++) {
		unsigned char byte = (unsigned char)name.data[i];
		if (byte <= ' ' || byte == 0x7F)
			return "a name has no blanks in it";
		if (byte == ',')
			return "a name has no comma in it";
	}
	return hj_utf8_valid(name) ? NULL : "a name is UTF-8";
}

static named read_name(hj_slice text)
{
	hj_selector selector = hj_selector_parse(text);
	if (selector.kind == HJ_SELECT_HOST_PREFIX)
		selector = hj_selector_parse(selector.name);
	named out = {.text = selector.text};
	while (out.noun < NOUN_COUNT && nouns[out.noun].kind != selector.kind)
		out.noun++;
	if (selector.kind == HJ_SELECT_TAG)
		out.fault = hj_tag_fault(selector.text);
	else if (selector.kind == HJ_SELECT_SERVICE)
		out.fault = hj_service_fault(selector.text);
	else if (selector.name.size == 0)
		out.fault = "the name is empty";
	else if (selector.kind != HJ_SELECT_USER &&
		memchr(selector.name.data, ':', selector.name.size))
		out.fault = "a name has no colon in it";
	if (!out.fault)
		out.fault = character_fault(selector.text);
	return out;
}

static hj_status refuse(hj_text *why, hj_status status)
{
	return why->status ? why->status : status;
}

static hj_status check_names(
	const rename_run *run, hj_slice old_name, hj_slice new_name, hj_text *why)
{
	size_t from = run->from.noun, to = run->to.noun;
	if (from == NOUN_COUNT)
		hj_text_printf(why, "\"%.*s\" is nothing that has a name of its own",
			HJ_SLICE_ARGS(old_name));
	else if (from != to && to < NOUN_COUNT)
		hj_text_printf(why, "\"%.*s\" is the name of a %s, \"%.*s\" of a %s",
			HJ_SLICE_ARGS(old_name), nouns[from].noun, HJ_SLICE_ARGS(new_name),
			nouns[to].noun);
	else if (from != to)
		hj_text_printf(why, "\"%.*s\" cannot be the name of a %s", HJ_SLICE_ARGS(new_name),
			nouns[from].noun);
	else if (run->to.fault)
		hj_text_printf(why, "\"%.*s\" cannot be the name of a %s: %s",
			HJ_SLICE_ARGS(new_name), nouns[from].noun, run->to.fault);
	else
		return HJ_OK;
	return refuse(why, HJ_INVALID);
}

/* -- finding ----------------------------------------------------------------------------------- */

/* Is a text one spelling of a name, where it stands? */
static bool is_same(const rename_run *run, hj_slice text, hj_slice name, bool ports)
{
	bool folds = ports || nouns[run->from.noun].kind == HJ_SELECT_TAG;
	return hj_slice_equal(text, name) || (folds && hj_slice_equal_folded(text, name));
}

static hj_status note(rename_run *run, place found)
{
	if (hj_grow(run->arena.allocator, &run->places, &run->capacity, run->count + 1,
		    sizeof *run->places))
		return HJ_NO_MEMORY;
	run->places[run->count++] = found;
	return found.defines ? hj_map_put(&run->defined, found.name, 0, NULL, NULL) : HJ_OK;
}

/* A string that may have one of the names in it. `position` is NULL where it defines something. */
static hj_status look(rename_run *run, uint32_t node, const hj_position *position)
{
	if (hj_node_kind(&hj_document_nodes(run->document)[node]) != HJ_STRING)
		return HJ_OK;
	bool ok = true, ports = position && position->ports;
	hj_slice text = hj_string_value(run->document, node, &run->arena, &ok),
		 name = hj_trim(text);
	if (!ok)
		return HJ_NO_MEMORY;
	if (position && hj_selector_names(text, position, &name) != nouns[run->from.noun].defined)
		return HJ_OK;
	if (hj_selector_parse(name).kind == nouns[run->from.noun].kind)
		hj_suggest_offer(&run->near, name);
	if (hj_slice_equal_folded(name, run->from.text))
		return note(run,
			(place){.node = node,
				.at = (size_t)(name.data - text.data),
				.defines = !position,
				.ports = ports,
				.name = name});
	run->taken |= is_same(run, name, run->to.text, ports);
	return HJ_OK;
}

static hj_status look_at_names(rename_run *run, const hj_stop *stop)
{
	const hj_node *nodes = hj_document_nodes(run->document);
	uint32_t end = nodes[stop->node].next;
	bool defines = stop->type->defines && stop->type->defines == nouns[run->from.noun].defined;
	hj_status status = HJ_OK;
	for (uint32_t at = hj_node_first(stop->node); !status && at < end;
		at = nodes[nodes[at].next].next) {
		if (defines)
			status = look(run, at, NULL);
		else if (stop->type->keys)
			status = look(run, at, stop->type->keys);
	}
	return status;
}

static hj_status look_everywhere(rename_run *run)
{
	hj_walk walk;
	hj_walk_begin(&walk, run->document, &run->arena);
	hj_status status = HJ_OK;
	for (hj_stop stop; !status && hj_walk_next(&walk, &stop);) {
		if (stop.type->position)
			status = look(run, stop.node, stop.type->position);
		else if (stop.type->defines || stop.type->keys)
			status = look_at_names(run, &stop);
	}
	return walk.ok ? status : HJ_NO_MEMORY;
}

/* Is the old name meant? Another spelling is, where case does not count and nothing else has it. */
static bool is_meant(const rename_run *run, const place *at)
{
	if (hj_slice_equal(at->name, run->from.text))
		return true;
	if (!is_same(run, at->name, run->from.text, at->ports))
		return false;
	return nouns[run->from.noun].kind == HJ_SELECT_TAG || !hj_map_get(&run->defined, at->name);
}

/* -- editing ----------------------------------------------------------------------------------- */

/* The text of a string token, perhaps with escapes, without its quotes. */
static void encode(hj_text *out, hj_slice text)
{
	hj_text_clear(out);
	hj_string_encode(text, out);
}

static void edit(rename_run *run, const place *at, hj_text *token, hj_edits *edits)
{
	const hj_node *string = &hj_document_nodes(run->document)[at->node];
	hj_span span = hj_node_span(string);
	if (!(string->bits & HJ_ESCAPED)) {
		/* The value is a view of the source, so the name's place in it is known. */
		span.start += 1 + (uint32_t)at->at;
		span.end = span.start + (uint32_t)at->name.size;
		encode(token, run->to.text);
		if (!token->status)
			hj_edits_add(edits, span, hj_slice_of(token->data + 1, token->size - 2));
		return;
	}
	hj_text text;
	bool ok = true;
	hj_slice old = hj_string_value(run->document, at->node, &run->arena, &ok);
	hj_text_init(&text, run->arena.allocator);
	if (ok) {
		size_t end = at->at + at->name.size;
		hj_text_append(&text, hj_slice_of(old.data, at->at));
		hj_text_append(&text, run->to.text);
		hj_text_append(&text, hj_slice_of(old.data + end, old.size - end));
	}
	encode(token, hj_text_slice(&text));
	if (!ok || text.status)
		edits->status = HJ_NO_MEMORY;
	else if (!token->status)
		hj_edits_add(edits, span, hj_text_slice(token));
	hj_text_free(&text);
}

static int by_node(const void *a, const void *b)
{
	uint32_t one = ((const place *)a)->node, other = ((const place *)b)->node;
	return one < other ? -1 : one > other;
}

static hj_status edit_places(rename_run *run, hj_edits *edits)
{
	hj_text token;
	hj_text_init(&token, run->arena.allocator);
	/* The names of a dictionary were looked at before what is in it. */
	if (run->count)
		qsort(run->places, run->count, sizeof *run->places, by_node);
	for (size_t i = 0; i < run->count && !token.status && !edits->status; i++)
		if (!hj_slice_equal(run->places[i].name, run->to.text))
			edit(run, &run->places[i], &token, edits);
	hj_status status = token.status ? token.status : edits->status;
	hj_text_free(&token);
	return status;
}

static hj_status rename_all(rename_run *run, hj_edits *edits, hj_text *why)
{
	hj_status status = look_everywhere(run);
	if (status)
		return status;
	size_t kept = 0;
	for (size_t i = 0; i < run->count; i++) {
		if (is_meant(run, &run->places[i]))
			run->places[kept++] = run->places[i];
		else
			run->taken |= is_same(
				run, run->places[i].name, run->to.text, run->places[i].ports);
	}
	run->count = kept;
	const char *noun = nouns[run->from.noun].noun;
	if (kept == 0) {
		hj_text_printf(
			why, "no %s has the name \"%.*s\"", noun, HJ_SLICE_ARGS(run->from.text));
		if (run->near.best.size)
			hj_text_printf(
				why, ", did you mean \"%.*s\"?", HJ_SLICE_ARGS(run->near.best));
		return refuse(why, HJ_NOT_FOUND);
	}
	if (run->taken) {
		hj_text_printf(why, "there is a %s \"%.*s\" already: the two would become one",
			noun, HJ_SLICE_ARGS(run->to.text));
		return refuse(why, HJ_INVALID);
	}
	return edit_places(run, edits);
}

hj_status hj_rename(const hj_document *document, hj_slice old_name, hj_slice new_name,
	hj_edits *edits, hj_text *why)
{
	const hj_allocator *allocator = edits->arena.allocator;
	rename_run run = {
		.document = document, .from = read_name(old_name), .to = read_name(new_name)};
	hj_status status = check_names(&run, old_name, new_name, why);
	if (status)
		return status;
	if (hj_document_error(document))
		return HJ_SYNTAX;
	hj_arena_init(&run.arena, allocator);
	hj_map_init(&run.defined, allocator);
	hj_suggest_begin(&run.near, run.from.text);
	status = rename_all(&run, edits, why);
	hj_free(allocator, run.places, run.capacity * sizeof *run.places);
	hj_map_free(&run.defined);
	hj_arena_free(&run.arena);
	return status;
}
