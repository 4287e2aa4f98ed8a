#include "api/pieces.h"

#include "base/map.h"
#include "format/format.h"
#include "syntax/string.h"

typedef struct comparing {
	hj_pieces *out;
	hj_map places; /* section NUL kind NUL name or value → index in out->items */
	hj_text key;
} comparing;

/* -- texts ------------------------------------------------------------------------------------------- */

static hj_status parse(
	hj_slice text, const hj_allocator *allocator, hj_source **source, hj_document **document)
{
	hj_status status = hj_source_copy(allocator, "policy", text, source);
	if (!status)
		status = hj_parse(*source, HJ_PARSE_FIRST_ERROR, document);
	return !status && hj_document_error(*document) ? HJ_SYNTAX : status;
}

/* Parses a edition twice: the second text has neither comments nor blanks, so that equal values are
   equal bytes. */
static hj_status read_edition(hj_pieces *this, hj_slice text, hj_edition edition)
{
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_text plain;
	hj_text_init(&plain, this->allocator);
	hj_status status = parse(text, this->allocator, &source, &document);
	if (!status)
		status = hj_format(document,
			&(hj_format_options){.style = HJ_MINIMIZED,
				.limit = UINT64_MAX,
				.allocator = this->allocator},
			&plain);
	hj_document_free(document);
	hj_source_free(source);
	if (!status)
		status = parse(hj_text_slice(&plain), this->allocator, &this->sources[edition],
			&this->documents[edition]);
	hj_text_free(&plain);
	return status;
}

/* -- pieces ----------------------------------------------------------------------------------------- */

static hj_slice text_of(const hj_pieces *this, hj_edition edition, uint32_t node)
{
	return hj_source_slice(this->sources[edition],
		hj_node_span(&hj_document_nodes(this->documents[edition])[node]));
}

static hj_status place_of(
	comparing *this, hj_slice section, hj_slice name, char kind, size_t *index)
{
	hj_pieces *out = this->out;
	bool ok = true, known;
	uint32_t *found;
	hj_text_clear(&this->key);
	hj_text_append(&this->key, section);
	hj_text_byte(&this->key, 0);
	hj_text_byte(&this->key, kind);
	hj_text_append(&this->key, name);
	hj_slice key = hj_text_slice(&this->key);
	uint32_t *there = this->key.status ? NULL : hj_map_get(&this->places, key);
	if (there) {
		*index = *there;
		return HJ_OK;
	}
	key = hj_arena_copy(&out->arena, key, &ok);
	hj_status status = this->key.status || !ok
		? HJ_NO_MEMORY
		: hj_grow(out->allocator, &out->items, &out->capacity, out->count + 1,
			  sizeof *out->items);
	if (!status)
		status = hj_map_put(&this->places, key, (uint32_t)out->count, &found, &known);
	if (status)
		return status;
	*index = out->count;
	out->items[out->count++] = (hj_piece){.section = {key.data, section.size},
		.name = {key.data + section.size + 2, kind == 'm' ? name.size : 0},
		.element = kind == 'e'};
	return HJ_OK;
}

static hj_status keep(comparing *this, hj_edition edition, hj_slice section, hj_slice name,
	char kind, hj_slice value)
{
	size_t index = 0;
	hj_status status = place_of(this, section, name, kind, &index);
	if (status)
		return status;
	hj_piece *piece = &this->out->items[index];
	/* A name that stands twice means its last value. */
	piece->counts[edition] = kind == 'e' ? piece->counts[edition] + 1 : 1;
	piece->values[edition] = value;
	return HJ_OK;
}

static hj_status keep_section(comparing *this, hj_edition edition, hj_slice section, uint32_t node)
{
	hj_pieces *out = this->out;
	const hj_node *nodes = hj_document_nodes(out->documents[edition]);
	hj_kind kind = hj_node_kind(&nodes[node]);
	if (kind != HJ_OBJECT && kind != HJ_ARRAY)
		return keep(this, edition, section, (hj_slice){NULL, 0}, 's',
			text_of(out, edition, node));
	hj_status status = HJ_OK;
	bool ok = true;
	for (uint32_t at = hj_node_first(node); at < nodes[node].next && !status;) {
		hj_slice name = text_of(out, edition, at), value = name;
		if (kind == HJ_OBJECT) {
			name = hj_string_value(out->documents[edition], at, &out->arena, &ok);
			at = nodes[at].next;
			value = text_of(out, edition, at);
		}
		at = nodes[at].next;
		status = ok
			? keep(this, edition, section, name, kind == HJ_OBJECT ? 'm' : 'e', value)
			: HJ_NO_MEMORY;
	}
	return status;
}

static hj_status keep_edition(comparing *this, hj_edition edition)
{
	hj_pieces *out = this->out;
	const hj_node *nodes = hj_document_nodes(out->documents[edition]);
	if (hj_node_kind(&nodes[0]) != HJ_OBJECT)
		return keep_section(this, edition, (hj_slice){NULL, 0}, 0);
	hj_status status = HJ_OK;
	bool ok = true;
	for (uint32_t at = hj_node_first(0); at < nodes[0].next && !status;) {
		hj_slice section = hj_string_value(out->documents[edition], at, &out->arena, &ok);
		at = nodes[at].next;
		status = ok ? keep_section(this, edition, section, at) : HJ_NO_MEMORY;
		at = nodes[at].next;
	}
	return status;
}

/* -- what was changed ---------------------------------------------------------------------------------- */

static bool same(const hj_piece *piece, hj_edition a, hj_edition b)
{
	return piece->counts[a] == piece->counts[b] &&
		(!piece->counts[a] || hj_slice_equal(piece->values[a], piece->values[b]));
}

bool hj_piece_changed(const hj_piece *piece, hj_edition edition)
{
	return !same(piece, HJ_EDITION_BASE, edition);
}

bool hj_piece_undone(const hj_piece *piece)
{
	return hj_piece_changed(piece, HJ_EDITION_THEIRS) &&
		!same(piece, HJ_EDITION_THEIRS, HJ_EDITION_OURS);
}

/* Did a edition put an element into a section that the other one did not? */
static bool adds(const hj_piece *piece, hj_edition edition)
{
	hj_edition other = edition == HJ_EDITION_OURS ? HJ_EDITION_THEIRS : HJ_EDITION_OURS;
	return piece->element && piece->counts[edition] > piece->counts[HJ_EDITION_BASE] &&
		!same(piece, edition, other);
}

/* Bit 1: theirs puts elements into the section; bit 2: ours does. */
static hj_status mark_additions(const hj_pieces *this, hj_map *sections)
{
	hj_status status = HJ_OK;
	for (size_t i = 0; i < this->count && !status; i++) {
		const hj_piece *piece = &this->items[i];
		uint32_t bits = (adds(piece, HJ_EDITION_THEIRS) ? 1U : 0U) |
			(adds(piece, HJ_EDITION_OURS) ? 2U : 0U),
			 *found;
		if (!bits)
			continue;
		status = hj_map_put(sections, piece->section, 0, &found, NULL);
		if (!status)
			*found |= bits;
	}
	return status;
}

static bool is_removed(const hj_piece *piece, hj_edition edition)
{
	return piece->counts[edition] < piece->counts[HJ_EDITION_BASE];
}

static hj_status judge(hj_pieces *this)
{
	hj_map sections;
	hj_map_init(&sections, this->allocator);
	hj_status status = mark_additions(this, &sections);
	for (size_t i = 0; i < this->count && !status; i++) {
		hj_piece *piece = &this->items[i];
		bool theirs = hj_piece_changed(piece, HJ_EDITION_THEIRS);
		bool ours = hj_piece_changed(piece, HJ_EDITION_OURS);
		const uint32_t *added = hj_map_get(&sections, piece->section);
		if (piece->element)
			piece->meets = is_removed(piece, HJ_EDITION_THEIRS) &&
				is_removed(piece, HJ_EDITION_OURS) && added && *added == 3;
		else
			piece->meets =
				theirs && ours && !same(piece, HJ_EDITION_THEIRS, HJ_EDITION_OURS);
		this->theirs += theirs;
		this->ours += ours;
		this->met += piece->meets;
	}
	hj_map_free(&sections);
	return status;
}

hj_status hj_pieces_compare(
	const hj_slice texts[HJ_EDITIONS], const hj_allocator *allocator, hj_pieces *out)
{
	*out = (hj_pieces){.allocator = allocator};
	hj_arena_init(&out->arena, allocator);
	comparing this = {.out = out};
	hj_map_init(&this.places, allocator);
	hj_text_init(&this.key, allocator);
	hj_status status = HJ_OK;
	for (unsigned i = 0; i < HJ_EDITIONS && !status; i++)
		status = read_edition(out, texts[i], (hj_edition)i);
	for (unsigned i = 0; i < HJ_EDITIONS && !status; i++)
		status = keep_edition(&this, (hj_edition)i);
	if (!status)
		status = judge(out);
	hj_text_free(&this.key);
	hj_map_free(&this.places);
	return status;
}

void hj_pieces_free(hj_pieces *pieces)
{
	for (unsigned i = 0; i < HJ_EDITIONS; i++) {
		hj_document_free(pieces->documents[i]);
		hj_source_free(pieces->sources[i]);
	}
	hj_free(pieces->allocator, pieces->items, pieces->capacity * sizeof *pieces->items);
	hj_arena_free(&pieces->arena);
}
