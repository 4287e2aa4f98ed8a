#include "lint/advice.h"
#include "lint/lists.h"
#include "policy/operation.h"
#include "policy/ports.h"

enum { NO_BRACKETS, MAPPED, FULL_LENGTH, UNROUTABLE, TAILNET_ADDRESS, PUBLIC, RULE_COUNT };

#define ACL_TO(to)                                                                                 \
	"{\n\t\"acls\": [{\"action\": \"accept\", \"src\": [\"autogroup:member\"], \"dst\": "      \
	"[\"" to "\"]}],\n}\n"

static const hj_rule rules[RULE_COUNT] = {
	[NO_BRACKETS] = {.code = "A081",
		.name = "unbracketed-ipv6",
		.severity = HJ_WARNING_LEVEL,
		.summary = "an IPv6 address with a port stands without brackets",
		.why = "What follows the last colon is the port, even where it looks like the last "
		       "piece of an address. Brackets show where the address ends.",
		.bad = ACL_TO("fd7a:115c:a1e0::10:22"),
		.good = ACL_TO("[fd7a:115c:a1e0::10]:22"),
		.fix = "put the address in brackets"},
	[MAPPED] = {.code = "A082",
		.name = "mapped-ipv4",
		.severity = HJ_WARNING_LEVEL,
		.summary = "an IPv4 address is written as an IPv6 one",
		.why = "::ffff:10.0.0.1 is an IPv6 address to the service. No packet has it; the "
		       "rule matches nothing.",
		.bad = ACL_TO("[::ffff:10.0.0.1]:443"),
		.good = ACL_TO("10.0.0.1:443"),
		.fix = "write the IPv4 address"},
	[FULL_LENGTH] = {.code = "A083",
		.name = "full-length-prefix",
		.severity = HJ_INFO_LEVEL,
		.summary = "a prefix of one address",
		.why = "10.0.0.1/32 is 10.0.0.1. Some write all networks alike; others like it "
		       "short.",
		.bad = ACL_TO("10.0.0.1/32:443"),
		.good = ACL_TO("10.0.0.1:443"),
		.fix = "leave the length out",
		.off = true},
	[UNROUTABLE] = {.code = "A084",
		.name = "unroutable-destination",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a destination that no packet in a tailnet can have",
		.why = "Loopback, link-local and multicast addresses stay on one machine or one "
		       "network. The service takes the rule, and it never matches.",
		.bad = ACL_TO("127.0.0.1/32:443"),
		.good = ACL_TO("autogroup:self:443"),
		.fix = "name the device by its tag, user or address in the tailnet"},
	[TAILNET_ADDRESS] = {.code = "A085",
		.name = "tailnet-address",
		.severity = HJ_INFO_LEVEL,
		.summary = "a device is named by its address in the tailnet",
		.why = "A device gets another address when it is set up anew, and an IPv4 address "
		       "does not include the device's IPv6 address. Tags and host aliases are "
		       "changed in one place.",
		.bad = ACL_TO("100.101.102.103:443"),
		.good = "{\n\t\"hosts\": {\"nas\": \"100.101.102.103\"},\n\t\"acls\": "
			"[{\"action\": "
			"\"accept\", \"src\": [\"autogroup:member\"], \"dst\": "
			"[\"nas:443\"]}],\n}\n",
		.fix = "use a tag, or give the address a name in \"hosts\"",
		.off = true},
	[PUBLIC] = {.code = "A086",
		.name = "public-destination",
		.severity = HJ_INFO_LEVEL,
		.summary = "a destination on the public internet",
		.why = "Traffic to a public address takes the tailnet only where a subnet router "
		       "or "
		       "an app connector announces a route to it. A rule alone changes nothing.",
		.bad = ACL_TO("8.8.8.8:53"),
		.good = ACL_TO("autogroup:internet:*"),
		.fix = "announce a route, or use \"autogroup:internet\" with an exit node",
		.off = true},
};

const hj_rule *hj__address_advice(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

/* -- blocks of addresses ------------------------------------------------------------------------- */

typedef struct block {
	const char *prefix, *noun;
} block;

static const block unroutable[] = {{"127.0.0.0/8", "loopback"}, {"::1/128", "loopback"},
	{"169.254.0.0/16", "link-local"}, {"fe80::/10", "link-local"}, {"224.0.0.0/4", "multicast"},
	{"ff00::/8", "multicast"}};
static const block tailnet[] = {{"100.64.0.0/10", ""}, {"fd7a:115c:a1e0::/48", ""}};
static const block not_public[] = {{"10.0.0.0/8", ""}, {"172.16.0.0/12", ""},
	{"192.168.0.0/16", ""}, {"100.64.0.0/10", ""}, {"fc00::/7", ""}, {"0.0.0.0/8", ""},
	{"192.0.2.0/24", ""}, {"198.18.0.0/15", ""}, {"198.51.100.0/24", ""},
	{"203.0.113.0/24", ""}, {"240.0.0.0/4", ""}, {"2001:db8::/32", ""}, {"::/8", ""}};

enum { UNROUTABLE_BLOCKS = 6, TAILNET_BLOCKS = 2, OTHER_BLOCKS = 13, BLOCKS = 21 };

typedef struct address_check {
	hj_lint_run *run;
	hj_range blocks[BLOCKS]; /* the three lists above, one after the other */
	bool wants[RULE_COUNT];
} address_check;

static void read_blocks(hj_range *out, const block *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		hj_prefix prefix;
		if (hj_prefix_parse(hj_slice_str(list[i].prefix), &prefix))
			out[i] = hj_prefix_range(prefix);
	}
}

/* The index of the block that a range lies in, among `count`; -1: none. */
static int block_of(const hj_range *blocks, int count, hj_range range)
{
	for (int i = 0; i < count; i++)
		if (blocks[i].first.v6 == range.first.v6 && hj_range_contains(blocks[i], range))
			return i;
	return -1;
}

/* -- one address --------------------------------------------------------------------------------- */

static bool is_mapped(hj_address address)
{
	return address.v6 && address.high == 0 && address.low >> 32 == 0xFFFF;
}

static void check_mapped(
	hj_lint_run *run, uint32_t node, const hj_selector *selector, hj_slice part)
{
	hj_prefix prefix = selector->prefix;
	hj_text text;
	hj_finding *finding =
		hj__advise(run, &rules[MAPPED], node, "no packet has an IPv4 address in this form");
	if (prefix.bits < 96)
		return;
	prefix = (hj_prefix){
		{0, prefix.address.low & 0xFFFFFFFF, false}, (uint8_t)(prefix.bits - 96)};
	hj_text_init(&text, run->allocator);
	if (selector->kind == HJ_SELECT_ADDRESS)
		hj_address_append(&text, prefix.address);
	else
		hj_prefix_append(&text, prefix);
	hj__replace_part(run, finding, node, part, hj_text_slice(&text), false);
	hj_text_free(&text);
}

static void check_length(
	hj_lint_run *run, uint32_t node, const hj_selector *selector, hj_slice part)
{
	const char *slash = memrchr(part.data, '/', part.size);
	if (slash && selector->prefix.bits == (selector->prefix.address.v6 ? 128 : 32)) {
		hj_finding *finding =
			hj__advise(run, &rules[FULL_LENGTH], node, "this is one address");
		hj_slice length = hj_slice_of(slash, (size_t)(part.data + part.size - slash));
		/* An IPv6 address before a port needs brackets then. */
		if (!selector->prefix.address.v6)
			hj__replace_part(run, finding, node, length, HJ_SLICE(""), true);
	}
}

static void check_blocks(const address_check *check, uint32_t node, const hj_selector *selector)
{
	hj_lint_run *run = check->run;
	hj_range range = hj_prefix_range(hj_prefix_masked(selector->prefix, NULL));
	int index = block_of(check->blocks, UNROUTABLE_BLOCKS, range);
	if (index >= 0) {
		hj__advise(run, &rules[UNROUTABLE], node, "this is a %s address: it never matches",
			unroutable[index].noun);
		return;
	}
	if (check->wants[TAILNET_ADDRESS] && selector->kind == HJ_SELECT_ADDRESS &&
		block_of(check->blocks + UNROUTABLE_BLOCKS, TAILNET_BLOCKS, range) >= 0)
		hj__advise(run, &rules[TAILNET_ADDRESS], node,
			"a device gets another address when it is set up anew");
	if (check->wants[PUBLIC] && selector->prefix.bits > 0 &&
		block_of(check->blocks + UNROUTABLE_BLOCKS + TAILNET_BLOCKS, OTHER_BLOCKS, range) <
			0 &&
		block_of(check->blocks + UNROUTABLE_BLOCKS, TAILNET_BLOCKS, range) < 0)
		hj__advise(run, &rules[PUBLIC], node,
			"a rule alone does not route traffic to a public address");
}

static bool is_address(const hj_selector *selector)
{
	return selector->kind == HJ_SELECT_ADDRESS || selector->kind == HJ_SELECT_PREFIX;
}

/* `part` is the address as it stands in the string. */
static void check_address(const address_check *check, uint32_t node, const hj_selector *address,
	hj_slice part, bool target)
{
	if (is_mapped(address->prefix.address))
		check_mapped(check->run, node, address, part);
	else if (address->kind == HJ_SELECT_PREFIX)
		check_length(check->run, node, address, part);
	if (target)
		check_blocks(check, node, address);
}

static void check_brackets(
	const address_check *check, const hj_word *word, const hj_hostport *split)
{
	hj_slice text = hj_trim(word->text);
	hj_address whole;
	hj_finding *finding = hj__advise(check->run, &rules[NO_BRACKETS], word->node,
		"\"%.*s\" is port \"%.*s\" of \"%.*s\"", HJ_SLICE_ARGS(text),
		HJ_SLICE_ARGS(split->ports), HJ_SLICE_ARGS(split->host));
	hj_text fixed;
	hj_text_init(&fixed, check->run->allocator);
	hj_text_printf(&fixed, "[%.*s]", (int)split->host.size, split->host.data);
	/* It may be an address whose port was forgotten. */
	hj__replace_part(check->run, finding, word->node, split->host, hj_text_slice(&fixed),
		!hj_address_parse(text, &whole));
	hj_text_free(&fixed);
}

/* Where HOST:PORTS stands. */
static void check_target(
	const address_check *check, const hj_word *word, const hj_selector *address)
{
	hj_hostport split;
	if (!hj_hostport_split(hj_trim(word->text), &split))
		return;
	if (address->kind == HJ_SELECT_ADDRESS && address->prefix.address.v6 && !split.bracketed)
		check_brackets(check, word, &split);
	check_address(check, word->node, address, split.host, true);
}

static hj_status visit(void *context, hj__place place, const hj_words *words)
{
	const address_check *check = context;
	for (uint32_t i = 0; i < words->count; i++) {
		const hj_word *word = &words->items[i];
		const hj_selector *address = &check->run->policy->terms[word->term].selector;
		hj_operation operation;
		if (!is_address(address))
			continue; /* most are names */
		if (place == HJ__ACL_DST)
			check_target(check, word, address);
		else if (place != HJ__IPSET_OPERATION)
			check_address(check, word->node, address, hj_trim(word->text),
				place == HJ__GRANT_DST);
		else if (hj_operation_parse(word->text, &operation))
			check_address(check, word->node, address, operation.target, false);
	}
	return HJ_OK;
}

hj_status hj__check_addresses(hj_lint_run *run)
{
	if (!hj__advises(run))
		return HJ_OK;
	address_check check = {.run = run};
	for (int i = 0; i < RULE_COUNT; i++)
		check.wants[i] = hj__wants(run, &rules[i]);
	read_blocks(check.blocks, unroutable, UNROUTABLE_BLOCKS);
	read_blocks(check.blocks + UNROUTABLE_BLOCKS, tailnet, TAILNET_BLOCKS);
	read_blocks(check.blocks + UNROUTABLE_BLOCKS + TAILNET_BLOCKS, not_public, OTHER_BLOCKS);
	hj__each_list(run->policy,
		HJ__AT(ACL_SRC) | HJ__AT(ACL_DST) | HJ__AT(GRANT_SRC) | HJ__AT(GRANT_DST) |
			HJ__AT(IPSET_OPERATION),
		visit, &check);
	for (uint32_t i = 0; i < run->policy->hosts.count; i++) {
		const hj_word *word = &run->policy->hosts.items[i].word;
		hj_selector address = hj_selector_parse(word->text);
		if (word->node && is_address(&address))
			check_address(&check, word->node, &address, address.text, false);
	}
	return run->findings->status;
}
