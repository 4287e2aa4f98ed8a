/*
 * Relations: the rules of both sides as tuples, of one plane.
 */
#include "change/difference_parts.h"

#include "syntax/inline.h"

#include <stdlib.h>

void hj__relation_init(hj__relation *relation, hj__scene *scene, hj_plane plane)
{
	*relation = (hj__relation){.scene = scene, .plane = plane};
	hj_map_init(&relation->names, scene->allocator);
	hj__sets_init(scene, &relation->sources);
	hj__sets_init(scene, &relation->contents);
	hj__sets_init(scene, &relation->lists);
}

void hj__relation_free(hj__relation *relation)
{
	hj__scene *scene = relation->scene;
	for (size_t i = 0; i < relation->good_count; i++)
		hj_services_free(&relation->goods[i].services);
	hj_free(scene->allocator, relation->goods,
		relation->good_capacity * sizeof *relation->goods);
	hj_free(scene->allocator, relation->keys, relation->key_capacity * sizeof *relation->keys);
	hj_map_free(&relation->names);
	hj__sets_free(scene, &relation->sources);
	for (int i = 0; i < HJ_SIDES; i++)
		hj_free(scene->allocator, relation->sides[i].items,
			relation->sides[i].capacity * sizeof *relation->sides[i].items);
	hj_free(scene->allocator, relation->shapes,
		relation->shape_capacity * sizeof *relation->shapes);
	hj__sets_free(scene, &relation->contents);
	hj__sets_free(scene, &relation->lists);
	hj_free(scene->allocator, relation->pieces,
		relation->piece_capacity * sizeof *relation->pieces);
}

uint32_t hj__relation_sources(
	hj__relation *relation, unsigned side, const hj_words *words, hj__position position)
{
	hj__scene *scene = relation->scene;
	hj__list *list = &scene->list;
	for (uint32_t i = 0; i < words->count && !scene->status; i++)
		if (words->items[i].term)
			hj__list_add(scene, list,
				scene->sides[side].extents[position][words->items[i].term]);
	hj__list_settle(list);
	uint32_t sources = hj__sets_put(scene, &relation->sources, list->items, list->count);
	list->count = 0;
	return sources;
}

void hj__relation_add(hj__relation *relation, unsigned side, hj__tuple tuple, uint32_t alternatives)
{
	hj__scene *scene = relation->scene;
	hj__tuples *tuples = &relation->sides[side];
	if (scene->status || relation->sources.items[tuple.sources].count == 0)
		return;
	hj_ids conditions = scene->alternatives.items[alternatives];
	for (uint32_t i = 0; i < conditions.count; i++) {
		if (!hj__scene_grow(scene, &tuples->items, &tuples->capacity, tuples->count,
			    sizeof *tuples->items))
			return;
		tuple.condition = conditions.items[i];
		tuples->items[tuples->count++] = tuple;
	}
}

hj_slice hj__with_value(
	hj__scene *scene, hj_slice name, const hj_document *document, uint32_t value)
{
	hj_text text;
	bool ok = true;
	hj_text_init(&text, scene->allocator);
	hj_text_append(&text, hj_trim(name));
	if (value) {
		hj_text_byte(&text, ' ');
		ok = !hj_inline_append(&text, document, value);
	}
	hj_slice shown = hj_arena_copy(&scene->arena, hj_text_slice(&text), &ok);
	if (!ok || text.status)
		scene->status = HJ_NO_MEMORY;
	hj_text_free(&text);
	return shown;
}

/* -- goods and keys ------------------------------------------------------------------------------- */

/* The index of a name among `count`, which is the next when it is new. The name is kept. */
static uint32_t index_of(hj__relation *relation, hj_text *name, size_t count, bool *fresh)
{
	hj__scene *scene = relation->scene;
	const uint32_t *found = hj_map_get(&relation->names, hj_text_slice(name));
	bool ok = true;
	*fresh = false;
	if (found && !name->status)
		return *found;
	hj_slice kept = hj_arena_copy(&scene->arena, hj_text_slice(name), &ok);
	if (name->status || !ok || hj_map_put(&relation->names, kept, (uint32_t)count, NULL, NULL))
		scene->status = HJ_NO_MEMORY;
	*fresh = !scene->status;
	return (uint32_t)count;
}

static uint32_t add_good(hj__relation *relation, hj_text *name, hj__good good)
{
	hj__scene *scene = relation->scene;
	bool fresh;
	uint32_t at = index_of(relation, name, relation->good_count, &fresh);
	hj_text_free(name);
	if (!fresh ||
		!hj__scene_grow(scene, &relation->goods, &relation->good_capacity,
			relation->good_count, sizeof *relation->goods))
		return at;
	hj_services_init(&good.services, scene->allocator);
	if (relation->plane == HJ_PLANE_NETWORK &&
		hj_services_add(&good.services, &good.service, 1))
		scene->status = HJ_NO_MEMORY;
	relation->goods[relation->good_count++] = good;
	return at;
}

uint32_t hj__good_service(hj__relation *relation, hj_service service)
{
	hj_text name;
	hj_text_init(&name, relation->scene->allocator);
	if (service.protocol >= 0 && !hj_protocol_has_ports((uint8_t)service.protocol))
		service.ports = (hj_ports){0, 65535};
	hj_text_printf(
		&name, "%d %u %u", service.protocol, service.ports.first, service.ports.last);
	return add_good(relation, &name, (hj__good){.service = service});
}

uint32_t hj__good_text(hj__relation *relation, hj_slice id, hj_slice text, uint64_t level)
{
	hj_text name;
	hj_text_init(&name, relation->scene->allocator);
	hj_text_append(&name, hj_slice_of((const char *)&level, sizeof level));
	hj_text_append(&name, id);
	return add_good(relation, &name, (hj__good){.text = text, .level = level});
}

static uint32_t add_key(hj__relation *relation, hj_text *name, hj__key key)
{
	hj__scene *scene = relation->scene;
	bool fresh;
	uint32_t at = index_of(relation, name, relation->key_count, &fresh);
	hj_text_free(name);
	if (fresh &&
		hj__scene_grow(scene, &relation->keys, &relation->key_capacity, relation->key_count,
			sizeof *relation->keys))
		relation->keys[relation->key_count++] = key;
	return at | HJ__KEY;
}

uint32_t hj__key_text(hj__relation *relation, hj_slice text)
{
	hj_text name;
	hj_text_init(&name, relation->scene->allocator);
	hj_text_byte(&name, 'k');
	hj_text_append(&name, text);
	return add_key(relation, &name, (hj__key){.text = text, .wider = HJ_NONE});
}

uint32_t hj__key_value(
	hj__relation *relation, hj_slice of, const hj_document *document, uint32_t node)
{
	hj__scene *scene = relation->scene;
	hj_text name;
	hj_text_init(&name, scene->allocator);
	hj_text_printf(&name, "v%u ", hj__json_value(scene, document, node));
	hj_text_append(&name, hj_trim(of));
	hj_slice shown = hj__with_value(scene, of, document, node);
	return add_key(relation, &name, (hj__key){.text = shown, .wider = HJ_NONE});
}

uint32_t hj__key_phrase(hj__relation *relation, const char *words, hj_slice text)
{
	hj_text name;
	hj_text_init(&name, relation->scene->allocator);
	hj_text_str(&name, words);
	hj_text_append(&name, text);
	bool ok = true;
	hj_slice shown = hj_arena_copy(&relation->scene->arena, hj_text_slice(&name), &ok);
	if (!ok)
		relation->scene->status = HJ_NO_MEMORY;
	return add_key(relation, &name, (hj__key){.text = shown, .wider = HJ_NONE});
}

uint32_t hj__key_route(hj__relation *relation, hj_prefix prefix)
{
	hj_text name, text;
	bool ok = true;
	hj_text_init(&name, relation->scene->allocator);
	hj_text_init(&text, relation->scene->allocator);
	hj_prefix_append(&text, prefix);
	hj_slice kept = hj_arena_copy(&relation->scene->arena, hj_text_slice(&text), &ok);
	if (text.status || !ok)
		relation->scene->status = HJ_NO_MEMORY;
	hj_text_free(&text);
	hj_text_byte(&name, 'r');
	hj_text_append(&name, kept);
	return add_key(relation, &name,
		(hj__key){.text = kept, .prefix = prefix, .route = true, .wider = HJ_NONE});
}

typedef struct nested {
	hj_prefix prefix;
	uint32_t key;
} nested;

static int by_prefix(const void *a, const void *b)
{
	const nested *one = a, *other = b;
	int order = hj_address_compare(one->prefix.address, other->prefix.address);
	return order ? order : (int)one->prefix.bits - (int)other->prefix.bits;
}

void hj__keys_nest(hj__relation *relation)
{
	size_t count = 0;
	nested *routes = hj__scene_room(relation->scene, relation->key_count, sizeof *routes);
	for (uint32_t i = 0; routes && i < relation->key_count; i++)
		if (relation->keys[i].route)
			routes[count++] = (nested){relation->keys[i].prefix, i};
	if (count)
		qsort(routes, count, sizeof *routes, by_prefix);
	for (size_t i = 1; i < count; i++) {
		uint32_t at = routes[i - 1].key;
		hj_range range = hj_prefix_range(routes[i].prefix);
		while (at != HJ_NONE &&
			!hj_range_contains(hj_prefix_range(relation->keys[at].prefix), range))
			at = relation->keys[at].wider;
		relation->keys[routes[i].key].wider = at;
	}
}
