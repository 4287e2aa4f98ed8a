/*
 * Reach and logins against what devices received in the recordings (control plane 16): a flow between
 * devices, or to an address behind a router, is allowed when the packet filter of whoever has the
 * destination says so, and a login when the SSH rules of the destination do.
 */
#include "engine/login.h"

#include "testdata/support/scenario.h"

#include <criterion/criterion.h>

enum { MOST_RULES = 4096, MOST_PARTS = 1 << 16 };

typedef struct port_range {
	uint16_t first, last;
} port_range;

/* A rule that a device received; what is in it are stretches of the arrays of `filters`. */
typedef struct filter_rule {
	uint32_t device;
	uint32_t sources, source_count, ports, port_count;
	int protocols[4];
	unsigned protocol_count; /* 0: those of a rule without any */
} filter_rule;

typedef struct filters {
	filter_rule rules[MOST_RULES];
	uint32_t count;
	hj_range ranges[MOST_PARTS]; /* of sources and of destinations */
	port_range ports[MOST_PARTS];
	uint32_t range_count;
} filters;

static filters received;

typedef struct tailnet {
	const struct scenario *one;
	hj_policy policy;
	hj_inventory inventory;
	hj_findings findings;
	hj_world world;
	hj_reach *reach;
	bool captured[64];
} tailnet;

static const hj_range everything[2] = {
	{{0, 0, false}, {0, UINT32_MAX, false}},
	{{0, 0, true}, {UINT64_MAX, UINT64_MAX, true}},
};

/* -- what was recorded ---------------------------------------------------------------------------- */

static void add_range(hj_slice text, port_range ports)
{
	hj_selector selector = hj_selector_parse(text);
	cr_assert_lt(received.range_count + 2, MOST_PARTS);
	if (selector.kind == HJ_SELECT_ALL) {
		for (int i = 0; i < 2; i++) {
			received.ports[received.range_count] = ports;
			received.ranges[received.range_count++] = everything[i];
		}
		return;
	}
	cr_assert(selector.kind == HJ_SELECT_ADDRESS || selector.kind == HJ_SELECT_PREFIX ||
			selector.kind == HJ_SELECT_RANGE,
		"%.*s", (int)text.size, text.data);
	received.ports[received.range_count] = ports;
	received.ranges[received.range_count++] = selector.range;
}

static hj_slice string_of(const golden_file *file, uint32_t node)
{
	hj_slice token = hj_source_slice(
		file->source, hj_node_span(&hj_document_nodes(file->document)[node]));
	return hj_slice_of(token.data + 1, token.size - 2);
}

static int number_of(const golden_file *file, uint32_t node)
{
	hj_slice token = hj_source_slice(
		file->source, hj_node_span(&hj_document_nodes(file->document)[node]));
	return (int)strtol(token.data, NULL, 10);
}

static void read_rule(const golden_file *file, uint32_t device, uint32_t node)
{
	const hj_node *nodes = hj_document_nodes(file->document);
	uint32_t sources = golden_find(file, node, "SrcIPs"),
		 ports = golden_find(file, node, "DstPorts"),
		 protocols = golden_find(file, node, "IPProto");
	if (!ports)
		return;
	cr_assert_lt(received.count, MOST_RULES);
	filter_rule *rule = &received.rules[received.count++];
	*rule = (filter_rule){.device = device, .sources = received.range_count};
	for (uint32_t i = sources + 1; i < nodes[sources].next; i = nodes[i].next)
		add_range(string_of(file, i), (port_range){0});
	rule->source_count = received.range_count - rule->sources;
	rule->ports = received.range_count;
	for (uint32_t i = ports + 1; i < nodes[ports].next; i = nodes[i].next) {
		uint32_t range = golden_find(file, i, "Ports");
		add_range(string_of(file, golden_find(file, i, "IP")),
			(port_range){(uint16_t)number_of(file, golden_find(file, range, "First")),
				(uint16_t)number_of(file, golden_find(file, range, "Last"))});
	}
	rule->port_count = received.range_count - rule->ports;
	for (uint32_t i = protocols + 1; protocols && i < nodes[protocols].next; i = nodes[i].next)
		rule->protocols[rule->protocol_count++] = number_of(file, i);
}

static uint32_t device_named(const tailnet *net, hj_slice name)
{
	uint32_t device = hj_inventory_device(&net->inventory, name);
	cr_assert_neq(device, HJ_NONE);
	return device;
}

static void read_filters(tailnet *net)
{
	const golden_file *file = &net->one->file;
	const hj_node *nodes = hj_document_nodes(file->document);
	uint32_t want = net->one->want;
	received.count = received.range_count = 0;
	for (uint32_t name = want + 1; name < nodes[want].next;) {
		uint32_t device = device_named(net, string_of(file, name));
		uint32_t rules = golden_find(file, nodes[name].next, "packet_filter_rules");
		net->captured[device] = true;
		for (uint32_t i = rules + 1; i < nodes[rules].next; i = nodes[i].next)
			read_rule(file, device, i);
		name = nodes[nodes[name].next].next;
	}
}

static bool open_tailnet(tailnet *net, const struct scenario *one)
{
	if (one->code != 200 || !one->want || !one->inventory)
		return false;
	*net = (tailnet){.one = one};
	hj_findings_init(&net->findings, NULL);
	cr_assert_eq(hj_policy_bind(one->policy, NULL, &net->policy), HJ_OK);
	cr_assert_eq(
		hj_inventory_bind(one->inventory, NULL, &net->findings, &net->inventory), HJ_OK);
	cr_assert_eq(
		hj_world_build(&net->policy, &net->inventory, (hj_slice){0}, NULL, &net->world),
		HJ_OK);
	cr_assert_eq(hj_reach_build(&net->world, NULL, NULL, &net->reach), HJ_OK);
	cr_assert_leq(net->world.device_count, 64);
	read_filters(net);
	return true;
}

static void close_tailnet(tailnet *net)
{
	hj_reach_free(net->reach);
	hj_world_free(&net->world);
	hj_inventory_free(&net->inventory);
	hj_findings_free(&net->findings);
	hj_policy_free(&net->policy);
}

/* -- flows ---------------------------------------------------------------------------------------- */

/* A device, or an address that is nobody's. */
typedef struct place {
	hj_subject subject;
	hj_address addresses[4];
	uint32_t count;
} place;

static place device_place(const tailnet *net, uint32_t index)
{
	const hj_device *device = &net->inventory.devices[index];
	place out = {.subject = {.kind = HJ_SUBJECT_DEVICE, .index = index, .name = device->name}};
	for (; out.count < device->address_count; out.count++)
		out.addresses[out.count] = device->addresses[out.count];
	return out;
}

static place address_place(hj_address address)
{
	return (place){.subject = {.kind = HJ_SUBJECT_RANGE,
			       .index = HJ_NONE,
			       .range = {address, address}},
		.addresses = {address},
		.count = 1};
}

static bool has_any(const hj_range *ranges, uint32_t count, const place *at)
{
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t j = 0; j < at->count; j++)
			if (hj_range_contains(
				    ranges[i], (hj_range){at->addresses[j], at->addresses[j]}))
				return true;
	return false;
}

static bool has_protocol(const filter_rule *rule, int protocol)
{
	for (unsigned i = 0; i < rule->protocol_count; i++)
		if (rule->protocols[i] == protocol)
			return true;
	return rule->protocol_count == 0 && (protocol == 6 || protocol == 17);
}

static bool lets_through(
	const filter_rule *rule, const place *from, const place *to, int protocol, int port)
{
	if (!has_protocol(rule, protocol) ||
		!has_any(received.ranges + rule->sources, rule->source_count, from))
		return false;
	for (uint32_t i = rule->ports; i < rule->ports + rule->port_count; i++)
		if (received.ports[i].first <= port && port <= received.ports[i].last &&
			has_any(&received.ranges[i], 1, to))
			return true;
	return false;
}

/* By the filter of the device, or of those that route the address. */
static bool recorded(const tailnet *net, const place *from, const place *to, int protocol, int port)
{
	for (uint32_t i = 0; i < received.count; i++) {
		const filter_rule *rule = &received.rules[i];
		bool mine =
			to->subject.kind == HJ_SUBJECT_DEVICE && rule->device == to->subject.index;
		const hj_node_device *node = &net->world.devices[rule->device];
		for (uint32_t j = 0;
			!mine && j < node->route_count && to->subject.kind == HJ_SUBJECT_RANGE; j++)
			mine = hj_range_contains(
				hj_prefix_range(node->routes[j]), to->subject.range);
		if (mine && lets_through(rule, from, to, protocol, port))
			return true;
	}
	return false;
}

typedef struct tally {
	unsigned asked, allowed, wrong;
	hj_text first; /* the first wrong answer */
} tally;

static void compare_flow(
	tailnet *net, tally *sum, const place *from, const place *to, int protocol, int port)
{
	hj_verdict verdict;
	cr_assert_eq(hj_reach_to(net->reach, &to->subject, protocol, port, &verdict), HJ_OK);
	bool want = recorded(net, from, to, protocol, port);
	sum->asked++;
	sum->allowed += want;
	if (verdict.allowed == (want ? HJ_YES : HJ_NO))
		return;
	if (sum->wrong++)
		return;
	hj_subject_append(&sum->first, &from->subject);
	hj_text_str(&sum->first, " > ");
	hj_subject_append(&sum->first, &to->subject);
	hj_text_printf(&sum->first, " port %d of %d: got %d, recorded %d", port, protocol,
		(int)verdict.allowed, want);
}

/* Ports that matter: around those of the rules, and others. */
static unsigned choose_ports(int *ports, unsigned room)
{
	unsigned count = 0;
	ports[count++] = 7;
	for (uint32_t i = 0; i < received.count; i++)
		for (uint32_t j = 0; j < received.rules[i].port_count; j++) {
			port_range range = received.ports[received.rules[i].ports + j];
			int near[] = {range.first, range.last, range.last + 1};
			for (unsigned k = 0; k < 3; k++) {
				unsigned at = 0;
				while (at < count && ports[at] != near[k])
					at++;
				if (at == count && count < room && near[k] > 0 && near[k] < 65536)
					ports[count++] = near[k];
			}
		}
	return count;
}

static void compare_from(tailnet *net, tally *sum, const place *from)
{
	int ports[24];
	unsigned port_count = choose_ports(ports, 24);
	hj_origin origin = {.subject = from->subject};
	cr_assert_eq(hj_reach_from(net->reach, &origin), HJ_OK);
	for (uint32_t to = 0; to < net->world.device_count; to++) {
		place device = device_place(net, to);
		const hj_node_device *node = &net->world.devices[to];
		for (unsigned i = 0; i < 2 * port_count && net->captured[to]; i++) {
			int protocol = i % 2 ? 6 : 17;
			compare_flow(net, sum, from, &device, protocol, ports[i / 2]);
			for (uint32_t j = 0; j < node->route_count; j++) {
				hj_range route = hj_prefix_range(node->routes[j]);
				place first = address_place(route.first),
				      last = address_place(route.last);
				compare_flow(net, sum, from, &first, protocol, ports[i / 2]);
				compare_flow(net, sum, from, &last, protocol, ports[i / 2]);
			}
		}
	}
}

/* Every device, and where ranges of sources begin. */
static void compare_flows(tailnet *net, tally *sum)
{
	for (uint32_t i = 0; i < net->world.device_count; i++) {
		place from = device_place(net, i);
		compare_from(net, sum, &from);
	}
	for (uint32_t i = 0; i < received.count; i++)
		for (uint32_t j = 0; j < received.rules[i].source_count && j < 4; j++) {
			place from =
				address_place(received.ranges[received.rules[i].sources + j].first);
			compare_from(net, sum, &from);
		}
}

/* -- logins --------------------------------------------------------------------------------------- */

static bool is_principal(const golden_file *file, uint32_t rule, const place *from)
{
	const hj_node *nodes = hj_document_nodes(file->document);
	uint32_t list = golden_find(file, rule, "principals");
	for (uint32_t i = list + 1; i < nodes[list].next; i = nodes[i].next) {
		hj_selector at = hj_selector_parse(string_of(file, golden_find(file, i, "nodeIP")));
		if (has_any(&at.range, 1, from))
			return true;
	}
	return false;
}

/* Its own entry, or else the star, which is never root's. */
static bool maps_account(const golden_file *file, uint32_t rule, const char *account)
{
	uint32_t users = golden_find(file, rule, "sshUsers"), own;
	own = golden_find(file, users, account);
	if (!own && strcmp(account, "root") != 0)
		own = golden_find(file, users, "*");
	return own && string_of(file, own).size;
}

static hj_login_kind recorded_login(
	const tailnet *net, uint32_t node, const place *from, const char *account)
{
	const golden_file *file = &net->one->file;
	const hj_node *nodes = hj_document_nodes(file->document);
	uint32_t rules = golden_find(file, node, "ssh_rules");
	for (uint32_t i = rules + 1; i < nodes[rules].next; i = nodes[i].next)
		if (is_principal(file, i, from) && maps_account(file, i, account))
			return golden_find(file, golden_find(file, i, "action"), "holdAndDelegate")
				? HJ_LOGIN_CHECK
				: HJ_LOGIN_ACCEPT;
	return HJ_LOGIN_NONE;
}

static void compare_login(
	tailnet *net, tally *sum, uint32_t node, const place *from, const place *to)
{
	static const char *const accounts[] = {"root", "ubuntu", "odin", "thor", "freya", "nobody",
		"deploy", "tag:foo", "localpart:"};
	hj_origin origin = {.subject = from->subject};
	for (size_t i = 0; i < sizeof accounts / sizeof *accounts; i++) {
		hj_login login;
		hj_login_kind want = recorded_login(net, node, from, accounts[i]);
		cr_assert_eq(hj_login_ask(net->reach, &origin, &to->subject,
				     hj_slice_str(accounts[i]), &login),
			HJ_OK);
		sum->asked++;
		sum->allowed += want != HJ_LOGIN_NONE;
		if (login.kind == want && login.allowed == (want ? HJ_YES : HJ_NO))
			continue;
		if (sum->wrong++)
			continue;
		hj_subject_append(&sum->first, &from->subject);
		hj_text_str(&sum->first, " > ");
		hj_subject_append(&sum->first, &to->subject);
		hj_text_printf(&sum->first, " as %s: got %d, recorded %d", accounts[i],
			(int)login.kind, (int)want);
	}
}

static void compare_logins(tailnet *net, tally *sum)
{
	const golden_file *file = &net->one->file;
	const hj_node *nodes = hj_document_nodes(file->document);
	uint32_t want = net->one->want;
	for (uint32_t name = want + 1; name < nodes[want].next;) {
		uint32_t node = nodes[name].next;
		place to = device_place(net, device_named(net, string_of(file, name)));
		for (uint32_t i = 0; i < net->world.device_count; i++) {
			place from = device_place(net, i);
			compare_login(net, sum, node, &from, &to);
		}
		name = nodes[node].next;
	}
}

/* -- all of them ---------------------------------------------------------------------------------- */

typedef void comparison(tailnet *net, tally *sum);

static void compare_all(const char *title, comparison *compare, unsigned least)
{
	struct scenarios all;
	tally sum = {0};
	unsigned total;
	if (!scenarios_begin(&all, title))
		cr_skip_test("HUJSON_SHARED is not set");
	while (scenarios_next(&all)) {
		tailnet net;
		if (!open_tailnet(&net, &all.one))
			continue;
		sum.wrong = 0;
		hj_text_init(&sum.first, NULL);
		compare(&net, &sum);
		scenarios_judge(&all, sum.wrong == 0, "%u wrong, first %s", sum.wrong,
			sum.first.size ? hj_text_string(&sum.first) : "");
		hj_text_free(&sum.first);
		close_tailnet(&net);
	}
	cr_expect(scenarios_end(&all, &total), "%s: not all are as recorded", title);
	cr_expect_gt(sum.allowed, least, "%u of %u", sum.allowed, sum.asked);
	cr_expect_gt(sum.asked - sum.allowed, least, "%u of %u", sum.allowed, sum.asked);
}

Test(reach_recorded, flows_are_those_that_packet_filters_let_through, .timeout = 120)
{
	compare_all("reach", compare_flows, 1000);
}

Test(reach_recorded, logins_are_those_that_ssh_rules_let_in, .timeout = 120)
{
	compare_all("logins", compare_logins, 100);
}
