/*
 * The policy's tests, run by the linter: what fails for certain, whatever the tailnet is like.
 */
#include "engine/tests.h"
#include "lint/advice.h"

/* A document that is the whole of what its tests need. */
static bool is_whole(const hj_lint_run *run)
{
	const hj_policy *policy = run->policy;
	if (run->options->fragment == HJ_FRAGMENT_NO)
		return true;
	bool rules = policy->acls.node || policy->grants.node;
	return run->options->fragment == HJ_FRAGMENT_AUTO && (rules || policy->tests.count == 0) &&
		(policy->ssh.node || policy->ssh_tests.count == 0);
}

/*
 * Without the tailnet's name or its users every login is taken for a member's; but somebody whom a test keeps out
 * may well be an outsider who accepted a share, and no member.
 */
static bool is_doubtful(const hj_lint_run *run, const hj_assertion *assertion)
{
	const hj_policy *policy = run->policy;
	const hj_inventory *inventory = run->options->inventory;
	if (run->tailnet.size || (inventory && inventory->has_users) || assertion->ssh ||
		assertion->want != HJ_WANT_DENY || assertion->malformed)
		return false;
	for (uint32_t i = 0; i < assertion->rule_count; i++) {
		hj_rule_place place = assertion->rules[i];
		const hj_words *src = place.section == HJ_OF_ACLS
			? &policy->acls.items[place.index].src
			: place.section == HJ_OF_GRANTS ? &policy->grants.items[place.index].src
							: NULL;
		for (uint32_t k = 0; src && k < src->count; k++)
			if (policy->terms[src->items[k].term].selector.autogroup ==
				HJ_AUTOGROUP_MEMBER)
				return true;
	}
	return false;
}

static hj_status find(hj_lint_run *run, hj_reach *reach)
{
	hj_assertions assertions;
	hj_status status = hj__wants(run, hj_doubt_rule())
		? hj_assertions_run(reach, run->policy, NULL, run->allocator, &assertions)
		: hj_assertions_run_failures(reach, run->policy, run->allocator, &assertions);
	if (status)
		return status;
	for (size_t i = 0; i < assertions.count; i++)
		if (assertions.items[i].pass == HJ_NO && is_doubtful(run, &assertions.items[i]))
			assertions.items[i].pass = HJ_MAYBE;
	status = hj_assertions_find(&assertions, run->policy, false, run->findings);
	hj_assertions_free(&assertions);
	return status;
}

static bool is_wanted(const hj_lint_run *run)
{
	size_t count;
	const hj_rule *rules = hj_assertion_rules(&count);
	for (size_t i = 0; i < count; i++)
		if (hj__wants(run, &rules[i]))
			return true;
	return false;
}

hj_status hj__run_tests(hj_lint_run *run)
{
	const hj_policy *policy = run->policy;
	if (run->options->untested || run->options->headscale || !hj__advises(run) ||
		!is_wanted(run) || !is_whole(run) ||
		policy->tests.count + policy->ssh_tests.count == 0)
		return HJ_OK;
	hj_world world;
	hj_reach *reach;
	hj_status status = hj_world_build(
		policy, run->options->inventory, run->tailnet, run->allocator, &world);
	if (status)
		return status;
	status = hj_reach_build(&world, NULL, run->allocator, &reach);
	if (!status) {
		status = find(run, reach);
		hj_reach_free(reach);
	}
	hj_world_free(&world);
	return status;
}
