/* Inputs for the benchmark of the engine; see tailnet_bench.h. */
#include "engine/tailnet_bench.h"

enum { GROUP_SIZE = 8, RULES_A_TAG = 16, FOR_ALL_RULES = 8, TESTS_OF_AN_ENTRY = 10 };

/* Like a random number, and the same for the same place. */
static unsigned scatter(unsigned place, unsigned salt)
{
	uint64_t mixed =
		(place + 1) * UINT64_C(0x9E3779B97F4A7C15) ^ salt * UINT64_C(0xD6E8FEB86659FD93);
	mixed = (mixed ^ mixed >> 32) * UINT64_C(0xD6E8FEB86659FD93);
	return (unsigned)(mixed >> 33);
}

static unsigned groups_of(struct tailnet_size size)
{
	return size.users / 4 + 1;
}

static unsigned tags_of(struct tailnet_size size)
{
	return size.rules / RULES_A_TAG + 1;
}

static unsigned member(struct tailnet_size size, unsigned group, unsigned index)
{
	return (scatter(group, 1) + index * (size.users / GROUP_SIZE + 1)) % size.users;
}

/* -- rules ------------------------------------------------------------------------------------------- */

enum kind { FROM_GROUP, FROM_TAG, FROM_USER, TO_HOST, TO_NETWORK, FOR_ALL };

struct rule {
	enum kind kind;
	unsigned group, user, from, to; /* from and to are tags */
	unsigned port;
	bool grant;
};

static struct rule rule_at(struct tailnet_size size, unsigned at)
{
	unsigned chance = scatter(at, 2) % 100;
	bool for_all = at % (size.rules / FOR_ALL_RULES + 1) == 7;
	return (struct rule){
		.kind = for_all       ? FOR_ALL
			: chance < 60 ? FROM_GROUP
			: chance < 75 ? FROM_TAG
			: chance < 87 ? FROM_USER
			: chance < 93 ? TO_HOST
				      : TO_NETWORK,
		.group = scatter(at, 3) % groups_of(size),
		.user = scatter(at, 4) % size.users,
		.from = scatter(at, 5) % tags_of(size),
		.to = at / RULES_A_TAG,
		.port = 1024 + scatter(at, 6) % 20000,
		.grant = at >= size.rules / 2,
	};
}

static void put_source(hj_text *out, struct rule rule)
{
	switch (rule.kind) {
	case FROM_TAG: hj_text_printf(out, "tag:t%u", rule.from); break;
	case FROM_USER: hj_text_printf(out, "user%u@example.com", rule.user); break;
	case FOR_ALL: hj_text_str(out, "autogroup:member"); break;
	default: hj_text_printf(out, "group:g%u", rule.group); break;
	}
}

static void put_destination(hj_text *out, struct rule rule)
{
	if (rule.kind == TO_HOST)
		hj_text_printf(out, "host%u", rule.to % 500);
	else if (rule.kind == TO_NETWORK)
		hj_text_printf(out, "10.%u.0.0/16", rule.to % 256);
	else
		hj_text_printf(out, "tag:t%u", rule.to);
}

static void put_rule(hj_text *out, struct rule rule)
{
	hj_text_str(out,
		rule.grant ? "\t\t{\"src\": [\"" : "\t\t{\"action\": \"accept\", \"src\": [\"");
	put_source(out, rule);
	hj_text_str(out, "\"], \"dst\": [\"");
	put_destination(out, rule);
	if (rule.grant)
		hj_text_printf(out, "\"], \"ip\": [\"tcp:%u\"]},\n", rule.port);
	else
		hj_text_printf(out, ":%u\"], \"proto\": \"tcp\"},\n", rule.port);
}

/* -- tests: each holds by one rule, or is denied by all, who open no port below 1024 ---------------- */

static void put_test(hj_text *out, struct tailnet_size size, unsigned at)
{
	struct rule rule = rule_at(size, scatter(at, 7) % size.rules);
	hj_text_str(out, "\t\t{\"src\": \"");
	if (rule.kind == FROM_TAG)
		hj_text_printf(out, "tag:t%u", rule.from);
	else
		hj_text_printf(out, "user%u@example.com",
			rule.kind == FROM_USER ? rule.user
					       : member(size, rule.group, at % GROUP_SIZE));
	if (rule.kind == TO_NETWORK)
		hj_text_printf(out, "\", \"accept\": [\"10.%u.7.7:%u\"], \"deny\": [",
			rule.to % 256, rule.port);
	else {
		hj_text_str(out, "\", \"accept\": [\"");
		put_destination(out, rule);
		hj_text_printf(out, ":%u\"], \"deny\": [", rule.port);
	}
	for (unsigned i = 1; i < TESTS_OF_AN_ENTRY; i++)
		hj_text_printf(out, "%s\"tag:t%u:%u\"", i > 1 ? ", " : "",
			scatter(at * TESTS_OF_AN_ENTRY + i, 8) % tags_of(size), 1 + i * 20);
	hj_text_str(out, "]},\n");
}

/* -- the texts --------------------------------------------------------------------------------------- */

static void put_rules(
	hj_text *out, struct tailnet_size size, bool changed, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		struct rule rule = rule_at(size, i);
		rule.port += changed && i % 100 == 50;
		put_rule(out, rule);
	}
}

void tailnet_policy(hj_text *out, struct tailnet_size size, bool changed)
{
	hj_text_str(out, "{\n\t\"groups\": {\n");
	for (unsigned i = 0; i < groups_of(size); i++) {
		hj_text_printf(out, "\t\t\"group:g%u\": [", i);
		for (unsigned k = 0; k < GROUP_SIZE; k++)
			hj_text_printf(
				out, "%s\"user%u@example.com\"", k ? ", " : "", member(size, i, k));
		hj_text_str(out, "],\n");
	}
	hj_text_str(out, "\t},\n\t\"tagOwners\": {\n");
	for (unsigned i = 0; i < tags_of(size); i++)
		hj_text_printf(out, "\t\t\"tag:t%u\": [\"group:g%u\"],\n", i,
			scatter(i, 9) % groups_of(size));
	hj_text_str(out, "\t},\n\t\"hosts\": {\n");
	for (unsigned i = 0; i < 500 && i < tags_of(size); i++)
		hj_text_printf(out, "\t\t\"host%u\": \"172.16.%u.%u\",\n", i, i / 250, 1 + i % 250);
	hj_text_str(out,
		"\t},\n\t\"autoApprovers\": {\"routes\": {\"10.0.0.0/8\": [\"tag:t0\"]}},\n"
		"\t\"acls\": [\n");
	put_rules(out, size, changed, 0, size.rules / 2);
	hj_text_str(out, "\t],\n\t\"grants\": [\n");
	put_rules(out, size, changed, size.rules / 2, size.rules);
	hj_text_str(out, "\t],\n\t\"tests\": [\n");
	for (unsigned i = 0; i < size.assertions / TESTS_OF_AN_ENTRY; i++)
		put_test(out, size, i);
	hj_text_str(out, "\t],\n}\n");
}

void tailnet_inventory(hj_text *out, struct tailnet_size size)
{
	hj_text_str(out, "{\n\t\"tailnet\": \"example.com\",\n\t\"users\": [\n");
	for (unsigned i = 0; i < size.users; i++)
		hj_text_printf(out,
			"\t\t{\"loginName\": \"user%u@example.com\", \"role\": \"%s\"},\n", i,
			i == 0           ? "owner"
				: i % 50 ? "member"
					 : "admin");
	hj_text_str(out, "\t],\n\t\"devices\": [\n");
	for (unsigned i = 0; i < size.devices; i++) {
		hj_text_printf(out,
			"\t\t{\"name\": \"device%u.example.ts.net\", \"addresses\": "
			"[\"100.%u.%u.%u\", \"fd7a:115c:a1e0::%x:%x\"], ",
			i, 64 + (i >> 16), i >> 8 & 255, i & 255, 1 + (i >> 16), i & 0xFFFF);
		if (i % 3 == 0)
			hj_text_printf(out, "\"tags\": [\"tag:t%u\"]", i / 3 % tags_of(size));
		else
			hj_text_printf(out, "\"user\": \"user%u@example.com\"", i % size.users);
		if (i % 100 == 0)
			hj_text_printf(out,
				", \"advertisedRoutes\": [\"10.%u.%u.0/24\"], \"enabledRoutes\": "
				"[\"10.%u.%u.0/24\"]",
				i / 100 % 256, i / 25600, i / 100 % 256, i / 25600);
		hj_text_str(out, "},\n");
	}
	hj_text_str(out, "\t],\n}\n");
}
