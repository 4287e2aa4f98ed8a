/* A second reader of compiled policies; see twin_filter.h. */
#include "fuzz/twin_filter.h"

#include "syntax/document.h"
#include "syntax/string.h"

#include <stdio.h>
#include <stdlib.h>

/* A destination: addresses (any where all is set) and ports. */
struct target {
	bool all;
	hj_range range;
	int first, last;
};

struct rule {
	hj_range *sources;
	bool *all; /* the source is "*" */
	struct target *targets;
	int *protocols;
	unsigned source_count, target_count, protocol_count; /* no protocols: none was given */
};

struct node {
	struct rule *rules;
	unsigned count;
};

struct twin_filter {
	struct node *nodes;
	unsigned count;
};

/* -- reading ------------------------------------------------------------------------------------------ */

struct reader {
	const hj_document *document;
	const hj_node *nodes;
};

static void need(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "twin_filter: %s\n", what);
	abort();
}

static void *many(size_t count, size_t size)
{
	void *items = calloc(count ? count : 1, size);
	need(items != NULL, "out of memory");
	return items;
}

static uint32_t member(const struct reader *read, uint32_t object, const char *name)
{
	need(hj_node_kind(&read->nodes[object]) == HJ_OBJECT, "no object");
	for (uint32_t at = object + 1; at < read->nodes[object].next;
		at = read->nodes[read->nodes[at].next].next)
		if (hj_string_equals(read->document, at, hj_slice_str(name)))
			return read->nodes[at].next;
	return 0;
}

static unsigned children(const struct reader *read, uint32_t container)
{
	unsigned count = 0;
	for (uint32_t at = container + 1; at < read->nodes[container].next;
		at = read->nodes[at].next)
		count++;
	return count;
}

static hj_slice raw(const struct reader *read, uint32_t node)
{
	return hj_source_slice(
		hj_document_source(read->document), hj_node_span(&read->nodes[node]));
}

static int number(const struct reader *read, uint32_t node)
{
	hj_slice text = raw(read, node);
	int value = 0;
	need(node && hj_node_kind(&read->nodes[node]) == HJ_NUMBER && text.size < 9, "no number");
	for (size_t i = 0; i < text.size; i++)
		value = value * 10 + (text.data[i] - '0');
	return value;
}

/* "10.0.0.1", "10.0.0.0/8", "10.0.0.1-10.0.0.9"; true: "*". */
static bool address_text(const struct reader *read, uint32_t node, hj_range *out)
{
	need(node && hj_node_kind(&read->nodes[node]) == HJ_STRING, "no string");
	hj_slice quoted = raw(read, node), text = hj_slice_of(quoted.data + 1, quoted.size - 2);
	const char *dash = memchr(text.data, '-', text.size);
	hj_prefix prefix;
	if (hj_slice_equal(text, HJ_SLICE("*")))
		return true;
	if (dash) {
		size_t size = (size_t)(dash - text.data);
		need(hj_address_parse(hj_slice_of(text.data, size), &out->first) &&
				hj_address_parse(
					hj_slice_of(dash + 1, text.size - size - 1), &out->last),
			"no range");
	} else if (hj_prefix_parse(text, &prefix)) {
		*out = hj_prefix_range(prefix);
	} else {
		need(hj_address_parse(text, &out->first), "no address");
		out->last = out->first;
	}
	return false;
}

static void read_rule(const struct reader *read, uint32_t object, struct rule *rule)
{
	uint32_t sources = member(read, object, "SrcIPs"), at;
	uint32_t targets = member(read, object, "DstPorts");
	uint32_t protocols = member(read, object, "IPProto");
	need(sources && (targets || member(read, object, "CapGrant")), "no rule");
	rule->sources = many(children(read, sources), sizeof *rule->sources);
	rule->all = many(children(read, sources), sizeof *rule->all);
	for (at = sources + 1; at < read->nodes[sources].next; at = read->nodes[at].next) {
		unsigned i = rule->source_count++;
		rule->all[i] = address_text(read, at, &rule->sources[i]);
	}
	rule->targets = many(targets ? children(read, targets) : 0, sizeof *rule->targets);
	for (at = targets + 1; targets && at < read->nodes[targets].next;
		at = read->nodes[at].next) {
		struct target *target = &rule->targets[rule->target_count++];
		uint32_t ports = member(read, at, "Ports");
		target->all = address_text(read, member(read, at, "IP"), &target->range);
		target->first = number(read, member(read, ports, "First"));
		target->last = number(read, member(read, ports, "Last"));
	}
	rule->protocols = many(protocols ? children(read, protocols) : 0, sizeof *rule->protocols);
	for (at = protocols + 1; protocols && at < read->nodes[protocols].next;
		at = read->nodes[at].next)
		rule->protocols[rule->protocol_count++] = number(read, at);
}

static void read_node(const struct reader *read, uint32_t object, struct node *node)
{
	uint32_t rules = member(read, object, "packet_filter_rules");
	need(rules, "no packet filter");
	node->rules = many(children(read, rules), sizeof *node->rules);
	for (uint32_t at = rules + 1; at < read->nodes[rules].next; at = read->nodes[at].next)
		read_rule(read, at, &node->rules[node->count++]);
}

struct twin_filter *twin_filter_read(hj_slice text)
{
	hj_source *source = NULL;
	hj_document *document = NULL;
	struct twin_filter *filter = many(1, sizeof *filter);
	need(!hj_source_copy(NULL, NULL, text, &source) && !hj_parse(source, 0, &document) &&
			!hj_document_error(document),
		"no JSON");
	struct reader read = {document, hj_document_nodes(document)};
	uint32_t nodes = member(&read, 0, "nodes");
	need(nodes, "no nodes");
	filter->nodes = many(children(&read, nodes) / 2, sizeof *filter->nodes);
	for (uint32_t at = nodes + 1; at < read.nodes[nodes].next;
		at = read.nodes[read.nodes[at].next].next)
		read_node(&read, read.nodes[at].next, &filter->nodes[filter->count++]);
	hj_document_free(document);
	hj_source_free(source);
	return filter;
}

void twin_filter_free(struct twin_filter *filter)
{
	for (unsigned i = 0; i < filter->count; i++) {
		for (unsigned k = 0; k < filter->nodes[i].count; k++) {
			struct rule *rule = &filter->nodes[i].rules[k];
			free(rule->sources);
			free(rule->all);
			free(rule->targets);
			free(rule->protocols);
		}
		free(filter->nodes[i].rules);
	}
	free(filter->nodes);
	free(filter);
}

/* -- asking ------------------------------------------------------------------------------------------- */

static bool within(hj_address address, hj_range range)
{
	return address.v6 == range.first.v6 && hj_address_compare(address, range.first) >= 0 &&
		hj_address_compare(address, range.last) <= 0;
}

static bool has_source(const struct rule *rule, hj_address from)
{
	for (unsigned i = 0; i < rule->source_count; i++)
		if (rule->all[i] || within(from, rule->sources[i]))
			return true;
	return false;
}

static bool has_protocol(const struct rule *rule, int protocol)
{
	for (unsigned i = 0; i < rule->protocol_count; i++)
		if (rule->protocols[i] == protocol)
			return true;
	return rule->protocol_count == 0 &&
		(protocol == 6 || protocol == 17 || protocol == 1 || protocol == 58);
}

static bool has_target(const struct rule *rule, hj_address to, int protocol, int port)
{
	bool has_ports = protocol == 6 || protocol == 17 || protocol == 132;
	for (unsigned i = 0; i < rule->target_count; i++) {
		const struct target *target = &rule->targets[i];
		if ((target->all || within(to, target->range)) &&
			(!has_ports || (port >= target->first && port <= target->last)))
			return true;
	}
	return false;
}

bool twin_filter_lets(const struct twin_filter *filter, unsigned node, hj_address from,
	hj_address to, int protocol, int port)
{
	for (unsigned i = 0; i < filter->nodes[node].count; i++) {
		const struct rule *rule = &filter->nodes[node].rules[i];
		if (has_source(rule, from) && has_protocol(rule, protocol) &&
			has_target(rule, to, protocol, port))
			return true;
	}
	return false;
}
