/*
 * What a policy says of people, devices and services that its tailnet does not have. Only an inventory
 * tells, so these rules are silent without one.
 */
#include "base/suggest.h"
#include "lint/advice.h"
#include "policy/selector.h"

enum { UNKNOWN_USER, STALE_ADDRESS, UNKNOWN_SERVICE, IDLE_TAG, RULE_COUNT };

#define TAILNET                                                                                    \
	"{\n"                                                                                      \
	"\t\"tailnet\": \"example.com\",\n"                                                        \
	"\t\"users\": [{\"loginName\": \"ann@example.com\", \"role\": \"admin\"}],\n"              \
	"\t\"devices\": [{\"name\": \"db1\", \"addresses\": [\"100.64.0.1\"], \"tags\": "          \
	"[\"tag:db\"]}],\n"                                                                        \
	"\t\"services\": [{\"name\": \"svc:wiki\", \"addrs\": [\"100.100.1.2\"]}],\n"              \
	"}\n"
#define GRANT(src, dst)                                                                            \
	"{\n\t\"grants\": [{\"src\": [\"" src "\"], \"dst\": [\"" dst "\"], \"ip\": "              \
	"[\"tcp:443\"]}],\n}\n"

static const hj_rule rules[RULE_COUNT] = {
	[UNKNOWN_USER] = {.code = "W001",
		.name = "unknown-user",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a login that nobody in the tailnet has",
		.why = "The service takes any login. Somebody who left still stands in the policy, "
		       "and gets the access back with a new account of the same name; somebody "
		       "whose login is misspelt has no access at all.",
		.bad = GRANT("anne@example.com", "100.64.0.1"),
		.good = GRANT("ann@example.com", "100.64.0.1"),
		.fix = "correct the login, or take it out",
		.inventory = TAILNET},
	[STALE_ADDRESS] = {.code = "W002",
		.name = "stale-address",
		.severity = HJ_WARNING_LEVEL,
		.summary = "an address of the tailnet that no device has",
		.why = "The device was removed or set up anew. The service may give the address to "
		       "another one, which then has this access.",
		.bad = GRANT("ann@example.com", "100.64.0.7"),
		.good = GRANT("ann@example.com", "100.64.0.1"),
		.fix = "name the device by a tag, or by the address that it has now",
		.inventory = TAILNET},
	[UNKNOWN_SERVICE] = {.code = "W003",
		.name = "unknown-service",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a service that the tailnet does not have",
		.why = "Services are defined in the tailnet, not in the policy, so the service "
		       "takes "
		       "any name. A rule for one that does not exist allows nothing.",
		.bad = GRANT("ann@example.com", "svc:wki"),
		.good = GRANT("ann@example.com", "svc:wiki"),
		.fix = "correct the name, or define the service",
		.inventory = TAILNET},
	[IDLE_TAG] = {.code = "W004",
		.name = "idle-tag",
		.severity = HJ_INFO_LEVEL,
		.summary = "a tag in a rule that no device has",
		.why = "What is said of the tag concerns nobody today. Tags of machines that come "
		       "and go are often so, so the rule is off unless selected.",
		.bad = "{\n\t\"tagOwners\": {\"tag:web\": []},\n\t\"grants\": [{\"src\": "
		       "[\"ann@example.com\"], \"dst\": [\"tag:web\"], \"ip\": [\"tcp:443\"]}],\n"
		       "}\n",
		.good = "{\n\t\"tagOwners\": {\"tag:db\": []},\n\t\"grants\": [{\"src\": "
			"[\"ann@example.com\"], \"dst\": [\"tag:db\"], \"ip\": [\"tcp:443\"]}],\n"
			"}\n",
		.fix = "give the tag to its devices, or take it out",
		.off = true,
		.inventory = TAILNET},
};

const hj_rule *hj__tailnet_rules(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

typedef struct tailnet_check {
	hj_lint_run *run;
	const hj_inventory *inventory;
	hj_map names;    /* lower case: logins, services and tags that exist; then those reported */
	hj_range *found; /* addresses of devices and services */
	size_t found_count, found_capacity;
	hj_range_set addresses; /* the same */
	hj_range blocks[2];     /* the tailnet's own */
	bool has_services;
	hj_arena arena;
	hj_status status;
} tailnet_check;

static hj_slice fold(tailnet_check *check, hj_slice name)
{
	bool ok = true;
	hj_slice folded = hj_slice_folded(name, &check->arena, &ok);
	if (!ok)
		check->status = HJ_NO_MEMORY;
	return folded;
}

/* False: it was there. */
static bool put_name(tailnet_check *check, hj_slice name)
{
	bool was_there = false;
	hj_slice folded = fold(check, name);
	if (!check->status)
		check->status = hj_map_put(&check->names, folded, 0, NULL, &was_there);
	return !was_there && !check->status;
}

static void put_addresses(tailnet_check *check, const hj_address *addresses, uint32_t count)
{
	if (!check->status)
		check->status = hj_grow(check->run->allocator, &check->found,
			&check->found_capacity, check->found_count + count, sizeof *check->found);
	for (uint32_t i = 0; i < count && !check->status; i++)
		check->found[check->found_count++] = (hj_range){addresses[i], addresses[i]};
}

static void read_inventory(tailnet_check *check)
{
	const hj_inventory *inventory = check->inventory;
	check->has_services = inventory->service_count > 0;
	for (uint32_t i = 0; i < inventory->user_count; i++)
		put_name(check, inventory->users[i].login);
	for (uint32_t i = 0; i < inventory->device_count; i++) {
		const hj_device *device = &inventory->devices[i];
		put_addresses(check, device->addresses, device->address_count);
		for (uint32_t k = 0; k < device->tag_count; k++)
			put_name(check, device->tags[k].text);
	}
	for (uint32_t i = 0; i < inventory->service_count; i++) {
		const hj_inventory_service *service = &inventory->services[i];
		put_name(check, service->name);
		put_addresses(check, service->addresses, service->address_count);
		for (uint32_t k = 0; k < service->tag_count; k++)
			put_name(check, service->tags[k].text);
	}
	if (!check->status)
		check->status =
			hj_range_set_add_all(&check->addresses, check->found, check->found_count);
}

/* Each name once, at its first place. */
static void report(
	tailnet_check *check, const hj_rule *rule, uint32_t node, hj_slice name, const char *noun)
{
	const hj_inventory *inventory = check->inventory;
	if (!put_name(check, name))
		return;
	hj_finding *finding = hj__advise(check->run, rule, node, "the tailnet has no %s \"%.*s\"",
		noun, HJ_SLICE_ARGS(name));
	hj_suggest suggest;
	hj_suggest_begin(&suggest, name);
	for (uint32_t i = 0; rule == &rules[UNKNOWN_USER] && i < inventory->user_count; i++)
		hj_suggest_offer(&suggest, inventory->users[i].login);
	for (uint32_t i = 0; rule == &rules[UNKNOWN_SERVICE] && i < inventory->service_count; i++)
		hj_suggest_offer(&suggest, inventory->services[i].name);
	if (suggest.best.size)
		hj_finding_help(check->run->findings, finding, "did you mean \"%.*s\"?",
			HJ_SLICE_ARGS(suggest.best));
	else
		hj_finding_help(check->run->findings, finding, "%s", rule->fix);
}

static void check_address(tailnet_check *check, uint32_t node, const hj_selector *selector)
{
	if (selector->kind != HJ_SELECT_ADDRESS || !check->inventory->has_devices ||
		hj_range_set_contains(&check->addresses, selector->range))
		return;
	if (hj_range_contains(check->blocks[0], selector->range) ||
		hj_range_contains(check->blocks[1], selector->range))
		report(check, &rules[STALE_ADDRESS], node, selector->text,
			"device with the address");
}

static void check_term(tailnet_check *check, uint32_t node, const hj_selector *selector)
{
	hj_lint_run *run = check->run;
	switch (selector->kind) {
	case HJ_SELECT_USER:
		if (check->inventory->has_users && !hj__is_known_user(run, selector->text))
			report(check, &rules[UNKNOWN_USER], node, selector->text, "user");
		break;
	case HJ_SELECT_SERVICE:
		if (check->has_services)
			report(check, &rules[UNKNOWN_SERVICE], node, selector->text, "service");
		break;
	case HJ_SELECT_TAG:
		if (check->inventory->has_devices && hj__wants(run, &rules[IDLE_TAG]) &&
			!hj__is_known(run, HJ_TAG, selector->text))
			report(check, &rules[IDLE_TAG], node, selector->text, "device with");
		break;
	default: check_address(check, node, selector); break;
	}
}

static void check_policy(tailnet_check *check)
{
	const hj_policy *policy = check->run->policy;
	for (uint32_t i = 0; i < policy->hosts.count && !check->status; i++) {
		const hj_word *word = &policy->hosts.items[i].word;
		hj_selector address = hj_selector_parse(word->text);
		if (word->node)
			check_address(check, word->node, &address);
	}
	for (size_t i = 0; i < policy->use_count && !check->status; i++) {
		const hj_use *use = &policy->uses[i];
		if (!policy->terms[use->term].is_template)
			check_term(check, use->node, &policy->terms[use->term].selector);
	}
}

hj_status hj__check_tailnet(hj_lint_run *run)
{
	static const char *const blocks[] = {"100.64.0.0/10", "fd7a:115c:a1e0::/48"};
	if (!run->options->inventory || run->options->headscale || !hj__advises(run))
		return HJ_OK;
	tailnet_check check = {.run = run, .inventory = run->options->inventory};
	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
		hj_prefix prefix;
		if (hj_prefix_parse(hj_slice_str(blocks[i]), &prefix))
			check.blocks[i] = hj_prefix_range(prefix);
	}
	hj_map_init(&check.names, run->allocator);
	hj_range_set_init(&check.addresses, run->allocator);
	hj_arena_init(&check.arena, run->allocator);
	read_inventory(&check);
	check_policy(&check);
	hj_arena_free(&check.arena);
	hj_free(run->allocator, check.found, check.found_capacity * sizeof *check.found);
	hj_range_set_free(&check.addresses);
	hj_map_free(&check.names);
	return check.status ? check.status : run->findings->status;
}
