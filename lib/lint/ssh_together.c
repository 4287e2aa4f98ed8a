#include "lint/ssh_together.h"

#include "base/fold.h"
#include "lint/advice.h"
#include "policy/ports.h"
#include "policy/selector.h"

typedef struct ssh_check {
	hj_lint_run *run;
	const hj_rule *overridden, *no_network;
	hj_arena arena;
	hj__seen checked, open; /* open: destinations with port 22 in some rule */
	bool any_open;          /* a destination whose devices cannot be told */
	hj_status status;
} ssh_check;

static bool is_action(const hj_ssh_rule *rule, const char *action)
{
	return hj_slice_equal(hj_trim(rule->action.text), hj_slice_str(action));
}

/* -- accounts that another rule checks ----------------------------------------------------------- */

/* Combinations of source, destination and account that are looked at in one rule. */
enum { MOST_COMBINATIONS = 64 };

/* A source, a destination and an account as one text, in the arena. */
static hj_slice combination(ssh_check *check, hj_slice src, hj_slice dst, hj_slice user)
{
	size_t size = src.size + dst.size + user.size + 2;
	char *text = hj_arena_alloc(&check->arena, size);
	if (!text) {
		check->status = HJ_NO_MEMORY;
		return HJ_SLICE("");
	}
	hj_slice parts[] = {src, HJ_SLICE("\n"), dst, HJ_SLICE("\n"), user};
	char *at = text;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		memcpy(at, parts[i].data ? parts[i].data : "", parts[i].size);
		at += parts[i].size;
	}
	return hj_slice_of(text, size);
}

/* Does a check rule have this account, by name or as one of all but root? */
static const hj__meeting *find_check(ssh_check *check, hj_slice src, hj_slice dst, hj_slice user)
{
	const hj__meeting *found =
		hj__seen_get(&check->checked, combination(check, src, dst, user));
	if (!found && !hj_slice_equal(user, HJ_SLICE("root")) && !check->status)
		found = hj__seen_get(&check->checked,
			combination(check, src, dst, HJ_SLICE("autogroup:nonroot")));
	return found;
}

/* Notes a checking rule, or compares an accepting one with those noted. */
static void combine(ssh_check *check, const hj_ssh_rule *rule, bool notes)
{
	const hj_words *src = &rule->src, *dst = &rule->dst, *users = &rule->users;
	size_t left = MOST_COMBINATIONS;
	for (uint32_t i = 0; i < src->count; i++)
		for (uint32_t k = 0; k < dst->count; k++)
			for (uint32_t u = 0; u < users->count; u++) {
				if (left-- == 0 || check->status)
					return;
				hj_slice from = hj_trim(src->items[i].text);
				hj_slice to = hj_trim(dst->items[k].text);
				hj_slice user = hj_trim(users->items[u].text);
				if (notes) {
					hj__meeting before, now = {1, rule->node, 0};
					hj_slice text = combination(check, from, to, user);
					if (!check->status)
						check->status = hj__seen_put(
							&check->checked, text, now, &before);
					continue;
				}
				const hj__meeting *found = find_check(check, from, to, user);
				if (!found)
					continue;
				hj_finding *finding = hj__advise(check->run, check->overridden,
					rule->node,
					"another rule checks \"%.*s\" for the same source and "
					"destination, and that one wins",
					HJ_SLICE_ARGS(user));
				hj__point(check->run, finding, found->node, "this rule checks");
				return;
			}
}

static void check_overridden(ssh_check *check)
{
	const hj_ssh *ssh = &check->run->policy->ssh;
	bool any = false;
	for (uint32_t i = 0; i < ssh->count; i++)
		if (is_action(&ssh->items[i], "check") && !ssh->items[i].posture.count) {
			combine(check, &ssh->items[i], true);
			any = true;
		}
	for (uint32_t i = 0; any && i < ssh->count; i++)
		if (is_action(&ssh->items[i], "accept"))
			combine(check, &ssh->items[i], false);
}

/* -- port 22 ------------------------------------------------------------------------------------- */

static void open_destination(ssh_check *check, hj_slice text)
{
	hj_selector selector = hj_selector_parse(text);
	hj__meeting before, now = {1, 0, 0};
	if (selector.kind == HJ_SELECT_TAG || selector.kind == HJ_SELECT_AUTOGROUP)
		check->status = hj__seen_put(&check->open,
			hj_slice_folded(selector.text, &check->arena, &(bool){true}), now, &before);
	else
		check->any_open = true;
}

static bool has_port_22(hj_slice ports)
{
	hj_ports range;
	while (hj_ports_next(&ports, &range, NULL))
		if (range.first <= 22 && range.last >= 22)
			return true;
	return false;
}

static void gather_open(ssh_check *check)
{
	const hj_policy *policy = check->run->policy;
	for (uint32_t i = 0; i < policy->acls.count && !check->any_open; i++)
		for (uint32_t k = 0; k < policy->acls.items[i].dst.count; k++) {
			hj_hostport split;
			hj_slice text = hj_trim(policy->acls.items[i].dst.items[k].text);
			if (hj_hostport_split(text, &split) && has_port_22(split.ports) &&
				!check->status)
				open_destination(check, split.host);
		}
	for (uint32_t i = 0; i < policy->grants.count && !check->any_open; i++) {
		const hj_grant *grant = &policy->grants.items[i];
		bool opens = false;
		hj_ip_item item;
		for (uint32_t k = 0; k < grant->ip.count && !opens; k++)
			opens = hj_ip_item_parse(grant->ip.items[k].text, &item, NULL) &&
				(item.protocol < 0 || item.protocol == 6) &&
				item.ports.first <= 22 && item.ports.last >= 22;
		for (uint32_t k = 0; opens && k < grant->dst.count && !check->status; k++)
			open_destination(check, grant->dst.items[k].text);
	}
}

static void check_network(ssh_check *check)
{
	const hj_policy *policy = check->run->policy;
	if (!policy->acls.node && !policy->grants.node)
		return; /* then everything is open */
	gather_open(check);
	for (uint32_t i = 0; i < policy->ssh.count && !check->any_open; i++)
		for (uint32_t k = 0; k < policy->ssh.items[i].dst.count; k++) {
			const hj_word *word = &policy->ssh.items[i].dst.items[k];
			hj_slice text =
				hj_slice_folded(hj_trim(word->text), &check->arena, &(bool){true});
			if (!hj_slice_starts(text, HJ_SLICE("tag:")) ||
				hj__seen_get(&check->open, text) ||
				hj__seen_get(&check->open, HJ_SLICE("autogroup:tagged")))
				continue;
			hj__advise(check->run, check->no_network, word->node,
				"no network rule opens port 22 of \"%.*s\"",
				HJ_SLICE_ARGS(word->text));
		}
}

hj_status hj__check_ssh_together(
	hj_lint_run *run, const hj_rule *overridden, const hj_rule *no_network)
{
	ssh_check check = {.run = run, .overridden = overridden, .no_network = no_network};
	hj_arena_init(&check.arena, run->allocator);
	hj__seen *seen[] = {&check.checked, &check.open};
	for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
		hj__seen_init(seen[i], run->allocator);
	check_overridden(&check);
	if (!check.status && hj__wants(run, no_network))
		check_network(&check);
	for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
		hj__seen_free(seen[i]);
	hj_arena_free(&check.arena);
	return check.status;
}
