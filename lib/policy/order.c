/*
 * Which of several faults the service names: the numbers of refusals.
 */
#include "policy/acceptance.h"

/* Stage, entry, step and node, in 8, 24, 4 and 24 bits; 4 are left for what comes later of a node. */
static uint64_t number_of(hj_stage stage, uint32_t entry, hj_step step, uint32_t node)
{
	const uint32_t most = 0xFFFFFF;
	return (uint64_t)stage << 56 | (uint64_t)(entry < most ? entry : most) << 32 |
		(uint64_t)step << 28 | (uint64_t)(node < most ? node : most) << 4;
}

uint64_t hj_refusal(hj_stage stage, uint32_t node)
{
	return number_of(stage, node, HJ_STEP_ACTION, node);
}

hj_stage hj_refusal_stage(uint64_t refusal)
{
	return (hj_stage)(refusal >> 56);
}

/* The node of an entry; every entry begins with it. */
static uint32_t node_at(const void *items, size_t size, uint32_t index)
{
	return *(const uint32_t *)(const void *)((const char *)items + size * index);
}

/* Of entries in the order of the document the last one that begins at a node or before it. */
static uint32_t holder(const void *items, size_t size, uint32_t count, uint32_t node)
{
	uint32_t from = 0, to = count;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (node_at(items, size, middle) <= node)
			from = middle + 1;
		else
			to = middle;
	}
	return from ? node_at(items, size, from - 1) : node;
}

uint64_t hj_refusal_in(const hj_policy *policy, hj_stage stage, hj_step step, uint32_t node)
{
#define HOLDER(section) holder(section.items, sizeof *section.items, section.count, node)
	uint32_t entry = stage == HJ_STAGE_ACLS ? HOLDER(policy->acls)
		: stage == HJ_STAGE_GRANTS      ? HOLDER(policy->grants)
		: stage == HJ_STAGE_SSH         ? HOLDER(policy->ssh)
		: stage == HJ_STAGE_NODE_ATTRS  ? HOLDER(policy->node_attrs)
						: node;
#undef HOLDER
	return number_of(stage, entry, step, node);
}

hj_step hj__step_of(const hj_rule *rule)
{
	static const uint8_t acl_steps[A_COUNT] = {
		[A_ACTION] = HJ_STEP_ACTION,
		[A_MIXED_NAMES] = HJ_STEP_ACTION,
		[A_SOURCE] = HJ_STEP_SOURCE,
		[A_DESTINATION] = HJ_STEP_DESTINATION,
		[A_GRANT_PORT] = HJ_STEP_DESTINATION,
		[A_MISSING_PORT] = HJ_STEP_DESTINATION,
		[A_PORT] = HJ_STEP_DESTINATION,
		[A_PROTOCOL] = HJ_STEP_PORT,
		[A_IP_ITEM] = HJ_STEP_PORT,
		[A_SELF_SOURCE] = HJ_STEP_SELF_SOURCE,
		[A_SELF_PARTNER] = HJ_STEP_SELF_PARTNER,
		[A_NOTHING_GRANTED] = HJ_STEP_GRANTED,
		[A_CAPABILITY_FORM] = HJ_STEP_CAPABILITY,
		[A_CAPABILITY_DOMAIN] = HJ_STEP_CAPABILITY,
		[A_INTERNET_APP] = HJ_STEP_INTERNET,
		[A_DANGER_ALL] = HJ_STEP_DANGER_ALL,
		[A_DEFAULT_ROUTE] = HJ_STEP_DEFAULT_ROUTE,
		[A_VIA] = HJ_STEP_VIA,
	};
	static const uint8_t ssh_steps[H_COUNT] = {
		[H_ACTION] = HJ_STEP_ACTION,
		[H_NO_USERS] = HJ_STEP_ACCOUNTS,
		[H_USER] = HJ_STEP_ACCOUNTS,
		[H_DOMAIN] = HJ_STEP_ACCOUNTS,
		[H_SOURCE] = HJ_STEP_SOURCE,
		[H_DESTINATION] = HJ_STEP_DESTINATION,
		[H_OTHER_USER] = HJ_STEP_DESTINATION,
		[H_TAG_TO_USER] = HJ_STEP_REST,
		[H_TAG_CHECK] = HJ_STEP_REST,
		[H_PERIOD] = HJ_STEP_PERIOD,
		[H_ENV] = HJ_STEP_ENVIRONMENT,
		[H_RECORDER] = HJ_STEP_REST,
	};
	for (size_t i = 0; i < A_COUNT; i++)
		if (rule == &hj__acl_rows[i])
			return (hj_step)acl_steps[i];
	for (size_t i = 0; i < H_COUNT; i++)
		if (rule == &hj__ssh_rows[i])
			return (hj_step)ssh_steps[i];
	return rule == &hj__node_rows[N_POOL] ? HJ_STEP_REST : HJ_STEP_ACTION;
}
