/*
 * What has no destination: owners of tags, approvers of routes, exit nodes and services, attributes
 * of devices (policy language 3.6, 3.7, 3.9).
 */
#include "change/difference_parts.h"

#include "base/fold.h"

/* The alternatives of what has no condition. */
static uint32_t always(hj__scene *scene, unsigned side)
{
	static const hj_words none;
	return hj__conditions_of(scene, side, &none, &none, 0);
}

static void add(
	hj__relation *relation, unsigned side, uint32_t key, const hj_words *words, uint32_t node)
{
	hj__relation_add(relation, side,
		(hj__tuple){.dst = key,
			.sources = hj__relation_sources(relation, side, words, HJ__DEVICES),
			.node = node,
			.src = words},
		always(relation->scene, side));
}

static hj_slice folded(hj__scene *scene, hj_slice text)
{
	bool ok = true;
	hj_slice out = hj_slice_folded(text, &scene->arena, &ok);
	if (!ok)
		scene->status = HJ_NO_MEMORY;
	return out;
}

/* -- tagOwners ------------------------------------------------------------------------------------ */

static bool is_admin(const hj__atom *atom)
{
	return atom->role == HJ_AUTOGROUP_OWNER || atom->role == HJ_AUTOGROUP_ADMIN ||
		atom->role == HJ_AUTOGROUP_NETWORK_ADMIN;
}

/* Admins and network admins may give every tag (policy language 3.6). */
static uint32_t admins(hj__relation *relation)
{
	hj__scene *scene = relation->scene;
	hj__list *list = &scene->list;
	for (uint32_t i = 0; i < scene->atom_count; i++)
		if (is_admin(&scene->atoms[i]))
			hj__list_add(scene, list, i);
	uint32_t extent = hj__sets_put(scene, &scene->extents, list->items, list->count);
	list->count = 0;
	return hj__sets_put(scene, &relation->sources, &extent, 1);
}

static void add_owners(hj__relation *relation, unsigned side, uint32_t everybody)
{
	hj__scene *scene = relation->scene;
	const hj_world *world = scene->sides[side].world;
	for (uint32_t i = 0; i < world->tag_count && !scene->status; i++) {
		if (world->tags[i].entry == HJ_NONE)
			continue;
		const hj_entry *entry = &world->policy->tag_owners.items[world->tags[i].entry];
		uint32_t key = hj__key_text(relation, world->tags[i].name);
		add(relation, side, key, &entry->words, entry->name.node);
		hj__relation_add(relation, side,
			(hj__tuple){.dst = key, .sources = everybody, .node = entry->name.node},
			always(scene, side));
	}
}

void hj__owner_rules(hj__relation *relation)
{
	uint32_t everybody = admins(relation);
	for (unsigned side = 0; side < HJ_SIDES; side++)
		add_owners(relation, side, everybody);
}

/* -- autoApprovers -------------------------------------------------------------------------------- */

/* "svc:db", or a tag for all services of its devices. */
static uint32_t service_key(hj__relation *relation, hj_slice text)
{
	hj_selector name = hj_selector_parse(folded(relation->scene, hj_trim(text)));
	return name.kind == HJ_SELECT_TAG ? hj__key_phrase(relation, "services of ", name.text)
					  : hj__key_text(relation, name.text);
}

void hj__approver_rules(hj__relation *relation)
{
	hj__scene *scene = relation->scene;
	for (unsigned side = 0; side < HJ_SIDES; side++) {
		const hj_auto_approvers *approvers =
			&scene->sides[side].world->policy->auto_approvers;
		for (uint32_t i = 0; i < approvers->routes.count && !scene->status; i++) {
			const hj_entry *entry = &approvers->routes.items[i];
			hj_selector route = hj_selector_parse(entry->name.text);
			if (route.kind != HJ_SELECT_PREFIX && route.kind != HJ_SELECT_ADDRESS)
				continue;
			hj_prefix prefix = hj_prefix_masked(route.prefix, NULL);
			add(relation, side, hj__key_route(relation, prefix), &entry->words,
				entry->name.node);
		}
		if (approvers->exit_node.count)
			add(relation, side, hj__key_text(relation, HJ_SLICE("exit node")),
				&approvers->exit_node, approvers->exit_node.node);
		for (uint32_t i = 0; i < approvers->services.count && !scene->status; i++) {
			const hj_entry *entry = &approvers->services.items[i];
			add(relation, side, service_key(relation, entry->name.text), &entry->words,
				entry->name.node);
		}
	}
	if (!scene->status)
		hj__keys_nest(relation);
}

/* -- nodeAttrs ------------------------------------------------------------------------------------ */

/* "tailscale.com/app-connectors {…}" */
static void add_app(
	hj__relation *relation, unsigned side, const hj_node_attr *attr, const hj_entry *entry)
{
	hj__scene *scene = relation->scene;
	const hj_document *document = scene->sides[side].world->policy->document;
	const hj_node *nodes = hj_document_nodes(document);
	if (hj_node_kind(&nodes[entry->value]) != HJ_ARRAY)
		return;
	for (uint32_t at = hj_node_first(entry->value);
		at < nodes[entry->value].next && !scene->status; at = nodes[at].next)
		add(relation, side, hj__key_value(relation, entry->name.text, document, at),
			&attr->target, attr->node);
}

static void add_attribute(hj__relation *relation, unsigned side, const hj_node_attr *attr)
{
	hj__scene *scene = relation->scene;
	for (uint32_t i = 0; i < attr->attr.count && !scene->status; i++)
		add(relation, side, hj__key_text(relation, hj_trim(attr->attr.items[i].text)),
			&attr->target, attr->node);
	for (uint32_t i = 0; i < attr->app.count && !scene->status; i++)
		add_app(relation, side, attr, &attr->app.items[i]);
	for (uint32_t i = 0; i < attr->ip_pool.count && !scene->status; i++) {
		hj_selector pool = hj_selector_parse(attr->ip_pool.items[i].text);
		add(relation, side, hj__key_phrase(relation, "an address from ", pool.text),
			&attr->target, attr->node);
	}
}

/* A top-level switch is an attribute of every device (control plane 10, policy language 14). */
static void add_switch(hj__relation *relation, unsigned side, const hj_flag *flag, hj_slice name)
{
	hj__scene *scene = relation->scene;
	uint32_t all = scene->sides[side].all[HJ__DEVICES];
	if (flag->node && flag->value)
		hj__relation_add(relation, side,
			(hj__tuple){.dst = hj__key_text(relation, name),
				.sources = hj__sets_put(scene, &relation->sources, &all, 1),
				.node = flag->node},
			always(scene, side));
}

void hj__attribute_rules(hj__relation *relation)
{
	for (unsigned side = 0; side < HJ_SIDES; side++) {
		const hj_policy *policy = relation->scene->sides[side].world->policy;
		for (uint32_t i = 0; i < policy->node_attrs.count && !relation->scene->status; i++)
			add_attribute(relation, side, &policy->node_attrs.items[i]);
		add_switch(relation, side, &policy->randomize_client_port,
			HJ_SLICE("randomize-client-port"));
		add_switch(relation, side, &policy->disable_ipv4, HJ_SLICE("disable-ipv4"));
	}
}
