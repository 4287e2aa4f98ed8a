#include "base/address.h"
#include "lint/advice.h"
#include "policy/operation.h"

enum { REMOVES_NOTHING, EMPTY, REDUNDANT, CANCELLED, EVERYTHING, RULE_COUNT };

#define IPSET(operations)                                                                          \
	"{\n\t\"ipsets\": {\"ipset:a\": [" operations                                              \
	"]},\n\t\"acls\": [{\"action\": \"accept\", \"src\": [\"ipset:a\"], "                      \
	"\"dst\": [\"autogroup:member:443\"]}],\n}\n"

static const hj_rule rules[RULE_COUNT] = {
	[REMOVES_NOTHING] = {.code = "I050",
		.name = "ipset-removes-nothing",
		.severity = HJ_WARNING_LEVEL,
		.summary = "an IP set removes addresses that it does not hold",
		.why = "Operations run in order, and only what an earlier line added can be "
		       "removed. A \"remove\" before its \"add\" has no effect.",
		.bad = IPSET("\"remove 10.1.0.0/16\", \"add 10.0.0.0/8\""),
		.good = IPSET("\"add 10.0.0.0/8\", \"remove 10.1.0.0/16\""),
		.fix = "move it behind the line that adds what it removes, or take it out"},
	[EMPTY] = {.code = "I051",
		.name = "empty-ipset",
		.severity = HJ_WARNING_LEVEL,
		.summary = "an IP set holds no address",
		.why = "All that it adds is removed again, or it adds nothing. A rule with this "
		       "set "
		       "matches nothing.",
		.bad = IPSET(""),
		.good = IPSET("\"10.0.0.0/8\""),
		.fix = "add addresses, or remove the set"},
	[REDUNDANT] = {.code = "I052",
		.name = "redundant-ipset-add",
		.severity = HJ_INFO_LEVEL,
		.summary = "an IP set adds addresses that it holds already",
		.why = "An earlier line adds all of them. The set is the same without this one.",
		.bad = IPSET("\"10.0.0.0/8\", \"10.1.0.0/16\""),
		.good = IPSET("\"10.0.0.0/8\""),
		.fix = "take the line out"},
	[CANCELLED] = {.code = "I053",
		.name = "cancelled-ipset-add",
		.severity = HJ_WARNING_LEVEL,
		.summary = "an IP set adds addresses and removes all of them again",
		.why = "A later line removes everything that this one adds. One of the two is not "
		       "what was meant, or they stand in the wrong order.",
		.bad = IPSET("\"add 192.0.2.0/24\", \"add 10.1.0.0/16\", \"remove 10.0.0.0/8\""),
		.good = IPSET("\"add 192.0.2.0/24\", \"add 10.0.0.0/8\", \"remove 10.1.0.0/16\""),
		.fix = "take the addition out, or correct one of the two"},
	[EVERYTHING] = {.code = "I055",
		.name = "ipset-of-everything",
		.severity = HJ_WARNING_LEVEL,
		.summary = "an IP set adds every address there is",
		.why = "As a destination the service refuses 0.0.0.0/0 and ::/0 outside of sets "
		       "and "
		       "points at \"*\" and \"autogroup:internet\". A set that holds them says the "
		       "same where nobody looks.",
		.bad = IPSET("\"0.0.0.0/0\""),
		.good = IPSET("\"add autogroup:internet\""),
		.fix = "use \"autogroup:internet\", or \"*\" in the rule"},
};

const hj_rule *hj__ipset_advice(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

/* Longer sets are not run: each operation may move all ranges. */
enum { MOST_OPERATIONS = 1024 };

typedef struct added {
	hj_range range;
	uint32_t node;
	bool live; /* not yet reported */
} added;

typedef struct ipset_check {
	hj_lint_run *run;
	hj_map hosts;     /* alias → index in policy->hosts */
	hj_range_set set; /* what has been added and not removed, as far as it is known */
	bool open;        /* it holds other addresses too: a set, the internet, an unknown host */
	added *added;     /* MOST_OPERATIONS */
	size_t count;
} ipset_check;

/* The addresses of an operation's target, where they can be told. */
static bool range_of(const ipset_check *check, const hj_selector *selector, hj_range *out)
{
	const uint32_t *index = NULL;
	hj_selector host;
	switch (selector->kind) {
	case HJ_SELECT_HOST_PREFIX:
		index = hj_map_get(&check->hosts, selector->name);
		if (!index)
			return false;
		host = hj_selector_parse(check->run->policy->hosts.items[*index].word.text);
		selector = &host;
		if (host.kind != HJ_SELECT_ADDRESS && host.kind != HJ_SELECT_PREFIX)
			return false;
		break;
	case HJ_SELECT_RANGE: *out = selector->range; return hj_range_valid(*out);
	case HJ_SELECT_ADDRESS:
	case HJ_SELECT_PREFIX: break;
	default: return false;
	}
	*out = hj_prefix_range(hj_prefix_masked(selector->prefix, NULL));
	return true;
}

static hj_status add_range(
	ipset_check *check, const hj_words *words, uint32_t index, hj_range range)
{
	hj_lint_run *run = check->run;
	uint32_t node = words->items[index].node;
	if (hj_range_set_contains(&check->set, range)) {
		hj_finding *finding = hj__advise(
			run, &rules[REDUNDANT], node, "the set holds these addresses already");
		hj__remove_word(run, finding, words, index, true);
		return HJ_OK;
	}
	check->added[check->count++] = (added){range, node, true};
	return hj_range_set_add(&check->set, range);
}

static hj_status remove_range(ipset_check *check, uint32_t node, hj_range range)
{
	hj_lint_run *run = check->run;
	if (!check->open && !hj_range_set_overlaps(&check->set, range))
		hj__advise(run, &rules[REMOVES_NOTHING], node,
			"the set holds none of these addresses here");
	for (size_t i = 0; i < check->count; i++) {
		added *earlier = &check->added[i];
		if (!earlier->live || !hj_range_contains(range, earlier->range))
			continue;
		earlier->live = false;
		hj_finding *finding = hj__advise(
			run, &rules[CANCELLED], earlier->node, "all of this is removed again");
		hj__point(run, finding, node, "here");
	}
	return hj_range_set_remove(&check->set, range);
}

static hj_status check_set(ipset_check *check, const hj_entry *entry)
{
	hj_lint_run *run = check->run;
	hj_status status = HJ_OK;
	hj_range_set_free(&check->set);
	hj_range_set_init(&check->set, run->allocator);
	check->open = false;
	check->count = 0;
	for (uint32_t i = 0; !status && i < entry->words.count; i++) {
		const hj_word *word = &entry->words.items[i];
		hj_operation operation = {0};
		hj_range range;
		if (!hj_operation_parse(word->text, &operation) ||
			!range_of(check, &operation.selector, &range)) {
			/* What it removes may be anything: the rest cannot be told. */
			if (!operation.removes)
				check->open = true;
			continue;
		}
		if (!operation.removes && operation.selector.kind == HJ_SELECT_PREFIX &&
			operation.selector.prefix.bits == 0)
			hj__advise(run, &rules[EVERYTHING], word->node,
				"this is every address there is");
		status = operation.removes ? remove_range(check, word->node, range)
					   : add_range(check, &entry->words, i, range);
	}
	if (!status && !check->open && check->set.count == 0 &&
		(entry->words.count || hj__is_empty(run, entry->value)))
		hj__advise(run, &rules[EMPTY], entry->name.node, "\"%.*s\" holds no address",
			HJ_SLICE_ARGS(entry->name.text));
	return status;
}

hj_status hj__check_ipsets(hj_lint_run *run)
{
	const hj_policy *policy = run->policy;
	if (!hj__advises(run) || policy->ipsets.count == 0)
		return HJ_OK;
	ipset_check check = {.run = run};
	hj_map_init(&check.hosts, run->allocator);
	hj_range_set_init(&check.set, run->allocator);
	check.added = hj_alloc(run->allocator, MOST_OPERATIONS * sizeof *check.added);
	hj_status status = check.added ? HJ_OK : HJ_NO_MEMORY;
	for (uint32_t i = 0; !status && i < policy->hosts.count; i++)
		status = hj_map_put(&check.hosts, policy->hosts.items[i].name.text, i, NULL, NULL);
	for (uint32_t i = 0; !status && i < policy->ipsets.count; i++)
		if (policy->ipsets.items[i].words.count <= MOST_OPERATIONS)
			status = check_set(&check, &policy->ipsets.items[i]);
	hj_free(run->allocator, check.added, MOST_OPERATIONS * sizeof *check.added);
	hj_range_set_free(&check.set);
	hj_map_free(&check.hosts);
	return status ? status : run->findings->status;
}
