#include "engine/inventory_parts.h"

#include <stdlib.h>

/* The wider before what lies in it, then as in the document. */
static int compare(const void *a, const void *b)
{
	const hj_written_route *left = a, *right = b;
	int order = hj_address_compare(left->prefix.address, right->prefix.address);
	if (!order)
		order = (left->prefix.bits > right->prefix.bits) -
			(left->prefix.bits < right->prefix.bits);
	return order ? order : (left->node > right->node) - (left->node < right->node);
}

/* A prefix that is being looked into, with two of the devices that have it. */
typedef struct level {
	hj_range range;
	const hj_written_route *first, *other; /* other: of another device, or NULL */
} level;

/* Of prefixes one in another: one for each length, and one more. */
enum { DEEPEST = 130 };

static void blame(const hj_inventory *inventory, const hj_written_route *narrow,
	const hj_written_route *wide, hj_findings *findings)
{
	const hj_node *nodes = hj_document_nodes(inventory->document);
	hj_text narrower, wider;
	hj_text_init(&narrower, findings->arena.allocator);
	hj_text_init(&wider, findings->arena.allocator);
	hj_prefix_append(&narrower, narrow->prefix);
	hj_prefix_append(&wider, wide->prefix);
	hj_slice name = inventory->devices[wide->device].name;
	if (narrower.status || wider.status)
		findings->status = HJ_NO_MEMORY;
	hj_finding *finding = hj_findings_add(findings, &hj__inventory_rows[V_OVERLAP],
		hj_node_span(&nodes[narrow->node]), "%.*s lies within %.*s of \"%.*s\"",
		(int)narrower.size, narrower.data ? narrower.data : "", (int)wider.size,
		wider.data ? wider.data : "", HJ_SLICE_ARGS(name));
	hj_finding_relate(findings, finding, hj_node_span(&nodes[wide->node]), "the wider route");
	hj_text_free(&narrower);
	hj_text_free(&wider);
}

hj_status hj__find_overlaps(const hj_inventory *inventory, hj_written_route *routes, size_t count,
	hj_findings *findings)
{
	level levels[DEEPEST];
	size_t depth = 0;
	if (count)
		qsort(routes, count, sizeof *routes, compare);
	for (size_t i = 0; i < count; i++) {
		const hj_written_route *route = &routes[i];
		hj_range range = hj_prefix_range(route->prefix);
		while (depth && !hj_range_contains(levels[depth - 1].range, range))
			depth--;
		level *top = depth ? &levels[depth - 1] : NULL;
		if (top && top->first->prefix.bits == route->prefix.bits) {
			if (!top->other && top->first->device != route->device)
				top->other = route;
		} else {
			levels[depth++] = (level){.range = range, .first = route};
		}
		for (size_t k = depth - 1; k-- > 0;) {
			const hj_written_route *wide = levels[k].first;
			if (wide->device == route->device)
				wide = levels[k].other;
			if (!wide)
				continue;
			blame(inventory, route, wide, findings);
			break;
		}
	}
	return findings->status;
}
