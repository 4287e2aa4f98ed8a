/* Random tailnets; see twin_tailnet.h. */
#include "fuzz/twin_tailnet.h"

#define COUNT(list) ((unsigned)(sizeof(list) / sizeof *(list)))

unsigned twin_below(struct twin_dice *dice, unsigned bound)
{
	if (dice->bytes) {
		if (dice->left == 0)
			return 0;
		dice->left--;
		return *dice->bytes++ % bound;
	}
	/* xorshift64* */
	dice->state ^= dice->state >> 12;
	dice->state ^= dice->state << 25;
	dice->state ^= dice->state >> 27;
	return (unsigned)((dice->state * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % bound;
}

/* One time in `times`. */
static bool once_in(struct twin_dice *dice, unsigned times)
{
	return twin_below(dice, times) == times - 1;
}

#define PICK(dice, list) ((list)[twin_below(dice, COUNT(list))])

static const char *const users[] = {"alice@example.com", "bob@example.com", "carol@example.com",
	"dave@example.org", "eve@example.net"};
static const char *const roles[] = {"member", "admin", "owner", "it-admin", "auditor"};
static const char *const tags[] = {"tag:a", "tag:b", "tag:c"};
static const char *const routes[] = {
	"10.0.0.0/24", "10.0.0.0/16", "10.0.1.0/24", "172.16.0.0/12", "fd00:1::/64", "8.8.8.0/24"};
static const char *const people[] = {"alice@example.com", "bob@example.com", "carol@example.com",
	"dave@example.org", "Alice@Example.com", "group:a", "group:b", "group:none",
	"autogroup:member", "autogroup:admin", "autogroup:owner", "autogroup:it-admin",
	"user:*@example.com"};
static const char *const things[] = {"tag:a", "tag:b", "tag:C", "autogroup:tagged", "node", "six",
	"free", "lan", "wide", "lan6", "ipset:x", "ipset:y", "100.64.0.1", "100.64.0.2",
	"100.64.0.0/30", "100.64.0.0/10", "10.0.0.0/24", "10.0.0.128/25", "10.0.0.0/8", "10.0.0.7",
	"8.8.8.8"};
static const char *const long_things[] = {
	"fd7a:115c:a1e0::1", "fd7a:115c:a1e0::/126", "fd00:1::/48", "2001:4860:4860::8888"};
static const char *const networks[] = {"lan", "wide", "lan6", "10.0.0.0/24", "10.0.0.128/25",
	"10.0.0.0/8", "10.0.0.7", "172.16.0.0/12", "ipset:x", "ipset:y", "autogroup:internet",
	"tag:a"};
static const char *const operands[] = {"10.0.0.0/24", "10.0.0.0/25", "10.0.0.7", "10.0.0.0/8",
	"10.0.0.6-10.0.1.9", "100.64.0.1", "100.64.0.0/30", "fd7a:115c:a1e0::/126", "fd00:1::/48",
	"host:node", "host:lan", "host:lan6", "autogroup:internet"};
static const char *const port_lists[] = {"*", "22", "80-443", "22,80", "1-65535", "53,400-500"};
static const char *const port_protocols[] = {"tcp", "udp", "6", "sctp"};
static const char *const bare_protocols[] = {"icmp", "58", "gre"};
static const char *const ip_items[] = {"*", "22", "80-443", "tcp:22", "tcp:80-443", "tcp:*",
	"udp:53", "icmp:*", "sctp:80", "47:*", "ipv6-icmp:*", "*:80"};
static const char *const postures[] = {
	"posture:mac", "posture:tier", "posture:both", "posture:odd"};

static void comma(hj_text *out, bool *first)
{
	if (!*first)
		hj_text_str(out, ", ");
	*first = false;
}

static void put_quoted(hj_text *out, const char *text, bool *first)
{
	comma(out, first);
	hj_text_printf(out, "\"%s\"", text);
}

/* Some of a list, perhaps none. */
static void put_some(struct twin_dice *dice, hj_text *out, const char *const *list, unsigned count)
{
	bool first = true;
	hj_text_byte(out, '[');
	for (unsigned i = 0; i < count; i++)
		if (once_in(dice, 2))
			put_quoted(out, list[i], &first);
	hj_text_byte(out, ']');
}

/* -- inventories --------------------------------------------------------------------------------- */

static void put_owner(struct twin_dice *dice, hj_text *out)
{
	if (twin_below(dice, 5) < 3) {
		hj_text_printf(out, ", \"user\": \"%s\"", PICK(dice, users));
		return;
	}
	unsigned tag = twin_below(dice, COUNT(tags));
	hj_text_printf(out, ", \"tags\": [\"%s\"", tags[tag]);
	if (once_in(dice, 3))
		hj_text_printf(out, ", \"%s\"", tags[(tag + 1) % COUNT(tags)]);
	hj_text_byte(out, ']');
}

static void put_routes(struct twin_dice *dice, hj_text *out)
{
	bool first = true;
	unsigned advertised = twin_below(dice, 1U << COUNT(routes)),
		 enabled = advertised & twin_below(dice, 1U << COUNT(routes));
	unsigned exits = twin_below(dice, 4); /* bit 0: advertised, then bit 1: enabled */
	hj_text_str(out, ", \"advertisedRoutes\": [");
	for (unsigned i = 0; i < COUNT(routes); i++)
		if (advertised & 1U << i)
			put_quoted(out, routes[i], &first);
	if (exits & 1) {
		put_quoted(out, "0.0.0.0/0", &first);
		put_quoted(out, "::/0", &first);
	}
	hj_text_str(out, "], \"enabledRoutes\": [");
	first = true;
	for (unsigned i = 0; i < COUNT(routes); i++)
		if (enabled & 1U << i)
			put_quoted(out, routes[i], &first);
	if (exits == 3) {
		put_quoted(out, "0.0.0.0/0", &first);
		put_quoted(out, "::/0", &first);
	}
	hj_text_byte(out, ']');
}

static void put_device(struct twin_dice *dice, hj_text *out, unsigned number)
{
	unsigned families = twin_below(dice, 8);
	bool first = true;
	hj_text_printf(out, "\t\t{\"name\": \"d%u\", \"addresses\": [", number);
	if (families != 1 && families != 7) {
		comma(out, &first);
		hj_text_printf(out, "\"100.64.0.%u\"", number);
	}
	if (families != 2 && families != 7) {
		comma(out, &first);
		hj_text_printf(out, "\"fd7a:115c:a1e0::%u\"", number);
	}
	hj_text_byte(out, ']');
	put_owner(dice, out);
	if (once_in(dice, 3))
		put_routes(dice, out);
	hj_text_printf(out, ", \"attributes\": {\"node:os\": \"%s\"",
		once_in(dice, 2) ? "macos" : "linux");
	if (once_in(dice, 2))
		hj_text_printf(out, ", \"custom:tier\": %u", twin_below(dice, 4));
	if (once_in(dice, 2))
		hj_text_printf(out, ", \"custom:ok\": %s", once_in(dice, 2) ? "true" : "false");
	hj_text_str(out, "}},\n");
}

static void put_inventory(struct twin_dice *dice, hj_text *out)
{
	hj_text_str(out, "{\n\t\"tailnet\": \"example.com\",\n\t\"users\": [\n");
	for (unsigned i = 0; i < COUNT(users); i++)
		hj_text_printf(out, "\t\t{\"loginName\": \"%s\", \"role\": \"%s\"%s},\n", users[i],
			PICK(dice, roles), i == 4 ? ", \"type\": \"shared\"" : "");
	hj_text_str(out, "\t],\n\t\"devices\": [\n");
	for (unsigned i = 1, count = twin_below(dice, 7); i <= count; i++)
		put_device(dice, out, i);
	hj_text_str(out, "\t],\n}\n");
}

/* -- policies ------------------------------------------------------------------------------------ */

static void put_set(struct twin_dice *dice, hj_text *out, const char *name, const char *other)
{
	bool first = true, removes = once_in(dice, 2);
	hj_text_printf(out, "\t\t\"%s\": [", name);
	for (unsigned i = 0, count = twin_below(dice, 5); i < count; i++) {
		const char *word = !removes ? "" : once_in(dice, 3) ? "remove " : "add ";
		const char *target = other && once_in(dice, 4) ? other : PICK(dice, operands);
		comma(out, &first);
		hj_text_printf(out, "\"%s%s\"", word, target);
	}
	hj_text_str(out, "],\n");
}

static void put_definitions(struct twin_dice *dice, hj_text *out)
{
	hj_text_str(out, "\t\"groups\": {\"group:none\": [], \"group:a\": ");
	put_some(dice, out, users, COUNT(users));
	hj_text_str(out, ", \"group:b\": ");
	put_some(dice, out, users, COUNT(users));
	hj_text_str(out,
		"},\n\t\"tagOwners\": {\"tag:a\": [], \"tag:b\": [], \"tag:c\": []},\n"
		"\t\"hosts\": {\"node\": \"100.64.0.1\", \"six\": \"fd7a:115c:a1e0::2\", "
		"\"free\": \"100.64.9.9\", \"lan\": \"10.0.0.0/24\", \"wide\": "
		"\"10.0.0.0/8\", \"lan6\": \"fd00:1::/64\"},\n\t\"ipsets\": {\n");
	bool forward = once_in(dice, 2);
	put_set(dice, out, "ipset:x", forward ? "ipset:y" : NULL);
	put_set(dice, out, "ipset:y", forward ? NULL : "ipset:x");
	hj_text_printf(out,
		"\t},\n\t\"postures\": {\n\t\t\"posture:mac\": [\"node:os == 'macos'\"],\n"
		"\t\t\"posture:tier\": [\"custom:tier %s %u\"],\n"
		"\t\t\"posture:both\": [\"custom:ok\", \"custom:tier IN [%u, %u]\"],\n"
		"\t\t\"posture:odd\": [\"%s\"],\n\t},\n",
		PICK(dice, ((const char *const[]){">=", "<", "==", "!="})), twin_below(dice, 4),
		twin_below(dice, 4), twin_below(dice, 4),
		PICK(dice,
			((const char *const[]){"custom:ok NOT SET", "custom:tier IS SET",
				"node:os NOT IN ['macos', 'windows']", "custom:ok == false"})));
	if (once_in(dice, 12))
		hj_text_printf(out, "\t\"defaultSrcPosture\": [\"%s\"],\n", PICK(dice, postures));
	hj_text_str(out, "\t\"autoApprovers\": {\"routes\": {\"10.0.0.0/16\": ");
	put_some(dice, out, tags, COUNT(tags));
	hj_text_str(out, ", \"0.0.0.0/0\": ");
	put_some(dice, out, tags, once_in(dice, 4) ? COUNT(tags) : 0);
	hj_text_str(out, "}, \"exitNode\": ");
	put_some(dice, out, tags, COUNT(tags));
	hj_text_str(out, "},\n");
}

/* What a rule is to be like, so that the service takes it. */
struct plan {
	bool grant, self, via;
};

static void put_source(struct twin_dice *dice, hj_text *out, struct plan plan)
{
	if (plan.self) {
		unsigned at = twin_below(dice, COUNT(people) + !plan.grant);
		hj_text_str(out, at < COUNT(people) ? people[at] : "*");
		return;
	}
	switch (twin_below(dice, 8)) {
	case 0: hj_text_byte(out, '*'); break;
	case 1: hj_text_str(out, PICK(dice, long_things)); break;
	case 2:
		hj_text_str(out, once_in(dice, 2) ? "autogroup:danger-all" : "autogroup:shared");
		break;
	case 3:
	case 4: hj_text_str(out, PICK(dice, things)); break;
	default: hj_text_str(out, PICK(dice, people)); break;
	}
}

static const char *destination(struct twin_dice *dice, struct plan plan)
{
	if (plan.via)
		return PICK(dice, networks);
	if (plan.self && once_in(dice, 2))
		return "autogroup:self";
	switch (twin_below(dice, 8)) {
	case 0: return "*";
	case 1: return "autogroup:internet";
	case 2: return PICK(dice, long_things);
	case 3:
	case 4: return PICK(dice, people);
	default: return PICK(dice, things);
	}
}

static void put_sources(struct twin_dice *dice, hj_text *out, struct plan plan)
{
	hj_text_str(out, "\"src\": [");
	for (unsigned i = 0, count = 1 + twin_below(dice, 3); i < count; i++) {
		hj_text_str(out, i ? ", \"" : "\"");
		put_source(dice, out, plan);
		hj_text_byte(out, '"');
	}
	hj_text_str(out, "], \"dst\": [");
}

static void put_posture(struct twin_dice *dice, hj_text *out)
{
	if (!once_in(dice, 8))
		return;
	hj_text_str(out, ", \"srcPosture\": ");
	put_some(dice, out, postures, COUNT(postures));
}

static void put_acl(struct twin_dice *dice, hj_text *out)
{
	struct plan plan = {.self = once_in(dice, 6)};
	unsigned kind = twin_below(dice, 6);
	hj_text_str(out, "\t\t{\"action\": \"accept\", ");
	if (kind == 4)
		hj_text_printf(out, "\"proto\": \"%s\", ", PICK(dice, port_protocols));
	else if (kind == 5)
		hj_text_printf(out, "\"proto\": \"%s\", ", PICK(dice, bare_protocols));
	put_sources(dice, out, plan);
	for (unsigned i = 0, count = 1 + twin_below(dice, 3); i < count; i++) {
		const char *host = destination(dice, plan);
		const char *ports = kind == 5 ? "*" : PICK(dice, port_lists);
		/* Colons are no ports: an IPv6 address stands in brackets, a prefix need not. */
		bool brackets =
			strchr(host, ':') && strspn(host, "0123456789abcdef:") == strlen(host);
		hj_text_printf(out, "%s\"%s%s%s:%s\"", i ? ", " : "", brackets ? "[" : "", host,
			brackets ? "]" : "", ports);
	}
	hj_text_byte(out, ']');
	put_posture(dice, out);
	hj_text_str(out, "},\n");
}

static void put_grant(struct twin_dice *dice, hj_text *out)
{
	struct plan plan = {.grant = true, .self = once_in(dice, 6)};
	plan.via = !plan.self && once_in(dice, 5);
	bool app = once_in(dice, 10), ip = !app || once_in(dice, 2);
	hj_text_str(out, "\t\t{");
	put_sources(dice, out, plan);
	for (unsigned i = 0, count = 1 + twin_below(dice, 3); i < count; i++) {
		const char *host = destination(dice, plan);
		if (app && strcmp(host, "autogroup:internet") == 0)
			host = "lan";
		hj_text_printf(out, "%s\"%s\"", i ? ", " : "", host);
	}
	hj_text_byte(out, ']');
	if (ip) {
		hj_text_str(out, ", \"ip\": [");
		for (unsigned i = 0, count = 1 + twin_below(dice, 3); i < count; i++)
			hj_text_printf(out, "%s\"%s\"", i ? ", " : "", PICK(dice, ip_items));
		hj_text_byte(out, ']');
	}
	if (app)
		hj_text_str(out, ", \"app\": {\"example.com/cap/x\": [{\"a\": 1}]}");
	if (plan.via)
		hj_text_printf(out, ", \"via\": [\"%s\"]", PICK(dice, tags));
	put_posture(dice, out);
	hj_text_str(out, "},\n");
}

static void put_rules(struct twin_dice *dice, hj_text *out, const char *section,
	void (*put_rule)(struct twin_dice *dice, hj_text *out))
{
	if (once_in(dice, 4))
		return;
	hj_text_printf(out, "\t\"%s\": [\n", section);
	for (unsigned i = 0, count = twin_below(dice, 5); i < count; i++)
		put_rule(dice, out);
	hj_text_str(out, "\t],\n");
}

void twin_tailnet(struct twin_dice *dice, hj_text *policy, hj_text *inventory)
{
	put_inventory(dice, inventory);
	hj_text_str(policy, "{\n");
	put_rules(dice, policy, "acls", put_acl);
	put_rules(dice, policy, "grants", put_grant);
	put_definitions(dice, policy);
	hj_text_str(policy, "}\n");
}
