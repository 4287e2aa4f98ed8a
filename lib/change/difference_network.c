/*
 * The rules of "acls" and "grants": services, and capabilities of applications.
 */
#include "change/difference_parts.h"

typedef struct reader {
	hj__relation *network, *apps; /* NULL: not wanted */
	unsigned side;
	const hj_words *src; /* of the permit before: permits of one rule have one list */
	uint32_t sources, app_sources;
} reader;

static bool is_self(const hj_policy *policy, const hj_permit *permit)
{
	const hj_selector *dst = &policy->terms[permit->dst.term].selector;
	return dst->kind == HJ_SELECT_AUTOGROUP && dst->autogroup == HJ_AUTOGROUP_SELF;
}

/* "*" is behind either. */
static unsigned routers_of(const hj_policy *policy, const hj_permit *permit)
{
	const hj_selector *dst = &policy->terms[permit->dst.term].selector;
	if (dst->kind == HJ_SELECT_ALL || dst->kind == HJ_SELECT_TEMPLATE)
		return HJ__BY_ROUTE | HJ__BY_EXIT;
	return dst->kind == HJ_SELECT_AUTOGROUP ? HJ__BY_EXIT : HJ__BY_ROUTE;
}

static uint32_t sources_of(hj__relation *relation, unsigned side, const hj_permit *permit)
{
	hj__scene *scene = relation->scene;
	if (permit->src)
		return hj__relation_sources(relation, side, permit->src, HJ__SOURCE);
	return hj__sets_put(scene, &relation->sources, &scene->sides[side].all[HJ__SOURCE], 1);
}

static void add_services(reader *read, hj__tuple tuple, const hj_permit *permit, uint32_t when)
{
	tuple.sources = read->sources;
	for (uint32_t i = 0; i < permit->service_count; i++) {
		tuple.good = hj__good_service(read->network, permit->services[i]);
		hj__relation_add(read->network, read->side, tuple, when);
	}
}

/* A capability with one of its parameters, or none; each element of a list adds to what is there. */
static void add_capability(
	reader *read, hj__tuple tuple, hj_slice name, uint32_t value, uint32_t when)
{
	hj__scene *scene = read->apps->scene;
	const hj_document *document = scene->sides[read->side].world->policy->document;
	uint64_t level = value ? 1 + (uint64_t)hj__json_value(scene, document, value) : 0;
	tuple.good = hj__good_text(
		read->apps, name, hj__with_value(scene, name, document, value), level);
	hj__relation_add(read->apps, read->side, tuple, when);
}

static void add_capabilities(reader *read, hj__tuple tuple, const hj_permit *permit, uint32_t when)
{
	const hj_document *document = read->apps->scene->sides[read->side].world->policy->document;
	const hj_node *nodes = hj_document_nodes(document);
	tuple.sources = read->app_sources;
	for (uint32_t i = 0; permit->app && i < permit->app->count; i++) {
		const hj_entry *entry = &permit->app->items[i];
		const hj_node *value = &nodes[entry->value];
		bool any = false;
		for (uint32_t at = hj_node_first(entry->value);
			hj_node_kind(value) == HJ_ARRAY && at < value->next; at = nodes[at].next) {
			add_capability(read, tuple, hj_trim(entry->name.text), at, when);
			any = true;
		}
		if (!any)
			add_capability(read, tuple, hj_trim(entry->name.text), 0, when);
	}
}

static void add_permit(reader *read, const hj_permit *permit)
{
	hj__relation *any = read->network ? read->network : read->apps;
	hj__scene *scene = any->scene;
	const hj__side *side = &scene->sides[read->side];
	const hj_policy *policy = side->world->policy;
	hj__position position = permit->via->count ? HJ__ROUTED : HJ__DESTINATION;
	hj__tuple tuple = {.node = permit->node, .term = permit->dst.term, .src = permit->src};
	if (permit->kind == HJ_PERMIT_ALL)
		tuple.dst = side->all[HJ__DESTINATION];
	else if (permit->dst.term == 0)
		return;
	else if (is_self(policy, permit))
		tuple.dst = HJ__SELF;
	else
		tuple.dst = side->extents[position][permit->dst.term];
	if (tuple.dst == HJ__SELF && permit->via->count)
		return;
	if (permit->src != read->src || !permit->src) {
		read->src = permit->src;
		if (read->network)
			read->sources = sources_of(read->network, read->side, permit);
		if (read->apps)
			read->app_sources = sources_of(read->apps, read->side, permit);
	}
	uint32_t when = hj__conditions_of(
		scene, read->side, permit->posture, permit->via, routers_of(policy, permit));
	if (read->network)
		add_services(read, tuple, permit, when);
	/* An app with "via" reaches nobody: its destinations are no devices (control plane 7.4). */
	if (read->apps && !permit->via->count)
		add_capabilities(read, tuple, permit, when);
}

void hj__network_rules(hj__relation *network, hj__relation *apps)
{
	hj__scene *scene = (network ? network : apps)->scene;
	for (unsigned side = 0; side < HJ_SIDES && !scene->status; side++) {
		reader read = {.network = network, .apps = apps, .side = side};
		hj_reach *reach;
		uint32_t count = 0;
		if (hj_reach_build(scene->sides[side].world, NULL, scene->allocator, &reach)) {
			scene->status = HJ_NO_MEMORY;
			return;
		}
		const hj_permit *permits = hj_reach_permits(reach, &count);
		for (uint32_t i = 0; i < count && !scene->status; i++)
			add_permit(&read, &permits[i]);
		hj_reach_free(reach);
	}
}
